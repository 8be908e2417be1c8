"""What other programs read: requests and cards, lists of them, forms, people; in w.c.s.'s names and shapes, and nothing that the
caller's roles may not see."""
import base64
import json
import re
from urllib.parse import quote

from support.api import ADMIN, AGENT, OTHER, RESIDENT, Program, access, people_of_a_town
from support.filler import main_form
from support.town import OnEachStore, file_request, on_each_store, press

LISTED = ["validation", "summary", "listings"]
FORM = {"kind": "form", "slug": "permis", "name": "Permis", "workflow": "permis", "functions": {"_receiver": "voirie"}, "confirmation": False,
        "category": "rue", "keywords": ["rue", "fleurs"], "digest_template": "{{ form_var_nom }}", "description": "<p>Végétaliser</p>",
        "custom_views": [{"slug": "nord", "title": "Au nord", "visibility": "any", "filters": {"filter-4": "on", "filter-4-value": "Nord"}}],
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom", "display_locations": LISTED},
                   {"id": "2", "type": "date", "label": "Date de début", "varname": "debut"},
                   {"id": "3", "type": "numeric", "label": "Surface", "varname": "surface", "restrict_to_integers": False},
                   {"id": "4", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Nord", "Sud"], "display_mode": "radio"},
                   {"id": "5", "type": "items", "label": "Plantes", "varname": "plantes", "items": ["Rose", "Lierre"], "required": "optional"},
                   {"id": "6", "type": "bool", "label": "Accord", "varname": "accord", "required": "optional"},
                   {"id": "7", "type": "file", "label": "Plan", "varname": "plan", "required": "optional"},
                   {"id": "8", "type": "string", "label": "Sans nom", "required": "optional"}]}
CLOSED = {"kind": "form", "slug": "ferme", "name": "Fermée", "disabled": True, "fields": [FORM["fields"][0]]}
SECRET = {"kind": "form", "slug": "secret", "name": "Secret", "functions": {"_receiver": "sport"}, "roles": ["sport"], "confirmation": False,
          "fields": [FORM["fields"][0]]}
WORKFLOW = {"kind": "workflow", "slug": "permis", "name": "Permis", "functions": [{"id": "_receiver", "name": "Agents"}],
            "backoffice_fields": [{"id": "bo1", "type": "string", "label": "Décision", "varname": "decision"}],
            "statuses": [
                {"id": "recue", "name": "Reçue", "actions": [
                    {"id": "1", "type": "commentable", "by": ["_receiver"], "label": "Mot", "varname": "mot"},
                    {"id": "2", "type": "set-backoffice-fields", "fields": [{"field_id": "bo1", "value": "à voir"}]},
                    {"id": "3", "type": "choice", "label": "Accepter", "by": ["_receiver"], "status": "acceptee"},
                    {"id": "4", "type": "jump", "mode": "trigger", "trigger": "paid", "status": "acceptee"}]},
                {"id": "acceptee", "name": "Acceptée", "actions": []}],
            "global_actions": [{"id": "g", "name": "G", "triggers": [{"id": "1", "type": "webservice", "identifier": "noter"}], "actions": []}]}
CARD = {"kind": "card", "slug": "lieu", "name": "Lieu", "functions": {"_editor": "voirie", "_viewer": "voirie"}, "id_template": "{{ form_var_code }}",
        "backoffice_submission_roles": ["voirie"], "digest_template": "Lieu {{ form_var_code }}",
        "fields": [{"id": "1", "type": "string", "label": "Code", "varname": "code"}]}
CATEGORY = {"kind": "category", "slug": "rue", "name": "La rue"}
PLAN = ("plan.txt", "text/plain", "Plan d’été".encode())


