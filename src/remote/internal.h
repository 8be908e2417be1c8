/* Private to remote/. */
#ifndef GUICHET_REMOTE_INTERNAL_H
#define GUICHET_REMOTE_INTERNAL_H

#include "remote/remote.h"

#include <pthread.h>

/* What is known of one question. Times are of steady_now. */
struct entry {
    char *key;
    struct entry *next;
    json_t *json; /* the last good answer; NULL: none */
    size_t size;
    int64_t fetched, good_until, used;
    int64_t paused_until; /* it failed: not asked again before */
    char problem[sizeof((struct err *)0)->message];
    bool is_asked;       /* by somebody, now */
    unsigned flights;    /* that have ended */
    bool was_looked_for; /* in the database, after a restart */
    char saved[65];      /* the hash of the text that the database has */
};

/* A server of a site, and who asks it: how they do. */
struct health {
    char *name;
    struct health *next;
    int failures; /* in a row, of a server that does not answer */
    int64_t paused_until;
    enum { HEALTH_UNKNOWN, HEALTH_GOOD, HEALTH_BAD } told; /* in the database, by this process */
    int64_t told_at;
};

enum { BUCKETS = 1024, ENTRIES_MOST = 4000, BYTES_MOST = 64 << 20 };

struct remote {
    pthread_mutex_t lock;
    pthread_cond_t has_answer;
    struct entry *entries[BUCKETS];
    size_t count, bytes;
    struct health *health[BUCKETS];
};

/* memory.c; the lock is held. Found or made. */
struct entry *memory_entry(struct remote *remote, str key);
struct health *memory_health(struct remote *remote, str name);
/* Takes the place of the answer before; json is the caller's reference, given away. */
void memory_set(struct remote *remote, struct entry *entry, json_t *json, size_t size);

/* keep.c: writes soon, on the store's own time; nobody waits for it. */
void keep_copy(struct store *store, str key, str name, str body);
void keep_failure(struct store *store, str name, str url, str problem);
void keep_recovery(struct store *store, str name, str url);
/* The text of the last good answer, in the arena; empty: none. */
str keep_read_copy(struct store *store, struct arena *arena, str key);

#endif
