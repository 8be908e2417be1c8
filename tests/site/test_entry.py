"""Agents who enter a request for somebody else, and residents who take up what they began."""
import re
import time
import unittest

from support.filler import main_form
from support.town import ADA, OnEachStore, on_each_store, press

CLERK, MATE, ADMIN = "clerc@ville.example", "collegue@ville.example", "admin@ville.example"

FORM = {
    "kind": "form", "slug": "carte", "name": "Carte d’été", "workflow": "suivi", "functions": {"_receiver": "accueil"},
    "backoffice_submission_roles": ["guichet"], "only_allow_one": True,
    "fields": [{"id": "p1", "type": "page", "label": "Vous"},
               {"id": "1", "type": "string", "label": "Famille", "prefill": {"type": "user", "value": "last_name"}},
               {"id": "2", "type": "email", "label": "Courriel", "required": "frontoffice"},
               {"id": "3", "type": "string", "label": "Note du guichet", "required": "optional", "condition": "is_in_backoffice"},
               {"id": "p2", "type": "page", "label": "Suite"},
               {"id": "4", "type": "string", "label": "Motif", "varname": "motif"}],
}
SIDE = FORM | {"slug": "cote", "name": "Côté", "only_allow_one": False,
               "lateral_template": "<p>Quotient de {{ form_var_motif }} : <em>à vérifier</em></p>",
               "submission_lateral_template": '<p>Demandez la carte [{{ form_var_motif|default:"" }}]</p>'}
SHUT = SIDE | {"slug": "ferme", "name": "Fermé", "management_sidebar_items": ["general"], "submission_sidebar_items": ["general"]}

WORKFLOW = {"kind": "workflow", "slug": "suivi", "name": "Suivi", "functions": [{"id": "_receiver", "name": "Agents"}],
            "statuses": [{"id": "recu", "name": "Reçu", "actions": [
                {"id": "1", "type": "register-comment", "comment": "<p>Par {{ form_submission_channel_label }} : {{ form_user_email }}</p>"},
                {"id": "2", "type": "choice", "label": "Clore", "by": ["_receiver"], "status": "fini"}]},
                {"id": "fini", "name": "Fini", "forced_endpoint": True, "actions": []}]}


def value_of(answer, name):
    return main_form(answer.page).named(name)[0].value


def until(look, holds):
    """Definitions are in service some moments after the command that published them."""
    end = time.monotonic() + 20
    while not holds(answer := look()):
        if time.monotonic() > end:
            raise AssertionError(answer.page.text)
        time.sleep(0.05)
    return answer


