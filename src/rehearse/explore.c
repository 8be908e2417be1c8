/* What to file next: first each style; then what brings the fields and pages that no filing has shown; then each side
 * of what conditions read, since workflows follow it too. */
#include "rehearse/internal.h"

enum { PLANS_MOST = 60, TRIES_MOST = 2, SIDES_MOST = 8 };

bool form_wants_account(const struct form *form)
{
    for (size_t i = 0; i < form->roles.len; i++)
        if (str_eq(form->roles.at[i], STR("logged-users")))
            return true;
    return form->only_one || form->roles.len > 0 || form->contexts.len > 0;
}

static void begin_plan(struct form_run *run, struct plan *plan, enum style style, const char *why)
{
    *plan = (struct plan){.style = style, .seed = run->plans.len, .why = str_of(why)};
    plan->has_account = form_wants_account(run->form) || run->plans.len % 2 == 1;
}

/* Counts one more try of something. */
static bool is_tried_less(struct form_run *run, str key, int most)
{
    int *count = map_get(&run->tries, key);
    if (count == NULL) {
        count = arena_new_of(run->arena, int);
        map_set(&run->tries, key, count);
    }
    return ++*count <= most;
}

static bool was_planned(const struct form_run *run, const struct wishes *wishes)
{
    for (size_t i = 0; i < run->plans.len; i++) {
        const struct wishes *other = &run->plans.at[i].wishes;
        bool is_same = other->len == wishes->len;
        for (size_t j = 0; is_same && j < wishes->len; j++)
            is_same =
                str_eq(other->at[j].field, wishes->at[j].field) && str_eq(other->at[j].value, wishes->at[j].value);
        if (is_same)
            return true;
    }
    return false;
}

static bool is_read_by_workflow(const struct form_run *run, const struct field *field)
{
    const struct workflow_texts *texts = run->workflow == NULL ? NULL : workflow_texts(run->workflow);
    for (size_t i = 0; texts != NULL && i < texts->len; i++)
        if (template_is_condition(texts->at[i].template) && form_reads(run->form, texts->at[i].template, field))
            return true;
    return false;
}

static bool is_read_by_form(const struct form *form, const struct field *field)
{
    for (size_t i = 0; i < form->texts.len; i++)
        if (template_is_condition(form->texts.at[i].template) && form_reads(form, form->texts.at[i].template, field))
            return true;
    return false;
}

/* ---- What was never shown ---- */

static bool show_field(struct form_run *run, const struct field *field, const struct form_page *page, struct plan *out)
{
    str key = field != NULL ? field->id : page->id;
    while (is_tried_less(run, str_fmt(run->arena, "!%.*s", STR_ARG(key)), TRIES_MOST)) {
        begin_plan(run, out, STYLE_PLAUSIBLE, "pour montrer ce qui ne l’a pas été");
        if (solve(run, &(struct aim){.field = field, .page = page}, run->answers, run->plans.len * 7919,
                  &out->wishes) &&
            !was_planned(run, &out->wishes))
            return true;
    }
    return false;
}

static bool show_the_unseen(struct form_run *run, struct plan *out)
{
    const struct form *form = run->form;
    for (size_t i = 0; i < form->page_count; i++)
        if (!run->pages[i] && form->pages[i].condition != NULL && show_field(run, NULL, &form->pages[i], out))
            return true;
    for (size_t i = 0; i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        if (field->type == NULL || field->condition == NULL || map_get(&run->fields, field->id) != NULL ||
            str_eq(field->type_name, STR("page")) || str_eq(field->type_name, STR("computed")))
            continue;
        if (show_field(run, field, NULL, out))
            return true;
    }
    return false;
}

/* ---- Each side of what is read ---- */

static bool take_a_side(struct form_run *run, const struct field *field, str value, struct plan *out)
{
    if (!is_tried_less(run, str_fmt(run->arena, "%.*s=%.*s", STR_ARG(field->id), STR_ARG(value)), 1))
        return false;
    begin_plan(run, out, STYLE_PLAUSIBLE, "pour un autre côté d’une condition");
    *vec_push(run->arena, &out->wishes) = (struct wish){field->id, value};
    struct wishes alone = out->wishes;
    if (!solve(run, &(struct aim){.field = field, .fixed = 1}, run->answers, run->plans.len, &out->wishes))
        out->wishes = alone;
    return !was_planned(run, &out->wishes);
}

static bool take_other_sides(struct form_run *run, struct plan *out)
{
    for (size_t i = 0; i < run->form->fields.len; i++) {
        const struct field *field = &run->form->fields.at[i];
        if (field->type == NULL || map_get(&run->fields, field->id) == NULL ||
            (!is_read_by_workflow(run, field) && !is_read_by_form(run->form, field)))
            continue;
        struct str_list_of candidates = candidates_of(run, field);
        for (size_t j = 0; j < candidates.len && j < SIDES_MOST; j++)
            if (take_a_side(run, field, candidates.at[j], out))
                return true;
    }
    return false;
}

bool explore_next(struct form_run *run, struct plan *out)
{
    static const struct {
        enum style style;
        const char *why;
    } first[] = {{STYLE_PLAUSIBLE, "des réponses plausibles"},
                 {STYLE_LEAST, "le moins possible, au plus bas"},
                 {STYLE_MOST, "le plus possible, au plus haut"},
                 {STYLE_HOSTILE, "accents, guillemets, signes"}};
    size_t done = run->plans.len;
    if (done >= PLANS_MOST || run_is_over(run))
        return false;
    if (done < sizeof first / sizeof *first) {
        begin_plan(run, out, first[done].style, first[done].why);
        return true;
    }
    return show_the_unseen(run, out) || (run->steps == NULL && take_other_sides(run, out));
}
