/* urlize and urlizetrunc: URLs and addresses in a text become links, by Django's rules (Django 3.2, utils.html). */
#include "template/blanks.h"
#include "template/filters.h"

#include <string.h>

enum { URL_MOST = 2048 }; /* a longer word is no link: what surrounds it is taken off sign by sign */

struct piece { /* a word without what surrounds it */
    str lead, middle, trail;
};

struct linker {
    struct machine *m;
    struct buf out;
    bool escape;     /* what is not safe yet */
    int64_t longest; /* of what is shown; -1: any */
};

/* What an escaped text holds, and what {% filter upper %} makes of it. */
static str unescape(struct machine *m, str text)
{
    static const struct {
        str entity, text;
    } entities[] = {
        {STR_INIT("&lt;"), STR_INIT("<")},  {STR_INIT("&LT;"), STR_INIT("<")},    {STR_INIT("&gt;"), STR_INIT(">")},
        {STR_INIT("&GT;"), STR_INIT(">")},  {STR_INIT("&quot;"), STR_INIT("\"")}, {STR_INIT("&QUOT;"), STR_INIT("\"")},
        {STR_INIT("&#39;"), STR_INIT("'")}, {STR_INIT("&#x27;"), STR_INIT("'")},  {STR_INIT("&#X27;"), STR_INIT("'")},
        {STR_INIT("&amp;"), STR_INIT("&")}, {STR_INIT("&AMP;"), STR_INIT("&")}};
    if (!str_contains(text, STR("&")))
        return text;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        text = str_replace(m->arena, text, entities[i].entity, entities[i].text);
    return text;
}

static size_t count_of(str text, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == c;
    return count;
}

static void move_to_lead(struct piece *piece)
{
    piece->lead.len++;
    piece->middle = str_slice(piece->middle, 1, piece->middle.len);
}

static void move_to_trail(struct piece *piece, size_t count)
{
    piece->middle.len -= count;
    piece->trail.ptr -= count;
    piece->trail.len += count;
}

static bool trim_brackets(struct piece *piece, char open, char close)
{
    bool trimmed = false;
    if (piece->middle.len > 0 && piece->middle.ptr[0] == open) {
        move_to_lead(piece);
        trimmed = true;
    }
    if (piece->middle.len > 0 && piece->middle.ptr[piece->middle.len - 1] == close &&
        count_of(piece->middle, close) == count_of(piece->middle, open) + 1) {
        move_to_trail(piece, 1);
        trimmed = true;
    }
    return trimmed;
}

/* The semicolon of an entity is no punctuation. */
static bool trim_punctuation(struct machine *m, struct piece *piece)
{
    str plain = unescape(m, piece->middle);
    size_t count = 0;
    while (count < plain.len && strchr(".,:;!", plain.ptr[plain.len - 1 - count]) != NULL)
        count++;
    if (count == 0 || count > piece->middle.len)
        return false;
    move_to_trail(piece, count);
    return true;
}

static struct piece piece_of(struct machine *m, str word)
{
    struct piece piece = {{word.ptr, 0}, word, {word.ptr + word.len, 0}};
    bool trimmed = true;
    while (trimmed) {
        trimmed = trim_brackets(&piece, '(', ')');
        trimmed |= trim_brackets(&piece, '[', ']');
        trimmed |= trim_punctuation(m, &piece);
    }
    return piece;
}

static bool starts_nocase(str text, str prefix)
{
    return text.len >= prefix.len && str_eq_nocase(str_slice(text, 0, prefix.len), prefix);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool has_scheme(str text)
{
    size_t at = starts_nocase(text, STR("http://")) ? 7 : starts_nocase(text, STR("https://")) ? 8 : 0;
    if (at == 0)
        return false;
    at += at < text.len && text.ptr[at] == '[';
    return at < text.len && is_word(text.ptr[at]);
}

/* www.… or a name that ends in an old generic domain, with a path or none. */
static bool looks_like_host(str text)
{
    static const str domains[] = {STR_INIT(".com"), STR_INIT(".edu"), STR_INIT(".gov"), STR_INIT(".int"),
                                  STR_INIT(".mil"), STR_INIT(".net"), STR_INIT(".org")};
    if (starts_nocase(text, STR("www.")))
        return true;
    if (text.len < 5 || !is_word(text.ptr[0]) || starts_nocase(text, STR("http")))
        return false;
    for (size_t at = 2; at < text.len && text.ptr[at - 1] != '@'; at++)
        for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
            str rest = str_slice(text, at, text.len);
            if (starts_nocase(rest, domains[i]) && (rest.len == 4 || rest.ptr[4] == '/'))
                return true;
        }
    return false;
}

static bool is_address(str text)
{
    str user, domain;
    return !str_contains(text, STR(":")) && str_cut(text, '@', &user, &domain) && user.len > 0 && domain.len > 0 &&
           !str_contains(domain, STR("@")) && str_contains(domain, STR(".")) && domain.ptr[0] != '.';
}

static bool is_encoded(str url, size_t at)
{
    return url.ptr[at] == '%' && at + 2 < url.len && hex_digit(url.ptr[at + 1]) >= 0 && hex_digit(url.ptr[at + 2]) >= 0;
}

