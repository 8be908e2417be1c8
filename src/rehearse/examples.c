/* What is typed: by the validation that the definition asks, by its bounds, by the words beside the control, by what
 * the page said was wrong. */
#include "rehearse/fill.h"

#include <string.h>

enum { TEXT_MOST = 2000, LONG_TEXT_MOST = 20000 };

static str field_key(const struct control *control)
{
    return control->field.len > 0 ? control->field : control->name;
}

/* ---- By validation ---- */

struct of_validation {
    const char *type;
    const char *values[4];
};
static const struct of_validation by_validation[] = {
    {"digits", {"12", "1234", "123456", "1"}},
    {"phone", {"04 78 12 34 56", "+32 2 123 45 67"}},
    {"phone-fr", {"04 78 12 34 56"}},
    {"mobile-fr", {"06 12 34 56 78"}},
    {"mobile-local", {"06 12 34 56 78"}},
    {"zipcode-fr", {"69120", "69001"}},
    {"siren-fr", {"443 170 139"}},
    {"siret-fr", {"443 170 139 00036"}},
    {"nir-fr", {"2 55 08 14 168 025 38"}},
    {"nrn-be", {"85.07.30-033.28"}},
    {"iban", {"FR76 3000 6000 0112 3456 7890 189", "BE68 5390 0754 7034"}},
    {"time", {"14:30", "09:00"}},
    {"url", {"https://exemple.fr"}},
    {"ants-predemand-fr", {"ABCDE12345"}},
    {"caf-beneficiary-number-fr", {"1234567"}},
    {"tax-assessment-fiscal-number-fr", {"1234567890123"}},
    {"tax-assessment-reference-fr", {"1234567890123"}},
    {"rna-number-fr", {"W691234567"}},
    {"plate-fr", {"AB-123-CD"}},
    {"integer", {"12", "1", "100"}},
    {"amount", {"24,50", "1", "100"}},
    {"phone-e164", {"+33 4 78 12 34 56", "+32 2 123 45 67"}},
    {"mobile-e164", {"+33 6 12 34 56 78", "+32 470 12 34 56"}},
    {"house-number", {"12 bis", "12"}},
    {"insee-commune-fr", {"69123"}},
    {"insee-birthplace-fr", {"69123"}},
};

static size_t count_values(const struct of_validation *one)
{
    size_t count = 0;
    while (count < 4 && one->values[count] != NULL)
        count++;
    return count;
}

static bool for_validation(const struct filler *filler, const json_t *validation, int nth, str *out)
{
    str type = json_str(validation, "type");
    if (str_eq(type, STR("regex")))
        return nth == 0 && example_of_pattern(filler->arena, json_str(validation, "value"), out);
    for (size_t i = 0; i < sizeof by_validation / sizeof *by_validation; i++)
        if (str_eq(type, str_of(by_validation[i].type)) && (size_t)nth < count_values(&by_validation[i])) {
            *out = str_of(by_validation[i].values[nth]);
            return true;
        }
    return false;
}

/* ---- By the words ---- */

struct of_words {
    const char *words; /* folded, apart by | */
    const char *values[4];
};
static const struct of_words by_words[] = {
    {"e mail|email|courriel|mel", {"jeanne.dupont@example.org"}},
    {"registre national|numero national|niss", {"85073003328"}},
    {"iban|compte bancaire|numero de compte", {"BE68539007547034", "FR7630006000011234567890189"}},
    {"siret", {"44317013900036"}},
    {"siren", {"443170139"}},
    {"code postal", {"69120", "5000"}},
    {"telephone|gsm|mobile|portable", {"0478123456", "0612345678", "+3225123456"}},
    {"coordonnees", {"45.7640;4.8357"}},
    {"heure", {"14:30", "14"}},
    {"plaque|immatriculation", {"AB-123-CD", "1ABC123"}},
    {"http|site internet|site web|url|lien vers", {"https://exemple.fr/"}},
    {"numero et rue", {"12 rue de la République", "1 rue Haute"}},
    {"montant|prix|revenu|surface|volume|capacite|litre|index|annee|nombre|quantite|numero|boite|chiffre|consommation"
     "|superficie|longueur|largeur|hauteur|age",
     {"12", "2020", "1"}},
    {"prenom", {"Jeanne"}},
    {"nom", {"Dupont", "Zoé de l’Abbé"}},
    {"adresse|rue|voie", {"12 rue de la République"}},
    {"ville|commune|localite", {"Vaulx-en-Velin", "Namur"}},
};

