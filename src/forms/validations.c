/* Validations of a line of text: Publik's table (w.c.s. ValidationWidget). Each keeps the text in one form and says, in
 * French and with an example, what to type. */
#include "forms/field.h"

#include "forms/iban.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

struct validation_type {
    const char *name;
    bool (*holds)(struct arena *arena, str *text); /* also puts the text in its kept form */
    const char *message;
    const char *input_mode;
};

struct validation {
    const struct validation_type *type; /* NULL: regex, django, or one that does not run */
    pcre2_code *regex;
    const struct template *django;
    str message;
};

/* ---- Small tools ---- */

static str digits_of(struct arena *arena, str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            out[length++] = text.ptr[i];
    return (str){out, length};
}

/* Without blanks, dots, hyphens and slashes: how people cut long numbers. */
static str compact(struct arena *arena, str text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    text = str_replace(arena, text, STR("\xC2\xA0"), STR(" "));
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" .-/_", text.ptr[i]) == NULL)
            out[length++] = text.ptr[i];
    return (str){out, length};
}

static bool is_digits(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

static bool is_compact_digits(struct arena *arena, str *text, size_t length)
{
    str plain = compact(arena, *text);
    if (plain.len != length || !is_digits(plain))
        return false;
    *text = plain;
    return true;
}

static unsigned remainder_97(str digits)
{
    unsigned remainder = 0;
    for (size_t i = 0; i < digits.len; i++)
        remainder = (remainder * 10 + (unsigned)(digits.ptr[i] - '0')) % 97;
    return remainder;
}

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

/* ---- The validations ---- */

static bool digits_hold(struct arena *arena, str *text)
{
    (void)arena;
    return is_digits(*text);
}

/* Loose: digits with the usual signs between them, + or 00 before a country. */
static bool phone_holds(struct arena *arena, str *text)
{
    for (size_t i = 0; i < text->len; i++)
        if ((text->ptr[i] < '0' || text->ptr[i] > '9') && strchr("+ .-/()", text->ptr[i]) == NULL)
            return false;
    size_t count = digits_of(arena, *text).len;
    return count >= 6 && count <= 15;
}

static bool phone_fr_holds(struct arena *arena, str *text)
{
    str plain = compact(arena, *text);
    if (str_starts(plain, STR("+33")))
        plain = str_fmt(arena, "0%.*s", STR_ARG(str_slice(plain, 3, plain.len)));
    else if (str_starts(plain, STR("0033")))
        plain = str_fmt(arena, "0%.*s", STR_ARG(str_slice(plain, 4, plain.len)));
    if (plain.len != 10 || !is_digits(plain) || plain.ptr[0] != '0' || plain.ptr[1] == '0')
        return false;
    *text = plain;
    return true;
}

static bool mobile_holds(struct arena *arena, str *text)
{
    return phone_fr_holds(arena, text) && (text->ptr[1] == '6' || text->ptr[1] == '7');
}

static bool zipcode_holds(struct arena *arena, str *text)
{
    return is_compact_digits(arena, text, 5);
}

static bool siren_holds(struct arena *arena, str *text)
{
    return is_compact_digits(arena, text, 9) && luhn_holds(*text);
}

/* La Poste's establishments (SIREN 356000000) do not follow Luhn: the sum of their digits is a multiple of 5. */
static bool siret_holds(struct arena *arena, str *text)
{
    if (!is_compact_digits(arena, text, 14))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < text->len; i++)
        sum += (unsigned)(text->ptr[i] - '0');
    return luhn_holds(*text) || (str_starts(*text, STR("356000000")) && sum % 5 == 0);
}

/* Months over 12 stand for births whose month is not known (20, 30 to 42, 50 and more). */
static bool is_nir_month(str text)
{
    int64_t month;
    if (!is_digits(text) || !str_to_int64(text, &month))
        return false;
    return (month >= 1 && month <= 12) || month == 20 || (month >= 30 && month <= 42) || month >= 50;
}

