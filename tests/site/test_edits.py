"""Answers that are changed after filing (« editable »), in whole or in part, and files that are added (« addattachment »), by the
resident and by agents."""
import re
import unittest

from support.filler import PDF
from support.town import ADA, OnEachStore, acting_form, file_own, on_each_store, press, status_of, track

CLERK = "clerc@ville.example"
FIELDS = [
    {"id": "1", "type": "page", "label": "Vous", "varname": "vous"},
    {"id": "2", "type": "string", "label": "Famille", "varname": "nom"},
    {"id": "3", "type": "email", "label": "Courriel", "varname": "courriel"},
    {"id": "4", "type": "page", "label": "Le foyer", "varname": "foyer",
     "post_conditions": [{"condition": "form_var_enfants < 10", "error_message": "Trop d’enfants"}]},
    {"id": "5", "type": "numeric", "label": "Enfants", "varname": "enfants"},
    {"id": "6", "type": "file", "label": "Justificatif", "varname": "piece"},
    {"id": "7", "type": "page", "label": "Grande famille", "varname": "grande", "condition": "form_var_enfants > 3"},
    {"id": "8", "type": "string", "label": "Carte", "varname": "carte"}]
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "backoffice_fields": [{"id": "bo1", "type": "file", "label": "Réponse signée", "varname": "reponse", "required": "optional"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "editable", "label": "Tout modifier", "by": ["_submitter", "_receiver"], "status": "modifie", "operation_mode": "full", "set_marker_on_status": True},
            {"id": "2", "type": "editable", "label": "Modifier le foyer", "by": ["_receiver"], "operation_mode": "single", "page_identifier": "foyer"},
            {"id": "3", "type": "editable", "label": "Modifier la suite", "by": ["_receiver"], "operation_mode": "partial", "page_identifier": "foyer"},
            {"id": "4", "type": "addattachment", "title": "Courrier", "by": ["_submitter", "_receiver"], "varname": "courrier", "button_label": "Joindre le courrier",
             "document_type": {"id": "_pdf", "label": "PDF", "mimetypes": ["application/pdf"]}},
            {"id": "5", "type": "jumponsubmit", "status": "joint"}]},
        {"id": "modifie", "name": "Modifié", "actions": [{"id": "1", "type": "choice", "label": "Revenir", "by": ["_receiver"], "status": "_previous"}]},
        {"id": "joint", "name": "Joint", "actions": [
            {"id": "1", "type": "register-comment", "comment": "<p>Reçu {{ form_attachments_courrier }}</p>"},
            {"id": "2", "type": "addattachment", "title": "Réponse", "by": ["_receiver"], "required": True, "attach_to_history": False, "backoffice_filefield_id": "bo1"},
            {"id": "3", "type": "choice", "label": "Finir", "by": ["_receiver"], "status": "fini"}]},
        {"id": "fini", "name": "Fini", "forced_endpoint": True, "actions": []}]}


