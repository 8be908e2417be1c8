"""What is typed on a page is kept while it is typed, when the page leaves with mistakes, and when two windows leave pages at
once."""
import json
import re
import threading
import unittest

from support.counter import Counter, stores
from support.filler import fill, main_form, png
from support.visitor import Visitor

HOST, SLUG = "bron.localhost", "signalement-anomalie"


def page(number):
    return f"/demarches/{SLUG}/{number}/"


def second_window(visitor, port):
    """Another window of the same browser: it has the same cookies."""
    window = Visitor(port, HOST)
    window.cookies = visitor.cookies
    return window


class DraftPages(unittest.TestCase):
    def open(self, counter):
        counter.cli("demo", "--port", "0")
        counter.start()
        return Visitor(counter.port, HOST)

    def reach_details(self, visitor):
        answer = visitor.get(page(1))
        while answer.url != page(3):  # a choice may bring one more question
            values, files = fill(main_form(answer.page))
            answer = visitor.send(main_form(answer.page), values, button="Continuer", files=files)
            self.assertIn(answer.status, (200, 422), answer.page.text[:400])
        return answer

    def test_a_page_that_comes_back_has_kept_its_file(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                form = main_form(self.reach_details(visitor).page)
                values, _ = fill(form)
                area = next(c.name for c in form.controls if c.kind == "textarea")
                photo = next(c.name for c in form.controls if c.kind == "file")
                values[area] = ""
                answer = visitor.send(form, values, button="Continuer", files={photo: ("rue.png", "image/png", png())})
                self.assertEqual(answer.status, 422)
                self.assertIn("Document gardé : rue.png", visitor.get(page(3)).page.text)

    def test_a_first_page_with_a_mistake_opens_no_other(self):
        with Counter() as counter:
            visitor = self.open(counter)
            form = main_form(visitor.get(page(1)).page)
            self.assertEqual(visitor.send(form, {c.name: "" for c in form.controls if c.kind == "text"}, button="Continuer").status, 422)
            self.assertEqual(visitor.get(page(2)).url, page(1))
            self.assertEqual(visitor.get(f"/demarches/{SLUG}/verifier/").url, page(1))

    def test_windows_that_leave_pages_at_once_lose_nothing(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                self.reach_details(visitor)
                for round in range(5):
                    sent = [self.prepare(visitor, counter.port, number, f"Texte {round} de la page {number}") for number in (1, 3)]
                    threads = [threading.Thread(target=send) for send, _ in sent]
                    for thread in threads:
                        thread.start()
                    for thread in threads:
                        thread.join()
                    for number, (_, outcome) in zip((1, 3), sent):
                        self.assertNotEqual(outcome["status"], 409)
                        self.assertIn(f"Texte {round} de la page {number}", visitor.get(page(number)).html)

    def prepare(self, visitor, port, number, text):
        window, outcome = second_window(visitor, port), {}
        form = main_form(window.get(page(number)).page)
        values, files = fill(form)
        control = next(c.name for c in form.controls if c.kind in ("text", "textarea") and not re.search("-", c.name))
        values[control] = text

        def send():
            outcome["status"] = window.send(form, values, button="Continuer", files=files).status
        return send, outcome

    def type(self, visitor, number, revision, **values):
        """What the browser sends while a page is typed in."""
        form = main_form(visitor.get(page(number)).page)
        fields = [(c.name, values.get(c.name, c.value)) for c in form.controls if c.kind in ("hidden", "text", "textarea")]
        answer = visitor.post(f"{page(number)}direct/", fields + [("revision", str(revision))])
        self.assertEqual(answer.status, 200, answer.html)
        return json.loads(answer.html)

    def test_what_is_typed_is_kept_at_once(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                first = self.type(visitor, 1, 0, f2="12 rue Pasteur")
                self.assertEqual(first["revision"], 1)
                self.assertRegex(first["kept"], r"^\d+ h \d\d$")
                self.assertIn("12 rue Pasteur", visitor.get(page(1)).html)
                second = self.type(visitor, 1, 1, f2="13 rue Pasteur")
                self.assertEqual(second["revision"], 2)
                self.assertEqual(visitor.get(page(2)).url, page(1), "a page that was not left opens no other")

    def test_a_request_that_was_overtaken_undoes_nothing(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                self.type(visitor, 1, 0, f2="12 rue Pasteur")
                late = self.type(visitor, 1, 0, f2="12 rue Past")
                self.assertEqual((late["revision"], late.get("kept")), (1, None))
                self.assertIn("12 rue Pasteur", visitor.get(page(1)).html)

    def test_a_page_that_is_not_reached_keeps_nothing(self):
        with Counter() as counter:
            visitor = self.open(counter)
            form = main_form(visitor.get(page(1)).page)
            token = [(c.name, c.value) for c in form.controls if c.kind == "hidden"]
            answer = visitor.post(f"{page(3)}direct/", token + [("revision", "0"), ("f7", "trop tôt")])
            self.assertNotIn("kept", json.loads(answer.html))
            self.assertNotIn("brouillon-" + SLUG, visitor.cookies)

    def test_what_is_wrong_is_told_while_typing_and_what_lacks_is_not(self):
        with Counter() as counter:
            visitor = self.open(counter)
            self.reach_details(visitor)
            visitor.send(main_form(visitor.get(page(3)).page), fill(main_form(visitor.get(page(3)).page))[0], button="Continuer")
            look = self.type_anything(visitor, 4, {"f31": "Oui, par e-mail", "f32": "jeanne"})
            self.assertIn("@", look["fields"]["32"]["error"])
            look = self.type_anything(visitor, 4, {"f31": "Oui, par e-mail", "f32": ""})
            self.assertNotIn("error", look["fields"]["32"])

    def type_anything(self, visitor, number, values):
        form = main_form(visitor.get(page(number)).page)
        hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden"]
        return json.loads(visitor.post(f"{page(number)}direct/", [*hidden, *values.items(), ("revision", "999")]).html)


if __name__ == "__main__":
    unittest.main()
