/* From an XML file of a model to its pieces. Where a template stands, the paragraph around it becomes one text, with a
 * mark for each of its tags: so a template that changes of style have cut is whole again. One whose blocks are not
 * closed there is looked for in what is around: a cell, a table, the document. */
#include "models/weave.h"

#include "base/xml.h"
#include "models/marks.h"
#include "models/tags.h"

#define OFFICE "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
#define TEXT "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
#define TABLE "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
#define DRAW "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
#define STYLE "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
#define XLINK "http://www.w3.org/1999/xlink"

enum { TAG_MOST = 10000, DETAIL_STYLES = 5 };

/* What becomes one text: the words, and where among them its pieces stand. */
struct spot {
    size_t at;
    struct piece piece;
};
struct unit {
    struct buf words;
    struct VEC_OF(struct spot) spots;
};

struct user_field {
    str name;
    const struct template *value;
};

struct weaver {
    const struct weaving *weaving;
    struct arena *arena;
    struct part *part;
    struct buf run;                 /* what never changes, until the next piece */
    struct unit *unit;              /* NULL: texts are as they are */
    const struct template *picture; /* of the frame that it is in */
    struct VEC_OF(struct user_field) fields;
    bool is_whole;  /* a text that is no template gives up, for what is around to try */
    bool has_style; /* one of those that the details have */
};

/* ---- Where pieces go ---- */

static void flush(struct weaver *weaver)
{
    if (weaver->run.len > 0)
        *vec_push(weaver->arena, &weaver->part->pieces) =
            (struct piece){.kind = PIECE_XML, .xml = str_dup(weaver->arena, buf_str(&weaver->run))};
    weaver->run.len = 0;
}

static void put(struct weaver *weaver, struct piece piece)
{
    if (weaver->unit != NULL) {
        *vec_push(weaver->arena, &weaver->unit->spots) = (struct spot){weaver->unit->words.len, piece};
        return;
    }
    bool never_changes = piece.template == NULL && piece.kind <= PIECE_CLOSE;
    if (never_changes) {
        buf_add(&weaver->run, piece.xml);
        return;
    }
    flush(weaver);
    *vec_push(weaver->arena, &weaver->part->pieces) = piece;
}

static void put_words(struct weaver *weaver, str words)
{
    if (weaver->unit != NULL)
        buf_add(&weaver->unit->words, words);
    else
        xml_add_escaped(&weaver->run, words, false);
}

/* To where it stood before something that is tried in another way. */
struct place {
    size_t pieces, run;
};

static struct place place_of(const struct weaver *weaver)
{
    return (struct place){weaver->part->pieces.len, weaver->run.len};
}

static void go_back(struct weaver *weaver, struct place place)
{
    struct pieces *pieces = &weaver->part->pieces;
    if (pieces->len > place.pieces) { /* the run of before is the beginning of what was flushed first */
        str before = str_slice(pieces->at[place.pieces].xml, 0, place.run);
        weaver->run.len = 0;
        buf_add(&weaver->run, before);
        pieces->len = place.pieces;
    }
    weaver->run.len = place.run;
}

/* ---- Templates ---- */

static bool has_tags(str text)
{
    return str_contains(text, STR("{{")) || str_contains(text, STR("{%")) || str_contains(text, STR("{#")) ||
           str_contains(text, STR("["));
}

static void tell(struct weaver *weaver, const struct err *err)
{
    *vec_push(weaver->arena, weaver->weaving->problems) =
        (struct model_problem){str_dup(weaver->arena, str_of(err->message)), err->line, err->column};
}

/* NULL: it is none, and err says why. */
static const struct template *compile(struct weaver *weaver, str source, struct err *err)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = weaver->weaving->where, .keep_ends = true};
    const struct template *template = template_compile(weaver->arena, source, &settings, err);
    if (template != NULL && !template_is_constant(template))
        *vec_push(weaver->arena, weaver->weaving->texts) = template;
    return template;
}

/* Of an attribute; NULL: it is as it is. */
static const struct template *template_of(struct weaver *weaver, str source)
{
    struct err err = {0};
    if (!has_tags(source))
        return NULL;
    const struct template *template = compile(weaver, source, &err);
    if (template == NULL)
        tell(weaver, &err);
    return template;
}

/* The end of the tag that begins at i; 0: none does, or it has no end. */
static size_t tag_end(str words, size_t i)
{
    if (i + 1 >= words.len || words.ptr[i] != '{' || words.ptr[i + 1] == '\0' ||
        strchr("{%#", words.ptr[i + 1]) == NULL)
        return 0;
    const char end[2] = {words.ptr[i + 1] == '{' ? '}' : words.ptr[i + 1], '}'};
    size_t at = str_find(str_slice(words, 0, i + TAG_MOST), (str){end, 2}, i + 2);
    return at == SIZE_MAX ? 0 : at + 2;
}

