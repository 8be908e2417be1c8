"""Forms that take so many requests and no more: of everybody, of each account, for ever or in a period."""
import os
import threading
import unittest

from support.town import ADA, OnEachStore, Town, file_request, on_each_store, press

BOB = "bob@exemple.example"
FORM = {"kind": "form", "functions": {"_receiver": "accueil"}, "fields": [{"id": "1", "type": "string", "label": "Nom"}]}
REMOVED = {"kind": "workflow", "slug": "efface", "name": "Efface", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçue", "actions": [{"id": "1", "type": "choice", "label": "Jeter", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Jetée", "actions": [{"id": "1", "type": "remove"}]}]}
MANY, MOST = 12, 5


def form(slug, *quotas, **more):
    return {**FORM, "slug": slug, "name": slug.capitalize(), "quotas": list(quotas), **more}


def used(town, slug):
    return [int(row[0]) for row in town.sql("site-ville", f"SELECT used FROM dossier_quota WHERE form = '{slug}' ORDER BY account")]


def send_at_once(visitors, slug):
    """All come to the last page, then all send at the same moment; the answers' statuses, and where each came to."""
    forms = []
    for visitor in visitors:
        answer = visitor.get(f"/demarches/{slug}/1/")
        page = next(f for f in answer.page.forms if f.action.endswith("/1/"))
        answer = visitor.send(page, {"f1": "Durand"}, button="Continuer")
        forms.append(next(f for f in answer.page.forms if f.action.endswith("/envoyer/")))
    gate, out = threading.Barrier(len(visitors)), [None] * len(visitors)

    def send(n):
        gate.wait()
        out[n] = visitors[n].send(forms[n], {}, button="Envoyer ma demande")

    threads = [threading.Thread(target=send, args=(n,)) for n in range(len(visitors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


class Quotas(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", REMOVED, form("jardin", {"most": 2}), form("course", {"most": MOST}),
                    form("cours", {"most": 1, "period": "year", "of": "account"}, {"most": 9, "message": "La salle est pleine."}),
                    form("salle", {"most": 1, "message": "La salle est <pleine>."}),
                    form("jour", {"most": 1, "period": "day"}),
                    form("rendu", {"most": 1}, workflow="efface"),
                    form("reste", {"most": 3}, fields=[{"id": "1", "type": "string", "label": "Nom", "hint": "Encore {{ form_places_left }} places"}]))
        town.person(ADA, "Ada Durand", "ville", admin=True)
        town.person(BOB, "Bob Durand")

    @on_each_store
    def test_it_says_so_before_one_begins_and_again_when_one_sends(self, town):
        late = town.visitor("ville")
        self.assertIn("Il en reste 2", late.get("/demarches/jardin/").page.text)
        page = next(f for f in late.get("/demarches/jardin/1/").page.forms if f.action.endswith("/1/"))
        check = late.send(page, {"f1": "Durand"}, button="Continuer")
        file_request(town.visitor("ville"), "jardin")
        file_request(town.visitor("ville"), "jardin")
        sent = late.send(next(f for f in check.page.forms if f.action.endswith("/envoyer/")), {}, button="Envoyer ma demande")
        for answer in sent, town.visitor("ville").get("/demarches/jardin/1/"):
            self.assertEqual(answer.status, 410)
            self.assertIn("Toutes les places de cette démarche sont prises.", answer.page.text)
        sheet = town.visitor("ville").get("/demarches/jardin/")
        self.assertEqual((sheet.status, "sont prises" in sheet.page.text, "Commencer" in sheet.page.text), (200, True, False))
        self.assertEqual(used(town, "jardin"), [2])

    @on_each_store
    def test_of_many_at_once_exactly_so_many_pass(self, town):
        answers = send_at_once([town.visitor("ville") for _ in range(MANY)], "course")
        self.assertEqual(sorted(a.status for a in answers), [200] * MOST + [410] * (MANY - MOST))
        self.assertEqual(used(town, "course"), [MOST])
        filed = town.sql("site-ville", "SELECT COUNT(*) FROM dossier WHERE form = 'course'")
        self.assertEqual(int(filed[0][0]), MOST)

    @on_each_store
    def test_each_account_has_its_own_count(self, town):
        self.assertTrue(town.visitor("ville").get("/demarches/cours/1/").url.startswith("/connexion/"))
        ada = town.visitor("ville", ADA)
        file_request(ada, "cours")
        again = ada.get("/demarches/cours/1/")
        self.assertEqual(again.status, 410)
        self.assertRegex(again.page.text, r"Votre compte a déjà fait la demande possible pour cette année\. Des places s’ouvrent le \w+ 1er janvier 20\d\d\.")
        file_request(town.visitor("ville", BOB), "cours")
        self.assertEqual(used(town, "cours"), [2, 1, 1])

    @on_each_store
    def test_its_own_message_is_text_and_a_period_says_when_it_begins_anew(self, town):
        for slug, told in ("salle", "La salle est <pleine>."), ("jour", "Toutes les places de cette démarche sont prises pour aujourd’hui. Des places"):
            file_request(town.visitor("ville"), slug)
            answer = town.visitor("ville").get(f"/demarches/{slug}/1/")
            self.assertEqual(answer.status, 410)
            self.assertIn(told, answer.page.text)
        town.sql("site-ville", "UPDATE dossier_quota SET period = '2001-01-01' WHERE form = 'jour'")
        file_request(town.visitor("ville"), "jour")

    @on_each_store
    def test_what_is_removed_gives_its_place_back(self, town):
        code = file_request(town.visitor("ville"), "rendu").replace("-", "")
        self.assertEqual(town.visitor("ville").get("/demarches/rendu/1/").status, 410)
        press(town.visitor("ville", ADA), f"/agents/demandes/{code}/", "Jeter")
        self.assertEqual(used(town, "rendu"), [0])
        file_request(town.visitor("ville"), "rendu")
        self.assertEqual(used(town, "rendu"), [1])

    @on_each_store
    def test_templates_read_how_many_are_left(self, town):
        self.assertIn("Encore 3 places", town.visitor("ville").get("/demarches/reste/1/").page.text)
        file_request(town.visitor("ville"), "reste")
        self.assertIn("Encore 2 places", town.visitor("ville").get("/demarches/reste/1/").page.text)


@unittest.skipUnless(os.environ.get("GUICHET_TEST_POSTGRES"), "no PostgreSQL")
class TwoServers(unittest.TestCase):
    def test_of_many_at_both_exactly_so_many_pass(self):
        town = self.enterContext(Town("postgresql"))
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", form("course", {"most": MOST}, {"most": MOST + 1, "period": "year"}))
        town.open()
        other = town.twin()
        other.open()
        self.addCleanup(other.stop)
        answers = send_at_once([(town, other)[n % 2].visitor("ville") for n in range(MANY)], "course")
        self.assertEqual(sorted(a.status for a in answers), [200] * MOST + [410] * (MANY - MOST))
        self.assertEqual(sorted(used(town, "course")), [MOST, MOST])


if __name__ == "__main__":
    unittest.main()
