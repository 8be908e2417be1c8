/* The layout by « dot » of Graphviz: sizes go in, places come out, both in its plain formats. */
#include "picture/layout.h"

#include "base/child.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { POINTS_AN_INCH = 72, INPUT_MOST = 4 << 20, OUTPUT_MOST = 8 << 20 };

static str graph_of(struct arena *arena, const struct layout *layout)
{
    struct buf text = buf_new(arena, INPUT_MOST);
    buf_fmt(&text, "digraph {\ngraph [nodesep=0.3, ranksep=0.3]\nnode [shape=box, fixedsize=true, label=\"\"]\n"
                   "edge [dir=none]\n");
    for (size_t i = 0; i < layout->boxes.len; i++)
        buf_fmt(&text, "%zu [width=%.3f, height=%.3f]\n", i, layout->boxes.at[i].width / POINTS_AN_INCH,
                layout->boxes.at[i].height / POINTS_AN_INCH);
    for (size_t i = 0; i < layout->lines.len; i++)
        buf_fmt(&text, "%zu -> %zu\n", layout->lines.at[i].from, layout->lines.at[i].to);
    buf_fmt(&text, "}\n");
    return buf_str(&text);
}

static bool run(str graph, char *printed)
{
    static const char *const words[] = {"dot", "-Tplain", CHILD_FILE, NULL};
    int fd = memfd_create("layout", MFD_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write(fd, graph.ptr, graph.len) == (ssize_t)graph.len && lseek(fd, 0, SEEK_SET) == 0 &&
              child_run(words, fd, printed, OUTPUT_MOST) == 0;
    close(fd);
    return ok;
}

/* ---- What it prints: « graph SCALE W H », « node NAME X Y … », « edge TAIL HEAD N X1 Y1 … », « stop » ---- */

static bool next_number(str *rest, double *out)
{
    str word;
    char *end;
    if (!str_next(rest, ' ', &word) || word.len == 0)
        return false;
    *out = strtod(word.ptr, &end); /* a blank or the end of the text stands behind each word */
    return end == word.ptr + word.len;
}

static bool next_index(str *rest, size_t count, size_t *out)
{
    str word;
    int64_t number;
    if (!str_next(rest, ' ', &word) || !str_to_int64(word, &number) || number < 0 || (size_t)number >= count)
        return false;
    *out = (size_t)number;
    return true;
}

static bool next_point(str *rest, double height, struct layout_point *out)
{
    double x, y;
    if (!next_number(rest, &x) || !next_number(rest, &y))
        return false;
    *out = (struct layout_point){x * POINTS_AN_INCH, height - y * POINTS_AN_INCH};
    return true;
}

static bool read_graph(str rest, struct layout *layout)
{
    double scale;
    if (!next_number(&rest, &scale) || !next_number(&rest, &layout->width) || !next_number(&rest, &layout->height))
        return false;
    layout->width *= POINTS_AN_INCH;
    layout->height *= POINTS_AN_INCH;
    return true;
}

static bool read_node(str rest, struct layout *layout)
{
    size_t index;
    struct layout_point centre;
    if (!next_index(&rest, layout->boxes.len, &index) || !next_point(&rest, layout->height, &centre))
        return false;
    layout->boxes.at[index].x = centre.x;
    layout->boxes.at[index].y = centre.y;
    return true;
}

static struct layout_line *line_between(struct layout *layout, size_t from, size_t to)
{
    for (size_t i = 0; i < layout->lines.len; i++)
        if (layout->lines.at[i].from == from && layout->lines.at[i].to == to)
            return &layout->lines.at[i];
    return NULL;
}

static bool read_edge(struct arena *arena, str rest, struct layout *layout)
{
    enum { POINTS_MOST = 10000 };
    size_t from, to, count;
    if (!next_index(&rest, layout->boxes.len, &from) || !next_index(&rest, layout->boxes.len, &to) ||
        !next_index(&rest, POINTS_MOST, &count))
        return false;
    struct layout_line *line = line_between(layout, from, to);
    if (line == NULL || count % 3 != 1)
        return false;
    struct layout_point *points = arena_array_of(arena, struct layout_point, count);
    for (size_t i = 0; i < count; i++)
        if (!next_point(&rest, layout->height, &points[i]))
            return false;
    line->points = points;
    line->point_count = count;
    return true;
}

/* True where all was read and nothing was cut off. */
static bool read_printed(struct arena *arena, str printed, struct layout *layout)
{
    for (str line, rest = printed; str_next(&rest, '\n', &line);) {
        str word, more;
        str_cut(line, ' ', &word, &more);
        if (str_eq(word, STR("stop")))
            return true;
        bool ok = str_eq(word, STR("graph"))  ? read_graph(more, layout)
                  : str_eq(word, STR("node")) ? read_node(more, layout)
                                              : read_edge(arena, more, layout);
        if (!ok)
            return false;
    }
    return false;
}

bool layout_make(struct arena *arena, struct layout *layout, struct err *err)
{
    str graph = graph_of(arena, layout);
    char *printed = arena_alloc(arena, OUTPUT_MOST);
    if (run(graph, printed) && read_printed(arena, str_of(printed), layout))
        return true;
    return err_set(err, ERR_UNAVAILABLE,
                   "Le circuit n’a pas pu être dessiné : le programme « dot » (Graphviz) manque, "
                   "ou a renoncé.");
}
