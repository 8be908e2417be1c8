/* Telephone numbers. Publik's keep what w.c.s. keeps; ours, phone-e164 and mobile-e164, keep the international form,
 * which is one for each line in the world (UIT-T E.164). */
#include "forms/validations/validation.h"

#include <string.h>

static bool has_phone_signs_only(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((text.ptr[i] < '0' || text.ptr[i] > '9') && strchr("+ .-/()", text.ptr[i]) == NULL)
            return false;
    return text.len > 0;
}

/* Loose: digits with the usual signs between them, + or 00 before a country. */
static bool phone_holds(struct arena *arena, str *text)
{
    size_t count = validation_digits_of(arena, *text).len;
    return has_phone_signs_only(*text) && count >= 6 && count <= 15;
}

static bool phone_fr_holds(struct arena *arena, str *text)
{
    str plain = validation_compact(arena, *text);
    if (str_starts(plain, STR("+33")))
        plain = str_fmt(arena, "0%.*s", STR_ARG(str_slice(plain, 3, plain.len)));
    else if (str_starts(plain, STR("0033")))
        plain = str_fmt(arena, "0%.*s", STR_ARG(str_slice(plain, 4, plain.len)));
    if (plain.len != 10 || !validation_is_digits(plain) || plain.ptr[0] != '0' || plain.ptr[1] == '0')
        return false;
    *text = plain;
    return true;
}

static bool is_mobile(str national)
{
    return national.len == 10 && (national.ptr[1] == '6' || national.ptr[1] == '7');
}

static str must_be_mobile(const struct validation *validation, const struct form_context *context, str kept)
{
    (void)validation;
    (void)context;
    return is_mobile(kept) ? STR_EMPTY : STR("Ce numéro ne peut pas recevoir de SMS.");
}

/* The country code of a number of ten digits: the departments overseas have their own (ARCEP's numbering plan). */
static const struct {
    char prefix[5], country[4];
} overseas[] = {
    {"0262", "262"}, {"0263", "262"}, {"0269", "262"}, {"0639", "262"}, {"0692", "262"},
    {"0693", "262"}, {"0590", "590"}, {"0690", "590"}, {"0691", "590"}, {"0594", "594"},
    {"0694", "594"}, {"0596", "596"}, {"0696", "596"}, {"0697", "596"},
};

static str country_of(str national)
{
    for (size_t i = 0; i < sizeof overseas / sizeof *overseas; i++)
        if (str_starts(national, str_of(overseas[i].prefix)))
            return str_of(overseas[i].country);
    return STR("33");
}

static str international(struct arena *arena, str national)
{
    return str_fmt(arena, "+%.*s%.*s", STR_ARG(country_of(national)), STR_ARG(str_slice(national, 1, 10)));
}

/* The ten digits of a French number in E.164, overseas too; empty: it is of another country. */
static str national_of(struct arena *arena, str e164)
{
    size_t code = str_starts(e164, STR("+33")) ? 3 : 4;
    str national = str_fmt(arena, "0%.*s", STR_ARG(str_slice(e164, code, e164.len)));
    return national.len == 10 && str_eq(international(arena, national), e164) ? national : STR_EMPTY;
}

/* « +33 (0)4 … »: who writes so means one of the two. */
static str without_trunk_zero(struct arena *arena, str text)
{
    return str_starts(str_trim(text), STR("+")) || str_starts(str_trim(text), STR("00"))
               ? str_replace(arena, text, STR("(0)"), STR(""))
               : text;
}

static bool e164_holds(struct arena *arena, str *text)
{
    if (!has_phone_signs_only(*text))
        return false;
    str plain = str_trim(without_trunk_zero(arena, *text)), digits = validation_digits_of(arena, plain);
    bool has_plus = str_starts(plain, STR("+")), has_country = has_plus || str_starts(digits, STR("00"));
    if (memchr(plain.ptr + has_plus, '+', plain.len - has_plus) != NULL)
        return false;
    if (has_country && !has_plus)
        digits = str_slice(digits, 2, digits.len);
    if (!has_country) {
        if (digits.len != 10 || digits.ptr[0] != '0' || digits.ptr[1] == '0')
            return false;
        *text = international(arena, digits);
        return true;
    }
    str e164 = str_fmt(arena, "+%.*s", STR_ARG(digits));
    bool is_french = str_starts(digits, STR("33")); /* nine digits follow, the first is no 0 */
    if (digits.len < 7 || digits.len > 15 || digits.ptr[0] == '0' || (is_french && digits.len != 11) ||
        (is_french && digits.ptr[2] == '0'))
        return false;
    *text = e164;
    return true;
}

/* A foreign number can't be told a mobile's: it is believed. */
static str must_be_mobile_e164(const struct validation *validation, const struct form_context *context, str kept)
{
    str national = national_of(context->arena, kept);
    return national.len == 0 ? STR_EMPTY : must_be_mobile(validation, context, national);
}

static str national_shown(struct arena *arena, str kept)
{
    return validation_grouped(arena, kept, "2");
}

/* « 04 00 00 00 00 »; foreign ones as they are dialled from anywhere. */
static str e164_shown(struct arena *arena, str kept)
{
    str national = national_of(arena, kept);
    return national.len > 0 ? national_shown(arena, national) : kept;
}

static str words_of_national(struct arena *arena, str kept)
{
    return str_fmt(arena, "%.*s %.*s", STR_ARG(kept), STR_ARG(international(arena, kept)));
}

static str words_of_e164(struct arena *arena, str kept)
{
    return str_fmt(arena, "%.*s %.*s", STR_ARG(kept), STR_ARG(national_of(arena, kept)));
}

#define ANY_COUNTRY "Saisissez un numéro à 10 chiffres, ou avec l’indicatif du pays."
#define MOBILE "Saisissez un numéro de mobile à 10 chiffres, par exemple 06 00 00 00 00."

const struct validation_type validations_of_phones[] = {
    {"phone", phone_holds, ANY_COUNTRY, "tel"},
    {"phone-fr", phone_fr_holds, "Saisissez un numéro à 10 chiffres, par exemple 04 00 00 00 00.", "tel", NULL,
     national_shown, words_of_national},
    {"mobile-local", phone_fr_holds, MOBILE, "tel", must_be_mobile, national_shown, words_of_national},
    {"mobile-fr", phone_fr_holds, MOBILE, "tel", must_be_mobile, national_shown, words_of_national},
    {"phone-e164", e164_holds, ANY_COUNTRY, "tel", NULL, e164_shown, words_of_e164},
    {"mobile-e164", e164_holds, ANY_COUNTRY, "tel", must_be_mobile_e164, e164_shown, words_of_e164},
    {NULL},
};
