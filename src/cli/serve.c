/* guichet serve: opens the counter and keeps it until SIGTERM. */
#include "cli/cli.h"
#include "cli/options.h"
#include "web/web.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { JOB_THREADS = 6, REFRESH_SECONDS = 2 };
enum { KEPT_MEMORY = 32 << 20, MAPPED_MEMORY = 8 << 20, PADDING = 1 << 20 };

/* What one request frees serves the next; giving it back to the system in between cost a twentieth of a filing. */
static void keep_freed_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    mallopt(M_MMAP_THRESHOLD, MAPPED_MEMORY);
    mallopt(M_TOP_PAD, PADDING);
}

static void block_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Definitions and sites that another process saved come into service here. */
static void wait_for_end(struct installation *installation, const sigset_t *signals)
{
    const struct timespec pause = {.tv_sec = REFRESH_SECONDS};
    while (sigtimedwait(signals, NULL, &pause) < 0) {
        struct err err = {0};
        if (!installation_refresh(installation, &err))
            log_err("refresh", &err);
    }
}

/* All that requests rely on (the port in links, the runner of jobs) is there before the first one. */
static struct http_server *start(struct installation *installation, struct web *web, int listening, bool is_https,
                                 struct err *err)
{
    installation->public_scheme = is_https ? STR("https") : STR("http");
    installation->public_port = is_https ? 0 : http_port(listening);
    installation_run_jobs(installation, JOB_THREADS);
    return http_start(web_app(web), listening, err);
}

/* Mails are shown only by a counter that nobody else can reach: links in them open accounts. */
static bool is_demonstration(const struct installation *installation, const struct option *options, size_t count)
{
    const char *address = option_or(options, count, "address", "127.0.0.1");
    bool is_local = strcmp(address, "127.0.0.1") == 0 || strcmp(address, "::1") == 0;
    bool is_demonstration = installation->relay.url.len == 0 && is_local && !option_is_set(options, count, "https") &&
                            !option_is_set(options, count, "behind-proxy");
    if (installation->relay.url.len == 0 && !is_demonstration)
        log_line(LOG_WARNING, "mail.no-relay", "message=\"no --smtp: mails are kept, none leaves\"");
    return is_demonstration;
}

static int serve(struct installation *installation, const struct option *options, size_t count, const sigset_t *signals)
{
    struct err err = {0};
    struct arena *arena = arena_new();
    int64_t port = 0;
    int listening = -1;
    bool is_https = option_is_set(options, count, "https");
    const char *uploads = str_fmt(arena, "%s/uploads", stores_folder(installation->stores)).ptr;
    if (!str_to_int64(str_of(option_or(options, count, "port", "8080")), &port) || port < 0 || port > 65535)
        err_set(&err, ERR_INVALID, "--port takes a number from 0 to 65535");
    struct web_settings settings = {is_https, option_is_set(options, count, "behind-proxy"), uploads,
                                    option_is_set(options, count, "no-brake")};
    struct web *web = web_new(installation, &settings);
    struct http_server *server = NULL;
    if (err.code == ERR_NONE && stores_serve(installation->stores, &err) && file_make_folder(uploads, &err))
        listening = http_listen(option_or(options, count, "address", "127.0.0.1"), (int)port, &err);
    installation->is_demonstration = is_demonstration(installation, options, count);
    if (listening >= 0)
        server = start(installation, web, listening, is_https, &err);
    if (server != NULL) {
        printf("Guichet ouvert : http://%s:%d/\n", "localhost", http_port(listening));
        fflush(stdout);
        wait_for_end(installation, signals);
        http_stop(server);
    }
    web_free(web);
    arena_free(arena);
    return server == NULL ? fail_with("serve", &err) : 0;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)arena;
    (void)words;
    sigset_t signals;
    block_signals(&signals);
    keep_freed_memory();
    struct installation *installation = options_open(options, count);
    if (installation != NULL) {
        const char *smtp = getenv("GUICHET_SMTP");
        installation->relay.url = str_of(option_or(options, count, "smtp", smtp != NULL ? smtp : ""));
        installation->scanner = str_of(option_or(options, count, "clamd", ""));
        installation->relay.from = str_of(option_or(options, count, "smtp-from", "guichet@localhost"));
    }
    int status = installation == NULL ? 1 : serve(installation, options, count, &signals);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"port", false, NULL, "N     port (défaut : 8080 ; 0 : un port libre)"},
        {"address", false, NULL, "IP    adresse d’écoute (défaut : 127.0.0.1)"},
        {"smtp", false, NULL,
         "URL   relais de courrier, smtp://hôte:25 ; sans lui, sur 127.0.0.1, les courriels sont montrés à "
         "/courriels/"},
        {"smtp-from", false, NULL, "E     expéditeur des courriels"},
        {"clamd", false, NULL,
         "A     antivirus qui contrôle les fichiers reçus et ouverts : unix:/run/clamav/clamd.ctl, ou hôte:port"},
        {"https", true, NULL, "      l’adresse publique est en https (cookies Secure, HSTS)"},
        {"behind-proxy", true, NULL, "croit X-Forwarded-For : un serveur est devant"},
        {"no-brake", true, NULL, "   envois sans compte ni limite ni confirmation : essais de charge"},
        {"pages", false, NULL, "DIR   lit templates/ et assets/ ici plutôt que dans le programme"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, "serve [OPTIONS]", run_words);
}

const struct command command_serve = {"serve", "ouvre le guichet", run};
