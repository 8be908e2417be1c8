/* What is posted on a page of a form, field by field and line by line: read, checked, shown, summed up, and read again
 * from what is kept. */
#include "forms/forms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char document[] =
    "{\"slug\":\"essai\",\"name\":\"Essai\",\"fields\":["
    "{\"id\":\"1\",\"type\":\"string\",\"label\":\"S\",\"varname\":\"s\",\"validation\":{\"type\":\"regex\",\"value\":"
    "\"(a+)+b\"}},"
    "{\"id\":\"2\",\"type\":\"text\",\"label\":\"T\",\"varname\":\"t\",\"required\":\"optional\"},"
    "{\"id\":\"3\",\"type\":\"email\",\"label\":\"E\",\"varname\":\"e\"},"
    "{\"id\":\"4\",\"type\":\"bool\",\"label\":\"B\",\"varname\":\"b\"},"
    "{\"id\":\"5\",\"type\":\"item\",\"label\":\"I\",\"varname\":\"i\",\"items\":[\"un\",\"deux\"]},"
    "{\"id\":\"6\",\"type\":\"items\",\"label\":\"L\",\"varname\":\"l\",\"items\":[\"un\",\"deux\",\"trois\"]},"
    "{\"id\":\"7\",\"type\":\"date\",\"label\":\"D\",\"varname\":\"d\"},"
    "{\"id\":\"8\",\"type\":\"numeric\",\"label\":\"N\",\"varname\":\"n\"},"
    "{\"id\":\"9\",\"type\":\"string\",\"label\":\"I\",\"varname\":\"iban\",\"validation\":{\"type\":\"iban\"}},"
    "{\"id\":\"10\",\"type\":\"string\",\"label\":\"R\",\"varname\":\"r\",\"validation\":{\"type\":\"nir-fr\"}},"
    "{\"id\":\"11\",\"type\":\"string\",\"label\":\"P\",\"varname\":\"p\",\"validation\":{\"type\":\"phone-fr\"},"
    "\"condition\":\"form_var_n > 2 or form_var_s\"},"
    "{\"id\":\"12\",\"type\":\"computed\",\"label\":\"C\",\"varname\":\"c\",\"value_template\":\"{{ "
    "form_var_n|add:form_var_s }}\"}"
    ",{\"id\":\"13\",\"type\":\"block\",\"label\":\"B\",\"varname\":\"bloc\",\"max_items\":3,\"remove_button\":true,"
    "\"digest_template\":\"{{ block_var_a }}\",\"fields\":["
    "{\"id\":\"1\",\"type\":\"string\",\"label\":\"A\",\"varname\":\"a\"},"
    "{\"id\":\"2\",\"type\":\"date\",\"label\":\"D\",\"required\":\"optional\",\"condition\":\"block_var_a\"},"
    "{\"id\":\"3\",\"type\":\"block\",\"label\":\"W\",\"required\":\"optional\",\"max_items\":\"{{ form_var_n }}\","
    "\"fields\":[{\"id\":\"1\",\"type\":\"items\",\"label\":\"L\",\"items\":[\"un\",\"deux\"]}]}]}"
    "]}";

/* NAME=VALUE, a line each. */
static struct posted_value *posted_of(struct arena *arena, str text, size_t *count)
{
    struct VEC_OF(struct posted_value) values = {0};
    for (str line; str_next(&text, '\n', &line);) {
        struct posted_value value;
        str_cut(line, '=', &value.name, &value.value);
        *vec_push(arena, &values) = value;
    }
    *count = values.len;
    return values.at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct err err;
    str text = str_dup(arena, (str){(const char *)data, size});
    const struct form *form = form_compile(arena, json_parse(arena, str_of(document), NULL), 1, NULL, &err);
    json_t *answers = json_keep(arena, json_object());
    const struct field_list *lists[] = {&form->fields};
    struct answers_view view = {lists, 1, answers, STR_EMPTY};
    struct value_dict *scope = value_dict_new(arena);
    struct render_log log = {0};
    value_dict_set(arena, scope, STR("form_var"), answers_value(&view));
    struct form_context context = {.arena = arena, .scope = value_dict(scope), .now = 1, .log = &log};
    if (utf8_is_valid(text)) {
        struct posted posted = {0};
        struct field_errors errors = {0};
        size_t page;
        posted.values = posted_of(arena, text, &posted.value_count);
        bool ok = form_page_read(form, 0, &context, &posted, answers, &errors);
        fields_view(&form->pages[0].fields, &context, answers, &errors, true);
        form_summary(form, &context, answers, PLACE_VALIDATION);
        form_details(form, &context, answers);
        errors.len = 0;
        if (ok && !form_check(form, &context, answers, &errors, &page))
            __builtin_trap(); /* what was taken is taken again when it is sent */
        str control;
        posted_changes_rows(&posted, arena, &control);
        posted.is_typing = true;
        fields_live(&form->fields, &context, &posted, answers);
        form_fit_answers(form, answers);
        fields_anonymise(&form->fields, answers, true);
    }
    arena_free(arena);
    return 0;
}
