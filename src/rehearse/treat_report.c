/* What was reached of a workflow, as the report tells it. */
#include "rehearse/prove.h"
#include "rehearse/treat.h"

static json_t *edge_json(const struct form_run *run, const struct spot *spot, const struct edge *edge)
{
    static const char *const names[] = {"agent", "submitter", "time", "program"};
    json_t *one = json_object(), *to = json_array();
    json_set_str(one, STR("from"), spot->status->name);
    json_set_str(one, STR("by"), str_of(names[edge->who]));
    json_set_str(one, STR("action"), edge->value);
    json_set_str(one, STR("label"), edge->label);
    json_set(one, STR("pressed"), json_integer(edge->pressed));
    for (size_t i = 0; i < edge->leads_to.len; i++)
        json_array_append_new(to, json_from_str(workflow_status_find(run->workflow, edge->leads_to.at[i])->name));
    json_set(one, STR("to"), to);
    return one;
}

static json_t *statuses_json(const struct form_run *run)
{
    json_t *missing = json_array(), *why = json_object(), *out = json_object();
    size_t total = run->workflow == NULL ? 0 : workflow_status_count(run->workflow);
    struct proving proving = {.arena = run->arena, .workflow = run->workflow, .catalogue = run->stage->catalogue};
    proving.filters = &run->stage->site->filters;
    if (total > 0)
        prove(&proving, &run->walk->reached);
    for (size_t i = 0; i < total; i++) {
        const struct workflow_status *status = workflow_status_at(run->workflow, i);
        if (map_get(&run->walk->reached, status->id) != NULL)
            continue;
        json_array_append_new(missing, json_from_str(status->name));
        if (run->filed.len > 0)
            json_set(why, status->name, prove_ways_json(&proving, &run->walk->reached, status->id));
    }
    json_set(out, STR("total"), json_integer((json_int_t)total));
    json_set(out, STR("reached"), json_integer((json_int_t)(total - json_array_size(missing))));
    json_set(out, STR("missing"), missing);
    json_set(out, STR("why"), why);
    return out;
}

/* An action of the whole workflow is one, wherever it is offered. */
static bool is_same_action(size_t spot, const struct edge *edge, size_t other_spot, const struct edge *other)
{
    return edge->who == other->who && str_eq(edge->value, other->value) && (edge_is_global(edge) || spot == other_spot);
}

/* Whether it was run, here or elsewhere; *is_first: it was not counted before. */
static bool was_run(const struct walk *walk, size_t spot, const struct edge *edge, bool *is_first)
{
    bool run = false;
    *is_first = true;
    for (size_t i = 0; i < walk->spots.len; i++)
        for (size_t j = 0; j < walk->spots.at[i].edges.len; j++) {
            const struct edge *other = &walk->spots.at[i].edges.at[j];
            if (!is_same_action(spot, edge, i, other))
                continue;
            run = run || other->pressed > 0;
            *is_first = *is_first && (i > spot || (i == spot && other >= edge));
        }
    return run;
}

static json_t *actions_json(const struct walk *walk)
{
    json_t *missing = json_array(), *out = json_object();
    json_int_t total = 0;
    for (size_t i = 0; i < walk->spots.len; i++)
        for (size_t j = 0; j < walk->spots.at[i].edges.len; j++) {
            const struct edge *edge = &walk->spots.at[i].edges.at[j];
            bool is_first, is_run = was_run(walk, i, edge, &is_first);
            total += is_first;
            if (is_first && !is_run)
                json_array_append_new(missing, json_from_str(edge->label));
        }
    json_set(out, STR("run"), json_integer(total - (json_int_t)json_array_size(missing)));
    json_set(out, STR("total"), json_integer(total));
    json_set(out, STR("missing"), missing);
    return out;
}

void treat_report(struct form_run *run, json_t *out)
{
    json_t *transitions = json_array(), *dead_ends = json_array();
    for (size_t i = 0; i < run->walk->spots.len; i++) {
        const struct spot *spot = &run->walk->spots.at[i];
        for (size_t j = 0; j < spot->edges.len; j++)
            json_array_append_new(transitions, edge_json(run, spot, &spot->edges.at[j]));
        if (spot->edges.len == 0 && !spot->status->is_endpoint)
            json_array_append_new(dead_ends, json_from_str(spot->status->name));
    }
    json_set(out, STR("statuses"), statuses_json(run));
    json_set(out, STR("actions"), actions_json(run->walk));
    json_set(out, STR("transitions"), transitions);
    json_set(out, STR("dead_ends"), dead_ends);
    json_set(out, STR("mails"), record_mails());
    json_set(out, STR("faults"), json_incref(run->walk->faults));
}
