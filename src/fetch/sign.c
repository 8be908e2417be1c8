/* Publik's signature of URLs: an HMAC of the query, so that a server of the same town knows who asks. */
#include "fetch/fetch.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static str base64(struct arena *arena, const unsigned char *bytes, size_t size)
{
    unsigned char *out = arena_alloc(arena, (size + 2) / 3 * 4 + 1);
    int length = EVP_EncodeBlock(out, bytes, (int)size);
    return (str){(const char *)out, (size_t)length};
}

static void add_pair(struct buf *query, const char *name, str value)
{
    if (query->len > 0)
        buf_add_char(query, '&');
    buf_fmt(query, "%s=", name);
    buf_add_url(query, value);
}

str fetch_sign_url(struct arena *arena, str url, str orig, str key, str algo, instant now, str nonce)
{
    bool is_sha1 = str_eq(algo, STR("sha1")); /* what old partners still check */
    str path, rest;
    str_cut(url, '?', &path, &rest);
    struct buf query = buf_new(arena, url.len + 4096);
    buf_add(&query, rest);
    if (orig.len > 0)
        add_pair(&query, "orig", orig);
    add_pair(&query, "algo", is_sha1 ? STR("sha1") : STR("sha256"));
    add_pair(&query, "timestamp", instant_iso(arena, now));
    add_pair(&query, "nonce", nonce);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(is_sha1 ? EVP_sha1() : EVP_sha256(), key.ptr, (int)key.len, (const unsigned char *)query.ptr, query.len,
         digest, &size);
    add_pair(&query, "signature", base64(arena, digest, size));
    return str_fmt(arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(buf_str(&query)));
}
