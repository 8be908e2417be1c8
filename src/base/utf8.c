#include "base/utf8.h"

#include "base/buf.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

bool utf8_is_valid(str s)
{
    return s.len == 0 || u8_check((const uint8_t *)s.ptr, s.len) == NULL;
}

str utf8_repair(struct arena *arena, str s)
{
    if (utf8_is_valid(s))
        return s;
    struct buf out = buf_new(arena, s.len * 3);
    for (size_t at = 0; at < s.len;) {
        ucs4_t code_point;
        int length = u8_mbtouc(&code_point, (const uint8_t *)s.ptr + at, s.len - at);
        char encoded[4];
        buf_add(&out, (str){encoded, utf8_encode(code_point, encoded)}); /* u8_mbtouc gives U+FFFD for what is ill */
        at += (size_t)length;
    }
    return buf_str(&out);
}

uint32_t utf8_next(str s, size_t *at)
{
    unsigned char first = (unsigned char)s.ptr[*at];
    if (first < 0x80) {
        ++*at;
        return first;
    }
    ucs4_t code_point;
    int length = u8_mbtouc(&code_point, (const uint8_t *)s.ptr + *at, s.len - *at);
    *at += (size_t)length;
    return code_point;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    int length = u8_uctomb((uint8_t *)out, code_point, 4);
    if (length < 0)
        length = u8_uctomb((uint8_t *)out, 0xFFFD, 4);
    return (size_t)length;
}

/* Windows-1252's own signs, 0x80 to 0x9F; 0: none. */
static const uint16_t windows_signs[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                           0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                           0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                           0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

uint32_t utf8_of_windows(unsigned char byte)
{
    uint32_t sign = byte < 0x80 || byte >= 0xA0 ? byte : windows_signs[byte - 0x80];
    return sign == 0 && byte != 0 ? 0xFFFD : sign;
}

size_t utf8_length(str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return count;
}

static size_t offset_of(str s, size_t index)
{
    size_t at = 0;
    while (index-- > 0 && at < s.len)
        utf8_next(s, &at);
    return at;
}

str utf8_slice(str s, size_t from, size_t to)
{
    return str_slice(s, offset_of(s, from), offset_of(s, to));
}

static str taken(struct arena *arena, uint8_t *text, size_t length)
{
    str copy = str_dup(arena, (str){(const char *)text, length});
    free(text);
    return copy;
}

/* ---- The other case ---- */

/* ASCII, and the letters of Latin-1 whose other case is as long: what French texts are made of, œ apart. False where
 * another sign stands, which the library then decides. */
static bool change_case(str s, char *to, bool to_upper)
{
    char first = to_upper ? 'a' : 'A';
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i], next;
        to[i] = (char)(c >= (unsigned char)first && c <= (unsigned char)first + 25 ? c ^ 0x20 : c);
        if (c < 0x80)
            continue;
        if ((c != 0xC2 && c != 0xC3) || i + 1 == s.len)
            return false;
        next = (unsigned char)s.ptr[++i];
        if ((c == 0xC2 && next == 0xB5) || (c == 0xC3 && (next == 0x9F || next == 0xBF))) /* µ, ß, ÿ */
            return false;
        bool is_letter = c == 0xC3 && (next & 0x1F) != 0x17 && (next & 0x20) == (to_upper ? 0x20 : 0); /* not × and ÷ */
        to[i] = (char)(is_letter ? next ^ 0x20 : next);
    }
    return true;
}

static str in_case(struct arena *arena, str s, bool to_upper)
{
    char *fast = arena_alloc(arena, s.len);
    if (change_case(s, fast, to_upper))
        return (str){fast, s.len};
    size_t length = 0;
    const uint8_t *bytes = (const uint8_t *)s.ptr;
    uint8_t *text = to_upper ? u8_toupper(bytes, s.len, NULL, NULL, NULL, &length)
                             : u8_tolower(bytes, s.len, NULL, NULL, NULL, &length);
    return text == NULL ? STR_EMPTY : taken(arena, text, length);
}

str utf8_lower(struct arena *arena, str s)
{
    return in_case(arena, s, false);
}

str utf8_upper(struct arena *arena, str s)
{
    return in_case(arena, s, true);
}

static str opened_ligature(uint32_t code_point)
{
    switch (code_point) {
    case 0x153:
        return STR("oe");
    case 0x152:
        return STR("OE");
    case 0xE6:
        return STR("ae");
    case 0xC6:
        return STR("AE");
    case 0xDF:
        return STR("ss");
    default:
        return STR_EMPTY;
    }
}

str utf8_unaccent(struct arena *arena, str s)
{
    size_t length = 0;
    uint8_t *text = u8_normalize(UNINORM_NFKD, (const uint8_t *)s.ptr, s.len, NULL, &length);
    if (text == NULL)
        return STR_EMPTY;
    str decomposed = {(const char *)text, length};
    struct buf out = buf_new(arena, length * 2 + 1);
    for (size_t at = 0, from = 0; at < length; from = at) {
        uint32_t code_point = utf8_next(decomposed, &at);
        if (uc_is_general_category_withtable(code_point, UC_CATEGORY_MASK_Mn))
            continue;
        str opened = opened_ligature(code_point);
        buf_add(&out, opened.len > 0 ? opened : str_slice(decomposed, from, at));
    }
    free(text);
    return buf_str(&out);
}

