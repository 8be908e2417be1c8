#include "models/fill.h"

#include "base/random.h"
#include "base/utf8.h"
#include "models/marks.h"

enum { PICTURES_BYTES_MOST = 32 << 20, NAME_LENGTH = 32 };

struct writer {
    struct filling *filling;
    const struct part *part;
    struct buf *out;
    bool was_blank; /* XML makes one of several blanks: the next one is written as an element */
};

/* ---- Words ---- */

static void add_text_element(struct writer *writer, const char *name)
{
    buf_fmt(writer->out, "<text:%s%s/>", name,
            writer->part->declares_text ? "" : " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"");
}

/* A sign of ASCII in a paragraph. */
static void add_sign(struct writer *writer, char c)
{
    bool is_blank = c == ' ';
    if (c == '\n')
        add_text_element(writer, "line-break");
    else if (c == '\t')
        add_text_element(writer, "tab");
    else if (is_blank && writer->was_blank)
        add_text_element(writer, "s");
    else if ((unsigned char)c >= ' ') /* XML has no place for the others */
        buf_add_html(writer->out, (str){&c, 1});
    writer->was_blank = is_blank;
}

/* Plain text, between tags. */
static void add_words(struct writer *writer, str words)
{
    for (size_t i = 0; i < words.len; i++) {
        unsigned char c = (unsigned char)words.ptr[i];
        if (c < 0x80) {
            add_sign(writer, words.ptr[i]);
            continue;
        }
        size_t next = i;
        uint32_t sign = utf8_next(words, &next);
        if (sign != 0xFFFE && sign != 0xFFFF)
            buf_add(writer->out, str_slice(words, i, next));
        writer->was_blank = false;
        i = next - 1;
    }
}

/* In one line, without elements: of an attribute, or of a datum of the document. */
static str in_one_line(struct writer *writer, str words)
{
    struct arena *arena = writer->filling->render->arena;
    char *line = arena_copy(arena, words.ptr, words.len);
    size_t len = 0;
    for (size_t i = 0; i < words.len; i++)
        if ((unsigned char)words.ptr[i] >= ' ')
            line[len++] = words.ptr[i];
        else if (str_is_space(words.ptr[i]))
            line[len++] = ' ';
    return (str){line, len};
}

static str text_of(struct writer *writer, const struct template *template)
{
    return marked_text(template, writer->filling->render);
}

static void add_line(struct writer *writer, str words)
{
    buf_add_html(writer->out, in_one_line(writer, words));
}

/* ---- Pictures ---- */

static const char *end_of_type(str type)
{
    static const char *const known[][2] = {
        {"image/png", "png"}, {"image/jpeg", "jpg"}, {"image/gif", "gif"}, {"image/webp", "webp"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(type, str_of(known[i][0])))
            return known[i][1];
    return NULL;
}

/* Where the picture of the frame is in the document that is made. */
static str path_of_picture(struct filling *filling, const struct piece *piece)
{
    struct arena *arena = filling->render->arena;
    struct picture picture = {0};
    const struct model_tools *tools = filling->tools;
    struct value value = template_value(piece->template, filling->render);
    if (tools->picture == NULL || !tools->picture(tools->data, value, &picture.bytes, &picture.type))
        return piece->own;
    const char *end = end_of_type(picture.type);
    if (end == NULL || picture.bytes.len > PICTURES_BYTES_MOST - filling->picture_bytes)
        return piece->own;
    filling->picture_bytes += picture.bytes.len;
    str name = random_text(arena, NAME_LENGTH, STR("0123456789abcdef")); /* the model has none of that name */
    picture.path = str_fmt(arena, "Pictures/%.*s.%s", STR_ARG(name), end);
    *vec_push(arena, &filling->pictures) = picture;
    return picture.path;
}

/* ---- Details ---- */

static void add_detail(struct writer *writer, const struct model_detail *detail)
{
    static const struct {
        const char *tag, *style;
        int level;
    } looks[] = {[DETAIL_PAGE] = {"h", "Page_20_Title", 1},
                 [DETAIL_TITLE] = {"h", "Form_20_Title", 2},
                 [DETAIL_LABEL] = {"p", "Field_20_Label", 0},
                 [DETAIL_VALUE] = {"p", "Field_20_Value", 0}};
    const char *tag = looks[detail->kind].tag;
    buf_fmt(writer->out,
            "<text:%s xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" text:style-name=\"%s\"", tag,
            looks[detail->kind].style);
    if (looks[detail->kind].level > 0)
        buf_fmt(writer->out, " text:outline-level=\"%d\"", looks[detail->kind].level);
    buf_add_char(writer->out, '>');
    writer->was_blank = true; /* at the beginning of a paragraph they don't count either */
    add_words(writer, detail->text);
    buf_fmt(writer->out, "</text:%s>", tag);
}

static void add_details(struct writer *writer)
{
    struct model_details details = {0};
    const struct model_tools *tools = writer->filling->tools;
    if (tools->details == NULL)
        return;
    tools->details(tools->data, &details);
    for (size_t i = 0; i < details.len; i++)
        add_detail(writer, &details.at[i]);
}

/* ---- Pieces ---- */

static void add_unit(struct writer *writer, const struct piece *unit);

static void add_piece(struct writer *writer, const struct piece *piece)
{
    switch (piece->kind) {
    case PIECE_TEXT:
        add_unit(writer, piece);
        return;
    case PIECE_FIELD:
        add_line(writer, text_of(writer, piece->template));
        return;
    case PIECE_DETAILS:
        add_details(writer);
        return;
    case PIECE_PICTURE:
        buf_add(writer->out, piece->xml);
        buf_add_html(writer->out, path_of_picture(writer->filling, piece));
        buf_add(writer->out, piece->tail);
        return;
    case PIECE_XML:
    case PIECE_OPEN:
    case PIECE_CLOSE:
        break;
    }
    buf_add(writer->out, piece->xml);
    if (piece->template != NULL) {
        add_line(writer, text_of(writer, piece->template));
        buf_add(writer->out, piece->tail);
    }
}

/* Conditions and loops may leave out a begin-tag without its end-tag: whatever they leave, what is begun is ended once,
 * and nothing else is. */
struct begun VEC_OF(str);

static void end_last(struct writer *writer, struct begun *begun)
{
    begun->len--;
    buf_fmt(writer->out, "</%.*s>", STR_ARG(begun->at[begun->len]));
}

static void end_one(struct writer *writer, struct begun *begun, str name)
{
    size_t at = begun->len;
    while (at > 0 && !str_eq(begun->at[at - 1], name))
        at--;
    while (at > 0 && begun->len >= at)
        end_last(writer, begun);
}

static void add_marked(struct writer *writer, const struct piece *piece, struct begun *begun)
{
    writer->was_blank = piece->is_blank || piece->kind == PIECE_CLOSE ? false : writer->was_blank;
    if (piece->kind == PIECE_CLOSE) {
        end_one(writer, begun, piece->name);
        return;
    }
    add_piece(writer, piece);
    bool begins = piece->kind == PIECE_PICTURE || (piece->kind == PIECE_OPEN && !str_ends(piece->tail, STR("/>")));
    if (begins)
        *vec_push(writer->filling->render->arena, begun) = piece->name;
}

static void add_unit(struct writer *writer, const struct piece *unit)
{
    str text = text_of(writer, unit->template);
    struct begun begun = {0};
    writer->was_blank = false;
    str words;
    for (size_t at = 0, index; mark_next(text, writer->part->mark, unit->inner_count, &at, &words, &index);) {
        if (writer->part->has_paragraphs)
            add_words(writer, words);
        else
            add_line(writer, words);
        if (index != SIZE_MAX)
            add_marked(writer, &unit->inner[index], &begun);
    }
    while (begun.len > 0)
        end_last(writer, &begun);
}

void fill_part(struct filling *filling, const struct part *part, struct buf *out)
{
    struct writer writer = {filling, part, out, false};
    for (size_t i = 0; i < part->pieces.len; i++)
        add_piece(&writer, &part->pieces.at[i]);
}
