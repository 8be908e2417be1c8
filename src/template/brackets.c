/* The legacy dialect of w.c.s. (EZT): [form_var_x], [if-any x]…[else]…[end], [is x "v"], [for x], [if-index x last].
 * Read where a text has no tag of Django's. A name that nobody knows stays as it was written. */
#include "template/brackets.h"
#include "template/filter.h"
#include "template/machine.h"

#include <string.h>

struct bracket { /* one […] of the text */
    size_t at, end;
    struct words words;
};

struct reader {
    struct compiler *c;
    str source;
    size_t at;
    int deep;
};

static bool is_item_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-.", c) != NULL ||
           (unsigned char)c >= 0x80;
}

/* A quoted text or a word, at *at; false where there is none. */
static bool take_item(str source, size_t *at, str *item)
{
    size_t from = *at;
    if (from < source.len && source.ptr[from] == '"') {
        for (size_t i = from + 1; i < source.len; i++) {
            if (source.ptr[i] == '\\')
                i++;
            else if (source.ptr[i] == '"') {
                *at = i + 1;
                *item = str_slice(source, from, *at);
                return true;
            }
        }
        return false;
    }
    while (*at < source.len && source.ptr[*at] != '\0' && is_item_char(source.ptr[*at]))
        (*at)++;
    *item = str_slice(source, from, *at);
    return item->len > 0;
}

/* [item item …] */
static bool bracket_at(struct arena *arena, str source, size_t at, struct bracket *out)
{
    *out = (struct bracket){.at = at};
    for (size_t i = at + 1;;) {
        str item;
        if (!take_item(source, &i, &item))
            return false;
        *vec_push(arena, &out->words) = item;
        if (i < source.len && source.ptr[i] == ']') {
            out->end = i + 1;
            return out->words.len <= ARGUMENTS_MOST;
        }
        size_t blanks = i;
        while (i < source.len && source.ptr[i] == ' ')
            i++;
        if (i == blanks)
            return false;
    }
}

/* The next bracket at or after from; false where there is none. */
static bool next_bracket(struct arena *arena, str source, size_t from, struct bracket *out)
{
    while (from < source.len) {
        const char *open = memchr(source.ptr + from, '[', source.len - from);
        if (open == NULL)
            return false;
        from = (size_t)(open - source.ptr);
        if (bracket_at(arena, source, from, out))
            return true;
        from++;
    }
    return false;
}

bool brackets_stand_in(struct arena *arena, str source)
{
    struct bracket bracket;
    return next_bracket(arena, source, 0, &bracket);
}

static void place(struct reader *r, size_t at)
{
    r->c->token.line = 1;
    r->c->token.column = 1;
    for (size_t i = 0; i < at; i++) {
        r->c->token.column = r->source.ptr[i] == '\n' ? 1 : r->c->token.column + 1;
        r->c->token.line += r->source.ptr[i] == '\n';
    }
}

static void print_text(struct reader *r, str text)
{
    if (text.len == 0)
        return;
    *vec_push(r->c->arena, &r->c->unit->texts) = str_replace(r->c->arena, text, STR("[[]"), STR("["));
    compiler_emit(r->c, OP_TEXT, r->c->unit->texts.len - 1);
}

/* EZT sees texts: numbers and booleans are never empty, None is. */
static struct value call_is_any(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    struct value value = value_plain(m->arena, args[0]);
    bool filled =
        value.kind == VALUE_BOOL || value.kind == VALUE_INT || value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL;
    return value_bool(filled || value_is_true(m->arena, value));
}

static struct value call_or_verbatim(struct machine *m, const struct value *args, const struct call *call)
{
    (void)m;
    return args[0].kind == VALUE_UNDEFINED ? value_html(*(const str *)call->data)
           : args[0].kind == VALUE_NONE    ? VALUE_EMPTY
                                           : args[0];
}

