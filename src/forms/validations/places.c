/* Places: postcodes, house numbers, INSEE codes. */
#include "forms/validations/validation.h"

static bool zipcode_holds(struct arena *arena, str *text)
{
    return validation_is_compact_digits(arena, text, 5);
}

/* Whether a row of a source names postcodes at all, and this one among them. */
static bool row_knows_postcode(struct arena *arena, struct value row, str code, bool *names_any)
{
    static const char *const keys[] = {"codesPostaux", "postcodes", "postcode", "zipcode", "code_postal", "codePostal"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct value value = value_plain(arena, value_get(arena, row, str_of(keys[i])));
        if (value.kind == VALUE_UNDEFINED || value.kind == VALUE_NONE)
            continue;
        *names_any = true;
        if (value.kind != VALUE_LIST)
            return str_eq(value_to_text(arena, value, STR("fr")), code);
        for (size_t j = 0; j < value.list->len; j++)
            if (str_eq(value_to_text(arena, value_plain(arena, value.list->at[j]), STR("fr")), code))
                return true;
        return false;
    }
    return false;
}

/* Of the commune that was chosen in another field: its row tells its postcodes (geo.api.gouv.fr: codesPostaux). */
static str must_be_of_commune(const struct validation *validation, const struct form_context *context, str kept)
{
    if (validation->commune.len == 0)
        return STR_EMPTY;
    str name = str_fmt(context->arena, "form_var_%.*s_structured", STR_ARG(validation->commune));
    struct value row = value_plain(context->arena, value_lookup(context->arena, context->scope, name));
    bool names_any = false, fits = row_knows_postcode(context->arena, row, kept, &names_any);
    return fits || !names_any ? STR_EMPTY : STR("Ce code postal ne correspond pas à la commune.");
}

/* How a number goes on in an address (bis, ter …, or a letter), in lower case. */
static bool is_repetition(str text)
{
    static const char *const words[] = {"bis", "ter", "quater", "quinquies", "sexies", "septies", "octies"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(text, str_of(words[i])))
            return true;
    return text.len == 1 && text.ptr[0] >= 'a' && text.ptr[0] <= 'z';
}

/* « 12 », « 12bis », « 12 B », « 12-14 », « 12/3 ». */
static bool house_number_holds(struct arena *arena, str *text)
{
    str lower = str_lower(arena, str_trim(str_replace(arena, *text, STR("\xC2\xA0"), STR(" "))));
    size_t end = 0;
    while (end < lower.len && lower.ptr[end] >= '0' && lower.ptr[end] <= '9')
        end++;
    str number = str_slice(lower, 0, end), rest = str_trim(str_slice(lower, end, lower.len));
    if (end == 0 || end > 5 || number.ptr[0] == '0')
        return false;
    bool has_second = rest.len > 1 && (rest.ptr[0] == '-' || rest.ptr[0] == '/');
    str second = str_trim(str_slice(rest, 1, rest.len));
    if (has_second) {
        if (!validation_is_digits(second) || second.len > 5)
            return false;
        *text = str_fmt(arena, "%.*s%c%.*s", STR_ARG(number), rest.ptr[0], STR_ARG(second));
    } else if (rest.len == 0) {
        *text = number;
    } else if (is_repetition(rest)) {
        *text = str_fmt(arena, "%.*s %.*s", STR_ARG(number), STR_ARG(rest.len == 1 ? utf8_upper(arena, rest) : rest));
    } else {
        return false;
    }
    return true;
}

/* INSEE's code of a commune: department (01 to 95, 2A and 2B for Corsica, 971 to 978 and 98x overseas), then its
 * number. */
static bool is_commune(str code)
{
    bool is_corsican = code.ptr[0] == '2' && (code.ptr[1] == 'A' || code.ptr[1] == 'B');
    if (!validation_is_digits(is_corsican ? str_slice(code, 2, 5) : code))
        return false;
    int department = is_corsican ? 20 : (code.ptr[0] - '0') * 10 + code.ptr[1] - '0';
    str number = str_slice(code, 2, 5);
    if (department == 97 || department == 98)
        return number.ptr[0] != '0' && number.ptr[0] != '9' && !str_eq(str_slice(number, 1, 3), STR("00"));
    return department >= 1 && department <= 95 && (department != 20 || is_corsican) && !str_eq(number, STR("000"));
}

static bool commune_holds(struct arena *arena, str *text)
{
    str code = *text;
    if (!validation_is_alphanumeric(arena, &code, 5) || !is_commune(code))
        return false;
    *text = code;
    return true;
}

/* A commune, or 99 and the number of a country (99100 is France's own, of no birth abroad). */
static bool birthplace_holds(struct arena *arena, str *text)
{
    str code = *text;
    bool is_foreign = validation_is_alphanumeric(arena, &code, 5) && str_starts(code, STR("99")) &&
                      validation_is_digits(code) && str_cmp(code, STR("99100")) > 0;
    if (!is_foreign)
        return commune_holds(arena, text);
    *text = code;
    return true;
}

const struct validation_type validations_of_places[] = {
    {"zipcode-fr", zipcode_holds, "Le code postal doit contenir 5 chiffres.", "numeric", must_be_of_commune},
    {"house-number", house_number_holds, "Saisissez un numéro comme 12 ou 12 bis.", NULL},
    {"insee-commune-fr", commune_holds, "Saisissez le code INSEE de la commune : 5 signes, par exemple 69123.", NULL},
    {"insee-birthplace-fr", birthplace_holds,
     "Saisissez le code INSEE du lieu de naissance : 5 signes, par exemple 69123, ou 99 et le code du pays.", NULL},
    {NULL},
};
