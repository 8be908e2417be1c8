"""What is sent without an account: a trap, a least time, limits by network; a person's answers are never lost by them."""
import re
import time
import unittest

from support.counter import stores
from support.filler import main_form
from support.town import ADA, Town, sign_in

FIELDS = [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]
FORM = {"kind": "form", "slug": "depot", "name": "Dépôt", "functions": {"_receiver": "accueil"}, "backoffice_submission_roles": ["accueil"], "fields": FIELDS}
SHORT = FORM | {"slug": "court", "name": "Court", "confirmation": False}
GUARDED = FORM | {"slug": "garde", "name": "Gardé", "has_captcha": True}
CLERK = "clerc@ville.example"


class BrakedTown(Town):
    brakes = True


class Brake(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.towns = []
        for store in stores():
            town = BrakedTown(store)
            cls.addClassCleanup(town.__exit__, None, None, None)
            town.site("ville", "Ville", roles=["accueil"], brake={"least_seconds": 2, "confirm_after": 4, "stop_after": 6})
            town.site("calme", "Calme", roles=["accueil"])
            for site in ("ville", "calme"):
                town.define(site, FORM, SHORT, GUARDED)
            town.person(ADA, "Ada Durand")
            town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
            town.open("--behind-proxy")
            cls.towns.append(town)

    def each(self):
        for number, town in enumerate(self.towns):
            with self.subTest(town.store.split(":")[0]):
                yield town, f"192.0.2.{number + 1}"

    def visitor(self, town, address, site="ville", email=None):
        """From an address, as the server in front tells it."""
        visitor = town.visitor(site)
        plain = visitor.request
        visitor.request = lambda method, path, body=None, headers=None, **more: plain(
            method, path, body, {**(headers or {}), "X-Forwarded-For": address}, **more)
        if email:
            sign_in(visitor, email)
        return visitor

    def to_check(self, visitor, slug="depot", seconds=60):
        """Answers the one page as if so long ago, and stands before the check page."""
        page = main_form(visitor.get(f"/demarches/{slug}/1/").page)
        answer = visitor.send(page, {"f1": "Durand"}, button="Continuer")
        if seconds:
            self.age(visitor, slug, seconds)
        return main_form(answer.page)

    def age(self, visitor, slug, seconds):
        token = visitor.cookies[f"brouillon-{slug}"]
        site = visitor.host.split(".")[0]
        self.town.sql(f"site-{site}", f"UPDATE draft SET created = created - {seconds * 1000000} WHERE token = '{token}'")

    def send(self, visitor, form, values=None):
        return visitor.send(form, values or {}, button="Envoyer ma demande")

    def confirm(self, visitor, answer):
        self.assertIn("Votre demande n’est pas encore envoyée", answer.page.text)
        return visitor.send(main_form(answer.page), button="Confirmer et envoyer ma demande")

    def test_who_takes_their_time_sees_nothing_of_it(self):
        for town, address in self.each():
            self.town = town
            visitor = self.visitor(town, address + "0")
            self.assertIn("/merci/", self.send(visitor, self.to_check(visitor)).url)

    def test_who_is_too_fast_confirms_and_loses_nothing(self):
        for town, address in self.each():
            self.town = town
            visitor = self.visitor(town, address + "1")
            answer = self.confirm(visitor, self.send(visitor, self.to_check(visitor, seconds=0)))
            self.assertIn("/merci/", answer.url)
            self.assertIn("Durand", answer.page.text)

    def test_who_falls_into_the_trap_confirms(self):
        for town, address in self.each():
            self.town = town
            visitor = self.visitor(town, address + "2")
            form = self.to_check(visitor)
            trap = form.named("site-web")[0]
            self.assertEqual((trap.attributes["tabindex"], trap.attributes["autocomplete"]), ("-1", "off"))
            answer = self.send(visitor, form, {"site-web": "https://spam.example"})
            self.assertIn("/merci/", self.confirm(visitor, answer).url)

    def test_a_page_that_sends_leads_to_the_check_page_first(self):
        for town, address in self.each():
            self.town = town
            visitor = self.visitor(town, address + "3")
            form = main_form(visitor.get("/demarches/court/1/").page)
            answer = visitor.send(form, {"f1": "Durand"}, button="Envoyer ma demande")
            self.assertTrue(answer.url.endswith("/verifier/"), answer.url)
            self.age(visitor, "court", 60)
            self.assertIn("/merci/", self.send(visitor, main_form(answer.page)).url)

    def test_a_page_counts_from_when_it_was_shown_and_nobody_else_says_when(self):
        for town, address in self.each():
            self.town = town
            for number, change in enumerate([lambda v: "1.x", lambda v: re.sub(r"^\d+", "1700000000", v), lambda v: v + "x", lambda v: ""]):
                visitor = self.visitor(town, f"198.51.100.{number + 1}")
                form = main_form(visitor.get("/demarches/depot/1/").page)
                answer = visitor.send(form, {"f1": "x", "ouvert": change(form.named("ouvert")[0].value)}, button="Continuer")
                self.confirm(visitor, self.send(visitor, main_form(answer.page)))
            visitor = self.visitor(town, "198.51.100.99")
            form = main_form(visitor.get("/demarches/depot/1/").page)
            time.sleep(3.1)
            answer = visitor.send(form, {"f1": "x"}, button="Continuer")
            self.assertIn("/merci/", self.send(visitor, main_form(answer.page)).url)

    def test_a_proof_is_of_one_draft(self):
        for town, address in self.each():
            self.town = town
            visitor = self.visitor(town, address + "4")
            answer = self.send(visitor, self.to_check(visitor, seconds=0))
            proof = main_form(answer.page).named("confirme")[0].value
            other = self.visitor(town, address + "4")
            for wrong in (proof, "oui", "", "x" * 5000):
                form = self.to_check(other, seconds=0)
                answer = other.post("/demarches/depot/envoyer/", [("jeton", form.named("jeton")[0].value), ("confirme", wrong)])
                self.assertIn("pas encore envoyée", answer.page.text)

    def test_much_from_one_network_confirms_then_waits_and_an_account_does_not(self):
        for town, address in self.each():
            self.town = town
            network = "2001:db8:7:" + address[-1]
            for number in range(4):
                visitor = self.visitor(town, f"{network}::{number + 1}")
                self.assertIn("/merci/", self.send(visitor, self.to_check(visitor)).url)
            for number in range(2):
                visitor = self.visitor(town, f"{network}:1234::{number + 77}")
                self.assertIn("/merci/", self.confirm(visitor, self.send(visitor, self.to_check(visitor))).url)
            visitor = self.visitor(town, f"{network}::99")
            answer = self.confirm(visitor, self.send(visitor, self.to_check(visitor)))
            self.assertEqual(answer.status, 429)
            self.assertIn("Vos réponses sont gardées", answer.page.text)
            self.assertIn("Durand", visitor.get("/demarches/depot/verifier/").page.text)
            self.assertIn("/merci/", self.send(other := self.visitor(town, "2001:db8:99::1"), self.to_check(other)).url)
            sign_in(visitor, ADA)
            self.assertIn("/merci/", self.send(visitor, main_form(visitor.get("/demarches/depot/verifier/").page)).url)

    def test_a_form_with_a_captcha_is_stricter(self):
        for town, address in self.each():
            self.town = town
            network = "203.0.113." + address[-1]
            visitor = self.visitor(town, network)
            answer = self.send(visitor, self.to_check(visitor, "garde", seconds=6))
            self.assertIn("/merci/", self.confirm(visitor, answer).url)
            for _ in range(2):
                visitor = self.visitor(town, network)
                self.assertIn("/merci/", self.send(visitor, self.to_check(visitor, "garde")).url)
            visitor = self.visitor(town, network)
            self.confirm(visitor, self.send(visitor, self.to_check(visitor, "garde")))

    def test_agents_are_not_held_up(self):
        for town, address in self.each():
            self.town = town
            agent = town.visitor("ville", CLERK)
            form = main_form(agent.get("/agents/saisie/").page)
            page = agent.send(form, {"demarche": "garde", "canal": "counter"})
            answer = agent.send(main_form(page.page), {"f1": "Durand"}, button="Continuer")
            self.assertFalse(main_form(answer.page).named("site-web"))
            self.assertRegex(agent.send(main_form(answer.page), button="Envoyer ma demande").url, "^/agents/demandes/")


if __name__ == "__main__":
    unittest.main()
