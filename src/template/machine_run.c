/* The machine's heart: one instruction after the other. */
#include "template/compiler.h"
#include "template/filter.h"
#include "template/machine.h"

struct frame {
    const struct unit *unit;
    struct value *top; /* the next free place of the stack */
    uint32_t at;
};

static struct value loop_member(const struct loop *loop, enum loop_member member)
{
    size_t index = loop->index, len = loop->items->len;
    switch (member) {
    case LOOP_COUNTER:
        return value_int((int64_t)index + 1);
    case LOOP_COUNTER0:
        return value_int((int64_t)index);
    case LOOP_REVCOUNTER:
        return value_int((int64_t)(len - index));
    case LOOP_REVCOUNTER0:
        return value_int((int64_t)(len - index) - 1);
    case LOOP_FIRST:
        return value_bool(index == 0);
    default:
        return value_bool(index + 1 == len);
    }
}

static const struct value_object_type loop_type;

static bool loop_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    (void)arena;
    static const str names[LOOP_MEMBERS] = {STR_INIT("counter"),     STR_INIT("counter0"), STR_INIT("revcounter"),
                                            STR_INIT("revcounter0"), STR_INIT("first"),    STR_INIT("last")};
    const struct loop *loop = object->self;
    if (str_eq(key, STR("parentloop"))) {
        *out = loop->parent == NULL ? value_dict(value_dict_new(arena)) : value_object(&loop_type, loop->parent);
        return true;
    }
    for (size_t i = 0; i < LOOP_MEMBERS; i++)
        if (str_eq(key, names[i])) {
            *out = loop_member(loop, (enum loop_member)i);
            return true;
        }
    return false;
}

static struct value loop_plain(const struct value_object *object, struct arena *arena)
{
    static const char *const names[] = {"counter0", "counter", "revcounter", "revcounter0", "first", "last"};
    static const enum loop_member members[] = {LOOP_COUNTER0,    LOOP_COUNTER, LOOP_REVCOUNTER,
                                               LOOP_REVCOUNTER0, LOOP_FIRST,   LOOP_LAST};
    const struct loop *loop = object->self;
    struct value_dict *dict = value_dict_new(arena), *none = value_dict_new(arena);
    value_dict_set(arena, dict, STR("parentloop"),
                   loop->parent == NULL ? value_dict(none) : value_object(&loop_type, loop->parent));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_dict_set(arena, dict, str_of(names[i]), loop_member(loop, members[i]));
    return value_dict(dict);
}

static const struct value_object_type loop_type = {.name = "forloop", .get = loop_get, .plain = loop_plain};

/* The names of {% for a, b in … %} for the item of this turn. */
static void bind_item(struct machine *m, const struct loop *loop)
{
    const struct loop_info *info = loop->info;
    size_t at = info->reversed ? loop->items->len - 1 - loop->index : loop->index;
    struct local *locals = &m->locals.at[loop->first_local + 1];
    struct value item = loop->items->at[at];
    if (info->name_count == 1) {
        locals[0].value = item;
        return;
    }
    const struct value_list *parts = NULL;
    if (item.kind == VALUE_INT || !value_items(m->arena, item, &parts) || parts->len != info->name_count) {
        machine_fault(m, "La boucle veut %zu valeurs par tour.", info->name_count);
        if (m->dialect == TEMPLATE_DJANGO)
            machine_stop(m, ERR_INVALID, "La boucle ne trouve pas le compte de ses valeurs.");
    }
    for (size_t i = 0; i < info->name_count; i++)
        locals[i].value = parts != NULL && i < parts->len ? parts->at[i] : VALUE_OF_UNDEFINED;
}

static const struct value_list *loop_items(struct machine *m, struct value from)
{
    static const struct value_list none;
    const struct value_list *items;
    if (from.kind == VALUE_NONE || from.kind == VALUE_UNDEFINED)
        return &none;
    if (value_items(m->arena, from, &items))
        return items;
    machine_fault(m, "Une boucle ne peut pas parcourir cette valeur.");
    if (m->dialect == TEMPLATE_DJANGO)
        machine_stop(m, ERR_INVALID, "Une boucle ne peut pas parcourir cette valeur.");
    return &none;
}

static void scope_open(struct machine *m)
{
    *vec_push(m->arena, &m->scopes) = m->locals.len;
}

static void scope_close(struct machine *m)
{
    m->locals.len = m->scopes.at[--m->scopes.len];
}

