"""A town under test: sites, people and definitions (Python dicts) made by commands; a server on each store; its visitors.

    class Office(OnEachStore):
        def build(self, town): town.site("ville"); town.define("ville", form, workflow); town.person("a@ville.example", …)
        @on_each_store
        def test_…(self, town): agent = town.visitor("ville", "a@ville.example") …
"""
import functools
import json
import os
import re
import unittest

from support.counter import BINARY, Counter, stores
from support.filler import main_form, walk
from support.smtp import Mailbox
from support.visitor import Visitor

PASSWORD = "Place-Bellecour-1830"
ADA = "ada@exemple.example"
CONTACT = {"name": "Mairie", "address": "1 place de la Mairie, 69000 Ville", "phone": "04 00 00 00 99", "email": "mairie@ville.example"}


class Town(Counter):
    """A counter with a real SMTP server. Its commands run on the fast build, its server on the one with sanitizers."""

    def __init__(self, store="sqlite"):
        super().__init__(store)
        self.mailbox = Mailbox().__enter__()
        self.tool = os.environ.get("GUICHET_RELEASE", BINARY)

    def __exit__(self, *what):
        super().__exit__(*what)
        self.mailbox.__exit__(*what)

    def cli(self, *command, **options):
        server, self.binary = self.binary, self.tool
        try:
            return super().cli(*command, **options)
        finally:
            self.binary = server

    def open(self, *more):
        return self.start("--smtp", self.mailbox.url, *more)

    def reopen(self, *more):
        self.stop()
        return self.open(*more)

    def site(self, slug, name=None, roles=(), **settings):
        document = {"slug": slug, "name": name or slug.capitalize(), "hosts": [f"{slug}.localhost"],
                    "roles": [{"slug": role, "name": role.capitalize()} for role in roles],
                    "settings": {"contact": CONTACT} | settings}
        file = self.folder / f"{slug}.json"
        file.write_text(json.dumps(document))
        self.cli("site", "set", file)

    def person(self, email, name, site=None, roles=(), admin=False):
        of_site = ["--site", site, *(["--role", ",".join(roles)] if roles else []), *(["--admin"] if admin else [])] if site else []
        self.cli("user", "create", "--email", email, "--name", name, *of_site, "--password-stdin", text_in=PASSWORD + "\n")

    def pass_time(self, site, seconds):
        """What failed and waits for its next try has waited so much longer."""
        self.sql(f"site-{site}", f"UPDATE job SET look = look - {int(seconds * 1e6)} WHERE error IS NOT NULL AND dead IS NULL")

    def visitor(self, site, email=None, password=PASSWORD):
        """Somebody at a site; with an address: signed in."""
        visitor = Visitor(self.port, f"{site}.localhost")
        if email and sign_in(visitor, email, password).url != "/mon-compte/":
            raise AssertionError(f"{email} can't sign in: {visitor.last.page.text[:300]}")
        return visitor


class OnEachStore(unittest.TestCase):
    """Tests that share one town for each store; build(town) makes it, then it opens."""

    serve = ()  # more options of « guichet serve »
    beside = {}  # {name: what is started first, and found by that name: a peer, a geocoder …}

    @classmethod
    def setUpClass(cls):
        for name, kind in cls.beside.items():
            one = kind().__enter__()
            setattr(cls, name, one)
            cls.addClassCleanup(one.__exit__, None, None, None)
        cls.towns = {}
        for store in stores():
            town = cls.towns[store] = Town(store)
            cls.addClassCleanup(town.__exit__, None, None, None)
            cls.build(town)
            town.open(*cls.serve)


def on_each_store(test):
    @functools.wraps(test)
    def run(self):
        for store, town in self.towns.items():
            with self.subTest(store):
                test(self, town)
    return run


def sign_in(visitor, email, password=PASSWORD, start="/connexion/"):
    return visitor.send(main_form(visitor.get(start).page), {"courriel": email, "mot-de-passe": password})


def file_request(visitor, slug, **overrides):
    """Fills a form to its end; the tracking code. overrides: what to answer to labels."""
    walk(visitor, f"/demarches/{slug}/commencer/", overrides)
    return code_of(visitor.last)


def file_own(town, slug, who=ADA, **overrides):
    """A request of somebody who has an account: who filed it, its code, its page for them and the one for agents."""
    resident = town.visitor("ville", who)
    code = file_request(resident, slug, **overrides)
    raw = code.replace("-", "")
    return resident, code, f"/mon-compte/demandes/{raw}/", f"/agents/demandes/{raw}/"


def code_of(answer):
    return re.search(r'<p class="code">([0-9A-Z-]+)</p>', answer.html).group(1)


def status_of(answer):
    return re.search(r'<p class="state"><span class="tag[^"]*">([^<]*)', answer.html).group(1)


def press(visitor, url, label, answers=None, files=None):
    """Presses a button of a request's page, its fields filled by what their labels say."""
    form = acting_form(visitor.get(url), url)
    values = {control.name: value for control in form.controls for key, value in (answers or {}).items()
              if control.kind != "radio" and key == re.sub(r" \(facultatif\)$", "", control.label)}
    values |= {control.name: control.value for control in form.controls if control.kind == "radio" and control.label in (answers or {}).values()}
    sent = {control.name: file for control in form.controls for key, file in (files or {}).items() if key in control.label}
    return visitor.send(form, values, button=label, files=sent)


def acting_form(answer, url):
    return next(form for form in answer.page.forms if form.method == "post" and form.action == url.split("?")[0])


def buttons(answer, url):
    return [button.label.strip() for form in answer.page.forms if form.action == url for button in form.buttons()]


def track(visitor, code, email=""):
    """The page that a code and an address open without an account."""
    return visitor.send(main_form(visitor.get("/suivre/").page), {"numero": code, "courriel": email})
