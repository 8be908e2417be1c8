"""Every form of the corpus, rehearsed on a site that has what these forms take for granted (tests/support/commune.json): each is
filed, or its own pages say why nobody may; none meets an error of the program."""
import json
import subprocess
import unittest

from support.counter import CORPUS, RELEASE, ROOT, Counter, needs_corpus, stores

SHUT = {"organspende"}  # its only page lets nobody on: its condition is « False »


@needs_corpus("publik")
class Rehearsal(unittest.TestCase):
    def test_every_form_is_filed_without_an_internal_error(self):
        for store in stores():
            with self.subTest(store), Counter(store, binary=RELEASE) as counter:
                counter.cli("site", "set", ROOT / "tests/support/commune.json")
                counter.cli("import", "publik", CORPUS / "publik", "--site", "commune")
                done = subprocess.run([RELEASE, "rehearse", "--site", "commune", "--report", "json", *counter.place],
                                      capture_output=True, text=True, timeout=3000)
                report = json.loads(done.stdout)
                forms, workflows = report["forms"], report["workflows"]
                self.assertEqual(len(forms), 68)
                self.assertEqual([(f["form"], f["errors"], f["journal"]) for f in forms if f["state"] == "failed"], [])
                self.assertEqual({f["form"]: f["state"] for f in forms if f["state"] != "filed"}, dict.fromkeys(SHUT, "refused"))
                self.assertTrue(all(f["refusals"] for f in forms if f["form"] in SHUT))
                self.assertEqual([(w["workflow"], w["errors"], w["missing"]) for w in workflows if w["errors"] or w["missing"]], [])


if __name__ == "__main__":
    unittest.main()
