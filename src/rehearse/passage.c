/* A way through the workflow to a status, from its first one, and settings under which its conditions hold. The
 * conditions are looked at as the engine will meet them: behind the data of the treatment that the actions before them
 * set. What depends on what comes later (answers of servers, of agents) is left to the playing. */
#include "rehearse/circuit.h"

enum { STEPS_MOST = 120, COST_CONDITION = 3, COST_FAILURE = 2, COST_TRIED = 12, COST_MOST = 1 << 20 };

/* ---- The way ---- */

static int cost_of(struct seeking *seeking, const struct way *way)
{
    const int *taken = map_get(&seeking->taken, (str){(const char *)&way, sizeof way});
    int cost = 1 + (taken != NULL ? *taken * COST_TRIED : 0);
    if (way->action != NULL && way_condition(way->action, NULL).len > 0)
        cost += COST_CONDITION;
    return cost + (way->taken == WAY_RUN && !str_eq(str_of(way->key), STR("status")) ? COST_FAILURE : 0);
}

static void note_taken(struct seeking *seeking, const struct way *way)
{
    const struct way **key = arena_copy(seeking->arena, &way, sizeof(const struct way *));
    int *taken = map_get(&seeking->taken, (str){(const char *)key, sizeof way});
    if (taken == NULL) {
        taken = arena_new_of(seeking->arena, int);
        map_set(&seeking->taken, (str){(const char *)key, sizeof way}, taken);
    }
    ++*taken;
}

/* A global action is there from the first status on. */
static size_t start_of(const struct way *way)
{
    return way->from < 0 ? 0 : (size_t)way->from;
}

/* Bellman and Ford's: there are few statuses. last: by which way each is come to for the least. */
static void find_costs(struct seeking *seeking, int *costs, const struct way **last, size_t count)
{
    const struct ways *ways = &seeking->proving->ways;
    for (size_t i = 0; i < count; i++)
        costs[i] = i == 0 ? 0 : COST_MOST;
    for (bool changes = true; changes;) {
        changes = false;
        for (size_t i = 0; i < ways->len; i++) {
            const struct way *way = &ways->at[i];
            int cost = costs[start_of(way)] + cost_of(seeking, way);
            if (cost >= costs[way->to] || cost >= COST_MOST || prove_why_not(seeking->proving, way).len > 0)
                continue;
            costs[way->to] = cost;
            last[way->to] = way;
            changes = true;
        }
    }
}

bool passage_find(struct seeking *seeking, int status, struct passage *out)
{
    struct arena *arena = seeking->arena;
    size_t count = workflow_status_count(seeking->proving->workflow), length = 0;
    int *costs = arena_array_of(arena, int, count);
    const struct way **last = arena_array_of(arena, const struct way *, count);
    find_costs(seeking, costs, last, count);
    if (status == 0 || costs[status] >= COST_MOST)
        return false;
    for (size_t at = (size_t)status; at != 0; at = start_of(last[at]))
        length++;
    out->ways.len = 0;
    for (size_t i = 0; i < length; i++)
        *vec_push(arena, &out->ways) = NULL;
    for (size_t at = (size_t)status; at != 0; at = start_of(last[at])) {
        out->ways.at[--length] = last[at];
        note_taken(seeking, last[at]);
    }
    return true;
}

/* ---- What it wants ---- */

struct want {
    const struct template *condition;
    bool is_met;
};
struct wants VEC_OF(struct want);

/* The request as it would be, with the settings as they are. */
struct supposing {
    struct seeking *seeking;
    struct arena *arena;
    struct place place;
    struct form form;
    struct dossier dossier;
    struct form_context context;
    struct render render;
    struct wants *wants;
};

static void suppose(struct supposing *supposing, struct seeking *seeking, struct arena *arena, struct wants *wants)
{
    const struct workflow *workflow = seeking->proving->workflow;
    *supposing = (struct supposing){.seeking = seeking, .arena = arena, .wants = wants, .form = *seeking->form};
    stage_place(seeking->stage, arena, &supposing->place);
    json_t *variables = json_keep(arena, json_copy((json_t *)(uintptr_t)supposing->place.dossiers.variables));
    if (variables == NULL)
        variables = json_keep(arena, json_object());
    json_object_update(variables, dials_json(arena, seeking->dials, DIAL_VARIABLE));
    supposing->place.dossiers.variables = variables;
    supposing->form.options = dials_json(arena, seeking->dials, DIAL_OPTION);
    supposing->dossier = (struct dossier){.form = supposing->form.key,
                                          .form_version = supposing->form.version,
                                          .workflow = workflow_slug(workflow),
                                          .workflow_version = workflow_version(workflow),
                                          .answers = json_keep(arena, json_object()),
                                          .data = json_keep(arena, json_object()),
                                          .marks = json_keep(arena, json_object())};
    struct value scope = dossier_scope(&supposing->place.dossiers, &supposing->form, NULL, &supposing->dossier);
    struct value site = dossier_site_scope(&supposing->place.dossiers);
    supposing->render =
        (struct render){.arena = arena, .scope = scope, .site = site, .lang = STR("fr"), .now = instant_now()};
    supposing->context = (struct form_context){
        .arena = arena, .scope = scope, .site = site, .sources = &supposing->place.sources, .now = instant_now()};
}

