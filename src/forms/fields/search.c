/* The search box of a long list: what is typed there, and the choices that it finds. */
#include "forms/fields/choice.h"

static str typed_in(const struct form_context *context, const struct posted *posted, str control)
{
    str typed = STR_EMPTY;
    if (posted != NULL && posted_text(context, posted, control_beside(context->arena, control, "cherche"), &typed))
        typed = utf8_slice(typed, 0, TYPED_MOST);
    return typed;
}

size_t search_hints(const struct form_context *context, const struct posted *posted, str control,
                    str hints[static CHOICES_HINTS_MOST])
{
    size_t count = 0;
    str name = control_beside(context->arena, control, "pour");
    for (size_t i = 0; posted != NULL && i < posted->value_count && count < CHOICES_HINTS_MOST; i++)
        if (str_eq(posted->values[i].name, name) && utf8_is_valid(posted->values[i].value))
            hints[count++] = utf8_slice(str_trim(posted->values[i].value), 0, TYPED_MOST);
    return count;
}

static bool is_hint(const struct form_context *context, const struct posted *posted, str control, str typed)
{
    str hints[CHOICES_HINTS_MOST];
    size_t count = search_hints(context, posted, control, hints);
    for (size_t i = 0; i < count; i++)
        if (str_eq(hints[i], typed))
            return true;
    return false;
}

static bool is_asked(const struct posted *posted, str control)
{
    for (size_t i = 0; posted != NULL && i < posted->value_count; i++)
        if (str_eq(posted->values[i].name, STR("chercher")) && str_eq(posted->values[i].value, control))
            return true;
    return false;
}

static struct choices search(const struct field *field, const struct form_context *context, str typed, bool *fails)
{
    const struct choice_params *params = field->params;
    struct render render = context_render(context);
    return source_search(params->source, context->sources, &render, typed, CHOICES_FOUND_MOST, fails);
}

/* ---- Reading ---- */

/* By its text, accents and case forgiven, where one alone is called so. */
static const struct choice *only_called(const struct choices *choices, struct arena *arena, str typed)
{
    const struct choice *found = NULL;
    str folded = utf8_fold(arena, typed);
    for (size_t i = 0; i < choices->len; i++) {
        const struct choice *choice = &choices->at[i];
        if (choice->is_disabled || !str_eq(utf8_fold(arena, choice->text), folded))
            continue;
        if (found != NULL)
            return NULL;
        found = choice;
    }
    return found;
}

const struct choice *search_read(const struct field *field, const struct form_context *context,
                                 const struct posted *posted, bool has_choice, str *error)
{
    bool fails, is_unfinished = posted->is_typing || posted->stays;
    str typed = typed_in(context, posted, field->control);
    if (!choice_mode_is(field, "autocomplete") || typed.len == 0 || is_unfinished)
        return NULL;
    bool was_searched = is_hint(context, posted, field->control, typed);
    if (has_choice && was_searched)
        return NULL;
    struct choices found = search(field, context, typed, &fails);
    const struct choice *choice = only_called(&found, context->arena, typed);
    if (choice == NULL && !fails)
        *error = str_fmt(context->arena, "« %.*s » n’est pas dans la liste. Choisissez une des réponses proposées.",
                         STR_ARG(typed));
    else if (choice == NULL && !was_searched) /* said once: then one goes on without */
        *error = STR(CHOICES_AWAY);
    return choice;
}

/* ---- Showing ---- */

static bool is_long(const struct field *field, const struct form_context *context, const struct choices *all)
{
    return choice_mode_is(field, "autocomplete") && !context->lists_whole &&
           (choice_is_searched(field, context) || all->len > CHOICES_SHOWN_MOST);
}

