/* time-range: from an hour until another of one day, where an agenda is free (w.c.s.: Chrono's free ranges). Each row
 * of the source is a day: {"id": "2027-03-12", "text", "disabled", "opening_hours": [{"hour": "09:00", "status":
 * "free"}]}, what is free lasting until the next hour of the list; « meta » beside the list bounds how many hours may
 * follow one another, and has the addresses (« api ») that a workflow books by. The answer is kept as w.c.s. keeps it:
 * start and end as « AAAA-MM-JJ HH:MM », and « api ». */
#include "forms/field.h"

#include "forms/fields/timetable.h"

static const void *compile(struct compiling *compiling, const struct field *field)
{
    return compiling_choices(compiling, field);
}

/* ---- The agenda ---- */

struct agenda {
    struct choices days;
    int64_t least, most; /* how many hours of the list; 0: no bound */
    const json_t *api;   /* NULL: none */
};

static struct agenda agenda_of(const struct field *field, const struct form_context *context)
{
    struct render render = context_render(context);
    const json_t *about = source_about(field->params, context->sources, &render);
    return (struct agenda){source_choices(field->params, context->sources, &render),
                           json_int(about, "minimal_booking_slots"), json_int(about, "maximal_booking_slots"),
                           json_dict(about, "api")};
}

static bool is_away(const struct field *field, const struct form_context *context)
{
    struct render render = context_render(context);
    return source_fails(field->params, context->sources, &render);
}

static const json_t *hours_of(const struct choice *day)
{
    return json_list(day->row, "opening_hours");
}

static str hour_at(const json_t *hours, size_t index)
{
    return json_str(json_array_get(hours, index), "hour");
}

static bool is_free_at(const json_t *hours, size_t index)
{
    return index + 1 < json_array_size(hours) && str_eq(json_str(json_array_get(hours, index), "status"), STR("free"));
}

static size_t index_of(const json_t *hours, str hour)
{
    for (size_t i = 0; i < json_array_size(hours); i++)
        if (str_eq(hour_at(hours, i), hour))
            return i;
    return SIZE_MAX;
}

/* How long is free from there on. */
static size_t free_from(const json_t *hours, size_t index)
{
    size_t count = 0;
    while (is_free_at(hours, index + count))
        count++;
    return count;
}

static bool fits(const struct agenda *agenda, size_t count)
{
    return count > 0 && (agenda->least <= 0 || count >= (size_t)agenda->least) &&
           (agenda->most <= 0 || count <= (size_t)agenda->most);
}

/* « 14:30 » as people read it. */
static str shown_hour(struct arena *arena, str hour)
{
    int64_t hours, minutes;
    str left, right;
    if (!str_cut(hour, ':', &left, &right) || !str_to_int64(left, &hours) || !str_to_int64(right, &minutes))
        return hour;
    return hour_shown(arena, (int)hours, (int)minutes);
}

/* « de 9 h à 11 h 30, de 14 h à 16 h »: what is free and long enough; empty: nothing. */
static str free_hours(const struct agenda *agenda, const struct choice *day, struct arena *arena)
{
    const json_t *hours = hours_of(day);
    struct buf out = buf_new(arena, 1 << 16);
    for (size_t i = 0; i < json_array_size(hours); i++) {
        size_t count = free_from(hours, i);
        if (count > 0 && (int64_t)count >= agenda->least)
            buf_fmt(&out, "%sde %.*s à %.*s", out.len > 0 ? ", " : "", STR_ARG(shown_hour(arena, hour_at(hours, i))),
                    STR_ARG(shown_hour(arena, hour_at(hours, i + count))));
        i += count;
    }
    return buf_str(&out);
}

static str day_shown(const struct choice *day, struct arena *arena)
{
    struct date date;
    return date_parse(day->id, &date) ? date_long(arena, date) : day->text;
}

/* ---- The answer: what is not chosen yet is empty in it ---- */

struct range {
    str day, from, until;
};

static void cut_moment(str moment, str *day, str *hour)
{
    if (!str_cut(moment, ' ', day, hour))
        *day = moment, *hour = STR_EMPTY;
}

static struct range range_of(const json_t *answer)
{
    struct range range = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
    cut_moment(json_str(answer, "end_datetime"), &range.day, &range.until);
    cut_moment(json_str(answer, "start_datetime"), &range.day, &range.from);
    return range;
}

