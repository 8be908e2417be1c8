/* A list by a saved view: what the walk of the list gives, and of that what passes the view's filters. */
#include "dossiers/list.h"

/* A view that finds little in much is answered in parts: each page says where to go on. */
enum { BATCH = 200, LOOKED_AT_MOST = 4000 };

/* ---- What a view asks ---- */

static bool is_of_status(const struct view_filter *filter)
{
    return str_eq(filter->name, STR("status"));
}

/* The list has indexes of its own for the status. */
static struct custom_view without_status(struct arena *arena, const struct custom_view *view)
{
    struct custom_view rest = {.slug = view->slug};
    for (size_t i = 0; i < view->filters.len; i++)
        if (!is_of_status(&view->filters.at[i]))
            *vec_push(arena, &rest.filters) = view->filters.at[i];
    return rest;
}

const struct query *list_view(const struct dossier_place *place, const struct dossier_query *query)
{
    const struct dossier_definitions *definitions = place->definitions;
    bool is_filtered = query->view || query->filters.len;
    const struct form *form = is_filtered ? definitions->form(definitions->data, query->form, 0) : NULL;
    if (!form)
        return NULL;
    struct custom_view rest = {0};
    if (query->view)
        rest = without_status(place->arena, query->view);
    if (!rest.filters.len && !query->filters.len)
        return NULL;
    struct query *all = query_of_form(place, place->arena, form);
    return list_filter(query_filter_by_view(all, place->arena, &rest, NULL), place->arena, &query->filters);
}

static void use_status(const struct dossier_place *place, struct dossier_query *query, const struct view_filter *filter)
{
    struct render render = {.arena = place->arena, .scope = dossier_site_scope(place), .lang = place->lang};
    str status = filter->value ? str_trim(template_text(filter->value, &render)) : STR_EMPTY;
    bool is_other = str_eq(filter->op, STR("ne"));
    if (str_eq(status, STR("waiting")))
        query->waiting_only = !is_other;
    else if (str_eq(status, STR("pending")))
        query->state = is_other ? DOSSIER_FINAL : DOSSIER_OPEN;
    else if (str_eq(status, STR("done")))
        query->state = is_other ? DOSSIER_OPEN : DOSSIER_FINAL;
    else if (!str_eq(status, STR("all")) && !is_other)
        query->status = status;
}

static enum dossier_sort order_of(str order)
{
    static const str updated = STR_INIT("last_update_time");
    bool is_descending = str_starts(order, STR("-"));
    str name = str_slice(order, is_descending, order.len);
    if (str_eq(name, updated))
        return DOSSIER_LAST_UPDATED;
    if (str_eq(name, STR("criticality_level")) && is_descending)
        return DOSSIER_MOST_URGENT;
    bool is_time = str_eq(name, STR("receipt_time")) || str_eq(name, STR("time")) || str_eq(name, STR("id"));
    return is_time && !is_descending ? DOSSIER_OLDEST : DOSSIER_NEWEST;
}

void dossier_query_use_view(const struct dossier_place *place, struct dossier_query *query,
                            const struct custom_view *view)
{
    bool is_asked = query->waiting_only || query->state != DOSSIER_ANY || query->status.len;
    query->view = view;
    query->sort = query->sort == DOSSIER_NEWEST ? order_of(view->order_by) : query->sort;
    for (size_t i = 0; i < view->filters.len && !is_asked; i++)
        if (is_of_status(&view->filters.at[i]))
            use_status(place, query, &view->filters.at[i]);
}

/* ---- The walk ---- */

static bool keep_passing(struct tx *tx, struct walk *walk, struct founds *kept, struct err *err)
{
    if (!query_keep(tx, walk->view, walk->arena, &walk->found, err))
        return false;
    for (size_t i = 0; i < walk->found.len; i++)
        *vec_push(walk->arena, kept) = walk->found.at[i];
    return true;
}

static bool walk_batches(struct tx *tx, struct walk *walk, struct founds *kept, struct err *err)
{
    size_t wanted = (size_t)walk->limit, looked_at = 0, got = BATCH;
    struct walk batch = *walk;
    for (batch.limit = BATCH; got == BATCH && kept->len < wanted && looked_at < LOOKED_AT_MOST; looked_at += got) {
        if (!list_walk(tx, &batch, err))
            return false;
        got = batch.found.len;
        if (got)
            batch.after = batch.found.at[got - 1];
        if (!keep_passing(tx, &batch, kept, err))
            return false;
    }
    walk->is_cut = got == BATCH && kept->len < wanted;
    walk->after = batch.after;
    return true;
}

bool list_walk_view(struct tx *tx, struct walk *walk, struct err *err)
{
    struct founds kept = {0};
    walk->is_cut = false;
    if (!walk->view)
        return list_walk(tx, walk, err);
    if (!walk->view->is_empty && !walk_batches(tx, walk, &kept, err))
        return false;
    walk->found = kept;
    return true;
}
