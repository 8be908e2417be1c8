/* Each validation of texts: what it takes, what it keeps, what it refuses and how it says so. */
#include "asking.h"

struct validation_case {
    const char *type, *value, *text, *kept; /* kept NULL: refused */
};

static const struct validation_case cases[] = {
    {"digits", "", "0123", "0123"},
    {"digits", "", "12a", NULL},
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
            print_error("%s « %s »: %.*s\n", one->type, one->text, STR_ARG(error));
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

static void its_own_message_comes_first(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'string','label':'Code','validation':{'type':'zipcode-fr',"
                          "'error_message':'Cinq chiffres, merci.'}}]");
    assert_str(asking_answer(&asking, "x"), "Cinq chiffres, merci.");
    asking_end(&asking);
    begin_with(&asking, "zipcode-fr", "");
    assert_str(asking_answer(&asking, "x"), "Le code postal doit contenir 5 chiffres, par exemple 69120.");
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
        cmocka_unit_test(its_own_message_comes_first),
        cmocka_unit_test(what_does_not_run_is_reported),
        cmocka_unit_test(an_evil_pattern_ends_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
