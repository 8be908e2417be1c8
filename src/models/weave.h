/* An XML file of a model, compiled into pieces. Private to models/. */
#ifndef GUICHET_MODELS_WEAVE_H
#define GUICHET_MODELS_WEAVE_H

#include "models/models.h"

/* What is written one after the other. */
enum piece_kind {
    PIECE_XML,     /* xml, as it is: whole elements, or what nothing around it changes */
    PIECE_OPEN,    /* a begin-tag; with a template: xml, its text as an attribute's value, tail */
    PIECE_CLOSE,   /* an end-tag */
    PIECE_PICTURE, /* a begin-tag, as PIECE_OPEN: where the picture is; its template gives one, else it is at own */
    PIECE_TEXT,    /* its template's text, in which each mark stands for one of its pieces */
    PIECE_FIELD,   /* its template's text, of a user field */
    PIECE_DETAILS, /* what was answered */
};
struct piece {
    enum piece_kind kind;
    bool is_blank; /* an element that stands for blanks */
    str name;      /* of the element that is begun or ended */
    str xml, tail, own;
    const struct template *template;
    const struct piece *inner;
    size_t inner_count;
};
struct pieces VEC_OF(struct piece);

/* One XML file. */
struct part {
    str mark;            /* how the marks of its texts begin (marks.h) */
    bool declares_text;  /* « text: » is OpenDocument's everywhere in it */
    bool has_paragraphs; /* what has line breaks; else it is about the document */
    bool has_details;
    struct pieces pieces;
};

struct weaving {
    struct arena *arena;
    str where;         /* what messages call the file */
    bool wants_styles; /* its styles lack those of the details */
    struct model_texts *texts;
    struct model_problems *problems;
};
bool weave_part(const struct weaving *weaving, str bytes, struct part *out, struct err *err);

#endif
