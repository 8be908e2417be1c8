/* Which answers bring a field or a page on the screen: its condition, and those of the fields that it reads, are
 * compiled already; answers are changed one at a time, each time the one that makes the most of them hold (as WalkSAT
 * does), until all hold. */
#include "rehearse/internal.h"

enum { STEPS_MOST = 250, GOALS_MOST = 40, CANDIDATES_MOST = 40 };

/* ---- Which fields are read ---- */

const struct field *field_read_by(const struct form *form, str path)
{
    static const str starts[] = {STR_INIT("form_var_"), STR_INIT("form_f")};
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        if (!str_starts(path, starts[s]))
            continue;
        str name = str_slice(path, starts[s].len, path.len), rest;
        str_cut(name, '.', &name, &rest);
        for (size_t end = name.len; end > 0; end--) {
            if (end < name.len && name.ptr[end] != '_')
                continue;
            str called = str_slice(name, 0, end);
            const struct field *field =
                s == 0 ? field_by_varname(&form->fields, called) : field_by_id(&form->fields, called);
            if (field != NULL)
                return field;
        }
    }
    return NULL;
}

bool form_reads(const struct form *form, const struct template *template, const struct field *field)
{
    struct template_names names = template == NULL ? (struct template_names){0} : template_names(template);
    for (size_t i = 0; i < names.len; i++)
        if (field_read_by(form, names.at[i].path) == field)
            return true;
    return false;
}

/* ---- What might be answered ---- */

static void add_once(struct arena *arena, struct str_list_of *list, str text)
{
    for (size_t i = 0; i < list->len; i++)
        if (str_eq(list->at[i], text))
            return;
    if (list->len < CANDIDATES_MOST)
        *vec_push(arena, list) = text;
}

/* The texts and numbers that a condition names, and what stands right beside the numbers. */
static void add_literals(struct arena *arena, str source, struct str_list_of *out)
{
    for (size_t i = 0; i < source.len; i++) {
        char c = source.ptr[i];
        size_t end = i + 1;
        int64_t number;
        if (c == '"' || c == '\'') {
            while (end < source.len && source.ptr[end] != c)
                end++;
            add_once(arena, out, str_slice(source, i + 1, end));
            i = end;
        } else if (c >= '0' && c <= '9' && (i == 0 || source.ptr[i - 1] == ' ' || source.ptr[i - 1] == '=')) {
            while (end < source.len && source.ptr[end] >= '0' && source.ptr[end] <= '9')
                end++;
            if (str_to_int64(str_slice(source, i, end), &number))
                for (int64_t n = number - 1; n <= number + 1; n++)
                    add_once(arena, out, str_fmt(arena, "%lld", (long long)n));
            i = end;
        }
    }
}

/* What a name of the site stands for, whole and in its parts: « 69120,69200 ». */
static void add_variable(struct form_run *run, str path, struct str_list_of *out)
{
    struct arena *arena = arena_new();
    struct place place;
    stage_place(run->stage, arena, &place);
    struct value value = value_lookup(arena, dossier_site_scope(&place.dossiers), path);
    str text = str_dup(run->arena, value_to_text(arena, value_plain(arena, value), STR("fr")));
    arena_free(arena);
    for (str part, rest = text; str_next(&rest, ',', &part);)
        if (str_trim(part).len > 0)
            add_once(run->arena, out, str_trim(part));
}

/* A condition that reads the field: what it names besides. */
static void add_compared_in(struct form_run *run, const struct field *field, const struct template *condition,
                            const json_t *json, struct str_list_of *out)
{
    if (condition == NULL || !form_reads(run->form, condition, field))
        return;
    struct template_names names = template_names(condition);
    add_literals(run->arena, json_is_object(json) ? json_str(json, "value") : json_str_of(json), out);
    for (size_t i = 0; i < names.len; i++)
        if (!str_starts(names.at[i].path, STR("form_")))
            add_variable(run, names.at[i].path, out);
}

