/* Reading a page: its forms, its fields, its links. libxml2's parser takes any HTML. */
#include "rehearse/browser.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { DEPTH_MOST = 200 };

struct label {
    str of, text;
};

struct reading {
    struct arena *arena;
    struct page *page;
    struct page_form *form; /* that is open; NULL: none */
    str legend, field, hint;
    bool is_unseen;
    struct VEC_OF(struct label) labels;
};

static bool is_called(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static bool has(const xmlNode *node, const char *name)
{
    return xmlHasProp(node, (const xmlChar *)name) != NULL;
}

static str taken(struct arena *arena, xmlChar *text)
{
    str copy = text == NULL ? STR_EMPTY : str_dup(arena, str_of((const char *)text));
    xmlFree(text);
    return copy;
}

static str attribute(const struct reading *reading, const xmlNode *node, const char *name)
{
    return taken(reading->arena, xmlGetProp(node, (const xmlChar *)name));
}

/* In one line. */
static str text_of(const struct reading *reading, const xmlNode *node)
{
    str text = taken(reading->arena, xmlNodeGetContent(node));
    char *out = arena_alloc(reading->arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = str_is_space(text.ptr[i]);
        if (!is_blank || (length > 0 && out[length - 1] != ' '))
            out[length++] = is_blank ? ' ' : text.ptr[i];
    }
    return str_trim((str){out, length});
}

static bool has_class(const struct reading *reading, const xmlNode *node, const char *name)
{
    str classes = attribute(reading, node, "class");
    for (str one, rest = classes; str_next(&rest, ' ', &one);)
        if (str_eq(one, str_of(name)))
            return true;
    return false;
}

static xmlNode *child_called(const xmlNode *node, const char *name)
{
    for (xmlNode *child = node->children; child != NULL; child = child->next)
        if (is_called(child, name))
            return child;
    return NULL;
}

/* ---- Controls ---- */

static enum control_kind kind_of_input(str type)
{
    if (str_eq(type, STR("hidden")))
        return CONTROL_HIDDEN;
    if (str_eq(type, STR("radio")))
        return CONTROL_CHOICE;
    if (str_eq(type, STR("checkbox")))
        return CONTROL_BOX;
    if (str_eq(type, STR("file")))
        return CONTROL_FILE;
    if (str_eq(type, STR("submit")) || str_eq(type, STR("image")))
        return CONTROL_BUTTON;
    return CONTROL_TEXT;
}

static void read_options(const struct reading *reading, const xmlNode *node, struct control *control)
{
    for (xmlNode *child = node->children; child != NULL; child = child->next) {
        if (is_called(child, "optgroup"))
            read_options(reading, child, control);
        if (!is_called(child, "option"))
            continue;
        struct option_of option = {.label = text_of(reading, child), .is_chosen = has(child, "selected")};
        option.value = has(child, "value") ? attribute(reading, child, "value") : option.label;
        option.is_disabled = has(child, "disabled");
        *vec_push(reading->arena, &control->options) = option;
    }
}

static bool fill_control(const struct reading *reading, const xmlNode *node, struct control *control)
{
    if (is_called(node, "input")) {
        control->type = attribute(reading, node, "type");
        control->kind = kind_of_input(control->type);
        control->value = attribute(reading, node, "value");
        bool is_switch = control->kind == CONTROL_CHOICE || control->kind == CONTROL_BOX;
        if (is_switch && !has(node, "value"))
            control->value = STR("on");
        return !str_eq(control->type, STR("button")) && !str_eq(control->type, STR("reset"));
    }
    if (is_called(node, "textarea")) { /* a line break right behind the tag is not part of it */
        str text = taken(reading->arena, xmlNodeGetContent(node));
        control->kind = CONTROL_LONG_TEXT;
        control->value = str_starts(text, STR("\n")) ? str_slice(text, 1, text.len) : text;
        return true;
    }
    if (is_called(node, "select")) {
        control->kind = CONTROL_SELECT;
        read_options(reading, node, control);
        return true;
    }
    control->kind = CONTROL_BUTTON;
    control->value = attribute(reading, node, "value");
    control->label = text_of(reading, node);
    str type = attribute(reading, node, "type");
    return is_called(node, "button") && (type.len == 0 || str_eq(type, STR("submit")));
}

static void read_control(struct reading *reading, const xmlNode *node)
{
    struct control control = {0};
    if (reading->form == NULL || !fill_control(reading, node, &control))
        return;
    control.name = attribute(reading, node, "name");
    control.id = attribute(reading, node, "id");
    control.legend = reading->legend;
    control.hint = reading->hint;
    control.field = reading->field;
    control.accept = attribute(reading, node, "accept");
    control.pattern = attribute(reading, node, "pattern");
    control.least = attribute(reading, node, "min");
    control.most = attribute(reading, node, "max");
    str_to_int64(attribute(reading, node, "maxlength"), &control.length_most);
    control.is_chosen = has(node, "checked");
    control.is_disabled = has(node, "disabled");
    control.is_read_only = has(node, "readonly");
    control.is_required = has(node, "required");
    control.is_unseen = reading->is_unseen;
    *vec_push(reading->arena, &reading->form->controls) = control;
}

/* ---- The tree ---- */

static str error_of(const struct reading *reading, const xmlNode *node, int depth)
{
    str found = STR_EMPTY;
    for (xmlNode *child = node->children; child != NULL && found.len == 0 && depth < DEPTH_MOST; child = child->next) {
        if (child->type != XML_ELEMENT_NODE)
            continue;
        found = is_called(child, "p") && has_class(reading, child, "error") ? text_of(reading, child)
                                                                            : error_of(reading, child, depth + 1);
    }
    return found;
}

static str hint_of(const struct reading *reading, const xmlNode *node)
{
    for (xmlNode *child = node->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE && has_class(reading, child, "hint"))
            return text_of(reading, child);
    return STR_EMPTY;
}

static void begin_field(struct reading *reading, const xmlNode *node)
{
    reading->field = attribute(reading, node, "data-field");
    struct shown_field field = {reading->field, error_of(reading, node, 0), reading->is_unseen};
    str hint = hint_of(reading, node);
    reading->hint = str_fmt(reading->arena, "%.*s %.*s", STR_ARG(hint), STR_ARG(field.error));
    *vec_push(reading->arena, &reading->page->fields) = field;
}

static void begin_form(struct reading *reading, const xmlNode *node)
{
    struct page_form *form = vec_push(reading->arena, &reading->page->forms);
    *form = (struct page_form){.action = attribute(reading, node, "action"),
                               .method = str_lower(reading->arena, attribute(reading, node, "method")),
                               .encoding = attribute(reading, node, "enctype")};
    reading->form = form;
}

static void read_element(struct reading *reading, const xmlNode *node)
{
    if (is_called(node, "title"))
        reading->page->title = text_of(reading, node);
    else if (is_called(node, "a"))
        *vec_push(reading->arena, &reading->page->links) =
            (struct link){attribute(reading, node, "href"), text_of(reading, node)};
    else if (is_called(node, "label"))
        *vec_push(reading->arena, &reading->labels) =
            (struct label){attribute(reading, node, "for"), text_of(reading, node)};
    else if (is_called(node, "input") || is_called(node, "select") || is_called(node, "textarea") ||
             is_called(node, "button"))
        read_control(reading, node);
    else if (has_class(reading, node, "error-summary"))
        reading->page->error_summary = text_of(reading, node);
}

static void read_children(struct reading *reading, const xmlNode *node, int depth)
{
    for (xmlNode *child = node->children; child != NULL && depth < DEPTH_MOST; child = child->next) {
        if (child->type != XML_ELEMENT_NODE || is_called(child, "script") || is_called(child, "template"))
            continue;
        struct reading before = *reading;
        reading->is_unseen = reading->is_unseen || has(child, "hidden");
        if (has(child, "data-field"))
            begin_field(reading, child);
        if (is_called(child, "form"))
            begin_form(reading, child);
        xmlNode *legend = is_called(child, "fieldset") ? child_called(child, "legend") : NULL;
        if (legend != NULL)
            reading->legend = text_of(reading, legend);
        read_element(reading, child);
        read_children(reading, child, depth + 1);
        reading->is_unseen = before.is_unseen;
        reading->field = before.field;
        reading->hint = before.hint;
        reading->legend = before.legend;
        reading->form = before.form;
    }
}

static void name_controls(const struct reading *reading)
{
    for (size_t i = 0; i < reading->page->forms.len; i++)
        for (size_t j = 0; j < reading->page->forms.at[i].controls.len; j++) {
            struct control *control = &reading->page->forms.at[i].controls.at[j];
            for (size_t k = 0; control->label.len == 0 && control->id.len > 0 && k < reading->labels.len; k++)
                if (str_eq(reading->labels.at[k].of, control->id))
                    control->label = reading->labels.at[k].text;
        }
}

struct page page_read(struct arena *arena, str html)
{
    struct page page = {0};
    htmlDocPtr document =
        htmlReadMemory(html.ptr, (int)html.len, NULL, "UTF-8",
                       HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    if (document == NULL)
        return page;
    struct reading reading = {.arena = arena, .page = &page};
    read_children(&reading, (const xmlNode *)document, 0);
    name_controls(&reading);
    xmlFreeDoc(document);
    return page;
}

const struct page_form *page_form_to(const struct page *page, str url)
{
    for (size_t i = 0; i < page->forms.len; i++)
        if (str_eq(page->forms.at[i].action, url))
            return &page->forms.at[i];
    return NULL;
}
