/* Texts with some form: what of HTML is kept, what it is as plain text, and the field that asks it. */
#include "asking.h"

#include "forms/headings.h"
#include "forms/rich.h"

static void only_what_is_allowed_comes_through(void **state)
{
    (void)state;
#define A(href) "<a href=\"" href "\" rel=\"nofollow noopener noreferrer\">"
    static const struct {
        const char *html, *basic, *full;
    } cases[] = {
        {"Bonjour", "<p>Bonjour</p>", "<p>Bonjour</p>"},
        {"<p>Un <b>mot</b> et <i>un autre</i></p>", "<p>Un <strong>mot</strong> et <em>un autre</em></p>",
         "<p>Un <strong>mot</strong> et <em>un autre</em></p>"},
        {"<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"},
        {"<h1>T</h1>", "T", "<h3>T</h3>"},
        {"<blockquote>c</blockquote>", "c", "<blockquote>c</blockquote>"},
        {"<div>a<br>b</div>", "<p>a<br>b</p>", "<p>a<br>b</p>"},
        {"<p>1 &lt; 2 &amp; \"3\"</p>", "<p>1 &lt; 2 &amp; &quot;3&quot;</p>", "<p>1 &lt; 2 &amp; &quot;3&quot;</p>"},
        {"<p><a href=\"https://a.fr/?b=1&amp;c=2\">x</a></p>", "<p>" A("https://a.fr/?b=1&amp;c=2") "x</a></p>",
         "<p>" A("https://a.fr/?b=1&amp;c=2") "x</a></p>"},
        {"<p><a href=\"javascript:alert(1)\">x</a></p>", "<p>x</p>", "<p>x</p>"},
        {"<p><a href=\" JaVaScRiPt:alert(1)\">x</a></p>", "<p>x</p>", "<p>x</p>"},
        {"<p><a href=\"https://a.fr/&quot; onclick=&quot;alert(1)\">x</a></p>",
         "<p>" A("https://a.fr/&quot; onclick=&quot;alert(1)") "x</a></p>",
         "<p>" A("https://a.fr/&quot; onclick=&quot;alert(1)") "x</a></p>"},
        {"<p onclick=\"alert(1)\" style=\"x\">a</p>", "<p>a</p>", "<p>a</p>"},
        {"<script>alert(1)</script><p>a</p>", "<p>a</p>", "<p>a</p>"},
        {"<p>a<img src=x onerror=alert(1)>b</p>", "<p>ab</p>", "<p>ab</p>"},
        {"<svg><style><img src=x onerror=alert(1)></style></svg>", "", ""},
        {"<p>   </p>", "", ""},
        {"", "", ""},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_str(rich_clean(arena, str_of(cases[i].html), RICH_BASIC), cases[i].basic);
        assert_str(rich_clean(arena, str_of(cases[i].html), RICH_FULL), cases[i].full);
        /* What is clean stays as it is. */
        str once = rich_clean(arena, str_of(cases[i].html), RICH_FULL);
        assert_str(rich_clean(arena, once, RICH_FULL), str_z(arena, once));
    }
    arena_free(arena);
}

/* However deep or broken, it ends, and no tag but the allowed ones is in it. */
static void what_is_made_to_harm_harms_nothing(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf deep = buf_new(arena, 1 << 20);
    for (int i = 0; i < 20000; i++)
        buf_add(&deep, STR("<b><ul><li>"));
    rich_clean(arena, buf_str(&deep), RICH_FULL);
    static const char *const broken[] = {"<",
                                         "</",
                                         "<p",
                                         "<a href=\"",
                                         "<![CDATA[<script>]]>",
                                         "<!--<p>--><p>a",
                                         "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
                                         "&#0;&#x110000;&nope;",
                                         "<p>\xED\xA0\x80</p>"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        str clean = rich_clean(arena, str_of(broken[i]), RICH_FULL);
        assert_false(str_contains(clean, STR("<img")) || str_contains(clean, STR("<script")) ||
                     str_contains(clean, STR("<style")));
    }
    arena_free(arena);
}

