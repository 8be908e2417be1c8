"""What a workflow asks of other servers, over HTTP with the real server and a real peer: each outcome, what people see meanwhile,
retries, order, files, text messages, and a process that is killed in between."""
import base64
import functools
import hashlib
import hmac
import json
import threading
import time
import unittest
from urllib.parse import unquote

import support.town
from support.filler import PDF, walk
from support.peer import Peer
from support.slow import wait_until
from support.town import ADA, OnEachStore, buttons, code_of, file_request, press, status_of

CLERK, ADMIN = "clerc@ville.example", "admin@ville.example"
KEY = b"secret-partage"
FIELDS = [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"},
          {"id": "2", "type": "string", "label": "Mobile", "varname": "mobile", "required": "optional", "prefill": {"type": "user", "value": "mobile"}},
          {"id": "3", "type": "file", "label": "Plan", "varname": "plan", "required": "optional"}]


def call(id, path, **more):
    return {"id": id, "type": "webservice_call", "label": f"Appel {id}", "method": "POST", "url": "{{ pair_url }}" + path, **more}


def choice(id, label, status, by=("_receiver",)):
    return {"id": id, "type": "choice", "label": label, "by": list(by), "status": status}


def circuit(slug, *statuses, **more):
    return {"kind": "workflow", "slug": slug, "name": slug, "functions": [{"id": "_receiver", "name": "Agents"}],
            "statuses": [*statuses, {"id": "fin", "name": "Fini", "forced_endpoint": True, "actions": []}], **more}


def status(id, name, *actions):
    return {"id": id, "name": name, "actions": list(actions)}


# The payment of the corpus: a basket item, then what the portal says of it.
PAYMENT = circuit(
    "paiement",
    status("verse", "Paiement en ligne",
           call("1", "api/lingo/add-basket-item?NameId=7", varname="transaction", qs_data=[{"name": "regie_id", "value": "r 1"}],
                post_data=[{"name": "url", "value": "{{ form_url }}"}, {"name": "amount", "value": "12.50"}, {"name": "lignes/0/nom", "value": "{{ form_var_nom }}"}],
                action_on_app_error="erreur"),
           {"id": "2", "type": "register-comment", "comment": "<p>Panier {{ transaction_response_id }}</p>"},
           choice("3", "Abandonner", "retire", by=["_submitter"])),
    status("retire", "Supprimer du panier",
           call("1", "api/lingo/remove-basket-item", varname="retrait", post_data=[{"name": "basket_item_id", "value": "{{ transaction_response_id }}"}]),
           {"id": "2", "type": "jump", "status": "fin"}),
    status("erreur", "Une erreur s’est produite", choice("1", "Réessayer", "verse")))
LEAD = circuit("suite", status("a", "Envoi", call("1", "lent", varname="lent"),
                               {"id": "2", "type": "redirect_to_url", "url": "/aide/?n={{ lent_response_n }}"}))
FIRM = circuit("ferme", status("a", "Transmission", call("1", "un", varname="un", record_errors=True), {"id": "2", "type": "jump", "status": "fin"},
                               choice("3", "Passer outre", "b")),
               status("b", "Seconde étape", call("1", "deux", varname="deux"), {"id": "2", "type": "jump", "status": "fin"}))
PAPERS = circuit("pieces", status("a", "Pièces", call("1", "acte", varname="acte", response_type="attachment", backoffice_filefield_id="bo1",
                                                     post_data=[{"name": "plan", "value": "{{ form_var_plan }}"}]),
                                  {"id": "2", "type": "jump", "status": "fin"}),
                 backoffice_fields=[{"id": "bo1", "type": "file", "label": "Acte", "varname": "acte_recu", "required": "optional"}])
SMS = circuit("sms", status("a", "Avis", {"id": "1", "type": "sendsms", "to_mode": "submitter", "body": "Bonjour {{ form_var_nom }}"}))
PRIVATE = circuit("prive", status("a", "Transmission", {**call("1", ""), "url": "http://127.0.0.1:1/x"}, {"id": "2", "type": "jump", "status": "fin"}))
CIRCUITS = [PAYMENT, LEAD, FIRM, PAPERS, SMS, PRIVATE]


def signature_is_right(request, key=KEY):
    """As a peer of Publik checks it."""
    signed, signature = request.query_string.split("&signature=")
    return hmac.compare_digest(base64.b64decode(unquote(signature)), hmac.new(key, signed.encode(), hashlib.sha256).digest())


def on_each_store(test):
    """The peer has forgotten what the other store asked."""
    @functools.wraps(test)
    def run(self, town):
        self.peer.forget()
        test(self, town)
    return support.town.on_each_store(run)


