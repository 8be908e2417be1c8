/* Places and moments: the map, and choices shown as a timetable, as pictures and on a map. */
#include "asking.h"

#include "forms/position.h"

static struct value view_of(struct asking *asking, size_t index)
{
    struct value list = fields_view(&asking->form->fields, &asking->context, asking->answers, &asking->errors, true);
    return list.list->at[index];
}

static str shown(struct asking *asking, const char *key)
{
    return value_to_text(asking->arena, value_get(asking->arena, view_of(asking, 0), str_of(key)), STR("fr"));
}

/* ---- Positions ---- */

static void a_position_is_read_as_people_write_it(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept; /* NULL: none */
    } cases[] = {
        {"45.764043;4.835659", "45.764043;4.835659"},
        {"50.31578585423175;5.015", "50.315786;5.015000"},
        {"45,764 ; 4,8357", "45.764000;4.835700"},
        {"45.764, 4.8357", "45.764000;4.835700"},
        {"45.764,4.8357", "45.764000;4.835700"},
        {"45.764 4.8357", "45.764000;4.835700"},
        {"-21.1151;55.5364", "-21.115100;55.536400"},
        {"90;180", "90.000000;180.000000"},
        {"90.1;0", NULL},
        {"0;-180.5", NULL},
        {"45.764", NULL},
        {";", NULL},
        {"", NULL},
        {"nan;nan", NULL},
        {"inf;0", NULL},
        {"1e1;2", NULL},
        {"45.764;4.8357;2", NULL},
        {"12 rue Haute", NULL},
        {"45.76404300000000000000000000000000000000;4", NULL},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct position position;
        bool holds = position_parse(str_of(cases[i].text), &position);
        if (holds != (cases[i].kept != NULL))
            print_error("« %s »\n", cases[i].text);
        assert_int_equal(holds, cases[i].kept != NULL);
        if (holds)
            assert_str(position_text(arena, position), cases[i].kept);
    }
    arena_free(arena);
}

#define SQUARE "{'type':'Polygon','coordinates':[[[4,45],[5,45],[5,46],[4,46],[4,45]]"

static void a_place_is_inside_an_area_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *geometry;
        double lat, lon;
        bool is_inside;
    } cases[] = {
        {SQUARE "]}", 45.5, 4.5, true},
        {SQUARE "]}", 46.5, 4.5, false},
        {SQUARE "]}", 45.5, 3.9, false},
        {SQUARE ",[[4.4,45.4],[4.6,45.4],[4.6,45.6],[4.4,45.6],[4.4,45.4]]]}", 45.5, 4.5, false}, /* a hole */
        {SQUARE ",[[4.4,45.4],[4.6,45.4],[4.6,45.6],[4.4,45.6],[4.4,45.4]]]}", 45.7, 4.5, true},
        {"{'type':'MultiPolygon','coordinates':[[[[0,0],[1,0],[1,1],[0,0]]],[[[4,45],[5,45],[5,46],[4,45]]]]}", 45.2,
         4.9, true},
        {"{'type':'MultiPolygon','coordinates':[]}", 45.2, 4.9, false},
        {"{'type':'Polygon','coordinates':[]}", 45.2, 4.9, false},
        {"{'type':'Polygon','coordinates':[['x',{}]]}", 45.2, 4.9, false},
        {"{'type':'Point','coordinates':[4,45]}", 1, 1, true}, /* no area */
        {"{}", 1, 1, true},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            position_is_inside((struct position){cases[i].lat, cases[i].lon}, asking_json(arena, cases[i].geometry)),
            cases[i].is_inside);
    arena_free(arena);
}

/* ---- map ---- */

#define MAP "{'id':'1','type':'map','label':'Lieu','varname':'lieu'"

static str answer_place(struct asking *asking, const char *position, const char *address)
{
    asking_post(asking, "f1", str_of(position));
    asking_post(asking, "f1-adresse", str_of(address));
    return asking_read(asking) ? STR_EMPTY : asking->errors.at[0].message;
}

