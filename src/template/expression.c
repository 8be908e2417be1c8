/* {{ expression }}: a constant or a name, then filters with at most one argument each. */
#include "template/compiler.h"
#include "template/filter.h"

#include <stdlib.h>
#include <string.h>

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_name(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_word_char(text.ptr[i]))
            return false;
    return text.len > 0 && !is_digit(text.ptr[0]);
}

/* The length of the constant at the start of text, 0 where there is none: "a", 'a', _("a"). */
static size_t literal_length(str text)
{
    bool translated = str_starts(text, STR("_("));
    size_t from = translated ? 2 : 0;
    if (from >= text.len || (text.ptr[from] != '"' && text.ptr[from] != '\''))
        return 0;
    for (size_t i = from + 1; i < text.len; i++) {
        if (text.ptr[i] == '\\') {
            i++;
        } else if (text.ptr[i] == text.ptr[from]) {
            if (!translated)
                return i + 1;
            return i + 1 < text.len && text.ptr[i + 1] == ')' ? i + 2 : 0;
        }
    }
    return 0;
}

/* Django's [-+.]?\d[\d.e]* */
static size_t number_length(str text)
{
    size_t at = text.len > 0 && strchr("-+.", text.ptr[0]) != NULL && text.ptr[0] != '\0' ? 1 : 0;
    if (at >= text.len || !is_digit(text.ptr[at]))
        return 0;
    while (at < text.len && (is_digit(text.ptr[at]) || text.ptr[at] == '.' || text.ptr[at] == 'e'))
        at++;
    return at;
}

static size_t path_length(str text)
{
    size_t at = 0;
    while (at < text.len && (is_word_char(text.ptr[at]) || text.ptr[at] == '.'))
        at++;
    return at;
}

/* A literal's content: \x is x for the quote and the backslash. */
bool compiler_literal(struct arena *arena, str word, str *out)
{
    if (word.len == 0 || literal_length(word) != word.len)
        return false;
    if (word.ptr[0] == '_')
        word = str_slice(word, 2, word.len - 1);
    char quote = word.ptr[0];
    str inside = str_slice(word, 1, word.len - 1);
    if (memchr(inside.ptr, '\\', inside.len) == NULL) {
        *out = inside;
        return true;
    }
    char *text = arena_alloc(arena, inside.len), *to = text;
    for (size_t i = 0; i < inside.len; i++) {
        if (inside.ptr[i] == '\\' && i + 1 < inside.len && (inside.ptr[i + 1] == quote || inside.ptr[i + 1] == '\\'))
            i++;
        *to++ = inside.ptr[i];
    }
    *out = (str){text, (size_t)(to - text)};
    return true;
}

static bool number_of(struct compiler *c, str text, struct value *out)
{
    int64_t integer;
    str digits = text.ptr[0] == '+' ? str_slice(text, 1, text.len) : text;
    if (str_to_int64(digits, &integer)) {
        *out = value_int(integer);
        return true;
    }
    const char *z = str_z(c->arena, text);
    char *end;
    double real = strtod(z, &end);
    if (*end != '\0')
        return false;
    if (text.ptr[text.len - 1] == '.') { /* Django takes « 2. » for a name, which nobody knows */
        *out = VALUE_OF_UNDEFINED;
        return true;
    }
    *out = value_float(real);
    return true;
}

void compiler_remember(struct compiler *c, str name)
{
    for (size_t i = 0; i < c->template->names.len; i++)
        if (str_eq(c->template->names.at[i].path, name))
            return;
    *vec_push(c->template->units.arena, &c->template->names) =
        (struct template_name){name, c->token.line, c->token.column};
}

static void remember_path(struct compiler *c, const struct path *path)
{
    for (size_t i = 0; i < c->bound.len; i++)
        if (str_eq(c->bound.at[i], path->head.text))
            return;
    compiler_remember(c, path->whole);
}

/* The parts of a name; refuses a..b, _a and a._b as Django does. */
static bool path_of(struct compiler *c, str text, struct path *path)
{
    *path = (struct path){.whole = text};
    str part, rest = text;
    struct {
        struct hashed_name *at;
        size_t len, cap;
    } parts = {0};
    bool more = true;
    while (more) {
        more = str_cut(rest, '.', &part, &rest);
        if (part.len == 0)
            return compiler_fail(c, "« %.*s » n'est pas une expression : il manque un nom.", STR_ARG(text));
        if (part.ptr[0] == '_')
            return compiler_fail(c, "Un nom ne commence pas par un souligné : « %.*s ».", STR_ARG(text));
        *vec_push(c->arena, &parts) = program_name(part);
    }
    path->head = parts.at[0];
    path->parts = parts.at + 1;
    path->part_count = parts.len - 1;
    remember_path(c, path);
    return true;
}

static bool loop_member_of(const struct path *path, size_t *member)
{
    static const char *const names[LOOP_MEMBERS] = {
        [LOOP_COUNTER] = "counter",         [LOOP_COUNTER0] = "counter0", [LOOP_REVCOUNTER] = "revcounter",
        [LOOP_REVCOUNTER0] = "revcounter0", [LOOP_FIRST] = "first",       [LOOP_LAST] = "last"};
    if (path->part_count != 1 || !str_eq(path->head.text, STR("forloop")))
        return false;
    for (*member = 0; *member < LOOP_MEMBERS; (*member)++)
        if (str_eq(path->parts[0].text, str_of(names[*member])))
            return true;
    return false;
}

