/* webservice.SLUG in templates: asked when it is read. */
#include "calls/calls.h"

static void tell(const struct call_names *names, struct arena *arena, str slug, str problem)
{
    if (names->log != NULL)
        *vec_push(arena, names->log) = (struct render_fault){
            .template_name = str_fmt(arena, "webservice.%.*s", STR_ARG(slug)), .message = problem};
}

/* A slug may have hyphens, which the language takes for a difference: webservice.liste_evenements is found too. */
static const struct call *found(const struct call_finder *finder, struct arena *arena, str slug)
{
    const struct call *call = finder->find(finder->data, slug);
    return call != NULL ? call : finder->find(finder->data, str_replace(arena, slug, STR("_"), STR("-")));
}

static bool names_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct call_names *names = object->self;
    const struct call *call = names->finder == NULL ? NULL : found(names->finder, arena, key);
    if (call == NULL)
        return false;
    struct render render = {.arena = arena,
                            .scope = names->scope,
                            .site = names->site,
                            .lang = names->lang,
                            .now = names->now,
                            .log = names->log};
    const struct remote_answer *answer = call_ask(call, names->finder->session, &render, NULL);
    *out = answer == NULL || answer->json == NULL ? VALUE_OF_NONE : value_from_json(arena, answer->json);
    if (answer != NULL && answer->problem.len > 0)
        tell(names, arena, key, answer->problem);
    return true;
}

static const struct value_object_type names_type = {.name = "webservice", .get = names_get};

struct value call_names_value(const struct call_names *names)
{
    return value_object(&names_type, names);
}
