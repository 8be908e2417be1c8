/* The agents' office: one action on many requests, or cards: they are chosen in a list, then the action, which runs by
 * itself; its page tells how far it is, and which ones it was not done to. */
#include "web/office/cards.h"
#include "web/office/list.h"

/* ---- Choosing ---- */

void mass_set_list(struct request *request, const struct form *form, const struct actor *actor, str path,
                   struct value_dict *page)
{
    if (form != NULL && dossier_form_has_mass(place_of(request), form, actor))
        page_set_text(
            request, page, "mass_url",
            list_page_url(request, str_fmt(request->arena, "%.*sgroupe/", STR_ARG(path)), STR_EMPTY, STR_EMPTY));
}

static str mass_path(struct request *request, int64_t id)
{
    return str_fmt(request->arena, "/agents/groupe/%lld/", (long long)id);
}

/* Those that are ticked, or all the lines of the page. */
static size_t posted_ids(struct request *request, str name, int64_t *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < request->form.len; i++)
        if (str_eq(request->form.at[i].name, name) && str_to_int64(request->form.at[i].value, &ids[count]))
            count++;
    return count;
}

static void choose(struct request *request, const struct dossier_query *query, str path)
{
    str scope = request_form(request, "portee"), back = list_page_url(request, path, STR_EMPTY, STR_EMPTY);
    int64_t *ids = arena_array_of(request->arena, int64_t, request->form.len + 1), id = 0;
    struct err err = {0};
    bool ok;
    if (str_eq(scope, STR("toutes"))) {
        ok = mass_select_all(place_of(request), query, back, &id, &err);
    } else {
        size_t count = posted_ids(request, str_eq(scope, STR("page")) ? STR("ligne") : STR("dossier"), ids);
        ok = mass_select(place_of(request), query->actor, query->form, back, ids, count, &id, &err);
    }
    if (!ok) {
        show_failure(request, &err);
        return;
    }
    if (id == 0)
        visit_flash(request, "error", STR("Cochez au moins une ligne, ou choisissez toute la liste."));
    response_redirect(request, id == 0 ? back : mass_path(request, id));
}

static void choose_requests(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query;
    list_query(request, &actor, &query);
    if (query.form.len == 0 || catalogue_form(visit_of(request)->catalogue, query.form, 0) == NULL)
        response_error(request, 404, NULL);
    else
        choose(request, &query, STR("/agents/demandes/"));
}

static void choose_cards(struct request *request)
{
    const struct form *form = card_model(request);
    if (form == NULL)
        return;
    struct actor actor = visit_actor(request, true, false);
    struct dossier_query query;
    card_query(request, form, &actor, &query);
    choose(request, &query, card_list_path(request, form, ""));
}

/* ---- The page of a selection ---- */

static bool open(struct request *request, const struct actor *actor, struct mass *mass)
{
    struct err err = {0};
    if (mass_read(place_of(request), request_path_int(request, "n"), actor->account, mass, &err))
        return true;
    show_failure(request, &err);
    return false;
}

static str thing_name(const struct mass *mass, int64_t count)
{
    bool is_card = form_key_is_card(mass->form, NULL);
    if (count > 1)
        return is_card ? STR("fiches") : STR("demandes");
    return is_card ? STR("fiche") : STR("demande");
}

static struct value_dict *page_of(struct request *request, const struct mass *mass)
{
    const struct dossier_definitions *definitions = place_of(request)->definitions;
    const struct form *form = definitions->form(definitions->data, mass->form, 0);
    struct value_dict *page = page_new(request);
    int64_t count = mass->waiting + mass->done + mass->failed;
    page_set_text(request, page, "url", mass_path(request, mass->id));
    page_set_text(request, page, "back", mass->back);
    page_set_text(request, page, "form_name", form == NULL ? mass->form : form->name);
    page_set(request, page, "count", value_int(count));
    page_set_text(request, page, "things", thing_name(mass, count));
    page_set(request, page, "is_card", value_bool(form_key_is_card(mass->form, NULL)));
    page_set(request, page, "is_cut", value_bool(mass->is_cut));
    page_set_text(request, page, "label", mass->label);
    page_set(request, page, "is_ended", value_bool(mass->ended != 0));
    page_set(request, page, "started", instant_value(mass->started));
    page_set(request, page, "waiting", value_int(mass->waiting));
    page_set(request, page, "done", value_int(mass->done));
    page_set(request, page, "failed", value_int(mass->failed));
    page_set(request, page, "treated", value_int(mass->done + mass->failed));
    return page;
}

