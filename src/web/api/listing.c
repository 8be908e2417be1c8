/* The rows of a list, page by page along its index, so that a long list takes the memory of a short one. */
#include "web/api/listing.h"

#include "web/api/shapes.h"

enum { PAGE = 50 };

bool api_flag(const struct request *request, const char *name, bool otherwise)
{
    static const char *const yes[] = {"on", "true", "True", "1"}, *const no[] = {"off", "false", "False", "0"};
    str value = request_query(request, name);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (str_eq(value, str_of(yes[i])))
            return true;
        if (str_eq(value, str_of(no[i])))
            return false;
    }
    return otherwise;
}

struct dossier_parts api_parts(const struct request *request, bool usually)
{
    bool full = api_flag(request, "full", usually), fields = api_flag(request, "include-fields", full);
    return (struct dossier_parts){.fields = fields,
                                  .user = api_flag(request, "include-user", fields),
                                  .evolution = api_flag(request, "include-evolution", full),
                                  .roles = api_flag(request, "include-roles", full),
                                  .submission = api_flag(request, "include-submission", full),
                                  .workflow = api_flag(request, "include-workflow", full),
                                  .workflow_data = api_flag(request, "include-workflow-data", full),
                                  .actions = api_flag(request, "include-actions", full)};
}

/* ---- What the address asks ---- */

static bool wrong(struct request *request, const char *name)
{
    struct err err = {0};
    err_set(&err, ERR_INVALID, "Le paramètre « %s » ne convient pas.", name);
    api_error(request, 400, NULL, &err);
    return false;
}

static bool read_number(struct request *request, const char *name, int64_t *out)
{
    str text = request_query(request, name);
    return text.len == 0 || (str_to_int64(text, out) && *out >= 0) || wrong(request, name);
}

static bool read_order(struct request *request, struct dossier_query *query)
{
    static const struct {
        const char *name;
        enum dossier_sort sort;
    } orders[] = {{"", DOSSIER_NEWEST},
                  {"-receipt_time", DOSSIER_NEWEST},
                  {"receipt_time", DOSSIER_OLDEST},
                  {"-id", DOSSIER_NEWEST},
                  {"id", DOSSIER_OLDEST},
                  {"-last_update_time", DOSSIER_LAST_UPDATED},
                  {"-criticality_level", DOSSIER_MOST_URGENT}};
    str asked = request_query(request, "order_by");
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        if (str_eq(asked, str_of(orders[i].name))) {
            if (asked.len > 0)
                query->sort = orders[i].sort;
            return true;
        }
    return wrong(request, "order_by");
}

bool api_read_page(struct request *request, struct listing *listing)
{
    listing->has_limit = listing->has_limit || request_query(request, "limit").len > 0;
    listing->query.search = utf8_slice(str_trim(request_query(request, "q")), 0, 200);
    listing->with_anonymised = api_flag(request, "include-anonymised", false);
    return read_number(request, "limit", &listing->limit) && read_number(request, "offset", &listing->offset) &&
           read_order(request, &listing->query);
}

/* ---- Rows ---- */

static json_t *text_or_null(struct arena *arena, struct value value)
{
    json_t *json = value_to_json(arena, value);
    return json != NULL ? json_incref(json) : json_null();
}

