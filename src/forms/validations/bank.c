/* Bank accounts. */
#include "forms/validations/validation.h"

#include <string.h>

/* How long an IBAN is in each country (SWIFT's registry). */
static const struct {
    char country[3];
    unsigned char length;
} lengths[] = {
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22}, {"BH", 22},
    {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"DO", 28},
    {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23},
    {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26},
    {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
    {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MR", 27}, {"MT", 31}, {"MU", 30},
    {"NL", 18}, {"NO", 15}, {"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22},
    {"SA", 24}, {"SC", 31}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"ST", 25}, {"SV", 28}, {"TL", 23},
    {"TN", 24}, {"TR", 26}, {"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20},
};

static bool iban_length_fits(str iban)
{
    for (size_t i = 0; iban.len > 2 && i < sizeof lengths / sizeof *lengths; i++)
        if (lengths[i].country[0] == iban.ptr[0] && lengths[i].country[1] == iban.ptr[1])
            return iban.len == lengths[i].length;
    return iban.len >= 15 && iban.len <= 34;
}

/* ISO 13616: the first four signs go to the end, letters become 10 to 35, the whole modulo 97 is 1. */
static bool iban_holds(struct arena *arena, str *text)
{
    str plain = utf8_upper(arena, validation_compact(arena, *text));
    if (!iban_length_fits(plain))
        return false;
    struct buf digits = buf_new(arena, 128);
    bool is_nothing = true;
    for (size_t i = 4; i < plain.len + 4; i++) {
        size_t at = i % plain.len;
        char c = plain.ptr[at];
        bool is_digit = c >= '0' && c <= '9', is_letter = c >= 'A' && c <= 'Z';
        if (at < 2 ? !is_letter : at < 4 ? !is_digit : !is_digit && !is_letter)
            return false;
        is_nothing = is_nothing && (at < 4 || c == '0');
        if (is_digit)
            buf_add_char(&digits, c);
        else
            buf_fmt(&digits, "%d", c - 'A' + 10);
    }
    if (is_nothing || validation_remainder_97(buf_str(&digits)) != 1)
        return false;
    *text = plain;
    return true;
}

/* The countries of the single euro payments area (EPC409-09). */
static const char sepa[] = "AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK "
                           "MT NL NO PL PT RO RS SE SI SK SM VA";

static str must_be_of_countries(const struct validation *validation, const struct form_context *context, str kept)
{
    if (validation->countries.len == 0)
        return STR_EMPTY;
    str wanted = utf8_upper(context->arena, validation->countries), rest, country = str_slice(kept, 0, 2);
    rest = str_replace(context->arena, str_eq(wanted, STR("SEPA")) ? str_of(sepa) : wanted, STR(","), STR(" "));
    for (str part; str_next(&rest, ' ', &part);)
        if (str_eq(part, country))
            return STR_EMPTY;
    return STR("Nous n’acceptons pas les comptes de ce pays.");
}

static str iban_shown(struct arena *arena, str kept)
{
    return validation_grouped(arena, kept, "4");
}

const struct validation_type validations_of_bank[] = {
    {"iban", iban_holds, "Vérifiez l’IBAN : un caractère semble faux.", NULL, must_be_of_countries, iban_shown, NULL},
    {NULL},
};
