/* One document alone: what of it does not run, and its texts that do not compile. */
#include "lint/internal.h"

#include <stdarg.h>
#include <stdio.h>

struct lint_finding *linting_add(struct linting *linting, bool is_error, str where, const char *format, ...)
{
    char text[1600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct lint_finding *finding = vec_push(linting->arena, linting->out);
    *finding = (struct lint_finding){.kind = linting->kind,
                                     .slug = linting->slug,
                                     .where = where,
                                     .is_error = is_error,
                                     .message = utf8_repair(linting->arena, str_dup(linting->arena, str_of(text)))};
    return finding;
}

/* A construct that does not run is told once a place. */
static void add_construct(struct linting *linting, str construct, str where, str message)
{
    for (size_t i = linting->out->len; i > 0; i--) {
        const struct lint_finding *known = &linting->out->at[i - 1];
        if (!str_eq(known->kind, linting->kind) || !str_eq(known->slug, linting->slug))
            break;
        if (str_eq(known->construct, construct) && str_eq(known->where, where))
            return;
    }
    linting_add(linting, false, where, "%.*s", STR_ARG(message))->construct = construct;
}

static void add_text(struct linting *linting, str where, const struct template *template)
{
    *vec_push(linting->arena, &linting->texts) = (struct lint_text){where, template};
}

/* ---- Each kind ---- */

static void add_reports(struct linting *linting, const struct form_reports *reports, const struct form_texts *texts)
{
    for (size_t i = 0; i < reports->len; i++) {
        const struct form_report *report = &reports->at[i];
        struct lint_finding *finding =
            linting_add(linting, report->is_error, report->where, "%.*s", STR_ARG(report->message));
        finding->construct = report->construct;
        finding->line = report->line;
        finding->column = report->column;
    }
    for (size_t i = 0; i < texts->len; i++)
        add_text(linting, texts->at[i].where, texts->at[i].template);
}

static void read_form(struct linting *linting)
{
    struct err err = {0};
    linting->form = form_compile(linting->arena, linting->json, 0, linting->blocks, &err);
    if (linting->form == NULL) {
        linting_add(linting, true, STR_EMPTY, "%s", err.message)->construct = STR("form");
        return;
    }
    add_reports(linting, &linting->form->reports, &linting->form->texts);
}

static void read_block(struct linting *linting)
{
    struct err err = {0};
    linting->block = block_compile(linting->arena, linting->json, linting->blocks, &err);
    if (linting->block == NULL)
        linting_add(linting, true, STR_EMPTY, "%s", err.message)->construct = STR("block");
    else
        add_reports(linting, &linting->block->reports, &linting->block->texts);
}

static void read_workflow(struct linting *linting)
{
    struct err err = {0};
    linting->workflow = workflow_compile(linting->arena, linting->json, 0, linting->blocks, &err);
    if (linting->workflow == NULL) {
        linting_add(linting, true, STR_EMPTY, "%s", err.message)->construct = STR("workflow");
        return;
    }
    const struct workflow_reports *reports = workflow_reports(linting->workflow);
    for (size_t i = 0; i < reports->len; i++) {
        const struct workflow_report *report = &reports->at[i];
        struct lint_finding *finding =
            linting_add(linting, report->is_error, report->where, "%.*s", STR_ARG(report->message));
        finding->construct = report->construct;
        finding->line = report->line;
        finding->column = report->column;
    }
    const struct workflow_texts *texts = workflow_texts(linting->workflow);
    for (size_t i = 0; i < texts->len; i++)
        add_text(linting, texts->at[i].where, texts->at[i].template);
}

static void add_fault_of_text(struct linting *linting, str where, str construct, const struct err *err)
{
    bool is_error = str_eq(construct, STR("template"));
    struct lint_finding *finding = linting_add(linting, is_error, where, "%s", err->message);
    finding->construct = construct;
    finding->line = err->line;
    finding->column = err->column;
}

static void read_part(struct linting *linting, const char *key, enum template_kind kind, const char *where)
{
    struct err err = {0};
    struct template_settings settings = {.kind = kind, .name = str_of(where)};
    const struct template *template = template_compile(linting->arena, json_str(linting->json, key), &settings, &err);
    if (template != NULL)
        add_text(linting, settings.name, template);
    else
        add_fault_of_text(linting, settings.name, STR("template"), &err);
}

static void read_attachments(struct linting *linting)
{
    const json_t *list = json_list(linting->json, "attachments");
    for (size_t i = 0; i < json_array_size(list); i++) {
        str where = str_fmt(linting->arena, "pièce jointe %zu", i + 1);
        struct attachment one;
        struct err err = {0};
        if (!attachment_compile(linting->arena, json_str_of(json_array_get(list, i)), where, &one, &err))
            add_fault_of_text(linting, where, err.code == ERR_UNSUPPORTED ? STR("attachment:python") : STR("template"),
                              &err);
        else if (one.value != NULL)
            add_text(linting, where, one.value);
    }
}

static void read_mail_template(struct linting *linting)
{
    read_part(linting, "subject", TEMPLATE_TEXT, "objet");
    read_part(linting, "body", TEMPLATE_TEXT, "texte");
    read_attachments(linting);
}

static void read_comment_template(struct linting *linting)
{
    read_part(linting, "comment", TEMPLATE_HTML, "texte");
    read_attachments(linting);
}

static void add_texts(struct linting *linting, const struct call_texts *texts)
{
    for (size_t i = 0; i < texts->len; i++)
        add_text(linting, texts->at[i].where, texts->at[i].template);
}

static void read_source(struct linting *linting)
{
    const struct source *source = source_compile(linting->arena, linting->json, STR("source"));
    struct call_texts texts = {0};
    source_texts(source, linting->arena, &texts);
    add_texts(linting, &texts);
    if (source_problem(source).len > 0)
        add_construct(linting, source_construct(source), STR("source"), source_problem(source));
}

static void read_call(struct linting *linting)
{
    const struct call *call = call_compile(linting->arena, json_dict(linting->json, "request"), STR("appel"));
    const struct call_problems *problems = call_problems(call);
    add_texts(linting, call_texts(call));
    for (size_t i = 0; i < problems->len; i++) {
        const struct call_problem *problem = &problems->at[i];
        struct lint_finding *finding = linting_add(linting, true, problem->where, "%.*s", STR_ARG(problem->message));
        finding->construct = STR("template");
        finding->line = problem->line;
        finding->column = problem->column;
    }
}

/* ---- What texts ask ---- */

static void read_texts(struct linting *linting)
{
    for (size_t i = 0; i < linting->texts.len; i++) {
        const struct lint_text *text = &linting->texts.at[i];
        struct template_unknowns filters = template_unknown_filters(text->template);
        for (size_t j = 0; j < filters.len; j++)
            if (filter_is_inert(filters.at[j].filter))
                add_construct(linting, str_fmt(linting->arena, "filter:%.*s", STR_ARG(filters.at[j].filter)),
                              text->where, STR("Ce filtre ne fonctionne pas encore : il donne une valeur vide."));
        struct template_names names = template_names(text->template);
        for (size_t j = 0; j < names.len; j++) {
            str construct = inert_name(linting->arena, names.at[j].path);
            if (construct.len > 0 && !names.at[j].may_be_text)
                add_construct(linting, construct, text->where,
                              STR("Ce nom de Publik n’est pas encore donné : sa valeur est vide."));
        }
    }
}

static const struct {
    const char *kind;
    void (*read)(struct linting *linting);
} readers[] = {
    {"form", read_form},
    {"workflow", read_workflow},
    {"mail-template", read_mail_template},
    {"source", read_source},
    {"block", read_block},
    {"card", read_form},
    {"wscall", read_call},
    {"comment-template", read_comment_template},
};

void linting_begin(struct linting *linting, struct arena *arena, str kind, const json_t *json,
                   const struct block_finder *blocks, struct lint_findings *out)
{
    *linting = (struct linting){
        .arena = arena, .kind = kind, .slug = json_str(json, "slug"), .json = json, .blocks = blocks, .out = out};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (str_eq(kind, str_of(readers[i].kind)))
            readers[i].read(linting);
    read_texts(linting);
}

void lint_document(struct arena *arena, str kind, const json_t *json, struct lint_findings *out)
{
    struct linting linting;
    linting_begin(&linting, arena, kind, json, NULL, out);
}
