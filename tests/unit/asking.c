#include "asking.h"

#include <string.h>

json_t *asking_json(struct arena *arena, const char *single_quoted)
{
    char *text = arena_copy(arena, single_quoted, strlen(single_quoted) + 1);
    for (char *at = text; *at; at++)
        if (*at == '\'')
            *at = '"';
    struct err err = {0};
    json_t *json = json_parse(arena, str_of(text), &err);
    if (json == NULL)
        print_error("JSON: %s (%d:%d)\n", err.message, err.line, err.column);
    assert_non_null(json);
    return json;
}

static void begin(struct asking *asking, const json_t *document)
{
    struct err err = {0};
    struct arena *arena = asking->arena;
    asking->form = form_compile(arena, document, 1, NULL, &err);
    assert_non_null(asking->form);
    asking->answers = json_keep(arena, json_object());
    asking->lists[0] = &asking->form->fields;
    asking->view = (struct answers_view){asking->lists, 1, asking->answers, STR("/fichiers")};
    struct value_dict *scope = value_dict_new(arena);
    value_dict_set(arena, scope, STR("form_var"), answers_value(&asking->view));
    value_dict_set(arena, scope, STR("today"), value_date((struct date){2026, 12, 14}));
    value_dict_set(arena, scope, STR("commune_cp"), value_text(STR("69001")));
    asking->context = (struct form_context){.arena = arena,
                                            .scope = value_dict(scope),
                                            .now = INT64_C(1797237000) * INSTANT_SECOND, /* 14 December 2026 */
                                            .file_url = STR("/fichiers"),
                                            .log = &asking->log};
}

void asking_begin(struct asking *asking, const char *fields)
{
    *asking = (struct asking){.arena = arena_new()};
    json_t *document = json_keep(asking->arena, json_object());
    json_set_str(document, STR("slug"), STR("essai"));
    json_set_str(document, STR("name"), STR("Essai"));
    json_set(document, STR("fields"), json_incref(asking_json(asking->arena, fields)));
    begin(asking, document);
}

void asking_begin_document(struct asking *asking, const json_t *document)
{
    *asking = (struct asking){.arena = arena_new()};
    begin(asking, document);
}

void asking_end(struct asking *asking)
{
    arena_free(asking->arena);
}

void asking_post(struct asking *asking, const char *control, str value)
{
    *vec_push(asking->arena, &asking->values) = (struct posted_value){str_of(control), value};
}

bool asking_read(struct asking *asking)
{
    struct posted posted = {asking->values.at, asking->values.len, asking->files.at, asking->files.len};
    asking->errors.len = 0;
    bool ok = form_page_read(asking->form, 0, &asking->context, &posted, asking->answers, &asking->errors);
    asking->values.len = asking->files.len = 0;
    assert_int_equal(ok, asking->errors.len == 0);
    return ok;
}

str asking_answer(struct asking *asking, const char *value)
{
    asking_post(asking, "f1", str_of(value));
    return asking_read(asking) ? STR_EMPTY : asking->errors.at[0].message;
}

static struct render render_of(struct asking *asking)
{
    return (struct render){.arena = asking->arena,
                           .scope = asking->context.scope,
                           .lang = STR("fr"),
                           .now = asking->context.now,
                           .log = &asking->log};
}

static const struct template *compiled(struct asking *asking, const char *text, enum template_kind kind)
{
    struct err err = {0};
    struct template_settings settings = {.kind = kind, .name = STR("essai")};
    const struct template *template = template_compile(asking->arena, str_of(text), &settings, &err);
    if (template == NULL)
        print_error("%s: %s\n", text, err.message);
    assert_non_null(template);
    return template;
}

str asking_says(struct asking *asking, const char *text)
{
    struct render render = render_of(asking);
    return template_text(compiled(asking, text, TEMPLATE_TEXT), &render);
}

bool asking_holds(struct asking *asking, const char *condition)
{
    struct render render = render_of(asking);
    return template_holds(compiled(asking, condition, TEMPLATE_CONDITION), &render);
}

str asking_stored(struct asking *asking, const char *id)
{
    const json_t *answer = json_object_get(asking->answers, id);
    return answer == NULL ? STR_EMPTY : json_text_sorted(asking->arena, answer);
}

str asking_error(const struct asking *asking, const char *id)
{
    for (size_t i = 0; i < asking->errors.len; i++)
        if (asking->errors.at[i].field != NULL && str_eq(asking->errors.at[i].field->id, str_of(id)))
            return asking->errors.at[i].message;
    return STR_EMPTY;
}
