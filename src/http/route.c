/* Routes: matched segment by segment against a tree made once. */
#include "http/internal.h"

struct node {
    str segment; /* a literal, or the name of a parameter */
    enum { NODE_LITERAL, NODE_TEXT, NODE_INT, NODE_REST } kind;
    struct node *child, *sibling;
    const struct route *get, *post;
};

struct route_table {
    struct arena *arena;
    struct node root;
};

static struct node node_of_segment(str segment)
{
    struct node node = {.segment = segment};
    if (segment.len < 2 || segment.ptr[0] != '{')
        return node;
    str inside = str_slice(segment, 1, segment.len - 1);
    node.kind = NODE_TEXT;
    if (str_ends(inside, STR(":int"))) {
        node.kind = NODE_INT;
        inside = str_slice(inside, 0, inside.len - 4);
    } else if (str_ends(inside, STR("*"))) {
        node.kind = NODE_REST;
        inside = str_slice(inside, 0, inside.len - 1);
    }
    node.segment = inside;
    return node;
}

/* Literals come before parameters, so that they win. */
static struct node *child_of(struct route_table *table, struct node *parent, str segment)
{
    struct node wanted = node_of_segment(segment);
    struct node **at = &parent->child;
    for (; *at != NULL && (*at)->kind <= wanted.kind; at = &(*at)->sibling)
        if ((*at)->kind == wanted.kind && str_eq((*at)->segment, wanted.segment))
            return *at;
    struct node *node = arena_new_of(table->arena, struct node);
    *node = wanted;
    node->sibling = *at;
    *at = node;
    return node;
}

struct route_table *route_table_new(struct arena *arena, const struct route *routes, size_t count)
{
    struct route_table *table = arena_new_of(arena, struct route_table);
    table->arena = arena;
    for (size_t i = 0; i < count; i++) {
        struct node *node = &table->root;
        str rest = str_of(routes[i].pattern), segment;
        rest = str_slice(rest, 1, rest.len);
        while (str_cut(rest, '/', &segment, &rest) || segment.len > 0) {
            node = child_of(table, node, segment);
            if (rest.len == 0)
                break;
        }
        if (routes[i].method == HTTP_GET)
            node->get = &routes[i];
        else
            node->post = &routes[i];
    }
    return table;
}

static bool segment_fits(const struct node *node, str segment)
{
    int64_t number;
    switch (node->kind) {
    case NODE_LITERAL:
        return str_eq(node->segment, segment);
    case NODE_INT:
        return segment.len > 0 && segment.ptr[0] >= '0' && segment.ptr[0] <= '9' && str_to_int64(segment, &number);
    default:
        return segment.len > 0;
    }
}

/* The node of a path, and its parameters; the first that leads to a route. */
static const struct node *find(const struct node *node, str rest, struct request *request)
{
    if (rest.len == 0)
        return node->get != NULL || node->post != NULL ? node : NULL;
    str segment, after;
    str_cut(rest, '/', &segment, &after);
    for (const struct node *child = node->child; child != NULL; child = child->sibling) {
        str taken = child->kind == NODE_REST ? rest : segment;
        if (!segment_fits(child, taken))
            continue;
        size_t before = request->path_params.len;
        if (child->kind != NODE_LITERAL)
            *vec_push(request->arena, &request->path_params) = (struct http_param){child->segment, taken};
        const struct node *found = child->kind == NODE_REST ? child : find(child, after, request);
        if (found != NULL)
            return found;
        request->path_params.len = before;
    }
    return NULL;
}

/* « /demarches » is not « /demarches/ »: relative links mean another thing there. */
static bool ends_as_asked(const struct node *node, str path)
{
    const struct route *route = node->get != NULL ? node->get : node->post;
    return node->kind == NODE_REST || (route->flags & ROUTE_ANY_END) ||
           str_ends(str_of(route->pattern), STR("/")) == str_ends(path, STR("/"));
}

const struct route *route_find(const struct route_table *table, struct request *request, unsigned *other_methods)
{
    request->path_params.len = 0;
    const struct node *node = find(&table->root, str_slice(request->path, 1, request->path.len), request);
    *other_methods = 0;
    if (node == NULL || !ends_as_asked(node, request->path))
        return NULL;
    const struct route *route = request->method == HTTP_GET ? node->get : node->post;
    if (route == NULL)
        *other_methods = (node->get != NULL ? HTTP_GET : 0U) | (node->post != NULL ? HTTP_POST : 0U);
    return route;
}
