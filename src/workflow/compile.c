/* From the document to the compiled workflow. */
#include "workflow/model.h"

#include <stdarg.h>
#include <stdio.h>

void compiler_report(struct compiler *compiler, bool is_error, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    *vec_push(compiler->arena, &compiler->workflow->reports) = (struct workflow_report){
        .where = compiler->where, .message = str_dup(compiler->arena, str_of(text)), .is_error = is_error};
}

void compiler_construct(struct compiler *compiler, str construct)
{
    struct workflow_reports *reports = &compiler->workflow->reports;
    reports->at[reports->len - 1].construct = construct;
}

void compiler_dispatch(struct compiler *compiler, str role)
{
    if (role.len)
        *vec_push(compiler->arena, &compiler->workflow->dispatched) = role;
    else
        compiler->workflow->dispatches_to_anybody = true;
}

const struct template *compiler_text(struct compiler *compiler, const json_t *object, const char *key,
                                     enum template_kind kind)
{
    return compiler_template(compiler, json_str(object, key), key, kind);
}

const struct template *compiler_template(struct compiler *compiler, str source, const char *key,
                                         enum template_kind kind)
{
    if (str_is_empty(str_trim(source)))
        return NULL;

    str where = str_fmt(compiler->arena, "%.*s, %s", STR_ARG(compiler->where), key);
    struct template_settings settings = {.kind = kind, .name = where};
    struct err err = {0};
    const struct template *template = template_compile(compiler->arena, source, &settings, &err);
    if (!template) {
        compiler_report(compiler, true, "%s : %s", key, err.message);
        struct workflow_reports *reports = &compiler->workflow->reports;
        reports->at[reports->len - 1].line = err.line;
        reports->at[reports->len - 1].column = err.column;
        compiler_construct(compiler, STR("template"));
        return NULL;
    }
    *vec_push(compiler->arena, &compiler->workflow->texts) = (struct workflow_text){where, template};
    return template;
}

struct names compiler_names(struct compiler *compiler, const json_t *object, const char *key)
{
    const json_t *list = json_list(object, key);
    size_t count = json_array_size(list), len = 0;
    str *at = arena_array_of(compiler->arena, str, count);
    for (size_t i = 0; i < count; i++) {
        str name = json_str_of(json_array_get(list, i));
        if (!str_is_empty(name))
            at[len++] = name;
    }
    return (struct names){at, len};
}

/* What is said of a form within the workflow. */
static void take_reports(struct compiler *compiler, const struct form_reports *reports, const struct form_texts *texts)
{
    for (size_t i = 0; i < reports->len; i++)
        *vec_push(compiler->arena, &compiler->workflow->reports) = (struct workflow_report){
            .construct = reports->at[i].construct,
            .where = str_fmt(compiler->arena, "%.*s, %.*s", STR_ARG(compiler->where), STR_ARG(reports->at[i].where)),
            .message = reports->at[i].message,
            .is_error = reports->at[i].is_error,
            .line = reports->at[i].line,
            .column = reports->at[i].column};
    for (size_t i = 0; i < texts->len; i++)
        *vec_push(compiler->arena, &compiler->workflow->texts) = (struct workflow_text){
            str_fmt(compiler->arena, "%.*s, %.*s", STR_ARG(compiler->where), STR_ARG(texts->at[i].where)),
            texts->at[i].template};
}

const struct field_list *compiler_fields(struct compiler *compiler, const json_t *list)
{
    if (!json_array_size(list))
        return NULL;
    struct form_reports reports = {0};
    struct form_texts texts = {0};
    const struct field_list *fields = field_list_compile(compiler->arena, list, compiler->blocks, &reports, &texts);
    take_reports(compiler, &reports, &texts);
    return fields;
}

struct post_conditions compiler_post_conditions(struct compiler *compiler, const json_t *json)
{
    struct form_reports reports = {0};
    struct form_texts texts = {0};
    struct post_conditions conditions = post_conditions_compile(compiler->arena, json, &reports, &texts);
    take_reports(compiler, &reports, &texts);
    return conditions;
}

