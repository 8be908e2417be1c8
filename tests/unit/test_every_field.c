/* Every type of field, by one table: what it takes, refuses and how it says so, where its bounds are, what hostile
 * values do, how it is shown and leaves in an export, what prefills it. A type without its cases fails. */
#include "asking.h"

#include <string.h>

enum kind { ACCEPTED = 1, REFUSED = 2, BOUND = 4, HOSTILE = 8, ALL_KINDS = 15 };

#define COLOURS                                                                                                        \
    "'source':{'type':'fixed','value':[{'id':'r','text':'Rouge'},{'id':'v','text':'Vert, pâle'},"                     \
    "{'id':'n','text':'Noir','disabled':true}]}"
#define AGENDA                                                                                                         \
    "'source':{'type':'fixed','value':[{'id':'2027-03-12','text':'ven. 12','opening_hours':["                          \
    "{'hour':'09:00','status':'free'},{'hour':'09:30','status':'free'},{'hour':'10:00','status':'booked'},"            \
    "{'hour':'10:30','status':'free'},{'hour':'11:00','status':'closed'}]},"                                           \
    "{'id':'2027-03-13','text':'sam. 13','disabled':true,'opening_hours':[{'hour':'09:00','status':'free'},"           \
    "{'hour':'10:00','status':'closed'}]}]}"
#define PETS "'fields':[{'id':'2','type':'string','label':'Nom','maxlength':4}],'max_items':2"
#define BLOB "23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* posts: « control=value », one a line; « control@name|type|size » for a file. stored NULL: not looked at. */
struct answer_case {
    const char *type, *params, *posts;
    enum kind kind;
    const char *message; /* "" where it is taken */
    const char *stored;  /* as JSON, "" where nothing is */
    const char *shown;
};

