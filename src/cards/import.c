/* Import: every row is looked at first; then the right ones are written. */
#include "cards/cards.h"
#include "cards/records.h"

#include <string.h>

enum { BATCH = 100 };

/* What a row comes to. */
enum fate { FATE_WRONG, FATE_CREATED, FATE_CHANGED, FATE_UNCHANGED };
struct row {
    struct record record;
    enum fate fate;
    str problem;
    struct change change;
    struct dossier_write write;
};

struct importing {
    const struct dossier_place *place;
    const struct form *model;
    const struct cards_options *options;
    struct cards_report *report;
    struct map seen;               /* identifiers of the rows, so that none stands twice */
    struct VEC_OF(size_t) doubles; /* lines that have one of a line before; next: the one that writing meets next */
    size_t next;
};

static void tell(struct importing *importing, size_t line, str problem)
{
    struct cards_report *report = importing->report;
    struct arena *arena = importing->place->arena;
    report->wrong++;
    if (report->problems.len < CARDS_PROBLEMS_MOST)
        *vec_push(arena, &report->problems) = (struct cards_problem){line, str_dup(arena, problem)};
}

/* ---- One row ---- */

static void refuse(struct row *row, str problem)
{
    row->fate = FATE_WRONG;
    row->problem = problem;
}

/* What the row gives, over what the card has; a value that a field can't take is told by the field's own check. */
static bool set_values(const struct form_context *context, struct row *row, json_t *answers)
{
    for (size_t i = 0; i < row->record.count; i++) {
        const struct field *field = row->record.fields[i];
        struct value value = row->record.values[i];
        bool is_empty = value.kind == VALUE_TEXT && value.text.len == 0;
        if (is_empty)
            field_remove(field, answers);
        else
            field_set(field, context, value, answers);
        if (is_empty || field_has_answer(field, answers))
            continue;
        str text = utf8_slice(value_to_text(context->arena, value, STR("fr")), 0, 60);
        refuse(row, str_fmt(context->arena, "« %.*s » ne convient pas à « %.*s »", STR_ARG(text),
                            STR_ARG(str_trim(field->label_text))));
        return false;
    }
    return true;
}

static bool answers_are_right(const struct form *model, const struct form_context *context, struct row *row,
                              json_t *answers)
{
    struct field_errors errors = {0};
    size_t page;
    if (form_check(model, context, answers, &errors, &page))
        return true;
    const struct field_error *first = errors.len > 0 ? &errors.at[0] : NULL;
    str label = first != NULL && first->field != NULL ? str_trim(first->field->label_text) : STR_EMPTY;
    str message = first != NULL ? first->message : STR("une réponse manque");
    bool says_field = label.len == 0 || str_contains(message, label);
    refuse(row, says_field ? message : str_fmt(context->arena, "« %.*s » : %.*s", STR_ARG(label), STR_ARG(message)));
    return false;
}

static struct form_context context_over(const struct dossier_place *place, const struct form *model, json_t *answers)
{
    return (struct form_context){.arena = place->arena,
                                 .scope = dossier_scope(place, model, answers, NULL),
                                 .site = dossier_site_scope(place),
                                 .sources = place->definitions->sources,
                                 .now = place->now,
                                 .in_backoffice = true};
}

static void create(const struct dossier_place *place, const struct importing *importing, struct row *row)
{
    const struct form *model = importing->model;
    json_t *answers = json_keep(place->arena, json_object());
    struct form_context context = context_over(place, model, answers);
    struct err err = {0};
    if (!dossier_may_be_entered(model, importing->options->actor))
        refuse(row, STR("vous ne pouvez pas ajouter de fiche"));
    if (row->problem.len > 0 || !set_values(&context, row, answers) ||
        !answers_are_right(model, &context, row, answers))
        return;
    struct filing filing = {
        .form = model, .answers = answers, .agent = importing->options->actor->account, .channel = STR("file-import")};
    row->fate = FATE_CREATED;
    if (!dossier_file_prepare(place, &filing, &row->change, &err))
        refuse(row, str_dup(place->arena, str_of(err.message)));
}