class Entry(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "guichet"])
        town.define("ville", FORM, FORM | {"slug": "libre", "name": "Libre", "backoffice_submission_roles": [], "only_allow_one": False}, SIDE, SHUT, WORKFLOW)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil", "guichet"])
        town.person(MATE, "Maxime Mate", "ville", ["accueil"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    def begin(self, agent, person="", channel="phone", slug="carte"):
        return agent.post("/agents/saisie/", [("jeton", value_of(agent.get("/agents/saisie/"), "jeton")),
                                              ("demarche", slug), ("canal", channel), ("courriel", person)])

    def finish(self, agent, answer, **values):
        answer = agent.send(main_form(answer.page), values, button="Continuer")
        answer = agent.send(main_form(answer.page), {"f4": "Essai"}, button="Continuer")
        return agent.send(main_form(answer.page), button="Envoyer ma demande")

    @on_each_store
    def test_texts_stand_beside_the_entry_and_the_request(self, town):
        for slug, is_shown in (("cote", True), ("ferme", False)):
            agent = town.visitor("ville", CLERK)
            page = self.begin(agent, ADA, slug=slug)
            self.assertEqual("Demandez la carte []" in page.page.text, is_shown)
            answer = agent.send(main_form(page.page), button="Continuer")
            answer = agent.send(main_form(answer.page), {"f4": "<b>Sport</b>"}, button="Continuer")
            self.assertEqual("Demandez la carte [<b>Sport</b>]" in answer.page.text, is_shown)
            answer = agent.send(main_form(answer.page), button="Envoyer ma demande")
            self.assertEqual("Quotient de &lt;b&gt;Sport&lt;/b&gt; : <em>à vérifier</em>" in answer.html, is_shown)
        resident = town.visitor("ville", ADA)
        self.assertNotIn("Demandez la carte", resident.get("/demarches/cote/1/").page.text)

    @on_each_store
    def test_a_request_is_entered_for_an_account(self, town):
        agent = town.visitor("ville", CLERK)
        page = self.begin(agent, ADA)
        self.assertIn("Vous saisissez cette demande pour Ada Durand (Téléphone)", page.page.text)
        form = main_form(page.page)
        self.assertEqual(form.named("f1")[0].value, "Durand", "filled with the person's data, not the agent's")
        self.assertTrue(form.named("f3"), "is_in_backoffice holds")
        done = self.finish(agent, page, f3="Pièce vue")
        self.assertRegex(done.url, r"^/agents/demandes/[0-9A-Z]+/$")
        self.assertIn(f"Par Téléphone : {ADA}", done.page.text)
        self.assertIn("Pièce vue", done.page.text)
        code = done.url.split("/")[3]
        resident = town.visitor("ville", ADA)
        self.assertIn("Carte d’été", resident.get("/mon-compte/demandes/").page.text)
        self.assertNotIn("Pièce vue", resident.get(f"/mon-compte/demandes/{code}/").page.text)
        refused = self.begin(agent, ADA)
        self.assertEqual(refused.status, 410)
        self.assertIn("Cette personne a déjà une demande", refused.page.text)
        press(agent, done.url, "Clore")

    @on_each_store
    def test_a_request_is_entered_for_somebody_without_an_account(self, town):
        agent = town.visitor("ville", CLERK)
        page = self.begin(agent, channel="counter")
        self.assertIn("une personne sans compte (Guichet)", page.page.text)
        self.assertEqual(value_of(page, "f1"), "")
        done = self.finish(agent, page, f1="Martin")
        self.assertIn("Par Guichet", done.page.text)
        self.assertNotIn("Carte d’été", agent.get("/mon-compte/demandes/").page.text)

    @on_each_store
    def test_only_who_has_the_role_enters(self, town):
        for who in (MATE, ADMIN):
            agent = town.visitor("ville", who)
            page = agent.get("/agents/saisie/").html
            self.assertEqual("Carte d’été" in page, who == ADMIN)
        mate, clerk = town.visitor("ville", MATE), town.visitor("ville", CLERK)
        form = main_form(clerk.get("/agents/saisie/").page)
        self.assertNotIn("Libre", clerk.last.html)
        self.assertEqual(clerk.send(form, {"demarche": "libre", "canal": "phone"}).status, 422)
        token = re.search(r'name="jeton" value="([^"]+)"', mate.get("/mon-compte/profil/").html).group(1)
        self.assertEqual(mate.post("/agents/saisie/", [("jeton", token), ("demarche", "carte"), ("canal", "phone")]).status, 422)
        self.assertEqual(town.visitor("ville", ADA).get("/agents/saisie/").status, 403)
        self.begin(clerk, ADA)
        mate.cookies["brouillon-carte"] = clerk.cookies["brouillon-carte"]
        self.assertNotIn("Vous saisissez", mate.get("/demarches/carte/1/").page.text, "another agent's entry")

    @on_each_store
    def test_what_is_wrong_is_said(self, town):
        agent = town.visitor("ville", CLERK)
        form = main_form(agent.get("/agents/saisie/").page)
        for values, message in (({"demarche": "", "canal": "phone"}, "Choisissez une démarche"),
                                ({"demarche": "carte"}, "Choisissez comment la personne"),
                                ({"demarche": "carte", "canal": "fax"}, "Choisissez comment la personne"),
                                ({"demarche": "carte", "canal": "phone", "courriel": "personne@ailleurs.example"}, "Aucun compte")):
            answer = agent.send(form, values)
            self.assertEqual(answer.status, 422)
            self.assertIn(message, answer.page.text)

    @on_each_store
    def test_one_draft_is_found_again_on_another_device(self, town):
        first, second = town.visitor("ville", ADA), town.visitor("ville", ADA)
        answer = first.get("/demarches/libre/commencer/")
        self.assertEqual(answer.url, "/demarches/libre/1/")
        first.send(main_form(answer.page), {"f1": "Durand-Roux", "f2": ADA}, button="Continuer")
        offered = second.get("/demarches/libre/commencer/")
        self.assertIn("Vous avez déjà commencé cette demande", offered.page.text)
        self.assertEqual(value_of(second.get("/demarches/libre/1/"), "f1"), "Durand-Roux")
        second.get("/demarches/libre/commencer/")
        anew = second.send(main_form(second.last.page), button="Effacer ce brouillon et recommencer")
        self.assertEqual(value_of(anew, "f1"), "Durand")
        self.assertNotIn("libre", [link for link in re.findall(r"/demarches/(\w+)/", second.get("/mon-compte/brouillons/").html)])

    @on_each_store
    def test_answers_that_a_changed_form_has_no_place_for_are_shown(self, town):
        form = FORM | {"slug": "change", "name": "Change", "backoffice_submission_roles": [], "only_allow_one": False}
        town.define("ville", form)
        resident = town.visitor("ville")
        answer = until(lambda: resident.get("/demarches/change/1/"), lambda page: page.status == 200)
        resident.send(main_form(answer.page), {"f1": "Durand", "f2": ADA}, button="Continuer")
        town.define("ville", form | {"fields": [field for field in form["fields"] if field["id"] != "1"]})
        page = until(lambda: resident.get("/demarches/change/1/"), lambda page: not main_form(page.page).named("f1"))
        self.assertIn("Cette démarche a changé depuis votre brouillon", page.page.text)
        self.assertIn("Famille : Durand", page.page.text)
        self.assertEqual(value_of(page, "f2"), ADA)


if __name__ == "__main__":
    unittest.main()
