#include "web/copy.h"

#include "paper/paper.h"

/* ---- What it says ---- */

struct making {
    struct request *request;
    struct paper *paper;
};

static str text_of(struct request *request, struct value from, const char *key)
{
    return value_to_text(request->arena, value_get(request->arena, from, str_of(key)), STR("fr"));
}

static void add_rows(struct making *making, struct value rows, str within);

/* The rows of a block, each answer under the name of its row. */
static void add_blocks(struct making *making, struct value blocks, str label)
{
    struct request *request = making->request;
    const struct value_list *list;
    if (!value_items(request->arena, blocks, &list))
        return;
    for (size_t i = 0; i < list->len; i++) {
        str title = text_of(request, list->at[i], "title");
        add_rows(making, value_get(request->arena, list->at[i], STR("rows")), title.len > 0 ? title : label);
    }
}

static void add_row(struct making *making, struct value row, str within)
{
    struct request *request = making->request;
    str title = text_of(request, row, "title"), label = text_of(request, row, "label");
    struct value blocks = value_get(request->arena, row, STR("blocks"));
    if (title.len > 0)
        paper_add_text(making->paper, "h3", title);
    else if (blocks.kind != VALUE_UNDEFINED)
        add_blocks(making, blocks, label);
    else
        paper_add_item(making->paper,
                       within.len > 0 ? str_fmt(request->arena, "%.*s, %.*s", STR_ARG(within), STR_ARG(label)) : label,
                       text_of(request, row, "text"));
}

static void add_rows(struct making *making, struct value rows, str within)
{
    const struct value_list *list;
    if (!value_items(making->request->arena, rows, &list))
        return;
    for (size_t i = 0; i < list->len; i++)
        add_row(making, list->at[i], within);
}

static void add_answers(struct making *making, const struct dossier *dossier)
{
    struct request *request = making->request;
    const struct form *form = dossier_form(place_of(request), dossier);
    if (form == NULL)
        return;
    struct form_context context = visit_form_context(request, form, dossier->answers, dossier);
    paper_add_text(making->paper, "h2", STR("Ce qui a été envoyé"));
    add_rows(making, form_summary(form, &context, dossier->answers, PLACE_SUMMARY), STR_EMPTY);
}

static void add_facts(struct making *making, const struct copy *copy, const json_t *words)
{
    struct request *request = making->request;
    const struct dossier *dossier = copy->dossier;
    const struct workflow_status *status = dossier_visible_status(place_of(request), dossier, copy->actor);
    paper_add_text(making->paper, "p", visit_of(request)->site->name);
    paper_add_item(making->paper, STR("Numéro de suivi"), json_str(words, "code"));
    paper_add_item(making->paper, STR("Numéro de la demande"), dossier_number(request->arena, dossier));
    paper_add_item(making->paper, STR("Reçue le"), json_str(words, "received"));
    if (copy->has_answers)
        paper_add_item(making->paper, STR("Au nom de"), dossier->submitter_name);
    if (status != NULL)
        paper_add_item(making->paper, STR("Statut"), status->name);
    paper_add_item(making->paper, STR("Copie faite le"), instant_long(request->arena, request->now));
}

/* The mentions of the receipt (CRPA R112-11-1), as the mail has them. */
static void add_mentions(struct making *making, const json_t *words)
{
    const json_t *contact = json_dict(words, "contact");
    struct arena *arena = making->request->arena;
    if (contact != NULL) {
        paper_add_text(making->paper, "h2", STR("Le service qui traite la demande"));
        paper_add_item(making->paper, STR("Service"), json_str(contact, "name"));
        paper_add_item(making->paper, STR("Adresse"), json_str(contact, "address"));
        paper_add_item(making->paper, STR("Adresse électronique"), json_str(contact, "email"));
        paper_add_item(making->paper, STR("Téléphone"), json_str(contact, "phone"));
    }
    if (!json_bool(words, "silence_decides"))
        return;
    bool accepts = json_bool(words, "silence_accepts");
    str date = json_str(words, "silence_date");
    paper_add_text(making->paper, "h2", STR("Sans réponse"));
    paper_add_text(making->paper, "p",
                   str_fmt(arena, "Sans réponse de notre part le %.*s, la demande, si elle est complète, sera %s.",
                           STR_ARG(date), accepts ? "acceptée" : "refusée"));
    if (accepts)
        paper_add_text(
            making->paper, "p",
            STR("Une attestation peut alors nous être demandée (article L232-3 du code des relations entre le "
                "public et "
                "l’administration)."));
    else if (json_str(words, "appeal").len > 0) {
        paper_add_text(making->paper, "h2", STR("Contester ce refus"));
        paper_add_text(making->paper, "p", json_str(words, "appeal"));
    }
}

static struct paper paper_of(struct request *request, const struct copy *copy)
{
    struct arena *arena = request->arena;
    const struct form *form = dossier_form(place_of(request), copy->dossier);
    str site = visit_of(request)->site->name, name = form == NULL ? copy->dossier->form : form->name;
    str code = dossier_code_shown(arena, copy->dossier->code);
    struct paper paper;
    struct making making = {request, &paper};
    paper_begin(&paper, arena, str_fmt(arena, "%.*s – demande %.*s", STR_ARG(name), STR_ARG(code)), site,
                str_fmt(arena, "%.*s – %.*s", STR_ARG(site), STR_ARG(code)));
    paper_add_text(&paper, "h1", name);
    const json_t *words = form == NULL ? NULL : dossier_receipt_words(place_of(request), form, copy->dossier);
    add_facts(&making, copy, words);
    if (copy->has_answers)
        add_answers(&making, copy->dossier);
    add_mentions(&making, words);
    return paper;
}

void copy_show(struct request *request, const struct copy *copy)
{
    struct value_dict *page = page_new(request);
    struct paper paper = paper_of(request, copy);
    page_set_text(request, page, "title", json_str(paper.document, "title"));
    page_set(request, page, "blocks", value_from_json(request->arena, paper.blocks));
    page_set_text(request, page, "back", copy->back);
    page_set_text(request, page, "pdf", str_fmt(request->arena, "%.*scopie/pdf/", STR_ARG(copy->back)));
    page_show(request, 200, "portal/copy.html", page);
}

void copy_send(struct request *request, const struct copy *copy)
{
    struct err err = {0};
    int64_t size = 0;
    struct paper paper = paper_of(request, copy);
    str folder = str_fmt(request->arena, "%s/uploads", stores_folder(visit_of(request)->installation->stores));
    int made = paper_print(&paper, folder, &size);
    if (made < 0) {
        log_line(LOG_ERROR, "copy", "dossier=%.*s message=\"the PDF could not be made\"", STR_ARG(copy->dossier->code));
        err_set(&err, ERR_UNAVAILABLE,
                "Le PDF n’a pas pu être fait. Vous pouvez imprimer la page, ou réessayer dans quelques minutes.");
        response_error(request, 503, &err);
        return;
    }
    response_file(
        request, made, size, STR("application/pdf"),
        str_fmt(request->arena, "demande-%.*s.pdf", STR_ARG(dossier_code_shown(request->arena, copy->dossier->code))));
}
