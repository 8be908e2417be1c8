/* Filters of plain text. */
#include "template/blanks.h"
#include "template/filters.h"

#include <openssl/sha.h>
#include <string.h>

static struct value apply_lower(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_text(utf8_lower(m->arena, value.text));
}

static struct value apply_upper(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_text(utf8_upper(m->arena, value.text));
}

static struct value apply_capfirst(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    if (value.text.len == 0)
        return value;
    size_t first = 0;
    utf8_next(value.text, &first);
    str parts[] = {utf8_upper(m->arena, str_slice(value.text, 0, first)), str_slice(value.text, first, value.text.len)};
    return value_text(str_concat(m->arena, parts, 2));
}

static bool is_between(char c, char first, char last)
{
    return c >= first && c <= last;
}

/* Django mends Python's title: no capital behind a digit, nor behind an apostrophe that follows a small letter, as far
 * as ASCII goes: « Aujourd'hui », « 3rd », but « L'Été ». */
static void mend_title(char *text, size_t len)
{
    for (size_t i = 2; i < len; i++)
        if (is_between(text[i], 'A', 'Z') && text[i - 1] == '\'' && is_between(text[i - 2], 'a', 'z'))
            text[i] = (char)(text[i] | 0x20);
    for (size_t i = 1; i < len; i++)
        if (is_between(text[i], 'A', 'Z') && is_between(text[i - 1], '0', '9'))
            text[i] = (char)(text[i] | 0x20);
}

/* What is one letter in small ones may be two in capitals (« ß », « ﬁ »): the first alone is one then. */
static void add_capital(struct machine *m, struct buf *out, str upper)
{
    size_t first = 0;
    utf8_next(upper, &first);
    buf_add(out, str_slice(upper, 0, first));
    buf_add(out, utf8_lower(m->arena, str_slice(upper, first, upper.len)));
}

/* Every run of letters begins with a capital. */
static struct value apply_title(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    bool in_word = false;
    for (size_t at = 0; at < value.text.len;) {
        size_t from = at;
        utf8_next(value.text, &at);
        str one = str_slice(value.text, from, at), upper = utf8_upper(m->arena, one), lower = utf8_lower(m->arena, one);
        bool letter = !str_eq(upper, lower);
        if (!letter || in_word)
            buf_add(&out, letter ? lower : one);
        else
            add_capital(m, &out, upper);
        in_word = letter;
    }
    mend_title(out.ptr, out.len);
    return value_text(buf_str(&out));
}

static struct value apply_cut(struct machine *m, struct value value, const struct value *argument)
{
    if (!machine_is_wcs(m) && argument->kind != VALUE_TEXT)
        return VALUE_RAISED;
    str what = filter_text(m, *argument);
    struct value out = value_text(what.len == 0 ? value.text : str_replace(m->arena, value.text, what, STR_EMPTY));
    out.safe = value.safe && !str_eq(what, STR(";"));
    return out;
}

static struct value padded(struct machine *m, struct value value, const struct value *argument, int left, int right)
{
    int64_t width;
    if (!filter_int(m, *argument, &width))
        return machine_fault(m, "Il faut une largeur.");
    int64_t length = (int64_t)utf8_length(value.text), missing = width - length;
    if (missing <= 0)
        return value;
    if (missing > (int64_t)machine_text_most(m))
        return machine_fault(m, "Cette largeur est trop grande.");
    /* Python's center puts the odd blank on the left where the width is odd. */
    int64_t before = left && right ? missing / 2 + (missing & width & 1) : left ? missing : 0;
    char *text = arena_alloc(m->arena, value.text.len + (size_t)missing);
    memset(text, ' ', value.text.len + (size_t)missing);
    memcpy(text + before, value.text.ptr, value.text.len);
    return value_text((str){text, value.text.len + (size_t)missing});
}

static struct value apply_center(struct machine *m, struct value value, const struct value *argument)
{
    return padded(m, value, argument, 1, 1);
}

static struct value apply_ljust(struct machine *m, struct value value, const struct value *argument)
{
    return padded(m, value, argument, 0, 1);
}

