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

static void was_done(struct request *request, void *arg, bool ok, const struct err *err)
{
    struct acting *acting = arg;
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

void dossier_post_action(struct request *request, struct dossier *dossier, const struct actor *actor, str back,
                         dossier_show *show_again)
{
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    str kind, action;
    str_cut(request_form(request, "action"), ':', &kind, &action);
    struct event event = {.kind = str_eq(kind, STR("globale")) ? EVENT_GLOBAL : EVENT_SUBMIT,
                          .actor = *actor,
                          .action = action,
                          .status = request_form(request, "statut")};
    struct dossier_reply reply = {.status = 422, .posted = posted};
    struct offer offer = {0};
    struct err err = {0};
    bool is_global = dossier_page_offer(request, dossier, actor, &offer);
    bool is_offered = str_eq(event.status, offer.status) && is_global == (event.kind == EVENT_GLOBAL);
    str control;
    bool is_unfinished = posted_changes_rows(posted, request->arena, &control) || posted_searches(posted);
    if (str_eq(event.status, offer.status) && is_unfinished) { /* a row more, or one less; a list is searched */
        posted->stays = true;
        read_offered(request, dossier, &offer, posted, &event, &reply);
        reply.errors = arena_new_of(request->arena, struct field_errors);
        reply.status = 200;
        show_again(request, dossier, actor, &reply);
        return;
    }
    if (is_offered && !read_offered(request, dossier, &offer, posted, &event, &reply) &&
        !button_ignores_errors(&offer, action)) {
        show_again(request, dossier, actor, &reply);
        return;
    }
    struct acting *acting = arena_new_of(request->arena, struct acting);
    acting->back = back;
    if (dossier_perform_prepare(place_of(request), dossier, &event, &acting->change, &err)) {
        acting->write =
            dossier_write_make(place_of(request), dossier_form(place_of(request), dossier), &acting->change, false);
        request_commit(request, visit_of(request)->site->store, dossier_apply, &acting->write, was_done);
    } else if (err.code == ERR_CONFLICT) {
        reply = (struct dossier_reply){.status = 409, .changed = what_changed(request, dossier, actor)};
        show_again(request, dossier, actor, &reply);
    } else {
        show_failure(request, &err);
    }
}
