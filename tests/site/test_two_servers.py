"""Two servers on one PostgreSQL: filings at both, jobs done by either, definitions changed through one seen by the other."""
import os
import threading
import time
import unittest

from support.counter import Counter
from support.filings import Database, problems
from support.residents import FORM, HOST, SITE, Load, address_of, set_up
from support.smtp import Mailbox
from support.visitor import Visitor

ADMIN, PASSWORD = "admin@commune.example", "Place-Bellecour-1830"


@unittest.skipUnless(os.environ.get("GUICHET_TEST_POSTGRES"), "no PostgreSQL")
class TwoServers(unittest.TestCase):
    def setUp(self):
        self.mailbox = self.enterContext(Mailbox())
        self.first = self.enterContext(Counter("postgresql"))
        set_up(self.first)
        self.second = self.first.twin()
        for server in (self.first, self.second):
            server.start("--smtp", self.mailbox.url)
            self.addCleanup(server.stop)

    def test_both_file_at_once_and_each_job_is_done_once(self):
        with Load(self.first, residents=6, pause=0.02) as one, Load(self.second, residents=6, pause=0.02) as other:
            one.wait_for(40)
            other.wait_for(40)
        filings = one.acknowledged + other.acknowledged
        self.assertEqual(one.surprises + other.surprises + one.refusals + other.refusals, [])
        until = time.monotonic() + 60
        while len(self.mailbox.messages) < 2 * len(filings) and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(problems(self.first.store, self.first.folder, filings), [])
        ids = self.mailbox.ids()
        self.assertEqual({len(ids[address_of(filing.mark)]) for filing in filings}, {2})
        self.assertEqual(self.mailbox.doubles(), 0)
        with Database(self.first.store) as database:
            numbers = [number for (number,) in database.ask("SELECT sequence FROM dossier ORDER BY sequence")]
        self.assertEqual(len(set(numbers)), len(filings))

    def test_what_one_that_is_killed_had_begun_the_other_does(self):
        begun, may_end = threading.Event(), threading.Event()

        def hold():
            begun.set()
            may_end.wait(30)
        self.second.stop()
        self.mailbox.offered = hold
        with Load(self.first, residents=1) as load:
            load.wait_for(1)
            load.stopping.set()
        self.assertTrue(begun.wait(20))
        self.second.start("--smtp", self.mailbox.url)
        self.first.kill()
        may_end.set()
        until = time.monotonic() + 30  # the lease of a message is three minutes
        with Database(self.first.store) as database:
            while database.ask("SELECT 1 FROM job WHERE kind = 'mail.send'") and time.monotonic() < until:
                time.sleep(0.1)
            self.assertEqual(database.ask("SELECT kind, error FROM job WHERE kind = 'mail.send'"), [])
        self.assertEqual(problems(self.first.store, self.first.folder, load.acknowledged, load.left), [])

    def test_what_is_changed_through_one_is_seen_at_the_other(self):
        self.first.cli("user", "create", "--email", ADMIN, "--site", SITE, "--admin", "--password", PASSWORD)
        admin, resident = Visitor(self.first.port, HOST), Visitor(self.second.port, HOST)
        admin.send(admin.get("/connexion/").page.forms[-1], {"courriel": ADMIN, "mot-de-passe": PASSWORD})
        self.assertEqual(resident.get(f"/demarches/{FORM}/1/").status, 200)
        page = admin.get("/administration/").page
        switch = next(form for form in page.forms if form.named("demarche"))
        self.assertEqual(admin.send(switch, button="Fermer").status, 200)
        until = time.monotonic() + 10
        while resident.get(f"/demarches/{FORM}/1/").status != 410:
            self.assertLess(time.monotonic(), until, "the second server does not see that the service is closed")
            time.sleep(0.1)


if __name__ == "__main__":
    unittest.main()
