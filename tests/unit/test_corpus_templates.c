/* Every template and condition of the real definitions compiles, and renders, with nothing known and in a request that
 * has every answer, without another failure than the language's own: an empty value, and a line in the log. */
#include "corpus.h"
#include "counterwork.h"

static struct corpus corpus;
static struct counterwork work;
static size_t text_count, condition_count, render_count, fault_count;

/* ---- The contexts ---- */

static const struct source *find_source(const void *data, str slug)
{
    (void)data;
    for (size_t i = 0; i < corpus.documents.len; i++)
        if (str_eq(corpus.documents.at[i].kind, STR("source")) && str_eq(corpus.documents.at[i].slug, slug))
            return source_compile(work.arena, corpus.documents.at[i].json, slug);
    return NULL;
}

/* What a person could have answered, by the type of the field. */
static void answer(const struct field *field, const struct form_context *context, json_t *answers)
{
    static const struct {
        const char *type, *value;
    } plausible[] = {{"date", "1985-05-12"}, {"numeric", "12"},           {"bool", "true"},
                     {"email", "a@b.be"},    {"text", "Ligne\n<b>&</b>"}, {"string", "L'été 12"}};
    for (size_t i = 0; i < sizeof plausible / sizeof *plausible; i++)
        if (str_eq(field->type_name, str_of(plausible[i].type)))
            field_set(field, context, value_text(str_of(plausible[i].value)), answers);
    struct choices choices;
    json_t *file =
        json_pack("{s:s, s:s, s:s, s:i}", "blob", "0f", "name", "plan.pdf", "type", "application/pdf", "size", 1200);
    if (str_eq(field->type_name, STR("file")))
        json_set(answers, field->id, json_incref(file));
    json_decref(file);
    if (field->type != NULL && field_fixed_choices(field, work.definitions.sources, &choices) && choices.len > 0)
        field_set(field, context, value_text(choices.at[choices.len - 1].id), answers);
    else if (str_starts(field->type_name, STR("item"))) /* of a source that another server holds */
        json_set_str(answers, field->id, STR("1"));
}

static json_t *answers_to(const struct field_list *fields)
{
    json_t *answers = json_keep(work.arena, json_object());
    struct form_context context = {.arena = work.arena, .sources = work.definitions.sources};
    context.scope = dossier_scope(&work.place, work.form, answers, NULL);
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        answer(&fields->at[i], &context, answers);
    return answers;
}

/* Each sub-form of the workflow, as if it had been filled in. */
static void fill_sub_forms(struct dossier *dossier)
{
    json_t *parts = json_array();
    const json_t *statuses = json_list(workflow_document(work.workflow), "statuses");
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *status = json_array_get(statuses, i), *actions = json_list(status, "actions");
        for (size_t k = 0; k < json_array_size(actions); k++) {
            const json_t *action = json_array_get(actions, k);
            if (!str_eq(json_str(action, "type"), STR("form")))
                continue;
            json_t *part = json_pack("{s:s, s:{}}", "type", "form", "answers");
            json_set_str(part, STR("varname"), json_str(action, "varname"));
            json_set_str(part, STR("at"), str_fmt(work.arena, "status/%.*s", STR_ARG(json_str(status, "id"))));
            json_set_str(part, STR("action"), json_str(action, "id"));
            json_set(part, STR("answers"), json_incref(answers_to(workflow_form_fields(work.workflow, part))));
            json_array_append_new(parts, part);
        }
    }
    *vec_push(work.arena, &dossier->history) =
        (struct history_entry){.at = test_now, .parts = history_parts_new(work.arena, parts)};
}

static struct value filled_scope(void)
{
    struct dossier *dossier = arena_new_of(work.arena, struct dossier);
    *dossier = *counterwork_file(&work, "{}")->after;
    dossier->answers = answers_to(&work.form->fields);
    json_t *own = answers_to(workflow_backoffice_fields(work.workflow));
    json_object_update(dossier->answers, own);
    fill_sub_forms(dossier);
    return dossier_scope(&work.place, work.form, NULL, dossier);
}

/* ---- The texts ---- */

static void render(const struct template *template, struct value scope, enum template_kind kind)
{
    struct arena *arena = arena_new();
    struct render_log log = {0};
    struct render render = {.arena = arena, .scope = scope, .site = scope, .log = &log};
    struct buf out = buf_new(arena, 16 << 20);
    struct err err = {0};
    if (!template_render(template, &render, &out, &err))
        fail_msg("%s", err.message);
    assert_true(utf8_is_valid(buf_str(&out)));
    if (kind == TEMPLATE_CONDITION)
        template_holds(template, &render);
    else
        template_value(template, &render);
    render_count++;
    fault_count += log.len;
    arena_free(arena);
}

