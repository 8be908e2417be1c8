"""A site that `guichet rehearse` filled with requests of real forms: its lists, its search and its exports.

Bars are of the core's time where a request is one of many, so that what others do on the machine is not counted."""
import shutil
import subprocess
import tempfile
from pathlib import Path

from export import MOST_MB, Meanwhile, ask
from machine import LOAD_CORE, ROOT, on_core, resident_mb
from office import AGENT, LIST, REQUESTS, ROUNDS
from report import Row, median
from support.counter import CORPUS
from town import Town

SITE, LARGEST = "commune", 20


class Rehearsed(Town):
    """The copy that a rehearsal left."""
    site, host = SITE, "commune.localhost"

    def __init__(self, options):
        super().__init__()
        self.kept = self.folder
        if options.rehearsed:
            self.folder = Path(options.rehearsed)
            self.store = options.rehearsed_store or f"sqlite:{self.folder}"
        else:
            self.file_all(options.dossiers)

    def file_all(self, count):
        self.cli("site", "set", ROOT / "tests/support/commune.json")
        self.cli("import", "publik", CORPUS / "publik", "--site", SITE)
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-rehearsed-", dir=self.kept))
        subprocess.run([self.binary, "rehearse", "--site", SITE, "--count", str(count), "--into", self.folder, *self.place_of(self.kept)],
                       check=False, stdout=subprocess.DEVNULL)  # forms that let nobody through are told by its status
        self.store = f"sqlite:{self.folder}"

    @staticmethod
    def place_of(folder):
        return ["--data", str(folder), "--store", f"sqlite:{folder}"]

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.kept, ignore_errors=True)

    def rows(self, statement):
        """What is stored, on either store."""
        return self.sql(f"site-{SITE}", statement)


def core_of(town, cookies, queries):
    """Of each question: (milliseconds of the core, milliseconds until the answer)."""
    times = {what: [] for what in queries}
    for _ in range(ROUNDS):
        for what, query in queries.items():
            times[what].append(town.load([town.get(LIST + query, cookies)] * REQUESTS, connections=1))
    return {what: (median(one.cpu_us for one in loads) / 1000, median(one.p50_ms for one in loads)) for what, loads in times.items()}


def row_of(what, times, bar):
    worst = max(times, key=lambda one: times[one][0])
    core, wall = times[worst]
    return Row(f"{what}: {worst}", core, "ms of the core", bar=bar, at_most=True, more={"until_the_answer_ms": wall, "all": times})


def ask_lists(town, cookies, count):
    (form, _), = town.rows("SELECT form, count(*) FROM dossier GROUP BY form ORDER BY 2 DESC, 1 LIMIT 1")
    (status, _), = town.rows(f"SELECT status, count(*) FROM dossier WHERE form = '{form}' GROUP BY status ORDER BY 2 DESC, 1 LIMIT 1")
    (code, name, email), = town.rows(f"SELECT code, submitter_name, email FROM dossier WHERE email <> '' ORDER BY id DESC LIMIT 1")
    lists = {"all": "?", "open": "?etat=ouvertes", "closed, oldest first": "?etat=terminees&tri=anciennes", "of a form": f"?demarche={form}",
             "of a form in a status": f"?demarche={form}&statut={status}", "waiting for me": "?etat=a-traiter", "last changed, open": "?etat=ouvertes&tri=modifiees"}
    searches = {"a tracking code": f"?q={code}", "an address of mail": f"?q={email}", "a word of many": "?q=dupont", "two words": "?q=jeanne+dupont",
                "a word of many, in a form": f"?q=dupont&demarche={form}", "two letters": "?q=du", "nothing": "?q=introuvable"}
    among = f"among {count:,} of rehearse"
    return [row_of(f"list of 50 {among}", core_of(town, cookies, lists), 3), row_of(f"search {among}", core_of(town, cookies, searches), 5)]


def ask_exports(town, cookies):
    """All requests of the forms that have most, each as CSV: the memory that they take together, their lists having been seen."""
    forms = [(form, int(count)) for form, count in town.rows(f"SELECT form, count(*) FROM dossier GROUP BY form ORDER BY 2 DESC, 1 LIMIT {LARGEST}")]
    for form, _ in forms:
        ask(town, f"{LIST}?demarche={form}", cookies)
    before, size, seconds = resident_mb(town.process.pid), 0, 0
    with on_core(LOAD_CORE), Meanwhile(town, forms[0][0]) as meanwhile:
        for form, _ in forms:
            one = ask(town, f"{LIST}export/csv/?demarche={form}", cookies)
            size, seconds = size + one[0], seconds + one[1]
    exported = sum(count for _, count in forms)
    grown = resident_mb(town.process.pid, peak=True) - before
    return [Row(f"CSV of {exported:,} requests of {len(forms)} forms", exported / seconds, "/s", more={"bytes": size, "largest": forms[0][1]}),
            Row("  a page meanwhile", median(meanwhile.times), "ms", more={"worst_ms": max(meanwhile.times)}),
            Row("memory that they took over their lists", grown, "MB", bar=MOST_MB, at_most=True)]


def measure(options):
    with Rehearsed(options) as town:
        town.cli("user", "create", "--email", AGENT, "--name", "Camille Martin", "--site", SITE, "--admin", "--password", "Place-Bellecour-1830", check=False)
        town.start_pinned()
        count = int(town.rows("SELECT count(*) FROM dossier")[0][0])
        exports = ask_exports(town, town.signed_in(AGENT).cookies)
        town.stop()  # what the exports took is not counted
        town.start_pinned()
        return [*ask_lists(town, town.signed_in(AGENT).cookies, count), *exports]
