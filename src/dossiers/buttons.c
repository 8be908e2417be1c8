/* {% action_button "identifier" label="…" %} in the text of a mail: a secret address, of which the dossier keeps a
 * hash. Addresses are /boutons/DOSSIER-SECRET/. */
#include "dossiers/tables.h"

enum { DAYS_USUAL = 3, DAYS_MOST = 365 };

bool button_token_parse(struct arena *arena, str token, int64_t *dossier, str *key)
{
    str id, secret;
    bool is_one = str_cut(token, '-', &id, &secret) && str_to_int64(id, dossier) && secret.len == RANDOM_TOKEN_LENGTH;
    *key = is_one ? digest_hex(arena, secret) : STR_EMPTY;
    return is_one;
}

static str argument(struct arena *arena, struct value arguments, const char *name)
{
    struct value value = value_plain(arena, value_get(arena, arguments, str_of(name)));
    bool is_given = value.kind != VALUE_UNDEFINED && value.kind != VALUE_NONE;
    return is_given ? str_trim(value_to_text(arena, value, STR("fr"))) : STR_EMPTY;
}

static int64_t days_of(struct arena *arena, struct value arguments)
{
    int64_t days;
    if (!str_to_int64(argument(arena, arguments, "delay"), &days) || days < 1)
        return DAYS_USUAL;
    return days < DAYS_MOST ? days : DAYS_MOST;
}

/* The tag, with its arguments: the first one under « 0 ». */
static bool make(const struct value_object *object, struct arena *arena, str name, struct value arguments,
                 struct value *out)
{
    const struct scope *scope = object->self;
    const struct dossier *dossier = scope->dossier;
    str label = argument(arena, arguments, "label"), secret = random_token(arena);
    if (!str_eq(name, STR("tag")))
        return false;
    *out = VALUE_OF_UNDEFINED;
    if (!label.len)
        value_fault("« action_button » veut un label.");
    if (!label.len || !dossier->buttons)
        return true;
    *vec_push(arena, dossier->buttons) =
        (struct mail_button){.key = digest_hex(arena, secret),
                             .action = argument(arena, arguments, "0"),
                             .label = utf8_slice(label, 0, 200),
                             .message = utf8_slice(argument(arena, arguments, "message"), 0, 2000),
                             .done_message = utf8_slice(argument(arena, arguments, "done_message"), 0, 2000),
                             .until = place_now(scope->place) + days_of(arena, arguments) * 86400 * INSTANT_SECOND,
                             .url = str_fmt(arena, "%.*s/boutons/%lld-%.*s/", STR_ARG(scope->place->base_url),
                                            (long long)dossier->id, STR_ARG(secret))};
    *out = value_html(workflow_button_marker(arena, dossier->buttons->len - 1));
    return true;
}

static const struct value_object_type type = {.name = "bouton de courriel", .filter = make};

struct value variables_button(const struct scope *scope)
{
    return value_object(&type, scope);
}

enum button_state dossier_button(const struct dossier_place *place, const struct dossier *dossier, str key,
                                 struct mail_button *out)
{
    struct workflow_context context;
    *out = (struct mail_button){.label = STR_EMPTY};
    return context_of(place, dossier, &context) ? workflow_button(&context, dossier, key, out) : BUTTON_UNKNOWN;
}
