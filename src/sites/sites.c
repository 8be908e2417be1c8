#include "sites/sites.h"

const struct migration sites_migrations[] = {
    {1, "sites", "CREATE TABLE site (slug TEXT PRIMARY KEY, json TEXT NOT NULL, epoch BIGINT NOT NULL)", NULL},
};
const size_t sites_migration_count = sizeof sites_migrations / sizeof *sites_migrations;

static const char select_all[] = "SELECT json FROM site ORDER BY slug";
static const char select_one[] = "SELECT json FROM site WHERE slug = :slug";
static const char select_epoch[] = "SELECT MAX(epoch) FROM site";
static const char upsert[] = "INSERT INTO site (slug, json, epoch) VALUES (:slug, :json, :epoch)"
                             " ON CONFLICT (slug) DO UPDATE SET json = excluded.json, epoch = excluded.epoch";

bool site_save(struct tx *tx, void *arg, struct err *err)
{
    struct site_save *save = arg;
    struct arena *arena = arena_new();
    str text = json_text_sorted(arena, save->site->json);
    struct rows rows = tx_query(tx, select_one, P_TEXT("slug", save->site->slug));
    save->is_changed = !rows_next(&rows) || !str_eq(rows_text(&rows, 0), text);
    bool ok = rows_end(&rows, err);
    if (ok && save->is_changed)
        ok = tx_run(tx, upsert, err, P_TEXT("slug", save->site->slug), P_TEXT("json", text),
                    P_INT("epoch", store_new_id()));
    arena_free(arena);
    return ok;
}

bool sites_read(struct tx *tx, struct arena *arena, struct site_list *out, struct err *err)
{
    struct rows rows = tx_query(tx, select_all, P_NULL("none"));
    bool ok = true;
    while (ok && rows_next(&rows)) {
        const json_t *json = json_parse(arena, rows_copy(&rows, arena, 0), err);
        ok = json != NULL && site_from_json(arena, json, vec_push(arena, out), err);
    }
    return rows_end(&rows, err) && ok;
}

bool sites_epoch(struct tx *tx, int64_t *epoch, struct err *err)
{
    struct rows rows = tx_query(tx, select_epoch, P_NULL("none"));
    *epoch = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err);
}

const struct site *sites_by_host(const struct site_list *sites, str host)
{
    const struct site *any = NULL;
    for (size_t i = 0; i < sites->len; i++)
        for (size_t j = 0; j < sites->at[i].host_count; j++) {
            if (str_eq_nocase(sites->at[i].hosts[j], host))
                return &sites->at[i];
            if (str_eq(sites->at[i].hosts[j], STR("*")))
                any = &sites->at[i];
        }
    return any;
}

const struct site *sites_by_slug(const struct site_list *sites, str slug)
{
    for (size_t i = 0; i < sites->len; i++)
        if (str_eq(sites->at[i].slug, slug))
            return &sites->at[i];
    return NULL;
}

const struct role *site_role(const struct site *site, str slug)
{
    for (size_t i = 0; i < site->role_count; i++)
        if (str_eq(site->roles[i].slug, slug))
            return &site->roles[i];
    return NULL;
}
