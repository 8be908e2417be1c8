"""Every workflow of the corpus, rehearsed without its forms: each status is reached, or it is shown that nothing leads there."""
import json
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.counter import CORPUS, RELEASE, ROOT, Counter, needs_corpus

# What the definitions themselves put out of reach, as docs/publik.md has it.
OUT_OF_REACH = {
    "contributions": 1, "imio-changement-d-adresse": 2, "imio-changement-d-adresse-all": 3, "imio-cimetiere": 1, "imio-cimetiere-demande-de-concession": 1,
    "imio-cimetiere-stele-memorielle": 1, "imio-extrait-casier-judicaire": 2, "imio-extrait-casier-judicaire-all": 6,
    "imio-extrait-de-casier-judiciaire-liaison-delivrance-auto-payante": 1, "imio-paiement": 5}


def workflow_files():
    """They are known by what is in them: not all have an extension."""
    for path in sorted((CORPUS / "publik").rglob("*")):
        if path.is_file() and re.match(rb"(<\?xml[^>]*\?>\s*)?<workflow\b", path.read_bytes()[:400]):
            yield path


@needs_corpus("publik")
class Workflows(unittest.TestCase):
    def test_each_status_is_reached_or_shown_to_be_out_of_reach(self):
        with Counter(binary=RELEASE) as counter, tempfile.TemporaryDirectory() as folder:
            for i, path in enumerate(workflow_files()):
                os.symlink(path, Path(folder) / f"{i}-{path.name}")
            counter.cli("site", "set", ROOT / "tests/support/commune.json")
            counter.cli("import", "publik", folder, "--site", "commune")
            done = subprocess.run([RELEASE, "rehearse", "--site", "commune", "--report", "json", *counter.place], capture_output=True, text=True, timeout=900)
            self.assertEqual(done.returncode, 0, done.stderr)
            workflows = {w["workflow"]: w for w in json.loads(done.stdout)["workflows"] if not w["workflow"].startswith("_")}
            self.assertEqual(len(workflows), 34)
            self.assertEqual([(slug, w["errors"], w["missing"]) for slug, w in workflows.items() if w["errors"] or w["missing"]], [])
            self.assertEqual({slug: len(w["unreachable"]) for slug, w in workflows.items() if w["unreachable"]}, OUT_OF_REACH)
            self.assertEqual(sum(w["reached"] for w in workflows.values()), 408)
            for slug, w in workflows.items():
                for one in w["unreachable"]:
                    self.assertTrue(all(way["because"] for way in one["ways"]), (slug, one))


if __name__ == "__main__":
    unittest.main()
