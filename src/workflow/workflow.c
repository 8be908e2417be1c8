/* What a compiled workflow tells of itself. */
#include "workflow/model.h"

str workflow_slug(const struct workflow *workflow)
{
    return workflow->slug;
}

str workflow_name(const struct workflow *workflow)
{
    return workflow->name;
}

int64_t workflow_version(const struct workflow *workflow)
{
    return workflow->version;
}

const struct workflow_functions *workflow_functions(const struct workflow *workflow)
{
    return &workflow->functions;
}

const struct field_list *workflow_options(const struct workflow *workflow)
{
    return workflow->options;
}

const struct field_list *workflow_backoffice_fields(const struct workflow *workflow)
{
    return workflow->backoffice_fields;
}

const json_t *workflow_document(const struct workflow *workflow)
{
    return workflow->document;
}

size_t workflow_status_count(const struct workflow *workflow)
{
    return workflow->statuses.len;
}

const struct workflow_status *workflow_status_at(const struct workflow *workflow, size_t index)
{
    return &workflow->statuses.at[index].shown;
}

const struct status *workflow_status_get(const struct workflow *workflow, str id)
{
    for (size_t i = 0; i < workflow->statuses.len; i++)
        if (str_eq(workflow->statuses.at[i].shown.id, id))
            return &workflow->statuses.at[i];
    return NULL;
}

const struct workflow_status *workflow_status_find(const struct workflow *workflow, str id)
{
    const struct status *status = workflow_status_get(workflow, id);
    return status ? &status->shown : NULL;
}

const struct workflow_reports *workflow_reports(const struct workflow *workflow)
{
    return &workflow->reports;
}

const struct workflow_texts *workflow_texts(const struct workflow *workflow)
{
    return &workflow->texts;
}

const struct workflow_levels *workflow_levels(const struct workflow *workflow)
{
    return &workflow->levels;
}

const struct workflow_level *workflow_level_of(const struct workflow *workflow, const struct dossier *dossier)
{
    const struct workflow_levels *levels = &workflow->levels;
    if (!levels->len)
        return NULL;
    return &levels->at[(size_t)dossier->level < levels->len ? (size_t)dossier->level : levels->len - 1];
}

int64_t workflow_level_number(const struct dossier *dossier)
{
    return dossier->level ? 100 + dossier->level : 0;
}

bool workflow_geolocates(const struct workflow *workflow)
{
    return workflow->geolocates;
}

bool workflow_position(const struct field_list *fields, const struct dossier *dossier, const json_t *answers,
                       struct position *out)
{
    return (dossier && position_parse(json_str(dossier->marks, "position"), out)) ||
           (fields && answers && fields_position(fields, answers, out));
}

bool workflow_dispatches_to(const struct workflow *workflow, const str *roles, size_t count)
{
    for (size_t i = 0; i < workflow->dispatched.len; i++)
        for (size_t k = 0; k < count; k++)
            if (str_eq(workflow->dispatched.at[i], roles[k]))
                return true;
    return workflow->dispatches_to_anybody;
}
