/* Other servers, as they are played: every call is written down, and answered with a few rows that have an id, a text,
 * and whatever the site's texts read of the rows that a field was chosen from. */
#include "fetch/fetch.h"
#include "rehearse/internal.h"

#include <pthread.h>

enum { ROWS = 3, PLACES = 12 };

struct call {
    str method, url;
    int64_t count;
};

static struct {
    struct arena *arena;
    pthread_mutex_t lock;
    struct map calls, attributes;
    str body;
} calls = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- What is answered ---- */

/* « form_var_rdv_places_available »: of the field rdv, places_available. */
static void add_attributes(const struct form *form, const struct template *template)
{
    struct template_names names = template_names(template);
    for (size_t i = 0; i < names.len; i++) {
        const struct field *field = field_read_by(form, names.at[i].path);
        size_t known = field == NULL ? 0 : STR("form_var_").len + field->varname.len + 1;
        if (field == NULL || field->varname.len == 0 || names.at[i].path.len <= known)
            continue;
        str name = str_slice(names.at[i].path, known, names.at[i].path.len);
        if (!str_eq(name, STR("raw")) && !str_eq(name, STR("display")))
            map_set(&calls.attributes, str_dup(calls.arena, name), &calls);
    }
}

static json_t *row(int number)
{
    json_t *row = json_object();
    for (size_t i = 0; i < calls.attributes.len; i++) {
        str name = calls.attributes.entries[i].key;
        int64_t days = date_to_days(datetime_local(instant_now()).date) + 7 + number;
        if (str_contains(name, STR("url")))
            json_set_str(row, name, str_fmt(calls.arena, "https://essai.invalid/%.*s/%d", STR_ARG(name), number));
        else if (str_contains(name, STR("date")))
            json_set_str(row, name,
                         str_fmt(calls.arena, "%.*sT10:00:00", STR_ARG(date_iso(calls.arena, date_from_days(days)))));
        else
            json_set(row, name, json_integer(PLACES + number));
    }
    json_set_str(row, STR("id"), str_fmt(calls.arena, "%d", number));
    json_set_str(row, STR("text"), str_fmt(calls.arena, "Réponse %d", number));
    return row;
}

static str make_body(struct stage *stage)
{
    const struct catalogue_forms *forms = catalogue_forms(stage->catalogue);
    for (size_t i = 0; i < forms->len; i++)
        for (size_t j = 0; j < forms->at[i]->texts.len; j++)
            add_attributes(forms->at[i], forms->at[i]->texts.at[j].template);
    json_t *body = json_keep(calls.arena, json_object()), *rows = json_array();
    for (int number = 1; number <= ROWS; number++)
        json_array_append_new(rows, row(number));
    json_set(body, STR("err"), json_integer(0));
    json_set(body, STR("data"), rows);
    return json_text(calls.arena, body);
}

/* ---- What is asked ---- */

static bool answer(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer,
                   struct err *err)
{
    (void)err;
    str method = request->method.len > 0 ? request->method : STR("GET"), path, query;
    pthread_mutex_lock(&calls.lock);
    str_cut(fetch_mask_url(arena, request->url), '?', &path, &query);
    str key = str_fmt(arena, "%.*s %.*s", STR_ARG(method), STR_ARG(path));
    struct call *call = map_get(&calls.calls, key);
    if (call == NULL) {
        call = arena_new_of(calls.arena, struct call);
        *call = (struct call){str_dup(calls.arena, method), str_dup(calls.arena, path), 0};
        map_set(&calls.calls, str_dup(calls.arena, key), call);
    }
    call->count++;
    pthread_mutex_unlock(&calls.lock);
    *answer = (struct fetch_answer){.status = 200, .type = STR("application/json"), .body = calls.body};
    return true;
}

json_t *record_calls(void)
{
    json_t *list = json_array();
    pthread_mutex_lock(&calls.lock);
    for (size_t i = 0; i < calls.calls.len; i++) {
        const struct call *call = calls.calls.entries[i].value;
        json_t *one = json_object();
        json_set_str(one, STR("method"), call->method);
        json_set_str(one, STR("url"), call->url);
        json_set(one, STR("count"), json_integer(call->count));
        json_array_append_new(list, one);
    }
    calls.calls = map_new(calls.arena);
    pthread_mutex_unlock(&calls.lock);
    return list;
}

void calls_begin(struct stage *stage)
{
    calls.arena = arena_new();
    calls.calls = map_new(calls.arena);
    calls.attributes = map_new(calls.arena);
    calls.body = make_body(stage);
    fetch_set_stand_in(answer);
}

void calls_end(void)
{
    fetch_set_stand_in(NULL);
    arena_free(calls.arena);
}
