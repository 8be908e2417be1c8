/* Filters that make or take HTML and other written forms: escape, linebreaks, striptags, urlencode … */
#include "template/filters.h"
#include "template/python_json.h"

#include <stdlib.h>
#include <string.h>

static str escaped(struct machine *m, str text)
{
    struct buf out = filter_buf(m);
    buf_add_html(&out, text);
    return buf_str(&out);
}

static struct value apply_escape(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value.safe ? value : value_html(escaped(m, value.text));
}

static struct value apply_force_escape(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_html(escaped(m, value.text));
}

static struct value apply_safe(struct machine *m, struct value value, const struct value *argument)
{
    (void)m;
    (void)argument;
    value.safe = true;
    return value;
}

static struct value apply_safeseq(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    const struct value_list *items;
    struct value_list *safe = value_list_new(m->arena);
    if (!value_items(m->arena, value, &items))
        return machine_fault(m, "« safeseq » veut une liste.");
    for (size_t i = 0; i < items->len; i++)
        value_list_add(m->arena, safe, value_html(machine_str(m, items->at[i])));
    return value_list(safe);
}

static str unix_lines(struct machine *m, str text)
{
    text = str_replace(m->arena, text, STR("\r\n"), STR("\n"));
    return str_replace(m->arena, text, STR("\r"), STR("\n"));
}

static struct value apply_linebreaksbr(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    value.text = filter_escape(m, value);
    return value_html(str_replace(m->arena, unix_lines(m, value.text), STR("\n"), STR("<br>")));
}

/* Paragraphs are parted by an empty line or more. */
static struct value apply_linebreaks(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    str text = unix_lines(m, filter_escape(m, value));
    struct buf out = filter_buf(m);
    for (size_t at = 0, end; at <= text.len; at = end) {
        size_t gap = str_find(text, STR("\n\n"), at);
        size_t stop = gap == SIZE_MAX ? text.len : gap;
        if (at > 0)
            buf_add(&out, STR("\n\n"));
        buf_add(&out, STR("<p>"));
        buf_add(&out, str_replace(m->arena, str_slice(text, at, stop), STR("\n"), STR("<br>")));
        buf_add(&out, STR("</p>"));
        for (end = stop; end < text.len && text.ptr[end] == '\n';)
            end++;
        if (gap == SIZE_MAX)
            break;
    }
    return value_html(buf_str(&out));
}

enum { TAG_MOST = 8192 }; /* a < without its > within that length is a text */

/* Where the tag, comment or declaration that begins at from ends; from itself where none begins there. */
static size_t markup_end(str text, size_t from)
{
    if (from + 1 >= text.len)
        return from;
    if (str_starts(str_slice(text, from, text.len), STR("<!--"))) {
        size_t end = str_find(text, STR("-->"), from + 4);
        return end == SIZE_MAX ? text.len : end + 3;
    }
    char c = text.ptr[from + 1];
    bool opens = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!' || c == '?';
    if (!opens)
        return from;
    char quote = '\0';
    for (size_t i = from + 1; i < text.len && i - from < TAG_MOST; i++) {
        if (quote != '\0')
            quote = text.ptr[i] == quote ? '\0' : quote;
        else if (text.ptr[i] == '>')
            return i + 1;
        else if ((text.ptr[i] == '"' || text.ptr[i] == '\'') && text.ptr[i - 1] == '=')
            quote = text.ptr[i];
    }
    return from;
}

/* The name of the tag that markup is: « br » of « <br /> », « p » of « </p> ». */
static str markup_name(str markup)
{
    size_t from = markup.len > 1 && markup.ptr[1] == '/' ? 2 : 1, to = from;
    while (to < markup.len && strchr(" \t\r\n/>", markup.ptr[to]) == NULL)
        to++;
    return str_slice(markup, from, to);
}

static bool is_kept(str name, str keep)
{
    for (str part; str_next(&keep, ',', &part);)
        if (name.len > 0 && str_eq_nocase(str_trim(part), name))
            return true;
    return false;
}

/* Where </name> begins, or the text's end. */
static size_t closing_of(str text, str name, size_t from)
{
    for (; (from = str_find(text, STR("</"), from)) != SIZE_MAX; from += 2) {
        str rest = str_slice(text, from + 2, text.len);
        if (str_eq_nocase(str_slice(rest, 0, name.len), name) &&
            str_starts(str_trim(str_slice(rest, name.len, rest.len)), STR(">")))
            return from;
    }
    return text.len;
}

/* What stands in a script or a style that never ends is no text, as for Python's parser. Looking for the end is
 * charged, since each opening looks again. */
static size_t end_of_unclosed(struct machine *m, str text, str markup, size_t end)
{
    str name = markup_name(markup);
    bool is_raw = str_eq_nocase(name, STR("script")) || str_eq_nocase(name, STR("style"));
    if (!is_raw || markup.ptr[1] == '/' || str_ends(markup, STR("/>")))
        return end;
    size_t closing = closing_of(text, name, end);
    machine_charge(m, closing - end);
    return closing == text.len ? text.len : end;
}

