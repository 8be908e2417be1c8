/* Pages that end the path: « Vous n’êtes pas concerné par ce service », why, and what to do instead. */
#include "forms/field.h"

void compiling_stops(struct compiling *compiling, const json_t *json, struct page_stops *out)
{
    const json_t *list = json_list(json, "stops");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i), *link = json_dict(one, "link");
        struct page_stop stop = {
            .condition = compiling_condition(compiling, json_object_get(one, "condition"), "condition d’arrêt"),
            .title = compiling_text(compiling, json_str(one, "title"), TEMPLATE_TEXT, "titre d’arrêt"),
            .text = compiling_text(compiling, json_str(one, "text"), TEMPLATE_HTML, "texte d’arrêt"),
            .link_url = compiling_text(compiling, json_str(link, "url"), TEMPLATE_TEXT, "lien d’arrêt"),
            .link_label = compiling_text(compiling, json_str(link, "label"), TEMPLATE_TEXT, "lien d’arrêt")};
        if (stop.condition != NULL)
            *vec_push(compiling->arena, out) = stop;
    }
}

const struct page_stop *form_page_stop(const struct form *form, size_t page, const struct form_context *context)
{
    const struct page_stops *stops = &form->pages[page].stops;
    for (size_t i = 0; i < stops->len; i++) {
        struct render render = context_render(context);
        if (template_holds(stops->at[i].condition, &render))
            return &stops->at[i];
    }
    return NULL;
}

size_t form_stopped_page(const struct form *form, const struct form_context *context)
{
    for (size_t i = 0; i < form->page_count; i++)
        if (form->pages[i].stops.len > 0 && form_page_comes(form, i, context) &&
            form_page_stop(form, i, context) != NULL)
            return i;
    return SIZE_MAX;
}

static str text_of(const struct template *text, const struct form_context *context)
{
    struct render render = context_render(context);
    return text == NULL ? STR_EMPTY : str_trim(template_text(text, &render));
}

static bool is_link(str url)
{
    bool is_local = str_starts(url, STR("/")) && !str_starts(url, STR("//")) && !str_contains(url, STR("\\"));
    return is_local || str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

struct value page_stop_value(const struct page_stop *stop, const struct form_context *context)
{
    struct arena *arena = context->arena;
    struct value_dict *dict = value_dict_new(arena);
    str title = text_of(stop->title, context), url = text_of(stop->link_url, context);
    str label = text_of(stop->link_label, context);
    value_dict_set(arena, dict, STR("title"),
                   value_text(title.len > 0 ? title : STR("Vous n’êtes pas concerné par ce service")));
    value_dict_set(arena, dict, STR("text"), value_html(text_of(stop->text, context)));
    if (is_link(url)) {
        value_dict_set(arena, dict, STR("link_url"), value_text(url));
        value_dict_set(arena, dict, STR("link_label"), value_text(label.len > 0 ? label : url));
    }
    return value_dict(dict);
}
