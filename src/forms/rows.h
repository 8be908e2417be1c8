/* The rows of a field of type block, while they are filled and as they are shown. Private to forms/.
 *
 * The answer is a list of objects keyed by the ids of the block's fields. Each row is read, checked and shown by the
 * same functions as a page: its fields have controls of their own, and its conditions read the row (block_var_NAME,
 * block_counter) beside all that the form's conditions read. A row without an answer counts for nothing, and is dropped
 * once nothing is wrong. */
#ifndef GUICHET_FORMS_ROWS_H
#define GUICHET_FORMS_ROWS_H

#include "forms/field.h"

enum { ROWS_MOST = 200 }; /* whatever the definition says */

struct block_params {
    const struct block *block;
    const struct template *most, *least, *shown; /* numbers; NULL: the default */
    str label_display;                           /* « normal », « subtitle », « hidden » */
    bool may_remove;
    bool has_totals; /* of its columns, below the rows */
    str add_label, remove_label;
    str noun, article;        /* « personne », « une »; empty where the definition does not tell */
    const json_t *row_labels; /* the rows' own names; may be NULL */
};

struct rows_bounds {
    size_t least, most;
    size_t shown; /* at the beginning */
};
struct rows_bounds rows_bounds(const struct field *field, const struct form_context *context);
/* The most, where no answer is needed to tell; 0: it depends on the answers. */
size_t rows_most_known(const struct field *field, const struct form_context *context);

struct row {
    json_t *answers;
    struct field_list fields;
    struct form_context context;
};
/* index from 0; key: what its controls are called by. The context's log is the outer one. */
struct row row_of(const struct field *field, const struct form_context *context, json_t *answers, size_t index,
                  str key);
/* « Personne 2 »; the label alone where there is one row. */
str row_title(const struct field *field, struct arena *arena, size_t index, bool is_single);
bool row_is_empty(const struct block *block, const json_t *row);
/* Whether each row has its name: then none is dropped. */
bool rows_are_fixed(const struct field *field);
/* Whether a row counts. */
bool row_counts(const struct field *field, const json_t *row);

/* Reads what was posted into rows, and checks them: errors name the row. */
void rows_read(const struct field *field, const struct form_context *context, const struct posted *posted,
               json_t *answers, struct field_errors *errors);
/* The keys of the rows that were posted, in order, each once. */
struct str_views rows_posted(const struct field *field, struct arena *arena, const struct posted *posted);
void rows_check(const struct field *field, const struct form_context *context, json_t *answers,
                struct field_errors *errors);
void rows_prefill(const struct field *field, const struct form_context *context, json_t *answers);
/* Stores what a template gave: the answer of another block, a {% block_value %}, a list of rows by varnames. */
void rows_set(const struct field *field, const struct form_context *context, struct value value, json_t *answers);
/* Writes each row in a line beside the answer: _display. */
void rows_complete(const struct field *field, const struct form_context *context, json_t *answers);

/* Adds to what a page is given of the field: its rows. */
void rows_view(const struct field *field, const struct form_context *context, json_t *answers,
               const struct field_errors *errors, bool hidden, struct value_dict *out);

/* Adds the totals of its columns, by their labels; none where the definition asks for none. */
void rows_totals(const struct field *field, struct arena *arena, const json_t *answers, struct shown_answers *out);

/* The object behind form_var_NAME. */
struct value rows_value(const struct field *field, const struct answers_view *view, struct arena *arena);
/* The field behind such an object, and its stored answer; NULL for any other value. */
const json_t *rows_behind(struct value value, const struct field **field);

#endif
