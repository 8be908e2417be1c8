"""Accounts: registering, signing in and out, passwords, lock-out, sessions."""
import re
import unittest

from support.filler import main_form
from support.smtp import text_of
from support.town import PASSWORD, OnEachStore, on_each_store, sign_in
from support.visitor import Visitor

NEW = "Rue-Garibaldi-1907"


def link_of(message):
    return re.search(r"http://[^/]+(/\S+)", text_of(message)).group(1)


class Account(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville")
        for name in ("ada", "bob", "cleo", "dan", "eve"):
            town.person(f"{name}@exemple.example", name.capitalize() + " Test")

    def setUp(self):
        for town in self.towns.values():
            town.sql("common", "DELETE FROM attempt")  # all tests come from one network address

    def register(self, visitor, email):
        return visitor.send(main_form(visitor.get("/inscription/").page), {"courriel": email, "prenom": "Zoé", "nom": "Neuve"})

    def link_to_confirm(self, town, email):
        self.register(town.visitor("ville"), email)
        return link_of(town.mailbox.wait_for(email, "Confirmez"))

    def ask_reset(self, town, email):
        visitor = town.visitor("ville")
        visitor.send(main_form(visitor.get("/mot-de-passe/oublie/").page), {"courriel": email})
        return visitor, link_of(town.mailbox.wait_for(email, "mot de passe"))

    @on_each_store
    def test_a_link_by_mail_opens_a_new_account_once(self, town):
        visitor = town.visitor("ville")
        answer = self.register(visitor, "zoe@exemple.example")
        self.assertIn("zoe@exemple.example", answer.page.text)
        self.assertEqual(sign_in(visitor, "zoe@exemple.example", NEW).status, 422, "before the address is confirmed")
        link = link_of(town.mailbox.wait_for("zoe@exemple.example", "Confirmez"))
        elsewhere = town.visitor("ville")
        asked = elsewhere.get(link)
        self.assertIn("zoe@exemple.example", asked.page.text)
        self.assertEqual(elsewhere.send(main_form(asked.page), {"mot-de-passe": NEW}).url, "/mon-compte/")
        self.assertIn("Zoé Neuve", elsewhere.last.page.text)
        self.assertEqual(town.visitor("ville").get(link).status, 404)
        town.visitor("ville", "zoe@exemple.example", NEW)

    @on_each_store
    def test_who_registers_the_address_of_another_holds_nothing_that_opens_the_account(self, town):
        thief = town.visitor("ville")
        values = {"courriel": "lea@exemple.example", "mot-de-passe": "Celui-du-voleur-1907"}
        token = main_form(thief.get("/inscription/").page).named("jeton")[0].value
        self.assertEqual(thief.post("/inscription/", (values | {"jeton": token}).items()).status, 200)
        owner = town.visitor("ville")
        owner.send(main_form(owner.get(link_of(town.mailbox.wait_for("lea@exemple.example", "Confirmez"))).page), {"mot-de-passe": NEW})
        self.assertEqual(owner.last.url, "/mon-compte/")
        self.assertEqual(sign_in(thief, "lea@exemple.example", values["mot-de-passe"]).status, 422)
        self.assertTrue(thief.get("/mon-compte/").url.startswith("/connexion/"))

    @on_each_store
    def test_registering_a_known_address_says_the_same_and_tells_its_owner(self, town):
        pages = [self.register(town.visitor("ville"), email).page.text.replace(email, "…") for email in ("neuf@exemple.example", "ada@exemple.example")]
        self.assertEqual(*pages)
        told = text_of(town.mailbox.wait_for("ada@exemple.example", "déjà un compte"))
        self.assertIn("/connexion/", told)
        town.visitor("ville", "ada@exemple.example")  # the password is as it was

    @on_each_store
    def test_weak_passwords_and_wrong_addresses_are_refused_with_the_reason(self, town):
        link = self.link_to_confirm(town, "qui@exemple.example")
        for password, reason in (("court", "12 caractères"), ("motdepasse1234567890", "facile à deviner"), ("aaaaaaaaaaaaaaaaaaaaaaaa", "facile à deviner")):
            visitor = town.visitor("ville")
            answer = visitor.send(main_form(visitor.get(link).page), {"mot-de-passe": password})
            self.assertEqual((answer.status, answer.page.title.startswith("Erreur")), (422, True))
            self.assertIn(reason, answer.page.text)
            self.assertNotIn(password, answer.html)
        wrong = self.register(town.visitor("ville"), "qui")
        self.assertIn("adresse e-mail complète", wrong.page.text)
        self.assertEqual(main_form(wrong.page).named("courriel")[0].value, "qui", "what was typed is kept")

    @on_each_store
    def test_signing_in_goes_on_where_one_was_going_and_only_inside_the_site(self, town):
        visitor = town.visitor("ville")
        asked = visitor.get("/mon-compte/profil/?vue=1")
        self.assertTrue(asked.url.startswith("/connexion/?suite="), asked.url)
        answer = visitor.send(main_form(asked.page), {"courriel": "ada@exemple.example", "mot-de-passe": PASSWORD})
        self.assertEqual(answer.url, "/mon-compte/profil/?vue=1")
        for outside in ("https://ailleurs.example/", "//ailleurs.example/", "/\\ailleurs.example", "/%09/ailleurs.example", "javascript:alert(1)"):
            other = town.visitor("ville")
            page = other.get("/connexion/?suite=" + outside).page
            form = main_form(page)
            values = {c.name: c.value for c in form.controls if c.name} | {"courriel": "ada@exemple.example", "mot-de-passe": PASSWORD}
            sent = other.post("/connexion/", values.items(), follow=False)
            self.assertEqual(sent.headers["Location"], "/mon-compte/", outside)

    @on_each_store
    def test_cookies_are_kept_from_scripts_and_other_sites_and_change_at_sign_in(self, town):
        visitor = town.visitor("ville")
        answer = visitor.get("/connexion/")
        before = dict(visitor.cookies)
        values = {c.name: c.value for c in main_form(answer.page).controls if c.name} | {"courriel": "ada@exemple.example", "mot-de-passe": PASSWORD}
        sent = visitor.post("/connexion/", values.items(), follow=False)
        cookies = sent.headers.get_all("Set-Cookie")
        for cookie in cookies:
            self.assertRegex(cookie, r"; Path=/; HttpOnly; SameSite=Lax")
        self.assertNotIn(visitor.cookies["session"], before.values())
        again = town.visitor("ville", "ada@exemple.example")
        self.assertNotEqual(again.cookies["session"], visitor.cookies["session"])

    @on_each_store
    def test_signing_out_ends_the_session_for_whoever_holds_it(self, town):
        visitor = town.visitor("ville", "ada@exemple.example")
        kept = dict(visitor.cookies)
        form = next(f for f in visitor.get("/mon-compte/").page.forms if f.action == "/deconnexion/")
        self.assertIn("Vous êtes déconnecté", visitor.send(form).page.text)
        thief = town.visitor("ville")
        thief.cookies = kept
        self.assertTrue(thief.get("/mon-compte/").url.startswith("/connexion/"))

    @on_each_store
    def test_a_forgotten_password_is_changed_once_by_a_link_that_ends_every_session(self, town):
        before = town.visitor("ville", "bob@exemple.example")
        visitor, link = self.ask_reset(town, "bob@exemple.example")
        refused = visitor.send(main_form(visitor.get(link).page), {"mot-de-passe": "court"})
        self.assertEqual(refused.status, 422)
        self.assertEqual(visitor.send(main_form(refused.page), {"mot-de-passe": NEW}).url, "/mon-compte/")
        self.assertTrue(before.get("/mon-compte/").url.startswith("/connexion/"), "the old session")
        self.assertEqual(town.visitor("ville").get(link).status, 404, "the link, again")
        town.visitor("ville", "bob@exemple.example", NEW)
        self.assertEqual(sign_in(town.visitor("ville"), "bob@exemple.example").status, 422, "the old password")

    @on_each_store
    def test_links_expire(self, town):
        _, link = self.ask_reset(town, "cleo@exemple.example")
        town.sql("common", "UPDATE link SET expires = 1")
        answer = town.visitor("ville").get(link)
        self.assertEqual(answer.status, 404)
        self.assertIn("Demandez-en un autre", answer.page.text)

    @on_each_store
    def test_forgetting_says_the_same_for_an_address_that_is_unknown(self, town):
        pages = []
        for email in ("personne@exemple.example", "dan@exemple.example"):
            visitor = town.visitor("ville")
            pages.append(visitor.send(main_form(visitor.get("/mot-de-passe/oublie/").page), {"courriel": email}).page.text.replace(email, "…"))
        self.assertEqual(*pages)
        town.mailbox.wait_for("dan@exemple.example", "mot de passe")
        self.assertEqual(town.mailbox.of("personne@exemple.example"), [])

    @on_each_store
    def test_nobody_fills_anothers_mailbox(self, town):
        for _ in range(5):
            self.ask_reset(town, "eve@exemple.example")
        visitor = town.visitor("ville")
        answer = visitor.send(main_form(visitor.get("/mot-de-passe/oublie/").page), {"courriel": "EVE@exemple.example"})
        self.assertEqual(answer.status, 429)
        self.assertRegex(answer.page.text, r"Réessayez à \d+ h \d\d")

    @on_each_store
    def test_guessing_locks_an_account_longer_each_time_and_says_until_when(self, town):
        def until(who):
            return int(town.sql("common", f"SELECT until FROM attempt WHERE who = '{who}'")[0][0])
        def now():
            return int(town.sql("common", "SELECT MAX(seen) FROM session")[0][0])
        for i in range(5):
            answer = sign_in(town.visitor("ville"), "dan@exemple.example", f"faux-{i}")
            self.assertEqual(answer.status, 422)
            self.assertIn("L’adresse ou le mot de passe ne correspond pas.", answer.page.text)
        locked = sign_in(town.visitor("ville"), "dan@exemple.example")  # right, but too late
        self.assertEqual(locked.status, 429)
        self.assertRegex(locked.page.text, r"Trop d’essais. Réessayez à \d+ h \d\d")
        town.visitor("ville", "ada@exemple.example")  # others are not kept out
        waits = []
        for i in range(3):
            town.sql("common", "UPDATE attempt SET until = until - 3600000000 WHERE who LIKE 'account:dan%'")
            sign_in(town.visitor("ville"), "dan@exemple.example", f"encore-{i}")
            town.visitor("ville", "ada@exemple.example")
            waits.append(until("account:dan@exemple.example") - now())
        self.assertTrue(waits[0] < waits[1] < waits[2], waits)
        unknown = [sign_in(town.visitor("ville"), "personne@exemple.example", f"faux-{i}").status for i in range(6)]
        self.assertEqual(unknown, [422] * 5 + [429], "an unknown address is locked like a known one")

    @on_each_store
    def test_guessing_at_many_accounts_locks_the_network_address(self, town):
        town.sql("common", "INSERT INTO attempt (who, failures, until) VALUES ('address:127.0.0.1', 19,"
                           " (SELECT MAX(created) FROM account))")  # many people share an address: twenty failures are free
        statuses = [sign_in(town.visitor("ville"), f"qui{i}@exemple.example", "faux").status for i in range(3)]
        self.assertEqual(statuses, [422, 422, 429])
        self.assertEqual(sign_in(town.visitor("ville"), "ada@exemple.example").status, 429)

    @on_each_store
    def test_a_session_survives_a_restart_and_ends_when_nothing_is_done(self, town):
        visitor = town.visitor("ville", "ada@exemple.example")
        town.reopen()
        visitor.port = town.port
        self.assertEqual(visitor.get("/mon-compte/").url, "/mon-compte/")
        town.sql("common", "UPDATE session SET seen = seen - 13 * 3600000000")
        town.reopen()
        visitor.port = town.port
        self.assertTrue(visitor.get("/mon-compte/").url.startswith("/connexion/"))

    @on_each_store
    def test_a_form_without_its_token_or_with_anothers_is_refused(self, town):
        visitor, other = town.visitor("ville", "ada@exemple.example"), town.visitor("ville")
        strange = main_form(other.get("/connexion/").page).named("jeton")[0].value
        for token in ("", "x" * 43, strange):
            answer = visitor.post("/mon-compte/profil/", [("jeton", token), ("first_name", "Pirate")])
            self.assertEqual(answer.status, 403)
            self.assertIn("rechargez la page", answer.page.text)
        self.assertNotIn("Pirate", visitor.get("/mon-compte/profil/").html)

    @on_each_store
    def test_ones_own_data_are_kept_and_fill_forms(self, town):
        visitor = town.visitor("ville", "ada@exemple.example")
        answer = visitor.send(main_form(visitor.get("/mon-compte/profil/").page), {"address_city": "Décines-Charpieu", "phone": "04 00 00 00 01"})
        self.assertIn("enregistrées", answer.page.text)
        self.assertEqual(main_form(visitor.get("/mon-compte/profil/").page).named("address_city")[0].value, "Décines-Charpieu")


class SecureAccount(OnEachStore):
    serve = ("--https",)

    @classmethod
    def build(cls, town):
        town.site("ville")
        town.person("ada@exemple.example", "Ada Test")

    @on_each_store
    def test_with_https_cookies_are_bound_to_the_host_and_never_sent_in_clear(self, town):
        visitor = Visitor(town.port, "ville.localhost")
        values = {c.name: c.value for c in main_form(visitor.get("/connexion/").page).controls if c.name}
        sent = visitor.post("/connexion/", (values | {"courriel": "ada@exemple.example", "mot-de-passe": PASSWORD}).items(), follow=False)
        self.assertIn("Strict-Transport-Security", sent.headers)
        for cookie in sent.headers.get_all("Set-Cookie"):
            self.assertRegex(cookie, r"^__Host-\w+=\S*; Path=/; HttpOnly; SameSite=Lax; Secure")
        self.assertEqual(visitor.get("/mon-compte/").url, "/mon-compte/")
        self.assertEqual(visitor.get("/courriels/").status, 404)


if __name__ == "__main__":
    unittest.main()
