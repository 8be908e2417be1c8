/* Who is meant by the names of a definition: functions, roles, « logged-users », addresses, templates. */
#include "workflow/model.h"

static bool is_function(const struct engine *engine, str name)
{
    if (str_starts(name, STR("_")))
        return true;
    const struct workflow_functions *functions = &engine->workflow->functions;
    for (size_t i = 0; i < functions->len; i++)
        if (str_eq(functions->at[i].id, name))
            return true;
    return false;
}

static bool is_template(str name)
{
    return str_contains(name, STR("{{")) || str_contains(name, STR("{%"));
}

/* A name that is itself a template, rendered: rare, so it is compiled where it is used. */
static str render_name(struct engine *engine, str name)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("destinataire")};
    const struct template *template = template_compile(engine->arena, name, &settings, NULL);
    return template ? str_trim(template_text(template, &engine->render)) : STR_EMPTY;
}

/* ---- Who plays a function ---- */

#define ACCOUNT_ROLE "_user:"

str role_of_account(struct arena *arena, int64_t account)
{
    return str_fmt(arena, ACCOUNT_ROLE "%lld", (long long)account);
}

int64_t account_of_role(str role)
{
    int64_t account = 0;
    bool is_account = str_starts(role, STR(ACCOUNT_ROLE)) &&
                      str_to_int64(str_slice(role, sizeof ACCOUNT_ROLE - 1, role.len), &account);
    return is_account ? account : 0;
}

void workflow_function_roles(struct arena *arena, const struct dossier *dossier, str function, str usual,
                             struct str_list *out)
{
    const json_t *own = dossier ? json_get(json_dict(dossier->marks, "functions"), function) : NULL;
    for (size_t i = 0; i < json_array_size(own); i++)
        *vec_push(arena, out) = json_str_of(json_array_get(own, i));
    if (!json_array_size(own) && !str_is_empty(usual))
        *vec_push(arena, out) = usual;
}

void roles_of_name(struct engine *engine, str name, struct str_list *out)
{
    const struct workflow_context *context = engine->context;
    if (is_template(name))
        name = render_name(engine, name);
    if (str_is_empty(name) || str_eq(name, STR("_submitter")) || str_eq(name, STR("logged-users")) ||
        str_eq(name, STR("_signed_calls")) || str_contains(name, STR("@")))
        return;
    if (!is_function(engine, name)) {
        *vec_push(engine->arena, out) = name;
        return;
    }
    str usual = context->role_of ? context->role_of(context->data, name) : STR_EMPTY;
    workflow_function_roles(engine->arena, engine->dossier, name, usual, out);
}

static bool has_role(const struct actor *actor, str role)
{
    for (size_t i = 0; i < actor->role_count; i++)
        if (str_eq(actor->roles[i], role))
            return true;
    return false;
}

static bool is_named(struct engine *engine, const struct actor *actor, str name)
{
    if (str_eq(name, STR("_submitter")))
        return actor->is_submitter;
    if (str_eq(name, STR("logged-users")))
        return actor->account != 0 || actor->signed_by.len > 0;
    if (str_eq(name, STR("_signed_calls"))) /* w.c.s.: of what calls from outside may start */
        return actor->signed_by.len > 0;
    struct str_list roles = {0};
    roles_of_name(engine, name, &roles);
    if (!actor->is_agent)
        return false;
    if (!roles.len) /* a function that nobody has is the administrators' */
        return actor->is_admin && is_function(engine, name);
    bool has = actor->is_admin;
    for (size_t i = 0; i < roles.len && !has; i++)
        has = has_role(actor, roles.at[i]);
    return has;
}

bool names_include(struct engine *engine, const struct actor *actor, const struct names *names)
{
    if (!names->len)
        return true;
    for (size_t i = 0; i < names->len; i++)
        if (is_named(engine, actor, names->at[i]))
            return true;
    return false;
}

