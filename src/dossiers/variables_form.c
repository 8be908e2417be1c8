/* form_*: the request as templates read it, names and meanings those of Publik. */
#include "dossiers/tables.h"

str scope_file_url(const struct scope *scope)
{
    if (!scope->dossier)
        return STR_EMPTY;
    str url = dossier_url(scope->place, scope->dossier);
    return str_fmt(scope->place->arena, "%.*sfichiers", STR_ARG(url));
}

/* ---- form_var, form_option ---- */

static struct value answers_of(const struct scope *scope, struct arena *arena, const struct field_list *first,
                               const struct field_list *second, const json_t *answers)
{
    struct answers_view *view = arena_new_of(arena, struct answers_view);
    const struct field_list **lists = arena_array_of(arena, const struct field_list *, 2);
    size_t count = 0;
    if (first)
        lists[count++] = first;
    if (second)
        lists[count++] = second;
    *view = (struct answers_view){
        .lists = lists, .list_count = count, .answers = answers, .file_url = scope_file_url(scope)};
    view->cards = card_links(scope->place, arena);
    return answers_value(view);
}

static struct value form_var(const struct scope *scope, struct arena *arena)
{
    const struct field_list *own = scope->workflow ? workflow_backoffice_fields(scope->workflow) : NULL;
    return answers_of(scope, arena, scope->form ? &scope->form->fields : NULL, own, scope->answers);
}

/* The form's values of the workflow's options, keyed by name, as answers keyed by field id; the option's default where
 * the form gives none. */
static json_t *options_as_answers(const struct scope *scope, struct arena *arena, const struct field_list *options)
{
    static const char *const suffixes[] = {"", "_display", "_structured"};
    json_t *answers = json_keep(arena, json_object());
    const json_t *given = scope->form ? scope->form->options : NULL;
    for (size_t i = 0; i < options->len; i++) {
        const struct field *field = &options->at[i];
        for (size_t k = 0; k < 3; k++) {
            json_t *value = json_get(given, str_fmt(arena, "%.*s%s", STR_ARG(field->varname), suffixes[k]));
            if (value)
                json_set(answers, str_fmt(arena, "%.*s%s", STR_ARG(field->id), suffixes[k]), json_incref(value));
        }
        json_t *usual = json_object_get(field->json, "default_value");
        if (usual && !json_get(given, field->varname))
            json_set(answers, field->id, json_incref(usual));
    }
    return answers;
}

struct options {
    const struct scope *scope;
    struct value fields;
};

static bool option_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct options *options = object->self;
    *out = value_get(arena, options->fields, key);
    if (out->kind != VALUE_UNDEFINED)
        return true;
    const struct form *form = options->scope->form;
    const json_t *value = form ? json_get(form->options, key) : NULL;
    if (value)
        *out = json_is_string(value) ? value_option(json_str_of(value)) : value_from_json(arena, value);
    return value != NULL;
}

static const struct value_object_type option_type = {.name = "form_option", .get = option_get};

static struct value form_option(const struct scope *scope, struct arena *arena)
{
    struct options *options = arena_new_of(arena, struct options);
    options->scope = scope;
    const struct field_list *fields = scope->workflow ? workflow_options(scope->workflow) : NULL;
    options->fields = VALUE_OF_UNDEFINED;
    if (fields)
        options->fields = answers_of(scope, arena, fields, NULL, options_as_answers(scope, arena, fields));
    return value_object(&option_type, options);
}

/* ---- form_workflow_data, form_workflow_form, form_role ---- */

static bool workflow_data_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    const json_t *value = scope->dossier ? json_get(scope->dossier->data, key) : NULL;
    if (!value)
        return variables_form_parts(scope, arena, key, out);
    *out = value_from_json(arena, value);
    return !str_starts(key, STR("_"));
}

static const struct value_object_type workflow_data_type = {.name = "form_workflow_data", .get = workflow_data_get};

static bool workflow_form_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    return variables_form_parts(object->self, arena, key, out);
}

static const struct value_object_type workflow_form_type = {.name = "form_workflow_form", .get = workflow_form_get};

