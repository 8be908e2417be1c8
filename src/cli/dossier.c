/* guichet dossier export: what was filed with a form, as a file; all of it. */
#include "cli/cli.h"
#include "cli/options.h"
#include "exports/exports.h"

#include <string.h>

static const char usage[] = "dossier export FORMULAIRE FICHIER --site S [options]\n\n"
                            "Le fichier finit par .csv, .ods ou .json. « - » : du CSV sur la sortie.";

enum { PIECE_MOST = 64 << 20 };

static bool write_pieces(struct export *export, FILE *file, struct err *err)
{
    struct arena *arena = arena_new();
    bool is_last = false, ok = true;
    while (ok && !is_last) {
        struct buf piece = buf_new(arena, PIECE_MOST);
        ok = export_next(export, arena, &piece, &is_last, err) &&
             (!piece.overflowed || err_set(err, ERR_TOO_LARGE, "Des réponses sont trop longues."));
        if (ok && fwrite(piece.ptr, 1, piece.len, file) != piece.len)
            ok = err_set(err, ERR_UNAVAILABLE, "Le fichier n’a pas pu être écrit jusqu’au bout.");
        arena_reset(arena);
    }
    arena_free(arena);
    return ok;
}

static bool format_of(const char *path, enum export_format *format)
{
    *format = EXPORT_CSV;
    const char *dot = strrchr(path, '.');
    return strcmp(path, "-") == 0 || (dot != NULL && export_format_called(str_of(dot + 1), format));
}

static int write_to(struct export *export, const char *path)
{
    struct err err = {0};
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (file == NULL)
        return err_set(&err, ERR_INVALID, "%s : ce fichier ne s’écrit pas.", path), fail_with("dossier", &err);
    bool ok = write_pieces(export, file, &err);
    if ((file == stdout ? fflush(file) : fclose(file)) != 0 && ok)
        ok = err_set(&err, ERR_UNAVAILABLE, "%s : tout n’est pas écrit.", path);
    return ok ? 0 : fail_with("dossier", &err);
}

static int run_at(struct installation *installation, struct arena *arena, const struct words *words, const char *slug)
{
    struct err err = {0};
    struct actor actor = {.name = STR("guichet dossier"), .is_agent = true, .is_admin = true};
    struct estate *estate = installation_hold(installation);
    const struct site *site = sites_by_slug(&estate->sites, str_of(slug));
    struct place place;
    const struct form *form = NULL;
    enum export_format format;
    if (site != NULL) {
        place_make(&place, installation, estate, site, arena, NULL);
        place.dossiers.in_backoffice = true;
        form = catalogue_form(place.catalogue, str_of(words->at[1]), 0);
    }
    int status = 1;
    if (form == NULL)
        err_set(&err, ERR_NOT_FOUND, site == NULL ? "Il n’y a pas de tel site." : "Il n’y a pas de tel formulaire."),
            fail_with("dossier", &err);
    else if (!format_of(words->at[2], &format))
        err_set(&err, ERR_INVALID, "%s : le nom finit par .csv, .ods ou .json.", words->at[2]),
            fail_with("dossier", &err);
    else
        status = write_to(export_begin(&place.dossiers, form,
                                       &(struct dossier_query){.actor = &actor, .sort = DOSSIER_OLDEST}, format),
                          words->at[2]);
    estate_release(installation, estate);
    return status;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    if (words->len != 3 || strcmp(words->at[0], "export") != 0 || !option_is_set(options, count, "site"))
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : run_at(installation, arena, words, option_or(options, count, "site", ""));
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_dossier = {"dossier", "écrit les demandes d’un formulaire (CSV, ODS, JSON)", run};
