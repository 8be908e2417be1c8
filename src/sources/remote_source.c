/* Sources that another server has: json, jsonp, geojson. */
#include "sources/source.h"

/* The member at the end of a path with dots; NULL where it leads nowhere. */
static json_t *at_path(const json_t *json, str path)
{
    const json_t *at = json;
    for (str part, rest = path; str_next(&rest, '.', &part);) {
        int64_t index;
        if (json_is_array(at) && str_to_int64(part, &index) && index >= 0)
            at = json_array_get(at, (size_t)index);
        else
            at = json_get(at, part);
    }
    return (json_t *)(uintptr_t)at;
}

static str or_else(str given, const char *usual)
{
    return given.len > 0 ? given : str_of(usual);
}

static str text_at(struct arena *arena, const json_t *node, str path)
{
    const json_t *at = at_path(node, path);
    if (json_is_integer(at))
        return str_fmt(arena, "%lld", (long long)json_integer_value(at));
    return json_str_of(at);
}

/* ---- Rows ---- */

/* The row itself where it has its id and text under these names, as texts; else with them added. */
static const json_t *row_with(struct arena *arena, json_t *node, str id, str text)
{
    if (str_eq(json_str(node, "id"), id) && str_eq(json_str(node, "text"), text))
        return node;
    json_t *row = json_keep(arena, json_copy(node));
    json_set_str(row, STR("id"), id);
    json_set_str(row, STR("text"), text);
    return row;
}

static bool plain_row(const struct source_shape *shape, struct arena *arena, json_t *node, struct choice *out)
{
    str id = text_at(arena, node, or_else(shape->id, "id")), text = text_at(arena, node, or_else(shape->text, "text"));
    if (id.len == 0)
        return false;
    *out = (struct choice){
        .id = id, .text = text.len > 0 ? text : id, .is_disabled = json_is_true(json_object_get(node, "disabled"))};
    out->row = row_with(arena, node, out->id, out->text);
    return true;
}

/* w.c.s.: the label is a template over the properties; a feature has its geometry beside them. */
static bool feature_row(const struct source_shape *shape, struct arena *arena, json_t *node, struct choice *out)
{
    json_t *properties = json_object_get(node, "properties");
    str id = text_at(arena, properties, or_else(shape->id, "id"));
    if (id.len == 0)
        id = text_at(arena, node, STR("id"));
    struct render render = {.arena = arena, .scope = value_from_json(arena, properties), .lang = STR("fr")};
    str text = shape->label != NULL ? str_trim(template_text(shape->label, &render))
                                    : text_at(arena, properties, or_else(shape->text, "text"));
    if (id.len == 0)
        return false;
    *out = (struct choice){.id = id, .text = text.len > 0 ? text : id};
    out->row = row_with(arena, node, out->id, out->text);
    return true;
}

static const json_t *list_in(const struct source_shape *shape, const json_t *answer)
{
    if (json_is_array(answer) && shape->data.len == 0)
        return answer;
    return at_path(answer, or_else(shape->data, shape->is_geojson ? "features" : "data"));
}

bool source_rows(const struct source *source, struct arena *arena, const json_t *answer, struct choices *out,
                 const char **problem)
{
    const struct source_shape *shape = &source->shape;
    const json_t *list = list_in(shape, answer);
    if (!json_is_array(list)) {
        *problem = "la réponse n’a pas la liste attendue : voir « data_attribute »";
        return false;
    }
    for (size_t i = 0; i < json_array_size(list) && i < CHOICES_MOST; i++) {
        json_t *node = json_array_get(list, i);
        struct choice choice;
        bool is_row =
            json_is_object(node) && (shape->is_geojson ? feature_row : plain_row)(shape, arena, node, &choice);
        if (is_row)
            *vec_push(arena, out) = choice;
    }
    if (json_array_size(list) > 0 && out->len == 0)
        *problem = "aucune ligne de la réponse n’a d’identifiant : voir « id_attribute »";
    return *problem == NULL;
}

/* ---- Asking ---- */

static void tell_old(const struct source *source, struct render *render, const struct remote_answer *answer)
{
    if (answer->problem.len > 0)
        source_tell(render, source,
                    str_fmt(render->arena, "%.*s%s", STR_ARG(answer->problem),
                            answer->is_old ? " ; sa dernière réponse est utilisée" : "")
                        .ptr);
}

struct choices source_ask(const struct source *source, const struct source_finder *finder, struct render *render,
                          str name, str value, bool *fails)
{
    struct call_param param = {name, value};
    struct call_asking asking = {&param, name.len > 0 ? 1 : 0, source->shape.is_padded, .is_envelope = true};
    struct remote_session *session = finder == NULL ? NULL : finder->session;
    const struct remote_answer *answer = call_ask(source->call, session, render, &asking);
    struct choices choices = {0};
    const char *problem = NULL;
    *fails = answer != NULL && answer->json == NULL && answer->problem.len > 0;
    if (answer == NULL)
        source_tell(render, source, session == NULL ? "elle n’est pas interrogée ici" : "son adresse est vide");
    else
        tell_old(source, render, answer);
    if (answer == NULL || answer->json == NULL || source_rows(source, render->arena, answer->json, &choices, &problem))
        return choices;
    source_tell(render, source, problem);
    *fails = true;
    return choices;
}

const json_t *source_about(const struct source *source, const struct source_finder *finder, struct render *render)
{
    const struct source *found = source_meant(source, finder);
    if (found == NULL || found->type != SOURCE_REMOTE)
        return NULL;
    struct call_asking asking = {NULL, 0, found->shape.is_padded, .is_envelope = true};
    const struct remote_answer *answer =
        call_ask(found->call, finder == NULL ? NULL : finder->session, render, &asking);
    return answer == NULL ? NULL : json_dict(answer->json, "meta");
}