/* form_workflow_wscall_NAME: the exchanges of a call, _0_status …; without a number the latest. */
struct exchanges {
    const json_t *list;
};

static bool exchanges_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    const json_t *one = json_array_get(((const struct exchanges *)object->self)->list, index);
    if (one)
        *out = value_from_json(arena, one);
    return one != NULL;
}

static size_t exchanges_length(const struct value_object *object, struct arena *arena)
{
    (void)arena;
    return json_array_size(((const struct exchanges *)object->self)->list);
}

static bool exchanges_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    int64_t index;
    struct value latest;
    if (str_to_int64(key, &index))
        return index >= 0 && exchanges_item(object, arena, (size_t)index, out);
    if (!exchanges_item(object, arena, exchanges_length(object, arena) - 1, &latest))
        return false;
    *out = value_get(arena, latest, key);
    return out->kind != VALUE_UNDEFINED;
}

static const struct value_object_type exchanges_type = {
    .name = "échanges", .get = exchanges_get, .length = exchanges_length, .item = exchanges_item};

static bool wscall_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    const json_t *all = scope->dossier ? json_get(scope->dossier->data, STR("_wscall")) : NULL;
    struct exchanges *exchanges = arena_new_of(arena, struct exchanges);
    exchanges->list = json_get(all, key);
    *out = value_object(&exchanges_type, exchanges);
    return exchanges->list != NULL;
}

static const struct value_object_type wscall_type = {.name = "form_workflow_wscall", .get = wscall_get};

static bool is_function(const struct scope *scope, str function)
{
    const struct workflow_functions *functions = scope->workflow ? workflow_functions(scope->workflow) : NULL;
    for (size_t i = 0; functions && i < functions->len; i++)
        if (str_eq(functions->at[i].id, function))
            return true;
    return str_eq(function, STR("_receiver"));
}

static str role_names(const struct dossier_place *place, const struct str_list *roles)
{
    struct buf out = buf_new(place->arena, 1 << 12);
    for (size_t i = 0; i < roles->len; i++) {
        str name = context_role_name(place, roles->at[i]);
        buf_fmt(&out, "%s%.*s", i ? ", " : "", STR_ARG(name));
    }
    return buf_str(&out);
}

/* form_role_receiver_name, _emails: of the roles that play the function for this request. */
static bool role_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    const struct dossier_place *place = scope->place;
    str function = str_fmt(arena, "_%.*s", STR_ARG(key));
    if (!is_function(scope, function))
        return false;
    struct str_list roles = {0};
    struct recipients addresses = {0};
    context_roles_of(place, scope->form, scope->dossier, function, &roles);
    for (size_t i = 0; i < roles.len; i++)
        context_addresses_of(place, roles.at[i], &addresses);
    struct value_list *emails = value_list_new(arena);
    for (size_t i = 0; i < addresses.len; i++)
        value_list_add(arena, emails, value_text(addresses.at[i]));
    struct value_dict *dict = value_dict_new(arena);
    value_dict_set(arena, dict, STR("name"), value_text(role_names(place, &roles)));
    value_dict_set(arena, dict, STR("emails"), value_list(emails));
    *out = value_dict(dict);
    return true;
}

static const struct value_object_type role_type = {.name = "form_role", .get = role_get};

/* ---- The history: form_comment, form_status, form_evolution ---- */

static const struct history_entry *last_entry(const struct dossier *dossier)
{
    return dossier->history.len ? &dossier->history.at[dossier->history.len - 1] : NULL;
}

/* w.c.s.: the comment of the latest entry, nothing else. */
static str form_comment(const struct dossier *dossier)
{
    const struct history_entry *entry = last_entry(dossier);
    const json_t *parts = entry ? entry_parts(entry) : NULL;
    for (size_t i = json_array_size(parts); i > 0; i--) {
        const json_t *part = json_array_get(parts, i - 1);
        if (str_eq(json_str(part, "type"), STR("comment")))
            return json_str(part, "text");
    }
    return STR_EMPTY;
}

static str status_name(const struct scope *scope, str id)
{
    const struct workflow_status *status = scope->workflow ? workflow_status_find(scope->workflow, id) : NULL;
    return status ? status->name : id;
}