static void answer(struct supposing *supposing)
{
    struct wishes wishes = {0};
    dials_wishes(supposing->arena, supposing->seeking->dials, &wishes);
    for (size_t i = 0; i < wishes.len; i++) {
        const struct field *field = field_by_id(&supposing->form.fields, wishes.at[i].field);
        if (field != NULL && wishes.at[i].value.len > 0)
            field_set(field, &supposing->context, value_text(wishes.at[i].value), supposing->dossier.answers);
    }
}

static const struct template *text_of(struct seeking *seeking, str source)
{
    struct template *known = map_get(&seeking->texts, source);
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("texte")};
    if (known == NULL && (known = template_compile(seeking->arena, source, &settings, NULL)) != NULL)
        map_set(&seeking->texts, source, known);
    return known;
}

static bool action_runs(struct supposing *supposing, const json_t *action)
{
    const struct template *condition = prove_condition(supposing->seeking->proving, action);
    return way_condition(action, NULL).len == 0 || (condition != NULL && template_holds(condition, &supposing->render));
}

static void set_data(struct supposing *supposing, const json_t *action)
{
    const struct field_list *data = workflow_backoffice_fields(supposing->seeking->proving->workflow);
    const json_t *list = json_list(action, "fields");
    if (data == NULL || !str_eq(json_str(action, "type"), STR("set-backoffice-fields")) ||
        !action_runs(supposing, action))
        return;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const struct field *field = field_by_id(data, json_str(json_array_get(list, i), "field_id"));
        const struct template *text = text_of(supposing->seeking, json_str(json_array_get(list, i), "value"));
        if (field != NULL && text != NULL)
            field_set(field, &supposing->context, template_value(text, &supposing->render), supposing->dossier.answers);
    }
}

static void want(struct supposing *supposing, const json_t *action, bool is_wanted)
{
    const struct template *condition = prove_condition(supposing->seeking->proving, action);
    if (condition != NULL)
        *vec_push(supposing->arena, supposing->wants) =
            (struct want){condition, template_holds(condition, &supposing->render) == is_wanted};
}

/* What it waits for must be a duration. */
static void want_duration(struct supposing *supposing, const json_t *action)
{
    int64_t seconds;
    str source = json_str(action, "timeout");
    const struct template *text = source.len == 0 ? NULL : text_of(supposing->seeking, source);
    if (text != NULL)
        *vec_push(supposing->arena, supposing->wants) =
            (struct want){text, workflow_duration(template_text(text, &supposing->render), &seconds)};
}

/* All of the status up to the action: what is pressed or waited for comes behind all of its actions. */
static void suppose_way(struct supposing *supposing, const struct way *way)
{
    const json_t *actions = json_list(way->place, "actions");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const json_t *action = json_array_get(actions, i);
        bool is_it = i == way->index && way->action != NULL;
        if (is_it && way->taken == WAY_RUN)
            break;
        set_data(supposing, action);
        if (!is_it && jump_is_immediate(supposing->seeking->proving->workflow, action))
            want(supposing, action, false);
    }
    if (way->action == NULL)
        return;
    want(supposing, way->action, true);
    if (way->taken == WAY_WAITED)
        want_duration(supposing, way->action);
}

static void suppose_passage(struct seeking *seeking, struct arena *arena, const struct passage *passage,
                            struct wants *wants)
{
    struct supposing supposing;
    suppose(&supposing, seeking, arena, wants);
    answer(&supposing);
    for (size_t i = 0; i < passage->ways.len; i++)
        suppose_way(&supposing, passage->ways.at[i]);
}

/* ---- Settling ---- */

static void add_setters(struct seeking *seeking, const json_t *action)
{
    const struct field_list *data = workflow_backoffice_fields(seeking->proving->workflow);
    const json_t *list = json_list(action, "fields");
    if (data == NULL || !str_eq(json_str(action, "type"), STR("set-backoffice-fields")))
        return;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *set = json_array_get(list, i);
        const struct field *field = field_by_id(data, json_str(set, "field_id"));
        if (field != NULL && field->varname.len > 0)
            *vec_push(seeking->arena, &seeking->setters) =
                (struct setter){field->varname, text_of(seeking, json_str(set, "value")), action};
    }
}

