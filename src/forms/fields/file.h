/* What a field of one file and a field of several share. Private to forms/. */
#ifndef GUICHET_FORMS_FILE_H
#define GUICHET_FORMS_FILE_H

#include "forms/field.h"

struct file_params {
    const json_t *mimetypes; /* list, or NULL: any */
    str type_label;
    int64_t most;                      /* bytes of each */
    int64_t most_all;                  /* bytes of all together; 0: no bound but that of each */
    size_t count_most;                 /* how many */
    bool shrinks, strips, uses_camera; /* of pictures */
};

/* Whether the definition asks for several: « max_files ». */
bool file_is_several(const json_t *json);
const void *file_compile(struct compiling *compiling, const struct field *field);
/* A file that came, as the field keeps it, a new reference; NULL and a message where it was refused. */
json_t *file_answer(const struct file_params *params, const struct form_context *context,
                    const struct posted_file *file, str *error);
/* While the page is typed in, a file that was chosen is its name alone; NULL: none was. */
json_t *file_answer_of_name(const struct field *field, const struct form_context *context, const struct posted *posted);
/* What is wrong with a file that is kept; empty: nothing. */
str file_problem(const struct file_params *params, struct arena *arena, const json_t *answer);
/* accept, capture, max_size, types. */
void file_view_limits(const struct file_params *params, struct arena *arena, struct value_dict *out);
/* « 1,2 Mo ». */
str file_size_shown(struct arena *arena, int64_t bytes);
str file_missing(const struct field *field, struct arena *arena);

/* The stored file of that blob in an answer of either type; NULL: it has none. */
const json_t *file_with_blob(const json_t *answer, str blob);

#endif