static str previous_status(const struct scope *scope)
{
    const struct dossier *dossier = scope->dossier;
    for (size_t i = dossier->history.len; i > 0; i--) {
        str status = dossier->history.at[i - 1].status;
        if (status.len && !str_eq(status, dossier->status))
            return status_name(scope, status);
    }
    return STR_EMPTY;
}

/* w.c.s.: the latest entry came to the status, and the dossier was elsewhere before. */
static bool status_changed(const struct scope *scope)
{
    const struct history *history = &scope->dossier->history;
    if (!history->len || !history->at[history->len - 1].status.len)
        return false;
    for (size_t i = history->len - 1; i > 0; i--) {
        str status = history->at[i - 1].status;
        if (status.len)
            return !str_eq(status, scope->dossier->status);
    }
    return true;
}

static str form_evolution(const struct scope *scope, struct arena *arena)
{
    const struct history_entry *entry = last_entry(scope->dossier);
    if (!entry)
        return STR_EMPTY;
    struct buf out = buf_new(arena, 1 << 16);
    buf_add(&out, STR("\n\n----\n\n"));
    if (entry->author_name.len && entry->author == AUTHOR_AGENT)
        buf_fmt(&out, "Par :\n  %.*s\n", STR_ARG(entry->author_name));
    if (entry->status.len) {
        str name = status_name(scope, entry->status);
        buf_fmt(&out, "Statut :\n  %.*s\n", STR_ARG(name));
    }
    str comment = form_comment(scope->dossier);
    if (comment.len)
        buf_fmt(&out, "\n%.*s\n", STR_ARG(comment));
    return buf_str(&out);
}

struct form_context scope_form_context(const struct scope *scope, struct arena *arena)
{
    return (struct form_context){.arena = arena,
                                 .scope = scope_value((struct scope *)(uintptr_t)scope),
                                 .site = dossier_site_scope(scope->place),
                                 .sources = scope->place->definitions->sources,
                                 .now = place_now(scope->place),
                                 .file_url = scope_file_url(scope)};
}

static str details(const struct scope *scope, struct arena *arena)
{
    if (!scope->form || !scope->dossier)
        return STR_EMPTY;
    struct form_context context = scope_form_context(scope, arena);
    return form_details(scope->form, &context, scope->dossier->answers);
}

/* ---- The members ---- */

str dossier_channel_label(str channel)
{
    static const struct {
        str channel, label;
    } labels[] = {{STR_INIT("web"), STR_INIT("Web")},
                  {STR_INIT("counter"), STR_INIT("Guichet")},
                  {STR_INIT("phone"), STR_INIT("Téléphone")},
                  {STR_INIT("mail"), STR_INIT("Courrier")},
                  {STR_INIT("email"), STR_INIT("Courriel")}};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (str_eq(channel, labels[i].channel))
            return labels[i].label;
    return channel;
}

/* form_geoloc_base_lat: each place that the form declares is where the dossier is. */
static struct value form_geoloc(const struct scope *scope, struct arena *arena)
{
    struct value_dict *places = value_dict_new(arena);
    const json_t *declared = places_declared(arena, scope->form, scope->workflow);
    struct position position;
    bool is_known = workflow_position(&scope->form->fields, scope->dossier, scope->answers, &position);
    const char *key;
    json_t *label;
    json_object_foreach((json_t *)(uintptr_t)declared, key, label)
    {
        struct value_dict *place = value_dict_new(arena);
        value_dict_set(arena, place, STR("lat"), is_known ? value_float(position.lat) : value_text(STR_EMPTY));
        value_dict_set(arena, place, STR("lon"), is_known ? value_float(position.lon) : value_text(STR_EMPTY));
        value_dict_set(arena, places, str_of(key), value_dict(place));
    }
    return value_dict(places);
}

/* Ours: of the form's quotas, for who files. */
static struct value places_left(const struct scope *scope)
{
    int64_t account = scope->dossier ? scope->dossier->account : scope->place->user.account;
    int64_t left = dossier_places_left(scope->place, scope->form, account);
    return left < 0 ? VALUE_OF_NONE : value_int(left);
}

