/* The workflow of a form that names none: sent, in study, then accepted or refused with a reason; and Publik's own of
 * cards: recorded, edited, deleted. */
#include "catalogue/default_workflow.h"

const char default_workflow[] =
    "{\"kind\":\"workflow\",\"slug\":\"_default\",\"name\":\"Circuit par défaut\","
    "\"functions\":[{\"id\":\"_receiver\",\"name\":\"Agents\"}],\"statuses\":["
    "{\"id\":\"envoyee\",\"name\":\"Envoyée\",\"actions\":["
    "{\"type\":\"choice\",\"id\":\"1\",\"label\":\"Étudier\",\"by\":[\"_receiver\"],\"status\":\"etude\"},"
    "{\"type\":\"choice\",\"id\":\"2\",\"label\":\"Accepter\",\"by\":[\"_receiver\"],\"status\":\"acceptee\"},"
    "{\"type\":\"choice\",\"id\":\"3\",\"label\":\"Refuser\",\"by\":[\"_receiver\"],\"status\":\"motif\"}]},"
    "{\"id\":\"etude\",\"name\":\"En cours d’étude\",\"actions\":["
    "{\"type\":\"commentable\",\"id\":\"1\",\"label\":\"Message\",\"by\":[\"_receiver\",\"_submitter\"]},"
    "{\"type\":\"choice\",\"id\":\"2\",\"label\":\"Accepter\",\"by\":[\"_receiver\"],\"status\":\"acceptee\"},"
    "{\"type\":\"choice\",\"id\":\"3\",\"label\":\"Refuser\",\"by\":[\"_receiver\"],\"status\":\"motif\"}]},"
    "{\"id\":\"motif\",\"name\":\"Refus à motiver\",\"visibility\":[\"_receiver\"],\"actions\":["
    "{\"type\":\"form\",\"id\":\"1\",\"by\":[\"_receiver\"],\"varname\":\"refus\",\"fields\":["
    "{\"id\":\"1\",\"type\":\"text\",\"label\":\"Motif\",\"varname\":\"motif\"}]},"
    "{\"type\":\"jumponsubmit\",\"id\":\"2\",\"status\":\"refusee\"},"
    "{\"type\":\"choice\",\"id\":\"3\",\"label\":\"Revenir\",\"by\":[\"_receiver\"],\"status\":\"etude\","
    "\"ignore_form_errors\":true}]},"
    "{\"id\":\"acceptee\",\"name\":\"Acceptée\",\"forced_endpoint\":true,\"actions\":["
    "{\"type\":\"sendmail\",\"id\":\"1\",\"to\":[\"_submitter\"],\"subject\":\"{{ form_name }} : demande acceptée\","
    "\"body\":\"Bonjour,\\n\\nVotre demande {{ form_tracking_code }} est acceptée.\"}]},"
    "{\"id\":\"refusee\",\"name\":\"Refusée\",\"forced_endpoint\":true,\"actions\":["
    "{\"type\":\"sendmail\",\"id\":\"1\",\"to\":[\"_submitter\"],\"subject\":\"{{ form_name }} : demande refusée\","
    "\"body\":\"Bonjour,\\n\\nVotre demande {{ form_tracking_code }} est refusée.\\n\\nMotif : {{ refus_var_motif "
    "}}\"}]}]}";

const char default_card_workflow[] =
    "{\"kind\":\"workflow\",\"slug\":\"_carddef_default\",\"name\":\"Par défaut (fiches)\",\"functions\":["
    "{\"id\":\"_viewer\",\"name\":\"Lecture\"},{\"id\":\"_editor\",\"name\":\"Modification\"}],\"statuses\":["
    "{\"id\":\"recorded\",\"name\":\"Enregistrée\",\"actions\":["
    "{\"type\":\"editable\",\"id\":\"_editable\",\"label\":\"Modifier\",\"by\":[\"_editor\"],\"status\":\"recorded\"},"
    "{\"type\":\"choice\",\"id\":\"_action_delete\",\"label\":\"Supprimer\",\"by\":[\"_editor\"],"
    "\"status\":\"deleted\",\"require_confirmation\":true,"
    "\"confirmation_text\":\"La fiche sera supprimée. Les demandes qui la citent gardent ce qu’elles en disent.\"}]},"
    "{\"id\":\"deleted\",\"name\":\"Supprimée\",\"actions\":[{\"type\":\"remove\",\"id\":\"_remove\"}]}]}";
