/* The steps of a filing: which page was sent with what, so that another browser may do the same. */
#include "rehearse/internal.h"

/* Whether a person gives it: it is nothing hidden, and no button. */
static bool is_given(const struct page_form *form, str name)
{
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (str_eq(control->name, name))
            return control->kind != CONTROL_HIDDEN && control->kind != CONTROL_BUTTON && !control->is_unseen;
    }
    return false;
}

void steps_add(json_t *steps, str url, const struct page_form *form, const struct sent_values *values)
{
    json_t *step = json_object(), *list = json_array();
    str path, query;
    str_cut(url, '?', &path, &query);
    for (size_t i = 0; i < values->len; i++) {
        const struct sent_value *value = &values->at[i];
        if (!is_given(form, value->name))
            continue;
        json_t *one = json_object();
        json_set_str(one, STR("name"), value->name);
        if (value->is_file)
            json_set_str(one, STR("file"), value->file_name);
        else
            json_set_str(one, STR("value"), value->value);
        json_array_append_new(list, one);
    }
    json_set_str(step, STR("page"), path);
    json_set(step, STR("values"), list);
    size_t count = json_array_size(steps);
    if (count > 0 && str_eq(json_str(json_array_get(steps, count - 1), "page"), path))
        json_array_remove(steps, count - 1); /* it came back, and is sent again with all */
    json_array_append_new(steps, step);
}

static size_t count_seen(const struct form_run *run)
{
    size_t count = run->fields.len;
    for (size_t i = 0; i < run->form->page_count; i++)
        count += run->pages[i];
    return count;
}

static bool has_seen_all(const struct form_run *run)
{
    for (size_t i = 0; i < run->form->page_count; i++)
        if (!run->pages[i])
            return false;
    for (size_t i = 0; i < run->form->fields.len; i++) {
        const struct field *field = &run->form->fields.at[i];
        if (field->type != NULL && !str_eq(field->type_name, STR("page")) &&
            !str_eq(field->type_name, STR("computed")) && map_get(&run->fields, field->id) == NULL)
            return false;
    }
    return true;
}

/* Somebody else who has what it takes, signed in. Empty: it could not be. */
static str another(struct form_run *run, const struct filed *filed)
{
    struct browser *browser = stage_browser(run->stage);
    struct account account;
    struct err err = {0};
    const struct str_views *contexts = &run->form->contexts;
    str token = STR_EMPTY, context = contexts->len > 0 ? contexts->at[0] : STR_EMPTY;
    int64_t id;
    if (account_by_id(run->stage->installation->people, run->arena, filed->account, &account, &err) &&
        stage_resident(run->stage, run->arena, account.data, &id, &err) &&
        stage_sign_in(run->stage, browser, id, context, &err))
        token = browser_cookie(browser, run->arena, "session");
    else
        run_error(run, "store", STR_EMPTY, "%s", err.message);
    browser_free(browser);
    return token;
}

static json_t *filing_json(struct form_run *run, const struct plan *plan, const struct filed *filed, bool is_filed)
{
    json_t *one = json_object();
    json_set(one, STR("filed"), json_boolean(is_filed));
    json_set_str(one, STR("why"), plan->why);
    json_set_str(one, STR("session"), plan->has_account ? another(run, filed) : STR_EMPTY);
    json_set(one, STR("steps"), json_incref(run->steps));
    return one;
}

json_t *steps_of_form(struct form_run *run)
{
    json_t *filings = json_array();
    struct plan plan;
    run->steps = json_keep(run->arena, json_array());
    while (run->closed.len == 0 && !has_seen_all(run) && explore_next(run, &plan)) {
        struct filed filed;
        size_t seen = count_seen(run);
        *vec_push(run->arena, &run->plans) = plan;
        run->steps = json_keep(run->arena, json_array());
        bool is_filed = file_one(run, &plan, &filed);
        if (is_filed)
            *vec_push(run->arena, &run->filed) = filed;
        else if (run->filed.len == 0 && run->plans.len >= 4)
            break;
        bool is_first = is_filed && run->filed.len == 1;
        if (count_seen(run) > seen || is_first)
            json_array_append_new(filings, filing_json(run, &plan, &filed, is_filed));
    }
    return filings;
}
