"""Filing a request over HTTP: drafts, tabs, conditions, prefilling, checking; then following it with its number."""
import hashlib
import os
import re
import time
import unittest

from support.filler import PDF, fill, main_form, walk
from support.town import OnEachStore, code_of, file_request, on_each_store, sign_in, status_of, track

ADA, BOB = "ada@exemple.example", "bob@exemple.example"

FORM = {
    "kind": "form", "slug": "permis", "name": "Permis de jeu", "category": "loisirs", "workflow": "suivi",
    "functions": {"_receiver": "agents"},
    "fields": [
        {"id": "1", "type": "page", "label": "Vous"},
        {"id": "2", "type": "string", "label": "Famille", "varname": "nom", "prefill": {"type": "user", "value": "last_name"}},
        {"id": "3", "type": "email", "label": "Courriel", "varname": "courriel", "prefill": {"type": "user", "value": "email"}},
        {"id": "4", "type": "string", "label": "Référence", "varname": "reference", "required": "optional",
         "prefill": {"type": "string", "value": "REF-{{ form_name|slugify }}", "locked": True}},
        {"id": "5", "type": "page", "label": "Le jeu", "post_conditions": [
            {"condition": "form_var_joueurs|decimal >= 2", "error_message": "Il faut être deux au moins."}]},
        {"id": "6", "type": "item", "label": "Jeu", "varname": "jeu", "items": ["Échecs", "Dames", "Autre"], "display_mode": "radio"},
        {"id": "7", "type": "string", "label": "Lequel", "varname": "lequel", "condition": 'form_var_jeu == "Autre"'},
        {"id": "8", "type": "numeric", "label": "Nombre de joueurs", "varname": "joueurs"},
        {"id": "9", "type": "page", "label": "Règle du jeu", "condition": 'form_var_jeu == "Autre"'},
        {"id": "10", "type": "file", "label": "Règle", "varname": "regle"},
        {"id": "11", "type": "page", "label": "Fin"},
        {"id": "12", "type": "text", "label": "Message", "varname": "message", "required": "optional"},
    ],
}
WORKFLOW = {
    "kind": "workflow", "slug": "suivi", "name": "Suivi", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "choice", "label": "Retirer", "by": ["_submitter"], "status": "fin"},
            {"id": "2", "type": "choice", "label": "Accepter", "by": ["_receiver"], "status": "fin"}]},
        {"id": "fin", "name": "Terminé", "forced_endpoint": True, "actions": []}],
}
ONCE = FORM | {"slug": "carte", "name": "Carte unique", "only_allow_one": True, "fields": FORM["fields"][:3]}
QUICK = FORM | {"slug": "avis", "name": "Un avis", "confirmation": False, "fields": FORM["fields"][1:3]}
VOTE = FORM | {"slug": "vote", "name": "Un vote", "fields": FORM["fields"][:3]}
START, VERIFY = "/demarches/permis/commencer/", "/demarches/permis/verifier/"
ANSWERS = {"Famille": "Durand", "Courriel": ADA, "Jeu": "Dames", "Nombre": "3", "Message": "Bonjour"}


