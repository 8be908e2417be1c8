"""A counter with what is measured in it, started on the serving core; and visitors by the thousand, made by its own pages."""
import contextlib
import json
import os
import re
import shutil
import signal
from urllib.parse import urlencode

from machine import ROOT, SERVER_CORE, load, on_core, request
from support.counter import Counter
from support.filler import fill, main_form
from support.visitor import Visitor

SITE, HOST, PASSWORD = "mesure", "mesure.localhost", "Place-Bellecour-1830"
CONTENT = ROOT / "bench/content"
LISTED_FORMS, ROLES = 10, 5
FORM, LISTED_FORM = "demande-douze-champs", "demande-listee"


class Town(Counter):
    """Site « mesure »: the form of twelve fields, and ten small forms that five roles treat."""
    site, host = SITE, HOST

    def __init__(self, store="sqlite"):
        super().__init__(store, binary=str(ROOT / "build/guichet"))

    def define(self):
        site = {"slug": SITE, "name": "Ville de la mesure", "hosts": [HOST],
                "roles": [{"slug": "agents", "name": "Agents"}] + [{"slug": f"role-{n}", "name": f"Équipe {n}"} for n in range(ROLES)],
                "settings": {"default_role": "agents", "contact": {"name": "Ville", "phone": "04 00 00 00 00", "email": "ville@exemple.example"}}}
        (self.folder / "site.json").write_text(json.dumps(site))
        self.cli("site", "set", self.folder / "site.json")
        content = self.folder / "content"
        shutil.copytree(CONTENT, content)
        listed = json.loads((CONTENT / "listed-form.json").read_text())
        for n in range(LISTED_FORMS):
            one = {**listed, "slug": f"{LISTED_FORM}-{n}", "name": f"Demande listée {n}", "functions": {"_receiver": f"role-{n % ROLES}"}}
            (content / f"listed-form-{n}.json").write_text(json.dumps(one))
        self.cli("import", "content", content, "--site", SITE)

    def add_agent(self, email, *roles):
        self.cli("user", "create", "--email", email, "--name", "Camille Martin", "--site", self.site, "--role", ",".join(roles), "--password", PASSWORD)

    def start_pinned(self, *more):
        with on_core(SERVER_CORE):
            return self.start(*more)

    @contextlib.contextmanager
    def held(self):
        """Stands still in it: its mails and its indexing would take a reference's core."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

    def visitor(self):
        return Visitor(self.port, self.host)

    def signed_in(self, email):
        visitor = self.visitor()
        answer = visitor.send(main_form(visitor.get("/connexion/").page), {"courriel": email, "mot-de-passe": PASSWORD})
        assert answer.url == "/mon-compte/", answer.page.text[:300]
        return visitor

    def load(self, requests, **options):
        return load(self.port, requests, server=self.process.pid, **options)

    def get(self, path, cookies=None):
        return request("GET", path, self.host, cookies)

    def post(self, path, cookies, fields):
        return request("POST", path, self.host, cookies, urlencode(fields).encode())


def cookies_of(answer):
    """The cookies that an answer sets."""
    head = answer[:answer.index(b"\r\n\r\n")].decode("latin-1")
    return dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", head))


TOKEN = re.compile(rb'name="jeton" value="([^"]+)"')


def token_of(answer):
    return TOKEN.search(answer).group(1).decode()


def newcomers(town, path, count):
    """So many visitors who have just opened a page: (their cookies, their form token)."""
    answers = town.load([town.get(path)] * count, keep=True).answers
    return [(cookies_of(answer), token_of(answer)) for answer in answers]


def typed_in(town, path, values=None):
    """What a careful resident types in a page: pairs, without the token."""
    form = main_form(town.visitor().get(path).page)
    typed, _ = fill(form, values)
    pairs = [(name, one) for name, value in typed.items() for one in (value if isinstance(value, list) else [value])]
    hidden = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name not in ("jeton", "brouillon", "")]  # each visitor has their own
    return hidden + pairs


def drafts(town, slug, count, fields_of):
    """So many visitors whose draft waits at its last step: (cookies, token). fields_of(n): what the nth has typed."""
    page = f"/demarches/{slug}/1/"
    visitors = newcomers(town, page, count)
    requests = [town.post(page, cookies, [("jeton", token), *fields_of(n)]) for n, (cookies, token) in enumerate(visitors)]
    answers = town.load(requests, status=303, keep=True).answers
    for (cookies, _), answer in zip(visitors, answers):
        cookies.update(cookies_of(answer))
    return visitors


def last_posts(town, slug, visitors):
    """The requests that file those drafts."""
    return [town.post(f"/demarches/{slug}/envoyer/", cookies, [("jeton", token)]) for cookies, token in visitors]
