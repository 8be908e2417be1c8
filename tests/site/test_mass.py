"""One action on many requests at once: what is offered for a selection, what is asked first, the job that does it and goes on after
the process died, which ones it was not done to and why; the same for cards."""
import re
import time
import unittest

from support.town import ADA, OnEachStore, acting_form, file_request, on_each_store, press, status_of

CLERK, READER = "clerc@ville.example", "lecture@ville.example"
FIELDS = [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]
WORKFLOW = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit",
    "functions": [{"id": "_receiver", "name": "Agents"}, {"id": "lecteur", "name": "Lecteurs"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "choice", "label": "Accepter", "by": ["_receiver"], "status": "accepte", "allow_as_mass_action": True},
            {"id": "2", "type": "choice", "label": "Refuser", "by": ["_receiver"], "status": "refuse", "allow_as_mass_action": True,
             "require_confirmation": True, "confirmation_text": "Refuser sans un mot ?", "condition": "form_var_nom != \"Noir\""},
            {"id": "3", "type": "choice", "label": "Seulement une", "by": ["_receiver"], "status": "refuse"}]},
        {"id": "accepte", "name": "Accepté", "actions": [
            {"id": "1", "type": "choice", "label": "Archiver", "by": ["_receiver"], "status": "clos", "allow_as_mass_action": True}]},
        {"id": "refuse", "name": "Refusé", "forced_endpoint": True, "actions": []},
        {"id": "clos", "name": "Clos", "forced_endpoint": True, "actions": []}],
    "global_actions": [
        {"id": "mot", "name": "Écrire un mot", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"]}],
         "actions": [{"id": "1", "type": "commentable", "label": "Le mot", "required": True, "by": ["_receiver"]},
                     {"id": "2", "type": "form", "by": ["_receiver"], "varname": "suite", "include_in_form_history": True,
                      "fields": [{"id": "s1", "type": "file", "label": "Courrier", "required": "optional"}]}]},
        {"id": "seule", "name": "Une à une", "triggers": [{"id": "t", "type": "manual", "roles": ["_receiver"], "allow_as_mass_action": False}],
         "actions": [{"id": "1", "type": "register-comment", "comment": "<p>Seule</p>"}]}]}
CARDS = {"kind": "card", "slug": "motifs", "name": "Motifs", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "backoffice_submission_roles": ["accueil"],
         "digest_template": "{{ form_var_nom }}", "fields": FIELDS}


def form(slug):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "circuit", "confirmation": False,
            "functions": {"_receiver": "accueil", "lecteur": "lecture"}, "fields": FIELDS}


