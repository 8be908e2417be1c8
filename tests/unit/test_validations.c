/* Each validation of texts: what it takes, what it keeps, what it refuses and how it says so. */
#include "asking.h"

#include <string.h>

struct validation_case {
    const char *type, *value, *text, *kept; /* kept NULL: refused */
};

static const struct validation_case cases[] = {
    {"mobile-fr", "", "06 12 34 56 78", "0612345678"},
    {"mobile-fr", "", "+33 7 12 34 56 78", "0712345678"},
    {"mobile-fr", "", "04 78 00 00 00", NULL},
    {"mobile-fr", "", "06 12 34 56 7", NULL},
    {"mobile-fr", "", "06 12 34 56 789", NULL},
    {"mobile-e164", "", "06 12", NULL},
    {"ants-predemand-fr", "", "ABCDE1234", NULL},
    {"ants-predemand-fr", "", "ABCDE123456", NULL},
    {"caf-beneficiary-number-fr", "", "123456", NULL},
    {"caf-beneficiary-number-fr", "", "12345678", NULL},
    {"tax-assessment-fiscal-number-fr", "", "123456789012", NULL},
    {"tax-assessment-fiscal-number-fr", "", "12345678901234", NULL},
    {"tax-assessment-reference-fr", "", "123456789012", NULL},
    {"tax-assessment-reference-fr", "", "12345678901234", NULL},
    {"digits", "", "0123", "0123"},
    {"digits", "", "12a", NULL},
    {"integer", "", "0", "0"},
    {"integer", "", "1 234", "1234"},
    {"integer", "", "1 234", "1234"},
    {"integer", "", "007", "7"},
    {"integer", "", "-3", "-3"},
    {"integer", "", "999999999999999999", "999999999999999999"},
    {"integer", "", "9999999999999999999", NULL},
    {"integer", "", "2,5", NULL},
    {"integer", "", "1e3", NULL},
    {"integer", "", "deux", NULL},
    {"integer", "", "٣", NULL},
    {"amount", "", "24,50", "24.50"},
    {"amount", "", "24.5", "24.50"},
    {"amount", "", "24", "24.00"},
    {"amount", "", "1 234,5 €", "1234.50"},
    {"amount", "", "0", "0.00"},
    {"amount", "", "999999999999,99", "999999999999.99"},
    {"amount", "", "9999999999999", NULL},
    {"amount", "", "24,505", NULL},
    {"amount", "", "-24,50", NULL},
    {"amount", "", ",50", NULL},
    {"amount", "", "24,5,0", NULL},
    {"amount", "", "1e9", NULL},
    {"amount", "", "NaN", NULL},
    {"house-number", "", "12", "12"},
    {"house-number", "", "12bis", "12 bis"},
    {"house-number", "", "12 BIS", "12 bis"},
    {"house-number", "", "12 Ter", "12 ter"},
    {"house-number", "", "3 b", "3 B"},
    {"house-number", "", "12-14", "12-14"},
    {"house-number", "", "12 / 3", "12/3"},
    {"house-number", "", "99999", "99999"},
    {"house-number", "", "123456", NULL},
    {"house-number", "", "0", NULL},
    {"house-number", "", "bis", NULL},
    {"house-number", "", "12 rue Haute", NULL},
    {"house-number", "", "12-", NULL},
    {"plate-fr", "", "ab 123 cd", "AB-123-CD"},
    {"plate-fr", "", "AB123CD", "AB-123-CD"},
    {"plate-fr", "", "AI-123-CD", NULL}, /* no I, O, U since 2009 */
    {"plate-fr", "", "AB-000-CD", NULL},
    {"plate-fr", "", "AB-12-CD", NULL},
    {"plate-fr", "", "123 abc 69", "123 ABC 69"},
    {"plate-fr", "", "1234 AB 2A", "1234 AB 2A"},
    {"plate-fr", "", "12 A 974", "12 A 974"},
    {"plate-fr", "", "123 ABC 00", NULL},
    {"plate-fr", "", "123 ABC 96", NULL},
    {"plate-fr", "", "0123 ABC 69", NULL},
    {"plate-fr", "", "é", NULL},
    {"insee-commune-fr", "", "69123", "69123"},
    {"insee-commune-fr", "", "2a004", "2A004"},
    {"insee-commune-fr", "", "2B033", "2B033"},
    {"insee-commune-fr", "", "97411", "97411"},
    {"insee-commune-fr", "", "98735", "98735"},
    {"insee-commune-fr", "", "20004", NULL},
    {"insee-commune-fr", "", "2C004", NULL},
    {"insee-commune-fr", "", "00123", NULL},
    {"insee-commune-fr", "", "96001", NULL},
    {"insee-commune-fr", "", "97000", NULL},
    {"insee-commune-fr", "", "69000", NULL},
    {"insee-commune-fr", "", "99352", NULL},
    {"insee-commune-fr", "", "6912", NULL},
    {"insee-birthplace-fr", "", "69123", "69123"},
    {"insee-birthplace-fr", "", "2a004", "2A004"},
    {"insee-birthplace-fr", "", "99352", "99352"},
    {"insee-birthplace-fr", "", "99100", NULL},
    {"insee-birthplace-fr", "", "99A52", NULL},
    {"insee-birthplace-fr", "", "Lyon", NULL},
    {"digits", "", "1²", NULL},
    {"digits", "", "1.5", NULL},
    {"time", "", "00:00", "00:00"},
    {"time", "", "23:59", "23:59"},
    {"time", "", "9h05", "09:05"},
    {"time", "", "14 h 30", "14:30"},
    {"time", "", "14h", "14:00"},
    {"time", "", "24:00", NULL},
    {"time", "", "23:60", NULL},
    {"time", "", "0000", NULL},
    {"time", "", "00:00a", NULL},
    {"url", "", "https://www.exemple.fr/a?b=c", "https://www.exemple.fr/a?b=c"},
    {"url", "", "HTTP://exemple.fr", "HTTP://exemple.fr"},
    {"url", "", "javascript:alert(1)", NULL},
    {"url", "", "https://a b.fr", NULL},
    {"url", "", "https://exemple.fr/\"><script>", NULL},
    {"url", "", "file:///test/", NULL},
    {"url", "", "xyz", NULL},
    {"phone", "", "04 78 00 00 00", "04 78 00 00 00"},
    {"phone", "", "+32 2 123 45 67", "+32 2 123 45 67"},
    {"phone", "", "(0)4.78/00-00-00", "(0)4.78/00-00-00"},
    {"phone", "", "appelez-moi", NULL},
    {"phone", "", "12", NULL},
    {"phone-e164", "", "04 78 00 00 00", "+33478000000"},
    {"phone-e164", "", "+33 4 78 00 00 00", "+33478000000"},
    {"phone-e164", "", "00 33 4 78 00 00 00", "+33478000000"},
    {"phone-e164", "", "+33 (0)4 78 00 00 00", "+33478000000"},
    {"phone-e164", "", "0262 12 34 56", "+262262123456"}, /* overseas */
    {"phone-e164", "", "0590.12.34.56", "+590590123456"},
    {"phone-e164", "", "+32 2 123 45 67", "+3221234567"},
    {"phone-e164", "", "+1 (202) 555-0143", "+12025550143"},
    {"phone-e164", "", "+33 4 78 00 00", NULL},
    {"phone-e164", "", "+33 04 78 00 00 00", NULL},
    {"phone-e164", "", "00 78 00", NULL},
    {"phone-e164", "", "478000000", NULL},
    {"phone-e164", "", "+1234567890123456", NULL},
    {"phone-e164", "", "++33478000000", NULL},
    {"phone-e164", "", "04 78 00 00 0a", NULL},
    {"mobile-e164", "", "06 12 34 56 78", "+33612345678"},
    {"mobile-e164", "", "0692 12 34 56", "+262692123456"},
    {"mobile-e164", "", "+32 470 12 34 56", "+32470123456"},
    {"mobile-e164", "", "04 78 00 00 00", NULL},
    {"phone-fr", "", "01 23 45 67 89", "0123456789"},
    {"phone-fr", "", "01.23.45.67.89", "0123456789"},
    {"phone-fr", "", "+33 1 23 45 67 89", "0123456789"},
    {"phone-fr", "", "00 33 1 23 45 67 89", "0123456789"},
    {"phone-fr", "", "+33 01 23 45 67 89", NULL},
    {"phone-fr", "", "+32 123 45 66", NULL},
    {"phone-fr", "", "0123", NULL},
    {"phone-fr", "", "01234567890123", NULL},
    {"mobile-local", "", "06 30 98 67 89", "0630986789"},
    {"mobile-local", "", "07 30 98 67 89", "0730986789"},
    {"mobile-local", "", "01 23 45 67 89", NULL},
    {"mobile-local", "", "06 30 98 67 89 abc", NULL},
    {"zipcode-fr", "", "69001", "69001"},
    {"zipcode-fr", "", " 01 000 ", "01000"},
    {"zipcode-fr", "", "6900", NULL},
    {"zipcode-fr", "", "2A004", NULL},
    {"siren-fr", "", "443 170  139", "443170139"},
    {"siren-fr", "", "443170130", NULL},
    {"siren-fr", "", "44317013900036", NULL},
    {"siren-fr", "", "443170¹39", NULL},
    {"siret-fr", "", "443 170 139 00036", "44317013900036"},
    {"siret-fr", "", "35600000000048", "35600000000048"}, /* La Poste */
    {"siret-fr", "", "44317013900037", NULL},
    {"siret-fr", "", "443170139", NULL},
    {"nir-fr", "", "269054958815780", "269054958815780"},
    {"nir-fr", "", "2 69 05 2B588 157  44", "269052B58815744"},
    {"nir-fr", "", "269052a58815717", "269052A58815717"},
    {"nir-fr", "", "269054958815700", NULL},
    {"nir-fr", "", "069054958815780", NULL},
    {"nir-fr", "", "269004958815780", NULL},
    {"nir-fr", "", "269054900015780", NULL},
    {"nir-fr", "", "269054958800080", NULL},
    {"nir-fr", "", "hello 789012345", NULL},
    {"nrn-be", "", "85.07.30-033.28", "85073003328"},
    {"nrn-be", "", "17073003384", "17073003384"}, /* born in 2017 */
    {"nrn-be", "", "40000095579", "40000095579"}, /* day and month unknown */
    {"nrn-be", "", "00000100364", "00000100364"},
    {"nrn-be", "", "40000100133", "40000100133"},
    {"nrn-be", "", "8507300332", NULL},
    {"nrn-be", "", "850730033281", NULL},
    {"nrn-be", "", "8507300332A", NULL},
    {"nrn-be", "", "85143003377", NULL}, /* month 14 */
    {"nrn-be", "", "85073203365", NULL}, /* day 32 */
    {"nrn-be", "", "85073003329", NULL},
    {"nrn-be", "", "17073003385", NULL},
    {"iban", "", "be71 0961 2345 6769", "BE71096123456769"},
    {"iban", "", "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189"},
    {"iban", "", "FR27 2004 1000 0101 2345 6Z02 068", "FR2720041000010123456Z02068"},
    {"iban", "", "GB98 MIDL 0700 9312 3456 78", "GB98MIDL07009312345678"},
    {"iban", "", "SA44 2000 0001 2345 6789 1234", "SA4420000001234567891234"},
    {"iban", "", "FR76 2004 1000 0101 2345 6Z02 068", NULL},
    {"iban", "", "FR76 2004 1000 0101 2345 6%02 068", NULL},
    {"iban", "", "FRxx 2004 1000 0101 2345 6Z02 068", NULL},
    {"iban", "", "FR76 3000 6000 011² 3456 7890 189", NULL},
    {"iban", "", "FR76 0000 0000 0000 0000 0000 000", NULL},
    {"iban", "", "FR76 1234 4567", NULL},
    {"iban", "", "XX12", NULL},
    {"iban", "", "42", NULL},
    {"ants-predemand-fr", "", "mlce4ec23x", "MLCE4EC23X"},
    {"ants-predemand-fr", "", "MLCE4EC23", NULL},
    {"caf-beneficiary-number-fr", "", "4325932", "4325932"},
    {"caf-beneficiary-number-fr", "", "43259322", NULL},
    {"tax-assessment-fiscal-number-fr", "", "12 34 567 891 234", "1234567891234"},
    {"tax-assessment-fiscal-number-fr", "", "1234567", NULL},
    {"tax-assessment-reference-fr", "", "1234567891234", "1234567891234"},
    {"rna-number-fr", "", "w743525491", "W743525491"},
    {"rna-number-fr", "", "W2B1234567", "W2B1234567"},
    {"rna-number-fr", "", "W9X1234567", "W9X1234567"},
    {"rna-number-fr", "", "W1B1234567", NULL},
    {"rna-number-fr", "", "W1234567890", NULL},
    {"rna-number-fr", "", "W12345", NULL},
    {"regex", "[A-Z]{2}-[0-9]{3}", "AB-123", "AB-123"},
    {"regex", "[A-Z]{2}-[0-9]{3}", "AB-1234", NULL},
    {"regex", "[A-Z]{2}-[0-9]{3}", "xAB-123", NULL},
    {"regex", "a|ab", "ab", "ab"}, /* every alternative is tried, not the first alone */
    {"regex", "^[0-9]+$", "42", "42"},
    {"regex", "é+", "éé", "éé"},
    {"regex", "(unclosed", "anything", "anything"}, /* reported when compiling, accepts */
    {"django", "value|decimal and value|decimal < 20", "12", "12"},
    {"django", "value|decimal and value|decimal < 20", "35", NULL},
    {"django", "value == commune_cp", "69001", "69001"},
    {"django", "value == commune_cp", "69002", NULL},
    {"is-valid-tva-number", "", "whatever", "whatever"}, /* a kind that nobody knows accepts */
};

