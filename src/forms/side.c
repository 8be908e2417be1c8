/* Texts beside a form and its requests, for agents (w.c.s. lateral_template, submission_lateral_template). */
#include "forms/field.h"

/* w.c.s.: a sidebar lists what stands in it; the usual one has the text. */
static bool sidebar_has_it(const json_t *json, const char *items)
{
    const json_t *list = json_list(json, items);
    for (size_t i = 0; i < json_array_size(list); i++) {
        str item = json_str_of(json_array_get(list, i));
        if (str_eq(item, STR("custom-template")) || str_eq(item, STR("__default__")))
            return true;
    }
    return json_array_size(list) == 0;
}

const struct template *compiling_side_text(struct compiling *compiling, const json_t *json, const char *key,
                                           const char *items)
{
    const struct template *text = compiling_text(compiling, json_str(json, key), TEMPLATE_HTML, "texte latéral");
    return sidebar_has_it(json, items) ? text : NULL;
}

str form_side_text(const struct form *form, const struct form_context *context, bool is_entry)
{
    const struct template *text = is_entry ? form->submission_lateral : form->lateral;
    if (text == NULL)
        return STR_EMPTY;
    struct render render = context_render(context);
    return str_trim(template_text(text, &render));
}
