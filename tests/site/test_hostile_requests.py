"""Statements in every parameter, paths out of the place, line ends in headers, addresses of elsewhere, files that want to be
programs: answered as any other wrong word, and nothing leaves, breaks or runs."""
import json
import re
import time
import unittest
from urllib.parse import quote, urlencode, urljoin, urlsplit

from support.counter import CORPUS, needs_corpus, stores
from support.filler import main_form
from support.raw import send_raw
from support.village import ADMIN, FORM, HOST, PASSWORD, agent_of, begin, file_request, payloads, sampled, town
from support.visitor import Visitor

ALL_OF_THEM = False  # tests/long turns it on
STATEMENTS = ("payloads-all-the-things/SQL Injection/Intruder/*", "payloads-all-the-things/NoSQL Injection/Intruder/*",
              "payloads-all-the-things/LDAP Injection/Intruder/*")
PATHS = ("payloads-all-the-things/Directory Traversal/Intruder/*", "payloads-all-the-things/File Inclusion/Intruders/*")
FILES = CORPUS / "security/hostile-files-made-here"
OWN = ["' OR 1=1 --", "\0", "a\0b", "%", "_", "\\", "\"", "'", "; DROP TABLE dossier; --", "-1", "9" * 30, "1e999", "NaN", "\u202e", "😀" * 50,
       "a" * 2000, "* OR *", "\"unclosed", "a AND", "NEAR(a b)", "a:*", "!a & | b", "(((", "(" * 200, "-" * 100, "{{ 7|add:7 }}", "[if-any form_name]x[end]"]


def readable(text):
    """What an address may carry: no lone surrogate, of a length that is read."""
    return text.encode("utf-8", "replace").decode()[:1500]


