/* Models that are filled: what stands where in the document that comes of it. */
#include "base/file.h"
#include "base/unzip.h"
#include "base/xml.h"
#include "base/zip.h"
#include "models/models.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#define HEAD                                                                                                           \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content"                                               \
    " xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""                                               \
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""                                                   \
    " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\""                                                 \
    " xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\""                                                \
    " xmlns:xlink=\"http://www.w3.org/1999/xlink\" office:version=\"1.2\"><office:body><office:text>"
#define TAIL "</office:text></office:body></office:document-content>"
#define STYLES                                                                                                         \
    "<office:document-styles xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""                        \
    " xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\""                                                 \
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:styles/><office:master-styles>"            \
    "<style:master-page style:name=\"Standard\"><style:header><text:p>N° {{ number }}</text:p></style:header>"        \
    "</style:master-page></office:master-styles></office:document-styles>"

#define MANIFEST                                                                                                       \
    "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\">"                        \
    "<manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"application/vnd.oasis.opendocument.text\"/>"  \
    "<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"                       \
    "<manifest:file-entry manifest:full-path=\"styles.xml\" manifest:media-type=\"text/xml\"/>"                        \
    "<manifest:file-entry manifest:full-path=\"Pictures/logo.png\" manifest:media-type=\"image/png\"/>"                \
    "</manifest:manifest>"

struct one {
    struct arena *arena;
    const struct model *model;
    struct unzip archive; /* of what was filled */
};

static void add(struct zip *zip, struct buf *out, const char *name, const char *bytes)
{
    zip_begin(zip, out, str_of(name));
    zip_add(zip, out, str_of(bytes));
    zip_close(zip, out);
}

static str package_of(struct arena *arena, const char *content)
{
    struct zip *zip = zip_new(arena, 0);
    struct buf out = buf_new(arena, 1 << 22);
    zip_store(zip, &out, STR("mimetype"), STR("application/vnd.oasis.opendocument.text"));
    add(zip, &out, "content.xml", content);
    add(zip, &out, "styles.xml", STYLES);
    add(zip, &out, "Pictures/logo.png", "logo");
    add(zip, &out, "META-INF/manifest.xml", MANIFEST);
    add(zip, &out, "META-INF/documentsignatures.xml", "<s/>");
    assert_true(zip_end(zip, &out));
    return buf_str(&out);
}

static struct value scope_of(struct arena *arena)
{
    struct value_dict *dict = value_dict_new(arena);
    struct value_list *streets = value_list_new(arena);
    value_list_add(arena, streets, value_text(STR("Foch")));
    value_list_add(arena, streets, value_text(STR("Hugo")));
    value_dict_set(arena, dict, STR("name"), value_text(STR("Ada <Lovelace> & \"Cie\"")));
    value_dict_set(arena, dict, STR("lines"), value_text(STR("un\r\ndeux\ttrois   quatre\x01")));
    value_dict_set(arena, dict, STR("signs"), value_text(STR("{\\par} é🎶’")));
    value_dict_set(arena, dict, STR("none"), value_text(STR_EMPTY));
    value_dict_set(arena, dict, STR("html"), value_html(STR("<b>gras</b>")));
    value_dict_set(arena, dict, STR("number"), value_text(STR("12-3")));
    value_dict_set(arena, dict, STR("yes"), value_bool(true));
    value_dict_set(arena, dict, STR("no"), value_bool(false));
    value_dict_set(arena, dict, STR("streets"), value_list(streets));
    value_dict_set(arena, dict, STR("photo"), value_text(STR("photo")));
    return value_dict(dict);
}

static void details(void *data, struct model_details *out)
{
    struct arena *arena = data;
    *vec_push(arena, out) = (struct model_detail){DETAIL_PAGE, STR("Vous")};
    *vec_push(arena, out) = (struct model_detail){DETAIL_LABEL, STR("Nom")};
    *vec_push(arena, out) = (struct model_detail){DETAIL_VALUE, STR("A & B\nC")};
}

