/* Reading one dossier with its history. */
#include "dossiers/tables.h"

static const char select_by_id[] = "SELECT " LOAD_COLUMNS " FROM dossier WHERE id = :id";
static const char select_by_code[] = "SELECT " LOAD_COLUMNS " FROM dossier WHERE code = :code AND is_removed = 0";
static const char select_by_sequence[] =
    "SELECT " LOAD_COLUMNS " FROM dossier WHERE form = :form AND sequence = :sequence";
static const char select_by_identifier[] =
    "SELECT " LOAD_COLUMNS " FROM dossier WHERE form = :form AND identifier = :identifier"
    " AND identifier <> ''";
static const char select_history[] = "SELECT " LOAD_HISTORY_COLUMNS " FROM dossier_history"
                                     " WHERE dossier = :dossier ORDER BY position";

static json_t *parse_object(struct arena *arena, str text)
{
    json_t *json = json_parse(arena, text, NULL);
    return json_is_object(json) ? json : json_keep(arena, json_object());
}

void load_row(struct rows *rows, struct arena *arena, struct dossier *dossier)
{
    *dossier = (struct dossier){
        .id = rows_int(rows, 0),
        .uuid = rows_copy(rows, arena, 1),
        .code = rows_copy(rows, arena, 2),
        .form = rows_copy(rows, arena, 3),
        .form_version = rows_int(rows, 4),
        .workflow = rows_copy(rows, arena, 5),
        .workflow_version = rows_int(rows, 6),
        .form_number = rows_int(rows, 7),
        .sequence = rows_int(rows, 8),
        .account = rows_int(rows, 9),
        .submitter_name = rows_copy(rows, arena, 10),
        .email = rows_copy(rows, arena, 11),
        .channel = rows_copy(rows, arena, 12),
        .agent = rows_int(rows, 13),
        .status = rows_copy(rows, arena, 14),
        .received = rows_int(rows, 15),
        .updated = rows_int(rows, 16),
        .arrived = rows_int(rows, 17),
        .is_final = rows_int(rows, 18) != 0,
        .revision = rows_int(rows, 19),
        .is_anonymised = rows_int(rows, 20) != 0,
        .is_removed = rows_int(rows, 21) != 0,
        .answers = parse_object(arena, rows_text(rows, 22)),
        .data = parse_object(arena, rows_text(rows, 23)),
        .marks = parse_object(arena, rows_text(rows, 24)),
        .identifier = rows_copy(rows, arena, 25),
        .summary = rows_copy(rows, arena, 26),
        .level = rows_int(rows, 27),
    };
}

void load_entry(struct rows *rows, struct arena *arena, struct dossier *dossier)
{
    *vec_push(arena, &dossier->history) = (struct history_entry){
        .id = rows_int(rows, 0),
        .at = rows_int(rows, 1),
        .author = (enum history_author)rows_int(rows, 2),
        .account = rows_int(rows, 3),
        .author_name = rows_copy(rows, arena, 4),
        .status = rows_copy(rows, arena, 5),
        .parts = history_parts_of_text(arena, rows_copy(rows, arena, 6)),
    };
}

static bool read_history(struct tx *tx, struct arena *arena, struct dossier *dossier, struct err *err)
{
    struct rows rows = tx_query(tx, select_history, P_INT("dossier", dossier->id));
    while (rows_next(&rows))
        load_entry(&rows, arena, dossier);
    workflow_carry_history(dossier);
    return rows_end(&rows, err);
}

/* Which one: by what is unique of it. */
struct load {
    struct arena *arena;
    const char *text;
    struct sql_param which[2];
    size_t count;
    struct dossier **out;
};

static bool load(struct tx *tx, void *arg, struct err *err)
{
    const struct load *load = arg;
    struct dossier *dossier = arena_new_of(load->arena, struct dossier);
    struct rows rows = tx_query_params(tx, load->text, load->which, load->count);
    bool found = rows_next(&rows);
    if (found)
        load_row(&rows, load->arena, dossier);
    if (!rows_end(&rows, err))
        return false;
    if (!found || dossier->is_removed)
        return err_set(err, ERR_NOT_FOUND, "Nous ne trouvons pas cette demande.");
    *load->out = dossier;
    return read_history(tx, load->arena, dossier, err);
}

