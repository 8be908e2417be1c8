/* The drawing: boxes of lines, laid out, written as SVG. */
#include "picture/layout.h"
#include "picture/lines.h"
#include "picture/picture.h"

enum {
    PADDING = 10,
    STATUS_WIDTH = 250, /* of its text, at the most */
    WAY_WIDTH = 200,
    MARGIN = 16,
    NAME_LINES = 4,
    DEED_LINES = 4,
    WAY_LINES = 4,
    SVG_MOST = 8 << 20,
    BOXES_MOST = 5000,
};

enum look { LOOK_START, LOOK_STATUS, LOOK_END, LOOK_GLOBAL, LOOK_WAY };

/* One box: what it says; which place or way it stands for. */
struct shape {
    enum look look;
    struct lines lines;
    const struct outline_place *place; /* NULL: of a way, or the start */
    const struct outline_way *way;
};
struct drawing {
    struct arena *arena;
    const struct outline *outline;
    struct VEC_OF(struct shape) shapes; /* the start, the statuses, the global actions, the ways */
    struct layout layout;
};

/* ---- What there is to place ---- */

static size_t add_shape(struct drawing *drawing, const struct shape *shape)
{
    *vec_push(drawing->arena, &drawing->shapes) = *shape;
    *vec_push(drawing->arena, &drawing->layout.boxes) =
        (struct layout_box){.width = lines_width(&shape->lines) + 2 * PADDING,
                            .height = (double)shape->lines.len * LINE_HEIGHT + 2 * PADDING};
    return drawing->shapes.len - 1;
}

static void add_line(struct drawing *drawing, size_t from, size_t to)
{
    *vec_push(drawing->arena, &drawing->layout.lines) = (struct layout_line){.from = from, .to = to};
}

static void add_place(struct drawing *drawing, const struct outline_place *place, enum look look)
{
    struct arena *arena = drawing->arena;
    struct shape shape = {.look = look, .place = place};
    str name = look == LOOK_GLOBAL ? str_fmt(arena, "À tout moment : %.*s", STR_ARG(place->name)) : place->name;
    lines_add(arena, &shape.lines, name.len > 0 ? name : STR("(sans nom)"), STATUS_WIDTH, NAME_LINES, true);
    lines_add(arena, &shape.lines, picture_visit(arena, place), STATUS_WIDTH, 2, false);
    for (size_t i = 0; i < place->does.len; i++)
        lines_add(arena, &shape.lines, str_fmt(arena, "• %.*s", STR_ARG(place->does.at[i])), STATUS_WIDTH, DEED_LINES,
                  false);
    add_shape(drawing, &shape);
}

/* A way is a box between two lines: so its label has its own room. */
static void add_way(struct drawing *drawing, size_t from, const struct outline_way *way)
{
    struct arena *arena = drawing->arena;
    struct shape shape = {.look = LOOK_WAY, .way = way};
    lines_add(arena, &shape.lines, way->what, WAY_WIDTH, WAY_LINES, false);
    if (way->who.len > 0)
        lines_add(arena, &shape.lines, str_fmt(arena, "par %.*s", STR_ARG(way->who)), WAY_WIDTH, WAY_LINES, false);
    if (way->condition.len > 0)
        lines_add(arena, &shape.lines, str_fmt(arena, "si %.*s", STR_ARG(way->condition)), WAY_WIDTH, WAY_LINES, false);
    if (way->to == WAY_BACK)
        lines_add(arena, &shape.lines, picture_target(drawing->outline, way), WAY_WIDTH, WAY_LINES, false);
    if (way->is_taken)
        lines_add(arena, &shape.lines, STR("chemin suivi"), WAY_WIDTH, 1, true);
    size_t box = add_shape(drawing, &shape);
    add_line(drawing, from, box);
    if (way->to != WAY_BACK)
        add_line(drawing, box, 1 + way->to);
}

static void add_ways(struct drawing *drawing, const struct outline_places *places, size_t first)
{
    for (size_t i = 0; i < places->len; i++)
        for (size_t k = 0; k < places->at[i].ways.len; k++)
            add_way(drawing, first + i, &places->at[i].ways.at[k]);
}