static void begin_with(struct asking *asking, const char *type, const char *value)
{
    struct arena *arena = arena_new();
    str fields = str_fmt(arena,
                         "[{'id':'1','type':'string','label':'Numéro','required':'optional','varname':'n',"
                         "'validation':{'type':'%s','value':'%s'}}]",
                         type, value);
    asking_begin(asking, fields.ptr);
    arena_free(arena);
}

static void each_takes_keeps_and_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct validation_case *one = &cases[i];
        struct asking asking;
        begin_with(&asking, one->type, one->value);
        str error = asking_answer(&asking, one->text);
        if ((error.len > 0) != (one->kept == NULL))
            print_error("%s « %s »: %.*s\n", one->type, one->text, STR_ARG(error));
        assert_int_equal(error.len > 0, one->kept == NULL);
        /* What is refused is shown again as it was typed. */
        str stored = json_str(asking.answers, "1");
        if (one->kept == NULL)
            assert_true(stored.len > 0);
        else
            assert_str(stored, one->kept);
        asking_end(&asking);
    }
}

/* What is wrong, in the words of the table of messages. */
static const struct {
    const char *validation, *text, *message; /* the validation as JSON; message "": accepted */
} messages[] = {
    {"'type':'integer'", "deux", "Saisissez un nombre, par exemple 2."},
    {"'type':'integer','min':1,'max':12", "0", "Le nombre doit être entre 1 et 12."},
    {"'type':'integer','min':1,'max':12", "1", ""},
    {"'type':'integer','min':1,'max':12", "12", ""},
    {"'type':'integer','min':1,'max':12", "13", "Le nombre doit être entre 1 et 12."},
    {"'type':'integer','min':'2'", "1", "Le nombre doit être 2 ou plus."},
    {"'type':'integer','max':1000", "1001", "Le nombre doit être 1 000 ou moins."},
    {"'type':'integer','max':'beaucoup'", "1001", ""}, /* no bound at all */
    {"'type':'amount'", "24,505", "Saisissez un montant comme 24,50."},
    {"'type':'amount','max':500", "500,00", ""},
    {"'type':'amount','max':500", "500,01", "Le montant doit être de 500 € ou moins."},
    {"'type':'amount','min':'1,50'", "1,49", "Le montant doit être de 1,50 € ou plus."},
    {"'type':'time'", "25h", "Saisissez une heure comme 14 h 30."},
    {"'type':'time','min':'08:00','max':'18:00'", "7 h 59", "L’heure doit être entre 8 h et 18 h."},
    {"'type':'time','min':'08:00','max':'18:00'", "8h", ""},
    {"'type':'time','min':'08:00','max':'18:00'", "18:00", ""},
    {"'type':'time','min':'08:00','max':'18:00'", "18:01", "L’heure doit être entre 8 h et 18 h."},
    {"'type':'time','min':'8h30'", "8h29", "L’heure doit être 8 h 30 ou plus tard."},
    {"'type':'time','max':'17h'", "17h01", "L’heure doit être 17 h ou plus tôt."},
    {"'type':'phone'", "x", "Saisissez un numéro à 10 chiffres, ou avec l’indicatif du pays."},
    {"'type':'phone-e164'", "123", "Saisissez un numéro à 10 chiffres, ou avec l’indicatif du pays."},
    {"'type':'mobile-local'", "04 78 00 00 00", "Ce numéro ne peut pas recevoir de SMS."},
    {"'type':'mobile-e164'", "04 78 00 00 00", "Ce numéro ne peut pas recevoir de SMS."},
    {"'type':'zipcode-fr'", "6900", "Le code postal doit contenir 5 chiffres."},
    {"'type':'iban'", "FR76 2004 1000 0101 2345 6Z02 068", "Vérifiez l’IBAN : un caractère semble faux."},
    {"'type':'iban','countries':'FR, be'", "BE71 0961 2345 6769", ""},
    {"'type':'iban','countries':'FR'", "BE71 0961 2345 6769", "Nous n’acceptons pas les comptes de ce pays."},
    {"'type':'iban','countries':'sepa'", "GB98 MIDL 0700 9312 3456 78", ""},
    {"'type':'iban','countries':'sepa'", "SA44 2000 0001 2345 6789 1234",
     "Nous n’acceptons pas les comptes de ce pays."},
    {"'type':'siret-fr'", "443170139", "Le SIRET doit contenir 14 chiffres."},
    {"'type':'siret-fr'", "44317013900037", "Vérifiez le SIRET : un chiffre semble faux."},
    {"'type':'siren-fr'", "443170130", "Vérifiez le SIREN : un chiffre semble faux."},
    {"'type':'digits'", "12a", "Saisissez des chiffres seulement, par exemple 1234."},
    {"'type':'phone-fr'", "12", "Saisissez un numéro à 10 chiffres, par exemple 04 00 00 00 00."},
    {"'type':'mobile-fr'", "06 12", "Saisissez un numéro de mobile à 10 chiffres, par exemple 06 00 00 00 00."},
    {"'type':'nir-fr'", "2 55 08 14 168 025 39",
     "Vérifiez le numéro de sécurité sociale : 15 signes, par exemple 2 55 08 14 168 025 38."},
    {"'type':'nrn-be'", "85.07.30-033.29",
     "Vérifiez le numéro de registre national : 11 chiffres, par exemple 85.07.30-033.28."},
    {"'type':'url'", "javascript:alert(1)",
     "Saisissez une adresse qui commence par https://, par exemple https://exemple.fr."},
    {"'type':'ants-predemand-fr'", "x", "Le numéro de pré-demande a 10 lettres ou chiffres, par exemple ABCDE12345."},
    {"'type':'caf-beneficiary-number-fr'", "x", "Le numéro d’allocataire a 7 chiffres, par exemple 1234567."},
    {"'type':'tax-assessment-fiscal-number-fr'", "x", "Le numéro fiscal a 13 chiffres."},
    {"'type':'tax-assessment-reference-fr'", "x", "La référence de l’avis a 13 chiffres."},
    {"'type':'rna-number-fr'", "x", "Le numéro RNA est un W suivi de 9 chiffres, par exemple W691234567."},
    {"'type':'insee-commune-fr'", "x", "Saisissez le code INSEE de la commune : 5 signes, par exemple 69123."},
    {"'type':'insee-birthplace-fr'", "x",
     "Saisissez le code INSEE du lieu de naissance : 5 signes, par exemple 69123, ou 99 et le code du pays."},
    {"'type':'regex','value':'a+'", "b", "Cette réponse n’a pas la forme attendue. Vérifiez-la."},
    {"'type':'django','value':'false'", "b", "Cette réponse n’a pas la forme attendue. Vérifiez-la."},
    {"'type':'plate-fr'", "XX", "Saisissez une plaque comme AB-123-CD."},
    {"'type':'house-number'", "x", "Saisissez un numéro comme 12 ou 12 bis."},
    {"'type':'amount','max':5,'error_message':'Cinq euros au plus.'", "6", "Cinq euros au plus."},
};

