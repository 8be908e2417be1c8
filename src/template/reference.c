/* The language's list of itself: what the reference shows comes from the tables of tags and filters, so that a new one
 * is in it. */
#include "template/compiler.h"
#include "template/filter.h"

struct entries VEC_OF(struct template_entry);

static void add_tags(struct arena *arena, const struct tag_table *table, struct entries *entries)
{
    for (size_t i = 0; i < table->len; i++) {
        const struct tag *tag = &table->at[i];
        *vec_push(arena, entries) = (struct template_entry){.name = tag->name,
                                                            .title = table->title,
                                                            .is_tag = true,
                                                            .what = tag->what,
                                                            .example = tag->example,
                                                            .gives = tag->gives};
    }
}

static void add_filters(struct arena *arena, const struct filter_table *table, struct entries *entries)
{
    for (size_t i = 0; i < table->len; i++) {
        const struct filter *filter = &table->at[i];
        if ((filter->flags & FILTER_DJANGO) == 0)
            *vec_push(arena, entries) = (struct template_entry){.name = filter->name,
                                                                .title = table->title,
                                                                .takes_argument = filter->argument != ARGUMENT_NONE,
                                                                .needs_argument = filter->argument == ARGUMENT_NEEDED,
                                                                .what = filter->what,
                                                                .example = filter->example,
                                                                .gives = filter->gives};
    }
}

struct template_entries template_entries(struct arena *arena)
{
    struct entries entries = {0};
    for (size_t i = 0; tag_tables[i] != NULL; i++)
        add_tags(arena, tag_tables[i], &entries);
    for (size_t i = 0; filter_tables[i] != NULL; i++)
        add_filters(arena, filter_tables[i], &entries);
    return (struct template_entries){entries.at, entries.len};
}

static const char example_names[] =
    "{\"nom\": \"Élodie Durand\", \"montant\": 120, \"modele\": \"Total : {{ 1|add:1 }}\", \"gras\": \"<b>Été</b>\", "
    "\"mots\": [\"un\", \"deux\", \"trois\"],"
    " \"adresse\": \"3 rue Pasteur\\n69007 Lyon\", \"tableau\": [[\"a\", \"b\"], [\"c\", \"d\"]],"
    " \"phrase\": \"Je voudrais inscrire mon enfant à la cantine de son école dès la rentrée.\","
    " \"enfants\": [{\"prenom\": \"Zoé\", \"age\": 7, \"ecole\": \"Jaurès\"},"
    " {\"prenom\": \"Hugo\", \"age\": 4, \"ecole\": \"Pasteur\"}]}";

struct render template_example_render(struct arena *arena)
{
    static const struct datetime now = {.date = {2026, 7, 14}, .hour = 10, .minute = 32};
    struct value_dict *names = value_dict_new(arena);
    const char *name;
    json_t *item, *all = json_parse(arena, str_of(example_names), NULL);
    json_object_foreach(all, name, item) value_dict_set(arena, names, str_of(name), value_from_json(arena, item));
    value_dict_set(arena, names, STR("naissance"), value_date((struct date){2001, 3, 18}));
    value_dict_set(arena, names, STR("maintenant"), value_datetime(now));
    return (struct render){.arena = arena,
                           .scope = value_dict(names),
                           .site = value_dict(value_dict_new(arena)),
                           .lang = STR("fr"),
                           .now = instant_from_local(now)};
}
