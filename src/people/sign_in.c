/* Signing in: one neutral message, and a lock-out that grows with each failure, by account and by network address. */
#include "people/internal.h"

#include <math.h>

/* The first failures cost nothing; from then on 1.8 times longer each, an hour at the most. An address that many people
 * share has more before it waits. */
enum { FREE_FAILURES_ACCOUNT = 4, FREE_FAILURES_ADDRESS = 20, LOCK_FIRST_SECONDS = 10, LOCK_MOST_SECONDS = 3600 };

static const char select_account[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE email_key = :key";
static const char select_attempt[] = "SELECT failures, until FROM attempt WHERE who = :who";
static const char upsert_attempt[] =
    "INSERT INTO attempt (who, failures, until) VALUES (:who, :failures, :until)"
    " ON CONFLICT (who) DO UPDATE SET failures = excluded.failures, until = excluded.until";
static const char delete_old[] = "DELETE FROM attempt WHERE until < :forgotten";
static const char delete_attempt[] = "DELETE FROM attempt WHERE who = :who";

struct signing {
    struct arena *arena;
    str key, by_account, by_address;
    struct account account;
    str hash;
    bool exists;
    instant now, locked_until;
};

static bool read_attempt(struct tx *tx, str who, int64_t *failures, instant *until, struct err *err)
{
    struct rows rows = tx_query(tx, select_attempt, P_TEXT("who", who));
    bool found = rows_next(&rows);
    *failures = found ? rows_int(&rows, 0) : 0;
    *until = found ? rows_int(&rows, 1) : 0;
    return rows_end(&rows, err);
}

static bool look(struct tx *tx, void *arg, struct err *err)
{
    struct signing *signing = arg;
    int64_t failures;
    instant by_account, by_address;
    if (!read_attempt(tx, signing->by_account, &failures, &by_account, err) ||
        !read_attempt(tx, signing->by_address, &failures, &by_address, err))
        return false;
    signing->locked_until = by_account > by_address ? by_account : by_address;
    struct rows rows = tx_query(tx, select_account, P_TEXT("key", signing->key));
    signing->exists = rows_next(&rows);
    bool ok = !signing->exists || account_of_rows(&rows, signing->arena, &signing->account, &signing->hash, err);
    return rows_end(&rows, err) && ok;
}

static instant lock_end(instant now, int64_t failures, int free_failures)
{
    if (failures <= free_failures)
        return now;
    double seconds = LOCK_FIRST_SECONDS * pow(1.8, (double)(failures - free_failures - 1));
    return now + (instant)fmin(seconds, LOCK_MOST_SECONDS) * INSTANT_SECOND;
}

static bool count_failure(struct tx *tx, str who, int free_failures, instant now, struct err *err)
{
    int64_t failures;
    instant until;
    if (!read_attempt(tx, who, &failures, &until, err))
        return false;
    failures++;
    return tx_run(tx, upsert_attempt, err, P_TEXT("who", who), P_INT("failures", failures),
                  P_INT("until", lock_end(now, failures, free_failures)));
}

/* A day without a failure forgets those before. */
static bool note_failure(struct tx *tx, void *arg, struct err *err)
{
    const struct signing *signing = arg;
    return tx_run(tx, delete_old, err, P_INT("forgotten", signing->now - INSTANT_DAY)) &&
           count_failure(tx, signing->by_account, FREE_FAILURES_ACCOUNT, signing->now, err) &&
           count_failure(tx, signing->by_address, FREE_FAILURES_ADDRESS, signing->now, err);
}

static bool forget_failures(struct tx *tx, void *arg, struct err *err)
{
    const struct signing *signing = arg;
    return tx_run(tx, delete_attempt, err, P_TEXT("who", signing->by_account));
}

bool account_sign_in(struct people *people, struct arena *arena, str email, str password, str address,
                     struct account *out, struct err *err)
{
    struct signing signing = {.arena = arena, .key = email_key(arena, email), .now = instant_now()};
    signing.by_account = str_fmt(arena, "account:%.*s", STR_ARG(signing.key));
    signing.by_address = str_fmt(arena, "address:%.*s", STR_ARG(network_of(arena, address)));
    if (!store_read(people->store, look, &signing, err))
        return false;
    if (signing.locked_until > signing.now) {
        struct datetime local = datetime_local(signing.locked_until + 59 * INSTANT_SECOND);
        return err_set(err, ERR_LIMIT, "Trop d’essais. Réessayez à %d h %02d, ou demandez un nouveau mot de passe.",
                       local.hour, local.minute);
    }
    bool matches = password_matches(password, signing.exists ? signing.hash : STR_EMPTY);
    if (!matches || !signing.account.is_verified || signing.account.is_locked) {
        struct err store_err;
        if (!store_write(people->store, note_failure, &signing, &store_err))
            log_err("people.attempt", &store_err);
        return err_set(err, ERR_INVALID, "L’adresse ou le mot de passe ne correspond pas.");
    }
    if (!store_write(people->store, forget_failures, &signing, err))
        return false;
    *out = signing.account;
    return true;
}
