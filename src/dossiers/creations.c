/* Dossiers that the action of another makes: computed within its change, written in its transaction. Until then they
 * are known to the templates of both by what is under way. */
#include "dossiers/tables.h"

enum { DEPTH_MOST = 10 };

/* w.c.s.: an action that made the dossier whose circuit runs does not make another. */
static bool goes_in_circles(const struct under_way *under_way, str action, struct err *err)
{
    size_t depth = 0;
    for (const struct under_way *one = under_way->around; one; one = one->around, depth++)
        if (str_eq(one->action, action) || depth > DEPTH_MOST)
            return !err_set(err, ERR_INVALID, "cette action tourne en rond, elle a créé la demande où elle se trouve.");
    return false;
}

static struct owner owner_of(const struct dossier_place *place, const struct association *association)
{
    const struct dossier *from = association->from;
    struct dossier_person person = {0};
    if (association->keeps_submitter)
        return (struct owner){from->account, from->submitter_name, from->email};
    if (!association->account || !place->person ||
        !place->person(place->data, place->arena, association->account, &person))
        return (struct owner){0};
    return (struct owner){person.account, person_name(place->arena, &person), person.email};
}

static struct filing filing_of(const struct dossier_place *place, const struct creation *creation)
{
    struct owner owner = owner_of(place, &creation->association);
    return (struct filing){.form = creation->target.form,
                           .answers = creation->answers,
                           .account = owner.account,
                           .submitter_name = owner.name,
                           .email = owner.email,
                           .channel = creation->channel,
                           .agent = creation->agent,
                           .maker = creation->association.from};
}

/* Told now, so that the dossier that makes it can go on; the transaction alone decides. */
static bool identifier_is_free(const struct dossier_place *place, const struct dossier *made, struct err *err)
{
    struct dossier *other;
    bool is_taken = made->identifier.len &&
                    dossier_find_by_identifier(place, made->form, made->identifier, &other, NULL) &&
                    other->id != made->id;
    for (const struct under_way *one = place->under_way; one && made->identifier.len && !is_taken; one = one->around)
        for (size_t i = 0; i < one->made.len; i++)
            is_taken |= one->made.at[i]->id != made->id && str_eq(one->made.at[i]->form, made->form) &&
                        str_eq(one->made.at[i]->identifier, made->identifier);
    return !is_taken || err_set(err, ERR_INVALID, "une autre fiche a déjà l’identifiant « %.*s ».",
                                STR_ARG(utf8_slice(made->identifier, 0, 80)));
}

bool creation_make(const struct dossier_place *place, struct under_way *under_way, const struct creation *creation,
                   struct change **made, struct err *err)
{
    if (!place->store)
        return err_set(err, ERR_UNAVAILABLE, "il n’y a pas de registre.");
    if (goes_in_circles(under_way, creation->action, err))
        return false;
    struct filing filing = filing_of(place, creation);
    struct change *change = arena_new_of(place->arena, struct change);
    str before = under_way->action;
    under_way->action = creation->action;
    bool ok = dossier_file_prepare(place, &filing, change, err) && identifier_is_free(place, change->after, err);
    under_way->action = before;
    if (ok)
        *vec_push(place->arena, &under_way->made) = change->after;
    *made = change;
    return ok;
}

void creation_begin(const struct dossier_place *place, const struct creation *creation, struct draft *out)
{
    const struct form *form = creation->target.form;
    struct owner owner = owner_of(place, &creation->association);
    draft_begin(place->arena, out, form->slug, form->version, owner.account, place_now(place), form->drafts_lifespan);
    out->answers = creation->answers;
    out->agent = creation->agent;
    out->channel = creation->channel;
    out->maker = creation->association.from->id;
    out->extent = creation->extent;
    out->extent_page = creation->extent_page;
}

