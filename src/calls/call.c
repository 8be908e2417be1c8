/* From a request's definition to the URL and body that leave. */
#include "calls/calls.h"

enum { URL_MOST = 8192, BODY_MOST = 1 << 20 };

struct part { /* of the query, or of the body */
    str name;
    const struct template *template;
};
struct parts VEC_OF(struct part);

struct call {
    str name, method, signature_key;
    const struct template *url; /* NULL: none */
    struct parts query, body;
    int64_t seconds, milliseconds;
    struct call_texts texts;
    struct call_problems problems;
};

/* ---- Compiling ---- */

static const struct template *compile(struct arena *arena, struct call *call, str text, str where)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT,
                                         .name = str_fmt(arena, "%.*s, %.*s", STR_ARG(call->name), STR_ARG(where))};
    struct err err = {0};
    const struct template *template = template_compile(arena, text, &settings, &err);
    if (template != NULL)
        *vec_push(arena, &call->texts) = (struct call_text){where, template};
    else
        *vec_push(arena, &call->problems) =
            (struct call_problem){where, str_dup(arena, str_of(err.message)), err.line, err.column};
    return template;
}

static void compile_parts(struct arena *arena, struct call *call, const json_t *json, struct parts *parts)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json, key, value)
    {
        str name = str_of(key), text = json_is_string(value) ? json_str_of(value) : json_text(arena, value);
        const struct template *template = compile(arena, call, text, str_fmt(arena, "paramètre %.*s", STR_ARG(name)));
        if (template != NULL)
            *vec_push(arena, parts) = (struct part){name, template};
    }
}

/* A number, or its text, as old exports have it. */
static int64_t number_of(const json_t *json, const char *key)
{
    int64_t number = json_int(json, key);
    str_to_int64(json_str(json, key), &number);
    return number > 0 ? number : 0;
}

const struct call *call_compile(struct arena *arena, const json_t *request, str name)
{
    struct call *call = arena_new_of(arena, struct call);
    call->name = name;
    call->method = json_str(request, "method");
    call->signature_key = json_str(request, "request_signature_key");
    call->seconds = number_of(request, "cache_duration");
    call->milliseconds = number_of(request, "timeout") * 1000;
    if (json_str(request, "url").len > 0)
        call->url = compile(arena, call, json_str(request, "url"), STR("adresse"));
    compile_parts(arena, call, json_dict(request, "qs_data"), &call->query);
    compile_parts(arena, call, json_dict(request, "post_data"), &call->body);
    return call;
}

const struct call_texts *call_texts(const struct call *call)
{
    return &call->texts;
}

const struct call_problems *call_problems(const struct call *call)
{
    return &call->problems;
}

/* ---- Asking ---- */

static void add_param(struct buf *url, str name, str value)
{
    buf_add_char(url, str_contains((str){url->ptr, url->len}, STR("?")) ? '&' : '?');
    buf_add_url(url, name);
    buf_add_char(url, '=');
    buf_add_url(url, value);
}

static str url_of(const struct call *call, struct render *render, const struct call_asking *asking)
{
    str text = call->url == NULL ? STR_EMPTY : str_trim(template_text(call->url, render));
    if (text.len == 0)
        return STR_EMPTY;
    struct buf url = buf_new(render->arena, URL_MOST);
    buf_add(&url, text);
    for (size_t i = 0; i < call->query.len; i++)
        add_param(&url, call->query.at[i].name, template_text(call->query.at[i].template, render));
    for (size_t i = 0; asking != NULL && i < asking->param_count; i++)
        add_param(&url, asking->params[i].name, asking->params[i].value);
    return url.overflowed ? STR_EMPTY : buf_str(&url);
}

static str body_of(const struct call *call, struct render *render)
{
    if (call->body.len == 0)
        return STR_EMPTY;
    json_t *body = json_keep(render->arena, json_object());
    for (size_t i = 0; i < call->body.len; i++) {
        struct value value = value_plain(render->arena, template_value(call->body.at[i].template, render));
        json_set(body, call->body.at[i].name, json_incref(value_to_json(render->arena, value)));
    }
    str text = json_text(render->arena, body);
    return text.len > BODY_MOST ? STR_EMPTY : text;
}

/* Whether it is the same for everybody: its URL reads names of the site alone. */
static bool is_shared(const struct call *call, struct render *render)
{
    for (size_t i = 0; i < call->texts.len; i++) {
        struct template_names names = template_names(call->texts.at[i].template);
        for (size_t j = 0; j < names.len; j++)
            if (value_lookup(render->arena, render->site, names.at[j].path).kind == VALUE_UNDEFINED)
                return false;
    }
    return true;
}

const struct remote_answer *call_ask(const struct call *call, struct remote_session *session, struct render *render,
                                     const struct call_asking *asking)
{
    if (session == NULL)
        return NULL;
    struct remote_call asked = {.name = call->name,
                                .url = url_of(call, render, asking),
                                .method = call->method,
                                .signature_key = call->signature_key,
                                .seconds = call->seconds,
                                .milliseconds = call->milliseconds};
    if (asked.url.len == 0)
        return NULL;
    bool is_get = call->method.len == 0 || str_eq(call->method, STR("GET"));
    if (!is_get)
        asked.body = body_of(call, render);
    asked.is_shared = is_get && (asking == NULL || asking->param_count == 0) && is_shared(call, render);
    asked.may_be_padded = asking != NULL && asking->may_be_padded;
    asked.is_envelope = asking != NULL && asking->is_envelope;
    return remote_get(session, &asked);
}
