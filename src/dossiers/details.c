/* The answers as a document tells them: the summary of the dossier's page, in lines. */
#include "dossiers/tables.h"

static void add(struct arena *arena, enum model_detail_kind kind, str text, struct model_details *out)
{
    if (text.len)
        *vec_push(arena, out) = (struct model_detail){kind, text};
}

static str text_at(struct arena *arena, struct value row, const char *key)
{
    return value_to_text(arena, value_get(arena, row, str_of(key)), STR("fr"));
}

static void add_rows(struct arena *arena, struct value rows, struct model_details *out);

/* Each row of a block under its title, where it has one. */
static void add_blocks(struct arena *arena, struct value blocks, struct model_details *out)
{
    const struct value_list *items;
    for (size_t i = 0; value_items(arena, blocks, &items) && i < items->len; i++) {
        add(arena, DETAIL_TITLE, text_at(arena, items->at[i], "title"), out);
        add_rows(arena, value_get(arena, items->at[i], STR("rows")), out);
    }
}

/* Texts of the form itself are left out, as w.c.s. does. */
static void add_row(struct arena *arena, struct value row, struct model_details *out)
{
    enum { PAGE_LEVEL = 2 };
    struct value level = value_get(arena, row, STR("level")), blocks = value_get(arena, row, STR("blocks"));
    if (level.kind == VALUE_INT) {
        add(arena, level.integer == PAGE_LEVEL ? DETAIL_PAGE : DETAIL_TITLE, text_at(arena, row, "title"), out);
        return;
    }
    add(arena, DETAIL_LABEL, text_at(arena, row, "label"), out);
    if (blocks.kind == VALUE_LIST)
        add_blocks(arena, blocks, out);
    else
        add(arena, DETAIL_VALUE, text_at(arena, row, "text"), out);
}

static void add_rows(struct arena *arena, struct value rows, struct model_details *out)
{
    const struct value_list *items;
    for (size_t i = 0; value_items(arena, rows, &items) && i < items->len; i++)
        add_row(arena, items->at[i], out);
}

void details_of(const struct scope *scope, const struct dossier *dossier, struct model_details *out)
{
    struct arena *arena = scope->place->arena;
    struct form_context context = scope_form_context(scope, arena);
    add_rows(arena, form_summary(scope->form, &context, dossier->answers, PLACE_SUMMARY), out);
}
