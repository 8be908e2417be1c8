/* template_bench: the rate at which each case of a file is rendered, and what compiling its texts takes.
 *
 *     template_bench CASES.json
 *
 * CASES is {"cases": [{"name", "kind", "django", "context"}], "texts": [{"kind", "text"}]}. Prints one JSON object:
 * each name's renderings a second, and compile_ms. */
#include "template/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS 0.4

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static enum template_kind kind_of(const json_t *json)
{
    str kind = json_str(json, "kind");
    return str_eq(kind, STR("html")) ? TEMPLATE_HTML : str_eq(kind, STR("text")) ? TEMPLATE_TEXT : TEMPLATE_CONDITION;
}

static struct template *compile(struct arena *arena, const json_t *json, const char *key)
{
    struct template_settings settings = {.kind = kind_of(json)};
    struct err err = {0};
    struct template *template = template_compile(arena, json_str(json, key), &settings, &err);
    if (template == NULL) {
        fprintf(stderr, "template_bench: %s: %s\n", json_str(json, key).ptr, err.message);
        exit(1);
    }
    return template;
}

/* One rendering, in an arena that is used again, as a request's is. */
static void render_once(struct arena *arena, const struct template *template, struct value scope, bool is_condition)
{
    struct render render = {.arena = arena, .scope = scope, .lang = STR("fr")};
    bool done = is_condition ? template_holds(template, &render) : template_text(template, &render).len > 0;
    if (!done) {
        fputs("template_bench: a case gives nothing\n", stderr);
        exit(1);
    }
    arena_reset(arena);
}

static double rate_of(const json_t *json)
{
    struct arena *kept = arena_new(), *arena = arena_new();
    const struct template *template = compile(kept, json, "django");
    struct value scope = value_from_json(kept, json_dict(json, "context"));
    bool is_condition = kind_of(json) == TEMPLATE_CONDITION;
    long count = 0;
    double began = now(), took = 0;
    for (long batch = is_condition ? 1000 : 10; took < SECONDS; took = now() - began) {
        for (long i = 0; i < batch; i++)
            render_once(arena, template, scope, is_condition);
        count += batch;
    }
    arena_free(arena);
    arena_free(kept);
    return (double)count / took;
}

static double compile_ms(const json_t *texts)
{
    struct arena *arena = arena_new();
    double began = now();
    for (size_t i = 0; i < json_array_size(texts); i++) {
        const json_t *json = json_array_get(texts, i);
        struct template_settings settings = {.kind = kind_of(json)};
        struct err err = {0};
        template_compile(arena, json_str(json, "text"), &settings, &err); /* some of them are wrong */
    }
    double took = now() - began;
    arena_free(arena);
    return took * 1000;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct err err = {0};
    str text;
    if (argc != 2 || !file_read(arena, argv[1], JSON_TEXT_MOST, &text, &err))
        return fputs("usage: template_bench CASES.json\n", stderr), 2;
    const json_t *json = json_parse(arena, text, &err), *cases = json_list(json, "cases");
    json_t *out = json_keep(arena, json_object());
    for (size_t i = 0; i < json_array_size(cases); i++)
        json_set(out, json_str(json_array_get(cases, i), "name"), json_real(rate_of(json_array_get(cases, i))));
    json_set(out, STR("compile_ms"), json_real(compile_ms(json_list(json, "texts"))));
    str told = json_text(arena, out);
    printf("%.*s\n", STR_ARG(told));
    arena_free(arena);
    return 0;
}
