/* The agents' office: saved views of a form's requests or of a model's cards (w.c.s. custom views). */
#include "web/office/list.h"

#include "forms/forms.h"

/* ---- Which ---- */

const struct custom_view *office_view(struct request *request, const struct form *form)
{
    str slug = request_query(request, "vue");
    for (size_t i = 0; form != NULL && i < form->views.len; i++) {
        const struct custom_view *view = &form->views.at[i];
        if (view->is_shared && (slug.len > 0 ? str_eq(view->slug, slug) : view->is_default))
            return view;
    }
    return NULL;
}

static void add_choice(struct request *request, struct value_list *list, str slug, str title, bool is_current)
{
    struct value_dict *dict = page_new(request);
    page_set_text(request, dict, "slug", slug);
    page_set_text(request, dict, "title", title);
    page_set(request, dict, "is_current", value_bool(is_current));
    value_list_add(request->arena, list, value_dict(dict));
}

void office_set_views(struct request *request, const struct form *form, const struct custom_view *view,
                      struct value_dict *page)
{
    struct value_list *list = value_list_new(request->arena);
    add_choice(request, list, STR("-"), STR("Aucune"), view == NULL);
    for (size_t i = 0; form != NULL && i < form->views.len; i++)
        if (form->views.at[i].is_shared)
            add_choice(request, list, form->views.at[i].slug, form->views.at[i].title, &form->views.at[i] == view);
    if (list->len > 1)
        page_set(request, page, "views", value_list(list));
}

/* ---- Columns ---- */

struct line {
    struct request *request;
    const struct form *form;
    const struct custom_view *view;
    const struct dossier_line *line;
    struct dossier *dossier; /* NULL: removed since */
};

static str day_of(struct request *request, instant at)
{
    return date_short(request->arena, datetime_local(at).date);
}

static str number_cell(const struct line *line)
{
    return line->form->is_card ? line->line->identifier : line->line->number;
}

static str received_cell(const struct line *line)
{
    return day_of(line->request, line->line->received);
}

static str updated_cell(const struct line *line)
{
    return day_of(line->request, line->line->updated);
}

static str submitter_cell(const struct line *line)
{
    return line->line->submitter_name;
}

static str status_cell(const struct line *line)
{
    return line->line->status_name;
}

static str channel_cell(const struct line *line)
{
    return line->dossier == NULL ? STR_EMPTY : dossier_channel_label(line->dossier->channel);
}

static str digest_cell(const struct line *line)
{
    const struct dossier_place *place = place_of(line->request);
    if (line->view->digest == NULL || line->dossier == NULL)
        return line->line->summary;
    struct render render = {.arena = line->request->arena,
                            .site = dossier_site_scope(place),
                            .scope = dossier_scope(place, line->form, NULL, line->dossier),
                            .lang = place->lang};
    return template_text(line->view->digest, &render);
}

/* Publik's names of what is no answer. */
static const struct usual_column {
    const char *name, *label;
    str (*cell)(const struct line *line);
} usual_columns[] = {
    {"id", "Numéro", number_cell},
    {"time", "Reçue le", received_cell},
    {"last_update_time", "Modifiée le", updated_cell},
    {"user-label", "Personne", submitter_cell},
    {"status", "État", status_cell},
    {"submission_channel", "Canal", channel_cell},
    {"digest", "Résumé", digest_cell},
};

static const struct usual_column *usual_column(str name)
{
    for (size_t i = 0; i < sizeof usual_columns / sizeof *usual_columns; i++)
        if (str_eq(name, str_of(usual_columns[i].name)))
            return &usual_columns[i];
    return NULL;
}

static const struct field *field_of(struct request *request, const struct form *form, str id)
{
    const struct workflow *workflow = catalogue_workflow_of(visit_of(request)->catalogue, form);
    const struct field_list *data = workflow == NULL ? NULL : workflow_backoffice_fields(workflow);
    const struct field *field = field_by_id(&form->fields, id);
    return field != NULL || data == NULL ? field : field_by_id(data, id);
}

/* One of the two. */
struct column {
    const struct usual_column *usual;
    const struct field *field;
};
struct columns VEC_OF(struct column);

/* The view's, but for those that nothing is known of here. */
static struct columns columns_of(struct request *request, const struct form *form, const struct custom_view *view)
{
    struct columns columns = {0};
    for (size_t i = 0; i < view->columns.len; i++) {
        struct column column = {.usual = usual_column(view->columns.at[i])};
        if (column.usual == NULL)
            column.field = field_of(request, form, view->columns.at[i]);
        if (column.usual != NULL || column.field != NULL)
            *vec_push(request->arena, &columns) = column;
    }
    return columns;
}

static struct value labels_value(struct request *request, const struct columns *columns)
{
    struct value_list *list = value_list_new(request->arena);
    for (size_t i = 0; i < columns->len; i++) {
        const struct column *column = &columns->at[i];
        str label = column->usual != NULL ? str_of(column->usual->label) : column->field->label_text;
        value_list_add(request->arena, list, value_text(label));
    }
    return value_list(list);
}

static str answer_cell(const struct line *line, const struct field *field)
{
    const struct dossier *dossier = line->dossier;
    bool has_answer = dossier != NULL && field_has_answer(field, dossier->answers);
    return has_answer ? field_display(field, line->request->arena, dossier->answers) : STR_EMPTY;
}

static struct value cells_value(const struct line *line, const struct columns *columns)
{
    struct arena *arena = line->request->arena;
    struct value_list *list = value_list_new(arena);
    for (size_t i = 0; i < columns->len; i++) {
        const struct column *column = &columns->at[i];
        str cell = column->usual != NULL ? column->usual->cell(line) : answer_cell(line, column->field);
        value_list_add(arena, list, value_text(cell));
    }
    return value_list(list);
}

static bool load(struct request *request, const struct dossier_page *lines, struct dossier_list *out)
{
    int64_t *ids = arena_array_of(request->arena, int64_t, lines->lines.len);
    for (size_t i = 0; i < lines->lines.len; i++)
        ids[i] = lines->lines.at[i].id;
    struct err err = {0};
    if (dossier_load_several(place_of(request), ids, lines->lines.len, out, &err))
        return true;
    show_failure(request, &err);
    return false;
}

bool office_columns(struct request *request, const struct form *form, const struct custom_view *view,
                    const struct dossier_page *lines, struct value_dict *page, const struct value **cells)
{
    struct dossier_list dossiers = {0};
    *cells = NULL;
    if (view == NULL || view->columns.len == 0)
        return true;
    if (!load(request, lines, &dossiers))
        return false;
    struct columns columns = columns_of(request, form, view);
    struct value *made = arena_array_of(request->arena, struct value, lines->lines.len);
    for (size_t i = 0; i < lines->lines.len; i++) {
        struct line line = {request, form, view, &lines->lines.at[i], dossiers.at[i]};
        made[i] = cells_value(&line, &columns);
    }
    page_set(request, page, "columns", labels_value(request, &columns));
    *cells = made;
    return true;
}