class Mass(OnEachStore):
    forms = ("choix", "coches", "filtre", "mots", "conditions", "meurt", "change")

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "lecture"])
        town.define("ville", *[form(slug) for slug in cls.forms], WORKFLOW, CARDS)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(READER, "Lou Lecteur", "ville", ["lecture"])
        town.person(ADA, "Ada Durand")

    def file(self, town, slug, *names):
        resident = town.visitor("ville", ADA)
        return [file_request(resident, slug, Famille=name).replace("-", "") for name in names]

    def select(self, agent, slug, codes=None, scope="cochees", more=""):
        page = agent.get(f"/agents/demandes/?demarche={slug}{more}")
        chosen = next(form for form in page.page.forms if "/groupe/" in form.action)
        ids = dict(re.findall(r'aria-label="Choisir ([0-9A-Z-]+)"><input type="hidden" name="ligne" value="(\d+)"', page.html))
        values = {"portee": scope, "ligne": list(ids.values())}
        if codes is not None:
            values["dossier"] = [id for code, id in ids.items() if code.replace("-", "") in codes]
        return agent.post(chosen.action, [("jeton", self.token(page)), *[(name, one) for name, value in values.items()
                                                                        for one in (value if isinstance(value, list) else [value])]])

    def token(self, page):
        return re.search(r'name="jeton" value="([^"]+)"', page.html).group(1)

    def wait(self, agent, url):
        end = time.monotonic() + 20
        while "C’est terminé" not in agent.get(url).html and time.monotonic() < end:
            time.sleep(0.05)
        self.assertIn("C’est terminé", agent.last.html)
        return agent.last

    def status(self, agent, code):
        return status_of(agent.get(f"/agents/demandes/{code}/"))

    @on_each_store
    def test_boxes_are_shown_to_who_may_act_on_many(self, town):
        self.file(town, "choix", "Blanc")
        self.assertIn('name="dossier"', town.visitor("ville", CLERK).get("/agents/demandes/?demarche=choix").html)
        self.assertNotIn('name="dossier"', town.visitor("ville", CLERK).get("/agents/demandes/").html)
        self.assertNotIn('name="dossier"', town.visitor("ville", READER).get("/agents/demandes/?demarche=choix").html)

    @on_each_store
    def test_what_is_ticked_is_done_and_the_history_names_the_agent(self, town):
        first, second, third = self.file(town, "coches", "Blanc", "Gris", "Rouge")
        agent = town.visitor("ville", CLERK)
        press(agent, f"/agents/demandes/{second}/", "Accepter")
        page = self.select(agent, "coches", [first, second])
        self.assertIn("Agir sur 2 demandes", page.html)
        self.assertRegex(page.page.text, r"Pour 1 demande sur 2, dans l’état « Reçu », qui passe à « Accepté »")
        for absent in ("Seulement une", "Une à une"):
            self.assertNotIn(absent, page.html)
        self.assertIn("Écrire un mot", page.html)
        url = page.url
        agent.send(acting_form(page, url), {}, button="Accepter")
        done = self.wait(agent, url)
        self.assertIn("1 traitée, 1 laissée telle quelle", done.page.text)
        self.assertIn("L’action n’est pas proposée pour cette demande.", done.page.text)
        self.assertEqual([self.status(agent, code) for code in (first, second, third)], ["Accepté", "Accepté", "Reçu"])
        self.assertRegex(agent.get(f"/agents/demandes/{first}/").page.text, r"Claude Clerc\s+Accepté")
        self.assertIn("Accepter", agent.get("/agents/groupe/").html)
        self.assertEqual(town.visitor("ville", READER).get(url).status, 404)
        self.assertEqual(agent.send(acting_form(page, url), {}, button="Accepter").url, url)  # a second click does nothing
        self.assertIn("1 traitée", agent.last.page.text)

    @on_each_store
    def test_nothing_ticked_is_told(self, town):
        self.file(town, "choix", "Blanc")
        page = self.select(town.visitor("ville", CLERK), "choix", [])
        self.assertIn("Cochez au moins une ligne", page.html)
        self.assertEqual(page.url.split("?")[0], "/agents/demandes/")

    @on_each_store
    def test_all_that_the_filters_find(self, town):
        codes = self.file(town, "filtre", "Blanc", "Gris", "Rouge", "Vert")
        agent = town.visitor("ville", CLERK)
        press(agent, f"/agents/demandes/{codes[0]}/", "Accepter")
        page = self.select(agent, "filtre", scope="toutes", more="&statut=recu")
        self.assertIn("Agir sur 3 demandes", page.html)
        agent.send(acting_form(page, page.url), {}, button="Accepter")
        self.wait(agent, page.url)
        page = self.select(agent, "filtre", scope="page")
        self.assertIn("Agir sur 4 demandes", page.html)
        agent.send(acting_form(page, page.url), {}, button="Archiver")
        self.wait(agent, page.url)
        self.assertEqual({self.status(agent, code) for code in codes}, {"Clos"})

    @on_each_store
    def test_a_condition_and_a_confirmation(self, town):
        codes = self.file(town, "conditions", "Noir", "Gris")
        agent = town.visitor("ville", CLERK)
        page = self.select(agent, "conditions", codes)
        url = page.url
        link = re.search(r'href="([^"]+)">Refuser', page.html).group(1)
        asked = agent.get(link)
        self.assertIn("Refuser sans un mot ?", asked.page.text)
        unconfirmed = agent.post(url, [("jeton", self.token(page)), ("action", "choix:recu/2")])
        self.assertIn("Refuser sans un mot ?", unconfirmed.page.text)
        agent.send(acting_form(asked, url), {})
        done = self.wait(agent, url)
        self.assertIn("1 traitée, 1 laissée telle quelle", done.page.text)
        self.assertEqual([self.status(agent, code) for code in codes], ["Reçu", "Refusé"])

    @on_each_store
    def test_what_an_action_asks_is_asked_once(self, town):
        codes = self.file(town, "mots", "Blanc", "Gris")
        agent = town.visitor("ville", CLERK)
        page = self.select(agent, "mots", codes)
        url = page.url
        asked = agent.get(re.search(r'href="([^"]+)">Écrire un mot', page.html).group(1))
        form = acting_form(asked, url)
        comment, file = (next(control for control in form.controls if label in control.label) for label in ("Le mot", "Courrier"))
        empty = agent.send(form, {})
        self.assertEqual(empty.status, 422)
        self.assertIn("Écrivez un commentaire", empty.page.text)
        agent.send(acting_form(empty, url), {comment.name: "Bonjour à tous"}, files={file.name: ("courrier.txt", "text/plain", b"Bonjour")})
        self.wait(agent, url)
        for code in codes:
            page = agent.get(f"/agents/demandes/{code}/")
            self.assertIn("Bonjour à tous", page.page.text)
            blob = re.search(r'fichiers/([0-9a-f]{64})/">courrier.txt', page.html).group(1)
            self.assertEqual(town.visitor("ville", ADA).get(f"/mon-compte/demandes/{code}/fichiers/{blob}/").body, b"Bonjour")

    @on_each_store
    def test_one_that_changed_meanwhile_is_left(self, town):
        codes = self.file(town, "change", "Blanc", "Gris")
        agent = town.visitor("ville", CLERK)
        page = self.select(agent, "change", codes)
        form = acting_form(page, page.url)
        press(town.visitor("ville", CLERK), f"/agents/demandes/{codes[0]}/", "Accepter")
        agent.send(form, {}, button="Accepter")
        done = self.wait(agent, page.url)
        self.assertIn("a changé d’étape entre-temps", done.page.text)
        self.assertIn("1 traitée, 1 laissée", done.page.text)

    @on_each_store
    def test_cards_too(self, town):
        agent = town.visitor("ville", CLERK)
        for name in ("Bruit", "Voirie"):
            agent.send(acting_form(agent.get("/agents/fiches/motifs/ajouter/"), "/agents/fiches/motifs/ajouter/"), {"f1": name})
        page = agent.get("/agents/fiches/motifs/")
        ids = re.findall(r'name="ligne" value="(\d+)"', page.html)
        self.assertEqual(len(ids), 2)
        page = agent.post("/agents/fiches/motifs/groupe/", [("jeton", self.token(page)), ("portee", "cochees"), ("dossier", ids[0])])
        self.assertIn("Agir sur 1 fiche", page.html)
        agent.send(acting_form(page, page.url), {}, button="Accepter")
        self.wait(agent, page.url)
        self.assertEqual(len(re.findall(">Accepté</span>", agent.get("/agents/fiches/motifs/").html)), 1)

    @on_each_store
    def test_it_goes_on_after_the_process_died(self, town):
        self.file(town, "meurt", *[f"Famille {n}" for n in range(12)])
        agent = town.visitor("ville", CLERK)
        page = self.select(agent, "meurt", scope="page")
        agent.send(acting_form(page, page.url), {}, button="Accepter")
        town.kill()
        town.open()
        agent = town.visitor("ville", CLERK)
        self.assertIn("12 traitées", self.wait(agent, page.url).page.text)
        moves = town.sql("site-ville", "SELECT COUNT(*) FROM dossier_history h JOIN dossier d ON d.id = h.dossier"
                                       " WHERE d.form = 'meurt' AND h.status = 'accepte'")
        self.assertEqual(moves, [["12"]])


if __name__ == "__main__":
    unittest.main()