bool load_in(struct tx *tx, struct arena *arena, int64_t id, struct dossier **out, struct err *err)
{
    struct load arg = {arena, select_by_id, {P_INT("id", id)}, 1, out};
    return load(tx, &arg, err);
}

bool dossier_load(const struct dossier_place *place, int64_t id, struct dossier **out, struct err *err)
{
    struct load arg = {place->arena, select_by_id, {P_INT("id", id)}, 1, out};
    return store_read(place->store, load, &arg, err);
}

bool dossier_find_by_sequence(const struct dossier_place *place, str form, int64_t sequence, struct dossier **out,
                              struct err *err)
{
    struct load arg = {place->arena, select_by_sequence, {P_TEXT("form", form), P_INT("sequence", sequence)}, 2, out};
    return store_read(place->store, load, &arg, err);
}

bool dossier_find_by_identifier(const struct dossier_place *place, str form, str identifier, struct dossier **out,
                                struct err *err)
{
    struct load arg = {
        place->arena, select_by_identifier, {P_TEXT("form", form), P_TEXT("identifier", identifier)}, 2, out};
    if (!identifier.len)
        return err_set(err, ERR_NOT_FOUND, "Nous ne trouvons pas cette fiche.");
    return store_read(place->store, load, &arg, err);
}

static const char select_page[] = "SELECT " LOAD_COLUMNS " FROM dossier WHERE form = :form AND sequence > :after"
                                  " AND is_removed = 0 ORDER BY sequence LIMIT :limit";

struct paging {
    struct arena *arena;
    str form;
    int64_t after, limit;
    struct dossier_list *out;
};

static bool read_page(struct tx *tx, void *arg, struct err *err)
{
    struct paging *paging = arg;
    struct rows rows = tx_query(tx, select_page, P_TEXT("form", paging->form), P_INT("after", paging->after),
                                P_INT("limit", paging->limit));
    paging->out->len = 0;
    while (rows_next(&rows)) {
        struct dossier *dossier = arena_new_of(paging->arena, struct dossier);
        load_row(&rows, paging->arena, dossier);
        *vec_push(paging->arena, paging->out) = dossier;
    }
    return rows_end(&rows, err);
}

bool dossier_page_of_form(const struct dossier_place *place, str form, int64_t after, size_t limit,
                          struct dossier_list *out, struct err *err)
{
    struct paging paging = {place->arena, form, after, (int64_t)limit, out};
    return store_read(place->store, read_page, &paging, err);
}

static const struct sql select_several = {
    "SELECT " LOAD_COLUMNS " FROM dossier WHERE id IN (SELECT value FROM json_each(:ids)) AND is_removed = 0",
    "SELECT " LOAD_COLUMNS " FROM dossier WHERE id IN"
    " (SELECT CAST(json_array_elements_text(CAST(:ids AS JSON)) AS BIGINT)) AND is_removed = 0"};

struct several {
    struct arena *arena;
    const int64_t *ids;
    size_t count;
    struct dossier_list *out;
};

static bool read_several(struct tx *tx, void *arg, struct err *err)
{
    const struct several *several = arg;
    json_t *ids = json_keep(several->arena, json_array());
    several->out->len = 0;
    for (size_t i = 0; i < several->count; i++) {
        json_array_append_new(ids, json_integer(several->ids[i]));
        *vec_push(several->arena, several->out) = NULL;
    }
    struct rows rows = tx_query(tx, sql_for(tx, &select_several), P_TEXT("ids", json_text(several->arena, ids)));
    while (rows_next(&rows)) {
        struct dossier *dossier = arena_new_of(several->arena, struct dossier);
        load_row(&rows, several->arena, dossier);
        for (size_t i = 0; i < several->count; i++)
            if (several->ids[i] == dossier->id)
                several->out->at[i] = dossier;
    }
    return rows_end(&rows, err);
}

