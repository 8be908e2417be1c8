#include "sources/sources.h"

#include "sources/python_list.h"

/* DEEPEST: how far the template of a source may read other sources. */
enum { CHOICES_MOST = 20000, DEEPEST = 6 };

enum source_type { SOURCE_FIXED, SOURCE_TEMPLATE, SOURCE_NAMED, SOURCE_INERT };

struct source {
    enum source_type type;
    str kind, where, named, problem, construct;
    struct choices fixed; /* also a template without tags, read once */
    const struct template *template;
};

/* One row: a text, [id, text], or {"id", "text", …}. Numbers are taken as texts. */
static str text_of_node(struct arena *arena, const json_t *node)
{
    if (json_is_string(node))
        return json_str_of(node);
    if (json_is_integer(node))
        return str_fmt(arena, "%lld", (long long)json_integer_value(node));
    return json_is_null(node) || node == NULL ? STR_EMPTY : json_text(arena, node);
}

static const json_t *row_of(struct arena *arena, str id, str text)
{
    json_t *row = json_keep(arena, json_object());
    json_set_str(row, STR("id"), id);
    json_set_str(row, STR("text"), text);
    return row;
}

static bool choice_of(struct arena *arena, const json_t *node, struct choice *out)
{
    if (json_is_object(node)) {
        const json_t *id = json_object_get(node, "id"), *text = json_object_get(node, "text");
        if (id == NULL && text == NULL)
            return false;
        *out = (struct choice){.id = text_of_node(arena, id != NULL ? id : text),
                               .text = text_of_node(arena, text != NULL ? text : id),
                               .is_disabled = json_is_true(json_object_get(node, "disabled")),
                               .row = node};
        return true;
    }
    bool is_pair = json_is_array(node) && json_array_size(node) >= 1;
    if (!is_pair && !json_is_string(node) && !json_is_number(node))
        return false;
    const json_t *id = is_pair ? json_array_get(node, 0) : node;
    const json_t *text = is_pair && json_array_size(node) > 1 ? json_array_get(node, 1) : id;
    *out = (struct choice){.id = text_of_node(arena, id), .text = text_of_node(arena, text)};
    out->row = row_of(arena, out->id, out->text);
    return true;
}

struct choices choices_from_json(struct arena *arena, const json_t *list)
{
    struct choices choices = {0};
    size_t index;
    json_t *node;
    json_array_foreach(list, index, node)
    {
        struct choice choice;
        if (index < CHOICES_MOST && choice_of(arena, node, &choice))
            *vec_push(arena, &choices) = choice;
    }
    return choices;
}

const struct choice *choice_find(const struct choices *choices, str id)
{
    for (size_t i = 0; i < choices->len; i++)
        if (str_eq(choices->at[i].id, id))
            return &choices->at[i];
    return NULL;
}

struct value choices_value(struct arena *arena, const struct choices *choices)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < choices->len; i++)
        value_list_add(arena, list, value_from_json(arena, choices->at[i].row));
    return value_list(list);
}

/* ---- Compiling ---- */

/* Publik names a source of cards by its model, and « :view » behind it. */
static str construct_of(struct arena *arena, str kind, str value)
{
    if (str_eq(kind, STR("card")))
        return str_contains(value, STR(":")) ? STR("ds:carddef-view") : STR("ds:carddef");
    return str_fmt(arena, "ds:%.*s", STR_ARG(kind.len > 0 ? kind : STR("empty")));
}

static void make_inert(struct arena *arena, struct source *source)
{
    source->type = SOURCE_INERT;
    source->problem = str_fmt(arena, "la source de type « %.*s » n’est pas encore interrogée", STR_ARG(source->kind));
}

/* Choices known when compiling; what is no list gives an inert source. */
static void fix(struct arena *arena, struct source *source, const json_t *list, const char *problem)
{
    source->type = json_is_array(list) ? SOURCE_FIXED : SOURCE_INERT;
    if (source->type == SOURCE_FIXED)
        source->fixed = choices_from_json(arena, list);
    else
        source->problem = str_of(problem);
}

