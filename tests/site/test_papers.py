"""Files that a workflow sends and shows, over HTTP with the real server and a real SMTP server."""
import hashlib
import unittest

from support.filler import PDF
from support.slow import wait_until
from support.smtp import text_of
from support.town import ADA, OnEachStore, file_own, on_each_store

CLERK = "clerc@ville.example"
NAME = "Plan d’été.pdf"
FIELDS = [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"},
          {"id": "2", "type": "file", "label": "Plan", "varname": "plan", "required": "optional"}]
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [{"id": "a", "name": "Reçu", "actions": [
        {"id": "1", "type": "sendmail", "to": ["_submitter"], "mail_template": "avis", "attachments": ["{{ form_var_plan }}"], "varname": "avis"},
        {"id": "2", "type": "register-comment", "to": ["_receiver"], "comment_template": "mot", "attachments": ["form_var_plan_raw"]},
        {"id": "3", "type": "choice", "label": "Finir", "by": ["_receiver"], "status": "b"}]},
        {"id": "b", "name": "Fini", "actions": []}]}
DOCUMENTS = [WORKFLOW,
             {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": FIELDS},
             {"kind": "mail-template", "slug": "avis", "name": "Avis", "subject": "Plan de {{ form_var_nom }}", "body": "Voici.", "attachments": ["{{ form_var_plan }}"]},
             {"kind": "comment-template", "slug": "mot", "name": "Mot", "comment": "<p>Écrit à {{ form_workflow_email_avis_addresses|first }}</p>"}]


class Papers(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", *DOCUMENTS)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_a_mail_brings_the_files_that_its_texts_name_once_each(self, town):
        *_, office = file_own(town, "carte", Famille="Durand", Plan=(NAME, "application/pdf", PDF))
        message = town.mailbox.wait_for(ADA, "Plan de Durand")
        files = list(message.iter_attachments())
        self.assertEqual([(part.get_filename(), part.get_content_type(), part.get_content()) for part in files], [(NAME, "application/pdf", PDF)])
        self.assertIn("Voici.", text_of(message))
        agent = town.visitor("ville", CLERK)
        self.assertIn(f"Écrit à {ADA}", agent.get(office).html)
        self.assertEqual(agent.get(f"{office}fichiers/{hashlib.sha256(PDF).hexdigest()}/").status, 200)

    @on_each_store
    def test_a_file_that_is_lost_is_told_in_the_message_and_in_the_history(self, town):
        town.mailbox.answer, before = "451 later", town.mailbox.refused
        try:
            *_, office = file_own(town, "carte", Famille="Perdu", Plan=("perdu.pdf", "application/pdf", PDF + b"perdu"))
            self.assertTrue(wait_until(lambda: town.mailbox.refused > before))
            for blob in town.folder.glob("blobs/*/*"):
                if blob.read_bytes() == PDF + b"perdu":
                    blob.unlink()
        finally:
            town.mailbox.answer = "250 kept"
        message = town.mailbox.wait_for(ADA, "Plan de Perdu", seconds=60)
        self.assertEqual(list(message.iter_attachments()), [])
        self.assertIn("perdu.pdf", text_of(message))
        agent = town.visitor("ville", CLERK)
        self.assertTrue(wait_until(lambda: "Courriel parti sans ses pièces jointes" in agent.get(office).html))


if __name__ == "__main__":
    unittest.main()
