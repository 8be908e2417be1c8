/* Tags that name values or choose among them: with, cycle, firstof, regroup, autoescape. */
#include "template/compiler.h"
#include "template/filter.h"
#include "template/value_members.h"

static bool compile_with(struct compiler *c, const struct words *words)
{
    str names[ARGUMENTS_MOST];
    size_t count = 0;
    if (words->len == 4 && str_eq(words->at[2], STR("as"))) {
        names[count++] = words->at[3];
        if (!is_name(words->at[3]) || !compile_expression(c, words->at[1], false))
            return compiler_fail(c, "La balise « with » s'écrit « with nom=valeur ».");
    } else {
        for (size_t i = 1; i < words->len; i++) {
            str expression;
            if (!compiler_assignment(words->at[i], &names[count++], &expression))
                return compiler_fail(c, "La balise « with » s'écrit « with nom=valeur ».");
            if (!compile_expression(c, expression, false))
                return false;
        }
    }
    if (count == 0)
        return compiler_fail(c, "La balise « with » veut au moins un nom.");
    compiler_emit(c, OP_SCOPE, 0);
    while (count > 0)
        compiler_set(c, OP_SET, names[--count]);
    if (!compile_body(c, "with", "endwith"))
        return false;
    compiler_emit(c, OP_SCOPE_END, 0);
    return true;
}

static struct value call_cycle(struct machine *m, const struct value *args, const struct call *call)
{
    struct value *slot = machine_slot(m, call);
    int64_t turn = slot->kind == VALUE_INT ? slot->integer : 0;
    *slot = value_int(turn + 1);
    return args[(size_t)turn % call->argument_count];
}

static bool compile_cycle_turn(struct compiler *c, const struct cycle *cycle)
{
    for (size_t i = 0; i < cycle->words.len; i++)
        if (!compile_expression(c, cycle->words.at[i], false))
            return false;
    compiler_call(
        c, (struct call){.fn = call_cycle, .argument_count = cycle->words.len, .slot = cycle->slot, .may_raise = true});
    if (cycle->name.len > 0) {
        compiler_set(c, OP_ASSIGN, cycle->name);
        if (cycle->silent)
            return true;
        return compile_expression(c, cycle->name, false) && compiler_emit(c, OP_PRINT, 0) > 0;
    }
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static const struct cycle *find_cycle(const struct compiler *c, str name)
{
    for (size_t i = c->cycles.len; i-- > 0;)
        if (str_eq(c->cycles.at[i].name, name))
            return &c->cycles.at[i];
    return NULL;
}

static bool compile_cycle(struct compiler *c, const struct words *words)
{
    if (words->len < 2)
        return compiler_fail(c, "La balise « cycle » veut au moins deux valeurs.");
    if (words->len == 2) {
        const struct cycle *known = find_cycle(c, words->at[1]);
        if (known == NULL)
            return compiler_fail(c, "Aucun « cycle » ne s'appelle « %.*s ».", STR_ARG(words->at[1]));
        return compile_cycle_turn(c, known);
    }
    struct cycle cycle = {.slot = compiler_slot(c), .words = {words->at + 1, words->len - 1, words->len - 1}};
    if (words->len > 4 && str_eq(words->at[words->len - 3], STR("as"))) {
        if (!str_eq(words->at[words->len - 1], STR("silent")))
            return compiler_fail(c, "« cycle » ne connaît que l'option « silent ».");
        cycle.silent = true;
        cycle.words.len--;
    }
    if (cycle.words.len > 2 && str_eq(cycle.words.at[cycle.words.len - 2], STR("as"))) {
        cycle.name = cycle.words.at[cycle.words.len - 1];
        cycle.words.len -= 2;
    }
    *vec_push(c->arena, &c->cycles) = cycle;
    return compile_cycle_turn(c, &cycle);
}

static struct value call_reset_cycle(struct machine *m, const struct value *args, const struct call *call)
{
    (void)args;
    *machine_slot(m, call) = value_int(0);
    return VALUE_EMPTY;
}

static bool compile_resetcycle(struct compiler *c, const struct words *words)
{
    if (words->len > 2)
        return compiler_fail(c, "« resetcycle » prend un nom au plus.");
    if (c->cycles.len == 0)
        return compiler_fail(c, "Il n'y a pas de « cycle » à reprendre.");
    const struct cycle *cycle = words->len == 2 ? find_cycle(c, words->at[1]) : &c->cycles.at[c->cycles.len - 1];
    if (cycle == NULL)
        return compiler_fail(c, "Aucun « cycle » ne s'appelle « %.*s ».", STR_ARG(words->at[1]));
    compiler_call(c, (struct call){.fn = call_reset_cycle, .slot = cycle->slot});
    compiler_emit(c, OP_PRINT, 0);
    return true;
}

static bool compile_firstof(struct compiler *c, const struct words *words)
{
    struct words values = *words;
    str name;
    uint32_t jumps[ARGUMENTS_MOST];
    compiler_takes_as(&values, &name);
    if (values.len < 2)
        return compiler_fail(c, "« firstof » veut au moins une valeur.");
    for (size_t i = 1; i < values.len; i++) {
        if (!compile_expression(c, values.at[i], true))
            return false;
        jumps[i] = compiler_emit(c, OP_FIRST, 0);
    }
    compiler_constant(c, value_html(STR_EMPTY));
    for (size_t i = 1; i < values.len; i++)
        compiler_land(c, jumps[i]);
    compiler_print_or_assign_printed(c, name);
    return true;
}

struct group { /* Django's GroupedResult: a pair with names */
    struct value grouper;
    struct value_list *list;
};

static bool group_item(const struct value_object *object, struct arena *arena, size_t index, struct value *out)
{
    (void)arena;
    const struct group *group = object->self;
    *out = index == 0 ? group->grouper : value_list(group->list);
    return index < 2;
}

static size_t group_length(const struct value_object *object, struct arena *arena)
{
    (void)object;
    (void)arena;
    return 2;
}

static bool group_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    bool grouper = str_eq(key, STR("grouper"));
    return (grouper || str_eq(key, STR("list"))) && group_item(object, arena, grouper ? 0 : 1, out);
}

