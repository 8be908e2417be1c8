/* The circuit of one dossier told: the path that it took, as far as who looks may know of it. */
#include "workflow/model.h"

/* Of a status that may not be known, the place stays, so that the circuit still holds together. */
static void hide(struct outline_place *place)
{
    place->name = STR("Étape interne");
    place->colour = STR_EMPTY;
    place->does.len = 0;
    for (size_t i = 0; i < place->ways.len; i++)
        place->ways.at[i] =
            (struct outline_way){.kind = WAY_AT_ONCE, .what = STR("Suite interne"), .to = place->ways.at[i].to};
}

static bool may_be_of(const struct outline_way *way, enum history_author author)
{
    bool is_a_persons = way->kind == WAY_BUTTON || way->kind == WAY_SUBMIT;
    return author == AUTHOR_PROGRAM ? !is_a_persons : is_a_persons;
}

/* The history says where the dossier came to and who brought it there. Where several ways fit, it does not tell which:
 * none is marked. */
static void take_way(struct outline_place *from, size_t to, enum history_author author)
{
    struct outline_way *found = NULL;
    for (size_t i = 0; i < from->ways.len; i++) {
        struct outline_way *way = &from->ways.at[i];
        if (way->to != to || !may_be_of(way, author))
            continue;
        if (found)
            return;
        found = way;
    }
    if (found)
        found->is_taken = true;
}

static void arrive(struct outline_place *place, instant at)
{
    place->visits++;
    place->last = at;
}

void workflow_outline_of(const struct workflow_context *context, const struct dossier *dossier,
                         const struct actor *actor, const struct role_names *names, struct outline *out)
{
    struct engine engine = engine_reader(context, dossier, actor);
    const struct workflow *workflow = context->workflow;
    workflow_outline(context->arena, workflow, names, out);
    bool *is_known = arena_array_of(context->arena, bool, workflow->statuses.len);
    for (size_t i = 0; i < workflow->statuses.len; i++) {
        is_known[i] = status_may_be_known(&engine, &workflow->statuses.at[i].shown, actor);
        if (!is_known[i])
            hide(&out->statuses.at[i]);
    }
    const struct status *before = NULL;
    for (size_t i = 0; i < dossier->history.len; i++) {
        const struct history_entry *entry = &dossier->history.at[i];
        const struct status *status = workflow_status_get(workflow, entry->status);
        if (!status)
            continue;
        size_t at = (size_t)(status - workflow->statuses.at);
        size_t from = before ? (size_t)(before - workflow->statuses.at) : at;
        before = status;
        if (!is_known[at])
            continue;
        arrive(&out->statuses.at[at], entry->at);
        if (i > 0 && is_known[from])
            take_way(&out->statuses.at[from], at, entry->author);
    }
    const struct workflow_status *shown = workflow_visible_status(context, dossier, actor);
    const struct status *current = workflow_status_get(workflow, shown->id);
    if (current)
        out->statuses.at[current - workflow->statuses.at].is_current = true;
}
