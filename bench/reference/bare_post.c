/* bare_post: the floor of a durable form post. A bare HTTP server in one thread that keeps each posted body as one row
 * of a raw SQLite database, and answers when it is on disk; a second thread gathers all that waits into one commit.
 * No parsing, no session, no template: what is left is the protocol, the row and the disk.
 *
 *     bare_post PORT DATABASE */
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MOST = 4096 };

struct post {
    struct post *next;
    struct MHD_Connection *connection;
    size_t length;
    enum { NEW, READING, KEPT } stage;
    char body[BODY_MOST];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_posts = PTHREAD_COND_INITIALIZER;
static struct post *first, **last = &first;

static void check(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "bare_post: %s failed\n", what);
    exit(1);
}

/* ---- Rows ---- */

static sqlite3 *open_database(const char *path)
{
    sqlite3 *db = NULL;
    check(sqlite3_open(path, &db) == SQLITE_OK, path);
    check(sqlite3_exec(db,
                       "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                       "CREATE TABLE post (id INTEGER PRIMARY KEY, body TEXT NOT NULL)",
                       NULL, NULL, NULL) == SQLITE_OK,
          "CREATE TABLE");
    return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *text)
{
    sqlite3_stmt *statement = NULL;
    check(sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) == SQLITE_OK, text);
    return statement;
}

static void run(sqlite3_stmt *statement)
{
    check(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, sqlite3_sql(statement));
}

static struct post *take_all(void)
{
    pthread_mutex_lock(&lock);
    while (first == NULL)
        pthread_cond_wait(&has_posts, &lock);
    struct post *taken = first;
    first = NULL;
    last = &first;
    pthread_mutex_unlock(&lock);
    return taken;
}

static void *keep_posts(void *arg)
{
    sqlite3 *db = arg;
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    sqlite3_stmt *insert = prepare(db, "INSERT INTO post (body) VALUES (?)");
    for (;;) {
        struct post *group = take_all();
        run(begin);
        for (struct post *post = group; post != NULL; post = post->next) {
            sqlite3_bind_text(insert, 1, post->body, (int)post->length, SQLITE_STATIC);
            run(insert);
        }
        run(commit);
        for (struct post *post = group, *next; post != NULL; post = next) {
            next = post->next; /* once resumed, the post is the server's again */
            post->stage = KEPT;
            MHD_resume_connection(post->connection);
        }
    }
    return NULL;
}

/* ---- Posts ---- */

static void hand_over(struct post *post)
{
    MHD_suspend_connection(post->connection);
    pthread_mutex_lock(&lock);
    post->next = NULL;
    *last = post;
    last = &post->next;
    pthread_cond_signal(&has_posts);
    pthread_mutex_unlock(&lock);
}

static enum MHD_Result answer(struct MHD_Connection *connection)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Location", "/");
    enum MHD_Result result = MHD_queue_response(connection, 303, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **context)
{
    (void)arg, (void)url, (void)method, (void)version;
    struct post *post = *context;
    if (post == NULL) {
        *context = post = malloc(sizeof *post);
        check(post != NULL, "malloc");
        post->connection = connection;
        post->length = 0;
        post->stage = READING;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        check(*upload_size <= BODY_MOST - post->length, "a body this small");
        memcpy(post->body + post->length, upload, *upload_size);
        post->length += *upload_size;
        *upload_size = 0;
        return MHD_YES;
    }
    if (post->stage == KEPT)
        return answer(connection);
    hand_over(post);
    return MHD_YES;
}

static void done(void *arg, struct MHD_Connection *connection, void **context, enum MHD_RequestTerminationCode code)
{
    (void)arg, (void)connection, (void)code;
    free(*context);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return fputs("usage: bare_post PORT DATABASE\n", stderr), 2;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    pthread_t writer;
    pthread_create(&writer, NULL, keep_posts, open_database(argv[2]));
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)atoi(argv[1]), NULL, NULL,
                         handle, NULL, MHD_OPTION_NOTIFY_COMPLETED, done, NULL, MHD_OPTION_END);
    check(daemon != NULL, "listening");
    int signal_number;
    sigwait(&signals, &signal_number);
    return 0; /* what is under way is thrown away with the rest */
}
