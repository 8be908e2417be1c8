/* ranked-items: the items of a list, each with a rank of its own. The answer is kept as w.c.s. keeps it: item → rank.
 */
#include "forms/field.h"

#include "base/random.h"

struct ranked_params {
    struct VEC_OF(str) items; /* each once */
    bool is_shuffled;
};

static bool is_listed(const struct ranked_params *params, str item)
{
    for (size_t i = 0; i < params->items.len; i++)
        if (str_eq(params->items.at[i], item))
            return true;
    return false;
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct ranked_params *params = arena_new_of(compiling->arena, struct ranked_params);
    const json_t *items = json_list(field->json, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        str item = str_trim(json_str_of(json_array_get(items, i)));
        if (item.len > 0 && !is_listed(params, item))
            *vec_push(compiling->arena, &params->items) = item;
    }
    params->is_shuffled = json_bool(field->json, "randomize_items");
    return params;
}

/* By the item's place in the definition, whatever the order on the page. */
static str control_of(const struct field *field, struct arena *arena, size_t item)
{
    return str_fmt(arena, "%.*s-place-%zu", STR_ARG(field->control), item + 1);
}

static json_t *read(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error)
{
    const struct ranked_params *params = field->params;
    json_t *ranks = json_object();
    for (size_t i = 0; i < params->items.len; i++) {
        str text;
        int64_t rank;
        if (!posted_text(context, posted, control_of(field, context->arena, i), &text) || text.len == 0)
            continue;
        if (str_to_int64(text, &rank) && rank >= 1 && rank <= (int64_t)params->items.len)
            json_set(ranks, params->items.at[i], json_integer(rank));
        else
            *error =
                str_fmt(context->arena, "Choisissez le rang de « %.*s » dans la liste.", STR_ARG(params->items.at[i]));
    }
    if (json_object_size(ranks) > 0)
        return ranks;
    json_decref(ranks);
    return NULL;
}

static int64_t rank_of(const json_t *ranks, str item)
{
    return json_integer_value(json_get(ranks, item));
}

/* The items that have a rank, the first one first; of equal ones, as the definition lists them. */
struct ranking VEC_OF(str);
static struct ranking ranking_of(const struct field *field, struct arena *arena, const json_t *ranks)
{
    const struct ranked_params *params = field->params;
    struct ranking ranking = {0};
    for (size_t i = 0; i < params->items.len; i++) {
        str item = params->items.at[i];
        if (rank_of(ranks, item) <= 0)
            continue;
        vec_push(arena, &ranking);
        size_t at = ranking.len - 1;
        for (; at > 0 && rank_of(ranks, ranking.at[at - 1]) > rank_of(ranks, item); at--)
            ranking.at[at] = ranking.at[at - 1];
        ranking.at[at] = item;
    }
    return ranking;
}

static struct ranking answered(const struct field *field, struct arena *arena, const json_t *answers)
{
    return ranking_of(field, arena, answer_of(field, answers));
}

/* Ranks from 1, without a gap. NULL: nothing has one. */
static json_t *ranks_of(const struct ranking *ranking)
{
    json_t *ranks = ranking->len == 0 ? NULL : json_object();
    for (size_t i = 0; i < ranking->len; i++)
        json_set(ranks, ranking->at[i], json_integer((json_int_t)i + 1));
    return ranks;
}

static str without_rank(const struct ranked_params *params, const json_t *ranks)
{
    for (size_t i = 0; i < params->items.len; i++)
        if (rank_of(ranks, params->items.at[i]) <= 0)
            return params->items.at[i];
    return STR_EMPTY;
}

static str check(const struct field *field, const struct form_context *context, json_t *answers)
{
    const struct ranked_params *params = field->params;
    const json_t *ranks = answer_of(field, answers);
    struct ranking ranking = ranking_of(field, context->arena, ranks);
    for (size_t i = 1; i < ranking.len; i++)
        if (rank_of(ranks, ranking.at[i - 1]) == rank_of(ranks, ranking.at[i]))
            return str_fmt(context->arena, "« %.*s » et « %.*s » ont le même rang. Donnez à chacun un rang différent.",
                           STR_ARG(ranking.at[i - 1]), STR_ARG(ranking.at[i]));
    str lacking = without_rank(params, ranks);
    if (lacking.len > 0 && field_is_required(field, context))
        return str_fmt(context->arena, "Donnez aussi un rang à « %.*s ».", STR_ARG(lacking));
    answer_set(field, answers, ranks_of(&ranking));
    return STR_EMPTY;
}

