/* What may leave, and how: addresses, URLs, signatures. The exchange itself: tests/site/test_sources.py. */
#include "fetch/fetch.h"
#include "remote/remote.h"

#include "arena.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return fetch_address_is_public((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return fetch_address_is_public((const struct sockaddr *)&v6);
}

static void only_public_addresses_are_reached(void **state)
{
    (void)state;
    static const char *const private[] = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "2001::1",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "3fff::1",
    };
    static const char *const public[] = {
        "1.1.1.1",     "9.255.255.255",         "11.0.0.0",     "100.63.255.255", "100.128.0.0",   "172.15.0.1",
        "172.32.0.1",  "192.167.0.1",           "192.169.0.1",  "198.17.0.1",     "198.20.0.1",    "223.255.255.1",
        "2001:200::1", "2001:67c:2564:a119::1", "2606:4700::1", "2a01:e0a::1",    "::ffff:8.8.8.8"};
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        if (is_public(private[i]))
            fail_msg("%s is taken for public", private[i]);
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        if (!is_public(public[i]))
            fail_msg("%s is not taken for public", public[i]);
}

static void urls_are_made_clean_or_refused(void **state)
{
    (void)state;
    static const struct {
        const char *given, *clean;
    } cases[] = {
        {" https://x.example/a b?q=é|c ", "https://x.example/a%20b?q=%C3%A9%7Cc"},
        {"HTTP://x.example/%C3%A9#bas", "HTTP://x.example/%C3%A9"},
        {"https://x.example/\nHost: y", ""},
        {"https://x.example/\r\n", "https://x.example/"},
        {"file:///etc/passwd", ""},
        {"gopher://x.example/", ""},
        {"//x.example/", ""},
        {"https://", ""},
        {"javascript:alert(1)", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(fetch_clean_url(arena, str_of(cases[i].given)), cases[i].clean);
}

static void hosts_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"https://X.Example:443/", "x.example"},   {"http://x.example:443/", "x.example:443"},
        {"http://a:b@x.example:80/", "x.example"}, {"http://allowed.example@evil.example/", "evil.example"},
        {"http://[::1]:8080/x", "[::1]:8080"},     {"http://2130706433/", "127.0.0.1"},
        {"http://0x7f.1/", "127.0.0.1"},           {"pas une adresse", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(fetch_host(arena, str_of(cases[i].url)), cases[i].host);
}

static void secrets_of_urls_are_not_told(void **state)
{
    (void)state;
    assert_str(fetch_mask_url(arena, STR("https://moi:secret@x.example/a?cle=abc&q=Jean&drapeau#x")),
               "https://…@x.example/a?cle=…&q=…&…");
    assert_str(fetch_mask_url(arena, STR("https://x.example/a@b")), "https://x.example/a@b");
}

/* Computed with Python's hmac, as Publik's sign_url does. */
static void urls_are_signed(void **state)
{
    (void)state;
    instant now;
    assert_true(instant_parse(STR("2026-11-27T12:00:00Z"), &now));
    assert_str(fetch_sign_url(arena, STR("https://x.example/a?b=1"), STR("ville.example"), STR("cle"), STR_EMPTY, now,
                              STR("00ff")),
               "https://x.example/a?b=1&orig=ville.example&algo=sha256&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff"
               "&signature=kRprd19c4TMfzD%2F2wEwlrHblJga9l49nafHRJtqOv3A%3D");
    assert_str(fetch_sign_url(arena, STR("https://x.example/a"), STR_EMPTY, STR("cle"), STR("sha1"), now, STR("00ff")),
               "https://x.example/"
               "a?algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff&signature=ZhWhcKVzqpCcd7x2lL4MKb8uAoo%3D");
}

/* A query that came is looked at by the same computation. */
static void a_signature_holds_for_its_query_alone(void **state)
{
    (void)state;
    static const struct {
        const char *query, *key, *algo, *signature;
        bool holds;
    } cases[] = {
        {"b=1&orig=ville.example&algo=sha256&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff", "cle", "sha256",
         "kRprd19c4TMfzD/2wEwlrHblJga9l49nafHRJtqOv3A=", true},
        {"algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff", "cle", "sha1",
         "ZhWhcKVzqpCcd7x2lL4MKb8uAoo=", true},
        {"algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00fe", "cle", "sha1",
         "ZhWhcKVzqpCcd7x2lL4MKb8uAoo=", false},
        {"algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff", "cla", "sha1",
         "ZhWhcKVzqpCcd7x2lL4MKb8uAoo=", false},
        {"algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff", "cle", "sha1", "ZhWhcKVzqpCcd7x2lL4MKb8uAoo",
         false},
        {"algo=sha1&timestamp=2026-11-27T12%3A00%3A00Z&nonce=00ff", "cle", "sha256",
         "ZhWhcKVzqpCcd7x2lL4MKb8uAoo=", false},
        {"a=1", "cle", "md5", "x", false},
        {"a=1", "", "sha256", "x", false},
        {"a=1", "cle", "sha256", "", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fetch_is_signed(arena, str_of(cases[i].query), str_of(cases[i].key), str_of(cases[i].algo),
                                         str_of(cases[i].signature)),
                         cases[i].holds);
}

static void answers_are_json_with_or_without_a_call_around(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool may_be_padded;
        const char *json; /* NULL: refused */
    } cases[] = {
        {"{\"a\":1}", false, "{\"a\":1}"},
        {"\xEF\xBB\xBF[1]", false, "[1]"},
        {"f([1]);", true, "[1]"},
        {" jQuery.x_1 ( [1] ) ; ", true, "[1]"},
        {"[1]", true, "[1]"},
        {"{\"a\":\"f(1)\"}", true, "{\"a\":\"f(1)\"}"},
        {"f([1]);", false, NULL},
        {"f([1]", true, NULL},
        {"<html>", true, NULL},
        {"", true, NULL},
        {"{\"a\":1,\"a\":2}", false, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        const json_t *json = remote_parse(arena, str_of(cases[i].body), cases[i].may_be_padded, &err);
        assert_int_equal(json != NULL, cases[i].json != NULL);
        if (json != NULL)
            assert_str(json_text(arena, json), cases[i].json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ARENA(only_public_addresses_are_reached),
        WITH_ARENA(urls_are_made_clean_or_refused),
        WITH_ARENA(hosts_are_told_apart),
        WITH_ARENA(secrets_of_urls_are_not_told),
        WITH_ARENA(urls_are_signed),
        WITH_ARENA(a_signature_holds_for_its_query_alone),
        WITH_ARENA(answers_are_json_with_or_without_a_call_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