static const struct answer_case cases[] = {
    {"string", "", "f1=Élodie", ACCEPTED, "", "\"Élodie\"", "Élodie"},
    {"string", "", "f1= ", REFUSED, "Saisissez une réponse à « Question ».", "", ""},
    {"string", "'maxlength':3", "f1=éèê", BOUND, "", "\"éèê\"", "éèê"},
    {"string", "'maxlength':3", "f1=éèêë", BOUND,
     "« Question » doit contenir 3 caractères ou moins. Vous en avez saisi 4.", "\"éèêë\"", "éèêë"},
    {"string", "", "f1=<script>{{ 7|add:1 }}' OR 1=1", HOSTILE, "", "\"<script>{{ 7|add:1 }}' OR 1=1\"",
     "<script>{{ 7|add:1 }}' OR 1=1"},

    {"text", "", "f1=un", ACCEPTED, "", "\"un\"", "un"},
    {"text", "", "f1=", REFUSED, "Écrivez question.", "", ""},
    {"text", "'maxlength':2", "f1=ab", BOUND, "", "\"ab\"", "ab"},
    {"text", "'maxlength':2", "f1=abc", BOUND, "Supprimez 1 caractère : la limite est de 2.", "\"abc\"", "abc"},
    {"text", "'display_mode':'rich'", "f1=<p onclick=x>a<script>b</script></p>", HOSTILE, "",
     "\"<p>&lt;p onclick=x&gt;a&lt;script&gt;b&lt;/script&gt;&lt;/p&gt;</p>\"", "<p onclick=x>a<script>b</script></p>"},

    {"email", "", "f1=a@exemple.fr", ACCEPTED, "", "\"a@exemple.fr\"", "a@exemple.fr"},
    {"email", "", "f1=a@", REFUSED, "L’adresse ne semble pas complète. Exemple : prenom@exemple.fr", "\"a@\"", "a@"},
    {"email", "", "f1=a@b.fr", BOUND, "", "\"a@b.fr\"", "a@b.fr"},
    {"email", "", "f1=a@exemple.fr\rBcc: b@exemple.fr", HOSTILE,
     "L’adresse ne semble pas complète. Exemple : prenom@exemple.fr", NULL, NULL},

    {"bool", "", "f1=oui", ACCEPTED, "", "true", "Oui"},
    {"bool", "'required':'required'", "", REFUSED, "Cochez la case « Question ».", "false", "Non"},
    {"bool", "", "", BOUND, "", "false", "Non"},
    {"bool", "", "f1=<b>", HOSTILE, "", "true", "Oui"},

    {"date", "", "f1-jour=12\nf1-mois=3\nf1-annee=2027", ACCEPTED, "", "\"2027-03-12\"", "12/03/2027"},
    {"date", "", "f1-jour=31\nf1-mois=2\nf1-annee=2027", REFUSED,
     "Cette date n’existe pas. Vérifiez le jour, le mois et l’année (4 chiffres).", "\"31/2/2027\"", "31/2/2027"},
    {"date", "'minimum_date':'2027-03-12'", "f1=2027-03-12", BOUND, "", "\"2027-03-12\"", "12/03/2027"},
    {"date", "'minimum_date':'2027-03-12'", "f1=2027-03-11", BOUND,
     "La date doit être le vendredi 12 mars 2027 ou plus tard.", "\"2027-03-11\"", "11/03/2027"},
    {"date", "", "f1=9999999999-1-1", HOSTILE, NULL, NULL, NULL},

    {"item", COLOURS, "f1=r", ACCEPTED, "", "\"r\"", "Rouge"},
    {"item", COLOURS, "f1=", REFUSED, "Choisissez une réponse à « Question ».", "", ""},
    {"item", COLOURS, "f1=n", BOUND, "Ce choix n’est plus proposé. Choisissez-en un autre.", "", ""},
    {"item", COLOURS, "f1=<script>", HOSTILE, "Ce choix n’est plus proposé. Choisissez-en un autre.", "", ""},

    {"items", COLOURS, "f1=r\nf1=v", ACCEPTED, "", "[\"r\",\"v\"]", "Rouge, Vert, pâle"},
    {"items", COLOURS, "", REFUSED, "Choisissez au moins une réponse à « Question ».", "", ""},
    {"items", COLOURS ",'max_choices':2", "f1=r\nf1=v", BOUND, "", "[\"r\",\"v\"]", "Rouge, Vert, pâle"},
    {"items", COLOURS ",'max_choices':1", "f1=r\nf1=v", BOUND, "Choisissez 1 réponse au maximum.", NULL, NULL},
    {"items", COLOURS, "f1=r\nf1=';--", HOSTILE, "Un choix n’est plus proposé. Choisissez à nouveau.", "", ""},

    {"ranked-items", "'items':['Vélo','Bus']", "f1-place-1=2\nf1-place-2=1", ACCEPTED, "", "{\"Bus\":1,\"Vélo\":2}",
     "1. Bus, 2. Vélo"},
    {"ranked-items", "'items':['Vélo','Bus']", "f1-place-1=1\nf1-place-2=1", REFUSED,
     "« Vélo » et « Bus » ont le même rang. Donnez à chacun un rang différent.", "{\"Bus\":1,\"Vélo\":1}",
     "1. Vélo, 2. Bus"},
    {"ranked-items", "'items':['Vélo','Bus']", "f1-place-1=1", REFUSED, "Donnez aussi un rang à « Bus ».",
     "{\"Vélo\":1}", "1. Vélo"},
    {"ranked-items", "'items':['Vélo','Bus']", "", REFUSED, "Donnez un rang à chaque réponse de « Question ».", "", ""},
    {"ranked-items", "'items':['Vélo','Bus'],'required':'optional'", "f1-place-2=2", BOUND, "", "{\"Bus\":1}",
     "1. Bus"},
    {"ranked-items", "'items':['Vélo','Bus']", "f1-place-1=1\nf1-place-2=3", BOUND,
     "Choisissez le rang de « Bus » dans la liste.", "{\"Vélo\":1}", "1. Vélo"},
    {"ranked-items", "'items':['Vélo','Bus']", "f1-place-1=-99999999999999999999\nf1-place-9=1", HOSTILE,
     "Choisissez le rang de « Vélo » dans la liste.", "", ""},

    {"time-range", AGENDA, "f1=2027-03-12\nf1-debut=09:00\nf1-fin=10:00", ACCEPTED, "",
     "{\"end_datetime\":\"2027-03-12 10:00\",\"start_datetime\":\"2027-03-12 09:00\"}", "Le 12/03/2027 de 9 h à 10 h"},
    {"time-range", AGENDA, "f1=2027-03-12\nf1-debut=09:00", REFUSED, "Choisissez l’heure de fin.", NULL, ""},
    {"time-range", AGENDA, "f1-fin=09:00", REFUSED, "Choisissez un jour.", NULL, ""},
    {"time-range", AGENDA, "", REFUSED, "Choisissez un jour et des heures.", "", ""},
    {"time-range", AGENDA, "f1=2027-03-12\nf1-debut=10:00\nf1-fin=10:00", BOUND,
     "L’heure de fin doit être après l’heure de début.", NULL, NULL},
    {"time-range", AGENDA, "f1=2027-03-12\nf1-debut=10:30\nf1-fin=11:00", BOUND, "", NULL,
     "Le 12/03/2027 de 10 h 30 à 11 h"},
    {"time-range", AGENDA, "f1=2027-03-12\nf1-debut=09:30\nf1-fin=11:00", BOUND,
     "Ces heures ne sont pas libres. Le vendredi 12 mars 2027 est libre de 9 h à 10 h, de 10 h 30 à 11 h.", NULL, NULL},
    {"time-range", AGENDA, "f1=2027-03-13\nf1-debut=09:00\nf1-fin=10:00", BOUND,
     "Ce jour n’est plus libre. Choisissez-en un autre.", NULL, NULL},
    {"time-range", AGENDA, "f1=<b> x\nf1-debut=' \nf1-fin=25:99", HOSTILE,
     "Ce jour n’est plus libre. Choisissez-en un autre.", NULL, ""},

    {"numeric", "", "f1=12", ACCEPTED, "", "\"12\"", "12"},
    {"numeric", "", "f1=deux", REFUSED, "Saisissez un nombre, par exemple 2.", "\"deux\"", "deux"},
    {"numeric", "'max_value':10", "f1=10", BOUND, "", "\"10\"", "10"},
    {"numeric", "'max_value':10", "f1=11", BOUND, "Le nombre doit être 10 ou moins.", "\"11\"", "11"},
    {"numeric", "", "f1=1e999", HOSTILE, "Saisissez un nombre, par exemple 2.", "\"1e999\"", "1e999"},

    {"map", "", "f1=45.76;4.83", ACCEPTED, "", "\"45.760000;4.830000\"", NULL},
    {"map", "", "", REFUSED, NULL, "", ""},
    {"map", "", "f1=90;180", BOUND, "", "\"90.000000;180.000000\"", NULL},
    {"map", "", "f1=nan;inf<script>", HOSTILE, NULL, NULL, NULL},

    {"address", "", "f1-voie=12 rue Haute\nf1-code-postal=69001\nf1-commune=Lyon", ACCEPTED, "", NULL,
     "12 rue Haute, 69001 Lyon"},
    {"address", "", "f1-voie=12 rue Haute\nf1-code-postal=69001", REFUSED, "Il manque la commune.", NULL, NULL},
    {"address", "", "", REFUSED, "Saisissez une adresse.", "", ""},
    {"address", "", "f1-voie=rue\nf1-code-postal=690\nf1-commune=Lyon", BOUND,
     "Vérifiez le code postal : il comporte 5 chiffres, comme 69120.", NULL, NULL},
    {"address", "'precision':'municipality'", "f1-commune=Y", BOUND, "", "\"Y\"", "Y"},
    {"address", "", "f1-voie=1 <b>\nf1-code-postal=69001\nf1-commune=' OR\nf1-trouvee={\"lat\":1e999}", HOSTILE, "",
     NULL, "1 <b>, 69001 ' OR"},

    {"file", "'max_file_size':'1 Mo'", "f1@plan.pdf|application/pdf|1200", ACCEPTED, "", NULL, "plan.pdf"},
    {"file", "'document_type':{'label':'PDF','mimetypes':['application/pdf']}", "f1@a.exe|application/x-dosexec|12",
     REFUSED, "Le fichier « a.exe » n’est pas accepté. Choisissez un PDF.", "", ""},
    {"file", "", "", REFUSED, "Ajoutez le document « Question ».", "", ""},
    {"file", "'max_file_size':'1 Mo'", "f1@gros.pdf|application/pdf|1000000", BOUND, "", NULL, "gros.pdf"},
    {"file", "'max_file_size':'1 Mo'", "f1@gros.pdf|application/pdf|1000001", BOUND,
     "Le fichier « gros.pdf » dépasse 1 Mo. Choisissez un fichier plus léger.", "", ""},
    {"file", "", "f1@../../etc/<b>passwd|text/plain|3", HOSTILE, "", NULL, "<b>passwd"},

    {"file", "'max_files':2", "f1@a.pdf|application/pdf|10\nf1@b.png|image/png|20", ACCEPTED, "", NULL, "a.pdf, b.png"},
    {"file", "'max_files':'2'", "", REFUSED, "Ajoutez le document « Question ».", "", ""},
    {"file", "'max_files':2,'document_type':{'label':'PDF','mimetypes':['application/pdf']}",
     "f1@a.pdf|application/pdf|10\nf1@b.exe|application/x-dosexec|20", REFUSED,
     "Le fichier « b.exe » n’est pas accepté. Choisissez un PDF.", NULL, "a.pdf"},
    {"file", "'max_files':2", "f1@a.pdf|application/pdf|1\nf1@b.pdf|application/pdf|1\nf1@c.pdf|application/pdf|1",
     BOUND, "2 documents au maximum : retirez-en 1.", NULL, "a.pdf, b.pdf, c.pdf"},
    {"file", "'max_files':2,'max_total_size':'1 Mo'",
     "f1@a.pdf|application/pdf|500000\nf1@b.pdf|application/pdf|500000", BOUND, "", NULL, "a.pdf, b.pdf"},
    {"file", "'max_files':2,'max_total_size':'1 Mo'",
     "f1@a.pdf|application/pdf|500000\nf1@b.pdf|application/pdf|500001", BOUND,
     "Les documents dépassent 1 Mo à eux tous. Retirez-en, ou choisissez-en de plus légers.", NULL, "a.pdf, b.pdf"},

    {"password", "", "f1=Un cheval rose\nf1-confirmation=Un cheval rose", ACCEPTED, "", NULL, "●●●●●●●●"},
    {"password", "'formats':['sha1'],'min_length':0,'confirmation':false", "f1=marie", ACCEPTED, "",
     "{\"sha1\":\"f0fd596f396d8fc32d5e4fe4c73c61fa2ac55c70\"}", "●●●●●●●●"},
    {"password", "", "f1=Un cheval rose\nf1-confirmation=Un cheval gris", REFUSED,
     "Les deux saisies du mot de passe ne sont pas les mêmes. Saisissez-le à nouveau.", "", ""},
    {"password", "", "", REFUSED, "Choisissez un mot de passe.", "", ""},
    {"password", "'confirmation':false,'min_length':4", "f1=éèêë", BOUND, "", NULL, "●●●●●●●●"},
    {"password", "'confirmation':false,'min_length':5", "f1=éèêë", BOUND,
     "Le mot de passe doit contenir 5 caractères ou plus.", "", ""},
    {"password", "'confirmation':false,'min_length':0,'count_uppercase':1,'count_digit':2", "f1=aB12", BOUND, "", NULL,
     NULL},
    {"password", "'confirmation':false,'min_length':0,'count_uppercase':1,'count_digit':2", "f1=aB1", BOUND,
     "Le mot de passe doit contenir 1 majuscule, 2 chiffres.", "", ""},
    {"password", "'confirmation':false", "f1=\xFF\xFE' OR 1=1; DROP TABLE", HOSTILE,
     "Cette réponse contient un signe qui n’est pas du texte. Vérifiez-la, puis continuez.", "", ""},

    {"block", PETS, "f1-rang=0\nf1-0-2=Rex\nf1-rang=1\nf1-1-2=Mia", ACCEPTED, "", "[{\"2\":\"Rex\"},{\"2\":\"Mia\"}]",
     "Rex, Mia"},
    {"block", PETS, "f1-rang=0\nf1-0-2=", REFUSED, "Question 1 : saisissez une réponse à « Nom ».", NULL, NULL},
    {"block", PETS, "f1-rang=0\nf1-0-2=Rexx", BOUND, "", "[{\"2\":\"Rexx\"}]", "Rexx"},
    {"block", PETS, "f1-rang=0\nf1-0-2=Rexxx", BOUND,
     "Question 1 : « Nom » doit contenir 4 caractères ou moins. Vous en avez saisi 5.", NULL, NULL},
    {"block", PETS, "f1-rang=../x\nf1-rang=99999999999\nf1-<b>-2=a", HOSTILE, NULL, NULL, NULL},

    {"computed", "'value_template':'{{ 1|add:2 }}'", "", ACCEPTED, "", NULL, "3"},
    {"computed", "'value_template':'{{ x'", "", REFUSED, "", "\"{{ x\"", "{{ x"}, /* told by the check of definitions */
    {"computed", "'value_template':''", "", BOUND, "", NULL, ""},
    {"computed", "'value_template':'{{ 1|add:2 }}'", "f1=<b>", HOSTILE, "", NULL, "3"}, /* nobody posts it */
};
enum { CASE_COUNT = sizeof cases / sizeof *cases };