static struct value apply_rjust(struct machine *m, struct value value, const struct value *argument)
{
    return padded(m, value, argument, 1, 0);
}

/* Letters without their accents; those that are no letter with an accent (ß, œ, ø) are left out, as in Django. */
static str decomposed(struct machine *m, str text)
{
    static const char whole[] = "ßÆæŒœØøĐđŁłÞþÐðıĦħŊŋŦŧ";
    struct buf out = filter_buf(m);
    for (size_t at = 0, from; at < text.len;) {
        from = at;
        uint32_t c = utf8_next(text, &at);
        str one = str_slice(text, from, at);
        if (c < 0x80 || !str_contains(str_of(whole), one))
            buf_add(&out, utf8_unaccent(m->arena, one));
    }
    return buf_str(&out);
}

static struct value apply_slugify(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    str text = utf8_lower(m->arena, decomposed(m, value.text));
    bool pending = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
            if (pending && out.len > 0)
                buf_add_char(&out, '-');
            pending = false;
            buf_add_char(&out, c);
        } else if (c == '-' || str_is_space(c)) {
            pending = true;
        }
    }
    str slug = buf_str(&out);
    size_t from = 0, to = slug.len;
    while (from < to && (slug.ptr[from] == '_' || slug.ptr[from] == '-'))
        from++;
    while (to > from && (slug.ptr[to - 1] == '_' || slug.ptr[to - 1] == '-'))
        to--;
    return value_text(str_slice(slug, from, to));
}

/* An accent that stands on the letter before it: no character of its own. */
static bool is_combining(uint32_t c)
{
    return c >= 0x300 &&
           (c <= 0x36F || (c >= 0x483 && c <= 0x487) || (c >= 0x591 && c <= 0x5BD) || (c >= 0x610 && c <= 0x61A) ||
            (c >= 0x64B && c <= 0x65F) || c == 0x670 || (c >= 0x20D0 && c <= 0x20DC) || (c >= 0xFE20 && c <= 0xFE2F));
}

/* What to keep of a text that has more than so many characters: its first most - 1, with their accents, up to *end. */
static bool is_longer(str text, int64_t most, size_t *end)
{
    *end = 0;
    int64_t count = 0, allowed = most > 0 ? most : 0;
    for (size_t at = 0; at < text.len && count <= allowed;) {
        bool combines = (unsigned char)text.ptr[at] < 0x80 ? (at++, false) : is_combining(utf8_next(text, &at));
        if (count < most - 1 || (count < most && combines))
            *end = at;
        count += !combines;
    }
    return count > allowed;
}

static struct value apply_truncatechars(struct machine *m, struct value value, const struct value *argument)
{
    int64_t most;
    size_t end;
    if (!filter_int(m, *argument, &most))
        return filter_no_int(m, *argument, value);
    if (!is_longer(value.text, most, &end))
        return value;
    str parts[] = {str_slice(value.text, 0, end), STR("…")};
    return value_text(str_concat(m->arena, parts, 2));
}

/* The next run without blanks. */
static bool next_word(str text, size_t *at, str *word)
{
    for (size_t blank; (blank = blank_at(text, *at)) > 0;)
        *at += blank;
    size_t from = *at;
    *at = blank_next(text, from);
    *word = str_slice(text, from, *at);
    return word->len > 0;
}

static struct value apply_wordcount(struct machine *m, struct value value, const struct value *argument)
{
    (void)m;
    (void)argument;
    int64_t count = 0;
    size_t at = 0;
    for (str word; next_word(value.text, &at, &word);)
        count++;
    return value_int(count);
}