static void push_mark(struct machine *m, size_t mark)
{
    *vec_push(m->arena, &m->marks) = mark;
}

static size_t pop_mark(struct machine *m)
{
    return m->marks.at[--m->marks.len];
}

static void run_for(struct machine *m, struct frame *f, const struct loop_info *info)
{
    if (machine_refuses(m, f->top - 1))
        return;
    const struct value_list *items = loop_items(m, *--f->top);
    if (items->len == 0) {
        f->at = info->otherwise;
        return;
    }
    scope_open(m);
    struct loop *loop = arena_new_of(m->arena, struct loop);
    *loop = (struct loop){.parent = m->loop, .info = info, .items = items, .serial = ++m->loop_serial};
    loop->first_local = m->locals.len;
    struct hashed_name forloop = program_name(STR("forloop"));
    machine_bind(m, &forloop, value_object(&loop_type, loop));
    for (size_t i = 0; i < info->name_count; i++)
        machine_bind(m, &info->names[i], VALUE_OF_UNDEFINED);
    m->loop = loop;
    bind_item(m, loop);
    machine_charge(m, items->len * sizeof *items->at);
}

static void run_for_next(struct machine *m, struct frame *f, const struct loop_info *info)
{
    machine_take_steps(m, f->at - info->body);
    if (++m->loop->index < m->loop->items->len) {
        bind_item(m, m->loop);
        f->at = info->body;
        return;
    }
    scope_close(m);
    m->loop = m->loop->parent;
}

static bool is_true(struct machine *m, const struct value *value)
{
    if (value->kind == VALUE_BOOL)
        return value->boolean;
    if (value->kind == VALUE_TEXT && !value->is_option)
        return value->text.len > 0;
    return value_is_true(m->arena, *value);
}

static bool is_same(struct machine *m, struct value a, struct value b)
{
    a = value_plain(m->arena, a);
    b = value_plain(m->arena, b);
    bool a_none = a.kind == VALUE_NONE || a.kind == VALUE_UNDEFINED;
    bool b_none = b.kind == VALUE_NONE || b.kind == VALUE_UNDEFINED;
    if (a_none || b_none)
        return a_none && b_none;
    return a.kind == b.kind && value_equals(m->arena, a, b);
}

bool machine_compare(struct machine *m, const struct value *a, const struct value *b, enum comparison how)
{
    int order;
    bool holds;
    if (machine_has_raised(a) || machine_has_raised(b))
        return false;
    machine_charge(m, machine_weight(a) + machine_weight(b));
    switch (how) {
    case COMPARE_EQ:
        return value_equals(m->arena, *a, *b);
    case COMPARE_NE:
        return !value_equals(m->arena, *a, *b);
    case COMPARE_LT:
        return value_compare(m->arena, *a, *b, &order) && order < 0;
    case COMPARE_LE:
        return value_compare(m->arena, *a, *b, &order) && order <= 0;
    case COMPARE_GT:
        return value_compare(m->arena, *a, *b, &order) && order > 0;
    case COMPARE_GE:
        return value_compare(m->arena, *a, *b, &order) && order >= 0;
    case COMPARE_IN:
        return value_contains(m->arena, *b, *a, &holds) && holds;
    case COMPARE_NOT_IN:
        return value_contains(m->arena, *b, *a, &holds) && !holds;
    case COMPARE_IS:
        return is_same(m, *a, *b);
    case COMPARE_IS_NOT:
        return !is_same(m, *a, *b);
    }
    return false;
}

/* What Django does with a name that it does not know, before a filter: '' or, where string_if_invalid is set, that
 * text and no filter. */
static bool skips_filter(struct machine *m, struct value *value, const struct value *argument)
{
    if (machine_has_raised(value))
        return true;
    if (argument != NULL && argument->kind == VALUE_UNDEFINED && m->dialect == TEMPLATE_DJANGO) {
        *value = VALUE_RAISED_BY_NAME;
        return true;
    }
    if (value->kind != VALUE_UNDEFINED)
        return false;
    if (m->render->invalid.len > 0)
        return true;
    *value = VALUE_EMPTY;
    return false;
}

static void run_filter(struct machine *m, struct frame *f, const struct filter_use *use)
{
    const struct value *argument = use->has_argument ? --f->top : NULL;
    struct value *value = f->top - 1;
    if (skips_filter(m, value, argument))
        return;
    size_t faults = m->render->log == NULL ? 0 : m->render->log->len;
    machine_apply(m, use, value, argument);
    for (size_t i = faults; m->render->log != NULL && i < m->render->log->len; i++)
        if (m->render->log->at[i].line == 0) {
            m->render->log->at[i].line = use->line;
            m->render->log->at[i].column = use->column;
        }
}

