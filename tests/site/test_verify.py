"""guichet verify: what somebody changes in the tables of histories is told, what the counter itself erases is not."""
import unittest

from support.town import ADA, OnEachStore, file_own, on_each_store, press

CLERK = "clerc@ville.example"
FORM = {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]}
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "commentable", "label": "Un mot", "button_label": "Écrire", "by": ["_receiver"]},
            {"id": "2", "type": "choice", "label": "Effacer les noms", "by": ["_receiver"], "status": "efface"},
            {"id": "3", "type": "choice", "label": "Supprimer", "by": ["_receiver"], "status": "corbeille"}]},
        {"id": "efface", "name": "Effacé", "actions": [{"id": "1", "type": "anonymise", "mode": "final"}]},
        {"id": "corbeille", "name": "Corbeille", "actions": [{"id": "1", "type": "remove"}]}]}


class Verify(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.site("bourg", "Bourg")
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def file(self, town, *words):
        """Its code without hyphens; the words are said by an agent, one entry each."""
        _, code, _, office = file_own(town, "carte", Famille="Durand")
        agent = town.visitor("ville", CLERK)
        for word in words:
            press(agent, office, "Écrire", {"Un mot": word})
        return code.replace("-", ""), agent, office

    def run_verify(self, town, expect, *options):
        done = town.cli("verify", *options, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done

    def verify(self, town, expect=0, site="ville"):
        done = self.run_verify(town, expect, "--site", site)
        return [line for line in done.stdout.splitlines() if line.startswith("rompu")], done.stdout.splitlines()[-1]

    @on_each_store
    def test_what_somebody_changes_is_told_where_it_is(self, town):
        self.assertEqual(self.verify(town)[0], [])
        code, *_ = self.file(town, "un", "deux", "trois")
        self.assertEqual(self.verify(town)[0], [])
        entry = f"dossier = (SELECT id FROM dossier WHERE code = '{code}') AND position"
        kept = town.sql("site-ville", f"SELECT parts FROM dossier_history WHERE {entry} = 3")
        self.assertIn("deux", str(kept))
        town.sql("site-ville", f"UPDATE dossier_history SET parts = replace(parts, 'deux', 'dix') WHERE {entry} = 3")
        faults, _ = self.verify(town, 1)
        self.assertEqual(len(faults), 1)
        self.assertIn(f"({code}) : l’entrée 3 a été changée", faults[0])
        town.sql("site-ville", f"UPDATE dossier_history SET parts = replace(parts, 'dix', 'deux') WHERE {entry} = 3")
        self.assertEqual(self.verify(town)[0], [])
        town.sql("site-ville", f"DELETE FROM dossier_history WHERE {entry} = 4")
        faults, last = self.verify(town, 1)
        self.assertEqual(len(faults), 1)
        self.assertIn(f"({code}) : la fin manque : 1 à partir de l’entrée 4", faults[0])
        self.assertIn("ruptures : 1", last)
        self.assertEqual(self.verify(town, site="bourg")[0], [])
        self.assertIn("rompu  ville", self.run_verify(town, 1).stdout)
        town.sql("site-ville", f"DELETE FROM dossier_history WHERE {entry} > 0")  # the town is others' too
        town.sql("site-ville", f"DELETE FROM dossier WHERE code = '{code}'")

    @on_each_store
    def test_what_the_counter_erases_is_told_as_erased(self, town):
        _, agent, office = self.file(town, "un secret")
        press(agent, office, "Effacer les noms")
        _, agent, office = self.file(town, "un autre secret")
        press(agent, office, "Supprimer")
        faults, last = self.verify(town)
        self.assertEqual(faults, [])
        self.assertRegex(last, r"effacées par anonymisation : [3-9]")
        self.assertNotIn("secret", str(town.sql("site-ville", "SELECT parts FROM dossier_history")))

    @on_each_store
    def test_a_site_that_is_not_there_is_told(self, town):
        self.assertIn("pas de site « loin »", self.run_verify(town, 1, "--site", "loin").stderr)


if __name__ == "__main__":
    unittest.main()
