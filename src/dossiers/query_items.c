/* The dossiers that a query finds, as templates read them: item.form_var_x, item|get:"x". */
#include "dossiers/query.h"

struct query_item {
    struct scope scope;
    struct query_rows *rows;
};

/* What is read in the history: read for all the rows at once, when the first of them is asked. */
static void read_history_for(const struct query_item *item, struct arena *arena, str key)
{
    static const str names[] = {STR_INIT("comment"),        STR_INIT("evolution"),     STR_INIT("previous_status"),
                                STR_INIT("status_changed"), STR_INIT("workflow_form"), STR_INIT("workflow_data"),
                                STR_INIT("links"),          STR_INIT("parent")};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_starts(key, names[i]))
            query_read_history(item->scope.place, arena, item->rows);
}

/* A name as in form_NAME. */
static bool item_name(const struct query_item *item, struct arena *arena, str key, struct value *out)
{
    read_history_for(item, arena, key);
    *out = value_lookup(arena, variables_form(&item->scope), key);
    return out->kind != VALUE_UNDEFINED;
}

static bool item_answer(const struct query_item *item, struct arena *arena, str key, struct value *out)
{
    struct value answers = value_get(arena, variables_form(&item->scope), STR("var"));
    *out = value_get(arena, answers, key);
    return out->kind != VALUE_UNDEFINED;
}

static str without_prefix(str key)
{
    return str_starts(key, STR("form_")) ? str_slice(key, 5, key.len) : key;
}

static bool item_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct query_item *item = object->self;
    if (str_eq(key, STR("form"))) {
        *out = (struct value){.kind = VALUE_OBJECT, .object = *object};
        return true;
    }
    return item_name(item, arena, without_prefix(key), out) || item_answer(item, arena, key, out);
}

static struct value item_plain(const struct value_object *object, struct arena *arena)
{
    const struct query_item *item = object->self;
    return value_plain(arena, variables_form(&item->scope));
}

static bool item_filter(const struct value_object *object, struct arena *arena, str name, struct value arg,
                        struct value *out)
{
    if (!str_eq(name, STR("get")))
        return false;
    struct value item = {.kind = VALUE_OBJECT, .object = *object};
    *out = query_item_get(arena, item, value_to_text(arena, value_plain(arena, arg), STR("en")));
    return true;
}

static const struct value_object_type item_type = {
    .name = "demande", .get = item_get, .plain = item_plain, .filter = item_filter};

struct dossier *query_item_dossier(struct value value)
{
    if (value.kind != VALUE_OBJECT || value.object.type != &item_type)
        return NULL;
    return (struct dossier *)(uintptr_t)((const struct query_item *)value.object.self)->scope.dossier;
}

struct value query_item_get(struct arena *arena, struct value value, str key)
{
    const struct query_item *item = value.object.self;
    struct value out;
    if (item_answer(item, arena, key, &out) || item_name(item, arena, without_prefix(key), &out))
        return out;
    return VALUE_OF_NONE;
}

struct value query_item(const struct dossier_place *place, struct arena *arena, struct query_rows *rows,
                        struct dossier *dossier)
{
    struct query_item *item = arena_new_of(arena, struct query_item);
    *item = (struct query_item){.rows = rows,
                                .scope = {.place = place,
                                          .form = dossier_form(place, dossier),
                                          .workflow = dossier_workflow(place, dossier),
                                          .answers = dossier->answers,
                                          .dossier = dossier}};
    return value_object(&item_type, item);
}