static void it_is_plain_text_too(void **state)
{
    (void)state;
    static const struct {
        const char *html, *plain;
    } cases[] = {
        {"<p>a</p><p>b</p>", "a\n\nb"},
        {"<p>a<br>b</p>", "a\nb"},
        {"<p>Liste</p><ul><li>a</li><li>b</li></ul><p>c</p>", "Liste\n\n- a\n- b\n\nc"},
        {"<p>1 &lt; 2</p>", "1 < 2"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_str(rich_plain(arena, str_of(cases[i].html)), cases[i].plain);
        assert_str(rich_from_plain(arena, str_of(cases[i].plain)), cases[i].html);
    }
    assert_str(rich_from_plain(arena, STR("<script>")), "<p>&lt;script&gt;</p>");
    arena_free(arena);
}

#define RICH "[{'id':'1','type':'text','label':'Texte','varname':'t','display_mode':'basic-rich','maxlength':'10'}]"

static void the_editor_sends_html_and_the_text_area_plain_text(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, RICH);
    assert_int_equal(asking.form->reports.len, 0);
    asking_post(&asking, "f1-html", STR("<p>Un <b>mot</b><script>x</script></p>"));
    assert_true(asking_read(&asking));
    assert_str(json_str(asking.answers, "1"), "<p>Un <strong>mot</strong></p>");
    assert_str(asking_says(&asking, "{{ form_var_t }} / {{ form_var_t_html }}"),
               "Un mot / <p>Un <strong>mot</strong></p>");
    /* Without the editor: what is left as it was keeps its form, what is changed is plain. */
    asking_post(&asking, "f1-html", STR("<p>Un <strong>mot</strong></p>"));
    asking_post(&asking, "f1", STR("Un mot"));
    assert_true(asking_read(&asking));
    assert_str(json_str(asking.answers, "1"), "<p>Un <strong>mot</strong></p>");
    asking_post(&asking, "f1-html", STR("<p>Un <strong>mot</strong></p>"));
    asking_post(&asking, "f1", STR("<b>Deux"));
    assert_true(asking_read(&asking));
    assert_str(json_str(asking.answers, "1"), "<p>&lt;b&gt;Deux</p>");
    /* Lengths are those of the text. */
    asking_post(&asking, "f1-html", STR("<p>12345<strong>67890</strong></p>"));
    assert_true(asking_read(&asking));
    asking_post(&asking, "f1-html", STR("<p>12345<strong>678901</strong></p>"));
    assert_false(asking_read(&asking));
    assert_str(asking_error(&asking, "1"), "Supprimez 1 caractère\u00a0: la limite est de 10.");
    asking_post(&asking, "f1-html", STR("<p> </p>"));
    assert_false(asking_read(&asking));
    asking_end(&asking);
}

static void it_is_shown_with_its_form_and_prefilled(void **state)
{
    (void)state;
    struct asking asking;
    asking_begin(&asking, RICH);
    const struct field *field = &asking.form->fields.at[0];
    field_set(field, &asking.context, value_text(STR("a\n- b")), asking.answers);
    assert_str(json_str(asking.answers, "1"), "<p>a</p><ul><li>b</li></ul>");
    field_set(field, &asking.context, value_html(STR("<p>a<script>x</script></p>")), asking.answers);
    assert_str(json_str(asking.answers, "1"), "<p>a</p>");
    /* What was kept otherwise is clean when it is shown. */
    json_set_str(asking.answers, STR("1"), STR("<p>a<img src=x onerror=alert(1)></p>"));
    struct value rows = form_summary(asking.form, &asking.context, asking.answers, PLACE_SUMMARY);
    assert_str(value_get(asking.arena, rows.list->at[0], STR("rich")).text, "<p>a</p>");
    assert_str(field_display(field, asking.arena, asking.answers), "a");
    asking_end(&asking);
}

static void no_level_of_headings_is_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *html;
        int before;
        const char *written;
        int after;
    } cases[] = {
        {"<h3>a</h3>", 1, "<h2>a</h2>", 2},
        {"<h3>a</h3>", 2, "<h3>a</h3>", 3},
        {"<h1>a</h1><p>b</p><H4 class=\"x\">c</H4>", 1, "<h2>a</h2><p>b</p><H3 class=\"x\">c</H3>", 3},
        {"<h2>a</h2><h3>b</h3><h2>c</h2>", 3, "<h2>a</h2><h3>b</h3><h2>c</h2>", 2},
        {"<hr><header>a</header><h7>b</h7><hello>", 1, "<hr><header>a</header><h7>b</h7><hello>", 1},
        {"1 < 2 <h", 1, "1 < 2 <h", 1},
        {"<h3", 1, "<h3", 1},
        {"", 4, "", 4},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int level = cases[i].before;
        assert_str(headings_in_order(arena, str_of(cases[i].html), &level), cases[i].written);
        assert_int_equal(level, cases[i].after);
    }
    arena_free(arena);
}

static void a_subtitle_alone_heads_its_page(void **state)
{
    (void)state;
    static const char fields[] = "[{'id': '1', 'type': 'title', 'label': 'T', 'condition': 'form_var_x'},"
                                 "{'id': '2', 'type': 'subtitle', 'label': 'S'},"
                                 "{'id': '3', 'type': 'comment', 'label': '<h5>C</h5>'}]";
    struct asking asking;
    asking_begin(&asking, fields);
    struct value views = fields_view(&asking.form->fields, &asking.context, asking.answers, NULL, true);
    assert_int_equal(value_get(asking.arena, views.list->at[0], STR("level")).integer, 2);
    assert_int_equal(value_get(asking.arena, views.list->at[1], STR("level")).integer, 2);
    assert_str(value_get(asking.arena, views.list->at[2], STR("label")).text, "<h3>C</h3>");
    asking_end(&asking);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_allowed_comes_through),
        cmocka_unit_test(what_is_made_to_harm_harms_nothing),
        cmocka_unit_test(it_is_plain_text_too),
        cmocka_unit_test(the_editor_sends_html_and_the_text_area_plain_text),
        cmocka_unit_test(it_is_shown_with_its_form_and_prefilled),
        cmocka_unit_test(no_level_of_headings_is_left_out),
        cmocka_unit_test(a_subtitle_alone_heads_its_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
