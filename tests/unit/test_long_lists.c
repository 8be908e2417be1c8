/* Lists that are searched: what is typed in the search box, what is posted against it, and what a search of a long list
 * costs. */
#include "asking.h"

#include "sources/source.h"

static str numbered(struct arena *arena, const char *before, int count, const char *after)
{
    struct buf out = buf_new(arena, 8 << 20);
    buf_fmt(&out, "%s", before);
    for (int i = 0; i < count; i++)
        buf_fmt(&out, "%s{'id':'%05d','text':'Saint-Élie sur Rivière %d'}", i > 0 ? "," : "", i, i);
    buf_fmt(&out, "%s", after);
    return buf_str(&out);
}

static void begin(struct asking *asking, const char *type, const char *more)
{
    struct arena *arena = arena_new();
    str after = str_fmt(arena, "]}%s}]", more);
    asking_begin(asking, numbered(arena,
                                  str_fmt(arena,
                                          "[{'id':'1','type':'%s','label':'Lieu','display_mode':'autocomplete',"
                                          "'source':{'type':'fixed','value':[",
                                          type)
                                      .ptr,
                                  400, after.ptr)
                             .ptr);
    arena_free(arena);
}

static bool post(struct asking *asking, const char *id, const char *typed, const char *beside)
{
    if (*id)
        asking_post(asking, "f1", str_of(id));
    asking_post(asking, "f1-cherche", str_of(typed));
    asking_post(asking, "f1-pour", str_of(beside));
    return asking_read(asking);
}

static void what_is_typed_over_a_choice_counts(void **state)
{
    (void)state;
    static const struct {
        const char *id, *typed, *beside, *stored; /* stored: "" where it is refused */
    } cases[] = {
        {"00007", "Saint-Élie sur Rivière 7", "Saint-Élie sur Rivière 7", "\"00007\""},
        {"00007", "saint", "saint", "\"00007\""},
        {"00007", "", "saint", "\"00007\""},
        {"00007", "SAINT ELIE SUR RIVIERE 12", "saint", "\"00012\""},
        {"00007", "ailleurs", "saint", ""},
        {"", "saint-élie sur rivière 399", "", "\"00399\""},
        {"", "saint", "saint", ""},
        {"", "", "", ""},
        {"x", "", "", ""},
        {"00007\xFF", "", "", ""},
        {"", "\xFF\xFE", "", ""},
        {"", "%_*", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct asking asking;
        begin(&asking, "item", "");
        bool ok = post(&asking, cases[i].id, cases[i].typed, cases[i].beside);
        assert_int_equal(ok, *cases[i].stored != '\0');
        assert_str(asking_stored(&asking, "1"), cases[i].stored);
        asking_end(&asking);
    }
}

static void several_have_a_bound(void **state)
{
    (void)state;
    struct asking asking;
    begin(&asking, "items", ",'required':'optional'");
    asking_post(&asking, "f1", STR("00001"));
    assert_true(post(&asking, "00002", "saint-elie sur riviere 3", "x"));
    assert_str(asking_stored(&asking, "1"), "[\"00001\",\"00002\",\"00003\"]");
    for (int i = 0; i < 201; i++)
        asking_post(&asking, "f1", str_fmt(asking.arena, "%05d", i));
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Choisissez 200 réponses au maximum.");
    asking_end(&asking);
}

static void only_fields_with_a_list_propose(void **state)
{
    (void)state;
    struct asking asking;
    begin(&asking, "item", "},{'id':'2','type':'string','label':'Nom'");
    const struct posted_value values[] = {{STR("f1-cherche"), STR("riviere 39")}, {STR("f2"), STR("a")}};
    const struct posted posted = {values, 2, NULL, 0};
    const struct field_list *fields = &asking.form->fields;
    json_t *found = fields_suggest(fields, &asking.context, &posted, asking.answers, STR("f1"));
    assert_int_equal(json_array_size(json_list(found, "choices")), 14); /* 39, 390 to 399, then 139, 239, 339 */
    assert_str(json_str(found, "status"), "14 réponses.");
    static const char *const others[] = {"f2", "f3", "", "f1-cherche", "f"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(fields_suggest(fields, &asking.context, &posted, asking.answers, str_of(others[i])));
    asking_end(&asking);
}

/* The communes of France, and those that were: one search stays far below what a hand notices, and keeps nothing. */
static void forty_thousand_are_searched_at_once(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    str list = numbered(arena, "{'type':'fixed','value':[", 40000, "]}");
    const struct source *source = source_compile(arena, asking_json(arena, list.ptr), STR("champ 1"));
    struct render render = {.arena = arena, .lang = STR("fr")};
    struct choices found = source_search(source, NULL, &render, STR("riviere 39999"), 20, NULL);
    assert_int_equal(found.len, 1);
    assert_str(found.at[0].id, "39999");
    int64_t before = steady_now();
    for (int i = 0; i < 10; i++)
        found = source_search(source, NULL, &render, STR("riviere zz"), 20, NULL);
    print_message("# one search of 40000: %lld ms\n", (long long)((steady_now() - before) / 10 / 1000));
    assert_int_equal(found.len, 0);
    assert_true(steady_now() - before < 10 * INSTANT_SECOND);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_typed_over_a_choice_counts),
        cmocka_unit_test(several_have_a_bound),
        cmocka_unit_test(only_fields_with_a_list_propose),
        cmocka_unit_test(forty_thousand_are_searched_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
