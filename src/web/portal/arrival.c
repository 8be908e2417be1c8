#include "web/portal/arrival.h"

#include "access/access.h"

#include <string.h>

enum { VARIABLES_MOST = 20, COOKIE_MOST = 3000 };

#define COOKIE "arrivee"
#define PURPOSE STR(COOKIE)

static struct people *people_of(struct request *request)
{
    return visit_of(request)->installation->people;
}

static json_t *kept(struct request *request)
{
    json_t *variables = json_keep(request->arena, json_object());
    str signature, pairs;
    struct http_params read = {0};
    if (!str_cut(request_cookie(request, COOKIE), '.', &signature, &pairs) ||
        !people_signed(people_of(request), PURPOSE, pairs, signature) ||
        !http_parse_urlencoded(request->arena, pairs, VARIABLES_MOST, &read))
        return variables;
    for (size_t i = 0; i < read.len; i++)
        json_set_str(variables, read.at[i].name, read.at[i].value);
    return variables;
}

static void keep(struct request *request, json_t *variables)
{
    struct buf pairs = buf_new(request->arena, COOKIE_MOST);
    const char *name;
    json_t *value;
    json_object_foreach(variables, name, value)
    {
        if (pairs.len > 0)
            buf_add_char(&pairs, '&');
        buf_add_url(&pairs, str_of(name));
        buf_add_char(&pairs, '=');
        buf_add_url(&pairs, json_str_of(value));
    }
    if (pairs.overflowed) /* no browser would keep it: good for this page alone */
        return;
    str signature = people_sign(people_of(request), request->arena, PURPOSE, buf_str(&pairs));
    str cookie = str_fmt(request->arena, "%.*s.%.*s", STR_ARG(signature), STR_ARG(buf_str(&pairs)));
    response_cookie(request, COOKIE, cookie, 0);
}

static bool is_let_in(const struct site *site, str name)
{
    const json_t *names = json_list(site->settings, "query_string_allowed_vars");
    for (size_t i = 0; i < json_array_size(names); i++)
        if (str_eq(json_str_of(json_array_get(names, i)), name))
            return true;
    return false;
}

/* By a partner that has a key of ours. The same link may be followed twice: it only fills boxes. */
static bool is_signed(struct request *request)
{
    const json_t *keys = access_keys(visit_of(request)->site->settings);
    struct access_signature signature;
    struct err err = {0};
    return request_query(request, "signature").len > 0 &&
           access_check_signature(request->arena, keys, request->query, request->now, &signature, &err);
}

void arrival_take(struct request *request)
{
    const str prefix = STR("session_var_");
    struct visit *visit = visit_of(request);
    json_t *variables = kept(request);
    bool is_new = false, lets_all_in = is_signed(request);
    for (size_t i = 0; i < request->query_params.len; i++) {
        const struct http_param *param = &request->query_params.at[i];
        str name = str_slice(param->name, prefix.len, param->name.len);
        if (!str_starts(param->name, prefix) || name.len == 0 || (!lets_all_in && !is_let_in(visit->site, name)) ||
            (json_object_size(variables) >= VARIABLES_MOST && json_get(variables, name) == NULL))
            continue;
        json_set_str(variables, name, param->value);
        is_new = true;
    }
    if (is_new)
        keep(request, variables);
    visit->place.dossiers.arrival = variables;
}
