/* store: where everything that must not be lost is kept. One interface, two engines.
 *
 *   sqlite:DIR         one file a database (common.db, site-lyon.db …) in DIR; WAL, synchronous=FULL; one writer thread
 *                      a file gathers the writes that wait into one commit (group commit); readers never wait.
 *   postgresql://…     one schema a database (site_lyon); pooled connections; a write is a REPEATABLE READ transaction,
 *                      run again on serialization failure or deadlock.
 *
 * A write is a function, run inside a transaction. It may run again, so it does nothing but SQL on its tx, and keeps
 * what it computes in its arg, set anew each time. store_write returns when the transaction is on disk: only then may a
 * person be told.
 *
 * Tables serve both engines by the types BIGINT, INTEGER (flags too, 0 or 1), DOUBLE PRECISION, TEXT (JSON too); bytes
 * are BLOB or BYTEA, in a migration with both texts. What must hold over several rows needs a unique key, or one row
 * that all who depend on it update (docs/decisions/0007-postgresql-isolation.md). Full text: an FTS5 table here, a
 * tsvector with the « simple » configuration there, both filled with text folded by utf8_fold. */
#ifndef GUICHET_STORE_H
#define GUICHET_STORE_H

#include "base/base.h"

struct stores; /* all the databases of one installation */
struct store;  /* one database: the common one, or a site's */
struct tx;     /* an open transaction: of one thread, for one call */

enum store_engine { STORE_SQLITE, STORE_POSTGRES };

/* A step of a database's history. Steps are never changed once released; a database remembers those it has taken. */
struct migration {
    int number;           /* 1, 2, 3 … within its owner */
    const char *owner;    /* the module whose tables these are: « dossiers » */
    const char *sqlite;   /* statements, separated by ; */
    const char *postgres; /* NULL: the same text serves both */
    /* Runs after them, in the same transaction, where rows want what SQL alone can't compute; may be NULL. */
    bool (*then)(struct tx *tx, struct err *err);
};

/* Opens an installation; url as above. NULL and err (for the operator) where it can't be reached. */
struct stores *stores_open(str url, struct err *err);
/* Waits for the writes under way, closes all. */
void stores_close(struct stores *stores);
enum store_engine stores_engine(const struct stores *stores);
/* Where blobs and other files of this installation lie: DIR for SQLite, the given folder (--data) for PostgreSQL. */
const char *stores_folder(const struct stores *stores);
void stores_set_folder(struct stores *stores, const char *folder);

/* A scratch beside what is there: its databases are called NAME-… and go when it is closed (of SQLite, their folder is
 * its maker's), so that nothing is waited for to be on disk. Before any database is opened. */
void stores_make_scratch(struct stores *stores, str name);

/* For the process that serves: on SQLite the only one of its folder, until it ends (ERR_CONFLICT where another serves
 * it already); other commands may work beside it. On PostgreSQL one of any number, which the others see until it ends.
 * What a server that has ended had taken of the jobs is thus known, and taken again at once. */
bool stores_serve(struct stores *stores, struct err *err);

/* Opens the database called name ([a-z0-9-]), made if absent, and brings it up to date by the migrations, in their
 * order; ERR_UNSUPPORTED where it has taken a step that is not among them: a newer program's. Opened once a process:
 * asking again gives the same store. Owned by stores. */
struct store *store_open(struct stores *stores, str name, const struct migration *migrations, size_t count,
                         struct err *err);
str store_name(const struct store *store);
enum store_engine store_engine(const struct store *store);
/* What a module keeps in memory of this store while it is open, zeroed when first asked for: the same for the same key.
 * Whoever changes it locks it. */
void *store_note(struct store *store, str key, size_t size);

typedef bool (*store_fn)(struct tx *tx, void *arg, struct err *err);

/* Runs fn in a read transaction: one moment of the database, seen whole. Cheap: one a request, around all it reads. */
bool store_read(struct store *store, store_fn fn, void *arg, struct err *err);

/* Runs fn in a write transaction and returns when it is on disk; false where fn returned false (its changes alone are
 * undone), where a statement of it failed (even if fn went on) or where the store failed (ERR_UNAVAILABLE). Not from
 * inside another store_read or store_write. It does no DDL: that is a migration's. */
bool store_write(struct store *store, store_fn fn, void *arg, struct err *err);

/* The same without waiting: done is called once, from a thread of the store, after the commit or the failure. It must
 * be short. arg must live until then. */
