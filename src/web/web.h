/* web: what a browser sees. Handlers read, decide, fill a value tree and name a page of templates/; no HTML is made
 * here. */
#ifndef GUICHET_WEB_H
#define GUICHET_WEB_H

#include "http/http.h"
#include "installation/installation.h"

struct web_settings {
    bool is_https, trusts_forwarded;
    const char *upload_folder;
    bool trusts_senders; /* no brake on what is sent without an account: rehearsals, loads */
};
struct web;
struct web *web_new(struct installation *installation, const struct web_settings *settings);
void web_free(struct web *web);
/* What http_start takes. Belongs to web. */
const struct http_app *web_app(struct web *web);

#endif
