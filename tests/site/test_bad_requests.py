"""Requests that no page of ours sends, or that come too late, twice, or from elsewhere: each is answered by a clear page, and what
was kept is kept."""
import re
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from support.counter import ROOT
from support.filler import main_form
from support.raw import chunked, send_raw
from support.skeleton import rows
from support.state import run_sql, settled
from support.village import ADMIN, FORM, HOST, PASSWORD, WithTowns, agent_of, begin, file_request, in_its_own_town, on_each_store
from support.visitor import Visitor

POST_ROUTE = re.compile(r'\{HTTP_POST,\s+"([^"]+)"')


def post_routes():
    """Every route that changes something, from the tables beside the handlers; the API's take no cookie: test_api_access.py."""
    sources = [path.read_text() for path in sorted((ROOT / "src/web").rglob("*.c")) if path.parent.name != "api"]
    routes = [route for text in sources for route in POST_ROUTE.findall(text)]
    assert len(routes) == sum(len(re.findall(r"\{\s*HTTP_POST\b", text)) for text in sources), "a route is written in another way"
    return routes


def path_of(route, code):
    """The route's path, its places filled."""
    known = {"slug": "essai", "code": code}
    return re.sub(r"\{(\w+)(:int)?\}", lambda m: "1" if m.group(2) else known.get(m.group(1), "x" * 43), route)


def token_of(page):
    return next(c.value for form in page.forms for c in form.controls if c.name == "jeton")


def code_in(answer):
    return re.search(r"numero=(\w+)", answer.url).group(1)


def send_draft(visitor, answer):
    """Page 2 and the check page; the confirmation."""
    answer = visitor.send(main_form(answer.page), {}, button="Continuer")
    return visitor.send(main_form(answer.page), {}, button="Envoyer")


def filed(agent):
    """How many requests there are."""
    return int(re.search(r"(\d+) demandes?\b|$", agent.get("/agents/demandes/").page.text).group(1) or 0)


