/* Addresses: read from a geocoder that may say anything, from texts, and compared. */
#include "geocoder/geocoder.h"

#include "asking.h"

/* One feature as the Géoplateforme gives it. */
#define POINT "'geometry':{'type':'Point','coordinates':[4.921,45.778]}"
#define HOUSE                                                                                                          \
    "{'type':'Feature'," POINT ",'properties':{'label':'12 bis Rue de la République 69120 Vaulx-en-Velin',"           \
    "'score':0.97,'housenumber':'12 bis','id':'69256_6050_00012_bis','name':'12 bis Rue de la République',"           \
    "'postcode':'69120','citycode':'69256','city':'Vaulx-en-Velin','street':'Rue de la République',"                  \
    "'type':'housenumber','_type':'address'}}"

static struct addresses read(struct arena *arena, const char *answer)
{
    struct addresses found = {0};
    assert_true(geocoder_read(arena, asking_json(arena, answer), &found));
    return found;
}

static void an_answer_gives_addresses(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct addresses found = read(arena, "{'type':'FeatureCollection','features':[" HOUSE "]}");
    assert_int_equal(found.len, 1);
    const struct address *house = &found.at[0];
    assert_str(house->label, "12 bis Rue de la République 69120 Vaulx-en-Velin");
    assert_str(house->number, "12 bis");
    assert_str(house->street, "Rue de la République");
    assert_str(house->postcode, "69120");
    assert_str(house->city, "Vaulx-en-Velin");
    assert_str(house->citycode, "69256");
    assert_str(house->id, "69256_6050_00012_bis");
    assert_true(house->has_position);
    assert_str(position_text(arena, house->position), "45.778000;4.921000");
    assert_true(house->score > 0.96 && house->score < 0.98);
    arena_free(arena);
}

static void a_street_and_a_commune_have_names_too(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct addresses found =
        read(arena, "{'features':[{" POINT ",'properties':{'label':'Rue Haute 69001 Lyon','name':'Rue Haute',"
                    "'type':'street','postcode':'69001','city':'Lyon'}},{'properties':{'label':'Bron','name':'Bron',"
                    "'type':'municipality','citycode':'69029','postcode':'69500'}}]}");
    assert_int_equal(found.len, 2);
    assert_str(found.at[0].street, "Rue Haute");
    assert_str(found.at[1].city, "Bron");
    assert_str(found.at[1].citycode, "69029");
    assert_false(found.at[1].has_position);
    arena_free(arena);
}

/* What is left of a feature that lies. */
static void what_cannot_be_is_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *properties, *geometry, *kept; /* NULL: the feature is passed over */
    } cases[] = {
        {"'city':'Bron','citycode':'<b>x'", POINT,
         "{\"city\":\"Bron\",\"label\":\"Bron\",\"lat\":45.777999999999999,\"lon\":4.9210000000000003}"},
        {"'city':'Bron'", "'geometry':{'coordinates':[400,45]}", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'Bron'", "'geometry':{'coordinates':['4','45']}", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'Bron'", "'geometry':{'coordinates':[4]}", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'Bron'", "'geometry':[]", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'  Br\\non\\u0007 ','postcode':'69;DROP'", "'a':1", "{\"city\":\"Br on\",\"label\":\"Br on\"}"},
        {"'city':'Bron','id':'../../etc'", "'a':1", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'Bron','housenumber':12,'score':7", "'a':1", "{\"city\":\"Bron\",\"label\":\"Bron\"}"},
        {"'city':'Ajaccio','citycode':'2a004'", "'a':1",
         "{\"city\":\"Ajaccio\",\"citycode\":\"2A004\",\"label\":\"Ajaccio\"}"},
        {"'label':'Nulle part'", POINT, NULL},
        {"", POINT, NULL},
        {"'city':['Bron']", POINT, NULL},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str answer = str_fmt(arena, "{'features':[{'properties':{%s},%s}]}", cases[i].properties, cases[i].geometry);
        struct addresses found = read(arena, answer.ptr);
        assert_int_equal(found.len, cases[i].kept != NULL);
        if (cases[i].kept != NULL)
            assert_str(json_text_sorted(arena, json_keep(arena, address_to_json(&found.at[0]))), cases[i].kept);
        assert_true(found.len == 0 || found.at[0].score == 0);
    }
    arena_free(arena);
}

static void what_is_no_answer_is_none(void **state)
{
    (void)state;
    static const char *const cases[] = {"{}", "{'features':{}}", "{'features':'x'}", "{'err':0,'data':[]}"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct addresses found = {0};
        assert_false(geocoder_read(arena, asking_json(arena, cases[i]), &found));
        assert_int_equal(found.len, 0);
    }
    arena_free(arena);
}

