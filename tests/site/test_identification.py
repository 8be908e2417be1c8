"""Forms that want a stronger identification than a password: what residents are told, who may go on, what agents may."""
import html
import json
import unittest

from support.filler import main_form
from support.town import ADA, OnEachStore, file_request, on_each_store

CLERK = "clerc@ville.example"
FORM = {"kind": "form", "slug": "acte", "name": "Acte d’état civil", "required_authentication_contexts": ["franceconnect", "fedict"],
        "functions": {"_receiver": "accueil"}, "backoffice_submission_roles": ["accueil"],
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]}
STRANGE = FORM | {"slug": "etrange", "name": "Étrange", "required_authentication_contexts": ["<script>alert(1)</script>"]}
OPEN = FORM | {"slug": "libre", "name": "Libre", "required_authentication_contexts": []}


class Identification(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, STRANGE, OPEN)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_the_sheet_says_it_before_one_begins(self, town):
        visitor = town.visitor("ville")
        self.assertIn("Il faut s’identifier avec FranceConnect ou la carte d’identité électronique belge ou itsme.",
                      visitor.get("/demarches/acte/").page.text)
        self.assertNotIn("Identification", visitor.get("/demarches/libre/").page.text)

    @on_each_store
    def test_who_has_not_identified_themself_so_is_told_what_to_do(self, town):
        for email in (None, ADA):
            visitor = town.visitor("ville", email)
            for path in ("commencer/", "1/", "verifier/"):
                answer = visitor.get(f"/demarches/acte/{path}")
                self.assertEqual(answer.status, 403)
                text = answer.page.text
                self.assertIn("Cette démarche demande de s’identifier avec FranceConnect", text)
                self.assertIn("04 00 00 00 99", text)
                self.assertIn("1 place de la Mairie", text)
                self.assertEqual("avec votre adresse e-mail et votre mot de passe" in text, email is not None)
                self.assertIsNone(next((f for f in answer.page.forms if "/demarches/acte" in f.action), None))
            token = main_form(visitor.get("/demarches/libre/1/").page).named("jeton")[0].value
            for path in ("1/", "1/direct/", "envoyer/"):
                answer = visitor.post(f"/demarches/acte/{path}", [("jeton", token), ("f1", "Durand")])
                self.assertEqual(answer.status, 403, path)

    @on_each_store
    def test_who_has_files_it(self, town):
        for context in ("franceconnect", "fedict"):
            resident = town.visitor("ville", ADA)
            town.identify(resident, context)
            self.assertTrue(file_request(resident, "acte"))
            self.assertTrue(file_request(resident, "acte"), "from the cache of sessions too")

    @on_each_store
    def test_another_way_is_not_enough(self, town):
        resident = town.visitor("ville", ADA)
        for context in ("proconnect", "FranceConnect", "franceconnect ", "x" * 500):
            town.identify(resident, context)
            self.assertEqual(resident.get("/demarches/acte/1/").status, 403, context)

    @on_each_store
    def test_an_agent_enters_it_for_them(self, town):
        agent = town.visitor("ville", CLERK)
        form = main_form(agent.get("/agents/saisie/").page)
        page = agent.send(form, {"demarche": "acte", "canal": "counter", "courriel": ADA})
        self.assertEqual((page.status, page.url), (200, "/demarches/acte/1/"))
        answer = agent.send(main_form(page.page), {"f1": "Durand"}, button="Continuer")
        self.assertRegex(agent.send(main_form(answer.page), button="Envoyer ma demande").url, "^/agents/demandes/")
        self.assertEqual(agent.get("/demarches/acte/1/").status, 403, "for themself the agent is a resident as others")

    @on_each_store
    def test_a_way_that_nobody_knows_is_called_by_its_name(self, town):
        answer = town.visitor("ville").get("/demarches/etrange/1/")
        self.assertEqual(answer.status, 403)
        self.assertIn(html.escape("<script>alert(1)</script>"), answer.html)
        self.assertNotIn("<script>alert", answer.html)

    @on_each_store
    def test_a_rehearsal_identifies_itself_so(self, town):
        report = json.loads(town.cli("rehearse", "--form", "acte,libre", "--site", "ville", "--report", "json", check=False).stdout)
        self.assertEqual([(f["form"], f["state"], f["errors"]) for f in report["forms"]], [("acte", "filed", []), ("libre", "filed", [])])


if __name__ == "__main__":
    unittest.main()
