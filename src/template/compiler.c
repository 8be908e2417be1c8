#include "template/compiler.h"

#include "template/blanks.h"
#include "template/brackets.h"
#include "template/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct hashed_name program_name(str text)
{
    return (struct hashed_name){text, map_hash(text)};
}

bool compiler_fail(struct compiler *c, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    str name = c->unit->name;
    err_set(c->err, ERR_INVALID, "%.*s%s%s", STR_ARG(name), name.len > 0 ? " : " : "", message);
    if (c->err != NULL) {
        c->err->line = c->token.line;
        c->err->column = c->token.column;
    }
    return false;
}

uint32_t compiler_here(const struct compiler *c)
{
    return (uint32_t)c->unit->code.len;
}

static void note_origin(struct compiler *c)
{
    struct unit *unit = c->unit;
    const struct origin *last = unit->origins.len > 0 ? &unit->origins.at[unit->origins.len - 1] : NULL;
    if (last == NULL || last->line != c->token.line || last->column != c->token.column)
        *vec_push(c->arena, &unit->origins) = (struct origin){compiler_here(c), c->token.line, c->token.column};
}

uint32_t compiler_emit(struct compiler *c, enum op op, size_t arg)
{
    note_origin(c);
    *vec_push(c->arena, &c->unit->code) = (struct instruction){.op = op, .arg = (uint32_t)arg};
    return compiler_here(c) - 1;
}

/* Of a page's conditions most are one name, or « not » and one name. */
uint32_t compiler_jump_unless(struct compiler *c, uint32_t start)
{
    struct instruction *condition = &c->unit->code.at[start];
    uint32_t count = compiler_here(c) - start;
    bool is_not = count == 2 && condition[1].op == OP_NOT;
    if ((count == 1 || is_not) && condition[0].op == OP_LOAD_OR_NONE) {
        condition[0].op = is_not ? OP_TEST_NOT : OP_TEST;
        c->unit->code.len -= is_not;
    }
    return compiler_emit(c, OP_JUMP_FALSE, 0);
}

void compiler_land(struct compiler *c, uint32_t address)
{
    c->unit->code.at[address].arg = compiler_here(c);
}

void compiler_constant(struct compiler *c, struct value value)
{
    *vec_push(c->arena, &c->unit->constants) = value;
    compiler_emit(c, OP_CONST, c->unit->constants.len - 1);
}

void compiler_set(struct compiler *c, enum op op, str name)
{
    *vec_push(c->arena, &c->unit->names) = program_name(name);
    *vec_push(c->arena, &c->bound) = name;
    compiler_emit(c, op, c->unit->names.len - 1);
}

uint32_t compiler_call(struct compiler *c, struct call call)
{
    call.line = c->token.line;
    call.column = c->token.column;
    *vec_push(c->arena, &c->unit->calls) = call;
    compiler_emit(c, OP_CALL, c->unit->calls.len - 1);
    return (uint32_t)(c->unit->calls.len - 1);
}

size_t compiler_slot(struct compiler *c)
{
    return c->unit->slot_count++;
}

static void compile_text(struct compiler *c, str text)
{
    *vec_push(c->arena, &c->unit->texts) = text;
    compiler_emit(c, OP_TEXT, c->unit->texts.len - 1);
}

/* {{ name }} is one operation. */
static bool compile_print(struct compiler *c)
{
    if (c->token.text.len == 0)
        return compiler_fail(c, "Une expression vide : « {{ }} ».");
    uint32_t from = compiler_here(c);
    if (!compile_expression(c, c->token.text, false))
        return false;
    struct instruction *last = &c->unit->code.at[compiler_here(c) - 1];
    if (compiler_here(c) == from + 1 && last->op == OP_LOAD)
        last->op = OP_PRINT_PATH;
    else
        compiler_emit(c, OP_PRINT, 0);
    return true;
}

static bool is_one_of(str name, const char *ends)
{
    str part, rest = str_of(ends);
    while (str_next(&rest, ' ', &part))
        if (str_eq(part, name))
            return true;
    return false;
}

static bool compile_tag(struct compiler *c, str name)
{
    const struct tag *tag = tag_find(name);
    if (tag == NULL)
        return compiler_fail(c, "Balise inconnue ou mal placée : « %.*s ».", STR_ARG(name));
    struct words words = lexer_split(c->arena, c->token.text);
    if (words.len > ARGUMENTS_MOST && !tag->is_long)
        return compiler_fail(c, "La balise « %.*s » a trop d'arguments.", STR_ARG(name));
    if (!tag->is_long && STACK_LEAST + words.len > c->unit->stack_most)
        c->unit->stack_most = STACK_LEAST + words.len;
    size_t bound = c->bound.len;
    if (!tag->compile(c, &words))
        return false;
    /* What a block binds ends with it; what « as » binds goes on: then the tag's own code says so by OP_ASSIGN. */
    if (c->unit->code.len > 0 && c->unit->code.at[c->unit->code.len - 1].op != OP_ASSIGN)
        c->bound.len = bound;
    return true;
}

