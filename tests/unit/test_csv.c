#include "base/csv.h"
#include "unit.h"

#include <string.h>

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static struct csv_reader *open_bytes(struct arena *arena, str bytes, FILE **file, struct err *err)
{
    *file = fmemopen((void *)(uintptr_t)bytes.ptr, bytes.len, "r");
    return csv_open(arena, *file, err);
}

/* All rows in one line: cells between bars, rows between blanks, a problem in brackets. */
static str read_all(struct arena *arena, str bytes)
{
    FILE *file;
    struct err err = {0};
    struct buf out = buf_new(arena, 1 << 20);
    struct csv_reader *reader = open_bytes(arena, bytes, &file, &err);
    if (reader == NULL)
        buf_fmt(&out, "(%s)", err.message);
    struct csv_row row;
    while (reader != NULL && csv_next(reader, &row)) {
        buf_fmt(&out, "%s%zu", out.len > 0 ? " " : "", row.line);
        for (size_t i = 0; i < row.count; i++)
            buf_fmt(&out, "|%.*s", STR_ARG(row.cells[i]));
        if (row.problem.len > 0)
            buf_fmt(&out, "[%.*s]", STR_ARG(row.problem));
    }
    fclose(file);
    return buf_str(&out);
}

static void files_are_read_as_they_are_written(void **state)
{
    static const struct {
        str bytes;
        const char *rows;
    } cases[] = {
        {STR_INIT("a;b\nc;d\n"), "1|a|b 2|c|d"},
        {STR_INIT("a,b\r\nc,d"), "1|a|b 2|c|d"},
        {STR_INIT("a\tb\rc\td\r"), "1|a|b 2|c|d"},
        {STR_INIT("a;b,c\n1;2,5\n"), "1|a|b,c 2|1|2,5"},
        {STR_INIT("\"a,b,c\";d\n"), "1|a,b,c|d"},
        {STR_INIT("\xEF\xBB\xBFnom;prix\n"), "1|nom|prix"},
        {STR_INIT("M\xC3\xA9ry;\xE2\x82\xAC\n"), "1|Méry|€"},
        {STR_INIT("M\xE9ry;\x80\x9C\n"), "1|Méry|€œ"},
        {STR_INIT("a;\"b\nc\"\nd;e\n"), "1|a|b\nc 3|d|e"},
        {STR_INIT("\"dit \"\"oui\"\"\";x\n"), "1|dit \"oui\"|x"},
        {STR_INIT("\n\n a ;\n\n;\n"), "3| a |"},
        {STR_INIT("'=1+1;'a;''=x;'-\n"), "1|=1+1|'a|'=x|-"},
        {STR_INIT("seule\n"), "1|seule"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(read_all(*state, cases[i].bytes), cases[i].rows);
}

static void a_row_that_is_wrong_is_told_and_the_next_is_read(void **state)
{
    assert_str(read_all(*state, STR("a;b\nc\0d;e\nf;g\n")), "1|a|b 2[elle contient un octet nul] 3|f|g");
    assert_str(read_all(*state, STR("a;b\n\"c;d\ne;f\n")), "1|a|b 2[un guillemet n’est pas fermé]");
    struct buf wide = buf_new(*state, 1 << 20);
    buf_add(&wide, STR("a;b\n"));
    for (int i = 0; i < CSV_CELLS_MOST; i++)
        buf_add_char(&wide, ';');
    buf_add(&wide, STR("\nc;d\n"));
    assert_str(read_all(*state, buf_str(&wide)), "1|a|b 2[elle a trop de colonnes] 3|c|d");
    struct buf lengthy = buf_new(*state, 4 << 20);
    buf_add(&lengthy, STR("a;b\n"));
    for (int i = 0; i < CSV_ROW_MOST; i++)
        buf_add_char(&lengthy, 'x');
    buf_add(&lengthy, STR(";y\nc;d\n"));
    assert_str(read_all(*state, buf_str(&lengthy)),
               "1|a|b 2[elle est trop longue ; un guillemet n’est peut-être pas fermé] 3|c|d");
}

static void what_is_no_text_is_refused(void **state)
{
    FILE *file;
    struct err err = {0};
    assert_null(open_bytes(*state, STR("\xFF\xFEn\0o\0m\0\n\0"), &file, &err));
    assert_non_null(strstr(err.message, "n’est pas un fichier CSV"));
    fclose(file);
}

/* An encoding that is cut in two by the pieces that the file is read in. */
static void signs_are_whole_wherever_the_file_is_cut(void **state)
{
    for (size_t before = 65530; before < 65540; before++) {
        struct buf text = buf_new(*state, 1 << 20);
        for (size_t i = 0; i < before; i++)
            buf_add_char(&text, 'x');
        buf_add(&text, STR("€;é\n"));
        FILE *file;
        struct csv_reader *reader = open_bytes(*state, buf_str(&text), &file, NULL);
        struct csv_row row;
        assert_false(csv_is_windows(reader));
        assert_true(csv_next(reader, &row));
        assert_true(str_ends(row.cells[0], STR("x€")));
        assert_str(row.cells[1], "é");
        fclose(file);
    }
}

static void what_is_written_is_read_again_and_runs_nowhere(void **state)
{
    static const struct {
        const char *cell, *written;
    } cases[] = {
        {"simple", "simple;"},
        {"a;b", "\"a;b\";"},
        {"dit \"oui\"", "\"dit \"\"oui\"\"\";"},
        {"=1+1", "'=1+1;"},
        {"+33 4", "'+33 4;"},
        {"@x", "'@x;"},
        {"\tx", "\"'\tx\";"},
        {"-12,50", "\"-12,50\";"},
        {"-12.50", "-12.50;"},
        {"-1+cmd", "'-1+cmd;"},
        {"'=x", "''=x;"},
        {"'a", "'a;"},
        {"deux\nlignes", "\"deux\nlignes\";"},
        {" bord ", "\" bord \";"},
        {"", ";"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = buf_new(*state, 1024);
        csv_add(&out, str_of(cases[i].cell), false);
        assert_str(buf_str(&out), cases[i].written);
        csv_add(&out, STR("fin"), true);
        assert_str(read_all(*state, buf_str(&out)), str_fmt(*state, "1|%s|fin", cases[i].cell).ptr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_read_as_they_are_written, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_that_is_wrong_is_told_and_the_next_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_no_text_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(signs_are_whole_wherever_the_file_is_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_written_is_read_again_and_runs_nowhere, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
