/* Accounts: reading, making, changing. */
#include "people/internal.h"

static const char select_by_id[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = :id";
static const char select_by_email[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE email_key = :key";
static const char select_by_uuid[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE uuid = :uuid";
static const char select_all[] = "SELECT " ACCOUNT_COLUMNS " FROM account ORDER BY email_key";
static const char insert[] =
    "INSERT INTO account (id, uuid, email, email_key, is_verified, first_name, last_name, data,"
    " is_locked, password, created) VALUES (:id, :uuid, :email, :key, :verified, :first, :last, :data,"
    " 0, :password, :now)";
static const char update[] =
    "UPDATE account SET first_name = :first, last_name = :last, data = :data, is_locked = :locked,"
    " is_verified = :verified WHERE id = :id";
static const char update_password[] = "UPDATE account SET password = :password WHERE id = :id";
static const char insert_site[] = "INSERT INTO account_site (account, site) VALUES (:account, :site)"
                                  " ON CONFLICT (account, site) DO NOTHING";
static const char select_site[] = "SELECT 1 FROM account_site WHERE account = :account AND site = :site";
static const char select_sites[] = "SELECT site FROM account_site WHERE account = :account ORDER BY site";

str email_key(struct arena *arena, str email)
{
    return utf8_lower(arena, str_trim(email));
}

str account_name(struct arena *arena, const struct account *account)
{
    str name = str_trim(str_fmt(arena, "%.*s %.*s", STR_ARG(account->first_name), STR_ARG(account->last_name)));
    return name.len > 0 ? name : account->email;
}

const json_t *account_data(struct arena *arena, const struct account *account)
{
    json_t *data = json_keep(arena, json_deep_copy(account->data));
    json_set_str(data, STR("first_name"), account->first_name);
    json_set_str(data, STR("last_name"), account->last_name);
    json_set_str(data, STR("email"), account->email);
    return data;
}

bool account_of_rows(struct rows *rows, struct arena *arena, struct account *out, str *password, struct err *err)
{
    *out = (struct account){.id = rows_int(rows, 0),
                            .uuid = rows_copy(rows, arena, 1),
                            .email = rows_copy(rows, arena, 2),
                            .is_verified = rows_int(rows, 3) != 0,
                            .first_name = rows_copy(rows, arena, 4),
                            .last_name = rows_copy(rows, arena, 5),
                            .is_locked = rows_int(rows, 7) != 0};
    out->data = json_parse(arena, rows_copy(rows, arena, 6), err);
    if (password != NULL)
        *password = rows_copy(rows, arena, 8);
    return out->data != NULL;
}

struct finding {
    struct arena *arena;
    int64_t id;
    str key, uuid;
    struct account *out;
};

static bool find(struct tx *tx, void *arg, struct err *err)
{
    struct finding *finding = arg;
    const char *text = finding->key.len > 0 ? select_by_email : finding->uuid.len > 0 ? select_by_uuid : select_by_id;
    struct rows rows =
        tx_query(tx, text, P_TEXT("key", finding->key), P_TEXT("uuid", finding->uuid), P_INT("id", finding->id));
    bool found = rows_next(&rows);
    bool ok = found && account_of_rows(&rows, finding->arena, finding->out, NULL, err);
    if (!rows_end(&rows, err))
        return false;
    return ok || (!found && err_set(err, ERR_NOT_FOUND, "Ce compte n’existe pas."));
}

bool account_by_id(struct people *people, struct arena *arena, int64_t id, struct account *out, struct err *err)
{
    struct finding finding = {.arena = arena, .id = id, .out = out};
    return store_read(people->store, find, &finding, err);
}

bool account_by_email(struct people *people, struct arena *arena, str email, struct account *out, struct err *err)
{
    struct finding finding = {.arena = arena, .key = email_key(arena, email), .out = out};
    if (finding.key.len == 0)
        return err_set(err, ERR_NOT_FOUND, "Ce compte n’existe pas.");
    return store_read(people->store, find, &finding, err);
}

bool account_by_uuid(struct people *people, struct arena *arena, str uuid, struct account *out, struct err *err)
{
    struct finding finding = {.arena = arena, .uuid = uuid, .out = out};
    if (uuid.len == 0)
        return err_set(err, ERR_NOT_FOUND, "Ce compte n’existe pas.");
    return store_read(people->store, find, &finding, err);
}

struct listing {
    struct arena *arena;
    struct accounts *out;
};

static bool list(struct tx *tx, void *arg, struct err *err)
{
    struct listing *listing = arg;
    struct rows rows = tx_query(tx, select_all, P_NULL("none"));
    bool ok = true;
    while (ok && rows_next(&rows))
        ok = account_of_rows(&rows, listing->arena, vec_push(listing->arena, listing->out), NULL, err);
    return rows_end(&rows, err) && ok;
}

bool account_list(struct people *people, struct arena *arena, struct accounts *out, struct err *err)
{
    struct listing listing = {arena, out};
    return store_read(people->store, list, &listing, err);
}

struct making {
    struct account account;
    str key, password_hash, data;
};

static bool make(struct tx *tx, void *arg, struct err *err)
{
    const struct making *making = arg;
    const struct account *account = &making->account;
    return tx_run(tx, insert, err, P_INT("id", account->id), P_TEXT("uuid", account->uuid),
                  P_TEXT("email", account->email), P_TEXT("key", making->key), P_INT("verified", account->is_verified),
                  P_TEXT("first", account->first_name), P_TEXT("last", account->last_name),
                  P_TEXT("data", making->data), P_TEXT("password", making->password_hash), P_INT("now", instant_now()));
}

bool account_create(struct people *people, struct arena *arena, const struct account *account, str password,
                    struct account *out, struct err *err)
{
    struct making making = {.account = *account, .key = email_key(arena, account->email)};
    making.account.id = store_new_id();
    making.account.uuid = random_uuid(arena);
    making.account.email = str_trim(account->email);
    making.account.is_verified = true;
    if (making.account.data == NULL)
        making.account.data = json_keep(arena, json_object());
    making.data = json_text(arena, making.account.data);
    making.password_hash = password.len > 0 ? password_hash(arena, password) : STR_EMPTY;
    if (!store_write(people->store, make, &making, err))
        return false;
    *out = making.account;
    return true;
}

struct changing {
    const struct account *account;
    str data;
};

static bool change(struct tx *tx, void *arg, struct err *err)
{
    const struct changing *changing = arg;
    const struct account *account = changing->account;
    return tx_run(tx, update, err, P_INT("id", account->id), P_TEXT("first", account->first_name),
                  P_TEXT("last", account->last_name), P_TEXT("data", changing->data),
                  P_INT("locked", account->is_locked), P_INT("verified", account->is_verified));
}

bool account_update(struct people *people, const struct account *account, struct err *err)
{
    struct arena *arena = arena_new();
    struct changing changing = {account, json_text(arena, account->data)};
    bool ok = store_write(people->store, change, &changing, err);
    arena_free(arena);
    return ok;
}

struct password_change {
    int64_t account;
    str hash;
};

static bool change_password(struct tx *tx, void *arg, struct err *err)
{
    const struct password_change *changing = arg;
    return tx_run(tx, update_password, err, P_INT("id", changing->account), P_TEXT("password", changing->hash));
}

bool account_set_password(struct people *people, int64_t account, str password, struct err *err)
{
    struct arena *arena = arena_new();
    struct password_change changing = {account, password_hash(arena, password)};
    bool ok = store_write(people->store, change_password, &changing, err);
    arena_free(arena);
    return ok;
}

struct site_use {
    struct arena *arena;
    int64_t account;
    str site, *slugs;
    size_t count;
    bool is_known;
};

static bool know_site(struct tx *tx, void *arg, struct err *err)
{
    struct site_use *use = arg;
    struct rows rows = tx_query(tx, select_site, P_INT("account", use->account), P_TEXT("site", use->site));
    use->is_known = rows_next(&rows);
    return rows_end(&rows, err);
}

static bool add_site(struct tx *tx, void *arg, struct err *err)
{
    const struct site_use *use = arg;
    return tx_run(tx, insert_site, err, P_INT("account", use->account), P_TEXT("site", use->site));
}

bool account_add_site(struct people *people, int64_t account, str site, struct err *err)
{
    struct site_use use = {.account = account, .site = site};
    return store_read(people->store, know_site, &use, err) &&
           (use.is_known || store_write(people->store, add_site, &use, err));
}

static bool read_sites(struct tx *tx, void *arg, struct err *err)
{
    struct site_use *use = arg;
    struct VEC_OF(str) slugs = {0};
    struct rows rows = tx_query(tx, select_sites, P_INT("account", use->account));
    while (rows_next(&rows))
        *vec_push(use->arena, &slugs) = rows_copy(&rows, use->arena, 0);
    use->slugs = slugs.at;
    use->count = slugs.len;
    return rows_end(&rows, err);
}

bool account_sites(struct people *people, struct arena *arena, int64_t account, str **slugs, size_t *count,
                   struct err *err)
{
    struct site_use use = {.arena = arena, .account = account};
    bool ok = store_read(people->store, read_sites, &use, err);
    *slugs = use.slugs;
    *count = use.count;
    return ok;
}