/* Percent-encodes all but letters, digits and what is kept; what is encoded already stays. */
static void add_quoted(struct buf *out, str part, const char *kept)
{
    for (size_t i = 0; i < part.len; i++) {
        str c = str_slice(part, i, i + 1);
        if ((c.ptr[0] != '\0' && strchr(kept, c.ptr[0]) != NULL) || is_encoded(part, i))
            buf_add_html(out, c);
        else
            buf_add_url(out, c);
    }
}

/* ?name=value&…, each with its sign; nothing where there is no name. */
static void add_quoted_query(struct buf *out, str query)
{
    const char *before = "?";
    while (query.len > 0) {
        str pair, name, value;
        str_cut(query, '&', &pair, &query);
        if (pair.len == 0)
            continue;
        str_cut(pair, '=', &name, &value);
        buf_add(out, str_of(before));
        add_quoted(out, name, "+");
        buf_add_char(out, '=');
        add_quoted(out, value, "+");
        before = "&amp;";
    }
}

static void add_quoted_url(struct buf *out, str url)
{
    static const char *const kept = "!$&'()*+,;=:/?#[]@~";
    str path, query, fragment;
    str_cut(url, '#', &url, &fragment);
    str_cut(url, '?', &path, &query);
    add_quoted(out, path, kept);
    add_quoted_query(out, query);
    if (fragment.len > 0) {
        buf_add_char(out, '#');
        add_quoted(out, fragment, kept);
    }
}

static void add(struct linker *l, str text)
{
    if (l->escape)
        buf_add_html(&l->out, text);
    else
        buf_add(&l->out, text);
}

static void add_link(struct linker *l, const struct piece *piece, const char *prefix, bool nofollow)
{
    str shown = piece->middle;
    if (l->longest >= 0 && (int64_t)utf8_length(shown) > l->longest)
        shown =
            str_fmt(l->m->arena, "%.*s…", STR_ARG(utf8_slice(shown, 0, l->longest > 0 ? (size_t)l->longest - 1 : 0)));
    add(l, piece->lead);
    buf_fmt(&l->out, "<a href=\"%s", prefix);
    if (nofollow) {
        str url = unescape(l->m, piece->middle), rest = url, scheme = STR_EMPTY;
        if (prefix[0] == '\0' && str_cut(url, ':', &scheme, &rest))
            rest = str_slice(url, scheme.len, url.len);
        buf_add(&l->out, str_lower(l->m->arena, scheme));
        add_quoted_url(&l->out, rest);
    } else {
        buf_add_html(&l->out, piece->middle); /* an address is written as it is */
    }
    buf_add(&l->out, nofollow ? STR("\" rel=\"nofollow\">") : STR("\">"));
    add(l, shown);
    buf_add(&l->out, STR("</a>"));
    add(l, piece->trail);
}

static void add_word(struct linker *l, str word)
{
    bool plain = !str_contains(word, STR(".")) && !str_contains(word, STR("@")) && !str_contains(word, STR(":"));
    if (plain || word.len > URL_MOST) {
        add(l, word);
        return;
    }
    struct piece piece = piece_of(l->m, word);
    if (has_scheme(piece.middle))
        add_link(l, &piece, "", true);
    else if (looks_like_host(piece.middle))
        add_link(l, &piece, "http://", true);
    else if (is_address(piece.middle))
        add_link(l, &piece, "mailto:", false);
    else
        add(l, word);
}

static bool parts_words(str text, size_t at, size_t *size)
{
    *size = blank_at(text, at);
    if (*size == 0 && strchr("<>\"'", text.ptr[at]) != NULL)
        *size = 1;
    return *size > 0;
}

static struct value linked(struct machine *m, struct value value, int64_t longest)
{
    struct linker l = {.m = m, .out = filter_buf(m), .escape = m->escape && !value.safe, .longest = longest};
    for (size_t at = 0, size; at < value.text.len && !l.out.overflowed;) {
        size_t from = at;
        while (at < value.text.len && !parts_words(value.text, at, &size))
            at++;
        if (at > from)
            add_word(&l, str_slice(value.text, from, at));
        for (from = at; at < value.text.len && parts_words(value.text, at, &size);)
            at += size;
        add(&l, str_slice(value.text, from, at));
    }
    return value_html(buf_str(&l.out));
}

static struct value apply_urlize(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return linked(m, value, -1);
}

static struct value apply_urlizetrunc(struct machine *m, struct value value, const struct value *argument)
{
    int64_t longest;
    if (!filter_int(m, *argument, &longest))
        return machine_fault(m, "« urlizetrunc » veut une longueur.");
    return linked(m, value, longest < 0 ? 0 : longest);
}

static const struct filter filters[] = {
    {"urlize", apply_urlize, ARGUMENT_NONE, FILTER_TEXT, "Fait des liens des adresses d’un texte.",
     "{{ 'Voir www.exemple.fr'|urlize }}", "Voir <a href=\"http://www.exemple.fr\" rel=\"nofollow\">www.exemple.fr</a>",
     .kinds = GIVES_TEXT},
    {"urlizetrunc", apply_urlizetrunc, ARGUMENT_NEEDED, FILTER_TEXT,
     "Comme « urlize », les adresses montrées coupées à cette longueur.",
     "{{ 'www.exemple.fr/actualites/2026'|urlizetrunc:12 }}",
     "<a href=\"http://www.exemple.fr/actualites/2026\" rel=\"nofollow\">www.exemple…</a>", .takes = &want_integer,
     .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_links, "Liens", filters);
