/* An RTF file (Rich Text Format 1.9.1), sign by sign: what people read of it, and all that stands around. Private to
 * models/. */
#ifndef GUICHET_MODELS_RTF_READ_H
#define GUICHET_MODELS_RTF_READ_H

#include "base/arena.h"
#include "base/str.h"

enum rtf_kind {
    RTF_OPEN,  /* { */
    RTF_CLOSE, /* } */
    RTF_OTHER, /* control words, and what nobody reads: pictures, tables of fonts … */
    RTF_SIGN,  /* of a text */
};
struct rtf_token {
    enum rtf_kind kind;
    str raw;             /* as it stands in the file */
    uint32_t sign;       /* code point */
    size_t group;        /* of braces: which, from 1 */
    bool lacks_end;      /* a control word that a letter behind it would change: a blank ends it */
    bool ends_paragraph; /* a paragraph, a cell or a row is over with it */
};

/* A copy reads on by itself. */
struct rtf_reader {
    struct arena *arena;
    str bytes;
    size_t at;
    const struct rtf_group *group; /* NULL: before the first brace, or behind its end */
    size_t groups;                 /* how many there were */
    size_t depth;
    int fallback;   /* how many signs behind a \u are for readers that don't know it */
    bool is_hidden; /* what nobody reads */
};

bool rtf_is_one(str bytes);
struct rtf_reader rtf_reader_of(struct arena *arena, str bytes);
/* False at the end: behind the last brace, in a token that is cut there, or where groups are deeper than any program
 * writes them. */
bool rtf_next(struct rtf_reader *reader, struct rtf_token *out);

#endif
