/* Answers as they are shown: for checking before sending, on the request's page, as plain text in mails. */
#include "forms/rows.h"

static void set(struct arena *arena, struct value_dict *dict, const char *key, struct value value)
{
    value_dict_set(arena, dict, str_of(key), value);
}

static str label_of(const struct field *field, const struct form_context *context)
{
    struct render render = context_render(context);
    return field->label == NULL ? STR_EMPTY : template_text(field->label, &render);
}

static struct value heading(struct arena *arena, int level, str text, size_t page)
{
    struct value_dict *row = value_dict_new(arena);
    set(arena, row, "title", value_text(text));
    set(arena, row, "level", value_int(level));
    set(arena, row, "page", value_int((int64_t)page));
    return value_dict(row);
}

static struct value file_view(const struct form_context *context, const json_t *answer)
{
    struct arena *arena = context->arena;
    struct value_dict *file = value_dict_new(arena);
    set(arena, file, "name", value_text(json_str(answer, "name")));
    set(arena, file, "size", value_int(json_int(answer, "size")));
    set(arena, file, "type", value_text(json_str(answer, "type")));
    if (context->file_url.len > 0)
        set(arena, file, "url",
            value_text(str_fmt(arena, "%.*s/%.*s/", STR_ARG(context->file_url), STR_ARG(json_str(answer, "blob")))));
    return value_dict(file);
}

static void add_files(struct value_dict *row, const struct field *field, const struct form_context *context,
                      const json_t *answers)
{
    const json_t *answer = answer_of(field, answers);
    if (field->type == &field_file && answer != NULL)
        set(context->arena, row, "file", file_view(context, answer));
    if (field->type != &field_files || answer == NULL)
        return;
    struct value_list *files = value_list_new(context->arena);
    for (size_t i = 0; i < json_array_size(answer); i++)
        value_list_add(context->arena, files, file_view(context, json_array_get(answer, i)));
    set(context->arena, row, "files", value_list(files));
}

/* Told where there is still time to correct. */
static void add_notice(struct value_dict *row, const struct field *field, const struct form_context *context,
                       const json_t *answers)
{
    if (field->type->notice == NULL || !field_has_answer(field, answers))
        return;
    str notice = field->type->notice(field, context->arena, answers);
    if (notice.len > 0)
        set(context->arena, row, "notice", value_text(notice));
}

struct summary {
    struct value_list *rows;
    const struct form_context *context;
    json_t *answers;
    unsigned place;
    size_t page; /* from 1; 0: none */
    int level;   /* of the headings that fields make */
};
enum { PAGE_LEVEL = 2, FIELD_LEVEL };

static void add_row(const struct summary *summary, const struct field *field);

static void add_block(struct value_list *blocks, struct arena *arena, str title, struct value_list *rows)
{
    struct value_dict *dict = value_dict_new(arena);
    set(arena, dict, "title", value_text(title));
    set(arena, dict, "rows", value_list(rows));
    value_list_add(arena, blocks, value_dict(dict));
}

static const char totals_title[] = "Total";

static void add_totals(struct value_list *blocks, const struct field *field, struct arena *arena, const json_t *answers)
{
    struct shown_answers totals = {0};
    rows_totals(field, arena, answers, &totals);
    struct value_list *rows = value_list_new(arena);
    for (size_t i = 0; i < totals.len; i++) {
        struct value_dict *row = value_dict_new(arena);
        struct value_list *lines = value_list_new(arena);
        value_list_add(arena, lines, value_text(totals.at[i].text));
        set(arena, row, "label", value_text(totals.at[i].label));
        set(arena, row, "text", value_text(totals.at[i].text));
        set(arena, row, "lines", value_list(lines));
        value_list_add(arena, rows, value_dict(row));
    }
    if (totals.len > 0)
        add_block(blocks, arena, str_of(totals_title), rows);
}

/* A block: its rows, each with a list of its own. */
static struct value blocks_of(const struct field *field, const struct form_context *context, const json_t *answers,
                              unsigned place)
{
    struct arena *arena = context->arena;
    const struct block *block = field_block_of(field);
    const json_t *stored = answer_of(field, answers);
    bool is_single = json_array_size(stored) == 1 && rows_bounds(field, context).most == 1;
    struct value_list *blocks = value_list_new(arena);
    for (size_t i = 0; i < json_array_size(stored); i++) {
        if (row_is_empty(block, json_array_get(stored, i)))
            continue;
        struct row row = row_of(field, context, json_array_get(stored, i), i, str_fmt(arena, "%zu", i));
        struct summary summary = {.rows = value_list_new(arena),
                                  .context = &row.context,
                                  .answers = row.answers,
                                  .place = place,
                                  .level = FIELD_LEVEL};
        for (size_t j = 0; j < row.fields.len; j++)
            add_row(&summary, &row.fields.at[j]);
        add_block(blocks, arena, is_single ? STR_EMPTY : row_title(field, arena, i, false), summary.rows);
    }
    add_totals(blocks, field, arena, answers);
    return value_list(blocks);
}

