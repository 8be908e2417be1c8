/* The address: read from its boxes, given by templates, taken apart, shown; and what follows a position. */
#include "asking.h"

#define ADDRESS "{'id':'1','type':'address','label':'Adresse','varname':'ici','required':'required'"
#define FOUND                                                                                                          \
    "{\"number\":\"12\",\"street\":\"Rue Haute\",\"postcode\":\"69001\",\"city\":\"Lyon\",\"citycode\":\"69381\","     \
    "\"id\":\"69381_1_00012\",\"lat\":45.5,\"lon\":4.5}"

static void post(struct asking *asking, const char *street, const char *postcode, const char *city, const char *found)
{
    asking_post(asking, "f1-voie", str_of(street));
    asking_post(asking, "f1-code-postal", str_of(postcode));
    asking_post(asking, "f1-commune", str_of(city));
    asking_post(asking, "f1-trouvee", str_of(found));
}

static void boxes_are_one_answer(void **state)
{
    (void)state;
    static const struct {
        const char *street, *postcode, *city, *found, *says;
    } cases[] = {
        {"12 rue Haute", "69001", "Lyon", "", "12 rue Haute, 69001 Lyon|12|rue Haute|69001|Lyon|||"},
        {"12 rue Haute", "69001", "LYON", FOUND,
         "12 rue Haute, 69001 LYON|12|rue Haute|69001|LYON|69381|69381_1_00012|45.5"},
        {"14 rue Haute", "69001", "Lyon", FOUND, "14 rue Haute, 69001 Lyon|14|rue Haute|69001|Lyon|||"},
        {"Le Bourg", "5000", "Namur", "", "Le Bourg, 5000 Namur||Le Bourg|5000|Namur|||"},
        {"12 rue <b>", "69001", "L'\"œ", "x", "12 rue <b>, 69001 L'\"œ|12|rue <b>|69001|L'\"œ|||"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        asking_begin(&asking, "[" ADDRESS "}]");
        post(&asking, cases[i].street, cases[i].postcode, cases[i].city, cases[i].found);
        assert_true(asking_read(&asking));
        assert_str(asking_says(&asking,
                               "{{ form_var_ici }}|{{ form_var_ici_number }}|{{ form_var_ici_street }}|"
                               "{{ form_var_ici_postcode }}|{{ form_var_ici_city }}|{{ form_var_ici_citycode }}|"
                               "{{ form_var_ici_id }}|{{ form_var_ici_lat }}"),
                   cases[i].says);
        assert_true(asking_holds(&asking, "form_var_ici == form_var_ici_label"));
        /* Read again, it is the same; emptied, it is gone with what stood beside it. */
        post(&asking, cases[i].street, cases[i].postcode, cases[i].city, cases[i].found);
        assert_true(asking_read(&asking));
        assert_false(asking_read(&asking));
        assert_int_equal(json_object_size(asking.answers), 0);
        asking_end(&asking);
    }
}

static void what_lacks_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *street, *postcode, *city, *error;
    } cases[] = {
        {"", "", "", "Saisissez une adresse."},
        {"12 rue Haute", "", "",
         "Il manque le code postal et la commune. Complétez l’adresse, ou choisissez une adresse proposée."},
        {"12 rue Haute", "69001", "", "Il manque la commune."},
        {"12 rue Haute", "", "Lyon", "Il manque le code postal. Exemple : 69120"},
        {"", "69001", "Lyon", "Il manque la rue. Exemple : 12 rue de la République"},
        {"12", "69001", "Lyon", "Il manque la rue. Exemple : 12 rue de la République"},
        {"rue", "690", "Lyon", "Vérifiez le code postal : il comporte 5 chiffres, comme 69120."},
        {"rue", "<b>69001", "Lyon", "Vérifiez le code postal : il comporte 5 chiffres, comme 69120."},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        asking_begin(&asking, "[" ADDRESS "}]");
        post(&asking, cases[i].street, cases[i].postcode, cases[i].city, "");
        assert_false(asking_read(&asking));
        assert_str(asking_error(&asking, "1"), cases[i].error);
        asking_end(&asking);
    }
}

static void a_commune_alone_is_enough_where_it_is_asked(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[" ADDRESS ",'precision':'municipality'}]");
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Saisissez la commune.");
    post(&asking, "12 rue Haute", "", "Lyon", "");
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_ici }}|{{ form_var_ici_street }}"), "Lyon|");
    asking_end(&asking);
}

