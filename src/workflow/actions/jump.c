/* jump: to another status, at once, after a time, or when a call from outside names its trigger. */
#include "workflow/actions/actions.h"

enum mode { MODE_IMMEDIATE, MODE_TIMEOUT, MODE_TRIGGER };

struct jump {
    enum mode mode;
    const struct template *timeout;
    int64_t seconds; /* where the timeout is a number */
    str trigger;
};

/* Old exports have no mode: the keys that are there tell it. */
static enum mode mode_of(const json_t *json)
{
    str mode = json_str(json, "mode");
    if (str_eq(mode, STR("timeout")))
        return MODE_TIMEOUT;
    if (str_eq(mode, STR("trigger")))
        return MODE_TRIGGER;
    if (str_eq(mode, STR("immediate")))
        return MODE_IMMEDIATE;
    if (json_object_get(json, "timeout"))
        return MODE_TIMEOUT;
    return json_str(json, "trigger").len ? MODE_TRIGGER : MODE_IMMEDIATE;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct jump *jump = arena_new_of(compiler->arena, struct jump);
    action->self = jump;
    jump->mode = mode_of(json);
    jump->trigger = json_str(json, "trigger");
    jump->seconds = json_int(json, "timeout");
    if (jump->mode == MODE_TRIGGER && str_is_empty(jump->trigger))
        compiler_report(compiler, true, "Ce saut attend un appel, mais n’en dit pas le nom.");
    if (jump->mode == MODE_TIMEOUT)
        jump->timeout = compiler_text(compiler, json, "timeout", TEMPLATE_TEXT);
    if (jump->mode == MODE_TIMEOUT && !jump->timeout && jump->seconds <= 0)
        compiler_report(compiler, true, "Ce saut attend un délai, mais n’en dit pas.");
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct jump *jump = action->self;
    if (jump->mode == MODE_IMMEDIATE)
        engine_jump(engine, action);
}

bool jump_is_timed(const struct action *action)
{
    return action->type == &action_jump && ((const struct jump *)action->self)->mode == MODE_TIMEOUT;
}

bool jump_waits(const struct action *action)
{
    return action->type == &action_jump && ((const struct jump *)action->self)->mode != MODE_IMMEDIATE;
}

bool jump_has_trigger(const struct action *action, str name)
{
    if (action->type != &action_jump)
        return false;
    const struct jump *jump = action->self;
    return jump->mode == MODE_TRIGGER && name.len && str_eq(jump->trigger, name);
}

bool jump_due(struct engine *engine, const struct action *action, instant *due)
{
    const struct jump *jump = action->self;
    int64_t seconds = jump->seconds;
    if (jump->timeout && !workflow_duration(engine_text(engine, jump->timeout), &seconds))
        return false;
    if (seconds <= 0)
        return false;
    *due = engine->dossier->arrived + seconds * INSTANT_SECOND;
    return true;
}

/* The condition is looked at when the time has come, not before. */
static void settle(struct engine *engine, const struct action *action)
{
    instant due;
    if (!jump_is_timed(action))
        return;
    if (!jump_due(engine, action, &due)) {
        log_line(LOG_WARNING, "workflow.timeout", "workflow=\"%.*s\" where=\"%.*s\" fault=\"no duration\"",
                 STR_ARG(engine->workflow->slug), STR_ARG(action->where));
        return;
    }
    json_t *payload = json_pack("{s:I}", "dossier", (json_int_t)engine->dossier->id);
    json_set_str(payload, STR("status"), engine->dossier->status);
    json_set_str(payload, STR("action"), action->id);
    engine_add_job(engine, STR("workflow.timer"), timer_key(engine, engine->dossier->status, action->id), payload, due);
}

const struct action_type action_jump = {.name = "jump", .compile = compile, .perform = perform, .settle = settle};
