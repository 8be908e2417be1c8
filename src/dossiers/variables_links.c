/* form_links_NAME: the dossiers that an action of that name has made, the last one, or by their number; form_parent:
 * the one whose action made this one. Names as in w.c.s. */
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

bool variables_parent(const struct scope *scope, struct arena *arena, struct value *out)
{
    struct dossier_links all = {0};
    dossier_read_links(scope->place, scope->dossier, &all);
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].is_origin && all.at[i].dossier) {
            *out = link_value(scope->place, arena, all.at[i].dossier);
            return true;
        }
    return false;
}
