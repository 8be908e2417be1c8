#include "forms/rich.h"

#include <libxml/HTMLparser.h>
#include <string.h>

enum { RICH_MOST = 2 << 20 };

static const struct element {
    const char *name, *written;
    bool is_full, is_block;
} elements[] = {
    {"p", "p", false, true},       {"div", "p", false, true},     {"ul", "ul", false, true},
    {"ol", "ol", false, true},     {"li", "li", false, true},     {"strong", "strong", false, false},
    {"b", "strong", false, false}, {"em", "em", false, false},    {"i", "em", false, false},
    {"u", "u", false, false},      {"h1", "h3", true, true},      {"h2", "h3", true, true},
    {"h3", "h3", true, true},      {"h4", "h4", true, true},      {"blockquote", "blockquote", true, true},
    {"pre", "pre", true, true},    {"code", "code", true, false}, {"sub", "sub", true, false},
    {"sup", "sup", true, false},   {"s", "s", true, false},
};

/* What they hold is no text for people. */
static bool is_dropped(str name)
{
    static const char *const dropped[] = {"script", "style", "head",   "template", "iframe", "object", "noscript",
                                          "svg",    "math",  "select", "textarea", "title",  "xmp",    "noembed"};
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped; i++)
        if (str_eq_nocase(name, str_of(dropped[i])))
            return true;
    return false;
}

static const struct element *element_of(str name, enum rich_kind kind)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (str_eq(name, str_of(elements[i].name)))
            return elements[i].is_full && kind == RICH_BASIC ? NULL : &elements[i];
    return NULL;
}

static str text_of(const xmlChar *text)
{
    return str_of((const char *)text);
}

struct writing {
    struct buf *out;
    enum rich_kind kind;
    bool in_paragraph;
};

static void write_all(struct writing *writing, const xmlNode *node);

static void write_link(struct writing *writing, const xmlNode *node)
{
    xmlChar *address = xmlGetProp(node, BAD_CAST "href");
    str href = str_trim(text_of(address));
    bool is_safe =
        str_starts(href, STR("https://")) || str_starts(href, STR("http://")) || str_starts(href, STR("mailto:"));
    if (is_safe) {
        buf_add(writing->out, STR("<a href=\""));
        buf_add_html(writing->out, href);
        buf_add(writing->out, STR("\" rel=\"nofollow noopener noreferrer\">"));
    }
    xmlFree(address);
    write_all(writing, node->children);
    if (is_safe)
        buf_add(writing->out, STR("</a>"));
}

static void write_element(struct writing *writing, const xmlNode *node, str name)
{
    const struct element *element = element_of(name, writing->kind);
    bool is_paragraph = element != NULL && strcmp(element->written, "p") == 0;
    if (element == NULL || (is_paragraph && writing->in_paragraph)) {
        write_all(writing, node->children);
        return;
    }
    bool outer = writing->in_paragraph;
    writing->in_paragraph = outer || is_paragraph;
    buf_fmt(writing->out, "<%s>", element->written);
    write_all(writing, node->children);
    buf_fmt(writing->out, "</%s>", element->written);
    writing->in_paragraph = outer;
}

/* The parser bounds how deep a tree is. */
static void write_all(struct writing *writing, const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        str name = text_of(node->name);
        if (node->type == XML_TEXT_NODE)
            buf_add_html(writing->out, text_of(node->content));
        else if (node->type != XML_ELEMENT_NODE || is_dropped(name))
            continue;
        else if (str_eq(name, STR("br")))
            buf_add(writing->out, STR("<br>"));
        else if (str_eq(name, STR("a")))
            write_link(writing, node);
        else
            write_element(writing, node, name);
    }
}

static htmlDocPtr parse(str html)
{
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
    return html.len == 0 || html.len > RICH_MOST ? NULL
                                                 : htmlReadMemory(html.ptr, (int)html.len, NULL, "UTF-8", options);
}

str rich_clean(struct arena *arena, str html, enum rich_kind kind)
{
    struct buf out = buf_new(arena, (size_t)2 * RICH_MOST);
    struct writing writing = {&out, kind, false};
    htmlDocPtr document = parse(html);
    if (document != NULL)
        write_all(&writing, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    str clean = buf_str(&out);
    return str_trim(rich_plain(arena, clean)).len == 0 ? STR_EMPTY : clean;
}

/* ---- Plain ---- */

static void break_lines(struct buf *out, size_t count)
{
    size_t there = 0;
    while (there < out->len && out->ptr[out->len - 1 - there] == '\n')
        there++;
    for (; out->len > 0 && there < count; there++)
        buf_add_char(out, '\n');
}

static void plain_all(struct buf *out, const xmlNode *node)
{
    for (; node != NULL; node = node->next) {
        str name = text_of(node->name);
        const struct element *element = element_of(name, RICH_FULL);
        bool is_item = str_eq(name, STR("li")), is_block = element != NULL && element->is_block;
        if (node->type == XML_TEXT_NODE)
            buf_add(out, text_of(node->content));
        if (node->type != XML_ELEMENT_NODE)
            continue;
        if (str_eq(name, STR("br")))
            buf_add_char(out, '\n');
        if (is_block)
            break_lines(out, is_item ? 1 : 2);
        if (is_item)
            buf_add(out, STR("- "));
        plain_all(out, node->children);
        if (is_block)
            break_lines(out, is_item ? 1 : 2);
    }
}

str rich_plain(struct arena *arena, str html)
{
    struct buf out = buf_new(arena, (size_t)2 * RICH_MOST);
    htmlDocPtr document = parse(html);
    if (document != NULL)
        plain_all(&out, xmlDocGetRootElement(document));
    xmlFreeDoc(document);
    return str_trim(buf_str(&out));
}

str rich_from_plain(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, (size_t)4 * RICH_MOST);
    const char *open = NULL; /* the element that the lines before stand in */
    for (str line, rest = text; str_next(&rest, '\n', &line);) {
        bool is_item = str_starts(line, STR("- ")), is_empty = str_trim(line).len == 0;
        const char *wanted = is_empty ? NULL : is_item ? "ul" : "p";
        bool goes_on = open != NULL && wanted != NULL && strcmp(open, wanted) == 0;
        if (open != NULL && !goes_on)
            buf_fmt(&out, "</%s>", open);
        if (wanted != NULL && !goes_on)
            buf_fmt(&out, "<%s>", wanted);
        open = wanted;
        if (is_empty)
            continue;
        buf_add(&out, is_item ? STR("<li>") : goes_on ? STR("<br>") : STR(""));
        buf_add_html(&out, is_item ? str_slice(line, 2, line.len) : line);
        buf_add(&out, is_item ? STR("</li>") : STR(""));
    }
    if (open != NULL)
        buf_fmt(&out, "</%s>", open);
    return buf_str(&out);
}
