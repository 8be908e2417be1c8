/* The body of a call: nested JSON from names with slashes. */
#include "calls/payload.h"

#include <stdlib.h>

enum { DEPTH_MOST = 32 };

struct step { /* of a path: a name, or a place in a list */
    str name;
    int64_t index; /* -1: a name */
};
struct path {
    struct step at[DEPTH_MOST];
    size_t len;
    const struct payload_part *part;
};

/* ---- Paths ---- */

static bool is_number(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

static bool add_step(struct arena *arena, struct path *path, str text)
{
    struct step *step = &path->at[path->len++];
    step->index = -1;
    if (is_number(text))
        return str_to_int64(text, &step->index);
    step->name = str_replace(arena, text, STR("//"), STR("/"));
    return true;
}

/* Cut where a slash stands alone. */
static bool read_path(struct arena *arena, const struct payload_part *part, struct path *path, struct err *err)
{
    str name = part->name;
    size_t from = 0;
    *path = (struct path){.part = part};
    for (size_t i = 0; i <= name.len; i++) {
        bool is_alone = i < name.len && name.ptr[i] == '/' && (i == 0 || name.ptr[i - 1] != '/') &&
                        (i + 1 == name.len || name.ptr[i + 1] != '/');
        if (i < name.len && !is_alone)
            continue;
        if (path->len == DEPTH_MOST || !add_step(arena, path, str_slice(name, from, i)))
            return err_set(err, ERR_INVALID, "Le paramètre « %.*s » a trop de niveaux.", STR_ARG(name));
        from = i + 1;
    }
    return true;
}

static int compare_steps(const struct step *a, const struct step *b)
{
    if (a->index >= 0 && b->index >= 0)
        return (a->index > b->index) - (a->index < b->index);
    if (a->index >= 0 || b->index >= 0)
        return a->index >= 0 ? -1 : 1;
    return str_cmp(a->name, b->name);
}

static int compare_paths(const void *a, const void *b)
{
    const struct path *left = a, *right = b;
    for (size_t i = 0; i < left->len && i < right->len; i++) {
        int order = compare_steps(&left->at[i], &right->at[i]);
        if (order != 0)
            return order;
    }
    return (left->len > right->len) - (left->len < right->len);
}

/* ---- The tree ---- */

static bool contradict(const struct path *path, struct err *err)
{
    return err_set(err, ERR_INVALID, "Le paramètre « %.*s » contredit ceux qui le précèdent.",
                   STR_ARG(path->part->name));
}

/* What stands at the step, or may be put there; false where the node is of the other sort, or the list has a hole. */
static bool find_place(json_t *node, const struct step *step, json_t **child)
{
    if (step->index < 0) {
        *child = json_get(node, step->name);
        return json_is_object(node);
    }
    *child = json_array_get(node, (size_t)step->index);
    return json_is_array(node) && (size_t)step->index <= json_array_size(node);
}

static void put(json_t *node, const struct step *step, json_t *child)
{
    if (step->index < 0)
        json_set(node, step->name, child);
    else
        json_array_append_new(node, child);
}

static bool place(json_t *node, const struct path *path, struct err *err)
{
    for (size_t i = 0; i < path->len; i++) {
        json_t *child;
        if (!find_place(node, &path->at[i], &child))
            return contradict(path, err);
        if (i + 1 == path->len) {
            if (child != NULL)
                return contradict(path, err);
            put(node, &path->at[i], json_incref(path->part->value));
            return true;
        }
        if (child == NULL) {
            child = path->at[i + 1].index >= 0 ? json_array() : json_object();
            put(node, &path->at[i], child);
        }
        node = child;
    }
    return true;
}

json_t *payload_tree(struct arena *arena, struct payload_parts *parts, struct err *err)
{
    struct path *paths = arena_array_of(arena, struct path, parts->len);
    for (size_t i = 0; i < parts->len; i++)
        if (!read_path(arena, &parts->at[i], &paths[i], err))
            return NULL;
    if (parts->len > 1)
        qsort(paths, parts->len, sizeof *paths, compare_paths);
    json_t *tree = json_keep(arena, parts->len > 0 && paths[0].at[0].index >= 0 ? json_array() : json_object());
    for (size_t i = 0; i < parts->len; i++)
        if (!place(tree, &paths[i], err))
            return NULL;
    return tree;
}
