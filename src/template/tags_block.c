/* {% block_value name=… %}: rows of a block of fields, made in a text and given to a field. With append=True they go
 * behind those that are there, with merge=True (or a number) into one of them. Several rows are made one by one, and
 * stay behind the loop that adds them:
 *
 *     {% block_value init=True as all %}{% for x in … %}{% block_value name=x append=all as all %}{% endfor %}
 *     {% block_value output=all %} */
#include "template/compiler.h"
#include "template/filter.h"

#include <assert.h>

static struct value block_plain(const struct value_object *object, struct arena *arena)
{
    (void)object;
    (void)arena;
    return value_text(STR("[bloc]")); /* in a text it means nothing */
}

static const struct value_object_type block_type = {.name = "bloc", .plain = block_plain};

const struct block_value *block_value_of(struct value value)
{
    bool is_block = value.kind == VALUE_OBJECT && value.object.type == &block_type;
    return is_block ? value.object.self : NULL;
}

/* The names in front of its arguments. */
struct assignments {
    const str *names;
    size_t len;
};

static const struct value *argument(const struct assignments *given, const struct value *args, const char *name)
{
    for (size_t i = 0; i < given->len; i++)
        if (str_eq(given->names[i], str_of(name)))
            return &args[i];
    return NULL;
}

static bool is_option(str name)
{
    return str_eq(name, STR("append")) || str_eq(name, STR("merge")) || str_eq(name, STR("init")) ||
           str_eq(name, STR("output"));
}

static const struct value_dict *row_of(struct machine *m, const struct assignments *given, const struct value *args)
{
    struct value_dict *row = value_dict_new(m->arena);
    for (size_t i = 0; i < given->len; i++)
        if (!is_option(given->names[i]))
            value_dict_set(m->arena, row, given->names[i], args[i]);
    return row;
}

static void set_merge(struct machine *m, struct block_value *block, const struct value *merge)
{
    if (merge == NULL || (merge->kind == VALUE_BOOL && !merge->boolean))
        return;
    block->merges = true;
    block->merges_last = merge->kind == VALUE_BOOL;
    if (!block->merges_last && !filter_int(m, *merge, &block->merge_index))
        block->merge_index = -1; /* w.c.s.: no such row, nothing is changed */
}

static struct value call_block_value(struct machine *m, const struct value *args, const struct call *call)
{
    const struct assignments *given = call->data;
    assert(args != NULL); /* of the machine's stack */
    const struct value *output = argument(given, args, "output"), *append = argument(given, args, "append");
    if (output != NULL)
        return *output;
    struct block_value *block = arena_new_of(m->arena, struct block_value);
    const struct value *init = argument(given, args, "init");
    const struct block_value *before = append == NULL ? NULL : block_value_of(*append);
    block->appends = init != NULL || before != NULL || (append != NULL && value_is_true(m->arena, *append));
    set_merge(m, block, argument(given, args, "merge"));
    block->rows = before == NULL ? value_list_new(m->arena) : before->rows;
    if (init == NULL)
        value_list_add(m->arena, block->rows, value_dict(row_of(m, given, args)));
    return value_object(&block_type, block);
}

bool compile_block_value(struct compiler *c, const struct words *words)
{
    struct words own = *words;
    str as, expression;
    compiler_takes_as(&own, &as);
    struct assignments *given = arena_new_of(c->arena, struct assignments);
    str *names = arena_array_of(c->arena, str, own.len);
    for (size_t i = 1; i < own.len; i++) {
        if (!compiler_assignment(own.at[i], &names[given->len], &expression))
            return compiler_fail(c, "« block_value » s'écrit « block_value nom=valeur ».");
        if (!compile_expression(c, expression, true))
            return false;
        given->len++;
    }
    given->names = names;
    compiler_call(c, (struct call){.fn = call_block_value, .data = given, .argument_count = given->len});
    compiler_print_or_assign(c, as);
    return true;
}
