/* guichet card: the cards of a model from a file, or into one. */
#include "cards/cards.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <string.h>
#include <unistd.h>

static const char usage[] = "card import|export MODÈLE FICHIER --site S [options]\n\n"
                            "Le fichier est du CSV, ou du JSON s’il finit par .json. « - » : l’entrée ou la sortie.";

static bool write_file(void *arg, str bytes)
{
    return fwrite(bytes.ptr, 1, bytes.len, arg) == bytes.len;
}

/* The reader goes through the file twice: what comes by a pipe is kept first. */
static FILE *open_input(const char *path, struct err *err)
{
    FILE *file = strcmp(path, "-") == 0 ? tmpfile() : fopen(path, "rb");
    char piece[64 << 10];
    if (file == NULL) {
        err_set(err, ERR_INVALID, "%s : ce fichier ne se lit pas.", path);
        return NULL;
    }
    if (strcmp(path, "-") != 0)
        return file;
    for (size_t got; (got = fread(piece, 1, sizeof piece, stdin)) > 0;)
        fwrite(piece, 1, got, file);
    rewind(file);
    return file;
}

static int print_report(const struct cards_report *report, const struct cards_options *options)
{
    for (size_t i = 0; i < report->problems.len; i++)
        fprintf(stderr, "ligne %zu : %.*s\n", report->problems.at[i].line, STR_ARG(report->problems.at[i].message));
    if (report->wrong > report->problems.len)
        fprintf(stderr, "… et %zu autres.\n", report->wrong - report->problems.len);
    if (report->is_windows)
        fprintf(stderr, "Le fichier n’est pas en UTF-8 : il a été lu comme du Windows-1252.\n");
    printf("Lignes lues : %zu. Fiches créées : %zu, modifiées : %zu, sans changement : %zu. Lignes fausses : %zu%s.\n",
           report->rows, report->created, report->changed, report->unchanged, report->wrong,
           report->is_written ? ""
           : options->is_dry  ? ", rien n’est écrit (essai)"
                              : ", rien n’est écrit");
    return report->wrong > 0 ? 1 : 0;
}

static int import(const struct dossier_place *place, const struct form *model, const char *path,
                  const struct cards_options *options)
{
    struct err err = {0};
    struct cards_report report = {0};
    FILE *file = open_input(path, &err);
    bool ok = file != NULL && cards_import(place, model, file, options, &report, &err);
    if (file != NULL)
        fclose(file);
    return ok ? print_report(&report, options) : fail_with("card", &err);
}

static int export(const struct dossier_place *place, const struct form *model, const char *path,
                  const struct cards_options *options)
{
    struct err err = {0};
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (file == NULL)
        return err_set(&err, ERR_INVALID, "%s : ce fichier ne s’écrit pas.", path), fail_with("card", &err);
    bool ok = cards_export(place, model, options->actor, options->format, write_file, file, &err);
    if ((file == stdout ? fflush(file) : fclose(file)) != 0 && ok)
        ok = err_set(&err, ERR_UNAVAILABLE, "%s : tout n’est pas écrit.", path);
    return ok ? 0 : fail_with("card", &err);
}

static int run_at(struct installation *installation, struct arena *arena, const struct words *words,
                  const struct option *options, size_t count)
{
    struct err err = {0};
    struct actor actor = {.name = STR("guichet card"), .is_agent = true, .is_admin = true};
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, str_of(option_or(options, count, "site", "")));
    struct place place;
    const struct form *model = NULL;
    if (site != NULL) {
        place_make(&place, installation, estate, site, arena, NULL);
        place.dossiers.in_backoffice = true;
        model = catalogue_card(place.catalogue, str_of(words->at[1]), 0);
    }
    struct cards_options how = {.format = str_ends(str_of(words->at[2]), STR(".json")) ? CARDS_JSON : CARDS_CSV,
                                .actor = &actor,
                                .skips_wrong = option_is_set(options, count, "skip"),
                                .is_dry = option_is_set(options, count, "dry-run")};
    int status = 1;
    if (model == NULL)
        err_set(&err, ERR_NOT_FOUND,
                site == NULL ? "Il n’y a pas de tel site." : "Il n’y a pas de tel modèle de fiche."),
            fail_with("card", &err);
    else if (strcmp(words->at[0], "import") == 0)
        status = import(&place.dossiers, model, words->at[2], &how);
    else
        status = export(&place.dossiers, model, words->at[2], &how);
    estate_release(installation, estate);
    return status;
}

static bool words_are_right(const struct words *words)
{
    return words->len == 3 && (strcmp(words->at[0], "import") == 0 || strcmp(words->at[0], "export") == 0);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    if (!words_are_right(words) || !option_is_set(options, count, "site"))
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : run_at(installation, arena, words, options, count);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site"},
        {"skip", true, NULL, "      passe les lignes fausses et écrit les autres (sinon : tout ou rien)"},
        {"dry-run", true, NULL, "lit et rend compte, n’enregistre rien"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_card = {"card", "lit et écrit les fiches d’un modèle (CSV, JSON)", run};
