/* guichet access create | revoke | list: the API accesses of a site, for other programs. */
#include "access/access.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "access create --site S --identifier I [--role R,R] [--key-stdin]"
                            " | revoke --site S --identifier I | list --site S";

static bool read_roles(const struct site *site, struct arena *arena, str list, struct access *access, struct err *err)
{
    struct VEC_OF(str) roles = {0};
    for (str role, rest = list; str_next(&rest, ',', &role);) {
        if (site_role(site, role) == NULL)
            return err_set(err, ERR_NOT_FOUND, "le site « %.*s » n’a pas de rôle « %.*s »", STR_ARG(site->slug),
                           STR_ARG(role));
        *vec_push(arena, &roles) = role;
    }
    access->roles = roles.at;
    access->role_count = roles.len;
    return true;
}

/* The key is shown once: only its hash is kept. */
static int create(struct installation *installation, const struct site *site, struct arena *arena,
                  const struct option *options, size_t count)
{
    struct err err = {0};
    bool is_given = option_is_set(options, count, "key-stdin");
    str key = is_given ? options_line(arena) : random_token(arena);
    struct access access = {.site = site->slug, .identifier = str_of(option_or(options, count, "identifier", ""))};
    if (!read_roles(site, arena, str_of(option_or(options, count, "role", "")), &access, &err) ||
        !access_create(installation->common, &access, key, &err))
        return fail_with("access", &err);
    printf("%.*s%s%.*s\n", STR_ARG(access.identifier), is_given ? "" : ":", is_given ? 0 : (int)key.len, key.ptr);
    return 0;
}

static int list(struct installation *installation, const struct site *site, struct arena *arena)
{
    struct err err = {0};
    struct accesses accesses = {0};
    if (!access_list(installation->common, arena, site->slug, &accesses, &err))
        return fail_with("access", &err);
    for (size_t i = 0; i < accesses.len; i++) {
        str day = date_iso(arena, datetime_local(accesses.at[i].created).date);
        printf("%-24.*s %.*s ", STR_ARG(accesses.at[i].identifier), STR_ARG(day));
        for (size_t k = 0; k < accesses.at[i].role_count; k++)
            printf(" %.*s", STR_ARG(accesses.at[i].roles[k]));
        printf("\n");
    }
    return 0;
}

static int revoke(struct installation *installation, const struct site *site, const char *identifier)
{
    struct err err = {0};
    return access_remove(installation->common, site->slug, str_of(identifier), &err) ? 0 : fail_with("access", &err);
}

static int run_at(struct installation *installation, const struct site *site, const char *word, struct arena *arena,
                  const struct option *options, size_t count)
{
    if (strcmp(word, "create") == 0)
        return create(installation, site, arena, options, count);
    if (strcmp(word, "revoke") == 0)
        return revoke(installation, site, option_or(options, count, "identifier", ""));
    return strcmp(word, "list") == 0 ? list(installation, site, arena) : options_misused(usage);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    if (words->len == 0)
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    if (installation == NULL)
        return 1;
    const char *slug = option_or(options, count, "site", "");
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, str_of(slug));
    int status = 1;
    if (site == NULL)
        fprintf(stderr, "guichet access : il n’y a pas de site « %s »\n", slug);
    else
        status = run_at(installation, site, words->at[0], arena, options, count);
    estate_release(installation, estate);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     nom court du site"},
        {"identifier", false, NULL, "I     ce que le programme envoie comme nom"},
        {"role", false, NULL, "R,R   ses rôles : il voit et fait ce qu’un agent qui les a peut voir et faire"},
        {"key-stdin", true, NULL, "      prend la clé sur l’entrée standard au lieu d’en tirer une"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_access = {"access", "ouvre et ferme l’API à d’autres programmes", run};