/* Letters and digits of the lowered, unaccented text; all between two words becomes one separator. */
static str words(struct arena *arena, str s, char separator, bool ascii_only)
{
    str plain = utf8_lower(arena, utf8_unaccent(arena, s));
    struct buf out = buf_new(arena, plain.len + 1);
    bool pending = false;
    for (size_t at = 0, from = 0; at < plain.len; from = at) {
        uint32_t code_point = utf8_next(plain, &at);
        bool is_word =
            code_point < 0x80
                ? (code_point >= 'a' && code_point <= 'z') || (code_point >= '0' && code_point <= '9')
                : !ascii_only && uc_is_general_category_withtable(code_point, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
        if (!is_word) {
            pending = out.len > 0;
            continue;
        }
        if (pending)
            buf_add_char(&out, separator);
        pending = false;
        buf_add(&out, str_slice(plain, from, at));
    }
    return buf_str(&out);
}

/* ---- Folding what French is made of, without the libraries ---- */

/* What one sign folds to, whatever stands beside it: told once by the rule above. ASCII and the Latin letters to
 * U+017F, and the dashes, quotes and blanks from U+2000 on. Combining marks and all others are left to the rule. */
enum { LATIN_TO = 0x180, PUNCTUATION_FROM = 0x2000, PUNCTUATION_TO = 0x2070 };
enum folding { FOLDS_BY_RULE, FOLDS_TO_LETTERS, FOLDS_TO_SEPARATOR };
struct folded {
    enum folding folding;
    uint8_t len;
    char text[3];
};
static struct folded latin[LATIN_TO], punctuation[PUNCTUATION_TO - PUNCTUATION_FROM];
static pthread_once_t folded_once = PTHREAD_ONCE_INIT;

/* Between two letters x: « xex » for é, « x x » for a dash. What falls into two words, or grows, is left to the rule.
 */
static struct folded folded_of(struct arena *arena, uint32_t code_point)
{
    char encoded[4];
    str sign = {encoded, utf8_encode(code_point, encoded)}, around[] = {STR("x"), sign, STR("x")};
    str between = words(arena, str_concat(arena, around, 3), ' ', false);
    str inside = str_slice(between, 1, between.len - 1);
    if (str_eq(inside, STR(" ")))
        return (struct folded){.folding = FOLDS_TO_SEPARATOR};
    if (inside.len == 0 || inside.len > sign.len || str_contains(inside, STR(" ")))
        return (struct folded){.folding = FOLDS_BY_RULE};
    struct folded folded = {.folding = FOLDS_TO_LETTERS, .len = (uint8_t)inside.len};
    memcpy(folded.text, inside.ptr, inside.len);
    return folded;
}

static void make_folded(void)
{
    struct arena *arena = arena_new();
    for (uint32_t c = 0; c < LATIN_TO; c++)
        latin[c] = folded_of(arena, c);
    for (uint32_t c = PUNCTUATION_FROM; c < PUNCTUATION_TO; c++)
        punctuation[c - PUNCTUATION_FROM] = folded_of(arena, c);
    arena_free(arena);
}

static struct folded folded_next(str s, size_t *at)
{
    unsigned char byte = (unsigned char)s.ptr[*at];
    if (byte < 0x80) {
        ++*at;
        return latin[byte];
    }
    uint32_t code_point = utf8_next(s, at);
    if (code_point < LATIN_TO)
        return latin[code_point];
    if (code_point >= PUNCTUATION_FROM && code_point < PUNCTUATION_TO)
        return punctuation[code_point - PUNCTUATION_FROM];
    return (struct folded){.folding = FOLDS_BY_RULE};
}

/* False where the text holds a sign that is left to the rule. No sign folds to more bytes than it has. */
static bool fold_by_tables(str s, char *text, str *out)
{
    size_t len = 0;
    bool pending = false;
    for (size_t at = 0; at < s.len;) {
        struct folded folded = folded_next(s, &at);
        if (folded.folding == FOLDS_BY_RULE)
            return false;
        if (folded.folding == FOLDS_TO_SEPARATOR) {
            pending = len > 0;
            continue;
        }
        if (pending)
            text[len++] = ' ';
        pending = false;
        memcpy(text + len, folded.text, folded.len);
        len += folded.len;
    }
    *out = (str){text, len};
    return true;
}

str utf8_fold_into(struct arena *arena, str s, char *room)
{
    str folded;
    pthread_once(&folded_once, make_folded);
    return fold_by_tables(s, room, &folded) ? folded : words(arena, s, ' ', false);
}

str utf8_fold(struct arena *arena, str s)
{
    return utf8_fold_into(arena, s, arena_alloc(arena, s.len + 1));
}

str utf8_slug(struct arena *arena, str s)
{
    return words(arena, s, '-', true);
}
