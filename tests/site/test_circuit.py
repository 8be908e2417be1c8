"""The picture of a circuit: by a command, to administrators, and to agents with the path that a request took."""
import unittest
import xml.etree.ElementTree as ET

from support.town import ADA, OnEachStore, file_own, on_each_store, press

CLERK, ADMIN, OTHER = "clerc@ville.example", "admin@ville.example", "autre@ville.example"
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit <i>",
    "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "choice", "label": "Accepter", "by": ["_receiver"], "status": "accepte"},
            {"id": "2", "type": "choice", "label": "Refuser", "by": ["_receiver"], "status": "refuse"}]},
        {"id": "accepte", "name": "Accepté", "actions": [{"id": "1", "type": "sendmail", "to": ["_submitter"], "subject": "Oui", "body": "Oui."}]},
        {"id": "refuse", "name": "Refusé", "forced_endpoint": True, "actions": []}]}
FORM = {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "confirmation": False,
        "functions": {"_receiver": "accueil"}, "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]}
SVG = "{http://www.w3.org/2000/svg}"


class Circuit(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "autres"])
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(OTHER, "Olga Autre", "ville", ["autres"])
        town.person(ADMIN, "Ada Min", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_a_command_draws_it(self, town):
        picture = ET.fromstring(town.cli("workflow", "draw", "circuit", "--site", "ville").stdout)
        self.assertEqual(picture.get("role"), "img")
        self.assertEqual(picture.find(f"{SVG}title").text, "Circuit «\xa0Circuit <i>\xa0»")
        labels = {" ".join("".join(text.itertext()).split()) for text in picture.iter(f"{SVG}text")}
        self.assertIn("Bouton « Accepter » par Agents", labels)
        file = town.folder / "circuit.svg"
        town.cli("workflow", "draw", "circuit", "--site", "ville", "--to", file)
        self.assertEqual(ET.parse(file).getroot().tag, f"{SVG}svg")
        self.assertIn("| Refusé (fin) |", town.cli("workflow", "draw", "circuit", "--site", "ville", "--table").stdout)

    @on_each_store
    def test_administrators_see_it(self, town):
        admin = town.visitor("ville", ADMIN)
        self.assertIn('href="/administration/circuits/circuit/"', admin.get("/administration/").html)
        page = admin.get("/administration/circuits/circuit/")
        self.assertIn("<svg", page.html)
        self.assertIn("Circuit &lt;i&gt;", page.html)
        self.assertIn("par Agents → Accepté", page.page.text)
        self.assertEqual(admin.get("/administration/circuits/autre/").status, 404)
        self.assertNotEqual(town.visitor("ville", CLERK).get("/administration/circuits/circuit/").status, 200)

    @on_each_store
    def test_agents_see_the_path_of_a_request(self, town):
        _, _, _, office = file_own(town, "carte", Nom="Blanc")
        clerk = town.visitor("ville", CLERK)
        self.assertIn(f'href="{office}circuit/"', clerk.get(office).html)
        self.assertNotIn("chemin suivi)", clerk.get(office + "circuit/").html)
        press(clerk, office, "Accepter")
        page = clerk.get(office + "circuit/")
        self.assertIn("ici depuis le", page.html)
        self.assertEqual(page.html.count("(chemin suivi)"), 1)
        self.assertIn("Accepté <strong>(chemin suivi)</strong>", page.html)
        self.assertEqual(town.visitor("ville", OTHER).get(office + "circuit/").status, 404)
        self.assertNotIn("<svg", town.visitor("ville").get(office + "circuit/").html)


if __name__ == "__main__":
    unittest.main()
