#include "counterwork.h"

#include <string.h>

instant test_now = INT64_C(1797237000) * INSTANT_SECOND;

static const str agent_roles[] = {STR_INIT("urbanisme")};
const struct actor test_agent = {
    .account = 7, .name = STR_INIT("Agathe Agent"), .roles = agent_roles, .role_count = 1, .is_agent = true};
const struct actor test_submitter = {.account = 3, .name = STR_INIT("Rémi Résident"), .is_submitter = true};
const struct actor test_admin = {.account = 1, .name = STR_INIT("Ada"), .is_agent = true, .is_admin = true};
const struct actor test_stranger = {.account = 9, .name = STR_INIT("Sam"), .is_agent = true};

static instant clock_of_tests(void)
{
    return test_now;
}

json_t *json_of(struct arena *arena, const char *single_quoted)
{
    char *text = arena_copy(arena, single_quoted, strlen(single_quoted) + 1);
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct err err = {0};
    json_t *json = json_parse(arena, str_of(text), &err);
    if (!json)
        print_error("JSON: %s (%d:%d)\n", err.message, err.line, err.column);
    assert_non_null(json);
    return json;
}

static const struct form *find_form(const void *data, str slug, int64_t version)
{
    const struct counterwork *work = data;
    (void)version;
    return str_eq(work->form->slug, slug) ? work->form : NULL;
}

static const struct workflow *find_workflow(const void *data, str slug, int64_t version)
{
    const struct counterwork *work = data;
    (void)version;
    return str_eq(workflow_slug(work->workflow), slug) ? work->workflow : NULL;
}

static const struct workflow *workflow_of(const void *data, const struct form *form)
{
    (void)form;
    return ((const struct counterwork *)data)->workflow;
}

static bool find_mail(const void *data, str slug, struct mail_text *out)
{
    *out = ((const struct counterwork *)data)->mail_template;
    return str_eq(slug, STR("modele"));
}

static bool find_comment(const void *data, str slug, struct comment_text *out)
{
    *out = ((const struct counterwork *)data)->comment_template;
    return str_eq(slug, STR("modele"));
}

static void role_addresses(void *data, struct arena *arena, str role, struct recipients *out)
{
    (void)data;
    *vec_push(arena, out) = str_fmt(arena, "%.*s@ville.example", STR_ARG(role));
}

static void role_accounts(void *data, struct arena *arena, str role, int64_t **out, size_t *count)
{
    (void)data;
    (void)role;
    *out = arena_new_of(arena, int64_t);
    **out = 7;
    *count = 1;
}

static bool role_called(void *data, str text, struct workflow_role *out)
{
    static const struct workflow_role roles[] = {{STR_INIT("urbanisme"), STR_INIT("Urbanisme")},
                                                 {STR_INIT("voirie"), STR_INIT("Voirie")}};
    (void)data;
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_eq(text, roles[i].slug) || str_eq(text, roles[i].name)) {
            *out = roles[i];
            return true;
        }
    return false;
}

static bool person_called(void *data, struct arena *arena, str text, struct dossier_person *out)
{
    const struct counterwork *work = data;
    (void)arena;
    *out = work->place.user;
    return str_eq(text, out->email) || str_eq(text, out->uuid);
}

static bool person(void *data, struct arena *arena, int64_t account, struct dossier_person *out)
{
    const struct counterwork *work = data;
    (void)arena;
    *out = work->place.user;
    return account == out->account;
}

