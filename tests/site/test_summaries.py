"""The daily mail to a role of what came to it: one a day, with each request once, on its day or late, and nothing lost."""
import time
import unittest

from support.town import ADA, OnEachStore, file_request, on_each_store, press, file_own

CLERK, ROADS = "clerc@ville.example", "voirie@ville.example"
FORM = {"kind": "form", "slug": "tri", "name": "Bac de tri", "workflow": "tri", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Lieu", "varname": "lieu"}]}
WORKFLOW = {"kind": "workflow", "slug": "tri", "name": "Tri", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçue", "actions": [
        {"id": "1", "type": "aggregationemail", "to": ["_receiver", "accueil"], "condition": 'form_var_lieu != "nulle part"'},
        {"id": "2", "type": "aggregationemail", "to": ["voirie"], "condition": 'form_var_lieu == "rue"'},
        {"id": "3", "type": "choice", "label": "Effacer", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Effacée", "actions": [{"id": "1", "type": "remove"}]}]}
SUBJECT = "Nouvelles demandes\u00a0: Ville"


class Summaries(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "voirie"])
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ROADS, "Rose Rue", "ville", ["voirie"])
        town.person(ADA, "Ada Durand")

    def at_six(self, town):
        """The hour has come, while the server was away."""
        town.stop()
        town.sql("site-ville", "UPDATE job SET look = 1 WHERE kind = 'dossiers.summaries'")
        town.open()

    @on_each_store
    def test_what_came_is_told_once_and_nothing_is_told_where_nothing_came(self, town):
        visitor = town.visitor("ville")
        codes = [file_request(visitor, "tri", Lieu=place) for place in ("parc", "rue", "nulle part")]
        _, _, _, removed = file_own(town, "tri", ADA, Lieu="parc")
        press(town.visitor("ville", CLERK), removed, "Effacer")
        rows = town.sql("site-ville", "SELECT role, dossier FROM dossier_summary ORDER BY role")
        self.assertEqual([role for role, _ in rows], ["accueil", "accueil", "accueil", "voirie"])
        due = town.sql("site-ville", "SELECT look FROM job WHERE kind = 'dossiers.summaries'")
        self.assertEqual(len(due), 1)
        self.at_six(town)
        town.mailbox.wait_for(CLERK, SUBJECT)
        town.mailbox.wait_for(ROADS, SUBJECT)
        text = next(text for subject, text in town.mailbox.of(CLERK) if subject == SUBJECT)
        told = [code for code in codes if f"/agents/demandes/{code.replace('-', '')}/" in text]
        self.assertEqual(told, codes[:2], text)
        self.assertEqual(text.count("Bac de tri"), 1)
        self.assertEqual(text.count("/agents/demandes/") - 1, 2, "the removed one is told no more")
        self.assertIn("Reçue", text)
        roads = next(text for subject, text in town.mailbox.of(ROADS) if subject == SUBJECT)
        self.assertEqual(roads.count("/agents/demandes/") - 1, 1)
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM dossier_summary")[0][0], "0")
        # The next day brings nothing, and then what came since.
        self.at_six(town)
        code = file_request(town.visitor("ville"), "tri", Lieu="quai")
        self.at_six(town)
        until = time.monotonic() + 20
        while len(told := [text for subject, text in town.mailbox.of(CLERK) if subject == SUBJECT]) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        self.assertEqual([text.count("/agents/demandes/") - 1 for text in told], [2, 1])
        self.assertIn(code.replace("-", ""), told[1])


if __name__ == "__main__":
    unittest.main()
