/* dossiers_bench: what lists and searches cost among many dossiers, and what filing one costs.
 *
 *     dossiers_bench [ROWS [URL]]
 *
 * Fills a store (SQLite in a new folder unless a URL is given) with ROWS dossiers of 10 forms and 5 roles, then asks
 * each question ROUNDS times. Prints one JSON object: the median of each, in milliseconds. */
#include "dossiers/dossiers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FORMS = 10, ROLES = 5, ROUNDS = 41, BATCH = 500, NAMES = 400 };

static const char form_text[] =
    "{\"kind\":\"form\",\"slug\":\"f\",\"name\":\"Demande de test\",\"workflow\":\"w\",\"fields\":["
    "{\"id\":\"1\",\"type\":\"string\",\"label\":\"Nom\",\"varname\":\"nom\",\"display_locations\":[\"listings\"]},"
    "{\"id\":\"2\",\"type\":\"string\",\"label\":\"Prénom\",\"varname\":\"prenom\"},"
    "{\"id\":\"3\",\"type\":\"string\",\"label\":\"Rue\",\"varname\":\"rue\"},"
    "{\"id\":\"4\",\"type\":\"text\",\"label\":\"Message\",\"varname\":\"message\"},"
    "{\"id\":\"5\",\"type\":\"date\",\"label\":\"Date\",\"varname\":\"date\"}]}";
static const char workflow_text[] =
    "{\"kind\":\"workflow\",\"slug\":\"w\",\"name\":\"Circuit\",\"functions\":[{\"id\":\"_receiver\",\"name\":"
    "\"Agents\"}],"
    "\"statuses\":[{\"id\":\"new\",\"name\":\"Nouveau\",\"actions\":[{\"type\":\"choice\",\"id\":\"1\",\"label\":"
    "\"Accepter\","
    "\"by\":[\"_receiver\"],\"status\":\"ok\"}]},{\"id\":\"ok\",\"name\":\"Acceptée\",\"actions\":[]}]}";

static const char *const words[] = {"jardin",  "trottoir", "école",      "marché",
                                    "clôture", "arbre",    "lampadaire", "façade"};

struct bench {
    struct arena *arena;
    struct form forms[FORMS];
    const struct workflow *workflow;
    struct dossier_definitions definitions;
    struct dossier_place place;
    struct map codes; /* given out: among a hundred thousand draws some fall together */
    int64_t rows;
};

static void check(bool ok, const char *what, const struct err *err)
{
    if (ok)
        return;
    fprintf(stderr, "dossiers_bench: %s: %s %s\n", what, err->message, err->detail);
    exit(1);
}

static const struct form *find_form(const void *data, str slug, int64_t version)
{
    const struct bench *bench = data;
    (void)version;
    for (size_t i = 0; i < FORMS; i++)
        if (str_eq(bench->forms[i].slug, slug))
            return &bench->forms[i];
    return NULL;
}

static const struct workflow *find_workflow(const void *data, str slug, int64_t version)
{
    (void)slug;
    (void)version;
    return ((const struct bench *)data)->workflow;
}

static const struct workflow *workflow_of(const void *data, const struct form *form)
{
    (void)form;
    return ((const struct bench *)data)->workflow;
}

static void open_store(struct bench *bench, str url)
{
    struct err err = {0};
    size_t count = 0;
    struct migration *all =
        arena_array_of(bench->arena, struct migration, jobs_migration_count + dossiers_migration_count);
    for (size_t i = 0; i < jobs_migration_count; i++)
        all[count++] = jobs_migrations[i];
    for (size_t i = 0; i < dossiers_migration_count; i++)
        all[count++] = dossiers_migrations[i];
    struct stores *stores = stores_open(url, &err);
    check(stores != NULL, "stores_open", &err);
    str name = str_fmt(bench->arena, "bench-%lld", (long long)getpid());
    bench->place.store = store_open(stores, name, all, count, &err);
    check(bench->place.store != NULL, "store_open", &err);
}

static void define(struct bench *bench)
{
    struct err err = {0};
    struct arena *arena = bench->arena;
    const struct form *form = form_compile(arena, json_parse(arena, str_of(form_text), &err), 1, NULL, &err);
    check(form != NULL, "form_compile", &err);
    for (size_t i = 0; i < FORMS; i++) {
        bench->forms[i] = *form;
        bench->forms[i].slug = str_fmt(arena, "demande-%zu", i);
        bench->forms[i].functions =
            json_keep(arena, json_pack("{s:o}", "_receiver", json_from_str(str_fmt(arena, "role-%zu", i % ROLES))));
    }
    bench->workflow = workflow_compile(arena, json_parse(arena, str_of(workflow_text), &err), 1, NULL, &err);
    check(bench->workflow != NULL, "workflow_compile", &err);
    bench->definitions = (struct dossier_definitions){
        .data = bench, .form = find_form, .workflow = find_workflow, .workflow_of = workflow_of};
    bench->place = (struct dossier_place){.definitions = &bench->definitions,
                                          .base_url = STR("https://ville.example"),
                                          .site_name = STR("Ville"),
                                          .default_role = STR("agents")};
}