/* Nothing but {% … %}, and blanks around: it is not in the document, what it says is. */
static bool is_control(str words)
{
    bool has_one = false;
    for (size_t i = 0; i < words.len;) {
        size_t end = tag_end(words, i);
        if (end != 0 && words.ptr[i + 1] == '{')
            return false;
        if (end == 0 && !str_is_space(words.ptr[i]))
            return false;
        has_one |= end != 0;
        i = end != 0 ? end : i + 1;
    }
    return has_one;
}

struct sourcing {
    struct weaver *weaver;
    const struct unit *unit;
    struct buf out;
    struct pieces *inner;
    size_t next; /* of the spots */
};

static void add_mark(struct sourcing *sourcing, const struct piece *piece)
{
    mark_add(&sourcing->out, sourcing->weaver->part->mark, sourcing->inner->len);
    *vec_push(sourcing->weaver->arena, sourcing->inner) = *piece;
}

/* A tag, and behind it what stood in it; a blank there is one. */
static void add_tag(struct sourcing *sourcing, str words, size_t from, size_t end)
{
    const struct unit *unit = sourcing->unit;
    size_t first = sourcing->next;
    for (size_t i = from; i < end; i++) {
        for (; sourcing->next < unit->spots.len && unit->spots.at[sourcing->next].at == i; sourcing->next++)
            if (unit->spots.at[sourcing->next].piece.is_blank)
                buf_add_char(&sourcing->out, ' ');
        buf_add_char(&sourcing->out, str_is_space(words.ptr[i]) ? ' ' : words.ptr[i]);
    }
    for (size_t i = first; i < sourcing->next; i++)
        if (!unit->spots.at[i].piece.is_blank)
            add_mark(sourcing, &unit->spots.at[i].piece);
}

/* The words as a template, with a mark where a piece stands; blanks outside of tags as XML has them: one for many. */
static str source_of(struct weaver *weaver, const struct unit *unit, struct pieces *inner)
{
    str words = {unit->words.ptr, unit->words.len};
    struct sourcing sourcing = {weaver, unit, buf_new(weaver->arena, MODEL_FILLED_MOST), inner, 0};
    bool was_blank = false;
    for (size_t i = 0;;) {
        for (; sourcing.next < unit->spots.len && unit->spots.at[sourcing.next].at <= i; sourcing.next++) {
            add_mark(&sourcing, &unit->spots.at[sourcing.next].piece);
            was_blank = false;
        }
        if (i >= words.len)
            return buf_str(&sourcing.out);
        size_t end = tag_end(words, i);
        bool is_blank = end == 0 && str_is_space(words.ptr[i]);
        if (end != 0)
            add_tag(&sourcing, words, i, end);
        else if (!is_blank || !was_blank)
            buf_add_char(&sourcing.out, is_blank ? ' ' : words.ptr[i]);
        was_blank = is_blank;
        i = end != 0 ? end : i + 1;
    }
}

/* ---- Elements ---- */

static bool weave(struct weaver *weaver, const xmlNode *node);

static bool weave_children(struct weaver *weaver, const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            put_words(weaver, str_of((const char *)child->content));
        else if (child->type == XML_ELEMENT_NODE && !weave(weaver, child))
            return false;
    }
    return true;
}

static const struct template *user_field(const struct weaver *weaver, str name)
{
    for (size_t i = 0; i < weaver->fields.len; i++)
        if (str_eq(weaver->fields.at[i].name, name))
            return weaver->fields.at[i].value;
    return NULL;
}

/* <text:user-field-decl office:string-value="{{ … }}">, which user-field-get shows. */
static void weave_user_field(struct weaver *weaver, const xmlNode *node, const xmlAttr *value)
{
    const struct template *template = template_of(weaver, xml_value(weaver->arena, value));
    struct piece tag = xml_tag(weaver->arena, node, template != NULL ? value : NULL, node->children == NULL);
    if (template != NULL) {
        tag.kind = PIECE_OPEN;
        tag.template = template;
        *vec_push(weaver->arena, &weaver->fields) =
            (struct user_field){xml_said(weaver->arena, node, TEXT, "name"), template};
    }
    put(weaver, tag);
    if (node->children != NULL)
        put(weaver, xml_end(weaver->arena, node));
}

