/* What other servers answer in a rehearsal: a few rows that have whatever the site's texts read of the rows that a
 * field was chosen from, and beside them whatever its workflows read of an answer (« …_response_status »), with the
 * values that they compare it with. */
#include "rehearse/answers.h"

#include "rehearse/literals.h"

enum { ROWS = 3, PLACES = 12 };

struct literals VEC_OF(str);

/* What is read of an answer: « status », « results.0.uuid ». */
struct read {
    str path;
    struct literals compared;
};

struct making {
    struct arena *arena;
    struct map attributes; /* of rows: name → struct literals *, what it is compared with */
    struct map reads;      /* of answers: path → struct read * */
    struct map complaints; /* of answers that say what went wrong: the same */
};

/* ---- What is read of rows ---- */

/* « form_var_rdv_places_available »: of the field rdv, places_available. */
static void note_attributes(struct making *making, const struct form *form, const struct template *template)
{
    struct template_names names = template_names(template);
    for (size_t i = 0; i < names.len; i++) {
        const struct field *field = field_read_by(form, names.at[i].path);
        size_t known = field == NULL ? 0 : STR("form_var_").len + field->varname.len + 1;
        if (field == NULL || field->varname.len == 0 || names.at[i].path.len <= known)
            continue;
        str name = str_slice(names.at[i].path, known, names.at[i].path.len);
        if (!str_eq(name, STR("raw")) && !str_eq(name, STR("display")) && map_get(&making->attributes, name) == NULL)
            map_set(&making->attributes, str_dup(making->arena, name), arena_new_of(making->arena, struct literals));
    }
}

static void note_forms(struct making *making, const struct stage *stage)
{
    const struct catalogue_forms *forms = catalogue_forms(stage->catalogue);
    for (size_t i = 0; i < forms->len; i++) {
        const struct form *form = forms->at[i];
        const struct workflow *workflow = catalogue_workflow_of(stage->catalogue, form);
        const struct workflow_texts *texts = workflow == NULL ? NULL : workflow_texts(workflow);
        for (size_t j = 0; j < form->texts.len; j++)
            note_attributes(making, form, form->texts.at[j].template);
        for (size_t j = 0; texts != NULL && j < texts->len; j++)
            note_attributes(making, form, texts->at[j].template);
    }
}

static void add_literal(struct arena *arena, struct literals *literals, str literal)
{
    bool is_known = literal.len == 0;
    for (size_t i = 0; i < literals->len; i++)
        is_known = is_known || str_eq(literals->at[i], literal);
    if (!is_known)
        *vec_push(arena, literals) = literal;
}

/* « motif_price » of any field that has a price: each end of the name may be an attribute's. */
static void note_literal(struct making *making, str name, str literal)
{
    for (size_t from = 1; from < name.len; from++) {
        bool may_begin = name.ptr[from - 1] == '_';
        struct literals *compared = may_begin ? map_get(&making->attributes, str_slice(name, from, name.len)) : NULL;
        if (compared != NULL)
            add_literal(making->arena, compared, literal);
    }
}

/* « form_var_motif_price == "0" » */
static void note_compared(void *arg, str text)
{
    const str mark = STR("form_var_");
    for (size_t at = str_find(text, mark, 0); at < text.len; at = str_find(text, mark, at + 1)) {
        size_t from = at + mark.len, end = from;
        while (end < text.len && literal_is_of_name(text.ptr[end]))
            end++;
        str literal = literal_behind(text, end);
        if (literal.len > 0)
            note_literal(arg, str_slice(text, from, end), literal);
    }
}

/* ---- What is read of answers ---- */

static void note_read(struct making *making, struct map *reads, str path, str literal)
{
    struct read *read = map_get(reads, path);
    if (read == NULL) {
        read = arena_new_of(making->arena, struct read);
        read->path = path;
        map_set(reads, path, read);
    }
    add_literal(making->arena, &read->compared, literal);
}

static void note_text(void *arg, str text)
{
    struct making *making = arg;
    const str mark = STR("_response_");
    for (size_t at = str_find(text, mark, 0); at < text.len; at = str_find(text, mark, at + 1)) {
        size_t from = at + mark.len, end = from;
        while (end < text.len && (text.ptr[end] == '.' || literal_is_of_name(text.ptr[end])))
            end++;
        bool is_complaint = str_ends(str_slice(text, 0, at), STR("_error"));
        str path = str_slice(text, from, end);
        while (str_ends(path, STR(".")))
            path.len--;
        if (path.len > 0)
            note_read(making, is_complaint ? &making->complaints : &making->reads, path, literal_behind(text, end));
    }
}

/* ---- What is answered ---- */

enum { WEEK = 7 };

/* A value for a name that nothing is known of. */
static json_t *plain_value(struct arena *arena, str name, int number, int days)
{
    if (str_contains(name, STR("url")))
        return json_from_str(str_fmt(arena, "https://essai.invalid/%.*s/%d", STR_ARG(name), number));
    if (!str_contains(name, STR("date")))
        return json_integer(PLACES + number);
    int64_t day = date_to_days(datetime_local(instant_now()).date) + days;
    return json_from_str(str_fmt(arena, "%.*sT10:00:00", STR_ARG(date_iso(arena, date_from_days(day)))));
}

