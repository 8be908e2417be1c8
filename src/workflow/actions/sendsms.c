/* sendsms: a text message, rendered now, handed to the site's gateway by a job. */
#include "workflow/actions/actions.h"

enum { NUMBERS_MOST = 200, MESSAGE_MOST = 4000 };

struct sendsms {
    struct VEC_OF(const struct template *) to;
    const struct template *body, *counter;
    bool is_for_submitter;
};

static void compile(struct compiler *compiler, const json_t *json, struct action *action)
{
    struct sendsms *sms = arena_new_of(compiler->arena, struct sendsms);
    const json_t *to = json_list(json, "to");
    str mode = json_str(json, "to_mode");
    action->self = sms;
    action->by = (struct names){0}; /* « to » are numbers, nobody's names */
    for (size_t i = 0; i < json_array_size(to); i++) {
        const struct template *number =
            compiler_template(compiler, json_str_of(json_array_get(to, i)), "to", TEMPLATE_TEXT);
        if (number)
            *vec_push(compiler->arena, &sms->to) = number;
    }
    /* Before w.c.s. told apart whom it is for, « to » said it. */
    sms->is_for_submitter = str_eq(mode, STR("submitter")) || (str_is_empty(mode) && !json_array_size(to));
    sms->body = compiler_text(compiler, json, "body", TEMPLATE_TEXT);
    sms->counter = compiler_text(compiler, json, "counter_name", TEMPLATE_TEXT);
    if (!sms->body)
        compiler_report(compiler, false, "Ce SMS n’a pas de texte : il n’est pas envoyé.");
}

static bool is_number(str text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
            digits++;
        else if (!strchr("+.-() ", text.ptr[i]))
            return false;
    }
    return digits >= 3;
}

/* « 06 12 …, 06 13 … »: a text may give several. */
static void add_numbers(str text, json_t *numbers)
{
    for (str number, rest = text; rest.len && str_next(&rest, ',', &number);) {
        number = str_trim(number);
        bool is_there = !is_number(number) || json_array_size(numbers) == NUMBERS_MOST;
        for (size_t i = 0; i < json_array_size(numbers); i++)
            is_there |= str_eq(json_str_of(json_array_get(numbers, i)), number);
        if (!is_there)
            json_array_append_new(numbers, json_from_str(number));
    }
}

static void add_value(struct engine *engine, struct value value, json_t *numbers)
{
    value = value_plain(engine->arena, value);
    if (value.kind != VALUE_LIST) {
        add_numbers(value.kind == VALUE_NONE ? STR_EMPTY : value_str(engine->arena, value), numbers);
        return;
    }
    for (size_t i = 0; i < value.list->len; i++)
        add_numbers(value_str(engine->arena, value_plain(engine->arena, value.list->at[i])), numbers);
}

static void note_sent(struct engine *engine, json_t *numbers, str message)
{
    json_t *part = JSON_PART("sms");
    json_set(part, STR("to"), json_incref(numbers));
    json_set_str(part, STR("text"), message);
    json_set_str(part, STR("job"), engine->change->jobs.at[engine->change->jobs.len - 1].key);
    engine_add_part(engine, part);
}

static void send(struct engine *engine, json_t *numbers, str message, str counter)
{
    json_t *payload = json_pack("{s:I}", "dossier", (json_int_t)engine->dossier->id);
    json_set(payload, STR("to"), json_incref(numbers));
    json_set_str(payload, STR("message"), message);
    json_set_str(payload, STR("counter"), counter);
    str key = str_fmt(engine->arena, "sms:%lld:%lld:%zu", (long long)engine->dossier->id,
                      (long long)engine->dossier->revision + 1, engine->change->jobs.len);
    engine_add_job(engine, STR(SMS_JOB_KIND), key, payload, engine->now);
    engine->change->jobs.at[engine->change->jobs.len - 1].is_remote = true;
}

bool sms_send(struct engine *engine, str to, str message)
{
    json_t *numbers = json_keep(engine->arena, json_array());
    add_numbers(to, numbers);
    message = utf8_slice(message, 0, MESSAGE_MOST);
    if (!json_array_size(numbers) || str_is_empty(message))
        return false;
    send(engine, numbers, message, STR_EMPTY);
    return true;
}

static void perform(struct engine *engine, const struct action *action)
{
    const struct sendsms *sms = action->self;
    const struct workflow_context *context = engine->context;
    json_t *numbers = json_keep(engine->arena, json_array());
    if (sms->is_for_submitter && context->submitter_phone)
        add_numbers(context->submitter_phone(context->data, engine->dossier), numbers);
    for (size_t i = 0; i < sms->to.len && !sms->is_for_submitter; i++)
        add_value(engine, template_value(sms->to.at[i], &engine->render), numbers);
    str message = utf8_slice(str_trim(engine_text(engine, sms->body)), 0, MESSAGE_MOST);
    if (!json_array_size(numbers) || str_is_empty(message))
        return;
    if (!context->sends_sms) {
        engine_add_error(engine, str_fmt(engine->arena,
                                         "%.*s : les réglages du site ne disent pas par où partent les SMS (« sms ») ; "
                                         "celui-ci n’est pas envoyé.",
                                         STR_ARG(action->where)));
        return;
    }
    send(engine, numbers, message, engine_text(engine, sms->counter));
    note_sent(engine, numbers, message);
}

const struct action_type action_sendsms = {.name = "sendsms", .compile = compile, .perform = perform};