static void each_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(
            &asking,
            str_fmt(arena, "[{'id':'1','type':'string','label':'A','validation':{%s}}]", messages[i].validation).ptr);
        assert_str(asking_answer(&asking, messages[i].text), messages[i].message);
        asking_end(&asking);
        arena_free(arena);
    }
}

/* What no validation may choke on, nor keep as anything but the text that it is. */
static void each_withstands_hostile_texts(void **state)
{
    (void)state;
    static const str hostile[] = {STR_INIT("<script>alert(1)</script>"),
                                  STR_INIT("' OR 1=1; --"),
                                  STR_INIT("{{ 7|add:1 }}{% now %}"),
                                  STR_INIT("٠١٢٣٤٥٦٧٨٩"),
                                  STR_INIT("\xE2\x80\xAE"
                                           "1234567890"),
                                  STR_INIT("-99999999999999999999999999999999"),
                                  STR_INIT("\xF0\x9F\x98\x80"),
                                  STR_INIT("0\0"
                                           "1"),
                                  STR_INIT("\xFF\xFE\xED\xA0\x80")};
    struct arena *arena = arena_new();
    char *long_text = arena_alloc(arena, 100000);
    memset(long_text, '1', 100000);
    for (size_t n = 0; validation_type(n) != NULL; n++)
        for (size_t i = 0; i <= sizeof hostile / sizeof *hostile; i++) {
            bool is_long = i == sizeof hostile / sizeof *hostile;
            str text = is_long ? (str){long_text, 100000} : hostile[i];
            struct asking asking;
            begin_with(&asking, validation_type(n), "");
            asking_post(&asking, "f1", text);
            bool is_taken = asking_read(&asking);
            str kept = json_str(asking.answers, "1");
            bool is_open = strcmp(validation_type(n), "regex") == 0 || strcmp(validation_type(n), "django") == 0;
            if (is_taken && !is_open && kept.len > 0 && !str_starts(kept, STR("1")) && !str_starts(kept, STR("-")))
                fail_msg("%s takes « %.*s »", validation_type(n), STR_ARG(kept));
            assert_true(utf8_is_valid(kept));
            asking_end(&asking);
        }
    arena_free(arena);
}

