"""The template language: texts rendered a second beside Jinja2 and Django, and what compiling the whole corpus takes."""
import json
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from machine import ROOT, SERVER_CORE, on_core
from report import Row
from support.counter import CORPUS
from template_cases import CASES, all_texts
from town import Town

ROUNDS, OF_JINJA, OF_DJANGO, COMPILE_MS = 5, 15, 60, 100


def corpus_texts():
    """Those of the definitions of the corpus, as they are imported; none where it is not there."""
    if not (CORPUS / "publik").exists():
        return []
    with Town() as town:
        town.cli("import", "publik", CORPUS / "publik", "--site", "corpus")
        with sqlite3.connect(town.folder / "site-corpus.db") as store:
            return all_texts(document for (document,) in store.execute("SELECT json FROM definition"))


def rates(command, folder):
    with on_core(SERVER_CORE):
        done = subprocess.run([*command, folder / "cases.json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def best(rounds, name):
    """The round that other work disturbed least, of each alike: these rates differ by half from one second to the next."""
    return max(one[name] for one in rounds)


def measure(_options):
    reference = ["/usr/bin/python3", ROOT / "bench/reference/templates.py"]
    texts = corpus_texts()
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        folder = Path(folder)
        (folder / "cases.json").write_text(json.dumps({"cases": CASES, "texts": texts}))
        ours, jinja, django = [], [], []
        for _ in range(ROUNDS):
            ours.append(rates([ROOT / "build/release/bench/template_bench"], folder))
            jinja.append(rates([*reference, "jinja"], folder))
            django.append(rates([*reference, "django"], folder))
    rows = []
    for case in CASES:
        name = case["name"]
        rate = best(ours, name)
        rows.append(Row(name, rate, "/s", best(jinja, name), "Jinja2", OF_JINJA))
        rows.append(Row(name, rate, "/s", best(django, name), "Django", OF_DJANGO if "table" in name else None))
    if texts:
        rows.append(Row(f"compiling the corpus, {len(texts)} texts", min(one["compile_ms"] for one in ours), "ms", bar=COMPILE_MS, at_most=True))
    return rows
