#include "pages/pages.h"

#include "pages/embedded.h"

#include <stdlib.h>

enum { FILE_MOST = 4 << 20 };

struct pages {
    struct arena *arena;
    const char *folder;
    struct map sources;          /* path → str * */
    struct map templates;        /* path → struct template * */
    struct map by_name, by_path; /* assets */
};

/* A library's file, which stands in no folder of ours. */
static bool is_vendored(const struct embedded_file *file)
{
    return str_starts(file->path, STR("vendor/"));
}

/* The bytes of an embedded file, or those of the same file in the folder. */
static bool read_one(struct pages *pages, const struct embedded_file *file, str *out, struct err *err)
{
    *out = file->bytes;
    if (pages->folder == NULL || is_vendored(file))
        return true;
    return file_read(pages->arena, str_fmt(pages->arena, "%s/%.*s", pages->folder, STR_ARG(file->path)).ptr, FILE_MOST,
                     out, err);
}

static bool load_source(void *data, struct arena *arena, str name, str *source)
{
    (void)arena;
    const struct pages *pages = data;
    const str *found = map_get(&pages->sources, name);
    if (found != NULL)
        *source = *found;
    return found != NULL;
}

static str type_of(str path)
{
    static const struct {
        const char *end, *type;
    } types[] = {
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".webmanifest", "application/manifest+json"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_ends(path, str_of(types[i].end)))
            return str_of(types[i].type);
    return STR("application/octet-stream");
}

static void add_asset(struct pages *pages, const struct embedded_file *file, str path, str bytes)
{
    struct asset *asset = arena_new_of(pages->arena, struct asset);
    size_t dot = path.len;
    while (dot > 0 && path.ptr[dot - 1] != '.')
        dot--;
    *asset = (struct asset){.path = path, .type = type_of(path), .bytes = bytes};
    asset->gzip = pages->folder == NULL ? file->gzip : STR_EMPTY;
    asset->name = str_fmt(pages->arena, "%.*s%.*s.%.*s", STR_ARG(str_slice(path, 0, dot)), STR_ARG(file->fingerprint),
                          STR_ARG(str_slice(path, dot, path.len)));
    asset->url = str_fmt(pages->arena, "/assets/%.*s", STR_ARG(asset->name));
    map_set(&pages->by_name, asset->name, asset);
    map_set(&pages->by_path, asset->path, asset);
}

static bool read_all(struct pages *pages, struct err *err)
{
    for (size_t i = 0; i < embedded_file_count; i++) {
        const struct embedded_file *file = &embedded_files[i];
        str *bytes = arena_new_of(pages->arena, str);
        if (!read_one(pages, file, bytes, err))
            return false;
        if (str_starts(file->path, STR("assets/")))
            add_asset(pages, file, str_slice(file->path, 7, file->path.len), *bytes);
        else if (is_vendored(file))
            add_asset(pages, file, file->path, *bytes);
        else
            map_set(&pages->sources, str_slice(file->path, STR("templates/").len, file->path.len), bytes);
    }
    return true;
}

static bool compile_all(struct pages *pages, struct err *err)
{
    struct template_loader loader = {load_source, pages};
    for (size_t i = 0; i < pages->sources.len; i++) {
        str path = pages->sources.entries[i].key;
        struct template_settings settings = {.kind = str_ends(path, STR(".html")) ? TEMPLATE_HTML : TEMPLATE_TEXT,
                                             .loader = &loader,
                                             .name = path,
                                             .strict = true};
        struct template *template =
            template_compile(pages->arena, *(str *)pages->sources.entries[i].value, &settings, err);
        if (template == NULL)
            return err_detail(err, "%.*s:%d:%d: %s", STR_ARG(path), err->line, err->column, err->message);
        map_set(&pages->templates, path, template);
    }
    return true;
}

struct pages *pages_load(const char *folder, struct err *err)
{
    struct arena *arena = arena_new();
    struct pages *pages = arena_new_of(arena, struct pages);
    *pages = (struct pages){arena, folder, map_new(arena), map_new(arena), map_new(arena), map_new(arena)};
    if (read_all(pages, err) && compile_all(pages, err))
        return pages;
    arena_free(arena);
    return NULL;
}

void pages_free(struct pages *pages)
{
    if (pages != NULL)
        arena_free(pages->arena);
}

const struct template *pages_find(const struct pages *pages, str path)
{
    return map_get(&pages->templates, path);
}

const struct asset *pages_asset(const struct pages *pages, str name)
{
    return map_get(&pages->by_name, name);
}

str pages_asset_url(const struct pages *pages, str path)
{
    const struct asset *asset = map_get(&pages->by_path, path);
    return asset == NULL ? STR_EMPTY : asset->url;
}
