#include "base/base64.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>

static void str_cuts_and_steps(void **state)
{
    (void)state;
    str rest = STR("a,,b"), part;
    assert_true(str_next(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_next(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_next(&rest, ',', &part));
    assert_str(part, "b");
    assert_false(str_next(&rest, ',', &part));
    rest = STR_EMPTY;
    assert_false(str_next(&rest, ',', &part));
}

static void str_reads_numbers_within_bounds(void **state)
{
    (void)state;
    int64_t value;
    assert_true(str_to_int64(STR("-9223372036854775808"), &value));
    assert_int_equal(value, INT64_MIN);
    assert_false(str_to_int64(STR("9223372036854775808"), &value));
    assert_false(str_to_int64(STR("12a"), &value));
    assert_false(str_to_int64(STR("-"), &value));
    assert_false(str_to_int64(STR(""), &value));
}

static void str_replaces(void **state)
{
    struct arena *arena = *state;
    assert_str(str_replace(arena, STR("aXbXX"), STR("X"), STR("--")), "a--b----");
    assert_str(str_replace(arena, STR("abc"), STR(""), STR("-")), "abc");
}

static void arena_gives_zeroes_again_and_again(void **state)
{
    struct arena *arena = *state;
    static const size_t sizes[] = {1, 24, 4000, 5000, 70000, 300000, 16};
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *bytes = arena_alloc(arena, sizes[i]);
            for (size_t at = 0; at < sizes[i]; at++)
                assert_int_equal(bytes[at], 0);
            memset(bytes, 'x', sizes[i]);
        }
        arena_reset(arena);
        assert_int_equal(arena_used(arena), 0);
    }
}

static void buf_keeps_its_ceiling(void **state)
{
    struct buf buf = buf_new(*state, 4);
    buf_add(&buf, STR("abcd"));
    assert_false(buf.overflowed);
    buf_add_char(&buf, 'e');
    assert_true(buf.overflowed);
    assert_str(buf_str(&buf), "abcd");
}

