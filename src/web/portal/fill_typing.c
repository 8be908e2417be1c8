/* While a page is typed in: what follows on the screen, and the draft. */
#include "web/portal/filling.h"

/* Whether the draft takes what is typed: not where it was sent, nor before its page is reached; nor from a page that
 * knew an older draft, since a request that was overtaken would undo what it says. */
static bool takes_typing(struct request *request, const struct filling *filling, size_t page)
{
    int64_t revision = -1;
    size_t most = filling_furthest(filling);
    str_to_int64(request_form(request, "revision"), &revision);
    return filling->draft.filed.len == 0 && most != SIZE_MAX && page <= most && page >= filling->pages.first &&
           revision == filling->draft.revision;
}

/* Mistakes and all; the files that it has stay. */
static void take_typing(struct request *request, struct filling *filling, size_t page, const struct posted *posted)
{
    struct field_errors unheeded = {0};
    struct posted typed = *posted;
    typed.stays = true;
    filling_touch(request, filling);
    fields_read(&filling->form->pages[page].fields, &filling->context, &typed, filling->draft.answers, &unheeded);
}

struct typing {
    struct draft draft;
    const struct form *form;
};

static void typing_was_saved(struct request *request, void *arg, bool ok, const struct err *err)
{
    const struct typing *typed = arg;
    if (ok)
        filling_keep(request, typed->form, &typed->draft);
    else
        show_failure(request, err);
}

static bool save_typing(struct tx *tx, void *arg, struct err *err)
{
    struct typing *typed = arg;
    return draft_save(tx, &typed->draft, err);
}

static void keep(struct request *request, const struct filling *filling)
{
    struct typing *typed = arena_new_of(request->arena, struct typing);
    *typed = (struct typing){filling->draft, filling->form};
    request_commit(request, visit_of(request)->site->store, save_typing, typed, typing_was_saved);
}

static json_t *look_of(struct request *request, struct filling *filling, size_t page, const struct posted *posted)
{
    struct posted typed = *posted;
    typed.is_typing = true;
    json_t *copy = json_keep(request->arena, json_deep_copy(filling->draft.answers));
    struct form_context context = visit_form_context(request, filling->form, copy, NULL);
    return fields_live(&filling->form->pages[page].fields, &context, &typed, copy);
}

/* What the field « champ » proposes for what is typed in it; who may fill the page may ask. Nothing is kept. */
static void suggest(struct request *request, struct filling *filling, size_t page, const struct posted *posted)
{
    json_t *copy = json_keep(request->arena, json_deep_copy(filling->draft.answers));
    struct form_context context = visit_form_context(request, filling->form, copy, NULL);
    visit_suggest(request, &filling->form->pages[page].fields, &context, posted, copy);
}

/* One answer for all: what is shown now, what is wrong, and that the draft is on disk. */
static void live(struct request *request)
{
    struct filling filling;
    if (!filling_open(request, &filling))
        return;
    size_t page = filling_page_number(request, &filling);
    if (page == SIZE_MAX) {
        response_error(request, 404, NULL);
        return;
    }
    struct posted *posted = visit_posted(request);
    if (posted == NULL)
        return;
    if (request_form(request, "champ").len > 0) {
        suggest(request, &filling, page, posted);
        return;
    }
    bool keeps = takes_typing(request, &filling, page);
    if (keeps)
        take_typing(request, &filling, page, posted);
    json_t *look = look_of(request, &filling, page, posted);
    json_set(look, STR("revision"), json_integer(filling.draft.revision + keeps));
    if (keeps)
        json_set_str(look, STR("kept"), instant_clock(request->arena, request->now));
    response_json(request, 200, look);
    if (keeps)
        keep(request, &filling);
}

const struct route fill_typing_routes[] = {
    {HTTP_POST, "/demarches/{slug}/{n:int}/direct/", 0, RIGHT_PUBLIC, BODY_UPLOADS, live},
};
const size_t fill_typing_route_count = sizeof fill_typing_routes / sizeof *fill_typing_routes;
