"""Saved views of a form in the office: their filters, order and columns, the one that is shown first, their part in exports; and of
cards."""
import re
import unittest

from support.town import OnEachStore, file_request, on_each_store, press

CLERK, OTHER = "clerc@ville.example", "autre@ville.example"


def view(slug, title, **more):
    return {"slug": slug, "title": title, "visibility": "any", **more}


VIEWS = [
    view("a-traiter", "Ce qui attend", is_default=True, order_by="receipt_time", columns=["id", "1", "status", "7-7"],
         filters={"filter-status": "on", "filter": "waiting", "filter-2": "on", "filter-2-operator": "eq"}),
    view("du-nord", "Du Nord", order_by="-last_update_time", columns=["digest", "2", "time"],
         filters={"filter-2": "on", "filter-2-value": "Nord", "filter-status": "on", "filter": "all"}),
    view("grandes", "Grandes familles", filters={"filter-3": "on", "filter-3-value": "4", "filter-3-operator": "gte"}),
    view("cachee", "Pour une source", visibility="datasource")]
FORM = {"kind": "form", "slug": "cantine", "name": "Cantine", "workflow": "suivi", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "digest_template": "Famille {{ form_var_nom }}", "digest_templates": {"custom-view:du-nord": "{{ form_var_nom }}, {{ form_var_enfants }}"},
        "custom_views": VIEWS, "fields": [
            {"id": "1", "type": "string", "label": "Famille", "varname": "nom"},
            {"id": "2", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Nord", "Sud"]},
            {"id": "3", "type": "numeric", "label": "Enfants", "varname": "enfants"}]}
WORKFLOW = {"kind": "workflow", "slug": "suivi", "name": "Suivi", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "recu", "name": "Reçu", "actions": [{"id": "1", "type": "choice", "label": "Finir", "by": ["_receiver"], "status": "fini"}]},
    {"id": "fini", "name": "Fini", "forced_endpoint": True, "actions": []}]}
FILED = [("Blanc", "Nord", "2"), ("Noir", "Sud", "5"), ("Rouge", "Nord", "4")]
LIST = "/agents/demandes/?demarche=cantine"


def rows(answer):
    return [tuple(re.findall(r"<td>(.*?)</td>", row)) for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", answer.html)]


def heads(answer):
    return re.findall(r'<th scope="col">([^<]*)</th>', answer.html)


class Views(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "sport"])
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(OTHER, "Olive Autre", "ville", ["sport"])

    def agent(self, town, email=CLERK):
        agent = town.visitor("ville", email)
        if "Noir" not in town.visitor("ville", CLERK).get(LIST + "&vue=-").html:
            for name, quarter, children in FILED:
                code = file_request(town.visitor("ville"), "cantine", Famille=name, Quartier=quarter, Enfants=children)
            press(town.visitor("ville", CLERK), f"/agents/demandes/{code.replace('-', '')}/", "Finir")
        return agent

    @on_each_store
    def test_the_first_view_filters_sorts_and_shows_its_columns(self, town):
        page = self.agent(town).get(LIST)
        self.assertEqual(heads(page), ["Suivi", "Numéro", "Famille", "État"])
        self.assertEqual([row[1:] for row in rows(page)], [("Blanc", "Reçu"), ("Noir", "Reçu")])
        self.assertRegex(rows(page)[0][0], r"^1-\d+$")
        self.assertIn('<option value="a-traiter" selected>Ce qui attend</option>', page.html)
        self.assertNotIn("Pour une source", page.html)

    @on_each_store
    def test_a_view_is_chosen_and_left(self, town):
        agent = self.agent(town)
        page = agent.get(LIST + "&vue=du-nord")
        self.assertEqual(heads(page), ["Suivi", "Résumé", "Quartier", "Reçue le"])
        self.assertEqual([row[:2] for row in rows(page)], [("Rouge, 4", "Nord"), ("Blanc, 2", "Nord")])
        self.assertIn("2 demandes", page.page.text)
        everything = agent.get(LIST + "&vue=-")
        self.assertEqual(len(rows(everything)), 3)
        self.assertIn("Démarche", heads(everything))
        self.assertEqual(len(rows(agent.get(LIST + "&vue=grandes"))), 2)
        self.assertEqual(len(rows(agent.get(LIST + "&vue=grandes&etat=terminees"))), 1)
        self.assertEqual(len(rows(agent.get(LIST + "&vue=grandes&q=noir"))), 1)

    @on_each_store
    def test_what_is_asked_beside_goes_before_the_view(self, town):
        agent = self.agent(town)
        self.assertEqual([row[1] for row in rows(agent.get(LIST + "&etat=terminees"))], ["Rouge"])
        self.assertEqual([row[1] for row in rows(agent.get(LIST + "&statut=fini"))], ["Rouge"])

    @on_each_store
    def test_a_view_shows_no_more_than_the_agent_may_see(self, town):
        self.agent(town)
        page = town.visitor("ville", OTHER).get(LIST + "&vue=grandes")
        self.assertEqual(rows(page), [])

    @on_each_store
    def test_an_export_has_what_the_view_has(self, town):
        text = self.agent(town).get("/agents/demandes/export/csv/?demarche=cantine&vue=grandes").body.decode()
        self.assertIn("Noir", text)
        self.assertNotIn("Blanc", text)

    @on_each_store
    def test_a_view_that_finds_little_in_much_goes_on_from_page_to_page(self, town):
        agent = self.agent(town)
        town.sql("site-ville", "INSERT INTO dossier_listing (dossier, role, form, status, phase, received, updated)"
                               " SELECT 900000 + n.i, 'accueil', 'cantine', 'recu', 1, 1900000000000000 + n.i, 1900000000000000 + n.i FROM"
                               " (WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) SELECT i FROM c) n")
        try:
            page = agent.get(LIST + "&vue=grandes")
            self.assertEqual(rows(page), [])
            self.assertIn("Aucune demande pour ces filtres", page.page.text)
            onward = next(href for href, text in page.page.links if text == "Les suivantes")
            self.assertEqual(len(rows(agent.get(onward))), 2)
        finally:
            town.sql("site-ville", "DELETE FROM dossier_listing WHERE dossier > 900000")


if __name__ == "__main__":
    unittest.main()
