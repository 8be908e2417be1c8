#include "rehearse/fill.h"

#include <string.h>

/* ---- Tools ---- */

/* splitmix64 over the seed and the field's name: the same filing draws the same answers. */
size_t filler_draw(const struct filler *filler, str field, size_t most)
{
    uint64_t x = filler->seed;
    for (size_t i = 0; i < field.len; i++)
        x = (x ^ (unsigned char)field.ptr[i]) * 0x100000001B3U;
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return most == 0 ? 0 : (size_t)((x ^ (x >> 31)) % most);
}

static str key_of(const struct control *control)
{
    return control->field.len > 0 ? control->field : control->name;
}

static int count_in(const struct map *counts, str key)
{
    const int *count = counts == NULL ? NULL : map_get(counts, key);
    return count == NULL ? 0 : *count;
}

static void count_more(struct map *counts, str key, int more)
{
    int *count = map_get(counts, key);
    if (count == NULL) {
        count = arena_new_of(counts->arena, int);
        map_set(counts, str_dup(counts->arena, key), count);
    }
    *count += more;
}

/* Which of the answers that come to mind is tried. */
static int nth_of(const struct filler *filler, const struct control *control)
{
    return count_in(filler->refusals, key_of(control)) + count_in(filler->learnt, key_of(control));
}

void filler_refuse(const struct filler *filler, str field)
{
    count_more(filler->refusals, field, 1);
}

void filler_forgive(const struct filler *filler, str field)
{
    int *count = map_get(filler->refusals, field);
    if (count != NULL)
        *count = 0;
}

static const struct wish *wish_for(const struct filler *filler, str key)
{
    for (size_t i = 0; filler->wishes != NULL && i < filler->wishes->len; i++)
        if (str_eq(filler->wishes->at[i].field, key))
            return &filler->wishes->at[i];
    return NULL;
}

/* One that was refused is given up. */
static const struct wish *wish_of(const struct filler *filler, const struct control *control)
{
    return count_in(filler->refusals, key_of(control)) > 0 ? NULL : wish_for(filler, key_of(control));
}

void filler_learn(const struct filler *filler, struct map *learnt)
{
    for (size_t i = 0; i < filler->refusals->len; i++) {
        const struct map_entry *entry = &filler->refusals->entries[i];
        if (wish_for(filler, entry->key) == NULL)
            count_more(learnt, entry->key, *(const int *)entry->value);
    }
}

/* « 12 »; a field in a row of a block: « 12-KEY-3 ». */
static const struct field *field_called(const struct field_list *fields, str id)
{
    const struct field *field = field_by_id(fields, id);
    for (size_t i = 0; field == NULL && i < fields->len; i++) {
        const struct field *block = &fields->at[i];
        str key, rest;
        if (field_block_of(block) == NULL || !str_starts(id, block->id) || id.len <= block->id.len + 1 ||
            id.ptr[block->id.len] != '-')
            continue;
        str_cut(str_slice(id, block->id.len + 1, id.len), '-', &key, &rest);
        if (rest.len > 0)
            field = field_called(&field_block_of(block)->fields, rest);
    }
    return field;
}

static const struct field *field_of(const struct filler *filler, const struct control *control)
{
    const struct field *field = NULL;
    for (size_t i = 0; field == NULL && i < filler->list_count; i++)
        field = field_called(filler->lists[i], control->field);
    return field;
}

static bool is_optional(const struct control *control)
{
    return str_contains(control->label, STR("(facultatif)")) || str_contains(control->legend, STR("(facultatif)"));
}

/* A first answer that leaves optional ones out; one that was refused is asked for. */
static bool is_left_out(const struct filler *filler, const struct control *control)
{
    return filler->style == STYLE_LEAST && is_optional(control) && nth_of(filler, control) == 0;
}

static void add(const struct filler *filler, struct sent_values *out, str name, str value)
{
    *vec_push(filler->arena, out) = (struct sent_value){.name = name, .value = value};
}

/* Which of count choices to take. */
static size_t choice_index(const struct filler *filler, const struct control *control, size_t count, size_t chosen)
{
    size_t nth = (size_t)nth_of(filler, control);
    if (filler->style == STYLE_MOST)
        return (count - 1 + count - nth % count) % count;
    if (filler->style == STYLE_VARIED)
        return (filler_draw(filler, key_of(control), count) + nth) % count;
    if (filler->style != STYLE_LEAST && nth == 0 && chosen != SIZE_MAX)
        return chosen;
    return nth % count;
}

/* ---- One choice of several ---- */

