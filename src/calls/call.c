/* From a request's definition to the URL and body that leave. */
#include "calls/calls.h"

#include "calls/payload.h"

enum { URL_MOST = 8192 };

struct part { /* of the query, or of the body */
    str name;
    const struct template *template;
};
struct parts VEC_OF(struct part);

struct call {
    str name, method;
    const struct template *url, *signature_key; /* NULL: none */
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

static void compile_part(struct arena *arena, struct call *call, str name, const json_t *value, struct parts *parts)
{
    str text = json_is_string(value) || value == NULL ? json_str_of(value) : json_text(arena, value);
    const struct template *template = compile(arena, call, text, str_fmt(arena, "paramètre %.*s", STR_ARG(name)));
    if (template != NULL)
        *vec_push(arena, parts) = (struct part){name, template};
}

/* {name: value}, or, in the order of the definition, [{"name", "value"}]. */
static void compile_parts(struct arena *arena, struct call *call, const json_t *request, const char *of,
                          struct parts *parts)
{
    const json_t *list = json_list(request, of);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)json_dict(request, of), key, value)
    {
        compile_part(arena, call, str_of(key), value, parts);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (json_str(item, "name").len > 0)
            compile_part(arena, call, json_str(item, "name"), json_object_get(item, "value"), parts);
    }
}

static str method_of(const struct call *call, const json_t *request)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(json_str(request, "method"), str_of(known[i])))
            return str_of(known[i]);
    return json_bool(request, "post") || call->body.len > 0 ? STR("POST") : STR("GET");
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
    call->seconds = number_of(request, "cache_duration");
    call->milliseconds = number_of(request, "timeout") * 1000;
    if (json_str(request, "url").len > 0)
        call->url = compile(arena, call, json_str(request, "url"), STR("adresse"));
    if (json_str(request, "request_signature_key").len > 0)
        call->signature_key = compile(arena, call, json_str(request, "request_signature_key"), STR("clé de signature"));
    compile_parts(arena, call, request, "qs_data", &call->query);
    compile_parts(arena, call, request, "post_data", &call->body);
    call->method = method_of(call, request);
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

/* ---- Rendering ---- */

static void add_param(struct buf *url, str name, str value)
{
    buf_add_char(url, str_contains((str){url->ptr, url->len}, STR("?")) ? '&' : '?');
    buf_add_url(url, name);
    buf_add_char(url, '=');
    buf_add_url(url, value);
}

/* w.c.s.: « {{ portal_url }}/api/ » where the variable ends with a slash means one slash. */
static str without_double_slash(struct arena *arena, str url)
{
    size_t scheme = str_find(url, STR("://"), 0);
    size_t path = scheme == SIZE_MAX ? SIZE_MAX : str_find(url, STR("/"), scheme + 3);
    if (path == SIZE_MAX || path + 1 >= url.len || url.ptr[path + 1] != '/')
        return url;
    str rest = str_slice(url, path + 1, url.len);
    return str_fmt(arena, "%.*s%.*s", (int)path, url.ptr, STR_ARG(rest));
}

/* w.c.s.: a list is a parameter several times. */
static void add_query(struct buf *url, struct render *render, const struct part *part)
{
    struct value value = value_plain(render->arena, template_value(part->template, render));
    if (value.kind != VALUE_LIST) {
        add_param(url, part->name, template_text(part->template, render));
        return;
    }
    for (size_t i = 0; i < value.list->len; i++)
        add_param(url, part->name, value_str(render->arena, value.list->at[i]));
}

/* Empty: it is not asked; false where it is too long. */
static bool make_url(const struct call *call, struct render *render, const struct call_asking *asking, str *out)
{
    str text = call->url == NULL ? STR_EMPTY : str_trim(template_text(call->url, render));
    *out = STR_EMPTY;
    if (text.len == 0)
        return true;
    struct buf url = buf_new(render->arena, URL_MOST);
    buf_add(&url, without_double_slash(render->arena, text));
    for (size_t i = 0; i < call->query.len; i++)
        add_query(&url, render, &call->query.at[i]);
    for (size_t i = 0; asking != NULL && i < asking->param_count; i++)
        add_param(&url, asking->params[i].name, asking->params[i].value);
    *out = url.overflowed ? STR_EMPTY : buf_str(&url);
    return !url.overflowed;
}

/* post_data as it is sent; NULL and err where there is no such tree. NULL alone: nothing is posted. */
static json_t *payload_of(const struct call *call, struct render *render, call_json as_json, struct err *err)
{
    if (call->body.len == 0)
        return NULL;
    struct payload_parts parts = {0};
    for (size_t i = 0; i < call->body.len; i++) {
        struct value value = template_value(call->body.at[i].template, render);
        json_t *json = as_json == NULL ? NULL : as_json(render->arena, value);
        if (json == NULL)
            json = json_incref(value_to_json(render->arena, value_plain(render->arena, value)));
        *vec_push(render->arena, &parts) = (struct payload_part){call->body.at[i].name, json_keep(render->arena, json)};
    }
    return payload_tree(render->arena, &parts, err);
}

bool call_render(const struct call *call, struct render *render, json_t *whole, call_json as_json,
                 struct call_request *out, struct err *err)
{
    *out = (struct call_request){.method = call->method, .milliseconds = call->milliseconds};
    if (!make_url(call, render, NULL, &out->url))
        return err_set(err, ERR_TOO_LARGE, "L’adresse dépasse %d octets.", URL_MOST);
    if (out->url.len == 0)
        return true;
    if (call->signature_key != NULL)
        out->signature_key = str_trim(template_text(call->signature_key, render));
    if (str_eq(call->method, STR("GET")))
        return true;
    struct err wrong = {0};
    json_t *payload = payload_of(call, render, as_json, &wrong);
    if (wrong.code != ERR_NONE) {
        *err = wrong;
        return false;
    }
    if (whole != NULL && payload != NULL)
        json_set(whole, STR("extra"), json_incref(payload));
    json_t *body = whole != NULL ? whole : payload;
    if (body != NULL)
        out->body = json_text(render->arena, body);
    return out->body.len <= CALL_BODY_MOST ||
           err_set(err, ERR_TOO_LARGE, "Ce qui est envoyé dépasse %d Mo.", CALL_BODY_MOST >> 20);
}

/* ---- Asking ---- */

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
    struct remote_call asked = {
        .name = call->name, .method = call->method, .seconds = call->seconds, .milliseconds = call->milliseconds};
    if (!make_url(call, render, asking, &asked.url) || asked.url.len == 0)
        return NULL;
    if (call->signature_key != NULL)
        asked.signature_key = str_trim(template_text(call->signature_key, render));
    bool is_get = str_eq(call->method, STR("GET"));
    struct err wrong = {0};
    json_t *payload = is_get ? NULL : payload_of(call, render, NULL, &wrong);
    if (payload != NULL)
        asked.body = json_text(render->arena, payload);
    if (asked.body.len > CALL_BODY_MOST)
        asked.body = STR_EMPTY;
    asked.is_shared = is_get && (asking == NULL || asking->param_count == 0) && is_shared(call, render);
    asked.may_be_padded = asking != NULL && asking->may_be_padded;
    asked.is_envelope = asking != NULL && asking->is_envelope;
    return remote_get(session, &asked);
}
