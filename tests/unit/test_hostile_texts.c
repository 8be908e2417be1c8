/* What hostile people type is kept as they typed it, shown escaped once, and never taken for the template language. */
#include "asking.h"
#include "corpus.h"

#include <unictype.h>

struct stage {
    struct asking asking;
    const struct template *page, *mail;
};

static const struct template *compiled(struct arena *arena, str text, enum template_kind kind)
{
    struct template_settings settings = {.kind = kind, .keep_ends = true};
    return template_compile(arena, text, &settings, NULL);
}

static void stage_begin(struct stage *stage, const char *type)
{
    struct arena *arena = arena_new();
    asking_begin(&stage->asking,
                 str_fmt(arena, "[{'id':'1','type':'%s','label':'X','varname':'x','required':'optional'}]", type).ptr);
    arena_free(arena);
    stage->page = compiled(stage->asking.arena, STR("{{ form_var_x }}"), TEMPLATE_HTML);
    stage->mail = compiled(stage->asking.arena, STR("-{{ form_var_x }}-"), TEMPLATE_TEXT);
}

/* Blanks at the ends are taken off, line breaks made alike: of all other texts not a byte may change. */
static bool stays_equal(str text)
{
    bool begun = false, ends_by_sign = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        bool is_blank = c <= 0x20 || uc_is_property_white_space(c);
        if (c == '\r' || c == '\n' || c == 0 || (!begun && is_blank))
            return false;
        begun = true;
        ends_by_sign = !is_blank;
    }
    return begun && ends_by_sign;
}

static void goes_through(struct stage *stage, str text, bool is_free)
{
    struct asking *asking = &stage->asking;
    asking_post(asking, "f1", text);
    bool ok = asking_read(asking);
    str kept = json_str(asking->answers, "1");
    if (is_free && stays_equal(text))
        assert_true(ok && str_eq(kept, text));
    assert_true(utf8_is_valid(kept));
    if (kept.len == 0)
        return;
    struct arena *arena = arena_new();
    struct render render = {.arena = arena, .scope = asking->context.scope, .lang = STR("fr")};
    struct buf escaped = buf_new(arena, 1 << 22);
    buf_add_html(&escaped, kept);
    assert_true(str_eq(template_text(stage->page, &render), buf_str(&escaped)));
    assert_true(str_eq(template_text(stage->mail, &render), str_fmt(arena, "-%.*s-", STR_ARG(kept))));
    arena_free(arena);
}

static void try_texts(const json_t *texts)
{
    static const char *const types[] = {"string", "text", "email"};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        struct stage stage;
        stage_begin(&stage, types[t]);
        for (size_t i = 0; i < json_array_size(texts); i++)
            goes_through(&stage, json_str_of(json_array_get(texts, i)), t < 2);
        asking_end(&stage.asking);
    }
}

/* False where the corpus is not here, which is said. */
static bool corpus_text(struct arena *arena, const char *name, str *bytes)
{
    str path = corpus_path(arena, name);
    if (path.len == 0)
        print_message("# no corpus here, skipped\n");
    else
        assert_true(file_read(arena, path.ptr, 1 << 24, bytes, NULL));
    return path.len > 0;
}

/* One payload a line. */
static void try_lines(const char *name, size_t least)
{
    struct arena *arena = arena_new();
    str bytes;
    if (corpus_text(arena, name, &bytes)) {
        json_t *texts = json_keep(arena, json_array());
        for (str line, rest = utf8_repair(arena, bytes); str_next(&rest, '\n', &line);)
            json_array_append_new(texts, json_from_str(line));
        assert_true(json_array_size(texts) >= least);
        try_texts(texts);
    }
    arena_free(arena);
}

static void naughty_strings(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    str bytes;
    if (corpus_text(arena, "security/blns/blns.json", &bytes)) {
        const json_t *texts = json_parse(arena, bytes, NULL);
        assert_true(json_array_size(texts) > 400);
        try_texts(texts);
    }
    arena_free(arena);
}

static void scripts(void **state)
{
    (void)state;
    try_lines("security/xss-payloadbox/Intruder/xss-payload-list.txt", 6000);
}

static void statements(void **state)
{
    (void)state;
    static const char *const files[] = {"Auth_Bypass.txt", "Auth_Bypass2.txt", "Generic_ErrorBased.txt",
                                        "Generic_UnionSelect.txt", "Generic_TimeBased.txt"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char name[160];
        snprintf(name, sizeof name, "security/payloads-all-the-things/SQL Injection/Intruder/%s", files[i]);
        try_lines(name, 50);
    }
}

static void templates(void **state)
{
    (void)state;
    try_lines("security/payloads-all-the-things/Server Side Template Injection/Intruder/ssti.fuzz", 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naughty_strings),
        cmocka_unit_test(scripts),
        cmocka_unit_test(statements),
        cmocka_unit_test(templates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
