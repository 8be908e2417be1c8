/* A request or a card as other programs read it, in the names and shapes of w.c.s. */
#include "dossiers/query.h"

/* ---- Times: those of the request as local time without a zone, those of its history with it, as w.c.s. has them ----
 */

static str iso_local(struct arena *arena, instant at, bool has_zone)
{
    struct datetime local = datetime_local(at);
    str text = datetime_iso(arena, local);
    if (!has_zone)
        return text;
    int minutes = (int)((instant_from_utc(local) - at) / (60 * INSTANT_SECOND)),
        size = minutes < 0 ? -minutes : minutes;
    return str_fmt(arena, "%.*s%c%02d:%02d", STR_ARG(text), minutes < 0 ? '-' : '+', size / 60, size % 60);
}

static void set_time(struct arena *arena, json_t *json, const char *key, instant at, bool has_zone)
{
    json_set(json, str_of(key), at ? json_from_str(iso_local(arena, at, has_zone)) : json_null());
}

/* ---- Answers ---- */

struct writing {
    const struct dossier_place *place;
    const struct dossier *dossier;
    const struct dossier_reading *reading;
    const struct form *form;
    const struct workflow *workflow;
    struct workflow_context context;
    bool has_context;
};

static json_t *file_json(const struct writing *writing, const struct field *field, const json_t *file)
{
    json_t *json = json_object();
    json_set_str(json, STR("field_id"), field->id);
    json_set_str(json, STR("filename"), json_str(file, "name"));
    json_set_str(json, STR("content_type"), json_str(file, "type"));
    if (writing->reading->file)
        writing->reading->file(writing->reading->data, writing->dossier, file, json);
    return json;
}

static json_t *files_json(const struct writing *writing, const struct field *field, const json_t *answer)
{
    if (!json_is_array(answer))
        return file_json(writing, field, answer);
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(answer); i++)
        json_array_append_new(list, file_json(writing, field, json_array_get(answer, i)));
    return list;
}

static json_t *position_json(const struct field *field, const json_t *answers)
{
    struct position position;
    if (!fields_position(&(struct field_list){field, 1}, answers, &position))
        return json_incref(json_get(answers, field->id));
    return json_pack("{s:f, s:f}", "lat", position.lat, "lon", position.lon);
}

static json_t *fields_json(const struct writing *writing, const struct field_list *fields, const json_t *answers);

static json_t *rows_json(const struct writing *writing, const struct field *field, const json_t *rows)
{
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++)
        json_array_append_new(list, fields_json(writing, &field_block_of(field)->fields, json_array_get(rows, i)));
    return list;
}

static json_t *raw_json(const struct writing *writing, const struct field *field, const json_t *answers)
{
    json_t *answer = json_get(answers, field->id);
    if (!field_has_answer(field, answers))
        return json_null();
    if (field_block_of(field))
        return rows_json(writing, field, answer);
    if (str_eq(field->type_name, STR("file")))
        return files_json(writing, field, answer);
    if (str_eq(field->type_name, STR("map")))
        return position_json(field, answers);
    return json_incref(answer);
}

/* w.c.s.: of choices and blocks what people read, with NAME_raw beside it; of a choice of a source its row too. */
static void add_field(const struct writing *writing, const struct field *field, const json_t *answers, json_t *out)
{
    static const str read_otherwise[] = {STR_INIT("item"), STR_INIT("items"), STR_INIT("block")};
    struct arena *arena = writing->place->arena;
    bool has_raw = false;
    for (size_t i = 0; i < sizeof read_otherwise / sizeof *read_otherwise; i++)
        has_raw |= str_eq(field->type_name, read_otherwise[i]);
    json_t *raw = raw_json(writing, field, answers);
    json_t *row = json_get(answers, str_fmt(arena, "%.*s_structured", STR_ARG(field->id)));
    if (row)
        json_set(out, str_fmt(arena, "%.*s_structured", STR_ARG(field->varname)), json_incref(row));
    if (!has_raw) {
        json_set(out, field->varname, raw);
        return;
    }
    json_set(out, field->varname,
             json_is_null(raw) ? json_null() : json_from_str(field_display(field, arena, answers)));
    json_set(out, str_fmt(arena, "%.*s_raw", STR_ARG(field->varname)), raw);
}

