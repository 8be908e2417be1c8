#include "counterwork.h"
#include "exports/exports.h"

static const char form_text[] =
    "{'kind': 'form', 'slug': 'essai', 'name': 'Essai', 'fields': ["
    "{'id': '1', 'type': 'string', 'label': 'Nom', 'varname': 'nom'},"
    "{'id': '2', 'type': 'date', 'label': 'Jour'}, {'id': '3', 'type': 'numeric', 'label': 'Prix', "
    "'restrict_to_integers': false},"
    "{'id': '4', 'type': 'items', 'label': 'Choix', 'items': ['a', 'b']},"
    "{'id': '5', 'type': 'block', 'label': 'Enfant', 'max_items': '2', 'fields': ["
    "{'id': 'x', 'type': 'string', 'label': 'Prénom'}]},"
    "{'id': '6', 'type': 'block', 'label': 'Lieu', 'max_items': '{{ form_var_nom }}', 'fields': ["
    "{'id': 'y', 'type': 'string', 'label': 'Ville'}]},"
    "{'id': '7', 'type': 'title', 'label': 'Fin'}]}";
static const char workflow_text[] =
    "{'kind': 'workflow', 'slug': 'essai', 'name': 'Essai', 'functions': [{'id': '_receiver', 'name': 'Agents'}],"
    "'backoffice_fields': [{'id': 'bo1', 'type': 'string', 'label': 'Avis', 'varname': 'avis'}],"
    "'statuses': [{'id': '1', 'name': 'Reçue', 'actions': []}]}";

static void file_one(struct counterwork *work, const char *answers)
{
    struct err err = {0};
    const struct dossier *dossier;
    struct filing filing = {.form = work->form, .answers = json_of(work->arena, answers), .submitter_name = STR("Ada")};
    test_now += INSTANT_SECOND;
    work->place.now = test_now;
    if (!dossier_file(&work->place, &filing, &dossier, NULL, &err))
        fail_msg("%s %s", err.message, err.detail);
}

/* The whole file; files another request before each piece where asked. */
static str export_all(struct counterwork *work, struct dossier_query query, enum export_format format,
                      bool files_meanwhile)
{
    struct err err = {0};
    struct buf out = buf_new(work->arena, 64 << 20);
    struct export *export = export_begin(&work->place, work->form, &query, format);
    bool is_last = false;
    while (!is_last) {
        struct arena *arena = arena_new();
        struct buf piece = buf_new(arena, 16 << 20);
        if (!export_next(export, arena, &piece, &is_last, &err))
            fail_msg("%s %s", err.message, err.detail);
        buf_add(&out, buf_str(&piece));
        arena_free(arena);
        if (files_meanwhile)
            file_one(work, "{'1': 'pendant'}");
    }
    return buf_str(&out);
}

static void make(struct counterwork *work, void **state)
{
    counterwork_make(work, form_text, workflow_text);
    counterwork_open(work, *state, STR("exports"));
}

static void a_table_has_all_that_was_answered(void **state)
{
    struct counterwork work;
    make(&work, state);
    file_one(
        &work,
        "{'1': '=1+1', '2': '2026-03-07', '3': '12.50', '4': ['a', 'b'], '4_display': 'a, b',"
        " '5': [{'x': 'Zoé'}, {'x': 'Œdipe; dit \\\"O\\\"'}], '6': [{'y': 'Lyon'}, {'y': 'Bron'}, {'y': 'Écully'}],"
        " 'bo1': 'favorable'}");
    str csv = export_all(&work, (struct dossier_query){.actor = &test_admin}, EXPORT_CSV, false);
    str head, row;
    assert_true(str_starts(csv, STR("\xEF\xBB\xBF")));
    assert_true(str_cut(str_slice(csv, 3, csv.len), '\n', &head, &row));
    assert_str(head, "Numéro;Numéro de suivi;Reçue le;Modifiée le;Statut;Canal;Demandeur;Courriel;Nom;Jour;Prix;"
                     "Choix;Enfant - Prénom - 1;Enfant - Prénom - 2;Lieu - Ville - 1;Lieu - suite;Avis\r");
    assert_true(str_contains(row, STR(";Reçue;")));
    assert_true(str_contains(row, STR(";'=1+1;07/03/2026;\"12,50\";\"a, b\";Zoé;\"Œdipe; dit \"\"O\"\"\";Lyon;\"Bron\n"
                                      "Écully\";favorable\r\n")));
    counterwork_free(&work);
}

