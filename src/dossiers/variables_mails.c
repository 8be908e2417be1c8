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
    static const struct dossier none;
    struct part_walk walk = {.dossier = scope->dossier && key.len ? scope->dossier : &none, .type = "mail"};
    while (next_part(&walk))
        if (str_eq(json_str(walk.part, "varname"), key))
            *vec_push(arena, mails) = mail_value(arena, walk.entry, walk.part);
    if (mails->len)
        *out = value_object(&mails_type, mails);
    return mails->len > 0;
}

static const struct value_object_type names_type = {.name = "form_workflow_email", .get = named_get};

struct value variables_mails(const struct scope *scope)
{
    return value_object(&names_type, scope);
}