/* ---- Filling ---- */

static json_t *answers_of(struct arena *arena, int64_t i)
{
    json_t *answers = json_keep(arena, json_object());
    json_set_str(answers, STR("1"), str_fmt(arena, "Nom%lld", (long long)(i % NAMES)));
    json_set_str(answers, STR("2"), str_fmt(arena, "Prénom%lld", (long long)(i * 7 % 97)));
    json_set_str(answers, STR("3"), str_fmt(arena, "%lld rue de la République", (long long)(i % 300)));
    json_set_str(answers, STR("4"),
                 str_fmt(arena, "Bonjour, mon %s est %s devant le numéro %lld, merci de passer.", words[i % 8],
                         words[i * 3 % 8], (long long)i));
    json_set_str(answers, STR("5"), STR("2026-12-14"));
    return answers;
}

static str new_code(struct bench *bench)
{
    static char taken;
    str code;
    do
        code = dossier_code_new(bench->arena);
    while (map_get(&bench->codes, code));
    map_set(&bench->codes, code, &taken);
    return code;
}

static struct change *change_of(struct bench *bench, struct arena *arena, int64_t i)
{
    struct dossier *dossier = arena_new_of(arena, struct dossier);
    bool is_final = i / FORMS % 10 < 7;
    instant at = INT64_C(1700000000) * INSTANT_SECOND + i * 60 * INSTANT_SECOND;
    const struct form *form = &bench->forms[i % FORMS];
    *dossier = (struct dossier){
        .id = store_new_id(),
        .uuid = random_uuid(arena),
        .code = new_code(bench),
        .form = form->slug,
        .form_version = 1,
        .workflow = STR("w"),
        .workflow_version = 1,
        .form_number = i % FORMS + 1,
        .sequence = i / FORMS + 1,
        .account = i % 5000 + 1,
        .submitter_name = str_fmt(arena, "Prénom%lld Nom%lld", (long long)(i * 7 % 97), (long long)(i % NAMES)),
        .email = str_fmt(arena, "p%lld@exemple.fr", (long long)i),
        .channel = STR("web"),
        .status = is_final ? STR("ok") : STR("new"),
        .received = at,
        .updated = at,
        .arrived = at,
        .is_final = is_final,
        .answers = answers_of(arena, i),
        .data = json_keep(arena, json_object()),
        .marks = json_keep(arena, json_object()),
        .revision = 1,
    };
    struct change *change = arena_new_of(arena, struct change);
    change->after = dossier;
    str role = str_fmt(arena, "role-%lld", (long long)(i % FORMS % ROLES));
    *vec_push(arena, &change->concerned) = role;
    if (!is_final)
        *vec_push(arena, &change->waiting) = role;
    *vec_push(arena, &change->entries) = (struct history_entry){.id = store_new_id(),
                                                                .at = at,
                                                                .author = AUTHOR_SUBMITTER,
                                                                .status = dossier->status,
                                                                .parts = history_parts_new(arena, json_array())};
    return change;
}

struct batch {
    struct dossier_write writes[BATCH];
    size_t count;
};

static bool write_batch(struct tx *tx, void *arg, struct err *err)
{
    struct batch *batch = arg;
    for (size_t i = 0; i < batch->count; i++)
        if (!dossier_apply(tx, &batch->writes[i], err))
            return false;
    return true;
}

static void fill(struct bench *bench)
{
    struct err err = {0};
    struct batch batch;
    for (int64_t i = 0; i < bench->rows;) {
        struct arena *arena = arena_new();
        bench->place.arena = arena;
        for (batch.count = 0; batch.count < BATCH && i < bench->rows; i++)
            batch.writes[batch.count++] =
                dossier_write_make(&bench->place, &bench->forms[i % FORMS], change_of(bench, arena, i), true);
        check(store_write(bench->place.store, write_batch, &batch, &err), "fill", &err);
        arena_free(arena);
    }
}

/* ---- Asking ---- */

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void print(const char *name, double *times, size_t found)
{
    qsort(times, ROUNDS, sizeof *times, by_size);
    printf("  \"%s\": {\"ms\": %.3f, \"worst\": %.3f, \"found\": %zu},\n", name, times[ROUNDS / 2], times[ROUNDS - 1],
           found);
}