static bool picture(void *data, struct value value, str *bytes, str *type)
{
    (void)data;
    *bytes = STR("photographie");
    *type = STR("image/jpeg");
    return value.kind == VALUE_TEXT && str_eq(value.text, STR("photo"));
}

static str entry(struct one *one, const char *name)
{
    struct err err = {0};
    str bytes;
    const struct unzip_entry *found = unzip_find(&one->archive, str_of(name));
    assert_non_null(found);
    assert_true(unzip_read(one->arena, &one->archive, found, &bytes, &err));
    return bytes;
}

/* What stands between the ends of the body, filled; the whole is XML. */
static str filled(struct one *one, const char *body)
{
    struct err err = {0};
    struct model_tools tools = {one->arena, details, picture};
    struct render render = {.arena = one->arena, .scope = scope_of(one->arena)};
    str out, content = str_fmt(one->arena, "%s%s%s", HEAD, body, TAIL);
    one->model = model_compile(one->arena, package_of(one->arena, content.ptr), STR("m.odt"), STR_EMPTY, &err);
    assert_non_null(one->model);
    assert_int_equal(model_kind(one->model), MODEL_OPENDOCUMENT);
    assert_true(model_fill(one->model, &render, &tools, &out, &err));
    assert_true(unzip_open(one->arena, out, &one->archive, &err));
    str made = entry(one, "content.xml");
    xmlDoc *doc = xml_parse(made, 1 << 24, &err);
    assert_non_null(doc);
    xmlFreeDoc(doc);
    size_t from = str_find(made, STR("<office:text>"), 0) + STR("<office:text>").len;
    return str_slice(made, from, str_find(made, STR("</office:text>"), from));
}

static void check(const char *body, const char *expected)
{
    struct one one = {.arena = arena_new()};
    assert_str(filled(&one, body), expected);
    assert_int_equal(model_problems(one.model)->len, 0);
    arena_free(one.arena);
}

static void words_are_words(void **state)
{
    (void)state;
    check("<text:p>Bonjour {{ name }} !</text:p>",
          "<text:p>Bonjour Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot; !</text:p>");
    check("<text:p>{{ html }} {{ name|safe }}</text:p>",
          "<text:p>&lt;b&gt;gras&lt;/b&gt; Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;</text:p>");
    check("<text:p>{{ lines }}</text:p>",
          "<text:p>un<text:line-break/>deux<text:tab/>trois <text:s/><text:s/>quatre</text:p>");
    check("<text:p text:style-name=\"a&amp;&quot;b\">1 &lt; 2<text:s text:c=\"3\"/>&amp;</text:p>",
          "<text:p text:style-name=\"a&amp;&quot;b\">1 &lt; 2<text:s text:c=\"3\"/>&amp;</text:p>");
    check("<text:h>[name]</text:h>", "<text:h>Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;</text:h>");
    check("<text:p>{% if 1 &lt; 2 and name|length &gt; 3 %}oui{% endif %}</text:p>", "<text:p>oui</text:p>");
}

static void a_template_may_be_cut_by_changes_of_style(void **state)
{
    (void)state;
    check("<text:p>a {<text:span text:style-name=\"T1\">{ num</text:span>ber }} b</text:p>",
          "<text:p>a 12-3<text:span text:style-name=\"T1\"></text:span> b</text:p>");
    check("<text:p>{% if yes %}<text:span>oui</text:span>{% else %}<text:span>non</text:span>{% endif %}</text:p>",
          "<text:p><text:span>oui</text:span></text:p>");
    check("<text:p>{{<text:s/>number }}<text:line-break/>{%<text:tab/>if no %}x{% endif %}</text:p>",
          "<text:p>12-3<text:line-break/></text:p>");
}

