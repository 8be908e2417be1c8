/* What of a dossier goes to the indexes: words for the search, values for lists and filters, the line that sums it up.
 */
#include "dossiers/tables.h"

enum { TEXT_MOST = 64 << 10, WORDS_OF_FIELD = 4 << 10, SUMMARY_MOST = 160 };

/* FNV-1a: a word of letters and digits whatever the name holds. Two names that fall together cost a row that the list's
 * own index then refuses. */
str index_key(struct arena *arena, char kind, str name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
    return str_fmt(arena, "z%c%016llx", kind, (unsigned long long)hash);
}

static void add_words(struct arena *arena, struct buf *out, str text)
{
    str folded = utf8_fold(arena, str_slice(text, 0, WORDS_OF_FIELD));
    if (str_is_empty(folded))
        return;
    buf_add(out, folded);
    buf_add_char(out, ' ');
}

/* The roles and the form first, then what people read. */
static str all_words(struct arena *arena, const struct form *form, const struct change *change)
{
    const struct dossier *dossier = change->after;
    struct buf out = buf_new(arena, TEXT_MOST);
    buf_add(&out, STR(INDEX_KEY_OF_ALL " "));
    for (size_t i = 0; i < change->concerned.len; i++)
        buf_fmt(&out, "%.*s ", STR_ARG(index_key(arena, 'r', change->concerned.at[i])));
    buf_fmt(&out, "%.*s ", STR_ARG(index_key(arena, 'f', dossier->form)));
    add_words(arena, &out, dossier->submitter_name);
    add_words(arena, &out, dossier->email);
    add_words(arena, &out, form->name);
    for (size_t i = 0; i < form->fields.len; i++)
        add_words(arena, &out, utf8_repair(arena, field_display(&form->fields.at[i], arena, dossier->answers)));
    return buf_str(&out);
}

static void add_value(struct arena *arena, const struct field *field, const struct dossier *dossier,
                      struct index_rows *out)
{
    struct index_value value = field_index(field, arena, dossier->answers);
    if (value.kind == INDEX_NONE)
        return;
    struct field_value *row = vec_push(arena, &out->values);
    *row = (struct field_value){.field = field->id, .text = utf8_slice(value.text, 0, SUMMARY_MOST)};
    row->has_number = value.kind == INDEX_NUMBER;
    row->number = value.number;
    if (row->has_number && str_is_empty(row->text))
        row->text = field_display(field, arena, dossier->answers);
}

static void add_summary(struct buf *out, str text)
{
    text = str_trim(text);
    if (str_is_empty(text))
        return;
    if (out->len)
        buf_add(out, STR(" · "));
    buf_add(out, text);
}

/* The fields that are listed. */
static str listed(struct arena *arena, const struct form *form, const struct dossier *dossier)
{
    struct buf out = buf_new(arena, TEXT_MOST);
    for (size_t i = 0; i < form->fields.len; i++)
        if (form->fields.at[i].places & PLACE_LISTINGS)
            add_summary(&out, field_display(&form->fields.at[i], arena, dossier->answers));
    return utf8_slice(utf8_repair(arena, buf_str(&out)), 0, SUMMARY_MOST);
}

void index_make(struct arena *arena, const struct form *form, const struct change *change, struct index_rows *out)
{
    const struct dossier *dossier = change->after;
    *out = (struct index_rows){.words = STR_EMPTY, .summary = STR_EMPTY};
    if (!form || dossier->is_anonymised)
        return;
    out->words = all_words(arena, form, change);
    out->summary = listed(arena, form, dossier);
    for (size_t i = 0; i < form->fields.len; i++)
        if (form->fields.at[i].places & PLACE_LISTINGS)
            add_value(arena, &form->fields.at[i], dossier, out);
}
