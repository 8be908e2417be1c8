/* A form for a workflow, made for the rehearsal: it asks whatever the workflow's texts read of answers, in plain texts,
 * so that any answer may be given. Rows, files and places are asked as some form of the site asks them. */
#include "rehearse/circuit.h"

#define READ STR("form_var_")

struct making {
    struct arena *arena;
    const struct stage *stage;
    const struct workflow *workflow;
    json_t *fields;
    struct map known; /* varname → itself */
};

/* The beginnings that w.c.s. cuts a name at: « rdv_places » of a field « rdv ». */
static const struct field *field_called(const struct field_list *fields, str name)
{
    for (size_t end = name.len; fields != NULL && end > 0; end--) {
        const struct field *field =
            end == name.len || name.ptr[end] == '_' ? field_by_varname(fields, str_slice(name, 0, end)) : NULL;
        if (field != NULL)
            return field;
    }
    return NULL;
}

static bool is_rich(const struct field *field)
{
    static const char *const types[] = {"block", "file", "map", "ranked-items", "time-range"};
    for (size_t k = 0; field != NULL && k < sizeof types / sizeof *types; k++)
        if (str_eq(field->type_name, str_of(types[k])))
            return true;
    return false;
}

/* One that holds more than a text, as a form or a card with this workflow asks it; NULL: none does. */
static const struct field *rich_field(const struct making *making, str name)
{
    struct catalogue *catalogue = making->stage->catalogue;
    const struct catalogue_forms *lists[] = {catalogue_forms(catalogue), catalogue_cards(catalogue)};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->len; i++) {
            const struct form *form = lists[k]->at[i];
            bool is_of_it = catalogue_workflow_of(catalogue, form) == making->workflow;
            const struct field *field = is_of_it ? field_called(&form->fields, name) : NULL;
            if (is_rich(field))
                return field;
        }
    return NULL;
}

/* « age_raw.x » is of « age ». */
static str without_ends(str name)
{
    static const str ends[] = {STR_INIT("_raw"), STR_INIT("_display")};
    str rest;
    str_cut(name, '.', &name, &rest);
    size_t parts = str_find(name, STR("_structured"), 0);
    name = str_slice(name, 0, parts);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (str_ends(name, ends[i]))
            name.len -= ends[i].len;
    return name;
}

static void add_field(struct making *making, json_t *field, str varname)
{
    map_set(&making->known, varname, making);
    json_set_str(field, STR("id"), str_fmt(making->arena, "%zu", json_array_size(making->fields) + 1));
    json_set_str(field, STR("required"), STR("optional"));
    json_set_str(field, STR("varname"), varname);
    json_array_append_new(making->fields, field);
}

static void add_name(struct making *making, str path)
{
    if (!str_starts(path, READ))
        return;
    str name = without_ends(str_slice(path, READ.len, path.len));
    const struct field *rich = rich_field(making, name);
    str varname = str_dup(making->arena, rich != NULL ? rich->varname : name);
    bool is_of_treatment = field_called(workflow_backoffice_fields(making->workflow), name) != NULL;
    if (varname.len == 0 || is_of_treatment || map_get(&making->known, varname) != NULL)
        return;
    json_t *field = rich != NULL ? json_deep_copy(rich->json) : json_object();
    if (rich == NULL) {
        json_set_str(field, STR("type"), STR("string"));
        json_set_str(field, STR("label"), varname);
    }
    json_object_del(field, "condition");
    json_object_del(field, "prefill");
    add_field(making, field, varname);
}

json_t *made_form(struct arena *arena, const struct stage *stage, const struct workflow *workflow)
{
    struct making making = {
        .arena = arena, .stage = stage, .workflow = workflow, .fields = json_array(), .known = map_new(arena)};
    const struct workflow_texts *texts = workflow_texts(workflow);
    for (size_t i = 0; i < texts->len; i++) {
        struct template_names names = template_names(texts->at[i].template);
        for (size_t j = 0; j < names.len; j++)
            add_name(&making, names.at[j].path);
    }
    if (json_array_size(making.fields) == 0)
        add_name(&making, STR("form_var_essai"));
    json_t *form = json_keep(arena, json_object());
    json_set_str(form, STR("kind"), STR("form"));
    json_set_str(form, STR("slug"), str_fmt(arena, "essai-%.*s", STR_ARG(workflow_slug(workflow))));
    json_set_str(form, STR("name"), str_fmt(arena, "Essai de %.*s", STR_ARG(workflow_name(workflow))));
    json_set_str(form, STR("workflow"), workflow_slug(workflow));
    json_set(form, STR("fields"), making.fields);
    return form;
}
