/* What a circuit does may hang on options that each form sets (« form_option_* »). Where a status was never reached,
 * the form is played again with these set otherwise, in the copy: first all of those that decide something, then one at
 * a time, from the turn that led the furthest. */
#include "rehearse/circuit.h"
#include "rehearse/literals.h"

enum { VALUES_MOST = 4, TURNS_MOST = 14 };

#define READ STR("form_option_")

/* An option that decides something, and what else it might be. */
struct varied {
    const struct field *field;
    const json_t *now; /* NULL: the form says nothing */
    struct trials values;
};
struct variety VEC_OF(struct varied);

/* ---- Which options, and which values ---- */

static bool is_in_conditions(const struct workflow *workflow, str option)
{
    const struct workflow_texts *texts = workflow_texts(workflow);
    for (size_t i = 0; i < texts->len; i++) {
        if (!template_is_condition(texts->at[i].template))
            continue;
        struct template_names names = template_names(texts->at[i].template);
        for (size_t j = 0; j < names.len; j++)
            if (str_starts(names.at[j].path, READ) &&
                str_starts(str_slice(names.at[j].path, READ.len, names.at[j].path.len), option))
                return true;
    }
    return false;
}

struct looking {
    str name;
    bool is_found;
};

static void look(void *arg, str text)
{
    struct looking *looking = arg;
    looking->is_found = looking->is_found || str_contains(text, looking->name);
}

/* Conditions read data of the treatment that the circuit made of its options: a price, whether it is paid online. */
static void look_in_data(const json_t *places, struct looking *looking)
{
    for (size_t i = 0; i < json_array_size(places); i++) {
        const json_t *actions = json_list(json_array_get(places, i), "actions");
        for (size_t j = 0; j < json_array_size(actions); j++) {
            const json_t *action = json_array_get(actions, j);
            if (str_eq(json_str(action, "type"), STR("set-backoffice-fields")))
                literal_each_text(json_list(action, "fields"), look, looking);
        }
    }
}

static bool is_decisive(const struct form_run *run, str option)
{
    struct looking looking = {.name = str_fmt(run->arena, "form_option_%.*s", STR_ARG(option))};
    const json_t *document = workflow_document(run->workflow);
    look_in_data(json_list(document, "statuses"), &looking);
    look_in_data(json_list(document, "global_actions"), &looking);
    return looking.is_found || is_in_conditions(run->workflow, option);
}

static void add_value(struct arena *arena, struct varied *varied, json_t *value)
{
    if (json_equal(varied->now, value))
        json_decref(value);
    else
        trials_add(arena, &varied->values, VALUES_MOST, value);
}

static void add_text(struct arena *arena, struct varied *varied, str text)
{
    add_value(arena, varied, json_from_str(text));
}

struct comparing {
    struct arena *arena;
    struct varied *varied;
    str name;
};

/* « form_option_code == "69120" », wherever the workflow says so. */
static void add_compared(void *arg, str source)
{
    const struct comparing *comparing = arg;
    for (size_t at = 0; (at = str_find(source, comparing->name, at)) < source.len;) {
        at += comparing->name.len;
        str text = literal_behind(source, at);
        if (text.len > 0)
            add_text(comparing->arena, comparing->varied, text);
    }
}

static bool add_choices(struct form_run *run, struct varied *varied)
{
    struct place place;
    struct choices fixed = {0};
    stage_place(run->stage, run->arena, &place);
    if (!field_fixed_choices(varied->field, &place.sources, &fixed))
        return false;
    for (size_t i = 0; i < fixed.len; i++)
        add_text(run->arena, varied, fixed.at[i].id);
    return true;
}

static void find_values(struct form_run *run, struct varied *varied)
{
    const struct field *field = varied->field;
    varied->now = json_get(run->form->options, field->varname);
    if (varied->now == NULL)
        varied->now = json_object_get(field->json, "default_value");
    if (str_eq(field->type_name, STR("bool"))) {
        add_value(run->arena, varied, json_boolean(!json_is_true(varied->now)));
    } else if (!add_choices(run, varied)) {
        str name = str_fmt(run->arena, "form_option_%.*s", STR_ARG(field->varname));
        struct comparing comparing = {run->arena, varied, name};
        literal_each_text(workflow_document(run->workflow), add_compared, &comparing);
        add_text(run->arena, varied, STR("12"));
        add_text(run->arena, varied, STR_EMPTY);
    }
}

