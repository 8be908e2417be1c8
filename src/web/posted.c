/* What was posted, as forms.h takes it: files become blobs before anything is said of them. */
#include "web/visit.h"

struct posted *visit_posted(struct request *request)
{
    struct arena *arena = request->arena;
    struct posted *posted = arena_new_of(arena, struct posted);
    struct posted_value *values = arena_array_of(arena, struct posted_value, request->form.len);
    struct posted_file *files = arena_array_of(arena, struct posted_file, request->uploads.len);
    for (size_t i = 0; i < request->form.len; i++)
        values[i] = (struct posted_value){request->form.at[i].name, request->form.at[i].value};
    *posted = (struct posted){values, request->form.len, files, 0};
    for (size_t i = 0; i < request->uploads.len; i++) {
        struct err err = {0};
        if (!visit_keep_upload(request, &request->uploads.at[i], &files[posted->file_count++], &err)) {
            show_failure(request, &err);
            return NULL;
        }
    }
    return posted;
}

struct form_context visit_form_context(struct request *request, const struct form *form, json_t *answers,
                                       const struct dossier *dossier)
{
    struct visit *visit = visit_of(request);
    visit->form = form;
    struct geocoder *geocoder = arena_new_of(request->arena, struct geocoder);
    *geocoder = geocoder_of(request->arena, visit->site->settings, &visit->place.session);
    struct form_context context = {.arena = request->arena,
                                   .sources = &visit->place.sources,
                                   .geocoder = geocoder,
                                   .now = request->now,
                                   .in_backoffice = visit->place.dossiers.in_backoffice,
                                   .log = &visit->faults,
                                   .files = visit_file_tools(request),
                                   .origins = &visit->origins,
                                   .map = json_dict(visit->site->settings, "map")};
    if (visit->is_signed_in && !context.in_backoffice)
        context.account = account_data(request->arena, &visit->account);
    context.scope = dossier_scope(&visit->place.dossiers, form, answers, dossier);
    context.site = dossier_site_scope(&visit->place.dossiers);
    return context;
}

void visit_suggest(struct request *request, const struct field_list *fields, const struct form_context *context,
                   const struct posted *posted, json_t *answers)
{
    const json_t *found = fields_suggest(fields, context, posted, answers, request_form(request, "champ"));
    if (found == NULL)
        response_error(request, 404, NULL);
    else
        response_json(request, 200, found);
}
