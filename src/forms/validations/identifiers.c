/* Numbers that an administration gave: of people, enterprises, associations, vehicles, requests. */
#include "forms/validations/validation.h"

#include <string.h>

static bool luhn_holds(str digits)
{
    unsigned sum = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned)(digits.ptr[digits.len - 1 - i] - '0');
        digit = i % 2 == 1 ? digit * 2 : digit;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

static bool siren_holds(struct arena *arena, str *text)
{
    return validation_is_compact_digits(arena, text, 9);
}

static str siren_key(const struct validation *validation, const struct form_context *context, str kept)
{
    (void)validation;
    (void)context;
    return luhn_holds(kept) ? STR_EMPTY : STR("Vérifiez le SIREN : un chiffre semble faux.");
}

static bool siret_holds(struct arena *arena, str *text)
{
    return validation_is_compact_digits(arena, text, 14);
}

/* La Poste's establishments (SIREN 356000000) do not follow Luhn: the sum of their digits is a multiple of 5. */
static str siret_key(const struct validation *validation, const struct form_context *context, str kept)
{
    (void)validation;
    (void)context;
    unsigned sum = 0;
    for (size_t i = 0; i < kept.len; i++)
        sum += (unsigned)(kept.ptr[i] - '0');
    bool holds = luhn_holds(kept) || (str_starts(kept, STR("356000000")) && sum % 5 == 0);
    return holds ? STR_EMPTY : STR("Vérifiez le SIRET : un chiffre semble faux.");
}

/* Months over 12 stand for births whose month is not known (20, 30 to 42, 50 and more). */
static bool is_nir_month(str text)
{
    int64_t month;
    if (!validation_is_digits(text) || !str_to_int64(text, &month))
        return false;
    return (month >= 1 && month <= 12) || month == 20 || (month >= 30 && month <= 42) || month >= 50;
}

/* Corsica's 2A and 2B count as 19 and 18 in the key. */
static bool nir_holds(struct arena *arena, str *text)
{
    str plain = utf8_upper(arena, validation_compact(arena, *text));
    if (plain.len != 15 || plain.ptr[0] == '0' || !is_nir_month(str_slice(plain, 3, 5)) ||
        str_eq(str_slice(plain, 7, 10), STR("000")) || str_eq(str_slice(plain, 10, 13), STR("000")))
        return false;
    str number = str_slice(plain, 0, 13);
    if (str_eq(str_slice(plain, 5, 7), STR("2A")) || str_eq(str_slice(plain, 5, 7), STR("2B")))
        number = str_fmt(arena, "%.5s%s%.6s", plain.ptr, plain.ptr[6] == 'A' ? "19" : "18", plain.ptr + 7);
    str key = str_slice(plain, 13, 15);
    int64_t expected;
    if (!validation_is_digits(number) || !validation_is_digits(key) || !str_to_int64(key, &expected))
        return false;
    if (97 - (int64_t)validation_remainder_97(number) != expected)
        return false;
    *text = plain;
    return true;
}

/* Belgian national number (royal decree of 3 April 1984): 97 minus the first nine modulo 97, with a 2 before them for
 * births from 2000 on. Month and day may be 00: not known. */
static bool nrn_be_holds(struct arena *arena, str *text)
{
    str plain = validation_compact(arena, *text);
    if (plain.len != 11 || !validation_is_digits(plain))
        return false;
    int month = (plain.ptr[2] - '0') * 10 + plain.ptr[3] - '0'; /* 20 or 40 more: of who is in no register */
    int day = (plain.ptr[4] - '0') * 10 + plain.ptr[5] - '0';
    if (month >= 60 || month % 20 > 12 || day > 31)
        return false;
    str number = str_slice(plain, 0, 9);
    unsigned key = (unsigned)(plain.ptr[9] - '0') * 10 + (unsigned)(plain.ptr[10] - '0');
    bool before_2000 = 97 - validation_remainder_97(number) == key;
    bool since_2000 = 97 - validation_remainder_97(str_fmt(arena, "2%.*s", STR_ARG(number))) == key;
    if (!before_2000 && !since_2000)
        return false;
    *text = plain;
    return true;
}

static bool ants_holds(struct arena *arena, str *text)
{
    return validation_is_alphanumeric(arena, text, 10);
}

/* W, then 9 digits; Corsica's 2A and 2B and the 9x of overseas come in the place of the first two. */
static bool rna_holds(struct arena *arena, str *text)
{
    if (!validation_is_alphanumeric(arena, text, 10) || text->ptr[0] != 'W')
        return false;
    str number = str_slice(*text, 1, 10);
    bool has_letter = number.ptr[1] >= 'A' && (number.ptr[0] == '9' || (number.ptr[0] == '2' && number.ptr[1] <= 'B'));
    return validation_is_digits(has_letter ? str_slice(number, 2, 9) : number);
}

