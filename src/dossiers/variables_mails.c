/* form_workflow_email_NAME_subject, _body, _addresses, _datetime: the mails that an action of that name sent, the last
 * one, or by their number; names as in w.c.s. */
#include "dossiers/tables.h"

static struct value mail_value(struct arena *arena, const struct history_entry *entry, const json_t *part)
{
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("addresses"), value_from_json(arena, json_object_get(part, "to")));
    value_dict_set(arena, dict, STR("subject"), value_text(json_str(part, "subject")));
    value_dict_set(arena, dict, STR("body"), value_text(json_str(part, "body")));
    value_dict_set(arena, dict, STR("datetime"), value_datetime(datetime_local(entry->at)));
    return value_dict(dict);
}

static const struct value_object_type mails_type = {
    .name = "courriels envoyés", .get = series_get, .length = series_length, .item = series_item};

static bool named_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    struct series *mails = arena_new_of(arena, struct series);
    const struct history none = {0}, *history = scope->dossier ? &scope->dossier->history : &none;
    for (size_t i = 0; i < history->len && key.len; i++)
        for (size_t k = 0; k < json_array_size(history->at[i].parts); k++) {
            const json_t *part = json_array_get(history->at[i].parts, k);
            if (str_eq(json_str(part, "type"), STR("mail")) && str_eq(json_str(part, "varname"), key))
                *vec_push(arena, mails) = mail_value(arena, &history->at[i], part);
        }
    if (mails->len)
        *out = value_object(&mails_type, mails);
    return mails->len > 0;
}

static const struct value_object_type names_type = {.name = "form_workflow_email", .get = named_get};

struct value variables_mails(const struct scope *scope)
{
    return value_object(&names_type, scope);
}
