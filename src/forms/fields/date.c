/* date: a day, typed as three numbers or chosen in the browser's calendar. */
#include "forms/field.h"

struct date_params {
    const struct template *least, *most; /* NULL: no bound */
    bool must_be_future, must_be_past, may_be_today;
};

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct date_params *params = arena_new_of(compiling->arena, struct date_params);
    params->least = compiling_text(compiling, json_str(field->json, "minimum_date"), TEMPLATE_TEXT, "date minimale");
    params->most = compiling_text(compiling, json_str(field->json, "maximum_date"), TEMPLATE_TEXT, "date maximale");
    params->must_be_future = json_bool(field->json, "minimum_is_future");
    params->must_be_past = json_bool(field->json, "date_in_the_past");
    params->may_be_today = json_bool(field->json, "date_can_be_today");
    return params;
}

/* One control for the whole date, or three (…-jour, …-mois, …-annee). A whole date pasted into the first is taken. */
static str posted_date(const struct field *field, const struct form_context *context, const struct posted *posted)
{
    struct arena *arena = context->arena;
    str control = field->control, whole = STR_EMPTY, day = STR_EMPTY, month = STR_EMPTY, year = STR_EMPTY;
    if (posted_text(context, posted, control, &whole) && whole.len > 0)
        return whole;
    posted_text(context, posted, str_fmt(arena, "%.*s-jour", STR_ARG(control)), &day);
    posted_text(context, posted, str_fmt(arena, "%.*s-mois", STR_ARG(control)), &month);
    posted_text(context, posted, str_fmt(arena, "%.*s-annee", STR_ARG(control)), &year);
    struct date date;
    if (date_parse(day, &date))
        return day;
    if (day.len + month.len + year.len == 0)
        return STR_EMPTY;
    return str_fmt(arena, "%.*s/%.*s/%.*s", STR_ARG(day), STR_ARG(month), STR_ARG(year));
}

static str part_of(str text, int index)
{
    str part = STR_EMPTY, rest = text;
    for (int i = 0; i <= index; i++)
        str_cut(rest, '/', &part, &rest);
    return part;
}

static str what_is_wrong(str text)
{
    if (part_of(text, 2).len == 0)
        return STR("Il manque l’année. Exemple : 27 3 2027");
    if (part_of(text, 0).len == 0)
        return STR("Il manque le jour. Exemple : 27 3 2027");
    if (part_of(text, 1).len == 0)
        return STR("Il manque le mois. Exemple : 27 3 2027");
    return STR("Cette date n’existe pas. Vérifiez le jour, le mois et l’année (4 chiffres).");
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    str text = posted_date(field, context, posted);
    struct date date;
    if (text.len == 0)
        return NULL;
    if (date_parse(text, &date))
        return json_from_str(date_iso(context->arena, date));
    *error = what_is_wrong(text);
    return json_from_str(text);
}

static bool date_of_value(struct arena *arena, struct value value, struct date *out)
{
    value = value_plain(arena, value);
    if (value.kind == VALUE_DATE)
        *out = value.date;
    else if (value.kind == VALUE_DATETIME)
        *out = value.datetime.date;
    else
        return value.kind == VALUE_TEXT && date_parse(str_slice(str_trim(value.text), 0, 10), out);
    return true;
}

static bool bound_of(const struct template *template, const struct form_context *context, struct date *out)
{
    if (template == NULL)
        return false;
    struct render render = context_render(context);
    return date_of_value(context->arena, template_value(template, &render), out);
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct date_params *params = field->params;
    struct arena *arena = context->arena;
    struct date date, bound, today = datetime_local(context->now != 0 ? context->now : instant_now()).date;
    if (!date_parse(json_str_of(answer_of(field, answers)), &date))
        return what_is_wrong(json_str_of(answer_of(field, answers)));
    int order = date_cmp(date, today);
    if (params->must_be_future && (order < 0 || (order == 0 && !params->may_be_today)))
        return params->may_be_today ? STR("La date doit être aujourd’hui ou plus tard.")
                                    : STR("La date doit être dans le futur.");
    if (params->must_be_past && (order > 0 || (order == 0 && !params->may_be_today)))
        return params->may_be_today ? STR("La date doit être aujourd’hui ou plus tôt.")
                                    : STR("La date doit être dans le passé.");
    if (bound_of(params->least, context, &bound) && date_cmp(date, bound) < 0)
        return str_fmt(arena, "La date doit être le %.*s ou plus tard.", STR_ARG(date_long(arena, bound)));
    if (bound_of(params->most, context, &bound) && date_cmp(date, bound) > 0)
        return str_fmt(arena, "La date doit être le %.*s ou plus tôt.", STR_ARG(date_long(arena, bound)));
    return STR_EMPTY;
}

/* The three boxes show what was typed, right or wrong. */
static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    struct arena *arena = context->arena;
    str text = json_str_of(answer_of(field, answers));
    const struct date_params *params = field->params;
    struct date date, bound;
    if (bound_of(params->least, context, &bound))
        value_dict_set(arena, out, STR("min"), value_text(date_iso(arena, bound)));
    if (bound_of(params->most, context, &bound))
        value_dict_set(arena, out, STR("max"), value_text(date_iso(arena, bound)));
    if (date_parse(text, &date)) {
        value_dict_set(arena, out, STR("iso"), value_text(date_iso(arena, date)));
        text = str_fmt(arena, "%d/%d/%d", date.day, date.month, date.year);
    }
    value_dict_set(arena, out, STR("day"), value_text(part_of(text, 0)));
    value_dict_set(arena, out, STR("month"), value_text(part_of(text, 1)));
    value_dict_set(arena, out, STR("year"), value_text(part_of(text, 2)));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct date date;
    str text = json_str_of(answer_of(field, answers));
    return date_parse(text, &date) ? date_short(arena, date) : text;
}

static struct value value(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    struct date date;
    return date_parse(json_str_of(answer_of(field, answers)), &date) ? value_date(date) : VALUE_OF_NONE;
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    (void)arena;
    struct date date;
    if (!date_parse(json_str_of(answer_of(field, view->answers)), &date))
        return false;
    if (str_eq(key, STR("tm_mon")) ||
        str_eq(key, STR("tm_mday"))) /* of the time when dates were Python's struct_time */
        key = str_eq(key, STR("tm_mon")) ? STR("month") : STR("day");
    if (str_eq(key, STR("year")) || str_eq(key, STR("tm_year")))
        *out = value_int(date.year);
    else if (str_eq(key, STR("month")))
        *out = value_int(date.month);
    else if (str_eq(key, STR("day")))
        *out = value_int(date.day);
    else
        return false;
    return true;
}

static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    struct date date;
    return date_of_value(context->arena, value, &date) ? json_from_str(date_iso(context->arena, date)) : NULL;
}

const struct field_type field_date = {
    .name = "date",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_DATE,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = value,
    .attribute = attribute,
    .from_value = from_value,
};
