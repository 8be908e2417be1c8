/* The cards of a model as choices, and the card behind one: what sources of kind « card » give, and form_var_x_live. */
#include "dossiers/query.h"

#include <stdlib.h>

static const struct form *model_of(const struct dossier_place *place, struct arena *arena, str cards, str *view)
{
    const struct dossier_definitions *definitions = place->definitions;
    str slug;
    str_cut(cards, ':', &slug, view);
    return definitions->form(definitions->data, form_key(arena, true, slug), 0);
}

/* Publik's « slug:_with_user_filter »: the cards of who files the request. */
static struct query *of_submitter(const struct query *query, struct render *render)
{
    struct value user = value_lookup(render->arena, render->scope, STR("form_user"));
    int64_t account = variables_account_of(user);
    if (!account)
        return query_nothing(render->arena, query);
    struct query *next = query_copy(render->arena, query);
    query_add_column(render->arena, next, "account", str_fmt(render->arena, "%lld", (long long)account), false);
    return next;
}

static str text_of(const struct custom_view *view, struct dossier *card, const struct query *query,
                   const struct render *render)
{
    if (!view || !view->digest)
        return card->summary;
    struct render own = *render;
    own.scope = dossier_scope(query->place, query->form, NULL, card);
    return template_text(view->digest, &own);
}

/* w.c.s.: the answers that are texts, by their names. */
static const json_t *row_of(struct arena *arena, const struct form *model, const struct dossier *card, str text)
{
    json_t *row = json_keep(arena, json_object());
    for (size_t i = 0; i < model->fields.len; i++) {
        const struct field *field = &model->fields.at[i];
        json_t *answer = json_get(card->answers, field->id);
        if (field->varname.len && json_is_string(answer))
            json_set(row, field->varname, json_incref(answer));
    }
    json_set_str(row, STR("id"), card->identifier);
    json_set_str(row, STR("text"), text);
    return row;
}

struct sorted {
    str folded;
    struct choice choice;
};

static int by_text(const void *a, const void *b)
{
    return str_cmp(((const struct sorted *)a)->folded, ((const struct sorted *)b)->folded);
}

/* w.c.s.: a view has its order, or else they go by their texts. */
static void sort(struct arena *arena, struct choices *choices)
{
    struct sorted *sorted = arena_array_of(arena, struct sorted, choices->len);
    for (size_t i = 0; i < choices->len; i++)
        sorted[i] = (struct sorted){utf8_fold(arena, choices->at[i].text), choices->at[i]};
    if (choices->len > 0)
        qsort(sorted, choices->len, sizeof *sorted, by_text);
    for (size_t i = 0; i < choices->len; i++)
        choices->at[i] = sorted[i].choice;
}

bool dossier_card_choices(const struct dossier_place *place, const struct local_asking *asking, struct render *render,
                          struct choices *out)
{
    str slug;
    struct arena *arena = render->arena;
    const struct form *model = model_of(place, arena, asking->value, &slug);
    *out = (struct choices){0};
    if (!model)
        return false;
    struct query *query = query_of_form(place, arena, model);
    bool is_of_user = str_eq(slug, STR("_with_user_filter"));
    const struct custom_view *view = is_of_user || !slug.len ? NULL : form_view_called(model, slug);
    if (is_of_user)
        query = of_submitter(query, render);
    else if (slug.len)
        query = query_use_view(query, arena, slug, render);
    if (asking->id.len && query_text_is_fit(asking->id))
        query_add_column(arena, query, "identifier", asking->id, false);
    const struct query_rows *rows = query_read(query, arena);
    for (size_t i = 0; i < rows->dossiers.len; i++) {
        struct dossier *card = rows->dossiers.at[i];
        str text = text_of(view, card, query, render);
        *vec_push(arena, out) =
            (struct choice){.id = card->identifier, .text = text, .row = row_of(arena, model, card, text)};
    }
    if (!view || !view->order_by.len)
        sort(arena, out);
    return true;
}

/* Where there is none, the names of its model are known, and have no values. */
static struct value card_live(const void *data, struct arena *arena, str cards, str id)
{
    const struct dossier_place *place = data;
    str slug;
    const struct form *model = model_of(place, arena, cards, &slug);
    if (!model)
        return VALUE_OF_NONE;
    struct query *query = query_of_form(place, arena, model);
    struct query_rows *rows = arena_new_of(arena, struct query_rows);
    if (id.len && query_text_is_fit(id))
        query_add_column(arena, query, "identifier", id, false);
    struct dossier *card = id.len && place->store ? query_end(query, arena, false) : NULL;
    if (card) {
        *vec_push(arena, &rows->dossiers) = card;
        return query_item(place, arena, rows, card);
    }
    struct scope *scope = arena_new_of(arena, struct scope);
    *scope = (struct scope){.place = place, .form = model, .workflow = query->workflow};
    return variables_form(scope);
}

const struct answers_cards *card_links(const struct dossier_place *place, struct arena *arena)
{
    struct answers_cards *links = arena_new_of(arena, struct answers_cards);
    *links = (struct answers_cards){card_live, place, place->definitions->sources};
    return links;
}