class Reading(OnEachStore):
    @classmethod
    def build(cls, town):
        people_of_a_town(town, FORM, WORKFLOW, CLOSED, SECRET, CARD, CATEGORY)
        town.sans = access(town, "sans")

    def setUp(self):
        for town in self.towns.values():
            if hasattr(town, "codes"):
                continue
            resident, nobody = town.visitor("ville", RESIDENT), town.visitor("ville")
            answers = {"Date de début": "2026", "Surface": "12,5", "Accord": ["Accord (facultatif)"]}
            town.codes = [file_request(who, "permis", Nom=name, Quartier=where, Plantes=plants, **answers).replace("-", "")
                          for who, name, where, plants in ((resident, "Ada", "Nord", ["Rose", "Lierre"]), (nobody, "Bob <b>", "Sud", []),
                                                           (nobody, "Cléo", "Nord", ["Rose"]))]
            cards = town.folder / "lieux.csv"
            cards.write_text("Code\nA1\nB 2\n")
            town.cli("card", "import", "lieu", cards, "--site", "ville")

    def names(self, rows):
        return [row["fields"]["nom"] for row in rows]

    # ---- One request ----

    @on_each_store
    def test_a_request_has_the_names_and_shapes_of_publik(self, town):
        reply = Program(town, "ville").get("/api/forms/permis/1/", email=AGENT)
        self.assertEqual((reply.status, reply.type), (200, "application/json"), reply.body[:500])
        data = reply.json
        base = f"http://ville.localhost:{town.port}"
        self.assertEqual((data["id"], data["internal_id"], data["display_id"]), ("1", "1", data["display_id"]))
        self.assertRegex(data["display_id"], r"^\d+-1$")
        self.assertEqual(data["display_name"], f"Permis n°{data['display_id']}")
        self.assertEqual(data["text"], f"Permis n°{data['display_id']} (Ada)")
        self.assertEqual((data["digests"], data["criticality_level"]), ({"default": "Ada"}, 0))
        self.assertRegex(data["receipt_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
        self.assertEqual(data["api_url"], f"{base}/api/forms/permis/1/")
        self.assertEqual(data["url"], f"{base}/mon-compte/demandes/{town.codes[0]}/")
        self.assertEqual(data["backoffice_url"], f"{base}/agents/demandes/{town.codes[0]}/")
        fields = data["fields"]
        self.assertEqual((fields["nom"], fields["debut"], fields["accord"]), ("Ada", "2026-03-12", True))
        plan = fields["plan"]
        self.assertEqual((plan["field_id"], plan["filename"], plan["content_type"], plan["content_is_base64"]), ("7", "piece.pdf", "application/pdf", True))
        content = base64.b64decode(plan["content"])
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertEqual(Program(town, "ville", email=AGENT).get(plan["url"].removeprefix(base)).body, content)
        self.assertEqual(Program(town, "ville", email=OTHER).get(plan["url"].removeprefix(base)).status, 403)
        self.assertEqual(float(fields["surface"]), 12.5)
        self.assertEqual((fields["quartier"], fields["quartier_raw"]), ("Nord", "Nord"))
        self.assertEqual((fields["plantes"], fields["plantes_raw"]), ("Rose, Lierre", ["Rose", "Lierre"]))
        self.assertEqual({key for key in fields if not key.endswith("_structured")},
                         {"nom", "debut", "surface", "quartier", "quartier_raw", "plantes", "plantes_raw", "accord", "plan"})
        self.assertEqual((data["user"]["email"], data["user"]["name"]), (RESIDENT, "Ada Lovelace"))
        self.assertEqual(len(data["user"]["NameID"]), 1)
        status = data["workflow"]["status"]
        self.assertEqual((status["id"], status["name"], status["endpoint"]), ("recue", "Reçue", False))
        self.assertRegex(status["first_arrival_datetime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$")
        self.assertEqual(data["workflow"]["real_status"]["id"], "recue")
        self.assertEqual(data["workflow"]["fields"], {"decision": "à voir"})
        self.assertEqual([role["slug"] for role in data["roles"]["_receiver"]], ["voirie"])
        self.assertEqual([role["slug"] for role in data["roles"]["actions"]], ["voirie"])
        self.assertEqual([role["slug"] for role in data["roles"]["concerned"]], ["voirie"])
        self.assertEqual(data["submission"], {"backoffice": False, "channel": "web"})
        self.assertEqual((data["evolution"][0]["status"], data["evolution"][0]["who"]["email"]), ("recue", RESIDENT))
        self.assertEqual(data["actions"], {"global-action:noter": f"{base}/api/forms/permis/1/hooks/noter/",
                                           "jump:paid": f"{base}/api/forms/permis/1/jump/trigger/paid/"})
        bare = Program(town, "ville").get("/api/forms/permis/1/", email=AGENT, full="off").json
        self.assertFalse({"fields", "evolution", "workflow", "roles", "user"} & set(bare))

    @on_each_store
    def test_comments_and_files_are_part_of_it(self, town):
        program = Program(town, "ville", email=AGENT)
        visitor = town.visitor("ville")
        code = file_request(visitor, "permis", Nom="Zoé", Quartier="Sud", Plantes=[], Accord=[], **{"Date de début": "2026", "Surface": "1"}).replace("-", "")
        number = town.sql("site-ville", f"SELECT sequence FROM dossier WHERE code = '{code}'")[0][0]
        data = program.get(f"/api/forms/permis/{number}/").json
        self.assertEqual(data["fields"]["plantes"], None)
        self.assertEqual(data["fields"]["plantes_raw"], None)
        self.assertNotIn("user", data)
        self.assertEqual(program.get(f"/api/forms/permis/{number}/download?hash={'0' * 64}").status, 404)

    # ---- Who may ----

    @on_each_store
    def test_nothing_is_shown_that_a_caller_may_not_see(self, town):
        signed = Program(town, "ville")
        allowed = [Program(town, "ville", email=AGENT), Program(town, "ville", email=ADMIN), Program(town, "ville", access=town.connecteur)]
        refused = [signed, Program(town, "ville", email=OTHER), Program(town, "ville", email=RESIDENT),
                   Program(town, "ville", access=town.sportif), Program(town, "ville", access=town.sans)]
        for program in allowed:
            self.assertEqual(program.get("/api/forms/permis/1/").status, 200)
            self.assertEqual(len(program.get("/api/forms/permis/list").json), len(signed.get("/api/forms/permis/list").json))
        for program in refused:
            reply = program.get("/api/forms/permis/1/")
            self.assertEqual((reply.status, reply.json["err"]), (403, 1))
            self.assertNotIn(b"Ada", reply.body)
        for program in refused[1:]:
            self.assertEqual(program.get("/api/forms/permis/list").status, 403)
            self.assertEqual(program.get("/api/forms/permis/1/download?hash=x").status, 403)
        self.assertEqual(signed.get("/api/forms/permis/list", email="").status, 403)
        self.assertEqual(Program(town, "ville", access=town.sans).get("/api/forms/").json["data"], [])
        self.assertEqual(Program(town, "ville", email=RESIDENT).get("/api/forms/").status, 403)
        for program in allowed:
            self.assertEqual(program.get("/api/forms/permis/9999/").status, 404)
            self.assertEqual(program.get("/api/forms/rien/1/").status, 404)
        agent = town.visitor("ville", AGENT)
        self.assertEqual(json.loads(agent.get("/api/forms/permis/1/").body)["fields"]["nom"], "Ada")
        self.assertEqual(town.visitor("ville", OTHER).get("/api/forms/permis/1/").status, 403)

    # ---- Lists ----

    @on_each_store
    def test_a_list_is_filtered_ordered_and_cut_as_asked(self, town):
        program = Program(town, "ville")

        def names(query=""):
            reply = program.get("/api/forms/permis/list?include-fields=on" + query)
            self.assertEqual(reply.status, 200, (query, reply.body[:300]))
            return [name for name in self.names(reply.json) if name != "Zoé"]

        everybody = ["Cléo", "Bob <b>", "Ada"]
        self.assertEqual(names(), everybody)
        self.assertEqual(names("&order_by=receipt_time"), everybody[::-1])
        self.assertEqual(names("&filter-quartier=Nord"), ["Cléo", "Ada"])
        self.assertEqual(names("&filter-quartier=Nord&filter-quartier-operator=ne"), ["Bob <b>"])
        self.assertEqual(names("&filter-4=on&filter-4-value=Sud"), ["Bob <b>"])
        self.assertEqual(names("&filter-nom=Ada&filter-nom-operator=eq"), ["Ada"])
        self.assertEqual(names("&filter-surface=10&filter-surface-operator=gt"), everybody)
        self.assertEqual(names("&filter-surface=100&filter-surface-operator=gte"), [])
        self.assertEqual(names("&filter-debut=2026-03-12"), everybody)
        self.assertEqual(names("&filter-accord=true"), everybody)
        self.assertEqual(names("&filter-internal-id=2"), ["Bob <b>"])
        self.assertEqual(names(f"&filter-user-uuid={quote(RESIDENT)}"), ["Ada"])
        self.assertEqual(names("&filter=pending"), everybody)
        self.assertEqual(names("&filter=done"), [])
        self.assertEqual(names("&filter=recue"), everybody)
        self.assertEqual(names("&filter=" + quote("Acceptée")), [])
        self.assertEqual(names("&filter-start=2020-01-01&filter-end=2021-01-01"), [])
        self.assertEqual(names("&filter-start=on&filter-start-value=2020-01-01"), everybody)
        self.assertEqual(names("&q=ada"), ["Ada"])
        self.assertEqual(names("&q=cleo"), ["Cléo"])
        for query in ("filter-inconnu=x", "filter=rien", "filter-nom-operator=xx&filter-nom=a", "limit=-1", "limit=x", "offset=y", "order_by=f1",
                      "filter-surface=abc", "filter-nom=" + "a" * 5000, "filter-start=hier"):
            reply = program.get("/api/forms/permis/list?" + query)
            self.assertEqual((reply.status, reply.json["err_class"]), (400, "Invalid request"), query)
        for text in ("{{ 1 }}", "' OR 1=1 --", "%", "*", "\\"):
            self.assertEqual(names("&filter-nom=" + quote(text)), [])

    @on_each_store
    def test_pages_of_a_list_hold_each_request_once(self, town):
        program = Program(town, "ville")
        whole = [row["id"] for row in program.get("/api/forms/permis/list").json]
        self.assertEqual(len(whole), len(set(whole)))
        pages = [program.get(f"/api/forms/permis/list?limit=1&offset={n}").json for n in range(len(whole) + 1)]
        self.assertEqual([row["id"] for page in pages for row in page], whole)
        self.assertEqual(program.get("/api/forms/permis/list?limit=0").json, [])
        page = program.get("/api/forms/permis/list?limit=2&response_type=dict&filter-quartier=Nord").json
        self.assertEqual((page["err"], page["count"], len(page["data"]), "next" in page), (0, 2, 2, False))
        page = program.get("/api/forms/permis/list?limit=1&offset=1&response_type=dict").json
        self.assertEqual(page["count"], len(whole))
        self.assertIn("offset=2", page["next"])
        self.assertIn("offset=0", page["previous"])
        self.assertNotIn("signature", page["next"])
        self.assertEqual(program.get("/api/forms/permis/list?response_type=dict").json["count"], len(whole))

    @on_each_store
    def test_a_saved_view_is_a_list(self, town):
        reply = Program(town, "ville").get("/api/forms/permis/list/nord?full=on").json
        self.assertEqual([name for name in self.names(reply["data"])], ["Cléo", "Ada"])
        self.assertEqual(reply["count"], 2)
        self.assertIn("evolution", reply["data"][0])
        self.assertEqual(Program(town, "ville").get("/api/forms/permis/list/rien").status, 404)

    @on_each_store
    def test_requests_of_all_forms_are_listed_together(self, town):
        data = Program(town, "ville").get("/api/forms/?limit=2").json["data"]
        self.assertEqual(len(data), 2)
        row = Program(town, "ville", email=AGENT).get("/api/forms/?order_by=receipt_time").json["data"][0]
        self.assertEqual((row["name"], row["form_slug"], row["status"], row["form_digest"]), ("Permis", "permis", "Reçue", "Ada"))
        self.assertEqual((row["form_number_raw"], row["draft"], row["form_status_is_endpoint"]), ("1", False, False))
        self.assertRegex(row["datetime"], r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
        self.assertRegex(row["form_receipt_datetime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
        self.assertEqual(Program(town, "ville").get("/api/forms/?full=on").status, 400)

    # ---- Cards ----

    @on_each_store
    def test_cards_are_listed_and_read(self, town):
        program = Program(town, "ville", email=AGENT)
        models = program.get("/api/cards/@list").json
        self.assertEqual([(model["id"], model["text"]) for model in models["data"]], [("lieu", "Lieu")])
        self.assertEqual(Program(town, "ville", email=OTHER).get("/api/cards/@list").json["data"], [])
        cards = program.get("/api/cards/lieu/list?full=on&order_by=id").json
        self.assertEqual((cards["err"], cards["count"]), (0, 2))
        self.assertEqual([(card["id"], card["text"], card["fields"]["code"]) for card in cards["data"]],
                         [("A1", "Lieu - A1 (Lieu A1)", "A1"), ("B 2", "Lieu - B 2 (Lieu B 2)", "B 2")])
        self.assertEqual(program.get("/api/cards/lieu/B%202/").json["fields"], {"code": "B 2"})
        self.assertEqual(Program(town, "ville").get("/api/cards/lieu/A1/").json["id"], "A1")
        self.assertEqual(Program(town, "ville", email=OTHER).get("/api/cards/lieu/A1/").status, 403)
        self.assertEqual(program.get("/api/cards/lieu/Z/").status, 404)
        self.assertEqual(program.get("/api/cards/permis/list").status, 404)

    # ---- Definitions ----

    @on_each_store
    def test_forms_and_categories_are_told_by_who_may_fill_them(self, town):
        program = Program(town, "ville")
        forms = {form["slug"]: form for form in program.get("/api/formdefs/").json["data"]}
        self.assertEqual(set(forms), {"permis", "secret"})
        self.assertEqual(forms["permis"] | {"description": ""}, {
            "title": "Permis", "slug": "permis", "url": f"http://ville.localhost:{town.port}/demarches/permis/", "description": "",
            "keywords": ["rue", "fleurs"], "authentication_required": False, "always_advertise": False, "redirection": False,
            "category": "La rue", "category_slug": "rue", "functions": {"_receiver": forms["permis"]["functions"]["_receiver"]}})
        self.assertEqual(forms["permis"]["functions"]["_receiver"]["role"]["slug"], "voirie")
        self.assertTrue(forms["secret"]["authentication_required"])
        slugs = lambda **more: [form["slug"] for form in program.get("/api/formdefs/", **more).json["data"]]
        self.assertEqual(slugs(email=""), ["permis"])
        self.assertEqual(slugs(email=AGENT), ["permis"])
        self.assertEqual(slugs(email=OTHER), ["permis", "secret"])
        self.assertEqual(slugs(q="vegetaliser"), ["permis"])
        self.assertEqual(slugs(category_slugs="autre,rue"), ["permis"])
        self.assertEqual(set(slugs(**{"include-disabled": "on"})), {"permis", "secret", "ferme"})
        categories = program.get("/api/categories/?full=on").json["data"]
        self.assertEqual([(one["slug"], one["keywords"], [form["slug"] for form in one["forms"]]) for one in categories],
                         [("rue", ["rue", "fleurs"], ["permis"])])
        self.assertEqual([form["slug"] for form in program.get("/api/categories/rue/formdefs/").json["data"]], ["permis"])
        self.assertEqual(program.get("/api/categories/rien/formdefs/").status, 404)
        schema = program.get("/api/formdefs/permis/schema?include-id=on").json
        self.assertEqual([field["varname"] for field in schema["fields"] if "varname" in field][:2], ["nom", "debut"])
        self.assertEqual(schema["fields"][0]["id"], "1")
        self.assertNotIn("id", program.get("/api/formdefs/permis/schema").json["fields"][0])
        self.assertEqual([status["name"] for status in schema["workflow"]["statuses"]], ["Reçue", "Acceptée"])
        self.assertEqual(program.get("/api/cards/lieu/@schema").json["name"], "Lieu")
        self.assertEqual(Program(town, "ville", access=town.connecteur).get("/api/formdefs/permis/schema").status, 403)

    # ---- A person's own ----

    @on_each_store
    def test_a_person_s_requests_and_drafts(self, town):
        program = Program(town, "ville")
        mine = program.get("/api/user/forms", email=RESIDENT).json
        self.assertEqual([(row["form_digest"], row["status"], row["readable"]) for row in mine["data"]], [("Ada", "Reçue", True)])
        self.assertEqual(program.get("/api/user/forms", email=OTHER).json["data"], [])
        self.assertEqual(program.get("/api/user/forms?status=done", email=RESIDENT).json["data"], [])
        nobody = program.get("/api/user/forms")
        self.assertEqual((nobody.status, nobody.json["err"], nobody.json["err_code"]), (200, 1, "missing-user"))
        resident = town.visitor("ville", RESIDENT)
        page = resident.get("/demarches/permis/commencer/")
        self.assertEqual(program.get("/api/user/drafts", email=RESIDENT).json["err"], 0)

    @on_each_store
    def test_a_code_leads_to_its_request(self, town):
        reply = Program(town, "ville").get(f"/api/code/{town.codes[1]}")
        self.assertEqual(reply.json["url"], f"http://ville.localhost:{town.port}/suivre/{town.codes[1]}/")
        self.assertEqual(Program(town, "ville").get("/api/code/0000000").status, 404)
        self.assertEqual(Program(town, "ville", access=town.connecteur).get(f"/api/code/{town.codes[1]}").status, 403)

    # ---- The description ----

    @on_each_store
    def test_each_operation_of_the_description_is_served_and_wants_a_caller(self, town):
        described = Program(town, "ville").get("/api/openapi.json").json
        self.assertEqual(described["openapi"], "3.1.0")
        known = {"slug": "permis", "n": "1", "id": "A1", "view": "nord", "code": town.codes[1], "trigger": "rien", "hook": "rien"}
        count = 0
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                count += 1
                names = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
                self.assertEqual(names, re.findall(r"\{(\w+)\}", path))
                values = known | ({"slug": "lieu"} if "/cards/" in path else {"slug": "rue"} if "categories" in path else {})
                address = path
                for name in names:
                    address = address.replace("{%s}" % name, values[name])
                with self.subTest(path=path, method=method):
                    alone = Program(town, "ville").send(method.upper(), address)
                    self.assertEqual((alone.status, alone.json["err_class"]), (403, "Access denied"))
                    forged = Program(town, "ville", key="faux").call(method.upper(), address)
                    self.assertEqual(forged.status, 403)
                    reply = Program(town, "ville", email=ADMIN).call(method.upper(), address, *([b"{}", {"Content-Type": "application/json"}] if method == "post" else []))
                    self.assertNotIn(reply.status, (401, 405, 415, 500, 503))
                    if method == "get" and "download" not in path and "view" not in names:
                        self.assertEqual(reply.status, 200)
        self.assertGreater(count, 20)
