"""Lists that another server gives: asked when they are shown, kept, said to be away where they are, and never in the way."""
import base64
import hashlib
import hmac
import threading
import time
import unittest
from urllib.parse import unquote

from support.filler import main_form
from support.peer import Peer
from support.town import OnEachStore, on_each_store

ADMIN = "admin@ville.example"
COMMUNES = {"data": [{"id": "69029", "text": "Bron", "cp": "69500"}, {"id": "69266", "text": "Villeurbanne", "cp": "69100"}]}


def source(slug, url, **more):
    return {"kind": "source", "slug": slug, "name": slug.capitalize(), "source": {"type": "json", "value": url}, **more}


def form(slug, *fields, **more):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "_default", "confirmation": True, "fields": list(fields), **more}


def item(id, name, source, **more):
    return {"id": id, "type": "item", "label": name.capitalize(), "varname": name, "source": source, **more}


def first_page(town, slug):
    """A visitor at a form that was just defined: the server sees it within seconds."""
    for _ in range(100):
        visitor = town.visitor("ville")
        if visitor.get(f"/demarches/{slug}/1/").status == 200:
            return visitor
        time.sleep(0.1)
    raise AssertionError(f"{slug} does not come")


def options(answer, name):
    return [option.label for control in main_form(answer.page).named(name) for option in control.options if option.value]


