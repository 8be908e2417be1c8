/* guichet check: what is wrong in what the sites have loaded. */
#include "cli/cli.h"
#include "cli/options.h"
#include "lint/lint.h"

#include <stdio.h>
#include <string.h>

static const char usage[] = "check [--site S] [--report json]";

struct counts {
    size_t errors, warnings;
};

static void print_place(const struct lint_finding *finding)
{
    if (finding->where.len > 0)
        printf(", %.*s", STR_ARG(finding->where));
    if (finding->line > 0)
        printf(", ligne %d, colonne %d", finding->line, finding->column);
}

static void print_text(const struct site *site, const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct lint_finding *finding = &findings->at[i];
        printf("%s  %.*s : %.*s/%.*s", finding->is_error ? "erreur       " : "avertissement", STR_ARG(site->slug),
               STR_ARG(finding->kind), STR_ARG(finding->slug));
        print_place(finding);
        if (finding->construct.len > 0)
            printf(" [%.*s]", STR_ARG(finding->construct));
        printf("\n               %.*s\n", STR_ARG(finding->message));
    }
}

static void add_json(json_t *list, const struct site *site, const struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->len; i++) {
        const struct lint_finding *finding = &findings->at[i];
        json_t *one = json_object();
        json_set_str(one, STR("site"), site->slug);
        json_set_str(one, STR("kind"), finding->kind);
        json_set_str(one, STR("slug"), finding->slug);
        json_set_str(one, STR("where"), finding->where);
        json_set(one, STR("line"), json_integer(finding->line));
        json_set(one, STR("column"), json_integer(finding->column));
        json_set_str(one, STR("severity"), finding->is_error ? STR("erreur") : STR("avertissement"));
        json_set_str(one, STR("construct"), finding->construct);
        json_set_str(one, STR("rule"), finding->rule);
        json_set_str(one, STR("message"), finding->message);
        json_array_append_new(list, one);
    }
}

/* list: where JSON goes; NULL: text is printed. */
static bool check_site(struct installation *installation, struct estate *estate, const struct site *site, json_t *list,
                       struct counts *counts, struct err *err)
{
    struct arena *arena = arena_new();
    struct place place;
    struct lint_findings findings = {0};
    place_make(&place, installation, estate, site, arena, NULL);
    place_ask_nobody(&place);
    struct lint_place looked_at = {site, place.catalogue, &place.dossiers};
    bool ok = lint_site(arena, &looked_at, &findings, err);
    for (size_t i = 0; i < findings.len; i++)
        *(findings.at[i].is_error ? &counts->errors : &counts->warnings) += 1;
    if (list != NULL)
        add_json(list, site, &findings);
    else
        print_text(site, &findings);
    arena_free(arena);
    return ok;
}

static int check(struct installation *installation, const char *slug, bool is_json)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    struct counts counts = {0};
    json_t *list = is_json ? json_keep(arena, json_array()) : NULL;
    struct estate *estate = installation_hold(installation);
    bool ok = slug == NULL || sites_by_slug(&estate->sites, str_of(slug)) != NULL ||
              err_set(&err, ERR_NOT_FOUND, "Il n’y a pas de site « %s ».", slug);
    for (size_t i = 0; ok && i < estate->sites.len; i++)
        if (slug == NULL || str_eq(estate->sites.at[i].slug, str_of(slug)))
            ok = check_site(installation, estate, &estate->sites.at[i], list, &counts, &err);
    estate_release(installation, estate);
    if (ok && is_json)
        printf("%s\n", json_text_pretty(arena, json_keep(arena, json_pack("{s:O}", "findings", list))).ptr);
    else if (ok)
        printf("%zu erreur%s, %zu avertissement%s\n", counts.errors, counts.errors > 1 ? "s" : "", counts.warnings,
               counts.warnings > 1 ? "s" : "");
    arena_free(arena);
    return !ok ? fail_with("check", &err) : counts.errors > 0;
}

static int run_words(struct arena *arena, const struct words *words, const struct option *options, size_t count)
{
    (void)arena;
    bool is_json = strcmp(option_or(options, count, "report", "text"), "json") == 0;
    if (words->len > 0)
        return options_misused(usage);
    struct installation *installation = options_open(options, count);
    int status = installation == NULL ? 1 : check(installation, option_or(options, count, "site", NULL), is_json);
    installation_close(installation);
    return status;
}

static int run(int argc, char **argv)
{
    struct option options[] = {
        OPTIONS_OF_PLACE,
        {"site", false, NULL, "S     ce site seulement (défaut : tous)"},
        {"report", false, NULL, "json  le compte rendu pour une machine"},
    };
    return options_run(argc, argv, options, sizeof options / sizeof *options, usage, run_words);
}

const struct command command_check = {"check", "dit ce qui ne va pas dans les définitions chargées", run};
