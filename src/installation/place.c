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

static bool find_comment_template(const void *data, str slug, struct comment_text *out)
{
    const struct place *place = data;
    return catalogue_comment_template(place->catalogue, slug, out);
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
    struct people *people = place->installation->people;
    if (!account_by_email(people, arena, text, &account, NULL) && !account_by_uuid(people, arena, text, &account, NULL))
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
        *vec_push(arena, out) = (struct workflow_role){.slug = slug, .name = role != NULL ? role->name : slug};
    }
}

void place_roles_of_agent(struct arena *arena, const struct membership *membership, struct actor *actor)
{
    str *roles = arena_array_of(arena, str, membership->count + 1);
    size_t count = membership->count;
    for (size_t i = 0; i < count; i++)
        roles[i] = membership->roles[i];
    if (actor->account)
        roles[count++] = role_of_account(arena, actor->account);
    actor->roles = roles;
    actor->role_count = count;
}

static bool find_agent(void *data, struct arena *arena, int64_t id, struct actor *out)
{
    const struct place *place = data;
    struct people *people = place->installation->people;
    struct account account;
    struct membership membership = {0};
    if (!account_by_id(people, arena, id, &account, NULL) ||
        !membership_find(people, arena, id, place->site->slug, &membership, NULL))
        return false;
    *out = (struct actor){
        .account = id, .name = account_name(arena, &account), .is_agent = true, .is_admin = membership.is_admin};
    place_roles_of_agent(arena, &membership, out);
    return membership.is_agent && !account.is_locked;
}

static bool role_called(void *data, str text, struct workflow_role *out)
{
    const struct site *site = ((const struct place *)data)->site;
    const struct role *role = site_role(site, text);
    for (size_t i = 0; i < site->role_count && role == NULL; i++)
        if (str_eq(site->roles[i].name, text))
            role = &site->roles[i];
    if (role != NULL)
        *out = (struct workflow_role){.slug = role->slug, .name = role->name};
    return role != NULL;
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

/* ---- Accounts as choices ---- */

static bool has_account(const struct accounts *accounts, int64_t id)
{
    for (size_t i = 0; i < accounts->len; i++)
        if (accounts->at[i].id == id)
            return true;
    return false;
}

/* The accounts of these roles; each once. */
static bool read_accounts(const struct place *place, struct arena *arena, const json_t *roles, struct accounts *out)
{
    for (size_t i = 0; i < json_array_size(roles); i++) {
        struct accounts some = {0};
        str role = json_str_of(json_array_get(roles, i));
        if (!membership_accounts(place->installation->people, arena, place->site->slug, role, &some, NULL))
            return false;
        for (size_t j = 0; j < some.len; j++)
            if (!has_account(out, some.at[j].id))
                *vec_push(arena, out) = some.at[j];
    }
    return true;
}

static const json_t *all_roles(const struct place *place, struct arena *arena)
{
    json_t *roles = json_keep(arena, json_array());
    for (size_t i = 0; i < place->site->role_count; i++)
        json_array_append_new(roles, json_from_str(place->site->roles[i].slug));
    return roles;
}

static void add_person(struct arena *arena, const struct account *account, json_t *rows)
{
    str name = account_name(arena, account);
    json_t *row = json_object();
    json_set_str(row, STR("id"), account->uuid);
    json_set_str(row, STR("text"), name);
    json_set_str(row, STR("name"), name);
    json_set_str(row, STR("email"), account->email);
    json_array_append_new(rows, row);
}

/* Publik's « wcs:users »: who has one of the included roles (of all the site's where none is said), and none of the
 * excluded. */
static bool read_users(const struct place *place, const struct local_asking *asking, struct render *render,
                       struct choices *out)
{
    const json_t *json = asking->json, *included = json_list(json, "users_included_roles");
    struct arena *arena = render->arena;
    struct accounts accounts = {0}, excluded = {0};
    bool ok =
        read_accounts(place, arena, json_array_size(included) > 0 ? included : all_roles(place, arena), &accounts) &&
        read_accounts(place, arena, json_list(json, "users_excluded_roles"), &excluded);
    json_t *rows = json_keep(arena, json_array());
    for (size_t i = 0; ok && i < accounts.len; i++)
        if (!has_account(&excluded, accounts.at[i].id))
            add_person(arena, &accounts.at[i], rows);
    *out = choices_from_json(arena, rows);
    return ok;
}

/* ---- Sources and calls ---- */

static const struct source *find_source(const void *data, str slug)
{
    const struct place *place = data;
    return catalogue_source(place->catalogue, slug);
}

static const struct call *find_call(const void *data, str slug)
{
    const struct place *place = data;
    return catalogue_call(place->catalogue, slug);
}

static bool read_cards(const struct place *place, const struct local_asking *asking, struct render *render,
                       struct choices *out)
{
    return dossier_card_choices(&place->dossiers, asking, render, out);
}

/* What the site itself holds, as a list of choices: one line a kind. */
static const struct {
    const char *kind;
    bool (*read)(const struct place *place, const struct local_asking *asking, struct render *render,
                 struct choices *out);
} local_sources[] = {
    {"wcs:users", read_users},
    {"card", read_cards},
};

static bool read_local(const void *data, const struct local_asking *asking, struct render *render, struct choices *out)
{
    for (size_t i = 0; i < sizeof local_sources / sizeof *local_sources; i++)
        if (str_eq(asking->kind, str_of(local_sources[i].kind)))
            return local_sources[i].read(data, asking, render, out);
    return false;
}

static void make_sources(struct place *place, struct arena *arena)
{
    remote_session_begin(&place->session, place->installation->remote, place->site->store,
                         json_dict(place->site->settings, "outgoing"), arena);
    place->sources = (struct source_finder){
        .find = find_source, .data = place, .local = read_local, .local_data = place, .session = &place->session};
    place->calls = (struct call_finder){find_call, place, &place->session};
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
                                                      .comment_template = find_comment_template,
                                                      .sources = &place->sources,
                                                      .calls = &place->calls};
    make_sources(place, arena);
    place->dossiers = (struct dossier_place){.arena = arena,
                                             .store = site->store,
                                             .definitions = &place->definitions,
                                             .site_name = site->name,
                                             .base_url = installation_site_url(installation, arena, site),
                                             .mail_from = json_str(site->settings, "mail_from"),
                                             .lang = STR("fr"),
                                             .sends_sms = json_str(json_dict(site->settings, "sms"), "url").len > 0,
                                             .default_role = site->default_role,
                                             .variables = site->variables,
                                             .filters = &site->filters,
                                             .service = site->service,
                                             .data = place,
                                             .person = find_person,
                                             .person_called = find_person_called,
                                             .roles_of = find_roles_of,
                                             .agent = find_agent,
                                             .role_called = role_called,
                                             .role_addresses = role_addresses,
                                             .role_accounts = role_accounts};
    if (account != NULL)
        place->dossiers.user = person_of(arena, account);
}

void place_ask_nobody(struct place *place)
{
    place->sources.session = NULL;
    place->calls.session = NULL;
}
