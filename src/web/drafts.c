/* The drafts of who asks. */
#include "web/visit.h"

struct listing {
    struct arena *arena;
    int64_t account;
    instant now;
    struct drafts *out;
};

static bool read_drafts(struct tx *tx, void *arg, struct err *err)
{
    const struct listing *listing = arg;
    return draft_list(tx, listing->arena, listing->account, listing->now, listing->out, err);
}

bool visit_drafts(struct request *request, struct drafts *out, struct err *err)
{
    const struct visit *visit = visit_of(request);
    struct listing listing = {request->arena, visit->account.id, request->now, out};
    return store_read(visit->site->store, read_drafts, &listing, err);
}

str visit_draft_url(struct request *request, const struct draft *draft)
{
    return str_fmt(request->arena, "%.*s%.*s", STR_ARG(place_of(request)->base_url),
                   STR_ARG(draft_path(request->arena, draft->token)));
}