static bool holds_word(str words, const char *wanted)
{
    for (str one, rest = str_of(wanted); str_next(&rest, '|', &one);)
        if (str_contains(words, one))
            return true;
    return false;
}

static bool for_words(str words, int nth, str *out)
{
    for (size_t i = 0; i < sizeof by_words / sizeof *by_words; i++)
        if (holds_word(words, by_words[i].words) && nth < 4 && by_words[i].values[nth] != NULL) {
            *out = str_of(by_words[i].values[nth]);
            return true;
        }
    return false;
}

/* « …, par exemple 69120. » */
static bool for_hint(struct arena *arena, str hint, str *out)
{
    static const str before[] = {STR_INIT("par exemple "), STR_INIT("Exemple : "), STR_INIT("Exemple\xC2\xA0: "),
                                 STR_INIT("exemple : "),   STR_INIT("comme "),     STR_INIT("ex : "),
                                 STR_INIT("ex: ")};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
        size_t at = str_find(hint, before[i], 0);
        if (at == SIZE_MAX)
            continue;
        str rest = str_slice(hint, at + before[i].len, hint.len), example = rest;
        for (size_t j = 0; j < rest.len && example.len == rest.len; j++)
            if (strchr(".,;)", rest.ptr[j]) != NULL && (j + 1 == rest.len || rest.ptr[j + 1] == ' '))
                example = str_slice(rest, 0, j);
        *out = str_trim(str_replace(arena, example, STR(" ou "), STR("")));
        return out->len > 0 && out->len < 80;
    }
    return false;
}

/* ---- At the bounds ---- */

static size_t length_most(const struct control *control, const struct field *field)
{
    int64_t most = control->length_most;
    if (field != NULL && most == 0 && !str_to_int64(json_str(field->json, "maxlength"), &most))
        most = json_int(field->json, "maxlength");
    if (most > 0)
        return (size_t)most;
    return control->kind == CONTROL_LONG_TEXT ? LONG_TEXT_MOST : TEXT_MOST;
}

static str longest(const struct filler *filler, size_t most)
{
    str words = STR("L’été, l’œuvre à Saint-Étienne où Noël naît çà et là. ");
    struct buf out = buf_new(filler->arena, most * 4 + 100);
    while (out.len < most * 2)
        buf_add(&out, words);
    str text = utf8_slice(buf_str(&out), 0, most);
    return str_ends(text, STR(" ")) && most > 1 ? str_fmt(filler->arena, "%.*s.", (int)text.len - 1, text.ptr) : text;
}

static str hostile(size_t most)
{
    return utf8_slice(
        STR("Œuvre d’l'« été » \"&<b>{{ form_number }}</b>{% if x %}[form_var_x] 👩‍🚒 \\ %s ; --"), 0,
        most);
}

static str bound(const struct field *field, struct arena *arena, const char *key)
{
    const json_t *node = json_object_get(field->json, key);
    if (json_is_integer(node))
        return str_fmt(arena, "%lld", (long long)json_integer_value(node));
    if (json_is_real(node))
        return str_fmt(arena, "%g", json_real_value(node));
    return json_str_of(node);
}

static str number(const struct filler *filler, const struct field *field, int nth)
{
    static const char *const usual[] = {"12", "1", "2", "100", "2020", "0"};
    enum { USUAL = sizeof usual / sizeof *usual };
    str least = bound(field, filler->arena, "min_value"), most = bound(field, filler->arena, "max_value");
    if (nth == 0 && filler->style == STYLE_LEAST)
        return least.len > 0 ? least : STR("0");
    if (nth == 0 && filler->style == STYLE_MOST)
        return most.len > 0 ? most : STR("999999");
    if (nth == 0 && filler->style == STYLE_VARIED && least.len + most.len == 0)
        return str_fmt(filler->arena, "%zu", filler_draw(filler, field->id, 200));
    if (nth == 1 && least.len > 0)
        return least;
    if (nth == 2 && most.len > 0)
        return most;
    return str_of(usual[nth % USUAL]);
}

