#include "web/copy.h"

#include "base/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- What it says: [{kind, text}] and [{kind: "list", items: [{label, text}]}] ---- */

struct making {
    struct request *request;
    json_t *blocks, *items; /* items: of the list that goes on; NULL: none does */
};

/* Without what no page shows: controls, but for ends of lines. */
static json_t *text_json(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t sign = utf8_next(text, &at);
        if (sign == '\n' || (sign >= 0x20 && sign != 0x7F && (sign < 0x80 || sign > 0x9F)))
            buf_add(&out, str_slice(text, from, at));
    }
    return json_from_str(str_trim(buf_str(&out)));
}

static void add_text(struct making *making, const char *kind, str text)
{
    if (str_is_empty(str_trim(text)))
        return;
    json_t *block = json_object();
    json_set_str(block, STR("kind"), str_of(kind));
    json_set(block, STR("text"), text_json(making->request->arena, text));
    json_array_append_new(making->blocks, block);
    making->items = NULL;
}

static void add_item(struct making *making, str label, str text)
{
    if (str_is_empty(str_trim(text)))
        return;
    if (making->items == NULL) {
        json_t *block = json_object();
        making->items = json_array();
        json_set_str(block, STR("kind"), STR("list"));
        json_set(block, STR("items"), making->items);
        json_array_append_new(making->blocks, block);
    }
    json_t *item = json_object();
    json_set(item, STR("label"), text_json(making->request->arena, label));
    json_set(item, STR("text"), text_json(making->request->arena, text));
    json_array_append_new(making->items, item);
}

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
        add_text(making, "h3", title);
    else if (blocks.kind != VALUE_UNDEFINED)
        add_blocks(making, blocks, label);
    else
        add_item(making,
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
    add_text(making, "h2", STR("Ce qui a été envoyé"));
    add_rows(making, form_summary(form, &context, dossier->answers, PLACE_SUMMARY), STR_EMPTY);
}

static void add_facts(struct making *making, const struct copy *copy, const json_t *words)
{
    struct request *request = making->request;
    const struct dossier *dossier = copy->dossier;
    const struct workflow_status *status = dossier_visible_status(place_of(request), dossier, copy->actor);
    add_text(making, "p", visit_of(request)->site->name);
    add_item(making, STR("Numéro de suivi"), json_str(words, "code"));
    add_item(making, STR("Numéro de la demande"), dossier_number(request->arena, dossier));
    add_item(making, STR("Reçue le"), json_str(words, "received"));
    if (copy->has_answers)
        add_item(making, STR("Au nom de"), dossier->submitter_name);
    if (status != NULL)
        add_item(making, STR("Statut"), status->name);
    add_item(making, STR("Copie faite le"), instant_long(request->arena, request->now));
}

/* The mentions of the receipt (CRPA R112-11-1), as the mail has them. */
static void add_mentions(struct making *making, const json_t *words)
{
    const json_t *contact = json_dict(words, "contact");
    struct arena *arena = making->request->arena;
    if (contact != NULL) {
        add_text(making, "h2", STR("Le service qui traite la demande"));
        add_item(making, STR("Service"), json_str(contact, "name"));
        add_item(making, STR("Adresse"), json_str(contact, "address"));
        add_item(making, STR("Adresse électronique"), json_str(contact, "email"));
        add_item(making, STR("Téléphone"), json_str(contact, "phone"));
    }
    if (!json_bool(words, "silence_decides"))
        return;
    bool accepts = json_bool(words, "silence_accepts");
    str date = json_str(words, "silence_date");
    add_text(making, "h2", STR("Sans réponse"));
    add_text(making, "p",
             str_fmt(arena, "Sans réponse de notre part le %.*s, la demande, si elle est complète, sera %s.",
                     STR_ARG(date), accepts ? "acceptée" : "refusée"));
    if (accepts)
        add_text(making, "p",
                 STR("Une attestation peut alors nous être demandée (article L232-3 du code des relations entre le "
                     "public et "
                     "l’administration)."));
    else if (json_str(words, "appeal").len > 0) {
        add_text(making, "h2", STR("Contester ce refus"));
        add_text(making, "p", json_str(words, "appeal"));
    }
}

static const json_t *document_of(struct request *request, const struct copy *copy)
{
    const struct form *form = dossier_form(place_of(request), copy->dossier);
    json_t *document = json_keep(request->arena, json_object());
    struct making making = {.request = request, .blocks = json_array()};
    json_set(document, STR("blocks"), making.blocks);
    str site = visit_of(request)->site->name, name = form == NULL ? copy->dossier->form : form->name;
    str code = dossier_code_shown(request->arena, copy->dossier->code);
    str title = str_fmt(request->arena, "%.*s – demande %.*s", STR_ARG(name), STR_ARG(code));
    json_set(document, STR("title"), text_json(request->arena, title));
    json_set_str(document, STR("lang"), STR("fr"));
    json_set(document, STR("author"), text_json(request->arena, site));
    json_set(document, STR("footer"),
             text_json(request->arena, str_fmt(request->arena, "%.*s – %.*s", STR_ARG(site), STR_ARG(code))));
    add_text(&making, "h1", name);
    const json_t *words = form == NULL ? NULL : dossier_receipt_words(place_of(request), form, copy->dossier);
    add_facts(&making, copy, words);
    if (copy->has_answers)
        add_answers(&making, copy->dossier);
    add_mentions(&making, words);
    return document;
}

void copy_show(struct request *request, const struct copy *copy)
{
    struct value_dict *page = page_new(request);
    const json_t *document = document_of(request, copy);
    page_set_text(request, page, "title", json_str(document, "title"));
    page_set(request, page, "blocks", value_from_json(request->arena, json_list(document, "blocks")));
    page_set_text(request, page, "back", copy->back);
    page_set_text(request, page, "pdf", str_fmt(request->arena, "%.*scopie/pdf/", STR_ARG(copy->back)));
    page_show(request, 200, "portal/copy.html", page);
}

/* ---- As a PDF: by a program of its own, beside this one ---- */

static const char *maker_path(struct arena *arena)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    return str_fmt(arena, "%.*s-pdf", (int)(length > 0 ? length : 0), path).ptr;
}

/* An open file that is no longer anywhere else; -1: it could not be made. */
static int make_pdf(struct request *request, str document, int64_t *size)
{
    char printed[64];
    struct stat facts;
    const char *folder = stores_folder(visit_of(request)->installation->stores);
    const char *path =
        str_fmt(request->arena, "%s/uploads/upload-%.*s.pdf", folder, STR_ARG(random_token(request->arena))).ptr;
    const char *const words[] = {maker_path(request->arena), CHILD_FILE, path, NULL};
    int input = memfd_create("copy", MFD_CLOEXEC), made = -1;
    if (input < 0)
        return -1;
    if (write(input, document.ptr, document.len) == (ssize_t)document.len &&
        child_run(words, input, printed, sizeof printed) == 0)
        made = open(path, O_RDONLY | O_CLOEXEC);
    close(input);
    unlink(path);
    if (made >= 0 && fstat(made, &facts) == 0)
        *size = facts.st_size;
    return made;
}

void copy_send(struct request *request, const struct copy *copy)
{
    struct err err = {0};
    int64_t size = 0;
    int made = make_pdf(request, json_text(request->arena, document_of(request, copy)), &size);
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