/* Of several fields with one name, the first that is answered. */
static json_t *fields_json(const struct writing *writing, const struct field_list *fields, const json_t *answers)
{
    json_t *out = json_object();
    for (size_t i = 0; fields && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        json_t *known = field->varname.len ? json_get(out, field->varname) : NULL;
        bool is_given = known && !json_is_null(known);
        if (field->varname.len && field_holds_answer(field) && !field_is_secret(field) && !is_given)
            add_field(writing, field, answers, out);
    }
    return out;
}

/* ---- People and roles ---- */

static json_t *person_json(struct arena *arena, const struct dossier_person *person)
{
    json_t *json = json_object(), *nameid = json_array();
    str parts[] = {person->first_name, STR(" "), person->last_name};
    json_array_append_new(nameid, json_from_str(person->uuid));
    json_set(json, STR("id"), json_integer(person->account));
    json_set_str(json, STR("name"), person->name.len ? person->name : str_trim(str_concat(arena, parts, 3)));
    json_set_str(json, STR("email"), person->email);
    json_set(json, STR("NameID"), nameid);
    return json;
}

static void add_person(const struct dossier_place *place, int64_t account, const char *key, json_t *out)
{
    struct dossier_person person;
    if (account && place->person && place->person(place->data, place->arena, account, &person))
        json_set(out, str_of(key), person_json(place->arena, &person));
}

static json_t *role_json(const struct writing *writing, str slug)
{
    const struct dossier_place *place = writing->place;
    struct dossier_person person;
    int64_t account = account_of_role(slug);
    if (account && place->person && place->person(place->data, place->arena, account, &person))
        return person_json(place->arena, &person);
    if (writing->reading->role)
        return writing->reading->role(writing->reading->data, slug);
    return json_from_str(slug);
}

static json_t *roles_json(const struct writing *writing, const struct str_list *roles)
{
    json_t *list = json_array();
    for (size_t i = 0; i < roles->len; i++)
        if (roles->at[i].len && !str_eq(roles->at[i], STR("_submitter")))
            json_array_append_new(list, role_json(writing, roles->at[i]));
    return list;
}

static void add_roles(const struct writing *writing, json_t *out)
{
    json_t *json = json_object();
    struct str_list waiting = {0}, concerned = {0};
    const struct workflow_functions *functions = writing->workflow ? workflow_functions(writing->workflow) : NULL;
    for (size_t i = 0; functions && i < functions->len; i++) {
        struct str_list one = {0};
        context_roles_of(writing->place, writing->form, writing->dossier, functions->at[i].id, &one);
        json_set(json, functions->at[i].id, roles_json(writing, &one));
    }
    if (writing->has_context)
        workflow_roles(&writing->context, writing->dossier, &waiting, &concerned);
    json_set(json, STR("concerned"), roles_json(writing, &concerned));
    json_set(json, STR("actions"), roles_json(writing, &waiting));
    json_set(out, STR("roles"), json);
}

/* ---- The circuit ---- */

static instant arrival(const struct dossier *dossier, str status, bool latest)
{
    for (size_t i = 0; i < dossier->history.len; i++) {
        size_t at = latest ? dossier->history.len - 1 - i : i;
        if (str_eq(dossier->history.at[at].status, status))
            return dossier->history.at[at].at;
    }
    return 0;
}

static json_t *status_json(const struct writing *writing, const struct workflow_status *status)
{
    struct arena *arena = writing->place->arena;
    json_t *json = json_object();
    json_set_str(json, STR("id"), status->id);
    json_set_str(json, STR("name"), status->name);
    json_set(json, STR("endpoint"), json_boolean(status->is_endpoint));
    set_time(arena, json, "first_arrival_datetime", arrival(writing->dossier, status->id, false), true);
    set_time(arena, json, "latest_arrival_datetime", arrival(writing->dossier, status->id, true), true);
    return json;
}

static json_t *data_json(const struct dossier *dossier)
{
    json_t *out = json_object(), *value;
    const char *key;
    json_object_foreach(dossier->data, key, value)
    {
        if (key[0] != '_') /* the circuit's own */
            json_set(out, str_of(key), json_incref(value));
    }
    return out;
}

