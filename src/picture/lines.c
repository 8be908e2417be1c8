#include "picture/lines.h"

/* Advance of « ␣ » to « ~ » in Helvetica and what replaces it, in thousandths of the size. */
static const short widths[] = {278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
                               556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
                               1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
                               667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
                               333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
                               556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

/* DejaVu and Verdana are wider by that much, where a browser has nothing nearer; bold type by a tenth. */
static const double SPARE = 1.15, BOLD = 1.1;

enum { LATIN_WIDTH = 640, WIDEST = 1000, LATIN_END = 0x180 };

static bool is_known(uint32_t sign)
{
    return (sign >= ' ' && sign <= '~') || (sign >= 0xa0 && sign < LATIN_END && sign != 0xad) || sign == 0x2019 ||
           sign == 0x2013 || sign == 0x2014 || sign == 0x2026 || sign == 0x20ac || sign == 0x2022 || sign == 0x202f;
}

static double width_of(uint32_t sign, bool is_bold)
{
    double width = WIDEST;
    if (sign >= ' ' && sign <= '~')
        width = widths[sign - ' '];
    else if (sign == 0xa0 || sign == 0x202f || sign == 0x2019)
        width = 300;
    else if (sign >= 0xa0 && sign < LATIN_END && sign != 0xc6 && sign != 0xe6 && sign != 0x152 && sign != 0x153)
        width = LATIN_WIDTH;
    return width / 1000 * LINE_SIZE * SPARE * (is_bold ? BOLD : 1);
}

/* XML 1.0 §2.2, without the white space that is no blank. */
static bool is_allowed(uint32_t sign)
{
    return sign >= ' ' && !(sign >= 0x7f && sign < 0xa0) && sign != 0xfffe && sign != 0xffff;
}

static str clean(struct arena *arena, str text)
{
    struct buf out = buf_new(arena, text.len + 1);
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        bool is_shown = is_allowed(utf8_next(text, &at));
        buf_add(&out, is_shown ? str_slice(text, start, at) : STR(" "));
    }
    return str_trim(buf_str(&out));
}

/* Where the first line of the text ends, at a blank if there is one. */
static size_t end_of_line(str text, double width, struct line *line)
{
    size_t blank = 0;
    double at_blank = 0;
    bool fitted_at_blank = false;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t sign = utf8_next(text, &at);
        if (sign == ' ') {
            blank = start;
            at_blank = line->width;
            fitted_at_blank = line->is_fitted;
        }
        double more = width_of(sign, line->is_bold);
        if (line->width + more > width && start > 0) {
            if (blank == 0)
                return start;
            line->width = at_blank;
            line->is_fitted = fitted_at_blank;
            return blank;
        }
        line->width += more;
        line->is_fitted |= !is_known(sign);
    }
    return text.len;
}

void lines_add(struct arena *arena, struct lines *lines, str text, double width, size_t most, bool is_bold)
{
    double room = width - width_of(0x2026, is_bold);
    str rest = clean(arena, text);
    for (size_t i = 0; i < most && rest.len > 0; i++) {
        struct line line = {.is_bold = is_bold};
        size_t end = end_of_line(rest, room, &line);
        line.text = str_slice(rest, 0, end);
        rest = str_trim(str_slice(rest, end, SIZE_MAX));
        if (i + 1 == most && rest.len > 0) {
            line.text = str_fmt(arena, "%.*s…", STR_ARG(line.text));
            line.width += width_of(0x2026, is_bold);
        }
        *vec_push(arena, lines) = line;
    }
}

double lines_width(const struct lines *lines)
{
    double width = 0;
    for (size_t i = 0; i < lines->len; i++)
        if (lines->at[i].width > width)
            width = lines->at[i].width;
    return width;
}
