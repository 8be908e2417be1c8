/* geolocate: where the dossier is, from an address that the geocoder knows, from a position on a map, or from a
 * photograph whose camera noted it. Semantics of w.c.s. */
#include "workflow/actions/actions.h"

enum method { METHOD_NONE, METHOD_ADDRESS, METHOD_MAP, METHOD_PHOTO };

struct geolocate {
    enum method method;
    const struct template *from;
    bool overwrites;
};

static const struct {
    const char *name, *key;
    enum method method;
} methods[] = {
    {"address_string", "address_string", METHOD_ADDRESS},
    {"map_variable", "map_variable", METHOD_MAP},
    {"photo_variable", "photo_variable", METHOD_PHOTO},
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct geolocate *self = arena_new_of(compiler->arena, struct geolocate);
    str method = json_str(json, "method");
    action->self = self;
    self->overwrites = !json_is_false(json_object_get(json, "overwrite"));
    compiler->workflow->geolocates = true;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (str_eq(method.len ? method : STR("address_string"), str_of(methods[i].name))) {
            self->method = methods[i].method;
            self->from = compiler_text(compiler, json, methods[i].key, TEMPLATE_TEXT);
        }
    if (!self->from)
        compiler_report(compiler, true, "Cette action ne dit pas de quoi la position est tirée.");
}

static bool is_located(const struct engine *engine)
{
    struct position position;
    return workflow_position(engine->context->form_fields, engine->dossier, engine->dossier->answers, &position);
}

static void locate(struct engine *engine, struct position position)
{
    json_set_str(engine->dossier->marks, STR("position"), position_text(engine->arena, position));
}

static void locate_by_text(struct engine *engine, const struct action *action, str text)
{
    struct position position;
    if (position_parse(text, &position))
        locate(engine, position);
    else if (text.len)
        engine_add_error(engine, str_fmt(engine->arena, "%.*s : « %.*s » n’est pas une position.",
                                         STR_ARG(action->where), STR_ARG(utf8_slice(text, 0, 80))));
}

/* The geocoder is asked by a job, as any other server is. */
static void ask(struct engine *engine, const struct action *action, str address)
{
    if (str_is_empty(address))
        return;
    json_t *payload = json_object();
    json_set_str(payload, STR("address"), utf8_slice(address, 0, 500));
    engine_suspend(engine, action, STR(GEOCODE_JOB_KIND), payload);
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct geolocate *self = action->self;
    struct position position;
    if (!self->from || (!self->overwrites && is_located(engine)))
        return;
    if (self->method == METHOD_ADDRESS) {
        ask(engine, action, str_trim(engine_text(engine, self->from)));
    } else if (self->method == METHOD_MAP) {
        locate_by_text(engine, action, str_trim(engine_text(engine, self->from)));
    } else { /* noted when it was received: the picture that is kept may be without */
        const json_t *file = answer_file(template_value(self->from, &engine->render));
        if (json_is_array(file))
            file = json_array_get(file, 0);
        if (position_parse(json_str(file, "position"), &position))
            locate(engine, position);
    }
}

/* An address that is nobody's leaves the dossier where it was; so does a geocoder that stays silent. */
static enum call_verdict receive(struct engine *engine, const struct action *action, const struct call_outcome *outcome,
                                 bool is_again)
{
    (void)is_again;
    if (outcome->problem.len && !outcome->is_last)
        return CALL_AGAIN;
    if (outcome->problem.len)
        engine_add_error(engine,
                         str_fmt(engine->arena, "%.*s : %.*s", STR_ARG(action->where), STR_ARG(outcome->problem)));
    else
        locate_by_text(engine, action, outcome->body);
    return CALL_GO_ON;
}

const struct action_type action_geolocate = {
    .name = "geolocate", .compile = compile, .perform = perform, .receive = receive};