/* One in Publik's old Python that can't be told in our language is reported, and never holds. */
static void compile_condition(struct compiler *compiler, const json_t *json, struct action *action)
{
    const json_t *foreign = json_dict(json, "condition");
    str translated;
    if (foreign && str_eq(json_str(foreign, "type"), STR("python")) &&
        template_of_python(compiler->arena, json_str(foreign, "value"), &translated)) {
        action->condition = compiler_template(compiler, translated, "condition", TEMPLATE_CONDITION);
        action->condition_is_broken = !action->condition;
        return;
    }
    if (foreign) {
        action->condition_is_broken = true;
        compiler_report(compiler, false, "Cette condition n’est pas dans notre langage : elle n’est jamais vraie.");
        compiler_construct(compiler, str_fmt(compiler->arena, "cond-lang:%.*s", STR_ARG(json_str(foreign, "type"))));
    }
    if (str_is_empty(str_trim(json_str(json, "condition"))))
        return;
    action->condition = compiler_text(compiler, json, "condition", TEMPLATE_CONDITION);
    action->condition_is_broken = !action->condition;
}

static void compile_action(struct compiler *compiler, const json_t *json, size_t index, str where,
                           struct action *action)
{
    action->json = json;
    action->type_name = json_str(json, "type");
    action->type = action_type_find(action->type_name);
    action->id = json_str(json, "id");
    if (str_is_empty(action->id))
        action->id = str_fmt(compiler->arena, "%zu", index + 1);
    action->where =
        str_fmt(compiler->arena, "%.*s, action %zu (%.*s)", STR_ARG(where), index + 1, STR_ARG(action->type_name));
    compiler->where = action->where;

    action->by = compiler_names(compiler, json, json_list(json, "by") ? "by" : "to");
    action->waits = action->type && action->type->waits;
    action->target = json_str(json, "status");
    action->marks_status = json_bool(json, "set_marker_on_status");
    compile_condition(compiler, json, action);
    if (!action->type) {
        compiler_report(compiler, false, "Ce type d’action n’est pas encore exécuté : il est gardé, sans effet.");
        compiler_construct(compiler, str_fmt(compiler->arena, "action:%.*s", STR_ARG(action->type_name)));
        return;
    }
    compiler_inert_action(compiler, json);
    if (action->type->compile)
        action->type->compile(compiler, json, action);
}

void compiler_actions(struct compiler *compiler, const json_t *list, str where, struct actions *out)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct action *action = vec_push(compiler->arena, out);
        compile_action(compiler, json_array_get(list, i), i, where, action);
    }
}

static str colour_of(const json_t *json)
{
    str colour = json_str(json, "colour");
    return str_starts(colour, STR("#")) ? str_slice(colour, 1, SIZE_MAX) : colour;
}

static void compile_status(struct compiler *compiler, const json_t *json)
{
    struct status *status = vec_push(compiler->arena, &compiler->workflow->statuses);
    struct names visibility = compiler_names(compiler, json, "visibility");
    status->shown = (struct workflow_status){
        .id = json_str(json, "id"),
        .name = json_str(json, "name"),
        .colour = colour_of(json),
        .visibility = visibility.at,
        .visibility_count = visibility.len,
    };
    for (size_t i = 0; i < visibility.len; i++)
        if (str_eq(visibility.at[i], STR("_hidden")))
            status->shown.is_hidden = true;

    str where = str_fmt(compiler->arena, "statut « %.*s »", STR_ARG(status->shown.name));
    compiler->where = where;
    status->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
    status->loop_items = compiler_text(compiler, json, "loop_items_template", TEMPLATE_TEXT);
    status->after_loop = json_str(json, "after_loop_status");
    compiler_actions(compiler, json_list(json, "actions"), where, &status->actions);
}

/* Somebody does something with it there; of a type that does not run, its « by » tells. */
static bool action_waits(const struct action *action)
{
    return action->type ? action->type->waits && action->waits : json_list(action->json, "by") != NULL;
}