/* Tags are dropped, but for those named, which lose their attributes. What begins like one and never ends was read in
 * vain, as often as it begins: that is charged, and ends the work where there is too much of it. */
static str without_tags(struct machine *m, str text, str keep)
{
    struct buf out = filter_buf(m);
    for (size_t at = 0; at < text.len && m->steps_left > 0;) {
        bool opens = text.ptr[at] == '<';
        size_t end = opens ? markup_end(text, at) : at;
        if (end == at) {
            if (opens)
                machine_charge(m, TAG_MOST);
            buf_add_char(&out, text.ptr[at++]);
            continue;
        }
        str markup = str_slice(text, at, end), name = markup_name(markup);
        if (is_kept(name, keep)) {
            bool closes = markup.ptr[1] == '/', empty = str_ends(markup, STR("/>"));
            buf_fmt(&out, "<%s%.*s%s>", closes ? "/" : "", STR_ARG(name), empty ? " /" : "");
        }
        at = end_of_unclosed(m, text, markup, end);
    }
    return buf_str(&out);
}

static struct value apply_striptags(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_text(without_tags(m, value.text, STR_EMPTY));
}

static struct value apply_stripsometags(struct machine *m, struct value value, const struct value *argument)
{
    return value_html(without_tags(m, value.text, argument == NULL ? STR_EMPTY : filter_text(m, *argument)));
}

static struct value percent_encoded(struct machine *m, str text, str kept)
{
    struct buf out = filter_buf(m);
    for (size_t i = 0; i < text.len; i++) {
        if (kept.len > 0 && (unsigned char)text.ptr[i] < 0x80 && memchr(kept.ptr, text.ptr[i], kept.len) != NULL)
            buf_add_char(&out, text.ptr[i]);
        else
            buf_add_url(&out, str_slice(text, i, i + 1));
    }
    return value_text(buf_str(&out));
}

/* The characters of a list of numbers, as Python's bytes takes them; those beyond ASCII do not count. */
static bool codes_of(struct machine *m, struct value from, str *out)
{
    const struct value_list *items;
    struct buf codes = filter_buf(m);
    if (from.kind == VALUE_TEXT || !value_items(m->arena, from, &items))
        return false;
    for (size_t i = 0; i < items->len; i++) {
        if (items->at[i].kind != VALUE_INT || items->at[i].integer < 0)
            return false;
        if (items->at[i].integer < 0x80)
            buf_add_char(&codes, (char)items->at[i].integer);
    }
    *out = buf_str(&codes);
    return true;
}

static struct value apply_urlencode(struct machine *m, struct value value, const struct value *argument)
{
    if (argument == NULL || argument->kind == VALUE_NONE)
        return percent_encoded(m, value.text, STR("/"));
    if (value.text.len == 0 || argument->kind == VALUE_TEXT || machine_is_wcs(m))
        return percent_encoded(m, value.text, filter_text(m, *argument));
    str codes;
    return codes_of(m, value_plain(m->arena, *argument), &codes) ? percent_encoded(m, value.text, codes) : VALUE_RAISED;
}

static struct value apply_iriencode(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return percent_encoded(m, value.text, STR("/#%[]=:;$&()+,!?*@'~"));
}

static struct value apply_addslashes(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    for (size_t i = 0; i < value.text.len; i++) {
        if (strchr("\\\"'", value.text.ptr[i]) != NULL && value.text.ptr[i] != '\0')
            buf_add_char(&out, '\\');
        buf_add_char(&out, value.text.ptr[i]);
    }
    return value_text(buf_str(&out));
}

static struct value apply_escapejs(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    for (size_t at = 0, from; at < value.text.len;) {
        from = at;
        uint32_t c = utf8_next(value.text, &at);
        bool special =
            c < 0x20 || c == 0x7F || c == 0x2028 || c == 0x2029 || (c < 0x80 && strchr("\\'\"<>&=-;`", (int)c) != NULL);
        if (special)
            buf_fmt(&out, "\\u%04X", (unsigned)c);
        else
            buf_add(&out, str_slice(value.text, from, at));
    }
    return value_html(buf_str(&out));
}

static struct value apply_linenumbers(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    str line, rest = filter_escape(m, value);
    size_t lines = 1, number = 1;
    for (size_t i = 0; i < rest.len; i++)
        lines += rest.ptr[i] == '\n';
    int width = (int)str_fmt(m->arena, "%zu", lines).len;
    for (bool more = true; more; number++) {
        more = str_cut(rest, '\n', &line, &rest);
        buf_fmt(&out, "%0*zu. ", width, number);
        buf_add(&out, line);
        if (more)
            buf_add_char(&out, '\n');
    }
    return value_html(buf_str(&out));
}

static struct value apply_json_dumps(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    python_json(&out, value_to_json(m->arena, value));
    return value_html(buf_str(&out));
}

