/* API accesses: rows of the common database. */
#include "access/access.h"

#include "base/base64.h"

#include <openssl/crypto.h>

const struct migration access_migrations[] = {
    {1, "access",
     "CREATE TABLE api_access ("
     " site TEXT NOT NULL, identifier TEXT NOT NULL, digest TEXT NOT NULL, roles TEXT NOT NULL, created BIGINT NOT "
     "NULL,"
     " PRIMARY KEY (site, identifier));"
     "CREATE TABLE api_nonce (digest TEXT PRIMARY KEY, expires BIGINT NOT NULL);"
     "CREATE INDEX api_nonce_expires ON api_nonce (expires)",
     NULL},
};
const size_t access_migration_count = sizeof access_migrations / sizeof *access_migrations;

static const char insert[] = "INSERT INTO api_access (site, identifier, digest, roles, created)"
                             " VALUES (:site, :identifier, :digest, :roles, :created)";
static const char delete_one[] = "DELETE FROM api_access WHERE site = :site AND identifier = :identifier";
static const char select_all[] =
    "SELECT identifier, digest, roles, created FROM api_access WHERE site = :site ORDER BY identifier";
static const char select_one[] = "SELECT identifier, digest, roles, created FROM api_access"
                                 " WHERE site = :site AND identifier = :identifier";

struct asking {
    struct arena *arena;
    str site, identifier, digest, roles;
    instant now;
    struct accesses found;
    str digest_found; /* of the last one */
};

static bool write_one(struct tx *tx, void *arg, struct err *err)
{
    const struct asking *asking = arg;
    return tx_run(tx, insert, err, P_TEXT("site", asking->site), P_TEXT("identifier", asking->identifier),
                  P_TEXT("digest", asking->digest), P_TEXT("roles", asking->roles), P_INT("created", asking->now));
}

static bool is_identifier(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == ':' || text.ptr[i] == 0x7F)
            return false;
    return text.len > 0 && text.len <= ACCESS_IDENTIFIER_MOST && utf8_is_valid(text);
}

bool access_create(struct store *common, const struct access *access, str key, struct err *err)
{
    if (!is_identifier(access->identifier))
        return err_set(err, ERR_INVALID, "Un identifiant a 1 à %d signes, sans blanc ni « : ».",
                       ACCESS_IDENTIFIER_MOST);
    if (key.len < ACCESS_KEY_LEAST || key.len > ACCESS_KEY_MOST)
        return err_set(err, ERR_INVALID, "Une clé a %d à %d signes.", ACCESS_KEY_LEAST, ACCESS_KEY_MOST);
    struct arena *arena = arena_new();
    json_t *roles = json_keep(arena, json_array());
    for (size_t i = 0; i < access->role_count; i++)
        json_array_append_new(roles, json_from_str(access->roles[i]));
    struct asking asking = {.site = access->site,
                            .identifier = access->identifier,
                            .digest = digest_hex(arena, key),
                            .roles = json_text(arena, roles),
                            .now = instant_now()};
    struct err failure = {0};
    bool ok = store_write(common, write_one, &asking, &failure);
    if (!ok && failure.code == ERR_CONFLICT)
        err_set(&failure, ERR_CONFLICT, "Ce site a déjà un accès « %.*s ».", STR_ARG(access->identifier));
    if (!ok && err != NULL)
        *err = failure;
    arena_free(arena);
    return ok;
}

static bool delete_access(struct tx *tx, void *arg, struct err *err)
{
    const struct asking *asking = arg;
    const struct sql_param params[] = {P_TEXT("site", asking->site), P_TEXT("identifier", asking->identifier)};
    int64_t changed = 0;
    if (!tx_run_params(tx, delete_one, params, sizeof params / sizeof *params, &changed, err))
        return false;
    return changed == 1 ||
           err_set(err, ERR_NOT_FOUND, "Ce site n’a pas d’accès « %.*s ».", STR_ARG(asking->identifier));
}

bool access_remove(struct store *common, str site, str identifier, struct err *err)
{
    struct asking asking = {.site = site, .identifier = identifier};
    return store_write(common, delete_access, &asking, err);
}

static struct access access_of(struct rows *rows, struct arena *arena, str site)
{
    const json_t *list = json_parse(arena, rows_copy(rows, arena, 2), NULL);
    size_t count = json_array_size(list);
    str *roles = arena_array_of(arena, str, count);
    for (size_t i = 0; i < count; i++)
        roles[i] = json_str_of(json_array_get(list, i));
    return (struct access){.site = site,
                           .identifier = rows_copy(rows, arena, 0),
                           .roles = roles,
                           .role_count = count,
                           .created = rows_int(rows, 3)};
}

static bool read(struct tx *tx, void *arg, struct err *err)
{
    struct asking *asking = arg;
    asking->found.len = 0;
    struct rows rows = tx_query(tx, asking->identifier.len > 0 ? select_one : select_all, P_TEXT("site", asking->site),
                                P_TEXT("identifier", asking->identifier));
    while (rows_next(&rows)) {
        *vec_push(asking->arena, &asking->found) = access_of(&rows, asking->arena, asking->site);
        asking->digest_found = rows_copy(&rows, asking->arena, 1);
    }
    return rows_end(&rows, err);
}

bool access_list(struct store *common, struct arena *arena, str site, struct accesses *out, struct err *err)
{
    struct asking asking = {.arena = arena, .site = site};
    bool ok = store_read(common, read, &asking, err);
    *out = asking.found;
    return ok;
}

/* RFC 7617. */
static bool read_authorization(struct arena *arena, str authorization, str *identifier, str *key)
{
    str scheme, encoded, both;
    return str_cut(authorization, ' ', &scheme, &encoded) && str_eq_nocase(scheme, STR("Basic")) &&
           base64_decode(arena, encoded, &both) && str_cut(both, ':', identifier, key) && is_identifier(*identifier);
}

bool access_find(struct store *common, struct arena *arena, str site, str authorization, struct access *out,
                 struct err *err)
{
    struct asking asking = {.arena = arena, .site = site};
    str key;
    if (!read_authorization(arena, authorization, &asking.identifier, &key))
        return err_set(err, ERR_FORBIDDEN,
                       "L’en-tête Authorization n’est pas « Basic » et un identifiant avec sa clé.");
    if (!store_read(common, read, &asking, err))
        return false;
    str given = digest_hex(arena, key);
    bool is_known = asking.found.len == 1 && asking.digest_found.len == given.len;
    bool is_right = CRYPTO_memcmp(given.ptr, is_known ? asking.digest_found.ptr : given.ptr, given.len) == 0;
    if (!is_known || !is_right)
        return err_set(err, ERR_FORBIDDEN, "Cet accès n’existe pas, ou sa clé n’est pas la bonne.");
    *out = asking.found.at[0];
    return true;
}