static bool first_edit(const struct dossier_place *place, const struct dossier *card, const struct actor *actor,
                       str *action)
{
    struct offer offer = {0};
    dossier_offer(place, card, actor, &offer);
    if (offer.edits.len > 0)
        *action = offer.edits.at[0].action;
    return offer.edits.len > 0;
}

static void change(const struct dossier_place *place, const struct importing *importing, const struct dossier *card,
                   struct row *row)
{
    const struct form *model = importing->model;
    struct event event = {.kind = EVENT_EDIT, .actor = *importing->options->actor};
    json_t *answers = json_keep(place->arena, json_deep_copy(card->answers));
    struct form_context context = context_over(place, model, answers);
    struct err err = {0};
    if (!dossier_is_visible(place, card, &event.actor) || !first_edit(place, card, &event.actor, &event.action))
        refuse(row, STR("vous ne pouvez pas modifier cette fiche, ou son état ne le permet pas"));
    if (row->problem.len > 0 || !set_values(&context, row, answers) ||
        !answers_are_right(model, &context, row, answers))
        return;
    row->fate = json_equal(answers, card->answers) ? FATE_UNCHANGED : FATE_CHANGED;
    event.answers = answers;
    if (row->fate == FATE_CHANGED && !dossier_perform_prepare(place, card, &event, &row->change, &err))
        refuse(row, str_dup(place->arena, str_of(err.message)));
}

/* The identifier that the row will have. */
static str identifier_of(const struct row *row)
{
    bool is_made = row->fate == FATE_CREATED || row->fate == FATE_CHANGED;
    return is_made && row->change.after->identifier.len > 0 ? row->change.after->identifier : row->record.identifier;
}

/* Where the model makes identifiers of answers, a new row that comes to one that is there changes that card. */
static void change_if_known(const struct dossier_place *place, const struct importing *importing, struct row *row)
{
    struct dossier *card;
    if (row->fate != FATE_CREATED || importing->model->identifier == NULL ||
        !dossier_find_by_identifier(place, importing->model->key, row->change.after->identifier, &card, NULL))
        return;
    row->change = (struct change){0};
    change(place, importing, card, row);
}

static void prepare(const struct dossier_place *place, const struct importing *importing, struct row *row)
{
    struct dossier *card;
    if (row->record.problem.len > 0) {
        refuse(row, row->record.problem);
        return;
    }
    if (row->record.identifier.len > 0 &&
        dossier_find_by_identifier(place, importing->model->key, row->record.identifier, &card, NULL)) {
        change(place, importing, card, row);
        return;
    }
    if (row->record.identifier.len > 0 && importing->model->identifier == NULL) {
        refuse(row, str_fmt(place->arena, "aucune fiche n’a l’identifiant « %.*s »",
                            STR_ARG(utf8_slice(row->record.identifier, 0, 60))));
        return;
    }
    create(place, importing, row);
    change_if_known(place, importing, row);
}

/* ---- The first look ---- */

static void look_at(struct importing *importing, struct arena *arena, const struct record *record)
{
    struct dossier_place place = *importing->place;
    struct row row = {.record = *record};
    place.arena = arena;
    prepare(&place, importing, &row);
    str identifier = row.fate == FATE_WRONG ? STR_EMPTY : identifier_of(&row);
    bool is_told = identifier.len > 0 && (importing->model->identifier != NULL || record->identifier.len > 0);
    bool is_double = is_told && map_get(&importing->seen, identifier) != NULL;
    if (is_double)
        *vec_push(importing->place->arena, &importing->doubles) = record->line;
    if (is_double)
        refuse(&row, str_fmt(arena, "l’identifiant « %.*s » est déjà celui d’une autre ligne",
                             STR_ARG(utf8_slice(identifier, 0, 60))));
    else if (is_told)
        map_set(&importing->seen, str_dup(importing->place->arena, identifier), importing);
    if (row.fate == FATE_WRONG)
        tell(importing, record->line, row.problem);
}

