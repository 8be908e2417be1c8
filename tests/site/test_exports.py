"""What was filed with a form, as a file for agents: CSV, ODS and JSON; what they may see, and in constant memory."""
import csv
import io
import json
import re
import time
import unittest
import xml.etree.ElementTree as ET
import zipfile
from threading import Thread

from support.filler import main_form
from support.slow import freed_at_once, memory_of
from support.town import OnEachStore, file_request, on_each_store
from support.visitor import Visitor

CLERK, OTHER, ADMIN = "clerc@ville.example", "sport@ville.example", "admin@ville.example"
LISTED = ["validation", "summary", "listings"]
FORM = {"kind": "form", "slug": "carte", "name": "Carte d’été", "confirmation": False, "functions": {"_receiver": "accueil"},
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom", "display_locations": LISTED},
                   {"id": "2", "type": "date", "label": "Date de début"}, {"id": "3", "type": "numeric", "label": "Âge"},
                   {"id": "4", "type": "item", "label": "Quartier", "items": ["Nord", "Sud"], "in_filters": True, "display_mode": "radio",
                    "display_locations": LISTED},
                   {"id": "5", "type": "items", "label": "Sports", "items": ["Nage", "Tir"], "required": "optional"},
                   {"id": "6", "type": "text", "label": "Message", "required": "optional"},
                   {"id": "7", "type": "bool", "label": "Accord", "required": "optional"}]}
MANY = FORM | {"slug": "nombreux", "name": "Nombreux", "fields": [FORM["fields"][0], {"id": "2", "type": "text", "label": "Message"}]}
COPIES, PADDING = 3_000, "mot " * 1000  # 24 MB of JSON
HEAD = ["Numéro", "Numéro de suivi", "Reçue le", "Modifiée le", "Statut", "Canal", "Demandeur", "Courriel"]
OFFICE, TABLE, TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text"))


def export(agent, kind, query="demarche=carte"):
    answer = agent.get(f"/agents/demandes/export/{kind}/?{query}")
    assert answer.status == 200, (answer.status, answer.page.text[:300])
    return answer


def table(agent, query="demarche=carte"):
    content = export(agent, "csv", query).body
    assert content.startswith(b"\xef\xbb\xbf"), content[:20]
    return list(csv.reader(io.StringIO(content[3:].decode()), delimiter=";"))


def cells_of(row):
    return [(cell.get(OFFICE + "value-type"), cell.get(OFFICE + "value") or cell.get(OFFICE + "date-value"),
             "\n".join("".join(part.itertext()) for part in cell.findall(TEXT + "p"))) for cell in row.findall(TABLE + "table-cell")]


