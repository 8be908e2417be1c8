/* Numbers: each form has one within its site, each dossier one within its form (Publik's « 12-57 »). Mails are rendered
 * before the transaction, so the number is chosen before it too. A filing that fails leaves a gap, as in Publik.
 *
 * On SQLite one process serves a site (stores_serve_alone): the next number follows those in the store and those that
 * the process has given out. On PostgreSQL several do: numbers are reserved in the store first, as many at a time as
 * there are filings that wait for one. Whatever went another way is caught by the unique index: ERR_CONFLICT, and
 * filing begins again. */
#include "dossiers/tables.h"

#include <pthread.h>
#include <stdio.h>

static const char select_form[] = "SELECT number FROM dossier_form WHERE form = :form";
static const char select_last[] = "SELECT MAX(sequence) FROM dossier WHERE form = :form";
static const char insert_form[] = "INSERT INTO dossier_form (form, number)"
                                  " SELECT CAST(:form AS TEXT), COALESCE(MAX(number), 0) + 1 FROM dossier_form"
                                  " WHERE 1 = 1 ON CONFLICT DO NOTHING";
static const char reserve[] = "UPDATE dossier_form SET reserved = :count +"
                              " CASE WHEN reserved > :last THEN reserved ELSE :last END"
                              " WHERE form = :form RETURNING reserved";

struct numbers {
    str form;
    int64_t form_number, last;
    int64_t count, reserved; /* of reserve_numbers */
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

static bool reserve_numbers(struct tx *tx, void *arg, struct err *err)
{
    struct numbers *numbers = arg;
    struct rows rows = tx_query(tx, reserve, P_TEXT("form", numbers->form), P_INT("last", numbers->last),
                                P_INT("count", numbers->count));
    bool found = rows_next(&rows);
    numbers->reserved = found ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err) && (found || err_set(err, ERR_NOT_FOUND, "Cette démarche n’existe plus."));
}

/* ---- What this process may give out ---- */

/* Of one form of one store; kept while the process lives. */
struct giving {
    int64_t next, end; /* from next on; on PostgreSQL, those before end are ours */
    int64_t waiting;
    bool is_reserving; /* one of those that wait does it for all */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all that follows */
static pthread_cond_t has_changed = PTHREAD_COND_INITIALIZER;
static struct arena *arena;
static struct map givings; /* by store and form, as a line of text */

static struct giving *giving_of(const struct store *store, str form)
{
    if (!arena) {
        arena = arena_new();
        givings = map_new(arena);
    }
    char name[300];
    str key = {name,
               (size_t)snprintf(name, sizeof name, "%p %.*s", (const void *)store, (int)(form.len % 256), form.ptr)};
    struct giving *giving = map_get(&givings, key);
    if (!giving) {
        giving = arena_new_of(arena, struct giving);
        map_set(&givings, str_dup(arena, key), giving);
    }
    return giving;
}

static int64_t give_after(struct store *store, str form, int64_t last)
{
    pthread_mutex_lock(&lock);
    struct giving *giving = giving_of(store, form);
    int64_t number = giving->next > last ? giving->next : last + 1;
    giving->next = number + 1;
    pthread_mutex_unlock(&lock);
    return number;
}

/* With the lock, which is let go meanwhile. */
static bool reserve_for_all(struct store *store, struct giving *giving, struct numbers *numbers, struct err *err)
{
    giving->is_reserving = true;
    numbers->count = giving->waiting;
    pthread_mutex_unlock(&lock);
    bool ok = store_write(store, reserve_numbers, numbers, err);
    pthread_mutex_lock(&lock);
    giving->is_reserving = false;
    if (ok) {
        giving->next = numbers->reserved - numbers->count + 1;
        giving->end = numbers->reserved + 1;
    }
    pthread_cond_broadcast(&has_changed);
    return ok;
}

static bool give_reserved(struct store *store, struct numbers *numbers, int64_t *number, struct err *err)
{
    bool ok = true;
    pthread_mutex_lock(&lock);
    struct giving *giving = giving_of(store, numbers->form);
    giving->waiting++;
    while (ok && giving->next == giving->end) {
        if (giving->is_reserving)
            pthread_cond_wait(&has_changed, &lock);
        else
            ok = reserve_for_all(store, giving, numbers, err);
    }
    giving->waiting--;
    if (ok)
        *number = giving->next++;
    pthread_mutex_unlock(&lock);
    return ok;
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
    if (store_engine(place->store) == STORE_POSTGRES)
        return give_reserved(place->store, &numbers, sequence, err);
    *sequence = give_after(place->store, form, numbers.last);
    return true;
}