static struct value offer_value(struct request *request, const struct mass *mass, const struct mass_offer *offer)
{
    struct value_dict *dict = page_new(request);
    struct buf url = buf_new(request->arena, 4096);
    buf_add(&url, mass_path(request, mass->id));
    buf_add(&url, STR("?action="));
    buf_add_url(&url, offer->key);
    page_set_text(request, dict, "key", offer->key);
    page_set_text(request, dict, "label", offer->button.label);
    page_set_text(request, dict, "target", offer->button.target);
    page_set_text(request, dict, "status", offer->status_name);
    page_set(request, dict, "count", value_int(offer->count));
    page_set_text(request, dict, "things", thing_name(mass, offer->count));
    page_set_text(request, dict, "confirmation", offer->button.confirmation);
    page_set(request, dict, "info", value_html(offer->button.info));
    if (offer->button.has_page || offer->button.needs_confirmation)
        page_set_text(request, dict, "url", buf_str(&url));
    return value_dict(dict);
}

static void show_offers(struct request *request, const struct mass *mass, const struct mass_offers *offers)
{
    struct value_list *list = value_list_new(request->arena);
    struct value_dict *page = page_of(request, mass);
    for (size_t i = 0; i < offers->len; i++)
        value_list_add(request->arena, list, offer_value(request, mass, &offers->at[i]));
    page_set(request, page, "offers", value_list(list));
    page_show(request, 200, "office/mass.html", page);
}

static bool set_failures(struct request *request, const struct mass *mass, struct value_dict *page, struct err *err)
{
    int64_t after = -1;
    struct mass_failures failures;
    struct dossier_list dossiers = {0};
    struct value_list *list = value_list_new(request->arena);
    str_to_int64(request_query(request, "suite"), &after);
    if (!mass_read_failures(place_of(request), mass->id, after, &failures, err))
        return false;
    int64_t *ids = arena_array_of(request->arena, int64_t, failures.len);
    for (size_t i = 0; i < failures.len; i++)
        ids[i] = failures.at[i].dossier;
    if (!dossier_load_several(place_of(request), ids, failures.len, &dossiers, err))
        return false;
    for (size_t i = 0; i < failures.len; i++) {
        struct value_dict *dict = page_new(request);
        const struct dossier *dossier = dossiers.at[i];
        page_set_text(request, dict, "message", failures.at[i].message);
        if (dossier != NULL) {
            page_set_text(request, dict, "url", dossier_path(request, dossier, true));
            page_set_text(request, dict, "name",
                          dossier->identifier.len > 0 ? dossier->identifier
                                                      : dossier_code_shown(request->arena, dossier->code));
        }
        value_list_add(request->arena, list, value_dict(dict));
    }
    page_set(request, page, "failures", value_list(list));
    if (failures.len > 0 && after + 1 + (int64_t)failures.len < mass->failed)
        page_set_text(request, page, "next_url",
                      str_fmt(request->arena, "?suite=%lld", (long long)failures.at[failures.len - 1].position));
    return true;
}

static void show_progress(struct request *request, const struct mass *mass)
{
    struct err err = {0};
    struct value_dict *page = page_of(request, mass);
    if (set_failures(request, mass, page, &err))
        page_show(request, 200, "office/mass_run.html", page);
    else
        show_failure(request, &err);
}

/* ---- What an action asks first ---- */

struct asking {
    struct mass mass;
    const struct mass_offer *chosen;
    struct offer offer; /* the comment and the sub-forms of its page */
    const struct form *form;
    struct form_context context; /* of no dossier: what is asked is for all of them */
    struct dossier nobody;       /* what conditions on what is asked read beside it: nothing */
    struct event event;
    struct str_list blobs;
};

static bool find_chosen(struct request *request, const struct actor *actor, struct asking *asking, str key)
{
    struct mass_offers offers;
    struct err err = {0};
    if (!mass_offer(place_of(request), asking->mass.id, actor, &offers, &err)) {
        show_failure(request, &err);
        return false;
    }
    for (size_t i = 0; i < offers.len && asking->chosen == NULL; i++)
        if (str_eq(offers.at[i].key, key))
            asking->chosen = &offers.at[i];
    if (asking->chosen == NULL)
        show_offers(request, &asking->mass, &offers);
    return asking->chosen != NULL;
}

static bool prepare(struct request *request, const struct actor *actor, struct asking *asking)
{
    struct dossier *example;
    struct err err = {0};
    if (!dossier_load(place_of(request), asking->chosen->dossier, &example, &err)) {
        show_failure(request, &err);
        return false;
    }
    if (asking->chosen->button.has_page)
        dossier_offer_global(place_of(request), example, actor, asking->chosen->button.action, &asking->offer);
    json_t *nothing = json_keep(request->arena, json_object());
    asking->nobody = (struct dossier){.form = example->form,
                                      .form_version = example->form_version,
                                      .workflow = example->workflow,
                                      .workflow_version = example->workflow_version,
                                      .status = example->status,
                                      .answers = nothing,
                                      .data = nothing,
                                      .marks = nothing};
    asking->form = dossier_form(place_of(request), example);
    asking->context = visit_form_context(request, asking->form, json_keep(request->arena, json_object()), NULL);
    return true;
}

