"""Fields that want several controls or keep nothing that can be read again: ranks, hours of an agenda, passwords."""
import hashlib
import json
import re
import tempfile
import unittest
from pathlib import Path

from support.counter import Counter
from support.filler import main_form, walk
from support.peer import Peer
from support.town import OnEachStore, file_request, on_each_store

CLERK, SECRET = "clerc@ville.example", "Un cheval 7 fois rose !"
HOURS = [{"hour": f"{n // 2:02}:{n % 2 * 30:02}", "status": "booked" if n == 21 else "free" if n < 24 else "closed"} for n in range(18, 25)]  # 9 h–12 h
AGENDA = {"data": [{"id": "2027-03-12", "text": "ven. 12 mars", "opening_hours": HOURS, "disabled": False},
                   {"id": "2027-03-13", "text": "sam. 13 mars", "opening_hours": HOURS[:2], "disabled": False},
                   {"id": "2027-03-14", "text": "dim. 14 mars", "opening_hours": HOURS, "disabled": True}],
          "meta": {"minimal_booking_slots": 2, "maximal_booking_slots": 3, "api": {"fillslot_url": "https://agenda.example/reserver/"}}}
FIELDS = [
    {"id": "1", "type": "ranked-items", "label": "Classez vos souhaits", "varname": "souhaits", "items": ["Piscine", "Théâtre <b>", "Musée"]},
    {"id": "2", "type": "time-range", "label": "Quand voulez-vous la salle ?", "varname": "quand", "source": {"type": "named", "value": "salle"}},
    {"id": "3", "type": "password", "label": "Mot de passe du Wi-Fi", "varname": "wifi", "formats": ["sha1", "argon2id"]},
]
FORM = {"kind": "form", "slug": "salle", "name": "Salle", "workflow": "salle", "functions": {"_receiver": "accueil"}, "confirmation": True, "fields": FIELDS}
WORKFLOW = {"kind": "workflow", "slug": "salle", "name": "Salle", "functions": [{"id": "_receiver", "name": "Accueil"}], "statuses": [{"id": "1", "name": "Reçue", "actions": [
    {"id": "1", "type": "displaymsg", "to": [], "message": "<p>[{{ form_var_quand }}] [{{ form_var_quand_api_fillslot_url }}] [{{ form_var_souhaits_raw|get:\"Musée\" }}] "
                                                             "[{{ form_var_wifi }}] [{{ form_var_wifi_sha1 }}]</p>"}]}]}


