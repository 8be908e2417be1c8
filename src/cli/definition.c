/* guichet definition log | diff | restore: the versions of one definition of a site. */
#include "definition/definition.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "definition log GENRE NOM --site S\n"
                            "        guichet definition diff GENRE NOM [VERSION [VERSION]] --site S\n"
                            "        guichet definition restore GENRE NOM VERSION --site S [--comment C]";

struct work {
    struct arena *arena;
    const struct words *words; /* what to do, kind, slug, versions */
    struct definitions history;
    struct definition before, after, asked;
    int64_t version;
    bool is_new;
};

static str word(const struct work *work, size_t index)
{
    return index < work->words->len ? str_of(work->words->at[index]) : STR_EMPTY;
}

static bool version_of(const struct work *work, size_t index, int64_t fallback, int64_t *out, struct err *err)
{
    str text = word(work, index);
    *out = fallback;
    return text.len == 0 || (str_to_int64(text, out) && *out > 0) ||
           err_set(err, ERR_INVALID, "« %.*s » n’est pas un numéro de version.", STR_ARG(text));
}

static bool read_history(struct tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    str kind = word(work, 1), slug = word(work, 2);
    if (!definition_history(tx, work->arena, kind, slug, &work->history, err))
        return false;
    return work->history.len > 0 || definition_current(tx, work->arena, kind, slug, &work->after, err);
}

/* Without versions: what the last one changed; with one: what has changed since. */
static bool read_two(struct tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    str kind = word(work, 1), slug = word(work, 2);
    int64_t before, after;
    if (!definition_current(tx, work->arena, kind, slug, &work->after, err) ||
        !version_of(work, 3, work->after.version - 1, &before, err) ||
        !version_of(work, 4, work->after.version, &after, err))
        return false;
    return (before == 0 || definition_at(tx, work->arena, kind, slug, before, &work->before, err)) &&
           definition_at(tx, work->arena, kind, slug, after, &work->after, err);
}

static bool restore(struct tx *tx, void *arg, struct err *err)
{
    struct work *work = arg;
    return definition_restore(tx, &work->asked, &work->version, &work->is_new, err);
}

static bool print_log(struct store *store, struct work *work, struct err *err)
{
    if (!store_read(store, read_history, work, err))
        return false;
    for (size_t i = 0; i < work->history.len; i++) {
        const struct definition *one = &work->history.at[i];
        printf("%4lld  %.*s  %.*s  %.*s\n", (long long)one->version, STR_ARG(instant_long(work->arena, one->at)),
               STR_ARG(one->author), STR_ARG(one->comment));
    }
    return true;
}

static bool print_diff(struct store *store, struct work *work, struct err *err)
{
    if (!store_read(store, read_two, work, err))
        return false;
    struct definition_changes changes = {0};
    json_t *before = work->before.version == 0 ? json_keep(work->arena, json_object())
                                               : json_parse(work->arena, work->before.json, err);
    json_t *after = json_parse(work->arena, work->after.json, err);
    if (before == NULL || after == NULL)
        return false;
    definition_compare(work->arena, before, after, &changes);
    printf("version %lld → version %lld\n", (long long)work->before.version, (long long)work->after.version);
    for (size_t i = 0; i < changes.len; i++)
        printf("  %s\n", definition_change_said(work->arena, &changes.at[i]).ptr);
    if (changes.len == 0)
        printf("  aucune différence\n");
    return true;
}

static bool restore_one(struct store *store, struct work *work, const char *comment, struct err *err)
{
    work->asked =
        (struct definition){.kind = word(work, 1), .slug = word(work, 2), .author = STR("guichet definition")};
    if (!version_of(work, 3, 0, &work->asked.version, err))
        return false;
    work->asked.comment = comment != NULL
                              ? str_of(comment)
                              : str_fmt(work->arena, "Retour à la version %lld", (long long)work->asked.version);
    if (!store_write(store, restore, work, err))
        return false;
    if (work->is_new)
        printf("version %lld, comme la version %lld\n", (long long)work->version, (long long)work->asked.version);
    else
        printf("la version %lld est déjà comme la version %lld\n", (long long)work->version,
               (long long)work->asked.version);
    return true;
}

static int work_on(struct installation *installation, struct work *work, const char *slug, const char *comment)
{
    struct err err = {0};
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, str_of(slug));
    str what = word(work, 0);
    bool ok = false;
    if (site == NULL)
        err_set(&err, ERR_NOT_FOUND, "Il n’y a pas de site « %s ».", slug);
    else if (str_eq(what, STR("log")))
        ok = print_log(site->store, work, &err);
    else if (str_eq(what, STR("diff")))
        ok = print_diff(site->store, work, &err);
    else
        ok = restore_one(site->store, work, comment, &err);
    estate_release(installation, estate);
    return ok ? 0 : fail_with("definition", &err);
}

static bool is_asked_well(const struct words *words)
{
    static const struct {
        const char *word;
        size_t least, most;
    } known[] = {{"log", 3, 3}, {"diff", 3, 5}, {"restore", 4, 4}};
    for (size_t i = 0; words->len > 0 && i < sizeof known / sizeof *known; i++)
        if (strcmp(words->at[0], known[i].word) == 0)
            return words->len >= known[i].least && words->len <= known[i].most;
    return false;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    struct work work = {.arena = arena, .words = words};
    if (!is_asked_well(words) || !option_is_set(options, count, "site"))
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1
                                      : work_on(installation, &work, option_or(options, count, "site", ""),
                                                option_or(options, count, "comment", NULL));
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site"},
        {"comment", false, NULL, "C     pourquoi revenir à cette version"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_definition = {"definition",
                                           "montre et compare les versions d’une définition, et y revient", run};