void passage_begin(struct seeking *seeking)
{
    const json_t *statuses = json_list(workflow_document(seeking->proving->workflow), "statuses");
    seeking->taken = map_new(seeking->arena);
    seeking->texts = map_new(seeking->arena);
    for (size_t i = 0; i < json_array_size(statuses); i++) {
        const json_t *actions = json_list(json_array_get(statuses, i), "actions");
        for (size_t j = 0; j < json_array_size(actions); j++)
            add_setters(seeking, json_array_get(actions, j));
    }
}

static bool reads_dial(str path, const struct dial *dial)
{
    static const str starts[] = {STR_INIT("form_option_"), STR_INIT(""), STR_INIT("form_var_")};
    return str_starts(path, starts[dial->kind]) &&
           str_starts(str_slice(path, starts[dial->kind].len, path.len), dial->name);
}

enum { DEEP_MOST = 3 };

static void mark_dials(struct seeking *seeking, const struct template *text, bool *marked, int deep);

/* The texts that set a datum of the treatment which is read. */
static void mark_by_data(struct seeking *seeking, str path, bool *marked, int deep)
{
    const str read = STR("form_var_");
    str name = str_starts(path, read) ? str_slice(path, read.len, path.len) : STR_EMPTY;
    for (size_t i = 0; i < seeking->setters.len; i++) {
        const struct setter *setter = &seeking->setters.at[i];
        if (!str_starts(name, setter->varname))
            continue;
        mark_dials(seeking, setter->text, marked, deep);
        mark_dials(seeking, prove_condition(seeking->proving, setter->action), marked, deep);
    }
}

static void mark_dials(struct seeking *seeking, const struct template *text, bool *marked, int deep)
{
    struct template_names names = text == NULL ? (struct template_names){0} : template_names(text);
    for (size_t i = 0; i < names.len; i++) {
        for (size_t d = 0; d < seeking->dials->len; d++)
            marked[d] = marked[d] || reads_dial(names.at[i].path, &seeking->dials->at[d]);
        if (deep < DEEP_MOST)
            mark_by_data(seeking, names.at[i].path, marked, deep + 1);
    }
}

static bool is_decided(struct seeking *seeking, const struct template *condition, bool *marked)
{
    bool any = false;
    for (size_t d = 0; d < seeking->dials->len; d++)
        marked[d] = false;
    mark_dials(seeking, condition, marked, 0);
    for (size_t d = 0; d < seeking->dials->len; d++)
        any = any || marked[d];
    return any;
}

static size_t draw(struct seeking *seeking, size_t most)
{
    struct filler filler = {.seed = seeking->seed++};
    return filler_draw(&filler, STR("passage"), most);
}

/* How many do not hold of those that dials decide; *one (may be NULL): one of them, drawn. */
static size_t count_missed(struct seeking *seeking, const struct passage *passage, const struct template **one)
{
    struct arena *arena = arena_new();
    struct wants wants = {0};
    size_t missed = 0;
    bool *marked = arena_array_of(arena, bool, seeking->dials->len);
    suppose_passage(seeking, arena, passage, &wants);
    for (size_t i = 0; i < wants.len; i++) {
        if (wants.at[i].is_met || (one != NULL && !is_decided(seeking, wants.at[i].condition, marked)))
            continue;
        missed++;
        if (one != NULL && draw(seeking, missed) == 0)
            *one = wants.at[i].condition;
    }
    arena_free(arena);
    return missed;
}

/* The best value of the dials that it reads; now and then one that is drawn. */
static void turn_one(struct seeking *seeking, const struct passage *passage, const struct template *condition)
{
    bool *marked = arena_array_of(seeking->arena, bool, seeking->dials->len);
    size_t best = SIZE_MAX, best_dial = SIZE_MAX, best_at = 0;
    bool at_random = draw(seeking, 5) == 0;
    is_decided(seeking, condition, marked);
    for (size_t d = 0; d < seeking->dials->len; d++) {
        struct dial *dial = &seeking->dials->at[d];
        size_t before = dial->at, most = dial->values.len + (dial->kind != DIAL_OPTION);
        for (size_t at = 0; marked[d] && at < most; at++) {
            dial->at = at;
            size_t missed = at_random ? draw(seeking, 1000) : count_missed(seeking, passage, NULL);
            if (at != before && (missed < best || (missed == best && draw(seeking, 3) == 0))) {
                best = missed;
                best_dial = d;
                best_at = at;
            }
        }
        dial->at = before;
    }
    if (best_dial != SIZE_MAX)
        seeking->dials->at[best_dial].at = best_at;
}

size_t passage_settle(struct seeking *seeking, const struct passage *passage)
{
    size_t missed = 0;
    for (int step = 0; step < STEPS_MOST; step++) {
        const struct template *one = NULL;
        missed = count_missed(seeking, passage, &one);
        if (missed == 0)
            return 0;
        turn_one(seeking, passage, one);
    }
    return missed;
}
