"""What circuits cost, on each store. A transition: an agent's button to the next status, with its message queued and its history
written, on disk when it is answered; 64 at once. Timers: a million that wait, and ten thousand that fall due in one second."""
import json
import os
import re
import sqlite3
import subprocess
import tempfile
import time
from urllib.parse import parse_qs, urlsplit

from machine import CONNECTIONS, LOAD_CORE, cpu_seconds, load, on_core, request
from references import BarePost
from report import Row, median
from support.counter import stores
from town import CONTENT, HOST, SITE, Town, drafts, last_posts, token_of, typed_in

AGENT, ROUNDS, REQUESTS, OF_BARE = "agent@mesure.example", 5, 2_000, 10_000
PENDING, DUE, IDLE_SECONDS, LOOKS = 1_000_000, 10_000, 10, 1_000
SHARE, PAGE_RATIO, IDLE_MS, DUE_SECONDS = 0.25, 1.25, 5, 10
CIRCUIT, TIMED = "demande-suivie", "demande-minutee"
BUTTONS = {"instruction": "choix:2", "piece": "choix:2"}


def status(id, name, next_status):
    return {"id": id, "name": name, "actions": [
        {"id": "1", "type": "sendmail", "to": ["_submitter"], "subject": "Votre demande {{ form_tracking_code }}", "body": "Bonjour {{ form_var_prenom }},\n\nvotre demande a avancé."},
        {"id": "2", "type": "choice", "label": "Continuer", "by": ["_receiver"], "status": next_status}]}


WORKFLOWS = {
    CIRCUIT: [status("instruction", "En instruction", "piece"), status("piece", "Pièce demandée", "instruction")],
    TIMED: [{"id": "attente", "name": "En attente", "actions": [{"id": "1", "type": "jump", "mode": "timeout", "timeout": "1 day", "status": "tard"}]},
            {"id": "tard", "name": "En retard", "actions": []}]}


def define(town):
    town.define()
    form = json.loads((CONTENT / "form.json").read_text())
    for slug, statuses in WORKFLOWS.items():
        (town.folder / "content" / f"{slug}.json").write_text(json.dumps({**form, "slug": slug, "name": slug, "workflow": slug}))
        (town.folder / "content" / f"{slug}-workflow.json").write_text(json.dumps(
            {"kind": "workflow", "slug": slug, "name": slug, "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": statuses}))
    town.cli("import", "content", town.folder / "content", "--site", SITE)
    town.add_agent(AGENT, "agents")


def file_requests(town, slug, count):
    """Through the pages; their codes."""
    typed = typed_in(town, f"/demarches/{slug}/1/")
    answers = town.load(last_posts(town, slug, drafts(town, slug, count, lambda n: typed)), status=303, keep=True).answers
    return [parse_qs(urlsplit(re.search(rb"(?m)^Location: (\S+)", answer).group(1).decode()).query)["numero"][0] for answer in answers]


class Agent:
    """Presses the button of every request, round after round."""

    def __init__(self, town, codes):
        self.town, self.codes, self.revision, self.status = town, codes, 1, "instruction"
        self.cookies = town.signed_in(AGENT).cookies
        self.token = token_of(town.load([town.get(self.path(codes[0]), self.cookies)], status=200, keep=True).answers[0])

    def path(self, code):
        return f"/agents/demandes/{code}/"

    def press_all(self):
        fields = [("jeton", self.token), ("statut", self.status), ("revision", self.revision), ("action", BUTTONS[self.status])]
        told = self.town.load([self.town.post(self.path(code), self.cookies, fields) for code in self.codes], status=303)
        self.revision, self.status = self.revision + 1, "piece" if self.status == "instruction" else "instruction"
        return told

    def page_us(self):
        """Microseconds of the server's core for a request's page, while nothing else is done."""
        settle(self.town)
        return median(self.town.load([self.town.get(self.path(code), self.cookies) for code in self.codes[:LOOKS]], connections=1).cpu_us for _ in range(3))

    def press_us(self):
        """The same for a transition, with its message."""
        return median(self.press_all().cpu_us for _ in range(3))


class BareInsert:
    """One row by a transaction of its own, 64 at once, on the PostgreSQL of this run: pgbench, prepared."""

    def __enter__(self):
        self.server = os.environ["GUICHET_TEST_POSTGRES"]
        subprocess.run(["psql", "-q", self.server, "-c", "CREATE TABLE IF NOT EXISTS bare (id BIGSERIAL PRIMARY KEY, body TEXT NOT NULL)"], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["psql", "-q", self.server, "-c", "DROP TABLE bare"], check=True)

    def rate(self):
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script, on_core(LOAD_CORE):
            script.write("INSERT INTO bare (body) VALUES (repeat('x', 600));\n")
            script.flush()
            told = subprocess.run(["/usr/lib/postgresql/15/bin/pgbench", "-n", "-c", str(CONNECTIONS), "-T", "2", "-M", "prepared", "-f", script.name, self.server],
                                  check=True, capture_output=True, text=True).stdout
        return float(re.search(r"tps = ([\d.]+)", told).group(1))


