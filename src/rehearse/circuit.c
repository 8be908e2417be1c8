#include "rehearse/circuit.h"

enum { PASSAGES_MOST = 5, TURNS_MOST = 40 };

struct circuit {
    struct stage *stage;
    struct arena *arena;
    const struct workflow *workflow;
    struct map *reached;
    struct proving proving;
    struct form_run *run; /* of the form that is made for it; NULL: there was no need */
    struct dials dials;
    struct seeking seeking;
    struct map played; /* settings, as a text */
    json_t *errors;
    json_t *only_made; /* names of statuses that no form of the site has reached */
    json_t *turns;
    size_t turn_count;
};

struct map *circuit_reached(struct stage *stage, const struct workflow *workflow)
{
    struct map *reached = map_get(&stage->circuits, workflow_slug(workflow));
    if (reached != NULL)
        return reached;
    reached = arena_new_of(stage->arena, struct map);
    *reached = map_new(stage->arena);
    map_set(&stage->circuits, workflow_slug(workflow), reached);
    return reached;
}

/* ---- What is missing ---- */

static bool is_missing(const struct circuit *circuit, size_t status)
{
    return map_get(circuit->reached, workflow_status_at(circuit->workflow, status)->id) == NULL;
}

static bool is_worth_it(const struct circuit *circuit)
{
    for (size_t i = 0; i < workflow_status_count(circuit->workflow); i++)
        if (is_missing(circuit, i) && !circuit->proving.is_shut[i])
            return true;
    return false;
}

/* ---- Playing ---- */

static json_t *settings_json(struct circuit *circuit)
{
    static const char *const keys[] = {"options", "variables", "answers"};
    json_t *out = json_keep(circuit->arena, json_object());
    for (enum dial_kind kind = DIAL_OPTION; kind <= DIAL_ANSWER; kind++)
        json_set(out, str_of(keys[kind]), json_incref(dials_json(circuit->arena, &circuit->dials, kind)));
    return out;
}

/* What is new, of what the run has reached. */
static json_t *take_reached(struct circuit *circuit)
{
    json_t *names = json_array();
    const struct map *reached = treat_reached(circuit->run);
    for (size_t i = 0; i < workflow_status_count(circuit->workflow); i++) {
        const struct workflow_status *status = workflow_status_at(circuit->workflow, i);
        if (!is_missing(circuit, i) || map_get(reached, status->id) == NULL)
            continue;
        map_set(circuit->reached, status->id, circuit->stage);
        json_array_append_new(names, json_from_str(status->name));
        json_array_append_new(circuit->only_made, json_from_str(status->name));
    }
    return names;
}

static void begin_plan(struct circuit *circuit)
{
    struct form_run *run = circuit->run;
    struct plan *plan = vec_push(run->arena, &run->plans);
    *plan = (struct plan){.style = STYLE_PLAUSIBLE,
                          .seed = circuit->turn_count,
                          .has_account = circuit->turn_count % 4 != 3,
                          .why = STR("pour un statut qui n’est pas atteint")};
    dials_wishes(run->arena, &circuit->dials, &plan->wishes);
}

/* Plays with the settings as the dials have them, where that is new. */
static void play_settings(struct circuit *circuit, str wanted)
{
    struct form_run *run = circuit->run;
    struct err err = {0};
    json_t *settings = settings_json(circuit);
    str as_text = json_text_sorted(circuit->arena, settings);
    if (map_get(&circuit->played, as_text) != NULL)
        return;
    map_set(&circuit->played, as_text, circuit);
    circuit->turn_count++;
    begin_plan(circuit);
    run->wanted = wanted;
    if (!stage_set(circuit->stage, run->form, json_get(settings, STR("options")), json_get(settings, STR("variables")),
                   &err)) {
        run_error(run, "store", run->form->slug, "%s", err.message);
        return;
    }
    treat_last(run);
    json_t *names = take_reached(circuit);
    if (json_array_size(names) > 0) {
        json_set(settings, STR("reached"), json_incref(names));
        json_array_append(circuit->turns, settings);
    }
    json_decref(names);
}

static void aim_at(struct circuit *circuit, size_t status)
{
    str id = workflow_status_at(circuit->workflow, status)->id;
    struct passage passage = {0};
    for (int i = 0; i < PASSAGES_MOST && is_missing(circuit, status); i++) {
        if (circuit->turn_count >= TURNS_MOST || run_is_over(circuit->run) ||
            !passage_find(&circuit->seeking, (int)status, &passage))
            return;
        passage_settle(&circuit->seeking, &passage);
        play_settings(circuit, id);
    }
}

static bool begin_run(struct circuit *circuit, int64_t seconds, struct err *err)
{
    const struct form *form;
    circuit->run = arena_new_of(circuit->arena, struct form_run);
    if (!stage_add_form(circuit->stage, made_form(circuit->arena, circuit->stage, circuit->workflow), &form, err))
        return false;
    run_begin(circuit->run, circuit->stage, form, seconds);
    circuit->run->known = circuit->reached;
    dials_find(circuit->arena, circuit->stage, form, circuit->workflow, &circuit->dials);
    circuit->seeking = (struct seeking){.stage = circuit->stage,
                                        .arena = circuit->arena,
                                        .form = form,
                                        .proving = &circuit->proving,
                                        .dials = &circuit->dials};
    passage_begin(&circuit->seeking);
    return true;
}

