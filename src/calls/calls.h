/* calls: what a definition asks of another server: the templates of its URL, query and body, compiled. A source of
 * choices is one; a named web service (a document of kind « wscall ») is one, read in templates as webservice.SLUG.
 * Asking, and keeping what is answered, is remote's. */
#ifndef GUICHET_CALLS_H
#define GUICHET_CALLS_H

#include "remote/remote.h"
#include "template/template.h"

enum { CALL_BODY_MOST = 8 << 20 }; /* of what is sent, in bytes */

struct call; /* immutable */

/* A text of it, compiled; for the static check. */
struct call_text {
    str where; /* « adresse », « paramètre q » */
    const struct template *template;
};
/* What is wrong with one: French; line and column of the text. */
struct call_problem {
    str where, message;
    int line, column;
};
struct call_texts VEC_OF(struct call_text);
struct call_problems VEC_OF(struct call_problem);

/* Compiles {"url", "method", "qs_data", "post_data", "request_signature_key", "timeout", "cache_duration"}, Publik's
 * own keys; qs_data and post_data are objects, or lists of {"name", "value"}. A text that does not compile is left out,
 * and a problem. name is said where it fails: « appel meteo ». Never NULL. */
const struct call *call_compile(struct arena *arena, const json_t *request, str name);
const struct call_texts *call_texts(const struct call *call);
const struct call_problems *call_problems(const struct call *call);

/* A request as it leaves, but for its signature, which has a time. */
struct call_request {
    str method; /* GET POST PUT PATCH DELETE: the one that is said, else POST where something is posted, else GET */
    str url, body, signature_key;
    int64_t milliseconds; /* 0: none is said */
};
/* How a value of the body becomes JSON where it is not what value_to_json makes of it; NULL: that is right. The
 * caller's reference. */
typedef json_t *(*call_json)(struct arena *arena, struct value value);
/* Renders it with the names as they are now. whole is sent as the body, with post_data under « extra »; NULL: post_data
 * alone. as_json may be NULL. An empty URL stays empty: nobody is asked. False, and err for the administrator, where
 * the body can't be made (names with slashes that contradict each other), or it or the URL is too long. */
bool call_render(const struct call *call, struct render *render, json_t *whole, call_json as_json,
                 struct call_request *out, struct err *err);

/* One more parameter of the query, beside the call's own. */
struct call_param {
    str name, value;
};
struct call_asking {
    const struct call_param *params;
    size_t param_count;
    bool may_be_padded, is_envelope; /* of remote.h */
};
/* Asks, with the names of the render. asking may be NULL. An empty URL asks nobody: NULL. session NULL: nobody is asked
 * here (a check, a preview): NULL. */
const struct remote_answer *call_ask(const struct call *call, struct remote_session *session, struct render *render,
                                     const struct call_asking *asking);

/* ---- webservice.SLUG ---- */

/* Finds the named calls of a site; NULL where there is none of that slug. */
struct call_finder {
    const struct call *(*find)(const void *data, str slug);
    const void *data;
    struct remote_session *session; /* of this request or job; NULL: nobody is asked */
};
/* The object behind « webservice »: asked when a template reads a member, once a request. scope and site are what the
 * calls' own templates read. Everything must live as long as the value. */
struct call_names {
    const struct call_finder *finder;
    struct value scope, site;
    str lang;
    instant now;
    struct render_log *log; /* may be NULL */
};
struct value call_names_value(const struct call_names *names);

#endif
