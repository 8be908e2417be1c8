#include "paper/pdf_layout.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

/* Points: 72 to an inch. */
#define PAGE_WIDTH 595.28
#define MARGIN 56.0
static const double page_width = PAGE_WIDTH, page_height = 841.89, margin = MARGIN, footer_height = 30;

static const struct style {
    const char *kind, *tag, *font;
    double before, after, indent;
} styles[] = {
    {"h1", "H1", "DejaVu Sans Bold 17", 0, 10},
    {"h2", "H2", "DejaVu Sans Bold 13", 16, 6},
    {"h3", "H3", "DejaVu Sans Bold 11", 12, 4},
    {"label", "Lbl", "DejaVu Sans 9", 7, 1},
    {"value", "LBody", "DejaVu Sans Bold 10", 0, 2},
    {"right", "P", "DejaVu Sans 10", 10, 18, PAGE_WIDTH / 2 - MARGIN},
    {"p", "P", "DejaVu Sans 10", 0, 6},
};

struct pdf_layout {
    cairo_surface_t *surface;
    cairo_t *cairo;
    const char *footer;
    double y; /* where the next line begins */
    int page;
};

static const struct style *style_of(const char *kind)
{
    size_t count = sizeof styles / sizeof *styles;
    for (size_t i = 0; i < count; i++)
        if (strcmp(styles[i].kind, kind) == 0)
            return &styles[i];
    return &styles[count - 1];
}

static PangoLayout *lay_out(struct pdf_layout *layout, const char *font, double indent, const char *text, size_t length)
{
    PangoLayout *lines = pango_cairo_create_layout(layout->cairo);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(lines, description);
    pango_font_description_free(description);
    pango_layout_set_width(lines, (int)((page_width - 2 * margin - indent) * PANGO_SCALE));
    pango_layout_set_wrap(lines, PANGO_WRAP_WORD_CHAR); /* a word that is longer than a line is cut */
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE)); /* … as it was typed */
    pango_layout_set_attributes(lines, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_text(lines, text, (int)length);
    return lines;
}

struct pdf_layout *pdf_open(const char *path, const char *title, const char *author, const char *footer)
{
    struct pdf_layout *layout = calloc(1, sizeof *layout);
    if (layout == NULL)
        return NULL;
    layout->surface = cairo_pdf_surface_create(path, page_width, page_height);
    cairo_pdf_surface_set_metadata(layout->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(layout->surface, CAIRO_PDF_METADATA_AUTHOR, author);
    cairo_pdf_surface_set_metadata(layout->surface, CAIRO_PDF_METADATA_CREATOR, "Guichet");
    layout->cairo = cairo_create(layout->surface);
    layout->footer = footer;
    layout->y = margin;
    layout->page = 1;
    cairo_tag_begin(layout->cairo, "Document", NULL);
    if (cairo_status(layout->cairo) == CAIRO_STATUS_SUCCESS)
        return layout;
    pdf_close(layout);
    return NULL;
}

/* Outside of any tag, and last: pdf_finish marks it as no part of the text. */
static void end_page(struct pdf_layout *layout)
{
    char *text = g_strdup_printf("%s – page %d", layout->footer, layout->page);
    PangoLayout *line = lay_out(layout, "DejaVu Sans 8", 0, text, strlen(text));
    pango_layout_set_height(line, -1);
    pango_layout_set_ellipsize(line, PANGO_ELLIPSIZE_MIDDLE);
    cairo_move_to(layout->cairo, margin, page_height - margin);
    pango_cairo_show_layout(layout->cairo, line);
    cairo_show_page(layout->cairo);
    g_object_unref(line);
    g_free(text);
    layout->page++;
    layout->y = margin;
}

static bool fits(const struct pdf_layout *layout, double height)
{
    return layout->y + height <= page_height - margin - footer_height;
}

/* How much of a text is laid out at once: Pango counts the width of a paragraph, unbroken, in 31 bits. Cut at a blank
 * where there is one. */
static size_t piece_of(const char *text, size_t length)
{
    enum { MOST = 8192 };
    if (length <= MOST)
        return length;
    size_t cut = MOST;
    while (cut > 0 && text[cut] != ' ' && text[cut] != '\n')
        cut--;
    if (cut > 0)
        return cut + 1;
    for (cut = MOST; ((unsigned char)text[cut] & 0xC0) == 0x80;) /* within a sign */
        cut--;
    return cut;
}

/* A text that goes on on the next page is tagged there anew. */
static void draw_lines(struct pdf_layout *layout, const struct style *style, PangoLayout *lines)
{
    PangoLayoutIter *at = pango_layout_get_iter(lines);
    do {
        PangoRectangle logical;
        pango_layout_iter_get_line_extents(at, NULL, &logical);
        double height = (double)logical.height / PANGO_SCALE;
        if (!fits(layout, height)) {
            cairo_tag_end(layout->cairo, style->tag);
            end_page(layout);
            cairo_tag_begin(layout->cairo, style->tag, NULL);
        }
        double base = (double)(pango_layout_iter_get_baseline(at) - logical.y) / PANGO_SCALE;
        cairo_move_to(layout->cairo, margin + style->indent + (double)logical.x / PANGO_SCALE, layout->y + base);
        pango_cairo_show_layout_line(layout->cairo, pango_layout_iter_get_line_readonly(at));
        layout->y += height;
    } while (pango_layout_iter_next_line(at));
    pango_layout_iter_free(at);
}

static void draw(struct pdf_layout *layout, const struct style *style, const char *text)
{
    size_t left = strlen(text);
    layout->y += style->before;
    cairo_tag_begin(layout->cairo, style->tag, NULL);
    while (left > 0) {
        size_t length = piece_of(text, left);
        PangoLayout *lines = lay_out(layout, style->font, style->indent, text, length);
        draw_lines(layout, style, lines);
        g_object_unref(lines);
        text += length;
        left -= length;
    }
    cairo_tag_end(layout->cairo, style->tag);
    layout->y += style->after;
}

/* No heading or label stands alone at the bottom of a page. */
static void keep_together(struct pdf_layout *layout)
{
    enum { THREE_LINES = 60 };
    if (!fits(layout, THREE_LINES))
        end_page(layout);
}

void pdf_add_text(struct pdf_layout *layout, const char *kind, const char *text)
{
    const struct style *style = style_of(kind);
    if (*style->tag == 'H')
        keep_together(layout);
    draw(layout, style, text);
}

void pdf_begin_list(struct pdf_layout *layout)
{
    cairo_tag_begin(layout->cairo, "L", NULL);
}

void pdf_add_item(struct pdf_layout *layout, const char *label, const char *text)
{
    keep_together(layout);
    cairo_tag_begin(layout->cairo, "LI", NULL);
    draw(layout, style_of("label"), label);
    draw(layout, style_of("value"), text);
    cairo_tag_end(layout->cairo, "LI");
}

void pdf_end_list(struct pdf_layout *layout)
{
    cairo_tag_end(layout->cairo, "L");
}

bool pdf_close(struct pdf_layout *layout)
{
    cairo_tag_end(layout->cairo, "Document");
    end_page(layout);
    cairo_destroy(layout->cairo);
    cairo_surface_finish(layout->surface);
    bool ok = cairo_surface_status(layout->surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(layout->surface);
    free(layout);
    return ok;
}