static void run_captured(struct machine *m, struct frame *f)
{
    size_t start = pop_mark(m);
    str text = start == m->out->len ? STR_EMPTY : (str){m->out->ptr + start, m->out->len - start};
    *f->top++ = value_html(str_dup(m->arena, text));
    m->out->len = start;
}

static void run_call(struct machine *m, struct frame *f, const struct call *call)
{
    f->top -= call->argument_count;
    for (size_t i = 0; i < call->argument_count; i++)
        if (!call->may_raise && machine_refuses(m, &f->top[i]))
            return;
    m->unit = f->unit;
    *f->top = call->fn(m, f->top, call);
    f->top++;
}

/* The youngest block of that name from level on; the chain's length where there is none. */
static size_t find_block(const struct chain *chain, str name, size_t level, uint32_t *address)
{
    for (; level < chain->len; level++) {
        const struct unit *unit = chain->units[level];
        for (size_t i = 0; i < unit->blocks.len; i++)
            if (str_eq(unit->blocks.at[i].name, name)) {
                *address = unit->blocks.at[i].address;
                return level;
            }
    }
    return level;
}

struct block_ref {
    struct machine *machine;
    struct chain *chain;
    str name;
    size_t level;
};

static void run_block_from(struct machine *m, struct chain *chain, str name, size_t level);

static bool block_get(const struct value_object *object, struct arena *arena, str key, struct value *out)
{
    const struct block_ref *ref = object->self;
    if (str_eq(key, STR("name"))) {
        *out = value_text(ref->name);
        return true;
    }
    if (!str_eq(key, STR("super")))
        return false;
    struct machine *m = ref->machine;
    if (ref->chain->len == 1 && !machine_is_wcs(m)) { /* a text that extends none has no parent */
        machine_stop(m, ERR_INVALID, "« block.super » : ce texte n'en prolonge aucun autre.");
        return false;
    }
    size_t start = m->out->len;
    run_block_from(m, ref->chain, ref->name, ref->level + 1);
    str text = start == m->out->len ? STR_EMPTY : (str){m->out->ptr + start, m->out->len - start};
    *out = value_html(str_dup(arena, text));
    m->out->len = start;
    return true;
}

static const struct value_object_type block_type = {.name = "block", .get = block_get};

static void run_block_from(struct machine *m, struct chain *chain, str name, size_t level)
{
    uint32_t address = 0;
    level = find_block(chain, name, level, &address);
    if (level == chain->len)
        return;
    struct block_ref *ref = arena_new_of(m->arena, struct block_ref);
    *ref = (struct block_ref){m, chain, name, level};
    struct hashed_name block = program_name(STR("block"));
    size_t locals = m->locals.len, scopes = m->scopes.len;
    struct chain *outer = m->chain;
    m->chain = chain;
    scope_open(m);
    machine_bind(m, &block, value_object(&block_type, ref));
    machine_run(m, chain->units[level], address);
    m->scopes.len = scopes;
    m->locals.len = locals;
    m->chain = outer;
}

static struct chain *chain_new(struct machine *m, const struct chain *young, struct unit *unit)
{
    struct chain *chain = arena_new_of(m->arena, struct chain);
    size_t len = young == NULL ? 0 : young->len;
    chain->units = arena_array_of(m->arena, struct unit *, len + 1);
    chain->slots = arena_array_of(m->arena, struct value *, len + 1);
    for (size_t i = 0; i < len; i++) {
        chain->units[i] = young->units[i];
        chain->slots[i] = young->slots[i];
    }
    chain->units[len] = unit;
    chain->slots[len] = arena_array_of(m->arena, struct value, unit->slot_count);
    chain->len = len + 1;
    return chain;
}

bool machine_run_unit(struct machine *m, struct unit *unit)
{
    struct chain *outer = m->chain;
    struct machine *around = machine_enter(m);
    m->chain = chain_new(m, NULL, unit);
    bool done = machine_run(m, unit, 0);
    m->chain = outer;
    machine_enter(around);
    return done;
}

