"""A server that is killed, stopped or started where it can't: nothing acknowledged is lost, and who starts it is told why."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from support.counter import BINARY, RELEASE, ROOT, Counter, stores
from support.filings import Database, problems
from support.residents import FORM, HOST, SITE, Filing, Load, Resident, set_up

KILL9 = ROOT / "tests/durability/kill9"


class Kill(unittest.TestCase):
    def test_kills_lose_nothing_acknowledged(self):
        for store in stores():
            place = ["--store", os.environ["GUICHET_TEST_POSTGRES"]] if store == "postgresql" else []
            with self.subTest(store):
                done = subprocess.run([KILL9, "--server", "--kills", "4", *place], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_who_looks_sees_a_loss_a_part_and_a_double(self):
        with Counter(binary=RELEASE) as counter:
            set_up(counter)
            counter.start()
            filings = [Filing() for _ in range(3)]
            with Resident(counter.port) as resident:
                for filing in filings:
                    resident.file(filing)
            counter.stop()
            self.assertEqual(problems(counter.store, counter.folder, filings), [])
            with Database(counter.store) as database:
                database.ask("DELETE FROM dossier WHERE code = ?", filings[0].code)
                database.ask("DELETE FROM job")
                database.ask("DELETE FROM mail_sent WHERE recipient LIKE ?", filings[1].mark + "%")
                database.ask("UPDATE dossier SET answers = replace(answers, ?, ?) WHERE code = ?", filings[2].mark,
                             filings[1].mark, filings[2].code)
                database.connection.commit()
            said = "\n".join(problems(counter.store, counter.folder, filings[:2], filings[1:2]))
            self.assertIn(f"{filings[0].code} ({filings[0].mark}) was acknowledged, and the store has []", said)
            self.assertIn(f"{filings[1].code} ({filings[1].mark}) lacks its jobs", said)
            self.assertIn(f"{filings[2].code} ({filings[1].mark}) lacks its answers", said)
            self.assertIn(f"{filings[1].mark}, which was not acknowledged, is there 2 times", said)


class Stop(unittest.TestCase):
    def test_a_stop_under_load_loses_nothing_and_ends_soon(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                set_up(counter)
                counter.start()
                with Load(counter, residents=8, pause=0) as load:
                    load.wait_for(10)
                    load.stopping.set()  # who is not answered any more leaves
                    began = time.monotonic()
                    counter.stop()
                    self.assertLess(time.monotonic() - began, 8)
                self.assertEqual(load.surprises + load.refusals, [])
                self.assertEqual(problems(counter.store, counter.folder, load.acknowledged, load.left), [])

    def test_a_request_that_has_begun_is_answered(self):
        """The second half of what is sent comes after the signal."""
        for store in stores():
            with self.subTest(store), Counter(store) as counter, Resident(counter.port) as resident:
                set_up(counter)
                counter.start()
                resident.port, filing = counter.port, Filing()
                resident.begin(filing)
                body = f"jeton={resident.token}".encode()
                head = (f"POST /demarches/{FORM}/envoyer/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
                        f"Content-Type: application/x-www-form-urlencoded\r\n"
                        f"Cookie: visiteur={resident.cookie}; brouillon-{FORM}={filing.draft}\r\n\r\n").encode()
                with socket.create_connection(("127.0.0.1", counter.port), timeout=20) as connection:
                    connection.sendall(head + body[:10])
                    time.sleep(0.2)
                    counter.process.send_signal(signal.SIGTERM)
                    time.sleep(0.5)
                    connection.sendall(body[10:])
                    answer = connection.makefile("rb").read().decode()
                self.assertTrue(answer.startswith("HTTP/1.1 303"), answer[:200])
                self.assertIn("Connection: close", answer)
                counter.stop()
                filing.code = re.search(r"/merci/\?numero=([0-9A-Z]+)", answer).group(1)
                self.assertEqual(problems(counter.store, counter.folder, [filing]), [])


    def test_a_relay_that_says_nothing_does_not_hold_the_end(self):
        with socket.create_server(("127.0.0.1", 0)) as silent, Counter() as counter:
            set_up(counter)
            counter.start("--smtp", f"smtp://127.0.0.1:{silent.getsockname()[1]}")
            with Resident(counter.port) as resident:
                resident.file(Filing())
            with silent.accept()[0]:
                began = time.monotonic()
                counter.stop()
                self.assertLess(time.monotonic() - began, 10)
            self.assertEqual(len(counter.cli("jobs", "list").stdout.splitlines()), 2)


class Start(unittest.TestCase):
    def refused(self, *command, prefix=(), status=1):
        """What a server that does not start says."""
        done = subprocess.run([*prefix, BINARY, "serve", *map(str, command)], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken, Counter() as counter:
            port = taken.getsockname()[1]
            said = self.refused("--port", port, *counter.place)
            self.assertIn(f"Impossible d’écouter sur 127.0.0.1:{port} : un autre programme occupe ce port.", said)

    def test_a_store_of_a_newer_version(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                set_up(counter)
                with Database(counter.store) as database:
                    database.ask("INSERT INTO migration (owner, number) VALUES ('dossiers', 99)")
                    database.connection.commit()
                said = self.refused("--port", 0, *counter.place)
                self.assertIn("La base « site-commune » vient d’une version plus récente de Guichet (dossiers 99)", said)

    def test_a_folder_that_cannot_be_written(self):
        with tempfile.TemporaryDirectory(prefix="guichet-test-") as folder:
            os.chmod(folder, 0o555)
            nobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
            if subprocess.run([*nobody, "test", "-x", BINARY]).returncode != 0:
                self.skipTest("the program lies where nobody may run it")
            said = self.refused("--port", 0, "--data", f"{folder}/data", prefix=nobody)
            self.assertRegex(said, r"guichet store : Cannot make folder .*/data: Permission denied")

    def test_a_postgresql_that_does_not_answer(self):
        with tempfile.TemporaryDirectory(prefix="guichet-test-") as folder:
            said = self.refused("--port", 0, "--data", folder, "--store", f"postgresql://guichet@/guichet?host={folder}&port=1")
            self.assertIn("PostgreSQL ne répond pas", said)

    def test_a_second_server_of_the_same_folder_is_refused_and_other_commands_are_not(self):
        with Counter() as counter:
            set_up(counter)
            counter.start()
            said = self.refused("--port", 0, *counter.place)
            self.assertIn(f"Un guichet sert déjà le dossier {counter.folder}.", said)
            counter.cli("site", "create", "--slug", "autre", "--name", "Autre")
            counter.cli("user", "create", "--email", "a@b.example", "--site", SITE, "--password", "Place-Bellecour-1830")
            counter.kill()
            abandoned, recent = counter.folder / "uploads/abandoned", counter.folder / "uploads/recent"
            for upload in (abandoned, recent):
                upload.write_text("half of a file")
            os.utime(abandoned, (0, time.time() - 7200))
            counter.start()  # a lock that nobody holds is none
            self.assertEqual((abandoned.exists(), recent.exists()), (False, True))


if __name__ == "__main__":
    unittest.main()