static void begin(struct asking *asking, const char *type, const char *params, const char *more)
{
    struct arena *arena = arena_new();
    asking_begin(asking, str_fmt(arena, "[{'id':'1','type':'%s','label':'Question','varname':'q'%s%s%s%s}]", type,
                                 params[0] != '\0' ? "," : "", params, more[0] != '\0' ? "," : "", more)
                             .ptr);
    arena_free(arena);
}

static void post_file(struct asking *asking, str control, str rest)
{
    struct posted_file *file = vec_push(asking->arena, &asking->files);
    str size, type;
    file->name = control;
    str_cut(rest, '|', &file->file_name, &type);
    str_cut(type, '|', &file->type, &size);
    str_to_int64(size, &file->size);
    file->blob = str_fmt(asking->arena, "%02zu%s", asking->files.len, BLOB);
}

static void post_all(struct asking *asking, const char *posts)
{
    for (str line, rest = str_of(posts); str_next(&rest, '\n', &line);) {
        str control, value;
        size_t equals = str_find(line, STR("="), 0), at = str_find(line, STR("@"), 0);
        if (at < equals && str_cut(line, '@', &control, &value))
            post_file(asking, control, value);
        else if (str_cut(line, '=', &control, &value))
            asking_post(asking, str_z(asking->arena, control), value);
    }
}

