#!/usr/bin/python3
"""docs/template-language.md says what the tables of tags and filters say; `guichet template` renders for a person."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GUICHET = os.environ.get("GUICHET", str(ROOT / "build" / "release" / "src" / "cli" / "guichet"))
MARK = "tools/reference l’écrit. -->\n\n"


def template(*words):
    return subprocess.run([GUICHET, "template", *words], capture_output=True, text=True, timeout=60)


class Reference(unittest.TestCase):
    def test_the_page_is_the_tables(self):
        page = (ROOT / "docs/template-language.md").read_text()
        self.assertEqual(page.partition(MARK)[2], template("--reference").stdout, "run tools/reference")


class ForAPerson(unittest.TestCase):
    def with_context(self, context, *words):
        with tempfile.TemporaryDirectory() as folder:
            names = pathlib.Path(folder) / "noms.json"
            names.write_text(context if isinstance(context, str) else json.dumps(context))
            return template(*words, "--context", str(names))

    def test_a_text_with_names(self):
        done = self.with_context({"prenom": "zoé", "né": {"$date": "2019-05-02"}}, "Bonjour {{ prenom|capfirst }} {{ né|date:'j F' }}")
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("Bonjour Zoé 2 mai\n", "", 0))

    def test_a_condition(self):
        self.assertEqual(self.with_context({"age": 7}, "age < 18", "--condition").stdout, "vrai\n")
        self.assertEqual(self.with_context({"age": 70}, "age < 18", "--condition").stdout, "faux\n")

    def test_html_is_escaped_where_it_is_asked(self):
        self.assertEqual(self.with_context({"a": "<b>"}, "{{ a }}").stdout, "<b>\n")
        self.assertEqual(self.with_context({"a": "<b>"}, "{{ a }}", "--html").stdout, "&lt;b&gt;\n")

    def test_a_fault_is_told_beside_the_text(self):
        done = template("[{{ 1|divide:0 }}] {{ 2|inconnu }}")
        self.assertEqual((done.stdout, done.returncode), ("[]\n", 0))
        self.assertIn("inconnu", done.stderr)

    def test_a_wrong_text_is_refused_with_its_place(self):
        done = template("a\n {% if %}")
        self.assertEqual((done.stdout, done.returncode), ("", 1))
        self.assertIn("Ligne 2, colonne 2", done.stderr)

    def test_a_wrong_context_is_refused(self):
        for context in ("[1]", "{", ""):
            done = self.with_context(context, "x")
            self.assertEqual((done.stdout, done.returncode), ("", 1), context)
        self.assertEqual(template("x", "--context", "/nulle/part").returncode, 1)
        self.assertEqual(template().returncode, 2)


if __name__ == "__main__":
    unittest.main()
