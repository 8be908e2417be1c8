"""Sub-forms of a circuit: conditions on their own answers, while they are filled in and when they are sent; jumps by their identifier."""
from support.town import ADA, OnEachStore, file_own, on_each_store, press, status_of

CLERK = "clerc@ville.example"
FORM = {"kind": "form", "slug": "prime", "name": "Prime", "workflow": "prime", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}, {"id": "2", "type": "numeric", "label": "Plafond", "varname": "plafond"}]}
DECISION = {"id": "1", "type": "form", "varname": "decision", "by": ["_receiver"], "include_in_form_history": True, "fields": [
    {"id": "1", "type": "item", "label": "Avis", "varname": "avis", "items": ["Favorable", "Défavorable"]},
    {"id": "2", "type": "numeric", "label": "Montant", "varname": "montant", "condition": 'decision_var_avis == "Favorable"'}],
    "post_conditions": [
        {"condition": "decision_var_montant|default:0 <= form_var_plafond", "error_message": "Le montant dépasse {{ form_var_plafond }} € (<b>)"},
        {"condition": 'form_workflow_form_decision_var_avis != "Défavorable" or motif_var_texte', "error_message": "Dites pourquoi"}]}
WORKFLOW = {"kind": "workflow", "slug": "prime", "name": "Prime", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "recu", "name": "Reçu", "actions": [
        {"id": "0", "type": "form", "varname": "motif", "by": ["_receiver"], "fields": [{"id": "3", "type": "string", "label": "Motif", "varname": "texte", "required": "optional"}]},
        DECISION,
        {"id": "2", "type": "choice", "label": "Décider", "by": ["_receiver"], "status": "decide", "identifier": "decider"},
        {"id": "3", "type": "choice", "label": "Passer", "by": ["_receiver"], "status": "decide", "identifier": "passer", "ignore_form_errors": True}]},
    {"id": "decide", "name": "Décidé", "actions": [
        {"id": "1", "type": "register-comment", "comment": "<p>Par {{ form_latest_jump }} ({{ form_jumps|length }}) : {{ decision_var_montant }}</p>"},
        {"id": "2", "type": "choice", "label": "Revenir", "by": ["_receiver"], "status": "recu", "identifier": "revenir"}]}]}


class SubForms(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_conditions_read_what_is_being_filled_in(self, town):
        _, _, _, office = file_own(town, "prime", Nom="Durand", Plafond="100")
        agent = town.visitor("ville", CLERK)
        asked = press(agent, office, "Décider", {"Avis": "Favorable"})
        self.assertEqual(asked.status, 422)
        self.assertIn("Montant", asked.page.text)
        form = next(form for form in asked.page.forms if form.action == office)
        values = {control.name: "150" for control in form.controls if control.label.startswith("Montant")}
        self.assertTrue(values)
        refused = agent.send(form, values, button="Décider")
        self.assertEqual(refused.status, 422)
        self.assertIn("Le montant dépasse 100 € (<b>)", refused.page.text)
        self.assertNotIn("(<b>)", refused.html)
        self.assertIn('value="150"', refused.html)
        form = next(form for form in refused.page.forms if form.action == office)
        done = agent.send(form, {name: "80" for name in values}, button="Décider")
        self.assertEqual((done.status, status_of(done)), (200, "Décidé"))
        self.assertIn("Par decider (1) : 80", done.page.text)
        back = press(agent, office, "Revenir")
        self.assertEqual(status_of(back), "Reçu")

    @on_each_store
    def test_a_form_reads_those_before_it_on_the_page(self, town):
        _, _, _, office = file_own(town, "prime", Nom="Martin", Plafond="100")
        agent = town.visitor("ville", CLERK)
        refused = press(agent, office, "Décider", {"Avis": "Défavorable"})
        self.assertEqual(refused.status, 422)
        self.assertIn("Dites pourquoi", refused.page.text)
        self.assertNotIn("dépasse", refused.page.text)
        done = press(agent, office, "Décider", {"Avis": "Défavorable", "Motif": "Hors délai"})
        self.assertEqual((done.status, status_of(done)), (200, "Décidé"))

    @on_each_store
    def test_a_button_that_ignores_errors_passes(self, town):
        _, _, _, office = file_own(town, "prime", Nom="Blanc", Plafond="100")
        agent = town.visitor("ville", CLERK)
        done = press(agent, office, "Passer", {"Avis": "Défavorable"})
        self.assertEqual((done.status, status_of(done)), (200, "Décidé"))
        self.assertIn("Par passer (1)", done.page.text)
