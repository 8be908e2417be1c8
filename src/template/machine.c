#include "template/machine.h"

#include "template/blanks.h"
#include "template/filter.h"
#include "template/value_members.h"

#include <stdarg.h>
#include <stdio.h>

bool machine_stop(struct machine *m, enum err_code code, const char *message)
{
    if (!m->stopped)
        err_set(m->err, code, "%s", message);
    m->stopped = true;
    return false;
}

void machine_take_steps(struct machine *m, size_t steps)
{
    if (steps >= m->steps_left)
        machine_stop(m, ERR_LIMIT, "Ce modèle demande trop de travail.");
    m->steps_left -= steps < m->steps_left ? steps : m->steps_left;
    if (m->out->overflowed)
        machine_stop(m, ERR_LIMIT, "Ce modèle fait un texte trop long.");
}

void machine_charge(struct machine *m, size_t bytes)
{
    enum { BYTES_A_STEP = 16 };
    machine_take_steps(m, bytes / BYTES_A_STEP);
    if (arena_used(m->arena) > m->arena_most)
        machine_stop(m, ERR_LIMIT, "Ce modèle demande trop de mémoire.");
}

size_t machine_weight(const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return value->text.len;
    case VALUE_LIST:
        return value->list->len * sizeof(struct value);
    default:
        return 0;
    }
}

void machine_log(struct machine *m, str message, int line, int column)
{
    if (m->render->log == NULL)
        return;
    *vec_push(m->arena, m->render->log) = (struct render_fault){
        .template_name = m->template->settings.name, .message = message, .line = line, .column = column};
}

static void __attribute__((format(printf, 2, 0))) log_formatted(struct machine *m, const char *format, va_list args)
{
    char message[300];
    vsnprintf(message, sizeof message, format, args);
    machine_log(m, utf8_repair(m->arena, str_dup(m->arena, str_of(message))), 0, 0);
}

struct value machine_fault(struct machine *m, const char *format, ...)
{
    if (m->dialect == TEMPLATE_DJANGO)
        return VALUE_RAISED;
    if (m->render->log == NULL)
        return VALUE_EMPTY;
    va_list args;
    va_start(args, format);
    log_formatted(m, format, args);
    va_end(args);
    return VALUE_EMPTY;
}

/* The machine that runs in this thread; the innermost where a text is rendered within another. */
static _Thread_local struct machine *running;

struct machine *machine_enter(struct machine *m)
{
    struct machine *outer = running;
    running = m;
    return outer;
}

void value_fault(const char *format, ...)
{
    if (running == NULL || running->render->log == NULL)
        return;
    va_list args;
    va_start(args, format);
    log_formatted(running, format, args);
    va_end(args);
}

instant machine_now(const struct machine *m)
{
    return m->render->now != 0 ? m->render->now : instant_now();
}

bool machine_is_wcs(const struct machine *m)
{
    return m->dialect == TEMPLATE_WCS;
}

size_t machine_text_most(const struct machine *m)
{
    return m->out->ceiling;
}

bool machine_has_raised(const struct value *value)
{
    return value->kind == VALUE_UNDEFINED && value->safe;
}

bool machine_refuses(struct machine *m, const struct value *value)
{
    if (machine_has_raised(value))
        machine_stop(m, ERR_INVALID, "Une expression ne peut pas être calculée.");
    return m->stopped;
}

str machine_str(struct machine *m, struct value value)
{
    return machine_is_wcs(m) ? machine_text(m, value) : value_str(m->arena, value_plain(m->arena, value));
}

/* Django with USE_L10N: the comma in French, and no exponent. */
static str number_text(struct machine *m, struct value value)
{
    struct decimal decimal;
    str text = value_to_text(m->arena, value, m->lang);
    if (m->plain_numbers)
        return text;
    if (str_contains(text, STR("e")) && decimal_from_double(value.real, &decimal))
        text = decimal_text(m->arena, decimal);
    return str_eq(m->lang, STR("en")) ? text : str_replace(m->arena, text, STR("."), STR(","));
}

str machine_text(struct machine *m, struct value value)
{
    value = value_plain(m->arena, value);
    if ((value.kind == VALUE_FLOAT || value.kind == VALUE_DECIMAL) && !machine_is_wcs(m))
        return number_text(m, value);
    bool dated = value.kind == VALUE_DATE || value.kind == VALUE_DATETIME || value.kind == VALUE_TIME;
    if (!dated || (m->dialect == TEMPLATE_WCS && value.kind != VALUE_TIME))
        return value_to_text(m->arena, value, m->lang);
    struct buf out = buf_new(m->arena, 4096);
    dates_format(&out, value, dates_default_format(m, value.kind, m->plain_numbers ? STR("en") : m->lang), m->lang);
    return buf_str(&out);
}

