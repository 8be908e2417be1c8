/* fetch: asks another server over HTTP, for sources of choices, web services, the geocoder. Nothing else of the program
 * opens a connection to an address that a definition, an answer or a redirect names.
 *
 * What leaves is bounded: http and https alone, TLS always verified, a time for the whole exchange, a size for the
 * answer (counted after decompression), few redirects. It reaches public addresses only: the check is made on the very
 * address that the socket is about to connect to, at each redirect too, so that no name can change its mind between
 * check and connection. A host that a site's settings allow by its name may be anywhere.
 *
 * A call blocks: never on an event loop. */
#ifndef GUICHET_FETCH_H
#define GUICHET_FETCH_H

#include "base/base.h"

struct sockaddr;

enum {
    FETCH_MILLISECONDS = 4000,  /* for a whole exchange, unless the request says otherwise */
    FETCH_BYTES_MOST = 4 << 20, /* of an answer, the same */
    FETCH_REDIRECTS_MOST = 3,
};

/* What a site lets leave, from « outgoing » of its settings:
 *
 *     {"allow": ["passerelle.ville.local", "10.0.0.5:8080"],
 *      "keys": {"passerelle.ville.local": {"orig": "demarches.ville.fr", "key": "…", "algo": "sha256"}}}
 *
 * allow: hosts that may have a private address, with a port or for all ports. keys: by host, how its URLs are signed.
 */
struct fetch_rules {
    const json_t *allow; /* list; may be NULL */
    const json_t *keys;  /* object; may be NULL */
};
struct fetch_rules fetch_rules_of(const json_t *outgoing);

struct fetch_header {
    str name, value;
};
struct fetch_request {
    str method; /* empty: GET */
    str url;    /* blanks and letters beyond ASCII are encoded; a line break is refused */
    const struct fetch_header *headers;
    size_t header_count;
    str body, content_type; /* of other methods than GET */
    str signature_key;      /* signs the URL with this key, whatever the host; empty: by the rules */
    int milliseconds;       /* 0: FETCH_MILLISECONDS */
    size_t bytes_most;      /* 0: FETCH_BYTES_MOST */
};
struct fetch_answer {
    int status;     /* of the last server, after redirects (a GET is led on; any other method gives the 3xx as it is) */
    str type;       /* Content-Type, as it came */
    str body;       /* NUL behind it; any bytes */
    str error_code; /* X-Error-Code: Publik's « err » of what is no JSON; empty: none */
    str disposition; /* Content-Disposition, as it came */
};

/* True where a server has answered, whatever its status. Else err, French, for the administrator, without any secret of
 * the URL: ERR_INVALID (no URL that we ask), ERR_FORBIDDEN (a private address), ERR_TOO_LARGE, ERR_UNAVAILABLE. */
bool fetch(struct arena *arena, const struct fetch_rules *rules, const struct fetch_request *request,
           struct fetch_answer *answer, struct err *err);

/* For rehearsals: fn answers in the place of all other servers, from any thread; NULL: they are asked again. */
typedef bool (*fetch_stand_in)(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer,
                               struct err *err);
void fetch_set_stand_in(fetch_stand_in fn);

/* ---- Parts, also for tests ---- */

/* Whether anybody may be asked to connect there: no loopback, private, link-local, shared, reserved or multicast
 * address, in IPv4 or IPv6, nor one within the other. */
bool fetch_address_is_public(const struct sockaddr *address);
/* The URL as it is sent: encoded where it has to be. Empty where it is none that we ask. */
str fetch_clean_url(struct arena *arena, str url);
/* « passerelle.ville.local:8080 »; without the port where it is the scheme's own. Empty where the URL is wrong. */
str fetch_host(struct arena *arena, str url);
/* Publik's signature: adds orig (where there is one), algo, timestamp, nonce and signature to the query. algo:
 * sha256 unless it is another that we know. */
str fetch_sign_url(struct arena *arena, str url, str orig, str key, str algo, instant now, str nonce);
/* The same computation, of a query that came: whether signature (base 64) is that of what stands before it, under key.
 * algo: sha256, sha512, sha1; none else holds. Takes as long for any wrong one. */
bool fetch_is_signed(struct arena *arena, str query, str key, str algo, str signature);
/* For logs and lists: the values of the query, and what stands before « @ », made « … ». */
str fetch_mask_url(struct arena *arena, str url);

#endif
