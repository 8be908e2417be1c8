/* The object behind forms|objects:"slug" and form_objects, and the roots that lead to it. */
#include "dossiers/query.h"

struct query *query_of_form(const struct dossier_place *place, struct arena *arena, const struct form *form)
{
    const struct dossier_definitions *definitions = place->definitions;
    struct query *query = arena_new_of(arena, struct query);
    *query = (struct query){.place = place, .form = form, .count = -1};
    if (form && definitions->workflow_of)
        query->workflow = definitions->workflow_of(definitions->data, form);
    return query;
}

struct query *query_copy(struct arena *arena, const struct query *query)
{
    struct query *copy = arena_copy(arena, query, sizeof *query);
    copy->rows = NULL;
    copy->count = -1;
    return copy;
}

struct query *query_nothing(struct arena *arena, const struct query *query)
{
    struct query *nothing = query_copy(arena, query);
    nothing->is_empty = true;
    nothing->has_attribute = nothing->has_operator = false;
    return nothing;
}

void query_add(struct arena *arena, struct query *query, struct query_test test, bool in_same_group)
{
    struct query_test *added = arena_copy(arena, &test, sizeof test);
    if (!in_same_group)
        query->group_count++;
    added->group = query->group_count;
    added->next = query->tests;
    query->tests = added;
    query->test_count++;
}

void query_add_column(struct arena *arena, struct query *query, const char *column, str text, bool negated)
{
    query_add(arena, query,
              (struct query_test){.kind = TEST_TEXT,
                                  .column = str_of(column),
                                  .negated = negated,
                                  .has_low = true,
                                  .has_high = true,
                                  .with_low = true,
                                  .with_high = true,
                                  .low = text,
                                  .high = text},
              false);
}

bool query_text_is_fit(str text)
{
    return text.len <= QUERY_VALUE_MOST && utf8_is_valid(text) && memchr(text.ptr, 0, text.len) == NULL;
}

/* ---- The object ---- */

/* What was read and counted is kept: the object is the same for the whole rendering. */
static struct query *query_of(const struct value_object *object)
{
    return (struct query *)(uintptr_t)object->self;
}

static size_t query_length(const struct value_object *object, struct arena *arena)
{
    return query_read(query_of(object), arena)->dossiers.len;
}

static bool query_at(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    struct query *query = query_of(object);
    query_read(query, arena);
    if (index >= query->rows->dossiers.len)
        return false;
    *out = query_item(query->place, arena, query->rows, query->rows->dossiers.at[index]);
    return true;
}

static struct value end_of(struct query *query, struct arena *arena, bool last)
{
    struct query_rows *rows = query->rows;
    if (rows && !rows->has_more)
        return rows->dossiers.len
                   ? query_item(query->place, arena, rows, rows->dossiers.at[last ? rows->dossiers.len - 1 : 0])
                   : value_text(STR_EMPTY);
    struct dossier *dossier = query_end(query, arena, last);
    if (!dossier)
        return value_text(STR_EMPTY);
    rows = arena_new_of(arena, struct query_rows);
    *vec_push(arena, &rows->dossiers) = dossier;
    return query_item(query->place, arena, rows, dossier);
}

static struct value list_of(struct query *query, struct arena *arena, str key)
{
    const struct query_rows *rows = query_read(query, arena);
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < rows->dossiers.len; i++)
        value_list_add(arena, list,
                       query_item_get(arena, query_item(query->place, arena, query->rows, rows->dossiers.at[i]), key));
    return value_list(list);
}

static const struct value_object_type query_type;

/* Filters that read; the others give another query. */
static bool filter_query(const struct value_object *object, struct arena *arena, str name, struct value arg,
                         struct value *out)
{
    struct query *query = query_of(object), *next;
    if (str_eq(name, STR("count")) || str_eq(name, STR("length")))
        *out = value_int(query_count(query, arena));
    else if (str_eq(name, STR("first")) || str_eq(name, STR("last")))
        *out = end_of(query, arena, str_eq(name, STR("last")));
    else if (str_eq(name, STR("getlist")))
        *out = list_of(query, arena, value_to_text(arena, arg, STR("en")));
    else if (query_filter(query, arena, name, arg, &next))
        *out = value_object(&query_type, next);
    else
        return false;
    return true;
}

