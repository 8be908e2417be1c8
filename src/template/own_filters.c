/* Filters of a site's own: each is a template, which the scope gives under « filter_NAME ». */
#include "template/filter.h"

enum { OWN_BYTES = 2048 }; /* what it costs to begin one */

static const struct value_object_type own_filter_type = {.name = "filtre du site"};

struct value template_filter(const struct template *template)
{
    return value_object(&own_filter_type, template);
}

static void bind(struct machine *m, const char *name, struct value value)
{
    struct hashed_name hashed = program_name(str_of(name));
    machine_bind(m, &hashed, value);
}

/* In this rendering, within its bounds, with the names of the site instead of the request's. What it writes goes behind
 * what is written already, and is taken back. */
static struct value run(struct machine *m, const struct template *template, struct value value,
                        const struct value *argument)
{
    struct render render;
    struct machine inner = machine_within(m, &render, template, m->render->site);
    inner.isolated = false;
    inner.loop = NULL;
    inner.print_count = 0;
    bind(&inner, "value", value);
    bind(&inner, "argument", argument == NULL ? VALUE_OF_NONE : *argument);
    size_t start = m->out->len;
    struct value out = machine_run_unit(&inner, template->unit) ? machine_result(&inner, start) : VALUE_EMPTY;
    if (out.kind == VALUE_TEXT)
        out.text = str_dup(m->arena, out.text);
    machine_return(m, &inner, start);
    return out;
}

bool machine_apply_own(struct machine *m, str name, struct value value, const struct value *argument, struct value *out)
{
    struct value own = value_get(m->arena, m->render->site, str_fmt(m->arena, "filter_%.*s", STR_ARG(name)));
    if (own.kind != VALUE_OBJECT || own.object.type != &own_filter_type)
        return false;
    const struct template *template = own.object.self;
    machine_charge(m, OWN_BYTES);
    if (m->depth >= NESTING_MOST)
        *out = machine_fault(m, "Le filtre « %.*s » s'appelle lui-même trop profondément.", STR_ARG(name));
    else
        *out = template->is_constant ? value_text(template->constant) : run(m, template, value, argument);
    return true;
}
