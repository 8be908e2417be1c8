/* address: one answer of several boxes: number and street, complement, postcode, city; or a commune alone. A browser
 * may fill them from what the geocoder proposes while one types, and sends along what was chosen (-trouvee): it counts
 * where the boxes say the same. What was typed by hand is looked for once, when the page is left; it is taken as it is
 * where nobody answers. The answer is the address in one line, its parts are beside it (_structured). */
#include "forms/field.h"

struct address_params {
    bool is_municipality; /* the commune alone is asked */
};

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct address_params *params = arena_new_of(compiling->arena, struct address_params);
    params->is_municipality = str_eq(json_str(field->json, "precision"), STR("municipality"));
    return params;
}

/* ---- Reading ---- */

static str text_of(const struct field *field, const struct form_context *context, const struct posted *posted,
                   const char *name, str *error)
{
    enum { MOST = 120 };
    str control = control_beside(context->arena, field->control, name), text = STR_EMPTY,
        problem = posted_problem(posted, control);
    if (problem.len > 0)
        *error = problem;
    posted_text(context, posted, control, &text);
    return utf8_slice(str_replace(context->arena, text, STR("\n"), STR(" ")), 0, MOST);
}

static struct address typed_address(const struct field *field, const struct form_context *context,
                                    const struct posted *posted, str *error)
{
    struct address address = {
        .complement = text_of(field, context, posted, "complement", error),
        .postcode = text_of(field, context, posted, "code-postal", error),
        .city = text_of(field, context, posted, "commune", error),
    };
    str street = text_of(field, context, posted, "voie", error);
    str searched = text_of(field, context, posted, "recherche", error);
    if (street.len + address.postcode.len + address.city.len == 0 && searched.len > 0) /* and nothing chosen */
        return address_of_text(context->arena, searched);
    address_split_street(street, &address.number, &address.street);
    return address;
}

/* What the address base knows of it. */
static void adopt(const struct address *known, struct address *address)
{
    address->citycode = known->citycode;
    address->id = known->id;
    address->has_position = known->has_position;
    address->position = known->position;
}

/* What was proposed and chosen, as the browser says: any bytes. */
static bool was_chosen(const struct field *field, const struct form_context *context, const struct posted *posted,
                       struct address *address)
{
    enum { MOST = 2000 };
    str text = STR_EMPTY;
    struct address known;
    posted_text(context, posted, control_beside(context->arena, field->control, "trouvee"), &text);
    const json_t *json = text.len == 0 || text.len > MOST ? NULL : json_parse(context->arena, text, NULL);
    if (!json_is_object(json) || !address_from_json(context->arena, json, &known) ||
        !address_is_same(context->arena, &known, address))
        return false;
    adopt(&known, address);
    return true;
}

/* The same commune: by the postcode too, where both tell it. */
static bool is_same_city(const struct form_context *context, const struct address *a, const struct address *b)
{
    bool has_both = a->postcode.len > 0 && b->postcode.len > 0;
    struct address left = {.postcode = has_both ? a->postcode : STR_EMPTY, .city = a->city},
                   right = {.postcode = has_both ? b->postcode : STR_EMPTY, .city = b->city};
    return address_is_same(context->arena, &left, &right);
}

/* NULL: none of these, or two communes of one name. */
static const struct address *meant_of(const struct field *field, const struct form_context *context,
                                      const struct addresses *found, const struct address *address)
{
    const struct address_params *params = field->params;
    const struct address *meant = NULL;
    for (size_t i = 0; i < found->len; i++) {
        const struct address *one = &found->at[i];
        bool is_it = params->is_municipality ? is_same_city(context, one, address)
                                             : address_is_same(context->arena, one, address);
        if (is_it && meant != NULL && params->is_municipality)
            return NULL;
        if (is_it && meant == NULL)
            meant = one;
    }
    return meant;
}

/* True where the geocoder answered, and knows no such address. Its commune may be known all the same. */
static bool look_for(const struct field *field, const struct form_context *context, struct address *address)
{
    const struct address_params *params = field->params;
    struct addresses found;
    struct address asked = *address;
    asked.complement = STR_EMPTY;
    if (!geocoder_search(context->geocoder, address_label(context->arena, &asked),
                         params->is_municipality ? ADDRESS_MUNICIPALITY : ADDRESS_ANY, &found))
        return false;
    const struct address *meant = meant_of(field, context, &found, address);
    if (meant != NULL)
        adopt(meant, address);
    for (size_t i = 0; i < found.len && meant == NULL && address->citycode.len == 0; i++)
        if (!params->is_municipality && is_same_city(context, &found.at[i], address))
            address->citycode = found.at[i].citycode;
    return meant == NULL;
}

static bool is_whole(const struct address_params *params, const struct address *address)
{
    return address->city.len > 0 && (params->is_municipality || (address->street.len > 0 && address->postcode.len > 0));
}

/* The address as one object, made answers by check. */
static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    const struct address_params *params = field->params;
    struct address address = typed_address(field, context, posted, error);
    bool is_unknown = false, is_leaving = !posted->is_typing && !posted->stays;
    if (params->is_municipality)
        address = (struct address){.postcode = address.postcode, .city = address.city};
    address.label = address_label(context->arena, &address);
    if (error->len > 0 || address.label.len == 0)
        return NULL;
    if (!was_chosen(field, context, posted, &address) && is_leaving && is_whole(params, &address))
        is_unknown = look_for(field, context, &address);
    json_t *json = address_to_json(&address);
    if (is_unknown)
        json_set(json, STR("unknown"), json_true());
    return json;
}

