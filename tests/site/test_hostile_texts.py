"""Naughty strings, scripts and statements in every place where people write: kept as they were written, shown as text and nothing
else, sent in the mail as they are, found again."""
import functools
import json
import re
import time
import unittest
from urllib.parse import quote, urlencode

from support.counter import CORPUS, needs_corpus, stores
from support.filler import main_form
from support.skeleton import harmless, rows, skeleton
from support.smtp import Mailbox
from support.village import AGENTS, HOST, LINES, TEXTS, TYPED, agent_of, begin, control, file_request, payloads, sampled, town
from support.visitor import Visitor

ALL_OF_THEM = False  # tests/long turns it on
SCRIPTS = ("xss-payloadbox/Intruder/*.txt", "payloads-all-the-things/XSS Injection/Intruders/*.txt")
STATEMENTS = ("payloads-all-the-things/SQL Injection/Intruder/*",)
OTHERS = ("payloads-all-the-things/Server Side Template Injection/Intruder/*", "payloads-all-the-things/LDAP Injection/Intruder/*",
          "payloads-all-the-things/NoSQL Injection/Intruder/*", "payloads-all-the-things/Command Injection/Intruder/*",
          "payloads-all-the-things/Server Side Include Injection/Files/*")


def html5sec():
    """Cure53's vectors, with their %placeholders% filled."""
    words = json.loads((CORPUS / "security/html5sec/payloads.json").read_text())
    items = json.loads((CORPUS / "security/html5sec/items.json").read_text())
    return [re.sub(r"%(\w+)%", lambda m: str(words.get(m.group(1), m.group(0))), item["data"]) for item in items]


def naughty():
    return [text for text in json.loads((CORPUS / "security/blns/blns.json").read_text()) if text.strip() and "\0" not in text]