bool dossier_load_several(const struct dossier_place *place, const int64_t *ids, size_t count, struct dossier_list *out,
                          struct err *err)
{
    struct several several = {place->arena, ids, count, out};
    return store_read(place->store, read_several, &several, err);
}

bool dossier_find_by_code(const struct dossier_place *place, str typed, struct dossier **out, struct err *err)
{
    str code;
    if (!dossier_code_parse(place->arena, typed, &code))
        return err_set(err, ERR_INVALID, "Vérifiez le numéro : il comporte 7 signes, comme 4K7-P92-M.");
    struct load arg = {place->arena, select_by_code, {P_TEXT("code", code)}, 1, out};
    return store_read(place->store, load, &arg, err);
}

const struct form *dossier_form(const struct dossier_place *place, const struct dossier *dossier)
{
    const struct dossier_definitions *definitions = place->definitions;
    bool is_card = form_key_is_card(dossier->form, NULL);
    const struct form *current = is_card ? definitions->form(definitions->data, dossier->form, 0) : NULL;
    return current ? current : definitions->form(definitions->data, dossier->form, dossier->form_version);
}

const struct workflow *dossier_workflow(const struct dossier_place *place, const struct dossier *dossier)
{
    const struct dossier_definitions *definitions = place->definitions;
    bool is_card = form_key_is_card(dossier->form, NULL);
    const struct workflow *current = is_card ? definitions->workflow(definitions->data, dossier->workflow, 0) : NULL;
    if (current && workflow_status_find(current, dossier->status)) /* else the card stands where it goes on no more */
        return current;
    return definitions->workflow(definitions->data, dossier->workflow, dossier->workflow_version);
}

str dossier_number(struct arena *arena, const struct dossier *dossier)
{
    return str_fmt(arena, "%lld-%lld", (long long)dossier->form_number, (long long)dossier->sequence);
}

/* Who has an account follows the request there; the others come with the code. */
str dossier_url(const struct dossier_place *place, const struct dossier *dossier)
{
    if (form_key_is_card(dossier->form, NULL))
        return dossier_url_backoffice(place, dossier);
    if (dossier->draft.len)
        return str_fmt(place->arena, "%.*s%.*s", STR_ARG(place->base_url),
                       STR_ARG(draft_path(place->arena, dossier->draft)));
    const char *folder = dossier->account ? "mon-compte/demandes" : "suivre";
    return str_fmt(place->arena, "%.*s/%s/%.*s/", STR_ARG(place->base_url), folder, STR_ARG(dossier->code));
}

str dossier_url_backoffice(const struct dossier_place *place, const struct dossier *dossier)
{
    str slug;
    if (form_key_is_card(dossier->form, &slug))
        return str_fmt(place->arena, "%.*s/agents/fiches/%.*s/%lld/", STR_ARG(place->base_url), STR_ARG(slug),
                       (long long)dossier->sequence);
    return str_fmt(place->arena, "%.*s/agents/demandes/%.*s/", STR_ARG(place->base_url), STR_ARG(dossier->code));
}

str dossier_id_api(struct arena *arena, const struct dossier *dossier)
{
    bool is_card = form_key_is_card(dossier->form, NULL);
    return is_card ? dossier->identifier : str_fmt(arena, "%lld", (long long)dossier->sequence);
}

str dossier_url_api(const struct dossier_place *place, const struct dossier *dossier)
{
    str slug;
    if (!form_key_is_card(dossier->form, &slug))
        return str_fmt(place->arena, "%.*s/api/forms/%.*s/%lld/", STR_ARG(place->base_url), STR_ARG(dossier->form),
                       (long long)dossier->sequence);
    struct buf url = buf_new(place->arena, 4096);
    buf_fmt(&url, "%.*s/api/cards/%.*s/", STR_ARG(place->base_url), STR_ARG(slug));
    buf_add_url(&url, dossier->identifier);
    buf_add_char(&url, '/');
    return buf_str(&url);
}

instant place_now(const struct dossier_place *place)
{
    return place->now ? place->now : instant_now();
}