static bool is_free_text(const struct control *control, const struct field *field)
{
    return field != NULL && json_dict(field->json, "validation") == NULL && control->pattern.len == 0 &&
           (control->kind == CONTROL_LONG_TEXT || str_eq(field->type_name, STR("string")));
}

static bool at_the_bounds(const struct filler *filler, const struct control *control, const struct field *field,
                          int nth, str *out)
{
    if (nth > 0 || (filler->style != STYLE_MOST && filler->style != STYLE_HOSTILE))
        return false;
    bool is_email = str_eq(control->type, STR("email"));
    if (is_email)
        *out = STR("jeanne.o'neil+essai@exemple.example");
    else if (is_free_text(control, field))
        *out = filler->style == STYLE_MOST ? longest(filler, length_most(control, field))
                                           : hostile(length_most(control, field));
    else
        return false;
    return true;
}

/* ---- The text ---- */

static str varied_name(const struct filler *filler, const struct control *control)
{
    static const char *const names[] = {"Martin",  "Nguyễn",  "Traoré", "Lefèvre", "Dupont", "García",
                                        "O’Brien", "Şahin",   "Benali", "Müller",  "Petit",  "Roux",
                                        "Moreau",  "Garnier", "Faure",  "Blanc"};
    enum { NAMES = sizeof names / sizeof *names };
    size_t drawn = filler_draw(filler, field_key(control), (size_t)NAMES * 1000);
    return str_fmt(filler->arena, "%s %zu", names[drawn % NAMES], drawn / NAMES);
}

static str fallback(const struct filler *filler, const struct control *control, int nth)
{
    static const char *const texts[] = {"Texte d’essai", "12", "0478123456", "1", "ABC123", "14:30", "12,50", "oui"};
    if (filler->style == STYLE_VARIED && nth == 0)
        return varied_name(filler, control);
    return str_of(texts[(size_t)nth % (sizeof texts / sizeof *texts)]);
}

static bool for_type(const struct control *control, int nth, str *out)
{
    static const struct {
        const char *type, *value;
    } types[] = {{"email", "jeanne.dupont@example.org"},
                 {"url", "https://exemple.fr/"},
                 {"time", "14:30"},
                 {"month", "2027-03"},
                 {"week", "2027-W10"},
                 {"color", "#2266cc"},
                 {"datetime-local", "2027-03-12T14:30"},
                 {"range", "1"}};
    for (size_t i = 0; nth == 0 && i < sizeof types / sizeof *types; i++)
        if (str_eq(control->type, str_of(types[i].type))) {
            *out = str_of(types[i].value);
            return true;
        }
    return false;
}

static str words_of(const struct filler *filler, const struct control *control)
{
    str both = str_fmt(filler->arena, " %.*s %.*s ", STR_ARG(control->legend), STR_ARG(control->label));
    return utf8_fold(filler->arena, both);
}

/* The first to the last of what may be tried: nth counts those that were refused. */
str example_text(const struct filler *filler, const struct control *control, const struct field *field, int nth)
{
    str out;
    if (at_the_bounds(filler, control, field, nth, &out))
        return out;
    nth -= filler->style == STYLE_MOST || filler->style == STYLE_HOSTILE ? nth > 0 : 0;
    const json_t *validation = field != NULL ? json_dict(field->json, "validation") : NULL;
    if (field != NULL && str_eq(field->type_name, STR("numeric")))
        return number(filler, field, nth);
    if (validation != NULL && for_validation(filler, validation, nth, &out))
        return out;
    if (for_type(control, nth, &out) ||
        (nth == 0 && control->pattern.len > 0 && example_of_pattern(filler->arena, control->pattern, &out)))
        return out;
    bool is_plain = validation == NULL && filler->style == STYLE_VARIED && nth == 0 && is_free_text(control, field);
    if (!is_plain && for_words(words_of(filler, control), nth / 2, &out) && nth % 2 == 0)
        return out;
    if (nth > 0 && for_hint(filler->arena, control->hint, &out) && nth % 3 == 1)
        return out;
    return utf8_slice(fallback(filler, control, nth), 0, length_most(control, field));
}

/* ---- Dates ---- */

