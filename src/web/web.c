/* The application that the server runs: all routes in one table. */
#include "web/api/api.h"

#include <stdlib.h>
#include <string.h>

struct web {
    struct arena *arena;
    struct installation *installation;
    struct http_app app;
};

static void add(struct arena *arena, struct web *web, const struct route *routes, size_t count)
{
    struct route *all = arena_array_of(arena, struct route, web->app.route_count + count);
    if (web->app.route_count > 0)
        memcpy(all, web->app.routes, web->app.route_count * sizeof *all);
    memcpy(all + web->app.route_count, routes, count * sizeof *all);
    web->app.routes = all;
    web->app.route_count += count;
}

struct web *web_new(struct installation *installation, const struct web_settings *settings)
{
    struct arena *arena = arena_new();
    struct web *web = arena_new_of(arena, struct web);
    web->arena = arena;
    web->installation = installation;
    installation->trusts_senders = settings->trusts_senders;
    web->app = (struct http_app){.app = installation,
                                 .guard = web_guard,
                                 .check_form = web_check_form,
                                 .error_page = web_error_page,
                                 .done = web_done,
                                 .all_on_workers = stores_engine(installation->stores) == STORE_POSTGRES,
                                 .is_https = settings->is_https,
                                 .trusts_forwarded = settings->trusts_forwarded,
                                 .upload_folder = settings->upload_folder,
                                 .limits = http_limits_default};
    add(arena, web, portal_routes, portal_route_count);
    add(arena, web, fill_start_routes, fill_start_route_count);
    add(arena, web, fill_page_routes, fill_page_route_count);
    add(arena, web, fill_typing_routes, fill_typing_route_count);
    add(arena, web, fill_send_routes, fill_send_route_count);
    add(arena, web, places_routes, places_route_count);
    add(arena, web, track_routes, track_route_count);
    add(arena, web, verify_routes, verify_route_count);
    add(arena, web, fill_stop_routes, fill_stop_route_count);
    add(arena, web, account_routes, account_route_count);
    add(arena, web, requests_routes, requests_route_count);
    add(arena, web, list_routes, list_route_count);
    add(arena, web, buttons_routes, buttons_route_count);
    add(arena, web, mass_routes, mass_route_count);
    add(arena, web, export_routes, export_route_count);
    add(arena, web, office_routes, office_route_count);
    add(arena, web, entry_routes, entry_route_count);
    add(arena, web, cards_routes, cards_route_count);
    add(arena, web, card_edit_routes, card_edit_route_count);
    add(arena, web, card_files_routes, card_files_route_count);
    add(arena, web, admin_routes, admin_route_count);
    add(arena, web, versions_routes, versions_route_count);
    add(arena, web, tables_routes, tables_route_count);
    add(arena, web, circuit_routes, circuit_route_count);
    add(arena, web, trace_routes, trace_route_count);
    add(arena, web, upgrade_routes, upgrade_route_count);
    struct route_list api = api_routes(arena);
    add(arena, web, api.at, api.len);
    return web;
}

void web_free(struct web *web)
{
    if (web != NULL)
        arena_free(web->arena);
}

const struct http_app *web_app(struct web *web)
{
    return &web->app;
}
