/* Which dossiers of a form or model an action changes: those that are linked to its own, or those that a template
 * names.
 */
#include "dossiers/query.h"

struct finding {
    const struct dossier_place *place;
    const struct form *form;
    struct targets *out;
};

/* As it is by now, once. */
static void add(struct finding *finding, struct dossier *dossier)
{
    if (!dossier || dossier->is_removed || !str_eq(dossier->form, finding->form->key))
        return;
    for (size_t i = 0; i < finding->out->len; i++)
        if (finding->out->at[i]->id == dossier->id)
            return;
    *vec_push(finding->place->arena, finding->out) = dossier;
}

/* A card by its identifier, a request by its number. */
static void add_called(struct finding *finding, str id)
{
    const struct dossier_place *place = finding->place;
    struct dossier *found = NULL;
    int64_t number;
    id = str_trim(id);
    bool is_found =
        id.len && finding->form->is_card
            ? dossier_find_by_identifier(place, finding->form->key, id, &found, NULL)
            : str_to_int64(id, &number) && dossier_find_by_sequence(place, finding->form->key, number, &found, NULL);
    if (is_found)
        add(finding, dossier_as_by_now(place, found));
}

/* w.c.s.: identifiers with commas or bars between them. */
static void add_text(struct finding *finding, str text)
{
    text = str_replace(finding->place->arena, text, STR("|"), STR(","));
    for (str one, rest = text; str_next(&rest, ',', &one);)
        add_called(finding, one);
}

static void add_value(struct finding *finding, struct value value)
{
    struct arena *arena = finding->place->arena;
    struct dossier *dossier = query_item_dossier(value);
    const struct value_list *items;
    if (dossier) {
        add(finding, dossier_as_by_now(finding->place, dossier));
        return;
    }
    bool is_many = value.kind == VALUE_LIST || value.kind == VALUE_OBJECT;
    if (is_many && value_items(arena, value, &items)) {
        for (size_t i = 0; i < items->len; i++)
            if (query_item_dossier(items->at[i]))
                add(finding, dossier_as_by_now(finding->place, query_item_dossier(items->at[i])));
            else
                add_text(finding, value_to_text(arena, value_plain(arena, items->at[i]), STR("en")));
        return;
    }
    add_text(finding, value_to_text(arena, value_plain(arena, value), STR("en")));
}

/* ---- Linked ---- */

bool field_chooses_of(const struct field *field, const struct form *model)
{
    const json_t *source = json_dict(field->json, "source");
    str slug, view, own;
    str_cut(json_str(source, "value"), ':', &slug, &view);
    return form_key_is_card(model->key, &own) && str_eq(json_str(source, "type"), STR("card")) && str_eq(slug, own);
}

/* The cards that were chosen. */
static void add_chosen(struct finding *finding, const struct field_list *fields, const json_t *answers)
{
    for (size_t i = 0; fields && i < fields->len; i++) {
        const json_t *answer = json_get(answers, fields->at[i].id);
        if (!field_chooses_of(&fields->at[i], finding->form))
            continue;
        for (size_t k = 0; k < json_array_size(answer); k++)
            add_called(finding, json_str_of(json_array_get(answer, k)));
        add_called(finding, json_str_of(answer));
    }
}

void targets_find(const struct dossier_place *place, const struct dossier *dossier, const struct action_target *target,
                  const struct value *named, struct targets *out)
{
    struct finding finding = {place, target->form, out};
    if (named) {
        add_value(&finding, *named);
        return;
    }
    struct dossier_links links = {0};
    const struct form *form = dossier_form(place, dossier);
    const struct workflow *workflow = dossier_workflow(place, dossier);
    dossier_read_links(place, dossier, &links);
    for (size_t i = 0; i < links.len; i++)
        add(&finding, links.at[i].draft ? NULL : links.at[i].dossier);
    add_chosen(&finding, form ? &form->fields : NULL, dossier->answers);
    add_chosen(&finding, workflow ? workflow_backoffice_fields(workflow) : NULL, dossier->answers);
}
