"""Buttons in mails: pressed once by whoever has the mail, on a page that asks first; expired, used, passed and unknown ones."""
import re
import time

from support.filler import main_form
from support.town import ADA, OnEachStore, file_own, on_each_store, press, status_of

CLERK = "clerc@ville.example"
FORM = {"kind": "form", "slug": "visite", "name": "Visite", "workflow": "visite", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]}
BODY = ("Bonjour {{ form_var_nom }},\n\n{% action_button \"venir\" label=\"Je viens\" message=\"Le rendez-vous est mardi.\" done_message=\"À mardi !\" %}\n\n"
        "{% action_button \"rappel\" label=\"Rappelez-moi <b>\" delay=1 %}\n\n{% action_button \"rien\" label=\"Rien\" %}")
WORKFLOW = {"kind": "workflow", "slug": "visite", "name": "Visite", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "recu", "name": "Reçu", "actions": [
        {"id": "1", "type": "sendmail", "to": ["_submitter"], "subject": "Visite", "body": BODY, "varname": "invitation"},
        {"id": "2", "type": "sendmail", "to": ["_submitter"], "subject": "Riche", "body": "<p>Venez</p><p>{% action_button \"venir\" label=\"Oui & oui\" %}</p>"},
        {"id": "3", "type": "choice", "label": "Viendra", "by": ["_receiver"], "status": "viendra", "identifier": "venir"},
        {"id": "4", "type": "choice", "label": "Clore", "by": ["_receiver"], "status": "clos"}]},
    {"id": "viendra", "name": "Viendra", "actions": [
        {"id": "1", "type": "register-comment", "comment": "<p>[{{ form_latest_jump }}] {{ form_workflow_email_invitation_body }}</p>"},
        {"id": "2", "type": "choice", "label": "Clore", "by": ["_receiver"], "status": "clos"}]},
    {"id": "clos", "name": "Clos", "actions": []}],
    "global_actions": [{"id": "g", "name": "Rappeler", "triggers": [{"id": "1", "type": "webservice", "identifier": "rappel"}],
                        "actions": [{"id": "1", "type": "register-comment", "comment": "<p>À rappeler</p>"}]}]}


class Buttons(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def file(self, town, name):
        """The request's page for agents, and the paths of the buttons of its mails."""
        town.mailbox.messages.clear()
        _, _, _, office = file_own(town, "visite", Nom=name)
        mails = {}
        for _ in range(300):
            mails = {str(message["Subject"]): message for _, message in list(town.mailbox.messages)}
            if {"Visite", "Riche"} <= set(mails):
                break
            time.sleep(0.1)
        return office, mails["Visite"], mails["Riche"]

    def text(self, message, kind="text/plain"):
        return next(part.get_content() for part in message.walk() if part.get_content_type() == kind)

    def paths(self, text):
        return [path for path in re.findall(r"http://[^/\s\"]+(/boutons/[^\s\"<]+)", text)]

    @on_each_store
    def test_a_button_is_pressed_once_by_whoever_has_the_mail(self, town):
        office, mail, rich = self.file(town, "Alpha")
        plain, html = self.text(mail), self.text(mail, "text/html")
        come, recall, nothing = self.paths(plain)
        self.assertEqual(self.paths(html), [come, recall, nothing])
        self.assertIn("[Je viens] http", plain)
        self.assertIn("Rappelez-moi &lt;b&gt;</a>", html)
        self.assertIn("Oui &amp; oui</a>", self.text(rich, "text/html"))
        self.assertNotIn("\ue000", plain + html)
        anyone, agent = town.visitor("ville"), town.visitor("ville", CLERK)
        asked = anyone.get(come)
        self.assertEqual(asked.status, 200)
        self.assertIn("Le rendez-vous est mardi.", asked.page.text)
        anyone.get(come)
        self.assertEqual(status_of(agent.get(office)), "Reçu")  # opening does nothing
        done = anyone.send(main_form(asked.page), {})
        self.assertEqual(done.status, 200)
        self.assertIn("À mardi !", done.page.text)
        page = agent.get(office)
        self.assertEqual(status_of(page), "Viendra")
        self.assertIn("Bouton d’un courriel\u00a0: Je viens", page.html)
        self.assertIn("[venir] Bonjour Alpha", page.page.text)
        self.assertNotIn("/boutons/", page.html)
        again = anyone.send(main_form(asked.page), {})  # two presses at once, or later
        self.assertEqual(again.status, 200)
        self.assertIn("C’est fait", again.page.text)
        self.assertEqual(page.page.text.count("Je viens"), agent.get(office).page.text.count("Je viens"))
        # a global action, in another status
        self.assertIn("Rappelez-moi <b>", anyone.get(recall).page.text)
        anyone.send(main_form(anyone.get(recall).page), {})
        self.assertIn("À rappeler", agent.get(office).page.text)
        # no action of that identifier
        self.assertEqual(anyone.get(nothing).status, 409)

    @on_each_store
    def test_what_is_passed_expired_or_unknown_does_nothing(self, town):
        office, mail, _ = self.file(town, "Beta")
        come, recall, _ = self.paths(self.text(mail))
        anyone, agent = town.visitor("ville"), town.visitor("ville", CLERK)
        form = main_form(anyone.get(come).page)
        for wrong in (come[:-2] + "A/", come.replace("-", "x"), "/boutons/1-/", "/boutons/x/", re.sub(r"/boutons/\d", "/boutons/9", come)):
            if wrong != come:
                self.assertEqual(anyone.get(wrong).status, 404, wrong)
        press(agent, office, "Clore")
        late = anyone.send(form, {})
        self.assertEqual(late.status, 409)
        self.assertIn("changé d’étape", late.page.text)
        self.assertEqual(status_of(agent.get(office)), "Clos")
        number = re.match(r"/boutons/(\d+)-", recall).group(1)
        secret = recall.split("-", 1)[1].rstrip("/")
        marks = town.sql("site-ville", f"SELECT marks FROM dossier WHERE id = {number}")[0][0]
        self.assertNotIn(secret, marks)
        self.assertIn("rappel", marks)
        past = re.sub(r'"until":\s*\d+', '"until": 1', marks)
        town.sql("site-ville", f"UPDATE dossier SET marks = '{past.replace(chr(39), chr(39) * 2)}' WHERE id = {number}")
        expired = anyone.get(recall)
        self.assertEqual(expired.status, 410)
        self.assertIn("a expiré", expired.page.text)