class Filing(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville")
        town.define("ville", FORM, ONCE, QUICK, VOTE, WORKFLOW)
        for email, name in ((ADA, "Ada Durand"), (BOB, "Bob Petit")):
            town.person(email, name)

    def first_page(self, visitor, **answers):
        form = main_form(visitor.get("/demarches/permis/1/").page)
        return visitor.send(form, fill(form, ANSWERS | answers)[0])

    def values(self, answer):
        return {c.label.replace(" (facultatif)", ""): c.value for c in main_form(answer.page).controls if c.kind in ("text", "email", "textarea")}

    @on_each_store
    def test_a_draft_is_saved_at_each_page_and_found_again_in_the_same_browser(self, town):
        visitor = town.visitor("ville")
        self.assertEqual(self.first_page(visitor, Famille="Martin").url, "/demarches/permis/2/")
        again = visitor.get(START)
        self.assertIn("Vous avez déjà commencé cette demande", again.page.text)
        self.assertIn('href="/demarches/permis/2/"', again.html)
        town.reopen()
        visitor.port = town.port
        self.assertEqual(self.values(visitor.get("/demarches/permis/1/"))["Famille"], "Martin")

    @on_each_store
    def test_a_draft_is_resumed_on_another_device_by_its_link_alone(self, town):
        visitor = town.visitor("ville")
        form = main_form(visitor.get("/demarches/permis/1/").page)
        saved = visitor.send(form, {c.name: "Martin" for c in form.controls if c.label == "Famille"}, button="Enregistrer")
        link = re.search(r"http://[^/]+(/reprendre/[\w-]+/)", saved.html).group(1)
        self.assertIn("Nous le gardons jusqu’au", saved.page.text)
        other = town.visitor("ville")
        self.assertEqual(other.get(link).status, 200)
        self.assertEqual(self.values(other.get("/demarches/permis/1/"))["Famille"], "Martin")
        wrong = town.visitor("ville").get(link[:-3] + "AA/")
        self.assertEqual((wrong.status, "n’existe plus" in wrong.page.text), (404, True))

    @on_each_store
    def test_a_draft_of_an_account_is_on_its_page_and_nobody_elses(self, town):
        visitor = town.visitor("ville", ADA)
        self.first_page(visitor, Famille="Durand-Martin")
        drafts = town.visitor("ville", ADA).get("/mon-compte/brouillons/")
        link = next(href for href, text in drafts.page.links if text == FORM["name"])
        elsewhere = town.visitor("ville", ADA)
        elsewhere.get(link)
        self.assertEqual(self.values(elsewhere.get("/demarches/permis/1/"))["Famille"], "Durand-Martin")
        for stranger, refusal in ((town.visitor("ville", BOB), "403"), (town.visitor("ville"), "/connexion/")):
            answer = stranger.get(link)
            self.assertIn(refusal, f"{answer.status} {answer.url}")
            stranger.cookies["brouillon-permis"] = visitor.cookies["brouillon-permis"]
            self.assertNotIn("Durand-Martin", stranger.get("/demarches/permis/1/").html)
        other = town.visitor("ville", BOB)
        token = next(c.value for f in drafts.page.forms for c in f.controls if c.name == "brouillon")
        key = main_form(other.get("/mon-compte/profil/").page).named("jeton")[0].value
        self.assertEqual(other.post("/mon-compte/brouillons/", [("jeton", key), ("brouillon", token)]).status, 404)
        owner = town.visitor("ville", ADA)
        for form in owner.get("/mon-compte/brouillons/").page.forms:
            if form.named("brouillon"):
                owner.send(form)
        self.assertIn("Vous n’avez pas de brouillon", owner.get("/mon-compte/brouillons/").page.text)

    @on_each_store
    def test_who_signs_in_on_the_way_finds_the_draft_in_the_account(self, town):
        visitor = town.visitor("ville")
        self.first_page(visitor, Famille="Sans Compte")

        sign_in(visitor, BOB)
        self.first_page(visitor, Famille="Avec Compte")
        self.assertIn(FORM["name"], town.visitor("ville", BOB).get("/mon-compte/brouillons/").page.text)

    @on_each_store
    def test_a_page_can_not_be_skipped_by_its_address(self, town):
        visitor = town.visitor("ville")
        for far in ("/demarches/permis/4/", VERIFY):
            self.assertEqual(visitor.get(far).url, "/demarches/permis/1/")
        self.first_page(visitor)
        self.assertEqual(visitor.get("/demarches/permis/4/").url, "/demarches/permis/2/")
        self.assertEqual(visitor.get("/demarches/permis/9/").status, 404)

    @on_each_store
    def test_conditions_bring_fields_and_pages_and_post_conditions_stop(self, town):
        visitor = town.visitor("ville")
        self.first_page(visitor)
        form = main_form(visitor.last.page)
        values = fill(form, ANSWERS | {"Nombre": "1"})[0]
        refused = visitor.send(form, values)
        self.assertEqual((refused.status, "Il faut être deux au moins." in refused.page.text), (422, True))
        form = main_form(refused.page)
        self.assertEqual(visitor.send(form, fill(form, ANSWERS)[0]).url, "/demarches/permis/4/", "the rule is not asked")
        form = main_form(visitor.get("/demarches/permis/2/").page)
        revealed = visitor.send(form, fill(form, ANSWERS | {"Jeu": "Autre", "Lequel": ""})[0])
        self.assertIn("Lequel", revealed.page.text)
        form = main_form(revealed.page)
        self.assertEqual(visitor.send(form, fill(form, ANSWERS | {"Jeu": "Autre", "Lequel": "Go"})[0]).url, "/demarches/permis/3/")

    @on_each_store
    def test_a_locked_value_can_not_be_changed_by_hand(self, town):
        visitor = town.visitor("ville")
        form = main_form(visitor.get("/demarches/permis/1/").page)
        locked = next(c for c in form.controls if c.label.startswith("Référence"))
        self.assertEqual((locked.value, "readonly" in locked.attributes), ("REF-permis-de-jeu", True))
        visitor.send(form, fill(form, ANSWERS)[0] | {locked.name: "REF-pirate"})
        self.assertEqual(self.values(visitor.get("/demarches/permis/1/"))["Référence"], "REF-permis-de-jeu")

    @on_each_store
    def test_an_answer_is_changed_from_the_check_page_and_leads_back_to_it(self, town):
        visitor = town.visitor("ville")
        walk(visitor, START, ANSWERS, stop=lambda answer: answer.url == VERIFY)
        self.assertIn("Durand", visitor.last.page.text)
        change = next(href for href, text in visitor.last.page.links if text == "Modifier Famille")
        form = main_form(visitor.get(change).page)
        checked = visitor.send(form, fill(form, ANSWERS | {"Famille": "Dupond"})[0])
        self.assertEqual((checked.url, "Dupond" in checked.page.text), (VERIFY, True))
        sent = visitor.send(main_form(checked.page))
        self.assertIn("Dupond", sent.page.text)

    @on_each_store
    def test_a_number_that_another_has_is_replaced_unseen(self, town):
        visitor = town.visitor("ville")
        file_request(visitor, "vote", **ANSWERS)
        town.sql("site-ville", "UPDATE dossier SET sequence = sequence + 1 WHERE form = 'vote'")  # as if filed elsewhere
        file_request(visitor, "vote", **ANSWERS)
        self.assertEqual([["2"], ["3"]], town.sql("site-ville", "SELECT sequence FROM dossier WHERE form = 'vote' ORDER BY sequence"))

    @on_each_store
    def test_two_tabs_do_not_file_twice_nor_lose_what_the_other_saved(self, town):
        visitor = town.visitor("ville")
        walk(visitor, START, ANSWERS, stop=lambda answer: answer.url == VERIFY)
        send = main_form(visitor.last.page)
        old = main_form(visitor.get("/demarches/permis/1/").page)
        first, second = visitor.send(send), visitor.send(send)
        self.assertEqual(code_of(first), code_of(second), "a double click files once")
        late = visitor.send(old, fill(old, ANSWERS | {"Famille": "Tard"})[0])
        self.assertNotIn("Tard", town.visitor("ville").get(first.url).page.text)
        self.assertIn(late.status, (200, 409))
        self.assertEqual(len(town.sql("site-ville", f"SELECT 1 FROM dossier WHERE code = '{code_of(first).replace('-', '')}'")), 1)

    @on_each_store
    def test_a_form_without_a_check_page_is_sent_from_its_last_page_once(self, town):
        visitor = town.visitor("ville")
        form = main_form(visitor.get("/demarches/avis/1/").page)
        self.assertEqual([b.label for b in form.buttons()][0], "Envoyer ma demande")
        values = fill(form, ANSWERS)[0]
        cookies = dict(visitor.cookies)
        self.assertEqual(visitor.send(form, values | {form.named(n)[0].name: "" for n in values if form.named(n)[0].kind == "email"}, button="Envoyer").status, 422)
        first = code_of(visitor.send(form, values, button="Envoyer"))
        visitor.cookies = cookies  # the second click leaves before the first one's answer
        self.assertEqual(code_of(visitor.send(form, values, button="Envoyer")), first)
        self.assertEqual(len(town.sql("site-ville", "SELECT 1 FROM dossier WHERE form = 'avis'")), 1)
        self.assertNotEqual(file_request(visitor, "avis", **ANSWERS), first, "another day, another one")

    @on_each_store
    def test_a_form_of_one_request_wants_an_account_and_refuses_a_second(self, town):
        self.assertTrue(town.visitor("ville").get("/demarches/carte/commencer/").url.startswith("/connexion/?suite="))
        visitor = town.visitor("ville", BOB)
        file_request(visitor, "carte", **ANSWERS)
        refused = visitor.get("/demarches/carte/1/")
        self.assertEqual((refused.status, "déjà une demande en cours" in refused.page.text), (410, True))

    @on_each_store
    def test_a_number_and_its_address_follow_a_request_and_a_wrong_pair_says_nothing(self, town):
        visitor = town.visitor("ville")
        code = file_request(visitor, "permis", **ANSWERS)
        self.assertEqual(status_of(track(town.visitor("ville"), code.lower().replace("-", " "), ADA.upper())), "Reçu")
        unknown = next(other for other in ("000000" + sign for sign in "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
                       if "Nous ne trouvons pas" in track(town.visitor("ville"), other, ADA).page.text)
        said = {re.search("Nous ne trouvons pas[^.]*", track(town.visitor("ville"), *pair).page.text).group(0)
                for pair in ((code, BOB), (code, ""), (unknown, ADA))}
        self.assertEqual(len(said), 1, said)
        stranger = town.visitor("ville")
        raw = code.replace("-", "")
        self.assertEqual(stranger.get(f"/suivre/{raw}/").url, "/suivre/")
        stranger.cookies[f"suivi-{raw}"] = "x" * 43
        self.assertEqual(stranger.get(f"/suivre/{raw}/").url, "/suivre/")
        self.assertTrue(stranger.get(f"/mon-compte/demandes/{raw}/").url.startswith("/connexion/"))
        self.assertEqual(town.visitor("ville", BOB).get(f"/mon-compte/demandes/{raw}/").status, 404)

    @on_each_store
    def test_the_confirmation_is_for_who_sent(self, town):
        visitor = town.visitor("ville")
        code = file_request(visitor, "permis", **ANSWERS)
        self.assertIn("Durand", visitor.last.page.text)
        forged = re.sub(r"preuve=..", "preuve=xx", visitor.last.url)
        self.assertEqual(town.visitor("ville").get(forged).status, 404)
        self.assertNotIn(code, town.visitor("ville").get(START).html)

    @on_each_store
    def test_files_are_given_to_who_may_see_them_alone(self, town):
        visitor = town.visitor("ville", ADA)
        code = file_request(visitor, "permis", **(ANSWERS | {"Jeu": "Autre", "Lequel": "Go"})).replace("-", "")
        page = visitor.get(f"/mon-compte/demandes/{code}/")
        paper = next(href for href, text in page.page.links if text == "piece.pdf")
        given = visitor.get(paper)
        self.assertEqual((given.body, given.headers["Content-Type"], given.headers["X-Content-Type-Options"]), (PDF, "application/pdf", "nosniff"))
        self.assertIn("sandbox", given.headers["Content-Security-Policy"])
        self.assertIn("/connexion/", town.visitor("ville").get(paper).url)
        self.assertEqual(town.visitor("ville", BOB).get(paper).status, 404)
        self.assertEqual(visitor.get(paper.replace(paper.split("/")[-2], "0" * 64)).status, 404)

    @on_each_store
    def test_files_that_nobody_names_any_more_are_swept(self, town):
        def attach(content):
            visitor, pdf = town.visitor("ville"), PDF + b"%" + content
            walk(visitor, START, ANSWERS | {"Jeu": "Autre", "Lequel": "Go"}, stop=lambda answer: answer.page.title.strip().startswith("Règle"))
            form = main_form(visitor.last.page)
            name = next(control.name for control in form.controls if control.kind == "file")
            visitor.send(form, {}, files={name: ("regle.pdf", "application/pdf", pdf)})
            digest = hashlib.sha256(pdf).hexdigest()
            return visitor, town.folder / "blobs" / digest[:2] / digest[2:]

        (_, of_draft), (filer, of_request), (leaver, of_nobody) = attach(b"1"), attach(b"2"), attach(b"3")
        walk(filer, filer.last.url, ANSWERS)
        town.sql("site-ville", f"DELETE FROM draft WHERE token = '{leaver.cookies['brouillon-permis']}'")  # as when it expires
        for path in (of_draft, of_request, of_nobody):
            os.utime(path, (time.time() - 7200,) * 2)
        town.sql("common", "UPDATE job SET look = 1 WHERE kind = 'blobs.sweep'")
        until = time.monotonic() + 20
        while of_nobody.exists() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual([path.exists() for path in (of_draft, of_request, of_nobody)], [True, True, False])

    @on_each_store
    def test_trying_numbers_is_slowed(self, town):
        visitor, statuses = town.visitor("ville"), []
        for _ in range(40):
            statuses.append(track(visitor, "000-000-0", ADA).status)
        self.assertEqual(statuses[-1], 429)
        self.assertRegex(visitor.last.page.text, r"Réessayez à \d+ h \d\d")
        town.reopen()  # the brake is in memory: the tests after this one go on


if __name__ == "__main__":
    unittest.main()
