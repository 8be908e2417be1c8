/* What pages of lists share: the way to the next page and back, and how many lines there are. */
#include "web/visit.h"

static void add_param(struct buf *url, str name, str value)
{
    if (value.len == 0)
        return;
    buf_add_char(url, str_contains(buf_str(url), STR("?")) ? '&' : '?');
    buf_add_url(url, name);
    buf_add_char(url, '=');
    buf_add_url(url, value);
}

str list_page_url(struct request *request, str path, str cursor, str before)
{
    struct buf url = buf_new(request->arena, 16 << 10);
    buf_add(&url, path);
    add_param(&url, STR("suite"), cursor);
    add_param(&url, STR("avant"), before);
    for (size_t i = 0; i < request->query_params.len; i++) {
        const struct http_param *param = &request->query_params.at[i];
        if (!str_eq(param->name, STR("suite")) && !str_eq(param->name, STR("avant")))
            add_param(&url, param->name, param->value);
    }
    return buf_str(&url);
}

/* A keyset walk knows the way on alone: the address carries the cursors of the pages before, the nearest last, the
 * first page's as « 0 ». */
void list_set_pages(struct request *request, str next, struct value_dict *page)
{
    enum { CURSORS_MOST = 2000 }; /* bytes: some fifty pages back */
    str here = request_query(request, "suite"), before = request_query(request, "avant");
    size_t cut = before.len;
    while (cut > 0 && before.ptr[cut - 1] != ',')
        cut--;
    str last = str_slice(before, cut, before.len);
    if (here.len > 0)
        page_set_text(request, page, "previous_url",
                      list_page_url(request, request->path, str_eq(last, STR("0")) ? STR_EMPTY : last,
                                    str_slice(before, 0, cut > 0 ? cut - 1 : 0)));
    if (next.len == 0)
        return;
    str path = str_fmt(request->arena, "%.*s%s%.*s", STR_ARG(before), before.len > 0 ? "," : "",
                       STR_ARG(here.len > 0 ? here : STR("0")));
    page_set_text(request, page, "next_url",
                  list_page_url(request, request->path, next, path.len > CURSORS_MOST ? here : path));
}

void list_set_count(struct request *request, const struct dossier_query *query, struct value_dict *page)
{
    int64_t count = 0;
    bool is_more = false;
    dossier_count(place_of(request), query, &count, &is_more, NULL);
    page_set(request, page, "count", value_int(count));
    page_set(request, page, "is_more", value_bool(is_more));
}
