"""A person is told something once: by mail, by text message, in their account; by the ways that they want, where these reach them;
the history says so to them, and to agents by which ways."""
import json
import time
import unittest

from support.filler import main_form
from support.peer import Peer
from support.town import ADA, OnEachStore, buttons, file_own, file_request, on_each_store, press

CLERK, SWITCH = "clerc@ville.example", "standard@ville.example"
FORM = {"kind": "form", "slug": "aide", "name": "Aide", "workflow": "aide", "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": [
    {"id": "1", "type": "string", "label": "Nom", "varname": "nom"},
    {"id": "2", "type": "string", "label": "Contact", "varname": "contact", "required": "optional"},
    {"id": "3", "type": "string", "label": "Mobile", "varname": "mobile", "required": "optional", "prefill": {"type": "user", "value": "mobile"}}]}
WORKFLOW = {"kind": "workflow", "slug": "aide", "name": "Aide", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçue", "actions": [
        {"id": "1", "type": "inform", "to": ["_submitter"], "subject": "Aide pour {{ form_var_nom }}", "body": "Bonjour {{ form_var_nom }},\n\nvotre aide arrive.",
         "sms": "Votre aide arrive", "preference": "{{ form_var_contact }}"},
        {"id": "2", "type": "inform", "to": ["_receiver", "accueil"], "subject": "À traiter\u00a0: {{ form_var_nom }}", "body": "Une demande d’aide."},
        {"id": "3", "type": "choice", "label": "Reprendre", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Reprise", "actions": [{"id": "1", "type": "jump", "status": "1"}]}]}

# Agents, by a role and by a function, and a number that a template gives: whoever is meant twice has it once.
CALL = {**FORM, "slug": "appel", "name": "Appel", "workflow": "appel", "functions": {"_receiver": "standard"}}
CALLING = {"kind": "workflow", "slug": "appel", "name": "Appel", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [{"id": "1", "name": "Reçue", "actions": [
    {"id": "1", "type": "inform", "to": ["_receiver", "standard", "{{ form_var_mobile }}", "{{ form_var_contact }}"], "subject": "Appel de {{ form_var_nom }}", "body": "Rappelez.", "preference": "sms"}]}]}


class Inform(OnEachStore):
    beside = {"gateway": Peer}

    @classmethod
    def build(cls, town):
        cls.gateway.answer("/envoi", {"err": 0})
        town.site("ville", "Ville", roles=["accueil", "standard"], sms={"url": cls.gateway.url + "/envoi", "from": "Ville"}, outgoing={"allow": [cls.gateway.host]})
        town.define("ville", FORM, WORKFLOW, CALL, CALLING)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(SWITCH, "Sacha Standard", "ville", ["standard"])
        town.person(ADA, "Ada Durand")

    def texts(self, least):
        until = time.monotonic() + 20
        while len(sent := [request for request in self.gateway.requests if request.path == "/envoi"]) < least and time.monotonic() < until:
            time.sleep(0.05)
        return sent

    def told(self, town, subject):
        return [text for title, text in town.mailbox.of(ADA) if title == subject]

    @on_each_store
    def test_a_person_is_told_by_every_way_and_not_twice(self, town):
        before = len(self.texts(0))
        resident, _, own, url = file_own(town, "aide", ADA, Nom="Zoé", Contact="", Mobile="0612345678")
        town.mailbox.wait_for(ADA, "Aide pour Zoé")
        self.assertEqual(len(self.texts(before + 1)), before + 1)
        self.assertIn("Votre aide arrive", self.texts(before + 1)[-1].body.decode())
        self.assertIn("Aide pour Zoé", resident.get("/mon-compte/").page.text)
        clerk = town.visitor("ville", CLERK)
        page = clerk.get(url).page.text.replace("\u00a0", " ")
        self.assertIn("Dit par : courriel, SMS, notification", page)
        self.assertIn("À traiter : Zoé", page)
        page = resident.get(own).page.text.replace("\u00a0", " ")
        self.assertIn("votre aide arrive.", page)
        self.assertNotIn("Dit par", page)
        self.assertNotIn("À traiter", page, "what agents are told is theirs")
        press(clerk, url, "Reprendre")
        self.assertEqual(buttons(clerk.get(url), url), ["Reprendre"], "it came to the status again")
        town.mailbox.wait_for(CLERK, "À traiter")
        self.assertEqual(len(self.told(town, "Aide pour Zoé")), 1)
        self.assertEqual(len(self.texts(before + 1)), before + 1)
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM dossier_notice WHERE title = 'Aide pour Zoé'")[0][0], "1")

    @on_each_store
    def test_the_ways_that_the_person_wants_are_taken_and_others_where_they_reach_nobody(self, town):
        before = len(self.texts(0))
        _, _, _, url = file_own(town, "aide", ADA, Nom="Luc", Contact="sms", Mobile="0612345678")
        _, _, _, other = file_own(town, "aide", ADA, Nom="Eva", Contact="SMS, portal", Mobile="")
        code = file_request(town.visitor("ville"), "aide", Nom="Nul", Contact="portal", Mobile="").replace("-", "")
        clerk = town.visitor("ville", CLERK)
        for page, by in ((url, "SMS"), (other, "notification"), (f"/agents/demandes/{code}/", "aucun moyen connu")):
            self.assertIn(f"Dit par : {by} ", clerk.get(page).page.text.replace("\u00a0", " ").replace("\n", " ") + " ")
        self.assertEqual(len(self.texts(before + 1)), before + 1)
        self.assertEqual(self.told(town, "Aide pour Luc") + self.told(town, "Aide pour Eva"), [])

    @on_each_store
    def test_a_text_message_reaches_agents_and_numbers_that_a_template_gives(self, town):
        before, agent = len(self.texts(0)), town.visitor("ville", SWITCH)
        agent.send(main_form(agent.get("/mon-compte/profil/").page), {"phone": "0600000001"})
        code = file_request(town.visitor("ville"), "appel", Nom="Max", Contact="pas un numéro", Mobile="06 12 34 56 78").replace("-", "")
        sent = self.texts(before + 1)
        self.assertEqual(len(sent), before + 1)
        self.assertEqual(json.loads(sent[-1].body)["to"], ["0600000001", "06 12 34 56 78"])
        self.assertIn("Dit par : SMS", agent.get(f"/agents/demandes/{code}/").page.text.replace("\u00a0", " "))
        self.assertFalse([title for title, _ in town.mailbox.of(SWITCH) if "Appel de Max" in title])


if __name__ == "__main__":
    unittest.main()
