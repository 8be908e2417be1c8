"""./run as a newcomer uses it, and the first administrator."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

from support.counter import ROOT, Counter, stores
from support.filler import main_form
from support.town import PASSWORD, sign_in
from support.visitor import Visitor

RUN, AGENT = str(ROOT / "run"), "premiere@ville.example"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Run(unittest.TestCase):
    def test_help_says_the_options_and_an_unknown_one_is_refused(self):
        told = subprocess.run([RUN, "--help"], capture_output=True, text=True, check=True).stdout
        for option in ("--port", "--data", "--store", "--build"):
            self.assertIn(option, told)
        unknown = subprocess.run([RUN, "--sore"], capture_output=True, text=True)
        self.assertEqual((unknown.returncode, "--sore" in unknown.stderr), (2, True))

    def test_build_stops_after_building_and_builds_only_what_changed(self):
        with tempfile.TemporaryDirectory() as data:
            began = time.monotonic()
            subprocess.run([RUN, "--build", "--data", data], check=True, stdout=subprocess.DEVNULL, timeout=300)
            self.assertEqual(os.listdir(data), [])
            self.assertTrue(os.access(ROOT / "build/guichet", os.X_OK))
            self.assertLess(time.monotonic() - began, 20)

    def test_it_ends_on_an_address_where_the_counter_answers_on_either_store(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                port = free_port()
                data = counter.folder / "données"
                options = ["--port", str(port), "--data", str(data)] + (["--store", counter.store] if store != "sqlite" else [])
                process = subprocess.Popen([RUN, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                try:
                    told = ""
                    for line in process.stdout:
                        told += line
                        if "Guichet ouvert" in line:
                            break
                    address = re.findall(r"http://\S+", told)[-1]
                    self.assertEqual(address, f"http://localhost:{port}/")
                    page = urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": "localhost"})).read().decode()
                    self.assertIn("Métropole de Lyon", page)
                    visitor = Visitor(port, "bron.localhost")
                    self.assertEqual(sign_in(visitor, "agent@bron.example", re.search(r"mot de passe\s+(\S+)", told).group(1)).url, "/mon-compte/")
                    self.assertEqual(bool(list(Path(data).glob("*.db"))), store == "sqlite")
                finally:
                    process.send_signal(signal.SIGTERM)
                    self.assertEqual(process.wait(30), 0)
                    process.stdout.close()


class FirstAdministrator(unittest.TestCase):
    def test_a_new_administrator_chooses_the_password_by_a_printed_link(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.cli("site", "create", "--slug", "ville", "--name", "Ville")
                told = counter.cli("user", "create", "--email", AGENT, "--name", "Première Personne", "--site", "ville", "--admin").stdout
                link = re.search(r"http://ville\.localhost:8080(/mot-de-passe/nouveau/\S+)", told).group(1)
                counter.start()
                visitor = Visitor(counter.port, "ville.localhost")
                visitor.send(main_form(visitor.get(link).page), {"mot-de-passe": PASSWORD})
                self.assertEqual(visitor.get("/administration/").status, 200)
                weak = counter.cli("user", "create", "--email", AGENT, "--password", "court", check=False)
                self.assertEqual((weak.returncode, "12 caractères" in weak.stderr), (1, True))


if __name__ == "__main__":
    unittest.main()
