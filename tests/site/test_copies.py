"""The copy of what was filed: a page to print and a tagged PDF, for who filed it and for agents; the receipt alone by tracking code."""
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.filler import main_form
from support.town import ADA, OnEachStore, file_request, on_each_store, track

CLERK, OTHER, EVE = "clerc@ville.example", "sport@ville.example", "eve@exemple.example"
FORM = {"kind": "form", "slug": "ecole", "name": "École : œuvres", "confirmation": False, "functions": {"_receiver": "accueil"},
        "service": {"silence": "reject", "delay": 2, "delay_unit": "months", "appeal": "Tribunal administratif de Lyon, dans les deux mois."},
        "fields": [{"id": "1", "type": "page", "label": "L’enfant"}, {"id": "2", "type": "string", "label": "Nom de l’enfant", "varname": "nom"},
                   {"id": "3", "type": "text", "label": "Message"}, {"id": "4", "type": "file", "label": "Pièce jointe", "required": "optional"},
                   {"id": "6", "type": "block", "label": "Frère ou sœur", "max_items": "3", "required": "optional",
                    "fields": [{"id": "x", "type": "string", "label": "Surnom"}]},
                   {"id": "7", "type": "string", "label": "Interne", "required": "optional", "display_locations": ["listings"]},
                   {"id": "5", "type": "email", "label": "Votre courriel", "varname": "courriel"}]}
ANSWERS = {"Nom de l’enfant": "محمد 日本語 Œdipe", "Message": "Une ligne\nl’autre <b>\u202e fin", "Surnom": "Loulou", "Interne": "cachette",
           "Votre courriel": ADA}


def run(*words, content):
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        output = ["-"] if words[0] == "pdftotext" else []
        return subprocess.run([*words, file.name, *output], capture_output=True, text=True, check=True).stdout


def link(page, label):
    return next(href for href, text in page.links if text == label)


def pdf_of(visitor, path):
    answer = visitor.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf"), (answer.status, answer.page.text[:300])
    return answer


class Copies(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville d’été", roles=["accueil", "sport"])
        town.define("ville", FORM)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(OTHER, "Olive Sport", "ville", ["sport"])
        town.person(ADA, "Ada Durand")
        town.person(EVE, "Ève Autre")

    def filed(self, town):
        resident = town.visitor("ville", ADA)
        return resident, file_request(resident, "ecole", **ANSWERS)

    @on_each_store
    def test_who_filed_it_has_a_page_and_a_pdf_that_say_the_same(self, town):
        resident, code = self.filed(town)
        page = resident.get(link(resident.get(f"/mon-compte/demandes/{code.replace('-', '')}/").page, "Imprimer ou télécharger une copie"))
        answer = pdf_of(resident, link(page.page, "Télécharger en PDF"))
        self.assertIn(f"demande-{code}.pdf", answer.headers["Content-Disposition"])
        text = re.sub(r"\s+", " ", run("pdftotext", content=answer.body))
        for said in ("École : œuvres", "Ville d’été", code, "L’enfant", "Nom de l’enfant", "日本語 Œdipe", "Une ligne l’autre <b>", "piece.pdf", "Loulou",
                     "1 place de la Mairie, 69000 Ville", "sera refusée", "Tribunal administratif de Lyon, dans les deux mois.", "Envoyée"):
            self.assertIn(said, text.replace("\xa0", " "), said)
            self.assertIn(said, page.page.text.replace("\xa0", " "), said)
        self.assertNotIn("cachette", text + page.html)
        self.assertEqual(list((town.folder / "uploads").glob("*")), [])  # it is not kept

    @on_each_store
    def test_the_pdf_is_tagged_and_well_formed(self, town):
        resident, code = self.filed(town)
        content = pdf_of(resident, f"/mon-compte/demandes/{code.replace('-', '')}/copie/pdf/").body
        self.assertIn("No syntax or stream encoding errors", run("qpdf", "--check", content=content))
        facts = run("pdfinfo", content=content)
        for fact in (r"Title: +École : œuvres – demande", r"Tagged: +yes", r"Page size: .*A4", r"Metadata Stream: +yes"):
            self.assertRegex(facts.replace("\xa0", " "), fact)
        tree = run("pdfinfo", "-struct-text", content=content)
        tags = re.findall(r"^ *([A-Z]\w*)(?: \(block\))?$", tree, re.MULTILINE)
        self.assertEqual((tags[0], tags[1]), ("Document", "H1"))
        self.assertEqual(tags.count("Lbl"), tags.count("LBody"))
        self.assertGreater(tags.count("H2"), 2)
        self.assertNotIn("page 1", tree)  # an artifact
        for line in run("pdffonts", content=content).splitlines()[2:]:
            self.assertRegex(line, r" yes (yes|no) +yes +\d+ +\d+$")  # embedded, with Unicode
        with tempfile.TemporaryDirectory() as folder:
            plain = Path(folder) / "plain.pdf"
            (Path(folder) / "a.pdf").write_bytes(content)
            subprocess.run(["qpdf", "--qdf", "--object-streams=disable", Path(folder) / "a.pdf", plain], check=True)
            raw = plain.read_bytes()
        for said in (rb"/Lang \(fr\)", rb"/DisplayDocTitle true", rb"/Marked true", rb"/Artifact <</Type /Pagination>> BDC"):
            self.assertRegex(raw, said)

    @on_each_store
    def test_agents_have_it_and_strangers_do_not(self, town):
        _, code = self.filed(town)
        raw = code.replace("-", "")
        agent = town.visitor("ville", CLERK)
        page = agent.get(link(agent.get(f"/agents/demandes/{raw}/").page, "Imprimer ou télécharger une copie"))
        self.assertIn("Loulou", page.page.text)
        pdf_of(agent, f"/agents/demandes/{raw}/copie/pdf/")
        for path in ("copie/", "copie/pdf/"):
            self.assertEqual(town.visitor("ville", OTHER).get(f"/agents/demandes/{raw}/{path}").status, 404)
            self.assertEqual(town.visitor("ville", EVE).get(f"/mon-compte/demandes/{raw}/{path}").status, 404)
            self.assertIn("/suivre/", town.visitor("ville").get(f"/suivre/{raw}/{path}").url)

    @on_each_store
    def test_a_tracking_code_opens_the_receipt_alone(self, town):
        _, code = self.filed(town)
        visitor = town.visitor("ville")
        page = visitor.get(link(track(visitor, code, ADA).page, "Imprimer ou télécharger une copie"))
        text = run("pdftotext", content=pdf_of(visitor, link(page.page, "Télécharger en PDF")).body)
        for shown in (page.page.text, text):
            self.assertIn(code, shown)
            self.assertNotIn("Loulou", shown)

    @on_each_store
    def test_long_and_odd_texts(self, town):
        resident = town.visitor("ville", ADA)
        long = "mot " * 100_000 + "Ж" * 20_000 + "\x07\x1b[31m"
        form = main_form(resident.get("/demarches/ecole/1/").page)
        values = {control.name: {"Message": long, "Nom de l’enfant": "N" * 200, "Votre courriel": ADA}.get(control.label, "") for control in form.controls
                  if control.kind in ("text", "email", "textarea")}
        answer = resident.send(form, values, button="Envoyer")
        code = re.search(r'<p class="code">([0-9A-Z-]+)</p>', answer.html).group(1).replace("-", "")
        text = run("pdftotext", content=pdf_of(resident, f"/mon-compte/demandes/{code}/copie/pdf/").body)
        self.assertEqual(text.count("mot"), 100_000)
        self.assertEqual(text.count("Ж"), 20_000)


if __name__ == "__main__":
    unittest.main()
