/* The page behind a button of a mail: what it does is done by its own button, never by opening it (mail readers open
 * links by themselves). */
#include "web/visit.h"

enum { TRIES_MOST = 60, TRIES_SECONDS = 600 };

struct pressing {
    struct dossier_write write;
    struct change change;
    str path;
};

/* What the address means; *out has the words. One answer for what never was and for what is gone. */
static enum button_state find(struct request *request, struct dossier **dossier, struct mail_button *out)
{
    int64_t id;
    str key;
    *out = (struct mail_button){.label = STR_EMPTY};
    bool is_there = button_token_parse(request->arena, request_path_param(request, "bouton"), &id, &key) &&
                    dossier_load(place_of(request), id, dossier, NULL);
    return is_there ? dossier_button(place_of(request), *dossier, key, out) : BUTTON_UNKNOWN;
}

static bool is_allowed(struct request *request)
{
    struct err err = {0};
    if (rate_allows(visit_of(request)->installation->people, STR("boutons"),
                    network_of(request->arena, request->address), TRIES_MOST, TRIES_SECONDS, &err))
        return true;
    show_failure(request, &err);
    return false;
}

static void show_button(struct request *request, enum button_state state, const struct dossier *dossier,
                        const struct mail_button *button)
{
    static const struct {
        int status;
        const char *name;
    } shown[] = {[BUTTON_UNKNOWN] = {404, "inconnu"},
                 [BUTTON_USED] = {200, "fait"},
                 [BUTTON_EXPIRED] = {410, "expire"},
                 [BUTTON_GONE] = {409, "passe"},
                 [BUTTON_READY] = {200, ""}};
    const struct form *form = state == BUTTON_UNKNOWN ? NULL : dossier_form(place_of(request), dossier);
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "state", str_of(shown[state].name));
    page_set_text(request, page, "form_name", form == NULL ? STR_EMPTY : form->name);
    page_set_text(request, page, "action", request->path);
    page_set_text(request, page, "label", button->label);
    page_set_text(request, page, "message", button->message);
    page_set_text(request, page, "done_message", button->done_message);
    page_show(request, shown[state].status, "portal/button.html", page);
}

static void show(struct request *request)
{
    struct dossier *dossier = NULL;
    struct mail_button button;
    if (!is_allowed(request))
        return;
    enum button_state state = find(request, &dossier, &button);
    show_button(request, state, dossier, &button);
}

/* A conflict: somebody was faster by a moment, and the page of the button knows. */
static void was_done(struct request *request, void *arg, bool ok, const struct err *err)
{
    const struct pressing *pressing = arg;
    if (!ok && err->code == ERR_CONFLICT && request_run_again(request))
        return;
    if (ok)
        response_redirect(request, pressing->path);
    else
        show_failure(request, err);
}

static void press(struct request *request)
{
    struct dossier *dossier = NULL;
    struct mail_button button;
    struct err err = {0};
    if (!is_allowed(request))
        return;
    enum button_state state = find(request, &dossier, &button);
    struct event event = {.kind = EVENT_BUTTON, .action = button.key};
    struct pressing *pressing = arena_new_of(request->arena, struct pressing);
    pressing->path = request->path;
    if (state != BUTTON_READY) {
        show_button(request, state, dossier, &button);
    } else if (!dossier_perform_prepare(place_of(request), dossier, &event, &pressing->change, &err)) {
        show_failure(request, &err);
    } else {
        pressing->write =
            dossier_write_make(place_of(request), dossier_form(place_of(request), dossier), &pressing->change, false);
        request_commit(request, visit_of(request)->site->store, dossier_apply, &pressing->write, was_done);
    }
}

const struct route buttons_routes[] = {
    {HTTP_GET, "/boutons/{bouton}/", 0, RIGHT_PUBLIC, BODY_NONE, show},
    {HTTP_POST, "/boutons/{bouton}/", 0, RIGHT_PUBLIC, BODY_FORM, press},
};
const size_t buttons_route_count = sizeof buttons_routes / sizeof *buttons_routes;
