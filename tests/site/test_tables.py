"""Lists that a spreadsheet wrote: from a file into a definition, through a form, its conditions and what follows it, and back."""
import json
import re
import time

from support.counter import ROOT
from support.filler import main_form
from support.town import OnEachStore, on_each_store

try:
    from jsonschema import Draft202012Validator, RefResolver
except ImportError:
    Draft202012Validator = None

SCHOOLS = "Code;Nom de l’école;Quartier;Cantine\r\n12;École Jean-Jaurès;Gerland;oui\r\n13;École « Été »;Gerland;non\r\n14;École <b>;Vaise;oui\r\n"
MANY = "id;text;cp\n" + "".join(f"{i:05};Commune n° {i};{i % 90:05}\n" for i in range(40000))


def source(slug, value="", **more):
    inner = {"type": "csv", "value": value} if value else {"type": "csv", "file": f"{slug}.csv"}
    return {"kind": "source", "slug": slug, "name": slug.capitalize(), "source": inner, **more}


def item(number, name, slug, **more):
    return {"id": str(number), "type": "item", "label": name.capitalize(), "varname": name, "source": {"type": "named", "value": slug}, **more}


def form(slug, *fields):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "_default", "confirmation": True, "fields": list(fields)}


FORMS = [
    form("ecole", {"id": "1", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Gerland", "Vaise"]},
         item(2, "ecole", "ecoles", required="optional"),
         {"id": "3", "type": "comment", "label": "<p>Quartier {{ form_var_ecole_structured_quartier }}, cantine {{ form_var_ecole_structured_Cantine }}</p>",
          "condition": "form_var_ecole_structured_Cantine == 'oui'"},
         {"id": "4", "type": "comment", "label": "<p>Écoles : {{ data_source.toutes|length }}</p>"}),
    form("commune", item(1, "commune", "communes", display_mode="autocomplete"), {"id": "2", "type": "comment", "label": "<p>CP {{ form_var_commune_structured_cp }}</p>"}),
    form("simple", item(1, "ecole", "toutes"))]


class Tables(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", roles=["agents"])
        town.person("chef@ville.example", "Chef", "ville", admin=True)
        town.person("agent@ville.example", "Agent", "ville", ["agents"])
        town.define("ville", *FORMS)
        cls.bring(town, "page", b"id;text\n1;Un\n")
        cls.bring(town, "ecoles", SCHOOLS.encode("cp1252"), text_attribute="Nom de l’école", qs_data={"Quartier": "{{ form_var_quartier }}"})
        cls.bring(town, "toutes", SCHOOLS.replace(";", ",").encode("utf-8-sig"))
        cls.bring(town, "communes", MANY.encode())

    @classmethod
    def bring(cls, town, slug, table, check=True, **more):
        folder = town.folder / "tables"
        folder.mkdir(exist_ok=True)
        (folder / f"{slug}.csv").write_bytes(table)
        (folder / f"{slug}.json").write_text(json.dumps(source(slug, **more)))
        return town.cli("import", "content", folder / f"{slug}.json", "--site", "ville", check=check)

    def kept(self, town, slug):
        folder = town.folder / "sorties"
        town.cli("export", "content", slug, "--site", "ville", "--to", folder)
        return json.loads((folder / f"source/{slug}.json").read_text())

    @on_each_store
    def test_a_file_is_taken_into_the_definition_and_the_same_table_is_no_new_version(self, town):
        kept = self.kept(town, "ecoles")
        self.assertEqual(kept["source"], {"type": "csv", "value": SCHOOLS.replace("\r", "")})
        self.bring(town, "ecoles", SCHOOLS.replace(";", "\t").replace("\r", "").encode(), text_attribute="Nom de l’école", qs_data={"Quartier": "{{ form_var_quartier }}"})
        self.assertEqual(len(town.cli("definition", "log", "source", "ecoles", "--site", "ville").stdout.splitlines()), 1)
        if Draft202012Validator is not None:
            schemas = {path.name: json.loads(path.read_text()) for path in (ROOT / "docs/definitions/schema").glob("*.json")}
            check = Draft202012Validator(schemas["source.json"], resolver=RefResolver("", schemas["source.json"], store=schemas))
            for document in kept, source("ecoles"):
                self.assertEqual(list(check.iter_errors(document)), [])
            self.assertEqual(len(list(check.iter_errors({**kept, "source": {"type": "csv", "file": "../x.csv"}}))), 1)

    @on_each_store
    def test_a_row_is_chosen_its_columns_are_read_and_the_list_follows_an_answer(self, town):
        visitor = town.visitor("ville")
        page = main_form(visitor.get("/demarches/ecole/1/").page)
        hidden = [(c.name, c.value) for c in page.controls if c.name and c.name not in ("f1", "f2")]
        live = visitor.post("/demarches/ecole/1/direct/", [*hidden, ("f1", "Gerland"), ("f2", "")])
        self.assertIn("École « Été »", live.html)
        self.assertNotIn("École <b>", live.html)
        live = visitor.post("/demarches/ecole/1/direct/", [*hidden, ("f1", "Vaise"), ("f2", "")])
        self.assertIn("École <b>", live.html)
        self.assertNotIn("Été", live.html)
        answer = visitor.send(page, {"f1": "Gerland"}, button="Continuer")
        answer = visitor.get("/demarches/ecole/1/")
        self.assertIn("Écoles\u00a0: 3" if "Écoles\u00a0:" in answer.page.text else "Écoles : 3", answer.page.text)
        answer = visitor.send(main_form(answer.page), {"f2": "12"}, button="Continuer")
        self.assertIn("École Jean-Jaurès", answer.page.text)
        answer = visitor.get("/demarches/ecole/1/")
        self.assertIn("cantine oui", answer.page.text)

    @on_each_store
    def test_forty_thousand_rows_are_searched_at_once(self, town):
        visitor = town.visitor("ville")
        page = main_form(visitor.get("/demarches/commune/1/").page)
        start = time.monotonic()
        answer = visitor.send(page, {"f1-cherche": "commune n° 39999"}, button="f1")
        self.assertLess(time.monotonic() - start, 5, "a table is not read for each page")
        self.assertEqual([c.label for c in main_form(answer.page).named("f1") if c.value], ["Commune n° 39999"])
        visitor.send(main_form(answer.page), {"f1": "39999"}, button="Continuer")
        self.assertIn("CP 00039", visitor.get("/demarches/commune/1/").page.text)

    @on_each_store
    def test_what_is_wrong_is_told_with_its_line_and_nothing_is_saved(self, town):
        cases = [("id;text\n1;a\n1;b\n", "ligne 3 : l’identifiant « 1 » est déjà celui de la ligne 2"), ("id;text\n1;\"a\n", "Ligne 2 : un guillemet"),
                 ("id;text\n;a\n", "ligne 2 : elle n’a pas d’identifiant"), ("", "vide"), ("id;id\n1;2\n", "deux colonnes s’appellent « id »"),
                 ("\0\0\0", "n’est pas un fichier CSV"), ("id;text\n" + "x;y\n" * 900000, "trop grand")]
        for table, message in cases:
            done = self.bring(town, "fausse", table.encode(), check=False)
            said = re.sub("[\u00a0\u202f]", " ", done.stdout + done.stderr)
            self.assertEqual(done.returncode, 1, said)
            self.assertIn(message, said)
        folder = town.folder / "tables"
        for name in "../x.csv", ".x", "absent.csv":
            (folder / "fausse.json").write_text(json.dumps({**source("fausse"), "source": {"type": "csv", "file": name}}))
            self.assertEqual(town.cli("import", "content", folder / "fausse.json", "--site", "ville", check=False).returncode, 1, name)
        log = town.cli("definition", "log", "source", "fausse", "--site", "ville", check=False)
        self.assertNotIn("Importé", log.stdout)

    @on_each_store
    def test_a_definition_whose_text_has_wrong_lines_serves_the_others_and_the_check_names_them(self, town):
        town.define("ville", source("a-trous", "id;text\n1;Un\n;Deux\n3;Trois\n"), form("a-trous", item(1, "choix", "a-trous")))
        for _ in range(100):
            answer = town.visitor("ville").get("/demarches/a-trous/1/")
            if answer.status == 200:
                break
            time.sleep(0.1)
        self.assertEqual([o.label for c in main_form(answer.page).named("f1") for o in c.options if o.value], ["Un", "Trois"])
        said = town.cli("check", "--site", "ville", check=False)
        self.assertIn("ligne 3", said.stdout + said.stderr)

    @on_each_store
    def test_an_administrator_takes_the_table_out_and_brings_another(self, town):
        chef, url = town.visitor("ville", "chef@ville.example"), "/administration/definitions/source/page/"
        self.assertIn(url + "tableau/", chef.get(url).html)
        self.assertNotIn("tableau/", chef.get("/administration/definitions/form/ecole/").html)
        self.assertEqual(chef.get(url + "tableau/csv/").html.lstrip("\ufeff"), "id;text\n1;Un\n")
        page = next(f for f in chef.get(url + "tableau/").page.forms if f.action == url + "tableau/")
        done = chef.send(page, {"commentaire": "Rentrée"}, files={"fichier": ("page.csv", "text/csv", "id,text\r\n1,Été\r\n2,Deux\r\n".encode("cp1252"))})
        self.assertEqual((done.url, done.status), (url, 200))
        self.assertIn("Tableau remplacé : Rentrée", done.page.text)
        self.assertEqual(self.kept(town, "page")["source"]["value"], "id;text\n1;Été\n2;Deux\n")
        wrong = chef.send(page, {}, files={"fichier": ("page.csv", "text/csv", b"id;text\n1;a\n1;b\n")})
        self.assertEqual(wrong.status, 422)
        self.assertIn("ligne 3", wrong.page.text)
        self.assertIn("Rien n’est enregistré.", wrong.page.text)
        self.assertEqual(chef.send(page, {}, files={"fichier": ("page.csv", "text/csv", b"id;text\n" + b"x" * (3 << 20))}).status, 422)
        self.assertEqual(chef.send(page, {}).status, 422)
        self.assertEqual(len(town.cli("definition", "log", "source", "page", "--site", "ville").stdout.splitlines()), 2)
        self.assertEqual(chef.get("/administration/definitions/source/rien/tableau/").status, 404)
        agent = town.visitor("ville", "agent@ville.example")
        for path in "tableau/", "tableau/csv/":
            self.assertEqual(agent.get(url + path).status, 403)
        self.assertEqual(agent.send(page, {}, files={"fichier": ("page.csv", "text/csv", b"id;text\n1;a\n")}).status, 403)
