/* The report, as people read it. */
#include "rehearse/rehearse.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN_MOST = 12 };

static void print_counts(const json_t *form, const char *key, const char *done, const char *what)
{
    const json_t *counts = json_dict(form, key);
    printf(", %lld/%lld %s", (long long)json_int(counts, done), (long long)json_int(counts, "total"), what);
}

static str text_of(const json_t *one)
{
    return json_is_string(one) ? json_str_of(one) : json_str(one, "label");
}

static void print_list(const char *title, const json_t *list)
{
    size_t count = json_array_size(list);
    if (count == 0)
        return;
    printf("    %s :", title);
    for (size_t i = 0; i < count && i < SHOWN_MOST; i++)
        printf("%s « %.*s »", i > 0 ? "," : "", STR_ARG(text_of(json_array_get(list, i))));
    if (count > SHOWN_MOST)
        printf(" … et %zu autres", count - SHOWN_MOST);
    printf("\n");
}

static void print_errors(const json_t *errors)
{
    for (size_t i = 0; i < json_array_size(errors) && i < SHOWN_MOST; i++) {
        const json_t *one = json_array_get(errors, i);
        str form = json_str(one, "form"), at = json_str(one, "at"), message = json_str(one, "message");
        printf("    ERREUR %.*s%s%.*s : %.*s\n", STR_ARG(form), form.len > 0 ? " " : "", STR_ARG(at), STR_ARG(message));
    }
}

static void print_journal(const json_t *journal)
{
    for (size_t i = 0; i < json_array_size(journal) && i < SHOWN_MOST; i++) {
        const json_t *line = json_array_get(journal, i);
        bool is_error = str_eq(json_str(line, "level"), STR("error"));
        printf("    %s %.*s %.*s (%lld fois)\n", is_error ? "ERREUR" : "défaut", STR_ARG(json_str(line, "event")),
               STR_ARG(json_str(line, "text")), (long long)json_int(line, "count"));
    }
}

static void print_faults(const json_t *faults)
{
    for (size_t i = 0; i < json_array_size(faults) && i < SHOWN_MOST; i++)
        printf("    défaut dans « %.*s » : %.*s\n", STR_ARG(json_str(json_array_get(faults, i), "status")),
               STR_ARG(json_str(json_array_get(faults, i), "text")));
}

static void print_ways(const json_t *ways)
{
    for (size_t i = 0; i < json_array_size(ways) && i < SHOWN_MOST; i++) {
        const json_t *way = json_array_get(ways, i);
        str label = json_str(way, "label").len > 0 ? json_str(way, "label") : json_str(way, "action");
        printf("        de « %.*s » par « %.*s » : %.*s\n", STR_ARG(json_str(way, "from")), STR_ARG(label),
               STR_ARG(json_str(way, "because")));
    }
}

static void print_missing(const json_t *statuses)
{
    const char *status;
    json_t *ways;
    json_object_foreach((json_t *)(uintptr_t)json_dict(statuses, "why"), status, ways)
    {
        printf("    statut jamais atteint « %s »%s\n", status, json_array_size(ways) == 0 ? " : rien n’y mène" : "");
        print_ways(ways);
    }
}

/* What came only where options of the circuit were set otherwise. */
static void print_turns(const json_t *turns)
{
    for (size_t i = 0; i < json_array_size(turns); i++) {
        const json_t *turn = json_array_get(turns, i);
        char *options = json_dumps(json_dict(turn, "options"), JSON_SORT_KEYS);
        printf("    avec d’autres réglages du traitement, statuts de plus : %lld, avec %s\n",
               (long long)json_int(turn, "reached"), options);
        free(options);
    }
}

static void print_refusals(const json_t *refusals)
{
    for (size_t i = 0; i < json_array_size(refusals) && i < SHOWN_MOST; i++)
        printf("    page « %.*s » : aucune réponse essayée ne passe : %.*s\n",
               STR_ARG(json_str(json_array_get(refusals, i), "page")),
               STR_ARG(json_str(json_array_get(refusals, i), "message")));
}

static void print_stops(const json_t *stops)
{
    for (size_t i = 0; i < json_array_size(stops) && i < SHOWN_MOST; i++)
        printf("    page « %.*s » : certaines réponses s’arrêtent là : %.*s\n",
               STR_ARG(json_str(json_array_get(stops, i), "page")),
               STR_ARG(json_str(json_array_get(stops, i), "message")));
}