static struct variety find_variety(struct form_run *run)
{
    struct variety out = {0};
    const struct field_list *options = run->workflow == NULL ? NULL : workflow_options(run->workflow);
    for (size_t i = 0; options != NULL && i < options->len; i++) {
        struct varied varied = {.field = &options->at[i]};
        if (varied.field->type == NULL || varied.field->varname.len == 0 || !is_decisive(run, varied.field->varname))
            continue;
        find_values(run, &varied);
        if (varied.values.len > 0)
            *vec_push(run->arena, &out) = varied;
    }
    return out;
}

/* ---- Turns ---- */

struct turns {
    struct form_run *run;
    json_t *base; /* the options that led the furthest */
    size_t played;
};

/* All of them otherwise: each by its first value, or by its last. */
static json_t *all_other(const struct turns *turns, const struct variety *variety, bool is_last)
{
    json_t *options = json_deep_copy(turns->base);
    for (size_t i = 0; i < variety->len; i++) {
        const struct varied *varied = &variety->at[i];
        json_set(options, varied->field->varname, json_incref(varied->values.at[is_last ? varied->values.len - 1 : 0]));
    }
    return options;
}

static json_t *one_other(const struct turns *turns, const struct varied *varied, const json_t *value)
{
    json_t *options = json_deep_copy(turns->base);
    if (value != NULL)
        json_set(options, varied->field->varname, json_deep_copy(value));
    else
        json_object_deln(options, varied->field->varname.ptr, varied->field->varname.len);
    return options;
}

/* That no form has reached so far. */
static bool misses_one(const struct form_run *run)
{
    const struct map *others = circuit_reached(run->stage, run->workflow);
    for (size_t i = 0; i < workflow_status_count(run->workflow); i++) {
        str id = workflow_status_at(run->workflow, i)->id;
        if (map_get(treat_reached(run), id) == NULL && map_get(others, id) == NULL)
            return true;
    }
    return false;
}

static bool wants_more(const struct turns *turns)
{
    const struct form_run *run = turns->run;
    return turns->played < TURNS_MOST && run->filed.len > 0 && !run_is_over(run) && misses_one(run);
}

/* Takes the options. */
static void play(struct turns *turns, json_t *options)
{
    struct form_run *run = turns->run;
    size_t before = treat_reached(run)->len;
    struct err err = {0};
    json_keep(run->arena, options);
    turns->played++;
    if (!stage_set(run->stage, run->form, options, NULL, &err)) {
        run_error(run, "store", run->form->slug, "%s", err.message);
        return;
    }
    treat_again(run);
    if (treat_reached(run)->len == before)
        return;
    turns->base = options;
    json_t *turn = json_object();
    json_set(turn, STR("options"), json_incref(options));
    json_set(turn, STR("reached"), json_integer((json_int_t)(treat_reached(run)->len - before)));
    json_array_append_new(run->turns, turn);
}

/* As the form has it, too, where the base has it otherwise. */
static void play_each(struct turns *turns, const struct varied *varied)
{
    for (size_t i = 0; i <= varied->values.len && wants_more(turns); i++) {
        const json_t *value = i < varied->values.len ? varied->values.at[i] : varied->now;
        const json_t *of_base = json_get(turns->base, varied->field->varname);
        if (value != of_base && !json_equal(value, of_base))
            play(turns, one_other(turns, varied, value));
    }
}

/* So that the forms after it meet it as it was. */
static void put_back(struct form_run *run)
{
    struct err err = {0};
    if (!stage_set(run->stage, run->form, NULL, NULL, &err))
        run_error(run, "store", run->form->slug, "%s", err.message);
}

void option_turns_play(struct form_run *run)
{
    struct variety variety = find_variety(run);
    const json_t *given = run->form->options;
    struct turns turns = {run, json_keep(run->arena, given != NULL ? json_deep_copy(given) : json_object()), 0};
    if (variety.len == 0 || !wants_more(&turns))
        return;
    play(&turns, all_other(&turns, &variety, false));
    if (wants_more(&turns))
        play(&turns, all_other(&turns, &variety, true));
    for (size_t i = 0; i < variety.len; i++)
        play_each(&turns, &variety.at[i]);
    put_back(run);
}