static void put_back(struct circuit *circuit)
{
    struct err err = {0};
    if (!stage_set(circuit->stage, circuit->run->form, NULL, NULL, &err))
        run_error(circuit->run, "store", circuit->run->form->slug, "%s", err.message);
}

static void fail(struct circuit *circuit, const char *kind, str message)
{
    json_t *error = json_object();
    json_set_str(error, STR("kind"), str_of(kind));
    json_set_str(error, STR("at"), workflow_name(circuit->workflow));
    json_set_str(error, STR("message"), message);
    json_array_append_new(circuit->errors, error);
}

static void play(struct circuit *circuit, int64_t seconds)
{
    struct err err = {0};
    if (!begin_run(circuit, seconds, &err)) {
        fail(circuit, "store", str_of(err.message));
        return;
    }
    play_settings(circuit, STR_EMPTY);
    for (size_t i = 0; i < workflow_status_count(circuit->workflow); i++)
        if (is_missing(circuit, i) && !circuit->proving.is_shut[i])
            aim_at(circuit, i);
    put_back(circuit);
    json_array_extend(circuit->errors, circuit->run->errors);
}

/* What was reached can't be out of reach: the proof is put to the test by what it does not know. */
static void check_proof(struct circuit *circuit)
{
    const struct map nothing = map_new(circuit->arena);
    prove(&circuit->proving, &nothing);
    for (size_t i = 0; i < workflow_status_count(circuit->workflow); i++)
        if (circuit->proving.is_shut[i] && !is_missing(circuit, i))
            fail(circuit, "proof",
                 str_fmt(circuit->arena, "« %.*s » a été atteint, alors que rien n’y mènerait.",
                         STR_ARG(workflow_status_at(circuit->workflow, i)->name)));
    prove(&circuit->proving, circuit->reached);
}

/* ---- What is told ---- */

static void tell_missing(struct circuit *circuit, json_t *out)
{
    json_t *unreachable = json_array(), *missing = json_array();
    size_t count = workflow_status_count(circuit->workflow);
    for (size_t i = 0; i < count; i++) {
        if (!is_missing(circuit, i))
            continue;
        const struct workflow_status *status = workflow_status_at(circuit->workflow, i);
        json_t *one = json_object();
        json_set_str(one, STR("status"), status->name);
        json_set(one, STR("ways"), prove_ways_json(&circuit->proving, circuit->reached, status->id));
        json_array_append_new(circuit->proving.is_shut[i] ? unreachable : missing, one);
    }
    size_t left = json_array_size(unreachable) + json_array_size(missing);
    json_set(out, STR("total"), json_integer((json_int_t)count));
    json_set(out, STR("reached"), json_integer((json_int_t)(count - left)));
    json_set(out, STR("unreachable"), unreachable);
    json_set(out, STR("missing"), missing);
}

static void tell(struct circuit *circuit, const json_t *forms, json_t *out)
{
    json_t *slugs = json_array();
    for (size_t i = 0; i < json_array_size(forms); i++)
        if (str_eq(json_str(json_array_get(forms, i), "workflow"), workflow_slug(circuit->workflow)))
            json_array_append_new(slugs, json_from_str(json_str(json_array_get(forms, i), "form")));
    json_set_str(out, STR("workflow"), workflow_slug(circuit->workflow));
    json_set_str(out, STR("name"), workflow_name(circuit->workflow));
    json_set(out, STR("forms"), slugs);
    json_set(out, STR("has_made_form"), json_boolean(circuit->run != NULL));
    json_set(out, STR("only_made"), json_incref(circuit->only_made));
    json_set(out, STR("turns"), json_incref(circuit->turns));
    json_set(out, STR("errors"), json_incref(circuit->errors));
    json_set(out, STR("journal"), record_journal());
    tell_missing(circuit, out);
}

json_t *circuit_play(struct stage *stage, const struct workflow *workflow, const json_t *forms, int64_t seconds)
{
    struct arena *arena = arena_new();
    json_t *out = json_object();
    struct circuit circuit = {.stage = stage,
                              .arena = arena,
                              .workflow = workflow,
                              .reached = circuit_reached(stage, workflow),
                              .proving = {.arena = arena,
                                          .workflow = workflow,
                                          .catalogue = stage->catalogue,
                                          .filters = &stage->site->filters},
                              .played = map_new(arena),
                              .errors = json_keep(arena, json_array()),
                              .only_made = json_keep(arena, json_array()),
                              .turns = json_keep(arena, json_array())};
    prove(&circuit.proving, circuit.reached);
    if (is_worth_it(&circuit))
        play(&circuit, seconds);
    check_proof(&circuit);
    tell(&circuit, forms, out);
    json_decref(record_mails());
    json_decref(record_calls());
    if (circuit.run != NULL && circuit.run->arena != NULL)
        arena_free(circuit.run->arena);
    arena_free(arena);
    return out;
}
