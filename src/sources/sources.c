/* Choosing: the choices of a source as they are now. */
#include "sources/source.h"

#include "sources/table.h"

/* How far the template of a source may read other sources. */
enum { DEEPEST = 6 };

void source_tell(struct render *render, const struct source *source, const char *message)
{
    if (render->log == NULL)
        return;
    *vec_push(render->arena, render->log) =
        (struct render_fault){.template_name = source->where,
                              .message = str_fmt(render->arena, "source %.*s : %s", STR_ARG(source->kind), message)};
}

/* The template gives a list, or the text of a JSON list. */
static struct choices choices_of_template(const struct source *source, struct render *render)
{
    static _Thread_local int depth;
    if (depth >= DEEPEST) {
        source_tell(render, source, "elle se lit elle-même");
        return (struct choices){0};
    }
    depth++;
    struct value value = value_plain(render->arena, template_value(source->template, render));
    depth--;
    const json_t *list = NULL;
    struct err err = {0};
    if (value.kind == VALUE_LIST)
        list = value_to_json(render->arena, value);
    else if (value.kind == VALUE_TEXT && str_trim(value.text).len > 0)
        list = json_parse(render->arena, value.text, &err);
    if (err.code != ERR_NONE || (list != NULL && !json_is_array(list)))
        source_tell(render, source, err.code != ERR_NONE ? err.message : "la valeur n’est pas une liste");
    return json_is_array(list) ? choices_from_json(render->arena, list) : (struct choices){0};
}

const struct source *source_meant(const struct source *source, const struct source_finder *finder)
{
    if (source->type != SOURCE_NAMED)
        return source;
    const struct source *found = finder == NULL ? NULL : finder->find(finder->data, source->named);
    return found != NULL && found->type == SOURCE_NAMED ? NULL : found; /* a name never leads to another name */
}

bool source_fixed(const struct source *source, const struct source_finder *finder, struct choices *out)
{
    const struct source *found = source_meant(source, finder);
    if (found != NULL && found->type == SOURCE_TABLE)
        return table_is_fixed(found->table, out);
    if (found == NULL || found->type != SOURCE_FIXED)
        return false;
    *out = found->fixed;
    return true;
}

struct choices source_of_site(const struct source *source, const struct source_finder *finder, struct render *render,
                              str id, str typed)
{
    struct choices choices = {0};
    struct local_asking asking = {source->kind, source->value, source->json, id, typed};
    if (finder == NULL || finder->local == NULL || !finder->local(finder->local_data, &asking, render, &choices))
        source_tell(render, source, "elle n’est pas lue ici");
    return choices;
}

struct choices source_choices(const struct source *source, const struct source_finder *finder, struct render *render)
{
    bool fails;
    const struct source *found = source_meant(source, finder);
    if (found == NULL) {
        source_tell(render, source, "elle n’existe pas ici");
        return (struct choices){0};
    }
    switch (found->type) {
    case SOURCE_FIXED:
        return found->fixed;
    case SOURCE_TABLE:
        return table_choices(found->table, render);
    case SOURCE_TEMPLATE:
        return choices_of_template(found, render);
    case SOURCE_REMOTE:
        return source_ask(found, finder, render, STR_EMPTY, STR_EMPTY, &fails);
    case SOURCE_LOCAL:
        return source_of_site(found, finder, render, STR_EMPTY, STR_EMPTY);
    default:
        source_tell(render, found, str_z(render->arena, found->problem));
        return (struct choices){0};
    }
}

str source_cards(const struct source *source, const struct source_finder *finder)
{
    const struct source *found = source_meant(source, finder);
    return found != NULL && str_eq(found->kind, STR("card")) ? found->value : STR_EMPTY;
}

bool source_fails(const struct source *source, const struct source_finder *finder, struct render *render)
{
    bool fails = false;
    const struct source *found = source_meant(source, finder);
    if (source_is_searched(source, finder)) /* three letters: geocoders refuse fewer */
        source_ask(found, finder, render, found->query_parameter, STR("rue"), &fails);
    else if (found != NULL && found->type == SOURCE_REMOTE)
        source_ask(found, finder, render, STR_EMPTY, STR_EMPTY, &fails);
    return fails;
}
