/* Filters of persons: session_user|has_role:"x", form_user|roles. */
#include "dossiers/tables.h"

static struct dossier_roles roles_of(const struct dossier_place *place, struct arena *arena, int64_t account)
{
    struct dossier_roles roles = {0};
    if (place->roles_of)
        place->roles_of(place->data, arena, account, &roles);
    return roles;
}

/* By its name, as w.c.s., or its slug, which stays where a name is changed. */
static struct value has_role(const struct dossier_roles *roles, str wanted)
{
    for (size_t i = 0; i < roles->len; i++)
        if (str_eq(roles->at[i].name, wanted) || str_eq(roles->at[i].slug, wanted))
            return value_bool(true);
    return value_bool(false);
}

static struct value role_names(struct arena *arena, const struct dossier_roles *roles)
{
    struct value_list *names = value_list_new(arena);
    for (size_t i = 0; i < roles->len; i++)
        value_list_add(arena, names, value_text(roles->at[i].name));
    return value_list(names);
}

bool person_filter(const struct dossier_place *place, const struct dossier_person *person, struct arena *arena,
                   str name, struct value arg, struct value *out)
{
    bool asks = str_eq(name, STR("has_role"));
    if (asks || str_eq(name, STR("roles"))) {
        struct dossier_roles roles = roles_of(place, arena, person->account);
        *out = asks ? has_role(&roles, value_to_text(arena, value_plain(arena, arg), STR("fr")))
                    : role_names(arena, &roles);
        return true;
    }
    if (!str_eq(name, STR("get_preference")) && !str_eq(name, STR("user_id_for_service")))
        return false;
    value_fault("« %.*s » : les comptes ne gardent pas encore cette donnée.", STR_ARG(name));
    *out = value_text(STR_EMPTY);
    return true;
}
