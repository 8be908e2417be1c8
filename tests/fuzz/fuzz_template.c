/* Any text as a template: the first byte says of what kind, the rest is compiled and rendered over a rich context. The
 * fuzzer's mutations are those of the grammar as often as those of bytes: every tag and filter of the language's
 * tables, on every name of the context. */
#include "template/template.h"

#include <stdio.h>
#include <stdlib.h>
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

#ifndef SEEDS /* the fuzzer itself, not the replay of its seeds */

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

static const char *const words[] = {"t",
                                    "n",
                                    "f",
                                    "d",
                                    "z",
                                    "v",
                                    "l",
                                    "rows",
                                    "tab",
                                    "form_var_x",
                                    "form",
                                    "u",
                                    "p",
                                    "g",
                                    "e",
                                    "m",
                                    "rows.0.b",
                                    "tab.1",
                                    "\"a b\"",
                                    "\"2024-02-29\"",
                                    "''",
                                    "0",
                                    "-1",
                                    "2.50",
                                    "12345678901234567890",
                                    "None",
                                    "True",
                                    "forloop.counter",
                                    "missing",
                                    "\"a,b:c\"",
                                    "\"Y-m-d H:i\"",
                                    "\"1 10\""};

static const char *pick_word(void)
{
    return words[(size_t)rand() % (sizeof words / sizeof *words)];
}

static const struct template_entry *pick(bool is_tag)
{
    static struct arena *kept; /* reachable, so that it is no leak */
    static struct template_entries entries;
    if (kept == NULL)
        entries = template_entries(kept = arena_new());
    for (;;) {
        const struct template_entry *entry = &entries.at[(size_t)rand() % entries.len];
        if (entry->is_tag == is_tag)
            return entry;
    }
}

/* An expression with up to three filters. */
static int make_expression(char *out, size_t most)
{
    int length = snprintf(out, most, "%s", pick_word());
    for (int i = rand() % 4; i > 0 && length < (int)most - 100; i--) {
        const struct template_entry *filter = pick(false);
        length += snprintf(out + length, most - (size_t)length, "|%s", filter->name);
        if (filter->needs_argument || (filter->takes_argument && rand() % 2))
            length += snprintf(out + length, most - (size_t)length, ":%s", pick_word());
    }
    return length;
}

static int make_construct(char *out, size_t most)
{
    static const char *const operators[] = {
        "==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "and", "or", "and not"};
    char a[400], b[400];
    make_expression(a, sizeof a);
    make_expression(b, sizeof b);
    const char *sign = operators[(size_t)rand() % (sizeof operators / sizeof *operators)];
    const struct template_entry *tag = pick(true);
    switch (rand() % 7) {
    case 0:
        return snprintf(out, most, "{%% if %s %s %s %%}", a, sign, b);
    case 1:
        return snprintf(out, most, "{%% for x in %s %%}{{ x|default:%s }}{%% endfor %%}", a, pick_word());
    case 2:
        return snprintf(out, most, "{%% with x=%s %%}{%% filter %s %%}{{ x }}", a, pick(false)->name);
    case 3:
        return snprintf(out, most, "{%% %s %s %s %%}", tag->name, a, b);
    case 4:
        return snprintf(out, most, "{%% end%s %%}", tag->name);
    case 5:
        return snprintf(out, most, "%s", tag->example != NULL ? tag->example : a);
    default:
        return snprintf(out, most, "{{ %s }}", a);
    }
}

/* Puts a construct at a random place. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    char construct[1200];
    srand(seed);
    if (rand() % 2)
        return LLVMFuzzerMutate(data, size, most);
    int made = make_construct(construct, sizeof construct);
    size_t length = made < (int)sizeof construct ? (size_t)made : sizeof construct - 1;
    if (size + length > most)
        return LLVMFuzzerMutate(data, size, most);
    size_t at = size < 1 ? 0 : 1 + (size_t)rand() % size;
    memmove(data + at + length, data + at, size - at);
    memcpy(data + at, construct, length);
    return size + length;
}

#endif
