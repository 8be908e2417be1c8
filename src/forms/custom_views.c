/* Saved views of what is kept of a form: which, in which order, called how. */
#include "forms/field.h"

/* filter-ID « on », with filter-ID-value and filter-ID-operator beside it; « filter » is the status'. */
static bool filter_name(str key, str *name)
{
    bool is_name = str_starts(key, STR("filter-")) && !str_ends(key, STR("-value")) && !str_ends(key, STR("-operator"));
    *name = is_name ? str_slice(key, STR("filter-").len, key.len) : STR_EMPTY;
    return is_name && name->len > 0;
}

/* What reads « true » came in as a boolean. */
static str member(struct arena *arena, const json_t *filters, str name, const char *suffix)
{
    const json_t *value = json_get(filters, str_fmt(arena, "filter-%.*s%s", STR_ARG(name), suffix));
    if (json_is_boolean(value))
        return json_is_true(value) ? STR("true") : STR("false");
    return json_str_of(value);
}

static void add_filter(struct compiling *compiling, const json_t *filters, str name, struct custom_view *view)
{
    struct arena *arena = compiling->arena;
    bool is_status = str_eq(name, STR("status"));
    str value = is_status ? json_str(filters, "filter") : member(arena, filters, name, "-value");
    str op = is_status ? json_str(filters, "filter-operator") : member(arena, filters, name, "-operator");
    bool wants_value = !str_starts(op, STR("is_")) && !str_eq(op, STR("absent")) && !str_eq(op, STR("existing"));
    if (wants_value && value.len == 0) /* shown above the list, and filters nothing until it is used */
        return;
    *vec_push(arena, &view->filters) = (struct view_filter){
        .name = name, .op = op, .value = compiling_text(compiling, value, TEMPLATE_TEXT, "filtre de la vue")};
}

static void compile_filters(struct compiling *compiling, const json_t *filters, struct custom_view *view)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)filters, key, value)
    {
        str name;
        if (filter_name(str_of(key), &name))
            add_filter(compiling, filters, name, view);
    }
}

/* w.c.s. visibility: « owner » is one agent's own, « datasource » has no place in lists. */
static bool is_shared(str visibility)
{
    return !str_eq(visibility, STR("owner")) && !str_eq(visibility, STR("datasource"));
}

void compiling_views(struct compiling *compiling, const json_t *json, struct custom_views *out)
{
    const json_t *list = json_list(json, "custom_views"), *digests = json_dict(json, "digest_templates");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct custom_view *view = vec_push(compiling->arena, out);
        *view = (struct custom_view){.slug = json_str(one, "slug"),
                                     .title = json_str(one, "title"),
                                     .order_by = json_str(one, "order_by"),
                                     .columns = compiling_texts(compiling->arena, one, "columns"),
                                     .is_default = json_bool(one, "is_default"),
                                     .is_shared = is_shared(json_str(one, "visibility"))};
        compiling->where = str_fmt(compiling->arena, "vue « %.*s »", STR_ARG(view->title));
        str key = str_fmt(compiling->arena, "custom-view:%.*s", STR_ARG(view->slug));
        view->digest =
            compiling_text(compiling, json_str_of(json_get(digests, key)), TEMPLATE_TEXT, "résumé de la vue");
        compile_filters(compiling, json_dict(one, "filters"), view);
    }
}

const struct custom_view *form_view_called(const struct form *form, str slug)
{
    for (size_t i = 0; i < form->views.len; i++)
        if (str_eq(form->views.at[i].slug, slug))
            return &form->views.at[i];
    return NULL;
}