str machine_localised(struct machine *m, struct value value, bool localised)
{
    bool before = m->plain_numbers;
    m->plain_numbers = !localised;
    str text = machine_text(m, value);
    m->plain_numbers = before;
    return text;
}

static void print_int(struct buf *out, int64_t integer)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (integer < 0)
        digits[--at] = '-';
    buf_add(out, (str){digits + at, sizeof digits - at});
}

static void print_text(struct machine *m, str text, bool safe)
{
    if (m->escape && !safe)
        buf_add_html(m->out, text);
    else
        buf_add(m->out, text);
}

static void print_undefined(struct machine *m, const struct value *value)
{
    if (!machine_refuses(m, value))
        print_text(m, m->render->invalid, false);
}

void machine_print(struct machine *m, const struct value *value)
{
    m->print_start = m->out->len;
    switch (value->kind) {
    case VALUE_TEXT:
        print_text(m, value->text, value->safe);
        break;
    case VALUE_INT:
        print_int(m->out, value->integer);
        break;
    case VALUE_UNDEFINED:
        print_undefined(m, value);
        break;
    case VALUE_OBJECT: {
        struct value plain = value_plain(m->arena, *value);
        print_text(m, machine_text(m, plain), plain.kind == VALUE_TEXT && plain.safe);
        break;
    }
    default:
        print_text(m, machine_text(m, *value), false);
    }
    m->print_end = m->out->len;
    m->print_count++;
    m->printed = *value;
}

static const struct value *find_local(const struct machine *m, const struct hashed_name *name)
{
    for (size_t i = m->locals.len; i-- > m->locals_base;)
        if (m->locals.at[i].hash == name->hash && str_eq(m->locals.at[i].name, name->text))
            return &m->locals.at[i].value;
    return NULL;
}

static const struct value *find_part(struct machine *m, const struct hashed_name *name, const struct value *from,
                                     struct value *made)
{
    bool is_made;
    if (from->kind == VALUE_DICT) {
        const struct value *found = map_get_hashed(&from->dict->map, name->text, name->hash);
        if (found != NULL)
            return found;
        is_made = value_dict_method(m->arena, from->dict, name->text, made);
    } else if (from->kind == VALUE_OBJECT && machine_is_wcs(m)) {
        is_made = value_member_joined(m->arena, *from, name->text, made);
    } else {
        is_made = value_member(m->arena, *from, name->text, made);
    }
    return is_made ? made : NULL;
}

static const struct value *find_head(struct machine *m, const struct hashed_name *name, struct value *made)
{
    const struct value *local = find_local(m, name), *scope = &m->render->scope;
    if (local != NULL || m->isolated)
        return local;
    if (scope->kind == VALUE_DICT) {
        const struct value *found = map_get_hashed(&scope->dict->map, name->text, name->hash);
        if (found != NULL)
            return found;
    }
    if (!machine_is_wcs(m) && scope->kind == VALUE_DICT)
        return NULL;
    return value_member_joined(m->arena, *scope, name->text, made) ? made : NULL;
}

const struct value *machine_find(struct machine *m, const struct path *path, struct value *made)
{
    const struct value *at = find_head(m, &path->head, made);
    for (size_t i = 0; at != NULL && i < path->part_count; i++)
        at = find_part(m, &path->parts[i], at, made);
    return at;
}

void machine_bind(struct machine *m, const struct hashed_name *name, struct value value)
{
    *vec_push(m->arena, &m->locals) = (struct local){.hash = name->hash, .name = name->text, .value = value};
}

void machine_assign(struct machine *m, const struct hashed_name *name, struct value value)
{
    size_t from = m->scopes.len > 0 ? m->scopes.at[m->scopes.len - 1] : m->locals_base;
    for (size_t i = m->locals.len; i-- > from;)
        if (m->locals.at[i].hash == name->hash && str_eq(m->locals.at[i].name, name->text)) {
            m->locals.at[i].value = value;
            return;
        }
    machine_bind(m, name, value);
}

struct value *machine_slot(struct machine *m, const struct call *call)
{
    size_t level = 0;
    while (m->chain->units[level] != m->unit)
        level++;
    return &m->chain->slots[level][call->slot];
}

