/* What a model is, by its name, its type and its bytes; and those that are one text. */
#include "base/utf8.h"
#include "base/xml.h"
#include "models/opendocument.h"
#include "models/rtf.h"
#include "models/rtf_read.h"

struct model {
    enum model_kind kind;
    struct package *package;         /* OPENDOCUMENT */
    const struct rtf *rtf;           /* RTF */
    const struct template *template; /* else */
    struct model_texts texts;
    struct model_problems problems;
};

enum model_kind model_kind(const struct model *model)
{
    return model->kind;
}

const struct model_texts *model_texts(const struct model *model)
{
    return &model->texts;
}

const struct model_problems *model_problems(const struct model *model)
{
    return &model->problems;
}

static bool ends_as(struct arena *arena, str name, const char *const *ends)
{
    str lowered = str_lower(arena, name);
    for (; *ends != NULL; ends++)
        if (str_ends(lowered, str_of(*ends)))
            return true;
    return false;
}

/* As w.c.s. does: the type that came with the file counts, then its name, then what it begins with. */
static bool find_kind(struct arena *arena, str bytes, str name, str type, enum model_kind *kind, struct err *err)
{
    static const char *const xml[] = {".xml", NULL}, *const text[] = {".txt", ".html", ".htm", ".csv", ".json", NULL};
    bool is_xml = str_eq(type, STR("text/xml")) || str_eq(type, STR("application/xml")) ||
                  (ends_as(arena, name, xml) && str_starts(str_trim(bytes), STR("<")));
    *kind = package_is_one(bytes) ? MODEL_OPENDOCUMENT
            : rtf_is_one(bytes)   ? MODEL_RTF
            : is_xml              ? MODEL_XML
                                  : MODEL_TEXT;
    if (*kind == MODEL_OPENDOCUMENT || *kind == MODEL_RTF)
        return true;
    if (*kind == MODEL_TEXT && !str_starts(type, STR("text/")) && !ends_as(arena, name, text))
        return err_set(err, ERR_INVALID,
                       "Un modèle est un document OpenDocument (.odt, .ods), RTF, du XML ou du texte.");
    return utf8_is_valid(bytes) || err_set(err, ERR_INVALID, "Le modèle doit être en UTF-8.");
}

/* XML, as HTML, has what answers bring escaped. */
static bool compile_text(struct arena *arena, str bytes, str name, str type, struct model *model, struct err *err)
{
    static const char *const html[] = {".html", ".htm", NULL};
    struct template_settings settings = {.kind = TEMPLATE_TEXT, .name = name, .keep_ends = true};
    if (model->kind == MODEL_XML || str_eq(type, STR("text/html")) || ends_as(arena, name, html))
        settings.kind = TEMPLATE_HTML;
    str source = str_starts(bytes, STR("\xEF\xBB\xBF")) ? str_slice(bytes, 3, bytes.len) : bytes;
    model->template = template_compile(arena, source, &settings, err);
    if (model->template == NULL)
        return false;
    *vec_push(arena, &model->texts) = model->template;
    return true;
}

const struct model *model_compile(struct arena *arena, str bytes, str name, str type, struct err *err)
{
    struct model *model = arena_new_of(arena, struct model);
    if (bytes.len > MODEL_BYTES_MOST) {
        err_set(err, ERR_TOO_LARGE, "Le modèle dépasse %d Mo.", MODEL_BYTES_MOST >> 20);
        return NULL;
    }
    if (!find_kind(arena, bytes, name, type, &model->kind, err))
        return NULL;
    if (model->kind == MODEL_OPENDOCUMENT) {
        model->package = package_read(arena, bytes, &model->texts, &model->problems, err);
        return model->package != NULL ? model : NULL;
    }
    if (model->kind == MODEL_RTF) {
        model->rtf = rtf_compile(arena, bytes, name, &model->texts, &model->problems);
        return model;
    }
    return compile_text(arena, bytes, name, type, model, err) ? model : NULL;
}

/* As w.c.s.: one that is not right is given all the same, so that people see why. */
static void look_at_xml(str xml)
{
    struct err err = {0};
    xmlDoc *doc = xml_parse(xml, MODEL_FILLED_MOST, &err);
    if (doc == NULL)
        log_line(LOG_WARNING, "model.xml", "problem=\"%s\"", err.message);
    xmlFreeDoc(doc);
}

bool model_fill(const struct model *model, struct render *render, const struct model_tools *tools, str *out,
                struct err *err)
{
    if (model->package != NULL)
        return package_fill(model->package, render, tools, out, err);
    if (model->rtf != NULL)
        return rtf_fill(model->rtf, render, out, err);
    *out = template_text(model->template, render);
    if (model->kind == MODEL_XML)
        look_at_xml(*out);
    return true;
}