/* What leaves in an export: the cells that have something. */
static str exported(struct asking *asking)
{
    struct answer_columns columns = {0};
    struct buf out = buf_new(asking->arena, 4096);
    fields_columns(&asking->form->fields, &asking->context, &columns);
    for (size_t i = 0; i < columns.len; i++) {
        str text;
        column_value(&columns.at[i], asking->arena, asking->answers, &text);
        buf_fmt(&out, "%s%.*s", out.len > 0 && text.len > 0 ? ", " : "", STR_ARG(text));
    }
    return buf_str(&out);
}

/* Typed in the table with plain blanks. */
static bool is_as_said(const struct answer_case *one, str actual, const char *expected)
{
    if (expected == NULL)
        return true;
    struct arena *arena = arena_new();
    bool is_same = str_eq(str_replace(arena, actual, STR("\xC2\xA0"), STR(" ")), str_of(expected));
    arena_free(arena);
    if (!is_same)
        print_error("%s {%s} « %s »: « %.*s » and not « %s »\n", one->type, one->params, one->posts, STR_ARG(actual),
                    expected);
    return is_same;
}

static bool holds(const struct answer_case *one)
{
    struct asking asking;
    begin(&asking, one->type, one->params, "");
    post_all(&asking, one->posts);
    str message = asking_read(&asking) ? STR_EMPTY : asking.errors.at[0].message;
    str shown = field_display(&asking.form->fields.at[0], asking.arena, asking.answers);
    bool all = is_as_said(one, message, one->message);
    all = is_as_said(one, asking_stored(&asking, "1"), one->stored) && all;
    all = is_as_said(one, shown, one->shown) && all;
    all = is_as_said(one, exported(&asking), one->shown) && all;
    assert_true(utf8_is_valid(json_text(asking.arena, asking.answers)));
    asking_end(&asking);
    return all;
}

