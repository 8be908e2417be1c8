#include "web/api/shapes.h"

json_t *api_role_json(const struct site *site, str slug)
{
    const struct role *role = site_role(site, slug);
    const json_t *emails = role != NULL ? role->emails : NULL;
    json_t *json = json_object();
    json_set_str(json, STR("id"), slug);
    json_set_str(json, STR("slug"), slug);
    json_set_str(json, STR("name"), role != NULL ? role->name : slug);
    json_set_str(json, STR("text"), role != NULL ? role->name : slug);
    json_set_str(json, STR("details"), STR_EMPTY);
    json_set(json, STR("allows_backoffice_access"), json_true());
    json_set(json, STR("emails"), emails != NULL ? json_deep_copy(emails) : json_array());
    json_set(json, STR("emails_to_members"), json_boolean(json_array_size(emails) == 0));
    return json;
}

str api_moment(struct arena *arena, instant at)
{
    struct datetime local = datetime_local(at);
    str day = date_iso(arena, local.date);
    return str_fmt(arena, "%.*s %02d:%02d:%02d", STR_ARG(day), local.hour, local.minute, local.second);
}
