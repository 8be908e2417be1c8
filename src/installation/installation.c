#include "installation/installation.h"

#include "access/access.h"
#include "definition/definition.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* ---- Tables ---- */

struct migration_list VEC_OF(struct migration);

static void add_all(struct arena *arena, struct migration_list *list, const struct migration *migrations, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *vec_push(arena, list) = migrations[i];
}

static struct store *open_common(struct installation *installation, struct err *err)
{
    struct migration_list list = {0};
    add_all(installation->arena, &list, jobs_migrations, jobs_migration_count);
    add_all(installation->arena, &list, mail_migrations, mail_migration_count);
    add_all(installation->arena, &list, people_migrations, people_migration_count);
    add_all(installation->arena, &list, sites_migrations, sites_migration_count);
    add_all(installation->arena, &list, access_migrations, access_migration_count);
    return store_open(installation->stores, STR("common"), list.at, list.len, err);
}

struct store *installation_store(struct installation *installation, str slug, struct err *err)
{
    struct arena *arena = arena_new();
    struct migration_list list = {0};
    add_all(arena, &list, jobs_migrations, jobs_migration_count);
    add_all(arena, &list, mail_migrations, mail_migration_count);
    add_all(arena, &list, definition_migrations, definition_migration_count);
    add_all(arena, &list, forms_migrations, forms_migration_count);
    add_all(arena, &list, dossiers_migrations, dossiers_migration_count);
    add_all(arena, &list, remote_migrations, remote_migration_count);
    str name = str_fmt(arena, "site-%.*s", STR_ARG(slug));
    struct store *store = store_open(installation->stores, name, list.at, list.len, err);
    arena_free(arena);
    return store;
}

/* ---- Opening and closing ---- */

static bool open_all(struct installation *installation, str url, const char *folder, const char *pages_folder,
                     str scratch, struct err *err)
{
    installation->pages = pages_load(pages_folder, err);
    if (installation->pages == NULL)
        return false;
    installation->stores = stores_open(url, err);
    if (installation->stores == NULL)
        return false;
    stores_make_scratch(installation->stores, scratch);
    if (folder != NULL && stores_folder(installation->stores) == NULL)
        stores_set_folder(installation->stores, folder);
    if (stores_folder(installation->stores) == NULL)
        return err_set(err, ERR_INVALID, "Give a folder for the files that people send: --data DIR.");
    if (!file_make_folder(stores_folder(installation->stores), err))
        return false;
    installation->common = open_common(installation, err);
    installation->people = installation->common == NULL ? NULL : people_open(installation->common, err);
    return installation->people != NULL && installation_refresh(installation, err);
}

struct installation *installation_open(str url, const char *folder, const char *pages_folder, struct err *err)
{
    return installation_open_scratch(url, folder, pages_folder, STR_EMPTY, err);
}

struct installation *installation_open_scratch(str url, const char *folder, const char *pages_folder, str name,
                                               struct err *err)
{
    struct arena *arena = arena_new();
    struct installation *installation = arena_new_of(arena, struct installation);
    installation->arena = arena;
    installation->remote = remote_new();
    installation->public_scheme = STR("http");
    installation->lock = arena_new_of(arena, pthread_mutex_t);
    pthread_mutex_init(installation->lock, NULL);
    installation->refresh_lock = arena_new_of(arena, pthread_mutex_t);
    pthread_mutex_init(installation->refresh_lock, NULL);
    if (open_all(installation, url, folder, pages_folder, name, err))
        return installation;
    installation_close(installation);
    return NULL;
}

void installation_close(struct installation *installation)
{
    if (installation == NULL)
        return;
    installation->relay.ending = instant_now();
    if (installation->jobs != NULL)
        jobs_stop(installation->jobs);
    if (installation->estate != NULL)
        estate_release(installation, installation->estate);
    people_close(installation->people);
    stores_close(installation->stores);
    remote_free(installation->remote);
    pages_free(installation->pages);
    pthread_mutex_destroy(installation->refresh_lock);
    pthread_mutex_destroy(installation->lock);
    arena_free(installation->arena);
}

/* ---- The estate ---- */

struct reading {
    struct arena *arena;
    struct site_list sites;
    int64_t epoch;
};

static bool read_sites(struct tx *tx, void *arg, struct err *err)
{
    struct reading *reading = arg;
    return sites_epoch(tx, &reading->epoch, err) && sites_read(tx, reading->arena, &reading->sites, err);
}

static bool read_epoch(struct tx *tx, void *arg, struct err *err)
{
    return sites_epoch(tx, arg, err);
}

static bool read_definition_epoch(struct tx *tx, void *arg, struct err *err)
{
    return definition_epoch(tx, arg, err);
}

