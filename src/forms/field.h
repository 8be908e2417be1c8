/* What a type of field offers. Private to forms/; one file each in fields/. */
#ifndef GUICHET_FORMS_FIELD_H
#define GUICHET_FORMS_FIELD_H

#include "forms/forms.h"

/* What compiling hands to a type. */
struct compiling {
    struct arena *arena;
    struct form_reports *reports;
    struct form_texts *texts;
    str where;                         /* of the field */
    const struct block_finder *blocks; /* NULL: none is known */
    str block;                         /* slug of the block document that is compiled; empty: none is */
    int depth;                         /* how many blocks stand around */
};

/* What a list has for what is typed. */
struct suggested {
    str typed; /* what was looked for */
    struct choices choices;
    bool fails;   /* its server does not answer */
    bool is_free; /* anything else may be typed */
};
enum {
    TYPED_MOST = 200,        /* signs of it that are looked at */
    CHOICES_FOUND_MOST = 20, /* choices that a search shows */
};
/* How many there are, in words, for who sees them and who hears it. */
str suggested_status(struct arena *arena, str typed, size_t count);

/* Members that are NULL stand for « as a text »; see field_types.c for the defaults. */
struct field_type {
    const char *name;
    bool holds_answer;     /* false: title, comment, page */
    bool is_typed;         /* a person fills it: false for computed too */
    enum index_kind index; /* of its answer in lists */
    enum field_required required_default;
    /* The type's own parameters, from field->json. */
    const void *(*compile)(struct compiling *compiling, const struct field *field);
    /* The answer that was posted, a new reference; NULL: none. A text that is wrong gives a message and the text. */
    json_t *(*read)(const struct field *field, const struct form_context *context, const struct posted *posted,
                    str *error);
    /* What stands after a post that brought answer (a reference that is given up; NULL: none) where before was kept, a
     * new reference. NULL: what was posted. */
    json_t *(*keep)(const struct field *field, const struct form_context *context, const struct posted *posted,
                    const json_t *before, json_t *answer);
    /* What is wrong with an answer; empty: nothing. Also completes it: _display, _structured. */
    str (*check)(const struct field *field, const struct form_context *context, json_t *answers);
    /* What the widget shows besides what all show. */
    void (*view)(const struct field *field, const struct form_context *context, const json_t *answers,
                 struct value_dict *out);
    str (*display)(const struct field *field, struct arena *arena, const json_t *answers);
    /* The answer as templates compute with it. */
    struct value (*value)(const struct field *field, struct arena *arena, const json_t *answers);
    /* An attribute beyond raw, display, structured: form_var_date_year. */
    bool (*attribute)(const struct field *field, struct arena *arena, const struct answers_view *view, str key,
                      struct value *out);
    /* The answer that a template's value means, a new reference; NULL where it can't be one. */
    json_t *(*from_value)(const struct field *field, const struct form_context *context, struct value value);
    /* What lists and searches compare; NULL: the display. */
    str (*indexed)(const struct field *field, struct arena *arena, const json_t *answers);
    /* Other words that the answer may be searched by. */
    str (*words)(const struct field *field, struct arena *arena, const json_t *answers);
    /* What may be wrong with an answer that is accepted: told to the person, who may go on. Empty: nothing. */
    str (*notice)(const struct field *field, struct arena *arena, const json_t *answers);
    /* The answer as safe HTML; empty: it is plain text. */
    str (*html)(const struct field *field, struct arena *arena, const json_t *answers);
    /* A picture of the answer, for who reads it: see map_picture. */
    struct value (*picture)(const struct field *field, const struct form_context *context, const json_t *answers);
    /* What a missing answer is told: « Saisissez … ». */
    str (*missing)(const struct field *field, struct arena *arena);
    /* Whether anything can be chosen now; NULL: always. What offers nothing must not shut the form. */
    bool (*offers)(const struct field *field, const struct form_context *context);
    bool is_object; /* the stored answer is a JSON object */
    bool is_secret; /* what is stored leaves by no export */
    /* What may be proposed while one types in its control; false: nothing ever is. */
    bool (*suggest)(const struct field *field, const struct form_context *context, const struct posted *posted,
                    struct suggested *out);
};

const struct field_type *field_type_find(str name);

extern const struct field_type field_address, field_block, field_bool, field_comment, field_computed, field_date,
    field_email, field_file, field_files, field_item, field_items, field_map, field_numeric, field_page, field_password,
    field_ranked, field_string, field_subtitle, field_text, field_time_range, field_title;

/* ---- What the types share ---- */

void compiling_report(struct compiling *compiling, str construct, const char *message, bool is_error);
/* Reports what a field's keys ask that does not run yet (inert.c). */
void compiling_inert_field(struct compiling *compiling, const json_t *json);
/* A list of texts. */
struct str_views compiling_texts(struct arena *arena, const json_t *json, const char *key);
/* The saved views of a form. */
void compiling_views(struct compiling *compiling, const json_t *json, struct custom_views *out);
/* What the form's keys say of texts beside (side.c) and of what the tracking code asks again (verify.c). */
const struct template *compiling_side_text(struct compiling *compiling, const json_t *json, const char *key,
                                           const char *items);
