"""The demonstration metropolis: loaded by one command, its two services from filing to each of their ends, their mails."""
import re
import subprocess
import time
import unittest
from datetime import date, timedelta

from support.counter import ROOT, Counter, stores
from support.filler import PDF, main_form
from support.slow import wait_until
from support.smtp import text_of
from support.town import OnEachStore, buttons, file_request, on_each_store, press, status_of, track
from support.visitor import Visitor

RESIDENT, WRITER = "habitante@exemple.example", "voisin@exemple.example"
SITES = {"localhost": "Métropole de Lyon", "vaulx-en-velin.localhost": "Vaulx-en-Velin", "bron.localhost": "Bron",
         "dardilly.localhost": "Dardilly", "oullins.localhost": "Oullins-Pierre-Bénite", "lyon.localhost": "Lyon"}
PLANTING = {"Adresse ou lieu": "12 rue de la République", "Genre de plantation": "Pied d’arbre", "Surface": "2,5", "Plantes prévues": "Lavande",
            "Prénom": "Ada", "^ ?Nom$": "Durand", "Adresse e-mail": WRITER, "Téléphone": "", "Photo": None}
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
REPORT = {"Adresse ou lieu": "12 rue de la République", "Famille": "Voirie", "Suivi": "Oui, par e-mail", "Adresse e-mail": WRITER,
          "Date du constat": "", "Il y a un danger": [], "Description": "Un trou profond"}


def in_words(day):
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def in_two_months(day):
    month, year = (day.month + 1) % 12 + 1, day.year + (day.month > 10)
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day
    return date(year, month, min(day.day, last))


