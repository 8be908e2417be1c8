#include "definition/definition.h"

const struct migration definition_migrations[] = {
    {1, "definition",
     "CREATE TABLE definition ("
     " epoch BIGINT NOT NULL, kind TEXT NOT NULL, slug TEXT NOT NULL, version BIGINT NOT NULL, json TEXT NOT NULL,"
     " author TEXT NOT NULL, comment TEXT NOT NULL, at BIGINT NOT NULL, is_current INTEGER NOT NULL,"
     " PRIMARY KEY (kind, slug, version));"
     "CREATE INDEX definition_current ON definition (kind, slug) WHERE is_current = 1;"
     "CREATE UNIQUE INDEX definition_epoch ON definition (epoch)",
     NULL},
};
const size_t definition_migration_count = sizeof definition_migrations / sizeof *definition_migrations;

#define COLUMNS "kind, slug, version, json, author, comment, at"
static const char select_current[] =
    "SELECT " COLUMNS " FROM definition WHERE kind = :kind AND slug = :slug AND is_current = 1";
static const char select_kind[] =
    "SELECT " COLUMNS " FROM definition WHERE kind = :kind AND is_current = 1 ORDER BY slug";
static const char select_all[] = "SELECT " COLUMNS " FROM definition WHERE is_current = 1 ORDER BY kind, slug";
static const char select_version[] = "SELECT " COLUMNS " FROM definition"
                                     " WHERE kind = :kind AND slug = :slug AND version = :version";
static const char select_history[] = "SELECT kind, slug, version, '', author, comment, at FROM definition"
                                     " WHERE kind = :kind AND slug = :slug ORDER BY version DESC";
static const char select_epoch[] = "SELECT MAX(epoch) FROM definition";
static const char retire[] =
    "UPDATE definition SET is_current = 0 WHERE kind = :kind AND slug = :slug AND is_current = 1";
static const char insert[] =
    "INSERT INTO definition (epoch, kind, slug, version, json, author, comment, at, is_current)"
    " VALUES (:epoch, :kind, :slug, :version, :json, :author, :comment, :at, 1)";

static bool asks_something(const json_t *value)
{
    if (json_is_object(value))
        return json_object_size(value) > 0;
    if (json_is_array(value))
        return json_array_size(value) > 0;
    return json_is_true(value) || json_is_number(value) || json_string_length(value) > 0;
}

bool definition_asks(const json_t *object, const struct definition_inert *inert)
{
    if (inert->type != NULL && !str_eq(json_str(object, "type"), str_of(inert->type)))
        return false;
    if (inert->value != NULL)
        return str_eq(json_str(object, inert->key), str_of(inert->value));
    return asks_something(json_object_get(object, inert->key));
}

const char *const *definition_kinds(void)
{
    static const char *const kinds[] = {"block",         "card",   "category", "comment-template", "form",
                                        "mail-template", "source", "workflow", "wscall",           NULL};
    return kinds;
}

static bool kind_is_known(str kind)
{
    for (const char *const *known = definition_kinds(); *known != NULL; known++)
        if (str_eq(kind, str_of(*known)))
            return true;
    return false;
}

