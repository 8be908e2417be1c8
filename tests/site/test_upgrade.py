"""guichet workflow migrate: open requests go over to the version of their circuit that is in service."""
import copy
import unittest

from support.town import ADA, OnEachStore, buttons, file_own, on_each_store, press, status_of

CLERK = "clerc@ville.example"
FORM = {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]}
FIRST = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [{"id": "1", "type": "choice", "label": "Lire", "by": ["_receiver"], "status": "lu"}]},
        {"id": "lu", "name": "Lu", "actions": [{"id": "1", "type": "choice", "label": "Clore", "by": ["_receiver"], "status": "clos"}]},
        {"id": "clos", "name": "Clos", "actions": []}]}
SECOND = copy.deepcopy(FIRST)
SECOND["statuses"][1] = {"id": "vu", "name": "Vu", "actions": [
    {"id": "1", "type": "choice", "label": "Archiver", "by": ["_receiver"], "status": "clos"}]}
SECOND["statuses"][0]["actions"][0]["status"] = "vu"


class Upgrade(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, FIRST)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def migrate(self, town, expect, *options):
        done = town.cli("workflow", "migrate", "circuit", *options, "--site", "ville", check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    @on_each_store
    def test_open_requests_go_over_and_go_on(self, town):
        agent = town.visitor("ville", CLERK)
        _, _, own, office = file_own(town, "carte", Famille="Durand")
        press(agent, office, "Lire")
        file_own(town, "carte", Famille="Durand")
        town.define("ville", SECOND)
        self.assertEqual(buttons(agent.get(office), office), ["Clore"])
        self.assertIn("→ à choisir : --map lu=…", self.migrate(town, 1))
        self.migrate(town, 1, "--apply")
        self.migrate(town, 1, "--map", "lu=rien")
        self.assertIn("(lu) : 1 → « Vu » (vu)", self.migrate(town, 0, "--map", "lu=vu"))
        self.assertEqual(status_of(agent.get(office)), "Lu")
        self.assertIn("passés à la version en service : 2, restent : 0", self.migrate(town, 0, "--map", "lu=vu", "--apply"))
        page = agent.get(office)
        self.assertEqual(status_of(page), "Vu")
        self.assertIn("« Lu » y devient « Vu »", page.html)
        self.assertEqual(buttons(page, office), ["Archiver"])
        press(agent, office, "Archiver")
        self.assertEqual(status_of(agent.get(office)), "Clos")
        self.assertIn("dossiers à faire passer : 0", self.migrate(town, 0))
        self.assertEqual(town.cli("verify").returncode, 0)


if __name__ == "__main__":
    unittest.main()