static struct value answer_row(const struct field *field, const struct form_context *context, json_t *answers,
                               unsigned place, size_t page)
{
    struct arena *arena = context->arena;
    struct value_dict *row = value_dict_new(arena);
    str text = field_display(field, arena, answers);
    struct value_list *lines = value_list_new(arena);
    for (str line, rest = text; str_next(&rest, '\n', &line);)
        value_list_add(arena, lines, value_text(line));
    set(arena, row, "id", value_text(field->id));
    set(arena, row, "control", value_text(field->control));
    set(arena, row, "label", value_text(label_of(field, context)));
    set(arena, row, "text", value_text(text));
    set(arena, row, "lines", value_list(lines));
    set(arena, row, "page", value_int((int64_t)page));
    set(arena, row, "type", value_text(field->type_name));
    add_files(row, field, context, answers);
    str html = field->type->html != NULL ? field->type->html(field, arena, answers) : STR_EMPTY;
    if (html.len > 0)
        set(arena, row, "rich", value_html(html));
    if (field->type->picture != NULL && field_has_answer(field, answers))
        set(arena, row, "picture", field->type->picture(field, context, answers));
    if (place == PLACE_VALIDATION)
        add_notice(row, field, context, answers);
    if (field->type == &field_block)
        set(arena, row, "blocks", blocks_of(field, context, answers, place));
    return value_dict(row);
}

static void add_row(const struct summary *summary, const struct field *field)
{
    const struct form_context *context = summary->context;
    struct arena *arena = context->arena;
    json_t *answers = summary->answers;
    if (field->type == NULL || field->type == &field_page || !(field->places & summary->place) ||
        !field_is_visible(field, context))
        return;
    if (field->type == &field_title || field->type == &field_subtitle) {
        value_list_add(arena, summary->rows, heading(arena, summary->level, label_of(field, context), summary->page));
    } else if (field->type == &field_comment) {
        struct value_dict *row = value_dict_new(arena);
        set(arena, row, "html", value_html(label_of(field, context)));
        value_list_add(arena, summary->rows, value_dict(row));
    } else if (field->type->is_typed && (field_has_answer(field, answers) || summary->place == PLACE_VALIDATION)) {
        value_list_add(arena, summary->rows, answer_row(field, context, answers, summary->place, summary->page));
    }
}

struct value fields_summary(const struct field_list *fields, const struct form_context *context, json_t *answers,
                            unsigned place)
{
    struct summary summary = {.rows = value_list_new(context->arena),
                              .context = context,
                              .answers = answers,
                              .place = place,
                              .level = FIELD_LEVEL};
    for (size_t i = 0; fields != NULL && i < fields->len; i++)
        add_row(&summary, &fields->at[i]);
    return value_list(summary.rows);
}

/* A page without an answer has no heading. */
static void add_page(struct summary *summary, const struct form_page *page)
{
    struct value_list *rows = summary->rows;
    size_t before = rows->len;
    bool has_label = page->label.len > 0;
    if (has_label)
        value_list_add(summary->context->arena, rows,
                       heading(summary->context->arena, PAGE_LEVEL, page->label, summary->page));
    size_t with_heading = rows->len;
    summary->level = has_label ? FIELD_LEVEL : PAGE_LEVEL;
    for (size_t i = 0; i < page->fields.len; i++)
        add_row(summary, &page->fields.at[i]);
    if (rows->len == with_heading)
        rows->len = before;
}

struct value form_summary(const struct form *form, const struct form_context *context, json_t *answers, unsigned place)
{
    struct summary summary = {
        .rows = value_list_new(context->arena), .context = context, .answers = answers, .place = place};
    for (size_t i = 0; i < form->page_count; i++) {
        summary.page = form_page_comes(form, i, context) ? i + 1 : 0;
        if (form_page_is_visible(form, i, context))
            add_page(&summary, &form->pages[i]);
    }
    return value_list(summary.rows);
}

static void add_details(struct buf *out, const struct field *field, const struct form_context *context, json_t *answers,
                        const char *indent);

