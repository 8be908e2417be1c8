"""Calls from outside that make a request go on: jumps that wait for a trigger, hooks of global actions; at each address that a
template or an old script may have kept; once, and on disk before the caller is told."""
import json
from concurrent.futures import ThreadPoolExecutor

from support.api import AGENT, OTHER, RESIDENT, Program, access, people_of_a_town
from support.town import OnEachStore, file_request, on_each_store

FORM = {"kind": "form", "slug": "permis", "name": "Permis", "workflow": "paiement", "functions": {"_receiver": "voirie"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]}
CARD = {"kind": "card", "slug": "lieu", "name": "Lieu", "workflow": "lieu", "functions": {"_editor": "voirie"},
        "backoffice_submission_roles": ["voirie"], "id_template": "{{ form_var_code }}",
        "fields": [{"id": "1", "type": "string", "label": "Code", "varname": "code"}]}
WORKFLOW = {
    "kind": "workflow", "slug": "paiement", "name": "Paiement", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "attente", "name": "En attente du paiement", "actions": [
            {"id": "1", "type": "jump", "mode": "trigger", "trigger": "paid", "status": "payee"},
            {"id": "2", "type": "jump", "mode": "trigger", "trigger": "cancelled", "status": "annulee", "by": ["_receiver"]},
            {"id": "3", "type": "jump", "mode": "trigger", "trigger": "adresse", "status": "redirigee"}]},
        {"id": "payee", "name": "Payée", "actions": [
            {"id": "1", "type": "register-comment", "comment": "<p>Transaction {{ form_trigger_paid_content_transaction_id }}, {{ form_workflow_data_transaction_id }}</p>"},
            {"id": "2", "type": "sendmail", "to": ["{{ form_var_nom }}@exemple.example"], "subject": "Payée", "body": "{{ form_api_url }}"}]},
        {"id": "annulee", "name": "Annulée", "actions": []},
        {"id": "redirigee", "name": "Redirigée", "actions": [{"id": "1", "type": "redirect_to_url", "url": "https://ailleurs.example/merci"}]}],
    "global_actions": [{"id": "g", "name": "Noter", "triggers": [
        {"id": "1", "type": "webservice", "identifier": "noter", "roles": []},
        {"id": "2", "type": "webservice", "identifier": "noter-agent", "roles": ["_receiver"]}],
        "actions": [{"id": "1", "type": "register-comment", "comment": "<p>Noté : {{ form_trigger_noter_content.mot }}</p>"}]}]}
OF_CARDS = {"kind": "workflow", "slug": "lieu", "name": "Lieu", "functions": [{"id": "_editor", "name": "Éditeurs"}],
            "statuses": [{"id": "ouvert", "name": "Ouvert", "actions": [
                {"id": "1", "type": "jump", "mode": "trigger", "trigger": "fermer", "status": "ferme"}]},
                {"id": "ferme", "name": "Fermé", "actions": []}],
            "global_actions": [{"id": "g", "name": "Rouvrir", "triggers": [{"id": "1", "type": "webservice", "identifier": "rouvrir"}],
                                "actions": [{"id": "1", "type": "jump", "status": "ouvert"}]}]}


