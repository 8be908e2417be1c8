"""guichet check: what is wrong in what a site has loaded; each fault with its document, its place, and a sentence."""
import collections
import json
import re
import tempfile
import unittest
from pathlib import Path

from support.counter import CORPUS, ROOT, Counter, needs_corpus, stores
from support.visitor import Visitor

FORM = {"kind": "form", "slug": "velo", "name": "Prime vélo", "workflow": "prime", "functions": {"_receiver": "agents"}, "fields": [
    {"id": "1", "type": "string", "label": "Nom", "varname": "nom"},
    {"id": "2", "type": "date", "label": "Achat", "varname": "achat"},
    {"id": "3", "type": "comment", "label": "<p>{{ form_var_nom }} {{ form_var_achat_year }} {{ form_option_montant }}</p>"}]}
WORKFLOW = {"kind": "workflow", "slug": "prime", "name": "Prime", "options": [{"id": "1", "type": "string", "label": "Montant", "varname": "montant"}],
            "statuses": [
                {"id": "recu", "name": "Reçu", "actions": [
                    {"type": "form", "id": "1", "by": ["_receiver"], "varname": "avis", "fields": [{"id": "1", "type": "text", "label": "Motif", "varname": "motif"}]},
                    {"type": "jumponsubmit", "id": "2", "status": "fin"}]},
                {"id": "fin", "name": "Fini", "forced_endpoint": True, "actions": [
                    {"type": "sendmail", "id": "1", "to": ["_submitter"], "subject": "{{ form_name }}", "body": "{{ avis_var_motif }} {{ form_var_nom_raw }}"}]}]}


def changed(document, **changes):
    return {**json.loads(json.dumps(document)), **changes}


def with_field(**field):
    return changed(FORM, fields=FORM["fields"] + [{"id": "9", "label": "Autre", **field}])


def with_status(*statuses):
    return changed(WORKFLOW, statuses=WORKFLOW["statuses"] + list(statuses))


def with_action(is_end=True, **action):
    document = changed(WORKFLOW)
    document["statuses"][1]["actions"].append(action)
    document["statuses"][1]["forced_endpoint"] = is_end
    return document


def asking(condition, **field):
    """The form with one more field to ask of, and another that is shown where the condition holds."""
    return changed(FORM, fields=FORM["fields"] + [{"id": "8", "label": "Question", "varname": "q", **field},
                                                  {"id": "9", "label": "Autre", "type": "string", "condition": condition}])


CHOICES = {"type": "item", "items": ["Oui", "Non"]}
ROWS = {"type": "item", "source": {"type": "jsonvalue", "value": '[{"id": "1", "text": "Maison"}, {"id": "2", "text": "Jardin"}]'}}
# What asks a field for what it can't have: the field, the condition.
VAIN = [
    ({"type": "bool"}, 'form_var_q == "Oui"'),
    ({"type": "bool"}, 'form_var_q_raw == "True"'),
    ({"type": "numeric"}, 'form_var_q == "douze"'),
    ({"type": "numeric"}, 'form_var_q > "beaucoup"'),
    ({"type": "date"}, 'form_var_q == "demain"'),
    ({"type": "date"}, 'form_var_q < 12'),
    (CHOICES, 'form_var_q == "Peut-être"'),
    (CHOICES, 'form_var_q != "oui"'),
    (ROWS, 'form_var_q == "1"'),
    (ROWS, 'form_var_q_raw == "Maison"'),
    ({**CHOICES, "type": "items"}, '"Peut-être" in form_var_q'),
    ({"type": "string"}, 'form_var_q_raw == 3'),
    ({"type": "string"}, 'form_var_q|length == "3"'),
    ({"type": "string"}, 'form_var_q == "a" and form_var_q == "b"'),
    ({"type": "string"}, 'form_status == "Juste reçu"'),
    ({"type": "string"}, 'now > "2020-01-01"'),
]
# What a request may answer so that it holds.
SOUND = [
    ({"type": "bool"}, 'form_var_q == "True" or form_var_q'),
    ({"type": "bool"}, 'form_var_q == False and form_var_q_raw == False'),
    ({"type": "numeric"}, 'form_var_q == "12" or form_var_q == 12 or form_var_q > "10,5"'),
    ({"type": "date"}, 'form_var_q == "2026-01-02" or form_var_q < "03/04/2027" or form_var_q > today'),
    ({"type": "date"}, 'form_var_q_year == 2026'),
    (CHOICES, 'form_var_q == "Oui" or form_var_q_raw == "Non" or form_var_q == "None" or form_var_q == ""'),
    (ROWS, 'form_var_q == "Maison" or form_var_q_raw == "1" or form_var_q in "Maison,Cour"'),
    ({**CHOICES, "type": "items"}, '"Oui" in form_var_q'),
    ({"type": "string"}, 'form_var_q == "3" or form_var_q == 3 or form_var_q > 2 or form_var_q in "abc"'),
    ({"type": "string"}, 'form_status == "Reçu" or form_status != "Fini"'),
    ({"type": "computed", "value_template": "{{ 1 }}"}, 'form_var_q == "n’importe"'),
    ({"type": "item", "source": {"type": "jsonvalue", "value": '{{ form_var_nom }}'}}, 'form_var_q == "n’importe"'),
    ({"type": "string"}, 'now|date > "2020-01-01"|date'),
]

