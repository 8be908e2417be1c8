/* Options of a workflow that a form of the site does not set, and that one of its lists comes from (an agenda that is
 * still to be chosen): in the copy they have a made-up value, else the list would be empty and nobody could
 * file. */
#include "rehearse/internal.h"

#include "rehearse/literals.h"

#define READ STR("form_option_")
#define PART STR("_structured_")

struct filling {
    struct arena *arena;
    json_t *given;   /* what the site sets */
    json_t *options; /* with what is made up */
    json_t *told;    /* names of options that were made up */
};

static void tell(const struct filling *filling, str option)
{
    for (size_t i = 0; i < json_array_size(filling->told); i++)
        if (str_eq(json_str_of(json_array_get(filling->told, i)), option))
            return;
    json_array_append_new(filling->told, json_from_str(option));
}

/* Of « agenda_structured_url », the option « agenda » has a part « url ». */
static void make_up(const struct filling *filling, str name)
{
    size_t at = str_find(name, PART, 0);
    str option = at < name.len ? str_slice(name, 0, at) : name;
    str url = str_fmt(filling->arena, "https://essai.invalid/%.*s", STR_ARG(name));
    if (json_get(filling->given, option) != NULL)
        return;
    tell(filling, option);
    json_set_str(filling->options, option, url);
    if (at >= name.len)
        return;
    str parts = str_fmt(filling->arena, "%.*s_structured", STR_ARG(option));
    if (!json_is_object(json_get(filling->options, parts)))
        json_set(filling->options, parts, json_object());
    json_set_str(json_get(filling->options, parts), str_slice(name, at + PART.len, name.len), url);
}

/* Rows of an option whose parts are a list's choices, with what the form reads of the one that was chosen. */
static void make_up_rows(const struct filling *filling, str option, str varname, str document)
{
    enum { ROWS = 2 };
    json_t *rows = json_array();
    str start = str_fmt(filling->arena, "form_var_%.*s_", STR_ARG(varname));
    for (int number = 1; number <= ROWS; number++) {
        json_t *row = json_object();
        json_set_str(row, STR("id"), str_fmt(filling->arena, "%d", number));
        json_set_str(row, STR("text"), str_fmt(filling->arena, "Choix %d", number));
        for (size_t at = 0; (at = str_find(document, start, at)) < document.len; at++) {
            size_t begin = at + start.len, end = begin;
            while (end < document.len && literal_is_of_name(document.ptr[end]))
                end++;
            str part = str_slice(document, begin, end);
            if (json_get(row, part) == NULL)
                json_set_str(row, part, str_fmt(filling->arena, "https://essai.invalid/%.*s", STR_ARG(part)));
        }
        json_array_append_new(rows, row);
    }
    tell(filling, option);
    json_set(filling->options, str_fmt(filling->arena, "%.*s_structured", STR_ARG(option)), rows);
    json_set_str(filling->options, option, STR("1,2"));
}

/* « {{ form_option_agendas_structured|json_dumps }} » */
static void read_rows(const struct filling *filling, const json_t *field, str source, str document)
{
    const str end = STR("_structured|json_dumps");
    size_t at = str_find(source, READ, 0), to = str_find(source, end, 0);
    if (at >= to || to >= source.len)
        return;
    str option = str_slice(source, at + READ.len, to);
    for (size_t i = 0; i < option.len; i++)
        if (!literal_is_of_name(option.ptr[i]))
            return;
    if (json_get(filling->given, option) == NULL)
        make_up_rows(filling, option, json_str(field, "varname"), document);
}

static void read_address(const struct filling *filling, str address)
{
    for (size_t at; (at = str_find(address, READ, 0)) < address.len;) {
        size_t begin = at + READ.len, end = begin;
        while (end < address.len && literal_is_of_name(address.ptr[end]))
            end++;
        make_up(filling, str_slice(address, begin, end));
        address = str_slice(address, end, address.len);
    }
}

json_t *options_make_up(struct arena *arena, struct definition *form)
{
    json_t *document = json_parse(arena, form->json, NULL);
    const json_t *set = json_dict(document, "workflow_options"), *fields = json_list(document, "fields");
    struct filling filling = {arena, json_keep(arena, set != NULL ? json_deep_copy(set) : json_object()),
                              json_keep(arena, set != NULL ? json_deep_copy(set) : json_object()),
                              json_keep(arena, json_array())};
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *source = json_dict(json_array_get(fields, i), "source");
        if (str_eq(json_str(source, "type"), STR("json")))
            read_address(&filling, json_str(source, "value"));
        else if (str_eq(json_str(source, "type"), STR("jsonvalue")))
            read_rows(&filling, json_array_get(fields, i), json_str(source, "value"), form->json);
    }
    if (json_array_size(filling.told) > 0) {
        json_object_set(document, "workflow_options", filling.options);
        form->json = json_text_sorted(arena, document);
    }
    return filling.told;
}