static struct value apply_json_script(struct machine *m, struct value value, const struct value *argument)
{
    struct buf json = filter_buf(m), out = filter_buf(m);
    python_json(&json, value_to_json(m->arena, value));
    buf_add(&out, STR("<script id=\""));
    str id = filter_text(m, *argument);
    if (argument->kind == VALUE_TEXT && argument->safe)
        buf_add(&out, id);
    else
        buf_add_html(&out, id);
    buf_add(&out, STR("\" type=\"application/json\">"));
    str text = buf_str(&json);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '<' || text.ptr[i] == '>' || text.ptr[i] == '&')
            buf_fmt(&out, "\\u%04X", (unsigned)text.ptr[i]);
        else
            buf_add_char(&out, text.ptr[i]);
    }
    buf_add(&out, STR("</script>"));
    return value_html(buf_str(&out));
}

static const struct filter filters[] = {
    {"addslashes", apply_addslashes, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE,
     "Met une barre oblique inverse devant les guillemets.", "{{ 'dit \"oui\"'|addslashes }}", "dit \\\"oui\\\"",
     .kinds = GIVES_TEXT},
    {"escape", apply_escape, ARGUMENT_NONE, FILTER_TEXT, "Échappe pour une page ; une seule fois, même redemandé.",
     "{{ gras|escape }}", "&lt;b&gt;Été&lt;/b&gt;", .kinds = GIVES_TEXT},
    {"escapejs", apply_escapejs, ARGUMENT_NONE, FILTER_TEXT, "Pour l’intérieur d’un texte de JavaScript.",
     "{{ gras|escapejs }}", "\\u003Cb\\u003EÉté\\u003C/b\\u003E", .kinds = GIVES_TEXT},
    {"force_escape", apply_force_escape, ARGUMENT_NONE, FILTER_TEXT, "Échappe tout de suite, ce qui l’est déjà aussi.",
     "{{ gras|force_escape }}", "&lt;b&gt;Été&lt;/b&gt;", .kinds = GIVES_TEXT},
    {"iriencode", apply_iriencode, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE,
     "Rend une adresse à lettres accentuées propre à un lien.", "{{ '/élus/?q=été'|iriencode }}",
     "/%C3%A9lus/?q=%C3%A9t%C3%A9", .kinds = GIVES_TEXT},
    {"json_dumps", apply_json_dumps, ARGUMENT_NONE, FILTER_WCS, "La valeur en JSON, pour un appel de webservice.",
     "{{ enfants.0|json_dumps }}", "{\"prenom\": \"Zo\\u00e9\", \"age\": 7, \"ecole\": \"Jaur\\u00e8s\"}",
     .kinds = GIVES_TEXT},
    {"json_script", apply_json_script, ARGUMENT_NEEDED, FILTER_SAFE,
     "La valeur en JSON dans une balise <script> de ce nom.", "{{ 12|json_script:'age' }}",
     "<script id=\"age\" type=\"application/json\">12</script>", .kinds = GIVES_TEXT},
    {"linebreaks", apply_linebreaks, ARGUMENT_NONE, FILTER_TEXT, "Des paragraphes et des retours à la ligne de HTML.",
     "{{ adresse|linebreaks }}", "<p>3 rue Pasteur<br>69007 Lyon</p>", .kinds = GIVES_TEXT},
    {"linebreaksbr", apply_linebreaksbr, ARGUMENT_NONE, FILTER_TEXT, "Chaque fin de ligne devient <br>.",
     "{{ adresse|linebreaksbr }}", "3 rue Pasteur<br>69007 Lyon", .kinds = GIVES_TEXT},
    {"linenumbers", apply_linenumbers, ARGUMENT_NONE, FILTER_TEXT, "Numérote les lignes.", "{{ adresse|linenumbers }}",
     "1. 3 rue Pasteur\n2. 69007 Lyon", .kinds = GIVES_TEXT},
    {"safe", apply_safe, ARGUMENT_NONE, FILTER_TEXT,
     "Donne la valeur pour du HTML sûr : à n’employer que sur ce que l’on a écrit soi-même.", "{{ gras|safe }}",
     "<b>Été</b>", .kinds = GIVES_TEXT},
    {"safeseq", apply_safeseq, ARGUMENT_NONE, FILTER_SAFE, "Comme « safe », pour chaque élément d’une liste.",
     "{{ mots|safeseq|join:', ' }}", "un, deux, trois", .wants = &want_rows, .kinds = GIVES_LIST},
    {"stripsometags", apply_stripsometags, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS,
     "Ôte les balises, sauf celles de la liste.", "{{ '<p>Un <b>mot</b></p>'|stripsometags:'b' }}", "Un <b>mot</b>",
     .kinds = GIVES_TEXT},
    {"striptags", apply_striptags, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE, "Ôte toutes les balises.",
     "{{ gras|striptags }}", "Été", .kinds = GIVES_TEXT},
    {"urlencode", apply_urlencode, ARGUMENT_OPTIONAL, FILTER_TEXT,
     "Pour un paramètre d’adresse ; l’argument nomme ce qui n’est pas encodé.",
     "{{ 'place Bellecour & co'|urlencode }}", "place%20Bellecour%20%26%20co", .kinds = GIVES_TEXT},
};

FILTER_TABLE(filters_html, "HTML et JSON", filters);
