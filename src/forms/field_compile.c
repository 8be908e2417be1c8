/* From a field's definition to struct field. */
#include "forms/fields/file.h"

#include <string.h>

void compiling_report(struct compiling *compiling, str construct, const char *message, bool is_error)
{
    *vec_push(compiling->arena, compiling->reports) =
        (struct form_report){.construct = construct,
                             .where = compiling->where,
                             .message = str_dup(compiling->arena, str_of(message)),
                             .is_error = is_error};
}

const struct template *compiling_text(struct compiling *compiling, str text, enum template_kind kind, const char *what)
{
    if (str_trim(text).len == 0)
        return NULL;
    struct template_settings settings = {
        .kind = kind, .name = str_fmt(compiling->arena, "%.*s, %s", STR_ARG(compiling->where), what)};
    struct err err = {0};
    const struct template *template = template_compile(compiling->arena, text, &settings, &err);
    if (template == NULL) {
        compiling_report(compiling, STR("template"), err.message, true);
        struct form_report *report = &compiling->reports->at[compiling->reports->len - 1];
        report->line = err.line;
        report->column = err.column;
        return NULL;
    }
    *vec_push(compiling->arena, compiling->texts) = (struct form_text){settings.name, template};
    return template;
}

const struct template *compiling_condition(struct compiling *compiling, const json_t *condition, const char *what)
{
    if (!json_is_object(condition))
        return compiling_text(compiling, json_str_of(condition), TEMPLATE_CONDITION, what);
    str translated;
    if (str_eq(json_str(condition, "type"), STR("python")) &&
        template_of_python(compiling->arena, json_str(condition, "value"), &translated))
        return compiling_text(compiling, translated, TEMPLATE_CONDITION, what);
    compiling_report(compiling, str_fmt(compiling->arena, "cond-lang:%.*s", STR_ARG(json_str(condition, "type"))),
                     "cette condition n’est pas dans notre langage : elle n’est jamais vraie", false);
    return compiling_text(compiling, STR("false"), TEMPLATE_CONDITION, what);
}

static const struct source *fixed_choices(struct compiling *compiling, const struct field *field)
{
    json_t *fixed = json_keep(compiling->arena, json_object());
    const json_t *items = json_list(field->json, "items");
    json_set_str(fixed, STR("type"), STR("fixed"));
    json_set(fixed, STR("value"), items == NULL ? json_array() : json_deep_copy(items));
    return source_compile(compiling->arena, fixed, compiling->where);
}

const struct source *compiling_choices(struct compiling *compiling, const struct field *field)
{
    const json_t *source_json = json_dict(field->json, "source");
    if (source_json == NULL)
        return fixed_choices(compiling, field);
    const struct source *source = source_compile(compiling->arena, source_json, compiling->where);
    str problem = source_problem(source);
    if (problem.len > 0) {
        compiling_report(compiling, source_construct(source), str_z(compiling->arena, problem), false);
        if (json_array_size(json_list(field->json, "items")) > 0) /* the choices that the definition lists stand in */
            return fixed_choices(compiling, field);
    }
    struct call_texts texts = {0};
    source_texts(source, compiling->arena, &texts);
    for (size_t i = 0; i < texts.len; i++)
        *vec_push(compiling->arena, compiling->texts) = (struct form_text){compiling->where, texts.at[i].template};
    return source;
}

/* « <p>Nom &amp; prénom</p> » as it is said in a message: tags out, the five entities back. */
static str without_html(struct arena *arena, str html)
{
    struct buf out = buf_new(arena, html.len + 1);
    bool in_tag = false;
    for (size_t i = 0; i < html.len; i++) {
        char c = html.ptr[i];
        if (c == '<' && i + 1 < html.len && (html.ptr[i + 1] == '/' || (html.ptr[i + 1] | 0x20) >= 'a'))
            in_tag = true;
        if (!in_tag)
            buf_add_char(&out, c == '\n' ? ' ' : c);
        if (c == '>')
            in_tag = false;
    }
    str text = str_replace(arena, buf_str(&out), STR("&nbsp;"), STR(" "));
    text = str_replace(arena, text, STR("&lt;"), STR("<"));
    text = str_replace(arena, text, STR("&gt;"), STR(">"));
    text = str_replace(arena, text, STR("&quot;"), STR("\""));
    return str_trim(str_replace(arena, text, STR("&amp;"), STR("&")));
}

static enum field_required required_of(const struct field *field)
{
    str required = json_str(field->json, "required");
    if (str_eq(required, STR("required")))
        return FIELD_REQUIRED;
    if (str_eq(required, STR("frontoffice")))
        return FIELD_REQUIRED_OF_RESIDENTS;
    if (str_eq(required, STR("optional")) || field->type == NULL)
        return FIELD_OPTIONAL;
    return field->type->required_default;
}

static unsigned places_of(const json_t *json)
{
    static const struct {
        const char *name;
        unsigned place;
    } known[] = {{"validation", PLACE_VALIDATION},
                 {"summary", PLACE_SUMMARY},
                 {"listings", PLACE_LISTINGS},
                 {"statistics", PLACE_STATISTICS}};
    const json_t *list = json_list(json, "display_locations");
    if (list == NULL)
        return PLACE_VALIDATION | PLACE_SUMMARY;
    unsigned places = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        for (size_t j = 0; j < sizeof known / sizeof *known; j++)
            if (str_eq(json_str_of(json_array_get(list, i)), str_of(known[j].name)))
                places |= known[j].place;
    return places;
}

