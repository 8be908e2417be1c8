/* Tags of a Django project that texts may hold: the addresses of its files, and parts to keep in a cache. */
#include "template/compiler.h"
#include "template/filter.h"

static const str static_prefix = STR_INIT("/static/"), media_prefix = STR_INIT("/media/");

static bool compile_prefix(struct compiler *c, const struct words *words, str prefix)
{
    bool named = words->len == 3 && str_eq(words->at[1], STR("as"));
    if (words->len != 1 && !named)
        return compiler_fail(c, "« %.*s » ne prend que « as nom ».", STR_ARG(words->at[0]));
    compiler_constant(c, value_text(prefix));
    compiler_print_or_assign(c, named ? words->at[2] : STR_EMPTY);
    return true;
}

static bool compile_static_prefix(struct compiler *c, const struct words *words)
{
    return compile_prefix(c, words, static_prefix);
}

static bool compile_media_prefix(struct compiler *c, const struct words *words)
{
    return compile_prefix(c, words, media_prefix);
}

static struct value call_static(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    str path = filter_text(m, args[0]);
    struct buf out = filter_buf(m);
    if (!str_starts(path, STR("/")))
        buf_add(&out, static_prefix);
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '/')
            buf_add_char(&out, '/');
        else
            buf_add_url(&out, str_slice(path, i, i + 1));
    return value_html(filter_escape(m, value_text(buf_str(&out))));
}

static bool compile_static(struct compiler *c, const struct words *words)
{
    struct words values = *words;
    str name;
    compiler_takes_as(&values, &name);
    if (values.len != 2)
        return compiler_fail(c, "« static » veut le nom d'un fichier.");
    if (!compile_expression(c, values.at[1], false))
        return false;
    compiler_call(c, (struct call){.fn = call_static, .argument_count = 1});
    compiler_print_or_assign(c, name);
    return true;
}

/* Nothing is kept, but what Django refuses is refused: a time that is no number. */
static struct value call_cache(struct machine *m, const struct value *args, const struct call *call)
{
    (void)call;
    int64_t seconds;
    struct value time = value_plain(m->arena, args[0]);
    if (time.kind == VALUE_UNDEFINED || (time.kind != VALUE_NONE && !filter_int(m, time, &seconds)))
        return machine_fault(m, "« cache » veut une durée en secondes.");
    return VALUE_EMPTY;
}

static bool compile_cache(struct compiler *c, const struct words *words)
{
    size_t len = words->len;
    if (len < 3)
        return compiler_fail(c, "« cache » veut une durée et un nom.");
    if (len > 3 && str_starts(words->at[len - 1], STR("using=")))
        len--;
    for (size_t i = 1; i < len; i++)
        if (i != 2 && !compile_expression(c, words->at[i], false))
            return false;
    compiler_call(c, (struct call){.fn = call_cache, .argument_count = len - 2});
    compiler_emit(c, OP_PRINT, 0);
    return compile_body(c, "cache", "endcache");
}

static const struct tag tags[] = {
    {"cache", compile_cache, false, "Une partie que Django garderait en mémoire ; ici elle est toujours rendue.",
     "{% cache 60 'entete' %}Bonjour{% endcache %}", "Bonjour"},
    {"get_media_prefix", compile_media_prefix, false, "Le début d’adresse des fichiers déposés.",
     "{% get_media_prefix %}", "/media/"},
    {"get_static_prefix", compile_static_prefix, false, "Le début d’adresse des fichiers du site.",
     "{% get_static_prefix %}", "/static/"},
    {"static", compile_static, false, "L’adresse d’un fichier du site.", "{% static 'logo.png' %}", "/static/logo.png"},
};

const struct tag_table tags_project = {"D’un projet de Django", tags, sizeof tags / sizeof *tags};