/* ---- The answer ---- */

static void settle(const struct field *field, struct arena *arena, json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    json_t *parts;
    if (json_is_object(answer)) {
        parts = json_deep_copy(answer);
    } else if (answer_beside(field, answers, "_structured") == NULL) { /* a text that was imported */
        struct address address = address_of_text(arena, json_str_of(answer));
        parts = address_to_json(&address);
    } else {
        return;
    }
    answer_set_beside(field, answers, "_structured", parts);
    answer_set(field, answers, json_from_str(json_str(parts, "label")));
}

static const json_t *parts_of(const struct field *field, const json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    return json_is_object(answer) ? answer : answer_beside(field, answers, "_structured");
}

/* A code of whatever country: four signs at least, a figure among them. */
static bool is_postcode(struct arena *arena, str text)
{
    struct address address;
    json_t *json = json_keep(arena, json_object());
    json_set_str(json, STR("postcode"), text);
    return text.len >= 4 && address_from_json(arena, json, &address) && address.postcode.len > 0;
}

static str check_parts(const struct address_params *params, struct arena *arena, const json_t *parts)
{
    str postcode = json_str(parts, "postcode"), city = json_str(parts, "city");
    if (!params->is_municipality && json_str(parts, "street").len == 0)
        return STR("Il manque la rue. Exemple : 12 rue de la République");
    if (!params->is_municipality && postcode.len + city.len == 0)
        return STR("Il manque le code postal et la commune. Complétez l’adresse, ou choisissez une adresse proposée.");
    if (city.len == 0)
        return STR("Il manque la commune.");
    if (!params->is_municipality && postcode.len == 0)
        return STR("Il manque le code postal. Exemple : 69120");
    if (postcode.len > 0 && !is_postcode(arena, postcode))
        return STR("Vérifiez le code postal : il comporte 5 chiffres, comme 69120.");
    return STR_EMPTY;
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    settle(field, context->arena, answers);
    return check_parts(field->params, context->arena, parts_of(field, answers));
}

static str notice(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    if (!json_bool(parts_of(field, answers), "unknown"))
        return STR_EMPTY;
    return STR("Nous ne trouvons pas cette adresse. Vérifiez-la ; si elle est exacte, continuez.");
}

/* ---- Showing ---- */

static void set(const struct form_context *context, struct value_dict *out, const char *key, struct value value)
{
    value_dict_set(context->arena, out, str_of(key), value);
}

/* What a browser sends again: what the address base knows, where it does. */
static str known_text(struct arena *arena, const json_t *parts)
{
    bool is_known = json_str(parts, "id").len + json_str(parts, "citycode").len > 0;
    return is_known ? json_text(arena, parts) : STR_EMPTY;
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct address_params *params = field->params;
    struct arena *arena = context->arena;
    const json_t *parts = parts_of(field, answers);
    struct address lines = {.number = json_str(parts, "number"), .street = json_str(parts, "street")};
    set(context, out, "is_group", value_bool(true));
    set(context, out, "is_municipality", value_bool(params->is_municipality));
    set(context, out, "is_own", value_bool(field->prefill == PREFILL_USER));
    set(context, out, "value", value_text(json_str(parts, "label")));
    set(context, out, "street", value_text(address_street_line(arena, &lines)));
    set(context, out, "complement", value_text(json_str(parts, "complement")));
    set(context, out, "postcode", value_text(json_str(parts, "postcode")));
    set(context, out, "city", value_text(json_str(parts, "city")));
    set(context, out, "known", value_text(known_text(arena, parts)));
    set(context, out, "is_whole", value_bool(check_parts(params, arena, parts).len == 0));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str(parts_of(field, answers), "label");
}

static bool attribute(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out)
{
    static const str texts[] = {STR_INIT("label"),    STR_INIT("number"), STR_INIT("street"),   STR_INIT("complement"),
                                STR_INIT("postcode"), STR_INIT("city"),   STR_INIT("citycode"), STR_INIT("id")};
    const json_t *parts = parts_of(field, view->answers);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (str_eq(key, texts[i])) {
            *out = value_text(json_str(parts, str_z(arena, key)));
            return true;
        }
    if (!str_eq(key, STR("lat")) && !str_eq(key, STR("lon")))
        return false;
    const json_t *number = json_object_get(parts, str_z(arena, key));
    *out = number == NULL ? value_text(STR_EMPTY) : value_float(json_number_value(number));
    return true;
}

/* Parts by their names, or the whole in one line. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    (void)field;
    struct address address;
    value = value_plain(context->arena, value);
    if (value.kind == VALUE_TEXT)
        address = address_of_text(context->arena, value.text);
    else if (value.kind != VALUE_DICT ||
             !address_from_json(context->arena, value_to_json(context->arena, value), &address))
        return NULL;
    address.label = address_label(context->arena, &address);
    return address.label.len > 0 ? address_to_json(&address) : NULL;
}

static str missing(const struct field *field, struct arena *arena)
{
    (void)arena;
    const struct address_params *params = field->params;
    return params->is_municipality ? STR("Saisissez la commune.") : STR("Saisissez une adresse.");
}

const struct field_type field_address = {
    .name = "address",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .value = field_value_shown,
    .attribute = attribute,
    .from_value = from_value,
    .notice = notice,
    .missing = missing,
};