/* What conditions compare the field with: of the fields, and what pages are left by. */
static void add_compared(struct form_run *run, const struct field *field, struct str_list_of *out)
{
    const struct form *form = run->form;
    for (size_t i = 0; i < form->fields.len; i++)
        add_compared_in(run, field, form->fields.at[i].condition, json_object_get(form->fields.at[i].json, "condition"),
                        out);
    for (size_t i = 0; i < form->page_count; i++) {
        const struct field *page = field_by_id(&form->fields, form->pages[i].id);
        const json_t *list = page == NULL ? NULL : json_list(page->json, "post_conditions");
        for (size_t j = 0; j < form->pages[i].post_conditions.len; j++)
            add_compared_in(run, field, form->pages[i].post_conditions.at[j].condition,
                            json_object_get(json_array_get(list, j), "condition"), out);
        const json_t *stops = page == NULL ? NULL : json_list(page->json, "stops");
        for (size_t j = 0; j < form->pages[i].stops.len; j++)
            add_compared_in(run, field, form->pages[i].stops.at[j].condition,
                            json_object_get(json_array_get(stops, j), "condition"), out);
    }
}

/* Days around today; those that a condition counts too. */
static void add_dates(struct arena *arena, const struct str_list_of *compared, struct str_list_of *out)
{
    static const int days[] = {-31, 31, -1, 0, 1, 400, -400, -6600, -14600, 100};
    int64_t today = date_to_days(datetime_local(instant_now()).date), counted;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        add_once(arena, out, date_iso(arena, date_from_days(today + days[i])));
    for (size_t i = 0; i < compared->len; i++)
        if (str_to_int64(compared->at[i], &counted) && counted > 0 && counted < 40000) {
            add_once(arena, out, date_iso(arena, date_from_days(today + counted)));
            add_once(arena, out, date_iso(arena, date_from_days(today - counted)));
        }
}

static void add_fixed_choices(struct form_run *run, const struct field *field, struct str_list_of *out)
{
    struct arena *arena = arena_new();
    struct place place;
    struct choices fixed = {0};
    stage_place(run->stage, arena, &place);
    if (field->type != NULL && field_fixed_choices(field, &place.sources, &fixed))
        for (size_t i = 0; i < fixed.len; i++)
            add_once(run->arena, out, str_dup(run->arena, fixed.at[i].id));
    arena_free(arena);
}

static struct str_list_of find_candidates(struct form_run *run, const struct field *field,
                                          const struct seen_choices *seen)
{
    struct str_list_of out = {0}, compared = {0};
    for (size_t i = 0; seen != NULL && i < seen->len; i++)
        add_once(run->arena, &out, seen->at[i].field);
    if (seen == NULL)
        add_fixed_choices(run, field, &out);
    if (str_eq(field->type_name, STR("bool")))
        add_once(run->arena, &out, STR("oui"));
    if (out.len == 0)
        add_compared(run, field, &compared);
    if (str_eq(field->type_name, STR("date")))
        add_dates(run->arena, &compared, &out);
    else if (out.len == 0)
        out = compared;
    bool may_be_none = field->required == FIELD_OPTIONAL || str_eq(field->type_name, STR("computed"));
    if (may_be_none || out.len == 0)
        add_once(run->arena, &out, STR_EMPTY);
    return out;
}

/* Found once, and again when more choices of the field were seen. */
struct str_list_of candidates_of(struct form_run *run, const struct field *field)
{
    struct found {
        size_t seen;
        struct str_list_of list;
    };
    const struct seen_choices *seen = map_get(&run->choices, field->id);
    struct found *found = map_get(&run->candidates, field->id);
    if (found == NULL || found->seen != (seen == NULL ? 0 : seen->len)) {
        found = arena_new_of(run->arena, struct found);
        *found = (struct found){seen == NULL ? 0 : seen->len, find_candidates(run, field, seen)};
        map_set(&run->candidates, field->id, found);
    }
    return found->list;
}

/* ---- Goals ---- */

struct goal {
    const struct field *field; /* NULL: the page */
    size_t page;
    const struct template *condition; /* what it comes to; NULL: it always holds */
    bool is_post;                     /* a post-condition of the page */
    bool is_stop;                     /* one that must not hold */
};
struct solving {
    struct form_run *run;
    struct arena *arena;
    struct form_context context;
    json_t *answers;
    struct VEC_OF(struct goal) goals;
    struct wishes *wishes;
    size_t fixed; /* so many wishes were there before: they stay */
    uint64_t seed;
};

