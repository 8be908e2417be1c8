/* From a form document to struct form: the header, then the pages. */
#include "forms/field.h"

/* AAAA-MM-JJ or AAAA-MM-JJTHH:MM (or a blank for the T), local time; 0 where there is none. */
static instant local_of(str text)
{
    struct datetime local = {0};
    int64_t hour = 0, minute = 0;
    if (text.len < 10 || !date_parse(str_slice(text, 0, 10), &local.date))
        return 0;
    if (text.len >= 16 && str_to_int64(str_slice(text, 11, 13), &hour) &&
        str_to_int64(str_slice(text, 14, 16), &minute)) {
        local.hour = (int)hour;
        local.minute = (int)minute;
    }
    return instant_from_local(local);
}

struct post_conditions compiling_post_conditions(struct compiling *compiling, const json_t *json)
{
    const json_t *list = json_list(json, "post_conditions");
    size_t count = json_array_size(list), kept = 0;
    struct post_condition *conditions = arena_array_of(compiling->arena, struct post_condition, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);
        struct post_condition condition = {
            compiling_condition(compiling, json_object_get(one, "condition"), "condition de sortie"),
            compiling_text(compiling, json_str(one, "error_message"), TEMPLATE_TEXT, "message de sortie")};
        if (condition.condition != NULL)
            conditions[kept++] = condition;
    }
    return (struct post_conditions){conditions, kept};
}

struct post_conditions post_conditions_compile(struct arena *arena, const json_t *json, struct form_reports *reports,
                                               struct form_texts *texts)
{
    struct compiling compiling = {.arena = arena, .reports = reports, .texts = texts};
    return compiling_post_conditions(&compiling, json);
}

static bool shows_something(const struct field_list *fields)
{
    for (size_t i = 0; i < fields->len; i++)
        if (fields->at[i].type != NULL && fields->at[i].type != &field_computed)
            return true;
    return false;
}

static void begin_page(struct compiling *compiling, const struct field *field, struct form_page *page)
{
    page->id = field->id;
    page->label = field->label_text;
    page->varname = field->varname;
    page->condition = field->condition;
    compiling->where = str_fmt(compiling->arena, "page %.*s", STR_ARG(field->label_text));
    page->post_conditions = compiling_post_conditions(compiling, field->json);
    compiling_stops(compiling, field->json, &page->stops);
}

/* A form whose first field is no page has one without a name before it; where that would show nothing (values computed
 * at the very beginning), its fields belong to the first page that has a name. */
static void cut_pages(struct compiling *compiling, struct form *form)
{
    struct form_page *pages = arena_array_of(compiling->arena, struct form_page, form->fields.len + 1);
    struct form_page *page = NULL;
    for (size_t i = 0; i < form->fields.len; i++) {
        const struct field *field = &form->fields.at[i];
        bool is_page = field->type == &field_page;
        bool joins =
            is_page && page != NULL && form->page_count == 1 && page->id.len == 0 && !shows_something(&page->fields);
        if (page == NULL || (is_page && !joins)) {
            page = &pages[form->page_count++];
            page->fields.at = is_page ? field + 1 : field;
        }
        if (is_page)
            begin_page(compiling, field, page);
        page->fields.len += !is_page || joins;
    }
    if (form->page_count == 0)
        form->page_count = 1;
    form->pages = pages;
}

