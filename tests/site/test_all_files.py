"""All files of a request as one archive: names that harm nobody, each file once, for agents who may see it and where the form says so."""
import io
import unittest
import zipfile

from support.filler import main_form
from support.town import OnEachStore, code_of, on_each_store

CLERK, OTHER = "clerc@ville.example", "sport@ville.example"
FORM = {"kind": "form", "slug": "pieces", "name": "Pièces", "confirmation": False, "functions": {"_receiver": "accueil"}, "include_download_all_button": True,
        "fields": [{"id": str(n), "type": "file", "label": f"Pièce {n}", "required": "optional"} for n in range(1, 7)]}
PDF = b"%PDF-1.4\n%%EOF\n"
SENT = ["../../etc/passwd", "pièce.pdf", "PIÈCE.pdf", "con:*?.pdf", "..", "rtl\u202efdp.exe"]
NAMES = ["passwd", "pièce.pdf", "PIÈCE (2).pdf", "con___.pdf", "fichier", "rtl_fdp.exe"]


def send_files(town, slug, contents):
    resident = town.visitor("ville")
    form = main_form(resident.get(f"/demarches/{slug}/1/").page)
    controls = [control.name for control in form.controls if control.kind == "file"]
    answer = resident.send(form, files={name: (SENT[at], "application/pdf", content) for at, (name, content) in enumerate(zip(controls, contents))},
                           button="Envoyer")
    return code_of(answer)


class AllFiles(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "sport"])
        town.define("ville", FORM, FORM | {"slug": "sans", "include_download_all_button": False})
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(OTHER, "Olive Sport", "ville", ["sport"])

    @on_each_store
    def test_an_agent_takes_them_all(self, town):
        contents = [PDF + bytes([65 + n]) * (3 << 20 if n == 1 else n) for n in range(6)]
        code = send_files(town, "pieces", contents).replace("-", "")
        page = f"/agents/demandes/{code}/"
        agent = town.visitor("ville", CLERK)
        link = next(href for href, label in agent.get(page).page.links if label == "Télécharger tous les fichiers (ZIP)")
        answer = agent.get(link)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        archive = zipfile.ZipFile(io.BytesIO(answer.body))
        self.assertIsNone(archive.testzip())
        self.assertEqual([name for name in archive.namelist()], NAMES)
        self.assertEqual([archive.read(name) for name in NAMES], contents)
        self.assertEqual(town.visitor("ville", OTHER).get(link).status, 404)
        self.assertNotIn(b"PK", town.visitor("ville").get(link).body[:2])

    @on_each_store
    def test_what_is_not_there_is_told(self, town):
        code = send_files(town, "pieces", [PDF + b"perdu", PDF + b"reste"]).replace("-", "")
        lost = [path for path in (town.folder / "blobs").rglob("*") if path.is_file() and path.read_bytes() == PDF + b"perdu"]
        lost[0].unlink()
        archive = zipfile.ZipFile(io.BytesIO(town.visitor("ville", CLERK).get(f"/agents/demandes/{code}/fichiers/").body))
        self.assertEqual(archive.namelist(), ["pièce.pdf", "Fichiers absents.txt"])
        self.assertIn("passwd :", archive.read("Fichiers absents.txt").decode())

    @on_each_store
    def test_it_is_offered_where_there_is_something_and_the_form_says_so(self, town):
        agent = town.visitor("ville", CLERK)
        for slug, contents in (("sans", [PDF]), ("pieces", [])):
            code = send_files(town, slug, contents).replace("-", "")
            self.assertNotIn("/fichiers/\"", agent.get(f"/agents/demandes/{code}/").html, slug)
        self.assertEqual(agent.get(f"/agents/demandes/{code}/fichiers/").status, 404)


if __name__ == "__main__":
    unittest.main()
