/* models: documents that are made by filling a model: an OpenDocument file, an RTF file, an XML file or a plain text
 * that somebody wrote with an office program or an editor, in whose texts stand templates (docs/template-language.md).
 *
 * A model is compiled once: what of it never changes is kept as it is, and between it stand the templates. It is then
 * filled many times, by any thread. What w.c.s. fills, and how, is kept: texts, the values of user fields, pictures by
 * the name of their frame, a section that is named « form_details ». Beyond it: a template may be cut by changes of
 * style, and its tags may stand in paragraphs or rows of their own, around those that they repeat or leave out. */
#ifndef GUICHET_MODELS_H
#define GUICHET_MODELS_H

#include "template/template.h"

enum model_kind {
    MODEL_OPENDOCUMENT, /* .odt .ods …: a ZIP whose first entry says so */
    MODEL_RTF,
    MODEL_XML,
    MODEL_TEXT, /* ours */
};
enum { MODEL_BYTES_MOST = 16 << 20, MODEL_FILLED_MOST = 64 << 20 };

struct model; /* immutable; lives in the arena it was compiled in */

/* Compiles a model; bytes must outlive it. name and type: of the file, type may be empty. What is no model is refused:
 * NULL and err, French. A text in it that is no template stays as it was written, and is among the problems. */
const struct model *model_compile(struct arena *arena, str bytes, str name, str type, struct err *err);
enum model_kind model_kind(const struct model *model);

/* Its texts, compiled; and those that are none, with the place in the text. */
struct model_texts VEC_OF(const struct template *);
struct model_problem {
    str message;
    int line, column;
};
struct model_problems VEC_OF(struct model_problem);
const struct model_texts *model_texts(const struct model *model);
const struct model_problems *model_problems(const struct model *model);

/* What a section « form_details » is filled with, in its order. */
enum model_detail_kind { DETAIL_PAGE, DETAIL_TITLE, DETAIL_LABEL, DETAIL_VALUE };
struct model_detail {
    enum model_detail_kind kind;
    str text;
};
struct model_details VEC_OF(struct model_detail);

/* What filling asks of its caller; data is handed to each. */
struct model_tools {
    void *data;
    /* May be NULL: such sections stay empty. */
    void (*details)(void *data, struct model_details *out);
    /* The bytes and the type of the picture that a value stands for; false: for none, the model's own stays. May be
     * NULL. */
    bool (*picture)(void *data, struct value value, str *bytes, str *type);
};
/* The document, in the render's arena. False and err (ERR_TOO_LARGE) where it grows beyond MODEL_FILLED_MOST. */
bool model_fill(const struct model *model, struct render *render, const struct model_tools *tools, str *out,
                struct err *err);

/* What was filled, as a PDF by LibreOffice: a program of its own, bounded, with a profile of its own that runs no macro
 * and follows no link; in a folder that it makes in the given one and removes. name: its end says what the bytes are.
 * One at a time. ERR_UNSUPPORTED: it is not installed; ERR_UNAVAILABLE: it gave up. */
bool model_to_pdf(struct arena *arena, str folder, str bytes, str name, str *pdf, struct err *err);

#endif