static void a_place_is_a_position_or_an_address(void **state)
{
    (void)state;
    static const struct {
        const char *position, *address, *error, *stored, *display;
    } cases[] = {
        {"45.76;4.83", "", "", "\"45.760000;4.830000\"", "45.760000;4.830000"},
        {"45.76;4.83", "Place Bellecour", "", "\"45.760000;4.830000\"", "Place Bellecour"},
        {"", "Place Bellecour", "", "\"Place Bellecour\"", "Place Bellecour"},
        {"", "", "Indiquez le lieu : adresse ou carte.", "", ""},
        {"là", "", "Saisissez des coordonnées comme 45.7640;4.8357, ou l’adresse seule.", "\"là\"", "là"},
        {"91;0", "", "Saisissez des coordonnées comme 45.7640;4.8357, ou l’adresse seule.", "\"91;0\"", "91;0"},
        {"", "<script>alert(1)</script>", "", "\"<script>alert(1)</script>\"", "<script>alert(1)</script>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        asking_begin(&asking, "[" MAP "}]");
        assert_str(answer_place(&asking, cases[i].position, cases[i].address), cases[i].error);
        assert_str(asking_stored(&asking, "1"), cases[i].stored);
        assert_str(field_display(&asking.form->fields.at[0], asking.arena, asking.answers), cases[i].display);
        asking_end(&asking);
    }
}

static void a_place_is_computed_with(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[" MAP "}]");
    assert_str(answer_place(&asking, "45.76;4.83", "Place Bellecour"), "");
    assert_str(asking_says(&asking, "{{ form_var_lieu }} {{ form_var_lieu_lat }} {{ form_var_lieu_lon }}"),
               "45.760000;4.830000 45.76 4.83");
    /* What was checked is checked again when it is sent. */
    struct field_errors errors = {0};
    assert_true(fields_check(&asking.form->fields, &asking.context, asking.answers, &errors));
    assert_str(asking_stored(&asking, "1"), "\"45.760000;4.830000\"");
    asking_end(&asking);
}

static void a_place_outside_the_area_is_refused(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[" MAP ",'inside_area':true}]");
    asking.context.map = asking_json(asking.arena, "{'area':{'geometry':" SQUARE "]}}}");
    assert_str(answer_place(&asking, "45.5;4.5", ""), "");
    assert_str(answer_place(&asking, "48.85;2.35", ""), "Ce point est hors de la métropole.");
    assert_str(answer_place(&asking, "", "Paris"), ""); /* an address alone can't be told */
    asking.context.map = asking_json(asking.arena, "{'area':{'name':'de la commune','geometry':" SQUARE "]}}}");
    assert_str(answer_place(&asking, "48.85;2.35", ""), "Ce point est hors de la commune.");
    asking_end(&asking);
}

static void a_map_begins_where_it_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *field, *centre, *zoom, *is_geolocated;
    } cases[] = {
        {MAP "}", "46.600000;2.400000", "5", "False"},
        {MAP ",'initial_zoom':'13','default_position':{'lat':45.7,'lon':4.8}}", "45.700000;4.800000", "13", "False"},
        {MAP ",'default_position':'50.3157;5.015'}", "50.315700;5.015000", "5", "False"},
        {MAP ",'initial_position':'geoloc-front-only'}", "46.600000;2.400000", "5", "True"},
        {MAP ",'init_with_geoloc':true}", "46.600000;2.400000", "5", "True"},
        {MAP ",'initial_position':'template','position_template':'{{ commune_cp }};4'}", "46.600000;2.400000", "5",
         "False"},
        {MAP ",'position_template':'45.1;{{ 4 }}'}", "45.100000;4.000000", "5", "False"},
        {MAP ",'initial_zoom':'99'}", "46.600000;2.400000", "5", "False"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking, str_fmt(arena, "[%s]", cases[i].field).ptr);
        assert_str(shown(&asking, "centre"), cases[i].centre);
        assert_str(shown(&asking, "zoom"), cases[i].zoom);
        assert_str(shown(&asking, "geolocated"), cases[i].is_geolocated);
        asking_end(&asking);
        arena_free(arena);
    }
}

static void a_place_is_prefilled(void **state)
{
    (void)state;
    static const struct {
        const char *prefill, *stored;
    } cases[] = {
        {"{'type':'string','value':'45.1;4.2'}", "\"45.100000;4.200000\""},
        {"{'type':'string','value':'12 rue Haute, Lyon'}", "\"12 rue Haute, Lyon\""},
        {"{'type':'string','value':''}", ""},
        {"{'type':'geolocation','value':'position'}", ""}, /* by the browser */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking, str_fmt(arena, "[" MAP ",'prefill':%s}]", cases[i].prefill).ptr);
        assert_int_equal(asking.form->reports.len, 0);
        fields_prefill(&asking.form->fields, &asking.context, asking.answers);
        assert_str(asking_stored(&asking, "1"), cases[i].stored);
        asking_end(&asking);
        arena_free(arena);
    }
}