static bool has_changed(struct installation *installation, bool *changed, struct err *err)
{
    struct estate *estate = installation->estate;
    int64_t epoch = 0;
    *changed = true;
    if (estate == NULL)
        return true;
    if (!store_read(installation->common, read_epoch, &epoch, err))
        return false;
    *changed = epoch != estate->epoch;
    for (size_t i = 0; i < estate->sites.len && !*changed; i++) {
        if (!store_read(estate->sites.at[i].store, read_definition_epoch, &epoch, err))
            return false;
        *changed = epoch != catalogue_epoch(estate->catalogues[i]);
    }
    return true;
}

/* The catalogue of a site as it is now: the one before where nothing was saved since. */
static struct catalogue *catalogue_now(struct installation *installation, const struct site *site, struct err *err)
{
    int64_t epoch = 0;
    struct estate *before = installation->estate;
    const struct site *known = before == NULL ? NULL : sites_by_slug(&before->sites, site->slug);
    if (known != NULL && store_read(site->store, read_definition_epoch, &epoch, err)) {
        struct catalogue *catalogue = before->catalogues[estate_index(before, known)];
        if (catalogue_epoch(catalogue) == epoch)
            return catalogue_hold(catalogue);
    }
    return catalogue_load(site->store, err);
}

static struct estate *estate_load(struct installation *installation, struct err *err)
{
    struct reading reading = {.arena = arena_new()};
    bool ok = store_read(installation->common, read_sites, &reading, err);
    struct estate *estate = arena_new_of(reading.arena, struct estate);
    *estate = (struct estate){reading.arena, 1, reading.epoch, reading.sites, NULL};
    estate->catalogues = arena_array_of(reading.arena, struct catalogue *, reading.sites.len);
    for (size_t i = 0; ok && i < reading.sites.len; i++) {
        struct site *site = &estate->sites.at[i];
        site->store = installation_store(installation, site->slug, err);
        estate->catalogues[i] = site->store == NULL ? NULL : catalogue_now(installation, site, err);
        ok = estate->catalogues[i] != NULL;
    }
    if (ok)
        return estate;
    estate_release(installation, estate);
    return NULL;
}

static void watch_new_stores(struct installation *installation, const struct estate *before,
                             const struct estate *estate)
{
    for (size_t i = 0; installation->jobs != NULL && i < estate->sites.len; i++)
        if (before == NULL || sites_by_slug(&before->sites, estate->sites.at[i].slug) == NULL)
            installation_watch_site(installation, estate->sites.at[i].store);
}

static bool refresh(struct installation *installation, struct err *err)
{
    bool changed;
    if (!has_changed(installation, &changed, err))
        return false;
    if (!changed)
        return true;
    struct estate *estate = estate_load(installation, err), *before = installation->estate;
    if (estate == NULL)
        return false;
    watch_new_stores(installation, before, estate);
    pthread_mutex_lock(installation->lock);
    installation->estate = estate;
    pthread_mutex_unlock(installation->lock);
    if (before != NULL)
        estate_release(installation, before);
    return true;
}

/* One at a time: a handler that has just saved something asks for it too. */
bool installation_refresh(struct installation *installation, struct err *err)
{
    pthread_mutex_lock(installation->refresh_lock);
    bool ok = refresh(installation, err);
    pthread_mutex_unlock(installation->refresh_lock);
    return ok;
}

struct estate *installation_hold(struct installation *installation)
{
    pthread_mutex_lock(installation->lock);
    struct estate *estate = installation->estate;
    estate->references++;
    pthread_mutex_unlock(installation->lock);
    return estate;
}

void estate_release(struct installation *installation, struct estate *estate)
{
    pthread_mutex_lock(installation->lock);
    bool is_last = --estate->references == 0;
    pthread_mutex_unlock(installation->lock);
    if (!is_last)
        return;
    for (size_t i = 0; i < estate->sites.len; i++)
        catalogue_release(estate->catalogues[i]);
    arena_free(estate->arena);
}

size_t estate_index(const struct estate *estate, const struct site *site)
{
    return (size_t)(site - estate->sites.at);
}

/* ---- Sites ---- */

bool installation_save_site(struct installation *installation, const struct site *site, bool *is_changed,
                            struct err *err)
{
    struct site_save save = {.site = site};
    bool ok = store_write(installation->common, site_save, &save, err);
    *is_changed = save.is_changed;
    return ok && installation_store(installation, site->slug, err) != NULL;
}

str installation_site_url(const struct installation *installation, struct arena *arena, const struct site *site)
{
    str host = site->host_count > 0 ? site->hosts[0] : STR("localhost");
    if (installation->public_port == 0)
        return str_fmt(arena, "%.*s://%.*s", STR_ARG(installation->public_scheme), STR_ARG(host));
    return str_fmt(arena, "%.*s://%.*s:%d", STR_ARG(installation->public_scheme), STR_ARG(host),
                   installation->public_port);
}
