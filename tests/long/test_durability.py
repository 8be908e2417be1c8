"""What was acknowledged outlives a kill and a power cut. Minutes long: ./test --all."""
import os
import shutil
import subprocess
import unittest
from pathlib import Path

RIGS = Path(__file__).resolve().parent.parent / "durability"


def run(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


class Kill(unittest.TestCase):
    def test_kills_lose_nothing_on_sqlite(self):
        status, output = run(RIGS / "kill9", "--kills", 40)
        self.assertEqual(status, 0, output)

    def test_kills_lose_nothing_on_postgresql(self):
        url = os.environ.get("GUICHET_TEST_POSTGRES")
        if not url:
            self.skipTest("no GUICHET_TEST_POSTGRES")
        status, output = run(RIGS / "kill9", "--kills", 40, "--store", url)
        self.assertEqual(status, 0, output)


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("mkfs.xfs"), "power cuts need root and xfsprogs")
class PowerCut(unittest.TestCase):
    def test_power_cuts_lose_nothing(self):
        status, output = run(RIGS / "power-cut", "--cuts", 50)
        self.assertEqual(status, 0, output)

    def test_the_canary_without_fsync_is_seen_to_lose(self):
        status, output = run(RIGS / "power-cut", "--cuts", 20, "--canary")
        self.assertEqual(status, 0, output)


if __name__ == "__main__":
    unittest.main()
