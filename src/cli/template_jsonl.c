/* guichet template --jsonl: a template a line, for tests and for whoever writes definitions.
 *
 * Reads {"template", "context", "lang", "now", "options", "complex", "kind", "dialect", "others", "autoescape",
 * "string_if_invalid"} a line; writes {"output"}, {"value"} or {"error": {"message", "line", "column"}} a line. */
#include "cli/template.h"

#include <stdio.h>
#include <stdlib.h>

/* A site's option: a name that ends in __json holds JSON. */
static struct value read_option(struct arena *arena, str key, const json_t *json)
{
    if (str_ends(key, STR("__json"))) {
        json_t *parsed = json_parse(arena, json_str_of(json), NULL);
        if (parsed != NULL)
            return value_from_json(arena, parsed);
    }
    return json_is_string(json) ? value_option(json_str_of(json)) : value_from_json(arena, json);
}

static void add_all(struct arena *arena, struct value_dict *to, const json_t *from, bool options)
{
    const char *key;
    json_t *item;
    if (from == NULL)
        return;
    json_object_foreach((json_t *)from, key, item) value_dict_set(
        arena, to, str_of(key), options ? read_option(arena, str_of(key), item) : template_context(arena, item));
}

/* The names that a whole site knows. */
static struct value_dict *site_names(struct arena *arena, const json_t *options, instant now)
{
    struct value_dict *site = value_dict_new(arena);
    if (json_bool(options, "site_context")) {
        struct datetime local = datetime_local(now);
        value_dict_set(arena, site, STR("today"), value_date(local.date));
        value_dict_set(arena, site, STR("now"), value_datetime(local));
        value_dict_set(arena, site, STR("null"), VALUE_OF_NONE);
        value_dict_set(arena, site, STR("true"), value_bool(true));
        value_dict_set(arena, site, STR("false"), value_bool(false));
    }
    add_all(arena, site, json_dict(options, "site_variables"), false);
    add_all(arena, site, json_dict(options, "site_option_variables"), true);
    return site;
}

static struct value scope_of(struct arena *arena, const struct value_dict *site, const json_t *context)
{
    struct value_dict *scope = value_dict_new(arena);
    for (size_t i = 0; i < site->map.len; i++)
        value_dict_set(arena, scope, site->map.entries[i].key, *(const struct value *)site->map.entries[i].value);
    add_all(arena, scope, context, false);
    return value_dict(scope);
}

static bool load_other(void *data, struct arena *arena, str name, str *source)
{
    (void)arena;
    const json_t *other = json_get(data, name);
    *source = json_str_of(other);
    return other != NULL;
}

static instant now_of(struct arena *arena, const json_t *line)
{
    struct datetime local;
    str now = json_str(line, "now");
    return now.len > 0 && value_to_datetime(arena, value_text(now), &local) ? instant_from_local(local) : instant_now();
}

static bool escapes(const json_t *line)
{
    const json_t *own = json_get(line, STR("autoescape"));
    const json_t *option = json_get(json_dict(line, "options"), STR("autoescape"));
    return !json_is_false(own) && !json_is_false(option);
}

static struct template_settings settings_of(const json_t *line, struct template_loader *loader)
{
    bool django = str_eq(json_str(line, "dialect"), STR("django"));
    *loader = (struct template_loader){.load = load_other, .data = (void *)json_dict(line, "others")};
    struct template_settings settings = {.kind = escapes(line) ? TEMPLATE_HTML : TEMPLATE_TEXT,
                                         .dialect = django ? TEMPLATE_DJANGO : TEMPLATE_WCS,
                                         .strict = true};
    settings.keep_ends = django;
    settings.no_brackets = json_bool(json_dict(line, "options"), "disable_ezt_support");
    if (str_eq(json_str(line, "kind"), STR("condition")))
        settings.kind = TEMPLATE_CONDITION;
    if (loader->data != NULL)
        settings.loader = loader;
    return settings;
}

static json_t *number_json(const struct decimal *decimal)
{
    int64_t integer;
    if (decimal->exponent == 0 && decimal_to_int(*decimal, &integer))
        return json_integer(integer);
    return json_real(decimal_to_double(*decimal));
}

static json_t *value_json(struct arena *arena, struct value value)
{
    value = value_plain(arena, value);
    if (value.kind == VALUE_DECIMAL)
        return number_json(value.decimal);
    return json_incref(value_to_json(arena, value));
}

static json_t *error_json(const struct err *err)
{
    return json_pack("{s:{s:s, s:i, s:i}}", "error", "message", err->message, "line", err->line, "column", err->column);
}

static json_t *faults_json(const struct render_log *log)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < log->len; i++) {
        json_t *fault = json_pack("{s:i, s:i}", "line", log->at[i].line, "column", log->at[i].column);
        json_set_str(fault, STR("message"), log->at[i].message);
        json_array_append_new(faults, fault);
    }
    return faults;
}

static json_t *render_json(struct arena *arena, const struct template *template, struct render *render,
                           const struct template_settings *settings, bool complex)
{
    json_t *answer = json_object();
    if (settings->kind == TEMPLATE_CONDITION) {
        json_object_set_new(answer, "value", json_boolean(template_holds(template, render)));
        return answer;
    }
    if (complex) {
        json_object_set_new(answer, "value", value_json(arena, template_value(template, render)));
        return answer;
    }
    struct buf out = buf_new(arena, 16 << 20);
    struct err err = {0};
    if (!template_render(template, render, &out, &err)) {
        json_decref(answer);
        return error_json(&err);
    }
    str text = buf_str(&out);
    json_set_str(answer, STR("output"), settings->dialect == TEMPLATE_WCS ? str_trim(text) : text);
    return answer;
}

static json_t *answer_line(struct arena *arena, const json_t *line)
{
    struct err err = {0};
    struct template_loader loader;
    struct template_settings settings = settings_of(line, &loader);
    struct template *template = template_compile(arena, json_str(line, "template"), &settings, &err);
    if (template == NULL)
        return error_json(&err);
    const json_t *options = json_dict(line, "options"), *calendar = json_get(options, STR("working_day_calendar"));
    struct render_log log = {0};
    instant now = now_of(arena, line);
    struct value_dict *site = site_names(arena, options, now);
    str lang = json_str(line, "lang");
    struct render render = {.arena = arena,
                            .scope = scope_of(arena, site, json_dict(line, "context")),
                            .site = value_dict(site),
                            .lang = lang.len > 0 ? lang : STR("en"),
                            .now = now,
                            .invalid = json_str(line, "string_if_invalid"),
                            .log = &log};
    if (calendar != NULL)
        render.calendar = json_str_of(calendar);
    json_t *answer = render_json(arena, template, &render, &settings, json_bool(line, "complex"));
    if (log.len > 0)
        json_object_set_new(answer, "faults", faults_json(&log));
    return answer;
}

static void run_line(struct arena *arena, str text)
{
    struct err err = {0};
    json_t *line = json_parse(arena, text, &err);
    json_t *answer = line == NULL ? error_json(&err) : answer_line(arena, line);
    json_keep(arena, answer);
    str out = json_text(arena, answer);
    printf("%.*s\n", STR_ARG(out));
    fflush(stdout);
}

int template_jsonl(void)
{
    char *line = NULL;
    size_t cap = 0;
    struct arena *arena = arena_new();
    for (ssize_t length; (length = getline(&line, &cap, stdin)) >= 0; arena_reset(arena))
        if (str_trim((str){line, (size_t)length}).len > 0)
            run_line(arena, (str){line, (size_t)length});
    arena_free(arena);
    free(line);
    return 0;
}