static void compile_header(struct compiling *compiling, struct form *form)
{
    const json_t *json = form->json;
    struct arena *arena = compiling->arena;
    form->description = json_str(json, "description");
    form->category = json_str(json, "category");
    form->workflow = json_str(json, "workflow");
    form->workflow_name = json_str(json, "workflow_name");
    form->is_disabled = json_bool(json, "disabled");
    form->opens = local_of(json_str(json, "publication_date"));
    form->closes = local_of(json_str(json, "expiration_date"));
    compiling_quotas(compiling, json, &form->quotas);
    form->has_confirmation = !json_is_false(json_object_get(json, "confirmation"));
    form->has_tracking_codes = json_bool(json, "enable_tracking_codes");
    form->offers_all_files = json_bool(json, "include_download_all_button");
    form->is_guarded = json_bool(json, "has_captcha");
    form->only_one = json_bool(json, "only_allow_one");
    form->keywords = compiling_texts(arena, json, "keywords");
    form->roles = compiling_texts(arena, json, "roles");
    form->backoffice_roles = compiling_texts(arena, json, "backoffice_submission_roles");
    form->contexts = compiling_texts(arena, json, "required_authentication_contexts");
    form->drafts_lifespan = (int)json_int(json, "drafts_lifespan");
    form->functions = json_dict(json, "functions");
    form->options = json_dict(json, "workflow_options");
    form->migrations = json_list(json, "workflow_migrations");
    form->service = json_dict(json, "service");
    compiling->where = STR("réglages");
    form->disabled_redirection =
        compiling_text(compiling, json_str(json, "disabled_redirection"), TEMPLATE_TEXT, "redirection");
    form->lateral = compiling_side_text(compiling, json, "lateral_template", "management_sidebar_items");
    form->submission_lateral =
        compiling_side_text(compiling, json, "submission_lateral_template", "submission_sidebar_items");
    form->digest = compiling_text(compiling, json_str(json, "digest_template"), TEMPLATE_TEXT, "résumé");
    compiling_views(compiling, json, &form->views);
    compiling->where = STR("réglages");
    if (form->is_card)
        form->identifier = compiling_text(compiling, json_str(json, "id_template"), TEMPLATE_TEXT, "identifiant");
}

#define CARD_PREFIX "card:"

str form_key(struct arena *arena, bool is_card, str slug)
{
    return is_card ? str_fmt(arena, CARD_PREFIX "%.*s", STR_ARG(slug)) : slug;
}

bool form_key_is_card(str key, str *slug)
{
    bool is_card = str_starts(key, STR(CARD_PREFIX));
    if (slug != NULL)
        *slug = is_card ? str_slice(key, STR(CARD_PREFIX).len, key.len) : key;
    return is_card;
}

const struct form *form_compile(struct arena *arena, const json_t *json, int64_t version,
                                const struct block_finder *blocks, struct err *err)
{
    struct form *form = arena_new_of(arena, struct form);
    form->json = json;
    form->version = version;
    form->slug = json_str(json, "slug");
    form->name = json_str(json, "name");
    form->is_card = str_eq(json_str(json, "kind"), STR("card"));
    form->key = form_key(arena, form->is_card, form->slug);
    if (form->slug.len == 0 || json_list(json, "fields") == NULL) {
        err_set(err, ERR_INVALID, "A form has a slug and a list of fields.");
        return NULL;
    }
    if (form->name.len == 0)
        form->name = form->slug;
    struct compiling compiling = {.arena = arena, .reports = &form->reports, .texts = &form->texts, .blocks = blocks};
    compile_header(&compiling, form);
    form->fields = compiling_fields(&compiling, json_list(json, "fields"));
    form->verified = compiling_verified(arena, form);
    cut_pages(&compiling, form);
    return form;
}

static bool is_closed(struct err *err, const char *how, instant when)
{
    struct arena *arena = arena_new();
    err_set(err, ERR_CLOSED, "Cette démarche %s le %s.", how, instant_long(arena, when).ptr);
    arena_free(arena);
    return false;
}

bool form_is_open(const struct form *form, instant now, struct err *err)
{
    if (now == 0)
        now = instant_now();
    if (form->is_disabled)
        return err_set(err, ERR_CLOSED, "Cette démarche est fermée pour le moment.");
    if (form->opens != 0 && now < form->opens)
        return is_closed(err, "ouvre", form->opens);
    if (form->closes != 0 && now >= form->closes)
        return is_closed(err, "est fermée depuis", form->closes);
    return true;
}

bool form_takes_context(const struct form *form, str context)
{
    for (size_t i = 0; i < form->contexts.len; i++)
        if (str_eq(form->contexts.at[i], context))
            return true;
    return form->contexts.len == 0;
}