static bool tells(const char *type)
{
    struct arena *arena = arena_new();
    str start = str_fmt(arena, "'type':'%s'", type);
    bool found = false;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        found = found || (str_starts(str_of(messages[i].validation), start) && messages[i].message[0] != '\0');
    arena_free(arena);
    return found;
}

static void no_validation_lacks_its_cases(void **state)
{
    (void)state;
    const char *type;
    for (size_t n = 0; (type = validation_type(n)) != NULL; n++) {
        size_t taken = 0, refused = 0;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
            if (strcmp(cases[i].type, type) == 0)
                ++*(cases[i].kept == NULL ? &refused : &taken);
        if (taken == 0 || refused < 2 || !tells(type))
            print_error("%s lacks cases: %zu are taken, %zu refused%s\n", type, taken, refused,
                        tells(type) ? "" : ", and no message is tested");
        assert_true(taken > 0 && refused >= 2 && tells(type)); /* one of another form, one at a bound */
    }
}

/* What is kept, as people read it; and what a template computes with. */
static void each_is_shown_as_people_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *type, *text, *shown, *value;
    } shown[] = {
        {"integer", "1234567", "1 234 567", "1234567"},
        {"integer", "-1234", "-1 234", "-1234"},
        {"amount", "1234,5", "1 234,50 €", "1234.50"},
        {"time", "8:00", "8 h", "08:00"},
        {"time", "14:05", "14 h 05", "14:05"},
        {"phone-fr", "0478000000", "04 78 00 00 00", "0478000000"},
        {"phone-e164", "0478000000", "04 78 00 00 00", "+33478000000"},
        {"phone-e164", "0262123456", "02 62 12 34 56", "+262262123456"},
        {"phone-e164", "+3221234567", "+3221234567", "+3221234567"},
        {"iban", "BE71096123456769", "BE71 0961 2345 6769", "BE71096123456769"},
        {"siren-fr", "443170139", "443 170 139", "443170139"},
        {"siret-fr", "44317013900036", "443 170 139 00036", "44317013900036"},
        {"zipcode-fr", "69001", "69001", "69001"},
    };
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct asking asking;
        begin_with(&asking, shown[i].type, "");
        assert_str(asking_answer(&asking, shown[i].text), "");
        const struct field *field = &asking.form->fields.at[0];
        assert_str(field_display(field, asking.arena, asking.answers), shown[i].shown);
        assert_str(asking_says(&asking, "{{ form_var_n }}"), shown[i].value);
        assert_str(field_index(field, asking.arena, asking.answers).text, shown[i].value);
        assert_true(str_contains(field_words(field, asking.arena, asking.answers), str_of(shown[i].value)));
        asking_end(&asking);
    }
}

