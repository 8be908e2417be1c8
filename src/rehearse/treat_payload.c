/* What another program brings with its call in a rehearsal: whatever the texts of the workflow read of what a call
 * brings, and no action keeps, with the values that they compare it with. */
#include "rehearse/literals.h"
#include "rehearse/treat.h"

struct looking {
    str name; /* as texts write it */
    size_t skip;
    str found; /* the value behind so many others */
    size_t count;
};

static void look(void *arg, str text)
{
    struct looking *looking = arg;
    for (size_t at = 0; (at = str_find(text, looking->name, at)) < text.len;) {
        at += looking->name.len;
        str literal = literal_behind(text, at);
        if (literal.len > 0 && looking->count++ == looking->skip)
            looking->found = literal;
    }
}

static bool is_kept_by_action(const json_t *places, str name)
{
    for (size_t i = 0; i < json_array_size(places); i++) {
        const json_t *actions = json_list(json_array_get(places, i), "actions");
        for (size_t j = 0; j < json_array_size(actions); j++) {
            str varname = json_str(json_array_get(actions, j), "varname");
            if (varname.len > 0 && str_starts(name, varname))
                return true;
        }
    }
    return false;
}

/* « paid » of « jump/trigger/paid » and of « hooks/paid ». */
static str name_of(str trigger)
{
    size_t begin = 0;
    for (size_t i = 0; i < trigger.len; i++)
        if (trigger.ptr[i] == '/')
            begin = i + 1;
    return str_slice(trigger, begin, trigger.len);
}

/* « form_workflow_data_x », « form_trigger_paid_content_x »: x. Empty: it is none of a call's. */
static str brought_by_call(const struct form_run *run, str path, str content)
{
    const str data = STR("form_workflow_data_");
    const json_t *document = workflow_document(run->workflow);
    if (str_starts(path, content))
        return str_slice(path, content.len, path.len);
    str name = str_starts(path, data) ? str_slice(path, data.len, path.len) : STR_EMPTY;
    bool is_kept = name.len > 0 && (is_kept_by_action(json_list(document, "statuses"), name) ||
                                    is_kept_by_action(json_list(document, "global_actions"), name) ||
                                    str_starts(name, STR("comment_")));
    return is_kept ? STR_EMPTY : name;
}

json_t *payload_of(struct arena *arena, const struct form_run *run, str trigger, size_t nth, size_t *ways)
{
    json_t *payload = json_keep(arena, json_object());
    const struct workflow_texts *texts = workflow_texts(run->workflow);
    str content = str_fmt(arena, "form_trigger_%.*s_content_", STR_ARG(name_of(trigger)));
    *ways = 0;
    for (size_t i = 0; i < texts->len; i++) {
        struct template_names names = template_names(texts->at[i].template);
        for (size_t j = 0; j < names.len; j++) {
            str name = brought_by_call(run, names.at[j].path, content);
            if (name.len == 0 || json_get(payload, name) != NULL)
                continue;
            struct looking looking = {.name = names.at[j].path, .skip = nth};
            literal_each_text(workflow_document(run->workflow), look, &looking);
            json_set_str(payload, name, looking.found.len > 0 ? looking.found : STR("essai"));
            *ways = looking.count > *ways ? looking.count : *ways;
        }
    }
    return payload;
}