/* The dossiers whose actions led here are written behind this one, from what they were: they can't be changed. */
bool rewriting_make(const struct dossier_place *place, struct under_way *under_way, const struct dossier *dossier,
                    const struct rewriting *rewriting, struct change **made, struct err *err)
{
    struct workflow_context context;
    struct owner owner = {0};
    struct event event = {.kind = EVENT_REWRITE, .answers = rewriting->answers};
    for (const struct under_way *one = under_way; one; one = one->around)
        if (one->dossier->id == dossier->id)
            return err_set(err, ERR_INVALID, "son propre circuit est en cours.");
    if (!context_of(place, dossier, &context))
        return err_set(err, ERR_INVALID, "son circuit n’existe plus.");
    if (rewriting->assigns) {
        owner = owner_of(place, &rewriting->association);
        event.owner = &owner;
    }
    *made = arena_new_of(place->arena, struct change);
    bool ok = workflow_perform(&context, dossier, &event, *made, err) &&
              card_identify(place, dossier_form(place, dossier), *made, err) &&
              identifier_is_free(place, (*made)->after, err);
    if (ok)
        *vec_push(place->arena, &under_way->made) = (*made)->after;
    return ok;
}

static struct dossier *find_under_way(const struct dossier_place *place, int64_t id)
{
    for (const struct under_way *one = place->under_way; one; one = one->around) {
        if (one->dossier && one->dossier->id == id)
            return (struct dossier *)(uintptr_t)one->dossier;
        for (size_t i = one->made.len; i > 0; i--)
            if (one->made.at[i - 1]->id == id)
                return one->made.at[i - 1];
    }
    return NULL;
}

struct dossier *dossier_as_by_now(const struct dossier_place *place, struct dossier *dossier)
{
    struct dossier *under_way = find_under_way(place, dossier->id);
    return under_way ? under_way : dossier;
}

/* ---- Drafts ---- */

/* What it would be, for the names that a template reads of it. */
static struct dossier *dossier_of_draft(const struct dossier_place *place, const struct draft *draft)
{
    struct dossier *dossier = arena_new_of(place->arena, struct dossier);
    *dossier = (struct dossier){.id = draft->id,
                                .form = draft->form,
                                .form_version = draft->form_version,
                                .account = draft->account,
                                .agent = draft->agent,
                                .channel = draft->channel,
                                .received = draft->created,
                                .updated = draft->updated,
                                .arrived = draft->created,
                                .answers = draft->answers,
                                .data = json_keep(place->arena, json_object()),
                                .marks = json_keep(place->arena, json_object()),
                                .draft = draft->token};
    return dossier;
}

struct draft_search {
    struct arena *arena;
    int64_t id;
    instant now;
    struct draft *out;
};

static bool find_draft(struct tx *tx, void *arg, struct err *err)
{
    const struct draft_search *search = arg;
    return draft_find_by_id(tx, search->arena, search->id, search->now, search->out, err);
}

static const struct draft *draft_under_way(const struct dossier_place *place, int64_t id)
{
    for (const struct under_way *one = place->under_way; one; one = one->around)
        for (size_t i = 0; i < one->begun.len; i++)
            if (one->begun.at[i].id == id)
                return &one->begun.at[i];
    return NULL;
}

/* NULL: it is none (any more). */
static const struct draft *linked_draft(const struct dossier_place *place, int64_t id)
{
    const struct draft *under_way = draft_under_way(place, id);
    struct draft *found = arena_new_of(place->arena, struct draft);
    struct draft_search search = {place->arena, id, place_now(place), found};
    if (under_way || !place->store)
        return under_way;
    return store_read(place->store, find_draft, &search, NULL) && !found->filed.len ? found : NULL;
}

/* ---- What is linked ---- */

static struct dossier_link link_of(const struct dossier_place *place, const json_t *part)
{
    int64_t id = json_int(part, "dossier");
    struct dossier_link link = {.dossier = find_under_way(place, id),
                                .form = json_str(part, "form"),
                                .varname = json_str(part, "varname"),
                                .is_origin = json_bool(part, "is_origin"),
                                .is_shown = json_bool(part, "is_shown")};
    if (!link.dossier && place->store && !dossier_load(place, id, &link.dossier, NULL))
        link.dossier = NULL;
    if (!link.dossier && json_bool(part, "is_draft"))
        link.draft = linked_draft(place, id);
    if (link.draft)
        link.dossier = dossier_of_draft(place, link.draft);
    if (link.dossier && link.dossier->is_removed)
        link.dossier = NULL;
    return link;
}

void dossier_read_links(const struct dossier_place *place, const struct dossier *dossier, struct dossier_links *out)
{
    for (struct part_walk walk = {.dossier = dossier, .type = "link"}; next_part(&walk);)
        *vec_push(place->arena, out) = link_of(place, walk.part);
}