static bool query_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    int64_t index;
    if (str_to_int64(key, &index))
        return index >= 0 && query_at(object, arena, (size_t)index, out);
    if (str_eq(key, STR("count")))
        *out = value_int(query_count(query_of(object), arena));
    else if (!query_filter_is_member(key))
        return false;
    else
        return filter_query(object, arena, key, VALUE_OF_UNDEFINED, out);
    return true;
}

static const struct value_object_type query_type = {
    .name = "demandes", .get = query_get, .length = query_length, .item = query_at, .filter = filter_query};

static struct value object_of_form(const struct dossier_place *place, const struct scope *scope, struct arena *arena,
                                   const struct form *form)
{
    struct query *query = query_of_form(place, arena, form);
    query->scope = scope;
    return value_object(&query_type, query);
}

struct value query_of_answer(const struct scope *scope, struct arena *arena, const struct form *form, str varname,
                             str id)
{
    struct query *query = query_of_form(scope->place, arena, form);
    query->scope = scope;
    query->has_attribute = true;
    query->attribute = varname;
    return value_object(&query_type, query_compare(query, arena, value_text(id), false));
}

/* The form in service: that of the dossier may be an older one, whose fields the others do not have. */
static const struct form *form_of_key(const struct dossier_place *place, str key)
{
    const struct dossier_definitions *definitions = place->definitions;
    return definitions->form(definitions->data, key, 0);
}

struct value query_of_scope(const struct scope *scope, struct arena *arena)
{
    const struct form *form = scope->form ? form_of_key(scope->place, scope->form->key) : NULL;
    return object_of_form(scope->place, scope, arena, form ? form : scope->form);
}

/* ---- The roots: forms, cards ---- */

struct collection {
    const struct dossier_place *place;
    const struct scope *scope;
    bool of_cards;
};

static const struct form *form_called(const struct collection *collection, struct arena *arena, str slug)
{
    if (str_contains(slug, STR(":"))) /* no slug, but maybe a key */
        return NULL;
    return form_of_key(collection->place, form_key(arena, collection->of_cards, slug));
}
static struct value objects_of(const struct collection *collection, struct arena *arena, str slug)
{
    const struct form *form = form_called(collection, arena, slug);
    if (!form)
        value_fault("« objects » ne connaît pas « %.*s ».", STR_ARG(slug));
    return object_of_form(collection->place, collection->scope, arena, form);
}

static bool filter_collection(const struct value_object *object, struct arena *arena, str name, struct value arg,
                              struct value *out)
{
    if (!str_eq(name, STR("objects")))
        return false;
    *out = objects_of(object->self, arena, value_to_text(arena, value_plain(arena, arg), STR("en")));
    return true;
}

struct collected { /* forms.SLUG */
    const struct collection *collection;
    const struct form *form;
};

static bool collected_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct collected *collected = object->self;
    const struct collection *collection = collected->collection;
    if (str_eq(key, STR("objects")))
        *out = object_of_form(collection->place, collection->scope, arena, collected->form);
    else if (str_eq(key, STR("name")))
        *out = value_text(collected->form->name);
    else if (str_eq(key, STR("slug")))
        *out = value_text(collected->form->slug);
    else
        return false;
    return true;
}

static const struct value_object_type collected_type = {.name = "forms.SLUG", .get = collected_get};

static bool collection_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct collection *collection = object->self;
    struct collected *collected = arena_new_of(arena, struct collected);
    const struct form *form = form_called(collection, arena, key);
    if (!form) /* w.c.s.: a name has no hyphens */
        form = form_called(collection, arena, str_replace(arena, key, STR("_"), STR("-")));
    *collected = (struct collected){collection, form};
    *out = value_object(&collected_type, collected);
    return form != NULL;
}

static const struct value_object_type collection_type = {
    .name = "forms", .get = collection_get, .filter = filter_collection};

bool query_roots(const struct dossier_place *place, const struct scope *scope, struct arena *arena, str key,
                 struct value *out)
{
    bool is_cards = str_eq(key, STR("cards"));
    if (!is_cards && !str_eq(key, STR("forms")))
        return false;
    struct collection *collection = arena_new_of(arena, struct collection);
    *collection = (struct collection){.place = place, .scope = scope, .of_cards = is_cards};
    *out = value_object(&collection_type, collection);
    return true;
}