/* Of the form alone: a draft has these too. */
static bool form_member(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    if (str_eq(key, STR("var")))
        *out = form_var(scope, arena);
    else if (str_eq(key, STR("option")))
        *out = form_option(scope, arena);
    else if (str_eq(key, STR("name")))
        *out = value_text(scope->form ? scope->form->name : STR_EMPTY);
    else if (str_eq(key, STR("slug")))
        *out = value_text(scope->form ? scope->form->slug : STR_EMPTY);
    else if (str_eq(key, STR("geoloc")) && scope->form)
        *out = form_geoloc(scope, arena);
    else if (str_eq(key, STR("places_left")) && scope->form && scope->form->quotas.len > 0)
        *out = places_left(scope);
    else if (str_eq(key, STR("objects")))
        *out = query_of_scope(scope, arena);
    else if (str_eq(key, STR("role")))
        *out = value_object(&role_type, scope);
    else if (str_eq(key, STR("workflow_data")))
        *out = value_object(&workflow_data_type, scope);
    else if (str_eq(key, STR("workflow_wscall")))
        *out = value_object(&wscall_type, scope);
    else if (str_eq(key, STR("workflow_form")))
        *out = value_object(&workflow_form_type, scope);
    else if (str_eq(key, STR("attachments")))
        *out = variables_attachments(scope);
    else if (str_eq(key, STR("workflow_email")))
        *out = variables_mails(scope);
    else if (str_eq(key, STR("trigger")))
        *out = variables_triggers(scope);
    else
        return false;
    return true;
}

static struct value person_of_account(const struct scope *scope, struct arena *arena, int64_t account)
{
    const struct dossier_place *place = scope->place;
    if (account == place->user.account)
        return variables_person(place, arena, &place->user);
    struct dossier_person *person = arena_new_of(arena, struct dossier_person);
    if (!account || !place->person || !place->person(place->data, arena, account, person))
        return VALUE_OF_NONE;
    return variables_person(place, arena, person);
}

static struct value submitter(const struct scope *scope, struct arena *arena)
{
    return person_of_account(scope, arena, scope->dossier ? scope->dossier->account : scope->place->user.account);
}

/* Within a digest there is none: one that shows itself, or lists others that show theirs, ends. */
static str form_digest(const struct scope *scope, struct arena *arena)
{
    static _Thread_local bool is_within;
    if (!scope->form || !scope->form->digest || is_within)
        return STR_EMPTY;
    struct render render = {.arena = arena,
                            .scope = scope_value((struct scope *)(uintptr_t)scope),
                            .site = dossier_site_scope(scope->place),
                            .lang = scope->place->lang,
                            .now = place_now(scope->place)};
    is_within = true;
    str digest = template_text(scope->form->digest, &render);
    is_within = false;
    return digest;
}

static bool text_member(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    const struct dossier *dossier = scope->dossier;
    str text;
    if (str_eq(key, STR("identifier")) && dossier->identifier.len)
        text = dossier->identifier;
    else if (str_eq(key, STR("number")) || str_eq(key, STR("identifier")))
        text = dossier_number(arena, dossier);
    else if (str_eq(key, STR("number_raw")) || str_eq(key, STR("internal_id")))
        text = str_fmt(arena, "%lld", (long long)dossier->sequence);
    else if (str_eq(key, STR("uuid")))
        text = dossier->uuid;
    else if (str_eq(key, STR("display_name"))) {
        str number = dossier_number(arena, dossier);
        text = str_fmt(arena, "%.*s n°%.*s", STR_ARG(scope->form ? scope->form->name : STR_EMPTY), STR_ARG(number));
    } else if (str_eq(key, STR("url")) || str_eq(key, STR("status_url")) || str_eq(key, STR("short_url")))
        text = dossier_url(scope->place, dossier);
    else if (str_eq(key, STR("url_backoffice")) || str_eq(key, STR("backoffice_url")))
        text = dossier_url_backoffice(scope->place, dossier);
    else if (str_eq(key, STR("api_url")))
        text = dossier_url_api(scope->place, dossier);
    else if (str_eq(key, STR("uri")))
        text = str_fmt(arena, "%.*s/%lld/", STR_ARG(dossier->form), (long long)dossier->sequence);
    else if (str_eq(key, STR("status")))
        text = dossier->draft.len ? STR("Brouillon") : status_name(scope, dossier->status);
    else if (str_eq(key, STR("previous_status")))
        text = previous_status(scope);
    else if (str_eq(key, STR("tracking_code")))
        text = dossier_code_shown(arena, dossier->code);
    else if (str_eq(key, STR("comment")))
        text = form_comment(dossier);
    else if (str_eq(key, STR("evolution")))
        text = form_evolution(scope, arena);
    else if (str_eq(key, STR("details")))
        text = details(scope, arena);
    else if (str_eq(key, STR("digest")))
        text = form_digest(scope, arena);
    else if (str_eq(key, STR("submission_channel")))
        text = dossier->channel;
    else if (str_eq(key, STR("submission_channel_label")))
        text = dossier_channel_label(dossier->channel);
    else
        return false;
    *out = value_text(text);
    return true;
}

