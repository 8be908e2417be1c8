"""Documents that a workflow makes of a model, over HTTP with the real server, the real LibreOffice where it is installed, and a
real SMTP server: filled, converted, kept, sent, given to who pressed; a process that is killed meanwhile; models that are none."""
import base64
import io
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from support.filler import png
from support.slow import wait_until
from support.town import ADA, OnEachStore, buttons, file_own, on_each_store, press, status_of

OFFICE = Path("/usr/lib/libreoffice/program/soffice.bin")
with_office = unittest.skipUnless(OFFICE.exists(), "LibreOffice is not installed (libreoffice-writer-nogui)")
CLERK, ADMIN = "clerc@ville.example", "admin@ville.example"
ODT = "application/vnd.oasis.opendocument.text"
NAMESPACES = " ".join(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in (
    ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"))) + ' xmlns:xlink="http://www.w3.org/1999/xlink"'
LETTER = """<text:p>Décision n° <text:span>{{ form_num</text:span>ber }}</text:p><text:p>Bonjour {{ form_var_nom }},</text:p>
<text:p>{% if form_var_motif %}</text:p><text:p>Motif : {{ form_var_motif }}</text:p><text:p>{% endif %}</text:p>
<text:section text:name="form_details"><text:p>-</text:p></text:section>"""
TYPED = """    {{ form_var_nom }}
    12 rue de l’Église

# Votre demande {{ form_number }}

Madame, Monsieur,

Le motif : {{ form_var_motif }}
{% if form_var_motif %}Il est retenu.{% endif %}

    La maire
"""
# As Publik's models are: brackets; by a word processor, which cut one of them.
RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times New Roman;}}\f0\fs24 D\'e9cision {\b [form_}{\b\i number]}\par
Bonjour [form_var_nom],\par [if-any form_var_motif]Motif\~: [form_var_motif]\par [end]}"""
PICTURE = """<text:p><draw:frame draw:name="{{ form_var_photo }}" text:anchor-type="as-char"><draw:image xlink:href="Pictures/vide.png"/>
</draw:frame>{{ form_var_nom }}</text:p>"""


def odt(body, unlisted=False):
    """A text of OpenDocument; unlisted: with a file that its list does not name, which LibreOffice refuses."""
    files = {"content.xml": f'<office:document-content {NAMESPACES} office:version="1.2"><office:body><office:text>{body}</office:text></office:body></office:document-content>',
             "styles.xml": f"<office:document-styles {NAMESPACES}><office:styles/></office:document-styles>", "Pictures/vide.png": png()}
    entries = "".join(f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in (
        ("/", ODT), ("content.xml", "text/xml"), ("styles.xml", "text/xml"), ("Pictures/vide.png", "image/png")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODT, zipfile.ZIP_STORED)
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>')
        if unlisted:
            archive.writestr("autre", "x")
    return out.getvalue()


def file(name, content, type=ODT):
    return {"base_filename": name, "content_type": type, "b64_content": base64.encodebytes(content).decode()}


def document(id, content=None, name="modèle.odt", **more):
    model = {} if content is None else {"model_file": file(name, content)}
    return {"id": id, "type": "export_to_model", "method": "non-interactive", **model, **more}


def circuit(slug, *actions):
    """A document, and then the end."""
    return {"kind": "workflow", "slug": slug, "name": slug, "functions": [{"id": "_receiver", "name": "Agents"}],
            "backoffice_fields": [{"id": "bo1", "type": "file", "label": "Décision", "varname": "decision", "required": "optional"}],
            "statuses": [{"id": "a", "name": "Reçue", "actions": list(actions)}, {"id": "fin", "name": "Faite", "forced_endpoint": True, "actions": []}]}


END = {"id": "9", "type": "jump", "status": "fin"}
MAIL = {"id": "8", "type": "sendmail", "to": ["_submitter"], "subject": "Décision pour {{ form_var_nom }}", "body": "Voici.",
        "attachments": ["{{ form_attachments_courrier }}", "{{ form_var_decision }}"]}
KEPT = {"varname": "courrier", "attach_to_history": True, "backoffice_filefield_id": "bo1", "label": "Décision signée"}
CIRCUITS = [
    circuit("pdf", document("1", odt(LETTER), filename="Décision {{ form_var_nom }}/{{ form_number }}.odt", **KEPT), MAIL, END),
    circuit("odt", document("1", odt(LETTER), convert_to_pdf=False, **KEPT), MAIL, END),
    circuit("bouton", document("1", odt(LETTER), method="interactive", by=["_receiver"], label="Courrier pour {{ form_var_nom }}", convert_to_pdf=False),
            {"id": "9", "type": "choice", "label": "Finir", "by": ["_receiver"], "status": "fin"}),
    circuit("choisi", document("1", model_file_mode="template", model_file_template="{{ form_var_modele }}", convert_to_pdf=False, **KEPT), END),
    circuit("rtf", document("1", name="lettre.rtf", **KEPT) | {"model_file": file("lettre.rtf", RTF, "application/rtf")}, END),
    circuit("texte-riche", document("1", name="lettre.rtf", convert_to_pdf=False, **KEPT) | {"model_file": file("lettre.rtf", RTF, "application/rtf")}, END),
    circuit("image", document("1", odt(PICTURE), convert_to_pdf=False, **KEPT), END),
    circuit("refuse", document("1", odt(LETTER, unlisted=True), **KEPT), MAIL, END),
    circuit("lettre", document("1", name="lettre.txt", **KEPT) | {"model_file": file("lettre.txt", TYPED.encode(), "text/plain")}, END),
    circuit("xml", document("1", b"<nom a='{{ form_var_nom }}'>{{ form_var_nom }}</nom>", name="export.xml", **KEPT) | {
        "model_file": file("export.xml", b"<nom a='{{ form_var_nom }}'>{{ form_var_nom }}</nom>", "text/xml")}, END),
]
FIELDS = [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"},
          {"id": "2", "type": "text", "label": "Motif", "varname": "motif", "required": "optional"},
          {"id": "3", "type": "file", "label": "Modèle", "varname": "modele", "required": "optional"},
          {"id": "4", "type": "file", "label": "Photo", "varname": "photo", "required": "optional"}]


def words_of_pdf(pdf):
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def words_of(package, part="content.xml"):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.testzip() is None and archive.namelist()[0] == "mimetype"
        return "\n".join("".join(paragraph.itertext()) for paragraph in ElementTree.fromstring(archive.read(part)).iter() if paragraph.tag.endswith(("}p", "}h")))


def files_of(message):
    return [(part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()]


class Documents(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", *CIRCUITS, *({"kind": "form", "slug": one["slug"], "name": one["slug"], "workflow": one["slug"],
                                           "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": FIELDS} for one in CIRCUITS))
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADMIN, "Anne Admin", "ville", ["accueil"], admin=True)
        town.person(ADA, "Ada Durand")

    def settled(self, agent, office, status="Faite"):
        self.assertTrue(wait_until(lambda: status_of(agent.get(office)) == status, seconds=60), agent.last.page.text)
        return agent.last

    def links_of(self, answer):
        """The files in the history, by their names."""
        return {words.strip(): address for address, words in answer.page.links if "/fichiers/" in address and not address.endswith("/fichiers/")}

    def file_anyway(self, town, slug, name):
        try:
            file_own(town, slug, Famille=name)
        except Exception:  # the server was killed meanwhile
            pass

    @with_office
    @on_each_store
    def test_a_pdf_is_made_kept_and_sent(self, town):
        name, before = f"Durand-{time.monotonic_ns()}", set(town.folder.glob("uploads/office-*"))
        resident, code, own, office = file_own(town, "pdf", Famille=name, Motif="Terrain à bâtir\net jardin")
        message = town.mailbox.wait_for(ADA, f"Décision pour {name}", seconds=60)
        (file_name, kind, pdf), = files_of(message)
        self.assertRegex(file_name, rf"^Décision {name}-\d+-\d+\.pdf$")
        self.assertEqual(kind, "application/pdf")
        words = words_of_pdf(pdf)
        for expected in (f"Bonjour {name},", "Motif : Terrain à bâtir", "et jardin", "Famille", "Décision n° "):
            self.assertIn(expected, words)
        self.assertNotIn("{", words)
        agent = town.visitor("ville", CLERK)
        links = self.links_of(self.settled(agent, office))
        self.assertEqual(agent.get(links[file_name]).body, pdf)
        self.assertEqual(resident.get(self.links_of(resident.get(own))[file_name]).body, pdf)
        self.assertFalse(set(town.folder.glob("uploads/office-*")) - before)
        town.reopen()
        self.assertEqual(town.visitor("ville", CLERK).get(links[file_name]).body, pdf)

    @on_each_store
    def test_an_odt_is_filled_and_goes_where_it_is_wanted(self, town):
        *_, office = file_own(town, "odt", Famille="<Ada> & Cie", Motif="")
        agent = town.visitor("ville", CLERK)
        page = self.settled(agent, office)
        self.assertIn("Décision signée", page.page.text)
        made = agent.get(self.links_of(page)["modèle.odt"])
        self.assertIn("attachment", made.headers["Content-Disposition"])
        words = words_of(made.body)
        self.assertIn("Bonjour <Ada> & Cie,", words)
        self.assertNotIn("Motif :", words)
        self.assertIn("Famille\n<Ada> & Cie", words)
        (name, kind, sent), = files_of(town.mailbox.wait_for(ADA, "Décision pour <Ada> & Cie"))  # once, though two names have it
        self.assertEqual((name, kind, sent), ("modèle.odt", ODT, made.body))

    @on_each_store
    def test_a_letter_that_is_plain_text_needs_no_office_program(self, town):
        *_, office = file_own(town, "lettre", Famille="Ada <Durand> & Cie", Motif="Terrain à bâtir\n\n# et jardin " + "très grand " * 40)
        agent = town.visitor("ville", CLERK)
        made = agent.get(self.links_of(self.settled(agent, office))["lettre.pdf"])
        self.assertEqual(made.headers["Content-Type"], "application/pdf")
        words = words_of_pdf(made.body)
        lines = [line for line in words.splitlines() if line.strip()]
        self.assertRegex(lines[0], r"^ {20,}Ada <Durand> & Cie$")
        self.assertRegex(lines[1], r"^ {20,}12 rue de l’Église$")
        self.assertRegex(lines[2], r"^ ?Votre demande \d+-\d+$")
        self.assertIn("Le motif : Terrain à bâtir", words)
        self.assertIn("Il est retenu.", words)
        self.assertRegex(words, r"\n {20,}La maire\n")
        self.assertIn("Ville – page 1", words)
        self.assertIn("Tagged:          yes", subprocess.run(["pdfinfo", "-"], input=made.body, capture_output=True, check=True).stdout.decode())

    @on_each_store
    def test_a_button_gives_the_document_to_who_pressed_it(self, town):
        resident, _, own, office = file_own(town, "bouton", Famille="Durand")
        agent = town.visitor("ville", CLERK)
        self.assertIn("Courrier pour Durand", buttons(agent.get(office), office))
        given = press(agent, office, "Courrier pour Durand")
        for _ in range(100):  # until it is there, as the page says
            if given.headers["Content-Type"].startswith(ODT):
                break
            time.sleep(0.1)
            given = agent.get(agent.last.url)
        self.assertIn("Bonjour Durand,", words_of(given.body))
        page = agent.get(office)
        self.assertEqual(status_of(page), "Reçue")
        self.assertIn("Courrier pour Durand", page.page.text)
        self.assertIn("Claude Clerc", page.page.text)
        self.assertEqual(agent.get(self.links_of(page)["modèle.odt"]).body, given.body)
        self.assertNotIn("modèle.odt", resident.get(own).html)
        blob = self.links_of(page)["modèle.odt"].rstrip("/").rsplit("/", 1)[1]
        self.assertEqual(resident.get(f"{own}fichiers/{blob}/").status, 404)
        press(agent, office, "Finir")
        self.assertEqual(status_of(agent.get(office)), "Faite")

    @on_each_store
    def test_a_model_may_be_a_file_of_the_request(self, town):
        *_, office = file_own(town, "choisi", Famille="Durand", Modèle=("a.odt", ODT, odt("<text:p>Cher {{ form_var_nom }}</text:p>")))
        agent = town.visitor("ville", CLERK)
        addresses = [address for address, words in self.settled(agent, office).page.links if words.strip() == "a.odt"]
        self.assertIn("Cher Durand", [words_of(agent.get(address).body) for address in addresses])

    @with_office
    @on_each_store
    def test_a_model_in_rtf_becomes_a_pdf(self, town):
        *_, office = file_own(town, "rtf", Famille="Été {Durand} \\par", Motif="Terrain à bâtir\net jardin 🌳")
        agent = town.visitor("ville", CLERK)
        words = words_of_pdf(agent.get(self.links_of(self.settled(agent, office))["lettre.pdf"]).body)
        for expected in ("Décision ", "Bonjour Été {Durand} \\par,", "Motif : Terrain à bâtir\n", "et jardin 🌳"):
            self.assertIn(expected, words)
        self.assertRegex(words, r"Décision \d+-\d+\n")

    @on_each_store
    def test_a_model_in_rtf_stays_rtf_where_that_is_wanted(self, town):
        *_, office = file_own(town, "texte-riche", Famille="{Durand}", Motif="")
        agent = town.visitor("ville", CLERK)
        made = agent.get(self.links_of(self.settled(agent, office))["lettre.rtf"])
        self.assertTrue(made.body.startswith(b"{\\rtf1\\ansi"), made.body)
        self.assertIn(rb"Bonjour {\uc1 \{Durand\}},\par", made.body)
        self.assertNotIn(b"Motif", made.body)

    @on_each_store
    def test_a_picture_takes_the_frame_that_is_named_after_it(self, town):
        *_, office = file_own(town, "image", Famille="Durand", Photo=("photo.png", "image/png", png()))
        agent = town.visitor("ville", CLERK)
        made = agent.get(self.links_of(self.settled(agent, office))["modèle.odt"]).body
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            added, = [name for name in archive.namelist() if name.startswith("Pictures/") and name != "Pictures/vide.png"]
            self.assertEqual(archive.read(added)[:8], png()[:8])
            self.assertIn(f'xlink:href="{added}"', archive.read("content.xml").decode())
            self.assertIn(added, archive.read("META-INF/manifest.xml").decode())

    @on_each_store
    def test_xml_is_filled_and_is_no_pdf(self, town):
        *_, office = file_own(town, "xml", Famille="A & <B>")
        agent = town.visitor("ville", CLERK)
        made = agent.get(self.links_of(self.settled(agent, office))["export.xml"]).body
        root = ElementTree.fromstring(made)
        self.assertEqual((root.text, root.get("a")), ("A & <B>", "A & <B>"))

    @on_each_store
    def test_what_can_t_be_made_is_told_and_the_circuit_goes_on(self, town):
        # A file that is no model; one that LibreOffice refuses (or that has no LibreOffice): kept as it was filled.
        *_, office = file_own(town, "choisi", Famille="Durand")
        admin = town.visitor("ville", ADMIN)
        page = self.settled(admin, office)
        self.assertIn("Un modèle est un document OpenDocument", page.page.text)
        *_, office = file_own(town, "refuse", Famille="Refusé")
        page = self.settled(admin, office)
        self.assertIn("LibreOffice", page.page.text)
        self.assertIn("Bonjour Refusé,", words_of(admin.get(self.links_of(page)["modèle.odt"]).body))
        (name, kind, _), = files_of(town.mailbox.wait_for(ADA, "Décision pour Refusé"))
        self.assertEqual((name, kind), ("modèle.odt", ODT))
        self.assertNotIn("LibreOffice", town.visitor("ville", CLERK).get(office).page.text)

    @with_office
    @on_each_store
    def test_a_kill_while_it_is_made_makes_it_once(self, town):
        threading.Thread(target=self.file_anyway, args=[town, "pdf", "Interrompu"], daemon=True).start()
        self.assertTrue(wait_until(lambda: list(town.folder.glob("uploads/office-*")), seconds=30))
        town.kill()
        town.open()
        message = town.mailbox.wait_for(ADA, "Décision pour Interrompu", seconds=90)
        (code,), = town.sql("site-ville", "SELECT code FROM dossier WHERE form = 'pdf' ORDER BY id DESC LIMIT 1")
        agent = town.visitor("ville", CLERK)
        page = self.settled(agent, f"/agents/demandes/{code}/")
        self.assertEqual(page.html.count("Décision signée"), 1)
        self.assertIn("Bonjour Interrompu,", words_of_pdf(files_of(message)[0][2]))

    @on_each_store
    def test_publik_reads_the_models_that_are_written_for_it(self, town):
        folder = Path(tempfile.mkdtemp(dir=town.folder))
        town.cli("export", "publik", "pdf", "--site", "ville", "--to", folder / "publik")
        written = ElementTree.parse(next((folder / "publik").glob("workflows/*.wcs")))
        model = written.find(".//item[@type='export_to_model']/model_file")
        self.assertEqual(model.findtext("base_filename"), "modèle.odt")
        self.assertEqual(model.findtext("content_type"), ODT)
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(model.findtext("b64_content")))) as archive:
            self.assertIn("form_details", archive.read("content.xml").decode())
        report = town.cli("import", "publik", folder / "publik" / "workflows", "--site", "ville", "--report", "json")
        self.assertNotIn("unsupported\": [{", report if isinstance(report, str) else report.stdout)


if __name__ == "__main__":
    unittest.main()