/* Django's mark_safe: what is no text becomes one. */
static struct value marked_safe(struct machine *m, struct value value)
{
    if (value.kind == VALUE_UNDEFINED || (value.kind != VALUE_TEXT && machine_is_wcs(m)))
        return value;
    return value_html(machine_str(m, value));
}

/* The common filter, on a value that is no object any more unless it wants one. */
static void apply_common(struct machine *m, const struct filter *filter, struct value *value,
                         const struct value *argument)
{
    if (value->kind == VALUE_OBJECT && (filter->flags & FILTER_LAZY) == 0)
        *value = value_plain(m->arena, *value);
    bool safe = value->kind == VALUE_TEXT && value->safe;
    if ((filter->flags & FILTER_TEXT) != 0 && value->kind != VALUE_TEXT)
        *value = value_text(machine_is_wcs(m) ? filter_text(m, *value) : machine_str(m, *value));
    *value = filter->apply(m, *value, argument);
    if (safe && (filter->flags & FILTER_SAFE) != 0)
        *value = marked_safe(m, *value);
}

/* The filter that the object itself has; false: it has none of that name. */
static bool apply_object(struct machine *m, const struct filter_use *use, struct value *value,
                         const struct value *argument)
{
    struct value out, none = VALUE_OF_UNDEFINED;
    if (value->kind != VALUE_OBJECT || value->object.type->filter == NULL ||
        !value->object.type->filter(&value->object, m->arena, use->name, argument == NULL ? none : *argument, &out))
        return false;
    *value = out;
    return true;
}

/* A filter that the language does not have, but perhaps the site. */
static struct value apply_foreign(struct machine *m, const struct filter_use *use, struct value value,
                                  const struct value *argument)
{
    struct value out;
    if (use->filter == NULL && machine_apply_own(m, use->name, value, argument, &out))
        return out;
    machine_log(m, str_fmt(m->arena, "Filtre inconnu ici : « %.*s ».", STR_ARG(use->name)), use->line, use->column);
    return VALUE_EMPTY;
}

void machine_apply(struct machine *m, const struct filter_use *use, struct value *value, const struct value *argument)
{
    size_t used = arena_used(m->arena), weight = machine_weight(value);
    if (!apply_object(m, use, value, argument)) {
        if (use->filter != NULL && use->filter->apply != NULL)
            apply_common(m, use->filter, value, argument);
        else
            *value = apply_foreign(m, use, *value, argument);
    }
    machine_charge(m, arena_used(m->arena) - used + weight);
}

struct value machine_result(struct machine *m, size_t start)
{
    str whole = {m->out->ptr + start, m->out->len - start}, text = m->out->len > start ? blank_trim(whole) : STR_EMPTY;
    if (text.len == 0)
        return m->print_count == 1 ? m->printed : VALUE_EMPTY;
    size_t from = start + (size_t)(text.ptr - whole.ptr);
    if (m->print_count > 0 && m->printed.kind != VALUE_TEXT && m->print_start <= from &&
        m->print_end >= from + text.len &&
        str_eq(blank_trim(str_slice(buf_str(m->out), m->print_start, m->print_end)), text))
        return m->printed;
    return value_text(program_is_stripped(m->template) ? text : whole);
}

struct machine machine_within(const struct machine *m, struct render *render, const struct template *template,
                              struct value scope)
{
    *render = *m->render;
    render->scope = scope;
    struct machine inner = *m;
    inner.render = render;
    inner.template = template;
    inner.escape = template_is_html(template);
    inner.locals_base = inner.locals.len;
    return inner;
}

void machine_return(struct machine *m, const struct machine *inner, size_t start)
{
    m->out->len = start;
    m->stopped = inner->stopped;
    m->steps_left = inner->steps_left;
}

str machine_render_text(struct machine *m, str source, struct value scope)
{
    struct template_settings settings = m->template->settings;
    settings.kind = m->escape ? TEMPLATE_HTML : TEMPLATE_TEXT;
    struct err err = {0};
    struct template *template = template_compile(m->arena, source, &settings, &err);
    if (template == NULL) {
        machine_fault(m, "%s", err.message);
        return source;
    }
    struct render render;
    struct machine inner = machine_within(m, &render, template, scope);
    inner.depth++;
    size_t start = m->out->len;
    if (inner.depth > NESTING_MOST)
        return STR_EMPTY;
    machine_run_unit(&inner, template->unit);
    str text = str_dup(m->arena, (str){m->out->ptr + start, m->out->len - start});
    machine_return(m, &inner, start);
    return text;
}