static json_t *answer_of_range(struct arena *arena, struct range range)
{
    json_t *answer = json_object();
    json_set_str(answer, STR("start_datetime"), str_fmt(arena, "%.*s %.*s", STR_ARG(range.day), STR_ARG(range.from)));
    json_set_str(answer, STR("end_datetime"), str_fmt(arena, "%.*s %.*s", STR_ARG(range.day), STR_ARG(range.until)));
    return answer;
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    (void)error;
    struct arena *arena = context->arena;
    struct range range = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
    posted_text(context, posted, field->control, &range.day);
    posted_text(context, posted, control_beside(arena, field->control, "debut"), &range.from);
    posted_text(context, posted, control_beside(arena, field->control, "fin"), &range.until);
    return range.day.len + range.from.len + range.until.len == 0 ? NULL : answer_of_range(arena, range);
}

static str what_lacks(struct range range)
{
    if (range.day.len == 0)
        return STR("Choisissez un jour.");
    if (range.from.len == 0)
        return STR("Choisissez l’heure de début.");
    return range.until.len == 0 ? STR("Choisissez l’heure de fin.") : STR_EMPTY;
}

static str count_bound(const struct agenda *agenda, const json_t *hours, struct arena *arena, size_t from, size_t until)
{
    size_t least = (size_t)(agenda->least > 0 ? agenda->least : 1),
           most = (size_t)(agenda->most > 0 ? agenda->most : 1);
    if (agenda->most > 0 && until - from > most)
        return str_fmt(arena, "La réservation est trop longue : choisissez une fin à %.*s au plus tard.",
                       STR_ARG(shown_hour(arena, hour_at(hours, from + most))));
    if (free_from(hours, from) < least)
        return str_fmt(arena, "Il ne reste pas assez de temps après %.*s. Choisissez une heure de début plus tôt.",
                       STR_ARG(shown_hour(arena, hour_at(hours, from))));
    return str_fmt(arena, "La réservation est trop courte : choisissez une fin à %.*s au plus tôt.",
                   STR_ARG(shown_hour(arena, hour_at(hours, from + least))));
}

static str what_is_wrong(const struct agenda *agenda, struct range range, struct arena *arena)
{
    const struct choice *day = choice_find(&agenda->days, range.day);
    str free = day == NULL || day->is_disabled ? STR_EMPTY : free_hours(agenda, day, arena);
    if (free.len == 0)
        return STR("Ce jour n’est plus libre. Choisissez-en un autre.");
    const json_t *hours = hours_of(day);
    size_t from = index_of(hours, range.from), until = index_of(hours, range.until);
    if (from != SIZE_MAX && until != SIZE_MAX && until <= from)
        return STR("L’heure de fin doit être après l’heure de début.");
    if (from == SIZE_MAX || until == SIZE_MAX || free_from(hours, from) < until - from)
        return str_fmt(arena, "Ces heures ne sont pas libres. Le %.*s est libre %.*s.", STR_ARG(day_shown(day, arena)),
                       STR_ARG(free));
    return fits(agenda, until - from) ? STR_EMPTY : count_bound(agenda, hours, arena, from, until);
}

/* « Le 12/03/2027 de 9 h à 11 h 30 ». */
static str in_words(struct arena *arena, struct range range)
{
    struct date date;
    if (!date_parse(range.day, &date) || range.from.len == 0 || range.until.len == 0)
        return STR_EMPTY;
    return str_fmt(arena, "Le %.*s de %.*s à %.*s", STR_ARG(date_short(arena, date)),
                   STR_ARG(shown_hour(arena, range.from)), STR_ARG(shown_hour(arena, range.until)));
}

/* What was accepted holds while nobody answers for the agenda. */
static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    struct arena *arena = context->arena;
    struct range range = range_of(answer_of(field, answers));
    str error = what_lacks(range);
    if (error.len > 0)
        return error;
    if (answer_beside(field, answers, "_display") != NULL && is_away(field, context))
        return STR_EMPTY;
    struct agenda agenda = agenda_of(field, context);
    error = what_is_wrong(&agenda, range, arena);
    if (error.len > 0)
        return error;
    json_t *answer = answer_of_range(arena, range);
    if (agenda.api != NULL)
        json_set(answer, STR("api"), json_deep_copy(agenda.api));
    answer_set_beside(field, answers, "_display", json_from_str(in_words(arena, range)));
    answer_set(field, answers, answer); /* the range was read in the one that goes */
    return STR_EMPTY;
}

/* ---- The widget: the day, and the hours of all days ---- */

