/* Long lists: words are typed in their search boxes until there is something to choose. */
#include "rehearse/fill.h"

static const char *const words[] = {"", "a", "e", "rue", "1"};
enum { WORDS = sizeof words / sizeof *words };

static bool shows_choice(const struct page_form *form, str name)
{
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (str_eq(control->name, name) && control->value.len > 0)
            return true;
    }
    return false;
}

/* The next that was not tried by every word. */
static const struct control *button_of(const struct page_form *form, const struct map *tried)
{
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        const size_t *times = map_get(tried, control->value);
        if (control->kind == CONTROL_BUTTON && str_eq(control->name, STR("chercher")) && !control->is_unseen &&
            !shows_choice(form, control->value) && (times == NULL || *times < WORDS))
            return control;
    }
    return NULL;
}

/* What it is wished to be, first. */
static str word_for(const struct filler *filler, const struct control *button, size_t nth)
{
    for (size_t i = 0; nth == 0 && filler->wishes != NULL && i < filler->wishes->len; i++)
        if (str_eq(filler->wishes->at[i].field, button->field) && filler->wishes->at[i].value.len > 0)
            return filler->wishes->at[i].value;
    return str_of(words[nth]);
}

static size_t next_time(struct map *tried, str name)
{
    size_t *times = map_get(tried, name);
    if (times == NULL) {
        times = arena_new_of(tried->arena, size_t);
        map_set(tried, str_dup(tried->arena, name), times);
    }
    return (*times)++;
}

static const struct page_form *form_with_action(const struct page *page, str action)
{
    for (size_t i = 0; i < page->forms.len; i++)
        if (str_eq(page->forms.at[i].action, action))
            return &page->forms.at[i];
    return NULL;
}

const struct page_form *search_lists(struct browser *browser, const struct filler *filler, const struct page_form *form,
                                     struct answer *answer)
{
    struct map tried = map_new(filler->arena);
    const struct control *button;
    while (form != NULL && (button = button_of(form, &tried)) != NULL) {
        struct sent_values values = {0};
        struct page_form sent = *form; /* the answer's page goes with it */
        str box = str_fmt(filler->arena, "%.*s-cherche", STR_ARG(button->value));
        str word = word_for(filler, button, next_time(&tried, button->value));
        fill_form(filler, form, button, &values);
        for (size_t i = 0; i < values.len; i++)
            if (str_eq(values.at[i].name, box))
                values.at[i].value = word;
        *answer = browser_send(browser, filler->arena, &sent, &values);
        form = form_with_action(&answer->page, sent.action);
    }
    return form;
}
