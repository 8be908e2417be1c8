/* A spreadsheet of OpenDocument 1.2 (ISO/IEC 26300): numbers, dates and times are what they are, so that a spreadsheet
 * sorts and adds them up, and nothing in it is ever a formula. */
#include "exports/table.h"

#include "base/utf8.h"

static const char media_type[] = "application/vnd.oasis.opendocument.spreadsheet";

static const char manifest[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\">"
    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\""
    " manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>"
    "<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>\n";

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content"
    " xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
    " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\""
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
    " xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\""
    " xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\""
    " xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" office:version=\"1.2\">"
    "<office:automatic-styles>"
    "<number:date-style style:name=\"jour\"><number:day number:style=\"long\"/><number:text>/</number:text>"
    "<number:month number:style=\"long\"/><number:text>/</number:text><number:year number:style=\"long\"/>"
    "</number:date-style>"
    "<number:date-style style:name=\"moment\"><number:day number:style=\"long\"/><number:text>/</number:text>"
    "<number:month number:style=\"long\"/><number:text>/</number:text><number:year number:style=\"long\"/>"
    "<number:text> </number:text><number:hours number:style=\"long\"/><number:text>:</number:text>"
    "<number:minutes number:style=\"long\"/></number:date-style>"
    "<style:style style:name=\"d\" style:family=\"table-cell\" style:data-style-name=\"jour\"/>"
    "<style:style style:name=\"i\" style:family=\"table-cell\" style:data-style-name=\"moment\"/>"
    "<style:style style:name=\"t\" style:family=\"table-cell\"><style:text-properties fo:font-weight=\"bold\"/>"
    "</style:style></office:automatic-styles><office:body><office:spreadsheet>";
static const char tail[] = "</table:table></office:spreadsheet></office:body></office:document-content>\n";

/* Escaped; blanks that XML would take for one kept, and what it can't hold left out. */
static void add_text(struct buf *out, str text)
{
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        bool is_end = i == text.len;
        bool is_blank = !is_end && text.ptr[i] == ' ' && (i == 0 || text.ptr[i - 1] == ' ');
        bool is_control = !is_end && (unsigned char)text.ptr[i] < 0x20;
        bool is_none = !is_end && (str_starts(str_slice(text, i, text.len), STR("\xEF\xBF\xBE")) ||
                                   str_starts(str_slice(text, i, text.len), STR("\xEF\xBF\xBF")));
        if (!is_end && !is_blank && !is_control && !is_none)
            continue;
        buf_add_html(out, str_slice(text, from, i));
        buf_add(out, is_blank ? STR("<text:s/>") : is_control && text.ptr[i] == '\t' ? STR("<text:tab/>") : STR_EMPTY);
        i += is_none ? 2 : 0;
        from = i + 1;
    }
}

static void add_lines(struct buf *out, str text)
{
    for (str line, rest = text; str_next(&rest, '\n', &line);) {
        buf_add(out, STR("<text:p>"));
        add_text(out, line);
        buf_add(out, STR("</text:p>"));
    }
}

static void add_cell(struct buf *out, const struct cell *cell)
{
    if (cell->text.len == 0) {
        buf_add(out, STR("<table:table-cell/>"));
        return;
    }
    switch (cell->kind) {
    case CELL_NUMBER:
        buf_fmt(out, "<table:table-cell office:value-type=\"float\" office:value=\"%.*s\">", STR_ARG(cell->value));
        break;
    case CELL_DATE:
    case CELL_INSTANT:
        buf_fmt(out, "<table:table-cell table:style-name=\"%s\" office:value-type=\"date\" office:date-value=\"%.*s\">",
                cell->kind == CELL_DATE ? "d" : "i", STR_ARG(cell->value));
        break;
    default:
        buf_add(out, STR("<table:table-cell office:value-type=\"string\">"));
    }
    add_lines(out, cell->text);
    buf_add(out, STR("</table:table-cell>"));
}

enum { ROW_MOST = 64 << 20 };

static void begin(struct table *table, struct arena *arena, struct buf *out)
{
    const str *labels = table_labels(table, arena);
    struct buf xml = buf_new(arena, ROW_MOST);
    zip_store(table->zip, out, STR("mimetype"), str_of(media_type));
    zip_begin(table->zip, out, STR("META-INF/manifest.xml"));
    zip_add(table->zip, out, str_of(manifest));
    zip_close(table->zip, out);
    zip_begin(table->zip, out, STR("content.xml"));
    buf_add(&xml, str_of(head));
    buf_fmt(&xml, "<table:table table:name=\"Demandes\"><table:table-column table:number-columns-repeated=\"%zu\"/>",
            table->width);
    buf_add(&xml, STR("<table:table-header-rows><table:table-row>"));
    for (size_t i = 0; i < table->width; i++) {
        buf_add(&xml, STR("<table:table-cell table:style-name=\"t\" office:value-type=\"string\">"));
        add_lines(&xml, labels[i]);
        buf_add(&xml, STR("</table:table-cell>"));
    }
    buf_add(&xml, STR("</table:table-row></table:table-header-rows>"));
    zip_add(table->zip, out, buf_str(&xml));
}

static void row(struct table *table, struct arena *arena, const struct exported *exported, struct buf *out)
{
    const struct cell *cells = table_cells(table, arena, exported);
    struct buf xml = buf_new(arena, ROW_MOST);
    buf_add(&xml, STR("<table:table-row>"));
    for (size_t i = 0; i < table->width; i++)
        add_cell(&xml, &cells[i]);
    buf_add(&xml, STR("</table:table-row>\n"));
    zip_add(table->zip, out, buf_str(&xml));
}

static bool end(struct table *table, struct arena *arena, struct buf *out)
{
    (void)arena;
    zip_add(table->zip, out, str_of(tail));
    zip_close(table->zip, out);
    return zip_end(table->zip, out);
}

const struct table_format format_ods = {STR_INIT("ods"), STR_INIT("application/vnd.oasis.opendocument.spreadsheet"),
                                        begin, row, end};