static size_t page_of(const struct form *form, const struct field *field)
{
    for (size_t i = 0; i < form->page_count; i++)
        if (field >= form->pages[i].fields.at && field < form->pages[i].fields.at + form->pages[i].fields.len)
            return i;
    for (size_t i = 0; i < form->page_count; i++)
        if (field_by_id(&form->pages[i].fields, field->id) != NULL)
            return i;
    return 0;
}

static void add_goals_of(struct solving *solving, const struct template *condition);

static void add_goal(struct solving *solving, struct goal goal)
{
    for (size_t i = 0; i < solving->goals.len; i++) {
        const struct goal *other = &solving->goals.at[i];
        if (other->field == goal.field && other->page == goal.page && other->condition == goal.condition)
            return;
    }
    if (solving->goals.len >= GOALS_MOST)
        return;
    *vec_push(solving->arena, &solving->goals) = goal;
    add_goals_of(solving, goal.condition);
}

static void show_page(struct solving *solving, size_t page)
{
    add_goal(solving, (struct goal){.page = page, .condition = solving->run->form->pages[page].condition});
}

static void show_field(struct solving *solving, const struct field *field)
{
    size_t page = page_of(solving->run->form, field);
    add_goal(solving, (struct goal){.field = field, .page = page, .condition = field->condition});
    show_page(solving, page);
}

static void leave_page(struct solving *solving, size_t page)
{
    const struct form_page *left = &solving->run->form->pages[page];
    for (size_t i = 0; i < left->post_conditions.len; i++)
        add_goal(solving,
                 (struct goal){.page = page, .condition = left->post_conditions.at[i].condition, .is_post = true});
    for (size_t i = 0; i < left->stops.len; i++)
        add_goal(solving, (struct goal){.page = page, .condition = left->stops.at[i].condition, .is_stop = true});
}

/* What a condition reads must be shown too. */
static void add_goals_of(struct solving *solving, const struct template *condition)
{
    struct template_names names = condition == NULL ? (struct template_names){0} : template_names(condition);
    for (size_t i = 0; i < names.len; i++) {
        const struct field *field = field_read_by(solving->run->form, names.at[i].path);
        if (field != NULL && field->type != NULL && !str_eq(field->type_name, STR("computed")))
            show_field(solving, field);
    }
}

static bool holds(const struct solving *solving, const struct goal *goal)
{
    const struct form_context *context = &solving->context;
    if (goal->condition == NULL)
        return true;
    if (goal->field != NULL)
        return field_is_visible(goal->field, context);
    if (!goal->is_post && !goal->is_stop)
        return form_page_is_visible(solving->run->form, goal->page, context);
    struct render render = {.arena = context->arena,
                            .scope = context->scope,
                            .site = context->site,
                            .lang = STR("fr"),
                            .now = context->now};
    return template_holds(goal->condition, &render) != goal->is_stop;
}

static size_t missed(const struct solving *solving)
{
    size_t count = 0;
    for (size_t i = 0; i < solving->goals.len; i++)
        count += !holds(solving, &solving->goals.at[i]);
    return count;
}

/* ---- Trying ---- */

static void set(struct solving *solving, const struct field *field, str value)
{
    struct arena *arena = solving->arena;
    if (value.len == 0) {
        field_remove(field, solving->answers);
    } else if (str_eq(field->type_name, STR("items"))) {
        struct value_list *list = value_list_new(arena);
        value_list_add(arena, list, value_text(value));
        field_set(field, &solving->context, value_list(list), solving->answers);
    } else {
        field_set(field, &solving->context, value_text(value), solving->answers);
    }
    form_page_open(solving->run->form, solving->run->form->page_count - 1, &solving->context, solving->answers);
}

static size_t draw(struct solving *solving, size_t most)
{
    struct filler filler = {.seed = solving->seed++};
    return filler_draw(&filler, STR("solve"), most);
}

