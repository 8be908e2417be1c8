/* The archive that an OpenDocument file is (OASIS ODF 1.2 part 3): what its parts are, and how it is written again. */
#include "models/opendocument.h"

#include "base/unzip.h"
#include "base/zip.h"
#include "models/fill.h"

#define MIMETYPE "mimetype"
#define MANIFEST "META-INF/manifest.xml"
/* Of what was changed, it would hold no more. */
#define SIGNATURES "META-INF/documentsignatures.xml"

/* In the order in which they are compiled: whether the details want styles is known by then. */
static const str part_names[] = {STR_INIT("content.xml"), STR_INIT("styles.xml"), STR_INIT("meta.xml")};
enum { PART_COUNT = sizeof part_names / sizeof *part_names };

struct file {
    str name, bytes;
    const struct part *part; /* NULL: it stays as it is */
};
struct package {
    str mimetype;
    struct VEC_OF(struct file) files;
};

bool package_is_one(str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04"));
}

static bool weave_parts(struct arena *arena, const struct unzip *archive, struct part *const parts[PART_COUNT],
                        struct weaving *weaving, struct err *err)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct unzip_entry *entry = unzip_find(archive, part_names[i]);
        str bytes;
        weaving->where = part_names[i];
        if (entry == NULL && i == 0)
            return err_set(err, ERR_INVALID, "Ce document n’a pas de contenu.");
        if (entry != NULL &&
            (!unzip_read(arena, archive, entry, &bytes, err) || !weave_part(weaving, bytes, parts[i], err)))
            return false;
        weaving->wants_styles |= parts[i]->has_details;
    }
    return true;
}

static bool add_files(struct arena *arena, const struct unzip *archive, struct part *const parts[PART_COUNT],
                      struct package *package, struct err *err)
{
    for (size_t i = 0; i < archive->entries.len; i++) {
        const struct unzip_entry *entry = &archive->entries.at[i];
        struct file file = {.name = entry->name};
        if (str_eq(entry->name, STR(MIMETYPE)) || str_eq(entry->name, STR(SIGNATURES)))
            continue;
        for (size_t k = 0; k < PART_COUNT; k++)
            if (str_eq(entry->name, part_names[k]))
                file.part = parts[k];
        if (file.part == NULL && !unzip_read(arena, archive, entry, &file.bytes, err))
            return false;
        *vec_push(arena, &package->files) = file;
    }
    return true;
}

struct package *package_read(struct arena *arena, str bytes, struct model_texts *texts, struct model_problems *problems,
                             struct err *err)
{
    struct package *package = arena_new_of(arena, struct package);
    struct part *parts[PART_COUNT];
    struct unzip archive;
    struct weaving weaving = {.arena = arena, .texts = texts, .problems = problems};
    for (size_t i = 0; i < PART_COUNT; i++)
        parts[i] = arena_new_of(arena, struct part);
    if (!unzip_open(arena, bytes, &archive, err))
        return NULL;
    const struct unzip_entry *mimetype = unzip_find(&archive, STR(MIMETYPE));
    if (mimetype == NULL || !unzip_read(arena, &archive, mimetype, &package->mimetype, err) ||
        !str_starts(package->mimetype, STR("application/vnd.oasis.opendocument."))) {
        err_set(err, ERR_INVALID, "Ce fichier n’est pas un document OpenDocument (.odt, .ods).");
        return NULL;
    }
    bool ok = weave_parts(arena, &archive, parts, &weaving, err) && add_files(arena, &archive, parts, package, err);
    return ok ? package : NULL;
}

/* ---- Written again ---- */

/* A reader takes no picture that the list of files does not name. */
static str manifest_with(const struct filling *filling, str manifest)
{
    static const char end[] = "</manifest:manifest>";
    size_t at = str_find(manifest, str_of(end), 0);
    struct buf out = buf_new(filling->render->arena, MODEL_FILLED_MOST);
    if (at == SIZE_MAX || filling->pictures.len == 0)
        return manifest;
    buf_add(&out, str_slice(manifest, 0, at));
    for (size_t i = 0; i < filling->pictures.len; i++)
        buf_fmt(&out, "<manifest:file-entry manifest:full-path=\"%.*s\" manifest:media-type=\"%.*s\"/>",
                STR_ARG(filling->pictures.at[i].path), STR_ARG(filling->pictures.at[i].type));
    buf_add(&out, str_slice(manifest, at, manifest.len));
    return buf_str(&out);
}

static void add_file(struct zip *zip, struct buf *out, str name, str bytes)
{
    zip_begin(zip, out, name);
    zip_add(zip, out, bytes);
    zip_close(zip, out);
}

bool package_fill(const struct package *package, struct render *render, const struct model_tools *tools, str *out,
                  struct err *err)
{
    struct filling filling = {.render = render, .tools = tools};
    struct buf archive = buf_new(render->arena, MODEL_FILLED_MOST);
    struct zip *zip = zip_new(render->arena, render->now != 0 ? render->now : instant_now());
    bool fits = true;
    zip_store(zip, &archive, STR(MIMETYPE), package->mimetype);
    for (size_t pass = 0; pass < 2; pass++) /* the parts first: they say which pictures there are */
        for (size_t i = 0; i < package->files.len; i++) {
            const struct file *file = &package->files.at[i];
            struct buf part = buf_new(render->arena, MODEL_FILLED_MOST);
            if ((file->part != NULL) != (pass == 0))
                continue;
            if (file->part != NULL)
                fill_part(&filling, file->part, &part);
            str bytes = str_eq(file->name, STR(MANIFEST)) ? manifest_with(&filling, file->bytes) : file->bytes;
            add_file(zip, &archive, file->name, file->part != NULL ? buf_str(&part) : bytes);
            fits = fits && !part.overflowed;
        }
    for (size_t i = 0; i < filling.pictures.len; i++)
        add_file(zip, &archive, filling.pictures.at[i].path, filling.pictures.at[i].bytes);
    if (!zip_end(zip, &archive) || archive.overflowed || !fits)
        return err_set(err, ERR_TOO_LARGE, "Le document est trop grand : plus de %d Mo.", MODEL_FILLED_MOST >> 20);
    *out = buf_str(&archive);
    return true;
}
