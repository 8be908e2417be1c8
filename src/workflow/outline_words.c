/* The words of a circuit that is told: who, what an action does, how long. */
#include "workflow/model.h"

/* What a person calls an action of each type of w.c.s., those that don't run yet too; detail: the key that tells one
 * from another. */
static const struct deed {
    const char *type, *word, *detail;
} deeds[] = {
    {"add_role", "Donner un rôle", NULL},
    {"addattachment", "Fichier à joindre", "title"},
    {"aggregationemail", "Courriel récapitulatif", NULL},
    {"anonymise", "Anonymisation", NULL},
    {"ask-documents", "Demande de documents", NULL},
    {"commentable", "Commentaire", "label"},
    {"create_carddata", "Création d’une fiche", "label"},
    {"create_formdata", "Création d’une demande", "label"},
    {"dispatch", "Attribution", NULL},
    {"displaymsg", "Message affiché", NULL},
    {"edit_carddata", "Modification d’une fiche", "label"},
    {"editable", "Modifier les réponses", "label"},
    {"export_to_model", "Document", "label"},
    {"external_workflow_global_action", "Action sur un autre dossier", "label"},
    {"form", "Formulaire", "varname"},
    {"geolocate", "Position sur la carte", NULL},
    {"give-documents", "Envoi des documents demandés", NULL},
    {"inform", "Information", "subject"},
    {"modify_criticality", "Changement de priorité", NULL},
    {"notification", "Notification", "title"},
    {"redirect_to_url", "Renvoi vers une autre page", NULL},
    {"register-comment", "Message dans l’historique", NULL},
    {"remove", "Suppression", NULL},
    {"remove_role", "Retirer un rôle", NULL},
    {"resubmit", "Nouvel envoi", "label"},
    {"sendmail", "Courriel", "subject"},
    {"sendsms", "SMS", NULL},
    {"set-backoffice-fields", "Données de traitement", NULL},
    {"update_user_profile", "Mise à jour du compte", NULL},
    {"webservice_call", "Appel d’un autre serveur", "label"},
};

static str name_of(const struct workflow *workflow, const struct role_names *names, str id)
{
    if (str_eq(id, STR("_submitter")))
        return STR("la personne qui demande");
    if (str_eq(id, STR("logged-users")))
        return STR("toute personne connectée");
    for (size_t i = 0; i < workflow->functions.len; i++)
        if (str_eq(workflow->functions.at[i].id, id))
            return workflow->functions.at[i].name;
    str role = names && names->role ? names->role(names->data, id) : STR_EMPTY;
    return role.len ? role : id;
}

str outline_names(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                  const struct names *of)
{
    struct buf text = buf_new(arena, 4096);
    for (size_t i = 0; i < of->len; i++) {
        buf_add(&text, i > 0 ? STR(", ") : STR_EMPTY);
        buf_add(&text, name_of(workflow, names, of->at[i]));
    }
    return buf_str(&text);
}

static const struct deed *deed_of(str type)
{
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (str_eq(type, str_of(deeds[i].type)))
            return &deeds[i];
    return NULL;
}

str outline_deed(struct arena *arena, const struct action *action, str who)
{
    const struct deed *deed = deed_of(action->type_name);
    struct buf text = buf_new(arena, 8192);
    buf_add(&text, deed ? str_of(deed->word) : action->type_name);
    if (who.len)
        buf_fmt(&text, "%s%.*s", action->type && action->type->is_interactive ? ", par " : " à ", STR_ARG(who));
    str detail = deed && deed->detail ? str_trim(json_str(action->json, deed->detail)) : STR_EMPTY;
    if (detail.len)
        buf_fmt(&text, " : « %.*s »", STR_ARG(detail));
    return buf_str(&text);
}

str outline_delay(struct arena *arena, const json_t *object, const char *key, int64_t unit)
{
    static const struct {
        int64_t seconds;
        const char *one, *many;
    } units[] = {{86400, "jour", "jours"}, {3600, "heure", "heures"}, {60, "minute", "minutes"}};
    str text = str_trim(json_str(object, key));
    int64_t seconds = json_int(object, key), number;
    if (str_to_int64(text, &number))
        seconds = number;
    else if (text.len && !workflow_duration(text, &seconds))
        return text;
    else if (text.len)
        unit = 1;
    if (seconds > INT64_MAX / unit || seconds < INT64_MIN / unit)
        return text;
    seconds *= unit;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (seconds != 0 && seconds % units[i].seconds == 0) {
            int64_t count = seconds / units[i].seconds;
            return str_fmt(arena, "%lld %s", (long long)count, count > 1 || count < -1 ? units[i].many : units[i].one);
        }
    return str_fmt(arena, "%lld seconde%s", (long long)seconds, seconds > 1 ? "s" : "");
}

static str anchor_of(struct arena *arena, const struct workflow *workflow, const struct trigger *trigger)
{
    bool is_first = str_eq(trigger->anchor, STR("1st-arrival"));
    if (is_first || str_eq(trigger->anchor, STR("latest-arrival"))) {
        const struct workflow_status *status =
            workflow_status_find(workflow, is_first ? trigger->anchor_first : trigger->anchor_latest);
        return str_fmt(arena, "la %s arrivée dans « %.*s »", is_first ? "première" : "dernière",
                       STR_ARG(status ? status->name : STR("tout statut")));
    }
    if (str_eq(trigger->anchor, STR("finalized")))
        return STR("la fin");
    if (str_eq(trigger->anchor, STR(ANCHOR_SILENCE)))
        return STR("la date où le silence décide");
    if (str_eq(trigger->anchor, STR(ANCHOR_DOCUMENTS)))
        return STR("la date limite des documents demandés");
    return str_eq(trigger->anchor, STR("creation")) ? STR("le dépôt") : STR("une date calculée");
}

/* « -3 jours » after it is before it. */
static str start_after(struct arena *arena, str delay, str anchor)
{
    if (str_starts(delay, STR("0 ")))
        return str_fmt(arena, "Lancée dès %.*s", STR_ARG(anchor));
    bool is_before = str_starts(delay, STR("-"));
    return str_fmt(arena, "Lancée %.*s %s %.*s", STR_ARG(str_slice(delay, is_before, SIZE_MAX)),
                   is_before ? "avant" : "après", STR_ARG(anchor));
}

str outline_start(struct arena *arena, const struct workflow *workflow, const struct role_names *names,
                  const struct trigger *trigger, const json_t *json)
{
    str who = outline_names(arena, workflow, names, &trigger->roles);
    switch (trigger->kind) {
    case TRIGGER_TIMEOUT:
        return start_after(arena, outline_delay(arena, json, "timeout", 86400), anchor_of(arena, workflow, trigger));
    case TRIGGER_CALL:
        return str_fmt(arena, "Lancée à l’appel « %.*s »", STR_ARG(trigger->identifier));
    case TRIGGER_MANUAL:
        return who.len ? str_fmt(arena, "Lancée par %.*s", STR_ARG(who)) : STR("Lancée à la main");
    case TRIGGER_OTHER:
        break;
    }
    return str_fmt(arena, "Lancée par : %.*s", STR_ARG(json_str(json, "type")));
}