/* Corsica's 2A and 2B count as 19 and 18 in the key. */
static bool nir_holds(struct arena *arena, str *text)
{
    str plain = utf8_upper(arena, compact(arena, *text));
    if (plain.len != 15 || plain.ptr[0] == '0' || !is_nir_month(str_slice(plain, 3, 5)) ||
        str_eq(str_slice(plain, 7, 10), STR("000")) || str_eq(str_slice(plain, 10, 13), STR("000")))
        return false;
    str number = str_slice(plain, 0, 13);
    if (str_eq(str_slice(plain, 5, 7), STR("2A")) || str_eq(str_slice(plain, 5, 7), STR("2B")))
        number = str_fmt(arena, "%.5s%s%.6s", plain.ptr, plain.ptr[6] == 'A' ? "19" : "18", plain.ptr + 7);
    str key = str_slice(plain, 13, 15);
    int64_t expected;
    if (!is_digits(number) || !is_digits(key) || !str_to_int64(key, &expected))
        return false;
    if (97 - (int64_t)remainder_97(number) != expected)
        return false;
    *text = plain;
    return true;
}

/* Belgian national number (royal decree of 3 April 1984): 97 minus the first nine modulo 97, with a 2 before them for
 * births from 2000 on. Month and day may be 00: not known. */
static bool nrn_be_holds(struct arena *arena, str *text)
{
    str plain = compact(arena, *text);
    if (plain.len != 11 || !is_digits(plain))
        return false;
    int month = (plain.ptr[2] - '0') * 10 + plain.ptr[3] - '0'; /* 20 or 40 more: of who is in no register */
    int day = (plain.ptr[4] - '0') * 10 + plain.ptr[5] - '0';
    if (month >= 60 || month % 20 > 12 || day > 31)
        return false;
    str number = str_slice(plain, 0, 9);
    unsigned key = (unsigned)(plain.ptr[9] - '0') * 10 + (unsigned)(plain.ptr[10] - '0');
    bool before_2000 = 97 - remainder_97(number) == key;
    bool since_2000 = 97 - remainder_97(str_fmt(arena, "2%.*s", STR_ARG(number))) == key;
    if (!before_2000 && !since_2000)
        return false;
    *text = plain;
    return true;
}

/* ISO 13616: the first four signs go to the end, letters become 10 to 35, the whole modulo 97 is 1. */
static bool iban_holds(struct arena *arena, str *text)
{
    str plain = utf8_upper(arena, compact(arena, *text));
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
    if (is_nothing || remainder_97(buf_str(&digits)) != 1)
        return false;
    *text = plain;
    return true;
}

/* 14:30, 14h30, 14 h. */
static bool time_holds(struct arena *arena, str *text)
{
    str plain = str_replace(arena, compact(arena, *text), STR("h"), STR(":")), hour_text, minute_text;
    int64_t hour, minute = 0;
    str_cut(plain, ':', &hour_text, &minute_text);
    if (!is_digits(hour_text) || !str_to_int64(hour_text, &hour) || hour > 23)
        return false;
    if (minute_text.len > 0 && (minute_text.len != 2 || !is_digits(minute_text) || !str_to_int64(minute_text, &minute)))
        return false;
    if (minute > 59 || (minute_text.len == 0 && !str_ends(plain, STR(":"))))
        return false;
    *text = str_fmt(arena, "%02lld:%02lld", (long long)hour, (long long)minute);
    return true;
}

static bool url_holds(struct arena *arena, str *text)
{
    str lower = str_lower(arena, *text);
    size_t scheme = str_starts(lower, STR("https://")) ? 8 : str_starts(lower, STR("http://")) ? 7 : 0;
    if (scheme == 0 || text->len <= scheme || text->ptr[scheme] == '/' || text->ptr[scheme] == '.')
        return false;
    for (size_t i = 0; i < text->len; i++)
        if ((unsigned char)text->ptr[i] <= ' ' || strchr("<>\"\\^`{|}", text->ptr[i]) != NULL)
            return false;
    return true;
}

