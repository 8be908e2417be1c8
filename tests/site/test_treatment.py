"""What a workflow does by itself or from a page, over HTTP with the real server: jumps that time brings, global actions by hand,
with a form and by time, comments, messages, notices, redirections, effacement and removal."""
import time
import unittest

from support.filler import PDF
from support.town import ADA, OnEachStore, acting_form, buttons, file_own, on_each_store, press, status_of, track

CLERK = "clerc@ville.example"
FIELDS = [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}, {"id": "2", "type": "email", "label": "Courriel", "varname": "courriel"},
          {"id": "3", "type": "string", "label": "Suite", "varname": "suite", "required": "optional"}]


def choice(id, label, status, by=("_receiver",), **more):
    return {"id": id, "type": "choice", "label": label, "by": list(by), "status": status, **more}


def message(id, text, to=(), **more):
    return {"id": id, "type": "displaymsg", "message": f"<p>{text}</p>", "to": list(to), **more}


WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "backoffice_fields": [{"id": "bo1", "type": "string", "label": "Cote", "varname": "cote", "required": "optional"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            message("1", "Pour tous", level="info", position="top"),
            message("2", "Pour la personne", ["_submitter"], level="success", position="bottom"),
            message("3", "Pour les agents", ["_receiver"], level="warning", position="actions"),
            {"id": "4", "type": "commentable", "label": "Un mot", "button_label": "Écrire", "by": ["_submitter", "_receiver"], "varname": "mot"},
            choice("5", "Faire attendre", "attente"), choice("6", "Clore", "clos"), choice("7", "Supprimer", "corbeille"),
            choice("8", "Effacer les noms", "efface"), choice("9", "Aller voir", "clos2"), choice("10", "Coter", "cote"),
            choice("11", "Renoncer", "clos", by=["_submitter"]), choice("12", "Joindre", "joint")]},
        {"id": "joint", "name": "Pièces", "actions": [
            {"id": "1", "type": "form", "by": ["_receiver"], "varname": "interne", "fields": [{"id": "j1", "type": "file", "label": "Interne"}]},
            {"id": "2", "type": "form", "by": ["_receiver"], "varname": "reponse", "include_in_form_history": True,
             "fields": [{"id": "j2", "type": "file", "label": "Réponse"}]},
            {"id": "3", "type": "jumponsubmit", "status": "clos"}]},
        {"id": "attente", "name": "En attente", "actions": [
            {"id": "1", "type": "notification", "to": ["_submitter"], "title": "Votre demande {{ form_tracking_code }} attend", "body": "Deux secondes.", "target_url": "{{ form_url }}"},
            {"id": "3", "type": "notification", "users_template": "personne@rien.example, " + CLERK, "title": "{{ form_tracking_code }} dort", "origin": "Mairie {{ form_name }}"},
            {"id": "2", "type": "jump", "mode": "timeout", "timeout": "2 seconds", "status": "clos"}]},
        {"id": "cote", "name": "Coté", "actions": [
            {"id": "1", "type": "set-backoffice-fields", "fields": [{"field_id": "bo1", "value": "COTE-{{ form_var_nom|upper }}"}]},
            choice("2", "Clore", "clos")]},
        {"id": "corbeille", "name": "Corbeille", "actions": [{"id": "1", "type": "remove"}]},
        {"id": "efface", "name": "Effacé", "actions": [{"id": "1", "type": "anonymise", "mode": "final"}]},
        {"id": "clos2", "name": "Vu", "actions": [{"id": "1", "type": "redirect_to_url", "url": "{{ form_var_suite|default:\"/aide/\" }}"}]},
        {"id": "clos", "name": "Clos", "forced_endpoint": True, "actions": []}],
    "global_actions": [
        {"id": "rouvrir", "name": "Rouvrir", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"], "statuses": ["_endpoint_status"]}],
         "actions": [{"id": "1", "type": "jump", "status": "recu"}, {"id": "2", "type": "register-comment", "comment": "<p>Rouvert</p>"}]},
        {"id": "ecrire", "name": "Écrire à la personne", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"]}],
         "actions": [{"id": "1", "type": "form", "by": ["_receiver"], "varname": "lettre", "fields": [{"id": "l1", "type": "text", "label": "Lettre", "varname": "texte"}]},
                     {"id": "2", "type": "sendmail", "to": ["_submitter"], "subject": "Un mot sur {{ form_tracking_code }}", "body": "{{ lettre_var_texte }}"}]},
        {"id": "relancer", "name": "Relancer", "triggers": [{"id": "t", "type": "timeout", "anchor": "template", "anchor_template": "{{ form_var_suite }}", "timeout": "0"}],
         "actions": [{"id": "1", "type": "register-comment", "comment": "<p>Relance faite</p>"}]},
    ],
}