struct choice_of {
    str value, label;
    bool is_chosen;
};
struct choices_of VEC_OF(struct choice_of);

static size_t wished_choice(const struct choices_of *choices, const struct wish *wish)
{
    for (size_t i = 0; wish != NULL && i < choices->len; i++)
        if (str_eq(choices->at[i].value, wish->value) || str_eq(choices->at[i].label, wish->value))
            return i;
    return SIZE_MAX;
}

static void choose_one(const struct filler *filler, const struct control *control, const struct choices_of *choices,
                       struct sent_values *out)
{
    const struct wish *wish = wish_of(filler, control);
    size_t wished = wished_choice(choices, wish), chosen = SIZE_MAX;
    bool is_none = wish != NULL ? wish->value.len == 0 : is_left_out(filler, control);
    if (choices->len == 0 || is_none) {
        if (control->kind == CONTROL_SELECT)
            add(filler, out, control->name, STR_EMPTY);
        return;
    }
    for (size_t i = 0; i < choices->len; i++)
        if (choices->at[i].is_chosen)
            chosen = i;
    size_t index = wished != SIZE_MAX ? wished : choice_index(filler, control, choices->len, chosen);
    add(filler, out, control->name, choices->at[index].value);
}

static void fill_select(const struct filler *filler, const struct control *control, struct sent_values *out)
{
    struct choices_of choices = {0};
    for (size_t i = 0; i < control->options.len; i++) {
        const struct option_of *option = &control->options.at[i];
        if (option->value.len > 0 && !option->is_disabled)
            *vec_push(filler->arena, &choices) = (struct choice_of){option->value, option->label, option->is_chosen};
    }
    size_t fitting = together_index(control->name, (size_t)nth_of(filler, control));
    if (fitting == SIZE_MAX || choices.len == 0 || is_left_out(filler, control))
        choose_one(filler, control, &choices, out);
    else
        add(filler, out, control->name, choices.at[fitting % choices.len].value);
}

static bool is_first_of_group(const struct page_form *form, const struct control *control)
{
    for (const struct control *other = form->controls.at; other < control; other++)
        if (other->kind == control->kind && str_eq(other->name, control->name) && !other->is_disabled)
            return false;
    return true;
}

static struct choices_of group_of(const struct filler *filler, const struct page_form *form,
                                  const struct control *control)
{
    struct choices_of choices = {0};
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *other = &form->controls.at[i];
        if (other->kind == control->kind && str_eq(other->name, control->name) && !other->is_disabled &&
            other->value.len > 0)
            *vec_push(filler->arena, &choices) = (struct choice_of){other->value, other->label, other->is_chosen};
    }
    return choices;
}

/* ---- Boxes ---- */

static bool is_removal(const struct control *control)
{
    return str_ends(control->name, STR("-retirer"));
}

static void fill_boxes(const struct filler *filler, const struct page_form *form, const struct control *control,
                       struct sent_values *out)
{
    struct choices_of boxes = group_of(filler, form, control);
    const struct wish *wish = wish_of(filler, control);
    int nth = nth_of(filler, control);
    if (boxes.len == 0 || is_removal(control) || (wish != NULL ? wish->value.len == 0 : is_left_out(filler, control)))
        return;
    if (wish != NULL) {
        size_t wished = wished_choice(&boxes, wish);
        add(filler, out, control->name, boxes.at[wished == SIZE_MAX ? 0 : wished].value);
        return;
    }
    bool is_varied = filler->style == STYLE_VARIED && nth == 0;
    if (is_varied && boxes.len == 1 && is_optional(control) && filler_draw(filler, key_of(control), 2) == 0)
        return;
    size_t count = filler->style == STYLE_MOST && nth == 0 ? boxes.len : 1 + (size_t)nth % boxes.len;
    size_t from = is_varied ? filler_draw(filler, key_of(control), boxes.len) : 0;
    for (size_t i = 0; i < count; i++)
        add(filler, out, control->name, boxes.at[(from + i) % boxes.len].value);
}

/* ---- Texts, dates, files ---- */

/* A date in three boxes is told by the ends of their names. */
static bool fill_date_part(const struct filler *filler, const struct control *control, const struct field *field,
                           struct sent_values *out)
{
    static const char *const ends[] = {"-jour", "-mois", "-annee"};
    int part = -1;
    for (int i = 0; i < 3; i++)
        if (str_ends(control->name, str_of(ends[i])))
            part = i;
    if (part < 0)
        return false;
    const struct wish *wish = wish_of(filler, control);
    struct date date = {0};
    bool is_wished = wish != NULL && date_parse(wish->value, &date);
    if (wish != NULL ? wish->value.len == 0 : is_left_out(filler, control)) {
        add(filler, out, control->name, STR_EMPTY);
        return true;
    }
    if (!is_wished)
        date = example_date(filler, control, field, nth_of(filler, control));
    int value = part == 0 ? date.day : part == 1 ? date.month : date.year;
    add(filler, out, control->name, str_fmt(filler->arena, "%d", value));
    return true;
}

