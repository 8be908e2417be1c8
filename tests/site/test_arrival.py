"""A link that says what its site knows: session_var_NAME fills a field, where the site lets that name in."""
import unittest

from support.api import KEY, ORIG, sign
from support.filler import main_form
from support.town import Town

FORM = {"kind": "form", "slug": "contrat", "name": "Mon contrat", "confirmation": False, "fields": [
    {"id": "1", "type": "string", "label": "Numéro", "varname": "numero", "prefill": {"type": "string", "value": "{{ session_var_contrat }}"}},
    {"id": "2", "type": "string", "label": "Nom", "prefill": {"type": "string", "value": "{{ session_var_nom }}"}, "required": False}]}
LINK = "session_var_contrat=A+12%26b&session_var_nom=Durand"


class Arrival(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.town = Town()
        cls.addClassCleanup(cls.town.__exit__, None, None, None)
        cls.town.site("ville", "Ville", query_string_allowed_vars=["contrat"])
        cls.town.site("close", "Close", api={"keys": {ORIG: KEY}})
        for site in ("ville", "close"):
            cls.town.define(site, FORM)
        cls.town.open()

    def filled(self, visitor):
        """What stands in the first page."""
        form = main_form(visitor.get("/demarches/contrat/1/").page)
        return tuple(form.named(name)[0].value for name in ("f1", "f2"))

    def test_a_link_fills_what_the_site_lets_in(self):
        for path in ("/demarches/contrat/", "/demarches/contrat/commencer/", "/demarches/contrat/1/"):
            with self.subTest(path):
                visitor = self.town.visitor("ville")
                visitor.get(f"{path}?{LINK}")
                self.assertEqual(self.filled(visitor), ("A 12&b", ""))

    def test_a_site_lets_nothing_in_unasked(self):
        visitor = self.town.visitor("close")
        visitor.get(f"/demarches/contrat/1/?{LINK}")
        self.assertEqual(self.filled(visitor), ("", ""))

    def test_who_has_a_key_of_ours_says_what_they_like(self):
        visitor = self.town.visitor("close")
        visitor.get(f"/demarches/contrat/?{sign(LINK)}")
        self.assertEqual(self.filled(visitor), ("A 12&b", "Durand"))
        for wrong in (sign(LINK, key=KEY + "x"), sign(LINK, orig="autre.example"), sign(LINK).replace("Durand", "Eve")):
            visitor = self.town.visitor("close")
            visitor.get(f"/demarches/contrat/?{wrong}")
            self.assertEqual(self.filled(visitor), ("", ""), wrong)

    def test_a_later_link_goes_before(self):
        visitor = self.town.visitor("ville")
        visitor.get("/demarches/contrat/?session_var_contrat=1")
        visitor.get("/demarches/contrat/?session_var_contrat=2")
        self.assertEqual(self.filled(visitor)[0], "2")

    def test_what_the_browser_keeps_is_signed(self):
        visitor = self.town.visitor("ville")
        visitor.get(f"/demarches/contrat/?{LINK}")
        signature, _, pairs = visitor.cookies["arrivee"].partition(".")
        for forged in (f"{signature}.{pairs}1", f"{signature}.nom=Eve", ".contrat=1", "contrat=1", "%"):
            visitor.cookies["arrivee"] = forged
            self.assertEqual(self.filled(visitor), ("", ""), forged)

    def test_a_long_one_is_good_for_its_page(self):
        visitor = self.town.visitor("ville")
        long = "x" * 3500
        form = main_form(visitor.get(f"/demarches/contrat/1/?session_var_contrat={long}").page)
        self.assertEqual(form.named("f1")[0].value, long)
        self.assertNotIn("arrivee", visitor.cookies)


if __name__ == "__main__":
    unittest.main()
