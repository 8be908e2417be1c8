/* {% if %}, {% for %}, {% ifchanged %} and what they hold. */
#include "template/blanks.h"
#include "template/compiler.h"
#include "template/machine.h"

struct ends { /* jumps to the end of the whole tag */
    uint32_t *at;
    size_t len, cap;
};

static bool at_tag(const struct compiler *c, const char *name)
{
    return str_eq(str_slice(c->token.text, 0, blank_next(c->token.text, 0)), str_of(name));
}

static void land_all(struct compiler *c, const struct ends *ends)
{
    for (size_t i = 0; i < ends->len; i++)
        compiler_land(c, ends->at[i]);
}

static bool compile_if(struct compiler *c, const struct words *words)
{
    struct ends ends = {0};
    struct words condition = *words;
    for (;;) {
        uint32_t start = compiler_here(c);
        if (!compile_condition(c, &condition, 1))
            return false;
        uint32_t otherwise = compiler_jump_unless(c, start);
        if (!compile_body(c, "if", "elif else endif"))
            return false;
        if (!at_tag(c, "endif"))
            *vec_push(c->arena, &ends) = compiler_emit(c, OP_JUMP, 0);
        compiler_land(c, otherwise);
        if (!at_tag(c, "elif"))
            break;
        condition = lexer_split(c->arena, c->token.text);
    }
    if (at_tag(c, "else") && !compile_body(c, "if", "endif"))
        return false;
    land_all(c, &ends);
    return true;
}

/* The value itself: what Django raised is not passed on to a comparison, where it would only be false. */
static struct value call_sound(struct machine *m, const struct value *args, const struct call *call)
{
    (void)m;
    (void)call;
    return args[0];
}

static bool compile_sound(struct compiler *c, str word)
{
    if (!compile_expression(c, word, true))
        return false;
    if (c->template->settings.dialect == TEMPLATE_DJANGO)
        compiler_call(c, (struct call){.fn = call_sound, .argument_count = 1});
    return true;
}

/* {% ifequal a b %} and {% ifnotequal a b %}, which old texts have. */
static bool compile_if_same(struct compiler *c, const struct words *words, enum comparison how, const char *name,
                            const char *end, const char *ends)
{
    if (words->len != 3)
        return compiler_fail(c, "La balise « %s » veut deux valeurs.", name);
    if (!compile_sound(c, words->at[1]) || !compile_sound(c, words->at[2]))
        return false;
    compiler_emit(c, OP_COMPARE, how);
    uint32_t otherwise = compiler_emit(c, OP_JUMP_FALSE, 0);
    if (!compile_body(c, name, ends))
        return false;
    if (at_tag(c, "else")) {
        uint32_t done = compiler_emit(c, OP_JUMP, 0);
        compiler_land(c, otherwise);
        otherwise = done;
        if (!compile_body(c, name, end))
            return false;
    }
    compiler_land(c, otherwise);
    return true;
}

static bool compile_ifequal(struct compiler *c, const struct words *words)
{
    return compile_if_same(c, words, COMPARE_EQ, "ifequal", "endifequal", "else endifequal");
}

static bool compile_ifnotequal(struct compiler *c, const struct words *words)
{
    return compile_if_same(c, words, COMPARE_NE, "ifnotequal", "endifnotequal", "else endifnotequal");
}

/* « a, b » between for and in. */
static bool loop_names(struct compiler *c, const struct words *words, size_t to, struct loop_info *info)
{
    str all = STR_EMPTY, name;
    for (size_t i = 1; i < to; i++)
        all = str_fmt(c->arena, "%.*s%s%.*s", STR_ARG(all), i > 1 ? " " : "", STR_ARG(words->at[i]));
    struct {
        struct hashed_name *at;
        size_t len, cap;
    } names = {0};
    str rest = all;
    bool more = true;
    while (more) {
        more = str_cut(rest, ',', &name, &rest);
        name = str_trim(name);
        if (!is_name(name))
            return compiler_fail(c, "La boucle a un nom impossible : « %.*s ».", STR_ARG(all));
        *vec_push(c->arena, &names) = program_name(name);
        *vec_push(c->arena, &c->bound) = name;
    }
    *vec_push(c->arena, &c->bound) = STR("forloop");
    info->names = names.at;
    info->name_count = names.len;
    return true;
}

