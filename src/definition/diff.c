/* What two documents differ in, part by part: parts of a list are the same where they have the same id. */
#include "definition/definition.h"

enum { DEPTH_MOST = 20, SHOWN_MOST = 160, BEFORE_DIFFERENCE = 30 };

/* What a list's parts are called. */
static const struct {
    const char *key, *one;
} parts[] = {
    {"fields", "champ"},
    {"options", "option"},
    {"backoffice_fields", "donnée de traitement"},
    {"statuses", "statut"},
    {"actions", "action"},
    {"global_actions", "action globale"},
    {"triggers", "déclencheur"},
    {"functions", "fonction"},
    {"criticality_levels", "niveau de criticité"},
    {"custom_views", "vue"},
    {"post_conditions", "condition de sortie"},
    {"stops", "arrêt"},
    {"quotas", "quota"},
    {"value", "choix"},
};

/* What keys are called; the others are said as they stand. */
static const struct {
    const char *key, *name;
} names[] = {
    {"label", "libellé"},
    {"name", "nom"},
    {"hint", "aide"},
    {"description", "description"},
    {"condition", "condition"},
    {"type", "type"},
    {"varname", "identifiant"},
    {"items", "choix"},
    {"category", "catégorie"},
    {"workflow", "circuit"},
    {"keywords", "mots-clés"},
    {"disabled", "fermé"},
    {"roles", "rôles"},
    {"subject", "objet"},
    {"body", "texte"},
    {"message", "message"},
    {"to", "destinataires"},
    {"by", "par"},
    {"status", "statut d’arrivée"},
    {"timeout", "délai"},
    {"colour", "couleur"},
    {"visibility", "visibilité"},
    {"prefill", "préremplissage"},
    {"validation", "contrôle"},
    {"source", "source"},
    {"maxlength", "longueur maximale"},
    {"display_mode", "présentation"},
    {"display_locations", "affichage"},
    {"anonymise", "anonymisation"},
    {"publication_date", "date d’ouverture"},
    {"expiration_date", "date de fermeture"},
    {"service", "service"},
    {"required", ""}, /* its values say it */
};

static const struct {
    const char *key, *value, *name;
} words[] = {
    {"required", "required", "obligatoire"},
    {"required", "optional", "facultatif"},
    {"required", "frontoffice", "obligatoire pour les usagers"},
    {"anonymise", "final", "à la fin"},
    {"anonymise", "intermediate", "avant la fin"},
    {"anonymise", "no", "jamais"},
};

static str name_of(const char *key)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].key, key) == 0)
            return str_of(names[i].name);
    return str_of(key);
}

static str word_of(const char *key, str value)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].key, key) == 0 && str_eq(value, str_of(words[i].value)))
            return str_of(words[i].name);
    return value;
}

/* ---- Values as people read them ---- */

static str list_said(struct arena *arena, const json_t *list)
{
    struct buf text = buf_new(arena, DEFINITION_TEXT_MOST);
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!json_is_string(json_array_get(list, i)))
            return json_text_sorted(arena, list);
        buf_fmt(&text, "%s%.*s", i > 0 ? ", " : "", STR_ARG(json_str_of(json_array_get(list, i))));
    }
    return buf_str(&text);
}

static str value_said(struct arena *arena, const char *key, const json_t *value)
{
    if (json_is_boolean(value))
        return json_is_true(value) ? STR("oui") : STR("non");
    if (json_is_string(value))
        return word_of(key, json_str_of(value));
    if (json_is_array(value))
        return list_said(arena, value);
    return value == NULL || json_is_null(value) ? STR_EMPTY : json_text_sorted(arena, value);
}

/* Of a long text, what is around the first difference. */
static str shown(struct arena *arena, str text, size_t same)
{
    if (utf8_length(text) <= SHOWN_MOST)
        return text;
    size_t from = same > BEFORE_DIFFERENCE ? same - BEFORE_DIFFERENCE : 0;
    str cut = utf8_slice(text, from, from + SHOWN_MOST);
    bool is_at_end = cut.ptr + cut.len == text.ptr + text.len;
    return str_fmt(arena, "%s%.*s%s", from > 0 ? "…" : "", STR_ARG(cut), is_at_end ? "" : "…");
}

static size_t same_characters(str a, str b)
{
    size_t at = 0, other = 0, count = 0;
    while (at < a.len && other < b.len && utf8_next(a, &at) == utf8_next(b, &other))
        count++;
    return count;
}

/* ---- Comparing ---- */

struct comparing {
    struct arena *arena;
    struct definition_changes *changes;
    int depth;
};

static void compare_objects(struct comparing *comparing, str where, const json_t *before, const json_t *after);

static void add(struct comparing *comparing, str where, const char *key, const json_t *before, const json_t *after)
{
    struct arena *arena = comparing->arena;
    str old = value_said(arena, key, before), new = value_said(arena, key, after);
    size_t same = same_characters(old, new);
    *vec_push(arena, comparing->changes) = (struct definition_change){
        .where = where, .what = name_of(key), .before = shown(arena, old, same), .after = shown(arena, new, same)};
}

static str id_of(const json_t *part)
{
    str id = json_str(part, "id");
    return id.len > 0 ? id : json_str(part, "slug");
}