/* The picture that a reader sees covers its frame with tiles of the site's server, whom the page lets through. */
static void a_place_has_a_picture(void **state)
{
    (void)state;
    struct asking asking;
    struct origins origins = {0};
    asking_begin(&asking, "[" MAP "}]");
    asking.context.map = asking_json(asking.arena, "{'tiles':'https://tuiles.exemple.fr:8443/{z}/{x}/{y}.png'}");
    asking.context.origins = &origins;
    assert_str(answer_place(&asking, "45.76;4.83", ""), "");
    struct value rows = form_summary(asking.form, &asking.context, asking.answers, PLACE_SUMMARY);
    struct value tiles = value_lookup(asking.arena, rows.list->at[0], STR("picture.tiles"));
    assert_in_range(tiles.list->len, 4, 9);
    assert_str(value_lookup(asking.arena, tiles.list->at[0], STR("url")).text,
               "https://tuiles.exemple.fr:8443/16/33646/23377.png");
    assert_int_equal(origins.len, 1);
    assert_str(origins.at[0], "https://tuiles.exemple.fr:8443");
    /* Nothing that would end the page's policy. */
    asking.context.map = asking_json(asking.arena, "{'tiles':'https://a;script-src *;/{z}/{x}/{y}'}");
    form_summary(asking.form, &asking.context, asking.answers, PLACE_SUMMARY);
    assert_int_equal(origins.len, 1);
    asking_end(&asking);
}

/* The poles and the far sides of the world have one as well. */
static void every_place_has_a_picture(void **state)
{
    (void)state;
    static const struct position places[] = {{90, 180}, {-90, -180}, {0, 0}, {85, -179.999}, {-85, 179.999}};
    struct asking asking;
    asking_begin(&asking, "[" MAP "}]");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (int zoom = 0; zoom <= 22; zoom++) {
            struct value tiles = value_get(asking.arena, map_picture(&asking.context, places[i], zoom), STR("tiles"));
            assert_in_range(tiles.list->len, 1, 9);
        }
    asking_end(&asking);
}

/* ---- Choices in their modes ---- */

#define SLOTS                                                                                                          \
    "'source':{'type':'fixed','value':["                                                                               \
    "{'id':'a','text':'lundi 9h','datetime':'2026-12-14 09:00'},"                                                      \
    "{'id':'b','text':'lundi 9h30','datetime':'2026-12-14 09:30','disabled':true},"                                    \
    "{'id':'c','text':'mardi 14h','datetime':'2026-12-15 14:00'},"                                                     \
    "{'id':'d','text':'mercredi 8h','datetime':'2026-12-16 08:05','disabled':true}]}"

static str days_of(struct asking *asking)
{
    struct arena *arena = asking->arena;
    struct buf out = buf_new(arena, 4096);
    struct value days = value_get(arena, view_of(asking, 0), STR("days"));
    for (size_t i = 0; days.kind == VALUE_LIST && i < days.list->len; i++) {
        struct value day = days.list->at[i], times = value_get(arena, day, STR("times"));
        buf_fmt(&out, "%s%.*s:", value_get(arena, day, STR("is_open")).boolean ? "+" : "-",
                STR_ARG(value_get(arena, day, STR("label")).text));
        for (size_t j = 0; j < times.list->len; j++)
            buf_fmt(&out, " %.*s%s%s", STR_ARG(value_get(arena, times.list->at[j], STR("text")).text),
                    value_get(arena, times.list->at[j], STR("disabled")).boolean ? "!" : "",
                    value_get(arena, times.list->at[j], STR("chosen")).boolean ? "*" : "");
        buf_add_char(&out, '\n');
    }
    return buf_str(&out);
}

static void moments_are_shown_by_day(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'1','type':'item','label':'Créneau','varname':'c','display_mode':'timetable'," SLOTS "}]");
    assert_int_equal(asking.form->reports.len, 0);
    assert_str(shown(&asking, "widget"), "timetable");
    assert_str(days_of(&asking), "+lundi 14 décembre 2026: 9 h 9 h 30!\n-mardi 15 décembre 2026: 14 h\n"
                                 "-mercredi 16 décembre 2026: 8 h 05!\n");
    assert_str(asking_answer(&asking, "c"), "");
    assert_str(asking_says(&asking, "{{ form_var_c }} {{ form_var_c_raw }} {{ form_var_c_datetime }}"),
               "mardi 14h c 2026-12-15 14:00");
    assert_str(days_of(&asking), "-lundi 14 décembre 2026: 9 h 9 h 30!\n+mardi 15 décembre 2026: 14 h*\n"
                                 "-mercredi 16 décembre 2026: 8 h 05!\n");
    assert_str(asking_answer(&asking, "b"), "Ce créneau vient d’être pris. Choisissez-en un autre.");
    assert_str(asking_answer(&asking, "z"), "Ce créneau vient d’être pris. Choisissez-en un autre.");
    assert_str(asking_answer(&asking, ""), "Choisissez un créneau.");
    asking_end(&asking);
}

