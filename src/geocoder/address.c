/* What an address is made of, checked part by part, whoever says it. */
#include "geocoder/geocoder.h"

#include <string.h>

enum { PART_MOST = 120, LABEL_MOST = 300 };

/* One line of text: a browser or a server may say anything. */
static str clean(struct arena *arena, str text, size_t most)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_blank = (unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7F;
        if (!is_blank)
            out[length++] = text.ptr[i];
        else if (length > 0 && out[length - 1] != ' ')
            out[length++] = ' ';
    }
    return str_trim(utf8_slice(str_trim((str){out, length}), 0, most));
}

static str part(struct arena *arena, const json_t *json, const char *key, size_t most)
{
    return clean(arena, json_str(json, key), most);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

str address_citycode(struct arena *arena, str text)
{
    if (text.len != 5)
        return STR_EMPTY;
    for (size_t i = 0; i < 5; i++)
        if (!is_digit(text.ptr[i]) && !(i == 1 && strchr("aAbB", text.ptr[i]) != NULL))
            return STR_EMPTY;
    return utf8_upper(arena, text);
}

/* Of whatever country: figures, capitals, blanks and hyphens. */
static str postcode_of(str text)
{
    bool has_digit = false;
    for (size_t i = 0; i < text.len; i++) {
        has_digit |= is_digit(text.ptr[i]);
        if (!is_digit(text.ptr[i]) && !is_letter(text.ptr[i]) && text.ptr[i] != ' ' && text.ptr[i] != '-')
            return STR_EMPTY;
    }
    return has_digit && text.len <= 10 ? text : STR_EMPTY;
}

/* Signs of an identifier: « 69256_xxxx_00012 ». */
static str id_of(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]) && !is_letter(text.ptr[i]) && strchr("_-.:", text.ptr[i]) == NULL)
            return STR_EMPTY;
    return text.len <= 80 ? text : STR_EMPTY;
}

static void read_position(const json_t *json, struct address *out)
{
    const json_t *lat = json_object_get(json, "lat"), *lon = json_object_get(json, "lon");
    out->position = (struct position){json_number_value(lat), json_number_value(lon)};
    out->has_position = json_is_number(lat) && json_is_number(lon) && position_is_on_earth(out->position);
}

bool address_from_json(struct arena *arena, const json_t *json, struct address *out)
{
    *out = (struct address){
        .label = part(arena, json, "label", LABEL_MOST),
        .number = part(arena, json, "number", 20),
        .street = part(arena, json, "street", PART_MOST),
        .complement = part(arena, json, "complement", PART_MOST),
        .postcode = postcode_of(part(arena, json, "postcode", 20)),
        .city = part(arena, json, "city", PART_MOST),
        .citycode = address_citycode(arena, part(arena, json, "citycode", 20)),
        .id = id_of(part(arena, json, "id", PART_MOST)),
    };
    read_position(json, out);
    if (out->label.len == 0)
        out->label = address_label(arena, out);
    return out->label.len > 0;
}

static void add(json_t *json, const char *key, str text)
{
    if (text.len > 0)
        json_set_str(json, str_of(key), text);
}

json_t *address_to_json(const struct address *address)
{
    json_t *json = json_object();
    add(json, "label", address->label);
    add(json, "number", address->number);
    add(json, "street", address->street);
    add(json, "complement", address->complement);
    add(json, "postcode", address->postcode);
    add(json, "city", address->city);
    add(json, "citycode", address->citycode);
    add(json, "id", address->id);
    if (!address->has_position)
        return json;
    json_set(json, STR("lat"), json_real(address->position.lat));
    json_set(json, STR("lon"), json_real(address->position.lon));
    return json;
}

/* ---- Texts ---- */

static str join(struct arena *arena, str a, const char *between, str b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? b : a;
    return str_fmt(arena, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b));
}

str address_street_line(struct arena *arena, const struct address *address)
{
    return join(arena, address->number, " ", address->street);
}

