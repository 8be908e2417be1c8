/* remote: what other servers said, as JSON, kept so that they are asked seldom and missed little. Sources of choices,
 * named web services and the geocoder ask through here; the client itself is fetch.h.
 *
 * - An answer is kept in memory for as long as its definition says, ten seconds at the least.
 * - Of several that ask the same at once, one does; the others wait for its answer.
 * - A server that fails is left alone for a while: its last good answer stands in. That of a list that is the same for
 *   everybody is also kept in the site's database, for after a restart; what was asked about a person never is.
 * - All that one request asks has one budget of time.
 * - Who is on an event loop never waits: session.may_wait says so, and the caller begins again where it may.
 *
 * What fails is written down by the name of who asks, for the administrators, until it answers again. */
#ifndef GUICHET_REMOTE_H
#define GUICHET_REMOTE_H

#include "fetch/fetch.h"
#include "store/store.h"

/* The memory of a process, of all its sites. Thread-safe. */
struct remote;
struct remote *remote_new(void);
void remote_free(struct remote *remote);

enum {
    REMOTE_BUDGET_MILLISECONDS = 8000, /* of all that a page asks */
    REMOTE_SECONDS_LEAST = 10,         /* an answer is kept */
    REMOTE_PAUSE_SECONDS = 15,         /* a server that failed is left alone */
};

/* For one request or job, of one thread at a time. */
struct remote_session {
    struct remote *remote;
    struct store *store; /* the site's */
    struct fetch_rules rules;
    struct arena *arena;  /* where answers live */
    int64_t milliseconds; /* what is left of the budget */
    /* Whether one may wait here: asked when an answer is not there. NULL: yes. */
    bool (*may_wait)(void *data);
    void *data;
    struct map asked; /* what this session has been told already */
};
void remote_session_begin(struct remote_session *session, struct remote *remote, struct store *store,
                          const json_t *outgoing, struct arena *arena);

struct remote_call {
    str name;          /* who asks: « source communes », « appel meteo » */
    str url;           /* whole, blanks and accents as they come */
    str method, body;  /* empty: GET; a body is JSON. Other methods are asked once a session, and not kept beyond it */
    str signature_key; /* empty: by the site's rules */
    int64_t seconds;   /* how long an answer is good; 0: REMOTE_SECONDS_LEAST */
    int64_t milliseconds; /* of one exchange; 0: FETCH_MILLISECONDS */
    bool is_shared;       /* the same for everybody: its last good answer may be kept on disk */
    bool may_be_padded;   /* JSONP: f(…) around it */
    bool is_envelope;     /* Publik's {"err": 1, …} is a failure too */
};
struct remote_answer {
    const json_t *json; /* NULL: none; owned by the session's arena */
    bool is_old;        /* the last good one: the server fails now */
    str problem;        /* why, French, for the administrator; empty where the answer is fresh */
};
/* Never fails: what is wrong is in the answer. */
const struct remote_answer *remote_get(struct remote_session *session, const struct remote_call *call);

/* The JSON of an answer's bytes; NULL and err else. is_padded: a call of a function around it is taken off. */
json_t *remote_parse(struct arena *arena, str body, bool may_be_padded, struct err *err);

/* What fails now, the latest first. */
struct remote_failure {
    str name, url, problem; /* url: masked */
    instant since, at;
};
struct remote_failures VEC_OF(struct remote_failure);
struct remote_failures_reading {
    struct arena *arena;
    struct remote_failures out;
};
/* A store_fn over struct remote_failures_reading. */
bool remote_failures_read(struct tx *tx, void *reading, struct err *err);

extern const struct migration remote_migrations[];
extern const size_t remote_migration_count;

#endif
