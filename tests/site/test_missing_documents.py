"""Documents that are missing: an agent asks for them, the clock of the request stops, who filed gives them, it goes on; silence that
accepts and silence that refuses, moved by the law's rules and acted on."""
import datetime
import json
import time
import unittest

from support.town import ADA, OnEachStore, buttons, file_own, on_each_store, press, status_of

CLERK = "clerc@ville.example"
PDF = ("piece.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n")
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]
DAY = datetime.timedelta(days=1)
ASKING = {"id": "pieces", "name": "Demander des documents", "triggers": [{"id": "1", "type": "manual", "roles": ["_receiver"], "statuses": ["recue", "attente"]}], "actions": [
    {"id": "1", "type": "ask-documents", "documents": ["Justificatif de domicile", "Pièce d’identité"], "delay": 30},
    {"id": "2", "type": "inform", "to": ["_submitter"], "repeat": True, "subject": "Documents pour {{ form_tracking_code }}",
     "body": "Avant le {{ form_documents_due }} : {{ form_documents|join:', ' }}. {{ form_documents_message }} {{ form_url }}"},
    {"id": "3", "type": "jump", "status": "attente", "set_marker_on_status": True}]}
SILENCE = {"id": "silence", "name": "Silence", "triggers": [{"id": "1", "type": "timeout", "anchor": "silence", "timeout": "0"}], "actions": [{"id": "1", "type": "jump", "status": "decidee"}]}
LATE = {"id": "retard", "name": "Retard", "triggers": [{"id": "1", "type": "timeout", "anchor": "documents", "timeout": "0"}],
        "actions": [{"id": "1", "type": "register-comment", "comment": "<p>Le délai pour donner les documents est passé.</p>"}]}
WORKFLOW = {"kind": "workflow", "slug": "permis", "name": "Permis", "functions": [{"id": "_receiver", "name": "Agents"}], "global_actions": [ASKING, SILENCE, LATE], "statuses": [
    {"id": "recue", "name": "Reçue", "actions": [{"id": "1", "type": "choice", "label": "Décider", "by": ["_receiver"], "status": "decidee"}]},
    {"id": "attente", "name": "En attente", "actions": [{"id": "1", "type": "give-documents", "by": ["_submitter"], "status": "_previous"}]},
    {"id": "decidee", "name": "Décidée", "actions": []}]}


def form(slug, silence):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "permis", "functions": {"_receiver": "accueil"}, "confirmation": False,
            "service": {"silence": silence, "delay": 60, "delay_unit": "days"}, "fields": [{"id": "1", "type": "string", "label": "Lieu", "varname": "lieu"}]}


