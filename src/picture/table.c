/* The table: the same places and ways, in words. */
#include "picture/picture.h"

enum { TABLE_MOST = 8 << 20 };

str picture_way(struct arena *arena, const struct outline_way *way)
{
    struct buf text = buf_new(arena, TABLE_MOST);
    buf_add(&text, way->what);
    if (way->who.len > 0)
        buf_fmt(&text, ", par %.*s", STR_ARG(way->who));
    if (way->condition.len > 0)
        buf_fmt(&text, ", si %.*s", STR_ARG(way->condition));
    return buf_str(&text);
}

str picture_target(const struct outline *outline, const struct outline_way *way)
{
    return way->to == WAY_BACK ? STR("retour au statut marqué") : outline->statuses.at[way->to].name;
}

str picture_visit(struct arena *arena, const struct outline_place *place)
{
    str when = instant_long(arena, place->last);
    if (place->is_current && place->visits > 0)
        return str_fmt(arena, "ici depuis le %.*s", STR_ARG(when));
    if (place->is_current)
        return STR("ici");
    if (place->visits > 1)
        return str_fmt(arena, "passé %zu fois, la dernière le %.*s", place->visits, STR_ARG(when));
    return place->visits == 1 ? str_fmt(arena, "passé le %.*s", STR_ARG(when)) : STR_EMPTY;
}

/* A cell: what Markdown or HTML would take for a sign of its own is told as a sign, a line end as a blank. */
static void add_cell(struct buf *out, str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char sign = text.ptr[i];
        if (strchr("|\\`*_<>[]", sign) != NULL && sign != '\0')
            buf_add_char(out, '\\');
        buf_add_char(out, (unsigned char)sign < ' ' ? ' ' : sign);
    }
}

static void add_row(struct arena *arena, struct buf *out, const struct outline *outline,
                    const struct outline_place *place)
{
    buf_fmt(out, "| ");
    add_cell(out, place->name);
    buf_fmt(out, "%s | ", place->is_end ? " (fin)" : "");
    for (size_t i = 0; i < place->does.len; i++) {
        buf_fmt(out, "%s", i > 0 ? "<br>" : "");
        add_cell(out, place->does.at[i]);
    }
    buf_fmt(out, " | ");
    for (size_t i = 0; i < place->ways.len; i++) {
        buf_fmt(out, "%s", i > 0 ? "<br>" : "");
        add_cell(out, picture_way(arena, &place->ways.at[i]));
        buf_fmt(out, " → ");
        add_cell(out, picture_target(outline, &place->ways.at[i]));
    }
    buf_fmt(out, " |\n");
}

static void add_rows(struct arena *arena, struct buf *out, const struct outline *outline, const char *head,
                     const struct outline_places *places)
{
    buf_fmt(out, "| %s | Ce qui s’y fait | Comment on en sort |\n|---|---|---|\n", head);
    for (size_t i = 0; i < places->len; i++)
        add_row(arena, out, outline, &places->at[i]);
}

str picture_table(struct arena *arena, const struct outline *outline)
{
    struct buf out = buf_new(arena, TABLE_MOST);
    add_rows(arena, &out, outline, "Statut", &outline->statuses);
    if (outline->globals.len > 0) {
        buf_fmt(&out, "\n");
        add_rows(arena, &out, outline, "Action globale", &outline->globals);
    }
    return buf_str(&out);
}
