/* definition: the versioned JSON documents of a site (docs/definitions): forms, workflows, sources, mail templates …
 * Every save of other bytes is a new version with its author and comment; nothing is ever overwritten. */
#ifndef GUICHET_DEFINITION_H
#define GUICHET_DEFINITION_H

#include "base/base.h"
#include "store/store.h"

enum { DEFINITION_TEXT_MOST = 4 << 20 };

struct definition {
    str kind, slug;
    int64_t version; /* 1, 2 … within kind and slug */
    str json;        /* the document, keys in order */
    str author, comment;
    instant at;
};
struct definitions VEC_OF(struct definition);

/* The kinds that exist, NULL-ended. */
const char *const *definition_kinds(void);

/* Checks the envelope of a document (an object of a known kind, with a well-formed slug) and gives its text with keys
 * in order. ERR_INVALID says what is wrong, for the administrator. */
bool definition_from_json(struct arena *arena, const json_t *json, struct definition *out, struct err *err);

/* Saves: a new version where the text differs from the current one, nothing else. *version is what is current then,
 * *is_new whether it was made. */
bool definition_save(struct tx *tx, const struct definition *definition, int64_t *version, bool *is_new,
                     struct err *err);

/* The current version of one, ERR_NOT_FOUND where there is none; of all of a kind (empty: of all kinds). Texts live in
 * the arena. */
bool definition_current(struct tx *tx, struct arena *arena, str kind, str slug, struct definition *out,
                        struct err *err);
bool definition_list(struct tx *tx, struct arena *arena, str kind, struct definitions *out, struct err *err);
/* One version of one. */
bool definition_at(struct tx *tx, struct arena *arena, str kind, str slug, int64_t version, struct definition *out,
                   struct err *err);
/* All versions of one, newest first, without their texts. */
bool definition_history(struct tx *tx, struct arena *arena, str kind, str slug, struct definitions *out,
                        struct err *err);

/* Saves an older version again, as a new one: *version is what is current then; the same where it was current already.
 */
bool definition_restore(struct tx *tx, const struct definition *asked, int64_t *version, bool *is_new, struct err *err);

/* ---- What two versions differ in ---- */

enum definition_how { DEFINITION_CHANGED, DEFINITION_ADDED, DEFINITION_REMOVED, DEFINITION_MOVED };
struct definition_change {
    enum definition_how how;
    str where;         /* « statut 2 (Reçu), action 1 (Accepter) »; empty: the document itself */
    str what;          /* « libellé »; empty where the values say it */
    str before, after; /* as people read them; long ones cut around the difference; empty: there was nothing */
};
struct definition_changes VEC_OF(struct definition_change);
/* Part by part, in the order of the first: « champ 12 (Adresse) : obligatoire → facultatif ». */
void definition_compare(struct arena *arena, const json_t *before, const json_t *after, struct definition_changes *out);
/* One change as a line of French. */
str definition_change_said(struct arena *arena, const struct definition_change *change);

/* A number that grows with every save in this store: a cheap « has anything changed? ». */
bool definition_epoch(struct tx *tx, int64_t *epoch, struct err *err);

/* A key whose value asks for something that does not run yet; it is kept and told. Tables of these stand beside the
 * code that runs the rest. */
struct definition_inert {
    const char *type;      /* of the field or action that has the key; NULL: any */
    const char *key;       /* … */
    const char *value;     /* NULL: any that asks for something: not empty, false or null */
    const char *construct; /* « item:display_mode=map » */
    const char *message;   /* French, for the administrator */
};
/* Whether this field, action or document asks it. */
bool definition_asks(const json_t *object, const struct definition_inert *inert);

extern const struct migration definition_migrations[];
extern const size_t definition_migration_count;

#endif