static void each_takes_refuses_shows_and_exports(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < CASE_COUNT; i++)
        wrong += !holds(&cases[i]);
    assert_int_equal(wrong, 0);
}

/* ---- Prefilling ---- */

#define BY(template) "'prefill':{'type':'string','value':'" template "'}"

static const struct {
    const char *type, *params, *prefill;
    const char *stored; /* as JSON; "": the type takes none */
} prefills[] = {
    {"string", "", BY("{{ commune_cp }}"), "\"69001\""},
    {"text", "", BY("Bonjour"), "\"Bonjour\""},
    {"email", "", BY("a@exemple.fr"), "\"a@exemple.fr\""},
    {"bool", "", BY("{{ 1 }}"), "true"},
    {"date", "", BY("{{ today }}"), "\"2026-12-14\""},
    {"item", COLOURS, BY("Rouge"), "\"r\""},
    {"item", COLOURS, BY("Bleu"), ""},
    {"items", COLOURS, BY("Rouge"), "[\"r\"]"},
    {"ranked-items", "'items':['Vélo','Bus']", BY("{{ \\\"Bus,Auto,Vélo,Bus\\\"|split:\\\",\\\" }}"),
     "{\"Bus\":1,\"Vélo\":2}"},
    {"ranked-items", "'items':['Vélo','Bus']", BY("Bus"), ""},
    {"time-range", AGENDA, BY("{{ today }}"), ""},
    {"numeric", "", BY("{{ 1|add:2 }}"), "\"3\""},
    {"map", "", BY("45.76;4.83"), "\"45.760000;4.830000\""},
    {"address", "", BY("7 rue Haute, 69500 Bron"), "\"7 rue Haute, 69500 Bron\""},
    {"file", "", BY("plan.pdf"), ""},
    {"password", "", BY("un mot de passe en clair"), ""},
    {"block", "", "'fields':[{'id':'2','type':'string','label':'Nom','prefill':{'type':'string','value':'Rex'}}]",
     "[{\"2\":\"Rex\"}]"},
    {"computed", "'value_template':'a'", BY("b"), "\"a\""},
};

