/* Numbers: each form has one within its site, each dossier one within its form (Publik's « 12-57 »). Mails say them and
 * are written with the filing, so they are chosen before its transaction. A filing that fails leaves a gap, as in
 * Publik.
 *
 * On SQLite one process serves a site (stores_serve): after the last in the store, it counts by itself. On
 * PostgreSQL several do: numbers are reserved in the store, as many at a time as there are filings that wait for one.
 * Whatever went another way is caught by the unique indexes: ERR_CONFLICT, and filing begins again. */
#include "dossiers/tables.h"

#include <pthread.h>

static const char select_form[] = "SELECT number FROM dossier_form WHERE form = :form";
static const char select_last[] = "SELECT MAX(sequence) FROM dossier WHERE form = :form";
static const char insert_form[] = "INSERT INTO dossier_form (form, number)"
                                  " SELECT CAST(:form AS TEXT), COALESCE(MAX(number), 0) + 1 FROM dossier_form"
                                  " WHERE 1 = 1 ON CONFLICT DO NOTHING";
static const char reserve[] = "UPDATE dossier_form SET reserved = :count +"
                              " CASE WHEN reserved > :last THEN reserved ELSE :last END"
                              " WHERE form = :form RETURNING reserved";

/* Of one form of one store: what this process may give out. */
struct giving {
    int64_t form_number;
    int64_t next, end; /* numbers from next on, before end */
    int64_t waiting;
    bool is_reading; /* one of those that wait does it for all */
};

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

static bool read_store(struct store *store, struct numbers *numbers, struct err *err)
{
    if (!store_read(store, read_numbers, numbers, err))
        return false;
    if (numbers->form_number == 0 &&
        (!store_write(store, add_form, numbers, err) || !store_read(store, read_numbers, numbers, err)))
        return false;
    return store_engine(store) == STORE_SQLITE || store_write(store, reserve_numbers, numbers, err);
}

/* ---- What this process may give out ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all givings */
static pthread_cond_t has_changed = PTHREAD_COND_INITIALIZER;

static struct giving *giving_of(struct store *store, struct arena *arena, str form)
{
    return store_note(store, str_fmt(arena, "numbers %.*s", STR_ARG(form)), sizeof(struct giving));
}

static void set_range(const struct store *store, struct giving *giving, const struct numbers *numbers)
{
    giving->form_number = numbers->form_number;
    if (store_engine(store) == STORE_POSTGRES) {
        giving->next = numbers->reserved - numbers->count + 1;
        giving->end = numbers->reserved + 1;
        return;
    }
    giving->next = giving->next > numbers->last ? giving->next : numbers->last + 1;
    giving->end = INT64_MAX;
}

/* With the lock, which is let go meanwhile. */
static bool read_for_all(struct store *store, struct giving *giving, str form, struct err *err)
{
    struct numbers numbers = {.form = form, .count = giving->waiting};
    giving->is_reading = true;
    pthread_mutex_unlock(&lock);
    bool ok = read_store(store, &numbers, err);
    pthread_mutex_lock(&lock);
    giving->is_reading = false;
    if (ok)
        set_range(store, giving, &numbers);
    pthread_cond_broadcast(&has_changed);
    return ok;
}

bool numbers_take(const struct dossier_place *place, str form, int64_t *form_number, int64_t *sequence, struct err *err)
{
    bool ok = true;
    struct giving *giving = giving_of(place->store, place->arena, form);
    pthread_mutex_lock(&lock);
    giving->waiting++;
    while (ok && giving->next == giving->end) {
        if (giving->is_reading)
            pthread_cond_wait(&has_changed, &lock);
        else
            ok = read_for_all(place->store, giving, form, err);
    }
    giving->waiting--;
    if (ok) {
        *form_number = giving->form_number;
        *sequence = giving->next++;
    }
    pthread_mutex_unlock(&lock);
    return ok;
}

bool dossier_reserve(const struct dossier_place *place, const struct form *form, size_t count, struct err *err)
{
    bool ok = true;
    struct giving *giving = giving_of(place->store, place->arena, form->key);
    pthread_mutex_lock(&lock);
    giving->waiting += (int64_t)count;
    if (!giving->is_reading && giving->end - giving->next < (int64_t)count)
        ok = read_for_all(place->store, giving, form->key, err);
    giving->waiting -= (int64_t)count;
    pthread_mutex_unlock(&lock);
    return ok;
}

void numbers_forget(struct store *store, str form)
{
    struct arena *arena = arena_new();
    struct giving *giving = giving_of(store, arena, form);
    pthread_mutex_lock(&lock);
    giving->end = giving->next;
    pthread_mutex_unlock(&lock);
    arena_free(arena);
}