/* The order on the page: the definition's, or one drawn for who has not answered yet. */
static const size_t *order_of(const struct ranked_params *params, struct arena *arena, bool is_answered)
{
    size_t *order = arena_array_of(arena, size_t, params->items.len);
    for (size_t i = 0; i < params->items.len; i++)
        order[i] = i;
    for (size_t left = params->items.len; params->is_shuffled && !is_answered && left > 1; left--) {
        uint32_t drawn;
        random_bytes(&drawn, sizeof drawn);
        size_t at = drawn % left, kept = order[left - 1];
        order[left - 1] = order[at];
        order[at] = kept;
    }
    return order;
}

static struct value rank_choices(struct arena *arena, size_t count, int64_t chosen)
{
    struct value_list *list = value_list_new(arena);
    for (size_t i = 1; i <= count; i++) {
        struct value_dict *choice = value_dict_new(arena);
        value_dict_set(arena, choice, STR("rank"), value_int((int64_t)i));
        value_dict_set(arena, choice, STR("chosen"), value_bool((int64_t)i == chosen));
        value_list_add(arena, list, value_dict(choice));
    }
    return value_list(list);
}

static void view(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out)
{
    const struct ranked_params *params = field->params;
    struct arena *arena = context->arena;
    const json_t *ranks = answer_of(field, answers);
    const size_t *order = order_of(params, arena, ranks != NULL);
    struct value_list *items = value_list_new(arena);
    for (size_t i = 0; i < params->items.len; i++) {
        struct value_dict *item = value_dict_new(arena);
        str text = params->items.at[order[i]];
        value_dict_set(arena, item, STR("text"), value_text(text));
        value_dict_set(arena, item, STR("control"), value_text(control_of(field, arena, order[i])));
        value_dict_set(arena, item, STR("ranks"), rank_choices(arena, params->items.len, rank_of(ranks, text)));
        value_list_add(arena, items, value_dict(item));
    }
    value_dict_set(arena, out, STR("widget"), value_text(STR("ranks")));
    value_dict_set(arena, out, STR("is_group"), value_bool(true));
    value_dict_set(arena, out, STR("items"), value_list(items));
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct ranking ranking = answered(field, arena, answers);
    struct buf out = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < ranking.len; i++)
        buf_fmt(&out, "%s%zu. %.*s", i == 0 ? "" : ", ", i + 1, STR_ARG(ranking.at[i]));
    return buf_str(&out);
}

static str html(const struct field *field, struct arena *arena, const json_t *answers)
{
    struct ranking ranking = answered(field, arena, answers);
    struct buf out = buf_new(arena, 1 << 20);
    buf_add(&out, STR("<ol>"));
    for (size_t i = 0; i < ranking.len; i++) {
        buf_add(&out, STR("<li>"));
        buf_add_html(&out, ranking.at[i]);
        buf_add(&out, STR("</li>"));
    }
    buf_add(&out, STR("</ol>"));
    return ranking.len == 0 ? STR_EMPTY : buf_str(&out);
}

/* Item → rank; or the items themselves, the first one first. */
static json_t *from_value(const struct field *field, const struct form_context *context, struct value value)
{
    const struct ranked_params *params = field->params;
    const json_t *given = value_to_json(context->arena, value_plain(context->arena, value));
    if (json_is_object(given)) {
        struct ranking ranking = ranking_of(field, context->arena, given);
        return ranks_of(&ranking);
    }
    struct ranking ranking = {0};
    json_t *seen = json_keep(context->arena, json_object());
    for (size_t i = 0; i < json_array_size(given); i++) {
        str item = str_trim(json_str_of(json_array_get(given, i)));
        if (!is_listed(params, item) || json_get(seen, item) != NULL)
            continue;
        json_set(seen, item, json_true());
        *vec_push(context->arena, &ranking) = item;
    }
    return ranks_of(&ranking);
}

static str missing(const struct field *field, struct arena *arena)
{
    return str_fmt(arena, "Donnez un rang à chaque réponse de « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

const struct field_type field_ranked = {
    .name = "ranked-items",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .read = read,
    .check = check,
    .view = view,
    .display = display,
    .html = html,
    .value = field_value_shown,
    .from_value = from_value,
    .missing = missing,
    .is_object = true,
};
