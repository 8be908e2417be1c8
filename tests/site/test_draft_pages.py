"""What is typed on a page is kept when the page leaves with mistakes, and when two windows leave pages at once."""
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


if __name__ == "__main__":
    unittest.main()
