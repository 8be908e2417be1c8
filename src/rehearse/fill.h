/* What is typed into a form: plausible answers, or those at the bounds of what each field takes. A control is filled by
 * what its field's definition says, else by what the page says of it, so that a new kind of field needs nothing here.
 * Private to rehearse/. */
#ifndef GUICHET_REHEARSE_FILL_H
#define GUICHET_REHEARSE_FILL_H

#include "forms/forms.h"
#include "rehearse/browser.h"

enum style {
    STYLE_PLAUSIBLE, /* as a careful person would, everything filled in */
    STYLE_LEAST,     /* nothing that is optional; first choices, smallest numbers, earliest dates */
    STYLE_MOST,      /* longest texts, last choices, largest numbers, every box */
    STYLE_HOSTILE,   /* accents, quotes, emoji, HTML and the signs of templates */
    STYLE_VARIED,    /* plausible, drawn: another at each filing */
};

/* A field that is to have a certain answer: a choice's id or text, a text; empty: none; « oui »: a ticked box. */
struct wish {
    str field, value;
};
struct wishes VEC_OF(struct wish);

struct filler {
    struct arena *arena;
    enum style style;
    uint64_t seed;                         /* of this filing */
    const struct wishes *wishes;           /* may be NULL */
    const struct field_list *const *lists; /* where the definitions of fields are looked up */
    size_t list_count;
    struct map *refusals; /* field → int *: how many times this filing's answer was refused; the next one is tried */
    const struct map *learnt; /* the same, of the filings before in this style: where to begin; may be NULL */
};

/* The values that this form is sent with by that button (NULL: its first). */
void fill_form(const struct filler *filler, const struct page_form *form, const struct control *button,
               struct sent_values *out);
/* Presses « Chercher » of the lists of the form that show no choice yet, as a person does: the form as it is then, on
 * the page that *answer has become; NULL: that page has it no more. */
const struct page_form *search_lists(struct browser *browser, const struct filler *filler, const struct page_form *form,
                                     struct answer *answer);
/* The first button that sends the form, and not one within a field; NULL: none. */
const struct control *form_first_button(const struct page_form *form);
/* Its answer was refused: another is tried next time. */
void filler_refuse(const struct filler *filler, str field);
/* It is wished anew: what was refused before counts no more. */
void filler_forgive(const struct filler *filler, str field);
/* What this filing found out is known to the next: adds its refusals, but those of wishes. */
void filler_learn(const struct filler *filler, struct map *learnt);

/* Which option of a control that must fit others of its field: each item its own rank, an end after its beginning.
 * SIZE_MAX: it stands alone. */
size_t together_index(str control, size_t nth);
/* A password that the field takes; the same each time, since it is typed twice. */
str together_password(struct arena *arena, const struct field *field);

/* ---- Examples ---- */

/* A text for a control. nth: after so many that were refused. A field that is not known is NULL. */
str example_text(const struct filler *filler, const struct control *control, const struct field *field, int nth);
/* A date for a field, by its definition and its words. */
struct date example_date(const struct filler *filler, const struct control *control, const struct field *field,
                         int nth);
struct example_file {
    str name, type, bytes;
};
struct example_file example_file(const struct filler *filler, const struct control *control, int nth);
/* A text that the pattern takes; false where none was found. */
bool example_of_pattern(struct arena *arena, str pattern, str *out);
/* A number drawn for this filing and field, below most. */
size_t filler_draw(const struct filler *filler, str field, size_t most);

#endif
