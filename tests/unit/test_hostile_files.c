/* Files of strangers that want to be more than data: XML that declares entities, XML too deep or too large, patterns
 * that take for ever. Refused, or read in bounded time. */
#include "asking.h"
#include "corpus.h"
#include "publik/publik.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- Publik definitions ---- */

static bool is_read(str bytes, struct err *err)
{
    struct arena *arena = arena_new();
    struct publik_document document;
    *err = (struct err){0};
    double began = now_seconds();
    bool ok = publik_read(arena, bytes, &document, err);
    assert_true(now_seconds() - began < 1);
    assert_true(arena_used(arena) < 16 << 20);
    assert_true(ok || (err->code != ERR_NONE && err->message[0] != '\0'));
    arena_free(arena);
    return ok;
}

/* The text in UTF-16, with its byte order mark. */
static str utf16(struct arena *arena, str ascii, bool is_little)
{
    char *bytes = arena_alloc(arena, 2 * ascii.len + 2);
    bytes[0] = is_little ? '\xFF' : '\xFE';
    bytes[1] = is_little ? '\xFE' : '\xFF';
    for (size_t i = 0; i < ascii.len; i++)
        bytes[2 * i + (is_little ? 2 : 3)] = ascii.ptr[i];
    return (str){bytes, 2 * ascii.len + 2};
}

static void entities_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "<!DOCTYPE formdef [<!ENTITY x \"y\">]><formdef><name>&x;</name></formdef>",
        "<!DOCTYPE formdef SYSTEM \"file:///etc/passwd\"><formdef><name>a</name></formdef>",
        "<!DOCTYPE formdef PUBLIC \"a\" \"http://127.0.0.1:1/x.dtd\"><formdef><name>a</name></formdef>",
        ("<?xml version=\"1.0\"?>\n<!-- a -->\n<!DOCTYPE formdef [<!ENTITY % a SYSTEM \"file:///etc/passwd\">%a;]>"
         "<formdef><name>a</name></formdef>"),
        "<formdef><name>&undeclared;</name></formdef>",
    };
    struct arena *arena = arena_new();
    struct err err;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(is_read(str_of(texts[i]), &err));
        assert_false(is_read(utf16(arena, str_of(texts[i]), true), &err));
        assert_false(is_read(utf16(arena, str_of(texts[i]), false), &err));
    }
    assert_true(is_read(STR("<formdef><name>&lt;a&#233;&gt;</name></formdef>"), &err));
    arena_free(arena);
}

/* A mail may be HTML with a document type of its own: that is text. */
static void document_types_in_texts_are_texts(void **state)
{
    (void)state;
    struct err err;
    assert_true(is_read(STR("<mail-template><name>m</name><subject>s</subject>"
                            "<body><![CDATA[<!DOCTYPE html><p>x</p>]]></body></mail-template>"),
                        &err));
}

static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct err err;
    struct buf deep = buf_new(arena, 1 << 20);
    buf_add(&deep, STR("<formdef><name>a</name>"));
    for (int i = 0; i < 20000; i++)
        buf_add(&deep, STR("<field>"));
    for (int i = 0; i < 20000; i++)
        buf_add(&deep, STR("</field>"));
    buf_add(&deep, STR("</formdef>"));
    assert_false(is_read(buf_str(&deep), &err));
    char *large = arena_alloc(arena, PUBLIK_FILE_MOST + 1);
    memset(large, ' ', PUBLIK_FILE_MOST + 1);
    assert_false(is_read((str){large, PUBLIK_FILE_MOST + 1}, &err));
    assert_int_equal(err.code, ERR_TOO_LARGE);
    arena_free(arena);
}

/* Each file of a folder of the corpus; how many. */
static size_t each_file(struct arena *arena, const char *folder, void (*try)(str bytes))
{
    str path = corpus_path(arena, folder);
    DIR *dir = path.len == 0 ? NULL : opendir(path.ptr);
    size_t count = 0;
    if (dir == NULL) {
        print_message("# no corpus here, skipped\n");
        arena_free(arena);
        skip();
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        str bytes;
        if (entry->d_name[0] == '.' ||
            !file_read(arena, str_fmt(arena, "%.*s/%s", STR_ARG(path), entry->d_name).ptr, 4 << 20, &bytes, NULL))
            continue;
        try(bytes);
        count++;
    }
    closedir(dir);
    return count;
}