class Treatment(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"},
                              "confirmation": False, "fields": FIELDS}, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def file(self, town, who=ADA, suite=""):
        return file_own(town, "carte", who, Famille="Durand", Courriel=ADA, Suite=suite)

    def wait(self, until, seconds=10):
        end = time.monotonic() + seconds
        while not until() and time.monotonic() < end:
            time.sleep(0.05)
        return until()

    @on_each_store
    def test_a_jump_comes_at_its_second_by_itself_and_after_a_restart_too(self, town):
        agent = town.visitor("ville", CLERK)
        resident, code, own, url = self.file(town)
        began = time.time()
        press(agent, url, "Faire attendre")
        self.assertEqual(status_of(agent.get(url)), "En attente")
        self.assertTrue(self.wait(lambda: status_of(agent.get(url)) == "Clos"))
        raw = code.replace("-", "")
        arrived = int(town.sql("site-ville", f"SELECT arrived FROM dossier WHERE code = '{raw}'")[0][0]) / 1e6
        self.assertGreaterEqual(arrived - began, 2)
        self.assertLess(arrived - began, 4.5)
        self.assertIn(f"Votre demande {code} attend", resident.get("/mon-compte/").page.text)
        self.assertNotIn(f"{code} dort", resident.last.page.text)
        self.assertRegex(agent.get("/mon-compte/").page.text, f"{code} dort.?Mairie ")
        _, _, _, second = self.file(town)
        press(agent, second, "Faire attendre")
        town.stop()
        time.sleep(2.1)
        town.open()
        agent.port = town.port
        self.assertTrue(self.wait(lambda: status_of(agent.get(second)) == "Clos", 5), "due while the server was away")

    @on_each_store
    def test_a_global_action_is_offered_where_its_trigger_says_and_acts(self, town):
        agent = town.visitor("ville", CLERK)
        _, _, own, url = self.file(town)
        self.assertNotIn("Rouvrir", buttons(agent.get(url), url))
        press(agent, url, "Clore")
        self.assertIn("Rouvrir", buttons(agent.get(url), url))
        press(agent, url, "Rouvrir")
        self.assertEqual(status_of(agent.last), "Reçu")

    @on_each_store
    def test_a_global_action_that_asks_has_a_page_of_its_own(self, town):
        agent = town.visitor("ville", CLERK)
        resident, code, own, url = self.file(town)
        ask = url + next(href for href, text in agent.get(url).page.links if text == "Écrire à la personne")
        self.assertEqual(buttons(agent.get(ask), url), ["Écrire à la personne"])
        self.assertEqual(press(agent, ask, "Écrire").status, 422)
        press(agent, ask, "Écrire", {"Lettre": "Bonne nouvelle"})
        self.assertEqual(status_of(agent.last), "Reçu")
        self.assertIn("Bonne nouvelle", str(town.mailbox.wait_for(ADA, f"Un mot sur {code}").get_body(("plain",)).get_content()))
        self.assertEqual(buttons(resident.get(own + "?globale=ecrire"), own), ["Écrire", "Renoncer"], "not the submitter's")
        hidden = [(control.name, control.value) for control in acting_form(resident.last, own).controls if control.kind == "hidden"]
        refused = resident.post(own, [*hidden, ("action", "globale:ecrire")])
        self.assertEqual(refused.status, 403)

    @on_each_store
    def test_a_date_of_its_own_starts_a_global_action(self, town):
        agent = town.visitor("ville", CLERK)
        later = time.strftime("%Y-%m-%d", time.localtime(time.time() + 86400 * 40))
        _, _, _, due = self.file(town, suite="2020-01-01")
        _, _, _, not_yet = self.file(town, suite=later)
        self.assertTrue(self.wait(lambda: "Relance faite" in agent.get(due).page.text))
        self.assertNotIn("Relance faite", agent.get(not_yet).page.text)
        self.assertEqual(agent.get(due).page.text.count("Relance faite"), 1)

    @on_each_store
    def test_files_of_sub_forms_are_for_whom_their_form_is(self, town):
        agent = town.visitor("ville", CLERK)
        resident, code, own, url = self.file(town)
        press(agent, url, "Joindre")
        press(agent, url, "Envoyer", files={"Interne": ("interne.pdf", "application/pdf", PDF + b"interne"), "Réponse": ("reponse.pdf", "application/pdf", PDF)})
        links = {text: href for href, text in agent.get(url).page.links}
        self.assertEqual(agent.get(links["interne.pdf"]).body, PDF + b"interne")
        secret = links["interne.pdf"].split("/")[-2]
        follower = town.visitor("ville")
        followed = track(follower, code, ADA).url
        for person, page in ((resident, own), (follower, followed)):
            shown = {text: href for href, text in person.get(page).page.links}
            self.assertNotIn("interne.pdf", shown)
            self.assertEqual(person.get(shown["reponse.pdf"]).body, PDF)
            self.assertEqual(person.get(f"{page}fichiers/{secret}/").status, 404)
        self.assertEqual(town.visitor("ville").get(f"{followed}fichiers/{secret}/").url, "/suivre/")

    @on_each_store
    def test_comments_go_both_ways(self, town):
        agent = town.visitor("ville", CLERK)
        resident, _, own, url = self.file(town)
        press(resident, own, "Écrire", {"Un mot": "Où en est-on ?"})
        self.assertIn("Où en est-on ?", agent.get(url).page.text)
        press(agent, url, "Écrire", {"Un mot": "<script>alert(1)</script> bientôt"})
        self.assertIn("<script>alert(1)</script> bientôt", resident.get(own).page.text)
        self.assertNotIn("<script>alert", resident.last.html)

    @on_each_store
    def test_messages_are_for_whom_they_are_meant_and_stand_where_they_should(self, town):
        agent = town.visitor("ville", CLERK)
        resident, code, own, url = self.file(town)
        def panels(answer):
            return [text for text in ("Pour tous", "Pour la personne", "Pour les agents") if text in answer.page.text]
        self.assertEqual(panels(resident.get(own)), ["Pour tous", "Pour la personne"])
        self.assertLess(resident.last.html.index("Pour tous"), resident.last.html.index("Ce que vous pouvez faire"))
        self.assertLess(resident.last.html.index("Ce que vous avez envoyé"), resident.last.html.index("Pour la personne"))
        self.assertIn('<div class="panel success rich"><p>Pour la personne', resident.last.html)
        self.assertEqual(panels(agent.get(url)), ["Pour tous", "Pour les agents"])
        self.assertEqual(panels(track(town.visitor("ville"), code, ADA)), ["Pour tous", "Pour la personne"])

    @on_each_store
    def test_backoffice_fields_are_the_agents(self, town):
        agent = town.visitor("ville", CLERK)
        resident, _, own, url = self.file(town)
        press(agent, url, "Coter")
        self.assertIn("COTE-DURAND", agent.get(url).page.text)
        self.assertNotIn("COTE-DURAND", resident.get(own).page.text)

    @on_each_store
    def test_a_redirection_leads_on_the_site_or_to_the_web_only(self, town):
        agent = town.visitor("ville", CLERK)
        for suite, where in (("", "/aide/"), ("https://ailleurs.example/x", "https://ailleurs.example/x"), ("javascript:alert(1)", None), ("//ailleurs.example/", None)):
            _, _, _, url = self.file(town, suite=suite)
            form = acting_form(agent.get(url), url)
            fields = [(c.name, c.value) for c in form.controls if c.kind == "hidden"] + [("action", "choix:9")]
            self.assertEqual(agent.post(url, fields, follow=False).headers["Location"], where or url, suite)

    @on_each_store
    def test_what_is_anonymised_or_removed_is_gone_for_all(self, town):
        agent = town.visitor("ville", CLERK)
        resident, code, own, url = self.file(town)
        press(agent, url, "Effacer les noms")
        self.assertNotIn("Durand", agent.get(url).page.text)
        self.assertEqual(agent.get("/agents/demandes/?q=durand").page.text.count(code), 0)
        self.assertEqual(resident.get(own).status, 404)
        self.assertIn("Nous ne trouvons pas", track(town.visitor("ville"), code, ADA).page.text)
        resident, code, own, url = self.file(town)
        gone = press(agent, url, "Supprimer")
        self.assertEqual((gone.url, "La demande est effacée" in gone.page.text), ("/agents/demandes/", True))
        for visitor, address in ((agent, url), (resident, own)):
            self.assertEqual(visitor.get(address).status, 404)
        self.assertNotIn(code, agent.get("/agents/demandes/").page.text)


if __name__ == "__main__":
    unittest.main()