/* A map takes the position itself; what is typed, a part of the address there (w.c.s.), and an address the whole. */
static bool may_follow_position(const struct field *field, str part)
{
    static const char *const parts[] = {"house",    "road", "number-and-street", "number-and-road",
                                        "postcode", "city", "country",           "address-id"};
    static const struct field_type *const types[] = {&field_string, &field_text, &field_numeric, &field_item};
    bool is_part = false, takes_parts = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        is_part |= str_eq(part, str_of(parts[i]));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        takes_parts |= field->type == types[i];
    return field->type == &field_map || field->type == &field_address || (is_part && takes_parts);
}

static void compile_prefill(struct compiling *compiling, struct field *field)
{
    const json_t *prefill = json_dict(field->json, "prefill");
    str type = json_str(prefill, "type"), value = json_str(prefill, "value");
    if (prefill == NULL || type.len == 0 || str_eq(type, STR("none")))
        return;
    field->prefill_locked = json_bool(prefill, "locked");
    field->prefill_locked_unless_empty = json_bool(prefill, "locked_unless_empty");
    if (str_eq(type, STR("string"))) {
        field->prefill_template = compiling_text(compiling, value, TEMPLATE_TEXT, "préremplissage");
        field->prefill = field->prefill_template == NULL ? PREFILL_NONE : PREFILL_TEMPLATE;
    } else if (str_eq(type, STR("user"))) {
        field->prefill = PREFILL_USER;
        field->prefill_user = str_starts(value, STR("_")) ? str_slice(value, 1, value.len) : value;
    } else if (str_eq(type, STR("geolocation")) && may_follow_position(field, value)) {
        field->prefill = PREFILL_GEOLOCATION;
        field->prefill_part = field->type == &field_address ? STR("address")
                              : field->type == &field_map   ? STR_EMPTY
                                                            : value;
        field->prefill_locked = false; /* the position is the browser's, and the person's to correct */
    } else {
        field->prefill = PREFILL_OTHER;
        compiling_report(compiling, str_fmt(compiling->arena, "prefill:%.*s", STR_ARG(type)),
                         "ce préremplissage n’est pas encore fait : la personne saisit elle-même", false);
    }
}

static struct field field_compile(struct compiling *compiling, const json_t *json)
{
    struct field field = {.json = json,
                          .id = json_str(json, "id"),
                          .varname = json_str(json, "varname"),
                          .type_name = json_str(json, "type"),
                          .css = json_str(json, "extra_css_class"),
                          .hint = json_str(json, "hint"),
                          .in_filters = json_bool(json, "in_filters"),
                          .anonymise = json_str(json, "anonymise")};
    field.control = str_fmt(compiling->arena, "f%.*s", STR_ARG(field.id));
    field.marker = str_fmt(compiling->arena, "f%.*s-vu", STR_ARG(field.id));
    field.type = field_type_find(field.type_name);
    if (field.type == &field_file && file_is_several(json))
        field.type = &field_files;
    field.label_text = without_html(compiling->arena, json_str(json, "label"));
    compiling->where =
        str_fmt(compiling->arena, "champ %.*s (%.*s)", STR_ARG(field.id), STR_ARG(utf8_slice(field.label_text, 0, 60)));
    if (field.anonymise.len == 0)
        field.anonymise = STR("final");
    field.required = required_of(&field);
    field.places = places_of(json);
    bool label_is_html = field.type == &field_comment;
    field.label =
        compiling_text(compiling, json_str(json, "label"), label_is_html ? TEMPLATE_HTML : TEMPLATE_TEXT, "libellé");
    field.hint_template = compiling_text(compiling, field.hint, TEMPLATE_HTML, "aide");
    field.condition = compiling_condition(compiling, json_object_get(json, "condition"), "condition");
    compile_prefill(compiling, &field);
    compiling_inert_field(compiling, json);
    if (field.type == NULL)
        compiling_report(compiling, str_fmt(compiling->arena, "field:%.*s", STR_ARG(field.type_name)),
                         "ce type de champ ne fonctionne pas encore : il n’est pas montré", false);
    else if (field.type->compile != NULL)
        field.params = field.type->compile(compiling, &field);
    if (field.type == &field_block && field.params == NULL)
        field.type = NULL; /* its block is missing: kept and inert */
    field.view = field_view_fixed(compiling->arena, &field);
    return field;
}

struct field_list compiling_fields(struct compiling *compiling, const json_t *json)
{
    size_t count = json_is_array(json) ? json_array_size(json) : 0;
    struct field *fields = arena_array_of(compiling->arena, struct field, count);
    for (size_t i = 0; i < count; i++)
        fields[i] = field_compile(compiling, json_array_get(json, i));
    return (struct field_list){fields, count};
}

const struct field_list *field_list_compile(struct arena *arena, const json_t *json, const struct block_finder *blocks,
                                            struct form_reports *reports, struct form_texts *texts)
{
    struct field_list *list = arena_new_of(arena, struct field_list);
    struct compiling compiling = {.arena = arena, .reports = reports, .texts = texts, .blocks = blocks};
    *list = compiling_fields(&compiling, json);
    return list;
}

const struct field *field_by_id(const struct field_list *fields, str id)
{
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        if (str_eq(fields->at[i].id, id))
            return &fields->at[i];
    return NULL;
}

const struct field *field_by_varname(const struct field_list *fields, str varname)
{
    for (size_t i = 0; fields != NULL && varname.len > 0 && i < fields->len; i++)
        if (str_eq(fields->at[i].varname, varname))
            return &fields->at[i];
    return NULL;
}

struct str_views compiling_texts(struct arena *arena, const json_t *json, const char *key)
{
    const json_t *list = json_list(json, key);
    size_t count = json_array_size(list);
    str *at = arena_array_of(arena, str, count);
    for (size_t i = 0; i < count; i++)
        at[i] = json_str_of(json_array_get(list, i));
    return (struct str_views){at, count};
}
