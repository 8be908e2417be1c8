"""What other programs file and change: checked as a person's answers are, by who may, on disk before they are told."""
import base64
import json

from support.api import ADMIN, AGENT, KEY, ORIG, OTHER, RESIDENT, Program, people_of_a_town
from support.peer import Peer
from support.town import OnEachStore, on_each_store

BLOCK = {"kind": "block", "slug": "enfant", "name": "Enfant", "fields": [{"id": "1", "type": "string", "label": "Prénom", "varname": "prenom"}]}
FORM = {"kind": "form", "slug": "permis", "name": "Permis", "workflow": "permis", "functions": {"_receiver": "voirie"},
        "backoffice_submission_roles": ["voirie"], "digest_template": "{{ form_var_nom }}",
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom", "maxlength": 20},
                   {"id": "2", "type": "date", "label": "Début", "varname": "debut", "required": "optional"},
                   {"id": "3", "type": "numeric", "label": "Âge", "varname": "age", "required": "optional"},
                   {"id": "4", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Nord", "Sud"], "required": "frontoffice"},
                   {"id": "5", "type": "items", "label": "Plantes", "varname": "plantes", "items": ["Rose", "Lierre"], "required": "optional"},
                   {"id": "6", "type": "bool", "label": "Accord", "varname": "accord", "required": "optional"},
                   {"id": "7", "type": "file", "label": "Plan", "varname": "plan", "required": "optional"},
                   {"id": "8", "type": "block", "block": "enfant", "label": "Enfants", "varname": "enfants", "max_items": 3, "required": "optional"},
                   {"id": "9", "type": "email", "label": "Courriel", "varname": "courriel", "required": "optional"},
                   {"id": "10", "type": "map", "label": "Lieu", "varname": "lieu", "required": "optional"},
                   {"id": "11", "type": "computed", "label": "Calcul", "varname": "calcul", "value_template": "{{ form_var_nom }}!"},
                   {"id": "12", "type": "string", "label": "Si Sud", "varname": "si_sud", "condition": "form_var_quartier == \"Sud\""}]}
ONCE = {"kind": "form", "slug": "unique", "name": "Unique", "only_allow_one": True, "fields": [FORM["fields"][0]]}
CLOSED = {"kind": "form", "slug": "ferme", "name": "Fermée", "disabled": True, "fields": [FORM["fields"][0]]}
WORKFLOW = {"kind": "workflow", "slug": "permis", "name": "Permis", "functions": [{"id": "_receiver", "name": "Agents"}],
            "statuses": [{"id": "recue", "name": "Reçue", "actions": [
                {"id": "1", "type": "editable", "by": ["_receiver"], "status": "corrigee", "label": "Corriger"}]},
                {"id": "corrigee", "name": "Corrigée", "actions": []}]}
CARD = {"kind": "card", "slug": "lieu", "name": "Lieu", "functions": {"_editor": "voirie", "_viewer": "voirie"}, "id_template": "{{ form_var_code }}",
        "backoffice_submission_roles": ["voirie"], "fields": [{"id": "1", "type": "string", "label": "Code", "varname": "code"},
                                                             {"id": "2", "type": "string", "label": "Nom", "varname": "nom", "required": "optional"}]}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ALL = {"nom": "Ada", "debut": "2026-03-12", "age": "41", "quartier": "Nord", "plantes": ["Rose", "Lierre"], "accord": True,
       "plan": {"filename": "plan.pdf", "content_type": "application/pdf", "content": base64.encodebytes(PDF).decode()},
       "enfants": [{"prenom": "Zoé"}, {"prenom": "Léo"}], "courriel": "ada@exemple.example", "lieu": {"lat": 45.75, "lon": 4.85}}


class Waiting(OnEachStore):
    """What is filed or triggered has the circuit ask another server: it is done once, though it begins twice."""

    @classmethod
    def build(cls, town):
        cls.peer = cls.enterClassContext(Peer()) if not hasattr(cls, "peer") else cls.peer
        cls.peer.answer("/mot", {"data": "bonjour"})
        town.site("ville", roles=["voirie"], api={"keys": {ORIG: KEY}}, outgoing={"allow": [cls.peer.host]})
        says = {"id": "1", "type": "register-comment", "comment": "<p>Dit : {{ webservice.mot.data }}</p>"}
        town.define("ville", {"kind": "wscall", "slug": "mot", "name": "Mot", "request": {"url": f"{cls.peer.url}/mot", "method": "GET"}},
                    FORM | {"workflow": "parle", "fields": FORM["fields"][:1]},
                    {"kind": "workflow", "slug": "parle", "name": "Parle", "statuses": [
                        {"id": "a", "name": "A", "actions": [says, {"id": "2", "type": "jump", "mode": "trigger", "trigger": "go", "status": "b"}]},
                        {"id": "b", "name": "B", "actions": [says]}]})

    @on_each_store
    def test_a_call_that_waits_for_another_server_is_obeyed_once(self, town):
        program = Program(town, "ville")
        reply = program.post("/api/formdefs/permis/submit", {"data": {"nom": "Ada"}})
        self.assertEqual(reply.status, 200, reply.body)
        self.assertEqual(program.post(f"/api/forms/permis/{reply.json['data']['id']}/jump/trigger/go/").status, 200)
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*), MAX(status) FROM dossier"), [["1", "b"]])
        parts = town.sql("site-ville", "SELECT parts FROM dossier_history WHERE parts LIKE '%Dit : bonjour%'")
        self.assertEqual(len(parts), 2)


