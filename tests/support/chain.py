"""A circuit that asks another server, writes messages and waits, gone through again and again while the server is killed; and what
must hold in the end: each call and message came, each answer changed its request once, nothing waits for ever.

    with Peer() as peer, Chain(town, peer) as chain: chain.kill(500)
    chain.faults()                                                                  a line for each thing that does not hold"""
import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter as Tally
from collections import defaultdict

from support.crowd import ARCHIVES, SITE, Agents, choice, file_requests, wait_for_jobs

FORM, PASS, AGAIN, REMIND = "chaine", ["depart", "ecrit", "attente", "fin"], "choix:1", "globale:rappel"
REQUESTS, AGENTS, STEP_SECONDS = 24, 6, 1.5
# Where the server is killed: a peer that was asked has not answered yet, or has just; a relay has not taken a message yet, or has
# just; an agent was just told; while it starts; at any time.
STEPS = ("asked", "answered", "mail offered", "mail taken", "told", "starting", "any time")


def call(id, path):
    return {"id": id, "type": "webservice_call", "label": f"Appel {path}", "method": "POST", "url": "{{ pair_url }}" + path, "varname": path,
            "post_data": [{"name": "code", "value": "{{ form_tracking_code }}"}]}


def jump(id, status, **more):
    return {"id": id, "type": "jump", "status": status, **more}