static bool compile_name(struct compiler *c, str text, bool or_none)
{
    if (str_eq(text, STR("True")) || str_eq(text, STR("False"))) {
        compiler_constant(c, value_bool(text.ptr[0] == 'T'));
        return true;
    }
    if (str_eq(text, STR("None"))) {
        compiler_constant(c, VALUE_OF_NONE);
        return true;
    }
    struct path path;
    size_t member;
    if (!path_of(c, text, &path))
        return false;
    if (c->loop_depth > 0 && loop_member_of(&path, &member)) {
        compiler_emit(c, OP_LOAD_LOOP, member);
        return true;
    }
    *vec_push(c->arena, &c->unit->paths) = path;
    compiler_emit(c, or_none ? OP_LOAD_OR_NONE : OP_LOAD, c->unit->paths.len - 1);
    return true;
}

/* Takes a constant or a name from the start of *rest. */
static bool compile_operand(struct compiler *c, str *rest, bool or_none)
{
    str text = *rest, literal;
    size_t length = literal_length(text);
    struct value value;
    if (length > 0 && compiler_literal(c->arena, str_slice(text, 0, length), &literal)) {
        compiler_constant(c, value_html(literal)); /* what the template's author wrote is safe */
        *rest = str_slice(text, length, text.len);
        return true;
    }
    length = number_length(text);
    if (length > 0 && number_of(c, str_slice(text, 0, length), &value)) {
        if (value.kind == VALUE_UNDEFINED && or_none)
            value.kind = VALUE_NONE;
        compiler_constant(c, value);
        *rest = str_slice(text, length, text.len);
        return true;
    }
    length = path_length(text);
    if (length == 0)
        return compiler_fail(c, "« %.*s » n'est pas une expression.", STR_ARG(text));
    *rest = str_slice(text, length, text.len);
    return compile_name(c, str_slice(text, 0, length), or_none);
}

static str skip_blanks(str text)
{
    size_t at = 0;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
        at++;
    return str_slice(text, at, text.len);
}

static bool check_filter(struct compiler *c, const struct filter_use *use)
{
    if (use->filter == NULL) {
        if (c->template->settings.strict || c->template->settings.dialect == TEMPLATE_DJANGO)
            return compiler_fail(c, "Filtre inconnu : « %.*s ».", STR_ARG(use->name));
        *vec_push(c->template->units.arena, &c->template->unknowns) =
            (struct template_unknown){.filter = use->name, .line = use->line, .column = use->column};
        return true;
    }
    if (use->has_argument && use->filter->argument == ARGUMENT_NONE)
        return compiler_fail(c, "Le filtre « %.*s » ne prend pas d'argument.", STR_ARG(use->name));
    if (!use->has_argument && use->filter->argument == ARGUMENT_NEEDED)
        return compiler_fail(c, "Le filtre « %.*s » veut un argument.", STR_ARG(use->name));
    return true;
}

/* Takes |name or |name:argument. */
static bool compile_filter(struct compiler *c, str *rest, str whole)
{
    str text = skip_blanks(*rest);
    if (text.len == 0 || text.ptr[0] != '|')
        return compiler_fail(c, "« %.*s » reste incompris dans « %.*s ».", STR_ARG(*rest), STR_ARG(whole));
    text = skip_blanks(str_slice(text, 1, text.len));
    size_t length = 0;
    while (length < text.len && is_word_char(text.ptr[length]))
        length++;
    if (length == 0)
        return compiler_fail(c, "Il manque le nom d'un filtre dans « %.*s ».", STR_ARG(whole));
    struct filter_use use = {.name = str_slice(text, 0, length), .line = c->token.line, .column = c->token.column};
    use.filter = filter_find(use.name, c->template->settings.dialect);
    *rest = str_slice(text, length, text.len);
    if (rest->len > 0 && rest->ptr[0] == ':') {
        *rest = str_slice(*rest, 1, rest->len);
        use.has_argument = true;
        if (!compile_operand(c, rest, false))
            return false;
    }
    if (!check_filter(c, &use))
        return false;
    *vec_push(c->arena, &c->unit->filters) = use;
    compiler_emit(c, OP_FILTER, c->unit->filters.len - 1);
    return true;
}

bool compile_expression(struct compiler *c, str text, bool or_none)
{
    str rest = text;
    if (!compile_operand(c, &rest, or_none))
        return false;
    while (rest.len > 0)
        if (!compile_filter(c, &rest, text))
            return false;
    return true;
}

bool compile_filters(struct compiler *c, str text)
{
    for (str rest = text; rest.len > 0;)
        if (!compile_filter(c, &rest, text))
            return false;
    return true;
}

bool compiler_assignment(str word, str *name, str *expression)
{
    return str_cut(word, '=', name, expression) && is_name(*name) && expression->len > 0;
}