class Sources(OnEachStore):
    @classmethod
    def setUpClass(cls):
        cls.peer, cls.wrong = Peer().__enter__(), Peer().__enter__()
        for peer in (cls.peer, cls.wrong):
            cls.addClassCleanup(peer.__exit__, None, None, None)
        super().setUpClass()

    @classmethod
    def build(cls, town):
        peer = cls.peer
        town.site("ville", roles=["voirie", "ecoles"], outgoing={"allow": [peer.host, cls.wrong.host], "keys": {peer.host: {"orig": "ville.example", "key": "secret-partage"}}},
                  variables={"peer_url": peer.url + "/", "wrong_url": cls.wrong.url + "/"})
        town.site("fermee", variables={"peer_url": peer.url + "/"})
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person("vera@ville.example", "Vera Voirie", "ville", ["voirie"])
        town.person("emil@ville.example", "Emil École", "ville", ["ecoles"])
        for site in ("ville", "fermee"):
            town.define(
                site,
                source("communes", "{{ peer_url }}communes", cache_duration=60),
                source("rues", "{{ peer_url }}rues?commune={{ form_var_commune_raw }}"),
                source("motifs", "{{ peer_url }}motifs", data_attribute="r.items", id_attribute="code", text_attribute="t.fr", qs_data={"lang": "{{ site_lang }}"}),
                form("vide", {"id": "1", "type": "string", "label": "Nom", "varname": "nom"}),
                form("lieu", item("1", "commune", {"type": "named", "value": "communes"}),
                     {"id": "2", "type": "comment", "label": "<p>CP {{ form_var_commune_structured_cp }}</p>"}),
                form("rue", item("1", "commune", {"type": "named", "value": "communes"}), item("2", "rue", {"type": "named", "value": "rues"}, required="optional")),
                form("motif", item("1", "motif", {"type": "named", "value": "motifs"})),
                *(form(slug, item("1", "liste", {"type": "json", "value": f"{{{{ wrong_url }}}}{slug}"}),
                       {"id": "2", "type": "string", "label": "Nom", "varname": "nom"}) for slug in WRONG))

    def setUp(self):
        self.peer.answer("/communes", COMMUNES)
        self.peer.answer("/rues", lambda request: {"data": [{"id": request.query["commune"] + "-1", "text": "Rue de " + request.query["commune"]}]})
        self.peer.forget()

    @on_each_store
    def test_a_list_of_another_server_is_offered_and_its_row_is_kept(self, town):
        visitor = town.visitor("ville")
        self.peer.forget()
        answer = visitor.get("/demarches/lieu/1/")
        self.assertEqual(options(answer, "f1"), ["Bron", "Villeurbanne"])
        answer = visitor.send(main_form(answer.page), {"f1": "69266"}, button="Continuer")
        self.assertIn("Villeurbanne", answer.page.text)
        answer = visitor.get("/demarches/lieu/1/")
        self.assertIn("CP 69100", answer.page.text)
        self.assertLessEqual(len(self.peer.asked("/communes")), 1)

    @on_each_store
    def test_a_list_that_reads_an_answer_follows_it(self, town):
        visitor = town.visitor("ville")
        page = main_form(visitor.get("/demarches/rue/1/").page)
        live = visitor.post("/demarches/rue/1/direct/", [(c.name, c.value) for c in page.controls if c.name and c.name not in ("f1", "f2")] + [("f1", "69029"), ("f2", "")])
        self.assertIn('"text":"Rue de 69029"', live.html)
        live = visitor.post("/demarches/rue/1/direct/", [(c.name, c.value) for c in page.controls if c.name and c.name not in ("f1", "f2")] + [("f1", "69266"), ("f2", "")])
        self.assertIn('"text":"Rue de 69266"', live.html)

    @on_each_store
    def test_attributes_and_parameters_are_the_definitions(self, town):
        self.peer.answer("/motifs", {"r": {"items": [{"code": 7, "t": {"fr": "Voirie"}}, {"sans": "id"}]}})
        answer = town.visitor("ville").get("/demarches/motif/1/")
        self.assertEqual(options(answer, "f1"), ["Voirie"])
        self.assertIn('value="7"', answer.html)
        self.assertEqual(self.peer.asked("/motifs")[-1].query["lang"], "fr")

    @on_each_store
    def test_urls_are_signed_as_publik_does(self, town):
        town.define("ville", source("signes", "{{ peer_url }}signes?a=%C3%A9"), form("signe", item("1", "x", {"type": "named", "value": "signes"})))
        self.peer.answer("/signes", {"data": []})
        first_page(town, "signe")
        request = self.peer.asked("/signes")[-1]
        signed, signature = request.query_string.split("&signature=")
        expected = hmac.new(b"secret-partage", signed.encode(), hashlib.sha256).digest()
        self.assertEqual(base64.b64decode(unquote(signature)), expected)
        self.assertEqual(request.query["orig"], "ville.example")
        self.assertEqual(request.query["algo"], "sha256")
        self.assertLess(abs(time.time() - time.mktime(time.strptime(request.query["timestamp"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone), 60)
        self.assertNotIn("secret-partage", town.log_text())

    @on_each_store
    def test_a_list_that_is_wrong_is_said_and_may_be_left(self, town):
        for slug, how in WRONG.items():
            with self.subTest(slug):
                self.wrong.answer("/" + slug, **how)
                visitor = town.visitor("ville")
                began = time.monotonic()
                answer = visitor.get(f"/demarches/{slug}/1/")
                self.assertEqual(answer.status, 200)
                self.assertLess(time.monotonic() - began, 9)
                self.assertIn("Cette liste ne peut pas être affichée", answer.page.text)
                answer = visitor.send(main_form(answer.page), {"f2": "Ada"}, button="Continuer")
                self.assertEqual(answer.url, f"/demarches/{slug}/verifier/", answer.page.text[:300])

    @on_each_store
    def test_a_private_address_is_not_asked_unless_the_site_allows_it(self, town):
        answer = town.visitor("fermee").get("/demarches/lieu/1/")
        self.assertEqual(self.peer.requests, [])
        self.assertIn("Cette liste ne peut pas être affichée", answer.page.text)
        self.assertIn("outgoing.allow", town.log_text())

    @on_each_store
    def test_a_redirect_leads_nowhere_private(self, town):
        with Peer() as inside:
            inside.answer("/secret", COMMUNES)
            self.wrong.answer("/vers-dedans", redirect=inside.url + "/secret")
            answer = town.visitor("ville").get("/demarches/vers-dedans/1/")
            self.assertEqual(inside.requests, [])
            self.assertIn("Cette liste ne peut pas être affichée", answer.page.text)

    @on_each_store
    def test_a_server_that_hangs_holds_up_no_other_page(self, town):
        town.reopen()
        self.wrong.forget()
        self.wrong.answer("/pend", COMMUNES, delay=30)
        waiting = [threading.Thread(target=lambda: town.visitor("ville").get("/demarches/pend/1/")) for _ in range(12)]
        for thread in waiting:
            thread.start()
        time.sleep(0.3)
        slowest = 0
        for _ in range(20):
            began = time.monotonic()
            self.assertEqual(town.visitor("ville").get("/demarches/vide/1/").status, 200)
            slowest = max(slowest, time.monotonic() - began)
        for thread in waiting:
            thread.join()
        self.assertLess(slowest, 2)
        self.assertEqual(len(self.wrong.asked("/pend")), 1)  # who asks the same waits for the first

    @on_each_store
    def test_the_last_good_answer_stands_in_even_after_a_restart(self, town):
        self.assertEqual(options(town.visitor("ville").get("/demarches/lieu/1/"), "f1"), ["Bron", "Villeurbanne"])
        time.sleep(0.5)
        self.peer.answer("/communes", status=503)
        town.reopen()
        visitor = town.visitor("ville")
        answer = visitor.get("/demarches/lieu/1/")
        self.assertEqual(options(answer, "f1"), ["Bron", "Villeurbanne"])
        answer = visitor.send(main_form(answer.page), {"f1": "69029"}, button="Continuer")
        self.assertEqual(answer.url, "/demarches/lieu/verifier/", answer.page.text[:500])


    @on_each_store
    def test_what_fails_is_told_to_administrators_until_it_answers(self, town):
        town.reopen()  # whatever hung before is forgotten
        name = "champ 1 (Liste)"
        self.wrong.answer("/panne", status=500)
        town.visitor("ville").get("/demarches/panne/1/")
        time.sleep(0.5)
        page = town.visitor("ville", ADMIN).get("/administration/").page.text
        self.assertIn(name, page)
        self.assertIn(f"{self.wrong.url}/panne", page)
        self.assertIn("le serveur a répondu 500", page)
        self.assertIn("le serveur a répondu 500", town.cli("check", "--site", "ville", check=False).stdout)
        self.wrong.answer("/panne", COMMUNES)
        town.reopen()
        town.visitor("ville").get("/demarches/panne/1/")
        time.sleep(0.5)
        self.assertNotIn(f"{self.wrong.url}/panne", town.visitor("ville", ADMIN).get("/administration/").page.text)

    @on_each_store
    def test_a_web_service_is_asked_where_a_text_reads_it(self, town):
        self.peer.answer("/meteo", lambda request: {"ciel": "bleu", "ville": request.query.get("ville")})
        town.define("ville", {"kind": "wscall", "slug": "meteo", "name": "Météo", "request": {
            "url": "{{ peer_url }}meteo", "method": "GET", "qs_data": {"ville": "{{ form_var_nom }}"}, "timeout": "", "cache_duration": ""}},
            form("temps", {"id": "1", "type": "string", "label": "Nom", "varname": "nom", "required": "optional"},
                 {"id": "2", "type": "comment", "label": "<p>Ciel {{ webservice.meteo.ciel }} à {{ webservice.meteo.ville }}.</p>"},
                 {"id": "3", "type": "comment", "label": "<p>Beau</p>", "condition": 'webservice.meteo.ciel == "bleu"'}))
        visitor = first_page(town, "temps")
        answer = visitor.last
        self.peer.forget()
        self.assertIn("Ciel bleu à", answer.page.text)
        self.assertIn("Beau", answer.page.text)
        visitor.send(main_form(answer.page), {"f1": "Bron"}, button="Continuer")
        self.assertIn("Ciel bleu à Bron.", visitor.get("/demarches/temps/1/").page.text)
        self.assertEqual(len(self.peer.asked("/meteo")), 1)

    @on_each_store
    def test_agents_are_a_list_by_role(self, town):
        town.define("ville", {"kind": "source", "slug": "agents", "name": "Agents", "source": {"type": "wcs:users", "value": ""}, "users_included_roles": ["voirie"]},
                    form("agent", item("1", "agent", {"type": "named", "value": "agents"})))
        self.assertEqual(options(first_page(town, "agent").last, "f1"), ["Vera Voirie"])


WRONG = {
    "panne": {"status": 500}, "absent": {"status": 404}, "texte": {"content": b"<html>bonjour</html>"}, "autre": {"content": {"x": 1}},
    "nombre": {"content": b"12"}, "coupe": {"content": COMMUNES, "cut": True}, "enveloppe": {"content": {"err": 1, "err_desc": "plus rien", "data": []}},
    "enorme": {"content": b'{"data": ["' + b"x" * (5 << 20) + b'"]}'}, "bombe": {"content": b" " * (64 << 20), "zipped": True},
    "profond": {"content": b"[" * 100000}, "lent": {"content": COMMUNES, "delay": 20}, "goutte": {"content": COMMUNES, "drip": 100},
    "pend": {"content": COMMUNES, "delay": 20}, "vers-dedans": {"redirect": "http://127.0.0.1:1/"}, "vers-fichier": {"redirect": "file:///etc/passwd"},
}

if __name__ == "__main__":
    unittest.main()
