/* What a name may be before there is a request: it is looked up in requests made up for it, in which its field was
 * answered each time otherwise. */
#include "lint/internal.h"

struct looking { /* for one name in one world */
    struct arena *arena;
    const struct world *world;
    struct dossier_place place;
    str path;
    struct value_list *examples;
};

static enum template_extent least(enum template_extent a, enum template_extent b)
{
    return a < b ? a : b;
}

static void add_example(struct looking *looking, const struct dossier *dossier)
{
    struct value scope = dossier_scope(&looking->place, looking->world->form, NULL, dossier);
    struct value value = value_lookup(looking->arena, scope, looking->path);
    if (value.kind != VALUE_UNDEFINED)
        value_list_add(looking->arena, looking->examples, value);
}

/* ---- Fields ---- */

/* How much the answers that are tried stand for; of types that are not here, for nothing. */
static enum template_extent extent_of(const struct looking *looking, const struct field *field)
{
    static const struct {
        const char *type;
        enum template_extent extent;
    } types[] = {{"bool", TEMPLATE_WHOLE},   {"date", TEMPLATE_NEAR},   {"email", TEMPLATE_NEAR},
                 {"numeric", TEMPLATE_NEAR}, {"string", TEMPLATE_NEAR}, {"text", TEMPLATE_NEAR}};
    struct choices choices;
    if (field->type != NULL && field_fixed_choices(field, looking->place.definitions->sources, &choices))
        return TEMPLATE_WHOLE;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(field->type_name, str_of(types[i].type)))
            return types[i].extent;
    return TEMPLATE_ANYTHING;
}

static void try_answer(struct looking *looking, const struct field *field, struct value value)
{
    struct dossier *dossier = arena_copy(looking->arena, looking->world->dossier, sizeof *dossier);
    struct form_context context = {
        .arena = looking->arena, .scope = looking->world->scope, .sources = looking->place.definitions->sources};
    dossier->answers = json_keep(looking->arena, json_object());
    field_set(field, &context, value, dossier->answers);
    if (field_has_answer(field, dossier->answers))
        add_example(looking, dossier);
}

/* Whatever the type, from the least to the greatest; it takes those that it can. */
static void try_answers(struct looking *looking, const struct field *field, struct value near)
{
    static const struct date first = {1, 1, 1}, last = {9999, 12, 31};
    const struct value values[] = {near,
                                   value_bool(false),
                                   value_bool(true),
                                   value_int(-1000000000),
                                   value_int(1000000000),
                                   value_date(first),
                                   value_date(last),
                                   value_text(STR("!")),
                                   value_text(STR("\U0010FFFF"))};
    struct choices choices = {0};
    bool has_choices = field_fixed_choices(field, looking->place.definitions->sources, &choices);
    if (near.kind != VALUE_UNDEFINED)
        add_example(looking, looking->world->dossier);
    for (size_t i = 0; i < choices.len; i++)
        try_answer(looking, field, value_text(choices.at[i].id));
    for (size_t i = 0; !has_choices && i < sizeof values / sizeof *values; i++)
        if (values[i].kind != VALUE_UNDEFINED)
            try_answer(looking, field, values[i]);
}

/* The varname that the name begins with, the longest that is known, and what stands behind it: « raw ». */
static str varname_of(const struct field_list *const *lists, str name, str *rest)
{
    str found = STR_EMPTY;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; lists[k] != NULL && i < lists[k]->len; i++) {
            str varname = lists[k]->at[i].varname;
            bool begins = varname.len > found.len && str_starts(name, varname) &&
                          (name.len == varname.len || name.ptr[varname.len] == '_' || name.ptr[varname.len] == '.');
            if (begins)
                found = varname;
        }
    *rest = str_slice(name, found.len + (name.len > found.len), name.len);
    return found;
}

/* Of several fields with one name, any may be the one that was answered. */
static enum template_extent of_field(struct looking *looking, str name, struct value near)
{
    const struct world *world = looking->world;
    const struct field_list *lists[] = {world->form != NULL ? &world->form->fields : NULL,
                                        workflow_backoffice_fields(world->workflow)};
    enum template_extent extent = TEMPLATE_WHOLE;
    str rest, varname = varname_of(lists, name, &rest);
    if (varname.len == 0)
        return world->form != NULL ? TEMPLATE_WHOLE : TEMPLATE_ANYTHING; /* never anything, in this form */
    if (rest.len > 0 && !str_eq(rest, STR("raw")))
        return TEMPLATE_ANYTHING;
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; lists[k] != NULL && i < lists[k]->len; i++) {
            const struct field *field = &lists[k]->at[i];
            if (!str_eq(field->varname, varname))
                continue;
            extent = least(extent, extent_of(looking, field));
            if (extent != TEMPLATE_ANYTHING)
                try_answers(looking, field, near);
        }
    return extent;
}

/* ---- Others ---- */

static enum template_extent of_status(struct looking *looking)
{
    for (size_t i = 0; i < workflow_status_count(looking->world->workflow); i++) {
        struct dossier *dossier = arena_copy(looking->arena, looking->world->dossier, sizeof *dossier);
        dossier->status = workflow_status_at(looking->world->workflow, i)->id;
        add_example(looking, dossier);
    }
    return TEMPLATE_WHOLE;
}

/* Moments: never the same, always of a kind. */
static bool is_moment(str path)
{
    static const char *const moments[] = {"now", "today", "form_receipt_datetime", "form_last_update_datetime"};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        if (str_eq(path, str_of(moments[i])))
            return true;
    return false;
}

static enum template_extent of_moment(struct looking *looking, struct value near)
{
    struct value plain = value_plain(looking->arena, near);
    value_list_add(looking->arena, looking->examples, value_date((struct date){1, 1, 1}));
    value_list_add(looking->arena, looking->examples, value_date((struct date){9999, 12, 31}));
    if (plain.kind == VALUE_DATE || plain.kind == VALUE_DATETIME)
        value_list_add(looking->arena, looking->examples, plain);
    return TEMPLATE_NEAR;
}

static enum template_extent in_world(struct looking *looking, struct value near)
{
    str var = behind(looking->path, "form_var");
    if (var.len > 0)
        return of_field(looking, var, near);
    if (str_eq(looking->path, STR("form_status")))
        return of_status(looking);
    return is_moment(looking->path) ? of_moment(looking, near) : TEMPLATE_ANYTHING;
}

enum template_extent values_of(const void *data, struct arena *arena, str path, struct value near,
                               struct value_list *examples)
{
    const struct knowing *knowing = data;
    bool is_of_request = knowing->linting->form != NULL || knowing->linting->workflow != NULL;
    enum template_extent extent = is_of_request ? TEMPLATE_WHOLE : TEMPLATE_ANYTHING;
    for (size_t i = 0; extent != TEMPLATE_ANYTHING && i < knowing->names->worlds.len; i++) {
        struct looking looking = {.arena = arena,
                                  .world = &knowing->names->worlds.at[i],
                                  .place = *knowing->names->place->dossiers,
                                  .path = path,
                                  .examples = examples};
        looking.place.arena = arena;
        if (world_is_read(knowing->linting, looking.world, knowing->any_form))
            extent = least(extent, in_world(&looking, near));
    }
    return examples->len > 0 ? extent : TEMPLATE_ANYTHING;
}
