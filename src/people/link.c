/* Links that are sent by mail: registration, a new password. A link is a random token, kept as its digest, used once.
 */
#include "people/internal.h"

static const char select_account[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE email_key = :key";
static const char insert_account[] =
    "INSERT INTO account (id, uuid, email, email_key, is_verified, first_name, last_name,"
    " data, is_locked, password, created) VALUES (:id, :uuid, :email, :key, 0, :first, :last,"
    " '{}', 0, '', :now)";
static const char renew_account[] = "UPDATE account SET first_name = :first, last_name = :last"
                                    " WHERE id = :id AND is_verified = 0";
static const char insert_link[] = "INSERT INTO link (digest, account, purpose, expires)"
                                  " VALUES (:digest, :account, :purpose, :expires)";
static const char delete_old_links[] = "DELETE FROM link WHERE expires < :now";
static const char select_link[] =
    "SELECT a.id, a.uuid, a.email, a.is_verified, a.first_name, a.last_name, a.data, a.is_locked,"
    " a.password FROM link l JOIN account a ON a.id = l.account"
    " WHERE l.digest = :digest AND l.purpose = :purpose AND l.expires >= :now";
static const char delete_link[] = "DELETE FROM link WHERE digest = :digest";
static const char mark_verified[] = "UPDATE account SET is_verified = 1 WHERE id = :id";

struct linking {
    struct arena *arena;
    str key, digest, uuid;
    int64_t id;
    enum link_purpose purpose;
    instant now;
    const struct registration *registration;
    const struct job *mail;
    struct account *out;
};

static bool find(struct tx *tx, struct linking *linking, struct account *account, bool *exists, struct err *err)
{
    struct rows rows = tx_query(tx, select_account, P_TEXT("key", linking->key));
    *exists = rows_next(&rows);
    bool ok = !*exists || account_of_rows(&rows, linking->arena, account, NULL, err);
    return rows_end(&rows, err) && ok;
}

static bool add_link(struct tx *tx, const struct linking *linking, int64_t account, struct err *err)
{
    int hours = linking->purpose == LINK_VERIFY ? LINK_VERIFY_HOURS : LINK_RESET_HOURS;
    return tx_run(tx, delete_old_links, err, P_INT("now", linking->now)) &&
           tx_run(tx, insert_link, err, P_TEXT("digest", linking->digest), P_INT("account", account),
                  P_INT("purpose", (int64_t)linking->purpose),
                  P_INT("expires", linking->now + hours * (3600 * INSTANT_SECOND)));
}

static bool write_account(struct tx *tx, const struct linking *linking, const struct account *known, bool exists,
                          struct err *err)
{
    const struct registration *registration = linking->registration;
    if (exists)
        return tx_run(tx, renew_account, err, P_INT("id", known->id), P_TEXT("first", registration->first_name),
                      P_TEXT("last", registration->last_name));
    return tx_run(tx, insert_account, err, P_INT("id", linking->id), P_TEXT("uuid", linking->uuid),
                  P_TEXT("email", str_trim(registration->email)), P_TEXT("key", linking->key),
                  P_TEXT("first", registration->first_name), P_TEXT("last", registration->last_name),
                  P_INT("now", linking->now));
}

static bool enrol(struct tx *tx, void *arg, struct err *err)
{
    struct linking *linking = arg;
    struct account known = {0};
    bool exists;
    if (!find(tx, linking, &known, &exists, err))
        return false;
    if (exists && known.is_verified)
        return job_add(tx, &linking->registration->known, err);
    return write_account(tx, linking, &known, exists, err) &&
           add_link(tx, linking, exists ? known.id : linking->id, err) &&
           job_add(tx, &linking->registration->verify, err);
}

bool account_register(struct people *people, const struct registration *registration, struct err *err)
{
    struct arena *arena = arena_new();
    struct linking linking = {.arena = arena,
                              .key = email_key(arena, registration->email),
                              .digest = digest_hex(arena, registration->token),
                              .uuid = random_uuid(arena),
                              .id = store_new_id(),
                              .purpose = LINK_VERIFY,
                              .now = instant_now(),
                              .registration = registration};
    bool ok = store_write(people->store, enrol, &linking, err);
    arena_free(arena);
    return ok;
}

static bool send_link(struct tx *tx, void *arg, struct err *err)
{
    struct linking *linking = arg;
    struct account known = {0};
    bool exists;
    if (!find(tx, linking, &known, &exists, err))
        return false;
    if (!exists || known.is_locked)
        return true; /* nobody is told */
    return add_link(tx, linking, known.id, err) && job_add(tx, linking->mail, err);
}

bool account_send_link(struct people *people, str email, enum link_purpose purpose, str token, const struct job *mail,
                       struct err *err)
{
    struct arena *arena = arena_new();
    struct linking linking = {.arena = arena,
                              .key = email_key(arena, email),
                              .digest = digest_hex(arena, token),
                              .purpose = purpose,
                              .now = instant_now(),
                              .mail = mail};
    bool ok = store_write(people->store, send_link, &linking, err);
    arena_free(arena);
    return ok;
}

static bool read_link(struct tx *tx, void *arg, struct err *err)
{
    struct linking *linking = arg;
    struct rows rows = tx_query(tx, select_link, P_TEXT("digest", linking->digest),
                                P_INT("purpose", (int64_t)linking->purpose), P_INT("now", linking->now));
    bool found = rows_next(&rows);
    bool ok = !found || account_of_rows(&rows, linking->arena, linking->out, NULL, err);
    if (!rows_end(&rows, err) || !ok)
        return false;
    return found || err_set(err, ERR_NOT_FOUND,
                            "Ce lien ne sert plus : il a déjà servi ou il est trop ancien. Demandez-en un autre.");
}

/* The address that a link reached is the person's: either purpose verifies it. */
static bool use_link(struct tx *tx, void *arg, struct err *err)
{
    struct linking *linking = arg;
    if (!read_link(tx, linking, err))
        return false;
    linking->out->is_verified = true;
    return tx_run(tx, delete_link, err, P_TEXT("digest", linking->digest)) &&
           tx_run(tx, mark_verified, err, P_INT("id", linking->out->id));
}

static struct linking link_of(struct arena *arena, enum link_purpose purpose, str token, struct account *out)
{
    return (struct linking){
        .arena = arena, .digest = digest_hex(arena, token), .purpose = purpose, .now = instant_now(), .out = out};
}

bool account_use_link(struct people *people, struct arena *arena, enum link_purpose purpose, str token,
                      struct account *out, struct err *err)
{
    struct linking linking = link_of(arena, purpose, token, out);
    return store_write(people->store, use_link, &linking, err);
}

bool account_peek_link(struct people *people, struct arena *arena, enum link_purpose purpose, str token,
                       struct account *out, struct err *err)
{
    struct linking linking = link_of(arena, purpose, token, out);
    return store_read(people->store, read_link, &linking, err);
}