static void add_all(struct drawing *drawing)
{
    const struct outline *outline = drawing->outline;
    struct shape start = {.look = LOOK_START};
    lines_add(drawing->arena, &start.lines, STR("Dépôt"), STATUS_WIDTH, 1, true);
    add_shape(drawing, &start);
    for (size_t i = 0; i < outline->statuses.len; i++)
        add_place(drawing, &outline->statuses.at[i], outline->statuses.at[i].is_end ? LOOK_END : LOOK_STATUS);
    for (size_t i = 0; i < outline->globals.len; i++)
        add_place(drawing, &outline->globals.at[i], LOOK_GLOBAL);
    add_line(drawing, 0, 1);
    add_ways(drawing, &outline->statuses, 1);
    add_ways(drawing, &outline->globals, 1 + outline->statuses.len);
}

/* ---- Writing it ---- */

static void write_head(struct buf *svg, const struct drawing *drawing)
{
    const struct outline *outline = drawing->outline;
    double width = drawing->layout.width + 2 * MARGIN, height = drawing->layout.height + 2 * MARGIN;
    buf_fmt(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"circuit-titre circuit-resume\" "
        "class=\"circuit\" width=\"%.0f\" height=\"%.0f\" viewBox=\"%d %d %.0f %.0f\" font-family=\"Liberation "
        "Sans, Arial, Helvetica, sans-serif\" font-size=\"%d\" fill=\"#1b1b1b\">\n<title id=\"circuit-titre\">Circuit "
        "« ",
        width, height, -MARGIN, -MARGIN, width, height, LINE_SIZE);
    struct lines name = {0};
    lines_add(drawing->arena, &name, outline->name, 2000, 1, false);
    buf_add_html(svg, name.len > 0 ? name.at[0].text : STR_EMPTY);
    size_t ways = 0;
    for (size_t i = 0; i < drawing->shapes.len; i++)
        ways += drawing->shapes.at[i].look == LOOK_WAY;
    buf_fmt(svg,
            " »</title>\n<desc id=\"circuit-resume\">Statuts : %zu. Chemins : %zu. Actions globales : %zu. Le tableau "
            "dit la même chose.</desc>\n<defs><marker id=\"circuit-fleche\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" "
            "markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path "
            "d=\"M0 0L8 4L0 8z\" fill=\"#4d4d4a\"/></marker></defs>\n<rect x=\"%d\" y=\"%d\" width=\"%.0f\" "
            "height=\"%.0f\" fill=\"#fff\"/>\n",
            outline->statuses.len, ways, outline->globals.len, -MARGIN, -MARGIN, width, height);
}

static void write_line(struct buf *svg, const struct drawing *drawing, const struct layout_line *line)
{
    const struct shape *from = &drawing->shapes.at[line->from], *to = &drawing->shapes.at[line->to];
    bool is_taken = (from->way != NULL && from->way->is_taken) || (to->way != NULL && to->way->is_taken);
    if (line->point_count == 0)
        return;
    buf_fmt(svg, "<path d=\"M%.1f %.1f", line->points[0].x, line->points[0].y);
    for (size_t i = 1; i + 2 < line->point_count; i += 3)
        buf_fmt(svg, "C%.1f %.1f %.1f %.1f %.1f %.1f", line->points[i].x, line->points[i].y, line->points[i + 1].x,
                line->points[i + 1].y, line->points[i + 2].x, line->points[i + 2].y);
    buf_fmt(svg, "\"%s%s/>\n", is_taken ? " stroke=\"#1e6b34\" stroke-width=\"3\"" : "",
            to->look == LOOK_WAY ? "" : " marker-end=\"url(#circuit-fleche)\"");
}

static bool is_colour(str colour)
{
    bool ok = colour.len == 6;
    for (size_t i = 0; ok && i < colour.len; i++)
        ok = hex_digit(colour.ptr[i]) >= 0;
    return ok;
}