static void compile_template(struct arena *arena, struct source *source, str text)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = source->where};
    struct err err = {0};
    source->type = SOURCE_TEMPLATE;
    source->template = template_compile(arena, text, &settings, &err);
    if (source->template == NULL) {
        source->type = SOURCE_INERT;
        source->problem = str_fmt(arena, "le gabarit de la source est faux : %s", err.message);
        return;
    }
    if (template_is_constant(source->template))
        fix(arena, source, json_parse(arena, text, &err), "la valeur de la source n’est pas une liste JSON");
}

const struct source *source_compile(struct arena *arena, const json_t *json, str where)
{
    struct source *source = arena_new_of(arena, struct source);
    const json_t *inner = json_dict(json, "source"); /* a source document holds its source */
    const json_t *definition = inner != NULL ? inner : json;
    source->kind = json_str(definition, "type");
    source->where = where;
    const json_t *value = json_object_get(definition, "value");
    source->construct = construct_of(arena, source->kind, json_str_of(value));
    if (str_eq(source->kind, STR("named"))) {
        source->type = SOURCE_NAMED;
        source->named = json_str_of(value);
    } else if (str_eq(source->kind, STR("fixed")) || json_is_array(value)) {
        source->type = SOURCE_FIXED;
        source->fixed = choices_from_json(arena, value);
    } else if (str_eq(source->kind, STR("formula"))) {
        fix(arena, source, python_literal(arena, json_str_of(value)),
            "la formule Python de la source n’est pas une simple liste : elle n’est pas calculée");
    } else if (str_eq(source->kind, STR("jsonvalue"))) {
        compile_template(arena, source, json_str_of(value));
    } else {
        make_inert(arena, source);
    }
    return source;
}

str source_problem(const struct source *source)
{
    return source->problem;
}

str source_construct(const struct source *source)
{
    return source->construct;
}

str source_named(const struct source *source)
{
    return source->named;
}

const struct template *source_template(const struct source *source)
{
    return source->template;
}

/* ---- Choosing ---- */

static void tell(struct render *render, const struct source *source, const char *message)
{
    if (render->log == NULL)
        return;
    *vec_push(render->arena, render->log) =
        (struct render_fault){.template_name = source->where,
                              .message = str_fmt(render->arena, "source %.*s : %s", STR_ARG(source->kind), message)};
}

/* The template gives a list, or the text of a JSON list. */
static struct choices choices_of_template(const struct source *source, struct render *render)
{
    static _Thread_local int depth;
    if (depth >= DEEPEST) {
        tell(render, source, "elle se lit elle-même");
        return (struct choices){0};
    }
    depth++;
    struct value value = value_plain(render->arena, template_value(source->template, render));
    depth--;
    const json_t *list = NULL;
    struct err err = {0};
    if (value.kind == VALUE_LIST)
        list = value_to_json(render->arena, value);
    else if (value.kind == VALUE_TEXT && str_trim(value.text).len > 0)
        list = json_parse(render->arena, value.text, &err);
    if (err.code != ERR_NONE || (list != NULL && !json_is_array(list)))
        tell(render, source, err.code != ERR_NONE ? err.message : "la valeur n’est pas une liste");
    return json_is_array(list) ? choices_from_json(render->arena, list) : (struct choices){0};
}

static const struct source *found_source(const struct source *source, const struct source_finder *finder)
{
    if (source->type != SOURCE_NAMED)
        return source;
    return finder == NULL ? NULL : finder->find(finder->data, source->named);
}

bool source_fixed(const struct source *source, const struct source_finder *finder, struct choices *out)
{
    const struct source *found = found_source(source, finder);
    if (found == NULL || found->type != SOURCE_FIXED)
        return false;
    *out = found->fixed;
    return true;
}

struct choices source_choices(const struct source *source, const struct source_finder *finder, struct render *render)
{
    const struct source *found = found_source(source, finder);
    if (found == NULL || found->type == SOURCE_NAMED) { /* a name never leads to another name */
        tell(render, source, "elle n’existe pas ici");
        return (struct choices){0};
    }
    switch (found->type) {
    case SOURCE_FIXED:
        return found->fixed;
    case SOURCE_TEMPLATE:
        return choices_of_template(found, render);
    default:
        tell(render, found, str_z(render->arena, found->problem));
        return (struct choices){0};
    }
}
