#include "forms/headings.h"

int heading_level(int asked, int last)
{
    int highest = HEADING_OF_PAGE + 1;
    if (asked > last + 1)
        asked = last + 1;
    return asked < highest ? highest : asked;
}

/* « <h3 », « </h3 »: where the digit is; 0: no heading begins here. */
static size_t digit_of(str html, size_t at, bool *is_end)
{
    *is_end = at + 1 < html.len && html.ptr[at + 1] == '/';
    size_t h = at + 1 + *is_end, digit = h + 1;
    bool is_heading = digit + 1 < html.len && (html.ptr[h] == 'h' || html.ptr[h] == 'H') && html.ptr[digit] >= '1' &&
                      html.ptr[digit] <= '0' + HEADING_LOWEST;
    char next = is_heading ? html.ptr[digit + 1] : 'x';
    bool is_over = next == '>' || next == ' ' || next == '\t' || next == '\n' || next == '\r' || next == '/';
    return is_heading && is_over ? digit : 0;
}

str headings_in_order(struct arena *arena, str html, int *level)
{
    char *written = NULL;
    for (size_t at = 0; (at = str_find(html, STR("<"), at)) != SIZE_MAX; at++) {
        bool is_end;
        size_t digit = digit_of(html, at, &is_end);
        if (digit == 0)
            continue;
        if (written == NULL) {
            html = str_dup(arena, html);
            written = (char *)(uintptr_t)html.ptr;
        }
        if (!is_end)
            *level = heading_level(written[digit] - '0', *level);
        written[digit] = (char)('0' + *level);
    }
    return html;
}
