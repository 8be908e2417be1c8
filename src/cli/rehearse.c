/* guichet rehearse: a site's definitions, played in a copy of it. */
#include "rehearse/rehearse.h"
#include "cli/cli.h"
#include "cli/options.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char usage[] = "rehearse --site S [--form F,F] [--report json] | rehearse --site S --count N [--into DIR]";

/* A number of an option; 0 where it is not given. */
static bool number_of(const struct option *options, size_t count, const char *name, int64_t *out)
{
    const char *value = option_or(options, count, name, NULL);
    *out = 0;
    if (value == NULL || (str_to_int64(str_of(value), out) && *out >= 0))
        return true;
    fprintf(stderr, "guichet rehearse : --%s demande un nombre\n", name);
    return false;
}

static bool read_settings(struct arena *arena, const struct option *options, size_t count, struct rehearsal *out)
{
    struct VEC_OF(str) forms = {0};
    int64_t seed;
    *out = (struct rehearsal){.site = str_of(option_or(options, count, "site", "")),
                              .into = option_or(options, count, "into", NULL),
                              .pages = option_or(options, count, "pages", NULL)};
    if (!number_of(options, count, "seed", &seed) || !number_of(options, count, "count", &out->count) ||
        !number_of(options, count, "time-limit", &out->seconds))
        return false;
    out->seed = (uint64_t)seed;
    for (str form, rest = str_of(option_or(options, count, "form", "")); str_next(&rest, ',', &form);)
        *vec_push(arena, &forms) = form;
    out->forms = forms.at;
    out->form_count = forms.len;
    if (out->into != NULL) {
        str url = str_fmt(arena, "sqlite:%s", out->into);
        out->into_store = str_of(option_or(options, count, "into-store", url.ptr));
    }
    return true;
}

static void print_line(const json_t *told)
{
    struct arena *arena = arena_new();
    printf("%s\n", json_text(arena, told).ptr);
    fflush(stdout);
    arena_free(arena);
}

/* Until whoever looks at the copy ends our input. */
static void stay_open(void)
{
    while (getchar() != EOF)
        ;
}

static int play(struct installation *real, const struct rehearsal *rehearsal, const struct option *options,
                size_t count, struct arena *arena)
{
    struct err err = {0};
    json_t *report;
    bool is_json = strcmp(option_or(options, count, "report", "text"), "json") == 0;
    str store = str_of(option_or(options, count, "store", ""));
    struct rehearsal told = *rehearsal;
    bool is_opened = option_is_set(options, count, "open");
    told.opened = is_opened ? stay_open : NULL;
    told.told = is_opened ? print_line : is_json ? NULL : rehearsal_print_form;
    told.told_workflow = is_json ? NULL : rehearsal_print_workflow;
    if (!rehearse(real, &told, str_starts(store, STR("postgres")) ? store : STR_EMPTY, arena, &report, &err))
        return fail_with("rehearse", &err);
    if (is_opened)
        return REHEARSAL_FINE;
    if (is_json)
        printf("%s\n", json_text_pretty(arena, report).ptr);
    else
        rehearsal_print_end(report);
    return rehearsal_status(report);
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)words;
    struct rehearsal rehearsal;
    if (!read_settings(arena, options, count, &rehearsal))
        return 2;
    signal(SIGPIPE, SIG_IGN);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : play(installation, &rehearsal, options, count, arena);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     le site, qui n’est que lu : tout se joue dans une copie"},
        {"form", false, NULL, "F,F   ces formulaires seulement"},
        {"report", false, NULL, "json  le compte rendu pour une machine"},
        {"seed", false, NULL, "N     ce qui est tiré au sort : le même nombre donne les mêmes réponses"},
        {"time-limit", false, NULL, "N     secondes au plus par formulaire"},
        {"count", false, NULL, "N     dépose N demandes, sans les suivre"},
        {"into", false, NULL, "DIR   fait la copie ici, et la garde"},
        {"into-store", false, NULL, "URL   le magasin de cette copie (défaut : sqlite: et son dossier)"},
        {"open", true, NULL, "dépose, dit les étapes, et laisse la copie servie jusqu’à la fin de l’entrée standard"},
        {"pages", false, NULL, "DIR   lit templates/ et assets/ ici plutôt que dans le programme"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_rehearse = {"rehearse",
                                         "joue les formulaires d’un site dans une copie, et dit ce qui cloche", run};