static void each_is_prefilled(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof prefills / sizeof *prefills; i++) {
        struct asking asking;
        begin(&asking, prefills[i].type, prefills[i].params, prefills[i].prefill);
        form_page_open(asking.form, 0, &asking.context, asking.answers);
        str stored = asking_stored(&asking, "1");
        bool is_same = str_eq(stored, str_of(prefills[i].stored));
        wrong += !is_same;
        if (!is_same)
            print_error("%s, %s: %.*s\n", prefills[i].type, prefills[i].prefill, STR_ARG(stored));
        asking_end(&asking);
    }
    assert_int_equal(wrong, 0);
}

/* ---- What only says something ---- */

static const struct {
    const char *type, *label, *shown;
} sayings[] = {
    {"title", "Bonjour {{ commune_cp }}", "Bonjour 69001"},
    {"subtitle", "<b>{{ commune_cp }}", "<b>69001"}, /* a text, which pages escape */
    {"comment", "<p>{{ form_var_q }}&amp;</p>", "<p>&amp;</p>"},
    {"page", "Une page", NULL}, /* shows nothing itself */
};

static void each_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
        struct asking asking;
        struct arena *arena = arena_new();
        asking_begin(&asking,
                     str_fmt(arena, "[{'id':'1','type':'%s','label':'%s'}]", sayings[i].type, sayings[i].label).ptr);
        arena_free(arena);
        asking_post(&asking, "f1", STR("<b>"));
        assert_true(asking_read(&asking));
        assert_str(asking_stored(&asking, "1"), "");
        struct value list = fields_view(&asking.form->fields, &asking.context, asking.answers, &asking.errors, false);
        assert_int_equal(list.list->len, sayings[i].shown == NULL ? 0 : 1);
        if (sayings[i].shown != NULL)
            assert_str(value_get(asking.arena, list.list->at[0], STR("label")).text, sayings[i].shown);
        asking_end(&asking);
    }
}