bool workflow_actor_is(const struct workflow_context *context, const struct actor *actor, const str *names,
                       size_t count)
{
    struct engine engine = {.context = context, .workflow = context->workflow, .arena = context->arena};
    engine.render = (struct render){.arena = context->arena, .scope = context->site};
    return names_include(&engine, actor, &(struct names){names, count});
}

/* ---- Where they are written to ---- */

static void add_address(struct engine *engine, struct recipients *out, str address)
{
    address = str_trim(address);
    if (!str_contains(address, STR("@")))
        return;
    for (size_t i = 0; i < out->len; i++)
        if (str_eq_nocase(out->at[i], address))
            return;
    *vec_push(engine->arena, out) = address;
}

/* « a@x.fr, b@x.fr »: a template may give several. */
static void add_addresses(struct engine *engine, struct recipients *out, str text)
{
    text = str_replace(engine->arena, text, STR(";"), STR(","));
    text = str_replace(engine->arena, text, STR("\n"), STR(","));
    for (str address, rest = text; str_next(&rest, ',', &address);)
        add_address(engine, out, address);
}

static void add_recipient(struct engine *engine, str name, struct recipients *out)
{
    const struct workflow_context *context = engine->context;
    if (is_template(name))
        name = render_name(engine, name);
    if (str_contains(name, STR("@"))) {
        add_addresses(engine, out, name);
        return;
    }
    if (str_eq(name, STR("_submitter"))) {
        add_address(engine, out, engine->dossier->email);
        return;
    }
    struct str_list roles = {0};
    struct recipients found = {0};
    roles_of_name(engine, name, &roles);
    for (size_t i = 0; i < roles.len && context->role_addresses; i++)
        context->role_addresses(context->data, roles.at[i], &found);
    for (size_t i = 0; i < found.len; i++)
        add_address(engine, out, found.at[i]);
}

void recipients_of(struct engine *engine, const struct names *names, struct recipients *out)
{
    for (size_t i = 0; i < names->len; i++)
        add_recipient(engine, names->at[i], out);
}

/* ---- Where they get text messages ---- */

enum { NUMBERS_BYTES_MOST = 16 << 10 };

static void add_number(struct buf *out, str number)
{
    if (number.len)
        buf_fmt(out, "%s%.*s", out->len ? ", " : "", STR_ARG(number));
}

static void add_numbers_of_role(struct engine *engine, str role, struct buf *out)
{
    const struct workflow_context *context = engine->context;
    int64_t *accounts = NULL;
    size_t count = 0;
    if (!context->role_accounts || !context->account_phone)
        return;
    context->role_accounts(context->data, role, &accounts, &count);
    for (size_t i = 0; i < count; i++)
        add_number(out, context->account_phone(context->data, accounts[i]));
}

static void add_numbers_of_name(struct engine *engine, str name, struct buf *out)
{
    const struct workflow_context *context = engine->context;
    if (str_eq(name, STR("_submitter"))) {
        if (context->submitter_phone)
            add_number(out, context->submitter_phone(context->data, engine->dossier));
        return;
    }
    if (is_template(name)) {
        name = render_name(engine, name);
        add_number(out, name); /* what is none is passed over where it is sent */
    }
    struct str_list roles = {0};
    roles_of_name(engine, name, &roles);
    for (size_t i = 0; i < roles.len; i++)
        add_numbers_of_role(engine, roles.at[i], out);
}

str numbers_of(struct engine *engine, const struct names *names)
{
    struct buf out = buf_new(engine->arena, NUMBERS_BYTES_MOST);
    for (size_t i = 0; i < names->len; i++)
        add_numbers_of_name(engine, names->at[i], &out);
    return buf_str(&out);
}

json_t *names_json(const struct names *names)
{
    json_t *list = json_array();
    for (size_t i = 0; i < names->len; i++)
        json_array_append_new(list, json_from_str(names->at[i]));
    return list;
}