struct date example_date(const struct filler *filler, const struct control *control, const struct field *field, int nth)
{
    static const int future[] = {31, 8, 100, 3, 1, 190, 400, 15, 62, 0, -31}, past[] = {-31, -1, -400, 0, -8, 31, 3};
    struct date today = datetime_local(instant_now()).date, wanted;
    const json_t *json = field != NULL ? field->json : NULL;
    str words = words_of(filler, control), least = control->least, most = control->most;
    bool is_past = json_bool(json, "date_in_the_past") || holds_word(words, "naissance|deces|ne e le|ne le");
    bool is_future = json_bool(json, "minimum_is_future") || json_str(json, "minimum_date").len > 0;
    if (nth == 0 && filler->style == STYLE_LEAST && date_parse(least, &wanted))
        return wanted;
    if (nth == 0 && filler->style == STYLE_MOST && date_parse(most, &wanted))
        return wanted;
    if (nth == 0 && filler->style == STYLE_LEAST && !is_future)
        return (struct date){1924, 2, 29};
    if (nth == 0 && filler->style == STYLE_MOST && !is_past)
        return (struct date){2096, 12, 31};
    nth -= filler->style == STYLE_LEAST || filler->style == STYLE_MOST ? nth > 0 : 0;
    if (nth == 0 && is_past && holds_word(words, "naissance|ne e le|ne le"))
        return (struct date){1985, 3, 12};
    int drawn = filler->style == STYLE_VARIED ? (int)filler_draw(filler, field_key(control), 25) : 0;
    size_t at = (size_t)nth;
    int days =
        is_past && !is_future ? past[at % (sizeof past / sizeof *past)] : future[at % (sizeof future / sizeof *future)];
    if (nth == 0 && !is_past && !is_future)
        days = -31;
    return date_from_days(date_to_days(today) + days + (days > 1 ? drawn : days < -1 ? -drawn : 0));
}

/* ---- Files ---- */

static const unsigned char png[] = {0x89, 'P',  'N',  'G',  0x0D, 0x0A, 0x1A, 0x0A, 0,   0,    0,    13,   'I',  'H',
                                    'D',  'R',  0,    0,    0,    1,    0,    0,    0,   1,    8,    2,    0,    0,
                                    0,    0x90, 0x77, 0x53, 0xDE, 0,    0,    0,    12,  'I',  'D',  'A',  'T',  0x08,
                                    0xD7, 0x63, 0xF8, 0xCF, 0xC0, 0,    0,    3,    1,   1,    0,    0x18, 0xDD, 0x8D,
                                    0xB0, 0,    0,    0,    0,    'I',  'E',  'N',  'D', 0xAE, 0x42, 0x60, 0x82};
static const unsigned char jpeg[] = {0xFF, 0xD8, 0xFF, 0xE0, 0, 16, 'J', 'F', 'I', 'F',  0,
                                     1,    1,    0,    0,    1, 0,  1,   0,   0,   0xFF, 0xD9};
static const char pdf[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count "
                          "0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

struct example_file example_file(const struct filler *filler, const struct control *control, int nth)
{
    static const struct {
        const char *mime, *end;
        struct example_file file;
    } files[] = {
        {"application/pdf", ".pdf", {STR_INIT("pièce n° 1.pdf"), STR_INIT("application/pdf"), {pdf, sizeof pdf - 1}}},
        {"image/png", ".png", {STR_INIT("photo.png"), STR_INIT("image/png"), {(const char *)png, sizeof png}}},
        {"image/jpeg", ".jp", {STR_INIT("photo.jpg"), STR_INIT("image/jpeg"), {(const char *)jpeg, sizeof jpeg}}},
        {"text/plain", ".txt", {STR_INIT("notes.txt"), STR_INIT("text/plain"), STR_INIT("Une ligne.\n")}},
        {"text/csv", ".csv", {STR_INIT("liste.csv"), STR_INIT("text/csv"), STR_INIT("nom;age\nDupont;41\n")}},
    };
    enum { FILES = sizeof files / sizeof *files };
    (void)filler;
    size_t found[FILES], count = 0;
    for (size_t i = 0; i < FILES; i++)
        if (control->accept.len == 0 || str_contains(control->accept, str_of(files[i].mime)) ||
            str_contains(control->accept, str_of(files[i].end)) ||
            (i > 0 && i < 3 && str_contains(control->accept, STR("image/*"))))
            found[count++] = i;
    return files[count == 0 ? (size_t)nth % FILES : found[(size_t)nth % count]].file;
}