/* Whatever a condition leaves out of it, the document is XML. */
static void what_is_begun_is_ended(void **state)
{
    (void)state;
    check("<text:p><text:span>{% if no %}a</text:span><text:span>b{% endif %}c</text:span></text:p>",
          "<text:p><text:span>c</text:span></text:p>");
    check("<text:p>{% if no %}<text:span>a{% endif %}b</text:span></text:p>", "<text:p>b</text:p>");
    check("<text:p><text:span>a{% if no %}</text:span>{% endif %}b</text:p>",
          "<text:p><text:span>ab</text:span></text:p>");
    check("<text:p><text:a><text:span>a{% if no %}</text:span>{% endif %}b</text:a></text:p>",
          "<text:p><text:a><text:span>ab</text:span></text:a></text:p>");
}

static void tags_may_stand_around_paragraphs_and_rows(void **state)
{
    (void)state;
    check("<text:p>{% if no %}</text:p><text:p>a</text:p><text:p>{% else %}</text:p><text:p>b</text:p><text:p>{% endif "
          "%}</text:p><text:p>c</text:p>",
          "<text:p>b</text:p><text:p>c</text:p>");
    check("<table:table><table:table-row><table:table-cell><text:p>{% for s in streets %}</text:p></table:table-cell>"
          "</table:table-row><table:table-row><table:table-cell><text:p>{{ s }}</text:p></table:table-cell>"
          "</table:table-row><table:table-row><table:table-cell><text:p>{% endfor %}</text:p></table:table-cell>"
          "</table:table-row></table:table><text:p>{{ number }}</text:p>",
          "<table:table><table:table-row><table:table-cell><text:p>Foch</text:p></table:table-cell></table:table-row>"
          "<table:table-row><table:table-cell><text:p>Hugo</text:p></table:table-cell></table:table-row></table:table>"
          "<text:p>12-3</text:p>");
    check("<text:list><text:list-item><text:p>{% for s in streets %}</text:p></text:list-item><text:list-item><text:p>"
          "{{ s }}</text:p></text:list-item><text:list-item><text:p>{% endfor %}</text:p></text:list-item></text:list>",
          "<text:list><text:list-item><text:p>Foch</text:p></text:list-item><text:list-item><text:p>Hugo</text:p>"
          "</text:list-item></text:list>");
}

static void a_text_that_is_no_template_stays_and_is_told(void **state)
{
    (void)state;
    struct one one = {.arena = arena_new()};
    str made = filled(&one, "<text:p>{% if %}x</text:p><text:p>{{ number }}</text:p>");
    assert_str(made, "<text:p>{% if %}x</text:p><text:p>12-3</text:p>");
    assert_int_equal(model_problems(one.model)->len, 1);
    arena_free(one.arena);
}

static void user_fields_have_their_values(void **state)
{
    (void)state;
    check("<text:user-field-decls><text:user-field-decl office:value-type=\"string\" office:string-value=\"{{ name }}\""
          " text:name=\"n\"/></text:user-field-decls><text:p>de <text:user-field-get text:name=\"n\">?"
          "</text:user-field-get></text:p>",
          "<text:user-field-decls><text:user-field-decl office:value-type=\"string\" text:name=\"n\""
          " office:string-value=\"Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;\"/></text:user-field-decls><text:p>de "
          "<text:user-field-get text:name=\"n\">Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;</text:user-field-get>"
          "</text:p>");
}

static size_t count_of(str text, str what)
{
    size_t count = 0;
    for (size_t at = str_find(text, what, 0); at != SIZE_MAX; at = str_find(text, what, at + 1))
        count++;
    return count;
}

