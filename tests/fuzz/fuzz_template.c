/* Any text as a template: the first byte says of what kind, the rest is compiled and rendered over a rich context. */
#include "template/template.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char context[] =
    "{\"t\":\"Été <b>à</b> l'eau & \\\"co\\\"\",\"n\":42,\"f\":1.5,\"d\":\"2024-02-29 10:32\",\"z\":null,\"v\":true,"
    "\"l\":[3,1,2,\"x\",null],\"rows\":[{\"a\":\"1,5\",\"b\":[1,2]},{\"a\":\"x\",\"b\":[3,4]}],\"tab\":[[1,2],[3,4]],"
    "\"form\":{\"var\":{\"x\":{\"raw\":\"r\",\"text\":\"T\"},\"y\":\"Y\"}},\"u\":\"http://a.be/é?x=1&y=2\",\"p\":"
    "\"+33 6 12 34 56 78\",\"g\":\"50.1;4.2\",\"e\":\"\",\"m\":\"{{ n }}{{ m|as_template }}\"}";

static bool load(void *data, struct arena *arena, str name, str *source)
{
    (void)data;
    (void)arena;
    if (str_eq(name, STR("a")))
        *source = STR("{% block x %}A{% endblock %}{% block y %}B{{ t }}{% endblock %}");
    else if (str_eq(name, STR("b")))
        *source = STR("{% extends \"a\" %}{% block x %}{{ block.super }}{% include \"b\" %}{% endblock %}");
    else if (str_eq(name, STR("c")))
        *source = STR("{{ t }}{% cycle 1 2 %}{{ forloop.counter }}");
    else
        return false;
    return true;
}

static void render_once(struct arena *arena, uint8_t mode, str source)
{
    struct template_loader loader = {.load = load};
    struct template_settings settings = {.kind = mode % 3 == 0   ? TEMPLATE_HTML
                                                 : mode % 3 == 1 ? TEMPLATE_TEXT
                                                                 : TEMPLATE_CONDITION,
                                         .loader = mode & 0x10 ? NULL : &loader,
                                         .dialect = mode & 0x20 ? TEMPLATE_DJANGO : TEMPLATE_WCS,
                                         .strict = (mode & 0x40) != 0};
    struct err err;
    struct template *template = template_compile(arena, source, &settings, &err);
    if (template == NULL)
        return;
    struct render_log log = {0};
    struct value scope = value_from_json(arena, json_parse(arena, str_of(context), NULL));
    struct render render = {.arena = arena,
                            .scope = scope,
                            .site = scope,
                            .lang = mode & 0x80 ? STR("en") : STR("fr"),
                            .now = 1765713000000000,
                            .log = &log,
                            .steps_most = 5000,
                            .output_most = 1 << 18};
    if (settings.kind == TEMPLATE_CONDITION) {
        template_holds(template, &render);
        return;
    }
    struct buf out = buf_new(arena, 1 << 18);
    template_render(template, &render, &out, &err);
    template_value(template, &render);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str source = {(const char *)data + 1, size - 1};
    if (size < 2 || !utf8_is_valid(source))
        return 0;
    struct arena *arena = arena_new();
    render_once(arena, data[0], source);
    arena_free(arena);
    return 0;
}
