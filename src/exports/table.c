/* The columns of a form, and the cells of a request. */
#include "exports/table.h"

static const char *const usual[] = {"Numéro", "Numéro de suivi", "Reçue le",  "Modifiée le",
                                    "Statut", "Canal",           "Demandeur", "Courriel"};
enum { USUAL = sizeof usual / sizeof *usual };

void table_make(struct table *table, const struct dossier_place *place, const struct form *form)
{
    const struct dossier_definitions *definitions = place->definitions;
    const struct workflow *workflow = definitions->workflow_of(definitions->data, form);
    struct form_context context = {.arena = place->arena,
                                   .scope = dossier_scope(place, form, json_keep(place->arena, json_object()), NULL),
                                   .site = dossier_site_scope(place),
                                   .sources = definitions->sources,
                                   .now = place->now,
                                   .in_backoffice = true};
    table->form = form;
    table->backoffice = workflow == NULL ? NULL : workflow_backoffice_fields(workflow);
    fields_columns(&form->fields, &context, &table->columns);
    if (table->backoffice != NULL)
        fields_columns(table->backoffice, &context, &table->columns);
    table->width = USUAL + table->columns.len;
}

const str *table_labels(const struct table *table, struct arena *arena)
{
    str *labels = arena_array_of(arena, str, table->width);
    for (size_t i = 0; i < USUAL; i++)
        labels[i] = str_of(usual[i]);
    for (size_t i = 0; i < table->columns.len; i++)
        labels[USUAL + i] = str_trim(table->columns.at[i].label);
    return labels;
}

static struct cell text_cell(str text)
{
    return (struct cell){.kind = CELL_TEXT, .text = text};
}

static struct cell instant_cell(struct arena *arena, instant at)
{
    struct datetime local = datetime_local(at);
    str day = date_short(arena, local.date);
    return (struct cell){.kind = CELL_INSTANT,
                         .text = str_fmt(arena, "%.*s %02d:%02d", STR_ARG(day), local.hour, local.minute),
                         .value = datetime_iso(arena, local)};
}

static struct cell answer_cell(const struct answer_column *column, struct arena *arena, const json_t *answers)
{
    str text;
    struct date date;
    struct index_value value = column_value(column, arena, answers, &text);
    if (value.kind == INDEX_NUMBER)
        return (struct cell){CELL_NUMBER, text, str_fmt(arena, "%.15g", value.number)};
    if (value.kind == INDEX_DATE && date_parse(value.text, &date))
        return (struct cell){CELL_DATE, date_short(arena, date), date_iso(arena, date)};
    return text_cell(text);
}

const struct cell *table_cells(const struct table *table, struct arena *arena, const struct exported *exported)
{
    const struct dossier_line *line = exported->line;
    const struct dossier *dossier = exported->dossier;
    struct cell *cells = arena_array_of(arena, struct cell, table->width), *cell = cells;
    *cell++ = text_cell(line->number);
    *cell++ = text_cell(dossier_code_shown(arena, line->code));
    *cell++ = instant_cell(arena, line->received);
    *cell++ = instant_cell(arena, line->updated);
    *cell++ = text_cell(line->status_name);
    *cell++ = text_cell(dossier_channel_label(dossier->channel));
    *cell++ = text_cell(line->submitter_name);
    *cell++ = text_cell(dossier->email);
    for (size_t i = 0; i < table->columns.len; i++)
        *cell++ = answer_cell(&table->columns.at[i], arena, dossier->answers);
    return cells;
}
