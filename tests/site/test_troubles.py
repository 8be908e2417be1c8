"""The disk is full or fails, the database goes, the mail server is down: who files gets a page that says so, what was
acknowledged stays, and the counter goes on by itself when the cause ends."""
import contextlib
import os
import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.counter import RELEASE, ROOT, Counter, stores
from support.filings import problems
from support.postgres import Cluster, needs_postgres
from support.residents import HOST, SITE, Filing, Load, Refused, Resident, address_of, set_up
from support.smtp import Mailbox, free_port
from support.visitor import Visitor

ADMIN, PASSWORD = "admin@commune.example", "Place-Bellecour-1830"
FAULTY_DISK = ROOT / "build/release/tests/faulty_disk.so"


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.05)


@contextlib.contextmanager
def small_disk():
    """A folder of a few megabytes, and a function that fills it up; its file is removed to make room."""
    with tempfile.TemporaryDirectory(prefix="guichet-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill_up(path):
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


class Troubles(unittest.TestCase):
    def refused(self, resident, filing):
        """The page of a refusal, which must say what is, what to do, and a number to quote."""
        with self.assertRaises(Refused) as caught:
            resident.file(filing)
        page = caught.exception.page
        self.assertEqual(caught.exception.status, 503, page)
        self.assertIn("Le service ne répond pas pour le moment", page)
        self.assertIn("Réessayez dans quelques minutes", page)
        number = re.search(r"Numéro à donner si vous nous appelez\s*: <strong>([0-9A-Z]{8})</strong>", page)
        self.assertIsNotNone(number, page)
        return number.group(1)

    def assert_nothing_lost(self, counter, load):
        self.assertEqual(load.surprises, [])
        self.assertEqual({refusal.status for refusal in load.refusals} - {503}, set())
        self.assertEqual(problems(counter.store, counter.folder, load.acknowledged, load.left), [])


class Disk(Troubles):
    @unittest.skipUnless(os.geteuid() == 0, "mounting a disk needs root")
    def test_a_full_disk_refuses_and_the_counter_goes_on_when_there_is_room(self):
        with small_disk() as disk, Counter(folder=disk) as counter:
            set_up(counter)
            counter.start()
            filing = Filing()
            filing.has_file = True
            with Resident(counter.port) as resident:
                with Load(counter, residents=4, pause=0.02) as load:
                    load.wait_for(5)
                    fill_up(disk / "filler")
                    until(lambda: len(load.refusals) > 5)
                    self.refused(resident, filing)
                    (disk / "filler").unlink()
                    load.wait_for(20, seconds=10)
                resident.file(filing)
            load.acknowledged.append(filing)
            counter.stop()
            self.assert_nothing_lost(counter, load)
            self.assertIn("store.works_again", counter.log_text())

    def start_on_faulty_disk(self, counter):
        self.fault = counter.folder / "fault"
        counter.start(env={"LD_PRELOAD": str(FAULTY_DISK), "FAULTY_DISK": str(self.fault)})

    def test_a_disk_that_neither_writes_nor_reads_refuses_and_the_counter_goes_on_after(self):
        with Counter(binary=RELEASE) as counter:
            set_up(counter)
            self.start_on_faulty_disk(counter)
            with Resident(counter.port) as resident, Load(counter, residents=4, pause=0.02) as load:
                for fault in ("write", "read"):
                    filing, before = Filing(), len(load.refusals)
                    load.wait_for(5)
                    self.fault.write_text(fault)
                    until(lambda seen=before: len(load.refusals) > seen + 5)
                    number = self.refused(resident, filing)
                    self.fault.unlink()
                    load.wait_for(20, seconds=10)
                    resident.file(filing)
                    load.acknowledged.append(filing)
                    self.assertIn(f"request={number} status=503", counter.log_text())
                load.stop()
                self.assert_nothing_lost(counter, load)

    def test_a_disk_that_lies_ends_the_process_and_nothing_acknowledged_is_lost(self):
        with Counter(binary=RELEASE) as counter:
            set_up(counter)
            self.start_on_faulty_disk(counter)
            with Load(counter, residents=4, pause=0.02) as load:
                load.wait_for(5)
                self.fault.write_text("fsync")
                counter.process.wait(10)
                self.assertIn("an fsync failed: nothing more is acknowledged", counter.log_text())
                self.fault.unlink()
                counter.kill()
                counter.start()
                load.wait_for(5)
            self.assert_nothing_lost(counter, load)


@needs_postgres
class LostDatabase(Troubles):
    @classmethod
    def setUpClass(cls):
        cls.cluster = cls.enterClassContext(Cluster())

    def test_a_database_that_stops_is_said_to_and_found_again(self):
        with Counter(self.cluster.url) as counter:
            set_up(counter)
            counter.cli("user", "create", "--email", ADMIN, "--site", SITE, "--admin", "--password", PASSWORD)
            counter.start()
            agent = Visitor(counter.port, HOST)
            form = agent.get("/connexion/").page.forms[-1]
            agent.send(form, {"courriel": ADMIN, "mot-de-passe": PASSWORD})
            with Load(counter, residents=6, pause=0.02) as load:
                for mode in ("fast", "immediate"):
                    load.wait_for(5)
                    self.cluster.stop(mode)
                    before = len(load.refusals)
                    until(lambda: len(load.refusals) > before + 5)
                    for page in ("/agents/demandes/", "/mon-compte/"):  # not the page to sign in, and no empty list
                        self.assertEqual(agent.get(page).status, 503, page)
                    self.cluster.start()
                    load.wait_for(20, seconds=10)
            self.assert_nothing_lost(counter, load)
            self.assertEqual(agent.get("/agents/demandes/").status, 200)

    def test_a_draft_that_cannot_be_read_is_not_begun_anew(self):
        with Counter(self.cluster.url) as counter:
            set_up(counter)
            counter.start()
            filing = Filing()
            with Resident(counter.port) as resident:
                resident.begin(filing)
                draft = filing.draft
                self.cluster.stop()
                self.refused(resident, filing)
                with self.assertRaises(Refused):
                    resident.ask("GET", "/demarches/depot/1/", draft=draft)
                self.cluster.start()
                resident.file(filing)
            self.assertEqual(filing.draft, draft)
            self.assertEqual(problems(counter.store, counter.folder, [filing]), [])

    def test_connections_that_are_cut_lose_nothing(self):
        with Counter(self.cluster.url) as counter:
            set_up(counter)
            counter.start()
            with Load(counter, residents=8, pause=0) as load:
                for _ in range(15):
                    load.wait_for(3)
                    subprocess.run(["psql", "-q", self.cluster.url, "-c", "SELECT pg_terminate_backend(pid)"
                                    " FROM pg_stat_activity WHERE application_name = 'guichet'"], check=True,
                                   stdout=subprocess.DEVNULL)
                load.wait_for(10)
            self.assert_nothing_lost(counter, load)


class MailServer(Troubles):
    def test_mails_wait_for_a_relay_that_is_down_and_leave_once(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                set_up(counter)
                port = free_port()
                counter.start("--smtp", f"smtp://127.0.0.1:{port}")
                filings = [Filing() for _ in range(3)]
                with Resident(counter.port) as resident:
                    for filing in filings:
                        resident.file(filing)
                until(lambda: len(self.failed(counter)) == 6)
                self.assertTrue(all("mail.send" in line and "prochain essai le" in line for line in self.failed(counter)))
                with Mailbox(port) as mailbox:
                    self.assertIn("relancés : 6", counter.cli("jobs", "replay", "--all").stdout)
                    until(lambda: len(mailbox.messages) == 6, 20)
                    until(lambda: not self.failed(counter))
                    self.assertEqual({len(mailbox.ids()[address_of(f.mark)]) for f in filings}, {2})
                    self.assertEqual(mailbox.doubles(), 0)

    def test_a_mail_that_the_relay_refuses_for_good_is_kept_for_replay(self):
        for store in stores():
            with self.subTest(store), Mailbox() as mailbox, Counter(store) as counter:
                set_up(counter)
                mailbox.answer = "554 no"
                counter.start("--smtp", mailbox.url)
                filing = Filing()
                with Resident(counter.port) as resident:
                    resident.file(filing)
                until(lambda: sum("abandonné le" in line for line in self.failed(counter)) == 2)
                mailbox.answer = "250 kept"
                numbers = [line.split()[0] for line in self.failed(counter)]
                counter.cli("jobs", "replay", *numbers)
                until(lambda: len(mailbox.ids().get(address_of(filing.mark), ())) == 2, 20)
                self.assertEqual(counter.cli("jobs", "replay", numbers[0], check=False).returncode, 1)

    def failed(self, counter):
        return counter.cli("jobs", "list", "--site", SITE).stdout.splitlines()


if __name__ == "__main__":
    unittest.main()
