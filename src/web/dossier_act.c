/* Doing something to a dossier from its page: a button, a sub-form, a comment, a global action. */
#include "web/visit.h"

struct acting {
    struct dossier_write write;
    struct change change;
    str back;
};

/* Where one goes from a dossier that is no more. */
static str list_of(struct request *request, const struct dossier *dossier, str back)
{
    str slug;
    if (form_key_is_card(dossier->form, &slug))
        return str_fmt(request->arena, "/agents/fiches/%.*s/", STR_ARG(slug));
    if (str_starts(back, STR("/agents/")))
        return STR("/agents/demandes/");
    return str_starts(back, STR("/suivre/")) ? STR("/") : STR("/mon-compte/demandes/");
}

/* A conflict: somebody was faster by a moment. The handler begins anew, and tells what changed. */
static void was_done(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct acting *acting = arg;
    if (!ok && err->code == ERR_CONFLICT && request_run_again(request))
        return;
    if (!ok) {
        show_failure(request, err);
        return;
    }
    if (acting->change.is_removed)
        visit_flash(request, "success",
                    form_key_is_card(acting->change.after->form, NULL) ? STR("La fiche est supprimée.")
                                                                       : STR("La demande est effacée."));
    else
        visit_flash(request, "success", STR("C’est enregistré."));
    str next = acting->change.redirect_url; /* a web address or a path: redirect_to_url sees to it */
    if (next.len == 0)
        next = acting->change.is_removed ? list_of(request, acting->change.after, acting->back)
                                         : calling_path(request, acting->back, &acting->change);
    response_redirect(request, next);
}

static bool button_ignores_errors(const struct offer *offer, str action)
{
    for (size_t i = 0; i < offer->buttons.len; i++)
        if (str_eq(offer->buttons.at[i].action, action))
            return offer->buttons.at[i].ignores_errors;
    return false;
}

/* Sub-forms and comments that the page offered. False where something is to be corrected: reply says what. */
static bool read_offered(struct request *request, struct dossier *dossier, const struct offer *offer,
                         const struct posted *posted, struct event *event, struct dossier_reply *reply)
{
    struct form_context context =
        visit_form_context(request, dossier_form(place_of(request), dossier), dossier->answers, dossier);
    return offered_read(request, &context, dossier, offer, posted, event, reply);
}

/* Who was faster, when, and where it stands now: the page says it before anything is done again. */
static str what_changed(struct request *request, const struct dossier *dossier, const struct actor *actor)
{
    struct shown_history history = {0};
    dossier_show_history(place_of(request), dossier, actor, &history);
    const struct shown_entry *last = history.len > 0 ? &history.at[history.len - 1] : NULL;
    const struct workflow_status *status = dossier_visible_status(place_of(request), dossier, actor);
    struct datetime at = datetime_local(dossier->updated);
    str who = last != NULL && last->author_name.len > 0 ? last->author_name : STR("Le service");
    return str_fmt(request->arena,
                   "%.*s a modifié cette demande à %d h %02d : elle est maintenant « %.*s ». Ce que vous venez "
                   "d’envoyer n’est pas enregistré. Relisez-la avant de continuer.",
                   STR_ARG(who), at.hour, at.minute, STR_ARG(status->name));
}

/* What somebody sent from the page of a dossier. */
struct sent {
    struct dossier *dossier;
    const struct actor *actor;
    struct posted *posted;
    struct event event;
    struct offer offer; /* what the page holds now */
    bool is_global;     /* it is the page of a global action */
    dossier_show *show_again;
};

static bool is_of_status(const struct sent *sent)
{
    return str_eq(sent->event.status, sent->offer.status);
}

/* Nothing is done: the page comes again, as it is now, with what was typed where it still asks for that. */
static void show_typed(struct request *request, struct sent *sent, int status, str changed)
{
    struct dossier_reply reply = {.status = status, .posted = sent->posted, .changed = changed};
    sent->posted->stays = true;
    if (is_of_status(sent))
        read_offered(request, sent->dossier, &sent->offer, sent->posted, &sent->event, &reply);
    reply.errors = arena_new_of(request->arena, struct field_errors);
    sent->show_again(request, sent->dossier, sent->actor, &reply);
}

static bool is_unfinished(struct request *request, const struct sent *sent)
{
    str control;
    return is_of_status(sent) &&
           (posted_changes_rows(sent->posted, request->arena, &control) || posted_searches(sent->posted));
}

/* False: something is to be corrected, and the page says what. */
static bool read_all(struct request *request, struct sent *sent)
{
    struct dossier_reply reply = {.status = 422, .posted = sent->posted};
    bool is_offered = is_of_status(sent) && sent->is_global == (sent->event.kind == EVENT_GLOBAL);
    if (!is_offered || read_offered(request, sent->dossier, &sent->offer, sent->posted, &sent->event, &reply) ||
        button_ignores_errors(&sent->offer, sent->event.action))
        return true;
    sent->show_again(request, sent->dossier, sent->actor, &reply);
    return false;
}

/* What the circuit refuses of right answers, taken together: the page says it, with what was typed. */
static void show_refused(struct request *request, struct sent *sent, const struct err *err)
{
    struct dossier_reply reply = {.status = 422, .posted = sent->posted};
    struct field_errors *errors = arena_new_of(request->arena, struct field_errors);
    sent->posted->stays = true;
    read_offered(request, sent->dossier, &sent->offer, sent->posted, &sent->event, &reply);
    *vec_push(request->arena, errors) = (struct field_error){.message = str_dup(request->arena, str_of(err->message))};
    reply.errors = errors;
    sent->show_again(request, sent->dossier, sent->actor, &reply);
}

static void perform(struct request *request, struct sent *sent, str back)
{
    struct err err = {0};
    struct acting *acting = arena_new_of(request->arena, struct acting);
    acting->back = back;
    if (dossier_perform_prepare(place_of(request), sent->dossier, &sent->event, &acting->change, &err)) {
        const struct form *form = dossier_form(place_of(request), sent->dossier);
        acting->write = dossier_write_make(place_of(request), form, &acting->change, false);
        request_commit(request, visit_of(request)->site->store, dossier_apply, &acting->write, was_done);
    } else if (err.code == ERR_CONFLICT) {
        show_typed(request, sent, 409, what_changed(request, sent->dossier, sent->actor));
    } else if (err.code == ERR_INVALID && err.field.len > 0 && is_of_status(sent)) {
        show_refused(request, sent, &err);
    } else {
        show_failure(request, &err);
    }
}

void dossier_post_action(struct request *request, struct dossier *dossier, const struct actor *actor, str back,
                         dossier_show *show_again)
{
    struct sent sent = {.dossier = dossier, .actor = actor, .posted = visit_posted(request), .show_again = show_again};
    str kind, action;
    if (sent.posted == NULL)
        return;
    str_cut(request_form(request, "action"), ':', &kind, &action);
    sent.event = (struct event){.kind = str_eq(kind, STR("globale")) ? EVENT_GLOBAL : EVENT_SUBMIT,
                                .actor = *actor,
                                .action = action,
                                .status = request_form(request, "statut")};
    sent.is_global = dossier_page_offer(request, dossier, actor, &sent.offer);
    if (!dossier_is_as_shown(request, dossier))
        show_typed(request, &sent, 409, what_changed(request, dossier, actor));
    else if (is_unfinished(request, &sent))
        show_typed(request, &sent, 200, STR_EMPTY);
    else if (read_all(request, &sent))
        perform(request, &sent, back);
}