static struct value group_plain(const struct value_object *object, struct arena *arena)
{
    const struct group *group = object->self;
    return value_text(str_fmt(arena, "GroupedResult(grouper=%.*s, list=%.*s)",
                              STR_ARG(value_repr(arena, group->grouper)),
                              STR_ARG(value_repr(arena, value_list(group->list)))));
}

static const struct value_object_type group_type = {
    .name = "group", .get = group_get, .plain = group_plain, .length = group_length, .item = group_item};

/* The call gets the items and, for each, what it is grouped by. */
static struct value call_regroup(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    struct value_list *groups = value_list_new(m->arena), *list = NULL;
    const struct value_list *items, *keys = args[1].list;
    if (!value_items(m->arena, args[0], &items))
        return value_list(groups);
    for (size_t i = 0; i < items->len && i < keys->len; i++) {
        if (list == NULL || !value_equals(m->arena, keys->at[i - 1], keys->at[i])) {
            struct group *group = arena_new_of(m->arena, struct group);
            list = value_list_new(m->arena);
            *group = (struct group){keys->at[i], list};
            value_list_add(m->arena, groups, value_object(&group_type, group));
        }
        value_list_add(m->arena, list, items->at[i]);
    }
    return value_list(groups);
}

static struct value call_keys(struct machine *m, const struct value *args, const struct call *call)
{
    struct value *slot = machine_slot(m, call);
    if (call->argument_count == 0) { /* takes what was gathered */
        struct value keys = slot->kind == VALUE_LIST ? *slot : value_list(value_list_new(m->arena));
        *slot = VALUE_OF_NONE;
        return keys;
    }
    struct value_list *keys = value_list_new(m->arena);
    if (slot->kind == VALUE_LIST)
        *keys = *slot->list;
    value_list_add(m->arena, keys, args[0]);
    *slot = value_list(keys);
    return VALUE_EMPTY;
}