# The documents, the severity, and what the sentence says.
FAULTS = [
    (with_field(type="string", condition="form_var_nmo"), "avertissement", "« form_var_nmo » n’est connu nulle part : vouliez-vous dire « nom » ?"),
    (with_field(type="string", condition="form_var_nom_prenom_x_raw == form_option_rien"), "avertissement", "« form_option_rien »"),
    (with_field(type="comment", label="a\n{{ commune_nom }}"), "avertissement", "« commune_nom »"),
    (with_field(type="comment", label="{{ form_var_nom|majuscules }}"), "avertissement", "Le filtre « majuscules »"),
    (with_field(type="comment", label="{{ form_var_nom|datee }}"), "avertissement", "Le filtre « datee » n’est pas connu : vouliez-vous dire « date » ?"),
    (with_field(type="comment", label="{{ form_var_nom|add_days:'z' }}"), "avertissement", "Le filtre « add_days » attend un nombre"),
    (changed(FORM, fields=FORM["fields"] + [{"id": "8", "type": "bool", "label": "Accord", "varname": "accord"}, {"id": "9", "type": "comment", "label": "{{ form_var_accord|age_in_years }}"}]),
     "avertissement", "« form_var_accord » ne convient pas"),
    (with_field(type="comment", label="{% with a=form_var_nom %}a{% endwith %}"), "avertissement", "La valeur donnée à « a » n’est lue nulle part."),
    (with_field(type="comment", label="{{ form_var_nom"), None, None),
    (with_field(type="string", condition="form_var_nom =="), "erreur", ""),
    (with_field(type="item", source={"type": "named", "value": "pays"}), "erreur", "La source de données « pays »"),
    (with_field(type="string", labell="x"), "avertissement", "« labell » n’est lue par personne : vouliez-vous dire « label » ?"),
    (with_field(type="table"), "avertissement", "ne fonctionne pas encore"),
    (changed(FORM, service={"silence": "accept", "delay": 0, "contact": {"name": "A", "email": "a@b.example", "phone": "1"}}), "erreur", "le délai de réponse"),
    (changed(FORM, service={"contact": {"name": "A", "email": "a@b.example", "phone": "1"}}), None, None),
    (changed(FORM, disabled=True, service={"appeal": ""}), "avertissement", "les voies de recours"),
    (changed(FORM, workflow="perdu", fields=FORM["fields"][:2]), "erreur", "Le circuit « perdu »"),
    (changed(FORM, category="perdue"), "avertissement", "La catégorie « perdue »"),
    (changed(FORM, functions={"_receiver": "urbanisme"}), "erreur", "Le rôle « urbanisme »"),
    (with_status({"id": "x", "name": "Seul", "actions": []}), "avertissement", "Aucune action ne mène à ce statut"),
    (with_action(type="choice", id="9", label="Aller", by=["_receiver"], status="nulle-part"), "erreur", "« nulle-part », n’existe pas"),
    (with_action(type="choice", id="9", label="Aller", by=["_receiver"]), "avertissement", "ne mène à aucun statut"),
    (with_action(is_end=False, type="commentable", id="9", by=["_receiver"]), "avertissement", "rien n’en sort"),
    (with_action(type="commentable", id="9", by=["_validateur"]), "erreur", "La fonction « _validateur »"),
    (with_action(type="sendmail", id="9", to=["_submitter"], mail_template="perdu"), "erreur", "Le modèle de courriel « perdu »"),
    (with_action(type="register-comment", id="9", comment="{{ avis_var_motiff }}"), "avertissement", "« avis_var_motiff »"),
    (with_action(type="update_user_profile", id="9"), "avertissement", "n’est pas encore exécuté"),
    (with_action(type="webservice_call", id="9", varname="appel"), "avertissement", "n’a pas d’adresse"),
    (with_action(type="webservice_call", id="9", url="https://a.example/", action_on_5xx="nulle-part"), "erreur", "« nulle-part », n’existe pas"),
    (with_action(type="webservice_call", id="9", url="https://a.example/{% if %}"), "erreur", "adresse"),
    (changed(WORKFLOW, global_actions=[{"id": "1", "name": "G", "actions": [], "triggers": [
        {"type": "timeout", "anchor": "latest-arrival", "anchor_status_latest": "perdu", "timeout": "1"}]}]), "erreur", "« perdu », que nomme un déclencheur"),
]


