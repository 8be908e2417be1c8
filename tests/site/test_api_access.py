"""Who may ask the API: signed URLs, once and now; API accesses; an agent's session, to read. All else is refused, as Publik refuses."""
import base64
import datetime
import re
import time
import unittest

from support.api import ADMIN, AGENT, KEY, ORIG, Program, access, sign
from support.state import settled
from support.town import ADA, OnEachStore, Town, on_each_store

SETTINGS = {"api": {"keys": {ORIG: KEY, "autre.example": "la-clé-d-un-autre"}}}


def build(town):
    town.site("ville", roles=["accueil", "voirie"], **SETTINGS)
    town.site("village")
    town.person(ADMIN, "Alex Admin", "ville", admin=True)
    town.person(AGENT, "Gil Agent", "ville", ["voirie"])
    town.person(ADA, "Ada Lovelace")


class Access(OnEachStore):
    build = staticmethod(build)

    def is_refused(self, reply, *words, status=403, error="Access denied"):
        self.assertEqual((reply.status, reply.type), (status, "application/json"), reply.body[:300])
        self.assertEqual((reply.json["err"], reply.json["err_class"]), (1, error))
        for word in words:
            self.assertIn(word, reply.json["err_desc"])

    # ---- Signed URLs ----

    @on_each_store
    def test_a_signed_url_is_answered_whatever_its_algorithm(self, town):
        program = Program(town, "ville")
        for algo in ("sha256", "sha512", "sha1"):
            reply = program.send("GET", "/api/roles?" + sign("", algo=algo))
            self.assertEqual((reply.status, reply.json["err"]), (200, 0), algo)
        self.assertEqual([role["slug"] for role in reply.json["data"]], ["accueil", "voirie", "agents"])
        self.assertEqual(program.send("GET", "/api/roles/?" + sign("%C3%A9t%C3%A9=%C3%A9&b=a+b&c=%2Fx%3D")).status, 200)

    @on_each_store
    def test_whatever_is_changed_is_refused(self, town):
        program, query = Program(town, "ville"), sign("email=")
        self.is_refused(program.send("GET", "/api/roles?" + query.replace("email=", f"email={AGENT}")), "signature")
        self.is_refused(program.send("GET", "/api/roles?" + query + f"&email={AGENT}"), "dernier")
        self.is_refused(program.send("GET", "/api/roles?" + sign(f"orig={ORIG}")), "orig")
        signed, _, signature = query.rpartition("=")
        self.is_refused(program.send("GET", f"/api/roles?{signed}={signature.swapcase()}"), "signature")
        self.is_refused(program.send("GET", "/api/roles?" + sign("", key="une autre clé")), "signature")
        self.is_refused(program.send("GET", "/api/roles?" + sign("", orig="inconnu.example")), "inconnu.example")
        self.is_refused(program.send("GET", "/api/roles?" + sign("", orig="autre.example")), "signature")
        self.is_refused(program.send("GET", "/api/roles?" + sign("").replace("sha256", "md5")), "signature")
        self.is_refused(program.send("GET", "/api/roles?signature=abc"), "manque")
        self.is_refused(Program(town, "village").get("/api/roles"), ORIG)
        self.assertEqual(program.send("GET", "/api/roles?" + query).status, 200)

    @on_each_store
    def test_a_signature_is_good_for_thirty_seconds(self, town):
        program, now = Program(town, "ville"), datetime.datetime.now(datetime.timezone.utc)
        for seconds, status in ((-20, 200), (20, 200), (-40, 403), (40, 403), (-86400, 403)):
            reply = program.send("GET", "/api/roles?" + sign("", at=now + datetime.timedelta(seconds=seconds)))
            self.assertEqual(reply.status, status, seconds)
        for at in ("hier", "", "2026-11-27"):
            text = re.sub(r"timestamp=[^&]*", "timestamp=" + at, sign("").split("&signature=")[0])
            self.is_refused(program.send("GET", f"/api/roles?{text}&signature=x"))

    @on_each_store
    def test_a_signature_is_used_once_and_a_restart_does_not_forget(self, town):
        program, query = Program(town, "ville"), sign("")
        self.assertEqual(program.send("GET", "/api/roles?" + query).status, 200)
        self.is_refused(program.send("GET", "/api/roles?" + query), "nonce")
        self.is_refused(program.send("GET", "/api/user/?" + query), "nonce")
        again = sign("a=1", nonce=re.search("nonce=([^&]*)", query).group(1))  # signed anew with the same nonce
        self.is_refused(program.send("GET", "/api/roles?" + again), "nonce")
        bare = sign("", nonce="")  # Publik takes one without a nonce: its signature is used once
        self.assertEqual(program.send("GET", "/api/roles?" + bare).status, 200)
        self.is_refused(program.send("GET", "/api/roles?" + bare), "nonce")
        town.reopen()
        self.is_refused(program.send("GET", "/api/roles?" + query), "nonce")

    @on_each_store
    def test_nonces_that_are_too_old_to_count_are_swept(self, town):
        program = Program(town, "ville")
        program.get("/api/roles")
        town.sql("common", "UPDATE api_nonce SET expires = 1")
        for _ in range(200):
            program.get("/api/roles")
            if town.sql("common", "SELECT COUNT(*) FROM api_nonce WHERE expires = 1") == [["0"]]:
                return
        self.fail("no nonce was swept")

    @on_each_store
    def test_a_signed_call_acts_for_whom_it_names(self, town):
        program = Program(town, "ville")
        agent = program.get("/api/user/", email=AGENT).json
        self.assertEqual((agent["user_email"], agent["user_display_name"]), (AGENT, "Gil Agent"))
        self.assertEqual([role["slug"] for role in agent["user_roles"]], ["voirie"])
        self.assertTrue(agent["user_backoffice_access"] and not agent["user_admin_access"])
        self.assertEqual(program.get("/api/user/", NameID=agent["user_nameid"]).json["user_email"], AGENT)
        self.assertEqual(program.get("/api/user/", email=ADA).json["user_roles"], [])
        unknown = program.get("/api/user/", NameID="x" * 32)
        self.is_refused(unknown, "NameID")
        self.assertEqual(unknown.json["err_code"], "unknown-name-id")
        self.is_refused(program.get("/api/user/", email="personne@exemple.example"), "adresse")
        self.is_refused(program.get("/api/user/", email=""))
        self.is_refused(program.get("/api/user/"))

    # ---- API accesses ----

    @on_each_store
    def test_an_access_answers_to_its_key_alone(self, town):
        identifier, key = access(town, "connecteur", "voirie")
        self.assertGreaterEqual(len(key), 43)
        program = Program(town, "ville", access=(identifier, key))
        self.assertEqual(program.get("/api/roles").status, 200)
        for wrong in ((identifier, key[:-1] + "x"), (identifier, ""), ("autre", key), (identifier + " ", key)):
            self.is_refused(Program(town, "ville", access=wrong).get("/api/roles"))
        self.is_refused(Program(town, "village", access=(identifier, key)).get("/api/roles"))
        for header in ("Basic", "Basic !!!", "Basic " + base64.b64encode(b"sans").decode(), "Bearer " + key, "Basic " + "A" * 5000):
            self.is_refused(program.send("GET", "/api/roles", headers={"Authorization": header}))
        stored = str(town.sql("common", "SELECT * FROM api_access"))
        self.assertIn(identifier, stored)
        self.assertNotIn(key, stored)
        self.assertIn("voirie", town.cli("access", "list", "--site", "ville").stdout)
        town.cli("access", "revoke", "--site", "ville", "--identifier", identifier)
        self.is_refused(program.get("/api/roles"))

    @on_each_store
    def test_an_access_keeps_the_key_that_another_counter_gave_it(self, town):
        key = "0f8fad5b-d9cb-469f-a165-70867728950e"
        town.cli("access", "create", "--site", "ville", "--identifier", "publik", "--key-stdin", text_in=key + "\n")
        self.assertEqual(Program(town, "ville", access=("publik", key)).get("/api/roles").status, 200)
        for options, text in ((["--identifier", "publik"], key), (["--identifier", "court"], "court"), (["--identifier", "a:b"], key),
                              (["--identifier", "role", "--role", "inconnu"], key)):
            done = town.cli("access", "create", "--site", "ville", "--key-stdin", *options, text_in=text + "\n", check=False)
            self.assertEqual(done.returncode, 1, options)

    # ---- Sessions ----

    @on_each_store
    def test_an_agent_who_has_signed_in_may_read_and_nobody_else(self, town):
        agent = town.visitor("ville", AGENT)
        self.assertEqual(agent.get("/api/roles").status, 200)
        self.assertEqual(agent.post("/api/roles", []).status, 405)
        for visitor in (town.visitor("ville", ADA), town.visitor("ville")):
            answer = visitor.get("/api/roles")
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (403, "application/json"))
        broken = agent.get("/api/roles?signature=x")  # a session mends no signature
        self.assertEqual(broken.status, 403)

    @on_each_store
    def test_what_is_not_there_is_told_as_json(self, town):
        program = Program(town, "ville")
        self.is_refused(program.get("/api/rien"), status=404, error="Page not found")
        self.is_refused(program.post("/api/roles", {}), status=405, error="Method not allowed")
        self.is_refused(program.send("DELETE", "/api/roles"), status=405, error="Method not allowed")

    @on_each_store
    def test_refusals_change_nothing(self, town):
        before = settled(town)
        Program(town, "ville").send("GET", "/api/roles?" + sign("", key="x"))
        Program(town, "ville", access=("a", "b" * 30)).get("/api/roles")
        self.assertEqual(settled(town), before)


class Guessing(unittest.TestCase):
    def test_who_guesses_is_held_up(self):
        with Town() as town:
            build(town)
            town.brakes = True
            town.open()
            wrong = Program(town, "ville", access=("connecteur", "x" * 43))
            statuses = [wrong.get("/api/roles").status for _ in range(70)]
            self.assertEqual((statuses[:60], set(statuses[60:])), ([403] * 60, {429}))
            held = wrong.get("/api/roles")
            self.assertEqual((held.json["err_class"], held.headers["Retry-After"]), ("Too many requests", "300"))