static struct value call_is(struct machine *m, const struct value *args, const struct call *call)
{
    const str *word = call->data;
    if (args[0].kind == VALUE_UNDEFINED)
        return value_bool(false);
    str right = args[1].kind == VALUE_UNDEFINED ? *word : filter_text(m, args[1]);
    return value_bool(str_eq(utf8_lower(m->arena, filter_text(m, args[0])), utf8_lower(m->arena, right)));
}

/* Which turn of the loop of that name: its number from 0, first, last, odd, even. */
static struct value call_if_index(struct machine *m, const struct value *args, const struct call *call)
{
    const str *words = call->data;
    const struct loop *loop = m->loop;
    (void)args;
    while (loop != NULL && !str_eq(loop->info->names[0].text, words[0]))
        loop = loop->parent;
    int64_t number;
    if (loop == NULL)
        return value_bool(false);
    if (str_eq(words[1], STR("first")))
        return value_bool(loop->index == 0);
    if (str_eq(words[1], STR("last")))
        return value_bool(loop->index + 1 == loop->items->len);
    if (str_eq(words[1], STR("odd")) || str_eq(words[1], STR("even")))
        return value_bool((loop->index & 1) == (words[1].ptr[0] == 'o'));
    return value_bool(str_to_int64(words[1], &number) && number == (int64_t)loop->index);
}

static const str *kept(struct reader *r, const str *words, size_t count)
{
    return arena_copy(r->c->arena, words, count * sizeof *words);
}

/* A name of the scope; what is no name (« 2e », « -a ») is nothing known. */
static bool load(struct reader *r, str word)
{
    str literal;
    if (compiler_literal(r->c->arena, word, &literal)) {
        compiler_constant(r->c, value_text(literal));
        return true;
    }
    str part, rest = word;
    bool known = true;
    while (known && str_next(&rest, '.', &part))
        known = part.len > 0 && part.ptr[0] != '_' && !str_contains(part, STR("-"));
    if (known && is_name(str_slice(word, 0, 1)) && !str_ends(word, STR(".")))
        return compile_expression(r->c, word, false);
    compiler_constant(r->c, VALUE_OF_UNDEFINED);
    return true;
}

static bool read_until(struct reader *r, bool *at_else);

/* The two branches behind a boolean on the stack. */
static bool read_branches(struct reader *r, size_t at)
{
    bool at_else = false;
    uint32_t otherwise = compiler_emit(r->c, OP_JUMP_FALSE, 0);
    if (!read_until(r, &at_else))
        return false;
    if (at_else) {
        uint32_t done = compiler_emit(r->c, OP_JUMP, 0);
        compiler_land(r->c, otherwise);
        otherwise = done;
        if (!read_until(r, &at_else))
            return false;
        if (at_else) {
            place(r, at);
            return compiler_fail(r->c, "Deux [else] pour un seul bloc.");
        }
    }
    compiler_land(r->c, otherwise);
    return true;
}

static bool read_if_any(struct reader *r, const struct bracket *b)
{
    uint32_t jumps[ARGUMENTS_MOST + 1];
    for (size_t i = 1; i < b->words.len; i++) {
        if (!load(r, b->words.at[i]))
            return false;
        compiler_call(r->c, (struct call){.fn = call_is_any, .argument_count = 1});
        jumps[i] = compiler_emit(r->c, OP_OR, 0);
    }
    compiler_constant(r->c, value_bool(false));
    for (size_t i = 1; i < b->words.len; i++)
        compiler_land(r->c, jumps[i]);
    return read_branches(r, b->at);
}

static bool read_is(struct reader *r, const struct bracket *b)
{
    if (b->words.len != 3)
        return compiler_fail(r->c, "[is] veut un nom et une valeur.");
    if (!load(r, b->words.at[1]) || !load(r, b->words.at[2]))
        return false;
    compiler_call(r->c, (struct call){.fn = call_is, .argument_count = 2, .data = kept(r, &b->words.at[2], 1)});
    return read_branches(r, b->at);
}