static void ask(struct request *request, struct asking *asking, const struct dossier_reply *reply)
{
    struct value_dict *page = page_of(request, &asking->mass);
    page_set(request, page, "chosen", offer_value(request, &asking->mass, asking->chosen));
    page_set(request, page, "errors", errors_value(request, reply->errors));
    offered_show(request, &asking->context, &asking->nobody, &asking->offer, reply, page);
    page_show(request, reply->status, "office/mass_ask.html", page);
}

static void show(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct asking asking = {0};
    if (!open(request, &actor, &asking.mass))
        return;
    if (asking.mass.started != 0)
        show_progress(request, &asking.mass);
    else if (find_chosen(request, &actor, &asking, request_query(request, "action")) &&
             prepare(request, &actor, &asking))
        ask(request, &asking, &(struct dossier_reply){.status = 200});
}

/* ---- Starting ---- */

static bool is_asked(struct request *request, const struct asking *asking)
{
    const struct offered_button *button = &asking->chosen->button;
    return (button->has_page || button->needs_confirmation) && request_form(request, "confirme").len == 0;
}

/* False where it is to be asked again: reply says how. */
static bool read(struct request *request, struct asking *asking, struct posted *posted, struct dossier_reply *reply)
{
    str control;
    bool is_unfinished = posted_changes_rows(posted, request->arena, &control) || posted_searches(posted);
    *reply = (struct dossier_reply){.status = 422, .posted = posted};
    posted->stays = is_unfinished;
    bool is_right =
        offered_read(request, &asking->context, &asking->nobody, &asking->offer, posted, &asking->event, reply) &&
        !is_unfinished;
    if (is_unfinished) {
        reply->errors = arena_new_of(request->arena, struct field_errors);
        reply->status = 200;
    }
    return is_right;
}

static void gather_blobs(struct request *request, struct asking *asking)
{
    for (size_t i = 0; i < asking->offer.forms.len; i++) {
        struct named_files named = {0};
        fields_files(asking->offer.forms.at[i].fields, request->arena, asking->event.forms[i].answers, &named);
        for (size_t j = 0; j < named.len; j++)
            *vec_push(request->arena, &asking->blobs) = named.at[j].blob;
    }
}

static void begin(struct request *request, struct asking *asking)
{
    struct err err = {0};
    gather_blobs(request, asking);
    if (mass_start(place_of(request), asking->mass.id, asking->chosen, &asking->event, &asking->blobs, &err) ||
        err.code == ERR_CONFLICT)
        response_redirect(request, mass_path(request, asking->mass.id));
    else
        show_failure(request, &err);
}

static void start(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct asking asking = {0};
    struct dossier_reply reply = {.status = 200};
    if (!open(request, &actor, &asking.mass))
        return;
    if (asking.mass.started != 0) {
        response_redirect(request, mass_path(request, asking.mass.id));
        return;
    }
    if (!find_chosen(request, &actor, &asking, request_form(request, "action")) || !prepare(request, &actor, &asking))
        return;
    struct posted *posted = is_asked(request, &asking) ? NULL : visit_posted(request);
    if (posted == NULL && !is_asked(request, &asking))
        return;
    if (posted == NULL || !read(request, &asking, posted, &reply))
        ask(request, &asking, &reply);
    else
        begin(request, &asking);
}

/* ---- Those of the agent ---- */

static void list(struct request *request)
{
    struct actor actor = visit_actor(request, true, false);
    struct masses masses;
    struct err err = {0};
    struct value_list *list = value_list_new(request->arena);
    struct value_dict *page = page_new(request);
    if (!mass_list(place_of(request), actor.account, &masses, &err)) {
        show_failure(request, &err);
        return;
    }
    for (size_t i = 0; i < masses.len; i++)
        value_list_add(request->arena, list, value_dict(page_of(request, &masses.at[i])));
    page_set(request, page, "masses", value_list(list));
    page_show(request, 200, "office/masses.html", page);
}

const struct route mass_routes[] = {
    {HTTP_POST, "/agents/demandes/groupe/", ROUTE_WORKER, RIGHT_AGENT, BODY_FORM, choose_requests},
    {HTTP_POST, "/agents/fiches/{slug}/groupe/", ROUTE_WORKER, RIGHT_AGENT, BODY_FORM, choose_cards},
    {HTTP_GET, "/agents/groupe/", 0, RIGHT_AGENT, BODY_NONE, list},
    {HTTP_GET, "/agents/groupe/{n:int}/", 0, RIGHT_AGENT, BODY_NONE, show},
    {HTTP_POST, "/agents/groupe/{n:int}/", ROUTE_WORKER, RIGHT_AGENT, BODY_UPLOADS, start},
};
const size_t mass_route_count = sizeof mass_routes / sizeof *mass_routes;