class Triggers(OnEachStore):
    @classmethod
    def build(cls, town):
        people_of_a_town(town, FORM, WORKFLOW, CARD, OF_CARDS)
        town.payeur = access(town, "payeur")

    def file(self, town, visitor=None):
        """A new request: its code, its number among those of its form."""
        code = file_request(visitor or town.visitor("ville"), "permis", Nom="ada").replace("-", "")
        return code, town.sql("site-ville", f"SELECT sequence FROM dossier WHERE code = '{code}'")[0][0]

    def status(self, town, code):
        return town.sql("site-ville", f"SELECT status FROM dossier WHERE code = '{code}'")[0][0]

    # ---- Jumps ----

    @on_each_store
    def test_a_signed_call_makes_the_jump_and_brings_what_it_knows(self, town):
        code, number = self.file(town)
        path = f"/api/forms/permis/{number}/jump/trigger/paid/"
        reply = Program(town, "ville").post(path, {"transaction_id": "T<12>", "montant": 12.5})
        self.assertEqual((reply.status, reply.json), (200, {"err": 0, "url": None}))
        self.assertEqual(self.status(town, code), "payee")
        page = town.visitor("ville", AGENT).get(f"/agents/demandes/{code}/")
        self.assertIn("Transaction T<12>, T<12>", page.page.text)
        self.assertIn("Appel reçu : paid", page.page.text)
        self.assertNotIn("Appel reçu", town.visitor("ville").get(f"/suivre/{code}/").page.text)
        town.mailbox.wait_for("ada@exemple.example", "Payée")
        again = Program(town, "ville").post(path, {"transaction_id": "T-13"})
        self.assertEqual((again.status, again.json["err"]), (404, 1))
        self.assertIn("pas attendu", again.json["err_desc"])

    @on_each_store
    def test_it_is_found_at_every_address_that_a_template_gave(self, town):
        resident = town.visitor("ville", RESIDENT)
        for address in ("/api/forms/permis/{n}/", "/suivre/{code}/", "/agents/demandes/{code}/", "/backoffice/management/permis/{n}/",
                        "/permis/{n}/", "/urbanisme/permis/{n}/", "/mon-compte/demandes/{code}/"):
            for end in ("", "/"):
                code, number = self.file(town, resident if "mon-compte" in address else None)
                reply = Program(town, "ville").post(address.format(n=number, code=code) + "jump/trigger/paid" + end)
                self.assertEqual((reply.status, reply.type, self.status(town, code)), (200, "application/json", "payee"), address)

    @on_each_store
    def test_where_the_circuit_sends_the_person_is_told(self, town):
        _, number = self.file(town)
        reply = Program(town, "ville").post(f"/api/forms/permis/{number}/jump/trigger/adresse/")
        self.assertEqual(reply.json, {"err": 0, "url": "https://ailleurs.example/merci"})

    @on_each_store
    def test_who_may_trigger_is_what_the_definition_says(self, town):
        code, number = self.file(town)
        path = f"/api/forms/permis/{number}/jump/trigger/"
        signed, connector = Program(town, "ville"), Program(town, "ville", access=town.connecteur)
        refused = [(signed, "cancelled", {}), (signed, "cancelled", {"email": OTHER}), (signed, "cancelled", {"email": RESIDENT}),
                   (Program(town, "ville", access=town.sportif), "cancelled", {}), (connector, "paid", {})]
        for program, name, more in refused:
            reply = program.post(path + name + "/", **more)
            self.assertEqual((reply.status, reply.json["err_class"]), (403, "Access denied"), (name, more))
        self.assertEqual(signed.post(path + "rien/").status, 404)
        self.assertEqual(signed.post("/api/forms/permis/99999/jump/trigger/paid/").status, 404)
        self.assertEqual(signed.post("/api/forms/inconnu/1/jump/trigger/paid/").status, 404)
        self.assertEqual(signed.get(path + "paid/").status, 405)
        agent = town.visitor("ville", AGENT)  # a cookie changes nothing
        self.assertEqual(agent.request("POST", path + "cancelled/", b"{}", {"Content-Type": "application/json"}, follow=False).status, 403)
        self.assertEqual(self.status(town, code), "attente")
        self.assertEqual(connector.post(path + "cancelled/").status, 200)
        self.assertEqual(self.status(town, code), "annulee")
        code, number = self.file(town)
        self.assertEqual(signed.post(f"/api/forms/permis/{number}/jump/trigger/cancelled/", email=AGENT).status, 200)

    @on_each_store
    def test_called_by_many_at_once_it_is_done_once(self, town):
        code, number = self.file(town)
        program = Program(town, "ville")
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda n: program.post(f"/api/forms/permis/{number}/jump/trigger/paid/", {"n": n}).status, range(16)))
        self.assertEqual((statuses.count(200), statuses.count(404)), (1, 15), statuses)
        entries = town.sql("site-ville", "SELECT COUNT(*) FROM dossier_history h JOIN dossier d ON d.id = h.dossier"
                                         f" WHERE d.code = '{code}' AND h.status = 'payee'")
        self.assertEqual(entries, [["1"]])

    @on_each_store
    def test_what_was_answered_survives_a_kill(self, town):
        code, number = self.file(town)
        self.assertEqual(Program(town, "ville").post(f"/api/forms/permis/{number}/jump/trigger/paid/").status, 200)
        town.kill()
        town.open()
        self.assertEqual(self.status(town, code), "payee")

    # ---- Bodies ----

    @on_each_store
    def test_a_body_is_json_or_none_and_bounded(self, town):
        code, number = self.file(town)
        path = f"/api/forms/permis/{number}/jump/trigger/paid/"

        def post(body, kind):
            return Program(town, "ville").call("POST", path, body, {"Content-Type": kind} if kind else {})

        for body, kind, status in ((b"{", "application/json", 400), (b'{"a":1,"a":2}', "application/json", 400), (b"\xff", "application/json", 400), (b'{"a": "\\u0000"}', "application/json", 400),
                                   (b"[" * 100000, "application/json", 400), (b"a=1", "application/x-www-form-urlencoded", 415),
                                   (b"<a/>", "text/xml", 415), (b'"' + b"a" * (3 << 20) + b'"', "application/json", 413)):
            reply = post(body, kind)
            self.assertEqual((reply.status, reply.json["err"]), (status, 1), (body[:20], kind))
        self.assertEqual(self.status(town, code), "attente")
        self.assertEqual(post(b"", "application/x-www-form-urlencoded").status, 200)  # curl -X POST -d ''

    @on_each_store
    def test_what_is_no_object_is_kept_under_the_trigger_s_name(self, town):
        for payload in (["a", {"b": None}], "texte é", 12, True, {}):
            code, number = self.file(town)
            self.assertEqual(Program(town, "ville").post(f"/api/forms/permis/{number}/jump/trigger/paid/", payload).status, 200)
            data = json.loads(town.sql("site-ville", f"SELECT data FROM dossier WHERE code = '{code}'")[0][0])
            self.assertEqual(data, {"paid": payload} if payload != {} else {})

    @on_each_store
    def test_hostile_payloads_are_kept_as_they_are_and_run_nothing(self, town):
        for text in ("{{ 7 }}{% if %}", "<script>alert(1)</script>", "'; DROP TABLE dossier; --", "\u202e\u0001", "{% include 'x' %}", "=1+1"):
            code, number = self.file(town)
            payload = {"transaction_id": text, "_markers_stack": [text], "form": text, "form_var_nom": text, "site_name": text}
            reply = Program(town, "ville").post(f"/api/forms/permis/{number}/jump/trigger/paid/", payload)
            self.assertEqual(reply.status, 200, reply.body)
            data = json.loads(town.sql("site-ville", f"SELECT data FROM dossier WHERE code = '{code}'")[0][0])
            self.assertEqual(data["transaction_id"], text)
            self.assertNotIn("_markers_stack", data)
            page = town.visitor("ville", AGENT).get(f"/agents/demandes/{code}/")
            self.assertEqual(page.status, 200)
            self.assertNotIn("<script>alert", page.html)
            self.assertIn("Transaction {{ 7 }}{% if %}" if "7" in text else "Transaction", page.page.text)

    # ---- Hooks ----

    @on_each_store
    def test_a_hook_starts_its_global_action(self, town):
        code, number = self.file(town)
        hooks = f"/api/forms/permis/{number}/hooks/"
        reply = Program(town, "ville").post(hooks + "noter/", {"mot": "bonjour"})
        self.assertEqual((reply.status, reply.json), (200, {"err": 0}))
        self.assertIn("Noté : bonjour", town.visitor("ville", AGENT).get(f"/agents/demandes/{code}/").page.text)
        self.assertEqual(Program(town, "ville").post(f"/agents/demandes/{code}/hooks/noter").status, 200)
        self.assertEqual(Program(town, "ville").post(hooks + "rien/").status, 404)
        self.assertEqual(Program(town, "ville").post(hooks + "noter-agent/").status, 403)
        self.assertEqual(Program(town, "ville", access=town.connecteur).post(hooks + "noter-agent/").status, 200)
        self.assertEqual(Program(town, "ville").send("POST", hooks + "noter/").status, 403)  # w.c.s. lets anybody; here the site says so

    # ---- Cards ----

    @on_each_store
    def test_cards_are_called_by_their_identifier(self, town):
        folder = town.folder / "lieux.csv"
        folder.write_text("Code\nPlace Bellecour\nA/B é\n")
        town.cli("card", "import", "lieu", folder, "--site", "ville")
        for name in ("Place%20Bellecour", "A%2FB%20%C3%A9"):
            reply = Program(town, "ville").post(f"/api/cards/lieu/{name}/jump/trigger/fermer/")
            if "%2F" in name and reply.status == 404:
                continue  # a slash in an identifier is the path's own
            self.assertEqual(reply.status, 200, reply.body)
            self.assertEqual(Program(town, "ville").post(f"/api/cards/lieu/{name}/hooks/rouvrir/").status, 200)
        number = town.sql("site-ville", "SELECT sequence FROM dossier WHERE identifier = 'Place Bellecour'")[0][0]
        self.assertEqual(Program(town, "ville").post(f"/agents/fiches/lieu/{number}/jump/trigger/fermer/").status, 200)
        self.assertEqual(Program(town, "ville").post("/api/cards/lieu/Nulle%20part/hooks/rouvrir/").status, 404)
        self.assertEqual(Program(town, "ville").post("/api/cards/permis/1/hooks/rouvrir/").status, 404)


class OpenHooks(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", roles=["voirie"], api={"open_hooks": True})
        town.define("ville", FORM, WORKFLOW)

    @on_each_store
    def test_a_site_may_let_anybody_call_a_hook_without_roles(self, town):
        file_request(town.visitor("ville"), "permis", Nom="ada")
        anybody = Program(town, "ville")
        self.assertEqual(anybody.send("POST", "/api/forms/permis/1/hooks/noter/").status, 200)
        self.assertEqual(anybody.send("POST", "/api/forms/permis/1/hooks/noter-agent/").status, 403)
        self.assertEqual(anybody.send("POST", "/api/forms/permis/1/jump/trigger/paid/").status, 403)