static bool caf_holds(struct arena *arena, str *text)
{
    return validation_is_compact_digits(arena, text, 7);
}

static bool thirteen_digits_hold(struct arena *arena, str *text)
{
    return validation_is_compact_digits(arena, text, 13);
}

/* « AB-123-CD » of 2009 (no I, O or U, never SS, WW before), « 123 ABC 69 » before, the department perhaps without. */
static bool is_plate_of_2009(str plate)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTVWXYZ";
    static const size_t places[] = {0, 1, 5, 6};
    for (size_t i = 0; plate.len == 7 && i < sizeof places / sizeof *places; i++)
        if (memchr(letters, plate.ptr[places[i]], sizeof letters - 1) == NULL)
            return false;
    return plate.len == 7 && validation_is_digits(str_slice(plate, 2, 5)) &&
           !str_eq(str_slice(plate, 2, 5), STR("000"));
}

static size_t count_digits(str text)
{
    size_t count = 0;
    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    return count;
}

static bool is_department(str text)
{
    if (str_eq(text, STR("2A")) || str_eq(text, STR("2B")))
        return true;
    int64_t number;
    return validation_is_digits(text) && str_to_int64(text, &number) &&
           ((text.len == 2 && number >= 1 && number <= 95) || (text.len == 3 && number >= 971 && number <= 978));
}

/* One to four digits, one to three letters, a department. */
static bool old_plate(struct arena *arena, str plate, str *out)
{
    size_t digits = count_digits(plate), end = digits;
    while (end < plate.len && plate.ptr[end] >= 'A' && plate.ptr[end] <= 'Z')
        end++;
    str department = str_slice(plate, end, plate.len);
    if (digits < 1 || digits > 4 || plate.ptr[0] == '0' || end - digits < 1 || end - digits > 3 ||
        !is_department(department))
        return false;
    *out = str_fmt(arena, "%.*s %.*s %.*s", STR_ARG(str_slice(plate, 0, digits)),
                   STR_ARG(str_slice(plate, digits, end)), STR_ARG(department));
    return true;
}

static bool plate_holds(struct arena *arena, str *text)
{
    str plate = utf8_upper(arena, validation_compact(arena, *text));
    if (is_plate_of_2009(plate)) {
        *text = str_fmt(arena, "%.2s-%.3s-%.2s", plate.ptr, plate.ptr + 2, plate.ptr + 5);
        return true;
    }
    return old_plate(arena, plate, text);
}

static str words_of_plate(struct arena *arena, str kept)
{
    return validation_compact(arena, kept);
}

static str siren_shown(struct arena *arena, str kept)
{
    return validation_grouped(arena, kept, "3");
}

static str siret_shown(struct arena *arena, str kept)
{
    return validation_grouped(arena, kept, "3335");
}

const struct validation_type validations_of_identifiers[] = {
    {"siren-fr", siren_holds, "Le SIREN doit contenir 9 chiffres. Exemple : 443 170 139.", "numeric", siren_key,
     siren_shown},
    {"siret-fr", siret_holds, "Le SIRET doit contenir 14 chiffres.", "numeric", siret_key, siret_shown, NULL},
    {"nir-fr", nir_holds, "Vérifiez le numéro de sécurité sociale : 15 signes, par exemple 2 55 08 14 168 025 38.",
     NULL},
    {"nrn-be", nrn_be_holds, "Vérifiez le numéro de registre national : 11 chiffres, par exemple 85.07.30-033.28.",
     "numeric"},
    {"ants-predemand-fr", ants_holds, "Le numéro de pré-demande a 10 lettres ou chiffres, par exemple ABCDE12345.",
     NULL},
    {"caf-beneficiary-number-fr", caf_holds, "Le numéro d’allocataire a 7 chiffres, par exemple 1234567.", "numeric"},
    {"tax-assessment-fiscal-number-fr", thirteen_digits_hold, "Le numéro fiscal a 13 chiffres.", "numeric"},
    {"tax-assessment-reference-fr", thirteen_digits_hold, "La référence de l’avis a 13 chiffres.", "numeric"},
    {"rna-number-fr", rna_holds, "Le numéro RNA est un W suivi de 9 chiffres, par exemple W691234567.", NULL},
    {"plate-fr", plate_holds, "Saisissez une plaque comme AB-123-CD.", NULL, NULL, NULL, words_of_plate},
    {NULL},
};