/* Each row has another of what its attributes are compared with; the last has none of it. */
static json_t *row(const struct making *making, int number)
{
    json_t *row = json_object();
    for (size_t i = 0; i < making->attributes.len; i++) {
        str name = making->attributes.entries[i].key;
        const struct literals *compared = making->attributes.entries[i].value;
        bool is_compared = number < ROWS && compared->len > 0;
        json_set(row, name,
                 is_compared ? json_from_str(compared->at[(size_t)(number - 1) % compared->len])
                             : plain_value(making->arena, name, number, WEEK + number));
    }
    json_set(row, STR("id"), json_from_str(str_fmt(making->arena, "%d", number)));
    json_set_str(row, STR("text"), str_fmt(making->arena, "Réponse %d", number));
    return row;
}

/* The value of what is read: as it is hoped for; another of those that it is compared with, a day that is past; none of
 * them. */
static json_t *value_of(struct arena *arena, const struct read *read, enum answer_kind kind)
{
    bool is_hoped = kind == ANSWER_HOPED;
    size_t nth = is_hoped ? 0 : kind == ANSWER_OTHER ? 1 : 2;
    if (read->compared.len > 0)
        return json_from_str(kind != ANSWER_STRANGE && nth < read->compared.len ? read->compared.at[nth]
                                                                                : STR("autre"));
    bool is_known = str_contains(read->path, STR("url")) || str_contains(read->path, STR("date"));
    return is_hoped || is_known ? plain_value(arena, read->path, 0, is_hoped ? WEEK : -1) : json_null();
}

static json_t *child_of(json_t *json, str step, bool holds_list)
{
    int64_t index;
    bool is_list = json_is_array(json) && str_to_int64(step, &index);
    json_t *child = is_list ? json_array_get(json, 0) : json_get(json, step);
    if (json_is_object(child) || json_is_array(child))
        return child;
    child = holds_list ? json_array() : json_object();
    if (is_list)
        json_array_insert_new(json, 0, child);
    else
        json_set(json, step, child);
    return child;
}

/* « results.0.uuid »: an object in a list in an object. */
static void put(json_t *json, str path, json_t *value)
{
    str step, rest = path;
    for (;;) {
        int64_t index;
        str head, next;
        str_cut(rest, '.', &step, &rest);
        if (rest.len == 0)
            break;
        str_cut(rest, '.', &head, &next);
        json = child_of(json, step, str_to_int64(head, &index));
    }
    if (json_is_array(json))
        json_array_append_new(json, value);
    else
        json_set(json, step, value);
}

static str good_answer(const struct making *making, enum answer_kind kind)
{
    json_t *body = json_keep(making->arena, json_object()), *rows = json_array();
    for (int number = 1; number <= ROWS; number++)
        json_array_append_new(rows, row(making, number));
    json_set(body, STR("data"), rows);
    for (size_t i = 0; i < making->reads.len; i++) {
        const struct read *read = making->reads.entries[i].value;
        if (!str_eq(read->path, STR("data")) && !str_starts(read->path, STR("data.")))
            put(body, read->path, value_of(making->arena, read, kind));
    }
    json_set(body, STR("err"), json_integer(0));
    return json_text(making->arena, body);
}

static str complaint(const struct making *making)
{
    json_t *body = json_keep(making->arena, json_object());
    json_set_str(body, STR("err_class"), STR("essai"));
    json_set_str(body, STR("err_desc"), STR("Refus joué par la répétition."));
    for (size_t i = 0; i < making->complaints.len; i++) {
        const struct read *read = making->complaints.entries[i].value;
        if (read->compared.len > 0)
            put(body, read->path, json_from_str(read->compared.at[0]));
    }
    json_set(body, STR("err"), json_integer(1));
    return json_text(making->arena, body);
}

void answers_make(struct arena *arena, const struct stage *stage, struct fetch_answer out[ANSWERS])
{
    const str type = STR("application/json");
    struct making making = {
        .arena = arena, .attributes = map_new(arena), .reads = map_new(arena), .complaints = map_new(arena)};
    const struct workflow_list *workflows = catalogue_workflows(stage->catalogue);
    note_forms(&making, stage);
    for (size_t i = 0; i < workflows->len; i++) {
        literal_each_text(workflow_document(workflows->at[i]), note_compared, &making);
        literal_each_text(workflow_document(workflows->at[i]), note_text, &making);
    }
    for (enum answer_kind kind = ANSWER_HOPED; kind <= ANSWER_STRANGE; kind++)
        out[kind] = (struct fetch_answer){.status = 200, .type = type, .body = good_answer(&making, kind)};
    out[ANSWER_ERROR] = (struct fetch_answer){.status = 200, .type = type, .body = complaint(&making)};
    out[ANSWER_REFUSAL] = (struct fetch_answer){.status = 404, .type = STR("text/plain"), .body = STR("Inconnu")};
    out[ANSWER_FAILURE] = (struct fetch_answer){.status = 500, .type = STR("text/plain"), .body = STR("En panne")};
    out[ANSWER_NONE] = (struct fetch_answer){0};
}
