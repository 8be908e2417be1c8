/* What tools/embed made of templates/ and assets/. Private to pages/. */
#ifndef GUICHET_PAGES_EMBEDDED_H
#define GUICHET_PAGES_EMBEDDED_H

#include "base/str.h"

struct embedded_file {
    str path; /* « templates/portal/home.html », « assets/css/guichet.css » */
    str bytes, gzip;
    str fingerprint; /* of the bytes; 8 hexadecimal digits */
};
extern const struct embedded_file embedded_files[];
extern const size_t embedded_file_count;

#endif
