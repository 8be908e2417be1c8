/* A Publik definition, from its XML to what runs: read, kept as our JSON, written and read
 * again, compiled; a form is then looked at. */
#include "definition/definition.h"
#include "publik/publik.h"
#include "workflow/workflow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compile_form(struct arena *arena, const json_t *json)
{
    struct err err;
    const struct form *form = form_compile(arena, json, 1, NULL, &err);
    if (form == NULL)
        return;
    struct value_dict *scope = value_dict_new(arena);
    json_t *answers = json_keep(arena, json_object());
    const struct field_list *lists[] = {&form->fields};
    struct answers_view view = {lists, 1, answers, STR_EMPTY};
    struct render_log log = {0};
    value_dict_set(arena, scope, STR("form_var"), answers_value(&view));
    struct form_context context = {.arena = arena, .scope = value_dict(scope), .now = 1, .log = &log};
    size_t page;
    struct field_errors errors = {0};
    for (size_t i = 0; i < form->page_count && i < 3; i++) {
        form_page_open(form, i, &context, answers);
        fields_view(&form->pages[i].fields, &context, answers, NULL, true);
    }
    form_check(form, &context, answers, &errors, &page);
    form_summary(form, &context, answers, PLACE_VALIDATION);
}

static void compile_source(struct arena *arena, const json_t *json)
{
    struct render render = {.arena = arena, .scope = value_dict(value_dict_new(arena)), .steps_most = 5000};
    source_choices(source_compile(arena, json, STR("essai")), NULL, &render);
}

/* What is written for Publik and read again is the same document. */
static void write_and_read(struct arena *arena, const struct publik_document *document, str text)
{
    struct publik_document again;
    struct err err;
    str bytes;
    if (!publik_write(arena, document->json, NULL, &bytes, &err) || bytes.len > PUBLIK_FILE_MOST)
        return;
    if (!publik_read(arena, bytes, &again, &err) || !str_eq(json_text_sorted(arena, again.json), text))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct publik_document document;
    struct definition definition;
    struct err err;
    str bytes = str_dup(arena, (str){(const char *)data, size});
    publik_is_definition(bytes);
    if (publik_read(arena, bytes, &document, &err) && definition_from_json(arena, document.json, &definition, &err)) {
        const json_t *kept = json_parse(arena, definition.json, &err);
        if (kept == NULL)
            __builtin_trap();
        write_and_read(arena, &document, definition.json);
        if (str_eq(document.kind, STR("workflow")))
            workflow_compile(arena, kept, 1, NULL, &err);
        else if (str_eq(document.kind, STR("source")))
            compile_source(arena, kept);
        else
            compile_form(arena, kept);
    }
    arena_free(arena);
    return 0;
}