static void a_timetable_opens_on_the_day_it_is_told(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'item','label':'Créneau','display_mode':'timetable',"
                          "'initial_date_alignment':'{{ today|add_days:1|date:\\'Y-m-d\\' }}'," SLOTS "}]");
    assert_true(str_contains(days_of(&asking), STR("-lundi 14")) && str_contains(days_of(&asking), STR("+mardi 15")));
    asking_end(&asking);
}

/* Choices that are no moments are radio buttons. */
static void what_has_no_moment_is_no_timetable(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, "[{'id':'1','type':'item','label':'C','display_mode':'timetable','items':['a','b']}]");
    assert_str(shown(&asking, "widget"), "radio");
    assert_str(shown(&asking, "is_group"), "True");
    assert_str(asking_answer(&asking, "a"), "");
    asking_end(&asking);
}

#define PICTURES                                                                                                       \
    "'image_desktop_size':'150x100','source':{'type':'fixed','value':["                                                \
    "{'id':'a','text':'Sapin','image_url':'https://img.exemple.fr/sapin.png?a=1'},"                                    \
    "{'id':'b','text':'Chêne','image_url':'/fichiers/chene.png'},"                                                    \
    "{'id':'c','text':'Piège','image_url':'javascript:alert(1)'},{'id':'d','text':'Aucun'}]}"

static void choices_are_shown_as_pictures(void **state)
{
    (void)state;
    for (int several = 0; several < 2; several++) {
        struct asking asking;
        struct origins origins = {0};
        asking_begin(&asking, several ? "[{'id':'1','type':'items','label':'A','display_mode':'images'," PICTURES "}]"
                                      : "[{'id':'1','type':'item','label':'A','display_mode':'images'," PICTURES "}]");
        assert_int_equal(asking.form->reports.len, 0);
        asking.context.origins = &origins;
        assert_str(shown(&asking, "widget"), "images");
        assert_str(shown(&asking, "is_multiple"), several ? "True" : "");
        assert_str(shown(&asking, "image_width"), "150");
        static const char *const images[] = {"https://img.exemple.fr/sapin.png?a=1", "/fichiers/chene.png", "", ""};
        struct value choices = value_get(asking.arena, view_of(&asking, 0), STR("choices"));
        for (size_t i = 0; i < 4; i++)
            assert_str(
                value_to_text(asking.arena, value_get(asking.arena, choices.list->at[i], STR("image")), STR("fr")),
                images[i]);
        assert_int_equal(origins.len, 1);
        assert_str(origins.at[0], "https://img.exemple.fr");
        assert_str(asking_answer(&asking, "b"), "");
        asking_end(&asking);
    }
}

static void choices_are_shown_on_a_map(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking,
                 "[{'id':'1','type':'item','label':'Mairie','display_mode':'map','source':{'type':'fixed','value':["
                 "{'id':'a','text':'Lyon','lat':'45.76','lon':'4.83'},"
                 "{'id':'b','text':'Bron','geometry':{'type':'Point','coordinates':[4.91,45.73]}},"
                 "{'id':'c','text':'Ailleurs'}]}}]");
    assert_int_equal(asking.form->reports.len, 0);
    assert_str(shown(&asking, "widget"), "choices-map");
    static const char *const positions[] = {"45.760000;4.830000", "45.730000;4.910000", ""};
    struct value choices = value_get(asking.arena, view_of(&asking, 0), STR("choices"));
    for (size_t i = 0; i < 3; i++)
        assert_str(
            value_to_text(asking.arena, value_get(asking.arena, choices.list->at[i], STR("position")), STR("fr")),
            positions[i]);
    assert_str(asking_answer(&asking, "c"), "");
    assert_str(asking_answer(&asking, "x"), "Ce choix n’est plus proposé. Choisissez-en un autre.");
    asking_end(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_position_is_read_as_people_write_it),
        cmocka_unit_test(a_place_is_inside_an_area_or_not),
        cmocka_unit_test(a_place_is_a_position_or_an_address),
        cmocka_unit_test(a_place_is_computed_with),
        cmocka_unit_test(a_place_outside_the_area_is_refused),
        cmocka_unit_test(a_map_begins_where_it_is_told),
        cmocka_unit_test(a_place_is_prefilled),
        cmocka_unit_test(a_place_has_a_picture),
        cmocka_unit_test(every_place_has_a_picture),
        cmocka_unit_test(moments_are_shown_by_day),
        cmocka_unit_test(a_timetable_opens_on_the_day_it_is_told),
        cmocka_unit_test(what_has_no_moment_is_no_timetable),
        cmocka_unit_test(choices_are_shown_as_pictures),
        cmocka_unit_test(choices_are_shown_on_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
