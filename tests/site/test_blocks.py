"""Blocks of fields through HTTP, without a script: rows that come and go, files, hostile posts, what becomes of them later."""
import json
import re
import tempfile
import time
import unittest
from pathlib import Path

from support.counter import Counter, stores
from support.filler import main_form
from support.visitor import Visitor

HOST, ADMIN, PASSWORD = "ville.localhost", "agent@ville.example", "Place-Bellecour-1830"


def field(number, kind, label, **more):
    return {"id": str(number), "type": kind, "label": label, **more}


PERSON = {"kind": "block", "slug": "personne", "name": "Personne", "fields": [
    field(1, "string", "Nom", varname="nom"), field(2, "file", "Pièce", required="optional"),
    field(3, "string", "Secret", required="optional", anonymise="intermediate")]}
FORM = {"kind": "form", "slug": "foyer", "name": "Foyer", "workflow": "foyer", "functions": {"_receiver": "agents"}, "fields": [
    field(1, "page", "Un"),
    field(2, "block", "Personnes", block="personne", varname="foyer", max_items=3, remove_button=True, add_element_label="Ajouter une personne",
          default_items_count="2"),
    field(3, "page", "Deux", condition="form_var_foyer|length > 1"),
    field(4, "comment", "{% for p in form_var_foyer %}[{{ p.nom }}]{% endfor %}")]}
WORKFLOW = {"kind": "workflow", "slug": "foyer", "name": "Foyer",
            "backoffice_fields": [field("b1", "block", "Suivi", varname="suivi", block="personne", max_items=3)],
            "statuses": [
                {"id": "recue", "name": "Reçue", "actions": [
                    {"type": "set-backoffice-fields", "fields": [{"field_id": "b1", "value": "{{ form_var_foyer_raw }}"}]},
                    {"type": "set-backoffice-fields", "fields": [{"field_id": "b1", "value": "{% block_value nom='Ajouté' append=True %}"}]},
                    {"type": "choice", "id": "oublier", "label": "Oublier", "by": ["_receiver"], "status": "oubliee"}]},
                {"id": "oubliee", "name": "Oubliée", "actions": [{"type": "anonymise", "mode": "intermediate"}]}]}
SITE = {"slug": "ville", "name": "Ville", "hosts": [HOST], "roles": [{"slug": "agents", "name": "Agents"}], "settings": {
    "contact": {"name": "Mairie", "address": "1 place de la République", "email": "mairie@ville.example", "phone": "04 00 00 00 00"}}}


