/* ask-documents (ours): an agent names the documents that are missing and until when they may be given; the clock of
 * the request stops (CRPA L114-5). Meant for a global action, whose next actions tell the person and lead to a status
 * where give-documents waits. */
#include "workflow/actions/actions.h"

enum { DELAY_DAYS = 30, DELAY_MOST = 366, NAME_MOST = 200 };

struct ask {
    const struct field_list *fields;
    const struct template *info;
};

static json_t *new_field(struct arena *arena, const struct action *action, const char *prefix, const char *type,
                         str label)
{
    json_t *field = json_pack("{s:s, s:s}", "type", type, "required", "required");
    json_set_str(field, STR("id"), action_field_id(arena, prefix, action));
    json_set_str(field, STR("label"), label);
    return field;
}

/* The usual ones are chosen, others are written. */
static void add_names(struct arena *arena, const json_t *json, const struct action *action, json_t *list)
{
    json_t *usual = json_object_get(json, "documents");
    bool has_usual = json_array_size(usual) > 0;
    if (has_usual) {
        json_t *field = new_field(arena, action, "usuels", "items", STR("Documents qui manquent"));
        json_set_str(field, STR("required"), STR("optional"));
        json_set(field, STR("items"), json_incref(usual));
        json_array_append_new(list, field);
    }
    json_t *field = new_field(arena, action, "documents", "text",
                              has_usual ? STR("Autres documents qui manquent") : STR("Documents qui manquent"));
    json_set_str(field, STR("required"), has_usual ? STR("optional") : STR("required"));
    json_set_str(field, STR("hint"), STR("Un par ligne."));
    json_array_append_new(list, field);
}

static json_t *fields_of(struct arena *arena, const json_t *json, const struct action *action)
{
    int64_t days = json_int(json, "delay");
    json_t *list = json_array(), *date = new_field(arena, action, "avant", "date", STR("À donner au plus tard le"));
    json_t *word = new_field(arena, action, "mot", "text", STR("Message à la personne"));
    days = days > 0 && days <= DELAY_MOST ? days : DELAY_DAYS;
    add_names(arena, json, action, list);
    json_set(date, STR("minimum_is_future"), json_true());
    json_set(date, STR("prefill"),
             json_pack("{s:s, s:s}", "type", "string", "value",
                       str_fmt(arena, "{{ today|add_days:%lld }}", (long long)days).ptr));
    json_array_append_new(list, date);
    json_set_str(word, STR("required"), STR("optional"));
    json_array_append_new(list, word);
    return list;
}

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct ask *ask = arena_new_of(compiler->arena, struct ask);
    action->self = ask;
    ask->fields = compiler_fields(compiler, json_keep(compiler->arena, fields_of(compiler->arena, json, action)));
    ask->info = compiler_text(compiler, json, "backoffice_info_text", TEMPLATE_HTML);
}

static const json_t *answer_to(const struct engine *engine, const struct action *action, const char *prefix)
{
    const struct posted_form *sent = posted_form_of(engine, action);
    return sent && !sent->has_errors ? json_get(sent->answers, action_field_id(engine->arena, prefix, action)) : NULL;
}

static void add_name(str name, json_t *names)
{
    name = utf8_slice(str_trim(name), 0, NAME_MOST);
    if (name.len && json_array_size(names) < DOCUMENTS_MOST)
        json_array_append_new(names, json_from_str(name));
}

static json_t *names_asked(const struct engine *engine, const struct action *action)
{
    json_t *names = json_keep(engine->arena, json_array());
    const json_t *usual = answer_to(engine, action, "usuels");
    for (size_t i = 0; i < json_array_size(usual); i++)
        add_name(json_str_of(json_array_get(usual, i)), names);
    for (str line, rest = json_str_of(answer_to(engine, action, "documents"));
         rest.len && str_next(&rest, '\n', &line);)
        add_name(line, names);
    return names;
}

static const char *lacks(const struct engine *engine, const struct action *action)
{
    const json_t *names = posted_form_of(engine, action) ? names_asked(engine, action) : NULL;
    return names && !json_array_size(names) ? "Nommez au moins un document qui manque." : NULL;
}

static void note(struct engine *engine, const json_t *names, struct date due)
{
    struct buf text = buf_new(engine->arena, 16 << 10);
    buf_fmt(&text, "Documents demandés, à donner au plus tard le %.*s :", STR_ARG(date_long(engine->arena, due)));
    for (size_t i = 0; i < json_array_size(names); i++) {
        str name = json_str_of(json_array_get(names, i));
        buf_fmt(&text, "%s %.*s", i ? " ;" : "", STR_ARG(name));
    }
    clock_note(engine, buf_str(&text));
}

/* They may be given until the end of the day. */
static void submit(struct engine *engine, const struct action *action)
{
    json_t *names = names_asked(engine, action);
    struct date due;
    if (!json_array_size(names) || !date_parse(json_str_of(answer_to(engine, action, "avant")), &due))
        return;
    struct datetime end = {.date = date_from_days(date_to_days(due) + 1)};
    clock_stop(engine, &(struct workflow_stop){.from = engine->now,
                                               .due = instant_from_local(end),
                                               .documents = names,
                                               .message = json_str_of(answer_to(engine, action, "mot"))});
    note(engine, names, due);
    if (str_starts(engine->place, STR("status/")))
        engine_jump(engine, action);
}

static void offer(struct engine *engine, const struct action *action, struct offer *offer)
{
    const struct ask *ask = action->self;
    *vec_push(engine->arena, &offer->forms) = (struct offered_form){
        .action = action->id, .info = engine_text(engine, ask->info), .fields = ask->fields, .has_button = true};
    offer_button(offer, STR("Demander ces documents"));
}

const struct action_type action_ask_documents = {.name = "ask-documents",
                                                 .compile = compile,
                                                 .submit = submit,
                                                 .lacks = lacks,
                                                 .offer = offer,
                                                 .is_interactive = true,
                                                 .waits = true};