static void buf_escapes_for_its_reader(void **state)
{
    struct buf html = buf_new(*state, 200);
    buf_add_html(&html, STR("<a href='x'>\"&\"</a>"));
    assert_str(buf_str(&html), "&lt;a href=&#x27;x&#x27;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    struct buf json = buf_new(*state, 200);
    buf_add_json(&json, STR("</script>\xE2\x80\xA8\n\x01é"));
    assert_str(buf_str(&json), "\"\\u003c/script\\u003e\\u2028\\n\\u0001é\"");
    struct buf url = buf_new(*state, 200);
    buf_add_url(&url, STR("é a/b"));
    assert_str(buf_str(&url), "%C3%A9%20a%2Fb");
}

static void map_finds_what_was_set(void **state)
{
    struct map map = map_new(*state);
    int values[1000];
    for (int i = 0; i < 1000; i++)
        map_set(&map, str_fmt(*state, "key%d", i), &values[i]);
    for (int i = 0; i < 1000; i++)
        assert_ptr_equal(map_get(&map, str_fmt(*state, "key%d", i)), &values[i]);
    assert_null(map_get(&map, STR("absent")));
    map_set(&map, STR("key7"), &values[0]);
    assert_ptr_equal(map_get(&map, STR("key7")), &values[0]);
    assert_int_equal(map.len, 1000);
}

static void utf8_is_checked_and_repaired(void **state)
{
    struct arena *arena = *state;
    assert_true(utf8_is_valid(STR("é€😀")));
    assert_false(utf8_is_valid(STR("\xC0\xAF")));         /* overlong */
    assert_false(utf8_is_valid(STR("\xED\xA0\x80")));     /* surrogate */
    assert_false(utf8_is_valid(STR("\xF4\x90\x80\x80"))); /* over U+10FFFF */
    assert_true(utf8_is_valid(utf8_repair(arena, STR("a\xFF"
                                                     "b\xC3"))));
    assert_int_equal(utf8_length(STR("é€😀")), 3);
    assert_str(utf8_slice(STR("é€😀"), 1, 2), "€");
}

/* Each sign to U+07FF between two letters, in both cases, as the library has it. */
static void the_other_case_is_the_library_s(void **state)
{
    struct arena *arena = *state;
    for (uint32_t c = 1; c < 0x800; c++) {
        char text[8] = "a";
        int length = c < 0x80 ? 1 : 2;
        text[1] = (char)(c < 0x80 ? c : 0xC0 | c >> 6);
        text[2] = (char)(0x80 | (c & 0x3F));
        text[1 + length] = 'Z';
        str s = {text, (size_t)length + 2};
        size_t upper_length, lower_length;
        uint8_t *upper = u8_toupper((const uint8_t *)s.ptr, s.len, NULL, NULL, NULL, &upper_length);
        uint8_t *lower = u8_tolower((const uint8_t *)s.ptr, s.len, NULL, NULL, NULL, &lower_length);
        bool same = str_eq(utf8_upper(arena, s), (str){(char *)upper, upper_length}) &&
                    str_eq(utf8_lower(arena, s), (str){(char *)lower, lower_length});
        free(upper);
        free(lower);
        if (!same)
            fail_msg("U+%04X", c);
    }
    assert_str(utf8_upper(arena, STR("l’été, cœur ß 日本")), "L’ÉTÉ, CŒUR SS 日本");
}

static void utf8_folds_for_search(void **state)
{
    struct arena *arena = *state;
    assert_str(utf8_slug(arena, STR("Fût à compost (prime)")), "fut-a-compost-prime");
    assert_str(utf8_fold(arena, STR("  L'ÉCOLE, c'est   le Cœur ")), "l ecole c est le coeur");
    assert_str(utf8_upper(arena, STR("garçon")), "GARÇON");
}

static void dates_are_exact(void **state)
{
    struct arena *arena = *state;
    for (int64_t days = -800000; days < 800000; days += 37)
        assert_int_equal(date_to_days(date_from_days(days)), days);
    struct date date;
    assert_true(date_parse(STR("29/02/2024"), &date));
    assert_str(date_iso(arena, date), "2024-02-29");
    assert_false(date_parse(STR("29/02/2023"), &date));
    assert_false(date_parse(STR("2024-13-01"), &date));
    assert_str(date_long(arena, (struct date){2026, 12, 1}), "mardi 1er décembre 2026");
}

static void instants_go_out_and_back(void **state)
{
    struct arena *arena = *state;
    instant at;
    assert_true(instant_parse(STR("2026-07-01T10:00:00+02:00"), &at));
    assert_str(instant_iso(arena, at), "2026-07-01T08:00:00Z");
    assert_str(instant_long(arena, at), "1er juillet 2026 à 10 h 00");
    assert_int_equal(instant_from_local(datetime_local(at)), at);
    assert_false(instant_parse(STR("2026-07-01T10:00:00"), &at));
}

static void json_is_owned_by_its_arena(void **state)
{
    struct arena *arena = *state;
    struct err err;
    json_t *json = json_parse(arena, STR("{\"b\": 1, \"a\": \"é\"}"), &err);
    assert_non_null(json);
    assert_str(json_text_sorted(arena, json), "{\"a\":\"é\",\"b\":1}");
    assert_str(json_str(json, "a"), "é");
    assert_null(json_parse(arena, STR("{\"a\":1,\"a\":2}"), &err));
    assert_null(json_parse(arena, STR("[1\n,]"), &err));
    assert_int_equal(err.line, 2);
}

/* Jansson's writer is the reference: what was stored by it is found again. */
static void json_is_written_as_jansson_writes_it(void **state)
{
    struct arena *arena = *state;
    struct err err;
    str text =
        STR("{\"z\":[1,-2,[],{},1.0,0.1,1e300,-2.5e-9,123456789012345678],\"a\":{\"b\":null,\"aa\":true,\"B\":false},"
            "\"texte\":\"é\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f<&>\",\"\":\"\"}");
    const json_t *json = json_parse(arena, text, &err);
    assert_non_null(json);
    const struct {
        str (*write)(struct arena *arena, const json_t *json);
        size_t flags;
    } writers[] = {{json_text, JSON_COMPACT},
                   {json_text_sorted, JSON_COMPACT | JSON_SORT_KEYS},
                   {json_text_pretty, JSON_INDENT(2)}};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        char *expected = json_dumps(json, writers[i].flags);
        assert_str(writers[i].write(arena, json), expected);
        free(expected);
    }
    assert_str(json_text(arena, NULL), "null");
}

