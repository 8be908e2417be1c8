/* SMTP, by libcurl. */
#include "mail/mail.h"

#include "base/curl.h"

#include <curl/curl.h>
#include <string.h>

static size_t give(char *to, size_t size, size_t count, void *data)
{
    str *rest = data;
    size_t length = size * count < rest->len ? size * count : rest->len;
    if (length > 0)
        memcpy(to, rest->ptr, length);
    *rest = str_slice(*rest, length, rest->len);
    return length;
}

enum { ENDING_SECONDS = 3 };

/* Not 0: the transfer is given up. */
static int is_given_up(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    const struct mail_relay *relay = data;
    instant ending = relay->ending;
    return ending != 0 && instant_now() > ending + ENDING_SECONDS * INSTANT_SECOND;
}

static bool is_refused_for_good(CURLcode code, long answer)
{
    return answer >= 500 && answer < 600 &&
           (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
            code == CURLE_QUOTE_ERROR);
}

bool mail_deliver(const struct mail_relay *relay, str from, str to, str message, struct err *err)
{
    curl_start();
    struct arena *arena = arena_new();
    CURL *curl = curl_easy_init();
    char reason[CURL_ERROR_SIZE] = "";
    struct curl_slist *recipients = curl_slist_append(NULL, str_fmt(arena, "<%.*s>", STR_ARG(to)).ptr);
    curl_easy_setopt(curl, CURLOPT_URL, str_z(arena, relay->url));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, str_fmt(arena, "<%.*s>", STR_ARG(from)).ptr);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, relay->requires_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY);
    if (relay->user.len > 0) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, str_z(arena, relay->user));
        curl_easy_setopt(curl, CURLOPT_PASSWORD, str_z(arena, relay->password));
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &message);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_given_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)(uintptr_t)relay);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 90L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    if (code != CURLE_OK) {
        err_set(err, is_refused_for_good(code, answer) ? ERR_INVALID : ERR_UNAVAILABLE,
                "The relay did not take the message.");
        err_detail(err, "smtp %ld, curl %d: %s", answer, (int)code,
                   reason[0] != '\0' ? reason : curl_easy_strerror(code));
    }
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    arena_free(arena);
    return code == CURLE_OK;
}
