/* A letter that somebody typed, as paragraphs. */
#include "paper/paper.h"

static bool is_blank(str line)
{
    return str_trim(line).len == 0;
}

static bool is_indented(str line)
{
    return str_starts(line, STR("\t")) || str_starts(line, STR("    "));
}

/* « ## Voies de recours » → h2, its text; NULL: no heading. */
static const char *heading_of(str line, str *text)
{
    static const char *const kinds[] = {"h1", "h2", "h3"};
    size_t level = 0;
    while (level < line.len && line.ptr[level] == '#')
        level++;
    *text = str_trim(str_slice(line, level, line.len));
    bool is_heading = level > 0 && level <= 3 && level < line.len && line.ptr[level] == ' ';
    return is_heading && text->len > 0 ? kinds[level - 1] : NULL;
}

struct paragraph {
    struct paper *paper;
    struct buf lines;
    bool is_indented; /* all of them */
};

static void end_paragraph(struct paragraph *paragraph)
{
    if (paragraph->lines.len > 0)
        paper_add_text(paragraph->paper, paragraph->is_indented ? "right" : "p", buf_str(&paragraph->lines));
    paragraph->lines.len = 0;
    paragraph->is_indented = true;
}

static void add_line(struct paragraph *paragraph, str line)
{
    paragraph->is_indented = paragraph->is_indented && is_indented(line);
    if (paragraph->lines.len > 0)
        buf_add_char(&paragraph->lines, '\n');
    buf_add(&paragraph->lines, str_trim(line));
}

void paper_add_letter(struct paper *paper, str text)
{
    struct paragraph paragraph = {paper, buf_new(paper->arena, text.len + 1), true};
    for (str line, rest = text, heading; str_next(&rest, '\n', &line);) {
        const char *kind = heading_of(line, &heading);
        if (kind == NULL && !is_blank(line)) {
            add_line(&paragraph, line);
            continue;
        }
        end_paragraph(&paragraph);
        if (kind != NULL)
            paper_add_text(paper, kind, heading);
    }
    end_paragraph(&paragraph);
}
