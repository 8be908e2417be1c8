#include "models/rtf_read.h"

#include "base/utf8.h"

enum { GROUPS_DEEP_MOST = 1000, NUMBER_DIGITS_MOST = 10, FALLBACK_USUAL = 1, FALLBACK_MOST = 100 };

/* What is found again when the group is over. */
struct rtf_group {
    const struct rtf_group *around;
    size_t number;
    int fallback;
    bool is_hidden;
};

struct word {
    str name;
    bool has_number;
    int64_t number;
};

bool rtf_is_one(str bytes)
{
    return str_starts(bytes, STR("{\\rtf"));
}

struct rtf_reader rtf_reader_of(struct arena *arena, str bytes)
{
    return (struct rtf_reader){.arena = arena, .bytes = bytes, .fallback = FALLBACK_USUAL};
}

static char peek(const struct rtf_reader *reader, size_t ahead)
{
    return reader->at + ahead < reader->bytes.len ? reader->bytes.ptr[reader->at + ahead] : '\0';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- Groups ---- */

static bool open_group(struct rtf_reader *reader, struct rtf_token *out)
{
    if (reader->depth >= GROUPS_DEEP_MOST)
        return false;
    struct rtf_group *group = arena_new_of(reader->arena, struct rtf_group);
    *group = (struct rtf_group){reader->group, ++reader->groups, reader->fallback, reader->is_hidden};
    reader->group = group;
    reader->depth++;
    *out = (struct rtf_token){.kind = RTF_OPEN, .raw = str_slice(reader->bytes, reader->at, reader->at + 1)};
    out->group = group->number;
    reader->at++;
    return true;
}

static bool close_group(struct rtf_reader *reader, struct rtf_token *out)
{
    const struct rtf_group *group = reader->group;
    *out = (struct rtf_token){.kind = RTF_CLOSE, .raw = str_slice(reader->bytes, reader->at, reader->at + 1)};
    out->group = group->number;
    reader->group = group->around;
    reader->fallback = group->fallback;
    reader->is_hidden = group->is_hidden;
    reader->depth--;
    reader->at++;
    return true;
}

/* ---- Control words ---- */

/* Its letters, its number, and the blank that ends it. */
static struct word read_word(struct rtf_reader *reader, struct rtf_token *out)
{
    struct word word = {0};
    size_t from = ++reader->at;
    while (is_letter(peek(reader, 0)))
        reader->at++;
    word.name = str_slice(reader->bytes, from, reader->at);
    size_t digits = reader->at, sign = peek(reader, 0) == '-' && is_digit(peek(reader, 1));
    reader->at += sign;
    while (is_digit(peek(reader, 0)) && reader->at - digits < NUMBER_DIGITS_MOST)
        reader->at++;
    word.has_number = str_to_int64(str_slice(reader->bytes, digits, reader->at), &word.number);
    out->lacks_end = peek(reader, 0) != ' ';
    reader->at += !out->lacks_end;
    return word;
}

static bool is_among(str name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (str_eq(name, str_of(*names)))
            return true;
    return false;
}

static void see_destination(struct rtf_reader *reader, str name)
{
    static const char *const hidden[] = {"fonttbl",           "colortbl", "stylesheet", "pict",      "listtable",
                                         "listoverridetable", "rsidtbl",  "objdata",    "themedata", NULL};
    static const char *const seen[] = {"shptxt", "fldinst", "fldrslt", NULL};
    if (is_among(name, hidden))
        reader->is_hidden = true;
    else if (is_among(name, seen))
        reader->is_hidden = false;
}

/* What stands for a \u where it is not known: a character, a \'hh or a control word each. */
static void pass_fallback(struct rtf_reader *reader, struct rtf_token *out)
{
    for (int i = 0; i < reader->fallback; i++) {
        char c = peek(reader, 0);
        if (reader->at >= reader->bytes.len || c == '{' || c == '}')
            return;
        out->lacks_end = false;
        if (c == '\\' && is_letter(peek(reader, 1)))
            read_word(reader, out);
        else
            reader->at += c == '\\' ? peek(reader, 1) == '\'' ? 4 : 2 : 1;
    }
}

/* Behind the end where there are fewer. */
static void take_bytes(struct rtf_reader *reader, int64_t count)
{
    size_t left = reader->bytes.len - reader->at;
    reader->at += count <= 0 ? 0 : (uint64_t)count <= left ? (size_t)count : left + 1;
}

/* A word that stands for a sign; 0: none does. */
static uint32_t sign_of_word(str name)
{
    static const struct {
        const char *name;
        uint32_t sign;
    } signs[] = {{"lquote", 0x2018}, {"rquote", 0x2019}, {"ldblquote", 0x201C}, {"rdblquote", 0x201D},
                 {"endash", 0x2013}, {"emdash", 0x2014}, {"bullet", 0x2022}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_eq(name, str_of(signs[i].name)))
            return signs[i].sign;
    return 0;
}

/* A half of a surrogate pair is no sign by itself. */
static uint32_t sign_of_number(int64_t number)
{
    number += number < 0 ? 0x10000 : 0;
    return number <= 0 || number > 0xFFFF || (number >= 0xD800 && number < 0xE000) ? 0xFFFD : (uint32_t)number;
}

static void take_word(struct rtf_reader *reader, struct rtf_token *out)
{
    static const char *const ends[] = {"par", "sect", "cell", "row", "nestcell", "nestrow", NULL};
    struct word word = read_word(reader, out);
    out->sign = sign_of_word(word.name);
    out->ends_paragraph = is_among(word.name, ends);
    if (str_eq(word.name, STR("u")) && word.has_number) {
        out->sign = sign_of_number(word.number);
        pass_fallback(reader, out);
    } else if (str_eq(word.name, STR("uc")) && word.has_number) {
        reader->fallback = word.number < 0 ? 0 : word.number > FALLBACK_MOST ? FALLBACK_MOST : (int)word.number;
    } else if (str_eq(word.name, STR("bin"))) {
        take_bytes(reader, word.number);
        out->lacks_end = false;
    }
    see_destination(reader, word.name);
}

/* A backslash and a sign that is no letter. */
static void take_symbol(struct rtf_reader *reader, struct rtf_token *out)
{
    char c = peek(reader, 1);
    int high = hex_digit(peek(reader, 2)), low = hex_digit(peek(reader, 3));
    reader->at += 2;
    if (c == '\'' && high >= 0 && low >= 0) {
        reader->at += 2;
        out->sign = utf8_of_windows((unsigned char)(high * 16 + low));
    } else if (c == '\\' || c == '{' || c == '}') {
        out->sign = (uint32_t)c;
    } else if (c == '~') {
        out->sign = 0xA0;
    } else if (c == '_') {
        out->sign = 0x2011;
    } else if (c == '*') {
        reader->is_hidden = true;
    }
    out->ends_paragraph = c == '\n' || c == '\r';
}

/* ---- The rest ---- */

/* A line's end says nothing. */
static void take_sign(struct rtf_reader *reader, struct rtf_token *out)
{
    unsigned char c = (unsigned char)peek(reader, 0);
    if (c >= ' ')
        out->sign = utf8_of_windows(c);
    reader->at++;
}

/* What nobody reads, up to the next brace or control word, is one token. */
static void take_hidden(struct rtf_reader *reader)
{
    char c = peek(reader, 0);
    for (; reader->at < reader->bytes.len && c != '{' && c != '}' && c != '\\'; c = peek(reader, 0))
        reader->at++;
}

bool rtf_next(struct rtf_reader *reader, struct rtf_token *out)
{
    size_t from = reader->at;
    char c = peek(reader, 0);
    if (from >= reader->bytes.len || (reader->group == NULL && from > 0))
        return false;
    if (c == '{')
        return open_group(reader, out);
    if (c == '}')
        return close_group(reader, out);
    *out = (struct rtf_token){.kind = RTF_OTHER};
    if (c == '\\' && is_letter(peek(reader, 1)))
        take_word(reader, out);
    else if (c == '\\')
        take_symbol(reader, out);
    else if (reader->is_hidden)
        take_hidden(reader);
    else
        take_sign(reader, out);
    if (reader->at > reader->bytes.len)
        return false;
    out->kind = out->sign != 0 && !reader->is_hidden ? RTF_SIGN : RTF_OTHER;
    out->raw = str_slice(reader->bytes, from, reader->at);
    return true;
}