static bool read_if_index(struct reader *r, const struct bracket *b)
{
    if (b->words.len != 3)
        return compiler_fail(r->c, "[if-index] veut le nom d'une boucle et un rang.");
    compiler_call(r->c, (struct call){.fn = call_if_index, .data = kept(r, &b->words.at[1], 2)});
    return read_branches(r, b->at);
}

/* [for x]: x is each item in turn. */
static bool read_for(struct reader *r, const struct bracket *b)
{
    bool at_else = false;
    if (b->words.len != 2)
        return compiler_fail(r->c, "[for] veut un nom.");
    struct hashed_name *name = arena_new_of(r->c->arena, struct hashed_name);
    *name = program_name(b->words.at[1]);
    if (!load(r, b->words.at[1]))
        return false;
    size_t index = r->c->unit->loops.len, bound = r->c->bound.len;
    *vec_push(r->c->arena, &r->c->unit->loops) = (struct loop_info){.names = name, .name_count = 1};
    *vec_push(r->c->arena, &r->c->bound) = name->text;
    compiler_emit(r->c, OP_FOR, index);
    r->c->unit->loops.at[index].body = compiler_here(r->c);
    if (!read_until(r, &at_else))
        return false;
    if (at_else)
        return compiler_fail(r->c, "[for] n'a pas de [else].");
    compiler_emit(r->c, OP_FOR_NEXT, index);
    r->c->unit->loops.at[index].otherwise = compiler_here(r->c);
    r->c->bound.len = bound;
    return true;
}

static bool read_name(struct reader *r, const struct bracket *b)
{
    str verbatim = str_slice(r->source, b->at, b->end);
    if (b->words.len > 1 || b->words.at[0].ptr[0] == '"') {
        print_text(r, verbatim);
        return true;
    }
    if (!load(r, b->words.at[0]))
        return false;
    compiler_call(r->c, (struct call){.fn = call_or_verbatim, .argument_count = 1, .data = kept(r, &verbatim, 1)});
    compiler_emit(r->c, OP_PRINT, 0);
    return true;
}

static bool read_bracket(struct reader *r, const struct bracket *b)
{
    str word = b->words.at[0];
    place(r, b->at);
    if (str_eq(word, STR("if-any")))
        return read_if_any(r, b);
    if (str_eq(word, STR("is")))
        return read_is(r, b);
    if (str_eq(word, STR("if-index")))
        return read_if_index(r, b);
    if (str_eq(word, STR("for")))
        return read_for(r, b);
    return read_name(r, b);
}

/* Up to [else] or [end], or to the end of the text outside all blocks. */
static bool read_until(struct reader *r, bool *at_else)
{
    size_t opened = r->at;
    if (++r->deep > NESTING_MOST)
        return compiler_fail(r->c, "Trop de blocs les uns dans les autres.");
    for (struct bracket b; next_bracket(r->c->arena, r->source, r->at, &b);) {
        print_text(r, str_slice(r->source, r->at, b.at));
        r->at = b.end;
        *at_else = b.words.len == 1 && str_eq(b.words.at[0], STR("else"));
        bool at_end = b.words.len == 1 && str_eq(b.words.at[0], STR("end"));
        if ((*at_else || at_end) && r->deep == 1) {
            place(r, b.at);
            return compiler_fail(r->c, "Un [%.*s] sans bloc ouvert.", STR_ARG(b.words.at[0]));
        }
        if (*at_else || at_end) {
            r->deep--;
            return true;
        }
        if (!read_bracket(r, &b))
            return false;
    }
    if (r->deep > 1) {
        place(r, opened);
        return compiler_fail(r->c, "Un bloc n'est pas fermé par [end].");
    }
    print_text(r, str_slice(r->source, r->at, r->source.len));
    return true;
}

bool brackets_compile(struct compiler *c, str source)
{
    struct reader r = {.c = c, .source = source};
    bool at_else = false;
    return read_until(&r, &at_else);
}