static void an_answer_is_bounded(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf answer = buf_new(arena, 1 << 20);
    buf_add(&answer, STR("{'features':["));
    for (int i = 0; i < 50; i++)
        buf_fmt(&answer, "%s" HOUSE, i > 0 ? "," : "");
    buf_add(&answer, STR("]}"));
    assert_int_equal(read(arena, str_z(arena, buf_str(&answer))).len, GEOCODER_ADDRESSES_MOST);
    struct buf longest = buf_new(arena, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buf_add(&longest, STR("é"));
    struct address address;
    json_t *json = json_keep(arena, json_object());
    json_set_str(json, STR("city"), buf_str(&longest));
    assert_true(address_from_json(arena, json, &address));
    assert_int_equal(utf8_length(address.city), 120);
    arena_free(arena);
}

/* ---- Texts ---- */

static void a_street_is_told_from_its_number(void **state)
{
    (void)state;
    static const struct {
        const char *text, *number, *street;
    } cases[] = {
        {"12 rue Haute", "12", "rue Haute"},
        {"12, rue Haute", "12", "rue Haute"},
        {"12 bis rue Haute", "12 bis", "rue Haute"},
        {"12bis, rue Haute", "12bis", "rue Haute"},
        {"12 B rue Haute", "12 B", "rue Haute"},
        {"12-14 rue Haute", "12-14", "rue Haute"},
        {"12 boulevard Haut", "12", "boulevard Haut"},
        {"12 terrasse Haute", "12", "terrasse Haute"},
        {"rue du 8 mai 1945", "", "rue du 8 mai 1945"},
        {"8", "8", ""},
        {"1234567 rue Haute", "", "1234567 rue Haute"},
        {"Le Bourg", "", "Le Bourg"},
        {"", "", ""},
        {"12e rue", "12e", "rue"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        str number, street;
        address_split_street(str_of(cases[i].text), &number, &street);
        assert_str(number, cases[i].number);
        assert_str(street, cases[i].street);
    }
}

static void a_text_is_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept;
    } cases[] = {
        {"12 rue Haute, 69001 Lyon", "12|rue Haute|69001|Lyon|12 rue Haute, 69001 Lyon"},
        {"12 rue Haute 69001 Lyon", "12|rue Haute|69001|Lyon|12 rue Haute, 69001 Lyon"},
        {"Le Bourg,\n01000 Bourg-en-Bresse", "|Le Bourg|01000|Bourg-en-Bresse|Le Bourg, 01000 Bourg-en-Bresse"},
        {"rue Haute", "|rue Haute|||rue Haute"},
        {"69001", "69001||||69001"},
        {"", "||||"},
        {"12345 67890 12345", "12345|67890|12345||12345 67890, 12345"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address a = address_of_text(arena, str_of(cases[i].text));
        assert_str(str_fmt(arena, "%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(a.number), STR_ARG(a.street), STR_ARG(a.postcode),
                           STR_ARG(a.city), STR_ARG(a.label)),
                   cases[i].kept);
    }
    arena_free(arena);
}

static void one_door_is_one_however_it_is_written(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct address base = address_of_text(arena, STR("12 bis rue de l’Église, 69120 Vaulx-en-Velin"));
    static const struct {
        const char *text;
        bool is_same;
    } cases[] = {
        {"12bis Rue de l'eglise, 69120 VAULX EN VELIN", true}, {"12 bis rue de l’Église, 69120 Vaulx-en-Velin", true},
        {"12 rue de l’Église, 69120 Vaulx-en-Velin", false},   {"12 bis rue de l’Église, 69100 Vaulx-en-Velin", false},
        {"12 bis rue de l’Église, 69120 Bron", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct address other = address_of_text(arena, str_of(cases[i].text));
        assert_int_equal(address_is_same(arena, &base, &other), cases[i].is_same);
    }
    arena_free(arena);
}

/* ---- Whom a site asks ---- */

static void a_site_names_its_geocoder(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *url;
    } cases[] = {
        {"{}", "https://data.geopf.fr/geocodage/"},
        {"{'geocoder':{'url':'https://adresses.ville.fr'}}", "https://adresses.ville.fr/"},
        {"{'geocoder':{'url':'https://adresses.ville.fr/'}}", "https://adresses.ville.fr/"},
        {"{'geocoder':false}", ""},
    };
    struct arena *arena = arena_new();
    struct remote_session session = {.arena = arena};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const json_t *settings = asking_json(arena, cases[i].settings);
        assert_str(geocoder_of(arena, settings, &session).url, cases[i].url);
        assert_str(geocoder_of(arena, settings, NULL).url, "");
    }
    struct geocoder none = {0};
    struct addresses found;
    assert_false(geocoder_search(&none, STR("12 rue Haute"), ADDRESS_ANY, &found));
    assert_false(geocoder_reverse(&none, (struct position){45, 4}, &found));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_gives_addresses),  cmocka_unit_test(a_street_and_a_commune_have_names_too),
        cmocka_unit_test(what_cannot_be_is_left_out), cmocka_unit_test(what_is_no_answer_is_none),
        cmocka_unit_test(an_answer_is_bounded),       cmocka_unit_test(a_street_is_told_from_its_number),
        cmocka_unit_test(a_text_is_taken_apart),      cmocka_unit_test(one_door_is_one_however_it_is_written),
        cmocka_unit_test(a_site_names_its_geocoder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
