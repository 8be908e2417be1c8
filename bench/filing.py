"""Durable filing: the last POST of a form. It checks the answers, enters the workflow, writes the row, its history, indexes,
search words and the receipt's mail job, ends the draft, and is answered when that is on disk; 64 at once."""
import json
import re
import subprocess
import tempfile
from urllib.parse import urlencode

from machine import ROOT, SERVER_CORE, load, on_core, request
from references import BarePost, Django
from report import Row, median
from town import FORM, HOST, Town, drafts, last_posts, typed_in

CODE = re.compile(rb"(?m)^Location: .*/merci/\?numero=(\w+)")
ROUNDS, REQUESTS, OF_BARE, OF_DJANGO = 5, 4_000, 20_000, 600
NAMES = ("Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent")


def varied(typed, n):
    """The same answers but for the name, so that search and lists meet many values."""
    return [(name, f"{NAMES[n % len(NAMES)]} {n}" if value == "Dupont" else value) for name, value in typed]


def raw_sqlite():
    """Rows a second of raw SQLite in one thread, 64 a commit, without any client (bench/store_bench.c)."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder, on_core(SERVER_CORE):
        done = subprocess.run([ROOT / "build/release/bench/store_bench", "0.5"], cwd=folder, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["raw_64"]


def measure(_options):
    row = request("POST", "/", HOST, None, b"x" * 600)
    form = request("POST", "/", HOST, None, urlencode([(f"f{n}", f"valeur {n}") for n in range(12)]).encode())
    with Town() as town, BarePost() as bare, Django() as django:
        town.define()
        town.start_pinned()
        typed = typed_in(town, f"/demarches/{FORM}/1/")
        ours, of_bare, of_django = [], [], []
        for number in range(ROUNDS):
            visitors = drafts(town, FORM, REQUESTS, lambda n, number=number: varied(typed, number * REQUESTS + n))
            with town.held():
                of_bare.append(load(bare.port, [row] * OF_BARE, status=303, server=bare.process.pid))
                of_django.append(load(django.port, [form] * OF_DJANGO, status=302))
            ours.append(town.load(last_posts(town, FORM, visitors), status=303, keep=True))
            codes = {CODE.search(answer).group(1) for answer in ours[-1].answers}
            assert len(codes) == REQUESTS, f"{REQUESTS} sent, {len(codes)} filed"
    rate = median(one.rate for one in ours)
    more = {"cpu_us": median(one.cpu_us for one in ours), "p99_ms": median(one.p99_ms for one in ours),
            "bare_cpu_us": median(one.cpu_us for one in of_bare)}
    return [Row("durable filing, POST", rate, "/s", median(one.rate for one in of_bare), "one row by group commit, bare HTTP", 0.30, more=more),
            Row("durable filing, POST", rate, "/s", median(one.rate for one in of_django), "Django on gunicorn, PostgreSQL", 8),
            Row("durable filing, POST", rate, "/s", raw_sqlite(), "raw SQLite, 64 rows a commit, no client")]
