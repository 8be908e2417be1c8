"""Definitions out of a site and back: for Publik, and in our own format; the same to the byte."""
import json
import tempfile
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

from support.counter import CORPUS, ROOT, Counter, needs_corpus, stores

FORM = {"kind": "form", "slug": "velo", "name": "Prime « vélo »", "fields": [{"id": "1", "type": "string", "label": "Nom"}]}
# Texts, numbers and keys that XML, or a reader that goes by looks, could take for something else.
TRAPS = ["True", "false", " true ", "12", "", " deux  espaces ", "a\r\nb\tc", "]]>&lt;<b>&amp;", "\u202e🚲 é"]
ODD = {"textes": TRAPS, "vide": [], "rien": {}, "nul": None, "non": False, "nombre": 7, "réel": 1.5, "grand": -2 ** 60,
       "clé avec espaces": {"1": "a", "item": "b", "@type": "dict", "entry": "c"}, "seul": {"seu": "x"}, "un": {"item": ["x"]},
       "listes": [[], ["a"], [["b"], {"c": ["d"]}]], "items": ["un"], "booléens": ["true", True], "xml:lang": "fr", "@id": "2"}


def documents(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.json"))}


class Exports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="guichet-export-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def out(self, counter, sort, to, *names, site="ville", **options):
        return counter.cli("export", sort, *names, "--site", site, "--to", self.folder / to, **options)

    def publik(self, counter, path, site):
        done = counter.cli("import", "publik", path, "--site", site, "--report", "json", "--keep-disabled")
        return {(f["kind"], f["slug"]): {k: f[k] for k in ("status", "unsupported", "missing")} for f in json.loads(done.stdout)["files"]}

    def remarks(self, counter, site):
        done = counter.cli("check", "--site", site, "--report", "json", check=False)
        return [{**finding, "site": ""} for finding in json.loads(done.stdout)["findings"] if finding["kind"] != "site"]

    @needs_corpus("publik")
    def test_every_definition_of_the_corpus_comes_back_the_same(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                first = self.publik(counter, CORPUS / "publik", "avant")
                self.out(counter, "content", f"{store}/avant", site="avant")
                self.out(counter, "publik", f"{store}/wcs", site="avant")
                again = self.publik(counter, self.folder / store / "wcs", "apres")
                self.out(counter, "content", f"{store}/apres", site="apres")
                before = documents(self.folder / store / "avant")
                self.assertGreater(len(before), 200)
                self.assertEqual(before, documents(self.folder / store / "apres"))
                self.assertEqual(first, again, "the import says the same of both")
                for one, other in zip(self.remarks(counter, "avant"), self.remarks(counter, "apres"), strict=True):
                    self.assertEqual(one, other, "and so does the check")

    def test_our_own_content_comes_back_the_same_by_either_way(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.cli("import", "content", ROOT / "content/services", "--site", "avant")
                self.out(counter, "content", f"{store}/avant", site="avant")
                self.out(counter, "publik", f"{store}/wcs", site="avant")
                self.publik(counter, self.folder / store / "wcs", "par-publik")
                counter.cli("import", "content", self.folder / store / "avant", "--site", "par-nous")
                for site in "par-publik", "par-nous":
                    self.out(counter, "content", f"{store}/{site}", site=site)
                    self.assertEqual(documents(self.folder / store / "avant"), documents(self.folder / store / site), site)

    def test_stops_and_quotas_come_back_the_same(self):
        form = {**FORM, "quotas": [{"most": 3, "period": "year", "of": "account", "message": "Une fois l’an."}, {"most": 40}],
                "fields": [{"id": "p", "type": "page", "label": "Vous", "stops": [
                    {"condition": "form_var_x == '1'", "title": "Non", "text": "<p>Pas ici</p>", "link": {"url": "/aide/", "label": "Aide"}}]}, *FORM["fields"]]}
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.define("ville", form)
                self.out(counter, "content", f"{store}/avant")
                self.out(counter, "publik", f"{store}/wcs")
                self.publik(counter, self.folder / store / "wcs", "apres")
                self.out(counter, "content", f"{store}/apres", site="apres")
                before = documents(self.folder / store / "avant")
                self.assertEqual(before, documents(self.folder / store / "apres"))
                self.assertIn('"most": 3', before["form/velo.json"])

    def test_what_looks_like_something_else_comes_back_the_same(self):
        form = {**FORM, **ODD, "workflow_options": {f"o{i}": text for i, text in enumerate(TRAPS) if text} | {"dict": ODD},
                "functions": {"_receiver": "agents"}, "roles": ["logged-users", "_receiver", "agents", "a@b.example", "{{ form_var_x }}"]}
        workflow = {"kind": "workflow", "slug": "w", "name": "w", **ODD, "statuses": [{"id": "1", "name": "True", "actions": [
            {"type": "form", "id": "1", "by": ["_submitter"], "fields": FORM["fields"]},
            {"type": "set-backoffice-fields", "id": "2", "fields": [{"field_id": "x", "value": " v "}]},
            {"type": "create_carddata", "id": "3", "mappings": [{"field_id": "1", "expression": "{{ x }}"}], "attachments": ["un"], **ODD}]}]}
        with Counter() as counter:
            counter.define("ville", form, workflow, {"kind": "source", "slug": "s", "name": "s", "source": {"type": "fixed", "value": [{"id": "1", "text": "é"}]}},
                           {"kind": "source", "slug": "t", "name": "t", "id_attribute": "a", "qs_data": {"b": "{{ x }}"},
                            "source": {"type": "csv", "value": 'a;b\n" 1";"]]> & <b>\n2"\n3;\'=1\r\n'}})
            self.out(counter, "content", "avant")
            self.out(counter, "publik", "wcs")
            self.publik(counter, self.folder / "wcs", "apres")
            self.out(counter, "content", "apres", site="apres")
            self.assertEqual(documents(self.folder / "avant"), documents(self.folder / "apres"))

    def test_a_table_of_the_time_before_blocks_comes_back_the_same(self):
        (self.folder / "table.wcs").write_text(
            "<formdef><name>t</name><fields><field><id>1</id><type>table</type><label>T</label><rows><item>a</item></rows>"
            "<columns><item>b</item></columns></field><field><id>2</id><type>block:x</type><label>B</label></field></fields></formdef>")
        with Counter() as counter:
            self.publik(counter, self.folder / "table.wcs", "avant")
            self.out(counter, "publik", "wcs", site="avant")
            self.publik(counter, self.folder / "wcs", "apres")
            for site in "avant", "apres":
                self.out(counter, "content", site, site=site)
            self.assertIn('"row_labels"', documents(self.folder / "avant")["form/t.json"])
            self.assertEqual(documents(self.folder / "avant"), documents(self.folder / "apres"))

    def test_the_file_is_as_publik_writes_it(self):
        form = {**FORM, "keywords": ["vélo", "prime"], "confirmation": False, "functions": {"_receiver": "agents"}, "roles": ["logged-users"],
                "workflow": "prime", "workflow_name": "Prime", "fields": [
                    {"id": "1", "type": "items", "label": "Choix", "required": "required", "items": ["a"], "display_locations": ["summary"],
                     "condition": "form_var_x", "min_choices": 1, "in_filters": True, "anonymise": "final"},
                    {"id": "2", "type": "file", "label": "Pièce", "document_type": {"id": "_image", "mimetypes": ["image/*", "application/pdf"]}},
                    {"id": "3", "type": "block", "label": "Bloc", "block": "adresse", "source": {"type": "card", "value": "rues"}}]}
        with Counter() as counter:
            counter.define("ville", form)
            self.out(counter, "publik", "wcs")
            root = ET.parse(self.folder / "wcs/forms/form-velo.wcs").getroot()
            said = {path: (root.find(path).text, root.find(path).attrib) for path in (
                "url_name", "confirmation", "keywords", "workflow", "roles/role", "user-roles/role", "fields/field[1]/min_choices",
                "fields/field[1]/in_filters", "fields/field[1]/condition/type", "fields/field[1]/display_locations/item",
                "fields/field[2]/document_type/mimetypes", "fields/field[3]/block_slug", "fields/field[3]/data_source/type")}
            self.assertEqual(said, {
                "url_name": ("velo", {}), "confirmation": ("false", {}), "keywords": ("vélo, prime", {}),
                "workflow": ("Prime", {"slug": "prime"}), "roles/role": ("Tous les agents", {"role_key": "_receiver", "slug": "agents"}),
                "user-roles/role": ("logged-users", {"role_id": "logged-users"}), "fields/field[1]/min_choices": ("1", {"type": "int"}),
                "fields/field[1]/in_filters": ("True", {"type": "bool"}), "fields/field[1]/condition/type": ("django", {}),
                "fields/field[1]/display_locations/item": ("summary", {}), "fields/field[2]/document_type/mimetypes": ("image/*|application/pdf", {}),
                "fields/field[3]/block_slug": ("adresse", {"type": "str"}), "fields/field[3]/data_source/type": ("carddef:rues", {})})

    def test_names_and_kinds_choose_and_an_unknown_one_is_told(self):
        with Counter() as counter:
            counter.define("ville", FORM, {**FORM, "slug": "autre"}, {"kind": "category", "slug": "c", "name": "C", "of": "form"})
            self.assertIn("2 fichiers", self.out(counter, "content", "choix", "velo", "category").stdout)
            self.assertEqual(list(documents(self.folder / "choix")), ["category/c.json", "form/velo.json"])
            done = self.out(counter, "content", "rien", "inconnu", check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("« inconnu »", done.stderr)
            self.assertFalse((self.folder / "rien").exists())
            self.assertIn("Il n’y a pas de site", self.out(counter, "publik", "rien", site="nulle-part", check=False).stderr)

    def test_a_character_that_xml_cannot_hold_is_told(self):
        with Counter() as counter:
            counter.define("ville", {**FORM, "description": "cloche \u0007"})
            done = self.out(counter, "publik", "wcs", check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("U+0007", done.stderr)
            self.assertIn("velo", done.stderr)
