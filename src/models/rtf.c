/* From an RTF file to its pieces, and back. Its whole text is one template, in which a mark stands for each stretch of
 * the file that is none of it: so a tag that changes of style have cut is whole again. Where that does not compile,
 * each paragraph is one by itself.
 *
 * w.c.s. reads brackets alone here, since « {{ » in the bytes of such a file are two groups. In what people read of it
 * they are tags as they are everywhere. */
#include "models/rtf.h"

#include "base/utf8.h"
#include "models/marks.h"
#include "models/rtf_read.h"

enum { TAG_MOST = 10000 };

struct rtf_piece {
    enum rtf_kind kind;
    str raw;
    size_t group; /* of braces */
};
struct rtf_pieces VEC_OF(struct rtf_piece);

struct rtf_unit {
    const struct template *template; /* NULL: the pieces, one after the other */
    struct rtf_pieces pieces;
};
struct rtf {
    str mark;
    struct VEC_OF(struct rtf_unit) units;
};

/* ---- Tags ---- */

/* The next sign of the same paragraph; false where there is none. */
static bool next_sign(struct rtf_reader *reader, uint32_t *sign)
{
    struct rtf_token token;
    while (rtf_next(reader, &token) && !token.ends_paragraph) {
        *sign = token.sign;
        if (token.kind == RTF_SIGN)
            return true;
    }
    return false;
}

static bool stands_in_bracket(uint32_t sign)
{
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || (sign >= '0' && sign <= '9') ||
           sign == '_' || sign == '-' || sign == '.' || sign == ' ' || sign >= 0x80;
}

/* Behind « [form_var_x] », « [is x "v"] » or « [[] », whose first sign was read; 0: it is none. */
static size_t bracket_end(struct rtf_reader reader)
{
    uint32_t sign;
    bool is_quoted = false;
    for (size_t i = 0; i < TAG_MOST && next_sign(&reader, &sign); i++) {
        if (sign == ']' && !is_quoted)
            return reader.at;
        if (sign == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && !stands_in_bracket(sign) && !(sign == '[' && i == 0))
            return 0;
    }
    return 0;
}

/* Behind « {{ x }} », « {% x %} » or « {# x #} », whose first sign was read; 0: it is none. */
static size_t brace_end(struct rtf_reader reader)
{
    uint32_t kind, sign, last = 0;
    if (!next_sign(&reader, &kind) || (kind != '{' && kind != '%' && kind != '#'))
        return 0;
    for (size_t i = 0; i < TAG_MOST && next_sign(&reader, &sign); i++) {
        if (last == (kind == '{' ? '}' : kind) && sign == '}')
            return reader.at;
        if (last == '{' && (sign == '{' || sign == '%' || sign == '#'))
            return 0;
        last = sign;
    }
    return 0;
}

static size_t tag_end(const struct rtf_reader *reader, const struct rtf_token *token)
{
    bool is_sign = token->kind == RTF_SIGN;
    return is_sign && token->sign == '['   ? bracket_end(*reader)
           : is_sign && token->sign == '{' ? brace_end(*reader)
                                           : 0;
}

/* ---- Units ---- */

struct builder {
    struct arena *arena;
    struct rtf *rtf;
    str where;
    struct model_texts *texts;
    struct rtf_reader reader;
    struct buf source;
    struct rtf_pieces pieces;
    str run; /* of the file, until the next piece */
    bool has_tags;
};

static void put_piece(struct builder *builder, struct rtf_piece piece)
{
    mark_add(&builder->source, builder->rtf->mark, builder->pieces.len);
    *vec_push(builder->arena, &builder->pieces) = piece;
}

static void flush(struct builder *builder)
{
    if (builder->run.len > 0)
        put_piece(builder, (struct rtf_piece){.kind = RTF_OTHER, .raw = builder->run});
    builder->run.len = 0;
}

static void put(struct builder *builder, const struct rtf_token *token)
{
    if (token->kind == RTF_OPEN || token->kind == RTF_CLOSE) {
        flush(builder);
        put_piece(builder, (struct rtf_piece){token->kind, token->raw, token->group});
        return;
    }
    if (builder->run.len == 0)
        builder->run.ptr = token->raw.ptr;
    builder->run.len += token->raw.len;
}

/* A control word that is not ended would take what comes instead of the tag for its own. */
static void end_word(struct builder *builder, const struct rtf_token *last)
{
    flush(builder);
    if (last->lacks_end)
        put_piece(builder, (struct rtf_piece){.kind = RTF_OTHER, .raw = STR(" ")});
}

/* The signs of the tag, and behind it what stood among them. */
static void put_tag(struct builder *builder, const struct rtf_token *first, size_t end)
{
    struct VEC_OF(struct rtf_token) among = {0};
    struct rtf_token token = *first;
    char bytes[4];
    do {
        if (token.kind == RTF_SIGN)
            buf_add(&builder->source, (str){bytes, utf8_encode(token.sign, bytes)});
        else
            *vec_push(builder->arena, &among) = token;
    } while (builder->reader.at < end && rtf_next(&builder->reader, &token));
    for (size_t i = 0; i < among.len; i++) {
        put(builder, &among.at[i]);
        end_word(builder, &among.at[i]);
    }
    builder->has_tags = true;
}

/* Reads a paragraph, or all. Without tags, they are like other text. False at the end. */
static bool gather(struct builder *builder, bool is_whole, bool takes_tags)
{
    struct rtf_token token, last = {0};
    builder->source = buf_new(builder->arena, 2 * (size_t)MODEL_FILLED_MOST);
    builder->pieces = (struct rtf_pieces){0};
    builder->has_tags = false;
    while (rtf_next(&builder->reader, &token)) {
        size_t end = takes_tags ? tag_end(&builder->reader, &token) : 0;
        if (end != 0) {
            end_word(builder, &last);
            put_tag(builder, &token, end);
            token = (struct rtf_token){0};
        } else {
            put(builder, &token);
        }
        last = token;
        if (token.ends_paragraph && !is_whole)
            break;
    }
    flush(builder);
    return builder->pieces.len > 0 || builder->has_tags;
}