static struct value apply_truncatewords(struct machine *m, struct value value, const struct value *argument)
{
    int64_t most, words = apply_wordcount(m, value, NULL).integer;
    if (!filter_int(m, *argument, &most))
        return filter_no_int(m, *argument, value);
    int64_t kept = most < 0 ? words + most : most; /* Python's slice counts a negative number from the end */
    struct buf out = filter_buf(m);
    size_t at = 0;
    int64_t count = 0;
    for (str word; (words <= most || count < kept) && next_word(value.text, &at, &word); count++) {
        if (out.len > 0)
            buf_add_char(&out, ' ');
        buf_add(&out, word);
    }
    if (words > most && !str_ends(buf_str(&out), STR(" …")))
        buf_add(&out, STR(" …"));
    return value_text(buf_str(&out));
}

static struct value apply_startswith(struct machine *m, struct value value, const struct value *argument)
{
    return value_bool(str_starts(value.text, filter_text(m, *argument)));
}

static struct value apply_endswith(struct machine *m, struct value value, const struct value *argument)
{
    return value_bool(str_ends(value.text, filter_text(m, *argument)));
}

/* Blanks, or any of the characters named, off both ends. */
static struct value apply_strip(struct machine *m, struct value value, const struct value *argument)
{
    str set = argument == NULL ? STR_EMPTY : filter_text(m, *argument), text = value.text;
    if (set.len == 0)
        return value_text(blank_trim(text));
    size_t from = 0, to = text.len;
    for (size_t at = 0; at < text.len; from = at) {
        size_t start = at;
        utf8_next(text, &at);
        if (!str_contains(set, str_slice(text, start, at)))
            break;
    }
    while (to > from) {
        size_t start = to - 1;
        while (start > from && ((unsigned char)text.ptr[start] & 0xC0) == 0x80)
            start--;
        if (!str_contains(set, str_slice(text, start, to)))
            break;
        to = start;
    }
    return value_text(str_slice(text, from, to));
}

static struct value apply_removeprefix(struct machine *m, struct value value, const struct value *argument)
{
    str prefix = argument == NULL ? STR_EMPTY : filter_text(m, *argument);
    return value_text(str_starts(value.text, prefix) ? str_slice(value.text, prefix.len, value.text.len) : value.text);
}

static struct value apply_removesuffix(struct machine *m, struct value value, const struct value *argument)
{
    str suffix = argument == NULL ? STR_EMPTY : filter_text(m, *argument);
    return value_text(str_ends(value.text, suffix) ? str_slice(value.text, 0, value.text.len - suffix.len)
                                                   : value.text);
}

static bool is_emoji(uint32_t c)
{
    return (c >= 0x1F000 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) || (c >= 0x2B00 && c <= 0x2BFF) ||
           (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0000 && c <= 0xE007F) || (c >= 0x2300 && c <= 0x23FF) ||
           c == 0x200D || c == 0x20E3;
}

static struct value apply_strip_emoji(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    struct buf out = filter_buf(m);
    for (size_t at = 0, from; at < value.text.len;) {
        from = at;
        if (!is_emoji(utf8_next(value.text, &at)))
            buf_add(&out, str_slice(value.text, from, at));
    }
    return value_text(buf_str(&out));
}

static struct value apply_unaccent(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    if (filter_is_missing(value))
        return VALUE_EMPTY;
    if (value.kind != VALUE_TEXT)
        return machine_fault(m, "« unaccent » veut un texte.");
    return value_text(utf8_unaccent(m->arena, value.text));
}

static struct value apply_urljoin(struct machine *m, struct value value, const struct value *argument)
{
    str base = value.text, path = argument == NULL ? STR_EMPTY : filter_text(m, *argument);
    if (base.len == 0 || path.len == 0)
        return value_text(base.len == 0 ? path : base);
    while (str_ends(base, STR("/")))
        base.len--;
    while (str_starts(path, STR("/")))
        path = str_slice(path, 1, path.len);
    return value_text(str_fmt(m->arena, "%.*s/%.*s", STR_ARG(base), STR_ARG(path)));
}