static void refuse(str bytes)
{
    struct err err;
    assert_false(is_read(bytes, &err));
}

static void files_of_the_corpus_are_refused(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_true(each_file(arena, "security/hostile-files-made-here", refuse) > 20);
    assert_true(each_file(arena, "security/payloads-all-the-things/XXE Injection/Files", refuse) > 4);
    arena_free(arena);
}

/* ---- Patterns ---- */

/* A form asks that an answer match the pattern: however it was chosen, what a resident types costs little. */
static void match(str pattern, str prefix, str pump, str suffix)
{
    struct asking asking;
    struct arena *arena = arena_new();
    json_t *document = json_keep(arena, json_pack("{s:s, s:s, s:[{s:s, s:s, s:s, s:{s:s, s:o}}]}", "slug", "a", "name",
                                                  "a", "fields", "id", "1", "type", "string", "label", "X",
                                                  "validation", "type", "regex", "value", json_from_str(pattern)));
    asking_begin_document(&asking, document);
    struct buf text = buf_new(arena, 1 << 20);
    buf_add(&text, prefix);
    while (pump.len > 0 && text.len < 64 << 10)
        buf_add(&text, pump);
    buf_add(&text, suffix);
    double began = now_seconds();
    asking_post(&asking, "f1", buf_str(&text));
    asking_read(&asking);
    if (now_seconds() - began > 0.5)
        fail_msg("%.*s takes %.2f s", STR_ARG(pattern), now_seconds() - began);
    asking_end(&asking);
    arena_free(arena);
}

static void try_evil(const json_t *json)
{
    str pattern = json_str(json, "pattern");
    const json_t *evil = json_dict(json, "evilInput"), *pumps = json_list(evil, "pumpPairs");
    if (pattern.len == 0)
        return;
    for (size_t i = 0; i < json_array_size(pumps); i++) {
        const json_t *pair = json_array_get(pumps, i);
        match(pattern, json_str(pair, "prefix"), json_str(pair, "pump"), json_str(evil, "suffix"));
    }
    static const char *const guesses[] = {"a", "x", " ", "1", "0", "ab", "aaab", "a.", "<", "\t", "_"};
    for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++)
        match(pattern, STR_EMPTY, str_of(guesses[i]), STR("!"));
}

static void walk(struct arena *arena, str path, size_t *count)
{
    struct stat info;
    if (stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode)) {
        DIR *dir = opendir(path.ptr);
        for (const struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
            if (entry->d_name[0] != '.')
                walk(arena, str_fmt(arena, "%.*s/%s", STR_ARG(path), entry->d_name), count);
        if (dir != NULL)
            closedir(dir);
        return;
    }
    str bytes;
    const json_t *json = file_read(arena, path.ptr, 1 << 20, &bytes, NULL) ? json_parse(arena, bytes, NULL) : NULL;
    if (json != NULL) {
        try_evil(json);
        ++*count;
    }
}

static void evil_patterns_of_the_corpus_end(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    str path = corpus_path(arena, "security/redos/src");
    size_t count = 0;
    if (path.len == 0) {
        print_message("# no corpus here, skipped\n");
        arena_free(arena);
        skip();
    }
    walk(arena, path, &count);
    assert_true(count > 30);
    arena_free(arena);
}

static void evil_patterns_end(void **state)
{
    (void)state;
    static const char *const patterns[] = {"(a+)+$",        "([a-zA-Z]+)*$",
                                           "(a|aa)+$",      "(a|a?)+$",
                                           "(.*a){20}$",    "^(([a-z])+.)+[A-Z]([a-z])+$",
                                           "(x+x+)+y",      "(?:(?:a*)*)*b",
                                           "^(\\w+\\s?)*$", "((a{1,100}){1,100}){1,100}$"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        match(str_of(patterns[i]), STR_EMPTY, i == 6 ? STR("x") : STR("a"), STR("!"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entities_are_refused),       cmocka_unit_test(document_types_in_texts_are_texts),
        cmocka_unit_test(depth_and_size_are_bounded), cmocka_unit_test(files_of_the_corpus_are_refused),
        cmocka_unit_test(evil_patterns_end),          cmocka_unit_test(evil_patterns_of_the_corpus_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
