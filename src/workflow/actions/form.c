/* form: a sub-form that is filled in while the dossier is treated. Its answers are read as VARNAME_var_X,
 * form_workflow_form_VARNAME_var_X and form_workflow_data_VARNAME_var_X: they live in the history's part. */
#include "workflow/actions/actions.h"

struct form_action {
    const struct field_list *fields;
    struct post_conditions post_conditions;
    const struct template *info;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct form_action *form = arena_new_of(compiler->arena, struct form_action);
    action->self = form;
    form->fields = compiler_fields(compiler, json_list(json, "fields"));
    form->post_conditions = compiler_post_conditions(compiler, json);
    form->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
}

const struct posted_form *posted_form_of(const struct engine *engine, const struct action *action)
{
    const struct event *event = engine->event;
    for (size_t i = 0; i < event->form_count; i++)
        if (str_eq(event->forms[i].action, action->id))
            return &event->forms[i];
    return NULL;
}

static json_t *shown_fields(struct engine *engine, const struct field_list *fields, const json_t *answers)
{
    json_t *list = json_array();
    struct shown_answers shown = {0};
    fields_shown(fields, engine->arena, answers, &shown);
    for (size_t i = 0; i < shown.len; i++) {
        json_t *row = json_object();
        json_set_str(row, STR("label"), shown.at[i].label);
        json_set_str(row, STR("value"), shown.at[i].text);
        if (shown.at[i].blob.len)
            json_set_str(row, STR("blob"), shown.at[i].blob);
        json_array_append_new(list, row);
    }
    return list;
}

/* at: where the action stands, so that its fields are found again: an id is unique within its status only. */
static json_t *bare_part(struct engine *engine, const struct action *action)
{
    json_t *part = JSON_PART("form");
    json_set_str(part, STR("varname"), json_str(action->json, "varname"));
    json_set_str(part, STR("at"), engine->place);
    json_set_str(part, STR("action"), action->id);
    return part;
}

json_t *form_part(struct engine *engine, const struct action *action, const struct field_list *fields,
                  const json_t *answers)
{
    json_t *part = bare_part(engine, action);
    json_set(part, STR("answers"), json_deep_copy(answers));
    json_set(part, STR("fields"), shown_fields(engine, fields, answers));
    return part;
}

static void submit(struct engine *engine, const struct action *action)
{
    const struct form_action *form = action->self;
    const struct posted_form *sent = posted_form_of(engine, action);
    if (!sent || sent->has_errors || !form->fields)
        return;
    json_t *part = form_part(engine, action, form->fields, sent->answers);
    /* As in w.c.s., who filled it in and the agents alone read it, unless the definition says to show it. */
    if (!json_bool(action->json, "include_in_form_history"))
        json_set(part, STR("to"), names_json(&action->by));
    engine_add_part(engine, part);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct form_action *form = action->self;
    if (!form->fields)
        return;
    bool has_button = !json_bool(action->json, "hide_submit_button");
    *vec_push(engine->arena, &offer->forms) = (struct offered_form){
        .action = action->id,
        .varname = json_str(action->json, "varname"),
        .info = engine_text(engine, form->info),
        .fields = form->fields,
        .has_button = has_button,
        .post_conditions = form->post_conditions,
        .part = json_keep(engine->arena, bare_part(engine, action)),
    };
    if (has_button)
        offer_button(offer, STR("Envoyer"));
}

struct dossier *workflow_filling(struct arena *arena, const struct dossier *dossier, const struct offered_form *form,
                                 json_t *answers)
{
    struct dossier *filling = arena_new_of(arena, struct dossier);
    struct history_entry last = {0};
    size_t before = dossier->history.len;
    if (before)
        last = dossier->history.at[--before];
    json_t *part = json_copy((json_t *)(uintptr_t)form->part),
           *parts = json_copy((json_t *)(uintptr_t)entry_parts(&last));
    parts = parts ? parts : json_array();
    json_set(part, STR("answers"), json_incref(answers));
    json_array_append_new(parts, part);
    last.parts = history_parts_new(arena, parts);
    *filling = *dossier;
    filling->history = (struct history){0};
    for (size_t i = 0; i < before; i++)
        *vec_push(arena, &filling->history) = dossier->history.at[i];
    *vec_push(arena, &filling->history) = last;
    return filling;
}

const struct field_list *workflow_form_fields(const struct workflow *workflow, const json_t *part)
{
    const struct global_action *global;
    const struct actions *actions = actions_at(workflow, json_str(part, "at"), &global);
    const struct action *action = action_find(actions, json_str(part, "action"));
    return action && action->type && action->type->fields ? action->type->fields(action) : NULL;
}

static const struct field_list *fields(const struct action *action)
{
    return ((const struct form_action *)action->self)->fields;
}

const struct action_type action_form = {.name = "form",
                                        .compile = compile,
                                        .submit = submit,
                                        .offer = offer,
                                        .fields = fields,
                                        .is_interactive = true,
                                        .waits = true,
                                        .claims_work = true};
