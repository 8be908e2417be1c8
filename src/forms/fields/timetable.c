#include "forms/fields/timetable.h"

struct day {
    struct date date;
    struct value_list *times;
    int64_t free;
    bool has_chosen;
};
struct days VEC_OF(struct day);

static bool moment_of(const struct choice *choice, struct arena *arena, struct datetime *out)
{
    return value_to_datetime(arena, value_text(json_str(choice->row, "datetime")), out);
}

str hour_shown(struct arena *arena, int hour, int minute)
{
    return minute == 0 ? str_fmt(arena, "%d\xC2\xA0h", hour) : str_fmt(arena, "%d\xC2\xA0h\xC2\xA0%02d", hour, minute);
}

static struct day *day_of(struct arena *arena, struct days *days, struct date date)
{
    for (size_t i = 0; i < days->len; i++)
        if (date_cmp(days->at[i].date, date) == 0)
            return &days->at[i];
    struct day *day = vec_push(arena, days);
    *day = (struct day){.date = date, .times = value_list_new(arena)};
    return day;
}

static void add_time(const struct field *field, struct arena *arena, struct days *days, const struct choice *choice,
                     struct datetime at, str chosen, size_t index)
{
    struct day *day = day_of(arena, days, at.date);
    struct value_dict *time = value_dict_new(arena);
    bool is_chosen = str_eq(choice->id, chosen);
    value_dict_set(arena, time, STR("id"), value_text(choice->id));
    value_dict_set(arena, time, STR("text"), value_text(hour_shown(arena, at.hour, at.minute)));
    value_dict_set(arena, time, STR("control"),
                   value_text(str_fmt(arena, "%.*s-%zu", STR_ARG(field->control), index + 1)));
    value_dict_set(arena, time, STR("chosen"), value_bool(is_chosen));
    value_dict_set(arena, time, STR("disabled"), value_bool(choice->is_disabled));
    value_list_add(arena, day->times, value_dict(time));
    day->free += !choice->is_disabled;
    day->has_chosen = day->has_chosen || is_chosen;
}

static size_t open_day(const struct days *days, str from)
{
    struct date earliest;
    bool is_bound = date_parse(str_slice(str_trim(from), 0, 10), &earliest);
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < days->len; i++) {
        const struct day *day = &days->at[i];
        if (day->has_chosen)
            return i;
        bool fits = day->free > 0 && (!is_bound || date_cmp(day->date, earliest) >= 0);
        if (fits && (found == SIZE_MAX || date_cmp(day->date, days->at[found].date) < 0))
            found = i;
    }
    return found;
}

static struct value day_view(struct arena *arena, const struct day *day, bool is_open)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("label"), value_text(date_long(arena, day->date)));
    value_dict_set(arena, dict, STR("is_open"), value_bool(is_open));
    value_dict_set(arena, dict, STR("free"), value_int(day->free));
    value_dict_set(arena, dict, STR("times"), value_list(day->times));
    return value_dict(dict);
}

struct value timetable_days(const struct field *field, struct arena *arena, const struct choices *choices, str chosen,
                            str from)
{
    struct days days = {0};
    for (size_t i = 0; i < choices->len; i++) {
        struct datetime at;
        if (!moment_of(&choices->at[i], arena, &at))
            return VALUE_OF_NONE;
        add_time(field, arena, &days, &choices->at[i], at, chosen, i);
    }
    struct value_list *list = value_list_new(arena);
    size_t open = open_day(&days, from);
    for (size_t i = 0; i < days.len; i++)
        value_list_add(arena, list, day_view(arena, &days.at[i], i == open));
    return days.len == 0 ? VALUE_OF_NONE : value_list(list);
}