static void pictures_take_the_place_of_the_models(void **state)
{
    (void)state;
    struct one one = {.arena = arena_new()};
    str made = filled(&one, "<text:p><draw:frame draw:name=\"{{ photo }}\"><draw:image xlink:href=\"Pictures/logo.png\""
                            " xlink:type=\"simple\"/></draw:frame><draw:frame draw:name=\"{{ number }}\"><draw:image "
                            "xlink:href=\"Pictures/logo.png\"/></draw:frame><draw:frame draw:name=\"logo\"><draw:image"
                            " xlink:href=\"Pictures/logo.png\"/></draw:frame></text:p>");
    const struct unzip_entry *added = &one.archive.entries.at[one.archive.entries.len - 1];
    str bytes = entry(&one, str_z(one.arena, added->name));
    assert_true(str_starts(added->name, STR("Pictures/")) && str_ends(added->name, STR(".jpg")));
    assert_str(bytes, "photographie");
    assert_int_equal(count_of(made, added->name), 1);
    assert_int_equal(count_of(made, STR("Pictures/logo.png")), 2);
    assert_true(str_find(made, added->name, 0) < str_find(made, STR("Pictures/logo.png"), 0));
    assert_str(entry(&one, "Pictures/logo.png"), "logo");
    assert_int_equal(count_of(entry(&one, "META-INF/manifest.xml"), added->name), 1);
    arena_free(one.arena);
}

static void details_have_their_section_and_their_styles(void **state)
{
    (void)state;
    struct one one = {.arena = arena_new()};
    str made = filled(&one, "<text:section text:name=\"form_details 1\"><text:p>à remplacer</text:p></text:section>");
    assert_false(str_contains(made, STR("remplacer")));
    assert_true(str_contains(made, STR("text:style-name=\"Page_20_Title\" text:outline-level=\"1\">Vous</text:h>")));
    assert_true(str_contains(made, STR("text:style-name=\"Field_20_Value\">A &amp; B<text:line-break/>C</text:p>")));
    str styles = entry(&one, "styles.xml");
    assert_true(str_contains(styles, STR("style:name=\"Field_20_Label\"")));
    assert_true(str_contains(styles, STR("<text:p>N° 12-3</text:p>"))); /* of the head of each page */
    arena_free(one.arena);
}

static void the_archive_is_an_opendocument_file(void **state)
{
    (void)state;
    struct one one = {.arena = arena_new()};
    filled(&one, "<text:p>a</text:p>");
    assert_str(one.archive.entries.at[0].name, "mimetype");
    assert_int_equal(one.archive.entries.at[0].method, 0);
    assert_int_equal(one.archive.entries.at[0].at, 38); /* as it is, without an extra field */
    assert_null(unzip_find(&one.archive, STR("META-INF/documentsignatures.xml")));
    arena_free(one.arena);
}

static str text_filled(struct arena *arena, const char *bytes, const char *name, const char *type)
{
    struct err err = {0};
    struct model_tools tools = {0};
    struct render render = {.arena = arena, .scope = scope_of(arena)};
    const struct model *model = model_compile(arena, str_of(bytes), str_of(name), str_of(type), &err);
    str out = STR_EMPTY;
    if (model != NULL)
        assert_true(model_fill(model, &render, &tools, &out, &err));
    return model != NULL ? out : str_dup(arena, str_of(err.message));
}

static void xml_and_text_are_models_too(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    assert_str(text_filled(arena, "<a b=\"{{ name }}\">{{ name }}</a>\n", "a.xml", ""),
               "<a b=\"Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;\">Ada &lt;Lovelace&gt; &amp; &quot;Cie&quot;</a>\n");
    assert_str(text_filled(arena, "<a/>", "a", "application/xml"), "<a/>");
    assert_str(text_filled(arena,
                           "\xEF\xBB\xBF"
                           "De {{ name }}\n",
                           "a.txt", "text/plain"),
               "De Ada <Lovelace> & \"Cie\"\n");
    arena_free(arena);
}

