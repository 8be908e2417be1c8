"""Who comes back with a tracking code to a form that wants answers given again."""
import unittest

from support.filler import main_form
from support.town import ADA, OnEachStore, file_request, on_each_store, track

MAIL = "jeanne.dupont@example.org"
FORM = {"kind": "form", "slug": "suivi", "name": "Suivi", "tracking_code_verify_fields": ["1", "2", "4", "5", "6", "absent"],
        "enable_tracking_codes": True, "functions": {"_receiver": "accueil"}, "fields": [
            {"id": "1", "type": "string", "label": "Nom", "varname": "nom", "condition": "True", "hint": "Tel qu’à l’état civil"},
            {"id": "2", "type": "date", "label": "Naissance", "varname": "naissance", "date_in_the_past": True},
            {"id": "3", "type": "email", "label": "Courriel"},
            {"id": "4", "type": "string", "label": "Deuxième nom", "required": "optional"},
            {"id": "5", "type": "computed", "label": "Référence", "varname": "reference", "value_template": "REF {{ form_var_nom|upper }}"},
            {"id": "6", "type": "item", "label": "Choix", "items": ["a", "b"]}]}
GIVEN = {"f1": "Élodie d’Arc", "f5": "ref elodie d arc", "f2-jour": "12", "f2-mois": "3", "f2-annee": "1985"}


class VerifyFields(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, FORM | {"slug": "libre", "name": "Libre", "tracking_code_verify_fields": []})
        town.person(ADA, "Ada Durand")

    def filed(self, town, slug="suivi", name="Élodie d’Arc", person=None):
        code = file_request(town.visitor("ville", person), slug, **{"^ *Nom": name, "Deuxième": "", "Ann": "1985"})
        return code, ADA if person else MAIL

    def give(self, visitor, answer, **values):
        return visitor.send(main_form(answer.page), GIVEN | values, button="Voir ma demande")

    @on_each_store
    def test_answers_open_it_whatever_their_case_and_accents(self, town):
        code, mail = self.filed(town)
        visitor = town.visitor("ville")
        answer = track(visitor, code, mail)
        self.assertIn("/verifier/", answer.url)
        self.assertEqual([c.name for c in main_form(answer.page).controls if c.name.startswith("f") and not c.name.endswith("-vu")],
                         ["f1", "f2-jour", "f2-mois", "f2-annee", "f5"], "an empty answer and a list are not asked")
        self.assertNotIn("Élodie", answer.html)
        plain = code.replace("-", "")
        self.assertEqual(visitor.get(f"/suivre/{plain}/").url, "/suivre/", "not yet")
        answer = self.give(visitor, track(visitor, code, mail), f1="ELODIE D'ARC")
        self.assertEqual(answer.url, f"/suivre/{plain}/")
        self.assertEqual(visitor.get(f"/suivre/{plain}/").status, 200)

    @on_each_store
    def test_one_wrong_answer_is_refused_without_saying_which(self, town):
        code, mail = self.filed(town)
        told = set()
        for wrong in ({"f1": "Autre"}, {"f2-annee": "1986"}, {"f5": "ref"}, {"f1": "<script>alert(1)</script>"}):
            visitor = town.visitor("ville")
            answer = self.give(visitor, track(visitor, code, mail), **wrong)
            self.assertEqual(answer.status, 422)
            self.assertNotIn("<script>alert", answer.html)
            self.assertIn("Ces réponses ne correspondent pas", answer.page.text)
            told.add(answer.page.text.count("ne correspondent pas"))
            self.assertEqual(visitor.get(f"/suivre/{code.replace('-', '')}/").url, "/suivre/")
        self.assertEqual(len(told), 1)

    @on_each_store
    def test_letters_of_other_alphabets_are_compared(self, town):
        code, mail = self.filed(town, name="北京")
        visitor = town.visitor("ville")
        self.assertEqual(self.give(visitor, track(visitor, code, mail), f1="上海", f5="REF 北京").status, 422)
        self.assertEqual(self.give(visitor, track(visitor, code, mail), f1="北京", f5="REF 北京").status, 200)

    @on_each_store
    def test_guessing_is_stopped(self, town):
        code, mail = self.filed(town)
        visitor = town.visitor("ville")
        page = track(visitor, code, mail)
        statuses = [self.give(visitor, page, f1=f"Nom {n}").status for n in range(11)]
        self.assertEqual(statuses, [422] * 10 + [429])

    @on_each_store
    def test_the_page_wants_the_code_and_the_address_first(self, town):
        code, mail = self.filed(town)
        visitor, plain = town.visitor("ville"), code.replace("-", "")
        for cookie in (None, "x", "A" * 43):
            if cookie:
                visitor.cookies[f"verification-{plain}"] = cookie
            self.assertEqual(visitor.get(f"/suivre/{plain}/verifier/").url, "/suivre/")
        self.assertEqual(track(visitor, code, "autre@example.org").status, 422)

    @on_each_store
    def test_who_filed_it_with_an_account_and_other_forms_are_asked_nothing(self, town):
        code, mail = self.filed(town, person=ADA)
        self.assertEqual(track(town.visitor("ville", ADA), code, mail).url, f"/suivre/{code.replace('-', '')}/")
        self.assertIn("/verifier/", track(town.visitor("ville"), code, mail).url)
        code, mail = self.filed(town, "libre")
        self.assertEqual(track(town.visitor("ville"), code, mail).url, f"/suivre/{code.replace('-', '')}/")


if __name__ == "__main__":
    unittest.main()
