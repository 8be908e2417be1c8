/* Members of values one by one, for value.c and the machine. */
#ifndef GUICHET_TEMPLATE_VALUE_MEMBERS_H
#define GUICHET_TEMPLATE_VALUE_MEMBERS_H

#include "template/value.h"

/* The member key, exactly: of a dict or an object, the item of a list or text by its number, a part of a date, or one
 * of Python's methods without arguments that templates use (items, keys, values, upper …). */
bool value_member(struct arena *arena, struct value from, str key, struct value *out);

/* items, keys and values, as the methods of Python's dict. */
bool value_dict_method(struct arena *arena, const struct value_dict *dict, str key, struct value *out);

/* With the underscore rule of value.h. */
bool value_member_joined(struct arena *arena, struct value from, str key, struct value *out);

/* Python's repr, and str of a double. */
str value_repr(struct arena *arena, struct value value);
str value_double_text(struct arena *arena, double real);

#endif
