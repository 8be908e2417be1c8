/* export_to_model: a document that is made by filling a model (models.h), as a file. By itself, when the action is met;
 * or when somebody presses its button, whom it leads to the file. It is made outside of the engine (calls.c), then kept
 * where the definition says. Names and usual values are those of w.c.s. */
#include "workflow/actions/actions.h"

#include "base/base64.h"

enum { NAME_MOST = 150 };

struct making {
    const struct model *model;    /* in the definition; NULL: there is none */
    const struct template *which; /* gives the file of the model, among those of the dossier; NULL: the model is */
    const struct template *name, *label, *info;
    str model_name, varname;
    const struct field *field;
    bool has_button, is_shown, wants_pdf;
};

/* ---- Compiling ---- */

static void take_texts(struct compiler *compiler, const struct model *model)
{
    const struct model_texts *texts = model_texts(model);
    const struct model_problems *problems = model_problems(model);
    str where = str_fmt(compiler->arena, "%.*s, modèle", STR_ARG(compiler->where));
    for (size_t i = 0; i < texts->len; i++)
        *vec_push(compiler->arena, &compiler->workflow->texts) = (struct workflow_text){where, texts->at[i]};
    for (size_t i = 0; i < problems->len; i++) {
        compiler_report(compiler, true, "modèle : %.*s", STR_ARG(problems->at[i].message));
        struct workflow_report *report = &compiler->workflow->reports.at[compiler->workflow->reports.len - 1];
        report->line = problems->at[i].line;
        report->column = problems->at[i].column;
        report->construct = STR("template");
    }
}

/* {base_filename, content_type, b64_content} */
static const struct model *compile_model(struct compiler *compiler, const json_t *file)
{
    str bytes, name = json_str(file, "base_filename");
    struct err err = {0};
    const struct model *model = NULL;
    if (base64_decode(compiler->arena, json_str(file, "b64_content"), &bytes))
        model = model_compile(compiler->arena, bytes, name, json_str(file, "content_type"), &err);
    else
        err_set(&err, ERR_INVALID, "Il n’est pas en base 64.");
    if (model)
        take_texts(compiler, model);
    else
        compiler_report(compiler, true, "modèle « %.*s » : %s", STR_ARG(name), err.message);
    return model;
}

static bool says_yes(const json_t *json, const char *key, bool usual)
{
    return json_object_get(json, key) ? json_bool(json, key) : usual;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct making *self = arena_new_of(compiler->arena, struct making);
    const json_t *file = json_dict(json, "model_file");
    bool is_template = str_eq(json_str(json, "model_file_mode"), STR("template"));
    action->self = self;
    *self = (struct making){
        .which = is_template ? compiler_text(compiler, json, "model_file_template", TEMPLATE_TEXT) : NULL,
        .name = compiler_text(compiler, json, "filename", TEMPLATE_TEXT),
        .label = compiler_text(compiler, json, "label", TEMPLATE_TEXT),
        .info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML),
        .model_name = json_str(file, "base_filename"),
        .varname = json_str(json, "varname"),
        .field = compiler_file_field(compiler, json, "backoffice_filefield_id"),
        .has_button = !str_eq(json_str(json, "method"), STR("non-interactive")),
        .is_shown = json_bool(json, "attach_to_history"),
        .wants_pdf = says_yes(json, "convert_to_pdf", true),
    };
    if (!is_template && file)
        self->model = compile_model(compiler, file);
    else if (!self->which)
        compiler_report(compiler, true, "Ce document n’a pas de modèle : il n’est pas fait.");
    action->waits = self->has_button;
}

/* ---- Making ---- */

struct reading {
    struct engine *engine;
    const struct document_tools *tools;
};

static void details(void *data, struct model_details *out)
{
    const struct engine *engine = ((const struct reading *)data)->engine;
    if (engine->context->details)
        engine->context->details(engine->context->data, engine->dossier, out);
}

static bool picture(void *data, struct value value, str *bytes, str *type)
{
    const struct reading *reading = data;
    const json_t *file = answer_file(value);
    struct err err = {0};
    if (json_is_array(file))
        file = json_array_get(file, 0);
    *type = json_str(file, "type");
    return file && reading->tools->read(reading->tools->data, file, bytes, &err);
}

/* A file of the dossier as the model: what people send is a model only where the definition says so. */
static const struct model *find_model(struct engine *engine, const struct making *self,
                                      const struct document_tools *tools, str *name, struct err *err)
{
    str bytes;
    *name = self->model_name;
    if (!self->which && !self->model)
        err_set(err, ERR_INVALID, "le document n’a pas de modèle");
    if (!self->which)
        return self->model;
    const json_t *file = answer_file(template_value(self->which, &engine->render));
    if (!json_is_object(file)) {
        err_set(err, ERR_INVALID, "ce que donne le texte du modèle n’est pas un fichier");
        return NULL;
    }
    *name = json_str(file, "name");
    if (!tools->read(tools->data, file, &bytes, err))
        return NULL;
    return model_compile(engine->arena, bytes, *name, json_str(file, "type"), err);
}