/* An answer that is older than the validation is shown as it is. */
static void what_is_in_no_kept_form_is_shown_as_it_is(void **state)
{
    (void)state;
    struct asking asking;
    begin_with(&asking, "phone-fr", "");
    json_set_str(asking.answers, STR("1"), STR("le soir au 12"));
    assert_str(field_display(&asking.form->fields.at[0], asking.arena, asking.answers), "le soir au 12");
    asking_end(&asking);
}

static void a_prefilled_text_takes_the_kept_form(void **state)
{
    (void)state;
    struct asking asking;
    begin_with(&asking, "phone-e164", "");
    const struct field *field = &asking.form->fields.at[0];
    field_set(field, &asking.context, value_text(STR("04 78 00 00 00")), asking.answers);
    assert_str(asking_stored(&asking, "1"), "\"+33478000000\"");
    field_set(field, &asking.context, value_text(STR("au bureau")), asking.answers);
    assert_str(asking_stored(&asking, "1"), "\"au bureau\"");
    asking_end(&asking);
}

/* The row of the commune that was chosen tells its postcodes. */
static void a_postcode_is_of_the_commune(void **state)
{
    (void)state;
    static const struct {
        const char *commune, *postcode, *message;
    } told[] = {
        {"69266", "69100", ""},
        {"69266", "69001", "Ce code postal ne correspond pas à la commune."},
        {"69123", "69001", ""},
        {"69123", "69009", ""},
        {"69123", "38000", "Ce code postal ne correspond pas à la commune."},
        {"38185", "69001", ""}, /* its row names no postcode */
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct asking asking;
        asking_begin(
            &asking,
            "[{'id':'2','type':'item','label':'Commune','varname':'commune','source':{'type':'fixed','value':["
            "{'id':'69266','text':'Villeurbanne','codesPostaux':['69100']},"
            "{'id':'69123','text':'Lyon','codesPostaux':['69001','69009']},{'id':'38185','text':'Grenoble'}]}},"
            "{'id':'1','type':'string','label':'Code','validation':{'type':'zipcode-fr','commune':'commune'}}]");
        asking_post(&asking, "f2", str_of(told[i].commune));
        assert_str(asking_answer(&asking, told[i].postcode), told[i].message);
        asking_end(&asking);
    }
}

