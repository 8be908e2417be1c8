/* /api/openapi.json: the API described (OpenAPI 3.1), from the tables that its routes are made of. */
#include "web/api/subjects.h"

/* « /api/forms/{slug}/{id:int}/ »: without what only our routes say. */
static str path_of(struct arena *arena, const char *pattern)
{
    return str_replace(arena, str_of(pattern), STR(":int}"), STR("}"));
}

static json_t *parameter(str name, const char *place, str text, bool is_needed)
{
    json_t *json = json_pack("{s:s, s:b, s:{s:s}}", "in", place, "required", is_needed, "schema", "type", "string");
    json_set_str(json, STR("name"), name);
    if (text.len > 0)
        json_set_str(json, STR("description"), text);
    return json;
}

static json_t *parameters(str path, const struct api_operation *operation)
{
    json_t *list = json_array();
    str rest = path, before, name;
    while (str_cut(rest, '{', &before, &rest) && str_cut(rest, '}', &name, &rest))
        json_array_append_new(list, parameter(name, "path", STR_EMPTY, true));
    for (const struct api_parameter *one = operation->parameters; one != NULL && one->name != NULL; one++)
        json_array_append_new(list, parameter(str_of(one->name), "query", str_of(one->text), false));
    return list;
}

static json_t *answer(const char *text, const char *schema)
{
    return json_pack("{s:s, s:{s:{s:{s:s}}}}", "description", text, "content", "application/json", "schema", "$ref",
                     schema);
}

static json_t *operation_json(struct arena *arena, str path, const char *tag, const struct api_operation *operation)
{
    json_t *json = json_pack("{s:s, s:[s]}", "summary", operation->summary, "tags", tag);
    json_set(json, STR("parameters"), parameters(path, operation));
    json_set(json, STR("responses"),
             json_pack("{s:o, s:o}", "200", answer("Fait", "#/components/schemas/answer"), "default",
                       answer("Refusé", "#/components/schemas/error")));
    json_t *schema = operation->body != NULL ? json_parse(arena, str_of(operation->body), NULL) : NULL;
    if (schema != NULL)
        json_set(json, STR("requestBody"), json_pack("{s:{s:{s:O}}}", "content", "application/json", "schema", schema));
    return json;
}

static json_t *paths(struct arena *arena)
{
    json_t *all = json_object();
    for (const struct api_subject *subject = api_subjects; subject->name != NULL; subject++)
        for (const struct api_operation *one = subject->operations; one->pattern != NULL; one++) {
            str path = path_of(arena, one->pattern);
            if (one->is_alias)
                continue;
            json_t *at = json_get(all, path);
            if (at == NULL)
                json_set(all, path, at = json_object());
            json_set(at, one->method == HTTP_GET ? STR("get") : STR("post"),
                     operation_json(arena, path, subject->name, one));
        }
    return all;
}

static const char about[] =
    "L’API REST de Publik (w.c.s.). Un appel est signé (paramètres orig, algo, timestamp, nonce, signature ; email ou "
    "NameID pour agir au nom d’une personne), ou porte l’identifiant et la clé d’un accès à l’API (HTTP Basic).";

static const char components[] =
    "{\"securitySchemes\": {\"basic\": {\"type\": \"http\", \"scheme\": \"basic\"},"
    " \"signature\": {\"type\": \"apiKey\", \"in\": \"query\", \"name\": \"signature\"}},"
    " \"schemas\": {\"answer\": {\"description\": \"Voir docs/api.md\"},"
    " \"error\": {\"type\": \"object\", \"required\": [\"err\", \"err_class\", \"err_desc\"], \"properties\": {"
    "\"err\": {\"const\": 1}, \"err_class\": {\"type\": \"string\"}, \"err_code\": {\"type\": \"string\"},"
    " \"err_desc\": {\"type\": \"string\"}}}}}";

static void openapi(struct request *request)
{
    struct arena *arena = request->arena;
    json_t *json =
        json_keep(arena, json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:[]}, {s:[]}]}", "openapi", "3.1.0", "info", "title",
                                   "Guichet", "version", "1", "description", about, "security", "basic", "signature"));
    json_t *server = json_object(), *servers = json_array();
    json_set_str(server, STR("url"), place_of(request)->base_url);
    json_array_append_new(servers, server);
    json_set(json, STR("servers"), servers);
    json_set(json, STR("components"), json_incref(json_parse(arena, str_of(components), NULL)));
    json_set(json, STR("paths"), paths(arena));
    response_json(request, 200, json);
}

const struct api_operation openapi_operations[] = {
    {HTTP_GET, "/api/openapi.json", openapi, "Ce document"},
    {0},
};
