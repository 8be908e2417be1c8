#include "web/portal/identify.h"

static const struct {
    const char *context, *name;
} known[] = {
    {"franceconnect", "FranceConnect"},
    {"franceconnect-plus", "FranceConnect+"},
    {"proconnect", "ProConnect"},
    {"agentconnect", "AgentConnect"},
    {"fedict", "la carte d’identité électronique belge ou itsme"},
};

/* One that nobody here knows is called as the form calls it. */
static str name_of(str context)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(context, str_of(known[i].context)))
            return str_of(known[i].name);
    return context;
}

str identify_names(struct arena *arena, const struct form *form)
{
    enum { NAMES_MOST = 64 << 10 };
    struct buf out = buf_new(arena, NAMES_MOST);
    for (size_t i = 0; i < form->contexts.len; i++) {
        buf_add(&out, i == 0 ? STR_EMPTY : i + 1 == form->contexts.len ? STR(" ou ") : STR(", "));
        buf_add(&out, name_of(form->contexts.at[i]));
    }
    return buf_str(&out);
}

/* An agent enters it for them without this (filling.c), as in w.c.s. */
bool identify_suffices(struct request *request, const struct form *form)
{
    const struct visit *visit = visit_of(request);
    if (form->contexts.len == 0 || (visit->is_signed_in && form_takes_context(form, visit->session.context)))
        return true;
    struct value_dict *page = page_new(request);
    page_set_text(request, page, "form_name", form->name);
    page_set_text(request, page, "names", identify_names(request->arena, form));
    page_set_text(request, page, "sheet_url", str_fmt(request->arena, "/demarches/%.*s/", STR_ARG(form->slug)));
    page_set(request, page, "service", visit_service(request, form));
    page_show(request, 403, "portal/identify.html", page);
    return false;
}