/* {% regroup list by attribute|filter as name %}: a loop gathers the keys, then the call makes the groups. */
static bool compile_regroup(struct compiler *c, const struct words *words)
{
    if (words->len != 6 || !str_eq(words->at[2], STR("by")) || !str_eq(words->at[4], STR("as")))
        return compiler_fail(c, "La balise « regroup » s'écrit « regroup liste by attribut as nom ».");
    str item = words->at[5];
    size_t slot = compiler_slot(c), index = c->unit->loops.len, bound = c->bound.len;
    struct hashed_name *name = arena_new_of(c->arena, struct hashed_name);
    *name = program_name(item);
    if (!is_name(item) || !compile_expression(c, words->at[1], true) || !compile_expression(c, words->at[1], true))
        return compiler_fail(c, "La balise « regroup » s'écrit « regroup liste by attribut as nom ».");
    *vec_push(c->arena, &c->unit->loops) = (struct loop_info){.names = name, .name_count = 1};
    compiler_emit(c, OP_FOR, index);
    *vec_push(c->arena, &c->bound) = item;
    c->unit->loops.at[index].body = compiler_here(c);
    if (!compile_expression(c, str_fmt(c->arena, "%.*s.%.*s", STR_ARG(item), STR_ARG(words->at[3])), true))
        return false;
    compiler_call(c, (struct call){.fn = call_keys, .argument_count = 1, .slot = slot});
    compiler_emit(c, OP_PRINT, 0);
    compiler_emit(c, OP_FOR_NEXT, index);
    c->unit->loops.at[index].otherwise = compiler_here(c);
    c->bound.len = bound;
    compiler_call(c, (struct call){.fn = call_keys, .slot = slot});
    compiler_call(c, (struct call){.fn = call_regroup, .argument_count = 2});
    compiler_set(c, OP_ASSIGN, item);
    return true;
}

static bool compile_autoescape(struct compiler *c, const struct words *words)
{
    bool on = words->len == 2 && str_eq(words->at[1], STR("on"));
    if (!on && (words->len != 2 || !str_eq(words->at[1], STR("off"))))
        return compiler_fail(c, "« autoescape » veut « on » ou « off ».");
    compiler_emit(c, OP_ESCAPE, on);
    if (!compile_body(c, "autoescape", "endautoescape"))
        return false;
    compiler_emit(c, OP_ESCAPE_END, 0);
    return true;
}

static const struct tag tags[] = {
    {"autoescape", compile_autoescape, false, "Échappe ou non ce qui se trouve dedans.",
     "{% autoescape off %}{{ gras }}{% endautoescape %}", "<b>Été</b>"},
    {"cycle", compile_cycle, false, "Une valeur après l’autre, à chaque tour.",
     "{% for m in mots %}{% cycle 'pair' 'impair' %} {% endfor %}", "pair impair pair"},
    {"firstof", compile_firstof, false, "La première valeur qui n’est pas vide.", "{% firstof absent nom 'inconnu' %}",
     "Élodie Durand"},
    {"regroup", compile_regroup, false, "Groupe une liste triée par un champ.",
     "{% regroup enfants by ecole as ecoles %}{% for g in ecoles %}{{ g.grouper }} : {{ g.list|length }} {% endfor %}",
     "Jaurès : 1 Pasteur : 1"},
    {"resetcycle", compile_resetcycle, false, "Recommence un cycle.",
     "{% for m in mots %}{% cycle 'a' 'b' %}{% resetcycle %}{% endfor %}", "aaa"},
    {"with", compile_with, false, "Donne un nom à une valeur.",
     "{% with total=montant|multiply:2 %}{{ total }}{% endwith %}", "240"},
};

const struct tag_table tags_scope = {"Noms et valeurs", tags, sizeof tags / sizeof *tags};
