/* Archives that are read: those that we write and Python writes, and hostile ones. */
#include "base/unzip.h"
#include "base/zip.h"
#include "unit.h"

#include <stdlib.h>

static str make(struct arena *arena)
{
    struct zip *zip = zip_new(arena, INT64_C(1797237000) * INSTANT_SECOND);
    struct buf out = buf_new(arena, 1 << 20), big = buf_new(arena, 1 << 20);
    for (int i = 0; i < 5000; i++)
        buf_fmt(&big, "%d,", i);
    zip_store(zip, &out, STR("mimetype"), STR("text/x"));
    zip_begin(zip, &out, STR("dossier/été.txt"));
    zip_add(zip, &out, buf_str(&big));
    zip_close(zip, &out);
    assert_true(zip_end(zip, &out));
    return buf_str(&out);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct unzip archive;
    struct err err = {0};
    str bytes, made = make(arena);
    assert_true(unzip_open(arena, made, &archive, &err));
    assert_int_equal(archive.entries.len, 2);
    assert_true(unzip_read(arena, &archive, unzip_find(&archive, STR("mimetype")), &bytes, &err));
    assert_str(bytes, "text/x");
    assert_true(unzip_read(arena, &archive, unzip_find(&archive, STR("dossier/été.txt")), &bytes, &err));
    assert_int_equal(bytes.len, 23890);
    assert_true(str_ends(bytes, STR("4998,4999,")));
    assert_null(unzip_find(&archive, STR("autre")));
    arena_free(arena);
}

/* Every byte of it changed, and cut anywhere: refused or read, never out of bounds; what is read has its checksum. */
static void whatever_is_changed_nothing_breaks(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    str made = make(arena);
    for (size_t i = 0; i < made.len; i++)
        for (int bit = 0; bit < 3; bit++) {
            struct arena *own = arena_new();
            char *copy = arena_copy(own, made.ptr, made.len);
            struct unzip archive;
            struct err err = {0};
            str bytes;
            copy[i] = (char)(copy[i] ^ (bit == 0 ? 1 : bit == 1 ? 0x80 : 0xFF));
            if (unzip_open(own, (str){copy, made.len}, &archive, &err))
                for (size_t k = 0; k < archive.entries.len; k++)
                    unzip_read(own, &archive, &archive.entries.at[k], &bytes, &err);
            unzip_open(own, (str){copy, i}, &archive, &err);
            arena_free(own);
        }
    arena_free(arena);
}

static str renamed(struct arena *arena, str made, str from, str to)
{
    assert_int_equal(from.len, to.len);
    return str_replace(arena, made, from, to);
}

static void names_lead_nowhere_else(void **state)
{
    (void)state;
    static const char *const names[] = {"../etc/p", "/etc/pas",    "a/../../", "a\\b\\c\\de",
                                        "C:window", "a\nb\nc\nde", "./a/b/cd", "\xFF\xFE\xFD\xFC\xFB\xFA\xF9\xF8"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct unzip archive;
        struct err err = {0};
        assert_false(unzip_open(arena, renamed(arena, make(arena), STR("mimetype"), str_of(names[i])), &archive, &err));
        assert_non_null(strstr(err.message, "nom"));
    }
    arena_free(arena);
}

/* A bomb says how large it is, or is larger than it says: both are refused before memory is. */
static void bombs_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct zip *zip = zip_new(arena, 0);
    struct buf out = buf_new(arena, 8 << 20);
    char *zeros = arena_alloc(arena, 1 << 20);
    zip_begin(zip, &out, STR("bombe"));
    for (int i = 0; i < 80; i++)
        zip_add(zip, &out, (str){zeros, 1 << 20});
    zip_close(zip, &out);
    assert_true(zip_end(zip, &out));
    struct unzip archive;
    struct err err = {0};
    str made = buf_str(&out), bytes;
    assert_false(unzip_open(arena, made, &archive, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    /* 1 MiB is said in the directory. */
    char *lies = arena_copy(arena, made.ptr, made.len);
    size_t directory = str_find(made, STR("PK\x01\x02"), 0);
    memcpy(lies + directory + 24, "\x00\x00\x10\x00", 4);
    assert_true(unzip_open(arena, (str){lies, made.len}, &archive, &err));
    assert_false(unzip_read(arena, &archive, &archive.entries.at[0], &bytes, &err));
    arena_free(arena);
}

static void the_same_name_twice_is_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct zip *zip = zip_new(arena, 0);
    struct buf out = buf_new(arena, 1 << 20);
    zip_store(zip, &out, STR("a"), STR("1"));
    zip_store(zip, &out, STR("a"), STR("2"));
    assert_true(zip_end(zip, &out));
    struct unzip archive;
    struct err err = {0};
    assert_false(unzip_open(arena, buf_str(&out), &archive, &err));
    assert_non_null(strstr(err.message, "deux fichiers"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),       cmocka_unit_test(whatever_is_changed_nothing_breaks),
        cmocka_unit_test(names_lead_nowhere_else),        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(the_same_name_twice_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
