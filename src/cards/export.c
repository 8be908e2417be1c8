/* Export: page by page along the numbers of the cards, each page forgotten once it is written. */
#include "base/csv.h"
#include "cards/cards.h"
#include "cards/records.h"

enum { PAGE = 200, PIECE_MOST = 64 << 20 };

struct exporting {
    const struct dossier_place *place;
    const struct form *model;
    const struct actor *actor;
    enum cards_format format;
    cards_write *write;
    void *arg;
    bool is_first;
};

/* As the import takes it again: a choice of a source by its id, others by what people read. */
static str cell_of(const struct field *field, struct arena *arena, const json_t *answers)
{
    const json_t *answer = json_get(answers, field->id);
    struct date date;
    if (json_is_array(answer)) {
        struct buf ids = buf_new(arena, 1 << 16);
        for (size_t i = 0; i < json_array_size(answer); i++)
            buf_fmt(&ids, "%s%.*s", i > 0 ? "," : "", STR_ARG(json_str_of(json_array_get(answer, i))));
        return buf_str(&ids);
    }
    if (str_eq(field->type_name, STR("date")) && date_parse(json_str_of(answer), &date))
        return date_short(arena, date);
    if (str_eq(field->type_name, STR("numeric")))
        return str_replace(arena, json_str_of(answer), STR("."), STR(","));
    if (json_is_boolean(answer))
        return json_is_true(answer) ? STR("Oui") : STR("Non");
    return json_str_of(answer);
}

static size_t columns_of(const struct form *model)
{
    size_t count = 0;
    for (size_t i = 0; i < model->fields.len; i++)
        count += records_hold(&model->fields.at[i]);
    return count;
}

static void add_csv(const struct exporting *exporting, struct arena *arena, const struct dossier *card, struct buf *out)
{
    const struct field_list *fields = &exporting->model->fields;
    size_t count = columns_of(exporting->model), at = 0;
    csv_add(out, card->identifier, count == 0);
    for (size_t i = 0; i < fields->len; i++)
        if (records_hold(&fields->at[i]))
            csv_add(out, cell_of(&fields->at[i], arena, card->answers), ++at == count);
}

static void add_csv_header(const struct exporting *exporting, struct buf *out)
{
    const struct field_list *fields = &exporting->model->fields;
    size_t count = columns_of(exporting->model), at = 0;
    buf_add(out, CSV_MARK);
    csv_add(out, STR("Identifiant"), count == 0);
    for (size_t i = 0; i < fields->len; i++)
        if (records_hold(&fields->at[i]))
            csv_add(out, str_trim(fields->at[i].label_text), ++at == count);
}

static void add_json(struct exporting *exporting, struct arena *arena, const struct dossier *card, struct buf *out)
{
    const struct field_list *fields = &exporting->model->fields;
    json_t *json = json_keep(arena, json_object()), *answers = json_object();
    for (size_t i = 0; i < fields->len; i++) {
        json_t *answer = records_hold(&fields->at[i]) ? json_get(card->answers, fields->at[i].id) : NULL;
        if (answer != NULL)
            json_set(answers, fields->at[i].varname.len > 0 ? fields->at[i].varname : fields->at[i].id,
                     json_incref(answer));
    }
    json_set_str(json, STR("id"), card->identifier);
    json_set_str(json, STR("text"), card->summary);
    json_set_str(json, STR("status"), card->status);
    json_set_str(json, STR("last_update_time"), instant_iso(arena, card->updated));
    json_set(json, STR("fields"), answers);
    buf_add(out, exporting->is_first ? STR("\n") : STR(",\n"));
    buf_add(out, json_text(arena, json));
    exporting->is_first = false;
}

static bool write_page(struct exporting *exporting, struct arena *arena, const struct dossier_list *cards)
{
    struct buf out = buf_new(arena, PIECE_MOST);
    for (size_t i = 0; i < cards->len; i++) {
        const struct dossier *card = cards->at[i];
        if (card->is_anonymised || !dossier_is_visible(exporting->place, card, exporting->actor))
            continue;
        if (exporting->format == CARDS_CSV)
            add_csv(exporting, arena, card, &out);
        else
            add_json(exporting, arena, card, &out);
    }
    return out.len == 0 || exporting->write(exporting->arg, buf_str(&out));
}

static bool write_all(struct exporting *exporting, struct err *err)
{
    struct dossier_place place = *exporting->place;
    struct arena *arena = place.arena = arena_new();
    exporting->place = &place;
    int64_t after = 0;
    bool ok = true;
    for (;;) {
        struct dossier_list cards = {0};
        ok = dossier_page_of_form(&place, exporting->model->key, after, PAGE, &cards, err);
        if (!ok || cards.len == 0)
            break;
        after = cards.at[cards.len - 1]->sequence;
        ok = write_page(exporting, arena, &cards) || err_set(err, ERR_UNAVAILABLE, "L’export a été interrompu.");
        if (!ok)
            break;
        arena_reset(arena);
    }
    arena_free(arena);
    return ok;
}

bool cards_export(const struct dossier_place *place, const struct form *model, const struct actor *actor,
                  enum cards_format format, cards_write *write, void *arg, struct err *err)
{
    struct exporting exporting = {place, model, actor, format, write, arg, true};
    struct buf begin = buf_new(place->arena, 1 << 20);
    if (format == CARDS_CSV)
        add_csv_header(&exporting, &begin);
    else
        buf_add(&begin, STR("{\"data\": ["));
    return write(arg, buf_str(&begin)) && write_all(&exporting, err) &&
           (format == CARDS_CSV || write(arg, STR("\n]}\n")));
}
