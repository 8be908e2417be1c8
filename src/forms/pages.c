/* Pages: which come, in which order, and what leaving one means. */
#include "forms/field.h"

#include "forms/computed.h"

bool form_page_is_visible(const struct form *form, size_t page, const struct form_context *context)
{
    const struct template *condition = form->pages[page].condition;
    if (condition == NULL)
        return true;
    struct render render = context_render(context);
    return template_holds(condition, &render);
}

bool form_page_comes(const struct form *form, size_t page, const struct form_context *context)
{
    const struct page_range *filled = context->pages;
    return (filled == NULL || (page >= filled->first && page <= filled->last)) &&
           form_page_is_visible(form, page, context);
}

enum page_extent page_extent_of(str mode)
{
    if (str_eq(mode, STR("single")))
        return PAGES_ONE;
    return str_eq(mode, STR("partial")) ? PAGES_FROM : PAGES_ALL;
}

struct page_range form_pages_named(const struct form *form, enum page_extent extent, str varname)
{
    struct page_range all = {0, form->page_count - 1};
    if (extent == PAGES_ALL || varname.len == 0)
        return all;
    for (size_t i = 0; i < form->page_count; i++)
        if (str_eq(form->pages[i].varname, varname))
            return (struct page_range){i, extent == PAGES_ONE ? i : all.last};
    return all;
}

size_t form_next_page(const struct form *form, size_t page, const struct form_context *context)
{
    for (size_t next = page + 1; next < form->page_count; next++)
        if (form_page_comes(form, next, context))
            return next;
    return SIZE_MAX;
}

size_t form_previous_page(const struct form *form, size_t page, const struct form_context *context)
{
    while (page > 0)
        if (form_page_comes(form, --page, context))
            return page;
    return SIZE_MAX;
}

size_t form_first_page(const struct form *form, const struct form_context *context)
{
    return form_page_comes(form, 0, context) ? 0 : form_next_page(form, 0, context);
}

static void compute_page(const struct form_page *page, const struct form_context *context, json_t *answers)
{
    for (size_t i = 0; i < page->fields.len; i++)
        if (page->fields.at[i].type == &field_computed)
            computed_update(&page->fields.at[i], context, answers);
}

/* w.c.s.: computed when their page comes, and again at each change of page from then on; one of a page that is not
 * reached, or hidden, has no value. */
static void compute_up_to(const struct form *form, size_t page, const struct form_context *context, json_t *answers)
{
    for (size_t i = 0; i <= page && i < form->page_count; i++)
        if (form_page_is_visible(form, i, context))
            compute_page(&form->pages[i], context, answers);
}

void form_page_open(const struct form *form, size_t page, const struct form_context *context, json_t *answers)
{
    compute_up_to(form, page, context, answers);
    fields_prefill(&form->pages[page].fields, context, answers);
}

bool post_conditions_hold(struct post_conditions conditions, const struct form_context *context,
                          struct field_errors *errors)
{
    bool hold = true;
    for (size_t i = 0; i < conditions.len; i++) {
        struct render render = context_render(context);
        if (template_holds(conditions.at[i].condition, &render))
            continue;
        hold = false;
        const struct template *message = conditions.at[i].message;
        str text = message == NULL ? STR_EMPTY : template_text(message, &render);
        *vec_push(context->arena, errors) = (struct field_error){
            .message = text.len > 0 ? text : STR("Ces réponses ne permettent pas de continuer. Vérifiez-les.")};
    }
    return hold;
}

bool form_page_read(const struct form *form, size_t page, const struct form_context *context,
                    const struct posted *posted, json_t *answers, struct field_errors *errors)
{
    bool ok = fields_read(&form->pages[page].fields, context, posted, answers, errors);
    compute_up_to(form, page, context, answers);
    return ok && post_conditions_hold(form->pages[page].post_conditions, context, errors);
}

static void forget(const struct field_list *fields, json_t *answers)
{
    for (size_t i = 0; i < fields->len; i++)
        field_remove(&fields->at[i], answers);
}

bool form_check(const struct form *form, const struct form_context *context, json_t *answers,
                struct field_errors *errors, size_t *page)
{
    *page = SIZE_MAX;
    for (size_t i = 0; i < form->page_count; i++) {
        if (!form_page_is_visible(form, i, context)) {
            forget(&form->pages[i].fields, answers);
            continue;
        }
        compute_page(&form->pages[i], context, answers);
        if (!form_page_comes(form, i, context))
            continue;
        bool ok = fields_check(&form->pages[i].fields, context, answers, errors);
        ok = ok && post_conditions_hold(form->pages[i].post_conditions, context, errors);
        if (!ok && *page == SIZE_MAX)
            *page = i;
    }
    compute_up_to(form, form->page_count - 1, context, answers);
    return *page == SIZE_MAX;
}