class FieldTypes(OnEachStore):
    beside = {"peer": Peer}

    @classmethod
    def build(cls, town):
        cls.peer.answer("/salle", AGENDA)
        town.site("ville", roles=["accueil"], outgoing={"allow": [cls.peer.host]}, variables={"peer_url": cls.peer.url + "/"})
        cls.peer.answer("/vide", {"data": []})
        town.define("ville", FORM, WORKFLOW, FORM | {"slug": "vide", "name": "Vide", "fields": [FIELDS[1] | {"source": {"type": "json", "value": "{{ peer_url }}vide"}}]},
                     {"kind": "source", "slug": "salle", "name": "Salle", "source": {"type": "json", "value": "{{ peer_url }}salle"}})
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])

    def send(self, visitor, **values):
        form = main_form(visitor.get("/demarches/salle/1/").page)
        sent = {"f1-place-1": "2", "f1-place-2": "1", "f1-place-3": "3", "f2": "2027-03-12", "f2-debut": "09:00", "f2-fin": "10:00",
                "f3": SECRET, "f3-confirmation": SECRET} | {key.replace("_", "-"): value for key, value in values.items()}
        return visitor.send(form, sent, button="Continuer")

    @on_each_store
    def test_hours_are_free_in_a_row_and_as_long_as_the_agenda_wants(self, town):
        visitor = town.visitor("ville")
        page = visitor.get("/demarches/salle/1/")
        days = [option.label.replace("\xa0", " ") for option in main_form(page.page).named("f2")[0].options if option.value]
        self.assertEqual(days, ["vendredi 12 mars 2027 : de 9 h à 10 h 30, de 11 h à 12 h"], "neither what is shut nor what is too short")
        for start, end, message in (("09:00", "09:30", "La réservation est trop courte : choisissez une fin à 10 h au plus tôt."),
                                    ("10:00", "10:30", "Il ne reste pas assez de temps après 10 h. Choisissez une heure de début plus tôt."),
                                    ("09:00", "11:30", "Ces heures ne sont pas libres. Le vendredi 12 mars 2027 est libre de 9 h à 10 h 30, de 11 h à 12 h."),
                                    ("11:00", "10:00", "L’heure de fin doit être après l’heure de début."), ("", "10:00", "Choisissez l’heure de début.")):
            with self.subTest(start=start, end=end):
                answer = self.send(visitor, f2_debut=start, f2_fin=end)
                self.assertIn(message, answer.page.text.replace("\xa0", " "))
                shown = main_form(answer.page)
                self.assertEqual([option.value for option in shown.named("f2-fin")[0].options if "selected" in option.attributes], [end])
                self.assertEqual([option.value for option in shown.named("f1-place-2")[0].options if "selected" in option.attributes], ["1"])
        self.assertIn("Un mot de passe est déjà choisi", answer.page.text)
        self.assertNotIn(SECRET, answer.html)

    @on_each_store
    def test_the_request_says_them_and_the_password_to_nobody(self, town):
        visitor = town.visitor("ville")
        answer = self.send(visitor, f3="", f3_confirmation="")
        self.assertIn("Choisissez un mot de passe.", answer.page.text)
        self.assertIn("ont le même rang", self.send(visitor, f1_place_1="3").page.text)
        self.assertIn("ne sont pas les mêmes", self.send(visitor, f3_confirmation="autre").page.text)
        answer = self.send(visitor)
        self.assertIn("/verifier/", answer.url, answer.page.text[:600])
        self.assertIn("<ol><li>Théâtre &lt;b&gt;</li><li>Piscine</li><li>Musée</li></ol>", answer.html)
        self.assertIn("●●●●●●●●", answer.page.text)
        # Gone back to and sent again with nothing typed, the password stays.
        self.assertIn("/verifier/", self.send(visitor, f3="", f3_confirmation="").url)
        walk(visitor, "/demarches/salle/verifier/")
        agent = town.visitor("ville", CLERK)
        rows = agent.get("/agents/demandes/?demarche=salle")
        link = next(href for href, _ in rows.page.links if re.fullmatch(r"/agents/demandes/[^/?]+/", href))
        page = agent.get(link)
        sha1 = hashlib.sha1(SECRET.encode()).hexdigest()
        self.assertIn(f"[Le 12/03/2027 de 9 h à 10 h] [https://agenda.example/reserver/] [3] [●●●●●●●●] [{sha1}]", page.page.text.replace("\xa0", " "))
        exported = agent.get("/agents/demandes/export/json/?demarche=salle").html
        table = agent.get("/agents/demandes/export/csv/?demarche=salle").html
        self.assertIn("1. Théâtre <b>, 2. Piscine, 3. Musée", table)
        for text in (exported, table):
            self.assertNotIn(sha1, text)
            self.assertNotIn("argon2", text)
            self.assertIn("●●●●●●●●", text)
        stored = json.dumps(town.sql("site-ville", "SELECT answers FROM dossier"))
        self.assertNotIn(SECRET, stored)
        self.assertIn("$argon2id$", stored)
        self.assertNotIn(SECRET, town.log_text())

    @on_each_store
    def test_while_one_types_no_password_is_hashed_nor_kept(self, town):
        visitor = town.visitor("ville")
        form = main_form(visitor.get("/demarches/salle/1/").page)
        hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name]
        live = visitor.post("/demarches/salle/1/direct/", hidden + [("f1-place-1", "1"), ("f1-place-2", "1"), ("f3", SECRET)])
        fields = json.loads(live.html)["fields"]
        answer = self.send(visitor, f3="", f3_confirmation="")
        self.assertIn("Choisissez un mot de passe.", answer.page.text)
        self.assertIn("ont le même rang", fields["1"]["error"])
        self.assertEqual([day["id"] for day in fields["2"]["choices"]], ["2027-03-12"])
        self.assertNotIn("error", fields["3"])
        self.assertNotIn("●", visitor.get("/demarches/salle/1/").page.text)

    @on_each_store
    def test_an_agenda_that_is_away_shuts_no_form(self, town):
        file_request(town.visitor("ville"), "vide")


