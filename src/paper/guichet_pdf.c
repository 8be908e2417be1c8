/* guichet-pdf INPUT OUTPUT: a document as a tagged PDF (ISO 32000-1 §14.8). A program of its own, which the server runs
 * with bounds, since what lays text out reads whatever people typed.
 *
 * INPUT is JSON: {"title", "lang", "author", "footer", "blocks": [{"kind", "text"}]}, kind one of « h1 » « h2 » « h3 »
 * « right » « p », or « list » with "items": [{"label", "text"}] instead of a text. */
#include "paper/pdf_finish.h"
#include "paper/pdf_layout.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text == NULL ? "" : text;
}

static void add_list(struct pdf_layout *layout, const json_t *items)
{
    pdf_begin_list(layout);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        pdf_add_item(layout, text_of(item, "label"), text_of(item, "text"));
    }
    pdf_end_list(layout);
}

static void add_block(struct pdf_layout *layout, const json_t *block)
{
    const char *kind = text_of(block, "kind");
    if (strcmp(kind, "list") == 0)
        add_list(layout, json_object_get(block, "items"));
    else
        pdf_add_text(layout, kind, text_of(block, "text"));
}

static bool make(const json_t *document, const char *path)
{
    struct pdf_layout *layout =
        pdf_open(path, text_of(document, "title"), text_of(document, "author"), text_of(document, "footer"));
    const json_t *blocks = json_object_get(document, "blocks");
    if (layout == NULL)
        return false;
    for (size_t i = 0; i < json_array_size(blocks); i++)
        add_block(layout, json_array_get(blocks, i));
    return pdf_close(layout);
}

int main(int argc, char **argv)
{
    char drawn[4096];
    json_error_t error;
    if (argc != 3 || snprintf(drawn, sizeof drawn, "%s.drawn", argv[2]) >= (int)sizeof drawn)
        return 2;
    json_t *document = json_load_file(argv[1], 0, &error);
    if (!json_is_object(document))
        return 2;
    bool ok =
        make(document, drawn) && pdf_finish(drawn, argv[2], text_of(document, "lang"), text_of(document, "title"));
    unlink(drawn);
    json_decref(document);
    return ok ? 0 : 1;
}