class Demonstration(OnEachStore):
    @classmethod
    def build(cls, town):
        town.loaded = [town.cli("demo", "--content", ROOT / "content", "--port", 8080).stdout for _ in range(2)]

    def agent(self, town, site="bron", who="agent"):
        return town.visitor(site, f"{who}@{site}.example")

    def report(self, town, **overrides):
        """A report without an account; its code and the office's address of it."""
        resident = town.visitor("bron")
        code = file_request(resident, "signalement-anomalie", **(REPORT | overrides))
        return resident, code, f"/agents/demandes/{code.replace('-', '')}/"

    def told(self, town, code, words, to=WRITER):
        """The mail about this code whose subject has these words: in text and in HTML, with one thing to do at most."""
        message = town.mailbox.wait_for(to, words)
        self.assertIn(code, message["Subject"])
        text, html = text_of(message), text_of(message, "html")
        for part in (text, html):
            self.assertNotRegex(part, r"\{\{|\{%|&lt;p|None")
        self.assertIn(code, text)
        self.assertIn('lang="fr"', html)
        actions = set(re.findall(r"https?://\S*\.localhost[^\s>\"<]*|http://localhost[^\s>\"<]*", text))
        self.assertLessEqual(len(actions), 1, actions)
        town.mailbox.messages.clear()
        return text

    @on_each_store
    def test_loading_it_again_changes_nothing(self, town):
        first, second = town.loaded
        self.assertEqual(first.count(" définitions"), 6)
        self.assertNotIn(" définitions", second)
        for words in ("http://localhost:8080/", RESIDENT, "Place-Bellecour-1830"):
            self.assertIn(words, second)
        versions = town.sql("site-bron", "SELECT MAX(version) FROM definition")
        self.assertEqual(versions, [["1"]])

    @on_each_store
    def test_six_sites_answer_each_on_its_host_with_its_colours(self, town):
        colours = set()
        for host, name in SITES.items():
            visitor = town.visitor(host.removesuffix(".localhost"))
            visitor.host = host
            page = visitor.get("/")
            self.assertEqual((page.status, page.page.title.split("–")[1].strip()), (200, name))
            self.assertIn("/demarches/signalement-anomalie/", page.html)
            colours.add(visitor.get("/theme.css").html)
        self.assertEqual(len(colours), 6)
        nowhere = town.visitor("ailleurs")
        self.assertEqual(nowhere.get("/").status, 404)

    @on_each_store
    def test_a_report_without_an_account_is_planned_repaired_and_taken_up_again(self, town):
        resident, code, url = self.report(town)
        text = self.told(town, code, "Accusé de réception")
        self.assertIn(f"/suivre/{code.replace('-', '')}/", text)
        self.assertIn("Signaler un problème dans l’espace public", text)
        agent = self.agent(town)
        self.assertIn(code, agent.get("/agents/").page.text)
        press(agent, url, "Prendre en charge")
        press(agent, url, "Prévoir une intervention")
        refused = press(agent, url, "Envoyer")
        self.assertEqual((refused.status, "Saisissez" in refused.page.text), (422, True))
        soon = date.today() + timedelta(3)
        press(agent, url, "Envoyer", {"Jour": soon.day, "Mois": soon.month, "Année": soon.year, "Message pour la personne": "Circulation alternée"})
        self.assertEqual(status_of(agent.get(url)), "Intervention prévue")
        text = self.told(town, code, "intervention prévue")
        self.assertIn(f"le {soon.day} {MONTHS[soon.month - 1]} {soon.year}", text)
        self.assertIn("Circulation alternée", text)
        page = track(resident, code, WRITER)
        self.assertEqual((status_of(page), "Une intervention est prévue le" in page.page.text), ("Intervention prévue", True))
        press(agent, url, "Déclarer réglé")
        self.assertEqual(status_of(resident.get(page.url)), "Intervention prévue", "what agents prepare is not shown")
        self.assertEqual(press(agent, url, "Déclarer réglé").status, 422, "a word on what was done is compulsory")
        press(agent, url, "Déclarer réglé", {"Ce qui a été fait": "Enrobé refait"})
        self.assertIn("Enrobé refait", self.told(town, code, "problème réglé"))
        self.assertEqual(buttons(resident.get(page.url), page.url), ["Ce n’est pas réglé"])
        press(resident, page.url, "Ce n’est pas réglé")
        self.assertEqual(status_of(agent.get(url)), "Pris en charge")

    @on_each_store
    def test_a_report_is_handed_over_to_another_service(self, town):
        _, code, url = self.report(town, Famille="Propreté")
        agent = self.agent(town)
        press(agent, url, "Transmettre à un autre service")
        press(agent, url, "Envoyer", {"Service ou organisme destinataire": "Métropole, direction de la propreté"})
        self.assertIn("Métropole, direction de la propreté", self.told(town, code, "transmis à"))
        self.assertEqual((status_of(agent.get(url)), buttons(agent.last, url)), ("Transmis", []))

    @on_each_store
    def test_a_report_is_turned_down_only_with_a_reason(self, town):
        resident, code, url = self.report(town)
        agent = self.agent(town)
        press(agent, url, "Ne pas retenir")
        self.assertEqual(press(agent, url, "Envoyer").status, 422)
        press(agent, url, "Revenir sans refuser")
        press(agent, url, "Ne pas retenir")
        press(agent, url, "Envoyer", {"Raison": "Domaine privé", "Précision pour la personne": "La parcelle est à un bailleur."})
        text = self.told(town, code, "non retenu")
        self.assertIn("Raison : Domaine privé", text)
        self.assertIn("La parcelle est à un bailleur.", text)
        page = track(resident, code, WRITER)
        self.assertEqual(status_of(page), "Non retenu")
        self.assertIn("Raison : Domaine privé", page.page.text)

    @on_each_store
    def test_an_anonymous_report_is_followed_by_its_number_alone(self, town):
        resident, code, url = self.report(town, Suivi="Non, je préfère rester anonyme")
        self.assertIn("Notez ce numéro", resident.last.page.text)
        self.assertEqual(status_of(track(town.visitor("bron"), code)), "Reçu")
        page = self.agent(town).get(url).page.text
        self.assertNotIn(WRITER, page)

    @on_each_store
    def test_an_application_with_an_account_goes_from_a_missing_paper_to_an_offer(self, town):
        resident = town.visitor("metropole", RESIDENT)
        answer = resident.get("/demarches/candidature-emploi/commencer/")
        self.assertEqual(answer.url, "/demarches/candidature-emploi/1/", "who has signed in is not asked again")
        code = file_request(resident, "candidature-emploi", **{"Disponible": "2040"})
        own = f"/mon-compte/demandes/{code.replace('-', '')}/"
        url = f"/agents/demandes/{code.replace('-', '')}/"
        self.told(town, code, "Accusé", RESIDENT)
        self.assertIn("12 rue de la République", resident.get(own).page.text, "filled from the account")
        hr = town.visitor("metropole", "agent@metropole.example")
        press(hr, url, "Demander un document")
        press(hr, url, "Envoyer", {"Document manquant": "Diplôme"})
        self.assertIn("il nous manque : Diplôme", self.told(town, code, "il manque un document", RESIDENT))
        self.assertIn("À faire", resident.get("/mon-compte/").page.text)
        self.assertIn("Nous attendons un document : Diplôme", resident.get(own).page.text)
        self.assertEqual(press(resident, own, "Envoyer").status, 422)
        press(resident, own, "Envoyer", {"Message": "Le voici"}, {"Document": ("diplome.pdf", "application/pdf", PDF)})
        self.assertIn("Le voici", hr.get(url).page.text)
        self.assertIn("diplome.pdf", hr.last.page.text)
        paper = next(href for href, text in hr.last.page.links if text == "diplome.pdf")
        self.assertEqual(hr.get(paper).body, PDF)
        press(hr, url, "Transmettre au service qui recrute")
        recruiter = town.visitor("metropole", "recruteur@metropole.example")
        self.assertIn(code, recruiter.get("/agents/").page.text)
        press(recruiter, url, "Envoyer", {"Avis": "Favorable"})
        self.assertIn("Favorable", hr.get(url).page.text)
        press(hr, url, "Inviter à un entretien")
        press(hr, url, "Envoyer", {"Jour": "14", "Mois": "12", "Année": "2040", "Heure": "14:30", "Lieu": "20 rue du Lac"})
        self.assertIn("le 14 décembre 2040 à 14:30, 20 rue du Lac", self.told(town, code, "entretien", RESIDENT))
        press(hr, url, "Retenir")
        self.told(town, code, "est retenue", RESIDENT)
        self.assertEqual(status_of(resident.get(own)), "Acceptée")

    @on_each_store
    def test_an_application_without_an_account_is_turned_down_or_withdrawn(self, town):
        resident, hr = town.visitor("bron"), self.agent(town)
        answers = {"courriel|e-mail": WRITER, "Disponible": "2040"}
        code = file_request(resident, "candidature-emploi", **answers)
        url = f"/agents/demandes/{code.replace('-', '')}/"
        press(hr, url, "Ne pas retenir")
        self.assertEqual(press(hr, url, "Envoyer").status, 422)
        press(hr, url, "Envoyer", {"Message pour la personne": "Le poste est pourvu."})
        town.mailbox.messages[:] = [(to, m) for to, m in town.mailbox.messages if "Accusé" not in m["Subject"]]
        self.assertIn("Le poste est pourvu.", self.told(town, code, "Votre candidature"))
        self.assertEqual(status_of(track(resident, code, WRITER)), "Refusée")
        code = file_request(resident, "candidature-emploi", **answers)
        page = track(resident, code, WRITER)
        press(resident, page.url, "Retirer ma candidature")
        self.assertEqual(status_of(resident.last), "Annulée")

    @on_each_store
    def test_the_receipt_has_every_mention_that_the_law_asks(self, town):
        code = file_request(town.visitor("bron"), "candidature-emploi", **{"courriel|e-mail": WRITER, "Disponible": "2040"})
        message = town.mailbox.wait_for(WRITER, f"Accusé de réception de votre demande {code}")
        today = date.today()
        for part in (text_of(message), text_of(message, "html")):
            self.assertRegex(part, f"Sans réponse de notre part le \\w+ {in_words(in_two_months(today))}.*sera refusée")  # silence, its date
            for mention in (f"le {in_words(today)}",                             # R112-11-1: the date of reception
                            "Bron", "Place de Weingarten, 69500 Bron",           # the service in charge
                            "guichet@bron.example", "Téléphone : 04 00 00 00 12",
                            "dans les deux mois devant le tribunal administratif de Lyon",  # delays and ways of appeal
                            "L112-11"):
                self.assertIn(mention, part)
        self.assertEqual(message["From"].addresses[0].display_name, "Bron")

    @on_each_store
    def test_agents_of_one_role_do_not_see_what_is_anothers(self, town):
        _, code, url = self.report(town)
        recruiter = self.agent(town, who="recruteur")
        self.assertEqual(recruiter.get(url).status, 404)
        for page in ("/agents/", "/agents/demandes/", f"/agents/demandes/?q={code}", "/agents/demandes/?q=trou", "/agents/demandes/?demarche=signalement-anomalie"):
            self.assertNotIn(code, recruiter.get(page).page.text.split("Chercher")[-1].replace(f"value={code}", ""), page)
        self.assertEqual(town.visitor("bron", RESIDENT).get("/agents/").status, 403)
        self.assertEqual(town.visitor("lyon", "agent@bron.example").get("/agents/").status, 403, "an agent of one site is nobody on another")

    # ---- A permission: documents that are missing, a decision with its reasons and its document, silence ----

    def ask_to_plant(self, town):
        resident = town.visitor("bron")
        code = file_request(resident, "permis-vegetaliser", **PLANTING)
        return resident, code, f"/agents/demandes/{code.replace('-', '')}/"

    def ask_for_documents(self, agent, url):
        page = agent.get(next(href for href, text in agent.get(url).page.links if "Demander des documents" in text)).page
        form = next(form for form in page.forms if any("avant" in control.name for control in form.controls))
        chosen = {control.name: control.value for control in form.controls if control.kind == "checkbox" and control.label == "Photo du lieu"}
        word = {control.name: "Une photo de jour" for control in form.controls if "Message" in control.label}
        return agent.send(form, chosen | word, button="Demander des documents")

    def paper(self, visitor, url, name):
        """The words of the document that the history has under that name."""
        links = []

        def is_made():
            links[:] = [href for href, text in visitor.get(url).page.links if text.strip() == name]
            return links
        self.assertTrue(wait_until(is_made, seconds=60), visitor.last.page.text)
        pdf = visitor.get(links[0]).body
        return " ".join(subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode().split())

    @on_each_store
    def test_a_permission_waits_for_a_document_and_is_given_as_one(self, town):
        resident, code, url = self.ask_to_plant(town)
        today, agent = date.today(), self.agent(town)
        press(agent, url, "Étudier la demande")
        self.assertIn(f"Sans décision le {in_words(in_two_months(today))}", agent.get(url).page.text)
        self.ask_for_documents(agent, url)
        self.assertEqual(status_of(agent.get(url)), "Documents attendus")
        due = in_words(today + timedelta(30))
        self.assertIn(f"attendus jusqu’au {due} inclus", agent.last.page.text)
        text = self.told(town, code, "il manque des documents")
        for words in ("Photo du lieu", "Une photo de jour", due):
            self.assertIn(words, text)
        own = track(resident, code, WRITER).url
        self.assertIn(f"jusqu’au {due} inclus", resident.get(own).page.text)
        press(resident, own, "Envoyer les documents", files={"Photo du lieu": ("lieu.pdf", "application/pdf", PDF)})
        self.assertEqual(status_of(resident.get(own)), "En cours d’étude")
        self.assertIn("votre demande sera refusée", resident.last.page.text)
        press(agent, url, "Accepter")
        self.assertEqual(status_of(resident.get(own)), "En cours d’étude", "what agents prepare is not shown")
        press(agent, url, "Envoyer", {"Conditions particulières": "Laisser l’accès au regard."})
        text = self.paper(resident, own, f"Permis de végétaliser {code}.pdf")
        for words in ("Nous acceptons votre demande", "pied d’arbre, 2,5 m², 12 rue de la République.", "Laisser l’accès au regard.", f"Demande n° {code}"):
            self.assertIn(words, text.replace("\xa0", " "))
        self.assertEqual(status_of(resident.get(own)), "Acceptée")
        self.told(town, code, "accepté")

    @on_each_store
    def test_a_refusal_has_its_reasons_and_says_how_to_contest_it(self, town):
        resident, code, url = self.ask_to_plant(town)
        agent = self.agent(town)
        press(agent, url, "Étudier la demande")
        press(agent, url, "Refuser")
        self.assertEqual(press(agent, url, "Envoyer").status, 422, "reasons are compulsory")
        press(agent, url, "Envoyer", {"Motif du refus": "Le passage des piétons serait trop étroit.", "Explication pour la personne": "Il resterait 90 cm."})
        own = track(resident, code, WRITER).url
        text = self.paper(resident, own, f"Refus {code}.pdf")
        for words in ("Nous ne pouvons pas accepter", "Le passage des piétons serait trop étroit.", "Il resterait 90 cm.", "dans les deux mois", "telerecours"):
            self.assertIn(words, text)
        self.assertIn("Il resterait 90 cm.", self.told(town, code, "refusé"))

    @on_each_store
    def test_silence_refuses_and_says_so(self, town):
        resident, code, url = self.ask_to_plant(town)
        own, plain = track(resident, code, WRITER).url, code.replace("-", "")
        days = (in_two_months(date.today()) - date.today()).days + 1
        town.sql("site-bron", f"UPDATE dossier SET received = received - {days * 86400 * 1000000} WHERE code = '{plain}'")
        number = town.sql("site-bron", f"SELECT id FROM dossier WHERE code = '{plain}'")[0][0]
        town.sql("site-bron", f"UPDATE job SET look = 1 WHERE key LIKE 'global:{number}:%'")
        self.assertTrue(wait_until(lambda: status_of(resident.get(own)) == "Refusée faute de réponse", seconds=60), resident.last.page.text)
        self.told(town, code, "refusé faute de réponse")


class Newcomer(unittest.TestCase):
    """Without a mail server: the mails are a page, and the pages say where."""

    def test_the_mails_are_shown_where_there_is_no_relay(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.cli("site", "create", "--slug", "ville", "--name", "Ville")
                counter.start()
                visitor = Visitor(counter.port, "ville.localhost")
                visitor.send(main_form(visitor.get("/inscription/").page), {"courriel": WRITER})
                page = next(href for href, text in visitor.last.page.links if text == "cette page")
                until = time.monotonic() + 20
                while "Confirmez" not in visitor.get(page).page.text and time.monotonic() < until:
                    time.sleep(0.05)
                mail = visitor.get(next(href for href, text in visitor.last.page.links if text.startswith("Confirmez")))
                link = next(href for href, text in mail.page.links if "/inscription/verifier/" in href)
                self.assertEqual(visitor.send(main_form(visitor.get(link).page), {"mot-de-passe": "Rue-Garibaldi-1907"}).url, "/mon-compte/")


if __name__ == "__main__":
    unittest.main()