static void it_is_prefilled(void **state)
{
    (void)state;
    static const struct {
        const char *prefill, *account, *stored;
    } cases[] = {
        {"{'type':'user','value':'address'}",
         "{'address_number':'7 bis','address_street':'rue Haute','address_zipcode':'69500','address_city':'Bron'}",
         "7 bis|rue Haute|69500|Bron"},
        {"{'type':'user','value':'address'}", "{'phone':'0478'}", "|||"},
        {"{'type':'string','value':'7 rue Haute, 69500 Bron'}", "{}", "7|rue Haute|69500|Bron"},
        {"{'type':'string','value':''}", "{}", "|||"},
        {"{'type':'geolocation','value':''}", "{}", "|||"}, /* by the browser */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking, str_fmt(arena, "[" ADDRESS ",'prefill':%s}]", cases[i].prefill).ptr);
        assert_int_equal(asking.form->reports.len, 0);
        asking.context.account = asking_json(asking.arena, cases[i].account);
        fields_prefill(&asking.form->fields, &asking.context, asking.answers);
        assert_str(asking_says(&asking, "{{ form_var_ici_number|default:'' }}|{{ form_var_ici_street|default:'' }}|"
                                        "{{ form_var_ici_postcode|default:'' }}|{{ form_var_ici_city|default:'' }}"),
                   cases[i].stored);
        asking_end(&asking);
        arena_free(arena);
    }
}

/* From another address, whole: with what is known of it. */
static void one_address_is_taken_from_another(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[" ADDRESS "},{'id':'2','type':'address','label':'B','varname':'b',"
                          "'prefill':{'type':'string','value':'{{ form_var_ici }}'}}]");
    post(&asking, "12 rue Haute", "69001", "Lyon", FOUND);
    asking_post(&asking, "f2-voie", STR("x"));
    asking_read(&asking);
    field_remove(field_by_id(&asking.form->fields, STR("2")), asking.answers);
    fields_prefill(&asking.form->fields, &asking.context, asking.answers);
    assert_str(asking_says(&asking, "{{ form_var_b }}|{{ form_var_b_citycode }}|{{ form_var_b_lon }}"),
               "12 rue Haute, 69001 Lyon|69381|4.5");
    asking_end(&asking);
}

static str of_view(struct asking *asking, const char *key)
{
    struct value list = fields_view(&asking->form->fields, &asking->context, asking->answers, &asking->errors, true);
    return value_to_text(asking->arena, value_get(asking->arena, list.list->at[0], str_of(key)), STR("fr"));
}

static void what_follows_a_position_is_marked(void **state)
{
    (void)state;
    static const struct {
        const char *field, *part, *construct; /* what is reported; NULL: nothing */
    } cases[] = {
        {"'type':'string','prefill':{'type':'geolocation','value':'road'", "road", NULL},
        {"'type':'text','prefill':{'type':'geolocation','value':'number-and-street'", "number-and-street", NULL},
        {"'type':'item','items':['Lyon'],'prefill':{'type':'geolocation','value':'city'", "city", NULL},
        {"'type':'numeric','prefill':{'type':'geolocation','value':'house'", "house", NULL},
        {"'type':'address','prefill':{'type':'geolocation'", "address", NULL},
        {"'type':'map','prefill':{'type':'geolocation','value':'position'", "", NULL},
        {"'type':'string','prefill':{'type':'geolocation','value':'altitude'", "", "prefill:geolocation"},
        {"'type':'date','prefill':{'type':'geolocation','value':'road'", "", "prefill:geolocation"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking, str_fmt(arena, "[{'id':'1','label':'A',%s,'locked':true}}]", cases[i].field).ptr);
        assert_int_equal(asking.form->reports.len, cases[i].construct != NULL);
        if (cases[i].construct != NULL)
            assert_str(asking.form->reports.at[0].construct, cases[i].construct);
        assert_str(of_view(&asking, "geolocation"), cases[i].part);
        if (cases[i].construct == NULL)
            assert_str(of_view(&asking, "locked"), "");
        asking_end(&asking);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_one_answer),
        cmocka_unit_test(what_lacks_is_told),
        cmocka_unit_test(a_commune_alone_is_enough_where_it_is_asked),
        cmocka_unit_test(it_is_prefilled),
        cmocka_unit_test(one_address_is_taken_from_another),
        cmocka_unit_test(what_follows_a_position_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