/* A text that is named while rendering: compiled now, in the render's arena. NULL stops or is told. */
static struct unit *load_unit(struct machine *m, struct value name)
{
    struct value plain = value_plain(m->arena, name);
    const struct value_list *names;
    if (plain.kind == VALUE_LIST && value_items(m->arena, plain, &names)) {
        for (size_t i = 0; i < names->len; i++) {
            struct unit *unit = names->at[i].kind == VALUE_LIST ? NULL : load_unit(m, names->at[i]);
            if (unit != NULL || m->stopped)
                return unit;
        }
        return NULL;
    }
    const struct template_loader *loader = m->template->settings.loader;
    str source;
    if (loader == NULL || plain.kind != VALUE_TEXT || !loader->load(loader->data, m->arena, plain.text, &source))
        return NULL;
    struct template_settings settings = m->template->settings;
    settings.name = plain.text;
    struct template *template = template_compile(m->arena, source, &settings, m->err);
    if (template == NULL) {
        m->stopped = true;
        return NULL;
    }
    return template->unit;
}

static struct unit *needed_unit(struct machine *m, struct value name)
{
    struct unit *unit = load_unit(m, name);
    if (unit == NULL && !m->stopped)
        machine_stop(m, ERR_NOT_FOUND, "Un texte à inclure n'existe pas.");
    return unit;
}

/* In Django what an unknown name gives is a text, and is one under its new name. */
static struct value bindable(struct machine *m, struct value value)
{
    bool is_text = !machine_refuses(m, &value) && value.kind == VALUE_UNDEFINED && !machine_is_wcs(m);
    return is_text ? value_text(m->render->invalid) : value;
}

static void assign(struct machine *m, const struct hashed_name *name, struct value value)
{
    bool is_not_assigned = value.kind == VALUE_UNDEFINED && value.is_option && !value.safe;
    if (!is_not_assigned)
        machine_assign(m, name, bindable(m, value));
}

static void run_include(struct machine *m, struct frame *f, const struct include *include)
{
    struct unit *unit = include->unit;
    if (unit == NULL)
        unit = needed_unit(m, *--f->top);
    f->top -= include->name_count;
    if (unit == NULL)
        return;
    size_t locals = m->locals.len, base = m->locals_base, scopes = m->scopes.len;
    bool isolated = m->isolated;
    struct loop *loop = m->loop;
    if (include->only) {
        m->locals_base = locals;
        m->isolated = true;
        m->loop = NULL;
    }
    scope_open(m);
    for (size_t i = 0; i < include->name_count; i++)
        machine_bind(m, &include->names[i], bindable(m, f->top[i]));
    machine_run_unit(m, unit);
    m->scopes.len = scopes;
    m->locals.len = locals;
    m->locals_base = base;
    m->isolated = isolated;
    m->loop = loop;
}

static void run_extends(struct machine *m, struct unit *parent)
{
    if (parent == NULL)
        return;
    struct chain *outer = m->chain;
    m->chain = chain_new(m, outer, parent);
    machine_run(m, parent, 0);
    m->chain = outer;
}

static void load(struct machine *m, struct frame *f, const struct path *path, bool or_none)
{
    struct value *top = f->top++;
    const struct value *found = machine_find(m, path, top);
    if (found == NULL || (or_none && found->kind == VALUE_UNDEFINED))
        *top = (struct value){.kind = or_none ? VALUE_NONE : VALUE_UNDEFINED};
    else if (found != top)
        *top = *found;
}

static void print_path(struct machine *m, struct frame *f, const struct path *path)
{
    static const struct value nothing = {.kind = VALUE_UNDEFINED};
    const struct value *found = machine_find(m, path, f->top);
    machine_print(m, found == NULL ? &nothing : found);
}

/* The jump stands behind; where it is not taken it is passed over. */
static void test(struct machine *m, struct frame *f, struct instruction i)
{
    const struct value *found = machine_find(m, &f->unit->paths.at[i.arg], f->top);
    bool holds = found != NULL && is_true(m, found);
    if (holds == (i.op == OP_TEST))
        f->at++;
    else
        f->at = f->unit->code.at[f->at].arg;
}

