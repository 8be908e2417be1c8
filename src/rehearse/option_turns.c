/* What a circuit does may hang on options that each form sets (« form_option_* »). Where a status was never reached,
 * the form is played again with these set otherwise, in the copy: first all of those that conditions read, then one at
 * a time. */
#include "rehearse/internal.h"
#include "rehearse/literals.h"

enum { VALUES_MOST = 4, TURNS_MOST = 10 };

#define READ STR("form_option_")

/* An option that conditions of the workflow read, and what else it might be. */
struct varied {
    const struct field *field;
    struct VEC_OF(json_t *) values;
};
struct variety VEC_OF(struct varied);

/* ---- Which options, and which values ---- */

static bool is_decisive(const struct workflow *workflow, str option)
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

static void add_value(struct arena *arena, struct varied *varied, const json_t *now, json_t *value)
{
    json_keep(arena, value);
    bool is_known = varied->values.len >= VALUES_MOST || json_equal(now, value);
    for (size_t i = 0; i < varied->values.len; i++)
        is_known = is_known || json_equal(varied->values.at[i], value);
    if (!is_known)
        *vec_push(arena, &varied->values) = value;
}

static void add_text(struct arena *arena, struct varied *varied, const json_t *now, str text)
{
    add_value(arena, varied, now, json_from_str(text));
}

struct comparing {
    struct arena *arena;
    struct varied *varied;
    const json_t *now;
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
            add_text(comparing->arena, comparing->varied, comparing->now, text);
    }
}

static bool add_choices(struct form_run *run, struct varied *varied, const json_t *now)
{
    struct place place;
    struct choices fixed = {0};
    stage_place(run->stage, run->arena, &place);
    if (!field_fixed_choices(varied->field, &place.sources, &fixed))
        return false;
    for (size_t i = 0; i < fixed.len; i++)
        add_text(run->arena, varied, now, fixed.at[i].id);
    return true;
}

static void find_values(struct form_run *run, struct varied *varied)
{
    const struct field *field = varied->field;
    const json_t *now = json_get(run->form->options, field->varname);
    if (now == NULL)
        now = json_object_get(field->json, "default_value");
    if (str_eq(field->type_name, STR("bool"))) {
        add_value(run->arena, varied, now, json_boolean(!json_is_true(now)));
    } else if (!add_choices(run, varied, now)) {
        str name = str_fmt(run->arena, "form_option_%.*s", STR_ARG(field->varname));
        struct comparing comparing = {run->arena, varied, now, name};
        literal_each_text(workflow_document(run->workflow), add_compared, &comparing);
        add_text(run->arena, varied, now, STR("12"));
        add_text(run->arena, varied, now, STR_EMPTY);
    }
}

static struct variety find_variety(struct form_run *run)
{
    struct variety out = {0};
    const struct field_list *options = run->workflow == NULL ? NULL : workflow_options(run->workflow);
    for (size_t i = 0; options != NULL && i < options->len; i++) {
        struct varied varied = {.field = &options->at[i]};
        if (varied.field->type == NULL || varied.field->varname.len == 0 ||
            !is_decisive(run->workflow, varied.field->varname))
            continue;
        find_values(run, &varied);
        if (varied.values.len > 0)
            *vec_push(run->arena, &out) = varied;
    }
    return out;
}

/* ---- Turns ---- */

static json_t *given(const struct form_run *run)
{
    return json_keep(run->arena, run->form->options != NULL ? json_deep_copy(run->form->options) : json_object());
}

/* All of them otherwise: each by its first value, or by its last. */
static json_t *all_other(const struct form_run *run, const struct variety *variety, bool is_last)
{
    json_t *options = given(run);
    for (size_t i = 0; i < variety->len; i++) {
        const struct varied *varied = &variety->at[i];
        json_set(options, varied->field->varname, json_incref(varied->values.at[is_last ? varied->values.len - 1 : 0]));
    }
    return options;
}

static void play(struct form_run *run, json_t *options)
{
    size_t before = treat_reached(run);
    struct err err = {0};
    if (!stage_set_options(run->stage, run->form->slug, options, &err)) {
        run_error(run, "store", run->form->slug, "%s", err.message);
        return;
    }
    treat_again(run);
    if (treat_reached(run) == before)
        return;
    json_t *turn = json_object();
    json_set(turn, STR("options"), json_incref(options));
    json_set(turn, STR("reached"), json_integer((json_int_t)(treat_reached(run) - before)));
    json_array_append_new(run->turns, turn);
}

static bool wants_more(const struct form_run *run)
{
    return run->filed.len > 0 && !run_is_over(run) && treat_reached(run) < workflow_status_count(run->workflow);
}

/* So that the forms after it meet it as it was. */
static void put_back(struct form_run *run)
{
    struct err err = {0};
    if (!stage_set_options(run->stage, run->form->slug, NULL, &err))
        run_error(run, "store", run->form->slug, "%s", err.message);
}

void option_turns_play(struct form_run *run)
{
    struct variety variety = find_variety(run);
    if (variety.len == 0 || !wants_more(run))
        return;
    play(run, all_other(run, &variety, false));
    if (wants_more(run))
        play(run, all_other(run, &variety, true));
    for (size_t i = 0, turns = 2; i < variety.len; i++)
        for (size_t j = 0; j < variety.at[i].values.len && turns < TURNS_MOST && wants_more(run); j++, turns++) {
            json_t *options = given(run);
            json_set(options, variety.at[i].field->varname, json_incref(variety.at[i].values.at[j]));
            play(run, options);
        }
    put_back(run);
}
