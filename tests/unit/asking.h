/* A form that is being filled, for the tests of forms: its answers, the names over them, and what was posted. */
#ifndef GUICHET_TESTS_ASKING_H
#define GUICHET_TESTS_ASKING_H

#include "forms/forms.h"
#include "unit.h"

struct asking {
    struct arena *arena;
    const struct form *form;
    json_t *answers;
    json_t *account;
    struct answers_view view;
    const struct field_list *lists[1];
    struct form_context context;
    struct render_log log;
    struct VEC_OF(struct posted_value) values;
    struct VEC_OF(struct posted_file) files;
    struct field_errors errors;
};

/* fields: a JSON list, with ' for ". */
void asking_begin(struct asking *asking, const char *fields);
/* A form document that is JSON already; its arena is the asking's own. */
void asking_begin_document(struct asking *asking, const json_t *document);
void asking_end(struct asking *asking);

/* What the next reading finds; cleared by it. */
void asking_post(struct asking *asking, const char *control, str value);
/* Reads page 0 with what was posted: whether it is in order. */
bool asking_read(struct asking *asking);
/* Posts one value to the field « 1 » and reads: the error, or the empty str. */
str asking_answer(struct asking *asking, const char *value);
/* What a text of the language gives now. */
str asking_says(struct asking *asking, const char *text);
bool asking_holds(struct asking *asking, const char *condition);
/* The stored answer as JSON text. */
str asking_stored(struct asking *asking, const char *id);
/* The error told of a field, or the empty str. */
str asking_error(const struct asking *asking, const char *id);

/* JSON with ' for ". */
json_t *asking_json(struct arena *arena, const char *single_quoted);

#endif