# What the real definitions raise when their roles and variables are there, each looked at (docs/publik.md, « What the
# check says of real definitions »): the rule, what it is said of, how often.
EXPLAINED = {
    # Translated or rewritten choices, and conditions that kept the old ones.
    ("comparison", 'form_var_rb_concerne == "Concerne une autre personne"'): 6,
    ("comparison", 'form_var_rb_concerne != "tiers"'): 13,
    ("comparison", 'form_var_date_acte != "Après le 31-03-2019"'): 8,
    ("comparison", 'form_var_date_acte_raw == "Après le 31-03-2019"'): 1,
    ("comparison", 'form_var_parente == "Autre"'): 1,
    ("comparison", 'form_var_parente_raw == "autre"'): 16,
    # A status that was renamed.
    ("comparison", 'form_status == "En attente du paiement"'): 2,
    # Filters of the platform that the packages were made for.
    ("filter", "authentication_delivrance_items_visibility"): 28,
    ("filter", "is_strong_authentication"): 28,
    ("filter", "is_valid_tva_number"): 1,
    ("filter", "liste_type_rdv_nombres_personnes"): 2,
    ("filter", "liste_type_rdv_plusieurs_personnes"): 2,
    ("filter", "unlazy_filter"): 34,
    # Options and fields that their form does not have, or has no more.
    ("name", "dossier_plone"): 1,
    ("name", "form_option_commentaire"): 3,
    ("name", "form_option_delai_anonymisation_document_concerne_tier"): 3,
    ("name", "form_option_delai_anonymisation_me_concerne"): 3,
    ("name", "form_option_informations_completementaires"): 1,
    ("name", "form_option_masquer_motifs_destination_document"): 1,
    ("name", "form_refus_var_body"): 4,
    ("name", "form_refus_var_object"): 4,
    ("name", "form_var_acces_page_non_baec"): 1,
    ("name", "form_var_agenda"): 1,
    ("name", "form_var_bloc_identite"): 2,
    ("name", "form_var_cimetiere_live_var_type_emplacement"): 2,
    ("name", "form_var_concerne_qui_raw"): 15,
    ("name", "form_var_date_de_deces"): 1,
    ("name", "form_var_demande_concerne_tier"): 3,
    ("name", "form_var_demande_me_concerne"): 3,
    ("name", "form_var_destinations"): 5,
    ("name", "form_var_destinations_raw"): 2,
    ("name", "form_var_firstname"): 9,
    ("name", "form_var_mode_delivrance_raw"): 1,
    ("name", "form_var_motifs_price"): 1,
    ("name", "form_var_nom_perscon"): 3,
    ("name", "form_var_prenom"): 2,
    ("name", "form_var_previous_status"): 1,
    ("name", "form_var_rb_concerne_raw"): 2,
    ("name", "form_var_total"): 1,
    ("name", "form_var_type_concession"): 2,
    ("name", "form_var_type_concession_live_var_prix"): 5,
    ("name", "form_var_type_rdv"): 1,
    ("name", "form_var_type_rdv_text"): 1,
    ("name", "form_var_x"): 1,
    ("name", "imio_wcs_baec"): 11,
    ("name", "infos_remboursement_var_adresse1"): 8,
    ("name", "infos_remboursement_var_adresse2"): 8,
    ("name", "infos_remboursement_var_cp"): 4,
    ("name", "refus_var_motif"): 5,
    # Blocks whose fields lost their names, or that were copied under another slug.
    ("name", "enseignes_var_cordon"): 1,
    ("name", "enseignes_var_type"): 1,
    ("name", "identite_changement_adresse_var_lien_parente"): 1,
    ("name", "identite_changement_adresse_var_nom"): 1,
    ("name", "identite_changement_adresse_var_nrn"): 1,
    ("name", "identite_changement_adresse_var_prenom"): 1,
    # Documents of other packages, and a circuit with loose ends.
    ("", "Aucune action ne mène à ce statut."): 1,
    ("", "Ce courriel n’a pas de destinataire : il n’est pas envoyé."): 2,
    ("", "La catégorie"): 1,
    ("", "Le circuit"): 1,
    # The test's own site has no address.
    ("", "Il manque, pour les accusés de réception (CRPA R112-11-1)"): 1,
    ("name", "form_var_category"): 2, ("name", "form_var_nn"): 1, ("name", "panier_response_id"): 3, ("name", "transaction_id"): 13,
}