/* An address is told where its domain looks mistyped, and accepted. */
static void a_mistyped_domain_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *address, *notice;
    } told[] = {
        {"a@gmial.com", "« gmial.com » : vouliez-vous écrire « gmail.com » ?"},
        {"a@Gmail.con", "« Gmail.con » : vouliez-vous écrire « gmail.com » ?"},
        {"a@hotmal.fr", "« hotmal.fr » : vouliez-vous écrire « hotmail.fr » ?"},
        {"a@laposte.nett", "« laposte.nett » : vouliez-vous écrire « laposte.net » ?"},
        {"a@gmail.com", ""},
        {"a@GMAIL.COM", ""},
        {"a@mail.com", ""},
        {"a@live.be", ""},
        {"a@exemple.fr", ""},
        {"a@fre.e", ""},
    };
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct asking asking;
        asking_begin(&asking, "[{'id':'1','type':'email','label':'Adresse'}]");
        assert_str(asking_answer(&asking, told[i].address), "");
        struct value views = fields_view(&asking.form->fields, &asking.context, asking.answers, NULL, false);
        struct value notice = value_get(asking.arena, views.list->at[0], STR("notice"));
        assert_str(value_to_text(asking.arena, notice, STR("fr")), told[i].notice);
        asking_end(&asking);
    }
}

