/* What is asked again of who comes back with a tracking code (w.c.s. tracking_code_verify_fields). */
#include "forms/field.h"

/* w.c.s. takes texts, dates, addresses and computed values. A computed value is typed as a text. */
static const char *asked_as(const struct field *field)
{
    static const char *const types[] = {"string", "date", "email"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_eq(field->type_name, str_of(types[i])))
            return types[i];
    return str_eq(field->type_name, STR("computed")) ? "string" : NULL;
}

/* Fields of their own, under the same ids: without what would fill, hide or refuse them. */
struct field_list compiling_verified(struct arena *arena, const struct form *form)
{
    json_t *asked = json_keep(arena, json_array());
    const json_t *ids = json_list(form->json, "tracking_code_verify_fields");
    for (size_t i = 0; i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        const char *type = asked_as(field);
        bool is_listed = false;
        for (size_t j = 0; j < json_array_size(ids); j++)
            is_listed = is_listed || str_eq(json_str_of(json_array_get(ids, j)), field->id);
        if (!is_listed || type == NULL)
            continue;
        json_t *one = json_object();
        json_set_str(one, STR("id"), field->id);
        json_set_str(one, STR("type"), str_of(type));
        json_set_str(one, STR("label"), field->label_text);
        json_set_str(one, STR("hint"), str_eq(field->type_name, STR("computed")) ? STR_EMPTY : field->hint);
        json_array_append_new(asked, one);
    }
    struct form_reports reports = {0}; /* the form's own fields tell them */
    struct form_texts texts = {0};
    struct compiling compiling = {.arena = arena, .reports = &reports, .texts = &texts};
    return compiling_fields(&compiling, asked);
}

/* As a person types it; empty: it can't be asked. */
static str text_of(struct arena *arena, const json_t *answer)
{
    if (json_is_integer(answer))
        return str_fmt(arena, "%lld", (long long)json_integer_value(answer));
    return str_trim(json_str_of(answer));
}

struct field_list form_verified_fields(const struct form *form, struct arena *arena, const json_t *answers)
{
    struct field *at = arena_array_of(arena, struct field, form->verified.len);
    struct field_list fields = {at, 0};
    for (size_t i = 0; i < form->verified.len; i++)
        if (text_of(arena, answer_of(&form->verified.at[i], answers)).len > 0)
            at[fields.len++] = form->verified.at[i];
    return fields;
}

/* Letters and figures alone; letters of other alphabets stay as they are, or every such text would be the same. */
static str essence_of(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, text.len * 4 + 64);
    str folded = utf8_fold(arena, text);
    for (size_t i = 0; i < folded.len; i++) {
        unsigned char c = (unsigned char)folded.ptr[i];
        bool is_apostrophe = str_starts(str_slice(folded, i, folded.len), STR("’"));
        bool is_blank = str_starts(str_slice(folded, i, folded.len), STR(" "));
        if (is_apostrophe || is_blank)
            i += is_apostrophe ? STR("’").len - 1 : STR(" ").len - 1;
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80)
            buf_add_char(&out, (char)c);
    }
    return buf_str(&out);
}

static bool is_same(struct arena *arena, str a, str b)
{
    str essence = essence_of(arena, a);
    return str_eq(a, b) || (essence.len > 0 && str_eq(essence, essence_of(arena, b)));
}

bool form_verifies(const struct field_list *fields, struct arena *arena, const json_t *answers, const json_t *given)
{
    bool all = true;
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        all = is_same(arena, text_of(arena, answer_of(field, answers)), text_of(arena, answer_of(field, given))) && all;
    }
    return all;
}