static bool compile_for(struct compiler *c, const struct words *words)
{
    struct loop_info info = {.reversed = words->len > 4 && str_eq(words->at[words->len - 1], STR("reversed"))};
    size_t behind_in = words->len - (info.reversed ? 2 : 1);
    if (words->len < 4 || !str_eq(words->at[behind_in - 1], STR("in")))
        return compiler_fail(c, "Une boucle s'écrit « for x in liste ».");
    if (!compile_expression(c, words->at[behind_in], true) || !loop_names(c, words, behind_in - 1, &info))
        return false;
    size_t index = c->unit->loops.len;
    *vec_push(c->arena, &c->unit->loops) = info;
    compiler_emit(c, OP_FOR, index);
    c->unit->loops.at[index].body = compiler_here(c);
    c->loop_depth++;
    if (!compile_body(c, "for", "empty endfor"))
        return false;
    c->loop_depth--;
    compiler_emit(c, OP_FOR_NEXT, index);
    uint32_t done = compiler_emit(c, OP_JUMP, 0);
    c->unit->loops.at[index].otherwise = compiler_here(c);
    if (at_tag(c, "empty") && !compile_body(c, "for", "endfor"))
        return false;
    compiler_land(c, done);
    return true;
}

/* The slot holds which loop the last values belong to, then the values. */
static bool changed(struct machine *m, const struct value *args, const struct call *call)
{
    struct value *slot = machine_slot(m, call);
    struct value_list *now = value_list_new(m->arena);
    value_list_add(m->arena, now, value_int(m->loop == NULL ? 0 : (int64_t)m->loop->serial));
    for (size_t i = 0; i < call->argument_count; i++)
        value_list_add(m->arena, now, args[i]);
    bool same = slot->kind == VALUE_LIST && value_equals(m->arena, *slot, value_list(now));
    *slot = value_list(now);
    return !same;
}

static struct value call_changed(struct machine *m, const struct value *args, const struct call *call)
{
    return value_bool(changed(m, args, call));
}

static struct value call_print_changed(struct machine *m, const struct value *args, const struct call *call)
{
    if (!changed(m, args, call))
        return value_bool(false);
    machine_print(m, args);
    return value_bool(true);
}

static bool compile_ifchanged(struct compiler *c, const struct words *words)
{
    struct call call = {.slot = compiler_slot(c), .argument_count = words->len - 1, .fn = call_changed};
    for (size_t i = 1; i < words->len; i++)
        if (!compile_expression(c, words->at[i], true))
            return false;
    uint32_t otherwise = 0;
    bool by_text = words->len == 1;
    if (by_text) {
        call.argument_count = 1;
        call.fn = call_print_changed;
        compiler_emit(c, OP_CAPTURE, 0);
    } else {
        compiler_call(c, call);
        otherwise = compiler_emit(c, OP_JUMP_FALSE, 0);
    }
    if (!compile_body(c, "ifchanged", "else endifchanged"))
        return false;
    if (by_text) {
        compiler_emit(c, OP_CAPTURED, 0);
        compiler_call(c, call);
        otherwise = compiler_emit(c, OP_JUMP_FALSE, 0);
    }
    uint32_t done = compiler_emit(c, OP_JUMP, 0);
    compiler_land(c, otherwise);
    if (at_tag(c, "else") && !compile_body(c, "ifchanged", "endifchanged"))
        return false;
    compiler_land(c, done);
    return true;
}

static const struct tag tags[] = {
    {"for", compile_for, false,
     "Répète pour chaque élément ; « empty » sert quand il n’y en a pas. Dans la boucle, « forloop » compte les tours.",
     "{% for e in enfants %}{{ forloop.counter }}. {{ e.prenom }}{% if not forloop.last %}, {% endif %}{% empty "
     "%}Aucun enfant{% endfor %}",
     "1. Zoé, 2. Hugo"},
    {"if", compile_if, false,
     "Montre une partie si la condition est vraie : and, or, not, ==, !=, <, <=, >, >=, in, not in, is.",
     "{% if enfants|length > 1 and 'a' in 'abc' %}plusieurs{% elif enfants %}un seul{% else %}aucun{% endif %}",
     "plusieurs"},
    {"ifchanged", compile_ifchanged, false, "Montre une partie quand la valeur change d’un tour de boucle à l’autre.",
     "{% for x in 'aab'|make_list %}{% ifchanged x %}{{ x }}{% endifchanged %}{% endfor %}", "ab"},
    {"ifequal", compile_ifequal, false, "L’ancienne façon d’écrire {% if a == b %}.",
     "{% ifequal 1 1 %}oui{% endifequal %}", "oui"},
    {"ifnotequal", compile_ifnotequal, false, "L’ancienne façon d’écrire {% if a != b %}.",
     "{% ifnotequal 1 2 %}oui{% endifnotequal %}", "oui"},
};

const struct tag_table tags_flow = {"Conditions et boucles", tags, sizeof tags / sizeof *tags};
