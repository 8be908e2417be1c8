/* Pressing what a dossier's page offers in a rehearsal, and answering what that asks. */
#include "rehearse/treat.h"

enum { REFUSALS_MOST = 12 };

const struct page_form *act_form(const struct page *page, str url)
{
    for (size_t i = 0; i < page->forms.len; i++) {
        if (!str_eq(page->forms.at[i].action, url))
            continue;
        for (size_t j = 0; j < page->forms.at[i].controls.len; j++)
            if (str_eq(page->forms.at[i].controls.at[j].name, STR("statut")))
                return &page->forms.at[i];
    }
    return NULL;
}

static void add_forms_of(struct following *following, const json_t *json, int depth, const struct field_list **lists,
                         size_t *count, size_t most)
{
    enum { DEPTH_MOST = 12 };
    const char *key;
    json_t *child;
    size_t index;
    if (depth > DEPTH_MOST || *count >= most)
        return;
    if (json_is_object(json) && str_eq(json_str(json, "type"), STR("form"))) {
        struct form_reports reports = {0};
        struct form_texts texts = {0};
        lists[(*count)++] = field_list_compile(following->arena, json_list(json, "fields"),
                                               catalogue_blocks(following->run->stage->catalogue), &reports, &texts);
        return;
    }
    if (json_is_object(json))
        json_object_foreach((json_t *)(uintptr_t)json, key, child)
            add_forms_of(following, child, depth + 1, lists, count, most);
    json_array_foreach((json_t *)(uintptr_t)json, index, child)
        add_forms_of(following, child, depth + 1, lists, count, most);
}

/* The fields of the sub-forms of this status, and of all global actions. */
static size_t sub_forms(struct following *following, const struct field_list **lists, size_t most)
{
    size_t count = 0, index;
    const json_t *document = workflow_document(following->run->workflow);
    json_t *status;
    json_array_foreach((json_t *)(uintptr_t)json_list(document, "statuses"), index, status)
    {
        if (str_eq(json_str(status, "id"), following->dossier->status))
            add_forms_of(following, status, 0, lists, &count, most);
    }
    add_forms_of(following, json_object_get(document, "global_actions"), 0, lists, &count, most);
    return count;
}

const struct control *act_button(const struct page_form *form, str value)
{
    for (size_t i = 0; i < form->controls.len; i++)
        if (form->controls.at[i].kind == CONTROL_BUTTON && form->controls.at[i].field.len == 0 &&
            str_eq(form->controls.at[i].value, value))
            return &form->controls.at[i];
    return NULL;
}

static str path_of(const struct following *following, const struct edge *edge)
{
    return str_fmt(following->arena, "%.*s%.*s", STR_ARG(following->urls[edge->who]), STR_ARG(edge->url));
}

static const struct page_form *form_of(const struct following *following, const struct edge *edge,
                                       const struct page *page)
{
    return edge->is_edit ? page_form_to(page, path_of(following, edge)) : act_form(page, following->urls[edge->who]);
}

static void note_refusals(struct filler *filler, const struct page *page)
{
    for (size_t i = 0; i < page->fields.len; i++)
        if (page->fields.at[i].error.len > 0)
            filler_refuse(filler, page->fields.at[i].id);
}

static bool send_until_taken(struct following *following, const struct edge *edge, struct filler *filler,
                             struct answer *answer)
{
    struct browser *browser = following->browsers[edge->who];
    const char *doing = str_fmt(following->arena, "dans « %.*s », bouton « %.*s »",
                                STR_ARG(following->spot->status->name), STR_ARG(edge->label))
                            .ptr;
    for (int i = 0; i <= REFUSALS_MOST; i++) {
        const struct page_form *form = form_of(following, edge, &answer->page);
        struct sent_values values = {0};
        if (form != NULL)
            form = search_lists(browser, filler, form, answer);
        const struct control *button = form == NULL    ? NULL
                                       : edge->is_edit ? form_first_button(form)
                                                       : act_button(form, edge->value);
        if (button == NULL)
            return false;
        fill_form(filler, form, button, &values);
        struct page_form sent = *form;
        *answer = browser_send(browser, following->arena, &sent, &values);
        if (run_failed(following->run, answer, doing))
            return false;
        if (answer->status != 422)
            return true;
        note_refusals(filler, &answer->page);
        if (i > 2)
            filler->style = STYLE_PLAUSIBLE;
    }
    run_error(following->run, "stuck", following->spot->status->name, "le bouton « %.*s » refuse toute réponse : %.*s",
              STR_ARG(edge->label), STR_ARG(answer->page.error_summary));
    return false;
}