static void add_workflow(const struct writing *writing, json_t *out)
{
    const struct dossier_parts *parts = &writing->reading->parts;
    json_t *json = json_object();
    if (parts->workflow && writing->has_context) {
        const struct workflow_status *real = workflow_status_find(writing->workflow, writing->dossier->status);
        struct actor submitter = {.account = writing->dossier->account, .is_submitter = true};
        json_set(json, STR("status"),
                 status_json(writing, workflow_visible_status(&writing->context, writing->dossier, &submitter)));
        if (real)
            json_set(json, STR("real_status"), status_json(writing, real));
        if (workflow_backoffice_fields(writing->workflow))
            json_set(json, STR("fields"),
                     fields_json(writing, workflow_backoffice_fields(writing->workflow), writing->dossier->answers));
    }
    if (parts->workflow_data && json_object_size(writing->dossier->data) > 0)
        json_set(json, STR("data"), data_json(writing->dossier));
    json_set(out, STR("workflow"), json);
}

/* ---- The history ---- */

static json_t *sub_form_json(const struct writing *writing, const json_t *part)
{
    json_t *json = json_pack("{s:s}", "type", "workflow-form");
    json_set_str(json, STR("key"), json_str(part, "varname"));
    json_set(json, STR("data"),
             fields_json(writing, workflow_form_fields(writing->workflow, part), json_dict(part, "answers")));
    return json;
}

/* NULL: one that only our own pages tell. */
static json_t *part_json(const struct writing *writing, const json_t *part)
{
    str type = json_str(part, "type");
    json_t *json = json_pack("{s:s}", "type", "workflow-comment");
    if (str_eq(type, STR("comment"))) {
        json_set_str(json, STR("identifier"), json_str(part, "varname"));
        json_set_str(json, STR("comment"), json_str(part, "text"));
        json_set_str(json, STR("comment_plain_text"), json_str(part, "text"));
        return json;
    }
    if (str_eq(type, STR("message"))) {
        const json_t *to = json_list(part, "to");
        json_set(json, STR("to"), to ? json_deep_copy(to) : json_array());
        json_set_str(json, STR("content"), json_str(part, "html"));
        return json;
    }
    json_decref(json);
    return str_eq(type, STR("form")) ? sub_form_json(writing, part) : NULL;
}

static json_t *parts_json(const struct writing *writing, const struct history_entry *entry)
{
    const json_t *parts = entry_parts(entry);
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i);
        bool may = workflow_may_read(&writing->context, writing->dossier, part, writing->reading->actor);
        json_t *json = may ? part_json(writing, part) : NULL;
        if (json)
            json_array_append_new(list, json);
    }
    return list;
}

static json_t *entry_json(const struct writing *writing, const struct history_entry *entry)
{
    json_t *json = json_object();
    set_time(writing->place->arena, json, "time", entry->at, true);
    if (entry->status.len)
        json_set_str(json, STR("status"), entry->status);
    json_set(json, STR("who_id"),
             entry->author == AUTHOR_SUBMITTER ? json_from_str(STR("_submitter"))
             : entry->account                  ? json_integer(entry->account)
                                               : json_null());
    add_person(writing->place, entry->account, "who", json);
    json_t *parts = parts_json(writing, entry);
    if (json_array_size(parts) > 0)
        json_set(json, STR("parts"), parts);
    else
        json_decref(parts);
    return json;
}

static void add_evolution(const struct writing *writing, json_t *out)
{
    json_t *list = json_array();
    for (size_t i = 0; writing->has_context && i < writing->dossier->history.len; i++)
        json_array_append_new(list, entry_json(writing, &writing->dossier->history.at[i]));
    json_set(out, STR("evolution"), list);
}

/* ---- What may be called ---- */

static void add_actions(const struct writing *writing, json_t *out)
{
    struct arena *arena = writing->place->arena;
    struct workflow_calls calls = {0};
    json_t *json = json_object();
    str url = dossier_url_api(writing->place, writing->dossier);
    if (writing->has_context)
        workflow_callable(&writing->context, writing->dossier, writing->reading->actor, &calls);
    for (size_t i = 0; i < calls.len; i++) {
        bool is_jump = calls.at[i].is_jump;
        json_set(json, str_fmt(arena, "%s:%.*s", is_jump ? "jump" : "global-action", STR_ARG(calls.at[i].name)),
                 json_from_str(str_fmt(arena, "%.*s%s/%.*s/", STR_ARG(url), is_jump ? "jump/trigger" : "hooks",
                                       STR_ARG(calls.at[i].name))));
    }
    json_set(out, STR("actions"), json);
}