class Edits(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"},
                              "confirmation": False, "fields": FIELDS}, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def file(self, town):
        return file_own(town, "carte", Famille="Durand", Courriel=ADA, Enfants="2", Justificatif=("piece.pdf", "application/pdf", PDF))

    def open(self, visitor, url, label):
        link = next(href for href, text in visitor.get(url).page.links if text == label)
        page = visitor.get(link)
        return page, next(form for form in page.page.forms if "/modifier/" in form.action)

    def control(self, form, label):
        return next(control.name for control in form.controls if control.label.startswith(label))

    @on_each_store
    def test_a_resident_changes_all_and_the_status_follows(self, town):
        resident, _, own, office = self.file(town)
        page, form = self.open(resident, own, "Tout modifier")
        self.assertEqual([heading for heading in page.page.headings if heading in ("Vous", "Le foyer", "Grande famille")], ["Vous", "Le foyer"])
        self.assertIn("piece.pdf", page.html)
        wrong = resident.send(form, {self.control(form, "Famille"): ""})
        self.assertEqual(wrong.status, 422)
        wrong = resident.send(form, {self.control(form, "Enfants"): "12"})
        self.assertIn("Trop d’enfants", wrong.page.text)
        more = resident.send(form, {self.control(form, "Famille"): "Martin", self.control(form, "Enfants"): "4"})
        self.assertIn("Grande famille", more.page.headings)
        form = next(form for form in more.page.forms if "/modifier/" in form.action)
        done = resident.send(form, {self.control(form, "Carte"): "F123"})
        self.assertEqual((done.status, done.url, status_of(done)), (200, own, "Modifié"))
        self.assertIn("Martin", done.page.text)
        self.assertIn("piece.pdf", done.page.text)
        self.assertIn("Réponses modifiées", done.page.text)
        agent = town.visitor("ville", CLERK)
        self.assertIn("(avant : Durand)", agent.get(office).page.text.replace("\u00a0", " "))
        press(agent, office, "Revenir")
        self.assertEqual(status_of(agent.get(office)), "Reçu")

    @on_each_store
    def test_an_agent_changes_one_page_or_from_one_on(self, town):
        _, _, _, office = self.file(town)
        agent = town.visitor("ville", CLERK)
        page, form = self.open(agent, office, "Modifier le foyer")
        self.assertNotIn("Famille", [control.label for control in form.controls])
        done = agent.send(form, {self.control(form, "Enfants"): "5"})
        self.assertEqual((done.url, status_of(done)), (office, "Reçu"))
        page, form = self.open(agent, office, "Modifier la suite")
        self.assertIn("Grande famille", page.page.headings)
        self.assertEqual(next(control.value for control in form.controls if control.label.startswith("Enfants")), "5")
        done = agent.send(form, {self.control(form, "Carte"): "F9"})
        self.assertIn("F9", done.page.text)
        self.assertIn("Durand", done.page.text)

    @on_each_store
    def test_two_who_change_at_once(self, town):
        resident, _, own, office = self.file(town)
        agent = town.visitor("ville", CLERK)
        _, mine = self.open(resident, own, "Tout modifier")
        _, theirs = self.open(agent, office, "Modifier le foyer")
        agent.send(theirs, {self.control(theirs, "Enfants"): "3"})
        late = resident.send(mine, {self.control(mine, "Famille"): "Martin"})
        self.assertEqual(late.status, 409)
        self.assertIn("entre-temps", late.page.text)
        self.assertIn('value="Martin"', late.html)
        form = next(form for form in late.page.forms if "/modifier/" in form.action)
        self.assertEqual(resident.send(form).url, own)

    @on_each_store
    def test_who_may_not_change(self, town):
        resident, code, own, office = self.file(town)
        self.assertEqual(resident.get(own + "modifier/?action=2").status, 403)  # the agents'
        tracked = town.visitor("ville")
        self.assertNotIn("Tout modifier", track(tracked, code, ADA).html)
        self.assertNotEqual(tracked.get(own + "modifier/?action=1").url, own + "modifier/?action=1")
        stranger = town.visitor("ville", CLERK)
        self.assertEqual(stranger.get(own + "modifier/?action=1").status, 404)

    @on_each_store
    def test_a_file_is_added_and_leads_on(self, town):
        resident, _, own, office = self.file(town)
        refused = press(resident, own, "Joindre le courrier", files={"Courrier": ("mot.txt", "text/plain", b"Bonjour")})
        self.assertEqual(refused.status, 422)
        press(resident, own, "Joindre le courrier", files={"Courrier": ("lettre.pdf", "application/pdf", PDF)})
        page = resident.get(own)
        self.assertEqual(status_of(page), "Joint")
        self.assertIn("Reçu lettre.pdf", page.page.text)
        blob = re.search(r'fichiers/([0-9a-f]{64})/">lettre.pdf', page.html).group(1)
        self.assertEqual(resident.get(f"{own}fichiers/{blob}/").body, PDF)
        agent = town.visitor("ville", CLERK)
        missing = press(agent, office, "Finir")
        self.assertEqual(missing.status, 422)
        press(agent, office, "Finir", files={"Réponse": ("reponse.pdf", "application/pdf", PDF + b"\n")})
        shown = agent.get(office)
        self.assertEqual(status_of(shown), "Fini")
        self.assertIn("Réponse signée", shown.page.text)
        hidden = re.search(r'fichiers/([0-9a-f]{64})/[^>]*>[^<]*reponse.pdf', shown.html).group(1)
        self.assertNotIn("reponse.pdf", resident.get(own).html)
        self.assertEqual(resident.get(f"{own}fichiers/{hidden}/").status, 404)


if __name__ == "__main__":
    unittest.main()