/* Each sign alone, in a word and at its ends folds as a text with a sign that no table knows. */
static void folding_is_one_rule(void **state)
{
    struct arena *arena = *state;
    assert_str(utf8_fold(arena, STR("  L’Éclairage œuvre — n° 12 ; ÿ-Ç  ")), "l eclairage oeuvre n 12 y c");
    assert_str(utf8_fold(arena, STR("e\xCC\x81"
                                    "a")),
               "ea");
    for (uint32_t c = 1; c < 0x2100; c = c == 0x2FF ? 0x1FF0 : c + 1) {
        char sign[4];
        str one = {sign, utf8_encode(c, sign)};
        str text = str_fmt(arena, "%.*s x%.*sx %.*s", STR_ARG(one), STR_ARG(one), STR_ARG(one));
        str by_rule = utf8_fold(arena, str_fmt(arena, "%.*s \xCE\xB1", STR_ARG(text)));
        str expected = str_slice(by_rule, 0, by_rule.len - 2);
        assert_str(utf8_fold(arena, text), str_z(arena, str_trim(expected)));
    }
}

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

#define IN_ARENA(test) cmocka_unit_test_setup_teardown(test, make_arena, free_arena)

/* RFC 4648 §10, and what is no base 64. */
static void base64_goes_out_and_back(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"},
                                           {"\xff\xfe?>", "//4/Pg=="}};
    static const char *const wrong[] = {
        "Z", "Zg", "Zg=", "Zg===", "=Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9v!", "====", "Z\xc3\xa9=="};
    str bytes;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_str(base64_encode(arena, str_of(pairs[i][0])), pairs[i][1]);
        assert_true(base64_decode(arena, str_of(pairs[i][1]), &bytes));
        assert_str(bytes, pairs[i][0]);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(base64_decode(arena, str_of(wrong[i]), &bytes));
    assert_true(base64_decode(arena, STR(" Zm9v\nYmFy\r\n"), &bytes));
    assert_str(bytes, "foobar");
    arena_free(arena);
}

static void messages_are_cut_between_characters(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf text = buf_new(arena, 2000);
    struct err err;
    for (size_t before = 0; before < 4; before++) {
        text.len = 0;
        for (size_t i = 0; i < before; i++)
            buf_add_char(&text, 'a');
        for (size_t i = 0; i < 300; i++)
            buf_add(&text, STR("é€"));
        err_set(&err, ERR_INVALID, "%s", buf_str(&text).ptr);
        assert_true(utf8_is_valid(str_of(err.message)));
        assert_true(str_of(err.message).len > sizeof err.message - 8);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_cut_between_characters),
        cmocka_unit_test(base64_goes_out_and_back),
        cmocka_unit_test(str_cuts_and_steps),
        cmocka_unit_test(str_reads_numbers_within_bounds),
        IN_ARENA(str_replaces),
        IN_ARENA(arena_gives_zeroes_again_and_again),
        IN_ARENA(buf_keeps_its_ceiling),
        IN_ARENA(buf_escapes_for_its_reader),
        IN_ARENA(map_finds_what_was_set),
        IN_ARENA(the_other_case_is_the_library_s),
        IN_ARENA(utf8_is_checked_and_repaired),
        IN_ARENA(utf8_folds_for_search),
        IN_ARENA(dates_are_exact),
        IN_ARENA(instants_go_out_and_back),
        IN_ARENA(json_is_owned_by_its_arena),
        IN_ARENA(json_is_written_as_jansson_writes_it),
        IN_ARENA(folding_is_one_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