static str tag_name(str text)
{
    return str_slice(text, 0, blank_next(text, 0));
}

static bool compile_one(struct compiler *c)
{
    if (c->token.kind == TOKEN_TEXT) {
        compile_text(c, c->token.text);
        return true;
    }
    if (c->token.kind == TOKEN_PRINT)
        return compile_print(c);
    return compile_tag(c, tag_name(c->token.text));
}

bool compile_body(struct compiler *c, const char *opener, const char *ends)
{
    struct token open = c->token;
    if (++c->nesting > NESTING_MOST)
        return compiler_fail(c, "Trop de balises les unes dans les autres.");
    for (;;) {
        c->token = lexer_next(&c->lexer);
        if (c->token.kind == TOKEN_END)
            break;
        if (c->token.kind == TOKEN_TAG && c->token.text.len == 0)
            return compiler_fail(c, "Une balise vide : « {%% %%} ».");
        if (c->token.kind == TOKEN_TAG && ends != NULL && is_one_of(tag_name(c->token.text), ends)) {
            c->nesting--;
            return true;
        }
        c->any_tag |= c->token.kind != TOKEN_TEXT;
        if (!compile_one(c))
            return false;
    }
    c->nesting--;
    if (ends == NULL)
        return true;
    c->token = open;
    return compiler_fail(c, "La balise « %s » n'est pas fermée.", opener);
}

bool compile_skip(struct compiler *c, const char *opener, str end)
{
    struct token open = c->token;
    do
        c->token = lexer_next(&c->lexer);
    while (c->token.kind != TOKEN_END && !(c->token.kind == TOKEN_TAG && str_eq(tag_name(c->token.text), end)));
    if (c->token.kind != TOKEN_END)
        return true;
    c->token = open;
    return compiler_fail(c, "La balise « %s » n'est pas fermée.", opener);
}

bool compiler_takes_as(struct words *words, str *name)
{
    *name = STR_EMPTY;
    if (words->len < 4 || !str_eq(words->at[words->len - 2], STR("as")))
        return false;
    *name = words->at[words->len - 1];
    words->len -= 2;
    return true;
}

static struct value call_printed(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    if (machine_is_wcs(m))
        return args[0];
    struct value text = value_text(args[0].kind == VALUE_UNDEFINED ? m->render->invalid : machine_text(m, args[0]));
    text.safe = args[0].kind == VALUE_TEXT && args[0].safe;
    return value_html(filter_escape(m, text));
}

void compiler_print_or_assign(struct compiler *c, str name)
{
    if (name.len > 0)
        compiler_set(c, OP_ASSIGN, name);
    else
        compiler_emit(c, OP_PRINT, 0);
}

void compiler_print_or_assign_printed(struct compiler *c, str name)
{
    if (name.len > 0) {
        compiler_call(c, (struct call){.fn = call_printed, .argument_count = 1});
        compiler_set(c, OP_ASSIGN, name);
    } else {
        compiler_emit(c, OP_PRINT, 0);
    }
}

/* Django's trimmed: lines lose their blanks and become one. */
static str join_lines(struct arena *arena, str text, bool first, bool last)
{
    struct buf out = buf_new(arena, text.len + 1);
    str rest = text, line;
    bool more = true;
    for (bool start = true; more; start = false) {
        more = str_cut(rest, '\n', &line, &rest);
        size_t from = 0, to = line.len;
        while (from < to && (line.ptr[from] == ' ' || line.ptr[from] == '\t') && (!start || first))
            from++;
        while (to > from && (line.ptr[to - 1] == ' ' || line.ptr[to - 1] == '\t') && (more || last))
            to--;
        if (!start && !(out.len == 0 && first) && !(to == from && !more && last))
            buf_add_char(&out, ' ');
        buf_add(&out, str_slice(line, from, to));
    }
    return buf_str(&out);
}

bool compile_flat_body(struct compiler *c, const char *opener, const char *ends, bool trimmed)
{
    struct token open = c->token;
    c->token = lexer_next(&c->lexer);
    for (bool first = true; c->token.kind != TOKEN_END; first = false) {
        struct token token = c->token;
        if (token.kind == TOKEN_TAG && is_one_of(tag_name(token.text), ends))
            return true;
        if (token.kind == TOKEN_TAG)
            return compiler_fail(c, "La balise « %s » ne peut pas en contenir d'autres.", opener);
        struct token next = lexer_next(&c->lexer);
        if (token.kind == TOKEN_TEXT)
            compile_text(c, trimmed ? join_lines(c->arena, token.text, first, next.kind == TOKEN_TAG) : token.text);
        else if (!compile_print(c))
            return false;
        c->token = next;
    }
    c->token = open;
    return compiler_fail(c, "La balise « %s » n'est pas fermée.", opener);
}