def kept(name, text):
    """The answer that is kept of a text: ends without blanks, lines ended by \\n, one line where there is one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return (text.replace("\n", " ") if name in LINES else text).strip()


def batches(texts):
    """By as many as the form has fields: {field: text}."""
    names = LINES + TEXTS
    for at in range(0, len(texts), len(names)):
        batch = texts[at:at + len(names)]
        yield dict(zip(names, batch + ["-"] * (len(names) - len(batch))))


def tidy(text):
    """As a mail's text is laid out: no blank at the end of a line, one empty line at the most; **strong** is a markup of mails."""
    lines = [line.rstrip(" \t") for line in text.replace("**", "").strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def code_of(html):
    return re.search(r'<p class="code">([0-9A-Z-]+)</p>', html).group(1)


class Journey:
    """One filing, and all pages and mails that show what was written in it."""

    def __init__(self, counter, agent, batch):
        resident = Visitor(counter.port, HOST)
        self.left = begin(resident, {control(name): text for name, text in batch.items()})
        if self.left.url != "/demarches/essai/2/":
            raise AssertionError(f"{self.left.status} {self.left.page.text[:1000]}")
        self.draft = resident.get("/demarches/essai/1/")
        second = resident.get("/demarches/essai/2/")
        self.check = resident.send(main_form(second.page), {}, button="Continuer")
        self.thanks = resident.send(main_form(self.check.page), {}, button="Envoyer")
        self.code = code_of(self.thanks.html)
        self.office = agent.get(f"/agents/demandes/{self.code.replace('-', '')}/")
        self.list = agent.get("/agents/demandes/?demarche=essai")

    def pages(self):
        """Without the list, which shows the others too."""
        return [skeleton(answer.html, self.code, self.code.replace("-", ""), *re.findall(r"preuve=[\w-]+", answer.html))
                for answer in (self.draft, self.left, self.check, self.thanks, self.office)]


class Asking:
    """What is asked in an address and shown on the page. What plain texts get is the same each time: it is asked for once."""
    KEYS = ("q", "suite", "courriel", "prenom", "nom", "retour", "etat", "tri", "du", "au", "demarche", "statut")
    OFFICE = "/agents/demandes/"
    PAGES = ("/recherche/", "/connexion/", "/inscription/", "/suivre/", "/mot-de-passe/oublie/", "/demarches/essai/1/", OFFICE)
    PLACES = ("/demarches/{}/", "/demarches/themes/{}/", "/suivre/{}/", "/{}", "/assets/{}", "/reprendre/{}/")

    def __init__(self, agent, stranger):
        self.agent, self.stranger = agent, stranger
        self.ask_once, self.missing = functools.lru_cache(None)(self.ask), functools.lru_cache(None)(self._missing)

    def ask(self, path, word):
        visitor = self.agent if path == self.OFFICE else self.stranger
        return skeleton(visitor.get(path + "?" + urlencode({key: word for key in self.KEYS}), follow=False).html, quote(word, safe=""))

    def _missing(self, path):
        return [skeleton(self.stranger.get(path.format(word)).html) for word in ("absent", "absent/absent")]


class HostileTexts(unittest.TestCase):
    def go_through(self, texts):
        self.assertGreater(len(texts), 20)
        for store in stores():
            with self.subTest(store), Mailbox() as mailbox, town(store, "--smtp", mailbox.url) as counter:
                agent, codes = agent_of(counter), {}
                for batch in batches(texts):
                    written = {name: kept(name, text) or "-" for name, text in batch.items()}
                    journey = Journey(counter, agent, written)
                    self.shows_all(journey, written)
                    plain = Journey(counter, agent, {name: harmless(text) for name, text in written.items()})
                    self.assertEqual(journey.pages(), plain.pages())
                    self.finds_it(agent, journey.code, written)
                    codes[journey.code] = written
                self.list_holds(agent, len(codes) * 2)
                self.mails_hold(mailbox, list(codes.values()), len(codes) * 2)

    def shows_all(self, journey, written):
        controls = {c.name: c.value for c in main_form(journey.draft.page).controls}
        for name, text in written.items():
            self.assertEqual(controls[control(name)].strip(), text, name)
        for answer in (journey.check, journey.thanks, journey.office):
            shown = rows(answer.html)
            for name, text in written.items():
                self.assertEqual(shown.get(name, "").strip(), text, (answer.url, name))

    def finds_it(self, agent, code, written):
        word = next((w for text in written.values() for w in re.findall(r"\b[a-z]{5,20}\b", text.lower())), None)
        if word:
            self.assertIn(code, agent.get("/agents/demandes/?" + urlencode({"q": word})).page.text, word)

    def list_holds(self, agent, count):
        """The list shows the first line of each: as many rows as requests."""
        page = agent.get("/agents/demandes/?demarche=essai").html
        self.assertGreaterEqual(page.count("/agents/demandes/"), min(count, 20))

    def mails_hold(self, mailbox, batches_, count):
        until = time.monotonic() + 30
        while len(mailbox.of(AGENTS)) < count and time.monotonic() < until:
            time.sleep(0.05)
        mails = [(subject, text.replace("\r\n", "\n")) for subject, text in mailbox.of(AGENTS)]
        self.assertEqual(len(mails), count)
        for written in batches_:
            body = "".join(f"{name} « {written[name]} »\n" for name in LINES + TEXTS)
            self.assertTrue(any(tidy(body) == tidy(text) for _, text in mails), body[:300])
        with mailbox._lock:
            for recipients, message in mailbox.messages:
                self.assertEqual(len(recipients), 1)
                self.assertEqual([len(message.get_all(name, [])) for name in ("Subject", "To", "From", "Bcc", "Cc")], [1, 1, 1, 0, 0])

    @needs_corpus("security/blns")
    def test_naughty_strings_come_back_as_they_were_written(self):
        self.go_through(naughty())

    @needs_corpus("security/xss-payloadbox")
    def test_scripts_stay_texts(self):
        self.go_through(sampled(html5sec(), 40, ALL_OF_THEM) + sampled(payloads(*SCRIPTS), 120, ALL_OF_THEM))

    @needs_corpus("security/payloads-all-the-things")
    def test_statements_and_templates_stay_texts(self):
        self.go_through(sampled(payloads(*STATEMENTS, *OTHERS), 120, ALL_OF_THEM))

    @needs_corpus("security/xss-payloadbox")
    def test_what_is_no_choice_no_date_no_number_is_refused_and_shown_as_text(self):
        texts = [text for text in sampled(payloads(*SCRIPTS, *STATEMENTS), 40, ALL_OF_THEM) if not text.isdigit()]
        for store in stores():
            with self.subTest(store), town(store) as counter:
                resident = Visitor(counter.port, HOST)
                form = main_form(begin(resident).page)
                token = form.named("jeton")[0].value

                def wrong(text):
                    return resident.post("/demarches/essai/2/", [("jeton", token)] + [(f"f{name}", text) for name in TYPED])
                expected = skeleton(wrong("x").html)
                for text in texts:
                    answer = wrong(text)
                    self.assertEqual((answer.status, skeleton(answer.html)), (422, expected), text)

    @needs_corpus("security/xss-payloadbox")
    def test_every_other_place_shows_it_as_text(self):
        texts = [text[:75] for text in sampled(payloads(*SCRIPTS), 30, ALL_OF_THEM) + sampled(html5sec(), 10, ALL_OF_THEM)]
        for store in stores():
            with self.subTest(store), town(store) as counter:
                agent = agent_of(counter)
                codes = [code_of(file_request(Visitor(counter.port, HOST)).html).replace("-", "") for _ in range(2)]
                asking = Asking(agent, Visitor(counter.port, HOST))
                for text in texts:
                    self.same_in_questions(asking, text)
                for text in texts[:15]:
                    self.same_in_notes(agent, codes, text.strip())
                pages = [skeleton(agent.get(f"/agents/demandes/{code}/").html, code, code[:3] + "-" + code[3:6] + "-" + code[6:]) for code in codes]
                self.assertEqual(*[[element for element in page if element[0] not in ("p", "/p", "br")] for page in pages])
                for text in sampled(texts, 8):
                    self.same_in_names(agent, text)

    def same_in_questions(self, asking, text):
        plain = ("x" if any(sign.isalnum() for sign in text) else "!") * len(text)  # without a word a search asks nothing
        for path in Asking.PAGES:
            self.assertEqual(asking.ask(path, text), asking.ask_once(path, plain), (path, text))
        for path in Asking.PLACES:
            found = asking.stranger.get(path.format(quote(text, safe="")), follow=False)
            self.assertIn(found.status, (303, 400, 404), (path, text))
            if found.status == 404:
                self.assertIn(skeleton(found.html), asking.missing(path), (path, text))

    def same_in_notes(self, agent, codes, text):
        for code, word in zip(codes, (text, harmless(text))):
            form = agent.get(f"/agents/demandes/{code}/").page
            agent.send(next(f for f in form.forms if f.action.endswith("/note/")), {"note": word}, button="Ajouter la note")
            form = agent.last.page
            agent.send(next(f for f in form.forms if f.action.endswith(f"{code}/")), {"commentaire-4": word}, button="Ajouter le commentaire")
            self.assertEqual(agent.last.status, 200, agent.last.page.text[:300])

    def same_in_names(self, agent, text):
        def name(word):
            form = next(f for f in agent.get("/mon-compte/profil/").page.forms if f.action.endswith("/profil/") or not f.action)
            values = {c.name: word for c in form.controls if c.kind == "text" or c.kind == "tel"}
            answer = agent.send(form, values, button="Enregistrer")
            shown = {c.name: c.value.strip() for c in answer.page.forms[-1].controls if c.name in values}
            self.assertEqual(set(shown.values()) - {word.strip()}, set(), shown)
            return skeleton(answer.html), skeleton(agent.get("/mon-compte/").html)
        self.assertEqual(name(text), name("x" * len(text)), text)


if __name__ == "__main__":
    unittest.main()