/* Puts « user:password » before the host of a URL, in place of what stood there. */
static struct value apply_with_auth(struct machine *m, struct value value, const struct value *argument)
{
    size_t scheme = str_find(value.text, STR("://"), 0);
    if (scheme == SIZE_MAX)
        return value;
    str rest = str_slice(value.text, scheme + 3, value.text.len);
    size_t end = 0, at = SIZE_MAX;
    for (; end < rest.len && strchr("/?#", rest.ptr[end]) == NULL; end++)
        if (rest.ptr[end] == '@')
            at = end;
    if (at != SIZE_MAX)
        rest = str_slice(rest, at + 1, rest.len);
    str auth = filter_text(m, *argument);
    return value_text(
        str_fmt(m->arena, "%.*s://%.*s@%.*s", STR_ARG(str_slice(value.text, 0, scheme)), STR_ARG(auth), STR_ARG(rest)));
}

static struct value apply_sha256(struct machine *m, struct value value, const struct value *argument)
{
    str parts[] = {value.text, argument == NULL ? STR_EMPTY : filter_text(m, *argument)};
    str all = str_concat(m->arena, parts, 2);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)all.ptr, all.len, digest);
    struct buf out = buf_new(m->arena, 2 * sizeof digest);
    for (size_t i = 0; i < sizeof digest; i++)
        buf_fmt(&out, "%02x", digest[i]);
    return value_text(buf_str(&out));
}

static struct value apply_token_check(struct machine *m, struct value value, const struct value *argument)
{
    str a = utf8_upper(m->arena, str_trim(value.text));
    str b = utf8_upper(m->arena, str_trim(filter_text(m, *argument)));
    return value_bool(str_eq(a, b));
}

static struct value apply_concat(struct machine *m, struct value value, const struct value *argument)
{
    str parts[] = {value.text, filter_text(m, *argument)};
    return value_text(str_concat(m->arena, parts, 2));
}

/* The value is a template of the site's: it sees the names of the whole site, not those of the request. */
static struct value apply_as_template(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_html(machine_render_text(m, value.text, m->render->site));
}

static struct value apply_searchify(struct machine *m, struct value value, const struct value *argument)
{
    (void)argument;
    return value_text(utf8_fold(m->arena, value.text));
}