static const json_t *part_of(const json_t *list, str id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(id_of(json_array_get(list, i)), id))
            return json_array_get(list, i);
    return NULL;
}

/* Every part an object with an id of its own. */
static bool has_ids(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        str id = id_of(json_array_get(list, i));
        if (id.len == 0 || part_of(list, id) != json_array_get(list, i))
            return false;
    }
    return json_is_array(list);
}

static const char *part_name(const char *key)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].key, key) == 0)
            return parts[i].one;
    return key;
}

/* « statut 2 (Reçu), champ 12 (Adresse) » */
static str part_said(struct arena *arena, str where, const char *key, const json_t *part)
{
    static const char *const titles[] = {"label", "name", "title", "text", "type"};
    str title = STR_EMPTY;
    for (size_t i = 0; title.len == 0 && i < sizeof titles / sizeof *titles; i++)
        title = json_str(part, titles[i]);
    return str_fmt(arena, "%.*s%s%s %.*s%s%.*s%s", STR_ARG(where), where.len > 0 ? ", " : "", part_name(key),
                   STR_ARG(id_of(part)), title.len > 0 ? " (" : "", STR_ARG(shown(arena, title, 0)),
                   title.len > 0 ? ")" : "");
}

static void add_part(struct comparing *comparing, str where, enum definition_how how)
{
    *vec_push(comparing->arena, comparing->changes) = (struct definition_change){.how = how, .where = where};
}

/* Whether what both have stands in another order. */
static bool is_reordered(const json_t *before, const json_t *after)
{
    size_t next = 0;
    for (size_t i = 0; i < json_array_size(before); i++) {
        str id = id_of(json_array_get(before, i));
        if (part_of(after, id) == NULL)
            continue;
        while (next < json_array_size(after) && part_of(before, id_of(json_array_get(after, next))) == NULL)
            next++;
        if (!str_eq(id_of(json_array_get(after, next++)), id))
            return true;
    }
    return false;
}

static void compare_lists(struct comparing *comparing, str where, const char *key, const json_t *before,
                          const json_t *after)
{
    struct arena *arena = comparing->arena;
    for (size_t i = 0; i < json_array_size(before); i++) {
        const json_t *part = json_array_get(before, i), *now = part_of(after, id_of(part));
        str said = part_said(arena, where, key, part);
        if (now == NULL)
            add_part(comparing, said, DEFINITION_REMOVED);
        else
            compare_objects(comparing, said, part, now);
    }
    for (size_t i = 0; i < json_array_size(after); i++)
        if (part_of(before, id_of(json_array_get(after, i))) == NULL)
            add_part(comparing, part_said(arena, where, key, json_array_get(after, i)), DEFINITION_ADDED);
    if (is_reordered(before, after)) {
        str list = str_fmt(arena, "%.*s%s%s", STR_ARG(where), where.len > 0 ? ", " : "", part_name(key));
        add_part(comparing, list, DEFINITION_MOVED);
    }
}

static void compare(struct comparing *comparing, str where, const char *key, const json_t *before, const json_t *after)
{
    if (before != NULL && after != NULL && json_equal((json_t *)before, (json_t *)after))
        return;
    if (json_is_object(before) && json_is_object(after) && comparing->depth < DEPTH_MOST)
        compare_objects(
            comparing,
            str_fmt(comparing->arena, "%.*s%s%.*s", STR_ARG(where), where.len > 0 ? ", " : "", STR_ARG(name_of(key))),
            before, after);
    else if (has_ids(before) && has_ids(after) && comparing->depth < DEPTH_MOST)
        compare_lists(comparing, where, key, before, after);
    else
        add(comparing, where, key, before, after);
}

static void compare_objects(struct comparing *comparing, str where, const json_t *before, const json_t *after)
{
    const char *key;
    json_t *value;
    comparing->depth++;
    json_object_foreach((json_t *)(uintptr_t)before, key, value)
        compare(comparing, where, key, value, json_object_get(after, key));
    json_object_foreach((json_t *)(uintptr_t)after, key, value) if (json_object_get(before, key) == NULL)
        compare(comparing, where, key, NULL, value);
    comparing->depth--;
}

void definition_compare(struct arena *arena, const json_t *before, const json_t *after, struct definition_changes *out)
{
    struct comparing comparing = {.arena = arena, .changes = out};
    compare_objects(&comparing, STR_EMPTY, before, after);
}

str definition_change_said(struct arena *arena, const struct definition_change *change)
{
    static const char *const said[] = {
        [DEFINITION_ADDED] = "ajouté", [DEFINITION_REMOVED] = "retiré", [DEFINITION_MOVED] = "autre ordre"};
    str nothing = STR("(rien)"), place = change->where;
    if (change->how != DEFINITION_CHANGED)
        return str_fmt(arena, "%.*s : %s", STR_ARG(place), said[change->how]);
    return str_fmt(arena, "%.*s%s%.*s%s%.*s → %.*s", STR_ARG(place), place.len > 0 ? " : " : "", STR_ARG(change->what),
                   change->what.len > 0 ? " : " : "", STR_ARG(change->before.len > 0 ? change->before : nothing),
                   STR_ARG(change->after.len > 0 ? change->after : nothing));
}
