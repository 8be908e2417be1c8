/* Filling: which fields are shown, prefilled, read from a post and checked. */
#include "forms/rows.h"

bool field_is_visible(const struct field *field, const struct form_context *context)
{
    if (field->condition == NULL)
        return true;
    struct render render = context_render(context);
    return template_holds(field->condition, &render);
}

/* ---- Prefilling ---- */

/* A datum of the account, by our name or by Publik's. */
static str account_datum(const struct form_context *context, str name)
{
    static const struct {
        const char *publik, *ours;
    } aliases[] = {
        {"city", "address_city"},        {"zipcode", "address_zipcode"}, {"street", "address_street"},
        {"num_house", "address_number"}, {"num_box", "address_box"},     {"country", "address_country"},
    };
    const char *key = str_z(context->arena, name);
    str value = json_str(context->account, key);
    for (size_t i = 0; value.len == 0 && i < sizeof aliases / sizeof *aliases; i++)
        if (str_eq(name, str_of(aliases[i].publik)))
            value = json_str(context->account, aliases[i].ours);
    return value;
}

/* The parts of the account's address, under an address's own names. */
static struct value account_address(const struct form_context *context)
{
    static const char *const parts[][2] = {{"address_number", "number"},
                                           {"address_street", "street"},
                                           {"address_box", "complement"},
                                           {"address_zipcode", "postcode"},
                                           {"address_city", "city"}};
    struct value_dict *address = value_dict_new(context->arena);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        str text = json_str(context->account, parts[i][0]);
        if (text.len > 0)
            value_dict_set(context->arena, address, str_of(parts[i][1]), value_text(text));
    }
    return address->map.len > 0 ? value_dict(address) : VALUE_OF_UNDEFINED;
}

/* The prefilled value, or undefined. */
static struct value prefill_value(const struct field *field, const struct form_context *context)
{
    if (field->type == &field_address && field->prefill == PREFILL_USER && str_eq(field->prefill_user, STR("address")))
        return account_address(context);
    if (field->prefill == PREFILL_TEMPLATE) {
        struct render render = context_render(context);
        return template_value(field->prefill_template, &render);
    }
    str datum = field->prefill == PREFILL_USER ? account_datum(context, field->prefill_user) : STR_EMPTY;
    return datum.len > 0 ? value_text(datum) : VALUE_OF_UNDEFINED;
}

static bool is_nothing(const struct form_context *context, struct value value)
{
    value = value_plain(context->arena, value);
    return value.kind == VALUE_UNDEFINED || value.kind == VALUE_NONE ||
           (value.kind == VALUE_TEXT && value.text.len == 0);
}

/* Its check puts what people read beside the answer. */
static bool has_display(const struct field *field)
{
    return field->type == &field_item || field->type == &field_items || field->type == &field_address;
}

static bool has_choices(const struct field *field)
{
    return field->type == &field_item || field->type == &field_items;
}

/* The answer of another field is taken as it is stored: a file as the file, choices by their ids before their labels.
 */
static json_t *answer_of_answer(const struct field *field, const struct form_context *context, struct value value)
{
    const struct field *from;
    const json_t *stored = answer_behind(value, &from);
    if (stored == NULL)
        return NULL;
    if (from->type == &field_address && field->type == &field_address)
        return field->type->from_value(field, context, value_get(context->arena, value, STR("structured")));
    if (from->type == field->type && !has_choices(field))
        return json_deep_copy(stored);
    if (has_choices(from) && has_choices(field))
        return field->type->from_value(field, context, value_from_json(context->arena, stored));
    return NULL;
}

static json_t *answer_of_value(const struct field *field, const struct form_context *context, struct value value)
{
    json_t *answer = answer_of_answer(field, context, value);
    value = value_plain(context->arena, value);
    if (answer != NULL || is_nothing(context, value))
        return answer;
    if (field->type->from_value != NULL)
        return field->type->from_value(field, context, value);
    if (field->type == &field_computed)
        return json_incref(value_to_json(context->arena, value));
    return json_from_str(value_to_text(context->arena, value, STR("fr")));
}

