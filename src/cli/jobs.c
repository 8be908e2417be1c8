/* guichet jobs list | replay: the mails and timers that failed, of every site. */
#include "store/jobs.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "jobs list [--site S] | replay NUMÉRO… | replay --all [--site S]";

enum { LISTED_MOST = 1000 };

struct databases VEC_OF(struct store *);

/* Those of one site; without it, all, and the common one, whose mails are those of accounts. */
static struct databases databases_of(struct installation *installation, struct arena *arena, const char *site)
{
    struct databases databases = {0};
    if (site == NULL)
        *vec_push(arena, &databases) = installation->common;
    struct estate *estate = installation_hold(installation);
    for (size_t i = 0; i < estate->sites.len; i++)
        if (site == NULL || str_eq(estate->sites.at[i].slug, str_of(site)))
            *vec_push(arena, &databases) = estate->sites.at[i].store;
    estate_release(installation, estate);
    if (databases.len == 0)
        fprintf(stderr, "guichet jobs : il n’y a pas de site « %s »\n", site);
    return databases;
}

/* ---- list ---- */

struct listing {
    struct arena *arena;
    struct failed_jobs failed;
};

static bool read_failed(struct tx *tx, void *arg, struct err *err)
{
    struct listing *listing = arg;
    listing->failed.len = 0;
    return jobs_failed(tx, listing->arena, 0, LISTED_MOST, &listing->failed, err);
}

static void print_failed(const struct store *store, const struct failed_job *failed)
{
    bool is_dead = failed->died != 0;
    struct datetime at = datetime_local(is_dead ? failed->died : failed->next);
    printf("%lld  %.*s  %.*s  essais : %d  %s %04d-%02d-%02d %02d:%02d  %.*s\n", (long long)failed->job.id,
           STR_ARG(store_name(store)), STR_ARG(failed->job.kind), failed->job.attempts,
           is_dead ? "abandonné le" : "prochain essai le", at.date.year, at.date.month, at.date.day, at.hour, at.minute,
           STR_ARG(failed->error));
}

static bool list(const struct databases *databases, struct arena *arena, struct err *err)
{
    for (size_t i = 0; i < databases->len; i++) {
        struct listing listing = {.arena = arena};
        if (!store_read(databases->at[i], read_failed, &listing, err))
            return false;
        for (size_t j = 0; j < listing.failed.len; j++)
            print_failed(databases->at[i], &listing.failed.at[j]);
    }
    return true;
}

/* ---- replay ---- */

static bool replay_all_in(struct tx *tx, void *replayed, struct err *err)
{
    return jobs_replay_all(tx, replayed, err);
}

static bool replay_all(const struct databases *databases, struct err *err)
{
    int64_t sum = 0;
    for (size_t i = 0; i < databases->len; i++) {
        int64_t replayed = 0;
        if (!store_write(databases->at[i], replay_all_in, &replayed, err))
            return false;
        sum += replayed;
    }
    printf("relancés : %lld\n", (long long)sum);
    return true;
}

static bool replay_in(struct tx *tx, void *id, struct err *err)
{
    return job_replay(tx, *(int64_t *)id, err);
}

/* In the database that has it. */
static bool replay_one(const struct databases *databases, const char *number, struct err *err)
{
    int64_t id;
    if (!str_to_int64(str_of(number), &id))
        return err_set(err, ERR_INVALID, "« %s » n’est pas un numéro de guichet jobs list.", number);
    err_set(err, ERR_NOT_FOUND, "Il n’y a pas de travail en échec %s.", number);
    for (size_t i = 0; i < databases->len && err->code == ERR_NOT_FOUND; i++)
        if (store_write(databases->at[i], replay_in, &id, err))
            return printf("relancé : %s\n", number) > 0;
    return false;
}

static bool replay(const struct databases *databases, const struct words *words, bool all, struct err *err)
{
    if (all)
        return replay_all(databases, err);
    for (size_t i = 1; i < words->len; i++)
        if (!replay_one(databases, words->at[i], err))
            return false;
    return true;
}

static int run_word(struct installation *installation, const struct words *words, const char *site, bool all,
                    struct arena *arena)
{
    struct err err = {0};
    struct databases databases = databases_of(installation, arena, site);
    if (databases.len == 0)
        return 1;
    bool ok = strcmp(words->at[0], "list") == 0 ? list(&databases, arena, &err) : replay(&databases, words, all, &err);
    return ok ? 0 : fail_with("jobs", &err);
}

static bool words_are_right(const struct words *words, bool all)
{
    if (words->len == 1 && strcmp(words->at[0], "list") == 0)
        return true;
    return words->len > 0 && strcmp(words->at[0], "replay") == 0 && all == (words->len == 1);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    bool all = option_is_set(options, count, "all");
    if (!words_are_right(words, all))
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status =
        installation == NULL ? 1 : run_word(installation, words, option_or(options, count, "site", NULL), all, arena);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     d’un site seulement"},
        {"all", true, NULL, "      tous ceux qui sont en échec"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_jobs = {"jobs", "montre et relance les courriels et les échéances en échec", run};
