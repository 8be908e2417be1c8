/* What the sub-command « template » does, one file each. */
#ifndef GUICHET_CLI_TEMPLATE_H
#define GUICHET_CLI_TEMPLATE_H

#include "template/template.h"

/* A value of a template from JSON; an object of one key that begins with $ is what that says: {"$date": "2020-07-14"},
 * $datetime, $time, $decimal, $float, $safe, $lazy, $tuple, $set, $range, $seconds, $bytes, $block. Lives in the arena.
 */
struct value template_context(struct arena *arena, const json_t *json);

/* Renders lines of JSON from standard input to standard output; the exit status. */
int template_jsonl(void);

/* Prints the reference of the language as docs/template-language.md has it. */
int template_reference(void);

#endif