/* What may stand in a URL and in a template's name: letters, digits, - and _. */
static bool slug_is_well_formed(str slug)
{
    for (size_t i = 0; i < slug.len; i++) {
        char c = slug.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return slug.len > 0 && slug.len <= 250;
}

bool definition_from_json(struct arena *arena, const json_t *json, struct definition *out, struct err *err)
{
    *out = (struct definition){.kind = json_str(json, "kind"), .slug = json_str(json, "slug")};
    if (!json_is_object(json))
        return err_set(err, ERR_INVALID, "A definition is a JSON object.");
    if (!kind_is_known(out->kind))
        return err_set(err, ERR_INVALID, "« %.*s » is no kind of definition.", STR_ARG(out->kind));
    if (!slug_is_well_formed(out->slug))
        return err_set(err, ERR_INVALID, "« %.*s » is no slug: letters, digits, - and _ only.", STR_ARG(out->slug));
    out->json = json_text_sorted(arena, json);
    if (out->json.len > DEFINITION_TEXT_MOST)
        return err_set(err, ERR_TOO_LARGE, "The definition %.*s is larger than 4 MiB.", STR_ARG(out->slug));
    return true;
}

static void definition_of(struct rows *rows, struct arena *arena, struct definition *out)
{
    *out = (struct definition){.kind = rows_copy(rows, arena, 0),
                               .slug = rows_copy(rows, arena, 1),
                               .version = rows_int(rows, 2),
                               .json = rows_copy(rows, arena, 3),
                               .author = rows_copy(rows, arena, 4),
                               .comment = rows_copy(rows, arena, 5),
                               .at = rows_int(rows, 6)};
}

static bool one_of(struct rows rows, struct arena *arena, str kind, str slug, struct definition *out, struct err *err)
{
    bool found = rows_next(&rows);
    if (found)
        definition_of(&rows, arena, out);
    if (!rows_end(&rows, err))
        return false;
    return found || err_set(err, ERR_NOT_FOUND, "There is no %.*s « %.*s ».", STR_ARG(kind), STR_ARG(slug));
}

static bool all_of(struct rows rows, struct arena *arena, struct definitions *out, struct err *err)
{
    while (rows_next(&rows))
        definition_of(&rows, arena, vec_push(arena, out));
    return rows_end(&rows, err);
}

bool definition_current(struct tx *tx, struct arena *arena, str kind, str slug, struct definition *out, struct err *err)
{
    return one_of(tx_query(tx, select_current, P_TEXT("kind", kind), P_TEXT("slug", slug)), arena, kind, slug, out,
                  err);
}

bool definition_at(struct tx *tx, struct arena *arena, str kind, str slug, int64_t version, struct definition *out,
                   struct err *err)
{
    struct rows rows =
        tx_query(tx, select_version, P_TEXT("kind", kind), P_TEXT("slug", slug), P_INT("version", version));
    return one_of(rows, arena, kind, slug, out, err);
}

bool definition_list(struct tx *tx, struct arena *arena, str kind, struct definitions *out, struct err *err)
{
    return all_of(tx_query(tx, kind.len == 0 ? select_all : select_kind, P_TEXT("kind", kind)), arena, out, err);
}

bool definition_history(struct tx *tx, struct arena *arena, str kind, str slug, struct definitions *out,
                        struct err *err)
{
    return all_of(tx_query(tx, select_history, P_TEXT("kind", kind), P_TEXT("slug", slug)), arena, out, err);
}

bool definition_epoch(struct tx *tx, int64_t *epoch, struct err *err)
{
    struct rows rows = tx_query(tx, select_epoch, P_NULL("none"));
    *epoch = rows_next(&rows) ? rows_int(&rows, 0) : 0;
    return rows_end(&rows, err);
}

static bool add_version(struct tx *tx, const struct definition *definition, int64_t version, struct err *err)
{
    return tx_run(tx, retire, err, P_TEXT("kind", definition->kind), P_TEXT("slug", definition->slug)) &&
           tx_run(tx, insert, err, P_INT("epoch", store_new_id()), P_TEXT("kind", definition->kind),
                  P_TEXT("slug", definition->slug), P_INT("version", version), P_TEXT("json", definition->json),
                  P_TEXT("author", definition->author), P_TEXT("comment", definition->comment),
                  P_INT("at", definition->at != 0 ? definition->at : instant_now()));
}

bool definition_save(struct tx *tx, const struct definition *definition, int64_t *version, bool *is_new,
                     struct err *err)
{
    struct arena *arena = arena_new();
    struct definition current = {0};
    struct err none = {0};
    bool exists = definition_current(tx, arena, definition->kind, definition->slug, &current, &none);
    bool ok = exists || none.code == ERR_NOT_FOUND;
    *is_new = ok && (!exists || !str_eq(current.json, definition->json));
    *version = current.version + *is_new;
    if (!ok && err != NULL)
        *err = none;
    ok = ok && (!*is_new || add_version(tx, definition, *version, err));
    arena_free(arena);
    return ok;
}

bool definition_restore(struct tx *tx, const struct definition *asked, int64_t *version, bool *is_new, struct err *err)
{
    struct arena *arena = arena_new();
    struct definition old = {0};
    bool ok = definition_at(tx, arena, asked->kind, asked->slug, asked->version, &old, err);
    if (ok) {
        old.author = asked->author;
        old.comment = asked->comment;
        old.at = asked->at;
        ok = definition_save(tx, &old, version, is_new, err);
    }
    arena_free(arena);
    return ok;
}
