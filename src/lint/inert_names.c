/* Names and filters that Publik gives to templates and that are not given here yet. */
#include "lint/internal.h"

static const char *const members[] = {
    "form_api_url",
    "form_distance",
    "form_page_no",
    "form_trigger",
};

/* Of w.c.s. itself; any other unknown filter was added by a site. */
static const char *const filters[] = {
    "convert_image_format", "details_format", "get_preference",      "qrcode",
    "rename_file",          "strip_metadata", "user_id_for_service", "wbr",
};

static bool is_or_begins(str path, const char *name)
{
    str root = str_of(name);
    return str_starts(path, root) && (path.len == root.len || path.ptr[root.len] == '_' || path.ptr[root.len] == '.');
}

str inert_name(struct arena *arena, str path)
{
    if (str_starts(path, STR("tag_")))
        return str_fmt(arena, "tag:%.*s", STR_ARG(str_slice(path, 4, path.len)));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (is_or_begins(path, members[i]))
            return str_fmt(arena, "var:%s", members[i]);
    return STR_EMPTY;
}

bool filter_is_inert(str name)
{
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (str_eq(name, str_of(filters[i])))
            return true;
    return false;
}