/* Whose children are not as they stand. False: it is none of those. */
static bool weave_special(struct weaver *weaver, const xmlNode *node)
{
    struct piece within = {0};
    const xmlAttr *value = xml_attribute(node, OFFICE, "string-value");
    if (xml_is(node, TEXT, "user-field-decl") && value != NULL) {
        weave_user_field(weaver, node, value);
        return true;
    }
    if (xml_is(node, TEXT, "section") &&
        str_contains(xml_said(weaver->arena, node, TEXT, "name"), STR("form_details"))) {
        within.kind = PIECE_DETAILS;
        weaver->part->has_details = true;
    } else if (xml_is(node, TEXT, "user-field-get")) {
        within.kind = PIECE_FIELD;
        within.template = user_field(weaver, xml_said(weaver->arena, node, TEXT, "name"));
        if (within.template == NULL)
            return false;
    } else {
        return false;
    }
    put(weaver, xml_tag(weaver->arena, node, NULL, false));
    put(weaver, within);
    put(weaver, xml_end(weaver->arena, node));
    return true;
}

/* w.c.s.'s styles of the details, unless the model has one of them. */
static void add_detail_styles(struct weaver *weaver)
{
    static const char *const looks[DETAIL_STYLES][2] = {
        {"Page_20_Title",
         "fo:margin-top=\"0.5cm\"/><style:text-properties fo:font-size=\"130%\" fo:font-weight=\"bold\""},
        {"Form_20_Title",
         "fo:margin-top=\"0.5cm\"/><style:text-properties fo:font-size=\"120%\" fo:font-weight=\"bold\""},
        {"Form_20_Subtitle",
         "fo:margin-top=\"0.5cm\"/><style:text-properties fo:font-size=\"110%\" fo:font-weight=\"bold\""},
        {"Field_20_Label", "fo:margin-top=\"0.5cm\""},
        {"Field_20_Value", "fo:margin-left=\"0.25cm\""},
    };
    if (weaver->has_style || !weaver->weaving->wants_styles)
        return;
    for (size_t i = 0; i < DETAIL_STYLES; i++)
        buf_fmt(&weaver->run,
                "<style:style xmlns:style=\"" STYLE
                "\" xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" style:name=\"%s\""
                " style:family=\"paragraph\"><style:paragraph-properties %s/></style:style>",
                looks[i][0], looks[i][1]);
}

static bool is_detail_style(str name)
{
    static const char *const names[DETAIL_STYLES] = {"Page_20_Title", "Form_20_Title", "Form_20_Subtitle",
                                                     "Field_20_Label", "Field_20_Value"};
    for (size_t i = 0; i < DETAIL_STYLES; i++)
        if (str_eq(name, str_of(names[i])))
            return true;
    return false;
}

/* The element itself, its children by weave. */
static bool weave_element(struct weaver *weaver, const xmlNode *node)
{
    const struct template *outer = weaver->picture;
    bool is_picture = xml_is(node, DRAW, "image") && outer != NULL;
    const xmlAttr *cut = is_picture ? xml_attribute(node, XLINK, "href") : NULL;
    bool is_blank = xml_is(node, TEXT, "s") || xml_is(node, TEXT, "tab") || xml_is(node, TEXT, "line-break");
    struct piece tag = xml_tag(weaver->arena, node, cut, node->children == NULL && cut == NULL);
    tag.is_blank = is_blank && node->children == NULL;
    if (cut != NULL) {
        tag.kind = PIECE_PICTURE;
        tag.template = outer;
        tag.own = xml_value(weaver->arena, cut);
    }
    if (xml_is(node, DRAW, "frame"))
        weaver->picture = template_of(weaver, xml_said(weaver->arena, node, DRAW, "name"));
    if (xml_is(node, STYLE, "style"))
        weaver->has_style |= is_detail_style(xml_said(weaver->arena, node, STYLE, "name"));
    put(weaver, tag);
    bool ok = weave_children(weaver, node);
    if (xml_is(node, OFFICE, "styles") && weaver->unit == NULL)
        add_detail_styles(weaver);
    if (tag.kind != PIECE_XML)
        put(weaver, xml_end(weaver->arena, node));
    weaver->picture = outer;
    return ok;
}

/* ---- Units ---- */

static bool has_words(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if ((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
            str_trim(str_of((const char *)child->content)).len > 0)
            return true;
    return false;
}

static bool is_paragraph(const xmlNode *node)
{
    return xml_is(node, TEXT, "p") || xml_is(node, TEXT, "h");
}

static void add_all_words(const xmlNode *node, struct buf *out)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            add_all_words(child, out);
        else if (child->content != NULL && child->type != XML_COMMENT_NODE && child->type != XML_PI_NODE)
            buf_add(out, str_of((const char *)child->content));
    }
}