struct field_list compiling_verified(struct arena *arena, const struct form *form);
/* « quotas » of a form (quotas.c). */
void compiling_quotas(struct compiling *compiling, const json_t *json, struct quotas *out);
/* « stops » of a page (stops.c). */
void compiling_stops(struct compiling *compiling, const json_t *json, struct page_stops *out);
/* A condition: NULL where there is none. One in another language than ours (Publik's old Python) is reported, and never
 * holds. */
const struct template *compiling_condition(struct compiling *compiling, const json_t *condition, const char *what);
/* NULL where the text is empty or wrong (which is reported). */
const struct template *compiling_text(struct compiling *compiling, str text, enum template_kind kind, const char *what);
/* « post_conditions » of a page or a block. */
struct post_conditions compiling_post_conditions(struct compiling *compiling, const json_t *json);
/* Fields, in the place and among the blocks that stand around. */
struct field_list compiling_fields(struct compiling *compiling, const json_t *json);
/* The choices' source of item and items: « source » or « items ». Never NULL. */
const struct source *compiling_choices(struct compiling *compiling, const struct field *field);

/* The render that a context's templates use. */
struct render context_render(const struct form_context *context);

/* The page shows an image of this address: its policy must let another server's through. */
void context_shows_image(const struct form_context *context, str url);

/* The first posted value of a control as a text: without blanks at its ends, lines ended by \n. False where there is
 * none. */
bool posted_text(const struct form_context *context, const struct posted *posted, str control, str *out);
/* The same as it was typed, to the last blank. */
bool posted_exactly(const struct posted *posted, str control, str *out);
/* Why what was posted is no text at all; empty where it is one. */
str posted_problem(const struct posted *posted, str control);
const struct posted_file *posted_file(const struct posted *posted, str control);

/* The keep of what a browser never sends again: it stays where nothing is sent, until its box « retirer » is ticked. */
json_t *field_keep(const struct field *field, const struct form_context *context, const struct posted *posted,
                   const json_t *before, json_t *answer);

/* answers[ID], answers[ID + suffix]. */
const json_t *answer_of(const struct field *field, const json_t *answers);
/* field_type.value of the types that stand for what people read (w.c.s.; _raw is what is kept). */
struct value field_value_shown(const struct field *field, struct arena *arena, const json_t *answers);
/* A control that stands beside another: f12-debut. */
str control_beside(struct arena *arena, str control, const char *name);
const json_t *answer_beside(const struct field *field, const json_t *answers, const char *suffix);
void answer_set(const struct field *field, json_t *answers, json_t *value);
void answer_set_beside(const struct field *field, json_t *answers, const char *suffix, json_t *value);
/* Whether it must be answered here: « frontoffice » fields by residents alone. */
bool field_is_required(const struct field *field, const struct form_context *context);
/* A box that must be ticked has an answer, false, that does not count. */
bool field_is_answered(const struct field *field, const json_t *answers);
/* What a template gave can't be the field's answer: a line in the log. */
void field_tell_unfit(const struct field *field, const struct form_context *context, struct value value);
/* Whether the answer is still what a template that reads others gives: it follows them while the page is filled. */
bool field_is_as_prefilled(const struct field *field, const struct form_context *context, const json_t *answers);
/* Of an item or items: whether a choice can be made now. */
bool field_offers_choices(const struct field *field, const struct form_context *context);
/* The stored answer that a template's value stands for, and its field; NULL where the value is no field's answer. */
const json_t *answer_behind(struct value value, const struct field **field);

/* HTML's autocomplete token; empty: none. */
str field_autocomplete(const struct field *field);
/* What fields_view shows of a field whatever was answered. */
const struct value_dict *field_view_fixed(struct arena *arena, const struct field *field);

/* A text as a part of a sentence: lower first letter where it isn't an acronym. */
str text_in_sentence(struct arena *arena, str text);
/* The label as a part of a sentence: lower first letter where it isn't an acronym, no « * » or « : » at the end. */
str label_in_sentence(const struct field *field, struct arena *arena);

/* ---- Text validations (validations/ has one file a subject) ---- */

struct validation; /* immutable */
/* NULL where the definition asks none; a kind that does not run is reported and accepts everything. */
const struct validation *validation_compile(struct compiling *compiling, const json_t *json);
/* The text as it is kept (« 04 00 » without blanks …), or an error for the person. */
str validation_run(const struct validation *validation, const struct form_context *context, str *text);
/* The kept form of a text that a template or the account gave; the text itself where it is of another form. */
str validation_kept(const struct validation *validation, struct arena *arena, str text);
/* What is kept as people read it: « 04 00 00 00 00 », « 24,50 € ». */
str validation_shown(const struct validation *validation, struct arena *arena, str kept);
/* Other forms that what is kept may be searched by; empty: none. */
str validation_words(const struct validation *validation, struct arena *arena, str kept);
/* What the browser's keyboard shows: « numeric », « tel » …; empty: text. */
str validation_input_mode(const struct validation *validation);

#endif
