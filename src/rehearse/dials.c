/* What decides about the ways through a workflow and may be set otherwise: options, variables of the site, answers; and
 * the values that are worth a try, which the texts compare with. */
#include "rehearse/circuit.h"
#include "rehearse/literals.h"

enum { VALUES_MOST = 14 };

struct finding {
    struct arena *arena;
    const struct stage *stage;
    const struct workflow *workflow;
    struct dials *out;
};

/* ---- Values ---- */

static void add_value(struct arena *arena, struct dial *dial, json_t *value)
{
    trials_add(arena, &dial->values, VALUES_MOST, value);
}

static void add_text(struct arena *arena, struct dial *dial, str text)
{
    add_value(arena, dial, json_from_str(text));
}

struct comparing {
    struct arena *arena;
    struct dial *dial;
    str name; /* as texts write it */
};

/* Every text in quotes of a text that names it. */
static void add_quoted(void *arg, str text)
{
    const struct comparing *comparing = arg;
    if (!str_contains(text, comparing->name))
        return;
    for (size_t i = 0; i < text.len; i++) {
        size_t end = i + 1;
        if (text.ptr[i] != '"' && text.ptr[i] != '\'')
            continue;
        while (end < text.len && text.ptr[end] != text.ptr[i] && text.ptr[end] != '\n')
            end++;
        if (end < text.len && text.ptr[end] == text.ptr[i])
            add_text(comparing->arena, comparing->dial, str_slice(text, i + 1, end));
        i = end;
    }
}

static bool add_choices(const struct finding *finding, struct dial *dial)
{
    struct place place;
    struct choices fixed = {0};
    stage_place((struct stage *)(uintptr_t)finding->stage, finding->arena, &place);
    if (dial->field == NULL || !field_fixed_choices(dial->field, &place.sources, &fixed))
        return false;
    for (size_t i = 0; i < fixed.len; i++)
        add_text(finding->arena, dial, fixed.at[i].id);
    return fixed.len > 0;
}

/* By its name: an address is asked of other servers, a day is counted with, a mail is sent. */
static bool add_by_name(struct arena *arena, struct dial *dial)
{
    enum { WEEK = 7 };
    int64_t today = date_to_days(datetime_local(instant_now()).date);
    if (str_contains(dial->name, STR("url")))
        add_text(arena, dial, str_fmt(arena, "https://essai.invalid/%.*s", STR_ARG(dial->name)));
    else if (str_contains(dial->name, STR("date")))
        add_text(arena, dial, date_iso(arena, date_from_days(today + WEEK)));
    else if (str_contains(dial->name, STR("mail")) || str_contains(dial->name, STR("courriel")))
        add_text(arena, dial, STR("habitante@exemple.example"));
    return dial->values.len > 0;
}

static void add_values(const struct finding *finding, struct dial *dial, str start)
{
    static const char *const usual[] = {"12", "oui", "0", ""};
    struct arena *arena = finding->arena;
    if (dial->field != NULL && str_eq(dial->field->type_name, STR("bool"))) {
        add_value(arena, dial, json_true());
        add_value(arena, dial, json_false());
        return;
    }
    if (add_choices(finding, dial))
        return;
    if (!add_by_name(arena, dial) && dial->kind != DIAL_ANSWER)
        add_text(arena, dial, str_of(usual[0]));
    struct comparing comparing = {arena, dial, str_fmt(arena, "%.*s%.*s", STR_ARG(start), STR_ARG(dial->name))};
    literal_each_text(workflow_document(finding->workflow), add_quoted, &comparing);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        add_text(arena, dial, str_of(usual[i]));
}

static void add(const struct finding *finding, enum dial_kind kind, str name, const struct field *field)
{
    static const str starts[] = {STR_INIT("form_option_"), STR_INIT(""), STR_INIT("form_var_")};
    struct dial dial = {.kind = kind, .name = name, .field = field};
    add_values(finding, &dial, starts[kind]);
    bool is_set = kind == DIAL_OPTION || (kind == DIAL_ANSWER && str_contains(name, STR("url")));
    dial.at = is_set ? 0 : dial.values.len;
    if (dial.values.len > 0)
        *vec_push(finding->arena, finding->out) = dial;
}