static bool alphanumeric_holds(struct arena *arena, str *text, size_t length)
{
    str plain = utf8_upper(arena, compact(arena, *text));
    for (size_t i = 0; i < plain.len; i++)
        if (!(plain.ptr[i] >= '0' && plain.ptr[i] <= '9') && !(plain.ptr[i] >= 'A' && plain.ptr[i] <= 'Z'))
            return false;
    if (plain.len != length)
        return false;
    *text = plain;
    return true;
}

static bool ants_holds(struct arena *arena, str *text)
{
    return alphanumeric_holds(arena, text, 10);
}

/* W, then 9 digits; Corsica's 2A and 2B and the 9x of overseas come in the place of the first two. */
static bool rna_holds(struct arena *arena, str *text)
{
    if (!alphanumeric_holds(arena, text, 10) || text->ptr[0] != 'W')
        return false;
    str number = str_slice(*text, 1, 10);
    bool has_letter = number.ptr[1] >= 'A' && (number.ptr[0] == '9' || (number.ptr[0] == '2' && number.ptr[1] <= 'B'));
    return is_digits(has_letter ? str_slice(number, 2, 9) : number);
}

static bool caf_holds(struct arena *arena, str *text)
{
    return is_compact_digits(arena, text, 7);
}

static bool thirteen_digits_hold(struct arena *arena, str *text)
{
    return is_compact_digits(arena, text, 13);
}

static const struct validation_type types[] = {
    {"digits", digits_hold, "Saisissez des chiffres seulement, par exemple 1234.", "numeric"},
    {"phone", phone_holds, "Saisissez un numéro de téléphone, par exemple 04 00 00 00 00 ou +32 2 000 00 00.", "tel"},
    {"phone-fr", phone_fr_holds, "Saisissez un numéro à 10 chiffres, par exemple 04 00 00 00 00.", "tel"},
    {"mobile-local", mobile_holds, "Saisissez un numéro de mobile à 10 chiffres, par exemple 06 00 00 00 00.", "tel"},
    {"mobile-fr", mobile_holds, "Saisissez un numéro de mobile à 10 chiffres, par exemple 06 00 00 00 00.", "tel"},
    {"zipcode-fr", zipcode_holds, "Le code postal doit contenir 5 chiffres, par exemple 69120.", "numeric"},
    {"siren-fr", siren_holds, "Vérifiez le SIREN : 9 chiffres, par exemple 443 170 139.", "numeric"},
    {"siret-fr", siret_holds, "Vérifiez le SIRET : 14 chiffres, par exemple 443 170 139 00036.", "numeric"},
    {"nir-fr", nir_holds, "Vérifiez le numéro de sécurité sociale : 15 signes, par exemple 2 55 08 14 168 025 38.",
     NULL},
    {"nrn-be", nrn_be_holds, "Vérifiez le numéro de registre national : 11 chiffres, par exemple 85.07.30-033.28.",
     "numeric"},
    {"iban", iban_holds, "Vérifiez l’IBAN : un caractère semble faux. Exemple : FR76 3000 6000 0112 3456 7890 189.",
     NULL},
    {"time", time_holds, "Saisissez une heure comme 14:30.", NULL},
    {"url", url_holds, "Saisissez une adresse qui commence par https://, par exemple https://exemple.fr.", "url"},
    {"ants-predemand-fr", ants_holds, "Le numéro de pré-demande a 10 lettres ou chiffres, par exemple ABCDE12345.",
     NULL},
    {"caf-beneficiary-number-fr", caf_holds, "Le numéro d’allocataire a 7 chiffres, par exemple 1234567.", "numeric"},
    {"tax-assessment-fiscal-number-fr", thirteen_digits_hold, "Le numéro fiscal a 13 chiffres.", "numeric"},
    {"tax-assessment-reference-fr", thirteen_digits_hold, "La référence de l’avis a 13 chiffres.", "numeric"},
    {"rna-number-fr", rna_holds, "Le numéro RNA est un W suivi de 9 chiffres, par exemple W691234567.", NULL},
};

