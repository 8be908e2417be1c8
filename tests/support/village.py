"""A small town for the tests of hostile input: one form with a field of every type and many of text, and a circuit that shows what
was written in a mail, in the history, to the agent."""
import functools
import unittest

from support.counter import CORPUS, Counter, stores
from support.filler import main_form
from support.visitor import Visitor

HOST, ADMIN, PASSWORD, AGENTS = "ville.localhost", "admin@ville.example", "Place-Bellecour-1830", "agents@ville.example"
LINES = [f"s{n}" for n in range(1, 31)]  # one line each
TEXTS = [f"t{n}" for n in range(1, 11)]  # several lines
SHOWN = ["validation", "summary", "listings"]


def field(id, kind, name, **more):
    return {"id": id, "type": kind, "label": name, "varname": name, "required": "optional", "display_locations": SHOWN, **more}


FORM = {
    "kind": "form", "slug": "essai", "name": "Essai", "workflow": "essai", "functions": {"_receiver": "agents"},
    "digest_template": "{{ form_var_s1 }}", "confirmation": True,
    "service": {"silence": "reject", "delay": 2, "delay_unit": "months", "appeal": "Tribunal administratif de Lyon, dans les deux mois.",
                "contact": {"name": "Mairie", "address": "1 place de la Mairie, 69000 Ville", "phone": "04 00 00 00 99", "email": "mairie@ville.example"}},
    "fields": [{"id": "1", "type": "page", "label": "Textes"}]
    + [field(str(10 + n), "string", name) for n, name in enumerate(LINES)]
    + [field(str(50 + n), "text", name) for n, name in enumerate(TEXTS)]
    + [{"id": "2", "type": "page", "label": "Autres"},
       field("70", "item", "choix", items=["Rouge", "Vert"]), field("71", "item", "bouton", items=["Rouge", "Vert"], display_mode="radio"),
       field("72", "items", "choix-multiple", items=["Rouge", "Vert"]), field("73", "date", "date"), field("74", "numeric", "nombre"),
       field("75", "bool", "case"), field("76", "email", "courriel"), field("77", "file", "fichier"),
       field("78", "comment", "rappel", label="<p>{{ form_var_s1 }} [{{ form_var_t1 }}]</p>")],
}
TYPED = {"70": "choix", "71": "bouton", "72": "choix-multiple", "73-jour": "date", "73-annee": "date", "74": "nombre", "76": "courriel"}

WORKFLOW = {
    "kind": "workflow", "slug": "essai", "name": "Essai", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "1", "name": "Reçue", "actions": [
            {"id": "1", "type": "sendmail", "to": [AGENTS], "subject": "Objet {{ form_var_s1 }}",
             "body": "".join(f"{name} « {{{{ form_var_{name} }}}} »\n" for name in LINES + TEXTS)},
            {"id": "2", "type": "register-comment", "comment": "<p>{{ form_var_s1 }}</p>"},
            {"id": "3", "type": "displaymsg", "message": "<p>{{ form_var_t1 }}</p>"},
            {"id": "4", "type": "commentable", "by": ["_receiver"], "label": "Commentaire"},
            {"id": "5", "type": "choice", "label": "Terminer", "by": ["_receiver"], "status": "2"}]},
        {"id": "2", "name": "Terminée", "actions": []}],
}


def control(name):
    """The name of the control that takes this text."""
    return f"f{10 + LINES.index(name)}" if name in LINES else f"f{50 + TEXTS.index(name)}"


def town(store, *serve, documents=(FORM, WORKFLOW)):
    """A counter that is open, with the form and an administrator."""
    counter = Counter(store)
    try:
        counter.define("ville", *documents)
        counter.cli("user", "create", "--email", ADMIN, "--name", "Ada Min", "--site", "ville", "--admin", "--password", PASSWORD)
        counter.start(*serve)
    except BaseException:
        counter.__exit__()
        raise
    return counter


def agent_of(counter):
    visitor = Visitor(counter.port, HOST)
    answer = visitor.send(main_form(visitor.get("/connexion/").page), {"courriel": ADMIN, "mot-de-passe": PASSWORD})
    assert answer.url == "/mon-compte/", answer.page.text[:300]
    return visitor


class WithTowns(unittest.TestCase):
    """Tests that share a town on each store, with an agent who is signed in: SERVE are its options."""
    SERVE = ()

    @classmethod
    def setUpClass(cls):
        cls.towns = {}
        for store in stores():
            cls.towns[store] = town(store, *cls.SERVE)
            cls.addClassCleanup(cls.towns[store].__exit__)
            cls.towns[store].agent = agent_of(cls.towns[store])


def on_each_store(test):
    """A test of WithTowns, given the town of each store in turn."""
    @functools.wraps(test)
    def run(self):
        for store, counter in self.towns.items():
            with self.subTest(store):
                test(self, counter)
    return run


def in_its_own_town(test):
    """A test that changes what others rely on."""
    @functools.wraps(test)
    def run(self):
        for store in stores():
            with self.subTest(store), town(store) as counter:
                test(self, counter)
    return run


def begin(visitor, values=None):
    """Fills page 1 and leaves it; the answer."""
    form = main_form(visitor.get("/demarches/essai/1/").page)
    return visitor.send(form, values or {}, button="Continuer")


def file_request(visitor, values=None, files=None):
    """From the first page to the confirmation: its page."""
    answer = begin(visitor, values)
    assert answer.url == "/demarches/essai/2/", (answer.url, answer.status, answer.page.text[:800])
    answer = visitor.send(main_form(answer.page), {}, button="Continuer", files=files)
    assert answer.url == "/demarches/essai/verifier/", (answer.url, answer.status, answer.page.text[:800])
    return visitor.send(main_form(answer.page), {}, button="Envoyer")


def sampled(items, most, all_of_them=False):
    """At most so many, evenly spread; all of them in the long tests."""
    items = list(items)
    if all_of_them or len(items) <= most:
        return items
    return [items[at * len(items) // most] for at in range(most)]


def payloads(*patterns):
    """The lines of files of the corpus, without the empty ones, each once."""
    seen = {}
    for pattern in patterns:
        for file in sorted((CORPUS / "security").glob(pattern)):
            for line in file.read_bytes().decode("utf-8", "replace").splitlines():
                if line.strip():
                    seen.setdefault(line)
    return list(seen)
