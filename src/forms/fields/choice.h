/* What item and items share: their list, one choice of it, its views; and the search box of a long list. Private to
 * forms/. */
#ifndef GUICHET_FORMS_CHOICE_H
#define GUICHET_FORMS_CHOICE_H

#include "forms/field.h"

enum {
    CHOICES_SHOWN_MOST = 30,  /* a longer list is searched, where its display mode is « autocomplete » */
    CHOICES_TAKEN_MOST = 200, /* of items, where the definition has no bound */
};

struct choice_params {
    const struct source *source;
    str display_mode;
    bool hint_is_first_option, shows_disabled;
    int64_t least, most;             /* items: how many; 0: no bound */
    const struct template *earliest; /* timetable: the day to open on; NULL: the first */
    int64_t image_width, image_height;
};
const void *choice_compile(struct compiling *compiling, const struct field *field);
bool choice_mode_is(const struct field *field, const char *mode);

/* The whole list; whether nobody answers for it now. */
struct choices choice_list(const struct field *field, const struct form_context *context);
/* What a page reads of it: of one that is searched, nothing. */
struct choices choice_list_shown(const struct field *field, const struct form_context *context);
/* Whether a page can only search it: it has no whole. */
bool choice_is_searched(const struct field *field, const struct form_context *context);
bool choice_is_away(const struct field *field, const struct form_context *context);
/* The one of an id; NULL: the list has none. A server that only searches is asked by the texts that the answer or the
 * page has beside it. */
const struct choice *choice_by_id(const struct field *field, const struct form_context *context, const json_t *answers,
                                  str id);
/* The one that a template's text means: its id, else its text; NULL: none. */
const struct choice *choice_meant(const struct field *field, const struct form_context *context, str text);
/* The list that the answer was chosen from had it: it holds while nobody answers for the list. */
bool choice_was_checked(const struct field *field, const json_t *answers);
/* What was chosen while the list could be read. */
struct choices choice_chosen(const struct field *field, const struct form_context *context, const json_t *answers);

/* One choice, and all of the list (choice_list_shown), as pages show them; where there are none because nobody answers
 * for the list, *out has « trouble » too. */
struct value choice_view(const struct field *field, const struct form_context *context, const struct choice *choice,
                         bool is_chosen);
struct value choice_views(const struct field *field, const struct form_context *context, const struct choices *all,
                          const json_t *answers, struct value_dict *out);
void choice_set_image_size(const struct field *field, struct arena *arena, struct value_dict *out);
#define CHOICES_AWAY                                                                                                      \
    "Cette liste ne peut pas être affichée pour le moment. Vous pouvez continuer sans y répondre, ou réessayer plus " \
    "tard."

/* ---- search.c: the search box of a long list ----
 *
 * Its text is f12-cherche, its button « chercher » of the value f12. What it found, and what is chosen, are radio
 * buttons or boxes f12. A hidden f12-pour is the text that they were found by, or that is their own: a text that is
 * none of these was typed since. */

/* Whether the field with that list (choice_list_shown) is shown so now; then *out has its widget's names: typed, asked,
 * status, hints, choices. */
bool search_view(const struct field *field, const struct form_context *context, const struct choices *all,
                 const json_t *answers, struct value_dict *out);
/* The choice that was typed rather than chosen, and nothing else is asked to be chosen; NULL: none was. *error: what is
 * typed is none of the list. has_choice: one is chosen as well. */
const struct choice *search_read(const struct field *field, const struct form_context *context,
                                 const struct posted *posted, bool has_choice, str *error);
/* The texts that the page has beside the choices of a control, CHOICES_HINTS_MOST at the most. */
enum { CHOICES_HINTS_MOST = 50 };
size_t search_hints(const struct form_context *context, const struct posted *posted, str control,
                    str hints[static CHOICES_HINTS_MOST]);
/* field_type.suggest of both. */
bool search_suggest(const struct field *field, const struct form_context *context, const struct posted *posted,
                    struct suggested *out);

#endif