static bool is_search_box(const struct control *control)
{
    return str_ends(control->name, STR("-cherche"));
}

static void fill_text(const struct filler *filler, const struct control *control, struct sent_values *out)
{
    const struct field *field = field_of(filler, control);
    const struct wish *wish = wish_of(filler, control);
    int nth = nth_of(filler, control);
    if (control->is_read_only) {
        add(filler, out, control->name, control->value);
        return;
    }
    if (fill_date_part(filler, control, field, out))
        return;
    if (is_search_box(control)) { /* what was found is chosen: search_lists */
        add(filler, out, control->name, STR_EMPTY);
        return;
    }
    str value;
    if (wish != NULL)
        value = wish->value;
    else if (is_left_out(filler, control))
        value = STR_EMPTY;
    else if (str_eq(control->type, STR("password")))
        value = together_password(filler->arena, field);
    else if (str_eq(control->type, STR("date")))
        value = date_iso(filler->arena, example_date(filler, control, field, nth));
    else if (control->value.len > 0 && nth == 0 && filler->style == STYLE_PLAUSIBLE)
        value = control->value;
    else
        value = example_text(filler, control, field, nth);
    add(filler, out, control->name, value);
}

static void fill_file(const struct filler *filler, const struct control *control, struct sent_values *out)
{
    struct sent_value value = {.name = control->name, .is_file = true};
    if (!is_left_out(filler, control)) {
        struct example_file file = example_file(filler, control, nth_of(filler, control));
        value.value = file.bytes;
        value.file_name = file.name;
        value.file_type = file.type;
    }
    *vec_push(filler->arena, out) = value;
}

/* ---- A whole form ---- */

/* What nobody can see is sent as it stands. */
static void send_as_it_is(const struct filler *filler, const struct control *control, struct sent_values *out)
{
    bool is_switch = control->kind == CONTROL_CHOICE || control->kind == CONTROL_BOX;
    if (control->kind == CONTROL_FILE || (is_switch && !control->is_chosen))
        return;
    if (control->kind != CONTROL_SELECT) {
        add(filler, out, control->name, control->value);
        return;
    }
    const struct option_of *chosen = control->options.len > 0 ? &control->options.at[0] : NULL;
    for (size_t i = 0; i < control->options.len; i++)
        if (control->options.at[i].is_chosen)
            chosen = &control->options.at[i];
    if (chosen != NULL)
        add(filler, out, control->name, chosen->value);
}

static void fill_control(const struct filler *filler, const struct page_form *form, const struct control *control,
                         struct sent_values *out)
{
    switch (control->kind) {
    case CONTROL_SELECT:
        fill_select(filler, control, out);
        return;
    case CONTROL_CHOICE:
        if (is_first_of_group(form, control)) {
            struct choices_of choices = group_of(filler, form, control);
            choose_one(filler, control, &choices, out);
        }
        return;
    case CONTROL_BOX:
        if (is_first_of_group(form, control))
            fill_boxes(filler, form, control, out);
        return;
    case CONTROL_FILE:
        fill_file(filler, control, out);
        return;
    default:
        fill_text(filler, control, out);
    }
}

const struct control *form_first_button(const struct page_form *form)
{
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        bool is_of_a_field = control->field.len > 0; /* adds or takes away a row */
        if (control->kind == CONTROL_BUTTON && !control->is_disabled && !is_of_a_field)
            return control;
    }
    return NULL;
}

void fill_form(const struct filler *filler, const struct page_form *form, const struct control *button,
               struct sent_values *out)
{
    if (button == NULL)
        button = form_first_button(form);
    for (size_t i = 0; i < form->controls.len; i++) {
        const struct control *control = &form->controls.at[i];
        if (control->kind == CONTROL_BUTTON || control->name.len == 0 || control->is_disabled)
            continue;
        if (control->kind == CONTROL_HIDDEN || control->is_unseen)
            send_as_it_is(filler, control, out);
        else
            fill_control(filler, form, control, out);
    }
    if (button != NULL && button->name.len > 0)
        add(filler, out, button->name, button->value);
}