class Blocks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="guichet-blocks-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def open(self, counter):
        (self.folder / "site").write_text(json.dumps(SITE))
        counter.cli("site", "set", self.folder / "site")
        counter.define("ville", PERSON, FORM, WORKFLOW)
        counter.cli("user", "create", "--email", ADMIN, "--name", "Ada Gent", "--site", "ville", "--admin", "--password", PASSWORD)
        counter.start()
        return Visitor(counter.port, HOST)

    def see(self, visitor, path, words):
        """The page once the server has seen what was published."""
        until = time.monotonic() + 10
        while words not in visitor.get(path).page.text:
            self.assertLess(time.monotonic(), until, visitor.last.page.text)
            time.sleep(0.1)
        return visitor.last.page

    def rows(self, page):
        return [c.value for c in main_form(page).controls if re.fullmatch(r"f2-\d+-1", c.name or "")]

    def send(self, visitor, page, button, values=None, files=None):
        return visitor.send(main_form(page), values, button=button, files=files)

    def test_rows_come_and_go_with_their_files_and_are_filed_shown_and_forgotten(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                page = visitor.get("/demarches/foyer/1/").page
                self.assertEqual(self.rows(page), ["", ""])
                page = self.send(visitor, page, "Ajouter une personne", {"f2-0-1": "Léa", "f2-1-1": "Hugo", "f2-1-3": "chut"},
                                 {"f2-0-2": ("lea.pdf", "application/pdf", b"%PDF-1.4 lea"), "f2-1-2": ("hugo.pdf", "application/pdf", b"%PDF-1.4 hugo")}).page
                self.assertEqual(self.rows(page), ["Léa", "Hugo", ""])
                self.assertNotIn("Ajouter une personne", [b.label.strip() for b in main_form(page).buttons()])
                page = self.send(visitor, page, "f2-0-enlever").page
                self.assertEqual(self.rows(page), ["Hugo", ""])
                self.assertIn("hugo.pdf", page.text)
                self.assertNotIn("lea.pdf", page.text)
                answer = self.send(visitor, page, "Continuer", {"f2-1-1": "Zoé"})
                self.assertIn("[Hugo][Zoé]", answer.page.text)
                page = self.send(visitor, answer.page, "Continuer").page
                self.assertIn("Personne 1 Nom Hugo", page.text)
                self.assertIn("Personne 2 Nom Zoé", page.text)
                page = self.send(visitor, page, "Envoyer ma demande").page
                code = re.search(r'<p class="code">([0-9A-Z-]+)</p>', visitor.last.html).group(1)
                self.treat(counter, code)

    def treat(self, counter, code):
        agent = Visitor(counter.port, HOST)
        agent.send(main_form(agent.get("/connexion/").page), {"courriel": ADMIN, "mot-de-passe": PASSWORD})
        for words in ("hugo", "zoe", "chut"):
            self.assertIn(code, agent.get(f"/agents/demandes/?q={words}").page.text, "rows are searched")
        url = next(href for href, text in agent.last.page.links if text == code)
        page = agent.get(url).page
        self.assertRegex(page.text, "Données de traitement Suivi Suivi 1 Nom Hugo.*Suivi 2 Nom Zoé.*Suivi 3 Nom Ajouté")
        self.assertIn("Secret chut", page.text)
        file = next(href for href, text in page.links if text == "hugo.pdf")
        self.assertEqual(agent.get(file).body, b"%PDF-1.4 hugo")
        self.assertNotIn(b"hugo", Visitor(counter.port, HOST).get(file).body)
        agent.send(next(form for form in page.forms if form.action == url), button="Oublier")
        page = agent.get(url).page
        self.assertIn("Hugo", page.text)
        self.assertNotIn("Secret chut", page.text)

    def test_hostile_posts_are_refused_and_nothing_breaks(self):
        posts = [{"f2-99999999-1": "x", "f2-rang": "99999999"}, {"f2--1-1": "x", "f2-rang": "-1"}, {"f2-rang": "0' OR 1=1"},
                 {"rangs": "f2-ajouter\r\nSet-Cookie: a=b"}, {"rangs": "-enlever"}, {"rangs": "f2-77-enlever"}, {"rangs": "f9-ajouter"},
                 {"f2-0-1[0][1]": "x", "f2-rang": "0"}, {"f2-0-2-garde": "../../etc/passwd", "f2-rang": "0", "f2-0-1": "x"}]
        with Counter() as counter:
            visitor = self.open(counter)
            token = main_form(visitor.get("/demarches/foyer/1/").page).named("jeton")[0].value
            for fields in posts:
                with self.subTest(fields):
                    answer = visitor.post("/demarches/foyer/1/", [("jeton", token), *fields.items()])
                    self.assertIn(answer.status, (200, 422), answer.page.text[:300])
                    self.assertNotIn("Set-Cookie: a=b", str(answer.headers))
            many = [("jeton", token)] + [pair for i in range(900) for pair in (("f2-rang", str(i)), (f"f2-{i}-1", "x" * 50))]
            self.assertIn(visitor.post("/demarches/foyer/1/", many).status, (400, 413, 422))
            self.assertEqual(visitor.get("/demarches/foyer/1/").status, 200)

    def test_a_block_that_changes_changes_the_forms_that_use_it(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                visitor = self.open(counter)
                page = visitor.get("/demarches/foyer/1/").page
                self.send(visitor, page, "Ajouter une personne", {"f2-0-1": "Léa", "f2-0-3": "chut"})
                changed = {**PERSON, "fields": [PERSON["fields"][0], field(4, "string", "Métier")]}
                counter.define("ville", changed)
                page = self.see(visitor, "/demarches/foyer/1/", "Métier")
                self.assertEqual(self.rows(page)[0], "Léa")
                self.assertNotIn("Secret", page.text)

    def test_a_block_that_is_missing_or_contains_itself_is_told(self):
        within = {"kind": "block", "slug": "boucle", "name": "Boucle", "fields": [field(1, "block", "Encore", block="tour")]}
        around = {"kind": "block", "slug": "tour", "name": "Tour", "fields": [field(1, "block", "Encore", block="boucle")]}
        lost = {**FORM, "slug": "perdu", "fields": [field(1, "string", "Nom"), field(2, "block", "Perdu", block="nulle-part")]}
        with Counter() as counter:
            visitor = self.open(counter)
            counter.define("ville", within, around, lost)
            done = counter.cli("check", "--site", "ville", "--report", "json", check=False)
            told = [(f["slug"], f["severity"], f["message"].replace("\u00a0", " ")) for f in json.loads(done.stdout)["findings"]]
            self.assertIn(("boucle", "erreur", "ces blocs se contiennent l’un l’autre"), told)
            self.assertIn(("tour", "erreur", "ces blocs se contiennent l’un l’autre"), told)
            self.assertIn(("perdu", "erreur", "Le bloc de champs « nulle-part » n’existe pas ici."), told)
            page = self.see(visitor, "/demarches/perdu/1/", "Nom")
            self.assertNotIn("Perdu", page.text)
            self.assertIn("/verifier/", self.send(visitor, page, "Continuer", {"f1": "Dupont"}).url)


if __name__ == "__main__":
    unittest.main()
