/* From a source's definition to struct source. */
#include "sources/source.h"

#include "sources/python_list.h"
#include "sources/table.h"

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

/* The members of a source document, and of its « source », as a call (calls.h). */
static const struct call *call_of(struct arena *arena, const struct source *source, const json_t *document)
{
    json_t *request = json_keep(arena, json_object());
    static const char *const keys[] = {"qs_data", "cache_duration", "timeout", "request_signature_key"};
    json_set_str(request, STR("url"), source->value);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (json_object_get(document, keys[i]) != NULL)
            json_set(request, str_of(keys[i]), json_incref(json_object_get(document, keys[i])));
    return call_compile(arena, request, source->where);
}

static void compile_label(struct arena *arena, struct source *source, str text)
{
    struct err err = {0};
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = source->where};
    if (text.len > 0)
        source->shape.label = template_compile(arena, text, &settings, &err);
    if (err.code != ERR_NONE)
        source->problem = str_fmt(arena, "le gabarit du libellé est faux : %s", err.message);
}

static void compile_remote(struct arena *arena, struct source *source, const json_t *document)
{
    source->type = SOURCE_REMOTE;
    source->call = call_of(arena, source, document);
    source->query_parameter = json_str(document, "query_parameter");
    source->id_parameter = json_str(document, "id_parameter");
    bool is_geojson = str_eq(source->kind, STR("geojson"));
    source->shape = (struct source_shape){.data = json_str(document, "data_attribute"),
                                          .id = json_str(document, is_geojson ? "id_property" : "id_attribute"),
                                          .text = json_str(document, "text_attribute"),
                                          .is_geojson = is_geojson,
                                          .is_padded = str_eq(source->kind, STR("jsonp"))};
    if (is_geojson)
        compile_label(arena, source, json_str(document, "label_template_property"));
    const struct call_problems *problems = call_problems(source->call);
    if (problems->len > 0) {
        source->type = SOURCE_INERT;
        source->problem = str_fmt(arena, "le gabarit de la source est faux (%.*s) : %.*s",
                                  STR_ARG(problems->at[0].where), STR_ARG(problems->at[0].message));
    }
}

/* Lines that can't be read are passed over, and told. */
static void compile_table(struct arena *arena, struct source *source, const json_t *document)
{
    str problem;
    source->table = table_compile(arena, document, source->value, source->where, &problem);
    source->type = source->table != NULL ? SOURCE_TABLE : SOURCE_INERT;
    if (problem.len > 0)
        source->problem = str_fmt(arena, "le tableau de la source est faux : %.*s", STR_ARG(problem));
}

static bool is_remote(str kind)
{
    return str_eq(kind, STR("json")) || str_eq(kind, STR("jsonp")) || str_eq(kind, STR("geojson"));
}

static bool is_local(str kind)
{
    return str_eq(kind, STR("wcs:users")) || str_eq(kind, STR("card"));
}

const struct source *source_compile(struct arena *arena, const json_t *json, str where)
{
    struct source *source = arena_new_of(arena, struct source);
    const json_t *inner = json_dict(json, "source"); /* a source document holds its source */
    const json_t *definition = inner != NULL ? inner : json;
    const json_t *value = json_object_get(definition, "value");
    *source = (struct source){
        .kind = json_str(definition, "type"), .where = where, .value = json_str_of(value), .json = json};
    source->construct = construct_of(arena, source->kind, source->value);
    if (str_eq(source->kind, STR("named"))) {
        source->type = SOURCE_NAMED;
        source->named = source->value;
    } else if (str_eq(source->kind, STR("fixed")) || json_is_array(value)) {
        source->type = SOURCE_FIXED;
        source->fixed = choices_from_json(arena, value);
    } else if (str_eq(source->kind, STR("formula"))) {
        fix(arena, source, python_literal(arena, source->value),
            "la formule Python de la source n’est pas une simple liste : elle n’est pas calculée");
    } else if (str_eq(source->kind, STR("jsonvalue"))) {
        compile_template(arena, source, source->value);
    } else if (str_eq(source->kind, STR("csv"))) {
        compile_table(arena, source, json);
    } else if (is_remote(source->kind)) {
        compile_remote(arena, source, json);
    } else if (is_local(source->kind)) {
        source->type = SOURCE_LOCAL;
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

void source_texts(const struct source *source, struct arena *arena, struct call_texts *out)
{
    if (source->template != NULL)
        *vec_push(arena, out) = (struct call_text){STR("valeur"), source->template};
    if (source->table != NULL)
        table_texts(source->table, arena, out);
    const struct call_texts *texts = source->call == NULL ? NULL : call_texts(source->call);
    for (size_t i = 0; texts != NULL && i < texts->len; i++)
        *vec_push(arena, out) = texts->at[i];
}
