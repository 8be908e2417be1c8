/* What an import says of each file. */
#ifndef GUICHET_CLI_IMPORT_REPORT_H
#define GUICHET_CLI_IMPORT_REPORT_H

#include "lint/lint.h"
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
/* Publik refers by slug, old exports by name: what the slug does not find among the files or on the site, the name
 * does.
 */
void import_resolve(struct import_file *file, const struct import_files *files, const struct catalogue *site);
/* Fills unsupported and missing of a file that was read. */
void import_examine(struct arena *arena, struct import_file *file, const struct import_files *files,
                    const struct site *site, const struct catalogue *catalogue);

void import_print_json(struct arena *arena, const struct import_files *files);
void import_print_text(const struct import_files *files, bool is_dry);

#endif
