/* The clock of a request, which stops while documents are asked for (CRPA L114-5): marks.stops, the latest last, each
 *   {from: instant, due: instant behind the last day to give them, to: instant when they came, absent while they are
 *    waited for, documents: [name …], message} */
#include "workflow/model.h"

static json_t *stops_of(const struct dossier *dossier)
{
    return json_get(dossier->marks, STR("stops"));
}

size_t workflow_stop_count(const struct dossier *dossier)
{
    return json_array_size(stops_of(dossier));
}

struct workflow_stop workflow_stop_at(const struct dossier *dossier, size_t index)
{
    const json_t *stop = json_array_get(stops_of(dossier), index);
    return (struct workflow_stop){
        .from = json_int(stop, "from"),
        .due = json_int(stop, "due"),
        .to = json_int(stop, "to"),
        .documents = json_list(stop, "documents"),
        .message = json_str(stop, "message"),
    };
}

bool workflow_stop_now(const struct dossier *dossier, struct workflow_stop *out)
{
    size_t count = workflow_stop_count(dossier);
    *out = (struct workflow_stop){0};
    if (count)
        *out = workflow_stop_at(dossier, count - 1);
    return count && !out->to;
}

/* A delay to give them runs anew with each asking: what looks at its end may happen again. */
static void rearm(struct engine *engine)
{
    const struct workflow *workflow = engine->workflow;
    json_t *fired = json_get(engine->dossier->marks, STR("fired"));
    for (size_t i = 0; i < workflow->globals.len; i++)
        for (size_t k = 0; k < workflow->globals.at[i].triggers.len; k++) {
            const struct trigger *trigger = &workflow->globals.at[i].triggers.at[k];
            if (fired && str_eq(trigger->anchor, STR(ANCHOR_DOCUMENTS)))
                json_object_del(fired, trigger_key(engine, &workflow->globals.at[i], trigger).ptr);
        }
}

void clock_stop(struct engine *engine, const struct workflow_stop *stop)
{
    json_t *stops = stops_of(engine->dossier), *one = json_object();
    struct workflow_stop before;
    if (!stops) {
        stops = json_array();
        json_set(engine->dossier->marks, STR("stops"), stops);
    }
    bool is_stopped = workflow_stop_now(engine->dossier, &before);
    if (is_stopped) /* asked anew: the clock stands since the first asking */
        json_array_remove(stops, json_array_size(stops) - 1);
    json_set(one, STR("from"), json_integer(is_stopped ? before.from : stop->from));
    json_set(one, STR("due"), json_integer(stop->due));
    json_set(one, STR("documents"), json_deep_copy(stop->documents));
    json_set_str(one, STR("message"), stop->message);
    json_array_append_new(stops, one);
    rearm(engine);
}

void clock_go_on(struct engine *engine)
{
    json_t *stops = stops_of(engine->dossier);
    json_t *last = json_array_get(stops, json_array_size(stops) - 1);
    if (last && !json_int(last, "to"))
        json_set(last, STR("to"), json_integer(engine->now));
}

bool clock_anchor(struct engine *engine, str anchor, instant *at)
{
    const struct workflow_context *context = engine->context;
    struct workflow_stop stop;
    if (str_eq(anchor, STR(ANCHOR_SILENCE)))
        return context->silence && context->silence(context->data, engine->dossier, at);
    *at = 0;
    if (workflow_stop_now(engine->dossier, &stop))
        *at = stop.due;
    return *at != 0;
}

void clock_note(struct engine *engine, str text)
{
    json_t *part = JSON_PART("documents");
    json_set_str(part, STR("text"), text);
    engine_add_part(engine, part);
}
