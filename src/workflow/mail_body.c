/* The two parts of a mail whose text is plain, with the little markup that definitions use (reStructuredText's links
 * `text <address>`_, **strong**): what a text reader sees and what an HTML reader sees. */
#include "workflow/model.h"

enum { LINK_MOST = 2000 };

enum piece_kind { PIECE_TEXT, PIECE_LINK, PIECE_STRONG, PIECE_ADDRESS };
struct piece {
    enum piece_kind kind;
    str text, url;
};

/* `text <url>`_ at the beginning of s. */
static bool read_link(str s, struct piece *piece, size_t *len)
{
    size_t end = s.ptr[0] != '`' ? SIZE_MAX : str_find(str_slice(s, 0, LINK_MOST), STR(">`_"), 1);
    if (end == SIZE_MAX)
        return false;
    str inside = str_slice(s, 1, end), text, url;
    if (!str_cut(inside, '<', &text, &url) || str_contains(text, STR("`")))
        return false;
    *piece = (struct piece){PIECE_LINK, str_trim(text), str_trim(url)};
    *len = end + STR(">`_").len;
    if (*len < s.len && s.ptr[*len] == '_')
        ++*len;
    return true;
}

static bool read_strong(str s, struct piece *piece, size_t *len)
{
    size_t end = str_starts(s, STR("**")) ? str_find(str_slice(s, 0, LINK_MOST), STR("**"), 2) : SIZE_MAX;
    if (end == SIZE_MAX || end == 2 || str_contains(str_slice(s, 2, end), STR("\n")))
        return false;
    *piece = (struct piece){PIECE_STRONG, str_slice(s, 2, end), STR_EMPTY};
    *len = end + 2;
    return true;
}

static bool ends_address(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '<' || c == '>' || c == '"';
}

static bool read_address(str s, struct piece *piece, size_t *len)
{
    if (!str_starts(s, STR("https://")) && !str_starts(s, STR("http://")))
        return false;
    size_t end = 0;
    while (end < s.len && !ends_address(s.ptr[end]))
        end++;
    while (end && (s.ptr[end - 1] == '.' || s.ptr[end - 1] == ',' || s.ptr[end - 1] == ')'))
        end--;
    *piece = (struct piece){PIECE_ADDRESS, str_slice(s, 0, end), str_slice(s, 0, end)};
    *len = end;
    return true;
}

static bool next_piece(str *rest, struct piece *piece)
{
    if (str_is_empty(*rest))
        return false;
    struct piece marked;
    size_t len;
    for (size_t i = 0; i < rest->len; i++) {
        str here = str_slice(*rest, i, SIZE_MAX);
        if (!read_link(here, &marked, &len) && !read_strong(here, &marked, &len) && !read_address(here, &marked, &len))
            continue;
        if (i > 0) {
            *piece = (struct piece){PIECE_TEXT, str_slice(*rest, 0, i), STR_EMPTY};
            *rest = here;
            return true;
        }
        *piece = marked;
        *rest = str_slice(*rest, len, SIZE_MAX);
        return true;
    }
    *piece = (struct piece){PIECE_TEXT, *rest, STR_EMPTY};
    *rest = STR_EMPTY;
    return true;
}

/* Ends of lines without blanks, at most one empty line in a row: templates leave many behind. */
static str tidy(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, MAIL_MOST);
    size_t empty = 0;
    text = str_replace(arena, text, STR("\r\n"), STR("\n"));
    for (str line, rest = str_trim(text); str_next(&rest, '\n', &line);) {
        size_t end = line.len;
        while (end && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t'))
            end--;
        empty = end ? 0 : empty + 1;
        if (empty > 1)
            continue;
        buf_add(&out, str_slice(line, 0, end));
        buf_add_char(&out, '\n');
    }
    return str_trim(buf_str(&out));
}

enum template_kind mail_body_kind(str body)
{
    return str_starts(str_trim(body), STR("<")) ? TEMPLATE_HTML : TEMPLATE_TEXT;
}

struct mail_body engine_mail_body(struct engine *engine, const struct template *template)
{
    struct mail_buttons *buttons = arena_new_of(engine->arena, struct mail_buttons);
    engine->dossier->buttons = buttons;
    str text = engine_text(engine, template);
    engine->dossier->buttons = NULL;
    return (struct mail_body){text, template != NULL && template_is_html(template), buttons};
}