/* What tells the kinds apart besides their words: form and stroke, not colour alone. */
static const char *dress_of(const struct shape *shape)
{
    static const char *const dresses[] = {
        [LOOK_START] = "rx=\"19\" fill=\"#1b1b1b\" stroke=\"#1b1b1b\"",
        [LOOK_STATUS] = "rx=\"4\" fill=\"#fff\" stroke=\"#00497b\" stroke-width=\"2\"",
        [LOOK_END] = "rx=\"4\" fill=\"#f3f3f1\" stroke=\"#1b1b1b\" stroke-width=\"4\"",
        [LOOK_GLOBAL] = "rx=\"4\" fill=\"#fff\" stroke=\"#7a4b00\" stroke-width=\"2\" stroke-dasharray=\"6 3\"",
        [LOOK_WAY] = "rx=\"14\" fill=\"#fff\" stroke=\"#8a8a86\"",
    };
    if (shape->way != NULL && shape->way->is_taken)
        return "rx=\"14\" fill=\"#eef8f0\" stroke=\"#1e6b34\" stroke-width=\"3\"";
    if (shape->place != NULL && shape->place->is_current)
        return "rx=\"4\" fill=\"#ffe9a8\" stroke=\"#1b1b1b\" stroke-width=\"4\"";
    if (shape->place != NULL && shape->place->visits > 0)
        return "rx=\"4\" fill=\"#eef8f0\" stroke=\"#1e6b34\" stroke-width=\"3\"";
    return dresses[shape->look];
}

static void write_box(struct buf *svg, const struct shape *shape, const struct layout_box *box)
{
    double left = box->x - box->width / 2, top = box->y - box->height / 2;
    buf_fmt(svg, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" %s/>\n", left, top, box->width,
            box->height, dress_of(shape));
    if (shape->place != NULL && is_colour(shape->place->colour))
        buf_fmt(svg, "<rect x=\"%.1f\" y=\"%.1f\" width=\"5\" height=\"%.1f\" fill=\"#%.*s\"/>\n", left, top,
                box->height, STR_ARG(shape->place->colour));
}

static void write_text(struct buf *svg, const struct shape *shape, const struct layout_box *box)
{
    double left = box->x - box->width / 2 + PADDING, y = box->y - box->height / 2 + PADDING + LINE_SIZE;
    buf_fmt(svg, "<text class=\"label\" x=\"%.1f\" y=\"%.1f\"%s>", left, y,
            shape->look == LOOK_START ? " fill=\"#fff\"" : "");
    for (size_t i = 0; i < shape->lines.len; i++) {
        const struct line *line = &shape->lines.at[i];
        buf_fmt(svg, "<tspan x=\"%.1f\" y=\"%.1f\"%s", left, y + (double)i * LINE_HEIGHT,
                line->is_bold ? " font-weight=\"700\"" : "");
        if (line->is_fitted)
            buf_fmt(svg, " textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"", line->width);
        buf_fmt(svg, ">");
        buf_add_html(svg, line->text);
        buf_fmt(svg, "</tspan>%s", i + 1 < shape->lines.len ? " " : "");
    }
    buf_fmt(svg, "</text>\n");
}

bool picture_draw(struct arena *arena, const struct outline *outline, str *out, struct err *err)
{
    struct drawing drawing = {.arena = arena, .outline = outline};
    struct buf svg = buf_new(arena, SVG_MOST);
    add_all(&drawing);
    if (drawing.shapes.len > BOXES_MOST)
        return err_set(err, ERR_TOO_LARGE, "Ce circuit est trop grand pour être dessiné.");
    if (!layout_make(arena, &drawing.layout, err))
        return false;
    write_head(&svg, &drawing);
    buf_fmt(&svg, "<g fill=\"none\" stroke=\"#4d4d4a\">\n");
    for (size_t i = 0; i < drawing.layout.lines.len; i++)
        write_line(&svg, &drawing, &drawing.layout.lines.at[i]);
    buf_fmt(&svg, "</g>\n");
    for (size_t i = 0; i < drawing.shapes.len; i++) {
        write_box(&svg, &drawing.shapes.at[i], &drawing.layout.boxes.at[i]);
        write_text(&svg, &drawing.shapes.at[i], &drawing.layout.boxes.at[i]);
    }
    buf_fmt(&svg, "</svg>\n");
    *out = buf_str(&svg);
    return !svg.overflowed || err_set(err, ERR_TOO_LARGE, "Ce circuit est trop grand pour être dessiné.");
}
