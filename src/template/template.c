#include "template/template.h"

#include "template/blanks.h"
#include "template/filter.h"
#include "template/machine.h"

#include <stdatomic.h>
#include <string.h>

static _Atomic template_watch watch;

void template_set_watch(template_watch fn)
{
    atomic_store(&watch, fn);
}

static void tell(const struct template *template, bool is_empty)
{
    template_watch fn = atomic_load_explicit(&watch, memory_order_relaxed);
    if (fn != NULL)
        fn(template, is_empty);
}

static void tell_value(const struct template *template, struct render *render, struct value value)
{
    if (atomic_load_explicit(&watch, memory_order_relaxed) == NULL)
        return;
    value = value_plain(render->arena, value);
    tell(template, value.kind == VALUE_UNDEFINED || value.kind == VALUE_NONE ||
                       (value.kind == VALUE_TEXT && value.text.len == 0));
}

enum { STEPS_MOST = 2000000, OUTPUT_MOST = 16 << 20, MEMORY_MOST = 64 << 20 };

bool template_is_html(const struct template *template)
{
    return template->settings.kind == TEMPLATE_HTML;
}

bool template_is_condition(const struct template *template)
{
    return template->settings.kind == TEMPLATE_CONDITION;
}

bool template_is_constant(const struct template *template)
{
    return template->is_constant;
}

struct template_names template_names(const struct template *template)
{
    return (struct template_names){template->names.at, template->names.len};
}

struct template_unknowns template_unknown_filters(const struct template *template)
{
    return (struct template_unknowns){template->unknowns.at, template->unknowns.len};
}

static struct machine machine_of(const struct template *template, struct render *render, struct buf *out,
                                 struct err *err)
{
    return (struct machine){.arena = render->arena,
                            .render = render,
                            .template = template,
                            .dialect = template->settings.dialect,
                            .lang = render->lang.len > 0 ? render->lang : STR("fr"),
                            .out = out,
                            .err = err,
                            .escape = template->settings.kind == TEMPLATE_HTML,
                            .steps_left = render->steps_most > 0 ? render->steps_most : STEPS_MOST,
                            .arena_most = arena_used(render->arena) + MEMORY_MOST};
}

/* With room for what it mostly comes to: growing would copy it. */
static struct buf output_for(const struct template *template, const struct render *render)
{
    size_t most = render->output_most > 0 ? render->output_most : OUTPUT_MOST, usual = template->unit->usual_length;
    struct buf out = buf_new(render->arena, most);
    if (usual > 0 && usual < most)
        buf_reserve(&out, usual);
    return out;
}

/* Takes the blanks off both ends of what was appended since start. */
static void strip(struct buf *out, size_t start)
{
    if (out->len == start)
        return;
    str text = blank_trim((str){out->ptr + start, out->len - start});
    memmove(out->ptr + start, text.ptr, text.len);
    out->len = start + text.len;
}

bool template_render(const struct template *template, struct render *render, struct buf *out, struct err *err)
{
    if (template->is_constant && program_is_stripped(template)) {
        buf_add(out, template->constant);
        return !out->overflowed || err_set(err, ERR_LIMIT, "Ce modèle fait un texte trop long.");
    }
    size_t start = out->len;
    struct machine m = machine_of(template, render, out, err);
    if (!machine_run_unit(&m, template->unit))
        return false;
    if (out->overflowed)
        return err_set(err, ERR_LIMIT, "Ce modèle fait un texte trop long.");
    if (program_is_stripped(template))
        strip(out, start);
    tell(template, out->len == start);
    return true;
}

static void log_err_of(struct machine *m, const struct err *err)
{
    machine_log(m, str_dup(m->arena, str_of(err->message)), err->line, err->column);
}

str template_text(const struct template *template, struct render *render)
{
    if (template->is_constant)
        return template->constant;
    struct buf out = output_for(template, render);
    struct err err = {0};
    if (template_render(template, render, &out, &err))
        return buf_str(&out);
    struct machine m = machine_of(template, render, &out, &err);
    log_err_of(&m, &err);
    return STR_EMPTY;
}

struct value template_value(const struct template *template, struct render *render)
{
    if (template->is_constant)
        return value_text(template->constant);
    struct buf out = output_for(template, render);
    struct err err = {0};
    struct machine m = machine_of(template, render, &out, &err);
    if (!machine_run_unit(&m, template->unit)) {
        log_err_of(&m, &err);
        return VALUE_EMPTY;
    }
    struct value value = machine_result(&m, 0);
    tell_value(template, render, value);
    return value;
}

bool template_holds(const struct template *template, struct render *render)
{
    struct buf out = output_for(template, render);
    struct err err = {0};
    struct machine m = machine_of(template, render, &out, &err);
    if (!machine_run_unit(&m, template->unit)) {
        log_err_of(&m, &err);
        return false;
    }
    struct machine *outer = machine_enter(&m);
    bool holds = value_is_true(render->arena, m.printed);
    machine_enter(outer);
    tell(template, !holds);
    return holds;
}
