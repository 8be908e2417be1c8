/* block: fields that are asked together, once or several times. What is done with its rows is in rows.c. */
#include "forms/rows.h"

#include <string.h>

/* ---- The block itself ---- */

static int depth_of(const struct field_list *fields)
{
    int deepest = 0;
    for (size_t i = 0; i < fields->len; i++) {
        const struct block *block = field_block_of(&fields->at[i]);
        if (block != NULL && block->depth > deepest)
            deepest = block->depth;
    }
    return deepest + 1;
}

static void compile_parts(struct compiling *compiling, const json_t *json, struct block *block)
{
    block->slug = json_str(json, "slug");
    block->name = json_str(json, "name");
    block->fields = compiling_fields(compiling, json_list(json, "fields"));
    block->depth = depth_of(&block->fields);
    compiling->where = STR("bloc");
    block->digest = compiling_text(compiling, json_str(json, "digest_template"), TEMPLATE_TEXT, "résumé");
    block->post_conditions = compiling_post_conditions(compiling, json);
}

const struct block *block_compile(struct arena *arena, const json_t *json, const struct block_finder *blocks,
                                  struct err *err)
{
    if (json_str(json, "slug").len == 0 || json_list(json, "fields") == NULL) {
        err_set(err, ERR_INVALID, "Un bloc de champs a un identifiant et une liste de champs.");
        return NULL;
    }
    struct block *block = arena_new_of(arena, struct block);
    struct compiling compiling = {.arena = arena,
                                  .reports = &block->reports,
                                  .texts = &block->texts,
                                  .blocks = blocks,
                                  .block = json_str(json, "slug"),
                                  .depth = 1};
    compile_parts(&compiling, json, block);
    return block;
}

const struct block *field_block_of(const struct field *field)
{
    return field->type == &field_block ? ((const struct block_params *)field->params)->block : NULL;
}

/* ---- The block of a field ---- */

/* Whether a block holds one of that slug, however deep; what is named is seen, compiled or not. */
static bool holds(const struct block *block, str slug)
{
    for (size_t i = 0; i < block->fields.len; i++) {
        const struct field *field = &block->fields.at[i];
        const struct block *within = field_block_of(field);
        if (str_eq(json_str(field->json, "block"), slug) || (within != NULL && holds(within, slug)))
            return true;
    }
    return false;
}

static const struct block *refuse(struct compiling *compiling, const char *message)
{
    compiling_report(compiling, STR("block:nested"), message, true);
    return NULL;
}

static const struct block *own_block(struct compiling *compiling, const struct field *field)
{
    if (compiling->depth >= BLOCK_DEPTH_MOST)
        return refuse(compiling, "trop de blocs l’un dans l’autre : trois au plus");
    struct block *block = arena_new_of(compiling->arena, struct block);
    struct compiling within = *compiling;
    within.depth++;
    compile_parts(&within, field->json, block);
    return block;
}

static const struct block *named_block(struct compiling *compiling, str slug)
{
    if (compiling->block.len > 0 && str_eq(slug, compiling->block))
        return refuse(compiling, "ce bloc se contient lui-même");
    const struct block_finder *blocks = compiling->blocks;
    const struct block *block = blocks == NULL ? NULL : blocks->find(blocks->data, slug);
    if (block == NULL) /* missing: told as a reference */
        return NULL;
    if (compiling->block.len > 0 && holds(block, compiling->block))
        return refuse(compiling, "ces blocs se contiennent l’un l’autre");
    if (compiling->depth + block->depth > BLOCK_DEPTH_MOST)
        return refuse(compiling, "trop de blocs l’un dans l’autre : trois au plus");
    return block;
}

/* ---- Its parameters ---- */

/* A number, or a template that gives one. */
static const struct template *number(struct compiling *compiling, const struct field *field, const char *key,
                                     const char *what)
{
    const json_t *json = json_object_get(field->json, key);
    str text = json_str_of(json);
    if (json_is_integer(json))
        text = str_fmt(compiling->arena, "%lld", (long long)json_integer_value(json));
    return compiling_text(compiling, text, TEMPLATE_TEXT, what);
}

/* « Ajouter une personne » tells what a row is. */
static void read_noun(struct block_params *params)
{
    static const struct {
        const char *beginning, *article;
    } known[] = {
        {"Ajouter un autre ", "un"}, {"Ajouter une autre ", "une"}, {"Ajouter un ", "un"}, {"Ajouter une ", "une"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!str_starts(params->add_label, str_of(known[i].beginning)))
            continue;
        params->noun = str_trim(str_slice(params->add_label, strlen(known[i].beginning), params->add_label.len));
        params->article = str_of(known[i].article);
        return;
    }
}

static const void *compile(struct compiling *compiling, const struct field *field)
{
    struct block_params *params = arena_new_of(compiling->arena, struct block_params);
    params->block = json_list(field->json, "fields") != NULL ? own_block(compiling, field)
                                                             : named_block(compiling, json_str(field->json, "block"));
    if (params->block == NULL)
        return NULL;
    params->most = number(compiling, field, "max_items", "nombre maximal");
    params->least = number(compiling, field, "min_items", "nombre minimal");
    params->shown = number(compiling, field, "default_items_count", "nombre au départ");
    params->label_display = json_str(field->json, "label_display");
    params->may_remove = json_bool(field->json, "remove_button");
    params->has_totals = json_bool(field->json, "total_row");
    params->add_label = str_trim(json_str(field->json, "add_element_label"));
    params->remove_label = str_trim(json_str(field->json, "remove_element_label"));
    params->row_labels = json_list(field->json, "row_labels");
    read_noun(params);
    return params;
}

static str display(const struct field *field, struct arena *arena, const json_t *answers)
{
    (void)arena;
    return json_str_of(answer_beside(field, answers, "_display"));
}

/* All that its rows hold. */
static str words(const struct field *field, struct arena *arena, const json_t *answers)
{
    const struct block *block = field_block_of(field);
    struct buf out = buf_new(arena, 1 << 20);
    const json_t *row;
    size_t at;
    json_array_foreach(answer_of(field, answers), at, row)
    {
        for (size_t i = 0; i < block->fields.len; i++) {
            str own = field_words(&block->fields.at[i], arena, row);
            buf_fmt(&out, "%s%.*s", out.len > 0 && own.len > 0 ? " " : "", STR_ARG(own));
        }
    }
    return buf_str(&out);
}

static str missing(const struct field *field, struct arena *arena)
{
    const struct block_params *params = field->params;
    if (params->noun.len > 0)
        return str_fmt(arena, "Ajoutez au moins %.*s %.*s.", STR_ARG(params->article), STR_ARG(params->noun));
    return str_fmt(arena, "Répondez à « %.*s ».", STR_ARG(str_trim(field->label_text)));
}

const struct field_type field_block = {
    .name = "block",
    .holds_answer = true,
    .is_typed = true,
    .index = INDEX_TEXT,
    .required_default = FIELD_REQUIRED,
    .compile = compile,
    .display = display,
    .words = words,
    .missing = missing,
};
