/* Sources, mail templates, categories, calls: every child under its own name. */
#include "publik/shape.h"

/* How each document is named stands in publik.c. */
static const struct member of_root[] = {
    {"kind", "kind", NULL},         {"of", "of", NULL}, {"name", "name", NULL}, {"slug", "slug", NULL},
    {"url_name", "url_name", NULL},
};
const struct record root_record = {RECORD_OF(of_root)};

static const struct member of_other[] = {
    {"category", "category", &shape_reference, .also = "category_name"},
    {"subject", "subject", &shape_text},
    {"body", "body", &shape_text},
    {"comment", "comment", &shape_text},
    {"data_source", "source", &shape_source},
};
const struct record other_record = {RECORD_OF(of_other), .like = &root_record, .rest = &shape_looks};
