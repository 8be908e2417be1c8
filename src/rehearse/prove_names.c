/* Names of which the definition says what they are: options that the workflow does not have, data of the treatment that
 * no action sets or only to what stands there, filters that nobody knows. All others may be anything. */
#include "rehearse/prove.h"

static bool begins(str name, str with)
{
    return with.len > 0 && str_starts(name, with) &&
           (name.len == with.len || name.ptr[with.len] == '_' || name.ptr[with.len] == '.');
}

static const struct field *field_begun(const struct field_list *fields, str name)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        if (begins(name, fields->at[i].varname))
            return &fields->at[i];
    return NULL;
}

/* ---- Options ---- */

static bool sets_option(const struct form *form, str name)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)form->options, key, value)
    {
        if (begins(name, str_of(key)))
            return true;
    }
    return false;
}

/* Of the workflow, or one that a form still sets. */
static bool has_option(const struct proving *proving, str name)
{
    bool has = field_begun(workflow_options(proving->workflow), name) != NULL;
    const struct catalogue_forms *forms = catalogue_forms(proving->catalogue);
    for (size_t i = 0; i < forms->len && !has; i++)
        has = catalogue_workflow_of(proving->catalogue, forms->at[i]) == proving->workflow &&
              sets_option(forms->at[i], name);
    return has;
}

/* ---- Data of the treatment ---- */

static size_t count_named(const json_t *json, str text, int depth)
{
    enum { DEPTH_MOST = 30 };
    const char *key;
    json_t *child;
    size_t index, count = json_is_string(json) && str_eq(json_str_of(json), text);
    if (depth > DEPTH_MOST)
        return 1;
    json_object_foreach((json_t *)(uintptr_t)json, key, child) count += count_named(child, text, depth + 1);
    json_array_foreach((json_t *)(uintptr_t)json, index, child) count += count_named(child, text, depth + 1);
    return count;
}

/* Adds the texts that actions set it to where they read nothing; how many of these there are. */
static size_t add_constants(struct arena *arena, const json_t *places, const struct field *field,
                            struct value_list *out)
{
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = STR("donnée")};
    bool is_text = str_eq(field->type_name, STR("string")) || str_eq(field->type_name, STR("text"));
    size_t count = 0;
    for (size_t i = 0; is_text && i < json_array_size(places); i++) {
        const json_t *actions = json_list(json_array_get(places, i), "actions");
        for (size_t j = 0; j < json_array_size(actions); j++) {
            const json_t *sets = json_list(json_array_get(actions, j), "fields");
            for (size_t k = 0; k < json_array_size(sets); k++) {
                const json_t *set = json_array_get(sets, k);
                struct template *value = str_eq(json_str(set, "field_id"), field->id)
                                             ? template_compile(arena, json_str(set, "value"), &settings, NULL)
                                             : NULL;
                if (value == NULL || !template_is_constant(value))
                    continue;
                value_list_add(arena, out, value_text(str_trim(json_str(set, "value"))));
                count++;
            }
        }
    }
    return count;
}

/* An action that lets answers be changed lets other programs change all of them. */
static bool lets_edit(const json_t *places)
{
    for (size_t i = 0; i < json_array_size(places); i++) {
        const json_t *actions = json_list(json_array_get(places, i), "actions");
        for (size_t j = 0; j < json_array_size(actions); j++)
            if (str_eq(json_str(json_array_get(actions, j), "type"), STR("editable")))
                return true;
    }
    return false;
}

/* Cards are changed by other workflows; a form may ask what the treatment has under the same name. */
static bool is_asked_elsewhere(const struct proving *proving, str varname)
{
    const struct catalogue_forms *forms = catalogue_forms(proving->catalogue),
                                 *cards = catalogue_cards(proving->catalogue);
    for (size_t i = 0; i < cards->len; i++)
        if (catalogue_workflow_of(proving->catalogue, cards->at[i]) == proving->workflow)
            return true;
    for (size_t i = 0; i < forms->len; i++)
        if (catalogue_workflow_of(proving->catalogue, forms->at[i]) == proving->workflow &&
            field_by_varname(&forms->at[i]->fields, varname) != NULL)
            return true;
    return false;
}

/* What actions that read nothing set it to, where nothing else does. Not answered, it is None, empty or false. */
static enum template_extent answered(const struct proving *proving, struct arena *arena, str name,
                                     struct value_list *examples)
{
    const struct field *field = field_begun(workflow_backoffice_fields(proving->workflow), name);
    const json_t *document = workflow_document(proving->workflow);
    const json_t *statuses = json_list(document, "statuses"), *globals = json_list(document, "global_actions");
    if (field == NULL || lets_edit(statuses) || lets_edit(globals) || is_asked_elsewhere(proving, field->varname))
        return TEMPLATE_ANYTHING;
    size_t named = count_named(statuses, field->id, 0) + count_named(globals, field->id, 0);
    bool is_whole = str_eq(field->varname, name);
    if (named > 0 && (!is_whole || named != add_constants(arena, statuses, field, examples) +
                                                add_constants(arena, globals, field, examples)))
        return TEMPLATE_ANYTHING;
    value_list_add(arena, examples, value_text(STR_EMPTY));
    value_list_add(arena, examples, value_bool(false));
    return TEMPLATE_WHOLE;
}

/* ---- All names ---- */

enum template_extent prove_names(const void *data, struct arena *arena, str path, struct value near,
                                 struct value_list *examples)
{
    const struct proving *proving = data;
    const str option = STR("form_option_"), filter = STR("filter_"), answer = STR("form_var_");
    bool is_something = true;
    (void)near;
    if (str_starts(path, option))
        is_something = has_option(proving, str_slice(path, option.len, path.len));
    else if (str_starts(path, answer))
        return answered(proving, arena, str_slice(path, answer.len, path.len), examples);
    else if (str_starts(path, filter))
        is_something =
            proving->filters != NULL && map_get(proving->filters, str_slice(path, filter.len, path.len)) != NULL;
    if (!str_eq(path, STR("form_status")))
        return is_something ? TEMPLATE_ANYTHING : TEMPLATE_WHOLE;
    for (size_t i = 0; i < workflow_status_count(proving->workflow); i++)
        value_list_add(arena, examples, value_text(workflow_status_at(proving->workflow, i)->name));
    return TEMPLATE_WHOLE;
}
