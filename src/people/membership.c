/* Who has which role on which site. */
#include "people/internal.h"

static const char select_roles[] =
    "SELECT role FROM membership WHERE account = :account AND site = :site ORDER BY role";
static const char insert[] = "INSERT INTO membership (account, site, role) VALUES (:account, :site, :role)"
                             " ON CONFLICT (account, site, role) DO NOTHING";
static const char delete_one[] = "DELETE FROM membership WHERE account = :account AND site = :site AND role = :role";
static const char select_accounts[] =
    "SELECT a.id, a.uuid, a.email, a.is_verified, a.first_name, a.last_name, a.data,"
    " a.is_locked, a.password FROM membership m JOIN account a ON a.id = m.account"
    " WHERE m.site = :site AND m.role = :role AND a.is_locked = 0 ORDER BY a.email_key";

struct asking {
    struct arena *arena;
    int64_t account;
    str site, role;
    struct membership *membership;
    struct accounts *accounts;
};

static bool find(struct tx *tx, void *arg, struct err *err)
{
    struct asking *asking = arg;
    struct VEC_OF(str) roles = {0};
    *asking->membership = (struct membership){0};
    struct rows rows = tx_query(tx, select_roles, P_INT("account", asking->account), P_TEXT("site", asking->site));
    while (rows_next(&rows)) {
        str role = rows_copy(&rows, asking->arena, 0);
        if (str_eq(role, STR(ROLE_ADMIN)))
            asking->membership->is_admin = true;
        else
            *vec_push(asking->arena, &roles) = role;
    }
    asking->membership->roles = roles.at;
    asking->membership->count = roles.len;
    asking->membership->is_agent = roles.len > 0 || asking->membership->is_admin;
    return rows_end(&rows, err);
}

bool membership_find(struct people *people, struct arena *arena, int64_t account, str site, struct membership *out,
                     struct err *err)
{
    struct asking asking = {.arena = arena, .account = account, .site = site, .membership = out};
    return store_read(people->store, find, &asking, err);
}

static bool add(struct tx *tx, void *arg, struct err *err)
{
    const struct asking *asking = arg;
    return tx_run(tx, insert, err, P_INT("account", asking->account), P_TEXT("site", asking->site),
                  P_TEXT("role", asking->role));
}

bool membership_add(struct people *people, int64_t account, str site, str role, struct err *err)
{
    struct asking asking = {.account = account, .site = site, .role = role};
    return store_write(people->store, add, &asking, err);
}

static bool remove_one(struct tx *tx, void *arg, struct err *err)
{
    const struct asking *asking = arg;
    return tx_run(tx, delete_one, err, P_INT("account", asking->account), P_TEXT("site", asking->site),
                  P_TEXT("role", asking->role));
}

bool membership_remove(struct people *people, int64_t account, str site, str role, struct err *err)
{
    struct asking asking = {.account = account, .site = site, .role = role};
    return store_write(people->store, remove_one, &asking, err);
}

static bool list_accounts(struct tx *tx, void *arg, struct err *err)
{
    struct asking *asking = arg;
    struct rows rows = tx_query(tx, select_accounts, P_TEXT("site", asking->site), P_TEXT("role", asking->role));
    bool ok = true;
    while (ok && rows_next(&rows))
        ok = account_of_rows(&rows, asking->arena, vec_push(asking->arena, asking->accounts), NULL, err);
    return rows_end(&rows, err) && ok;
}

bool membership_accounts(struct people *people, struct arena *arena, str site, str role, struct accounts *out,
                         struct err *err)
{
    struct asking asking = {.arena = arena, .site = site, .role = role, .accounts = out};
    return store_read(people->store, list_accounts, &asking, err);
}
