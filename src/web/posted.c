/* What was posted, as forms.h takes it: files become blobs before anything is said of them. */
#include "store/blobs.h"
#include "web/visit.h"

#include <unistd.h>

static bool keep_file(struct request *request, const struct http_upload *upload, struct posted_file *out,
                      struct err *err)
{
    struct stores *stores = visit_of(request)->installation->stores;
    struct blob_id id;
    int fd;
    int64_t size;
    if (!blob_put_file(stores, upload->path, &id, err))
        return false;
    str blob = str_dup(request->arena, str_of(id.hex));
    if (!blob_open(stores, blob, &fd, &size, err))
        return false;
    *out = (struct posted_file){upload->field, upload->file_name, blob_sniff(request->arena, fd), blob, size};
    close(fd);
    return true;
}

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
        if (!keep_file(request, &request->uploads.at[i], &files[posted->file_count++], &err)) {
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
    struct form_context context = {.arena = request->arena,
                                   .sources = &visit->place.sources,
                                   .now = request->now,
                                   .in_backoffice = visit->place.dossiers.in_backoffice,
                                   .log = &visit->faults,
                                   .origins = &visit->origins,
                                   .map = json_dict(visit->site->settings, "map")};
    if (visit->is_signed_in && !context.in_backoffice)
        context.account = account_data(request->arena, &visit->account);
    context.scope = dossier_scope(&visit->place.dossiers, form, answers, dossier);
    context.site = dossier_site_scope(&visit->place.dossiers);
    return context;
}
