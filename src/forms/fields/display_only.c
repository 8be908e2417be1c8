/* page, title, subtitle, comment: what is shown and not answered. */
#include "forms/field.h"

const struct field_type field_page = {.name = "page"};
const struct field_type field_title = {.name = "title"};
const struct field_type field_subtitle = {.name = "subtitle"};
const struct field_type field_comment = {.name = "comment"};
