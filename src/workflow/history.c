/* Reading the history: who may know of which status and of which part. */
#include "workflow/model.h"

static const struct workflow_status sent = {.name = STR_INIT("Envoyée"), .is_waitpoint = true};

/* An agent whom an action of the status waits for knows of it, whoever else may. */
static bool acts_there(struct engine *engine, const struct workflow_status *shown, const struct actor *actor)
{
    const struct status *status = workflow_status_get(engine->workflow, shown->id);
    for (size_t i = 0; status && i < status->actions.len; i++) {
        const struct action *action = &status->actions.at[i];
        if (action->type && action->type->is_interactive && action->by.len && names_include(engine, actor, &action->by))
            return true;
    }
    return false;
}

/* w.c.s.: whatever is restricted is never shown to who filed it. « _hidden »: nobody but an administrator and who acts
 * there; « __restricted__ »: the agents; else those that are named, and who acts there. */
bool status_may_be_known(struct engine *engine, const struct workflow_status *status, const struct actor *actor)
{
    if (!status->is_hidden && !status->visibility_count)
        return true;
    if (!actor->is_agent)
        return false;
    if (actor->is_admin || acts_there(engine, status, actor))
        return true;
    if (status->is_hidden)
        return false;
    for (size_t i = 0; i < status->visibility_count; i++)
        if (str_eq(status->visibility[i], STR("__restricted__")))
            return true;
    return names_include(engine, actor, &(struct names){status->visibility, status->visibility_count});
}

/* It looks at the dossier itself, and changes nothing. */
struct engine engine_reader(const struct workflow_context *context, const struct dossier *dossier,
                            const struct actor *actor)
{
    struct engine engine = {.context = context,
                            .workflow = context->workflow,
                            .arena = context->arena,
                            .actor = actor,
                            .dossier = (struct dossier *)(uintptr_t)dossier};
    engine.render = (struct render){.arena = context->arena, .scope = context->site};
    return engine;
}

const struct workflow_status *workflow_visible_status(const struct workflow_context *context,
                                                      const struct dossier *dossier, const struct actor *actor)
{
    struct engine engine = engine_reader(context, dossier, actor);
    const struct workflow_status *status = workflow_status_find(context->workflow, dossier->status);
    if (status && status_may_be_known(&engine, status, actor))
        return status;
    for (size_t i = dossier->history.len; i > 0; i--) {
        status = workflow_status_find(context->workflow, dossier->history.at[i - 1].status);
        if (status && status_may_be_known(&engine, status, actor))
            return status;
    }
    return &sent;
}

static bool is_for_agents(str type)
{
    static const char *const types[] = {"mail", "mail-error", "data",  "global", "function", "trigger",
                                        "sms",  "call-error", "level", "button", "upgrade"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(type, str_of(types[i])))
            return true;
    return false;
}

static bool may_read(struct engine *engine, const json_t *part, const struct actor *actor)
{
    str type = json_str(part, "type");
    if (str_eq(type, STR("inert")) || str_eq(type, STR("error")) || str_eq(type, STR("call")))
        return actor->is_admin && actor->is_agent;
    if (str_eq(type, STR("jump")) || str_eq(type, STR("trace")))
        return false;
    if (is_for_agents(type))
        return actor->is_agent;
    if (str_eq(type, STR("link")))
        return actor->is_agent || json_bool(part, "is_shown");
    if (json_bool(part, "is_hidden"))
        return false;
    bool is_shown_to_agents = str_eq(type, STR("form")) || str_eq(type, STR("inform"));
    if (is_shown_to_agents && actor->is_agent)
        return true;
    const json_t *to = json_list(part, "to");
    size_t count = json_array_size(to);
    str *names = arena_array_of(engine->arena, str, count);
    for (size_t i = 0; i < count; i++)
        names[i] = json_str_of(json_array_get(to, i));
    return names_include(engine, actor, &(struct names){names, count});
}

static str text_of_part(struct arena *arena, const json_t *part)
{
    str name = json_str(part, "name");
    if (str_starts(json_str(part, "type"), STR("call")) && name.len)
        return str_fmt(arena, "Appel « %.*s » : %.*s", STR_ARG(name), STR_ARG(json_str(part, "text")));
    if (json_str(part, "text").len)
        return json_str(part, "text");
    if (str_eq(json_str(part, "type"), STR("inform")))
        return str_fmt(arena, "%.*s\n\n%.*s", STR_ARG(json_str(part, "subject")), STR_ARG(json_str(part, "body")));
    if (json_str(part, "subject").len)
        return json_str(part, "subject");
    return str_dup(arena, json_str(part, "name"));
}

/* Answers are not told to whoever comes with a number and an address. */
static const json_t *shown_fields(const json_t *part, const struct actor *actor)
{
    return str_eq(json_str(part, "type"), STR("edit")) && !actor->is_agent ? NULL : json_list(part, "fields");
}

static void show_part(struct engine *engine, const json_t *part, struct shown_entry *shown)
{
    *vec_push(engine->arena, &shown->parts) = (struct shown_part){
        .type = json_str(part, "type"),
        .text = text_of_part(engine->arena, part),
        .html = json_str(part, "html"),
        .level = json_str(part, "level"),
        .by = engine->actor->is_agent ? json_str(part, "by") : STR_EMPTY,
        .fields = shown_fields(part, engine->actor),
    };
}

/* Residents are not told the agents' names. */
static str shown_author(const struct history_entry *entry, const struct actor *actor)
{
    return entry->author == AUTHOR_AGENT && !actor->is_agent ? STR_EMPTY : entry->author_name;
}

bool workflow_may_read(const struct workflow_context *context, const struct dossier *dossier, const json_t *part,
                       const struct actor *actor)
{
    struct engine engine = engine_reader(context, dossier, actor);
    return may_read(&engine, part, actor);
}

void workflow_show_history(const struct workflow_context *context, const struct dossier *dossier,
                           const struct actor *actor, struct shown_history *out)
{
    struct engine engine = engine_reader(context, dossier, actor);
    const struct workflow_status *before = NULL;
    *out = (struct shown_history){0};
    for (size_t i = 0; i < dossier->history.len; i++) {
        const struct history_entry *entry = &dossier->history.at[i];
        struct shown_entry shown = {
            .at = entry->at, .author = entry->author, .author_name = shown_author(entry, actor)};
        const struct workflow_status *status = workflow_status_find(context->workflow, entry->status);
        if (status && status != before && status_may_be_known(&engine, status, actor))
            before = shown.status = status;
        const json_t *parts = entry_parts(entry);
        for (size_t k = 0; k < json_array_size(parts); k++) {
            const json_t *part = json_array_get(parts, k);
            if (may_read(&engine, part, actor))
                show_part(&engine, part, &shown);
        }
        /* The filing itself is always shown. */
        if (i == 0 && !shown.status)
            shown.status = &sent;
        if (shown.status || shown.parts.len)
            *vec_push(context->arena, out) = shown;
    }
}