static void ask(struct bench *bench, const char *name, const struct dossier_query *query)
{
    double times[ROUNDS];
    struct dossier_page page = {0};
    struct err err = {0};
    for (size_t i = 0; i < ROUNDS; i++) {
        bench->place.arena = arena_new();
        double start = now();
        check(dossier_list(&bench->place, query, &page, &err), name, &err);
        times[i] = now() - start;
        arena_free(bench->place.arena);
    }
    print(name, times, page.lines.len);
}

static void count(struct bench *bench, const char *name, const struct dossier_query *query)
{
    double times[ROUNDS];
    int64_t number = 0;
    bool is_more;
    struct err err = {0};
    for (size_t i = 0; i < ROUNDS; i++) {
        bench->place.arena = arena_new();
        double start = now();
        check(dossier_count(&bench->place, query, &number, &is_more, &err), name, &err);
        times[i] = now() - start;
        arena_free(bench->place.arena);
    }
    print(name, times, (size_t)number);
}

static void file_some(struct bench *bench)
{
    double times[ROUNDS];
    struct err err = {0};
    for (size_t i = 0; i < ROUNDS; i++) {
        const struct dossier *filed;
        bench->place.arena = arena_new();
        struct filing filing = {
            .form = &bench->forms[0], .answers = answers_of(bench->place.arena, (int64_t)i), .account = 1};
        double start = now();
        check(dossier_file(&bench->place, &filing, &filed, NULL, &err), "dossier_file", &err);
        times[i] = now() - start;
        arena_free(bench->place.arena);
    }
    print("file", times, ROUNDS);
}

static void ask_all(struct bench *bench)
{
    static const str roles[] = {STR_INIT("role-0"), STR_INIT("role-1")};
    const struct actor agent = {.account = 1, .roles = roles, .role_count = 2, .is_agent = true};
    const struct actor admin = {.account = 2, .is_agent = true, .is_admin = true};
    instant middle = (INT64_C(1700000000) + bench->rows * 30) * INSTANT_SECOND;
    const struct {
        const char *name;
        struct dossier_query query;
    } questions[] = {
        {"agent, all", {.actor = &agent}},
        {"agent, waiting", {.actor = &agent, .waiting_only = true}},
        {"agent, open", {.actor = &agent, .state = DOSSIER_OPEN}},
        {"agent, form", {.actor = &agent, .form = STR("demande-0")}},
        {"agent, form and status", {.actor = &agent, .form = STR("demande-0"), .status = STR("new")}},
        {"agent, form, waiting", {.actor = &agent, .form = STR("demande-0"), .waiting_only = true}},
        {"agent, before a date", {.actor = &agent, .to = middle}},
        {"agent, oldest, open", {.actor = &agent, .state = DOSSIER_OPEN, .sort = DOSSIER_OLDEST}},
        {"agent, last updated, open", {.actor = &agent, .state = DOSSIER_OPEN, .sort = DOSSIER_LAST_UPDATED}},
        {"agent, a listed value",
         {.actor = &agent, .form = STR("demande-0"), .field = STR("1"), .value = STR("Nom40")}},
        {"admin, all", {.actor = &admin}},
        {"admin, final", {.actor = &admin, .state = DOSSIER_FINAL}},
        {"search, a rare word", {.actor = &agent, .search = STR("12345")}},
        {"search, a name", {.actor = &agent, .search = STR("nom40")}},
        {"search, two words", {.actor = &agent, .search = STR("nom40 marche")}},
        {"search, everybody's word", {.actor = &agent, .search = STR("republique")}},
        {"search, two letters", {.actor = &agent, .search = STR("no")}},
        {"search, nothing", {.actor = &agent, .search = STR("introuvable")}},
        {"admin, search", {.actor = &admin, .search = STR("trottoir nom7")}},
    };
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        ask(bench, questions[i].name, &questions[i].query);
    count(bench, "count, agent, all", &questions[0].query);
    count(bench, "count, search", &questions[15].query);
}

int main(int argc, char **argv)
{
    struct bench *bench = calloc(1, sizeof *bench);
    int64_t rows = 100000;
    if (!bench || (argc > 1 && !str_to_int64(str_of(argv[1]), &rows)))
        return 2;
    char folder[] = "/tmp/guichet-bench-XXXXXX";
    if (argc < 3 && !mkdtemp(folder))
        return 1;
    log_set_level(LOG_ERROR);
    bench->arena = arena_new();
    bench->rows = rows;
    bench->codes = map_new(bench->arena);
    define(bench);
    open_store(bench, argc > 2 ? str_of(argv[2]) : str_fmt(bench->arena, "sqlite:%s", folder));
    double start = now();
    fill(bench);
    printf("{\n  \"rows\": %lld,\n  \"filled_ms\": %.0f,\n", (long long)rows, now() - start);
    ask_all(bench);
    file_some(bench);
    printf("  \"engine\": \"%s\"\n}\n", store_engine(bench->place.store) == STORE_SQLITE ? "sqlite" : "postgresql");
    return 0;
}