static bool look(struct importing *importing, FILE *file, struct err *err)
{
    struct arena *arena = arena_new(), *of_row = arena_new();
    struct records *records = records_open(arena, importing->model, file, importing->options->format, err);
    struct record record;
    if (records != NULL)
        importing->report->is_windows = records_are_windows(records);
    while (records != NULL && records_next(records, of_row, &record)) {
        importing->report->rows++;
        look_at(importing, of_row, &record);
        arena_reset(of_row);
    }
    arena_free(of_row);
    arena_free(arena);
    return records != NULL && (fseek(file, 0, SEEK_SET) == 0 || err_set(err, ERR_UNAVAILABLE, "Fichier illisible."));
}

/* ---- Writing ---- */

struct batch {
    struct row *rows[BATCH];
    size_t count;
};

static bool apply_batch(struct tx *tx, void *arg, struct err *err)
{
    struct batch *batch = arg;
    for (size_t i = 0; i < batch->count; i++)
        if (!dossier_apply(tx, &batch->rows[i]->write, err))
            return false;
    return true;
}

static void count_row(struct importing *importing, const struct row *row)
{
    importing->report->created += row->fate == FATE_CREATED;
    importing->report->changed += row->fate == FATE_CHANGED;
}

/* One by one, so that the one that is at fault alone is left: somebody took its identifier meanwhile. */
static bool write_each(struct importing *importing, struct batch *batch, struct err *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct batch one = {.rows = {batch->rows[i]}, .count = 1};
        struct err failure = {0};
        if (store_write(importing->place->store, apply_batch, &one, &failure)) {
            count_row(importing, batch->rows[i]);
            continue;
        }
        if (failure.code != ERR_INVALID && failure.code != ERR_CONFLICT) {
            *err = failure;
            return false;
        }
        tell(importing, batch->rows[i]->record.line, str_of(failure.message));
    }
    return true;
}

static bool write_batch(struct importing *importing, struct batch *batch, struct err *err)
{
    struct err failure = {0};
    bool ok = batch->count == 0 || store_write(importing->place->store, apply_batch, batch, &failure);
    for (size_t i = 0; ok && i < batch->count; i++)
        count_row(importing, batch->rows[i]);
    if (!ok && (failure.code == ERR_INVALID || failure.code == ERR_CONFLICT))
        ok = write_each(importing, batch, err);
    else if (!ok)
        *err = failure;
    batch->count = 0;
    return ok;
}

static void add_row(struct importing *importing, struct dossier_place *place, const struct record *record,
                    struct batch *batch)
{
    struct row *row = arena_new_of(place->arena, struct row);
    if (importing->next < importing->doubles.len && importing->doubles.at[importing->next] == record->line) {
        importing->next++;
        return;
    }
    row->record = *record;
    prepare(place, importing, row);
    importing->report->unchanged += row->fate == FATE_UNCHANGED;
    if (row->fate != FATE_CREATED && row->fate != FATE_CHANGED)
        return;
    row->write = dossier_write_make(place, importing->model, &row->change, row->fate == FATE_CREATED);
    batch->rows[batch->count++] = row;
}

static bool write_all(struct importing *importing, FILE *file, struct err *err)
{
    struct arena *arena = arena_new(), *of_batch = arena_new();
    struct dossier_place place = *importing->place;
    struct records *records = records_open(arena, importing->model, file, importing->options->format, err);
    struct batch batch = {.count = 0};
    struct record record;
    bool ok = records != NULL;
    place.arena = of_batch;
    while (ok && records_next(records, of_batch, &record)) {
        add_row(importing, &place, &record, &batch);
        if (batch.count < BATCH)
            continue;
        ok = write_batch(importing, &batch, err);
        arena_reset(of_batch);
        ok = ok && dossier_reserve(&place, importing->model, BATCH, err);
    }
    ok = ok && write_batch(importing, &batch, err);
    arena_free(of_batch);
    arena_free(arena);
    return ok;
}

bool cards_import(const struct dossier_place *place, const struct form *model, FILE *file,
                  const struct cards_options *options, struct cards_report *report, struct err *err)
{
    struct importing importing = {
        .place = place, .model = model, .options = options, .report = report, .seen = map_new(place->arena)};
    *report = (struct cards_report){0};
    if (!look(&importing, file, err))
        return false;
    report->is_written = !options->is_dry && (report->wrong == 0 || options->skips_wrong);
    return !report->is_written || write_all(&importing, file, err);
}
