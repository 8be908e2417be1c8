"""All requests of a form as a file for agents: how many a second, what memory it takes, and how a page fares meanwhile."""
import http.client
import statistics
import threading
import time

from machine import LOAD_CORE, on_core, resident_mb
from office import file_all
from report import Row
from town import FORM, LISTED_FORM, Town

AGENT, FORMATS = "agent@mesure.example", ("csv", "ods", "json")
MOST_MB = 20


def ask(town, path, cookies=None):
    """The length of the answer, read and forgotten, and the seconds it took."""
    began, size = time.monotonic(), 0
    connection = http.client.HTTPConnection("127.0.0.1", town.port, timeout=120)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())}
    connection.request("GET", path, headers={"Host": town.host, **cookie})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    while piece := answer.read(1 << 16):
        size += len(piece)
    connection.close()
    return size, time.monotonic() - began


class Meanwhile:
    """Asks for the page of a form again and again while the export runs."""

    def __init__(self, town, form=FORM):
        self.town, self.form, self.times, self.is_over = town, form, [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.is_over.wait(0.01):
            self.times.append(ask(self.town, f"/demarches/{self.form}/")[1] * 1000)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def measure(options):
    rows = []
    with Town() as town:
        town.define()
        town.add_agent(AGENT, "role-0")
        town.start_pinned()
        file_all(town, options.dossiers, forms=1)
        town.stop()  # what filing them took is not counted
        town.start_pinned()
        cookies = town.signed_in(AGENT).cookies
        ask(town, "/agents/demandes/", cookies)
        before = resident_mb(town.process.pid)
        for kind in FORMATS:
            with on_core(LOAD_CORE), Meanwhile(town) as meanwhile:
                size, seconds = ask(town, f"/agents/demandes/export/{kind}/?demarche={LISTED_FORM}-0", cookies)
            rows.append(Row(f"export of {options.dossiers:,}, {kind}", options.dossiers / seconds, "/s",
                            more={"bytes": size, "page_meanwhile_ms": statistics.median(meanwhile.times), "page_worst_ms": max(meanwhile.times)}))
            rows.append(Row(f"  a page meanwhile, {kind}", statistics.median(meanwhile.times), "ms"))
        grown = resident_mb(town.process.pid, peak=True) - before
    return [*rows, Row("memory that the exports took over idle", grown, "MB", bar=MOST_MB, at_most=True)]
