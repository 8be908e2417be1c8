/* {"form": …, "data": [{"number": …, "fields": [{"id", "varname", "label", "type", "value", "text"}]}]}: value is the
 * answer as it is kept (docs/definitions), text as people read it; a block has rows instead, of fields each. */
#include "exports/table.h"

static json_t *fields_json(const struct field_list *fields, struct arena *arena, const json_t *answers);

static json_t *rows_json(const struct field *field, struct arena *arena, const json_t *rows)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(list, fields_json(&field_block_of(field)->fields, arena, json_array_get(rows, i)));
    return list;
}

/* Of a file all but where we keep it. */
static json_t *value_json(const json_t *answer)
{
    if (json_get(json_array_get(answer, 0), STR("blob")) != NULL) {
        json_t *files = json_array();
        for (size_t i = 0; i < json_array_size(answer); i++)
            json_array_append_new(files, value_json(json_array_get(answer, i)));
        return files;
    }
    if (!json_is_object(answer) || json_get(answer, STR("blob")) == NULL)
        return json_incref((json_t *)(uintptr_t)answer);
    json_t *file = json_object();
    json_set_str(file, STR("name"), json_str(answer, "name"));
    json_set_str(file, STR("type"), json_str(answer, "type"));
    json_set(file, STR("size"), json_integer(json_int(answer, "size")));
    return file;
}

static json_t *field_json(const struct field *field, struct arena *arena, const json_t *answers)
{
    const json_t *answer = json_get(answers, field->id);
    json_t *json = json_object();
    json_set_str(json, STR("id"), field->id);
    if (field->varname.len > 0)
        json_set_str(json, STR("varname"), field->varname);
    json_set_str(json, STR("label"), field->label_text);
    json_set_str(json, STR("type"), field->type_name);
    if (field_block_of(field) != NULL) {
        json_set(json, STR("rows"), rows_json(field, arena, answer));
        return json;
    }
    if (answer != NULL && !field_is_secret(field))
        json_set(json, STR("value"), value_json(answer));
    json_set_str(json, STR("text"), field_display(field, arena, answers));
    return json;
}

static json_t *fields_json(const struct field_list *fields, struct arena *arena, const json_t *answers)
{
    json_t *list = json_array();
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        if (field_holds_answer(&fields->at[i]) && field_has_answer(&fields->at[i], answers))
            json_array_append_new(list, field_json(&fields->at[i], arena, answers));
    return list;
}

static json_t *pair(const char *first, str one, const char *second, str other)
{
    json_t *json = json_object();
    json_set_str(json, str_of(first), one);
    json_set_str(json, str_of(second), other);
    return json;
}

static void begin(struct table *table, struct arena *arena, struct buf *out)
{
    const json_t *form = json_keep(arena, pair("slug", table->form->slug, "name", table->form->name));
    buf_fmt(out, "{\"form\": %.*s,\n\"data\": [", STR_ARG(json_text(arena, form)));
}

static void row(struct table *table, struct arena *arena, const struct exported *exported, struct buf *out)
{
    const struct dossier_line *line = exported->line;
    const struct dossier *dossier = exported->dossier;
    json_t *json = json_keep(arena, json_object());
    json_set_str(json, STR("number"), line->number);
    json_set_str(json, STR("code"), dossier_code_shown(arena, line->code));
    json_set_str(json, STR("received"), instant_iso(arena, line->received));
    json_set_str(json, STR("updated"), instant_iso(arena, line->updated));
    json_set(json, STR("status"), pair("id", line->status, "name", line->status_name));
    json_set_str(json, STR("channel"), dossier->channel);
    json_set(json, STR("submitter"), pair("name", line->submitter_name, "email", dossier->email));
    json_set(json, STR("fields"), fields_json(&table->form->fields, arena, dossier->answers));
    json_set(json, STR("backoffice_fields"), fields_json(table->backoffice, arena, dossier->answers));
    buf_add(out, table->has_rows ? STR(",\n") : STR("\n"));
    buf_add(out, json_text(arena, json));
}

static bool end(struct table *table, struct arena *arena, struct buf *out)
{
    (void)table;
    (void)arena;
    buf_add(out, STR("\n]}\n"));
    return true;
}

const struct table_format format_json = {STR_INIT("json"), STR_INIT("application/json"), begin, row, end};
