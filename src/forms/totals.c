/* The row below a table that adds its columns up (w.c.s.: total_row of tablerows). A column has a total where all that
 * it holds are numbers. */
#include "forms/rows.h"

static bool total_of(const struct field *column, struct arena *arena, const json_t *rows, struct decimal *out)
{
    bool has_any = false;
    *out = decimal_from_int(0);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        struct decimal number;
        str text = str_trim(field_display(column, arena, json_array_get(rows, i)));
        if (text.len == 0)
            continue;
        if (!decimal_parse_typed(arena, text, &number))
            return false;
        *out = decimal_add(*out, number);
        has_any = true;
    }
    return has_any;
}

void rows_totals(const struct field *field, struct arena *arena, const json_t *answers, struct shown_answers *out)
{
    const struct block_params *params = field->params;
    for (size_t i = 0; params->has_totals && i < params->block->fields.len; i++) {
        const struct field *column = &params->block->fields.at[i];
        struct decimal total;
        if (!total_of(column, arena, answer_of(field, answers), &total))
            continue;
        str text = str_replace(arena, decimal_text(arena, total), STR("."), STR(","));
        *vec_push(arena, out) = (struct shown_answer){.label = column->label_text, .text = text};
    }
}