class Writing(OnEachStore):
    @classmethod
    def build(cls, town):
        people_of_a_town(town, BLOCK, FORM, ONCE, CLOSED, WORKFLOW, CARD)

    def kept(self, town):
        return [town.sql("site-ville", f"SELECT COUNT(*) FROM {table}") for table in ("dossier", "draft", "dossier_history", "job")]

    def submit(self, town, data, slug="permis", program=None, **more):
        return (program or Program(town, "ville")).post(f"/api/formdefs/{slug}/submit", {"data": data, **more})

    def read(self, town, reply):
        return Program(town, "ville", email=ADMIN).get(f"/api/forms/permis/{reply.json['data']['id']}/").json

    # ---- Filing ----

    @on_each_store
    def test_a_signed_call_files_a_request(self, town):
        reply = self.submit(town, ALL, user={"NameID": ["inconnu"], "email": RESIDENT}, context={"channel": "mail"})
        self.assertEqual((reply.status, reply.json["err"]), (200, 0), reply.body[:500])
        base, data = f"http://ville.localhost:{town.port}", reply.json["data"]
        code = data["tracking_code"].replace("-", "")
        self.assertEqual((data["url"], data["api_url"]), (f"{base}/mon-compte/demandes/{code}/", f"{base}/api/forms/permis/{data['id']}/"))
        read = self.read(town, reply)
        self.assertEqual((read["user"]["email"], read["submission"]), (RESIDENT, {"backoffice": False, "channel": "mail"}))
        fields = read["fields"]
        self.assertEqual({key: fields[key] for key in ("nom", "debut", "age", "quartier", "plantes_raw", "accord", "courriel", "calcul")},
                         {"nom": "Ada", "debut": "2026-03-12", "age": "41", "quartier": "Nord", "plantes_raw": ["Rose", "Lierre"], "accord": True,
                          "courriel": "ada@exemple.example", "calcul": "Ada!"})
        self.assertEqual([row["prenom"] for row in fields["enfants_raw"]], ["Zoé", "Léo"])
        self.assertEqual((fields["lieu"]["lat"], fields["lieu"]["lon"]), (45.75, 4.85))
        self.assertEqual((base64.b64decode(fields["plan"]["content"]), fields["plan"]["filename"]), (PDF, "plan.pdf"))
        page = town.visitor("ville", RESIDENT).get(f"/mon-compte/demandes/{code}/")
        self.assertEqual(page.status, 200)

    @on_each_store
    def test_what_was_read_may_be_filed_again(self, town):
        first = self.submit(town, ALL)
        again = Program(town, "ville").post("/api/formdefs/permis/submit", self.read(town, first))
        self.assertEqual(again.status, 200, again.body[:500])
        self.assertEqual({k: v for k, v in self.read(town, again)["fields"].items() if k != "plan"},
                         {k: v for k, v in self.read(town, first)["fields"].items() if k != "plan"})

    @on_each_store
    def test_answers_are_checked_as_a_person_s_are(self, town):
        before = self.kept(town)
        for change, field in (({"nom": ""}, "nom"), ({"nom": "a" * 21}, "nom"), ({"debut": "hier"}, "debut"), ({"age": "vieux"}, "age"),
                              ({"quartier": "Est"}, "quartier"), ({"plantes": ["Chêne"]}, "plantes"), ({"courriel": "ada"}, "courriel"),
                              ({"plan": {"filename": "x", "content": "!"}}, "plan"), ({"plan": "x"}, "plan"), ({"quartier": "Sud"}, "si_sud"),
                              ({"plan": {"blob": "0" * 64, "name": "x", "type": "y", "size": 1}}, "plan")):
            reply = self.submit(town, ALL | change)
            self.assertEqual((reply.status, reply.json.get("err_code")), (400, "invalid-answers"), (change, reply.body[:300]))
            self.assertIn(field, reply.json["errors"], change)
        for body in ([], "x", {}, {"data": []}, {"data": "x"}):
            self.assertEqual(Program(town, "ville").post("/api/formdefs/permis/submit", body).status, 400, body)
        self.assertEqual(self.kept(town), before)
        hidden = self.submit(town, ALL | {"si_sud": "caché", "inconnu": 1, "calcul": "faux"})
        self.assertEqual((self.read(town, hidden)["fields"]["si_sud"], self.read(town, hidden)["fields"]["calcul"]), (None, "Ada!"))

    @on_each_store
    def test_hostile_answers_are_kept_as_texts(self, town):
        for text in ("{{ 7 }}{% if %}", "<script>x</script>", "'; DROP TABLE", "../../etc"):
            reply = self.submit(town, ALL | {"nom": text[:20], "plan": None})
            self.assertEqual(self.read(town, reply)["fields"]["nom"], text[:20])

    @on_each_store
    def test_who_may_file(self, town):
        self.assertEqual(Program(town, "ville").send("POST", "/api/formdefs/permis/submit", b"{}", {"Content-Type": "application/json"}).status, 403)
        agent = town.visitor("ville", AGENT)
        self.assertEqual(agent.request("POST", "/api/formdefs/permis/submit", json.dumps({"data": ALL}).encode(),
                                       {"Content-Type": "application/json"}, follow=False).status, 403)
        self.assertEqual(self.submit(town, ALL, "ferme").status, 403)
        self.assertEqual(self.submit(town, ALL, "rien").status, 404)
        self.assertEqual(self.submit(town, ALL, program=Program(town, "ville", access=town.sportif)).status, 403)
        refused = self.submit(town, ALL, program=Program(town, "ville", email=RESIDENT), meta={"backoffice-submission": True})
        self.assertEqual(refused.json["err_code"], "user-not-allowed-backoffice-submission")
        entered = self.submit(town, {"nom": "Au guichet"}, program=Program(town, "ville", email=AGENT), meta={"backoffice-submission": True})
        self.assertEqual(self.read(town, entered)["submission"]["agent"]["email"], AGENT)
        self.assertEqual(self.submit(town, ALL, program=Program(town, "ville", access=town.connecteur)).status, 200)
        for status in (200, 403):
            self.assertEqual(self.submit(town, {"nom": "Ada"}, "unique", Program(town, "ville", email=RESIDENT)).status, status)

    @on_each_store
    def test_a_draft_is_begun_for_its_person(self, town):
        reply = self.submit(town, ALL, meta={"draft": True}, program=Program(town, "ville", email=RESIDENT))
        self.assertEqual(reply.status, 200, reply.body)
        resident = town.visitor("ville", RESIDENT)
        page = resident.get(reply.json["data"]["url"].split(str(town.port))[1])
        self.assertEqual([c.value for form in page.page.forms for c in form.controls if c.name == "f1"], ["Ada"], page.page.text[:600])
        drafts = Program(town, "ville").get("/api/user/drafts", email=RESIDENT).json["data"]
        self.assertEqual([(one["name"], one["draft"], one["url"]) for one in drafts], [("Permis", True, reply.json["data"]["url"])])

    # ---- Changing ----

    @on_each_store
    def test_an_editable_action_lets_answers_be_changed(self, town):
        number = self.submit(town, ALL).json["data"]["id"]
        path = f"/api/forms/permis/{number}/"
        for program in (Program(town, "ville"), Program(town, "ville", email=OTHER), Program(town, "ville", email=RESIDENT)):
            self.assertEqual(program.post(path, {"data": {"nom": "Eve"}}).status, 403)
        agent = Program(town, "ville", email=AGENT)
        self.assertEqual(agent.post(path, {"data": {"age": "x"}}).json["err_code"], "invalid-answers")
        self.assertEqual(agent.post(path, {}).status, 400)
        self.assertEqual(agent.post(path, {"data": {"nom": "Eve", "plantes": []}}).json, {"err": 0, "data": {"id": number}})
        after = agent.get(path).json
        self.assertEqual((after["fields"]["nom"], after["fields"]["debut"], after["fields"]["plan"]["filename"]), ("Eve", "2026-03-12", "plan.pdf"))
        self.assertEqual(after["workflow"]["status"]["id"], "corrigee")
        self.assertEqual(agent.post(path, {"data": {"nom": "Trop tard"}}).status, 403)

    @on_each_store
    def test_cards_are_added_and_changed(self, town):
        program = Program(town, "ville", access=town.connecteur)
        added = program.post("/api/cards/lieu/submit", {"data": {"code": "P 1", "nom": "Place"}})
        self.assertEqual((added.status, added.json["data"]["id"]), (200, "P 1"), added.body)
        self.assertEqual(program.get("/api/cards/lieu/P%201/").json["fields"], {"code": "P 1", "nom": "Place"})
        double = program.post("/api/cards/lieu/submit", {"data": {"code": "P 1"}})
        self.assertEqual((double.status, double.json["err"]), (400, 1))
        self.assertEqual(program.post("/api/cards/lieu/P%201/", {"data": {"nom": "Placette"}}).status, 200)
        self.assertEqual(program.get("/api/cards/lieu/P%201/").json["fields"], {"code": "P 1", "nom": "Placette"})
        for refused in (Program(town, "ville"), Program(town, "ville", email=RESIDENT), Program(town, "ville", access=town.sportif)):
            self.assertEqual(refused.post("/api/cards/lieu/submit", {"data": {"code": "X"}}).status, 403)
            self.assertEqual(refused.post("/api/cards/lieu/P%201/", {"data": {"nom": "X"}}).status, 403)
