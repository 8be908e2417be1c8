/* Filters that only queries and persons know (cards|objects:"slug"|filter_by:"x"|filter_value:"y"): the object answers
 * them. */
#include "template/filters.h"

#define QUERY(name, what, example)                                                                                     \
    {                                                                                                                  \
        name, NULL, ARGUMENT_OPTIONAL, FILTER_WCS | FILTER_QUERY, what, example                                        \
    }

/* w.c.s.: nobody, and what is no person, has no role; no fault. */
static struct value apply_has_role(struct machine *m, struct value value, const struct value *argument)
{
    (void)m;
    (void)value;
    (void)argument;
    return value_bool(false);
}

static struct value apply_roles(struct machine *m, struct value value, const struct value *argument)
{
    (void)value;
    (void)argument;
    return value_list(value_list_new(m->arena));
}

static const struct filter filters[] = {
    QUERY("absent", "Ne garde que ceux dont le champ n’est pas rempli.",
          "{{ forms|objects:'inscription'|filter_by:'ecole'|absent|count }}"),
    QUERY("between", "Entre deux valeurs, séparées par « | », la seconde exclue.",
          "…|filter_by:'age'|between|filter_value:'6|11'"),
    QUERY("current_user", "Ceux de la personne connectée.", "{{ forms|objects:'inscription'|current_user|count }}"),
    QUERY("distance_filter", "L’ancien nom de « filter_by_distance » (pas encore : une faute le dit).",
          "…|distance_filter:500"),
    QUERY("details_format", "Toutes les réponses d’une demande, dans ce format (pas encore : une faute le dit).",
          "{{ form|details_format:'text' }}"),
    QUERY("done", "Ceux qui sont à un statut final.", "{{ forms|objects:'inscription'|done|count }}"),
    QUERY("equal", "Égal à la valeur qui suit.", "…|filter_by:'age'|equal|filter_value:7"),
    QUERY("exclude_self", "Tous sauf la demande elle-même.", "{{ form_objects|exclude_self|count }}"),
    QUERY("exclude_value", "Écarte ceux dont le champ de « filter_by » a cette valeur.",
          "…|filter_by:'ecole'|exclude_value:'Pasteur'"),
    QUERY("existing", "Ne garde que ceux dont le champ est rempli.", "…|filter_by:'ecole'|existing"),
    QUERY("filter_by", "Le champ sur lequel porte le filtre qui suit.",
          "{{ form_objects|filter_by:'nom'|filter_value:form_var_nom|count }}"),
    QUERY("filter_by_distance", "Ceux à moins de tant de mètres (pas encore : une faute le dit).",
          "…|filter_by_distance:500"),
    QUERY("filter_by_identifier", "Ceux dont l’identifiant est celui-là.", "…|filter_by_identifier:'A12'"),
    QUERY("filter_by_internal_id", "Celui de ce numéro interne.", "…|filter_by_internal_id:12"),
    QUERY("filter_by_number", "Celui de ce numéro de demande.", "…|filter_by_number:'12-7'"),
    QUERY("filter_by_status", "Ceux qui sont à ce statut.", "…|filter_by_status:'Acceptée'"),
    QUERY("filter_by_user", "Ceux de cette personne.", "…|filter_by_user:form_user"),
    QUERY("filter_value", "La valeur que doit avoir le champ de « filter_by ».",
          "…|filter_by:'ecole'|filter_value:'Pasteur'"),
    QUERY("get_preference", "Une préférence de la personne (pas encore : une faute le dit).",
          "{{ session_user|get_preference:'langue' }}"),
    QUERY("greater_than", "Plus grand que la valeur qui suit.", "…|filter_by:'age'|greater_than|filter_value:6"),
    QUERY("greater_than_or_equal", "Plus grand ou égal.", "…|filter_by:'age'|greater_than_or_equal|filter_value:6"),
    {"has_role", apply_has_role, ARGUMENT_NEEDED, FILTER_WCS | FILTER_QUERY, "Vrai si la personne a ce rôle.",
     "{{ session_user|has_role:'Agents' }}"},
    QUERY("i_equal", "Égal, sans tenir compte des majuscules.", "…|filter_by:'nom'|i_equal|filter_value:'durand'"),
    QUERY("icontains", "Contient, sans tenir compte des majuscules.", "…|filter_by:'nom'|icontains|filter_value:'dur'"),
    QUERY("in", "L’une des valeurs, séparées par « | ».", "…|filter_by:'ecole'|in|filter_value:'Pasteur|Jaurès'"),
    QUERY("is_future", "La date est à venir.", "…|filter_by:'rendez_vous'|is_future"),
    QUERY("is_past", "La date est passée.", "…|filter_by:'rendez_vous'|is_past"),
    QUERY("is_this_week", "La date est de cette semaine.", "…|filter_by:'rendez_vous'|is_this_week"),
    QUERY("is_today", "La date est d’aujourd’hui.", "…|filter_by:'rendez_vous'|is_today"),
    QUERY("is_today_or_future", "La date est d’aujourd’hui ou à venir.",
          "…|filter_by:'rendez_vous'|is_today_or_future"),
    QUERY("is_today_or_past", "La date est d’aujourd’hui ou passée.", "…|filter_by:'rendez_vous'|is_today_or_past"),
    QUERY("is_tomorrow", "La date est de demain.", "…|filter_by:'rendez_vous'|is_tomorrow"),
    QUERY("is_yesterday", "La date est d’hier.", "…|filter_by:'rendez_vous'|is_yesterday"),
    QUERY("less_than", "Plus petit que la valeur qui suit.", "…|filter_by:'age'|less_than|filter_value:12"),
    QUERY("less_than_or_equal", "Plus petit ou égal.", "…|filter_by:'age'|less_than_or_equal|filter_value:12"),
    QUERY("not_equal", "Différent de la valeur qui suit.", "…|filter_by:'ecole'|not_equal|filter_value:'Pasteur'"),
    QUERY("not_in", "Aucune des valeurs, séparées par « | ».",
          "…|filter_by:'ecole'|not_in|filter_value:'Pasteur|Jaurès'"),
    QUERY("objects", "Les demandes d’un formulaire, ou les fiches d’un modèle, par son identifiant.",
          "{{ forms|objects:'inscription'|count }}"),
    QUERY("order_by", "Trie par un champ ; « - » devant, à rebours.", "…|order_by:'-receipt_time'"),
    QUERY("pending", "Ceux qui ne sont pas à un statut final.", "…|pending"),
    {"roles", apply_roles, ARGUMENT_NONE, FILTER_WCS | FILTER_QUERY, "Les rôles de la personne.",
     "{{ session_user|roles|join:', ' }}"},
    QUERY("same_user", "Ceux de la personne de la demande elle-même.", "{{ form_objects|same_user|count }}"),
    QUERY("set_geo_center",
          "Le point dont « filter_by_distance » mesure l’éloignement (pas encore : une faute le dit).",
          "…|set_geo_center:'45.76;4.83'"),
    QUERY("strip_metadata", "Le fichier sans ses métadonnées (pas encore : une faute le dit).",
          "{{ form_var_photo|strip_metadata }}"),
    QUERY("user_id_for_service", "L’identifiant de la personne pour un autre service (pas encore : une faute le dit).",
          "{{ session_user|user_id_for_service:'bibliotheque' }}"),
    QUERY("with_custom_view", "Par une vue enregistrée (pas encore : une faute le dit).",
          "…|with_custom_view:'a-traiter'"),
    QUERY("with_drafts", "Les brouillons aussi (pas encore : une faute le dit).", "…|with_drafts"),
};

FILTER_TABLE(filters_query, "Demandes et fiches", filters);
