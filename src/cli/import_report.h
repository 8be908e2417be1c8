/* What an import says of each file. */
#ifndef GUICHET_CLI_IMPORT_REPORT_H
#define GUICHET_CLI_IMPORT_REPORT_H

#include "catalogue/catalogue.h"
#include "publik/publik.h"

struct import_issue {
    str construct, where;
};
struct import_file {
    const char *path;
    struct publik_document document; /* json NULL: refused */
    struct err err;
    struct VEC_OF(struct import_issue) unsupported;
    struct VEC_OF(str) missing; /* « workflow:slug », « filter:name » … */
    bool is_opened;             /* Publik held it closed, it is open here */
    bool is_new;                /* a new version was saved */
};
struct import_files VEC_OF(struct import_file);

/* « ok », « partial », « refused ». */
str import_status(const struct import_file *file);
/* Looks at one read document: what does not run yet, what it refers to that neither the files nor the site (may be
 * NULL) have. */
void import_examine(struct arena *arena, struct import_file *file, const struct import_files *files,
                    const struct catalogue *site, const json_t *roles);

void import_print_json(struct arena *arena, const struct import_files *files);
void import_print_text(const struct import_files *files, bool is_dry);

#endif
