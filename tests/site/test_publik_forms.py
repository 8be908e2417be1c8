"""Real Publik forms, imported as they are, filed without a script by a resident and treated by an agent to an end status."""
import json
import re
import time
import unittest

from support.counter import CORPUS, Counter, needs_corpus, stores
from support.filler import fill, main_form, walk
from support.smtp import Mailbox
from support.visitor import Visitor

FORMS = ["demande-fut-a-compost", "demande-alarme-habitation", "renonciation-de-concession", "demande-compteur-d-eau",
         "demande-declaration-de-residence-secondaire", "demande-declaration-de-tanks-et-reservoirs", "registre-des-etoiles",
         "demande-de-concession", "demande-declaration-d-enseignes-panneaux-publicitaires"]
# Those with blocks of fields that ask nothing of what is not of this test: an agenda, the town's own streets, a near date.
WITH_BLOCKS = ["anmeldung-anderung-der-wohnanschrift-in-der-gemeinde", "demande-d-exhumation",
               "demande-d-inscription-de-changement-d-adresse-dans-la-commune", "demande-de-concession", "demande-de-renouvellement",
               "demande-declaration-d-enseignes-panneaux-publicitaires", "demande-declaration-de-chien-dangereux",
               "demande-pretlocation-de-materiel", "v2-demande-acte-d-adoption", "v2-demande-acte-d-un-enfant-sans-vie",
               "v2-demande-acte-de-deces", "v2-demande-acte-de-divorce", "v2-demande-acte-de-mariage", "v2-demande-acte-de-naissance"]
HOST, ADMIN, PASSWORD = "commune.localhost", "admin@commune.example", "Place-Bellecour-1830"


def sign_in(visitor):
    answer = visitor.send(main_form(visitor.get("/connexion/").page), {"courriel": ADMIN, "mot-de-passe": PASSWORD})
    assert answer.url == "/mon-compte/", answer.page.text[:300]


def state(answer):
    match = re.search(r'<p class="state"><span class="tag( final)?">([^<]*)', answer.html)
    return match.group(2), bool(match.group(1))


def treat(visitor, url, most=25):
    """Presses buttons that were not pressed yet in a status, until an end status; the statuses passed through."""
    passed, pressed = [], set()
    for _ in range(most):
        answer = visitor.get(url)
        status, is_final = state(answer)
        passed.append(status)
        if is_final:
            return passed
        form = next((f for f in answer.page.forms if f.action == url), None)
        assert form is not None, f"nothing to do in « {status} »: {passed}"
        buttons = sorted((b for b in form.buttons() if b.name != "rangs"), key=lambda b: b.name != "action" or not b.value.startswith("choix:"))
        button = next((b for b in buttons if (status, b.value) not in pressed), None)
        assert button is not None, f"no new button in « {status} »: {passed}"
        pressed.add((status, button.value))
        values, files = fill(form)
        answer = visitor.send(form, values, button=button.value or button.label.strip(), files=files)
        assert answer.status in (200, 422), f"{answer.status} after « {button.label} »: {answer.page.text[:400]}"
    raise AssertionError(f"no end status: {passed}")


@needs_corpus("publik")
class PublikForms(unittest.TestCase):
    def test_every_file_is_read_and_importing_again_changes_nothing(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                report = json.loads(counter.cli("import", "publik", CORPUS / "publik", "--site", "commune", "--report", "json").stdout)
                files = report["files"]
                manifest = (CORPUS / "publik/MANIFEST.tsv").read_text().strip().splitlines()
                self.assertEqual(len(files), len(manifest) - 1)
                self.assertEqual([f["file"] for f in files if f["status"] == "refused"], [])
                for file in files:
                    self.assertEqual(file["status"] == "partial", bool(file["unsupported"]), file)
                    self.assertNotIn("prefill:geolocation", [one["construct"] for one in file["unsupported"]], file["file"])
                again = counter.cli("import", "publik", CORPUS / "publik", "--site", "commune").stdout
                self.assertIn(" 0 nouvelles versions", again)

    def test_the_forms_are_filed_and_treated_to_an_end(self):
        for store in stores():
            with self.subTest(store), Mailbox() as mailbox, Counter(store) as counter:
                counter.cli("import", "publik", CORPUS / "publik", "--site", "commune")
                counter.cli("user", "create", "--email", ADMIN, "--name", "Ada Min", "--site", "commune", "--admin", "--password", PASSWORD)
                counter.start("--smtp", mailbox.url)
                agent = Visitor(counter.port, HOST)
                sign_in(agent)
                for slug in FORMS:
                    with self.subTest(form=slug):
                        self.file_and_treat(counter, agent, mailbox, slug)

    def test_the_forms_with_blocks_are_filed(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.cli("import", "publik", CORPUS / "publik", "--site", "commune")
                counter.cli("user", "create", "--email", ADMIN, "--name", "Ada Min", "--site", "commune", "--admin", "--password", PASSWORD)
                counter.start()
                resident = Visitor(counter.port, HOST)
                sign_in(resident)
                counter.identify(resident, "fedict")
                for slug in WITH_BLOCKS:
                    with self.subTest(form=slug):
                        walk(resident, f"/demarches/{slug}/commencer/")
                        self.assertIn("/merci/", resident.last.url)

    def file_and_treat(self, counter, agent, mailbox, slug):
        resident = Visitor(counter.port, HOST)
        walk(resident, f"/demarches/{slug}/commencer/")
        code = re.search(r'<p class="code">([0-9A-Z-]+)</p>', resident.last.html).group(1)
        has_address = "accusé de réception" in resident.last.page.text
        found = agent.get(f"/agents/demandes/?q={code}").page
        url = next(href for href, text in found.links if text == code)
        passed = treat(agent, url)
        self.assertGreater(len(passed), 1, passed)
        if not has_address:  # the form asks for none: nobody to write to
            return
        self.wait_for_mail(mailbox, code)
        told = [text for _, text in mailbox.of("jeanne.dupont@example.org") if code in text or code.replace("-", "") in text]
        self.assertTrue(any("accusé de réception" in text for text in told), f"no receipt for {code}")
        self.assertFalse(any("{{" in text or "{%" in text for text in told), told)

    def wait_for_mail(self, mailbox, code):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if any(code in text for _, text in mailbox.of("jeanne.dupont@example.org")):
                return
            time.sleep(0.05)
        self.fail(f"no mail with {code}; received: {[(to, m['Subject']) for to, m in mailbox.messages][-5:]}")


if __name__ == "__main__":
    unittest.main()
