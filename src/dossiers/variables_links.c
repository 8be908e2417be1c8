/* form_links_NAME: the dossiers that an action of that name has made, the last one, or by their number; form_parent:
 * the one whose action made this one; form_reverse_links_carddef_SLUG_NAME: those whose field of that name chose this
 * card. Names as in w.c.s. */
#include "dossiers/query.h"

static struct value link_value(const struct dossier_place *place, struct arena *arena, struct dossier *dossier)
{
    struct query_rows *rows = arena_new_of(arena, struct query_rows);
    rows->has_history = true;
    *vec_push(arena, &rows->dossiers) = dossier;
    return query_item(place, arena, rows, dossier);
}

struct links { /* of one name, oldest first; never empty */
    struct VEC_OF(struct value) items;
    int64_t number; /* of the last one */
};

static size_t links_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    return ((const struct links *)object->self)->items.len;
}

static bool links_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const struct links *links = object->self;
    (void)arena;
    if (index < links->items.len)
        *out = links->items.at[index];
    return index < links->items.len;
}

static bool links_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct links *links = object->self;
    int64_t index;
    if (str_to_int64(key, &index))
        return index >= 0 && links_item(object, arena, (size_t)index, out);
    *out = value_get(arena, links->items.at[links->items.len - 1], key);
    return out->kind != VALUE_UNDEFINED;
}

static struct value links_plain(const struct value_object *object, struct arena *arena)
{
    return value_text(str_fmt(arena, "%lld", (long long)((const struct links *)object->self)->number));
}

static const struct value_object_type links_type = {
    .name = "demandes liées", .get = links_get, .plain = links_plain, .length = links_length, .item = links_item};

static bool all_links_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    struct links *links = arena_new_of(arena, struct links);
    struct dossier_links all = {0};
    dossier_read_links(scope->place, scope->dossier, &all);
    for (size_t i = 0; i < all.len; i++) {
        if (!all.at[i].dossier || all.at[i].is_origin || !str_eq(all.at[i].varname, key))
            continue;
        *vec_push(arena, &links->items) = link_value(scope->place, arena, all.at[i].dossier);
        links->number = all.at[i].dossier->sequence;
    }
    if (links->items.len)
        *out = value_object(&links_type, links);
    return links->items.len > 0;
}

static const struct value_object_type all_links_type = {.name = "form_links", .get = all_links_get};

struct value variables_links(const struct scope *scope)
{
    return value_object(&all_links_type, scope);
}

/* A draft that is filled in has the one whose action began it. */
bool variables_parent(const struct scope *scope, struct arena *arena, struct value *out)
{
    struct dossier_links all = {0};
    struct dossier *maker;
    if (!scope->dossier) {
        bool is_begun = scope->place->maker && dossier_load(scope->place, scope->place->maker, &maker, NULL);
        if (is_begun)
            *out = link_value(scope->place, arena, maker);
        return is_begun;
    }
    dossier_read_links(scope->place, scope->dossier, &all);
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].is_origin && all.at[i].dossier) {
            *out = link_value(scope->place, arena, all.at[i].dossier);
            return true;
        }
    return false;
}

/* ---- The other way ---- */

static const struct form *choosing_form(const struct dossier_place *place, struct arena *arena, bool is_card, str slug)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct form *form = definitions->form(definitions->data, form_key(arena, is_card, slug), 0);
    str spelt = str_replace(arena, slug, STR("_"), STR("-")); /* w.c.s.: a name has no hyphens */
    return form ? form : definitions->form(definitions->data, form_key(arena, is_card, spelt), 0);
}

static bool chooses_this(const struct scope *scope, const struct form *form, str varname)
{
    const struct field *field = field_by_varname(&form->fields, varname);
    return field && scope->form && field_chooses_of(field, scope->form);
}

/* « carddef_SLUG_NAME »: either may have underscores, so each cut is tried. */
static bool reverse_links_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    str kind, rest, slug, varname;
    if (!str_cut(key, '_', &kind, &rest) || (!str_eq(kind, STR("carddef")) && !str_eq(kind, STR("formdef"))))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] != '_')
            continue;
        slug = str_slice(rest, 0, i);
        varname = str_slice(rest, i + 1, rest.len);
        const struct form *form = choosing_form(scope->place, arena, str_eq(kind, STR("carddef")), slug);
        if (!form || !chooses_this(scope, form, varname))
            continue;
        *out = query_of_answer(scope, arena, form, varname, dossier_id_api(arena, scope->dossier));
        return true;
    }
    return false;
}

static const struct value_object_type reverse_links_type = {.name = "form_reverse_links", .get = reverse_links_get};

struct value variables_reverse_links(const struct scope *scope)
{
    return value_object(&reverse_links_type, scope);
}
