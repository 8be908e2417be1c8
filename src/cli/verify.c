/* guichet verify: proves that the histories of all requests are what was written. */
#include "cli/cli.h"
#include "cli/options.h"

#include <stdio.h>

static const char usage[] =
    "verify [--site S]\n\n"
    "Relit l’historique de toutes les demandes et fiches, chaîné par des empreintes, et dit ce\n"
    "qui a été changé, retiré, ajouté ou déplacé. Rend 1 si quelque chose ne va pas.";

static void print_words(const struct history_fault *fault)
{
    long long position = (long long)fault->position, count = (long long)fault->count;
    switch (fault->kind) {
    case HISTORY_CHANGED:
        printf("l’entrée %lld a été changée", position);
        break;
    case HISTORY_ERASED:
        printf("le contenu de l’entrée %lld a été effacé sans que la demande soit anonymisée", position);
        break;
    case HISTORY_MISSING:
        printf("à partir de l’entrée %lld, il en manque %lld", position, count);
        break;
    case HISTORY_ADDED:
        printf("à partir de l’entrée %lld, %lld de trop", position, count);
        break;
    case HISTORY_MOVED:
        printf("l’entrée %lld a été déplacée", position);
        break;
    case HISTORY_CUT:
        printf("la fin manque : %lld à partir de l’entrée %lld", count, position);
        break;
    case HISTORY_END:
        printf("la dernière entrée, %lld, n’est pas celle que la demande désigne", position);
        break;
    case HISTORY_NO_DOSSIER:
        printf("%lld d’une demande supprimée ou inconnue", count);
        break;
    }
}

static void print_fault(void *data, const struct history_fault *fault)
{
    const struct site *site = data;
    printf("rompu  %.*s : ", STR_ARG(site->slug));
    if (fault->form.len)
        printf("%.*s %lld (%.*s) : ", STR_ARG(fault->form), (long long)fault->sequence, STR_ARG(fault->code));
    else
        printf("demande %lld : ", (long long)fault->dossier);
    print_words(fault);
    printf("\n");
}

static bool verify_site(const struct site *site, int64_t *faults, struct err *err)
{
    struct history_check check = {.tell = print_fault, .data = (void *)(uintptr_t)site};
    if (!dossiers_verify_histories(site->store, &check, err))
        return false;
    printf("%.*s : dossiers %lld, entrées %lld (effacées par anonymisation : %lld), ruptures : %lld\n",
           STR_ARG(site->slug), (long long)check.dossiers, (long long)check.entries, (long long)check.erased,
           (long long)check.faults);
    *faults += check.faults;
    return true;
}

static int verify(struct installation *installation, const char *slug)
{
    struct err err = {0};
    int64_t faults = 0;
    struct estate *estate = installation_hold(installation);
    bool ok = slug == NULL || sites_by_slug(&estate->sites, str_of(slug)) != NULL ||
              err_set(&err, ERR_NOT_FOUND, "Il n’y a pas de site « %s ».", slug);
    for (size_t i = 0; ok && i < estate->sites.len; i++)
        if (slug == NULL || str_eq(estate->sites.at[i].slug, str_of(slug)))
            ok = verify_site(&estate->sites.at[i], &faults, &err);
    estate_release(installation, estate);
    return ok ? faults != 0 : fail_with("verify", &err);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)arena;
    if (words->len != 0)
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : verify(installation, option_or(options, count, "site", NULL));
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     un site (sinon : tous)"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_verify = {"verify", "prouve que les historiques n’ont pas été altérés", run};
