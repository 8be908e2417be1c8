/* What texts of a definition name: variables, and the literals that these are compared with. Private to rehearse/. */
#ifndef GUICHET_REHEARSE_LITERALS_H
#define GUICHET_REHEARSE_LITERALS_H

#include "base/base.h"

#include <jansson.h>

/* Whether the character may stand in a variable's name. */
bool literal_is_of_name(char c);
/* The text that a condition compares a name with, « == "GENERATED" » behind it at that place; empty: none. A slice. */
str literal_behind(str text, size_t at);
/* Gives each text within the JSON. */
void literal_each_text(const json_t *json, void (*told)(void *arg, str text), void *arg);

/* Values that are worth a try: each once, and most of them at the most. value is taken over, into the arena. */
struct trials VEC_OF(json_t *);
void trials_add(struct arena *arena, struct trials *values, size_t most, json_t *value);

#endif
