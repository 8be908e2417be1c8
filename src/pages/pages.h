/* pages: the texts of templates/ and the files of assets/, inside the binary. Templates are compiled once, at start; an
 * asset has a name that changes with its bytes, so that a browser may keep it for ever. */
#ifndef GUICHET_PAGES_H
#define GUICHET_PAGES_H

#include "base/base.h"
#include "template/template.h"

struct pages;

/* Compiles every template. folder: read them from there (templates/ and assets/ in it) instead of the binary, for who
 * works on them; NULL: from the binary. NULL and err (file, line, column) where one is wrong. */
struct pages *pages_load(const char *folder, struct err *err);
void pages_free(struct pages *pages);

/* By its path under templates/: « portal/home.html ». NULL where there is none. */
const struct template *pages_find(const struct pages *pages, str path);

struct asset {
    str path;  /* « css/guichet.css » */
    str name;  /* what URLs carry: « css/guichet.1a2b3c4d.css » */
    str url;   /* « /assets/css/guichet.1a2b3c4d.css » */
    str type;  /* « text/css; charset=utf-8 » */
    str bytes; /* as they are */
    str gzip;  /* compressed; empty where that gains nothing */
};
/* By the name in a URL. NULL where there is none. */
const struct asset *pages_asset(const struct pages *pages, str name);
/* « /assets/css/guichet.1a2b3c4d.css », from the path; the empty str where there is none. */
str pages_asset_url(const struct pages *pages, str path);

#endif
