/* Answers as a table: a column for each field, and for each field of a block's rows (Publik: « Personne - Nom - 2 »).
 */
#include "forms/rows.h"

enum { ROWS_SHOWN = 10 }; /* of a block, with columns of their own */

static void add(struct answer_columns *out, const struct form_context *context, const struct answer_column *column)
{
    *vec_push(context->arena, out) = *column;
}

static void add_row_columns(const struct field *block, const struct form_context *context, size_t row, bool is_single,
                            struct answer_columns *out)
{
    struct arena *arena = context->arena;
    const struct field_list *fields = &field_block_of(block)->fields;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (!field_holds_answer(field))
            continue;
        str label = str_fmt(arena, "%.*s - %.*s", STR_ARG(block->label_text), STR_ARG(field->label_text));
        if (!is_single)
            label = str_fmt(arena, "%.*s - %zu", STR_ARG(label), row + 1);
        add(out, context, &(struct answer_column){.label = label, .field = field, .block = block, .row = row});
    }
}

static void add_block_columns(const struct field *block, const struct form_context *context, struct answer_columns *out)
{
    size_t most = rows_most_known(block, context);
    size_t shown = most == 0 ? 1 : most < ROWS_SHOWN ? most : ROWS_SHOWN;
    for (size_t row = 0; row < shown; row++)
        add_row_columns(block, context, row, most == 1, out);
    if (shown != most)
        add(out, context,
            &(struct answer_column){.label = str_fmt(context->arena, "%.*s - suite", STR_ARG(block->label_text)),
                                    .field = block,
                                    .block = block,
                                    .row = shown,
                                    .is_rest = true});
}

void fields_columns(const struct field_list *fields, const struct form_context *context, struct answer_columns *out)
{
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        if (!field_holds_answer(field))
            continue;
        if (field_block_of(field) != NULL)
            add_block_columns(field, context, out);
        else
            add(out, context, &(struct answer_column){.label = field->label_text, .field = field});
    }
}

/* The rows that have no columns, a line each. */
static str rest_of(const struct answer_column *column, struct arena *arena, const json_t *rows)
{
    const struct field_list *fields = &field_block_of(column->block)->fields;
    struct buf out = buf_new(arena, 1 << 20);
    for (size_t i = column->row; i < json_array_size(rows); i++) {
        struct shown_answers shown = {0};
        fields_shown(fields, arena, json_array_get(rows, i), &shown);
        for (size_t j = 0; j < shown.len; j++)
            buf_fmt(&out, "%s%.*s", j > 0 ? ", " : out.len > 0 ? "\n" : "", STR_ARG(shown.at[j].text));
    }
    return buf_str(&out);
}

struct index_value column_value(const struct answer_column *column, struct arena *arena, const json_t *answers,
                                str *text)
{
    *text = STR_EMPTY;
    if (column->block != NULL) {
        const json_t *rows = answer_of(column->block, answers);
        if (column->is_rest) {
            *text = rest_of(column, arena, rows);
            return (struct index_value){.kind = text->len > 0 ? INDEX_TEXT : INDEX_NONE, .text = *text};
        }
        answers = json_array_get(rows, column->row);
    }
    if (!field_has_answer(column->field, answers))
        return (struct index_value){.kind = INDEX_NONE};
    *text = field_display(column->field, arena, answers);
    return field_index(column->field, arena, answers);
}
