/* Publik's signature of URLs: an HMAC of the query, so that a server of the same town knows who asks. */
#include "base/base64.h"
#include "fetch/fetch.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/* sha1: what old partners still check. NULL: none that we know. */
static const EVP_MD *digest_called(str algo)
{
    if (str_eq(algo, STR("sha256")))
        return EVP_sha256();
    if (str_eq(algo, STR("sha512")))
        return EVP_sha512();
    return str_eq(algo, STR("sha1")) ? EVP_sha1() : NULL;
}

static str signature_of(struct arena *arena, str query, str key, const EVP_MD *algo)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(algo, key.ptr, (int)key.len, (const unsigned char *)query.ptr, query.len, digest, &size);
    return base64_encode(arena, str_dup(arena, (str){(const char *)digest, size}));
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
    if (digest_called(algo) == NULL)
        algo = STR("sha256");
    str path, rest;
    str_cut(url, '?', &path, &rest);
    struct buf query = buf_new(arena, url.len + 4096);
    buf_add(&query, rest);
    if (orig.len > 0)
        add_pair(&query, "orig", orig);
    add_pair(&query, "algo", algo);
    add_pair(&query, "timestamp", instant_iso(arena, now));
    add_pair(&query, "nonce", nonce);
    add_pair(&query, "signature", signature_of(arena, buf_str(&query), key, digest_called(algo)));
    return str_fmt(arena, "%.*s?%.*s", STR_ARG(path), STR_ARG(buf_str(&query)));
}

bool fetch_is_signed(struct arena *arena, str query, str key, str algo, str signature)
{
    const EVP_MD *digest = digest_called(algo);
    if (digest == NULL || key.len == 0)
        return false;
    str expected = signature_of(arena, query, key, digest);
    return signature.len == expected.len && CRYPTO_memcmp(signature.ptr, expected.ptr, expected.len) == 0;
}