str suggested_status(struct arena *arena, str typed, size_t count)
{
    if (count == 0 && typed.len == 0)
        return STR("Écrivez ce que vous cherchez.");
    if (count == 0)
        return str_fmt(arena, "Aucune réponse pour « %.*s ». Vérifiez ce que vous avez écrit, ou écrivez moins.",
                       STR_ARG(typed));
    if (count >= CHOICES_FOUND_MOST)
        return str_fmt(arena, "Les %d premières réponses. Écrivez la suite pour en voir d’autres.", CHOICES_FOUND_MOST);
    return str_fmt(arena, "%zu réponse%s.", count, count > 1 ? "s" : "");
}

/* The text of the one that is chosen; items: nothing. */
static str own_text(const struct field *field, const struct choices *chosen)
{
    return field->type == &field_item && chosen->len > 0 ? chosen->at[0].text : STR_EMPTY;
}

/* The stored answer's: of one that was never checked, as the list has it now. */
static struct choices chosen_of(const struct field *field, const struct form_context *context, const json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    struct choices chosen = choice_chosen(field, context, answers);
    size_t count = json_is_array(answer) ? json_array_size(answer) : answer != NULL;
    for (size_t i = 0; chosen.len < count && i < count; i++) {
        str id = json_str_of(json_is_array(answer) ? json_array_get(answer, i) : answer);
        const struct choice *choice = choice_by_id(field, context, answers, id);
        if (choice != NULL && choice_find(&chosen, id) == NULL)
            *vec_push(context->arena, &chosen) = *choice;
    }
    return chosen;
}

static void add_found(const struct field *field, const struct form_context *context, const struct choices *chosen,
                      str typed, struct value_list *list, struct value_dict *out)
{
    bool fails;
    struct choices found = search(field, context, typed, &fails);
    for (size_t i = 0; i < found.len; i++)
        if (choice_find(chosen, found.at[i].id) == NULL)
            value_list_add(context->arena, list, choice_view(field, context, &found.at[i], false));
    if (fails)
        value_dict_set(context->arena, out, STR("trouble"), value_text(STR(CHOICES_AWAY)));
    else
        value_dict_set(context->arena, out, STR("status"),
                       value_text(suggested_status(context->arena, typed, found.len)));
}

bool search_view(const struct field *field, const struct form_context *context, const struct choices *all,
                 const json_t *answers, struct value_dict *out)
{
    struct arena *arena = context->arena;
    if (!is_long(field, context, all))
        return false;
    const struct posted *posted = context->posted;
    struct choices chosen = chosen_of(field, context, answers);
    struct value_list *choices = value_list_new(arena), *hints = value_list_new(arena);
    for (size_t i = 0; i < chosen.len; i++) {
        value_list_add(arena, choices, choice_view(field, context, &chosen.at[i], true));
        value_list_add(arena, hints, value_text(chosen.at[i].text));
    }
    bool asked = is_asked(posted, field->control);
    str typed = typed_in(context, posted, field->control);
    bool is_new = typed.len > 0 && (chosen.len == 0 || !is_hint(context, posted, field->control, typed));
    if (!asked && !is_new) /* what it was found by has served */
        typed = own_text(field, &chosen);
    else {
        add_found(field, context, &chosen, typed, choices, out);
        value_list_add(arena, hints, value_text(typed));
    }
    value_dict_set(arena, out, STR("widget"), value_text(STR("search")));
    value_dict_set(arena, out, STR("is_group"), value_bool(true));
    value_dict_set(arena, out, STR("is_multiple"), value_bool(field->type == &field_items));
    value_dict_set(arena, out, STR("typed"), value_text(typed));
    value_dict_set(arena, out, STR("asked"), value_bool(asked));
    value_dict_set(arena, out, STR("hints"), value_list(hints));
    value_dict_set(arena, out, STR("choices"), value_list(choices));
    return true;
}

/* ---- While one types ---- */

bool search_suggest(const struct field *field, const struct form_context *context, const struct posted *posted,
                    struct suggested *out)
{
    if (!choice_mode_is(field, "autocomplete"))
        return false;
    out->typed = typed_in(context, posted, field->control);
    out->choices = search(field, context, out->typed, &out->fails);
    return true;
}