void rehearsal_print_form(const json_t *form)
{
    str state = json_str(form, "state");
    const char *shown = str_eq(state, STR("filed"))     ? "ok    "
                        : str_eq(state, STR("closed"))  ? "fermé "
                        : str_eq(state, STR("refused")) ? "refusé"
                                                        : "ERREUR";
    const json_t *texts = json_dict(form, "texts");
    printf("%s %.*s : %lld dépôts", shown, STR_ARG(json_str(form, "form")), (long long)json_int(form, "filed"));
    print_counts(form, "pages", "reached", "pages");
    print_counts(form, "fields", "shown", "champs");
    print_counts(form, "statuses", "reached", "statuts");
    print_counts(form, "actions", "run", "actions");
    printf(", %zu courriels, %zu appels\n", json_array_size(json_list(form, "mails")),
           json_array_size(json_list(form, "calls")));
    print_errors(json_list(form, "errors"));
    print_journal(json_list(form, "journal"));
    print_faults(json_list(form, "faults"));
    print_stops(json_list(form, "stops"));
    print_refusals(json_list(form, "refusals"));
    print_list("réglages du traitement inventés pour l’essai", json_list(form, "options"));
    print_list("pages jamais atteintes", json_list(json_dict(form, "pages"), "missing"));
    print_list("champs jamais montrés", json_list(json_dict(form, "fields"), "missing"));
    print_turns(json_list(form, "option_turns"));
    print_missing(json_dict(form, "statuses"));
    print_list("actions jamais faites", json_list(json_dict(form, "actions"), "missing"));
    print_list("statuts d’où rien ne mène plus loin", json_list(form, "dead_ends"));
    print_list("textes toujours vides", json_list(texts, "empty"));
    print_list("conditions jamais vraies", json_list(texts, "never_held"));
    fflush(stdout);
}

static void print_unreached(const json_t *statuses, const char *what)
{
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *one = json_array_get(statuses, i), *ways = json_list(one, "ways");
        printf("    %s « %.*s »%s\n", what, STR_ARG(json_str(one, "status")),
               json_array_size(ways) == 0 ? " : rien n’y mène" : "");
        print_ways(ways);
    }
}

static void print_journal_errors(const json_t *journal)
{
    for (size_t i = 0; i < json_array_size(journal); i++) {
        const json_t *line = json_array_get(journal, i);
        if (str_eq(json_str(line, "level"), STR("error")))
            printf("    ERREUR %.*s %.*s\n", STR_ARG(json_str(line, "event")), STR_ARG(json_str(line, "text")));
    }
}

void rehearsal_print_workflow(const json_t *workflow)
{
    printf("traitement %.*s : %lld/%lld statuts atteints, %zu hors d’atteinte, %zu formulaires\n",
           STR_ARG(json_str(workflow, "workflow")), (long long)json_int(workflow, "reached"),
           (long long)json_int(workflow, "total"), json_array_size(json_list(workflow, "unreachable")),
           json_array_size(json_list(workflow, "forms")));
    print_errors(json_list(workflow, "errors"));
    print_journal_errors(json_list(workflow, "journal"));
    print_list("par un formulaire fait pour l’essai seulement", json_list(workflow, "only_made"));
    print_unreached(json_list(workflow, "unreachable"), "statut hors d’atteinte");
    print_unreached(json_list(workflow, "missing"), "statut jamais atteint");
    fflush(stdout);
}

void rehearsal_print_end(const json_t *report)
{
    const json_t *forms = json_list(report, "forms");
    double seconds = json_real_value(json_object_get(report, "seconds"));
    if (forms == NULL) {
        double filing = json_real_value(json_object_get(report, "filing_seconds"));
        print_errors(json_list(report, "errors"));
        print_journal(json_list(report, "journal"));
        printf("%lld demandes déposées, %lld en échec, en %.1f s (%.0f par seconde)\n",
               (long long)json_int(report, "filed"), (long long)json_int(report, "failed"), filing,
               filing > 0 ? (double)json_int(report, "filed") / filing : 0);
        return;
    }
    size_t failed = 0;
    for (size_t i = 0; i < json_array_size(forms); i++)
        failed += str_eq(json_str(json_array_get(forms, i), "state"), STR("failed"));
    printf("\n%zu formulaires, %zu en erreur, en %.0f s\n", json_array_size(forms), failed, seconds);
}