static int kinds_of(const char *type)
{
    int kinds = 0;
    for (size_t i = 0; i < CASE_COUNT; i++)
        if (strcmp(cases[i].type, type) == 0)
            kinds |= (int)cases[i].kind;
    return kinds;
}

static void no_type_lacks_its_cases(void **state)
{
    (void)state;
    const char *type;
    for (size_t n = 0; (type = field_type_name(n)) != NULL; n++) {
        bool is_prefilled = false, says = false;
        for (size_t i = 0; i < sizeof prefills / sizeof *prefills; i++)
            is_prefilled = is_prefilled || strcmp(prefills[i].type, type) == 0;
        for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++)
            says = says || strcmp(sayings[i].type, type) == 0;
        if (!says && (kinds_of(type) != ALL_KINDS || !is_prefilled))
            fail_msg("%s lacks cases of answers (%d) or of prefilling", type, kinds_of(type));
    }
}

/* ---- A password, once chosen ---- */

static void a_password_is_kept_hashed_and_shown_no_more(void **state)
{
    (void)state;
    struct asking asking;
    begin(&asking, "password", "'formats':['cleartext','sha1','argon2id'],'confirmation':false", "");
    assert_str(asking.form->reports.at[0].construct, "password:formats=cleartext");
    assert_str(asking_answer(&asking, "Un cheval rose"), "");
    str before = asking_stored(&asking, "1");
    const json_t *hashes = json_object_get(asking.answers, "1");
    assert_true(password_matches(STR("Un cheval rose"), json_str(hashes, "argon2id")));
    assert_false(password_matches(STR("Un cheval gris"), json_str(hashes, "argon2id")));
    assert_int_equal(json_object_size(hashes), 2);
    assert_int_equal(str_find(json_text(asking.arena, asking.answers), STR("cheval"), 0), SIZE_MAX);
    assert_str(asking_says(&asking, "{{ form_var_q }}"), "●●●●●●●●");
    assert_str(asking_says(&asking, "{{ form_var_q_sha1 }}"), str_z(asking.arena, json_str(hashes, "sha1")));
    assert_true(field_is_secret(&asking.form->fields.at[0]));
    struct value view = fields_view(&asking.form->fields, &asking.context, asking.answers, NULL, false).list->at[0];
    assert_int_equal(str_find(json_text(asking.arena, value_to_json(asking.arena, view)), STR("argon2"), 0), SIZE_MAX);
    /* Nothing is sent: it stays; what is refused doesn't take its place; a blank belongs to it. */
    assert_true(asking_read(&asking));
    assert_str(asking_stored(&asking, "1"), str_z(asking.arena, before));
    assert_true(asking_answer(&asking, "court").len > 0);
    assert_str(asking_stored(&asking, "1"), str_z(asking.arena, before));
    assert_str(asking_answer(&asking, " Un cheval rose "), "");
    hashes = json_object_get(asking.answers, "1");
    assert_true(password_matches(STR(" Un cheval rose "), json_str(hashes, "argon2id")));
    asking_post(&asking, "f1-retirer", STR("oui"));
    assert_false(asking_read(&asking));
    assert_str(asking_stored(&asking, "1"), "");
    asking_end(&asking);
}

