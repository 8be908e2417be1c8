"""From starting the process to its first answer, and what it then holds in memory, with the whole corpus of Publik loaded."""
import re
import urllib.request

from machine import load, request, resident_mb
from report import Row, median
from support.counter import CORPUS
from town import SITE, Town

ROUNDS, PAGES, LISTED = 7, 4_000, 60


def pages_of(town):
    """The catalogue, and the first page of each form of it."""
    opened = urllib.request.Request(f"http://127.0.0.1:{town.port}/demarches/", headers={"Host": "corpus.localhost"})
    with urllib.request.urlopen(opened) as answer:
        html = answer.read().decode()
    return ["/demarches/"] + sorted(set(re.findall(r'href="(/demarches/[\w-]+/)"', html)))


def measure(_options):
    if not (CORPUS / "publik").exists():
        print(f"start-up and memory: the corpus is not there: {CORPUS / 'publik'}")
        return []
    with Town() as town:
        town.define()
        town.cli("import", "publik", CORPUS / "publik", "--site", "corpus")
        times = []
        for _ in range(ROUNDS):
            town.stop()
            town.port = None
            times.append(town.start_pinned() * 1000)
        fresh = resident_mb(town.process.pid)
        pages = pages_of(town)
        load(town.port, [request("GET", path, "corpus.localhost") for path in pages] * (PAGES // len(pages) + 1))
        resident, peak = resident_mb(town.process.pid), resident_mb(town.process.pid, peak=True)
    return [Row("start to first answer, corpus loaded", median(times), "ms", bar=200, at_most=True, more={"all_ms": [round(t) for t in times]}),
            Row("resident memory after the load", resident, "MB", bar=80, at_most=True, more={"at_start": fresh, "peak": peak, "pages": len(pages)})]
