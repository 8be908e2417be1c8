/* What of a dossier goes to the indexes: words for the search, values for lists and filters, the line that sums it up.
 */
#include "dossiers/tables.h"

enum { TEXT_MOST = 64 << 10, WORDS_OF_FIELD = 4 << 10, SUMMARY_MOST = 160, DIGEST_MOST = 400, KEY_LENGTH = 18 };

/* FNV-1a: a word of letters and digits whatever the name holds. Two names that fall together cost a row that the list's
 * own index then refuses. */
str index_key(struct arena *arena, char kind, str name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(hash >> (56 - 8 * i));
    char *key = arena_alloc(arena, KEY_LENGTH);
    key[0] = 'z';
    key[1] = kind;
    str_hex(bytes, sizeof bytes, key + 2);
    return (str){key, KEY_LENGTH};
}

bool index_is_key(str word)
{
    if (word.len != KEY_LENGTH || word.ptr[0] != 'z' || (word.ptr[1] != 'r' && word.ptr[1] != 'f'))
        return false;
    for (size_t i = 2; i < word.len; i++)
        if (hex_digit(word.ptr[i]) < 0)
            return false;
    return true;
}

str index_digest_word(struct arena *arena, str word)
{
    return str_fmt(arena, "zd%.*s", STR_ARG(word));
}

/* Each word once: what costs most of a filing is the index of its words' beginnings. */
struct words {
    struct buf text;
    struct map known;
};

static void add_words(struct arena *arena, struct words *words, str text)
{
    static char is_known;
    for (str word, rest = utf8_fold(arena, str_slice(text, 0, WORDS_OF_FIELD)); str_next(&rest, ' ', &word);) {
        if (map_get(&words->known, word) != NULL)
            continue;
        map_set(&words->known, word, &is_known);
        buf_add(&words->text, word);
        buf_add_char(&words->text, ' ');
    }
}

/* The roles and the form first, then what people read. */
static str all_words(struct arena *arena, const struct form *form, const struct change *change, str summary)
{
    const struct dossier *dossier = change->after;
    struct words words = {.text = buf_new(arena, TEXT_MOST), .known = map_new(arena)};
    add_words(arena, &words, form->is_card ? STR(INDEX_KEY_OF_CARDS) : STR(INDEX_KEY_OF_ALL));
    for (size_t i = 0; i < change->concerned.len; i++)
        add_words(arena, &words, index_key(arena, 'r', list_of_role(arena, form->is_card, change->concerned.at[i])));
    add_words(arena, &words, index_key(arena, 'f', dossier->form));
    add_words(arena, &words, dossier->submitter_name);
    add_words(arena, &words, dossier->email);
    add_words(arena, &words, form->is_card ? dossier->identifier : form->name);
    for (size_t i = 0; i < form->fields.len; i++)
        add_words(arena, &words, utf8_repair(arena, field_words(&form->fields.at[i], arena, dossier->answers)));
    for (str word, rest = utf8_fold(arena, form->is_card ? summary : STR_EMPTY); str_next(&rest, ' ', &word);)
        add_words(arena, &words, index_digest_word(arena, word));
    return buf_str(&words.text);
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

static void add_digest(struct arena *arena, struct index_rows *out)
{
    struct field_value *row = vec_push(arena, &out->values);
    *row = (struct field_value){.field = INDEX_DIGEST,
                                .text = utf8_slice(utf8_fold(arena, out->summary), 0, SUMMARY_MOST)};
}

void index_make(struct arena *arena, const struct form *form, const struct change *change, str digest,
                struct index_rows *out)
{
    const struct dossier *dossier = change->after;
    *out = (struct index_rows){.words = STR_EMPTY, .summary = STR_EMPTY};
    if (!form || dossier->is_anonymised)
        return;
    out->summary =
        digest.len ? utf8_slice(digest, 0, form->is_card ? DIGEST_MOST : SUMMARY_MOST) : listed(arena, form, dossier);
    out->words = all_words(arena, form, change, out->summary);
    if (form->is_card)
        add_digest(arena, out);
    for (size_t i = 0; i < form->fields.len; i++)
        if (form->fields.at[i].places & PLACE_LISTINGS)
            add_value(arena, &form->fields.at[i], dossier, out);
}