class HostileRequests(unittest.TestCase):
    @needs_corpus("security/payloads-all-the-things")
    def test_statements_in_every_parameter_find_nothing_and_break_nothing(self):
        texts = OWN + sampled(payloads(*STATEMENTS), 60, ALL_OF_THEM)
        keys = ("q", "etat", "tri", "du", "au", "demarche", "statut", "suite", "numero", "preuve", "courriel", "retour")
        for store in stores():
            with self.subTest(store), town(store) as counter:
                agent, stranger = agent_of(counter), Visitor(counter.port, HOST)
                file_request(Visitor(counter.port, HOST), {"f10": "témoin"})
                for text in map(readable, texts):
                    query = "?" + urlencode({key: text for key in keys})
                    for key in ("q", "suite", "du"):  # one by one too: a word that fits no form hides the others
                        answer = agent.get("/agents/demandes/?" + urlencode({key: text}), follow=False)
                        self.assertIn(answer.status, (200, 400), (key, text))
                    for visitor, path in ((agent, "/agents/demandes/"), (stranger, "/recherche/"), (stranger, "/demarches/essai/merci/")):
                        self.assertLess(visitor.get(path + query, follow=False).status, 500, (path, text))
                    word = quote(text, safe="")
                    for path in ("/suivre/{}/", "/mon-compte/demandes/{}/", "/agents/demandes/{}/", "/reprendre/{}/", "/demarches/{}/", "/courriels/{}/1/"):
                        self.assertLess(agent.get(path.format(word), follow=False).status, 500, (path, text))
                for text in map(readable, sampled(texts, 12)):
                    form = main_form(stranger.get("/suivre/").page)
                    self.assertIn(stranger.send(form, {"numero": text, "courriel": text}, button="").status, (422, 429), text)
                    form = main_form(stranger.get("/connexion/").page)
                    self.assertIn(stranger.send(form, {"courriel": text, "mot-de-passe": text}, button="").status, (422, 429), text)
                self.assertIn("témoin", agent.get("/agents/demandes/?q=temoin").page.text)
                self.assertNotIn(" error ", counter.log_text())

    @needs_corpus("security/payloads-all-the-things")
    def test_paths_lead_nowhere(self):
        texts = sampled(payloads(*PATHS), 120, ALL_OF_THEM) + (FILES / "names.txt").read_bytes().decode("utf-8", "replace").split("\0")
        with town("sqlite") as counter:
            for text in texts:
                for path in ("/assets/" + text, "/assets/css/" + text, "/demarches/essai/" + text, "/" + text.lstrip("/"),
                             "/mon-compte/demandes/AAAAAAA/fichiers/" + text + "/"):
                    raw = re.sub(rb"[^\x21-\x7e]", lambda m: b"%%%02x" % m.group(0)[0], path.encode("utf-8", "replace"))[:4000]
                    answers, _ = send_raw(counter.port, b"GET " + raw + b" HTTP/1.1\r\nHost: " + HOST.encode() + b"\r\nConnection: close\r\n\r\n")
                    self.assertEqual(len(answers), 1, raw)
                    self.assertIn(answers[0].status, (200, 301, 303, 400, 404), raw)
                    self.assertNotIn(b"root:", answers[0].body, raw)
                    if answers[0].status == 200:  # nothing but our own pages
                        self.assertIn("text/html", answers[0].header("Content-Type"), raw)
                        self.assertIn("Essai", answers[0].body.decode(), raw)

    @needs_corpus("security/payloads-all-the-things")
    def test_no_line_end_gets_into_a_header(self):
        lines = payloads("payloads-all-the-things/CRLF Injection/Files/*")
        self.assertGreater(len(lines), 10)
        with town("sqlite") as counter:
            agent = agent_of(counter)
            for line in lines:
                word = line.removeprefix("/")
                for path in (line, "/connexion/?suite=" + word, "/connexion/?suite=/" + word, "/demarches/essai/1?retour=" + word,
                             "/demarches/" + word, "/assets/" + word, "/demarches/essai?" + word):
                    cookies = "; ".join(f"{name}={value}" for name, value in agent.cookies.items())
                    answers, _ = send_raw(counter.port, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n".encode())
                    self.assertEqual(len(answers), 1, path)
                    self.assertNotIn("crlf", [name.lower() for name, _ in answers[0].headers], path)
                    self.assertFalse(any(name.lower() == "set-cookie" and value.startswith("crlf") for name, value in answers[0].headers), path)

    @needs_corpus("security/payloads-all-the-things")
    def test_nobody_is_led_elsewhere(self):
        texts = payloads("payloads-all-the-things/Open Redirect/Intruder/*") + \
            ["/\t/evil.example", "/\\evil.example", "\\\\evil.example", "//evil.example", "///evil.example", "/ /evil.example", "https:evil.example",
             "/.//evil.example", "/..//evil.example", "/%2f/evil.example", "/a\r\nLocation: //evil.example", "javascript:alert(1)", " //evil.example"]
        with town("sqlite") as counter:
            agent, stranger = agent_of(counter), Visitor(counter.port, HOST)
            for text in texts:
                answer = agent.get("/connexion/?" + urlencode({"suite": text}), follow=False)
                self.stays_here(answer, text)
            for text in sampled(texts, 12):
                stranger.cookies.clear()
                form = main_form(stranger.get("/connexion/?" + urlencode({"suite": text})).page)
                answer = stranger.post("/connexion/", [("jeton", form.named("jeton")[0].value), ("courriel", ADMIN), ("mot-de-passe", PASSWORD),
                                                       ("suite", text)], follow=False)
                self.stays_here(answer, text)

    def stays_here(self, answer, text):
        self.assertEqual(answer.status, 303, text)
        location = answer.headers["Location"]
        # As a browser reads it (WHATWG URL): tabs and line ends are nothing, a backslash is a slash.
        read = re.sub(r"[\t\r\n]", "", location.strip()).replace("\\", "/")
        self.assertEqual(urlsplit(urljoin("http://here.example/connexion/", read)).netloc, "here.example", (text, location))
        self.assertTrue(read.startswith("/") and not read.startswith("//"), (text, location))

    @needs_corpus("security/hostile-files-made-here")
    def test_files_are_kept_as_data_and_given_back_as_data(self):
        samples = sorted(FILES.iterdir()) + sorted((CORPUS / "security/payloads-all-the-things").glob("XSS Injection/Files/*")) + \
            sorted((CORPUS / "security/payloads-all-the-things").glob("Upload Insecure Files/*/*"))
        names = [name for name in (FILES / "names.txt").read_bytes().decode("utf-8", "replace").split("\0") if name]
        for store in stores():
            with self.subTest(store), town(store) as counter:
                agent = agent_of(counter)
                for number, path in enumerate(sampled(samples, 24, ALL_OF_THEM)):
                    with self.subTest(path.name):
                        content, sent = path.read_bytes(), re.sub(r'[\r\n"]', "_", names[number % len(names)])
                        self.keeps(counter, agent, path.name if number % 2 else sent, content)

    def keeps(self, counter, agent, name, content):
        began = time.monotonic()
        thanks = file_request(Visitor(counter.port, HOST), {}, {"f77": (name, "text/html", content)})
        self.assertLess(time.monotonic() - began, 10)
        code = re.search(r"numero=(\w+)", thanks.url).group(1)
        office = agent.get(f"/agents/demandes/{code}/")
        link = next((href for href, _ in office.page.links if "/fichiers/" in href), None)
        if link is None:  # refused, or a name of nothing but a path: no file at all
            self.assertTrue(not re.sub(r".*[/\\]", "", name).strip(), (name, office.page.text[:600]))
            return
        file = agent.get(link)
        self.assertEqual(file.body, content)
        self.assertEqual(file.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("sandbox", file.headers["Content-Security-Policy"])
        self.assertIn("default-src 'none'", file.headers["Content-Security-Policy"])
        kind, disposition = file.headers["Content-Type"], file.headers["Content-Disposition"]
        self.assertRegex(disposition, r"^(inline|attachment); filename\*=UTF-8''[A-Za-z0-9%._~-]*$")
        if disposition.startswith("inline"):
            self.assertIn(kind, ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"))
        else:
            self.assertEqual(kind, "application/octet-stream")

    @needs_corpus("security/hostile-files-made-here")
    def test_a_file_of_another_kind_than_asked_is_refused(self):
        form = json.loads(json.dumps(FORM))
        wanted = next(field for field in form["fields"] if field["type"] == "file")
        wanted["document_type"] = {"id": "image", "label": "Image", "mimetypes": ["image/*"]}
        with town("sqlite") as counter:
            counter.define("ville", form)
            counter.stop()
            counter.start()
            for name in ("svg-script.svg", "html-as-txt.txt", "utf16-html.txt", "pdf-js.pdf", "zip-bomb-50M.zip", "deep-nesting.xml"):
                visitor = Visitor(counter.port, HOST)
                answer = visitor.send(main_form(begin(visitor).page), {}, button="Continuer", files={"f77": (name + ".png", "image/png", (FILES / name).read_bytes())})
                if name == "svg-script.svg" and answer.status != 422:
                    continue  # an SVG is an image: kept, and given back as data
                self.assertEqual(answer.status, 422, name)
                self.assertIn("pas accepté", answer.page.text)

    @needs_corpus("security/hostile-files-made-here")
    def test_hostile_definitions_are_refused_by_the_importer(self):
        with town("sqlite") as counter:
            for path in sorted(FILES.glob("*.xml")) + sorted((CORPUS / "security/payloads-all-the-things/XXE Injection/Files").iterdir()):
                began = time.monotonic()
                done = counter.cli("import", "publik", path, "--site", "ville", "--report", "json", check=False)
                self.assertLess(time.monotonic() - began, 5, path)
                self.assertEqual((done.returncode, [f["status"] for f in json.loads(done.stdout)["files"]]), (1, ["refused"]), path)
                self.assertNotIn("root:", done.stdout + done.stderr)
            deep = counter.folder / "deep.json"
            deep.write_bytes((FILES / "deep-nesting.json").read_bytes())
            self.assertEqual(counter.cli("import", "content", deep, "--site", "ville", check=False).returncode, 1)
            template = dict(FORM, fields=[{"id": "1", "type": "comment", "label": (FILES / "deep-template.txt").read_text()}])
            (counter.folder / "form.json").write_text(json.dumps(template))
            began = time.monotonic()
            done = counter.cli("import", "content", counter.folder / "form.json", "--site", "ville", check=False)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
