/* The stage: a copy of the site in a store of its own, the real server on a loopback port, a clock that moves. No mail
 * leaves, since no relay is set: what is sent is kept as rows. */
#include "rehearse/internal.h"

#include <ftw.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- Time ---- */

static _Atomic instant ahead_of;

static instant moved_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (instant)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000 + atomic_load(&ahead_of);
}

void stage_set_ahead(instant ahead)
{
    atomic_store(&ahead_of, ahead);
}

void stage_run_jobs(struct stage *stage)
{
    jobs_drain(stage->installation->jobs);
}

/* ---- The copy ---- */

struct copying {
    struct arena *arena;
    struct definitions definitions;
};

static bool read_definitions(struct tx *tx, void *arg, struct err *err)
{
    struct copying *copying = arg;
    copying->definitions.len = 0;
    return definition_list(tx, copying->arena, STR_EMPTY, &copying->definitions, err);
}

static bool write_definitions(struct tx *tx, void *arg, struct err *err)
{
    const struct copying *copying = arg;
    for (size_t i = 0; i < copying->definitions.len; i++) {
        int64_t version;
        bool is_new;
        if (!definition_save(tx, &copying->definitions.at[i], &version, &is_new, err))
            return false;
    }
    return true;
}

/* The site as it is, but that the rehearsal may call it as another program. */
static json_t *settings_with_key(struct stage *stage, const struct site *from)
{
    json_t *document = json_keep(stage->arena, json_deep_copy(from->json));
    json_t *settings = json_get(document, STR("settings"));
    if (settings == NULL) {
        settings = json_object();
        json_set(document, STR("settings"), settings);
    }
    json_t *api = json_object(), *keys = json_object();
    stage->key = random_text(stage->arena, 32, STR("abcdefghijklmnop"));
    json_set_str(keys, STR(STAGE_PROGRAM), stage->key);
    json_set(api, STR("keys"), keys);
    json_set(settings, STR("api"), api);
    return document;
}

static bool copy_site(struct stage *stage, const struct site *from, struct err *err)
{
    struct copying copying = {.arena = stage->arena};
    struct site site;
    bool is_changed;
    if (!store_read(from->store, read_definitions, &copying, err))
        return false;
    for (size_t i = 0; i < copying.definitions.len; i++) {
        struct definition *one = &copying.definitions.at[i];
        if (str_eq(one->kind, STR("form")))
            map_set(&stage->options, one->slug, options_make_up(stage->arena, one));
    }
    if (!site_from_json(stage->arena, settings_with_key(stage, from), &site, err) ||
        !installation_save_site(stage->installation, &site, &is_changed, err))
        return false;
    struct store *store = installation_store(stage->installation, site.slug, err);
    return store != NULL && store_write(store, write_definitions, &copying, err) &&
           installation_refresh(stage->installation, err);
}

/* ---- Opening ---- */

static const char *temporary_folder(struct arena *arena, struct err *err)
{
    const char *base = getenv("TMPDIR");
    char *path = (char *)(uintptr_t)str_fmt(arena, "%s/guichet-rehearse-XXXXXX", base != NULL ? base : "/tmp").ptr;
    if (mkdtemp(path) != NULL)
        return path;
    err_set(err, ERR_UNAVAILABLE, "Il ne peut pas être fait de dossier temporaire : %s.", path);
    return NULL;
}

static bool open_copy(struct stage *stage, const struct rehearsal *rehearsal, str scratch_store, struct err *err)
{
    struct arena *arena = stage->arena;
    bool is_kept = rehearsal->into_store.len > 0 || rehearsal->into != NULL;
    const char *folder = rehearsal->into != NULL ? rehearsal->into : temporary_folder(arena, err);
    if (folder == NULL)
        return false;
    stage->folder = is_kept ? NULL : folder;
    str url = is_kept ? rehearsal->into_store : scratch_store;
    if (url.len == 0)
        url = str_fmt(arena, "sqlite:%s", folder);
    str name = is_kept ? STR_EMPTY : str_fmt(arena, "essai-%.*s", STR_ARG(random_text(arena, 6, STR("abcdefghij"))));
    stage->installation = installation_open_scratch(url, folder, rehearsal->pages, name, err);
    return stage->installation != NULL;
}

