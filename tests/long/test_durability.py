"""What was acknowledged outlives a kill and a power cut. Minutes long: ./test --all."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

RIGS = Path(__file__).resolve().parent.parent / "durability"


class Durability(unittest.TestCase):
    def assert_holds(self, rig, *options):
        done = subprocess.run([RIGS / rig, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)


class Kill(Durability):
    def on_postgresql(self):
        url = os.environ.get("GUICHET_TEST_POSTGRES")
        if not url:
            self.skipTest("no GUICHET_TEST_POSTGRES")
        return "--store", url

    def test_kills_of_the_store_lose_nothing_on_sqlite(self):
        self.assert_holds("kill9", "--kills", 40)

    def test_kills_of_the_store_lose_nothing_on_postgresql(self):
        self.assert_holds("kill9", "--kills", 40, *self.on_postgresql())

    def test_kills_of_the_server_lose_nothing_on_sqlite(self):
        self.assert_holds("kill9", "--server", "--kills", 50)

    def test_kills_of_the_server_lose_nothing_on_postgresql(self):
        self.assert_holds("kill9", "--server", "--kills", 50, *self.on_postgresql())


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("mkfs.xfs"), "power cuts need root and xfsprogs")
class PowerCut(Durability):
    def test_power_cuts_of_the_store_lose_nothing(self):
        self.assert_holds("power-cut", "--cuts", 50)

    def test_power_cuts_of_the_server_lose_nothing(self):
        self.assert_holds("power-cut", "--server", "--cuts", 50)

    def test_the_canary_of_the_store_is_seen_to_lose(self):
        self.assert_holds("power-cut", "--cuts", 20, "--canary")

    def test_the_canary_of_the_server_is_seen_to_lose(self):
        self.assert_holds("power-cut", "--server", "--cuts", 20, "--canary")


if __name__ == "__main__":
    unittest.main()