/* ---- The whole ---- */

static void add_submission(const struct writing *writing, json_t *out)
{
    json_t *json = json_object();
    json_set(json, STR("backoffice"), json_boolean(writing->dossier->agent != 0));
    json_set_str(json, STR("channel"), writing->dossier->channel);
    add_person(writing->place, writing->dossier->agent, "agent", json);
    json_set(out, STR("submission"), json);
}

static void add_places(const struct writing *writing, json_t *out)
{
    struct position position;
    const struct dossier *dossier = writing->dossier;
    const json_t *places =
        writing->form ? places_declared(writing->place->arena, writing->form, writing->workflow) : NULL;
    const char *key;
    json_t *label, *json;
    if (!places || !workflow_position(&writing->form->fields, dossier, dossier->answers, &position))
        return;
    json = json_object();
    json_object_foreach((json_t *)(uintptr_t)places, key, label)
    {
        json_set(json, str_of(key), json_pack("{s:f, s:f}", "lat", position.lat, "lon", position.lon));
    }
    json_set(out, STR("geolocations"), json);
}

static void add_head(const struct writing *writing, json_t *out)
{
    const struct dossier *dossier = writing->dossier;
    struct arena *arena = writing->place->arena;
    bool is_card = form_key_is_card(dossier->form, NULL);
    str number = is_card ? dossier->identifier : dossier_number(arena, dossier);
    str name = str_fmt(arena, is_card ? "%.*s - %.*s" : "%.*s n°%.*s",
                       STR_ARG(writing->form ? writing->form->name : dossier->form), STR_ARG(number));
    json_t *digests = json_object();
    json_set_str(digests, STR("default"), dossier->summary);
    json_set_str(out, STR("id"), dossier_id_api(arena, dossier));
    json_set_str(out, STR("internal_id"), str_fmt(arena, "%lld", (long long)dossier->sequence));
    json_set_str(out, STR("uuid"), dossier->uuid);
    json_set_str(out, STR("display_id"), number);
    json_set_str(out, STR("display_name"), name);
    json_set_str(out, STR("digest"), dossier->summary);
    json_set(out, STR("digests"), digests);
    json_set_str(out, STR("text"),
                 dossier->summary.len ? str_fmt(arena, "%.*s (%.*s)", STR_ARG(name), STR_ARG(dossier->summary)) : name);
    json_set_str(out, STR("url"), dossier_url(writing->place, dossier));
    set_time(arena, out, "receipt_time", dossier->received, false);
    set_time(arena, out, "last_update_time", dossier->updated, false);
}

json_t *dossier_json(const struct dossier_place *place, const struct dossier *dossier,
                     const struct dossier_reading *reading)
{
    struct writing writing = {.place = place,
                              .dossier = dossier,
                              .reading = reading,
                              .form = dossier_form(place, dossier),
                              .workflow = dossier_workflow(place, dossier)};
    const struct dossier_parts *parts = &reading->parts;
    json_t *out = json_object();
    writing.has_context = context_of(place, dossier, &writing.context);
    add_head(&writing, out);
    if (parts->user)
        add_person(place, dossier->account, "user", out);
    if (parts->fields) {
        json_set(out, STR("criticality_level"), json_integer(workflow_level_number(dossier)));
        json_set_str(out, STR("api_url"), dossier_url_api(place, dossier));
        json_set_str(out, STR("backoffice_url"), dossier_url_backoffice(place, dossier));
        json_set(out, STR("fields"),
                 fields_json(&writing, writing.form ? &writing.form->fields : NULL, dossier->answers));
        add_places(&writing, out);
    }
    if (parts->workflow || parts->workflow_data)
        add_workflow(&writing, out);
    if (parts->actions)
        add_actions(&writing, out);
    if (parts->roles)
        add_roles(&writing, out);
    if (parts->submission)
        add_submission(&writing, out);
    if (parts->evolution)
        add_evolution(&writing, out);
    return out;
}

void dossier_read_histories(const struct dossier_place *place, struct dossier_list *dossiers)
{
    struct query_rows rows = {0};
    for (size_t i = 0; i < dossiers->len; i++)
        if (dossiers->at[i])
            *vec_push(place->arena, &rows.dossiers) = dossiers->at[i];
    query_read_history(place, place->arena, &rows);
}