PDF = [b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%" + name + b"\n%%EOF\n" for name in (b"un", b"deux", b"trois")]
PIECES = {"kind": "form", "slug": "pieces", "name": "Pièces", "workflow": "salle", "functions": {"_receiver": "accueil"}, "confirmation": True, "fields": [
    {"id": "1", "type": "file", "label": "Plans", "varname": "plans", "max_files": 2},
    {"id": "2", "type": "block", "label": "Enfants", "max_items": 3, "required": "optional", "add_element_label": "Ajouter un enfant",
     "fields": [{"id": "3", "type": "file", "label": "Photos", "max_files": 2, "required": "optional"}]}]}


class SeveralFiles(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", roles=["accueil"])
        town.define("ville", PIECES, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])

    def send(self, visitor, files, *more, button=None):
        form = main_form(visitor.get("/demarches/pieces/1/").page)
        kept = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name]
        press = [("rangs", button)] if button else []
        return visitor.post("/demarches/pieces/1/", kept + list(more) + press, [(name, f"{n}.pdf", "application/pdf", PDF[n]) for name, n in files])

    @on_each_store
    def test_they_come_stay_and_go_one_by_one(self, town):
        visitor = town.visitor("ville")
        answer = self.send(visitor, [("f1", 0), ("f1", 1), ("f1", 2)])
        self.assertIn("2 documents au maximum : retirez-en 1.", answer.page.text.replace("\xa0", " "))
        boxes = main_form(answer.page).named("f1-retirer")
        self.assertEqual(len(boxes), 3)
        row = next(c.name for c in main_form(answer.page).controls if c.kind == "file" and c.name != "f1")
        answer = self.send(visitor, [(row, 0), (row, 2)], ("f1-retirer", boxes[1].value), button="f2-ajouter")
        self.assertEqual(len(main_form(answer.page).named(f"{row}-garde")), 2, answer.page.text[:900])
        # Sent again with nothing chosen, all of it stays, in rows too.
        answer = self.send(visitor, [])
        self.assertIn("/verifier/", answer.url, answer.page.text[:900])
        walk(visitor, "/demarches/pieces/verifier/")
        agent = town.visitor("ville", CLERK)
        link = next(href for href, _ in agent.get("/agents/demandes/?demarche=pieces").page.links if re.fullmatch(r"/agents/demandes/[^/?]+/", href))
        urls = [href for href, text in agent.get(link).page.links if text.strip().endswith(".pdf")]
        self.assertEqual([agent.get(url).body for url in urls], [PDF[0], PDF[2], PDF[0], PDF[2]])
        exported = json.loads(agent.get("/agents/demandes/export/json/?demarche=pieces").html)
        self.assertEqual([file["name"] for file in exported["data"][0]["fields"][0]["value"]], ["0.pdf", "2.pdf"])
        self.assertNotIn("blob", json.dumps(exported))


WCS = """<formdef id="1"><name>Inscription</name><fields>
<field><id>1</id><type>ranked-items</type><label>Souhaits</label><required>True</required><items><item>Un</item><item>Deux</item></items><randomize_items type="bool">True</randomize_items></field>
<field><id>2</id><type>time-range</type><label>Quand</label><required>required</required><data_source><type>chrono_ds_free_range_salle</type></data_source></field>
<field><id>3</id><type>password</type><label>Mot de passe</label><formats><format>sha1</format></formats><min_length type="int">8</min_length>
<count_digit type="int">1</count_digit><confirmation type="bool">False</confirmation><strength_indicator type="bool">True</strength_indicator></field>
</fields></formdef>"""


class Publik(unittest.TestCase):
    def test_they_come_from_publik_and_go_back(self):
        with tempfile.TemporaryDirectory() as folder, Counter() as counter:
            path = Path(folder)
            (path / "inscription.wcs").write_text(WCS)
            report = json.loads(counter.cli("import", "publik", path, "--site", "avant", "--report", "json").stdout)
            self.assertEqual([file["unsupported"] for file in report["files"]], [[]])
            for site, into in (("avant", "a"), ("avant", "wcs")):
                counter.cli("export", "content" if into == "a" else "publik", "--site", site, "--to", path / into)
            counter.cli("import", "publik", path / "wcs", "--site", "apres")
            counter.cli("export", "content", "--site", "apres", "--to", path / "b")
            one, other = (json.loads(next((path / into).rglob("inscription.json")).read_text()) for into in "ab")
            self.assertEqual(one, other)
            ranked, hours, password = one["fields"]
            self.assertEqual((ranked["items"], ranked["randomize_items"]), (["Un", "Deux"], True))
            self.assertEqual(hours["source"], {"type": "named", "value": "chrono_ds_free_range_salle"})
            self.assertEqual((password["formats"], password["min_length"], password["confirmation"]), (["sha1"], 8, False))


if __name__ == "__main__":
    unittest.main()