static void add_choice(struct arena *arena, struct value_list *list, str id, str text, bool is_chosen)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("id"), value_text(id));
    value_dict_set(arena, dict, STR("text"), value_text(text));
    value_dict_set(arena, dict, STR("chosen"), value_bool(is_chosen));
    value_list_add(arena, list, value_dict(dict));
}

static struct value days_view(const struct agenda *agenda, struct arena *arena, str chosen)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < agenda->days.len; i++) {
        const struct choice *day = &agenda->days.at[i];
        str free = day->is_disabled ? STR_EMPTY : free_hours(agenda, day, arena);
        if (free.len > 0)
            add_choice(arena, list, day->id,
                       str_fmt(arena, "%.*s : %.*s", STR_ARG(day_shown(day, arena)), STR_ARG(free)),
                       str_eq(day->id, chosen));
    }
    return value_list(list);
}

static int by_text(const void *left, const void *right)
{
    return str_cmp(*(const str *)left, *(const str *)right);
}

struct hours VEC_OF(str);
static void add_hour(struct arena *arena, struct hours *hours, str hour)
{
    for (size_t i = 0; i < hours->len; i++)
        if (str_eq(hours->at[i], hour))
            return;
    *vec_push(arena, hours) = hour;
}

/* The hours at which something free begins (ends: at which it ends), on any day. */
static struct value hours_view(const struct agenda *agenda, struct arena *arena, bool ends, str chosen)
{
    struct hours all = {0};
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < agenda->days.len; i++) {
        const json_t *hours = hours_of(&agenda->days.at[i]);
        for (size_t j = 0; j < json_array_size(hours); j++)
            if (is_free_at(hours, j) && !agenda->days.at[i].is_disabled)
                add_hour(arena, &all, hour_at(hours, j + ends));
    }
    if (all.len > 0)
        qsort(all.at, all.len, sizeof *all.at, by_text);
    for (size_t i = 0; i < all.len; i++)
        add_choice(arena, list, all.at[i], shown_hour(arena, all.at[i]), str_eq(all.at[i], chosen));
    return value_list(list);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    struct arena *arena = context->arena;
    struct range range = range_of(answer_of(field, answers));
    struct agenda agenda = agenda_of(field, context);
    value_dict_set(arena, out, STR("widget"), value_text(STR("time-range")));
    value_dict_set(arena, out, STR("is_group"), value_bool(true));
    value_dict_set(arena, out, STR("choices"), days_view(&agenda, arena, range.day));
    value_dict_set(arena, out, STR("starts"), hours_view(&agenda, arena, false, range.from));
    value_dict_set(arena, out, STR("ends"), hours_view(&agenda, arena, true, range.until));
    if (agenda.days.len == 0)
        value_dict_set(arena, out, STR("trouble"),
                       value_text(STR("Aucun créneau ne peut être proposé pour le moment. Réessayez plus tard.")));
}

/* ---- What it means ---- */

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    return in_words(arena, range_of(answer_of(field, answers)));
}

static str indexed(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str(answer_of(field, answers), "start_datetime");
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    const json_t *member = json_get(answer_of(field, view->answers), key);
    if (member != NULL)
        *out = value_from_json(arena, member);
    return member != NULL;
}

/* The answer of another such field, or an object with its members. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    struct arena *arena = context->arena;
    const json_t *given = value_to_json(arena, value_plain(arena, value));
    struct range range = range_of(given);
    if (!json_is_object(given) || in_words(arena, range).len == 0)
        return NULL;
    json_t *answer = answer_of_range(arena, range);
    if (json_dict(given, "api") != NULL)
        json_set(answer, STR("api"), json_deep_copy(json_dict(given, "api")));
    return answer;
}

static bool offers(const struct field *field, const struct form_context *context)
{
    struct agenda agenda = agenda_of(field, context);
    for (size_t i = 0; i < agenda.days.len; i++)
        if (!agenda.days.at[i].is_disabled && free_hours(&agenda, &agenda.days.at[i], context->arena).len > 0)
            return true;
    return false;
}

static str missing(const struct field *field, struct arena *arena)
{
    (void)field;
    (void)arena;
    return STR("Choisissez un jour et des heures.");
}

const struct field_type field_time_range = {
    .name = "time-range",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = field_value_shown,
    .indexed = indexed,
    .attribute = attribute,
    .from_value = from_value,
    .missing = missing,
    .offers = offers,
    .is_object = true,
};