static void wish(struct solving *solving, const struct field *field, str value)
{
    for (size_t i = 0; i < solving->wishes->len; i++)
        if (str_eq(solving->wishes->at[i].field, field->id)) {
            solving->wishes->at[i].value = value;
            return;
        }
    *vec_push(solving->run->arena, solving->wishes) = (struct wish){field->id, value};
}

static bool is_fixed(const struct solving *solving, const struct field *field)
{
    for (size_t i = 0; i < solving->fixed; i++)
        if (str_eq(solving->wishes->at[i].field, field->id))
            return true;
    return false;
}

struct change_of {
    const struct field *field;
    str value;
    size_t missed;
};

/* The best value of one field; the field is left with it. */
static void try_field(struct solving *solving, const struct field *field, struct change_of *best)
{
    json_t *before = json_keep(solving->arena, json_deep_copy(solving->answers));
    struct str_list_of candidates = candidates_of(solving->run, field);
    for (size_t i = 0; i < candidates.len; i++) {
        set(solving, field, candidates.at[i]);
        size_t left = missed(solving);
        if (left < best->missed || (left == best->missed && draw(solving, 3) == 0))
            *best = (struct change_of){field, candidates.at[i], left};
        json_object_clear(solving->answers);
        json_object_update(solving->answers, before);
    }
}

/* One change for a goal that does not hold. False: nothing that it reads can be changed. */
static bool change_one(struct solving *solving, const struct goal *goal)
{
    const struct form *form = solving->run->form;
    struct template_names names = template_names(goal->condition);
    struct change_of best = {.missed = SIZE_MAX};
    bool at_random = draw(solving, 5) == 0;
    for (size_t i = 0; i < names.len; i++) {
        const struct field *field = field_read_by(form, names.at[i].path);
        if (field == NULL || field->type == NULL || is_fixed(solving, field))
            continue;
        if (at_random && draw(solving, names.len) == 0) {
            struct str_list_of candidates = candidates_of(solving->run, field);
            best = (struct change_of){field, candidates.at[draw(solving, candidates.len)], 0};
            break;
        }
        try_field(solving, field, &best);
    }
    if (best.field == NULL)
        return false;
    set(solving, best.field, best.value);
    wish(solving, best.field, best.value);
    return true;
}

static bool search(struct solving *solving)
{
    for (int step = 0; step < STEPS_MOST && !run_is_over(solving->run); step++) {
        size_t wrong = missed(solving), nth = wrong == 0 ? 0 : draw(solving, wrong);
        if (wrong == 0)
            return true;
        for (size_t i = 0; i < solving->goals.len; i++) {
            if (holds(solving, &solving->goals.at[i]) || nth-- > 0)
                continue;
            if (!change_one(solving, &solving->goals.at[i]))
                return false;
            break;
        }
    }
    return false;
}

static void aim_at(struct solving *solving, const struct aim *aim)
{
    if (aim->field != NULL)
        show_field(solving, aim->field);
    else if (aim->to_leave)
        leave_page(solving, (size_t)(aim->page - solving->run->form->pages));
    else
        show_page(solving, (size_t)(aim->page - solving->run->form->pages));
}

bool solve(struct form_run *run, const struct aim *aim, const json_t *known, uint64_t seed, struct wishes *wishes)
{
    struct arena *arena = arena_new();
    struct place place;
    stage_place(run->stage, arena, &place);
    json_t *answers = json_keep(arena, known != NULL ? json_deep_copy(known) : json_object());
    struct solving solving = {
        .run = run, .arena = arena, .answers = answers, .wishes = wishes, .fixed = aim->fixed, .seed = seed};
    solving.context = (struct form_context){.arena = arena,
                                            .sources = &place.sources,
                                            .now = instant_now(),
                                            .scope = dossier_scope(&place.dossiers, run->form, answers, NULL),
                                            .site = dossier_site_scope(&place.dossiers)};
    for (size_t i = 0; i < wishes->len; i++) {
        const struct field *wished = field_by_id(&run->form->fields, wishes->at[i].field);
        if (wished != NULL && wished->type != NULL)
            set(&solving, wished, wishes->at[i].value);
    }
    aim_at(&solving, aim);
    bool ok = search(&solving);
    arena_free(arena);
    return ok;
}
