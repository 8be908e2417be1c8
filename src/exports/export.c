/* The walk: one page of the list after the other, along its index. */
#include "exports/exports.h"

#include "exports/table.h"

enum {
    PAGE = 50,
    LOADED = 8, /* at once: the answers of one may take half a megabyte */
};

struct export
{
    struct dossier_place place;
    struct dossier_query query;
    struct actor actor;
    const struct table_format *format;
    struct table table;
    bool has_begun;
    char cursor[64];
};

static const struct table_format *const formats[] = {
    [EXPORT_CSV] = &format_csv, [EXPORT_ODS] = &format_ods, [EXPORT_JSON] = &format_json};

bool export_format_called(str name, enum export_format *out)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (str_eq(formats[i]->ending, name)) {
            *out = (enum export_format)i;
            return true;
        }
    return false;
}

str export_media_type(enum export_format format)
{
    return formats[format]->media_type;
}

/* In an order that nothing changes while it is walked: a request that is treated meanwhile keeps its place, one that
 * comes meanwhile stands before the first, or behind the bound. */
static void order(struct dossier_query *query, instant now)
{
    query->sort = query->sort == DOSSIER_OLDEST ? DOSSIER_OLDEST : DOSSIER_NEWEST;
    query->cursor = STR_EMPTY;
    query->limit = PAGE;
    if (query->to == 0 || query->to > now)
        query->to = now + 1;
}

struct export *export_begin(const struct dossier_place *place, const struct form *form,
                            const struct dossier_query *query, enum export_format format)
{
    struct export *export = arena_new_of(place->arena, struct export);
    *export = (struct export){.place = *place, .query = *query, .actor = *query->actor, .format = formats[format]};
    export->query.actor = &export->actor;
    export->query.form = form->key;
    instant now = place->now != 0 ? place->now : instant_now();
    order(&export->query, now);
    table_make(&export->table, place, form);
    if (format == EXPORT_ODS)
        export->table.zip = zip_new(place->arena, now);
    return export;
}

static bool write_rows(struct export *export, const struct dossier_line *lines, size_t count, struct buf *out,
                       struct err *err)
{
    struct dossier_list dossiers = {0};
    int64_t ids[LOADED];
    for (size_t i = 0; i < count; i++)
        ids[i] = lines[i].id;
    if (!dossier_load_several(&export->place, ids, count, &dossiers, err))
        return false;
    for (size_t i = 0; i < dossiers.len; i++) {
        if (dossiers.at[i] == NULL) /* removed since */
            continue;
        struct exported exported = {&lines[i], dossiers.at[i]};
        export->format->row(&export->table, export->place.arena, &exported, out);
        export->table.has_rows = true;
    }
    return true;
}

static bool write_page(struct export *export, const struct dossier_page *page, struct buf *out, struct err *err)
{
    bool ok = true;
    struct arena *arena = export->place.arena, *rows = export->place.arena = arena_new();
    for (size_t i = 0; ok && i < page->lines.len; i += LOADED, arena_reset(rows)) {
        size_t left = page->lines.len - i;
        ok = write_rows(export, &page->lines.at[i], left < LOADED ? left : LOADED, out, err);
    }
    export->place.arena = arena;
    arena_free(rows);
    return ok;
}

bool export_next(struct export *export, struct arena *arena, struct buf *out, bool *is_last, struct err *err)
{
    struct dossier_page page = {0};
    export->place.arena = arena;
    if (!export->has_begun)
        export->format->begin(&export->table, arena, out);
    export->has_begun = true;
    if (!dossier_list(&export->place, &export->query, &page, err) || !write_page(export, &page, out, err))
        return false;
    *is_last = page.next.len == 0;
    if (*is_last)
        return export->format->end(&export->table, arena, out) ||
               err_set(err, ERR_TOO_LARGE, "Il y a trop de demandes pour ce format : choisissez le CSV.");
    snprintf(export->cursor, sizeof export->cursor, "%.*s", STR_ARG(page.next));
    export->query.cursor = str_of(export->cursor);
    return true;
}