static const struct filter filters[] = {
    {"as_template", apply_as_template, ARGUMENT_NONE, FILTER_TEXT | FILTER_WCS,
     "Rend le texte comme un modèle, avec les noms du site seuls.", "{{ modele|as_template }}", "Total : 2",
     .kinds = GIVES_TEXT},
    {"capfirst", apply_capfirst, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE, "Une majuscule à la première lettre.",
     "{{ 'été à Lyon'|capfirst }}", "Été à Lyon", .kinds = GIVES_TEXT},
    {"center", apply_center, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Centre dans cette largeur.",
     "[{{ 'mot'|center:7 }}]", "[  mot  ]", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"concat", apply_concat, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_WCS, "Met deux textes bout à bout, nombres compris.",
     "{{ 1|concat:2 }}", "12", .kinds = GIVES_TEXT},
    {"cut", apply_cut, ARGUMENT_NEEDED, FILTER_TEXT, "Ôte toutes les fois que ce texte se trouve.",
     "{{ '06 39 98'|cut:' ' }}", "063998", .kinds = GIVES_TEXT},
    {"endswith", apply_endswith, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_WCS, "Vrai si le texte finit ainsi.",
     "{{ 'plan.pdf'|endswith:'.pdf'|yesno }}", "oui", .kinds = GIVES_BOOL},
    {"ljust", apply_ljust, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Complète par des blancs à droite.",
     "[{{ 'mot'|ljust:5 }}]", "[mot  ]", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"lower", apply_lower, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE, "En minuscules.", "{{ 'ÉTÉ'|lower }}", "été",
     .kinds = GIVES_TEXT},
    {"removeprefix", apply_removeprefix, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS, "Ôte ce début, une fois.",
     "{{ 'rue Pasteur'|removeprefix:'rue ' }}", "Pasteur", .kinds = GIVES_TEXT},
    {"removesuffix", apply_removesuffix, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS, "Ôte cette fin, une fois.",
     "{{ 'plan.pdf'|removesuffix:'.pdf' }}", "plan", .kinds = GIVES_TEXT},
    {"rjust", apply_rjust, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Complète par des blancs à gauche.",
     "[{{ 'mot'|rjust:5 }}]", "[  mot]", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"searchify", apply_searchify, ARGUMENT_NONE, FILTER_TEXT | FILTER_WCS,
     "Le texte tel que la recherche le compare : sans accents ni majuscules.", "{{ 'Éléonore'|searchify }}", "eleonore",
     .kinds = GIVES_TEXT},
    {"sha256", apply_sha256, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS,
     "L’empreinte SHA-256, en hexadécimal, du texte suivi de l’argument.", "{{ 'a'|sha256:'sel'|slice:':12' }}",
     "ff2497ad4b9d", .kinds = GIVES_TEXT},
    {"slugify", apply_slugify, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE, "Le texte pour une adresse.",
     "{{ 'Fête des Lumières !'|slugify }}", "fete-des-lumieres", .kinds = GIVES_TEXT},
    {"startswith", apply_startswith, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_WCS, "Vrai si le texte commence ainsi.",
     "{{ '69003'|startswith:'69'|yesno }}", "oui", .kinds = GIVES_BOOL},
    {"strip", apply_strip, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS,
     "Ôte les blancs des deux bouts, ou les caractères donnés.", "[{{ '  mot  '|strip }}] {{ '--mot--'|strip:'-' }}",
     "[mot] mot", .kinds = GIVES_TEXT},
    {"strip_emoji", apply_strip_emoji, ARGUMENT_NONE, FILTER_TEXT | FILTER_WCS, "Ôte les émojis.",
     "{{ 'Merci 🎉'|strip_emoji }}", "Merci", .kinds = GIVES_TEXT},
    {"title", apply_title, ARGUMENT_NONE, FILTER_TEXT | FILTER_SAFE, "Une majuscule à chaque mot.",
     "{{ 'rue de la république'|title }}", "Rue De La République", .kinds = GIVES_TEXT},
    {"token_check", apply_token_check, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_WCS,
     "Compare deux codes, sans tenir compte de la casse ni des blancs autour.",
     "{{ ' ab12 '|token_check:'AB12'|yesno }}", "oui", .kinds = GIVES_BOOL},
    {"truncatechars", apply_truncatechars, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Coupe à tant de caractères.",
     "{{ 'Hôtel de ville'|truncatechars:6 }}", "Hôtel…", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"truncatewords", apply_truncatewords, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_SAFE, "Coupe à tant de mots.",
     "{{ 'un deux trois'|truncatewords:2 }}", "un deux …", .takes = &want_integer, .kinds = GIVES_TEXT},
    {"unaccent", apply_unaccent, ARGUMENT_NONE, FILTER_WCS, "Ôte les accents.", "{{ 'Éléonore'|unaccent }}", "Eleonore",
     .kinds = GIVES_TEXT},
    {"upper", apply_upper, ARGUMENT_NONE, FILTER_TEXT, "En majuscules.", "{{ 'été'|upper }}", "ÉTÉ",
     .kinds = GIVES_TEXT},
    {"urljoin", apply_urljoin, ARGUMENT_OPTIONAL, FILTER_TEXT | FILTER_WCS,
     "Met un chemin derrière une adresse, avec une seule barre.", "{{ 'https://exemple.fr/'|urljoin:'/api' }}",
     "https://exemple.fr/api", .kinds = GIVES_TEXT},
    {"with_auth", apply_with_auth, ARGUMENT_NEEDED, FILTER_TEXT | FILTER_WCS,
     "Met « nom:mot de passe » dans une adresse.", "{{ 'https://exemple.fr/'|with_auth:'nom:secret' }}",
     "https://nom:secret@exemple.fr/", .kinds = GIVES_TEXT},
    {"wordcount", apply_wordcount, ARGUMENT_NONE, FILTER_TEXT, "Le nombre de mots.", "{{ 'un deux trois'|wordcount }}",
     "3", .kinds = GIVES_INT},
};

FILTER_TABLE(filters_text, "Textes", filters);
