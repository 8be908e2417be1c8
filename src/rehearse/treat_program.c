/* Other programs that make a dossier go on in a rehearsal: what it waits for is called by the API, as a payment server
 * calls « paid »; the call is signed, for the agent who has every role. */
#include "rehearse/treat.h"

#include "fetch/fetch.h"

/* The jumps of the status that wait for a call, and the global actions that may be called: « jump/trigger/paid »,
 * « hooks/annulation ». */
struct triggers_seen triggers_of(const struct following *following)
{
    struct triggers_seen seen = {0};
    struct arena *arena = following->arena;
    const json_t *document = workflow_document(following->run->workflow);
    json_t *status, *action, *trigger;
    size_t i, j;
    json_array_foreach((json_t *)(uintptr_t)json_list(document, "statuses"), i, status)
    {
        if (!str_eq(json_str(status, "id"), following->dossier->status))
            continue;
        json_array_foreach((json_t *)(uintptr_t)json_list(status, "actions"), j, action)
        {
            str name = json_str(action, "trigger");
            if (str_eq(json_str(action, "type"), STR("jump")) && name.len > 0)
                *vec_push(arena, &seen) = str_fmt(arena, "jump/trigger/%.*s", STR_ARG(name));
        }
    }
    json_array_foreach((json_t *)(uintptr_t)json_list(document, "global_actions"), i, action)
    {
        json_array_foreach((json_t *)(uintptr_t)json_list(action, "triggers"), j, trigger)
        {
            str name = json_str(trigger, "identifier");
            if (str_eq(json_str(trigger, "type"), STR("webservice")) && name.len > 0)
                *vec_push(arena, &seen) = str_fmt(arena, "hooks/%.*s", STR_ARG(name));
        }
    }
    return seen;
}

bool program_calls(struct following *following, str trigger, size_t nth)
{
    struct arena *arena = following->arena;
    struct stage *stage = following->run->stage;
    struct buf path = buf_new(arena, 4096);
    buf_fmt(&path, "/api/forms/%.*s/%lld/", STR_ARG(following->run->form->slug),
            (long long)following->dossier->sequence);
    for (str part, rest = trigger; str_next(&rest, '/', &part);) {
        buf_add_url(&path, part);
        buf_add_char(&path, '/');
    }
    buf_fmt(&path, "?email=%s", STAGE_AGENT);
    str url = fetch_sign_url(arena, buf_str(&path), STR(STAGE_PROGRAM), stage->key, STR_EMPTY, instant_now(),
                             random_text(arena, 20, STR("abcdefgh")));
    size_t ways;
    str brought = json_text(arena, payload_of(arena, following->run, trigger, nth, &ways));
    struct answer answer = browser_post_json(following->browsers[WHO_AGENT], arena, url, brought);
    bool is_refused =
        answer.status == 403 || answer.status == 404; /* by the definition: nobody waits, or a condition */
    return !is_refused && !run_failed(following->run, &answer, "en appelant un déclencheur");
}