static void check_target(struct compiler *compiler, const struct action *action, str target)
{
    if (str_is_empty(target) || str_eq(target, STR("_previous")) || workflow_status_get(compiler->workflow, target))
        return;
    compiler->where = action->where;
    compiler_report(compiler, true, "Le statut visé, « %.*s », n’existe pas.", STR_ARG(target));
}

/* w.c.s.: what a loop leads on from is no place to wait, whatever its actions. */
static bool loop_leads_on(struct compiler *compiler, const struct status *status)
{
    if (!status->loop_items || str_is_empty(status->after_loop))
        return false;
    const struct status *target = workflow_status_get(compiler->workflow, status->after_loop);
    if (!target) {
        compiler->where = str_fmt(compiler->arena, "statut « %.*s »", STR_ARG(status->shown.name));
        compiler_report(compiler, true, "Le statut d’après la boucle, « %.*s », n’existe pas.",
                        STR_ARG(status->after_loop));
    }
    return target && target != status;
}

/* w.c.s.: an endpoint is a status where nobody is waited for and nothing leads out, or that says so; a waitpoint one
 * where something waits. */
static void compile_kind_of_status(struct compiler *compiler, struct status *status, const json_t *json)
{
    bool goes_on = false;
    for (size_t i = 0; i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        status->shown.is_waitpoint |= action->waits || jump_waits(action);
        goes_on = goes_on || action_waits(action) || !str_is_empty(action->target);
        check_target(compiler, action, action->target);
        for (size_t k = 0; k < action->error_targets.len; k++)
            check_target(compiler, action, action->error_targets.at[k]);
    }
    if (loop_leads_on(compiler, status)) {
        goes_on = true;
        status->shown.is_waitpoint = false;
    }
    status->shown.is_endpoint = !goes_on || json_bool(json, "forced_endpoint");
}

static enum trigger_kind trigger_kind_of(str type)
{
    if (str_eq(type, STR("timeout")))
        return TRIGGER_TIMEOUT;
    if (str_eq(type, STR("webservice")))
        return TRIGGER_CALL;
    return str_eq(type, STR("manual")) ? TRIGGER_MANUAL : TRIGGER_OTHER;
}

static bool anchor_runs(str anchor)
{
    static const char *const anchors[] = {"creation", "1st-arrival",  "latest-arrival", "finalized",
                                          "template", ANCHOR_SILENCE, ANCHOR_DOCUMENTS};
    for (size_t i = 0; i < sizeof anchors / sizeof *anchors; i++)
        if (str_eq(anchor, str_of(anchors[i])))
            return true;
    return false;
}

static void compile_kind_of_trigger(struct compiler *compiler, const json_t *json, const struct trigger *trigger)
{
    str type = json_str(json, "type");
    if (trigger->kind == TRIGGER_OTHER) {
        compiler_report(compiler, false, "Rien ne lance encore cette action par ce moyen (%.*s).", STR_ARG(type));
        compiler_construct(compiler, str_fmt(compiler->arena, "trigger:%.*s", STR_ARG(type)));
    }
    if (trigger->kind == TRIGGER_CALL && str_is_empty(trigger->identifier))
        compiler_report(compiler, true, "Cet appel n’a pas d’identifiant : rien ne peut le faire.");
    if (trigger->kind == TRIGGER_TIMEOUT && !anchor_runs(trigger->anchor)) {
        compiler_report(compiler, false, "Ce délai se compte depuis une date inconnue : l’action n’est pas lancée.");
        compiler_construct(compiler, str_fmt(compiler->arena, "trigger:anchor=%.*s", STR_ARG(trigger->anchor)));
    }
}