static void check_rtf(const char *body, const char *expected)
{
    struct arena *arena = arena_new();
    str bytes = str_fmt(arena, "{\\rtf1\\ansi %s}", body);
    assert_str(text_filled(arena, bytes.ptr, "m.rtf", "text/rtf"), str_fmt(arena, "{\\rtf1\\ansi %s}", expected).ptr);
    arena_free(arena);
}

static void rtf_is_filled_with_what_rtf_reads_as_text(void **state)
{
    (void)state;
    check_rtf("Bonjour [name], \\'e9t\\'e9\\par", "Bonjour {\\uc1 Ada <Lovelace> & \"Cie\"}, \\'e9t\\'e9\\par");
    check_rtf("[lines]", "{\\uc1 un\\line deux\\tab trois   quatre}");
    check_rtf("[signs]", "{\\uc1 \\{\\\\par\\} \\u233?\\u-10180?\\u-8266?\\u8217?}");
    check_rtf("\\{\\{ number \\}\\} \\{% if no %\\}x\\{% endif %\\}", "{\\uc1 12-3} ");
    check_rtf("[if-any none]x[end][is number \"12-3\"]oui[else]non[end]", "oui");
    check_rtf("\\b[number]a \\b[no]a\\b0", "\\b {\\uc1 12-3}a \\b {\\uc1 False}a\\b0");
    check_rtf("[[] [nobody] [\\'e0 remplir] [ x ]",
              "{\\uc1 [} {\\uc1 [nobody]} {\\uc1 [\\u224? remplir]} {\\uc1 [ x ]}");
}

/* By changes of style, the ends of lines of the file, and signs in their long form. */
static void a_tag_of_rtf_may_be_cut(void **state)
{
    (void)state;
    check_rtf("{\\b [num}{\\i ber]} b", "{\\b {\\uc1 12-3}}{\\i } b");
    check_rtf("[num\r\n\\lang1036\\f1 ber]b", "{\\uc1 12-3}\r\n\\lang1036 \\f1 b");
    check_rtf("[num\\lang1036 ber]b", "{\\uc1 12-3}\\lang1036 b");
    check_rtf("\\uc2[is \\u110\\'6e\\'6eumber \"12-3\"]\\u233\\'c3\\'a9[end]", "\\uc2 \\u233\\'c3\\'a9");
}

static void what_nobody_reads_of_rtf_stays(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "{\\fonttbl{\\f0 [number];}}",
        "{\\*\\generator [number];}{\\pict\\pngblip [number]}",
        "\\bin9 [number]}a",
        "{\\{\\{ number }",
        "{{\\b number}}",
        "[num\\par ber]",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        check_rtf(bodies[i], bodies[i]);
    check_rtf("{\\*\\shpinst [number]{\\shptxt [number]}}", "{\\*\\shpinst [number]{\\shptxt {\\uc1 12-3}}}");
}

static void conditions_and_loops_leave_rtf_whole(void **state)
{
    (void)state;
    check_rtf("[for streets][streets]\\par[end]", "{\\uc1 Foch}\\par {\\uc1 Hugo}\\par ");
    check_rtf("[if-any none]{\\b a[end]b}c", "bc");
    check_rtf("{\\b a[if-any none]}{\\i b[end]c}d", "{\\b acd}");
    check_rtf("{\\b a[if-any none]}[end]b", "{\\b ab}");
}

/* Each paragraph by itself then; and what ends too early is ended. */
static void an_rtf_text_that_is_no_template_stays_and_is_told(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct render render = {.arena = arena, .scope = scope_of(arena)};
    struct model_tools tools = {0};
    struct err err = {0};
    str out;
    const struct model *model = model_compile(arena, STR("{\\rtf1 \\{% if %\\}x\\par{\\b [number]\\par [number]"),
                                              STR("m.rtf"), STR_EMPTY, &err);
    assert_non_null(model);
    assert_int_equal(model_kind(model), MODEL_RTF);
    assert_int_equal(model_problems(model)->len, 1);
    assert_int_equal(model_texts(model)->len, 2);
    assert_true(model_fill(model, &render, &tools, &out, &err));
    assert_str(out, "{\\rtf1 \\{% if %\\}x\\par{\\b {\\uc1 12-3}\\par {\\uc1 12-3}}}");
    arena_free(arena);
}

