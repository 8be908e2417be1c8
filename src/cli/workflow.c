/* guichet workflow draw: a circuit of a site as a picture or a table; migrate: workflow_migrate.c. */
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/workflow_migrate.h"
#include "picture/picture.h"

#include <string.h>

static const char usage[] = "workflow draw CIRCUIT --site S [--to FICHIER] [--table]\n\n"
                            "Le circuit en service, dessiné (SVG), ou dit par un tableau (Markdown).\n\n"
                            "       guichet workflow migrate CIRCUIT --site S [--map ANCIEN=NOUVEAU…] [--apply]\n\n"
                            "Où en sont les demandes en cours qui suivent une version plus ancienne, et le statut où\n"
                            "chacune continuerait ; --apply les y fait passer.";

struct work {
    struct arena *arena;
    struct installation *installation;
    struct place place;
    const struct workflow *workflow;
    const struct option *options;
    size_t option_count;
};

static str role_name(void *data, str slug)
{
    const struct role *role = site_role(data, slug);
    return role != NULL ? role->name : STR_EMPTY;
}

static bool write_text(str text, const char *path, struct err *err)
{
    FILE *file = path == NULL ? stdout : fopen(path, "wb");
    if (file == NULL)
        return err_set(err, ERR_INVALID, "%s : ce fichier ne s’écrit pas.", path);
    bool ok = fwrite(text.ptr, 1, text.len, file) == text.len;
    if ((path == NULL ? fflush(file) : fclose(file)) != 0)
        ok = false;
    return ok || err_set(err, ERR_UNAVAILABLE, "Tout n’est pas écrit.");
}

static bool draw(struct work *work, struct err *err)
{
    struct role_names names = {(void *)(uintptr_t)work->place.site, role_name};
    struct outline outline;
    str text;
    workflow_outline(work->arena, work->workflow, &names, &outline);
    if (option_is_set(work->options, work->option_count, "table"))
        text = picture_table(work->arena, &outline);
    else if (!picture_draw(work->arena, &outline, &text, err))
        return false;
    return write_text(text, option_or(work->options, work->option_count, "to", NULL), err);
}

static bool find(struct work *work, struct estate *estate, const char *slug, struct err *err)
{
    const char *site_slug = option_or(work->options, work->option_count, "site", "");
    const struct site *site = sites_by_slug(&estate->sites, str_of(site_slug));
    if (site == NULL)
        return err_set(err, ERR_NOT_FOUND, "Il n’y a pas de site « %s ».", site_slug);
    place_make(&work->place, work->installation, estate, site, work->arena, NULL);
    work->workflow = catalogue_workflow(work->place.catalogue, str_of(slug), 0);
    return work->workflow != NULL || err_set(err, ERR_NOT_FOUND, "Il n’y a pas de circuit « %s ».", slug);
}

static bool migrate(struct work *work, const struct words *words, struct err *err)
{
    return workflow_migrate(&work->place.dossiers, words, option_or(work->options, work->option_count, "map", NULL),
                            option_is_set(work->options, work->option_count, "apply"), err);
}

static bool words_are_right(const struct words *words)
{
    return (words->len == 2 && strcmp(words->at[0], "draw") == 0) ||
           (words->len >= 2 && strcmp(words->at[0], "migrate") == 0);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    if (!words_are_right(words) || !option_is_set(options, count, "site"))
        return options_misused(usage);
    struct work work = {.arena = arena, .options = options, .option_count = count};
    struct err err = {0};
    work.installation = options_open(options, count);
    if (work.installation == NULL)
        return 1;
    struct estate *estate = installation_hold(work.installation);
    bool ok = find(&work, estate, words->at[1], &err) &&
              (strcmp(words->at[0], "draw") == 0 ? draw(&work, &err) : migrate(&work, words, &err));
    estate_release(work.installation, estate);
    installation_close(work.installation);
    return ok ? 0 : fail_with("workflow", &err);
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site"},
        {"to", false, NULL, "FICHIER où l’écrire (sinon : la sortie)"},
        {"table", true, NULL, "      le tableau au lieu du dessin"},
        {"map", false, NULL, "A=N   le statut N continue pour A"},
        {"apply", true, NULL, "      le fait (sinon : le dit)"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_workflow = {"workflow",
                                         "dessine un circuit, fait passer ses demandes à sa version en service", run};