static void its_own_message_comes_first(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'Code','validation':{'type':'zipcode-fr',"
                          "'error_message':'Cinq chiffres, merci.'}}]");
    assert_str(asking_answer(&asking, "x"), "Cinq chiffres, merci.");
    asking_end(&asking);
    begin_with(&asking, "zipcode-fr", "");
    assert_str(asking_answer(&asking, "x"), "Le code postal doit contenir 5 chiffres.");
    asking_end(&asking);
}

static void what_does_not_run_is_reported(void **state)
{
    (void)state;
    struct asking asking;
    begin_with(&asking, "is-valid-tva-number", "");
    assert_int_equal(asking.form->reports.len, 1);
    assert_str(asking.form->reports.at[0].construct, "validation:is-valid-tva-number");
    assert_false(asking.form->reports.at[0].is_error);
    asking_end(&asking);
    begin_with(&asking, "regex", "(");
    assert_true(asking.form->reports.at[0].is_error);
    asking_end(&asking);
    assert_true(validation_type_runs(STR("iban")) && validation_type_runs(STR("regex")));
    assert_false(validation_type_runs(STR("is-valid-tva-number")));
}

/* A pattern that backtracks without end on a text made for it stops at PCRE2's limits and refuses. */
static void an_evil_pattern_ends_soon(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a+)+", "([a-zA-Z]+)*", "(a|aa)+", "(a|a?)+", "(.*a){20}"};
    char text[4001];
    for (size_t i = 0; i < sizeof text - 2; i++)
        text[i] = 'a';
    text[sizeof text - 2] = '!';
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct asking asking;
        begin_with(&asking, "regex", patterns[i]);
        instant before = instant_now();
        assert_true(asking_answer(&asking, text).len > 0);
        assert_true(instant_now() - before < 2 * INSTANT_SECOND); /* sanitizers on */
        asking_end(&asking);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_takes_keeps_and_refuses),
        cmocka_unit_test(each_says_what_to_do),
        cmocka_unit_test(each_withstands_hostile_texts),
        cmocka_unit_test(no_validation_lacks_its_cases),
        cmocka_unit_test(each_is_shown_as_people_write_it),
        cmocka_unit_test(what_is_in_no_kept_form_is_shown_as_it_is),
        cmocka_unit_test(a_prefilled_text_takes_the_kept_form),
        cmocka_unit_test(a_postcode_is_of_the_commune),
        cmocka_unit_test(a_mistyped_domain_is_told),
        cmocka_unit_test(its_own_message_comes_first),
        cmocka_unit_test(what_does_not_run_is_reported),
        cmocka_unit_test(an_evil_pattern_ends_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
