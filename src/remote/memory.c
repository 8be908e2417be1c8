/* What is kept in memory, bounded: what was not used for longest goes first. */
#include "remote/internal.h"

#include <stdlib.h>

struct remote *remote_new(void)
{
    struct remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL)
        abort();
    pthread_mutex_init(&remote->lock, NULL);
    steady_cond_init(&remote->has_answer);
    return remote;
}

static void entry_free(struct entry *entry)
{
    json_decref(entry->json);
    free(entry->key);
    free(entry);
}

void remote_free(struct remote *remote)
{
    if (remote == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct entry *next, *entry = remote->entries[i]; entry != NULL; entry = next) {
            next = entry->next;
            entry_free(entry);
        }
        for (struct health *next, *health = remote->health[i]; health != NULL; health = next) {
            next = health->next;
            free(health->name);
            free(health);
        }
    }
    pthread_cond_destroy(&remote->has_answer);
    pthread_mutex_destroy(&remote->lock);
    free(remote);
}

static void *new_of(size_t size)
{
    void *made = calloc(1, size);
    if (made == NULL)
        abort();
    return made;
}

static char *copy_of(str text)
{
    char *copy = new_of(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

/* ---- Making room ---- */

static struct entry **least_used(struct remote *remote)
{
    struct entry **least = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry **at = &remote->entries[i]; *at != NULL; at = &(*at)->next)
            if (!(*at)->is_asked && (least == NULL || (*at)->used < (*least)->used))
                least = at;
    return least;
}

static void make_room(struct remote *remote)
{
    while (remote->count > ENTRIES_MOST || remote->bytes > BYTES_MOST) {
        struct entry **at = least_used(remote), *entry = at == NULL ? NULL : *at;
        if (entry == NULL)
            return;
        *at = entry->next;
        remote->count--;
        remote->bytes -= entry->size;
        entry_free(entry);
    }
}

struct entry *memory_entry(struct remote *remote, str key)
{
    struct entry **bucket = &remote->entries[map_hash(key) % BUCKETS];
    for (struct entry *entry = *bucket; entry != NULL; entry = entry->next)
        if (str_eq(str_of(entry->key), key)) {
            entry->used = steady_now();
            return entry;
        }
    make_room(remote);
    struct entry *entry = new_of(sizeof *entry);
    entry->key = copy_of(key);
    entry->used = steady_now();
    entry->next = *bucket;
    *bucket = entry;
    remote->count++;
    return entry;
}

void memory_set(struct remote *remote, struct entry *entry, json_t *json, size_t size)
{
    json_decref(entry->json);
    entry->json = json;
    remote->bytes += size - entry->size;
    entry->size = size;
}

struct health *memory_health(struct remote *remote, str name)
{
    struct health **bucket = &remote->health[map_hash(name) % BUCKETS];
    for (struct health *health = *bucket; health != NULL; health = health->next)
        if (str_eq(str_of(health->name), name))
            return health;
    struct health *health = new_of(sizeof *health);
    health->name = copy_of(name);
    health->next = *bucket;
    *bucket = health;
    return health;
}