class BareRows(BarePost):
    def rate(self):
        return load(self.port, [request("POST", "/", HOST, None, b"x" * 600)] * OF_BARE, status=303, server=self.process.pid).rate


def transitions(town, store):
    agent, ours, bare_rates = Agent(town, file_requests(town, CIRCUIT, REQUESTS)), [], []
    with (BareRows() if store == "sqlite" else BareInsert()) as bare:
        for _ in range(ROUNDS):
            with town.held():
                bare_rates.append(bare.rate())
            ours.append(agent.press_all())
    more = {"cpu_us": median(one.cpu_us for one in ours), "p99_ms": median(one.p99_ms for one in ours)}
    name = "one row by group commit, bare HTTP" if store == "sqlite" else "one row a commit, 64 at once, pgbench"
    return agent, Row(f"transition, {store}", median(one.rate for one in ours), "/s", median(bare_rates), name, SHARE, more=more)


# ---- Timers

def on_rows(town, *statements):
    """Statements on the rows of a server that is stopped."""
    if town.database:
        subprocess.run(["psql", "-q", town.store, "-c", f"SET search_path TO site_{SITE}", *(word for one in statements for word in ("-c", one))], check=True)
        return
    with sqlite3.connect(town.folder / f"site-{SITE}.db") as connection:
        for one in statements:
            connection.execute(one)


def series(town, count):
    """A FROM that gives n from 1."""
    return f"generate_series(1, {count}) n" if town.database else f"(WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < {count}) SELECT n FROM up)"


def add_timers(town):
    """A million timers that are due in a month."""
    due = int((time.time() + 30 * 86400) * 1e6)
    on_rows(town, "INSERT INTO job (id, kind, key, payload, due, look, is_remote)"
                  " SELECT n, 'workflow.timer', 'timer:' || n, '{\"dossier\":1,\"status\":\"attente\",\"action\":\"1\"}',"
                  f" {due} + n, {due} + n, 0 FROM {series(town, PENDING)}")


def settle(town):
    """Until no job is due or under way: they would be counted with what is measured."""
    with on_core(LOAD_CORE):
        while town.sql(f"site-{SITE}", f"SELECT id FROM job WHERE holder > 0 OR look <= {int(time.time() * 1e6)} LIMIT 1"):
            time.sleep(0.2)
    time.sleep(1)


def idle_ms(town):
    """Milliseconds of the core a second, while nobody asks."""
    settle(town)
    before = cpu_seconds(town.process.pid)
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(town.process.pid) - before) / IDLE_SECONDS * 1000


def waiting(town, agent, store):
    """What a million timers cost until they are due."""
    without = agent.page_us(), agent.press_us()
    town.stop()
    add_timers(town)
    start = town.start_pinned()
    idle, with_them = idle_ms(town), (agent.page_us(), agent.press_us())
    among = f"among {PENDING:,} timers"
    return [Row(f"idle {among}, {store}", idle, "ms/s", bar=IDLE_MS, at_most=True, more={"start_seconds": start}),
            Row(f"page {among}, by one without, {store}", with_them[0] / without[0], "×", bar=PAGE_RATIO, at_most=True, more={"us": with_them[0], "us_without": without[0]}),
            Row(f"transition {among}, by one without, {store}", with_them[1] / without[1], "×", bar=PAGE_RATIO, at_most=True, more={"us": with_them[1], "us_without": without[1]})]


def late(town):
    return int(town.sql(f"site-{SITE}", "SELECT COUNT(*) FROM dossier WHERE status = 'tard'")[0][0])


def falling_due(town, store):
    """Seconds from the first of ten thousand that fall due within one second until all have had their effect."""
    file_requests(town, TIMED, DUE)
    town.stop()
    first = time.time() + 4
    on_rows(town, f"UPDATE dossier SET arrived = arrived - {2 * 86400 * 1_000_000} WHERE form = '{TIMED}'",
            f"UPDATE job SET due = {int(first * 1e6)} + id % 1000000, look = {int(first * 1e6)} + id % 1000000 WHERE kind = 'workflow.timer' AND payload LIKE '%attente%' AND id > {PENDING}")
    town.start_pinned()
    before = cpu_seconds(town.process.pid)
    with on_core(LOAD_CORE):
        while late(town) < DUE and time.time() < first + 120:
            time.sleep(0.1)
    return [Row(f"{DUE:,} timers due in one second, {store}", time.time() - first, "s", bar=DUE_SECONDS, at_most=True, 
                more={"done": late(town), "cpu_us": (cpu_seconds(town.process.pid) - before) / DUE * 1e6})]


def measure(_options):
    rows = []
    for store in stores():
        with Town(store) as town:
            define(town)
            town.start_pinned()
            agent, row = transitions(town, store)
            rows += [row, *waiting(town, agent, store), *falling_due(town, store)]
    return rows