typedef void (*store_done)(void *arg, bool ok, const struct err *err);
void store_write_later(struct store *store, store_fn fn, void *arg, store_done done);

/* Whether a store_read or store_write of this thread has failed because the store does not answer since this was last
 * asked, and why (err may be NULL): so that what could not be read is never shown as if it were not there. */
bool store_was_away(struct err *err);

/* SQL. Statements are literals (or static text) with named parameters, :name; they are prepared once a connection and
 * found again by the address of the text, so never build one at run time. A parameter that the text names and that is
 * not given aborts; one that it does not name is passed over (a dialect may need fewer). A text may hold no NUL
 * (ERR_INVALID). */
enum sql_kind { SQL_NULL, SQL_INT, SQL_REAL, SQL_TEXT, SQL_BLOB };
struct sql_param {
    const char *name; /* without the colon */
    enum sql_kind kind;
    int64_t integer;
    double real;
    str text;
};
#define P_INT(n, v) ((struct sql_param){.name = (n), .kind = SQL_INT, .integer = (v)})
#define P_REAL(n, v) ((struct sql_param){.name = (n), .kind = SQL_REAL, .real = (v)})
#define P_TEXT(n, v) ((struct sql_param){.name = (n), .kind = SQL_TEXT, .text = (v)})
#define P_BLOB(n, v) ((struct sql_param){.name = (n), .kind = SQL_BLOB, .text = (v)})
#define P_NULL(n) ((struct sql_param){.name = (n), .kind = SQL_NULL})
/* An empty text is stored as NULL. */
#define P_TEXT_OR_NULL(n, v) ((struct sql_param){.name = (n), .kind = (v).len ? SQL_TEXT : SQL_NULL, .text = (v)})

/* A statement whose dialects differ: give both texts; else tx_run(tx, "…", …). */
struct sql {
    const char *sqlite, *postgres;
};
const char *sql_for(const struct tx *tx, const struct sql *sql);

/* Runs a statement that gives no rows. changed: how many rows it touched; NULL: nobody asks, and PostgreSQL's answer is
 * not waited for: a failure of it is then told by a later statement, or by the commit. ERR_CONFLICT where a unique or
 * foreign key forbids it; ERR_INTERNAL where it is not SQL. After any failure the transaction can only be undone: where
 * a row may already be there, say ON CONFLICT. Parameters may be none: tx_run(tx, text, err). */
#define tx_run(tx, text, err, ...)                                                                                     \
    tx_run_params((tx), (text), (const struct sql_param[]){__VA_ARGS__},                                               \
                  sizeof((const struct sql_param[]){__VA_ARGS__}) / sizeof(struct sql_param), NULL, (err))
bool tx_run_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count, int64_t *changed,
                   struct err *err);

/* A query. Rows are read one after the other; the texts of a row live until the next step, copy what you keep.
 *
 *     struct rows rows = tx_query(tx, "SELECT id, name FROM site WHERE host = :host", P_TEXT("host", host));
 *     while (rows_next(&rows)) { rows_int(&rows, 0) … rows_text(&rows, 1) … }
 *     return rows_end(&rows, err);                       false where the store failed
 *
 * rows_end is always called, also when leaving early (a query left open aborts). What was given as text parameters must
 * live until then. A loop may hold other queries and statements. */
struct rows {
    struct tx *tx;
    void *statement;
    const char *text;
    size_t row, count;
    bool failed;
};
#define tx_query(tx, text, ...)                                                                                        \
    tx_query_params((tx), (text), (const struct sql_param[]){__VA_ARGS__},                                             \
                    sizeof((const struct sql_param[]){__VA_ARGS__}) / sizeof(struct sql_param))
struct rows tx_query_params(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
/* The same for a walk whose best index hangs on these very values: PostgreSQL plans it each time, where it would keep a
 * plan for any value of the others. */
struct rows tx_query_planned(struct tx *tx, const char *text, const struct sql_param *params, size_t count);
bool rows_next(struct rows *rows);
bool rows_is_null(struct rows *rows, int column);
int64_t rows_int(struct rows *rows, int column);
double rows_real(struct rows *rows, int column);
str rows_text(struct rows *rows, int column); /* blobs too */
str rows_copy(struct rows *rows, struct arena *arena, int column);
bool rows_end(struct rows *rows, struct err *err);

/* An identifier for a new row: 63 bits, the high ones from the clock, so that ids grow with time and two machines never
 * make the same. Made before the transaction, so that a write may run again. */
int64_t store_new_id(void);

#endif
