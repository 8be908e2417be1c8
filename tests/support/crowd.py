"""Agents who treat the same requests at once, and what each was told: the load of the tests of concurrency and of those that kill.

They use the form « compte »: each arrival in a status adds one to the request's count, so that a change that is lost, or done twice,
is seen in its row. set_up(town) makes it; Crowd(town, codes) presses; faults(town, crowd) compares all that the counter keeps."""
import http.client
import json
import random
import re
import threading
import time
from collections import Counter as Tally

from support.api import KEY, ORIG, Program, access

SITE, FORM, PEOPLE, ARCHIVES = "ville", "compte", 8, "archives@ville.example"
COUNT = {"id": "1", "type": "set-backoffice-fields", "fields": [{"field_id": "bo1", "value": "{{ form_var_compte|default:0|add:1 }}"}]}
TOLD = re.compile(r"a modifié cette demande à \d+ h \d\d")
SHOWN = re.compile(r'<input type="hidden" name="(jeton|statut|revision)" value="([^"]*)"')
BUTTON = re.compile(r'name="action" value="([^"]+)"')


def choice(id, label, status):
    return {"id": id, "type": "choice", "label": label, "by": ["_receiver"], "status": status}


def status(id, name, *actions):
    return {"id": id, "name": name, "actions": [COUNT, *actions]}


DEFINITIONS = (
    {"kind": "form", "slug": FORM, "name": "Compte", "workflow": FORM, "functions": {"_receiver": "accueil"}, "confirmation": False,
     "backoffice_submission_roles": ["accueil"],
     "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]},
    {"kind": "workflow", "slug": FORM, "name": "Compte", "functions": [{"id": "_receiver", "name": "Agents"}],
     "backoffice_fields": [{"id": "bo1", "type": "string", "label": "Compte", "varname": "compte", "required": "optional"}],
     "statuses": [
         status("ouvert", "Ouvert", choice("2", "Passer", "passe"), choice("3", "Écrire", "ecrit"), choice("4", "Garder", "ouvert"),
                {"id": "6", "type": "commentable", "by": ["_receiver"], "label": "Un mot"}),
         status("passe", "Passé", choice("2", "Rouvrir", "ouvert"), choice("3", "Écrire", "ecrit")),
         status("ecrit", "Écrit", {"id": "5", "type": "sendmail", "to": [ARCHIVES], "subject": "Vu {{ form_var_compte }}",
                                   "body": "{{ form_tracking_code }} {{ form_var_compte }}"},
                choice("2", "Rouvrir", "ouvert"), choice("3", "Passer", "passe"))]})


def email_of(person):
    return f"agent{person}@ville.example"


def set_up(town):
    town.site(SITE, roles=["accueil"], api={"keys": {ORIG: KEY}})
    town.define(SITE, *DEFINITIONS)
    for person in range(PEOPLE):
        town.person(email_of(person), f"Agent {person}", SITE, ["accueil"])
    town.program = Program(town, SITE, access=access(town, "guichet", "accueil"))


def file_requests(town, count, form=FORM):
    """The codes of so many new ones; filed by a program, which is faster than by their pages."""
    for number in range(count):
        reply = town.program.post(f"/api/formdefs/{form}/submit", {"data": {"nom": f"Durand {number}"}})
        assert reply.status == 200, reply.body
    return [code for (code,) in town.sql(f"site-{SITE}", f"SELECT code FROM dossier WHERE form = '{form}' ORDER BY id DESC LIMIT {count}")]


class Agent:
    """At a browser of their own."""

    def __init__(self, town, person):
        self.visitor = town.visitor(SITE, email_of(person % PEOPLE))

    def look(self, code):
        """What the page of a request holds to press its buttons: (what it sends by itself, buttons)."""
        page = self.visitor.get(f"/agents/demandes/{code}/").html
        return dict(SHOWN.findall(page)), BUTTON.findall(page)

    def press(self, code, shown, button):
        return self.visitor.post(f"/agents/demandes/{code}/", [*shown[0].items(), ("action", button)], follow=False)


class Agents:
    """So many agents at once, each doing _work(agent) until self.stopping is set; with Agents(…): while it lasts."""

    def __init__(self, town, count):
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=[Agent(town, number)], daemon=True) for number in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


