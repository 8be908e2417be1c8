"""Pages that end the path of who is not concerned: told why and what else to do; nothing is filed."""
import unittest

from support.filler import main_form
from support.town import OnEachStore, file_request, on_each_store

STOPS = [{"condition": 'form_var_commune == "Ailleurs"', "text": "<p>Ce service est pour les habitants de {{ site_name }}. {{ form_var_nom }}</p>",
          "link": {"url": "https://annuaire.exemple.example/?q={{ form_var_nom|urlencode }}", "label": "Trouver votre mairie"}},
         {"condition": 'form_var_nom == "Vide"', "title": "Pas vous", "link": {"url": "javascript:alert(1)", "label": "Mauvais lien"}}]
FIELDS = [{"id": "p1", "type": "page", "label": "Vous", "stops": STOPS},
          {"id": "1", "type": "item", "label": "Commune", "varname": "commune", "items": ["Ici", "Ailleurs"], "display_mode": "list"},
          {"id": "2", "type": "string", "label": "Nom", "varname": "nom"},
          {"id": "p2", "type": "page", "label": "La suite"},
          {"id": "3", "type": "string", "label": "Objet", "varname": "objet"}]
FORM = {"kind": "form", "slug": "ici", "name": "Ici", "functions": {"_receiver": "accueil"}, "fields": FIELDS}


class Stops(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, {**FORM, "slug": "direct", "name": "Direct", "confirmation": False, "fields": FIELDS[:3]})

    def first(self, visitor, commune, nom="Durand", slug="ici", button="Continuer"):
        values = {"f1": commune, "f2": nom}
        return visitor.send(main_form(visitor.get(f"/demarches/{slug}/1/").page), values, button=button)

    def filed(self, town):
        return int(town.sql("site-ville", "SELECT COUNT(*) FROM dossier")[0][0])

    @on_each_store
    def test_the_path_ends_with_why_and_what_else_and_goes_back(self, town):
        visitor, before = town.visitor("ville"), self.filed(town)
        answer = self.first(visitor, "Ailleurs", "D & <b>")
        self.assertEqual((answer.status, answer.url), (200, "/demarches/ici/1/arret/"))
        self.assertIn("Vous n’êtes pas concerné par ce service", answer.page.text)
        self.assertIn("Ce service est pour les habitants de Ville. D & <b>", answer.page.text)
        self.assertIn('href="https://annuaire.exemple.example/?q=D%20%26%20%3Cb%3E"', answer.html)
        self.assertIn("Modifier mes réponses", answer.page.text)
        self.assertEqual(visitor.get("/demarches/ici/2/").url, "/demarches/ici/1/", "nor the next page")
        self.assertEqual(visitor.get("/demarches/ici/verifier/").url, "/demarches/ici/1/")
        self.assertIn(" selected>Ailleurs", visitor.get("/demarches/ici/1/").html)
        self.assertEqual(self.first(visitor, "Ici").url, "/demarches/ici/2/")
        self.assertEqual(visitor.get("/demarches/ici/1/arret/").url, "/demarches/ici/2/", "no stop is left")
        self.assertEqual(self.filed(town), before)

    @on_each_store
    def test_a_link_that_runs_something_is_left_out(self, town):
        answer = self.first(town.visitor("ville"), "Ici", "Vide")
        self.assertIn("Pas vous", answer.page.text)
        self.assertNotIn("javascript:", answer.html)

    @on_each_store
    def test_who_comes_back_and_answers_so_can_no_longer_send(self, town):
        visitor, before = town.visitor("ville"), self.filed(town)
        self.first(visitor, "Ici")
        check = visitor.send(main_form(visitor.get("/demarches/ici/2/").page), {"f3": "Essai"}, button="Continuer")
        self.assertEqual(check.url, "/demarches/ici/verifier/")
        send = main_form(check.page)
        self.assertEqual(self.first(visitor, "Ailleurs").url, "/demarches/ici/1/arret/")
        visitor.send(send, {}, button="Envoyer ma demande")
        self.assertEqual(self.filed(town), before)

    @on_each_store
    def test_a_form_that_is_sent_from_its_last_page_stops_too(self, town):
        before = self.filed(town)
        answer = self.first(town.visitor("ville"), "Ailleurs", slug="direct", button="Envoyer ma demande")
        self.assertEqual((answer.url, self.filed(town)), ("/demarches/direct/1/arret/", before))
        file_request(town.visitor("ville"), "direct", Commune="Ici")
        self.assertEqual(self.filed(town), before + 1)


if __name__ == "__main__":
    unittest.main()