DEFINITIONS = (
    {"kind": "form", "slug": FORM, "name": "Chaîne", "workflow": FORM, "functions": {"_receiver": "accueil"}, "confirmation": False,
     "backoffice_submission_roles": ["accueil"], "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]},
    {"kind": "workflow", "slug": FORM, "name": "Chaîne", "functions": [{"id": "_receiver", "name": "Agents"}],
     "statuses": [
         {"id": "depart", "name": "Départ", "actions": [call("1", "depart"), jump("2", "ecrit")]},
         {"id": "ecrit", "name": "Écrit", "actions": [
             {"id": "1", "type": "sendmail", "to": [ARCHIVES], "subject": "{{ form_tracking_code }}", "body": "Vu."}, call("2", "ecrit"), jump("3", "attente")]},
         {"id": "attente", "name": "Attente", "actions": [jump("1", "fin", mode="timeout", timeout="1 second")]},
         {"id": "fin", "name": "Fin", "actions": [choice("1", "Recommencer", "depart")]}],
     "global_actions": [{"id": "rappel", "name": "Rappeler", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"]}],
                         "actions": [call("1", "rappel")]}]})


class Reaper:
    """Kills the town's server where it comes to the step that is armed."""

    def __init__(self, town):
        self.town, self.lock, self.dead, self.step = town, threading.Lock(), threading.Event(), None

    def arm(self, step):
        with self.lock:
            self.dead.clear()
            self.step = step

    def reach(self, step, after=0.0):
        """after: the most seconds by which it is killed later, by chance."""
        with self.lock:
            if self.step != step:
                return
            self.step = None
        pid = self.town.process.pid
        threading.Timer(random.uniform(0, after), self.strike, [pid]).start() if after else self.strike(pid)

    def strike(self, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.dead.set()


def set_up(town, peer):
    """On a town that crowd.set_up made, before it opens."""
    document = json.loads((town.folder / f"{SITE}.json").read_text())
    document["settings"] |= {"outgoing": {"allow": [peer.host]}, "variables": {"pair_url": peer.url + "/"}}
    (town.folder / f"{SITE}.json").write_text(json.dumps(document))
    town.cli("site", "set", town.folder / f"{SITE}.json")
    town.define(SITE, *DEFINITIONS)


class Chain(Agents):
    """Agents who send requests through the circuit anew, of a town that is open."""

    def __init__(self, town, peer):
        self.town, self.peer, self.reaper, self.lock = town, peer, Reaper(town), threading.Lock()
        self.told, self.unanswered, self.problems, self.starts = Tally(), Tally(), [], []
        town.mailbox.offered = lambda: self.reaper.reach("mail offered")
        town.mailbox.taken = lambda: self.reaper.reach("mail taken", after=0.003)
        peer.forget()
        for path in ("/depart", "/ecrit"):
            peer.answer(path, self._answer)
        self.codes = file_requests(town, REQUESTS, FORM)
        super().__init__(town, AGENTS)

    def _answer(self, request):
        self.reaper.reach("asked")
        time.sleep(random.uniform(0, 0.01))
        self.reaper.reach("answered", after=0.003)
        return {"err": 0}

    # ---- Agents

    def _press(self, agent, code):
        shown = agent.look(code)
        if AGAIN not in shown[1]:  # it is on its way
            return
        try:
            answer = agent.press(code, shown, AGAIN)
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.unanswered[code] += 1  # it may be done, or not
            raise
        self.reaper.reach("told", after=0.003)
        with self.lock:
            if answer.status == 303:
                self.told[code] += 1
            elif answer.status != 409:  # another agent was faster
                self.problems.append(f"{answer.status}: {answer.page.text[:600]}")

    def _work(self, agent):
        while not self.stopping.is_set():
            try:
                self._press(agent, random.choice(self.codes))
            except (OSError, http.client.HTTPException):
                self.stopping.wait(0.02)  # the server is killed
            except Exception as surprise:  # noqa: BLE001: faults() tells it
                self.problems.append(repr(surprise)[:1500])

    # ---- Kills

    def _start(self):
        self.starts.append(self.town.open())

    def _kill_while_it_starts(self):
        self.town.kill()
        command = [self.town.binary, "serve", "--port", str(self.town.port), *self.town.place, "--no-brake", "--smtp", self.town.mailbox.url]
        begun = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0, 2 * min(self.starts, default=0.1)))
        begun.kill()
        begun.wait()

    def kill(self, times):
        for number in range(times):
            step = STEPS[number % len(STEPS)]
            self.reaper.arm(step)
            if step == "starting":
                self._kill_while_it_starts()
            else:
                if not self.reaper.dead.wait(random.uniform(0, 0.3) if step == "any time" else STEP_SECONDS):
                    self.reaper.arm(None)
                    self.reaper.strike(self.town.process.pid)
                self.reaper.dead.wait()
                self.town.kill()
            self._start()
        self.reaper.arm(None)

    # ---- What must hold

    def _ways(self):
        """The statuses that each request came to, in order."""
        rows = self.town.sql(f"site-{SITE}", "SELECT d.code, h.status FROM dossier d JOIN dossier_history h ON h.dossier = d.id"
                             f" WHERE d.form = '{FORM}' AND h.status <> '' ORDER BY d.id, h.position")
        ways = defaultdict(list)
        for code, status in rows:
            ways[code].append(status)
        return ways

    def faults(self):
        """Once all is quiet."""
        lines, passes = self.problems + wait_for_jobs(self.town, 60), 0
        for code, way in self._ways().items():
            gone, told = len(way) // len(PASS), 1 + self.told[code]
            passes += gone
            if way != PASS * gone:
                lines.append(f"{code}: it went {way}")
            if not told <= gone <= told + self.unanswered[code]:
                lines.append(f"{code}: {told} times told, {self.unanswered[code]} unanswered, {gone} times gone through")
        for path in ("/depart", "/ecrit"):
            asked = {request.headers["Idempotency-Key"] for request in self.peer.asked(path)}
            if len(asked) != passes:
                lines.append(f"{path}: {passes} calls were to be made, {len(asked)} came")
        written = len(self.town.mailbox.ids().get(ARCHIVES, ()))
        if written != passes:
            lines.append(f"{passes} messages were written, {written} came")
        verified = self.town.cli("verify", "--site", SITE, check=False)
        return lines + ([verified.stdout[-2000:]] if verified.returncode else [])

    def summary(self):
        asked = self.peer.asked("/depart") + self.peer.asked("/ecrit")
        again = len(asked) - len({request.headers["Idempotency-Key"] for request in asked})
        starts = sorted(self.starts)
        return (f"{len(starts)} starts, half in {starts[len(starts) // 2]:.2f} s, at most {starts[-1]:.2f} s; {len(asked)} calls, {again} again;"
                f" {len(self.town.mailbox.messages)} messages, {self.town.mailbox.doubles()} again")
