/* JSONTestSuite over the one reader that bodies, definitions and stored answers go through: what must be taken is
 * taken, what must be refused is refused, what is free does no harm. */
#include "unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* RFC 8259 leaves these open; the suite would have them taken. Two answers to one question are refused here, and so is
 * a key that C could not hold. */
static const char *const refused_here[] = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
                                           "y_object_escaped_null_in_key.json"};

static bool must_be_refused(const char *name)
{
    for (size_t i = 0; i < sizeof refused_here / sizeof *refused_here; i++)
        if (strcmp(name, refused_here[i]) == 0)
            return true;
    return name[0] == 'n';
}

static void try_file(const char *folder, const char *name, int counts[])
{
    struct arena *arena = arena_new();
    struct err err = {0};
    str bytes;
    assert_true(file_read(arena, str_fmt(arena, "%s/%s", folder, name).ptr, 1 << 20, &bytes, NULL));
    const json_t *json = json_parse(arena, bytes, &err);
    if (json != NULL)
        assert_non_null(json_parse(arena, json_text(arena, json), NULL));
    else
        assert_true(err.code == ERR_INVALID && err.message[0] != '\0');
    if (name[0] != 'i' && (json == NULL) != must_be_refused(name))
        fail_msg("%s is %s", name, json == NULL ? "refused" : "taken");
    counts[name[0] == 'y' ? 0 : name[0] == 'n' ? 1 : 2]++;
    arena_free(arena);
}

static void suite_is_followed(void **state)
{
    (void)state;
    const char *corpus = getenv("GUICHET_CORPUS");
    char folder[512];
    snprintf(folder, sizeof folder, "%s/security/json-testsuite/test_parsing",
             corpus != NULL ? corpus : "../shared/corpus");
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        print_message("# no corpus here, skipped\n");
        skip();
    }
    int counts[3] = {0};
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strlen(entry->d_name) > 5)
            try_file(folder, entry->d_name, counts);
    closedir(dir);
    assert_true(counts[0] >= 90 && counts[1] >= 180 && counts[2] >= 30);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    char *deep = arena_alloc(arena, 200000);
    memset(deep, '[', 100000);
    memset(deep + 100000, ']', 100000);
    assert_null(json_parse(arena, (str){deep, 200000}, &err));
    assert_int_equal(err.code, ERR_INVALID);
    assert_non_null(json_parse(arena, (str){deep + 99000, 2000}, &err));
    arena_free(arena);
}

static void size_is_bounded(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err = {0};
    char *large = arena_alloc(arena, JSON_TEXT_MOST + 1);
    memset(large, ' ', JSON_TEXT_MOST + 1);
    large[0] = '1';
    assert_null(json_parse(arena, (str){large, JSON_TEXT_MOST + 1}, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    assert_non_null(json_parse(arena, (str){large, JSON_TEXT_MOST}, &err));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suite_is_followed),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(size_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