/* w.c.s.: a manual trigger that says nothing of it may be started for many at once. */
static void compile_trigger(struct compiler *compiler, const json_t *json, size_t index, struct global_action *global)
{
    struct trigger *trigger = vec_push(compiler->arena, &global->triggers);
    *trigger = (struct trigger){
        .kind = trigger_kind_of(json_str(json, "type")),
        .id = json_str(json, "id"),
        .roles = compiler_names(compiler, json, "roles"),
        .statuses = compiler_names(compiler, json, "statuses"),
        .is_mass = !json_object_get(json, "allow_as_mass_action") || json_bool(json, "allow_as_mass_action"),
        .needs_confirmation = json_bool(json, "require_confirmation"),
        .confirmation = compiler_text(compiler, json, "confirmation_text", TEMPLATE_TEXT),
        .anchor = json_str(json, "anchor"),
        .anchor_first = json_str(json, "anchor_status_first"),
        .anchor_latest = json_str(json, "anchor_status_latest"),
        .anchor_template = compiler_text(compiler, json, "anchor_template", TEMPLATE_TEXT),
        .timeout = compiler_text(compiler, json, "timeout", TEMPLATE_TEXT),
        .identifier = json_str(json, "identifier"),
    };
    if (str_is_empty(trigger->id))
        trigger->id = str_fmt(compiler->arena, "%zu", index + 1);
    compile_kind_of_trigger(compiler, json, trigger);
}

static void compile_global(struct compiler *compiler, const json_t *json)
{
    struct global_action *global = vec_push(compiler->arena, &compiler->workflow->globals);
    global->id = json_str(json, "id");
    global->name = json_str(json, "name");
    str where = str_fmt(compiler->arena, "action globale « %.*s »", STR_ARG(global->name));
    compiler->where = where;
    global->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
    const json_t *triggers = json_list(json, "triggers");
    for (size_t i = 0; i < json_array_size(triggers); i++)
        compile_trigger(compiler, json_array_get(triggers, i), i, global);
    compiler_actions(compiler, json_list(json, "actions"), where, &global->actions);
}

static void compile_functions(struct compiler *compiler, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        *vec_push(compiler->arena, &compiler->workflow->functions) =
            (struct workflow_function){json_str(item, "id"), json_str(item, "name")};
    }
}

static void compile_levels(struct compiler *compiler, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list) && i < WORKFLOW_LEVELS_MOST; i++) {
        const json_t *item = json_array_get(list, i);
        *vec_push(compiler->arena, &compiler->workflow->levels) =
            (struct workflow_level){json_str(item, "name"), colour_of(item)};
    }
}

const struct workflow *workflow_compile(struct arena *arena, const json_t *json, int64_t version,
                                        const struct block_finder *blocks, struct err *err)
{
    const json_t *statuses = json_list(json, "statuses");
    if (!json_array_size(statuses)) {
        err_set(err, ERR_INVALID, "Ce circuit de traitement n’a aucun statut.");
        return NULL;
    }
    struct workflow *workflow = arena_new_of(arena, struct workflow);
    workflow->slug = json_str(json, "slug");
    workflow->name = json_str(json, "name");
    workflow->version = version;
    workflow->document = json;

    struct compiler compiler = {.arena = arena, .workflow = workflow, .where = workflow->name, .blocks = blocks};
    compile_functions(&compiler, json_list(json, "functions"));
    compile_levels(&compiler, json_list(json, "criticality_levels"));
    compiler.where = STR("options");
    workflow->options = compiler_fields(&compiler, json_list(json, "options"));
    compiler.where = STR("données de traitement");
    workflow->backoffice_fields = compiler_fields(&compiler, json_list(json, "backoffice_fields"));
    for (size_t i = 0; i < json_array_size(statuses); i++)
        compile_status(&compiler, json_array_get(statuses, i));
    for (size_t i = 0; i < workflow->statuses.len; i++)
        compile_kind_of_status(&compiler, &workflow->statuses.at[i], json_array_get(statuses, i));
    const json_t *globals = json_list(json, "global_actions");
    for (size_t i = 0; i < json_array_size(globals); i++)
        compile_global(&compiler, json_array_get(globals, i));
    compiler_remapping(&compiler);
    return workflow;
}
