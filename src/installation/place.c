/* A place for dossiers: a site's store and catalogue, and the people it knows, behind the functions that dossiers.h
 * asks for. */
#include "installation/installation.h"

static const struct form *find_form(const void *data, str key, int64_t version)
{
    const struct place *place = data;
    str slug;
    return form_key_is_card(key, &slug) ? catalogue_card(place->catalogue, slug, version)
                                        : catalogue_form(place->catalogue, slug, version);
}

static const struct workflow *find_workflow(const void *data, str slug, int64_t version)
{
    const struct place *place = data;
    return catalogue_workflow(place->catalogue, slug, version);
}

static const struct workflow *find_workflow_of(const void *data, const struct form *form)
{
    const struct place *place = data;
    return catalogue_workflow_of(place->catalogue, form);
}

static bool find_mail_template(const void *data, str slug, struct mail_text *out)
{
    const struct place *place = data;
    return catalogue_mail_template(place->catalogue, slug, out);
}

static struct dossier_person person_of(struct arena *arena, const struct account *account)
{
    return (struct dossier_person){.account = account->id,
                                   .uuid = account->uuid,
                                   .email = account->email,
                                   .first_name = account->first_name,
                                   .last_name = account->last_name,
                                   .name = account_name(arena, account),
                                   .attributes = account->data};
}

static bool find_person(void *data, struct arena *arena, int64_t id, struct dossier_person *out)
{
    const struct place *place = data;
    struct account account;
    if (!account_by_id(place->installation->people, arena, id, &account, NULL))
        return false;
    *out = person_of(arena, &account);
    return true;
}

static bool find_person_called(void *data, struct arena *arena, str text, struct dossier_person *out)
{
    const struct place *place = data;
    struct account account;
    if (!account_by_email(place->installation->people, arena, text, &account, NULL))
        return false;
    *out = person_of(arena, &account);
    return true;
}

static void find_roles_of(void *data, struct arena *arena, int64_t account, struct dossier_roles *out)
{
    const struct place *place = data;
    struct membership membership = {0};
    if (!membership_find(place->installation->people, arena, account, place->site->slug, &membership, NULL))
        return;
    for (size_t i = 0; i < membership.count; i++) {
        const struct role *role = site_role(place->site, membership.roles[i]);
        str slug = membership.roles[i];
        *vec_push(arena, out) = (struct dossier_role){.slug = slug, .name = role != NULL ? role->name : slug};
    }
}

static bool role_is_known(void *data, str slug)
{
    const struct place *place = data;
    return site_role(place->site, slug) != NULL;
}

static void role_addresses(void *data, struct arena *arena, str role, struct recipients *out)
{
    const struct place *place = data;
    const struct role *known = site_role(place->site, role);
    for (size_t i = 0; known != NULL && i < json_array_size(known->emails); i++)
        *vec_push(arena, out) = json_str_of(json_array_get(known->emails, i));
    struct accounts accounts = {0};
    if (out->len > 0 ||
        !membership_accounts(place->installation->people, arena, place->site->slug, role, &accounts, NULL))
        return;
    for (size_t i = 0; i < accounts.len; i++)
        *vec_push(arena, out) = accounts.at[i].email;
}

static void role_accounts(void *data, struct arena *arena, str role, int64_t **out, size_t *count)
{
    const struct place *place = data;
    struct accounts accounts = {0};
    *count = 0;
    if (!membership_accounts(place->installation->people, arena, place->site->slug, role, &accounts, NULL))
        return;
    *out = arena_array_of(arena, int64_t, accounts.len);
    for (size_t i = 0; i < accounts.len; i++)
        (*out)[(*count)++] = accounts.at[i].id;
}

void place_make(struct place *place, struct installation *installation, struct estate *estate, const struct site *site,
                struct arena *arena, const struct account *account)
{
    *place = (struct place){.installation = installation, .site = site};
    place->catalogue = estate->catalogues[estate_index(estate, site)];
    place->definitions = (struct dossier_definitions){.data = place,
                                                      .form = find_form,
                                                      .workflow = find_workflow,
                                                      .workflow_of = find_workflow_of,
                                                      .mail_template = find_mail_template,
                                                      .sources = catalogue_sources(place->catalogue)};
    place->dossiers = (struct dossier_place){.arena = arena,
                                             .store = site->store,
                                             .definitions = &place->definitions,
                                             .site_name = site->name,
                                             .base_url = installation_site_url(installation, arena, site),
                                             .mail_from = json_str(site->settings, "mail_from"),
                                             .lang = STR("fr"),
                                             .default_role = site->default_role,
                                             .variables = site->variables,
                                             .filters = &site->filters,
                                             .service = site->service,
                                             .data = place,
                                             .person = find_person,
                                             .person_called = find_person_called,
                                             .roles_of = find_roles_of,
                                             .role_is_known = role_is_known,
                                             .role_addresses = role_addresses,
                                             .role_accounts = role_accounts};
    if (account != NULL)
        place->dossiers.user = person_of(arena, account);
}
