/* guichet workflow migrate: has the open requests of a circuit go over to its version in service. */
#include "cli/workflow_migrate.h"

#include <stdio.h>
#include <string.h>

/* « old=new », several with commas, in --map and in the words behind the circuit. */
static bool add_pairs(json_t *chosen, const char *text, struct err *err)
{
    str rest = str_of(text), pair, old, new;
    while (rest.len > 0) {
        str_cut(rest, ',', &pair, &rest);
        if (!str_cut(pair, '=', &old, &new) || old.len == 0 || new.len == 0)
            return err_set(err, ERR_INVALID, "« %.*s » : on attend ANCIEN=NOUVEAU, des identifiants de statuts.",
                           STR_ARG(pair));
        json_set_str(chosen, old, new);
    }
    return true;
}

static bool read_chosen(struct arena *arena, const struct words *words, const char *map, json_t **chosen,
                        struct err *err)
{
    *chosen = json_keep(arena, json_object());
    bool ok = map == NULL || add_pairs(*chosen, map, err);
    for (size_t i = 2; ok && i < words->len; i++)
        ok = add_pairs(*chosen, words->at[i], err);
    return ok;
}

static void print_plan(const struct upgrade_plan *plan)
{
    printf("circuit « %.*s », version %lld en service\n", STR_ARG(workflow_name(plan->workflow)),
           (long long)workflow_version(plan->workflow));
    for (size_t i = 0; i < plan->groups.len; i++) {
        const struct upgrade_group *group = &plan->groups.at[i];
        printf("%.*s, ", STR_ARG(group->form));
        if (!str_eq(group->workflow, workflow_slug(plan->workflow)))
            printf("circuit « %.*s », ", STR_ARG(group->workflow_name));
        printf("version %lld, statut « %.*s » (%.*s) : %lld ", (long long)group->version, STR_ARG(group->status_name),
               STR_ARG(group->status), (long long)group->count);
        if (group->target != NULL)
            printf("→ « %.*s » (%.*s)\n", STR_ARG(group->target->name), STR_ARG(group->target->id));
        else if (group->is_removed)
            printf("→ supprimées\n");
        else if (group->asks_removal)
            printf("→ à choisir (le circuit propose de les supprimer) : --map %.*s=_remove\n", STR_ARG(group->key));
        else
            printf("→ à choisir : --map %.*s=…\n", STR_ARG(group->key));
    }
    printf("dossiers à faire passer : %lld, dont à supprimer : %lld, sans statut d’arrivée : %lld\n",
           (long long)plan->count, (long long)plan->removed, (long long)plan->lacking);
}

/* Each batch has an arena of its own. */
static bool apply(const struct dossier_place *place, const struct upgrade_plan *plan, int64_t *left, struct err *err)
{
    struct upgrade upgrade = {.workflow = plan->workflow, .chosen = plan->chosen};
    while (!upgrade.is_over)
        if (!upgrade_go_on(place, &upgrade, err))
            return false;
    printf("passés à la version en service : %lld, restent : %lld\n", (long long)upgrade.done, (long long)upgrade.left);
    *left = upgrade.left;
    return true;
}

bool workflow_migrate(const struct dossier_place *place, const struct words *words, const char *map, bool applies,
                      struct err *err)
{
    json_t *chosen;
    struct upgrade_plan plan;
    int64_t left = 0;
    if (!read_chosen(place->arena, words, map, &chosen, err) ||
        !upgrade_make_plan(place, str_of(words->at[1]), chosen, &plan, err))
        return false;
    print_plan(&plan);
    if (plan.lacking > 0)
        return err_set(err, ERR_INVALID,
                       "Des statuts n’ont pas de suite dans le circuit en service : rien n’est fait.");
    if (applies && !apply(place, &plan, &left, err))
        return false;
    return left == 0 || err_set(err, ERR_CONFLICT, "Des demandes attendent un autre service : relancez plus tard.");
}
