/* Every operation of the API, subject by subject; the routes that serve them. */
#include "web/api/subjects.h"

const struct api_subject api_subjects[] = {
    {"Demandes", request_operations},
    {"Fiches", card_operations},
    {"Dépôts et modifications", submit_operations},
    {"Déclencheurs", trigger_operations},
    {"Définitions", definition_operations},
    {"Ses demandes", mine_operations},
    {"Personnes et rôles", people_operations},
    {"Description", openapi_operations},
    {NULL, NULL},
};

/* All on workers: who asks is looked for in the store, and the nonce of a signature is written there. */
struct route_list api_routes(struct arena *arena)
{
    struct route_list list = {0};
    for (const struct api_subject *subject = api_subjects; subject->name != NULL; subject++)
        for (const struct api_operation *one = subject->operations; one->pattern != NULL; one++)
            *vec_push(arena, &list) = (struct route){.method = one->method,
                                                     .pattern = one->pattern,
                                                     .flags = ROUTE_WORKER | ROUTE_ANY_END,
                                                     .right = RIGHT_API,
                                                     .body = one->method == HTTP_POST ? BODY_JSON : BODY_NONE,
                                                     .handler = one->handler};
    return list;
}
