/* /api/roles, /api/user/: who there is, as w.c.s. describes them. */
#include "web/api/shapes.h"
#include "web/api/subjects.h"

static void roles(struct request *request)
{
    const struct visit *visit = visit_of(request);
    json_t *list = json_array();
    for (size_t i = 0; i < visit->site->role_count; i++)
        json_array_append_new(list, api_role_json(visit->site, visit->site->roles[i].slug));
    api_data(request, list);
}

static json_t *roles_of(const struct visit *visit)
{
    json_t *list = json_array();
    for (size_t i = 0; i < visit->membership.count; i++)
        json_array_append_new(list, api_role_json(visit->site, visit->membership.roles[i]));
    return list;
}

static void set_data(struct request *request, const struct account *account, json_t *json)
{
    const char *key;
    json_t *value, *data = (json_t *)(uintptr_t)account_data(request->arena, account);
    json_object_foreach(data, key, value)
    {
        json_set(json, str_fmt(request->arena, "user_var_%s", key), json_incref(value));
    }
}

static void user(struct request *request)
{
    const struct visit *visit = visit_of(request);
    const struct account *account = &visit->account;
    if (!visit->is_signed_in) {
        api_refuse(request, "Aucune personne n’est nommée : « email » ou « NameID » manque.");
        return;
    }
    json_t *json = json_keep(request->arena, json_object());
    json_set(json, STR("id"), json_integer(account->id));
    json_set_str(json, STR("user_display_name"), account_name(request->arena, account));
    json_set_str(json, STR("user_email"), account->email);
    json_set_str(json, STR("user_nameid"), account->uuid);
    json_set_str(json, STR("user_name_identifier_0"), account->uuid);
    json_set(json, STR("user_admin_access"), json_boolean(visit->membership.is_admin));
    json_set(json, STR("user_backoffice_access"), json_boolean(visit->membership.is_agent));
    json_set(json, STR("user_roles"), roles_of(visit));
    set_data(request, account, json);
    response_json(request, 200, json);
}

const struct api_operation people_operations[] = {
    {HTTP_GET, "/api/roles", roles, "Les rôles du site"},
    {HTTP_GET, "/api/user/", user, "La personne pour qui l’appel est fait (email ou NameID)"},
    {0},
};