void field_tell_unfit(const struct field *field, const struct form_context *context, struct value value)
{
    if (context->log == NULL || is_nothing(context, value))
        return;
    str text = utf8_slice(value_to_text(context->arena, value, STR("fr")), 0, 80);
    *vec_push(context->arena, context->log) =
        (struct render_fault){.template_name = field->label_text,
                              .message = str_fmt(context->arena, "le champ %.*s ne peut pas prendre la valeur « %.*s »",
                                                 STR_ARG(field->id), STR_ARG(text))};
}

void field_set(const struct field *field, const struct form_context *context, struct value value, json_t *answers)
{
    if (field->type == NULL || !field->type->holds_answer)
        return;
    if (field->type == &field_block) {
        rows_set(field, context, value, answers);
        return;
    }
    json_t *answer = answer_of_value(field, context, value);
    if (answer == NULL)
        field_tell_unfit(field, context, value);
    field_remove(field, answers);
    if (answer == NULL)
        return;
    answer_set(field, answers, answer);
    if (has_display(field))
        field->type->check(field, context, answers);
}

static bool is_locked(const struct field *field, const struct form_context *context)
{
    if (!field->prefill_locked || context->in_backoffice)
        return false;
    return !field->prefill_locked_unless_empty || !is_nothing(context, prefill_value(field, context));
}

static void prefill_one(const struct field *field, const struct form_context *context, json_t *answers)
{
    if (answer_of(field, answers) != NULL && !is_locked(field, context))
        return;
    struct value value = prefill_value(field, context);
    if (!is_nothing(context, value) || is_locked(field, context))
        field_set(field, context, value, answers);
}

void fields_prefill(const struct field_list *fields, const struct form_context *context, json_t *answers)
{
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        bool is_block = field->type == &field_block, is_prefilled = field->prefill != PREFILL_NONE;
        if (field->type == NULL || !field->type->is_typed || !(is_block || is_prefilled) ||
            !field_is_visible(field, context))
            continue;
        if (is_prefilled)
            prefill_one(field, context, answers);
        if (is_block)
            rows_prefill(field, context, answers);
    }
}

bool field_is_as_prefilled(const struct field *field, const struct form_context *context, const json_t *answers)
{
    if (field->prefill != PREFILL_TEMPLATE || template_is_constant(field->prefill_template) ||
        field->type == &field_file || field->type == &field_files)
        return false;
    json_t *alone = json_keep(context->arena, json_object());
    field_set(field, context, prefill_value(field, context), alone);
    const json_t *now = answer_of(field, answers), *prefilled = answer_of(field, alone);
    return now == NULL || prefilled == NULL ? now == prefilled : json_equal(now, prefilled) == 1;
}

/* ---- Reading and checking ---- */

static void add_error(const struct field *field, const struct form_context *context, str message,
                      struct field_errors *errors)
{
    *vec_push(context->arena, errors) = (struct field_error){field, field->control, message};
}

bool field_is_required(const struct field *field, const struct form_context *context)
{
    return field->required == FIELD_REQUIRED ||
           (field->required == FIELD_REQUIRED_OF_RESIDENTS && !context->in_backoffice);
}

static str missing_message(const struct field *field, struct arena *arena)
{
    if (field->type->missing != NULL)
        return field->type->missing(field, arena);
    return str_fmt(arena, "Saisissez une réponse à « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

bool field_is_answered(const struct field *field, const json_t *answers)
{
    return field->type == &field_bool ? json_is_true(answer_of(field, answers)) : field_has_answer(field, answers);
}

/* A list whose source gives nothing (it does not run, or has no row today) must not shut the form. */
static bool can_be_answered(const struct field *field, const struct form_context *context)
{
    return field->type->offers == NULL || field->type->offers(field, context);
}

static void check_one(const struct field *field, const struct form_context *context, json_t *answers,
                      struct field_errors *errors)
{
    if (field->type == &field_block) {
        rows_check(field, context, answers, errors);
        return;
    }
    if (!field_is_answered(field, answers)) {
        if (field_is_required(field, context) && can_be_answered(field, context))
            add_error(field, context, missing_message(field, context->arena), errors);
        return;
    }
    if (field->type->check == NULL)
        return;
    str error = field->type->check(field, context, answers);
    if (error.len > 0)
        add_error(field, context, error, errors);
}

bool fields_check(const struct field_list *fields, const struct form_context *context, json_t *answers,
                  struct field_errors *errors)
{
    size_t before = errors->len;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type == NULL || !field->type->is_typed)
            continue;
        if (field_is_visible(field, context))
            check_one(field, context, answers, errors);
        else
            field_remove(field, answers);
    }
    return errors->len == before;
}