/* A paragraph, a row or an item of nothing but tags, in a text that goes beyond it. */
static bool put_control(struct weaver *weaver, const xmlNode *node)
{
    if (!is_paragraph(node) && !xml_is(node, TABLE, "table-row") && !xml_is(node, TEXT, "list-item"))
        return false;
    struct buf words = buf_new(weaver->arena, TAG_MOST);
    add_all_words(node, &words);
    if (words.overflowed || !is_control(buf_str(&words)))
        return false;
    put_words(weaver, buf_str(&words));
    return true;
}

/* What was gathered, where nothing of it is a template. */
static void put_unit(struct weaver *weaver, const struct unit *unit)
{
    str words = {unit->words.ptr, unit->words.len};
    size_t at = 0;
    for (size_t i = 0; i < unit->spots.len; i++) {
        put_words(weaver, str_slice(words, at, unit->spots.at[i].at));
        put(weaver, unit->spots.at[i].piece);
        at = unit->spots.at[i].at;
    }
    put_words(weaver, str_slice(words, at, words.len));
}

/* The element as one text. False: its template is none, and who asks is to try around it. */
static bool weave_unit(struct weaver *weaver, const xmlNode *node)
{
    struct unit unit = {.words = buf_new(weaver->arena, MODEL_FILLED_MOST)};
    struct err err = {0};
    weaver->unit = &unit;
    weave_element(weaver, node);
    weaver->unit = NULL;
    if (!has_tags((str){unit.words.ptr, unit.words.len})) {
        put_unit(weaver, &unit);
        return true;
    }
    struct pieces inner = {0};
    str source = source_of(weaver, &unit, &inner);
    const struct template *template = compile(weaver, source, &err);
    if (template == NULL && weaver->is_whole)
        return false;
    if (template == NULL) {
        tell(weaver, &err);
        put_unit(weaver, &unit);
        return true;
    }
    put(weaver, (struct piece){.kind = PIECE_TEXT, .template = template, .inner = inner.at, .inner_count = inner.len});
    return true;
}

/* What was compiled or told meanwhile is compiled again. */
static void forget(struct weaver *weaver, struct place place, size_t texts, size_t problems)
{
    go_back(weaver, place);
    weaver->weaving->texts->len = texts;
    weaver->weaving->problems->len = problems;
}

static bool weave(struct weaver *weaver, const xmlNode *node)
{
    if (weaver->unit != NULL)
        return put_control(weaver, node) || weave_special(weaver, node) || weave_element(weaver, node);
    if (weave_special(weaver, node))
        return true;
    if (is_paragraph(node) || has_words(node))
        return weave_unit(weaver, node);
    struct place place = place_of(weaver);
    size_t texts = weaver->weaving->texts->len, problems = weaver->weaving->problems->len;
    if (weave_element(weaver, node))
        return true;
    forget(weaver, place, texts, problems);
    return weave_unit(weaver, node);
}

/* A text that is no template wherever it is looked for stays as it is: then each is read by itself. */
static void weave_root(struct weaver *weaver, const xmlNode *root)
{
    size_t texts = weaver->weaving->texts->len, problems = weaver->weaving->problems->len;
    weaver->is_whole = true;
    if (!weave(weaver, root)) {
        forget(weaver, (struct place){0}, texts, problems);
        weaver->is_whole = false;
        weave(weaver, root);
    }
    flush(weaver);
}

bool weave_part(const struct weaving *weaving, str bytes, struct part *out, struct err *err)
{
    xmlDoc *doc = xml_parse(bytes, MODEL_FILLED_MOST, err);
    if (doc == NULL)
        return false;
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct weaver weaver = {.weaving = weaving,
                            .arena = weaving->arena,
                            .part = out,
                            .run = buf_new(weaving->arena, 2 * (size_t)MODEL_FILLED_MOST)};
    const xmlNs *text = xmlSearchNs(doc, (xmlNode *)(uintptr_t)root, (const xmlChar *)"text");
    *out = (struct part){
        .mark = mark_new(weaving->arena),
        .declares_text = text != NULL && strcmp((const char *)text->href, TEXT) == 0,
        .has_paragraphs = !xml_is(root, OFFICE, "document-meta"),
    };
    buf_add(&weaver.run, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    weave_root(&weaver, root);
    xmlFreeDoc(doc);
    return !weaver.run.overflowed || err_set(err, ERR_TOO_LARGE, "Le modèle est trop grand.");
}