void counterwork_make(struct counterwork *work, const char *form, const char *workflow)
{
    struct err err = {0};
    *work = (struct counterwork){.arena = arena_new()};
    instant_set_clock(clock_of_tests);
    test_now = INT64_C(1797237000) * INSTANT_SECOND;
    work->form = form_compile(work->arena, json_of(work->arena, form), 1, NULL, &err);
    assert_non_null(work->form);
    work->workflow = workflow_compile(work->arena, json_of(work->arena, workflow), 1, NULL, &err);
    assert_non_null(work->workflow);
    struct template_settings text = {.kind = TEMPLATE_TEXT};
    work->mail_template.subject = template_compile(work->arena, STR("Modèle {{ form_number }}"), &text, &err);
    work->mail_template.body = template_compile(work->arena, STR("Bonjour {{ form_var_nom }}"), &text, &err);
    struct template_settings html = {.kind = TEMPLATE_HTML};
    work->comment_template.comment =
        template_compile(work->arena, STR("<p>Modèle pour {{ form_var_nom }}</p>"), &html, &err);
    work->definitions = (struct dossier_definitions){.data = work,
                                                     .form = find_form,
                                                     .workflow = find_workflow,
                                                     .workflow_of = workflow_of,
                                                     .mail_template = find_mail,
                                                     .comment_template = find_comment};
    work->place = (struct dossier_place){
        .arena = work->arena,
        .definitions = &work->definitions,
        .site_name = STR("Ville"),
        .base_url = STR("https://ville.example"),
        .lang = STR("fr"),
        .default_role = STR("agents"),
        .variables = json_of(work->arena, "{'commune_cp': '69001'}"),
        .service = json_of(work->arena, "{'silence': 'accept', 'delay': 2, 'delay_unit': 'months'}"),
        .user = {.account = 3,
                 .uuid = STR("u-3"),
                 .email = STR("remi@exemple.fr"),
                 .first_name = STR("Rémi"),
                 .last_name = STR("Résident")},
        .data = work,
        .person = person,
        .person_called = person_called,
        .role_called = role_called,
        .role_addresses = role_addresses,
        .role_accounts = role_accounts,
    };
}

void counterwork_open(struct counterwork *work, struct test_stores *test, str name)
{
    struct err err = {0};
    size_t count = 0;
    struct migration *all =
        arena_array_of(work->arena, struct migration, jobs_migration_count + dossiers_migration_count);
    for (size_t i = 0; i < jobs_migration_count; i++)
        all[count++] = jobs_migrations[i];
    for (size_t i = 0; i < dossiers_migration_count; i++)
        all[count++] = dossiers_migrations[i];
    work->place.store = store_open(test->stores, name, all, count, &err);
    if (!work->place.store)
        print_error("%s %s\n", err.message, err.detail);
    assert_non_null(work->place.store);
}

void counterwork_free(struct counterwork *work)
{
    instant_set_clock(NULL);
    arena_free(work->arena);
}

struct dossier *counterwork_dossier(struct counterwork *work, const char *answers)
{
    struct arena *arena = work->arena;
    struct dossier *dossier = arena_new_of(arena, struct dossier);
    *dossier = (struct dossier){
        .id = 1000,
        .uuid = STR("d-1000"),
        .code = STR("4K7P92M"),
        .form = work->form->slug,
        .form_version = 1,
        .workflow = workflow_slug(work->workflow),
        .workflow_version = 1,
        .form_number = 12,
        .sequence = 57,
        .account = 3,
        .submitter_name = STR("Rémi Résident"),
        .email = STR("remi@exemple.fr"),
        .channel = STR("web"),
        .received = test_now,
        .answers = json_of(arena, answers),
        .data = json_keep(arena, json_object()),
        .marks = json_keep(arena, json_object()),
    };
    return dossier;
}

struct change *counterwork_do(struct counterwork *work, const struct dossier *dossier, const struct event *event)
{
    struct err err = {0};
    struct change *change = arena_new_of(work->arena, struct change);
    if (!dossier_perform_prepare(&work->place, dossier, event, change, &err)) {
        print_error("refused: %s\n", err.message);
        fail();
    }
    return change;
}

struct change *counterwork_file(struct counterwork *work, const char *answers)
{
    struct event event = {.kind = EVENT_FILED, .actor = test_submitter};
    return counterwork_do(work, counterwork_dossier(work, answers), &event);
}
