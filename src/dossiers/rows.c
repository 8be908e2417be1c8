/* A change made ready for its transaction. */
#include "dossiers/chain.h"
#include "dossiers/tables.h"

static void add_blobs(struct arena *arena, const struct field_list *fields, const json_t *answers, struct str_list *out)
{
    struct named_files files = {0};
    if (fields)
        fields_files(fields, arena, answers, &files);
    for (size_t i = 0; i < files.len; i++)
        *vec_push(arena, out) = files.at[i].blob;
}

static void add_named(struct arena *arena, const json_t *hashes, struct str_list *out)
{
    for (size_t i = 0; i < json_array_size(hashes); i++)
        *vec_push(arena, out) = json_str_of(json_array_get(hashes, i));
}

void rows_blobs(struct arena *arena, const struct form *form, const struct workflow *workflow,
                const struct dossier *dossier, struct str_list *out)
{
    if (form)
        add_blobs(arena, &form->fields, dossier->answers, out);
    if (!workflow)
        return;
    add_blobs(arena, workflow_backoffice_fields(workflow), dossier->answers, out);
    for (struct part_walk walk = {.dossier = dossier, .type = "form"}; next_part(&walk);)
        add_blobs(arena, workflow_form_fields(workflow, walk.part), json_dict(walk.part, "answers"), out);
    for (struct part_walk walk = {.dossier = dossier, .type = "upgrade"}; next_part(&walk);)
        add_named(arena, json_list(walk.part, "files"), out);
    for (struct part_walk walk = {.dossier = dossier, .member = "file"}; next_part(&walk);)
        if (json_dict(walk.part, "file"))
            *vec_push(arena, out) = json_str(json_dict(walk.part, "file"), "blob");
}

static void name_statuses(const struct dossier_place *place, const struct form *form, const struct workflow *workflow,
                          const struct dossier *dossier, struct dossier_rows *rows)
{
    struct workflow_context context;
    if (!context_make(place, form, workflow, &context))
        return;
    const struct workflow_status *status = workflow_status_find(workflow, dossier->status);
    rows->status_name = status ? status->name : dossier->status;
    rows->status_colour = status ? status->colour : STR_EMPTY;
    const struct workflow_level *level = workflow_level_of(workflow, dossier);
    rows->level_name = level && dossier->level ? level->name : STR_EMPTY;
    rows->level_colour = level && dossier->level ? level->colour : STR_EMPTY;
    struct actor submitter = {.account = dossier->account, .is_submitter = true};
    rows->public_status = workflow_visible_status(&context, dossier, &submitter)->name;
}

static bool is_waiting_for(const struct change *change, str role)
{
    for (size_t i = 0; i < change->waiting.len; i++) {
        str one = change->waiting.at[i];
        if (str_eq(one, role) || (str_eq(role, EVERY_ROLE) && !str_eq(one, STR("_submitter"))))
            return true;
    }
    return false;
}

static void list_for(struct arena *arena, const struct change *change, str role, struct dossier_rows *rows)
{
    enum phase phase = is_waiting_for(change, role) ? PHASE_WAITING : PHASE_OPEN;
    bool is_card = form_key_is_card(change->after->form, NULL);
    if (role.len)
        *vec_push(arena, &rows->lists) =
            (struct listed){list_of_role(arena, is_card, role), change->after->is_final ? PHASE_FINAL : phase};
}

static void list_for_all(struct arena *arena, const struct change *change, struct dossier_rows *rows)
{
    list_for(arena, change, EVERY_ROLE, rows);
    for (size_t i = 0; i < change->concerned.len; i++)
        list_for(arena, change, change->concerned.at[i], rows);
}

static bool waits_for_submitter(const struct change *change)
{
    for (size_t i = 0; i < change->waiting.len; i++)
        if (str_eq(change->waiting.at[i], STR("_submitter")))
            return true;
    return false;
}

/* One that anonymises leaves no name and no word behind, its own neither. */
static void write_entry(struct arena *arena, const struct change *change, const struct history_entry *entry,
                        struct chain_entry *row)
{
    bool is_blank = change->is_anonymised;
    *row = (struct chain_entry){.id = entry->id,
                                .dossier = change->after->id,
                                .at = entry->at,
                                .author = entry->author,
                                .account = is_blank ? 0 : entry->account,
                                .author_name = is_blank ? STR_EMPTY : entry->author_name,
                                .status = entry->status,
                                .parts = is_blank ? STR("[]") : json_text(arena, entry_parts(entry))};
    chain_seal(arena, row, is_blank);
}

static void write_entries(struct arena *arena, const struct change *change, struct dossier_rows *rows)
{
    rows->entries = arena_array_of(arena, struct chain_entry, change->entries.len);
    for (size_t i = 0; i < change->entries.len; i++)
        write_entry(arena, change, &change->entries.at[i], &rows->entries[i]);
    rows->notice_ids = arena_array_of(arena, int64_t, change->notices.len);
    for (size_t i = 0; i < change->notices.len; i++)
        rows->notice_ids[i] = store_new_id();
}

static str digest_of(const struct dossier_place *place, const struct form *form, const struct dossier *dossier)
{
    if (!form || !form->digest || dossier->is_anonymised)
        return STR_EMPTY;
    struct value digest = value_lookup(place->arena, dossier_scope(place, form, NULL, dossier), STR("form_digest"));
    return digest.kind == VALUE_TEXT ? digest.text : STR_EMPTY;
}

struct dossier_write dossier_write_make(const struct dossier_place *place, const struct form *form,
                                        const struct change *change, bool is_new)
{
    struct arena *arena = place->arena;
    const struct dossier *dossier = change->after;
    const struct workflow *workflow = dossier_workflow(place, dossier);
    struct dossier_rows *rows = arena_new_of(arena, struct dossier_rows);
    index_make(arena, form, change, digest_of(place, form, dossier), &rows->index);
    change->after->summary = rows->index.summary;
    rows->answers = json_text(arena, dossier->answers);
    rows->data = json_text(arena, dossier->data);
    rows->marks = json_text(arena, dossier->marks);
    rows->form_name = form ? form->name : dossier->form;
    rows->waits_for_submitter = waits_for_submitter(change);
    list_for_all(arena, change, rows);
    write_entries(arena, change, rows);
    name_statuses(place, form, workflow, dossier, rows);
    rows_blobs(arena, form, workflow, dossier, &rows->blobs);
    side_sum(arena, rows);
    for (size_t i = 0; i < change->others.len; i++) {
        const struct other_change *other = &change->others.at[i];
        *vec_push(arena, &rows->others) =
            dossier_write_make(place, dossier_form(place, other->change->after), other->change, other->is_new);
    }
    if (is_new && !change->is_removed && !change->is_made)
        quotas_prepare(arena, form, dossier->account, dossier->received, &rows->counts);
    return (struct dossier_write){.change = change, .rows = rows, .is_new = is_new, .store = place->store};
}
