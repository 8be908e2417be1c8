/* What one form has shown so far, and what went wrong with it. */
#include "rehearse/internal.h"

#include <stdarg.h>
#include <stdio.h>

void run_begin(struct form_run *run, struct stage *stage, const struct form *form, int64_t seconds)
{
    struct arena *arena = arena_new();
    *run = (struct form_run){.stage = stage,
                             .arena = arena,
                             .form = form,
                             .fields = map_new(arena),
                             .choices = map_new(arena),
                             .tries = map_new(arena),
                             .candidates = map_new(arena),
                             .errors_known = map_new(arena)};
    for (size_t i = 0; i < sizeof run->learnt / sizeof *run->learnt; i++)
        run->learnt[i] = map_new(arena);
    run->workflow = catalogue_workflow_of(stage->catalogue, form);
    run->pages = arena_array_of(arena, bool, form->page_count);
    run->errors = json_keep(arena, json_array());
    run->stops = json_keep(arena, json_array());
    run->turns = json_keep(arena, json_array());
    run->refusals = json_keep(arena, json_array());
    run->ends = seconds == 0 ? 0 : steady_now() + seconds * INSTANT_SECOND;
}

void run_error(struct form_run *run, const char *kind, str at, const char *format, ...)
{
    char message[1500];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    str text = utf8_repair(run->arena, str_of(message));
    str key = str_fmt(run->arena, "%s %.*s %.*s", kind, STR_ARG(at), STR_ARG(text));
    if (map_get(&run->errors_known, key) != NULL)
        return;
    map_set(&run->errors_known, key, run);
    json_t *one = json_object();
    json_set_str(one, STR("kind"), str_of(kind));
    json_set_str(one, STR("at"), at);
    json_set_str(one, STR("message"), text);
    json_array_append_new(run->errors, one);
}

static void note_once(json_t *list, str page, str message)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_str(json_array_get(list, i), "message"), message))
            return;
    json_t *one = json_object();
    json_set_str(one, STR("page"), page);
    json_set_str(one, STR("message"), message);
    json_array_append_new(list, one);
}

void run_refusal(struct form_run *run, str page, str message)
{
    note_once(run->refusals, page, message);
}

void run_stop(struct form_run *run, str page, str title)
{
    note_once(run->stops, page, title);
}

bool run_is_over(const struct form_run *run)
{
    return run->ends != 0 && steady_now() > run->ends;
}

/* The page's own words about what went wrong. */
static str words_of(const struct answer *answer)
{
    return answer->page.error_summary.len > 0 ? answer->page.error_summary : answer->page.title;
}

bool run_failed(struct form_run *run, const struct answer *answer, const char *doing)
{
    str path, query;
    str_cut(answer->url, '?', &path, &query);
    if (answer->status == 0) {
        run_error(run, "connection", path, "%s : %.*s", doing, STR_ARG(answer->body));
        return true;
    }
    if (answer->status < 400 || answer->status == 422)
        return false;
    run_error(run, "http", path, "%s : réponse %d, « %.*s »", doing, answer->status, STR_ARG(words_of(answer)));
    return true;
}

static void note_choice(struct form_run *run, str field, str value, str label)
{
    struct seen_choices *seen = map_get(&run->choices, field);
    if (seen == NULL) {
        seen = arena_new_of(run->arena, struct seen_choices);
        map_set(&run->choices, str_dup(run->arena, field), seen);
    }
    for (size_t i = 0; i < seen->len; i++)
        if (str_eq(seen->at[i].field, value))
            return;
    *vec_push(run->arena, seen) = (struct wish){str_dup(run->arena, value), str_dup(run->arena, label)};
}

static void note_control(struct form_run *run, const struct control *control)
{
    if (control->field.len == 0 || control->is_unseen || control->is_disabled)
        return;
    bool is_switch = control->kind == CONTROL_CHOICE || control->kind == CONTROL_BOX;
    if (is_switch && control->value.len > 0)
        note_choice(run, control->field, control->value, control->label);
    for (size_t i = 0; i < control->options.len; i++)
        if (control->options.at[i].value.len > 0 && !control->options.at[i].is_disabled)
            note_choice(run, control->field, control->options.at[i].value, control->options.at[i].label);
}

void run_note_page(struct form_run *run, const struct page *page)
{
    for (size_t i = 0; i < page->fields.len; i++) {
        str id = page->fields.at[i].id;
        if (!page->fields.at[i].is_unseen && map_get(&run->fields, id) == NULL)
            map_set(&run->fields, str_dup(run->arena, id), run);
    }
    for (size_t i = 0; i < page->forms.len; i++)
        for (size_t j = 0; j < page->forms.at[i].controls.len; j++)
            note_control(run, &page->forms.at[i].controls.at[j]);
}