static bool make_agent(struct stage *stage, struct err *err)
{
    struct people *people = stage->installation->people;
    struct account account,
        wanted = {.email = STR(STAGE_AGENT), .first_name = STR("Agathe"), .last_name = STR("Répétition")};
    wanted.data = json_keep(stage->arena, json_object());
    const struct site *site = stage->site;
    if (!account_create(people, stage->arena, &wanted, STR_EMPTY, &account, err) ||
        !membership_add(people, account.id, site->slug, STR(ROLE_ADMIN), err))
        return false;
    stage->agent = account.id;
    for (size_t i = 0; i < site->role_count; i++)
        if (!membership_add(people, account.id, site->slug, site->roles[i].slug, err))
            return false;
    return true;
}

static bool start_server(struct stage *stage, struct err *err)
{
    struct installation *installation = stage->installation;
    const char *uploads = str_fmt(stage->arena, "%s/uploads", stores_folder(installation->stores)).ptr;
    int listening = file_make_folder(uploads, err) ? http_listen("127.0.0.1", 0, err) : -1;
    if (listening < 0)
        return false;
    stage->port = http_port(listening);
    installation->public_port = stage->port;
    struct web_settings settings = {.upload_folder = uploads, .trusts_senders = true};
    stage->web = web_new(installation, &settings);
    installation_run_jobs(installation, 0);
    stage->server = http_start(web_app(stage->web), listening, err);
    return stage->server != NULL;
}

static bool find_site(struct stage *stage, str slug)
{
    stage->estate = installation_hold(stage->installation);
    stage->site = sites_by_slug(&stage->estate->sites, slug);
    if (stage->site == NULL)
        return false;
    stage->catalogue = stage->estate->catalogues[estate_index(stage->estate, stage->site)];
    str host = stage->site->host_count > 0 ? stage->site->hosts[0] : STR("localhost");
    stage->host = str_eq(host, STR("*")) ? STR("localhost") : host;
    return true;
}

static bool is_new_site(struct stage *stage, str slug, struct err *err)
{
    bool is_there = find_site(stage, slug);
    estate_release(stage->installation, stage->estate);
    stage->estate = NULL;
    return !is_there ||
           err_set(err, ERR_CONFLICT, "Il y a déjà un site « %.*s » là où la copie serait faite.", STR_ARG(slug));
}

bool stage_open(struct stage *stage, struct installation *real, const struct rehearsal *rehearsal, str scratch_store,
                struct err *err)
{
    *stage = (struct stage){.arena = arena_new()};
    stage->options = map_new(stage->arena);
    stage->circuits = map_new(stage->arena);
    struct estate *estate = installation_hold(real);
    const struct site *site = sites_by_slug(&estate->sites, rehearsal->site);
    instant_set_clock(moved_clock);
    bool ok = site != NULL;
    if (!ok)
        err_set(err, ERR_NOT_FOUND, "Il n’y a pas de site « %.*s ».", STR_ARG(rehearsal->site));
    ok = ok && open_copy(stage, rehearsal, scratch_store, err) && is_new_site(stage, rehearsal->site, err) &&
         copy_site(stage, site, err);
    estate_release(real, estate);
    return ok && find_site(stage, rehearsal->site) && make_agent(stage, err) && start_server(stage, err);
}

static int remove_one(const char *path, const struct stat *info, int flag, struct FTW *at)
{
    (void)info, (void)flag, (void)at;
    return remove(path);
}