/* ---- Which there are ---- */

static void find_fields(const struct finding *finding, const struct field_list *fields, enum dial_kind kind)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        bool is_plain = kind == DIAL_OPTION || str_eq(field->type_name, STR("string"));
        if (field->type != NULL && field->varname.len > 0 && is_plain)
            add(finding, kind, field->varname, field);
    }
}

/* What an action keeps is read under its name too, without « form_workflow_data_ ». */
static bool is_of_an_action(const struct workflow *workflow, str name)
{
    const json_t *document = workflow_document(workflow);
    const char *const lists[] = {"statuses", "global_actions"};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < json_array_size(json_list(document, lists[k])); i++) {
            const json_t *actions = json_list(json_array_get(json_list(document, lists[k]), i), "actions");
            for (size_t j = 0; j < json_array_size(actions); j++) {
                str varname = json_str(json_array_get(actions, j), "varname");
                if (varname.len > 0 && str_starts(name, varname))
                    return true;
            }
        }
    return str_contains(name, STR("_response_")) || str_starts(name, STR("comment_"));
}

/* A name of nobody's: what an installation gives to its sites. */
static bool may_be_variable(const struct finding *finding, const struct value scope, str name)
{
    static const char *const others[] = {"form_", "session_", "status_loop", "forms",     "cards",
                                         "today", "now",      "request",     "webservice"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (str_starts(name, str_of(others[i])))
            return false;
    return value_lookup(finding->arena, scope, name).kind == VALUE_UNDEFINED &&
           !is_of_an_action(finding->workflow, name);
}

static bool is_known(const struct dials *dials, str name)
{
    for (size_t i = 0; i < dials->len; i++)
        if (dials->at[i].kind == DIAL_VARIABLE && str_eq(dials->at[i].name, name))
            return true;
    return false;
}

static void find_variables(const struct finding *finding)
{
    struct place place;
    stage_place((struct stage *)(uintptr_t)finding->stage, finding->arena, &place);
    const struct workflow_texts *texts = workflow_texts(finding->workflow);
    struct value scope = dossier_site_scope(&place.dossiers);
    for (size_t i = 0; i < texts->len; i++) {
        struct template_names names = template_names(texts->at[i].template);
        for (size_t j = 0; template_is_condition(texts->at[i].template) && j < names.len; j++)
            if (may_be_variable(finding, scope, names.at[j].path) && !is_known(finding->out, names.at[j].path))
                add(finding, DIAL_VARIABLE, names.at[j].path, NULL);
    }
}

void dials_find(struct arena *arena, const struct stage *stage, const struct form *form,
                const struct workflow *workflow, struct dials *out)
{
    const struct finding finding = {arena, stage, workflow, out};
    find_fields(&finding, workflow_options(workflow), DIAL_OPTION);
    find_variables(&finding);
    find_fields(&finding, &form->fields, DIAL_ANSWER);
}

/* ---- What they come to ---- */

json_t *dials_json(struct arena *arena, const struct dials *dials, enum dial_kind kind)
{
    json_t *out = json_keep(arena, json_object());
    for (size_t i = 0; i < dials->len; i++) {
        const struct dial *dial = &dials->at[i];
        if (dial->kind == kind && dial->at < dial->values.len)
            json_set(out, dial->name, json_incref(dial->values.at[dial->at]));
    }
    return out;
}

void dials_wishes(struct arena *arena, const struct dials *dials, struct wishes *out)
{
    for (size_t i = 0; i < dials->len; i++) {
        const struct dial *dial = &dials->at[i];
        if (dial->kind != DIAL_ANSWER)
            continue;
        str value = dial->at < dial->values.len ? json_str_of(dial->values.at[dial->at]) : STR_EMPTY;
        *vec_push(arena, out) = (struct wish){dial->field->id, value};
    }
}