static const struct validation_type *type_find(str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(name, str_of(types[i].name)))
            return &types[i];
    return NULL;
}

const char *validation_type(size_t index)
{
    static const char *const others[] = {"regex", "django", NULL};
    enum { TYPE_COUNT = sizeof types / sizeof *types };
    return index < TYPE_COUNT ? types[index].name : index < TYPE_COUNT + 2 ? others[index - TYPE_COUNT] : NULL;
}

bool validation_type_runs(str type)
{
    return type_find(type) != NULL || str_eq(type, STR("regex")) || str_eq(type, STR("django"));
}

/* ---- Compiling and running ---- */

static void free_regex(void *regex)
{
    pcre2_code_free(regex);
}

static void compile_regex(struct compiling *compiling, struct validation *validation, str pattern)
{
    int error;
    PCRE2_SIZE at;
    validation->regex = pcre2_compile((PCRE2_SPTR)(pattern.len == 0 ? "" : pattern.ptr), pattern.len,
                                      PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &at, NULL);
    if (validation->regex == NULL)
        compiling_report(compiling, STR("validation:regex"), "l’expression rationnelle est fausse : tout est accepté",
                         true);
    else
        arena_defer(compiling->arena, free_regex, validation->regex);
}

const struct validation *validation_compile(struct compiling *compiling, const json_t *json)
{
    str type = json_str(json, "type"), value = json_str(json, "value");
    if (json == NULL || type.len == 0)
        return NULL;
    struct validation *validation = arena_new_of(compiling->arena, struct validation);
    validation->type = type_find(type);
    validation->message = json_str(json, "error_message");
    if (str_eq(type, STR("regex")))
        compile_regex(compiling, validation, value);
    else if (str_eq(type, STR("django")))
        validation->django = compiling_text(compiling, value, TEMPLATE_CONDITION, "validation");
    else if (validation->type == NULL)
        compiling_report(compiling, str_fmt(compiling->arena, "validation:%.*s", STR_ARG(type)),
                         "cette vérification n’est pas encore faite : tout est accepté", false);
    return validation;
}

/* w.c.s.: the whole text must match, alternatives tried in turn. What takes too long does not match. */
static bool regex_holds(const pcre2_code *regex, str text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(regex, NULL);
    pcre2_set_match_limit(limits, 200000);
    pcre2_set_depth_limit(limits, 10000);
    int found = pcre2_match(regex, (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0, 0, data, limits);
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    return found >= 0;
}

static bool value_get_alone(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct value *pair = object->self; /* the text, then the names around it */
    if (str_eq(key, STR("value"))) {
        *out = pair[0];
        return true;
    }
    *out = value_lookup(arena, pair[1], key);
    return out->kind != VALUE_UNDEFINED;
}

static bool django_holds(const struct template *condition, const struct form_context *context, str text)
{
    static const struct value_object_type with_value = {.name = "validation", .get = value_get_alone};
    struct value pair[2] = {value_text(text), context->scope};
    struct render render = context_render(context);
    render.scope = value_object(&with_value, pair);
    return template_holds(condition, &render);
}

str validation_run(const struct validation *validation, const struct form_context *context, str *text)
{
    bool holds = true;
    if (validation->regex != NULL)
        holds = regex_holds(validation->regex, *text);
    else if (validation->django != NULL)
        holds = django_holds(validation->django, context, *text);
    else if (validation->type != NULL)
        holds = validation->type->holds(context->arena, text);
    if (holds)
        return STR_EMPTY;
    if (validation->message.len > 0)
        return validation->message;
    return validation->type != NULL ? str_of(validation->type->message)
                                    : STR("Cette réponse n’a pas la forme attendue. Vérifiez-la.");
}

str validation_input_mode(const struct validation *validation)
{
    return validation == NULL || validation->type == NULL ? STR_EMPTY : str_of(validation->type->input_mode);
}