/* The rarer operations. */
static void run_rare(struct machine *m, struct frame *f, struct instruction i)
{
    const struct unit *unit = f->unit;
    size_t used = arena_used(m->arena);
    switch ((enum op)i.op) {
    case OP_SCOPE:
        scope_open(m);
        break;
    case OP_SCOPE_END:
        scope_close(m);
        break;
    case OP_SET:
        machine_bind(m, &unit->names.at[i.arg], bindable(m, *--f->top));
        break;
    case OP_ASSIGN:
        assign(m, &unit->names.at[i.arg], *--f->top);
        break;
    case OP_CAPTURE:
        push_mark(m, m->out->len);
        break;
    case OP_CAPTURED:
        run_captured(m, f);
        break;
    case OP_ESCAPE:
        push_mark(m, m->escape);
        m->escape = i.arg != 0;
        break;
    case OP_ESCAPE_END:
        m->escape = pop_mark(m) != 0;
        break;
    case OP_CALL:
        run_call(m, f, &unit->calls.at[i.arg]);
        break;
    case OP_BLOCK:
        run_block_from(m, m->chain, unit->blocks.at[i.arg].name, 0);
        break;
    case OP_INCLUDE:
        run_include(m, f, &unit->includes.at[i.arg]);
        break;
    default:
        break;
    }
    machine_charge(m, arena_used(m->arena) - used);
}

/* One instruction; false at the end of the code. */
static bool run_one(struct machine *m, struct frame *f)
{
    const struct unit *unit = f->unit;
    struct instruction i = unit->code.at[f->at++];
    struct value *top = f->top;
    switch ((enum op)i.op) {
    case OP_TEXT:
        buf_add(m->out, unit->texts.at[i.arg]);
        return true;
    case OP_PRINT_PATH:
        print_path(m, f, &unit->paths.at[i.arg]);
        return true;
    case OP_PRINT:
        machine_print(m, --f->top);
        return true;
    case OP_LOAD:
        load(m, f, &unit->paths.at[i.arg], false);
        return true;
    case OP_LOAD_OR_NONE:
        load(m, f, &unit->paths.at[i.arg], true);
        return true;
    case OP_LOAD_LOOP:
        *f->top++ = loop_member(m->loop, (enum loop_member)i.arg);
        return true;
    case OP_CONST:
        *f->top++ = unit->constants.at[i.arg];
        return true;
    case OP_FILTER:
        run_filter(m, f, &unit->filters.at[i.arg]);
        return true;
    case OP_JUMP:
        f->at = i.arg;
        return true;
    case OP_JUMP_FALSE:
        if (!is_true(m, --f->top))
            f->at = i.arg;
        return f->top->is_option || !machine_refuses(m, f->top);
    case OP_TEST:
    case OP_TEST_NOT:
        test(m, f, i);
        return true;
    case OP_AND:
    case OP_OR:
        /* A left side that raises makes the whole false. */
        if (machine_has_raised(top - 1) || is_true(m, top - 1) == (i.op == OP_OR)) {
            top[-1] = value_bool(!machine_has_raised(top - 1) && i.op == OP_OR);
            f->at = i.arg;
        } else {
            f->top--;
        }
        return true;
    case OP_FIRST:
        if (machine_refuses(m, top - 1))
            return false;
        if (is_true(m, top - 1))
            f->at = i.arg;
        else
            f->top--;
        return true;
    case OP_TRUTH:
        top[-1] = value_bool(is_true(m, top - 1));
        return true;
    case OP_NOT:
        top[-1] = value_bool(!machine_has_raised(top - 1) && !is_true(m, top - 1));
        return true;
    case OP_COMPARE:
        top[-2] = value_bool(machine_compare(m, &top[-2], &top[-1], (enum comparison)i.arg));
        f->top--;
        return true;
    case OP_FOR:
        run_for(m, f, &unit->loops.at[i.arg]);
        return true;
    case OP_FOR_NEXT:
        run_for_next(m, f, &unit->loops.at[i.arg]);
        return true;
    case OP_EXTENDS:
        run_extends(m, i.arg > 0 ? unit->parents.at[i.arg - 1].unit : needed_unit(m, *--f->top));
        return false;
    case OP_END:
        return false;
    default:
        run_rare(m, f, i);
        return true;
    }
}

bool machine_run(struct machine *m, const struct unit *unit, uint32_t address)
{
    struct value *stack = arena_array_of(m->arena, struct value, unit->stack_most);
    struct frame f = {.unit = unit, .top = stack, .at = address};
    if (m->depth >= NESTING_MOST)
        return machine_stop(m, ERR_LIMIT, "Ce modèle s'inclut trop profondément.");
    m->depth++;
    machine_take_steps(m, unit->code.len);
    while (!m->stopped && run_one(m, &f))
        ;
    m->depth--;
    /* A condition leaves its value. */
    if (f.top > stack && unit == m->template->unit)
        m->printed = stack[0];
    return !m->stopped;
}