/* What was gathered. False: its template is none, and err says why. */
static bool keep(struct builder *builder, struct err *err)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = builder->where, .keep_ends = true};
    struct rtf_unit unit = {NULL, builder->pieces};
    if (builder->has_tags) {
        unit.template = template_compile(builder->arena, buf_str(&builder->source), &settings, err);
        if (unit.template == NULL)
            return false;
        *vec_push(builder->arena, builder->texts) = unit.template;
    }
    *vec_push(builder->arena, &builder->rtf->units) = unit;
    return true;
}

static void gather_paragraphs(struct builder *builder, struct model_problems *problems)
{
    struct rtf_reader before = builder->reader;
    for (struct err err = {0}; gather(builder, false, true); before = builder->reader, err = (struct err){0}) {
        if (keep(builder, &err))
            continue;
        *vec_push(builder->arena, problems) =
            (struct model_problem){.message = str_dup(builder->arena, str_of(err.message))};
        builder->reader = before;
        gather(builder, false, false);
        keep(builder, &err);
    }
}

const struct rtf *rtf_compile(struct arena *arena, str bytes, str where, struct model_texts *texts,
                              struct model_problems *problems)
{
    struct rtf *rtf = arena_new_of(arena, struct rtf);
    struct builder builder = {
        .arena = arena, .rtf = rtf, .where = where, .texts = texts, .reader = rtf_reader_of(arena, bytes)};
    struct err err = {0};
    rtf->mark = mark_new(arena);
    gather(&builder, true, true);
    if (keep(&builder, &err))
        return rtf;
    builder.reader = rtf_reader_of(arena, bytes);
    gather_paragraphs(&builder, problems);
    return rtf;
}

/* ---- Filling ---- */

struct writer {
    struct arena *arena;
    struct buf out;
    struct VEC_OF(size_t) begun; /* groups */
};

/* Conditions and loops may leave out a brace without the other: what is begun is ended once, and nothing else is. */
static void end_group(struct writer *writer, size_t group)
{
    size_t at = writer->begun.len;
    while (at > 0 && writer->begun.at[at - 1] != group)
        at--;
    for (; at > 0 && writer->begun.len >= at; writer->begun.len--)
        buf_add_char(&writer->out, '}');
}

static void add_piece(struct writer *writer, const struct rtf_piece *piece)
{
    if (piece->kind == RTF_CLOSE) {
        end_group(writer, piece->group);
        return;
    }
    buf_add(&writer->out, piece->raw);
    if (piece->kind == RTF_OPEN)
        *vec_push(writer->arena, &writer->begun) = piece->group;
}

static void add_unit_of_16_bits(struct buf *out, uint32_t unit)
{
    buf_fmt(out, "\\u%d?", unit > 0x7FFF ? (int)unit - 0x10000 : (int)unit);
}

/* Beyond ASCII: in two halves where 16 bits are not enough. */
static void add_far_sign(struct buf *out, uint32_t sign)
{
    if (sign < 0x10000) {
        add_unit_of_16_bits(out, sign);
        return;
    }
    add_unit_of_16_bits(out, 0xD800 + ((sign - 0x10000) >> 10));
    add_unit_of_16_bits(out, 0xDC00 + ((sign - 0x10000) & 0x3FF));
}

static void add_near_sign(struct buf *out, char sign)
{
    if (sign == '\n')
        buf_add(out, STR("\\line "));
    else if (sign == '\t')
        buf_add(out, STR("\\tab "));
    else if (sign == '\\' || sign == '{' || sign == '}')
        buf_fmt(out, "\\%c", sign);
    else if (sign >= ' ' && sign < 0x7F)
        buf_add_char(out, sign);
}

/* In a group of its own: whatever stands before and behind, they are nothing but text. */
static void add_words(struct writer *writer, str words)
{
    if (words.len == 0)
        return;
    buf_add(&writer->out, STR("{\\uc1 "));
    for (size_t i = 0; i < words.len;) {
        uint32_t sign = utf8_next(words, &i);
        if (sign < 0x80)
            add_near_sign(&writer->out, (char)sign);
        else
            add_far_sign(&writer->out, sign);
    }
    buf_add_char(&writer->out, '}');
}

static void add_unit(struct writer *writer, const struct rtf *rtf, const struct rtf_unit *unit, struct render *render)
{
    if (unit->template == NULL) {
        for (size_t i = 0; i < unit->pieces.len; i++)
            add_piece(writer, &unit->pieces.at[i]);
        return;
    }
    str text = marked_text(unit->template, render), words;
    for (size_t at = 0, index; mark_next(text, rtf->mark, unit->pieces.len, &at, &words, &index);) {
        add_words(writer, words);
        if (index != SIZE_MAX)
            add_piece(writer, &unit->pieces.at[index]);
    }
}

bool rtf_fill(const struct rtf *rtf, struct render *render, str *out, struct err *err)
{
    struct writer writer = {render->arena, buf_new(render->arena, MODEL_FILLED_MOST), {0}};
    for (size_t i = 0; i < rtf->units.len; i++)
        add_unit(&writer, rtf, &rtf->units.at[i], render);
    if (writer.begun.len > 0)
        end_group(&writer, writer.begun.at[0]);
    *out = buf_str(&writer.out);
    return !writer.out.overflowed || err_set(err, ERR_TOO_LARGE, "Le document rempli est trop grand.");
}
