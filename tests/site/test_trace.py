"""What was done to a request and why: told to agents in sentences, to administrators with conditions, values, outcomes of mails."""
import re
import time
import unittest

from support.town import ADA, OnEachStore, file_own, on_each_store, press

CLERK, ADMIN, HIDDEN = "clerc@ville.example", "admin@ville.example", "cle-secrete-42"
FORM = {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom", "anonymise": "final"},
                   {"id": "2", "type": "numeric", "label": "Enfants", "varname": "enfants"}]}
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "m", "type": "sendmail", "to": ["_submitter"], "subject": "Bien reçu", "body": "Bonjour {{ form_var_nom }}"},
            {"id": "n", "type": "register-comment", "comment": "<p>Nombreux</p>", "condition": "form_var_enfants > 2 and cle_du_service"},
            {"id": "p", "type": "register-comment", "comment": "<p>Un nom</p>", "condition": "form_var_nom == \"Durand\""},
            {"id": "1", "type": "choice", "label": "Accepter", "by": ["_receiver"], "status": "fait", "condition": "form_var_nom"}]},
        {"id": "fait", "name": "Fait", "actions": [{"id": "j", "type": "jump", "status": "clos", "condition": "form_var_enfants == 2"}]},
        {"id": "clos", "name": "Clos", "actions": []}],
    "global_actions": [{"id": "oubli", "name": "Oublier", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"]}],
                        "actions": [{"id": "1", "type": "anonymise", "mode": "final"}]}]}


class Trace(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"], variables={"cle_du_service": HIDDEN})
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    def read(self, visitor, office):
        return re.sub(r"(?<=\() | (?=[,.)])", "", visitor.get(office + "trace/").page.text)

    @on_each_store
    def test_what_was_done_and_why_is_told_and_forgotten_with_the_request(self, town):
        resident, _, own, office = file_own(town, "carte", Famille="Durand", Enfants="2")
        self.assertNotIn("trace", resident.get(own).html)
        self.assertEqual(resident.get(office + "trace/").status, 403)
        agent, admin = town.visitor("ville", CLERK), town.visitor("ville", ADMIN)
        press(agent, office, "Accepter")
        said = self.read(agent, office)
        for sentence in ("La demande a été déposée.", "Courriel : « Bien reçu »", "Message dans l’historique : pas fait, sa condition n’était pas remplie",
                         "Message dans l’historique : fait, sa condition était remplie", "Une action de la page a été choisie.",
                         "Bouton « Accepter » : fait", "Passage à « Clos » : fait"):
            self.assertIn(sentence, said)
        self.assertNotIn("form_var_", said)
        told = self.read(admin, office)
        for fact in ("Condition : form_var_enfants > 2 and cle_du_service", "form_var_enfants : « 2 »", "cle_du_service : donnée du site, non gardée",
                     "form_var_nom : « Durand »", "Reçu, action n (register-comment)", "Version 1 du circuit."):
            self.assertIn(fact, told)
        self.assertEqual(town.sql("site-ville", f"SELECT COUNT(*) FROM dossier_history WHERE CAST(parts AS TEXT) LIKE '%{HIDDEN}%'"), [["0"]])
        end = time.monotonic() + 20
        while f"E-mail à {ADA}, « Bien reçu » : parti." not in self.read(agent, office) and time.monotonic() < end:
            time.sleep(0.1)
        self.assertIn(f"E-mail à {ADA}, « Bien reçu » : parti.", self.read(agent, office))
        press(agent, office, "Oublier")
        told = self.read(admin, office)
        self.assertIn("La demande est anonymisée", told)
        self.assertNotIn("Durand", told)
        self.assertEqual(town.cli("verify").returncode, 0)

    @on_each_store
    def test_a_mail_that_did_not_leave_is_told(self, town):
        _, _, _, office = file_own(town, "carte", Famille="Martin", Enfants="1")
        key = town.sql("site-ville", "SELECT MAX(id) FROM dossier")[0][0]
        columns = "id, kind, key, payload, due, look, attempts, is_remote, error, dead"
        parts = town.sql("site-ville", f"SELECT parts FROM dossier_history WHERE dossier = {key} AND position = 1")[0][0]
        job = parts.split('"job":')[1].split('"')[1]
        self.wait_until_sent(town, job)
        town.sql("site-ville", f"INSERT INTO job ({columns}) VALUES (1, 'mail.send', '{job}', '{{}}', 0, 0, 8, 1, 'refus du serveur', 1)")
        self.assertIn("jamais parti", self.read(town.visitor("ville", CLERK), office))
        self.assertIn("(refus du serveur)", self.read(town.visitor("ville", ADMIN), office))

    def wait_until_sent(self, town, key):
        end = time.monotonic() + 20
        while town.sql("site-ville", f"SELECT 1 FROM job WHERE key = '{key}'") and time.monotonic() < end:
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