json_t *field_keep(const struct field *field, const struct form_context *context, const struct posted *posted,
                   const json_t *before, json_t *answer)
{
    str ticked;
    if (answer != NULL ||
        posted_text(context, posted, str_fmt(context->arena, "%.*s-retirer", STR_ARG(field->control)), &ticked))
        return answer;
    return json_incref((json_t *)(uintptr_t)before);
}

static void read_one(const struct field *field, const struct form_context *context, const struct posted *posted,
                     json_t *answers, struct field_errors *errors)
{
    if (is_locked(field, context)) {
        field_set(field, context, prefill_value(field, context), answers);
        return;
    }
    str error = STR_EMPTY;
    json_t *answer = field->type->read(field, context, posted, &error);
    if (field->type->keep != NULL)
        answer = field->type->keep(field, context, posted, answer_of(field, answers), answer);
    if (answer != NULL && json_equal(answer, answer_of(field, answers)) == 1) { /* what stands beside it stays too */
        json_decref(answer);
    } else {
        field_remove(field, answers);
        if (answer != NULL)
            answer_set(field, answers, answer);
    }
    if (error.len > 0)
        add_error(field, context, error, errors);
}

static bool tells_what_was_seen(const struct posted *posted)
{
    for (size_t i = 0; i < posted->value_count; i++)
        if (str_ends(posted->values[i].name, STR("-vu")))
            return true;
    return false;
}

/* A question that the answers of this very post bring, and that was not on the screen, is asked before going on. */
static bool is_revealed(const struct field *field, const struct form_context *context, const struct posted *posted)
{
    str ignored;
    return field->condition != NULL && tells_what_was_seen(posted) &&
           !posted_text(context, posted, field->marker, &ignored);
}

static bool has_error(const struct field_errors *errors, const struct field *field)
{
    for (size_t i = 0; i < errors->len; i++)
        if (errors->at[i].field == field)
            return true;
    return false;
}

static void add_revealed(const struct field *field, const struct form_context *context, json_t *answers,
                         struct field_errors *errors)
{
    str message = str_fmt(context->arena, "Répondez aussi à « %.*s ».", STR_ARG(str_trim(field->label_text)));
    add_error(field, context, message, errors);
    errors->at[errors->len - 1].is_revealed = true;
    struct field_list alone = {field, 1};
    fields_prefill(&alone, context, answers);
}

/* In order, since a condition may read what stands before it on the page; the completing check comes with it, so that
 * conditions on a list's label see it. */
bool fields_read(const struct field_list *fields, const struct form_context *outer, const struct posted *posted,
                 json_t *answers, struct field_errors *errors)
{
    size_t before = errors->len;
    struct form_context own = *outer;
    const struct form_context *context = &own;
    own.posted = posted;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (field->type == NULL || !field->type->is_typed)
            continue;
        if (!field_is_visible(field, context)) {
            field_remove(field, answers);
            continue;
        }
        if (is_revealed(field, context, posted)) {
            add_revealed(field, context, answers, errors);
            continue;
        }
        if (field->type == &field_block && !is_locked(field, context)) {
            rows_read(field, context, posted, answers, errors);
            continue;
        }
        read_one(field, context, posted, answers, errors);
        if (!has_error(errors, field))
            check_one(field, context, answers, errors);
    }
    return errors->len == before;
}