json_t *api_minimal_json(const struct dossier_place *place, const struct dossier *dossier, const struct actor *actor,
                         bool for_submitter)
{
    static const char *const names[] = {"form_name",
                                        "form_slug",
                                        "form_number",
                                        "form_number_raw",
                                        "form_identifier",
                                        "form_url",
                                        "form_url_backoffice",
                                        "form_uri",
                                        "form_receipt_date",
                                        "form_receipt_time",
                                        "form_receipt_datetime",
                                        "form_last_update_datetime",
                                        "form_status",
                                        "form_digest",
                                        "form_display_name",
                                        "form_status_is_endpoint",
                                        "form_tracking_code",
                                        "form_submission_channel",
                                        "form_submission_channel_label",
                                        "form_submission_backoffice"};
    struct arena *arena = place->arena;
    const struct form *form = dossier_form(place, dossier);
    struct value scope = dossier_scope(place, form, NULL, dossier);
    json_t *json = json_object(), *keywords = json_array();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_set(json, str_of(names[i]),
                 text_or_null(arena, value_plain(arena, value_lookup(arena, scope, str_of(names[i])))));
    struct actor submitter = {.account = dossier->account, .is_submitter = true};
    str status = dossier_visible_status(place, dossier, for_submitter ? &submitter : actor)->name;
    str number = dossier_number(arena, dossier), name = form != NULL ? form->name : dossier->form;
    for (size_t i = 0; form != NULL && i < form->keywords.len; i++)
        json_array_append_new(keywords, json_from_str(form->keywords.at[i]));
    json_set_str(json, STR("name"), name);
    json_set_str(json, STR("title"),
                 str_fmt(arena, "%.*s n°%.*s (%.*s)", STR_ARG(name), STR_ARG(number), STR_ARG(status)));
    json_set_str(json, STR("url"), dossier_url(place, dossier));
    json_set_str(json, STR("status"), status);
    json_set_str(json, STR("form_status"), status);
    json_set(json, STR("form_criticality_level"), json_integer(workflow_level_number(dossier)));
    json_set(json, STR("keywords"), keywords);
    json_set(json, STR("draft"), json_false());
    json_set_str(json, STR("datetime"), api_moment(arena, dossier->received));
    json_set_str(json, STR("last_update_time"), api_moment(arena, dossier->updated));
    return json;
}

static void write_row(struct listing *listing, struct arena *arena, const struct dossier *dossier, struct buf *out)
{
    json_t *row = listing->is_minimal ? api_minimal_json(&listing->place, dossier, &listing->actor, false)
                                      : dossier_json(&listing->place, dossier, &listing->reading);
    buf_add(out, listing->given++ > 0 ? STR(",\n") : STR("\n"));
    buf_add(out, json_text(arena, json_keep(arena, row)));
}

/* The number behind a row that is passed over counts too: the offset is one of what the caller may see. */
static bool write_page(struct listing *listing, struct arena *arena, const struct dossier_page *page, struct buf *out,
                       struct err *err)
{
    struct dossier_list dossiers = {0};
    int64_t ids[PAGE];
    for (size_t i = 0; i < page->lines.len; i++)
        ids[i] = page->lines.at[i].id;
    if (!dossier_load_several(&listing->place, ids, page->lines.len, &dossiers, err))
        return false;
    if (listing->is_full || listing->is_minimal)
        dossier_read_histories(&listing->place, &dossiers);
    for (size_t i = 0; i < dossiers.len && (!listing->has_limit || listing->given < listing->limit); i++) {
        const struct dossier *dossier = dossiers.at[i];
        if (dossier == NULL || (dossier->is_anonymised && !listing->with_anonymised))
            continue;
        if (listing->skipped < listing->offset)
            listing->skipped++;
        else
            write_row(listing, arena, dossier, out);
    }
    return true;
}

static enum piece next_piece(void *arg, struct arena *arena, struct buf *out)
{
    struct listing *listing = arg;
    struct dossier_page page = {0};
    struct err err = {0};
    listing->place.arena = arena;
    if (!listing->has_begun)
        buf_add(out, str_of(listing->before));
    listing->has_begun = true;
    if (!dossier_list(&listing->place, &listing->query, &page, &err) || !write_page(listing, arena, &page, out, &err)) {
        log_err("api.list", &err);
        return PIECE_BROKEN;
    }
    bool is_enough = listing->has_limit && listing->given >= listing->limit;
    if (page.next.len > 0 && !is_enough) {
        snprintf(listing->cursor, sizeof listing->cursor, "%.*s", STR_ARG(page.next));
        listing->query.cursor = str_of(listing->cursor);
        return PIECE_MORE;
    }
    buf_add(out, STR("\n]"));
    int64_t count = listing->skipped + listing->given;
    if (listing->counts)
        buf_fmt(out, ", \"count\": %lld", (long long)count);
    buf_add(out, listing->behind);
    return PIECE_LAST;
}

void api_send_list(struct request *request, struct listing *listing)
{
    place_ask_nobody(&visit_of(request)->place); /* the request is over when a row is written */
    listing->query.actor = &listing->actor;
    listing->query.limit = PAGE;
    listing->reading.actor = &listing->actor;
    if (listing->query.to == 0 && listing->query.sort != DOSSIER_LAST_UPDATED)
        listing->query.to = request->now + 1; /* what comes meanwhile moves nothing */
    response_stream(request, STR("application/json"), STR_EMPTY, next_piece, listing);
}