/* empty: nothing is known; fresh: a form that nobody has begun to fill; filled: a request that has every answer. */
struct scopes {
    struct value empty, fresh, filled;
};

static void try_text(str text, enum template_kind kind, const struct scopes *scopes, str slug)
{
    struct template_settings settings = {.kind = kind, .name = slug};
    struct arena *arena = arena_new();
    struct err err = {0};
    const struct template *template = template_compile(arena, text, &settings, &err);
    if (template == NULL)
        fail_msg("%s\n%.*s", err.message, STR_ARG(text));
    if (!template_is_constant(template)) {
        *(kind == TEMPLATE_CONDITION ? &condition_count : &text_count) += kind != TEMPLATE_HTML;
        render(template, scopes->empty, kind);
        render(template, scopes->fresh, kind);
        render(template, scopes->filled, kind);
    }
    arena_free(arena);
}

static bool is_condition(const json_t *holder, str key)
{
    return str_eq(key, STR("condition")) ||
           (str_eq(key, STR("value")) && str_eq(json_str(holder, "type"), STR("django")));
}

static void try_texts(const json_t *json, const struct scopes *scopes, str slug);

static void try_member(const json_t *holder, str key, const json_t *value, const struct scopes *scopes, str slug)
{
    if (!json_is_string(value)) {
        try_texts(value, scopes, slug);
    } else if (is_condition(holder, key)) {
        try_text(json_str_of(value), TEMPLATE_CONDITION, scopes, slug);
    } else {
        try_text(json_str_of(value), TEMPLATE_TEXT, scopes, slug);
        try_text(json_str_of(value), TEMPLATE_HTML, scopes, slug);
    }
}

/* Every text of a document, whatever it is for; what is in Python's language is none of ours. */
static void try_texts(const json_t *json, const struct scopes *scopes, str slug)
{
    const char *key;
    json_t *value;
    size_t index;
    if (str_eq(json_str(json, "type"), STR("python")))
        return;
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        try_member(json, str_of(key), value, scopes, slug);
    }
    json_array_foreach(json, index, value)
    {
        try_member(NULL, STR_EMPTY, value, scopes, slug);
    }
}

/* A workflow is read in the first form that has it; what belongs to none, in the first form. */
static const struct form *form_for(const struct publik_document *document)
{
    for (size_t i = 0; i < corpus.forms.len; i++) {
        const struct form *form = corpus.forms.at[i];
        const struct workflow *workflow = corpus_workflow_of(&corpus, form);
        bool is_own = str_eq(document->kind, STR("form")) && str_eq(form->slug, document->slug);
        bool has_it = str_eq(document->kind, STR("workflow")) && workflow != NULL &&
                      str_eq(workflow_slug(workflow), document->slug);
        if (is_own || has_it)
            return form;
    }
    return corpus.forms.at[0];
}

static const struct workflow *workflow_for(const struct publik_document *document, const struct form *form)
{
    for (size_t i = 0; str_eq(document->kind, STR("workflow")) && i < corpus.workflows.len; i++)
        if (str_eq(workflow_slug(corpus.workflows.at[i]), document->slug))
            return corpus.workflows.at[i];
    return corpus_workflow_of(&corpus, form);
}

static void try_document(const struct publik_document *document)
{
    counterwork_make(&work, "{'kind':'form','slug':'x','name':'x','fields':[]}",
                     "{'kind':'workflow','slug':'x','name':'x','statuses':[{'id':'a','name':'A'}]}");
    struct source_finder sources = {.find = find_source};
    work.definitions.sources = &sources;
    work.form = form_for(document);
    const struct workflow *workflow = workflow_for(document, work.form);
    work.workflow = workflow != NULL ? workflow : work.workflow;
    struct scopes scopes = {
        .empty = value_dict(value_dict_new(work.arena)),
        .fresh = dossier_scope(&work.place, work.form, json_keep(work.arena, json_object()), NULL),
        .filled = filled_scope(),
    };
    try_texts(document->json, &scopes, document->slug);
    counterwork_free(&work);
}

static void every_real_text_renders_whatever_is_known(void **state)
{
    (void)state;
    bool is_here = corpus_load(&corpus);
    for (size_t i = 0; is_here && i < corpus.documents.len; i++)
        try_document(&corpus.documents.at[i]);
    if (is_here)
        print_message("# %zu documents, %zu templates, %zu conditions, %zu renderings, %zu faults told\n",
                      corpus.documents.len, text_count, condition_count, render_count, fault_count);
    else
        print_message("# no corpus here, skipped\n");
    corpus_free(&corpus);
}

int main(void)
{
    log_set_level(LOG_ERROR);
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_real_text_renders_whatever_is_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