def key_of(finding):
    """What a finding says, and of what."""
    message = finding["message"].replace("\u00a0", " ")
    if finding["rule"]:
        return finding["rule"], re.search("« (.+?) »", message).group(1)
    return "", message if message.endswith((" statut.", " envoyé.")) else re.split(" «| :", message)[0]


class Check(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="guichet-check-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def set_contact(self, counter, check=True, **settings):
        site = {"slug": "ville", "name": "Ville", "hosts": ["ville.localhost"], "settings": {
            "contact": {"name": "Mairie", "address": "1 place de la République", "email": "mairie@ville.example", "phone": "04 00 00 00 00"},
            **settings}}
        path = self.folder / "site"
        path.write_text(json.dumps(site))
        return counter.cli("site", "set", path, check=check)

    def findings(self, counter, *more):
        done = counter.cli("check", "--site", "ville", "--report", "json", *more, check=False)
        return done.returncode, json.loads(done.stdout)["findings"]

    def test_each_fault_is_told_once_with_its_place(self):
        """All in one site: each document under a slug of its own, a workflow with a form that has it."""
        documents = [FORM, WORKFLOW]
        for i, (document, *_) in enumerate(FAULTS):
            documents.append(changed(document, slug=f"{document['slug']}-{i}"))
            if document["kind"] == "workflow":
                documents.append(changed(FORM, slug=f"avec-{i}", workflow=f"prime-{i}"))
        with Counter() as counter:
            counter.define("ville", *documents)
            status, findings = self.findings(counter)
        self.assertEqual(status, 1)
        told = {}
        for finding in findings:
            told.setdefault(finding["slug"], []).append(finding)
        self.assertEqual([(f["kind"], f["where"]) for f in told.pop("ville")], [("site", "service")], "its contact has no address")
        for i, (document, severity, words) in enumerate(FAULTS):
            slug = f"{document['slug']}-{i}"
            with self.subTest(words=words, document=document):
                found = told.pop(slug, [])
                self.assertEqual([(f["kind"], f["severity"]) for f in found], [(document["kind"], severity)] if severity else [])
                for finding in found:
                    self.assertIn(words, finding["message"].replace("\u00a0", " "))
                    self.assertTrue(finding["where"])
        self.assertEqual(told, {}, "the sound ones")

    def test_what_a_field_cannot_have_is_told_and_nothing_else(self):
        documents = [WORKFLOW]
        for i, (field, condition) in enumerate(VAIN):
            documents.append(changed(asking(condition, **field), slug=f"vain-{i}"))
        for i, (field, condition) in enumerate(SOUND):
            documents.append(changed(asking(condition, **field), slug=f"juste-{i}"))
        with Counter() as counter:
            counter.define("ville", *documents)
            findings = [f for f in self.findings(counter)[1] if f["kind"] == "form"]
        self.assertEqual([(f["slug"], f["message"]) for f in findings if f["slug"].startswith("juste")], [])
        for i, (field, condition) in enumerate(VAIN):
            with self.subTest(condition, field=field):
                found = [(f["rule"], f["severity"], f["where"], f["line"], f["column"]) for f in findings if f["slug"] == f"vain-{i}"]
                self.assertEqual(found, [("comparison", "avertissement", "champ 9 (Autre), condition", 1, 1)])

    def test_a_fault_in_a_text_has_line_and_column(self):
        with Counter() as counter:
            counter.define("ville", WORKFLOW, with_field(type="comment", label="<p>\n {{ commune_nom }}</p>"),
                      changed(with_field(type="comment", label="<p>\n\n  {% fi %}</p>"), slug="autre"))
            findings = self.findings(counter)[1]
        name = next(f for f in findings if "commune_nom" in f["message"])
        self.assertEqual((name["line"], name["column"]), (2, 2))
        text = next(f for f in findings if f["construct"] == "template")
        self.assertEqual((text["line"], text["column"], text["severity"]), (3, 3, "erreur"))

    def test_a_filter_that_the_site_declares_is_known_and_runs(self):
        own = with_field(type="comment", label="<p>{{ \"le vélo\"|majuscules:2 }} !</p>")
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                self.set_contact(counter, filters={"majuscules": "{{ value|upper }} {{ argument|add:1 }}"})
                counter.define("ville", own, WORKFLOW)
                self.assertEqual(counter.cli("check").stdout, "0 erreur, 0 avertissement\n")
                counter.start()
                self.assertIn("LE VÉLO 3 !", Visitor(counter.port, "ville.localhost").get("/demarches/velo/1/").page.text)
                self.set_contact(counter)
                self.assertIn("Le filtre « majuscules »", counter.cli("check").stdout)

    def test_a_fault_while_a_form_is_filled_in_is_logged_with_its_place(self):
        with Counter() as counter:
            self.set_contact(counter)
            counter.define("ville", with_field(type="comment", label="<p>\n {{ form_var_nom|getlist:'x' }}{{ 7|divide:0 }}.</p>"), WORKFLOW)
            counter.start()
            self.assertIn(".", Visitor(counter.port, "ville.localhost").get("/demarches/velo/1/").page.text)
            counter.stop()
            told = [line for line in counter.log_text().splitlines() if "form.fault" in line]
        self.assertTrue(told)
        for line in told:
            for part in ("site=ville", "form=velo", "line=2", "fault="):
                self.assertIn(part, line)

    def test_a_filter_that_is_no_template_is_refused(self):
        with Counter() as counter:
            for name, text in (("majuscules", "{% si %}"), ("Majuscules", "{{ value }}"), ("majuscules", 1)):
                done = self.set_contact(counter, check=False, filters={name: text})
                self.assertEqual((done.returncode, name in done.stderr), (1, True), done.stderr)

    def test_a_sound_site_and_one_that_is_not_there(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                self.set_contact(counter)
                counter.define("ville", FORM, WORKFLOW)
                self.assertEqual(counter.cli("check").stdout, "0 erreur, 0 avertissement\n")
                done = counter.cli("check", "--site", "ailleurs", check=False)
                self.assertEqual((done.returncode, "ailleurs" in done.stderr), (1, True))

    def test_the_demonstration_is_sound(self):
        with Counter() as counter:
            counter.cli("demo", "--content", ROOT / "content")
            findings = json.loads(counter.cli("check", "--report", "json").stdout)["findings"]
        self.assertEqual([f for f in findings if not f["construct"]], [])

    @needs_corpus("publik")
    def test_the_real_definitions_raise_no_false_alarm(self):
        """With their roles and variables, all that is left was looked at, and is told with its reason in docs/publik.md."""
        with Counter() as counter:
            counter.cli("import", "publik", CORPUS / "publik", "--site", "ville")
            site = json.loads(counter.cli("site", "show", "--slug", "ville").stdout)
            wanted = self.findings(counter)[1]
            site["roles"] = [{"slug": m.group(1)} for f in wanted if (m := re.match(r"Le rôle « (\S+) »", f["message"]))]
            names = ["passerelle_url", "commune_name", "commune_cp", "commune_slug", "administration_adresse", "administration_site", "idp_url", "agendas_url"]
            site["settings"]["variables"] = {name: "x" for name in names}
            path = self.folder / "site.json"
            path.write_text(json.dumps(site))
            counter.cli("site", "set", path)
            left = self.findings(counter)[1]
        self.assertEqual([f["message"] for f in left if f["severity"] == "erreur" and f["where"] not in ("circuit", "service")], [])
        told = collections.Counter(key_of(f) for f in left if not f["construct"])
        self.assertEqual(dict(told), EXPLAINED)


if __name__ == "__main__":
    unittest.main()