class Crowd(Agents):
    """So many agents, each pressing one button after the other until told to stop. A request in ten presses is one of a few that
    all press."""

    def __init__(self, town, codes, agents, hot=8, kills=False):
        self.town, self.codes, self.hot, self.lock = town, codes, codes[:hot], threading.Lock()
        self.kills = kills  # the server is killed meanwhile: that it does not answer is no fault
        self.done, self.unanswered, self.told, self.problems, self.milliseconds = Tally(), Tally(), 0, [], []
        super().__init__(town, agents)

    def _press(self, agent):
        code = random.choice(self.hot if random.random() < 0.1 else self.codes)
        shown = agent.look(code)
        began = time.monotonic()
        try:
            answer = agent.press(code, shown, random.choice(shown[1]))
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.unanswered[code] += 1  # it may be done, or not
            raise
        with self.lock:
            self.milliseconds.append((time.monotonic() - began) * 1000)
            if answer.status == 303:
                self.done[code] += 1
            elif answer.status == 409 and TOLD.search(answer.page.text):
                self.told += 1
            else:
                self.problems.append(f"{answer.status}: {answer.page.text[:600]}")

    def _work(self, agent):
        while not self.stopping.is_set():
            try:
                self._press(agent)
            except (OSError, http.client.HTTPException) as cut:
                if not self.kills:
                    self.problems.append(repr(cut))
                self.stopping.wait(0.05)
            except Exception as surprise:  # noqa: BLE001: faults() tells it
                self.problems.append(repr(surprise)[:1500])


def counts_of(town):
    """Of each request: how often its circuit counted, how many entries its history has, where it stands, and where lists have it."""
    rows = town.sql(f"site-{SITE}", "SELECT code, answers, (SELECT COUNT(*) FROM dossier_history h WHERE h.dossier = dossier.id), status,"
                    " (SELECT MIN(l.status) || ' ' || MAX(l.status) FROM dossier_listing l WHERE l.dossier = dossier.id) FROM dossier")
    return {code: (int(json.loads(answers)["bo1"]), int(entries), status, listed) for code, answers, entries, status, listed in rows}


def jobs_left(town):
    """Of requests, and messages: daily ones always wait."""
    return [kind for (kind,) in town.sql(f"site-{SITE}", "SELECT kind FROM job WHERE kind LIKE 'workflow.%' OR kind = 'mail.send'")]


def wait_for_jobs(town, seconds=300):
    """Until nothing waits any more; what does."""
    until = time.monotonic() + seconds
    while (left := jobs_left(town)) and time.monotonic() < until:
        time.sleep(0.2)
    return [f"{count} jobs of {kind} are not done" for kind, count in Tally(left).items()]


def faults_of_mails(town):
    """Each arrival in the status that writes has its message, which came once or more often."""
    [[wanted]] = town.sql(f"site-{SITE}", "SELECT COUNT(*) FROM dossier_history WHERE status = 'ecrit'")
    came = len(town.mailbox.ids().get(ARCHIVES, ()))
    return [] if came == int(wanted) else [f"{wanted} messages were written, {came} came"]


def faults(town, crowd):
    """A line for each thing that is not as the agents were told."""
    lines, kept = list(crowd.problems), counts_of(town)
    for code in crowd.codes:
        counted, entries, stands, listed = kept[code]
        told = 1 + crowd.done[code]
        if not told <= counted <= told + crowd.unanswered[code]:
            lines.append(f"{code}: {told} arrivals acknowledged, {crowd.unanswered[code]} unanswered, {counted} counted")
        if entries != counted:
            lines.append(f"{code}: {counted} arrivals, {entries} entries of history")
        if listed != f"{stands} {stands}":
            lines.append(f"{code}: stands at {stands}, listed at {listed}")
    for stands, count in Tally(stands for _, _, stands, _ in kept.values()).items():
        shown = len(town.program.get(f"/api/forms/{FORM}/list?filter={stands}").json)
        if shown != count:
            lines.append(f"{stands}: {count} stand there, {shown} are listed")
    verified = town.cli("verify", "--site", SITE, check=False)
    return lines + wait_for_jobs(town) + faults_of_mails(town) + ([verified.stdout[-2000:]] if verified.returncode else [])