class BadRequests(WithTowns):
    def is_clear(self, answer, status, *words):
        """A page in French that says what happened and what to do, with a number to quote."""
        self.assertEqual(answer.status, status, answer.page.text[:400])
        text = answer.page.text
        self.assertIn('<html lang="fr">', answer.html)
        self.assertRegex(text, r"Numéro à donner si vous nous appelez : [2-9A-Z]{8}")
        self.assertRegex(text, r"[Rr]evenez|[Rr]éessayez|[Vv]érifiez|repartez|contactez|[Cc]hoisissez|[Ee]ffacez|[Rr]echargez")
        for word in words:
            self.assertIn(word, text)
        self.carries_headers(answer)

    def carries_headers(self, answer):
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(answer.headers["Referrer-Policy"], "same-origin")
        self.assertEqual(answer.headers["Cross-Origin-Opener-Policy"], "same-origin")
        self.assertIn(answer.headers["Cache-Control"].split(",")[0], ("no-store", "public"))

    # ---- The token of forms ----

    @on_each_store
    def test_no_post_route_acts_without_its_own_token(self, counter):
        routes = post_routes()
        self.assertGreater(len(routes), 15)
        agent, stranger, other = agent_of(counter), Visitor(counter.port, HOST), counter.agent
        code = code_in(file_request(agent))
        begin(agent, {"f10": "brouillon"})
        tokens = {"none": None, "empty": "", "garbage": "A" * 43, "a stranger's": token_of(stranger.get("/connexion/").page),
                  "another session's": token_of(other.get("/mon-compte/profil/").page)}
        own = token_of(agent.get("/mon-compte/profil/").page)
        before = settled(counter)
        for route in routes:
            path = path_of(route, code)
            for name, token in tokens.items():
                with self.subTest(route, token=name):
                    self.refused(agent, path, token)
            with self.subTest(route, token="in the address"):
                self.refused(agent, f"{path}?jeton={own}", None)
            with self.subTest(route, token="without the cookie"):
                self.refused(Visitor(counter.port, HOST), path, own, (403, 303))
            with self.subTest(route, token="in another type of body"):
                answer = agent.request("POST", path, urlencode({"jeton": own}).encode(), {"Content-Type": "text/plain"}, follow=False)
                self.assertEqual(answer.status, 415)
        self.assertEqual(settled(counter), before)
        for route in sorted(routes, key=lambda r: "deconnexion" in r):  # the token is what they lacked
            path = path_of(route, code)
            self.assertNotIn("rechargez la page", agent.post(path, [("jeton", own)], follow=False).page.text, route)

    def refused(self, visitor, path, token, statuses=(403,)):
        fields = {"demarche": "essai", "note": "x", "first_name": "x", "courriel": ADMIN, "mot-de-passe": PASSWORD, "statut": "1",
                  "action": "fermer" if "administration" in path else "choix:5", "commentaire-4": "x", "f10": "changé"}
        if token is not None:
            fields["jeton"] = token
        answer = visitor.post(path, list(fields.items()), follow=False)
        self.assertIn(answer.status, statuses, path)
        if answer.status == 403:
            self.is_clear(answer, 403, "rechargez la page")

    # ---- What is too large, broken, unknown ----

    def test_what_cannot_be_read_gets_a_clear_page(self):
        counter = self.towns["sqlite"]
        visitor = Visitor(counter.port, HOST)
        token = token_of(visitor.get("/connexion/").page)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        page, fields = "/demarches/essai/1/", f"jeton={token}&".encode()
        cases = [
            (413, "trop lourd", "POST", page, fields + b"f10=" + b"a" * (3 << 20), form),
            (415, "Ce type d’envoi", "POST", page, b"{}", {"Content-Type": "application/json"}),
            (415, "Ce type d’envoi", "POST", page, b"<a/>", {"Content-Type": "text/xml"}),
            (400, "pas été comprise", "POST", page, fields + b"f10=%FF%FE", form),
            (400, "pas été comprise", "POST", page, fields + b"&".join(b"f%d=a" % n for n in range(2000)), form),
            (400, "arrivé abîmé", "POST", page, b"--x\r\nwhat", {"Content-Type": "multipart/form-data; boundary=x"}),
            (400, "arrivé abîmé", "POST", page, b"", {"Content-Type": "multipart/form-data"}),
            (400, "pas été comprise", "GET", "/demarches/%FF/", None, {}),
            (400, "pas été comprise", "GET", "/recherche/?q=%C0%AF", None, {}),
            (400, "pas été comprise", "GET", "/demarches/", b"a=b", form),
            (404, "n’existe pas", "GET", "/nulle-part/", None, {}),
            (404, "n’existe pas", "GET", "/demarches/absente/", None, {}),
            (404, "n’existe pas", "GET", "/demarches/essai/99/", None, {}),
            (404, "n’existe pas", "GET", "/assets/absent.css", None, {}),
            (405, "ne s’ouvre pas ainsi", "POST", "/demarches/", fields, form),
            (405, "ne s’ouvre pas ainsi", "GET", "/demarches/essai/envoyer/", None, {}),
            (405, "ne s’ouvre pas ainsi", "DELETE", page, None, {}),
            (405, "ne s’ouvre pas ainsi", "TRACE", "/", None, {}),
            (414, "trop longue", "GET", "/" + "a" * 9000, None, {}),
            (431, "trop d’informations", "GET", "/", None, {"X-Long": "a" * 20000}),
        ]
        for status, words, method, path, body, headers in cases:
            with self.subTest(f"{method} {path[:40]}", status=status):
                answer = visitor.request(method, path, body, headers, follow=False)
                self.is_clear(answer, status, words)
                self.assertEqual(answer.headers["Allow"] is not None, status == 405)
        answers, _ = send_raw(counter.port, f"POST {page} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
                              "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + chunked(fields + b"f10=" + b"a" * (3 << 20), 65536))
        self.assertEqual([a.status for a in answers], [413])
        self.assertIn("trop lourd", answers[0].body.decode())

    def test_cookies_that_are_none_are_as_if_they_were_not_there(self):
        counter = self.towns["sqlite"]
        for value in ("\xff\xfe", "session=", "session=" + "x" * 43, "visiteur=\"; session=;;;=", "brouillon-essai=" + "y" * 43, "a" * 3000,
                      "session=" + "%00" * 14 + "x", "message=success.%FF", "message=.", "message=x.%3Cscript%3E"):
            with self.subTest(value):
                head = f"GET /demarches/essai/1/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\nCookie: {value}\r\n\r\n"
                answers, _ = send_raw(counter.port, head.encode("latin-1"))
                self.assertEqual([a.status for a in answers], [200])
                self.assertNotIn(b"<script>", answers[0].body)

    def test_every_answer_carries_the_security_headers(self):
        counter = self.towns["sqlite"]
        agent = counter.agent
        code = code_in(file_request(agent, {}, {"f77": ("a.txt", "text/plain", b"texte")}))
        seen, queue = set(), ["/", "/theme.css", "/agents/", "/administration/", f"/mon-compte/demandes/{code}/"]
        while queue:
            path = queue.pop()
            if path in seen or len(seen) > 120:
                continue
            seen.add(path)
            answer = agent.get(path, follow=False)
            with self.subTest(path):
                self.assertLess(answer.status, 400)
                self.carries_headers(answer)
            found = re.findall(r'(?:href|src)="(/[^"#]*)', answer.html) if "html" in answer.headers["Content-Type"] else []
            queue += [url.replace("&amp;", "&") for url in found]
        self.assertTrue(any(path.startswith("/assets/") for path in seen) and any("/fichiers/" in path for path in seen), seen)

    @on_each_store
    def test_signs_that_cost_cost_little(self, counter):
        agent = counter.agent
        for sign in ("`", "<", "&", "\n", "` <", "**a", "https://"):
            with self.subTest(sign):
                began, visitor = time.monotonic(), Visitor(counter.port, HOST)
                body = sign * (400000 // len(sign.encode()))
                code = code_in(send_draft(visitor, begin(visitor, {"f51": "x" + body})))
                self.assertEqual(agent.get(f"/agents/demandes/{code}/").status, 200)
                self.assertLess(time.monotonic() - began, 10)

    @on_each_store
    def test_a_byte_that_is_no_text_is_refused_or_left_out_wherever_it_is_written(self, counter):
        agent = counter.agent
        code = code_in(file_request(agent))
        own = token_of(agent.get("/mon-compte/profil/").page)
        for path, fields in ((f"/agents/demandes/{code}/note/", {"note": "a\0b"}), ("/mon-compte/profil/", {"first_name": "a\0b", "last_name": "\0"}),
                             (f"/agents/demandes/{code}/", {"statut": "1", "revision": "1", "commentaire-4": "a\0b"}), ("/demarches/essai/1/", {"f10": "a\0b"}),
                             ("/suivre/", {"numero": "\0", "courriel": "\0"}), ("/inscription/", {"courriel": "a\0@b.example", "prenom": "x"}),
                             ("/mot-de-passe/oublie/", {"courriel": "a\0@b.example"}), ("/mon-compte/brouillons/", {"brouillon": "\0" * 43})):
            with self.subTest(path):
                answer = agent.post(path, [("jeton", own), *fields.items()], follow=False)
                self.assertLess(answer.status, 500, answer.page.text[:300])
        for path in ("/agents/demandes/?q=%00", "/recherche/?q=a%00b", "/agents/demandes/?suite=%00", "/agents/demandes/?demarche=%00&statut=%00"):
            self.assertLess(agent.get(path, follow=False).status, 500, path)
        self.assertEqual(agent.get(f"/agents/demandes/{code}/").status, 200)
        self.assertNotIn(" error ", counter.log_text())

    # ---- What a page did not offer ----

    @on_each_store
    def test_only_what_is_asked_is_kept(self, counter):
        visitor = Visitor(counter.port, HOST)
        answer = begin(visitor, {"f10": "un"})
        own = token_of(answer.page)
        extra = [("f999", "x"), ("id", "7"), ("account", "1"), ("status", "2"), ("f10", "deux"), ("f10_display", "x"), ("__proto__", "x")]
        answer = visitor.post("/demarches/essai/2/", [("jeton", own), *extra])
        self.assertEqual(answer.url, "/demarches/essai/verifier/")
        self.assertEqual(rows(answer.html)["s1"].strip(), "un")
        self.assertFalse(any(word in answer.html for word in ("f999", "__proto__")))
        for fields in ([("f70", "Bleu")], [("f71", "rouge")], [("f72", "Rouge"), ("f72", "Noir")]):
            answer = visitor.post("/demarches/essai/2/", [("jeton", own), *fields], follow=False)
            self.assertEqual(answer.status, 422, fields)
        self.assertNotIn("Bleu", visitor.get("/demarches/essai/verifier/").page.text)

    @on_each_store
    def test_a_page_that_is_skipped_leads_back(self, counter):
        visitor, before = Visitor(counter.port, HOST), filed(counter.agent)
        own = token_of(visitor.get("/demarches/essai/1/").page)
        for path in ("/demarches/essai/2/", "/demarches/essai/verifier/"):
            self.assertEqual(visitor.get(path).url, "/demarches/essai/1/")
        for path in ("/demarches/essai/2/", "/demarches/essai/envoyer/", "/demarches/essai/77/"):
            answer = visitor.post(path, [("jeton", own), ("f74", "3")])
            self.assertEqual(answer.url, "/demarches/essai/1/", path)
        self.assertEqual(filed(counter.agent), before)

    # ---- Twice, too late, from another tab ----

    @on_each_store
    def test_two_tabs_on_one_draft_keep_what_both_wrote(self, counter):
        visitor = Visitor(counter.port, HOST)
        first = main_form(begin(visitor, {"f10": "un"}).page)
        tab = main_form(visitor.get("/demarches/essai/1/").page)
        visitor.send(first, {"f74": "12"}, button="Continuer")
        answer = visitor.send(tab, {"f11": "deux"}, button="Continuer")
        self.assertEqual(answer.status, 200)
        shown = rows(visitor.get("/demarches/essai/verifier/").html)
        self.assertEqual([shown[name].strip() for name in ("s1", "s2", "nombre")], ["un", "deux", "12"])

    @on_each_store
    def test_parallel_sends_of_one_draft_file_it_once(self, counter):
        before = filed(counter.agent)
        for _ in range(3):
            visitor = Visitor(counter.port, HOST)
            answer = visitor.send(main_form(begin(visitor).page), {}, button="Continuer")
            fields = [("jeton", token_of(answer.page))]

            def press(_):
                again = Visitor(counter.port, HOST)
                again.cookies = dict(visitor.cookies)
                return again.post("/demarches/essai/envoyer/", fields)
            with ThreadPoolExecutor(8) as people:
                codes = {code_in(answer) for answer in people.map(press, range(8))}
            self.assertEqual(len(codes), 1, codes)
        self.assertEqual(filed(counter.agent), before + 3)

    @on_each_store
    def test_parallel_saves_of_one_page_lose_nothing_that_was_acknowledged(self, counter):
        visitor = Visitor(counter.port, HOST)
        own = token_of(begin(visitor).page)

        def save(number):
            again = Visitor(counter.port, HOST)
            again.cookies = dict(visitor.cookies)
            return number, again.post("/demarches/essai/2/", [("jeton", own), ("f74", str(number))], follow=False)
        with ThreadPoolExecutor(8) as people:
            answers = list(people.map(save, range(8)))
        self.assertEqual({answer.status for _, answer in answers} - {303, 409}, set())
        for _, answer in answers:
            if answer.status == 409:
                self.is_clear(answer, 409, "autre onglet")
        kept = rows(visitor.get("/demarches/essai/verifier/").html)["nombre"].strip()
        self.assertIn(int(kept), [number for number, answer in answers if answer.status == 303])

    @in_its_own_town
    def test_a_service_that_closes_or_goes_keeps_the_drafts(self, counter):
        visitor, agent = Visitor(counter.port, HOST), agent_of(counter)
        answer = begin(visitor, {"f10": "gardé"})
        own = token_of(answer.page)
        agent.post("/administration/", [("jeton", token_of(agent.get("/administration/").page)), ("demarche", "essai"), ("action", "fermer")])
        for method, path in (("GET", "/demarches/essai/1/"), ("GET", "/demarches/essai/verifier/"), ("POST", "/demarches/essai/2/"),
                             ("POST", "/demarches/essai/envoyer/"), ("GET", "/demarches/essai/commencer/")):
            answer = visitor.post(path, [("jeton", own)]) if method == "POST" else visitor.get(path)
            self.is_clear(answer, 410, "fermée")
        agent.post("/administration/", [("jeton", token_of(agent.get("/administration/").page)), ("demarche", "essai"), ("action", "ouvrir")])
        self.assertEqual(main_form(visitor.get("/demarches/essai/1/").page).named("f10")[0].value, "gardé")
        run_sql(counter, "DELETE FROM definition WHERE kind = 'form'")
        counter.stop()
        counter.start()
        for path in ("/demarches/essai/1/", "/demarches/essai/verifier/"):
            self.is_clear(visitor.get(path), 404)
        self.is_clear(visitor.post("/demarches/essai/2/", [("jeton", own)]), 404)
        counter.define("ville", FORM)
        counter.stop()
        counter.start()
        self.assertEqual(main_form(visitor.get("/demarches/essai/1/").page).named("f10")[0].value, "gardé")

    @in_its_own_town
    def test_a_draft_that_expired_is_told(self, counter):
        visitor = Visitor(counter.port, HOST)
        own = token_of(begin(visitor, {"f10": "vieux"}).page)
        link = re.search(r"/reprendre/[\w-]+/", visitor.get("/demarches/essai/plus-tard/").html).group(0)
        run_sql(counter, "UPDATE draft SET expires = 1")
        answer = visitor.post("/demarches/essai/2/", [("jeton", own), ("f74", "1")])
        self.assertEqual(answer.url, "/demarches/essai/1/")
        self.assertIn("a expiré", answer.page.text)
        self.assertEqual(main_form(answer.page).named("f10")[0].value, "")
        self.assertNotIn("a expiré", visitor.get("/demarches/essai/1/").page.text)
        self.is_clear(visitor.get(link), 404, "il a expiré")
        self.assertEqual(send_draft(visitor, begin(visitor, {"f10": "neuf"})).status, 200)

    @on_each_store
    def test_a_session_that_ended_loses_no_draft(self, counter):
        agent = agent_of(counter)
        answer = begin(agent, {"f10": "à garder"})
        own, cookies, ended = token_of(answer.page), dict(agent.cookies), agent.cookies["session"]
        agent.post("/deconnexion/", [("jeton", own)])
        late = Visitor(counter.port, HOST)
        late.cookies = cookies  # the other window, that knows nothing of it
        self.is_clear(late.post("/demarches/essai/2/", [("jeton", own), ("f74", "1")]), 403, "rechargez la page")
        answer = late.get("/demarches/essai/2/")
        self.assertTrue(answer.url.startswith("/connexion/?suite="), answer.url)
        answer = late.send(main_form(answer.page), {"courriel": ADMIN, "mot-de-passe": PASSWORD}, button="Me connecter")
        self.assertEqual(answer.url, "/demarches/essai/1/")
        self.assertEqual(main_form(answer.page).named("f10")[0].value, "à garder")
        for path in ("/mon-compte/", "/agents/", "/administration/"):
            gone = Visitor(counter.port, HOST)
            gone.cookies = {"session": ended}
            self.assertTrue(gone.get(path).url.startswith("/connexion/?suite="), path)

    @in_its_own_town
    def test_a_form_that_changed_under_a_draft_keeps_what_still_fits(self, counter):
        visitor = Visitor(counter.port, HOST)
        answer = begin(visitor, {"f10": "un", "f11": "deux"})
        changed = dict(FORM, fields=[field for field in FORM["fields"] if field["id"] != "11"])
        counter.define("ville", changed)
        time.sleep(3)  # the running server sees it within two seconds
        shown = rows(visitor.send(main_form(answer.page), {}, button="Continuer").html)
        self.assertEqual((shown["s1"].strip(), shown.get("s2")), ("un", None))


if __name__ == "__main__":
    unittest.main()