static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *name, *why;
    } wrong[] = {
        {"\x7F"
         "ELF",
         "a.bin", "OpenDocument"},
        {"<a>\xE9 </a>", "a.xml", "UTF-8"},
        {"{% if %}", "a.txt", ""},
        {"PK\x03\x04", "a.odt", "ZIP"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err err = {0};
        assert_null(model_compile(arena, str_of(wrong[i].bytes), str_of(wrong[i].name), STR_EMPTY, &err));
        assert_non_null(strstr(err.message, wrong[i].why));
    }
    arena_free(arena);
}

static void hostile_contents_are_refused(void **state)
{
    (void)state;
    static const char *const contents[] = {
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b \"xxxxxxxxxx\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><a>&c;</a>",
        "<a><b></a>",
        "",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        struct err err = {0};
        assert_null(model_compile(arena, package_of(arena, contents[i]), STR("a.odt"), STR_EMPTY, &err));
        assert_true(err.message[0] != '\0');
    }
    arena_free(arena);
}

/* Real programs are the other implementation: a model that LibreOffice wrote is filled, and read by it as it is meant.
 */
static void libreoffice_reads_what_is_made(void **state)
{
    (void)state;
    struct one one = {.arena = arena_new()};
    char folder[] = "/tmp/guichet-models-XXXXXX";
    struct err err = {0};
    str pdf;
    filled(&one, "<text:p>Bonjour {{ name }}<draw:frame draw:name=\"{{ photo }}\"><draw:image "
                 "xlink:href=\"Pictures/logo.png\"/></draw:frame></text:p>");
    struct model_tools tools = {.picture = picture};
    struct render render = {.arena = one.arena, .scope = scope_of(one.arena)};
    str out;
    assert_true(model_fill(one.model, &render, &tools, &out, &err));
    assert_non_null(mkdtemp(folder));
    bool ok = model_to_pdf(one.arena, str_of(folder), out, STR("lettre.odt"), &pdf, &err);
    assert_int_equal(rmdir(folder), 0); /* nothing is left */
    if (!ok && err.code == ERR_UNSUPPORTED) {
        arena_free(one.arena);
        skip();
    }
    assert_true(ok);
    assert_true(str_starts(pdf, STR("%PDF-1.")));
    assert_true(str_contains(pdf, STR("/StructTreeRoot"))); /* tagged */
    arena_free(one.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_words),
        cmocka_unit_test(a_template_may_be_cut_by_changes_of_style),
        cmocka_unit_test(what_is_begun_is_ended),
        cmocka_unit_test(tags_may_stand_around_paragraphs_and_rows),
        cmocka_unit_test(a_text_that_is_no_template_stays_and_is_told),
        cmocka_unit_test(user_fields_have_their_values),
        cmocka_unit_test(pictures_take_the_place_of_the_models),
        cmocka_unit_test(details_have_their_section_and_their_styles),
        cmocka_unit_test(the_archive_is_an_opendocument_file),
        cmocka_unit_test(xml_and_text_are_models_too),
        cmocka_unit_test(rtf_is_filled_with_what_rtf_reads_as_text),
        cmocka_unit_test(a_tag_of_rtf_may_be_cut),
        cmocka_unit_test(what_nobody_reads_of_rtf_stays),
        cmocka_unit_test(conditions_and_loops_leave_rtf_whole),
        cmocka_unit_test(an_rtf_text_that_is_no_template_stays_and_is_told),
        cmocka_unit_test(what_is_no_model_is_refused),
        cmocka_unit_test(hostile_contents_are_refused),
        cmocka_unit_test(libreoffice_reads_what_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