class Calls(OnEachStore):
    @classmethod
    def setUpClass(cls):
        cls.peer = cls.enterClassContext(Peer())
        super().setUpClass()

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"], outgoing={"allow": [cls.peer.host], "keys": {cls.peer.host: {"orig": "ville.example", "key": KEY.decode()}}},
                  sms={"url": cls.peer.url + "/sms", "from": "Ville"}, variables={})
        document = json.loads((town.folder / "ville.json").read_text())
        document["variables"] = {"pair_url": cls.peer.url + "/"}
        document["settings"]["variables"] = document["variables"]
        (town.folder / "ville.json").write_text(json.dumps(document))
        town.cli("site", "set", town.folder / "ville.json")
        town.define("ville", *CIRCUITS, *({"kind": "form", "slug": one["slug"], "name": one["slug"], "workflow": one["slug"],
                                           "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": FIELDS} for one in CIRCUITS))
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADMIN, "Anne Admin", "ville", ["accueil"], admin=True)
        town.person(ADA, "Ada Durand")

    def file(self, town, slug, **answers):
        resident = town.visitor("ville", ADA)
        code = file_request(resident, slug, Famille="Durand", **answers)
        raw = code.replace("-", "")
        return resident, f"/mon-compte/demandes/{raw}/", f"/agents/demandes/{raw}/"

    def settles(self, agent, url, name, seconds=15):
        return wait_until(lambda: status_of(agent.get(url)) == name, seconds)

    def make_due(self, town):
        town.sql("site-ville", "UPDATE job SET look = 1 WHERE error IS NOT NULL AND dead IS NULL")

    def history(self, agent, url):
        return agent.get(url).page.text

    # ---- the exchange

    @on_each_store
    def test_the_payment_of_the_corpus_runs_and_is_signed(self, town):
        self.peer.answer("/api/lingo/add-basket-item", {"err": 0, "id": "P-7"})
        self.peer.answer("/api/lingo/remove-basket-item", {"err": 0})
        agent = town.visitor("ville", CLERK)
        resident, own, url = self.file(town, "paiement")
        self.assertEqual(status_of(resident.get(own)), "Paiement en ligne")
        self.assertIn("Panier P-7", resident.last.page.text)
        [request] = self.peer.asked("/api/lingo/add-basket-item")
        self.assertTrue(signature_is_right(request))
        self.assertEqual({name: request.query[name] for name in ("NameId", "regie_id", "orig", "algo")},
                         {"NameId": "7", "regie_id": "r 1", "orig": "ville.example", "algo": "sha256"})
        self.assertEqual(request.headers["Content-Type"], "application/json")
        body = json.loads(request.body)
        self.assertEqual(body["lignes"], [{"nom": "Durand"}])
        self.assertTrue(body["url"].endswith(own))
        press(resident, own, "Abandonner")
        self.assertEqual(status_of(resident.last), "Fini", "the page has waited for the call")
        self.assertNotIn("appel=", resident.last.url)
        self.assertEqual(json.loads(self.peer.asked("/api/lingo/remove-basket-item")[0].body), {"basket_item_id": "P-7"})
        admin = town.visitor("ville", ADMIN)
        self.assertIn("réponse 200", self.history(admin, url))
        self.assertNotIn("réponse 200", self.history(agent, url))
        self.assertNotIn("signature", self.history(admin, url))
        self.assertNotIn(KEY.decode(), town.log_text())

    @on_each_store
    def test_an_application_error_leads_to_its_status(self, town):
        self.peer.answer("/api/lingo/add-basket-item", {"err": 1, "err_desc": "régie inconnue"})
        agent = town.visitor("ville", CLERK)
        _, _, url = self.file(town, "paiement")
        self.assertTrue(self.settles(agent, url, "Une erreur s’est produite"))
        self.peer.answer("/api/lingo/add-basket-item", {"err": 0, "id": "P-8"})
        press(agent, url, "Réessayer")
        self.assertEqual(status_of(agent.last), "Paiement en ligne")
        self.assertIn("Panier P-8", agent.last.page.text)

    @on_each_store
    def test_what_stands_behind_a_call_leads_the_person_on(self, town):
        self.peer.answer("/lent", {"n": 3}, delay=0.5)
        resident = town.visitor("ville", ADA)
        walk(resident, "/demarches/suite/commencer/", {"Famille": "Durand"}, stop=lambda answer: answer.url.startswith("/aide/"))
        self.assertEqual(resident.last.url, "/aide/?n=3")

    @on_each_store
    def test_a_slow_peer_is_said_and_can_be_looked_at_again(self, town):
        self.peer.answer("/lent", {"n": 4}, delay=7)
        resident, began = town.visitor("ville", ADA), time.monotonic()
        walk(resident, "/demarches/suite/commencer/", {"Famille": "Durand"})
        self.assertGreater(time.monotonic() - began, 4)
        self.assertIn("en train d’être transmise à un autre service", resident.last.page.text)
        confirmation, raw = resident.last, code_of(resident.last).replace("-", "")
        self.assertIn("en train d’être transmise", resident.get(f"/mon-compte/demandes/{raw}/").page.text)
        agent = town.visitor("ville", CLERK)
        self.assertIn("Un autre service est interrogé", agent.get(f"/agents/demandes/{raw}/").page.text)
        again = next(href for href, text in confirmation.page.links if text == "Voir où cela en est")
        self.assertEqual(resident.get(again).url, "/aide/?n=4", "the same page leads on, once it is over")

    @on_each_store
    def test_a_peer_that_fails_is_asked_again_until_it_answers(self, town):
        self.peer.answer("/un", status=503)
        agent, admin = town.visitor("ville", CLERK), town.visitor("ville", ADMIN)
        _, own, url = self.file(town, "ferme")
        self.assertTrue(wait_until(lambda: "Passer outre" in buttons(agent.get(url), url)))
        self.assertIn("sera interrogé à nouveau", agent.last.page.text)
        self.assertIn("réponse 503", agent.last.page.text, "record_errors")
        self.make_due(town)
        self.assertTrue(wait_until(lambda: len(self.peer.asked("/un")) == 2, 15))
        self.peer.answer("/un", {"ok": True})
        wait_until(lambda: town.sql("site-ville", "SELECT count(*) FROM job WHERE kind = 'workflow.call' AND error IS NOT NULL")[0][0] == "1")
        self.make_due(town)
        self.assertTrue(self.settles(agent, url, "Fini"))
        requests = self.peer.asked("/un")
        self.assertEqual(len({request.headers["Idempotency-Key"] for request in requests}), 1, "a peer may know it again")
        self.assertEqual(self.history(admin, url).count("réponse 503"), 3, "told once: to the agents, and twice to administrators")

    @on_each_store
    def test_a_refusal_stops_and_is_not_tried_again(self, town):
        self.peer.answer("/un", {"err": 0}, status=404)
        agent = town.visitor("ville", CLERK)
        _, _, url = self.file(town, "ferme")
        self.assertTrue(wait_until(lambda: "Passer outre" in buttons(agent.get(url), url)))
        self.assertEqual(status_of(agent.last), "Transmission")
        self.assertEqual(town.sql("site-ville", "SELECT count(*) FROM job WHERE kind = 'workflow.call'")[0][0], "0")

    @on_each_store
    def test_after_an_hour_of_being_down_all_leave_in_order(self, town):
        self.peer.answer("/un", status=500)
        self.peer.answer("/deux", {"ok": True})
        agent = town.visitor("ville", CLERK)
        urls = [self.file(town, "ferme")[2] for _ in range(3)]
        for url in urls:
            self.assertTrue(wait_until(lambda url=url: "Passer outre" in buttons(agent.get(url), url)))
            press(agent, url, "Passer outre")
            self.assertEqual(status_of(agent.last), "Seconde étape")
        self.make_due(town)  # once more in vain
        wait_until(lambda: len(self.peer.asked("/un")) == 6, 15)
        self.assertEqual(self.peer.asked("/deux"), [], "each waits for the one before it")
        self.peer.answer("/un", {"ok": True})
        wait_until(lambda: town.sql("site-ville", "SELECT count(*) FROM job WHERE kind = 'workflow.call' AND error IS NOT NULL")[0][0] == "3")
        self.make_due(town)
        for url in urls:
            self.assertTrue(self.settles(agent, url, "Fini"))
        self.assertEqual(len(self.peer.asked("/deux")), 3)

    @on_each_store
    def test_the_dead_are_listed_and_replayed(self, town):
        self.peer.answer("/un", status=500)
        agent = town.visitor("ville", CLERK)
        _, _, url = self.file(town, "ferme")
        self.assertTrue(wait_until(lambda: "Passer outre" in buttons(agent.get(url), url)))
        town.sql("site-ville", "UPDATE job SET attempts = 15, look = 1 WHERE kind = 'workflow.call'")
        self.assertTrue(wait_until(lambda: "abandonné" in town.cli("jobs", "list", "--site", "ville").stdout, 15))
        listed = town.cli("jobs", "list", "--site", "ville").stdout
        self.assertIn("workflow.call", listed)
        self.assertIn("réponse 500", listed)
        admin, trace = town.visitor("ville", ADMIN), f"{url}trace/"
        self.assertRegex(admin.get(trace).page.text, r"Appels sans réponse\s+POST http://\S+/un\S*\s: abandonné après \d+ essais \( ?réponse 500")
        self.assertNotIn("/un", agent.get(trace).page.text)
        self.peer.answer("/un", {"ok": True})
        town.cli("jobs", "replay", "--all", "--site", "ville")
        self.assertTrue(self.settles(agent, url, "Fini"))
        text = admin.get(trace).page.text
        self.assertRegex(text, r"Appel\s: POST http://\S+/un\S* : réponse 200")
        self.assertNotIn("Appels sans réponse", text)

    @on_each_store
    def test_a_call_that_is_begun_often_and_never_ends_leaves_no_request_locked(self, town):
        self.peer.answer("/un", {"ok": True}, delay=1)
        agent = town.visitor("ville", CLERK)
        resident = town.visitor("ville", ADA)
        filing = threading.Thread(target=lambda: self.quietly(lambda: file_request(resident, "ferme", Famille="Durand")))
        filing.start()
        self.assertTrue(wait_until(lambda: self.peer.asked("/un")))
        town.kill()
        filing.join()
        town.sql("site-ville", "UPDATE job SET attempts = 16 WHERE kind = 'workflow.call'")
        town.open()
        agent.port = town.port
        raw = town.sql("site-ville", "SELECT code FROM dossier ORDER BY id DESC LIMIT 1")[0][0]
        url = f"/agents/demandes/{raw}/"
        self.assertTrue(wait_until(lambda: "Passer outre" in buttons(agent.get(url), url), 15))
        self.assertEqual(len(self.peer.asked("/un")), 1)
        self.assertIn("never ended", town.cli("jobs", "list", "--site", "ville").stdout)
        self.peer.answer("/un", {"ok": True})
        town.cli("jobs", "replay", "--all", "--site", "ville")
        self.assertTrue(self.settles(agent, url, "Fini"))

    @on_each_store
    def test_a_file_that_is_answered_is_kept_and_shown(self, town):
        self.peer.answer("/acte", PDF, type="application/pdf",
                         headers=[("Content-Disposition", 'attachment; filename="../Acte de Naissance.pdf"')])
        agent = town.visitor("ville", CLERK)
        resident, own, url = self.file(town, "pieces")
        self.assertTrue(self.settles(agent, url, "Fini"))
        links = [href for href, text in resident.get(own).page.links if "acte-de-naissance.pdf" in text]
        self.assertEqual(len(links), 1)
        self.assertEqual(resident.get(links[0]).status, 200)
        self.assertIn("acte-de-naissance.pdf", agent.get(url).page.text)

    @on_each_store
    def test_a_text_message_leaves_by_the_gateway(self, town):
        self.peer.answer("/sms", {"err": 0})
        self.file(town, "sms", Mobile="06 12 34 56 78")
        self.assertTrue(wait_until(lambda: self.peer.asked("/sms")))
        request = self.peer.asked("/sms")[0]
        self.assertTrue(signature_is_right(request))
        self.assertEqual(json.loads(request.body), {"from": "Ville", "to": ["06 12 34 56 78"], "message": "Bonjour Durand"})

    @on_each_store
    def test_a_private_address_is_asked_by_nobody(self, town):
        admin = town.visitor("ville", ADMIN)
        _, _, url = self.file(town, "prive")
        self.assertTrue(wait_until(lambda: "adresse du serveur est privée" in self.history(admin, url)))
        self.assertEqual(status_of(admin.last), "Transmission")
        town.cli("jobs", "replay", "--all", "--site", "ville")
        town.sql("site-ville", "DELETE FROM job WHERE kind = 'workflow.call'")

    @on_each_store
    def test_a_kill_between_the_answer_and_the_write_asks_again_and_changes_once(self, town):
        self.peer.answer("/un", {"ok": True}, delay=1)
        agent, admin = town.visitor("ville", CLERK), town.visitor("ville", ADMIN)
        resident = town.visitor("ville", ADA)
        code = town.sql("site-ville", "SELECT count(*) FROM dossier")[0][0]
        filing = threading.Thread(target=lambda: self.quietly(lambda: file_request(resident, "ferme", Famille="Durand")))
        filing.start()
        self.assertTrue(wait_until(lambda: self.peer.asked("/un")))
        town.kill()
        filing.join()
        town.open()
        self.assertEqual(int(town.sql("site-ville", "SELECT count(*) FROM dossier")[0][0]), int(code) + 1)
        agent.port = admin.port = town.port
        raw = town.sql("site-ville", "SELECT code FROM dossier ORDER BY id DESC LIMIT 1")[0][0]
        url = f"/agents/demandes/{raw}/"
        self.assertTrue(self.settles(agent, url, "Fini"))
        requests = self.peer.asked("/un")
        self.assertEqual(len(requests), 2)
        self.assertEqual(len({request.headers["Idempotency-Key"] for request in requests}), 1)
        self.assertEqual(self.history(admin, url).count("réponse 200"), 1)

    def quietly(self, what):
        try:
            what()
        except Exception:  # the server was killed meanwhile
            pass


if __name__ == "__main__":
    unittest.main()
