/* Validations of a line of text: what one of them is, and what they share. Private to forms/; a file a subject, the
 * table of tables is in validations.c. Each keeps the text in one form and says, in French, what to type. */
#ifndef GUICHET_FORMS_VALIDATION_H
#define GUICHET_FORMS_VALIDATION_H

#include "forms/field.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct validation_type {
    const char *name;                              /* NULL ends a table */
    bool (*holds)(struct arena *arena, str *text); /* also puts the text in its kept form */
    const char *message;
    const char *input_mode; /* HTML's; NULL: text */
    /* What is wrong with a text that has the right form: a bound, a country … Empty: nothing. */
    str (*limits)(const struct validation *validation, const struct form_context *context, str kept);
    str (*shown)(struct arena *arena, str kept); /* as people read it; NULL: as it is kept */
    str (*words)(struct arena *arena, str kept); /* what it may be searched by beside shown; NULL: what is kept */
};

struct validation {
    const struct validation_type *type; /* NULL: regex, django, or one that does not run */
    pcre2_code *regex;
    const struct template *django;
    str message;
    str least, most; /* integer, amount, time; empty: no bound */
    str countries;   /* iban: « sepa », or « FR BE »; empty: all */
    str commune;     /* zipcode-fr: varname of the commune's field; empty: none */
};

extern const struct validation_type validations_of_bank[], validations_of_identifiers[], validations_of_numbers[],
    validations_of_phones[], validations_of_places[], validations_of_web[];

/* ---- What they share ---- */

/* Without blanks (the no-break ones too), dots and hyphens. */
str validation_compact(struct arena *arena, str text);
bool validation_is_digits(str text);
/* Compact, and so many digits: *text is then these. */
bool validation_is_compact_digits(struct arena *arena, str *text, size_t length);
/* Compact, upper case, and so many letters or digits: *text is then these. */
bool validation_is_alphanumeric(struct arena *arena, str *text, size_t length);
/* The digits alone. */
str validation_digits_of(struct arena *arena, str text);
/* The signs in groups of these sizes, a no-break space between; the last size is that of all that follow. */
str validation_grouped(struct arena *arena, str text, const char *sizes);
/* Of a number that is written in decimal digits. */
unsigned validation_remainder_97(str digits);

#endif
