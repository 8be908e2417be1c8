"""When a service opens, or since when it is closed: told on its sheet, to who would fill it, and to the administrator."""
import unittest

from support.town import ADA, OnEachStore, on_each_store

FORM = {"kind": "form", "functions": {"_receiver": "accueil"}, "fields": [{"id": "1", "type": "string", "label": "Nom"}]}
TOLD = {"bientot": "Cette démarche ouvre le 1er mars 2090 à 9 h 00.", "passe": "Cette démarche est fermée depuis le 2 avril 2020 à 8 h 30."}


class Opening(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", {**FORM, "slug": "bientot", "name": "Bientôt", "publication_date": "2090-03-01T09:00"},
                    {**FORM, "slug": "passe", "name": "Passé", "expiration_date": "2020-04-02T08:30"})
        town.person(ADA, "Ada Durand", "ville", admin=True)

    @on_each_store
    def test_a_service_that_is_not_open_says_when(self, town):
        visitor, services = town.visitor("ville"), town.visitor("ville", ADA).get("/administration/").page.text
        for slug, told in TOLD.items():
            sheet, page = visitor.get(f"/demarches/{slug}/"), visitor.get(f"/demarches/{slug}/1/")
            self.assertEqual((sheet.status, page.status), (200, 410))
            for text in sheet.page.text, page.page.text, services:
                self.assertIn(told, text.replace("\u00a0", " "))
            self.assertNotIn("commencer/", sheet.html)


if __name__ == "__main__":
    unittest.main()
