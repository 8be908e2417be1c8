/* value: what an expression of the template language gives, and what the program hands to a template.
 *
 * A value is two words and an union, copied freely; what it points at lives in the arena of whoever made it. Objects
 * are looked up lazily through their type, so that a dossier costs nothing until a template names one of its parts. */
#ifndef GUICHET_TEMPLATE_VALUE_H
#define GUICHET_TEMPLATE_VALUE_H

#include "base/base.h"
#include "base/decimal.h"

enum value_kind {
    VALUE_UNDEFINED, /* no such name: renders as nothing, false */
    VALUE_NONE,      /* Python's None */
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_DECIMAL,
    VALUE_TEXT,
    VALUE_DATE,
    VALUE_DATETIME,
    VALUE_TIME,
    VALUE_LIST,
    VALUE_DICT,
    VALUE_OBJECT,
};

struct value;

struct value_list {
    struct value *at;
    size_t len, cap;
    bool is_tuple; /* prints as (a, b) */
};

struct value_dict {
    struct map map; /* key → struct value *, in order of insertion */
};

struct value_object;

/* What a lazy object answers. A member that is NULL stands for « has none ». */
struct value_object_type {
    const char *name; /* for messages */
    /* The member called key; false where there is none. A name such as form_var_x_raw is first asked for whole, then
     * cut at its underscores, the longest known beginning first, and the rest asked of what came. */
    bool (*get)(const struct value_object *object, struct arena *arena, str key, struct value *out);
    /* What stands for the object in a text, a comparison or a filter (never itself an object). */
    struct value (*plain)(const struct value_object *object, struct arena *arena);
    size_t (*length)(const struct value_object *object, struct arena *arena);
    bool (*item)(const struct value_object *object, struct arena *arena, size_t index, struct value *out);
    /* A filter that the object itself knows, as the filters of a query (filter_by, order_by, count …); false where it
     * does not know that one: the common filter of that name is then used. arg is VALUE_UNDEFINED where none is given.
     */
    bool (*filter)(const struct value_object *object, struct arena *arena, str name, struct value arg,
                   struct value *out);
    /* Its own order with another value, for == and <, where it is other than its plain value's; false where it has no
     * opinion: the common rules then decide. */
    bool (*compare)(const struct value_object *object, struct arena *arena, struct value other, int *order);
    /* Its own answer to « item in object »; false where it has no opinion. */
    bool (*contains)(const struct value_object *object, struct arena *arena, struct value item, bool *holds);
    /* The names that get knows, for « did you mean » and for the inspector. */
    void (*keys)(const struct value_object *object, struct arena *arena, struct value_list *out);
};

struct value_object {
    const struct value_object_type *type;
    const void *self;
};

/* What an object's functions find wrong (a filter's argument, a bound that was reached): a line, in French, in the log
 * of the rendering that this thread is in; nothing outside one. */
void value_fault(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct value {
    enum value_kind kind;
    bool safe; /* a VALUE_TEXT that is HTML already: not escaped again */
    bool
        is_option; /* a VALUE_TEXT that came from a site's option: « true » and « false » also stand for the booleans */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const struct decimal *decimal;
        str text;
        struct date date;
        struct datetime datetime; /* local time; a VALUE_TIME uses its hour, minute, second */
        const struct value_list *list;
        const struct value_dict *dict;
        struct value_object object;
    };
};

#define VALUE_OF_UNDEFINED ((struct value){.kind = VALUE_UNDEFINED})
#define VALUE_OF_NONE ((struct value){.kind = VALUE_NONE})

struct value value_bool(bool boolean);
struct value value_int(int64_t integer);
struct value value_float(double real);
struct value value_decimal(struct arena *arena, struct decimal decimal);
struct value value_text(str text);
struct value value_html(str html);
/* A site's option: « true » and « false » print as they are written, test as booleans and equal both. */
struct value value_option(str text);
struct value value_date(struct date date);
struct value value_datetime(struct datetime local);
struct value value_object(const struct value_object_type *type, const void *self);

/* Lists and dicts are built, then handed over: */
struct value_list *value_list_new(struct arena *arena);
void value_list_add(struct arena *arena, struct value_list *list, struct value item);
struct value value_list(const struct value_list *list);
struct value_dict *value_dict_new(struct arena *arena);
/* A dict of the same members, which may be given more. */
struct value_dict *value_dict_copy(struct arena *arena, const struct value_dict *dict);
/* key is not copied. */
void value_dict_set(struct arena *arena, struct value_dict *dict, str key, struct value item);
struct value value_dict(const struct value_dict *dict);

/* JSON in and out. Texts are views of the tree, which must outlive the value. Dates leave as ISO texts. */
struct value value_from_json(struct arena *arena, const json_t *json);
json_t *value_to_json(struct arena *arena, struct value value); /* the arena owns it */

/* The member of a dict or object, the item of a list by a number; VALUE_UNDEFINED else. */
struct value value_get(struct arena *arena, struct value from, str key);
/* A whole path, with dots and with the underscore rule above: value_lookup(a, scope, STR("form_var_x_raw")). */
struct value value_lookup(struct arena *arena, struct value scope, str path);

/* An object made plain; any other value as it is. */
struct value value_plain(struct arena *arena, struct value value);
bool value_is_true(struct arena *arena, struct value value); /* Python's truth */
/* The text as {{ value }} prints it, not escaped: dates by the language, None as « None », undefined as nothing. */
str value_to_text(struct arena *arena, struct value value, str lang);
/* Python's str(value): dates in ISO, numbers with a point. */
str value_str(struct arena *arena, struct value value);
/* Python's == between unlike kinds too: 1 == 1.0 == Decimal("1.0"); a text never equals a number. */
bool value_equals(struct arena *arena, struct value a, struct value b);
/* Python's <: false where a and b have no order between them, else the sign of a - b in *order. */
bool value_compare(struct arena *arena, struct value a, struct value b, int *order);
/* Python's « item in container »: false where the container is none (a number, None); else the answer in *holds. */
bool value_contains(struct arena *arena, struct value container, struct value item, bool *holds);

/* What a loop goes through: the items of a list, the keys of a dict, the characters of a text, the items of an object.
 * False where the value cannot be gone through. */
bool value_items(struct arena *arena, struct value from, const struct value_list **out);
/* The dates, times and numbers that w.c.s. reads in texts (2017-12-21 10:32, 21/12/2017 10h32, 3,14). */
bool value_to_date(struct arena *arena, struct value from, struct date *out);
bool value_to_datetime(struct arena *arena, struct value from, struct datetime *out);
/* Also a bare time: 10:32, 10h32; its hour, minute and second count. */
bool value_to_time(struct arena *arena, struct value from, struct datetime *out);
bool value_to_decimal(struct arena *arena, struct value from, struct decimal *out);

#endif