static str without_tags(struct arena *arena, str html)
{
    struct buf out = buf_new(arena, MAIL_MOST);
    bool in_tag = false;
    for (size_t i = 0; i < html.len; i++) {
        if (html.ptr[i] == '<') {
            str tag = str_slice(html, i, i + 4);
            if (str_starts(tag, STR("</p")) || str_starts(tag, STR("<br")) || str_starts(tag, STR("</di")) ||
                str_starts(tag, STR("</li")))
                buf_add_char(&out, '\n');
            in_tag = true;
        }
        if (!in_tag)
            buf_add_char(&out, html.ptr[i]);
        if (html.ptr[i] == '>')
            in_tag = false;
    }
    str text = buf_str(&out);
    static const struct {
        str entity, sign;
    } entities[] = {{STR_INIT("&nbsp;"), STR_INIT("\xc2\xa0")}, {STR_INIT("&lt;"), STR_INIT("<")},
                    {STR_INIT("&gt;"), STR_INIT(">")},          {STR_INIT("&quot;"), STR_INIT("\"")},
                    {STR_INIT("&#x27;"), STR_INIT("'")},        {STR_INIT("&#39;"), STR_INIT("'")},
                    {STR_INIT("&amp;"), STR_INIT("&")}};
    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
        text = str_replace(arena, text, entities[i].entity, entities[i].sign);
    return text;
}

static str plain_text(struct arena *arena, struct mail_body body)
{
    if (body.is_html)
        return tidy(arena, without_tags(arena, body.text));
    struct buf out = buf_new(arena, MAIL_MOST);
    struct piece piece;
    for (str rest = body.text; next_piece(&rest, &piece);) {
        buf_add(&out, piece.text);
        if (piece.kind != PIECE_LINK || str_eq(piece.text, piece.url))
            continue;
        buf_add(&out, piece.text.len ? STR(" ") : STR_EMPTY);
        buf_add(&out, piece.url);
    }
    return tidy(arena, buf_str(&out));
}

str mail_plain(struct arena *arena, struct mail_body body)
{
    return buttons_in(arena, plain_text(arena, body), body.buttons, BUTTON_AS_TEXT);
}

static void add_lines(struct buf *out, str text)
{
    for (size_t i = 0, from = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n')
            continue;
        buf_add_html(out, str_slice(text, from, i));
        if (i < text.len)
            buf_add(out, STR("<br>\n"));
        from = i + 1;
    }
}

static void add_link(struct buf *out, const struct piece *piece)
{
    bool is_web = str_starts(piece->url, STR("https://")) || str_starts(piece->url, STR("http://")) ||
                  str_starts(piece->url, STR("mailto:"));
    if (!is_web) {
        buf_add_html(out, piece->text);
        return;
    }
    buf_add(out, STR("<a href=\""));
    buf_add_html(out, piece->url);
    buf_add(out, STR("\">"));
    buf_add_html(out, piece->text.len ? piece->text : piece->url);
    buf_add(out, STR("</a>"));
}

static void add_paragraph(struct buf *out, str text)
{
    struct piece piece;
    buf_add(out, STR("<p>"));
    for (str rest = text; next_piece(&rest, &piece);) {
        if (piece.kind == PIECE_TEXT) {
            add_lines(out, piece.text);
        } else if (piece.kind == PIECE_STRONG) {
            buf_add(out, STR("<strong>"));
            buf_add_html(out, piece.text);
            buf_add(out, STR("</strong>"));
        } else {
            add_link(out, &piece);
        }
    }
    buf_add(out, STR("</p>\n"));
}

static str html_text(struct arena *arena, struct mail_body body)
{
    if (body.is_html)
        return body.text;
    str text = tidy(arena, body.text);
    struct buf out = buf_new(arena, MAIL_MOST);
    while (text.len) {
        size_t end = str_find(text, STR("\n\n"), 0);
        str paragraph = str_slice(text, 0, end);
        text = end == SIZE_MAX ? STR_EMPTY : str_slice(text, end + 2, SIZE_MAX);
        add_paragraph(&out, paragraph);
    }
    return buf_str(&out);
}

str mail_html(struct arena *arena, struct mail_body body)
{
    return buttons_in(arena, html_text(arena, body), body.buttons, BUTTON_AS_HTML);
}