static struct unit *unit_new(struct compiler *c, str name)
{
    struct unit *unit = arena_new_of(c->arena, struct unit);
    unit->name = name;
    unit->stack_most = STACK_LEAST;
    return unit;
}

bool compile_other(struct compiler *c, str name, struct unit **out)
{
    struct template *template = c->template;
    *out = map_get(&template->units, name);
    if (*out != NULL)
        return true;
    const struct template_loader *loader = template->settings.loader;
    str source;
    if (loader == NULL)
        return compiler_fail(c, "Ce texte ne peut pas inclure d'autre texte.");
    if (!loader->load(loader->data, c->arena, name, &source))
        return true;
    if (c->nesting > NESTING_MOST)
        return compiler_fail(c, "Trop de textes les uns dans les autres.");
    struct compiler other = {.arena = c->arena,
                             .template = template,
                             .unit = unit_new(c, name),
                             .lexer = {.source = source, .line = 1, .column = 1},
                             .err = c->err,
                             .nesting = c->nesting + 1};
    map_set(&template->units, name, other.unit);
    if (!compile_body(&other, "", NULL))
        return false;
    compiler_emit(&other, OP_END, 0);
    *out = other.unit;
    return true;
}

static bool has_brackets(const struct compiler *c)
{
    const struct template_settings *settings = &c->template->settings;
    str source = c->lexer.source;
    return settings->dialect == TEMPLATE_WCS && !settings->no_brackets && settings->loader == NULL &&
           settings->kind != TEMPLATE_CONDITION && !str_contains(source, STR("{{")) &&
           !str_contains(source, STR("{%")) && brackets_stand_in(c->arena, source);
}

/* A text that only looks like the legacy dialect (« [end] ») is itself, unless it is to be checked. */
static bool compile_brackets(struct compiler *c)
{
    struct err *err = c->err;
    struct err ours = {0};
    c->err = c->template->settings.strict ? err : &ours;
    c->any_tag = true;
    bool compiled = brackets_compile(c, c->lexer.source);
    c->err = err;
    for (size_t i = 0; i < c->template->names.len; i++)
        c->template->names.at[i].may_be_text = true;
    if (compiled || c->template->settings.strict)
        return compiled;
    c->unit->code.len = 0;
    c->unit->origins.len = 0;
    c->template->names.len = 0;
    c->any_tag = false;
    compile_text(c, c->lexer.source);
    return true;
}

static bool compile_whole(struct compiler *c)
{
    if (has_brackets(c))
        return compile_brackets(c);
    if (c->template->settings.kind != TEMPLATE_CONDITION)
        return compile_body(c, "", NULL);
    c->token = (struct token){.kind = TOKEN_PRINT, .text = c->lexer.source, .line = 1, .column = 1};
    c->any_tag = true;
    struct words words = lexer_split(c->arena, c->lexer.source);
    return compile_condition(c, &words, 0);
}

static size_t usual_length(const struct unit *unit)
{
    enum { OF_A_VALUE = 24 };
    size_t length = 0;
    for (size_t i = 0; i < unit->texts.len; i++)
        length += unit->texts.at[i].len + OF_A_VALUE;
    return length;
}

struct template *template_compile(struct arena *arena, str source, const struct template_settings *settings,
                                  struct err *err)
{
    struct template *template = arena_new_of(arena, struct template);
    template->settings = *settings;
    template->units = map_new(arena);
    struct compiler c = {
        .arena = arena, .template = template, .lexer = {.source = source, .line = 1, .column = 1}, .err = err};
    template->unit = c.unit = unit_new(&c, settings->name);
    if (!compile_whole(&c))
        return NULL;
    compiler_emit(&c, OP_END, 0);
    template->unit->usual_length = usual_length(template->unit);
    template->is_constant = !c.any_tag;
    template->constant = settings->kind == TEMPLATE_TEXT && !settings->keep_ends ? blank_trim(source) : source;
    return template;
}

const struct tag_table *const tag_tables[] = {&tags_flow,  &tags_scope,   &tags_text, &tags_language,
                                              &tags_pages, &tags_project, &tags_wcs,  NULL};

const struct tag *tag_find(str name)
{
    for (size_t i = 0; tag_tables[i] != NULL; i++)
        for (size_t j = 0; j < tag_tables[i]->len; j++)
            if (str_eq(name, str_of(tag_tables[i]->at[j].name)))
                return &tag_tables[i]->at[j];
    return NULL;
}