/* ---- Several files ---- */

static str names(struct asking *asking)
{
    return field_display(&asking->form->fields.at[0], asking->arena, asking->answers);
}

static void files_are_added_and_taken_away_one_by_one(void **state)
{
    (void)state;
    struct asking asking;
    begin(&asking, "file", "'max_files':3", "");
    post_all(&asking, "f1@a.pdf|application/pdf|10");
    assert_true(asking_read(&asking));
    assert_true(asking_read(&asking));                   /* nothing is sent: it stays */
    post_all(&asking, "f1@same.pdf|application/pdf|10"); /* the same bytes */
    assert_true(asking_read(&asking));
    assert_str(names(&asking), "a.pdf");
    *vec_push(asking.arena, &asking.files) = (struct posted_file){.name = STR("f2")};
    post_all(&asking, "f1@b.pdf|application/pdf|20");
    assert_true(asking_read(&asking));
    assert_str(names(&asking), "a.pdf, b.pdf");
    struct named_files files = {0};
    struct shown_answers shown = {0};
    fields_files(&asking.form->fields, asking.arena, asking.answers, &files);
    fields_shown(&asking.form->fields, asking.arena, asking.answers, &shown);
    assert_int_equal(files.len, 2);
    assert_str(shown.at[1].blob, "02" BLOB);
    struct value rows = fields_summary(&asking.form->fields, &asking.context, asking.answers, PLACE_SUMMARY);
    const struct value_list *listed = value_get(asking.arena, rows.list->at[0], STR("files")).list;
    assert_str(value_get(asking.arena, listed->at[1], STR("url")).text, "/fichiers/02" BLOB "/");
    asking_post(&asking, "f1-retirer", STR("01" BLOB));
    asking_post(&asking, "f1-retirer", STR("of no file"));
    assert_true(asking_read(&asking));
    assert_str(names(&asking), "b.pdf");
    assert_false(form_fit_answers(asking.form, asking.answers));
    fields_forget_files(&asking.form->fields, asking.arena, asking.answers, NULL);
    assert_str(asking_stored(&asking, "1"), "");
    asking_end(&asking);
}

/* ---- Ranks ---- */

static void ranks_are_an_object_and_a_list(void **state)
{
    (void)state;
    struct asking asking;
    begin(&asking, "ranked-items", "'items':['Vélo','Bus <b>','Vélo','',' Tram '],'randomize_items':true", "");
    struct value view = fields_view(&asking.form->fields, &asking.context, asking.answers, NULL, false).list->at[0];
    assert_int_equal(value_get(asking.arena, view, STR("items")).list->len, 3);
    post_all(&asking, "f1-place-1=3\nf1-place-2=1\nf1-place-3=2");
    assert_true(asking_read(&asking));
    assert_str(asking_says(&asking, "{{ form_var_q }}"), "1. Bus <b>, 2. Tram, 3. Vélo");
    assert_str(asking_says(&asking, "{{ form_var_q_raw|get:\"Tram\" }}"), "2");
    struct value rows = fields_summary(&asking.form->fields, &asking.context, asking.answers, PLACE_SUMMARY);
    assert_str(value_get(asking.arena, rows.list->at[0], STR("rich")).text,
               "<ol><li>Bus &lt;b&gt;</li><li>Tram</li><li>Vélo</li></ol>");
    asking_end(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_takes_refuses_shows_and_exports),
        cmocka_unit_test(each_is_prefilled),
        cmocka_unit_test(each_says),
        cmocka_unit_test(no_type_lacks_its_cases),
        cmocka_unit_test(a_password_is_kept_hashed_and_shown_no_more),
        cmocka_unit_test(files_are_added_and_taken_away_one_by_one),
        cmocka_unit_test(ranks_are_an_object_and_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