static void json_keeps_what_a_table_flattens(void **state)
{
    struct counterwork work;
    struct err err = {0};
    make(&work, state);
    file_one(&work, "{'1': 'A', '4': ['a', 'b'], '4_display': 'a, b', '5': [{'x': 'Zoé'}], 'bo1': 'non'}");
    str text = export_all(&work, (struct dossier_query){.actor = &test_admin}, EXPORT_JSON, false);
    const json_t *json = json_parse(work.arena, text, &err), *one = json_array_get(json_list(json, "data"), 0);
    assert_non_null(json);
    assert_str(json_str(json_dict(one, "status"), "name"), "Reçue");
    const json_t *fields = json_list(one, "fields");
    assert_int_equal(json_array_size(fields), 3);
    assert_int_equal(json_array_size(json_list(json_array_get(fields, 1), "value")), 2);
    const json_t *row = json_array_get(json_list(json_array_get(fields, 2), "rows"), 0);
    assert_str(json_str(json_array_get(row, 0), "text"), "Zoé");
    assert_str(json_str(json_array_get(json_list(one, "backoffice_fields"), 0), "value"), "non");
    counterwork_free(&work);
}

enum { MANY = 230 };

static void check_once(str csv, str prefix)
{
    size_t lines = 0;
    for (str line, rest = csv; str_next(&rest, '\n', &line);)
        lines += str_contains(line, prefix);
    assert_int_equal(lines, MANY);
    for (int i = 0; i < MANY; i++) {
        char mark[32];
        snprintf(mark, sizeof mark, ";avant%d;", i);
        size_t first = str_find(csv, str_of(mark), 0);
        assert_true(first < csv.len);
        assert_true(str_find(csv, str_of(mark), first + 1) >= csv.len);
    }
}

/* Each of those that were there stands in it once, in either order, whatever comes meanwhile. */
static void each_stands_in_it_once_while_others_come(void **state)
{
    static const enum dossier_sort sorts[] = {DOSSIER_NEWEST, DOSSIER_OLDEST, DOSSIER_LAST_UPDATED};
    struct counterwork work;
    make(&work, state);
    for (int i = 0; i < MANY; i++) {
        char answers[64];
        snprintf(answers, sizeof answers, "{'1': 'avant%d'}", i);
        file_one(&work, answers);
    }
    instant before = test_now;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        work.place.now = before;
        struct dossier_query query = {.actor = &test_admin, .sort = sorts[i]};
        str csv = export_all(&work, query, EXPORT_CSV, true);
        check_once(csv, STR("avant"));
        assert_false(str_contains(csv, STR("pendant")));
    }
    counterwork_free(&work);
}

static void an_agent_is_given_what_the_list_shows(void **state)
{
    struct counterwork work;
    make(&work, state);
    file_one(&work, "{'1': 'secret'}");
    struct dossier_query query = {.actor = &test_stranger};
    assert_false(str_contains(export_all(&work, query, EXPORT_CSV, false), STR("secret")));
    assert_false(str_contains(export_all(&work, query, EXPORT_JSON, false), STR("secret")));
    query.actor = &test_admin;
    assert_true(str_contains(export_all(&work, query, EXPORT_CSV, false), STR("secret")));
    query.search = STR("autre");
    assert_false(str_contains(export_all(&work, query, EXPORT_CSV, false), STR("secret")));
    counterwork_free(&work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {ON_BOTH_STORES(a_table_has_all_that_was_answered),
                                       ON_BOTH_STORES(json_keeps_what_a_table_flattens),
                                       ON_BOTH_STORES(each_stands_in_it_once_while_others_come),
                                       ON_BOTH_STORES(an_agent_is_given_what_the_list_shows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