/* w.c.s.: None where the workflow has no levels. */
static struct value level_name(const struct scope *scope)
{
    const struct workflow_level *level = scope->workflow ? workflow_level_of(scope->workflow, scope->dossier) : NULL;
    return level ? value_text(level->name) : VALUE_OF_NONE;
}

static bool other_member(const struct scope *scope, struct arena *arena, str key, struct value *out)
{
    const struct dossier *dossier = scope->dossier;
    struct datetime received = datetime_local(dossier->received);
    if (str_eq(key, STR("receipt_date")))
        *out = value_text(date_short(arena, received.date));
    else if (str_eq(key, STR("receipt_time")))
        *out = value_text(str_fmt(arena, "%02d:%02d", received.hour, received.minute));
    else if (str_eq(key, STR("receipt_datetime")))
        *out = value_datetime(received);
    else if (str_eq(key, STR("last_update_datetime")))
        *out = value_datetime(datetime_local(dossier->updated));
    else if (str_eq(key, STR("status_changed")))
        *out = value_bool(status_changed(scope));
    else if (str_eq(key, STR("status_is_endpoint")))
        *out = value_bool(dossier->is_final);
    else if (str_eq(key, STR("criticality_level")))
        *out = value_int(workflow_level_number(dossier));
    else if (str_eq(key, STR("criticality_label")))
        *out = level_name(scope);
    else if (str_eq(key, STR("submission_backoffice")))
        *out = value_bool(dossier->agent != 0);
    else if (str_eq(key, STR("links")))
        *out = variables_links(scope);
    else if (str_eq(key, STR("reverse_links")))
        *out = variables_reverse_links(scope);
    else if (str_eq(key, STR("jumps")))
        *out = variables_jumps(scope, arena);
    else if (str_eq(key, STR("latest_jump")))
        *out = variables_latest_jump(scope, arena);
    else if (str_eq(key, STR("submission_agent")))
        *out = person_of_account(scope, arena, dossier->agent);
    else if (str_eq(key, STR("submission_context"))) /* what another tool gave when it began one: none does yet */
        *out = value_dict(value_dict_new(arena));
    else
        return false;
    return true;
}

static bool form_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct scope *scope = object->self;
    if (str_eq(key, STR("user"))) {
        *out = submitter(scope, arena);
        return true;
    }
    if (form_member(scope, arena, key, out))
        return true;
    if (str_eq(key, STR("parent")))
        return variables_parent(scope, arena, out);
    return scope->dossier && (text_member(scope, arena, key, out) || other_member(scope, arena, key, out) ||
                              variables_silence(scope, arena, key, out));
}

static struct value form_plain(const struct value_object *object, struct arena *arena)
{
    const struct scope *scope = object->self;
    (void)arena;
    return value_text(scope->form ? scope->form->name : STR_EMPTY);
}

static const struct value_object_type form_type = {.name = "form", .get = form_get, .plain = form_plain};

struct value variables_form(const struct scope *scope)
{
    return value_object(&form_type, scope);
}