/* « courrier.odt » → courrier, .odt */
static str without_end(str name, str *end)
{
    size_t dot = name.len;
    for (size_t i = name.len; i > 1 && dot == name.len; i--)
        if (name.ptr[i - 1] == '.')
            dot = i - 1;
    *end = str_slice(name, dot, name.len);
    return str_slice(name, 0, dot);
}

static str file_name(struct engine *engine, const struct making *self, str model_name)
{
    str said = str_trim(engine_text(engine, self->name));
    str name = said.len ? said : model_name.len ? model_name : STR("document");
    struct buf fine = buf_new(engine->arena, 4 * (size_t)NAME_MOST);
    name = utf8_slice(name, 0, NAME_MOST);
    for (size_t i = 0; i < name.len; i++)
        buf_add_char(&fine, (unsigned char)name.ptr[i] < ' ' || name.ptr[i] == '/' ? '-' : name.ptr[i]);
    return buf_str(&fine);
}

bool export_to_model_make(struct engine *engine, const struct action *action, const struct document_tools *tools,
                          struct document *out, struct err *err)
{
    const struct making *self = action->self;
    struct reading reading = {engine, tools};
    struct model_tools filling = {.data = &reading, .details = details, .picture = picture};
    str name;
    const struct model *model = find_model(engine, self, tools, &name, err);
    if (!model)
        return false;
    out->wants_pdf = self->wants_pdf && model_kind(model) != MODEL_XML; /* w.c.s.: never XML */
    str said = file_name(engine, self, name), model_end, end, bare = without_end(said, &end);
    without_end(name, &model_end);
    out->filled_name = out->wants_pdf ? str_fmt(engine->arena, "%.*s%.*s", STR_ARG(bare), STR_ARG(model_end)) : said;
    out->name = out->wants_pdf ? str_fmt(engine->arena, "%.*s.pdf", STR_ARG(bare)) : said;
    return model_fill(model, &engine->render, &filling, &out->bytes, err);
}

/* ---- When ---- */

static json_t *begin(struct engine *engine, const struct action *action)
{
    json_t *entry = engine_suspend(engine, action, STR(DOCUMENT_JOB_KIND), json_object());
    json_set(entry, STR("is_document"), json_true());
    return entry;
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct making *self = action->self;
    bool is_of_status = str_starts(engine->place, STR("status/"));
    if (!self->has_button || !is_of_status) /* w.c.s.: a global action has no buttons of its own */
        begin(engine, action);
}

/* Who pressed is told with the document. */
static void press(struct engine *engine, const struct action *action)
{
    const struct making *self = action->self;
    if (!self->has_button)
        return;
    json_t *who = json_object();
    json_set(who, STR("account"), json_integer(engine->actor->account));
    json_set_str(who, STR("name"), engine->actor->name);
    json_set(who, STR("is_agent"), json_boolean(engine->actor->is_agent));
    json_set(begin(engine, action), STR("pressed_by"), who);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct making *self = action->self;
    str label = engine_text(engine, self->label);
    if (!self->has_button || (!self->model && !self->which))
        return;
    *vec_push(engine->arena, &offer->buttons) = (struct offered_button){
        .action = action->id,
        .label = label.len ? label : STR("Créer le document"),
        .info = engine_text(engine, self->info),
    };
}

/* ---- What came of it ---- */

/* In the history of all where the definition wants it there; else of those who may press, or by its name alone. */
static void keep(struct engine *engine, const struct action *action, const json_t *file, bool is_pressed)
{
    const struct making *self = action->self;
    str label = engine_text(engine, self->label);
    engine_set_file(engine, self->field, file);
    if (!self->is_shown && !is_pressed && !self->varname.len)
        return;
    engine_add_file(engine, &(struct file_part){.varname = self->varname,
                                                .label = label.len ? label : STR("Document créé"),
                                                .file = file,
                                                .to = self->is_shown ? NULL : &action->by,
                                                .is_hidden = !self->is_shown && !is_pressed});
}

static enum call_verdict receive(struct engine *engine, const struct action *action, const struct call_outcome *outcome,
                                 bool is_again)
{
    const struct making *self = action->self;
    const json_t *who = json_dict(calls_entry(engine, engine->event->action), "pressed_by");
    (void)is_again;
    if (who) {
        struct actor actor = {.account = json_int(who, "account"),
                              .name = str_dup(engine->arena, json_str(who, "name"))};
        engine_open_entry(engine, json_bool(who, "is_agent") ? AUTHOR_AGENT : AUTHOR_SUBMITTER, &actor);
    }
    if (outcome->file)
        keep(engine, action, outcome->file, who != NULL);
    if (outcome->problem.len)
        engine_add_error(engine,
                         str_fmt(engine->arena, "%.*s : %.*s", STR_ARG(action->where), STR_ARG(outcome->problem)));
    if (who && outcome->file && !self->is_shown)
        engine->change->redirect_url =
            str_fmt(engine->arena, "fichiers/%.*s/", STR_ARG(json_str(outcome->file, "blob")));
    return who ? CALL_STOP : CALL_GO_ON;
}

const struct action_type action_export_to_model = {
    .name = "export_to_model",
    .compile = compile,
    .perform = perform,
    .press = press,
    .receive = receive,
    .offer = offer,
    .is_interactive = true,
    .waits = true,
};
