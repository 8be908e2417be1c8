/* people: accounts, sessions, roles. Everything lives in the common database; nothing here knows pages or HTTP.
 *
 * Passwords are argon2id hashes; tokens of sessions and links are kept as SHA-256 only: who reads the database can use
 * neither. Guessing is slowed by account and by address, more at each failure. */
#ifndef GUICHET_PEOPLE_H
#define GUICHET_PEOPLE_H

#include "base/base.h"
#include "store/jobs.h"
#include "store/store.h"

/* The common database and the installation's secret (made at the first opening), for the life of the process. */
struct people;
struct people *people_open(struct store *common, struct err *err);
void people_close(struct people *people);

struct account {
    int64_t id;
    str uuid;
    str email; /* as typed; compared without case */
    bool is_verified;
    str first_name, last_name;
    const json_t *data; /* object: phone, address_street, address_zipcode, address_city, birthdate …; never NULL */
    bool is_locked;     /* closed by an administrator */
};
/* « Prénom Nom », or the address. */
str account_name(struct arena *arena, const struct account *account);
/* All data by name, first_name, last_name and email too: for prefilling. */
const json_t *account_data(struct arena *arena, const struct account *account);

/* ---- Finding and changing ---- */

/* ERR_NOT_FOUND where there is none. */
bool account_by_id(struct people *people, struct arena *arena, int64_t id, struct account *out, struct err *err);
bool account_by_email(struct people *people, struct arena *arena, str email, struct account *out, struct err *err);
/* By what other programs call it: NameID. */
bool account_by_uuid(struct people *people, struct arena *arena, str uuid, struct account *out, struct err *err);
struct accounts VEC_OF(struct account);
bool account_list(struct people *people, struct arena *arena, struct accounts *out, struct err *err);
/* Makes an account that is verified already: agents, administrators. password may be empty. ERR_CONFLICT: it exists. */
bool account_create(struct people *people, struct arena *arena, const struct account *account, str password,
                    struct account *out, struct err *err);
bool account_update(struct people *people, const struct account *account, struct err *err);

/* ---- Passwords ---- */

/* What is wrong with a new password, French; empty: nothing. 12 characters with four classes, 14 with three, or 20 of
 * any kind (CNIL 2022-100: 80 bits), and none of the common ones nor the person's own words. */
str password_problem(struct arena *arena, str password, str email, str name);
/* 0.2 s of one core: never on an event loop. */
bool account_set_password(struct people *people, int64_t account, str password, struct err *err);

/* Whether the pair is right. ERR_INVALID: the one neutral message; ERR_LIMIT: too many tries, says when to try again.
 * An unknown address costs the same time as a known one. address: the network address of who tries. */
bool account_sign_in(struct people *people, struct arena *arena, str email, str password, str address,
                     struct account *out, struct err *err);

/* ---- Links sent by mail ---- */

enum link_purpose { LINK_VERIFY, LINK_RESET };
enum { LINK_VERIFY_HOURS = 24, LINK_RESET_HOURS = 2 };

/* Registration: makes the account (not verified, without a password) and its link, and sends one of two messages:
 * verify to a new address or one not yet verified, known to an address that has an account. The same answer always. The
 * password is chosen behind the link: whoever registers another's address knows nothing that opens the account. token:
 * random_token, in the message. */
struct registration {
    str email, first_name, last_name;
    str token;
    struct job verify, known;
};
bool account_register(struct people *people, const struct registration *registration, struct err *err);
/* A new link for the address, sent by mail where it has an account; the same answer always. */
bool account_send_link(struct people *people, str email, enum link_purpose purpose, str token, const struct job *mail,
                       struct err *err);
/* Uses a link: once. LINK_VERIFY marks the address verified. ERR_NOT_FOUND where it is used, too old or none. */
bool account_use_link(struct people *people, struct arena *arena, enum link_purpose purpose, str token,
                      struct account *out, struct err *err);
/* Whether the link could be used, without using it. */
bool account_peek_link(struct people *people, struct arena *arena, enum link_purpose purpose, str token,
                       struct account *out, struct err *err);

/* ---- Sessions ---- */

enum { SESSION_IDLE_HOURS = 12, SESSION_MOST_DAYS = 7, SESSION_CONTEXT_MOST = 31 };
struct session {
    str token; /* what the cookie carries */
    int64_t account;
    str context; /* how its person identified themself, as Publik names it: « franceconnect », « fedict »; empty: by the
                    password */
    instant created, seen;
};
/* A new session of an account; others stay. context: SESSION_CONTEXT_MOST bytes at most, ERR_INVALID beyond. */
bool session_begin(struct people *people, struct arena *arena, int64_t account, str context, struct session *out,
                   struct err *err);
/* ERR_NOT_FOUND where it is none or has ended. Kept in a small cache, so that a page after a page asks no store. */
bool session_find(struct people *people, struct arena *arena, str token, instant now, struct session *out,
                  struct err *err);
bool session_end(struct people *people, str token, struct err *err);
/* All of an account's: after a new password. */
bool session_end_all(struct people *people, int64_t account, struct err *err);

/* The token that a form carries: an HMAC of the visitor's cookie under the installation's secret. It needs no row, and
 * it is worth nothing without the cookie. */
str csrf_token(const struct people *people, struct arena *arena, str cookie);
bool csrf_holds(const struct people *people, str cookie, str token);
/* An HMAC of text under the installation's secret, 43 signs: for links that carry their own proof. */
str people_sign(const struct people *people, struct arena *arena, str purpose, str text);
/* Whether a signature is that one; takes as long for any wrong one. */
bool people_signed(const struct people *people, str purpose, str text, str signature);

/* ---- Roles ---- */

/* The role of a site's administrators. */
#define ROLE_ADMIN "_admin"
struct membership {
    const str *roles; /* slugs */
    size_t count;
    bool is_agent, is_admin;
};
bool membership_find(struct people *people, struct arena *arena, int64_t account, str site, struct membership *out,
                     struct err *err);
bool membership_add(struct people *people, int64_t account, str site, str role, struct err *err);
bool membership_remove(struct people *people, int64_t account, str site, str role, struct err *err);
/* Who has the role. */
bool membership_accounts(struct people *people, struct arena *arena, str site, str role, struct accounts *out,
                         struct err *err);

/* ---- Where a person has filed ---- */

bool account_sites(struct people *people, struct arena *arena, int64_t account, str **slugs, size_t *count,
                   struct err *err);
bool account_add_site(struct people *people, int64_t account, str site, struct err *err);

/* ---- Rates ---- */

/* What to count an address under: an IPv4 address itself, the /64 of an IPv6 address; anything else as it is. */
str network_of(struct arena *arena, str address);
/* Counts one more of something (« suivre », an address) in a window; ERR_LIMIT beyond most. In memory: a brake, not a
 * lock. */
bool rate_allows(struct people *people, str what, str who, int most, int seconds, struct err *err);
/* Whether most of something has been counted in its window, without counting. */
bool rate_is_spent(struct people *people, str what, str who, int most);

extern const struct migration people_migrations[];
extern const size_t people_migration_count;

#endif
