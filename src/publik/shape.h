/* How an element of Publik's is a value of ours, and back: one description, read both ways. A *shape* is a sort of
 * element, a *member* one that stands under a name, a *record* an element made of members. Private to publik/. */
#ifndef GUICHET_PUBLIK_SHAPE_H
#define GUICHET_PUBLIK_SHAPE_H

#include "publik/node.h"

struct record;
struct member;

/* Writing into a shape gives what reading it gave. Most are one value under one key: they have value and element. Those
 * that are more have read and write instead. */
struct shape {
    /* The element as a value, a new reference; NULL: it says nothing. */
    json_t *(*value)(struct conversion *conversion, const xmlNode *node, const struct member *member);
    /* The value into an element that is there, empty. */
    void (*element)(struct conversion *conversion, const json_t *value, const struct member *member, xmlNode *node);
    /* Sets in out what the element says. */
    void (*read)(struct conversion *conversion, const xmlNode *node, const struct member *member, json_t *out);
    /* Adds to the parent the elements of what the document says. */
    void (*write)(struct conversion *conversion, const json_t *in, const struct member *member, xmlNode *parent);
};

struct member {
    const char *element;         /* Publik's name; « @name »: an attribute */
    const char *key;             /* ours */
    const struct shape *shape;   /* NULL: read and written elsewhere */
    const char *one;             /* a list: what Publik calls each */
    const struct record *record; /* what it, or each of a list, is made of */
    const char *also;            /* a second key, which the shape reads and writes too */
    const char *known;           /* an attribute that was read already */
};

struct record {
    const struct member *members;
    size_t count;
    const struct record *like; /* whose members it has too; may be NULL */
    const struct shape *rest;  /* of children that no member names: they keep their name */
    enum manner manner;
};
#define RECORD_OF(table) .members = (table), .count = sizeof(table) / sizeof *(table)

void record_read(struct conversion *conversion, const xmlNode *node, const struct record *record, json_t *out);
void record_write(struct conversion *conversion, const json_t *in, const struct record *record, xmlNode *node);

/* By what it looks like: see looks.c. known: as in a member, or NULL. */
json_t *looks_value(struct conversion *conversion, const xmlNode *node, const char *known);
void looks_element(struct conversion *conversion, const json_t *value, xmlNode *node);
/* An element for that key, which need not be a name that XML takes; and the key of one that was read. */
xmlNode *looks_add(struct conversion *conversion, xmlNode *parent, const char *key);
str looks_key(struct conversion *conversion, const xmlNode *node);
/* The attribute that says the key; NULL where the element's name does. */
const char *looks_known(const xmlNode *node);

extern const struct shape shape_looks;     /* booleans, numbers, lists, objects, texts */
extern const struct shape shape_text;      /* a text, even where it reads « True » or « 12 » */
extern const struct shape shape_said;      /* a text, trimmed; nothing where it is empty */
extern const struct shape shape_body;      /* a text as it is; nothing where it is empty */
extern const struct shape shape_if_true;   /* nothing where it is false */
extern const struct shape shape_dict;      /* an object, whatever it looks like */
extern const struct shape shape_texts;     /* a list of texts */
extern const struct shape shape_keyed;     /* <one key="…">text</one>: an object of texts */
extern const struct shape shape_record;    /* member->record */
extern const struct shape shape_records;   /* a list of them */
extern const struct shape shape_condition; /* {type, value}: ours is the bare text of Django's */
extern const struct shape shape_people;    /* functions, role slugs, addresses, templates */
extern const struct shape shape_person;    /* one of them */
extern const struct shape shape_bindings;  /* functions and the roles that play them */
extern const struct shape shape_reference; /* <x slug="…">Name</x>: the slug, made of the name where old exports have
                                              none; also: the name */
extern const struct shape shape_source;    /* {type, value} */
extern const struct shape shape_fields;    /* a list of fields: field.c */

/* A list of {condition, error_message}. */
#define POST_CONDITIONS                                                                                                \
    {                                                                                                                  \
        "post_conditions", "post_conditions", &shape_records, .one = "post_condition",                                 \
                                                              .record = &post_condition_record                         \
    }
extern const struct record post_condition_record;

/* The documents: what stands in each root. */
extern const struct record form_record, block_record, workflow_record, other_record;
/* In all of them: kind, slug, name … which publik.c reads and writes. */
extern const struct record root_record;

/* out[key] = text, where there is any. */
void set_text(json_t *out, const char *key, str text);

#endif