void stage_close(struct stage *stage)
{
    enum { DESCRIPTORS = 16 };
    if (stage->server != NULL)
        http_stop(stage->server);
    web_free(stage->web);
    if (stage->set != NULL)
        estate_release(stage->installation, stage->set);
    for (size_t i = 0; i < stage->made.len; i++)
        estate_release(stage->installation, stage->made.at[i]);
    if (stage->estate != NULL)
        estate_release(stage->installation, stage->estate);
    installation_close(stage->installation);
    instant_set_clock(NULL);
    stage_set_ahead(0);
    if (stage->folder != NULL)
        nftw(stage->folder, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    arena_free(stage->arena);
}

/* ---- What is set otherwise ---- */

struct setting {
    struct arena *arena;
    const struct form *form; /* as the stage was opened with it */
    json_t *options;
};

static bool write_options(struct tx *tx, void *arg, struct err *err)
{
    const struct setting *setting = arg;
    struct definition form;
    int64_t version;
    bool is_new;
    if (!definition_at(tx, setting->arena, STR("form"), setting->form->slug, setting->form->version, &form, err))
        return false;
    if (setting->options != NULL) {
        json_t *document = json_parse(setting->arena, form.json, err);
        if (document == NULL)
            return false;
        json_set(document, STR("workflow_options"), json_incref(setting->options));
        form.json = json_text_sorted(setting->arena, document);
    }
    return definition_save(tx, &form, &version, &is_new, err);
}

/* Beside those that the site has. */
static bool set_variables(struct stage *stage, struct arena *arena, json_t *variables, struct err *err)
{
    struct site site;
    bool is_changed;
    json_t *document = json_keep(arena, json_deep_copy(stage->site->json));
    json_t *settings = json_get(document, STR("settings")), *all = json_get(settings, STR("variables"));
    if (variables == NULL && !stage->has_variables)
        return true;
    if (all == NULL) {
        all = json_object();
        json_set(settings, STR("variables"), all);
    }
    json_object_update(all, variables);
    stage->has_variables = variables != NULL;
    return site_from_json(arena, document, &site, err) &&
           installation_save_site(stage->installation, &site, &is_changed, err);
}

bool stage_set(struct stage *stage, const struct form *form, json_t *options, json_t *variables, struct err *err)
{
    struct arena *arena = arena_new();
    struct setting setting = {arena, form, options};
    bool ok = store_write(stage->site->store, write_options, &setting, err) &&
              set_variables(stage, arena, variables, err) && installation_refresh(stage->installation, err);
    arena_free(arena);
    if (stage->set != NULL)
        estate_release(stage->installation, stage->set);
    stage->set = ok ? installation_hold(stage->installation) : NULL;
    return ok;
}

/* ---- Forms that are made for it ---- */

bool stage_add_form(struct stage *stage, const json_t *document, const struct form **form, struct err *err)
{
    struct copying copying = {.arena = stage->arena};
    if (!definition_from_json(stage->arena, document, vec_push(stage->arena, &copying.definitions), err) ||
        !store_write(stage->site->store, write_definitions, &copying, err) ||
        !installation_refresh(stage->installation, err))
        return false;
    struct estate *estate = installation_hold(stage->installation);
    *vec_push(stage->arena, &stage->made) = estate;
    const struct site *site = sites_by_slug(&estate->sites, stage->site->slug);
    *form = catalogue_form(estate->catalogues[estate_index(estate, site)], json_str(document, "slug"), 0);
    return *form != NULL || err_set(err, ERR_INVALID, "Le formulaire fait pour l’essai ne se lit pas.");
}

/* ---- Who is there ---- */

void stage_place(struct stage *stage, struct arena *arena, struct place *place)
{
    struct estate *estate = stage->set != NULL ? stage->set : stage->estate;
    const struct site *site = sites_by_slug(&estate->sites, stage->site->slug);
    place_make(place, stage->installation, estate, site, arena, NULL);
    place->dossiers.now = instant_now();
}

struct browser *stage_browser(struct stage *stage)
{
    struct arena *arena = arena_new();
    int64_t n = atomic_fetch_add(&stage->people, 1);
    str address =
        str_fmt(arena, "127.%d.%d.%d", 1 + (int)(n / 62500 % 250), 1 + (int)(n / 250 % 250), 1 + (int)(n % 250));
    struct browser *browser = browser_new(stage->port, stage->host, address);
    arena_free(arena);
    return browser;
}

bool stage_sign_in(struct stage *stage, struct browser *browser, int64_t account, str context, struct err *err)
{
    struct arena *arena = arena_new();
    struct session session;
    bool ok = session_begin(stage->installation->people, arena, account, context, &session, err);
    if (ok)
        browser_set_cookie(browser, "session", session.token);
    arena_free(arena);
    return ok;
}

bool stage_resident(struct stage *stage, struct arena *arena, const json_t *known, int64_t *account, struct err *err)
{
    struct account made, wanted = {.first_name = STR("Jeanne"), .last_name = STR("Dupont")};
    wanted.email = str_fmt(arena, "habitante-%.*s@exemple.example", STR_ARG(random_text(arena, 12, STR("abcdefgh"))));
    json_t *data = json_keep(arena, json_object());
    json_set_str(data, STR("phone"), STR("04 78 12 34 56"));
    json_set_str(data, STR("address_street"), STR("12 rue de la République"));
    json_set_str(data, STR("address_zipcode"), STR("69120"));
    json_set_str(data, STR("address_city"), STR("Vaulx-en-Velin"));
    json_set_str(data, STR("birthdate"), STR("1985-03-12"));
    json_object_update(data, (json_t *)(uintptr_t)known);
    wanted.data = data;
    bool ok = account_create(stage->installation->people, arena, &wanted, STR_EMPTY, &made, err);
    *account = made.id;
    return ok;
}