void run_due(struct following *following)
{
    int64_t before = calls_made();
    stage_run_jobs(following->run->stage);
    following->has_called = following->has_called || calls_made() > before;
}

/* ---- Each choice ---- */

struct choices_of {
    str field;
    struct VEC_OF(str) values;
};
struct all_choices VEC_OF(struct choices_of);

static void add_choice(struct arena *arena, struct all_choices *all, str field, str value)
{
    size_t i = 0;
    while (i < all->len && !str_eq(all->at[i].field, field))
        i++;
    if (i == all->len)
        *vec_push(arena, all) = (struct choices_of){.field = field};
    if (value.len > 0)
        *vec_push(arena, &all->at[i].values) = value;
}

static struct all_choices choices_in(struct arena *arena, const struct page_form *form)
{
    struct all_choices all = {0};
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (control->field.len == 0 || control->is_unseen || control->is_disabled)
            continue;
        if (control->kind == CONTROL_CHOICE)
            add_choice(arena, &all, control->field, control->value);
        for (size_t j = 0; control->kind == CONTROL_SELECT && j < control->options.len; j++)
            add_choice(arena, &all, control->field, control->options.at[j].value);
    }
    return all;
}

enum { CHOICES_MOST = 10 };

int choices_most(const struct page_form *form)
{
    struct arena *arena = arena_new();
    struct all_choices all = choices_in(arena, form);
    size_t most = 0;
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].values.len <= CHOICES_MOST && all.at[i].values.len > most)
            most = all.at[i].values.len;
    arena_free(arena);
    return (int)most;
}

/* Of every list the nth, from the first again behind the last. */
static void wish_choices(struct arena *arena, const struct page_form *form, size_t nth, struct wishes *out)
{
    struct all_choices all = choices_in(arena, form);
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].values.len > 0)
            *vec_push(arena, out) = (struct wish){all.at[i].field, all.at[i].values.at[nth % all.at[i].values.len]};
}

static bool press_button(struct following *following, const struct edge *edge)
{
    enum { LISTS = 32 };
    static const enum style styles[VARIANTS] = {STYLE_PLAUSIBLE, STYLE_MOST, STYLE_LEAST, STYLE_HOSTILE};
    const struct field_list *lists[LISTS];
    struct map refusals = map_new(following->arena);
    struct answer answer = following->pages[edge->who];
    if (edge->url.len > 0) {
        answer = browser_get(following->browsers[edge->who], following->arena, path_of(following, edge));
        if (run_failed(following->run, &answer, "en ouvrant une page d’action"))
            return false;
    }
    struct filler filler = {.arena = following->arena,
                            .style = styles[edge->pressed % VARIANTS],
                            .seed = (uint64_t)edge->pressed,
                            .lists = lists,
                            .refusals = &refusals};
    const struct page_form *form = form_of(following, edge, &answer.page);
    struct wishes wishes = {0};
    if (!edge->is_edit && edge->pressed >= VARIANTS && form != NULL) {
        wish_choices(following->arena, form, (size_t)(edge->pressed - VARIANTS), &wishes);
        filler.style = STYLE_PLAUSIBLE;
        filler.wishes = &wishes;
    }
    if (edge->is_edit)
        lists[filler.list_count++] = &following->run->form->fields;
    else
        filler.list_count = sub_forms(following, lists, LISTS);
    return send_until_taken(following, edge, &filler, &answer);
}

bool press(struct following *following, const struct edge *edge)
{
    if (edge->who == WHO_TIME)
        return timer_wait_for(following, edge->value);
    bool ok = edge->who == WHO_PROGRAM ? program_calls(following, edge->value, (size_t)edge->pressed)
                                       : press_button(following, edge);
    run_due(following);
    return ok;
}