def shown(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


class MissingDocuments(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", WORKFLOW, form("accord", "accept"), form("refus", "reject"))
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def text(self, visitor, url):
        return visitor.get(url).page.text.replace("\u00a0", " ")

    def ask(self, clerk, url, due):
        link = next(href for href, text in clerk.get(url).page.links if "Demander des documents" in text)
        page = clerk.get(link).page
        form = next(form for form in page.forms if any("avant" in control.name for control in form.controls))
        values = {control.name: control.value for control in form.controls if control.kind == "checkbox" and control.label == "Pièce d’identité"}
        for control in form.controls:
            if "Autres documents" in control.label:
                values[control.name] = "Plan du terrain\n\n"
            elif "Message" in control.label:
                values[control.name] = "À bientôt <b>ici</b>"
        parts = {"Jour": due.day, "Mois": due.month, "Année": due.year}
        values |= {control.name: str(parts[control.label]) for control in form.controls if control.label in parts}
        return clerk.send(form, values, button="Demander des documents")

    def back(self, town, url, days):
        """As many days pass: the dossier's times, and its timers'."""
        code, move = url.split("/")[3], days * 86400 * 1000000
        marks = json.loads(town.sql("site-ville", f"SELECT marks FROM dossier WHERE code = '{code}'")[0][0])
        for stop in marks.get("stops", []):
            for key in ("from", "due", "to"):
                stop[key] = stop.get(key, 0) and stop[key] - move
            if not stop["to"]:
                del stop["to"]
        kept = json.dumps(marks).replace("'", "''")
        town.sql("site-ville", f"UPDATE dossier SET received = received - {move}, marks = '{kept}' WHERE code = '{code}'")

    def ring(self, town, url):
        """The timers of its global actions look at the time."""
        number = town.sql("site-ville", f"SELECT id FROM dossier WHERE code = '{url.split('/')[3]}'")[0][0]
        town.sql("site-ville", f"UPDATE job SET look = 1 WHERE key LIKE 'global:{number}:%'")

    def eventually(self, read, words):
        until = time.monotonic() + 60
        while words not in (text := read()) and time.monotonic() < until:
            time.sleep(0.1)
        self.assertIn(words, text)

    @on_each_store
    def test_documents_are_asked_for_and_given_and_silence_that_accepts_begins_anew(self, town):
        today = datetime.date.today()
        clerk = town.visitor("ville", CLERK)
        resident, code, own, url = file_own(town, "accord", ADA, Lieu="parc")
        decides = f"Sans réponse de notre part le {shown(today + 60 * DAY)}, votre demande sera acceptée"
        self.assertIn(decides, self.text(resident, own))
        due = today + 20 * DAY
        asking = clerk.get(next(href for href, text in clerk.get(url).page.links if "Demander des documents" in text)).page
        refused = clerk.send(next(form for form in asking.forms if any("avant" in control.name for control in form.controls)), button="Demander des documents")
        self.assertEqual((refused.status, "Nommez au moins un document qui manque." in refused.page.text), (422, True))
        self.assertEqual(status_of(clerk.get(url)), "Reçue")
        self.ask(clerk, url, due)
        self.assertEqual(status_of(clerk.get(url)), "En attente")
        page = self.text(clerk, url)
        for words in (f"attendus jusqu’au {shown(due)} inclus", "Pièce d’identité", "Plan du terrain", "repart de zéro"):
            self.assertIn(words, page)
        self.assertNotIn("Justificatif", page)
        page = self.text(resident, own)
        self.assertIn(f"Nous attendons ces documents jusqu’au {shown(due)} inclus", page)
        self.assertIn("À bientôt <b>ici</b>", page)
        self.assertNotIn("Sans réponse de notre part", page)
        mail = town.mailbox.wait_for(ADA, f"Documents pour {code}").get_body(("plain",)).get_content()
        self.assertIn("Pièce d’identité, Plan du terrain", mail)
        self.assertIn(own, mail)
        self.assertIn("En attente", self.text(resident, "/mon-compte/demandes/"))
        # One of two is not all.
        press(resident, own, "Envoyer les documents", files={"Pièce d’identité": PDF})
        self.assertEqual(status_of(resident.get(own)), "En attente")
        self.back(town, url, 10)
        press(resident, own, "Envoyer les documents", files={"Pièce d’identité": PDF, "Plan du terrain": PDF})
        self.assertEqual(status_of(resident.get(own)), "Reçue")
        page = clerk.get(url).page
        text = page.text.replace("\u00a0", " ")
        self.assertIn("Les documents demandés sont reçus.", text)
        for name in ("Pièce d’identité", "Plan du terrain"):
            self.assertIn(name, text)
        file = next(href for href, text in page.links if text == "piece.pdf")
        self.assertEqual(clerk.get(file).status, 200)
        self.assertIn(f"le {shown(today + 60 * DAY)}, votre demande sera acceptée", self.text(resident, own), "from the day when they came")
        self.assertNotIn("Nous attendons", self.text(resident, own))
        # And then it decides.
        self.back(town, url, 60)
        self.ring(town, url)
        time.sleep(2)
        self.assertEqual(status_of(clerk.get(url)), "Reçue", "to the end of the day")
        self.back(town, url, 1)
        self.ring(town, url)
        self.eventually(lambda: status_of(clerk.get(url)), "Décidée")

    @on_each_store
    def test_silence_that_refuses_stands_still_until_the_last_day_and_goes_on(self, town):
        today = datetime.date.today()
        clerk = town.visitor("ville", CLERK)
        resident, _, own, url = file_own(town, "refus", ADA, Lieu="parc")
        self.assertIn(f"le {shown(today + 60 * DAY)}, votre demande sera refusée", self.text(resident, own))
        self.ask(clerk, url, today + 9 * DAY)
        self.assertIn(f"le {shown(today + 70 * DAY)}, votre demande sera refusée", self.text(resident, own))
        self.assertIn("ne court pas jusqu’à leur réception, ou jusqu’à cette date", self.text(resident, own))
        self.back(town, url, 10)
        self.ring(town, url)
        self.eventually(lambda: self.text(clerk, url), "Le délai pour donner les documents est passé.")
        self.assertIn(f"le {shown(today + 60 * DAY)}, votre demande sera refusée", self.text(resident, own), "as much as was left")
        # Asked again, the last day is another, and what looks at it looks again.
        self.ask(clerk, url, today + 5 * DAY)
        self.back(town, url, 6)
        self.ring(town, url)
        self.eventually(lambda: str(self.text(clerk, url).count("Le délai pour donner les documents est passé.")), "2")
        self.back(town, url, 61)
        self.ring(town, url)
        self.eventually(lambda: status_of(clerk.get(url)), "Décidée")

    @on_each_store
    def test_nothing_is_asked_for_without_a_name_or_with_a_day_that_is_gone(self, town):
        clerk = town.visitor("ville", CLERK)
        _, _, _, url = file_own(town, "accord", ADA, Lieu="parc")
        self.assertEqual(self.ask(clerk, url, datetime.date.today() - DAY).status, 422)
        self.assertEqual(status_of(clerk.get(url)), "Reçue")
        self.assertEqual(buttons(clerk.get(url), url)[0], "Décider")


if __name__ == "__main__":
    unittest.main()