str address_label(struct arena *arena, const struct address *address)
{
    str city = join(arena, address->postcode, " ", address->city);
    str street = join(arena, address_street_line(arena, address), ", ", address->complement);
    return join(arena, street, ", ", city);
}

/* What may follow the figures of a house: « bis », « B », « -14 », « /2 ». */
static size_t suffix_length(str text)
{
    static const str words[] = {STR_INIT("bis"), STR_INIT("ter"), STR_INIT("quater"), STR_INIT("quinquies")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text.len >= words[i].len && str_eq_nocase(str_slice(text, 0, words[i].len), words[i]))
            return words[i].len;
    if (text.len > 1 && (text.ptr[0] == '-' || text.ptr[0] == '/') && is_digit(text.ptr[1])) {
        size_t length = 1;
        while (length < text.len && is_digit(text.ptr[length]))
            length++;
        return length;
    }
    return text.len > 0 && is_letter(text.ptr[0]) ? 1 : 0;
}

static bool ends_word(str text, size_t at)
{
    return at >= text.len || text.ptr[at] == ' ' || text.ptr[at] == ',';
}

void address_split_street(str text, str *number, str *street)
{
    size_t end = 0;
    text = str_trim(text);
    *number = STR_EMPTY;
    *street = text;
    while (end < text.len && is_digit(text.ptr[end]))
        end++;
    if (end == 0 || end > 5)
        return;
    size_t blank = end < text.len && text.ptr[end] == ' ';
    size_t suffix = suffix_length(str_slice(text, end + blank, text.len)), after = end + blank + suffix;
    bool is_whole = suffix > 0 && ends_word(text, after) && after < text.len;
    if (!is_whole && !ends_word(text, end))
        return;
    size_t cut = is_whole ? after : end;
    *number = str_slice(text, 0, cut);
    while (cut < text.len && (text.ptr[cut] == ' ' || text.ptr[cut] == ','))
        cut++;
    *street = str_slice(text, cut, text.len);
}

/* Where « 69001 Lyon » begins, at the end of the text: five figures with a word before or after them. */
static size_t find_postcode(str text)
{
    for (size_t at = text.len < 5 ? 0 : text.len - 5; at != SIZE_MAX && text.len >= 5; at--) {
        size_t digits = 0;
        while (digits < 5 && is_digit(text.ptr[at + digits]))
            digits++;
        bool begins = at == 0 || text.ptr[at - 1] == ' ' || text.ptr[at - 1] == ',';
        if (digits == 5 && begins && ends_word(text, at + 5) && at > 0)
            return at;
        if (at == 0)
            break;
    }
    return SIZE_MAX;
}

static str without_comma(str text)
{
    text = str_trim(text);
    while (text.len > 0 && (text.ptr[text.len - 1] == ',' || text.ptr[text.len - 1] == ' '))
        text.len--;
    return text;
}

struct address address_of_text(struct arena *arena, str text)
{
    struct address address = {0};
    text = clean(arena, text, LABEL_MOST);
    size_t at = find_postcode(text);
    if (at != SIZE_MAX) {
        address.postcode = str_slice(text, at, at + 5);
        address.city = str_trim(str_slice(text, at + 5, text.len));
        text = without_comma(str_slice(text, 0, at));
    }
    address_split_street(text, &address.number, &address.street);
    address.label = address_label(arena, &address);
    return address;
}

/* « Rue de l’Église » and « rue de l'eglise » are one. */
static bool is_alike(struct arena *arena, str a, str b)
{
    return str_eq(utf8_slug(arena, a), utf8_slug(arena, b));
}

/* « 12bis » and « 12 bis » are one. */
static str tight(struct arena *arena, str text)
{
    return utf8_fold(arena, str_replace(arena, text, STR(" "), STR_EMPTY));
}

bool address_is_same(struct arena *arena, const struct address *a, const struct address *b)
{
    return str_eq(tight(arena, a->number), tight(arena, b->number)) && is_alike(arena, a->street, b->street) &&
           str_eq(a->postcode, b->postcode) && is_alike(arena, a->city, b->city);
}
