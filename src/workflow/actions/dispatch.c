/* dispatch: who plays a function for this dossier from now on: a role or a person, always the same (« manual ») or by
 * the first rule that has the value of a template (« automatic »). Semantics of w.c.s. */
#include "workflow/actions/actions.h"

enum mode { MODE_SET, MODE_ADD, MODE_REMOVE };

struct dispatch {
    str function;
    bool is_automatic;
    enum mode mode;
    const struct template *to;    /* manual */
    const struct template *value; /* automatic: what the rules look at */
    const json_t *rules;          /* [{value, role_id}] */
};

static bool is_template(str text)
{
    return str_contains(text, STR("{")) || str_contains(text, STR("["));
}

/* w.c.s.: a template, or as in old exports the bare name of a variable. */
static const struct template *compile_value(struct compiler *compiler, const json_t *json)
{
    str source = str_trim(json_str(json, "variable"));
    if (source.len && !is_template(source))
        source = str_fmt(compiler->arena, "{{ %.*s }}", STR_ARG(source));
    return compiler_template(compiler, source, "variable", TEMPLATE_TEXT);
}

/* The dossier may come to who has no role of the form's: compiler_dispatch says to whom. */
static void tell_holders(struct compiler *compiler, const struct dispatch *dispatch, str to)
{
    for (size_t i = 0; dispatch->is_automatic && i < json_array_size(dispatch->rules); i++)
        compiler_dispatch(compiler, json_str(json_array_get(dispatch->rules, i), "role_id"));
    if (!dispatch->is_automatic)
        compiler_dispatch(compiler, is_template(to) || str_contains(to, STR("@")) ? STR_EMPTY : to);
}

static enum mode mode_of(str text)
{
    if (str_eq(text, STR("add")))
        return MODE_ADD;
    return str_eq(text, STR("remove")) ? MODE_REMOVE : MODE_SET;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct dispatch *dispatch = arena_new_of(compiler->arena, struct dispatch);
    action->self = dispatch;
    *dispatch = (struct dispatch){.function = json_str(json, "role_key"),
                                  .is_automatic = str_eq(json_str(json, "dispatch_type"), STR("automatic")),
                                  .mode = mode_of(json_str(json, "operation_mode")),
                                  .rules = json_list(json, "rules")};
    if (dispatch->is_automatic)
        dispatch->value = compile_value(compiler, json);
    else
        dispatch->to = compiler_text(compiler, json, "role_id", TEMPLATE_TEXT);
    if (str_is_empty(dispatch->function) || !(dispatch->value || dispatch->to))
        compiler_report(compiler, true, "Cette action ne dit pas quelle fonction est confiée, ou à qui.");
    tell_holders(compiler, dispatch, json_str(json, "role_id"));
}

/* The first rule that has the value; false: none has. */
static bool find_rule(struct engine *engine, const struct dispatch *dispatch, str *role)
{
    str value = str_trim(engine_text(engine, dispatch->value));
    for (size_t i = 0; i < json_array_size(dispatch->rules); i++) {
        const json_t *rule = json_array_get(dispatch->rules, i);
        *role = json_str(rule, "role_id");
        if (str_eq(json_str(rule, "value"), value) && role->len)
            return true;
    }
    return false;
}

static bool find_holder(struct engine *engine, const struct dispatch *dispatch, struct workflow_role *holder)
{
    const struct workflow_context *context = engine->context;
    str rule = STR_EMPTY;
    if (dispatch->is_automatic && !find_rule(engine, dispatch, &rule))
        return false;
    struct value who = dispatch->is_automatic ? value_text(rule) : template_value(dispatch->to, &engine->render);
    if (context->holder_called && context->holder_called(context->data, who, holder))
        return true;
    str text = value_to_text(engine->arena, value_plain(engine->arena, who), STR("fr"));
    engine_add_error(engine, str_fmt(engine->arena, "Ni rôle ni compte pour tenir la fonction : « %.*s ».",
                                     STR_ARG(utf8_slice(text, 0, 80))));
    return false;
}

static void change_holders(struct str_list *roles, struct arena *arena, enum mode mode, str role)
{
    size_t kept = 0;
    for (size_t i = 0; i < roles->len && mode != MODE_SET; i++)
        if (!str_eq(roles->at[i], role))
            roles->at[kept++] = roles->at[i];
    roles->len = kept;
    if (mode != MODE_REMOVE)
        *vec_push(arena, roles) = role;
}

/* w.c.s.: where nobody is left, whom the form binds plays it again. */
static void keep_holders(struct engine *engine, str function, const struct str_list *roles)
{
    json_t *all = json_get(engine->dossier->marks, STR("functions"));
    if (!all) {
        all = json_object();
        json_set(engine->dossier->marks, STR("functions"), all);
    }
    json_t *list = json_array();
    for (size_t i = 0; i < roles->len; i++)
        json_array_append_new(list, json_from_str(roles->at[i]));
    json_set(all, function, list);
}

static str function_name(const struct engine *engine, str id)
{
    const struct workflow_functions *functions = &engine->workflow->functions;
    for (size_t i = 0; i < functions->len; i++)
        if (str_eq(functions->at[i].id, id))
            return functions->at[i].name;
    return id;
}

static void perform(struct engine *engine, const struct action *action)
{
    static const char *const says[] = {"", "en plus, ", "plus "};
    const struct dispatch *dispatch = action->self;
    struct workflow_role holder;
    if (str_is_empty(dispatch->function) || !(dispatch->value || dispatch->to) ||
        !find_holder(engine, dispatch, &holder))
        return;
    struct str_list roles = {0};
    roles_of_name(engine, dispatch->function, &roles);
    change_holders(&roles, engine->arena, dispatch->mode, holder.slug);
    keep_holders(engine, dispatch->function, &roles);

    str name = function_name(engine, dispatch->function);
    json_t *part = JSON_PART("function");
    json_set_str(part, STR("text"),
                 str_fmt(engine->arena, "%.*s : %s%.*s", STR_ARG(name), says[dispatch->mode], STR_ARG(holder.name)));
    engine_add_part(engine, part);
}

const struct action_type action_dispatch = {.name = "dispatch", .compile = compile, .perform = perform};