static void show_rows(const struct field *field, struct arena *arena, const json_t *answers, struct shown_answers *out)
{
    const json_t *rows = answer_of(field, answers);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        size_t before = out->len;
        fields_shown(&field_block_of(field)->fields, arena, json_array_get(rows, i), out);
        for (size_t j = before; j < out->len; j++)
            out->at[j].label = str_fmt(arena, "%.*s, %.*s", STR_ARG(row_title(field, arena, i, false)),
                                       STR_ARG(text_in_sentence(arena, out->at[j].label)));
    }
}

static void show_files(const struct field *field, struct arena *arena, const json_t *answers, struct shown_answers *out)
{
    const json_t *files = answer_of(field, answers);
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        *vec_push(arena, out) =
            (struct shown_answer){field->label_text, json_str(file, "name"), json_str(file, "blob")};
    }
}

void fields_shown(const struct field_list *fields, struct arena *arena, const json_t *answers,
                  struct shown_answers *out)
{
    for (size_t i = 0; i < fields->len; i++) {
        const struct field *field = &fields->at[i];
        str text = field_display(field, arena, answers);
        if (field->type == &field_block)
            show_rows(field, arena, answers, out);
        else if (field->type == &field_files)
            show_files(field, arena, answers, out);
        else if (text.len > 0)
            *vec_push(arena, out) =
                (struct shown_answer){field->label_text, text, json_str(answer_of(field, answers), "blob")};
    }
}

/* Row by row, under the row's name. */
static void add_block_details(struct buf *out, const struct field *field, const struct form_context *context,
                              const json_t *answers, const char *indent)
{
    struct arena *arena = context->arena;
    const json_t *stored = answer_of(field, answers);
    bool is_single = rows_bounds(field, context).most == 1;
    const char *within = str_fmt(arena, "%s  ", indent).ptr, *deeper = str_fmt(arena, "%s    ", indent).ptr;
    for (size_t i = 0; i < json_array_size(stored); i++) {
        struct row row = row_of(field, context, json_array_get(stored, i), i, str_fmt(arena, "%zu", i));
        if (row_is_empty(field_block_of(field), row.answers))
            continue;
        if (!is_single)
            buf_fmt(out, "%s%.*s\n", within, STR_ARG(row_title(field, arena, i, false)));
        for (size_t j = 0; j < row.fields.len; j++)
            add_details(out, &row.fields.at[j], &row.context, row.answers, is_single ? within : deeper);
    }
    struct shown_answers totals = {0};
    rows_totals(field, arena, answers, &totals);
    for (size_t i = 0; i < totals.len; i++)
        buf_fmt(out, "%s%s, %.*s :\n%s%.*s\n", within, totals_title,
                STR_ARG(text_in_sentence(arena, totals.at[i].label)), deeper, STR_ARG(totals.at[i].text));
}

static bool is_detail(const struct field *field, const struct form_context *context, const json_t *answers)
{
    return field->type != NULL && field->type->is_typed && (field->places & PLACE_SUMMARY) &&
           field_has_answer(field, answers) && field_is_visible(field, context);
}

static void add_details(struct buf *out, const struct field *field, const struct form_context *context, json_t *answers,
                        const char *indent)
{
    struct arena *arena = context->arena;
    if (!is_detail(field, context, answers))
        return;
    buf_fmt(out, "%s%.*s :\n", indent, STR_ARG(label_of(field, context)));
    if (field->type == &field_block) {
        add_block_details(out, field, context, answers, indent);
        return;
    }
    str line_end = str_fmt(arena, "\n%s  ", indent);
    buf_fmt(out, "%s  %.*s\n", indent,
            STR_ARG(str_replace(arena, field_display(field, arena, answers), STR("\n"), line_end)));
}

str form_details(const struct form *form, const struct form_context *context, json_t *answers)
{
    struct arena *arena = context->arena;
    struct buf out = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < form->page_count; i++) {
        const struct form_page *page = &form->pages[i];
        bool has_heading = page->label.len == 0;
        if (!form_page_is_visible(form, i, context))
            continue;
        for (size_t j = 0; j < page->fields.len; j++) {
            if (!has_heading && is_detail(&page->fields.at[j], context, answers)) {
                buf_fmt(&out, "%s%.*s\n\n", out.len > 0 ? "\n" : "", STR_ARG(page->label));
                has_heading = true;
            }
            add_details(&out, &page->fields.at[j], context, answers, "");
        }
    }
    return buf_str(&out);
}
