/* Numbers: each form has one within its site, each dossier one within its form (Publik's « 12-57 »). Mails are rendered
 * before the transaction, so the number is chosen before it too: the next after those in the store and those that this
 * process has given out. Another process may have taken it: the unique index then says ERR_CONFLICT and filing begins
 * again. A filing that fails leaves a gap, as in Publik. */
#include "dossiers/tables.h"

#include <pthread.h>
#include <stdio.h>

static const char select_form[] = "SELECT number FROM dossier_form WHERE form = :form";
static const char select_last[] = "SELECT MAX(sequence) FROM dossier WHERE form = :form";
static const char insert_form[] = "INSERT INTO dossier_form (form, number)"
                                  " SELECT CAST(:form AS TEXT), COALESCE(MAX(number), 0) + 1 FROM dossier_form"
                                  " WHERE 1 = 1 ON CONFLICT DO NOTHING";

struct numbers {
    str form;
    int64_t form_number, last;
};

static bool read_numbers(struct tx *tx, void *arg, struct err *err)
{
    struct numbers *numbers = arg;
    struct rows rows = tx_query(tx, select_form, P_TEXT("form", numbers->form));
    numbers->form_number = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    if (!rows_end(&rows, err))
        return false;
    rows = tx_query(tx, select_last, P_TEXT("form", numbers->form));
    numbers->last = rows_next(&rows) && !rows_is_null(&rows, 0) ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err);
}

static bool add_form(struct tx *tx, void *arg, struct err *err)
{
    const struct numbers *numbers = arg;
    return tx_run(tx, insert_form, err, P_TEXT("form", numbers->form));
}

/* What this process has given out, by store and form: a line of text each, kept while the process lives. */
static pthread_mutex_t given_lock = PTHREAD_MUTEX_INITIALIZER;
static struct arena *given_arena;
static struct map given;

static int64_t give(const struct store *store, str form, int64_t last)
{
    pthread_mutex_lock(&given_lock);
    if (!given_arena) {
        given_arena = arena_new();
        given = map_new(given_arena);
    }
    char name[300];
    str key = {name,
               (size_t)snprintf(name, sizeof name, "%p %.*s", (const void *)store, (int)(form.len % 256), form.ptr)};
    int64_t *known = map_get(&given, key);
    if (!known) {
        known = arena_new_of(given_arena, int64_t);
        map_set(&given, str_dup(given_arena, key), known);
    }
    int64_t next = (*known > last ? *known : last) + 1;
    *known = next;
    pthread_mutex_unlock(&given_lock);
    return next;
}

bool numbers_take(const struct dossier_place *place, str form, int64_t *form_number, int64_t *sequence, struct err *err)
{
    struct numbers numbers = {.form = form};
    if (!store_read(place->store, read_numbers, &numbers, err))
        return false;
    if (!numbers.form_number &&
        (!store_write(place->store, add_form, &numbers, err) || !store_read(place->store, read_numbers, &numbers, err)))
        return false;
    *form_number = numbers.form_number;
    *sequence = give(place->store, form, numbers.last);
    return true;
}