def sheet(content):
    """The rows of an ODS; what OpenDocument asks of the package is looked at."""
    assert content[30:38] == b"mimetype" and content[38:84] == b"application/vnd.oasis.opendocument.spreadsheet"
    package = zipfile.ZipFile(io.BytesIO(content))
    assert package.testzip() is None
    assert package.namelist() == ["mimetype", "META-INF/manifest.xml", "content.xml"]
    ET.fromstring(package.read("META-INF/manifest.xml"))
    body = ET.fromstring(package.read("content.xml")).find(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table")
    return [cells_of(row) for row in body.iter(TABLE + "table-row")]


def copy_rows(town, slug, count):
    """So many more requests like the one of the form: rows of the store, which filing would take minutes to make."""
    form, source = f"form = '{slug}'", {}
    for name in ("dossier", "dossier_listing"):
        lines = town.sql("site-ville", f"SELECT name FROM pragma_table_info('{name}') ORDER BY cid" if not town.database else
                         "SELECT column_name FROM information_schema.columns WHERE table_schema = 'site_ville'"
                         f" AND table_name = '{name}' ORDER BY ordinal_position")
        source[name] = [line[0] for line in lines]
    changed = {"id": "o.id + n", "uuid": "'copie' || n", "code": "'copie' || n", "sequence": "o.sequence + n",
               "dossier": "o.dossier + n", "received": "o.received - n",
               "answers": "REPLACE(o.answers, 'modèle', 'copie ' || n)"}
    for name, columns in source.items():
        chosen = ", ".join(changed.get(column, f"o.{column}") for column in columns)
        town.sql("site-ville", f"INSERT INTO {name} ({', '.join(columns)}) WITH RECURSIVE c(n) AS"
                 f" (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT {chosen} FROM {name} o, c WHERE o.{form}")


class Exports(OnEachStore):
    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(freed_at_once())
        super().setUpClass()

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "sport"])
        town.define("ville", FORM, MANY)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(OTHER, "Olive Sport", "ville", ["sport"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)

    def setUp(self):
        for town in self.towns.values():
            if not hasattr(town, "codes"):
                resident = town.visitor("ville")
                town.codes = [file_request(resident, "carte", **answers) for answers in (
                    {"Nom": "=cmd|'/c calc'!A1", "Date de début": "2026", "Âge": "41", "Quartier": "Nord", "Sports": ["Nage", "Tir"],
                     "Message": "Une ligne\nl’autre ; « œuf »  <b>", "Accord": ["Accord (facultatif)"]},
                    {"Nom": "@Zoé", "Date de début": "2027", "Âge": "7", "Quartier": "Sud", "Sports": [], "Message": "", "Accord": []})]

    @on_each_store
    def test_a_spreadsheet_opens_it_and_runs_nothing(self, town):
        head, newest, oldest = table(town.visitor("ville", CLERK))
        self.assertEqual(head, [*HEAD, *(field["label"] for field in FORM["fields"])])
        self.assertEqual([newest[1], oldest[1]], list(reversed(town.codes)))
        self.assertEqual(oldest[4], "Envoyée")
        self.assertEqual(oldest[8:], ["'=cmd|'/c calc'!A1", "12/03/2026", "41", "Nord", "Nage, Tir", "Une ligne\nl’autre ; « œuf »  <b>", "Oui"])
        self.assertEqual(newest[8], "'@Zoé")
        self.assertRegex(oldest[2], r"^\d\d/\d\d/\d{4} \d\d:\d\d$")

    @on_each_store
    def test_ods_has_numbers_and_dates_as_what_they_are(self, town):
        answer = export(town.visitor("ville", CLERK), "ods", "demarche=carte&tri=anciennes")
        self.assertEqual(answer.headers["Content-Type"], "application/vnd.oasis.opendocument.spreadsheet")
        self.assertRegex(answer.headers["Content-Disposition"], r"filename\*=UTF-8''carte-\d{4}-\d\d-\d\d\.ods$")
        head, first, second = sheet(answer.body)
        self.assertEqual([cell[2] for cell in head], [*HEAD, *(field["label"] for field in FORM["fields"])])
        self.assertEqual(first[8:13], [("string", None, "=cmd|'/c calc'!A1"), ("date", "2026-03-12", "12/03/2026"), ("float", "41", "41"),
                                       ("string", None, "Nord"), ("string", None, "Nage, Tir")])
        self.assertEqual(first[2][0], "date")
        self.assertRegex(first[2][1], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        self.assertEqual(second[12], (None, None, ""))
        self.assertTrue(first[13][2].startswith("Une ligne\nl’autre ; « œuf »"))

    @on_each_store
    def test_json_has_answers_as_they_are_kept(self, town):
        content = json.loads(export(town.visitor("ville", ADMIN), "json").body)
        self.assertEqual(content["form"], {"slug": "carte", "name": "Carte d’été"})
        one = content["data"][1]
        self.assertEqual(one["status"]["name"], "Envoyée")
        fields = {field["label"]: field for field in one["fields"]}
        self.assertEqual(fields["Nom"]["value"], "=cmd|'/c calc'!A1")
        self.assertEqual((fields["Sports"]["value"], fields["Sports"]["text"]), (["Nage", "Tir"], "Nage, Tir"))
        self.assertEqual((fields["Date de début"]["value"], fields["Date de début"]["text"]), ("2026-03-12", "12/03/2026"))

    @on_each_store
    def test_the_list_links_to_what_it_shows(self, town):
        agent = town.visitor("ville", CLERK)
        self.assertNotIn("/export/", agent.get("/agents/demandes/").html)
        page = agent.get("/agents/demandes/?demarche=carte&reponse=4%3ASud&q=").page
        links = {label: href for href, label in page.links if "/export/" in href}
        self.assertEqual(list(links), ["CSV", "tableur (ODS)", "JSON"])
        content = csv.reader(io.StringIO(agent.get(links["CSV"]).body.decode("utf-8-sig")), delimiter=";")
        self.assertEqual([row[8] for row in content][1:], ["'@Zoé"])
        self.assertEqual(len(table(agent, "demarche=carte&q=zoe")), 2)
        self.assertEqual(len(table(agent, "demarche=carte&etat=terminees")), 1)

    @on_each_store
    def test_who_may_not_see_them_is_given_nothing(self, town):
        self.assertEqual(len(table(town.visitor("ville", OTHER))), 1)
        self.assertEqual(json.loads(export(town.visitor("ville", OTHER), "json").body)["data"], [])
        self.assertEqual(len(sheet(export(town.visitor("ville", OTHER), "ods").body)), 1)
        for address in ("csv/?demarche=autre", "csv/", "xls/?demarche=carte", "csv/?demarche=card%3Acarte"):
            self.assertEqual(town.visitor("ville", CLERK).get(f"/agents/demandes/export/{address}").status, 404, address)
        stranger = town.visitor("ville").get("/agents/demandes/export/csv/?demarche=carte")
        self.assertNotIn(b"calc", stranger.body)
        self.assertIn("/connexion/", stranger.url)

    @on_each_store
    def test_the_command_writes_the_same(self, town):
        for kind in ("csv", "ods", "json"):
            file = town.folder / f"carte.{kind}"
            town.cli("dossier", "export", "carte", file, "--site", "ville")
            same = export(town.visitor("ville", ADMIN), kind, "demarche=carte&tri=anciennes").body
            self.assertEqual(*(sheet(one) if kind == "ods" else one for one in (file.read_bytes(), same)))
        self.assertNotEqual(town.cli("dossier", "export", "carte", "x.xls", "--site", "ville", check=False).returncode, 0)

    @on_each_store
    def test_thousands_come_out_once_in_constant_memory_while_others_are_filed_and_served(self, town):
        resident, agent = town.visitor("ville"), town.visitor("ville", CLERK)
        file_request(resident, "nombreux", Nom="modèle", Message=PADDING)
        copy_rows(town, "nombreux", COPIES)
        table(agent, "demarche=carte")
        before, others = memory_of(town.process.pid)[1], []

        def file_meanwhile():
            visitor = Visitor(town.port, "ville.localhost")
            while not done:
                began = time.monotonic()
                visitor.get("/demarches/nombreux/")
                others.append(time.monotonic() - began)
                file_request(visitor, "nombreux", Nom="nouvelle", Message="court")

        done = []
        thread = Thread(target=file_meanwhile)
        thread.start()
        try:
            for kind in ("csv", "json", "ods"):
                content = export(agent, kind, "demarche=nombreux").body
                text = zipfile.ZipFile(io.BytesIO(content)).read("content.xml").decode() if kind == "ods" else content.decode()
                times = 2 if kind == "json" else 1  # value and text
                found = re.findall(r"\bcopie (\d+)\b", text)
                self.assertEqual(len(found), COPIES * times, kind)
                self.assertEqual(len(set(found)), COPIES, kind)
        finally:
            done.append(True)
            thread.join()
        self.assertLess(memory_of(town.process.pid)[1] - before, 16 << 20)
        self.assertGreater(len(others), 3)
        self.assertLess(max(others), 2)


if __name__ == "__main__":
    unittest.main()
