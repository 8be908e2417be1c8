"""What a circuit does to other dossiers: a request makes a card and a further request, both name the other, agents see what is
theirs; a request goes to the service that a rule names."""
import json
import re
import unittest

from support.filler import main_form, walk
from support.town import ADA, OnEachStore, buttons, file_own, on_each_store, press, status_of

CLERK, GARDENER, ROADS = "clerc@ville.example", "jardins@ville.example", "voirie@ville.example"
FIELDS = [{"id": "1", "type": "string", "label": "Essence", "varname": "essence"},
          {"id": "2", "type": "string", "label": "Lieu", "varname": "lieu"}]
TREES = {"kind": "card", "slug": "arbres", "name": "Arbres", "workflow": "soin", "id_template": "A{{ form_var_espece }}", "digest_template": "{{ form_var_espece }}",
         "functions": {"_receiver": "jardins"},
         "fields": [{"id": "1", "type": "string", "label": "Espèce", "varname": "espece"}, {"id": "2", "type": "string", "label": "Pied", "varname": "pied"},
                    {"id": "3", "type": "block", "label": "Mesures", "varname": "mesures", "required": "optional",
                     "fields": [{"id": "m1", "type": "string", "label": "Hauteur", "varname": "hauteur"}]}]}
CARE = {"kind": "workflow", "slug": "soin", "name": "Soin", "functions": [{"id": "_receiver", "name": "Jardiniers"}], "statuses": [
    {"id": "1", "name": "Planté", "actions": [
        {"id": "1", "type": "register-comment", "comment": "<p>Pour {{ form_parent_var_lieu }}</p>"},
        {"id": "2", "type": "choice", "label": "Abattre", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Abattu", "actions": [
        {"id": "1", "type": "register-comment", "comment": "<p>Choisi {{ form_reverse_links_formdef_suite_quel_arbre|length }} fois, pour {{ form_reverse_links_formdef_suite_quel_arbre_0_form_var_lieu }}.</p>"}]}]}
WORKS = {"kind": "form", "slug": "travaux", "name": "Travaux", "workflow": "travaux", "functions": {"_receiver": "accueil"},
         "fields": [{"id": "1", "type": "string", "label": "Lieu", "varname": "lieu"}]}
# It makes itself: once, then it stops.
DIGGING = {"kind": "workflow", "slug": "travaux", "name": "Travaux", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Ouvert", "actions": [
        {"id": "1", "type": "create_formdata", "formdef_slug": "travaux", "map_fields_by_varname": True, "varname": "suite"},
        {"id": "2", "type": "dispatch", "role_key": "_receiver", "dispatch_type": "automatic", "variable": "form_var_lieu",
         "rules": [{"value": "quai", "role_id": "voirie"}]},
        {"id": "3", "type": "choice", "label": "Finir", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Fini", "actions": []}]}
PLANTING = {"kind": "form", "slug": "planter", "name": "Planter", "workflow": "planter", "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": FIELDS}
PLANTED = {"kind": "workflow", "slug": "planter", "name": "Planter", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçu", "actions": [
        {"id": "1", "type": "create_carddata", "formdef_slug": "arbres", "varname": "arbre", "user_association_mode": "keep-user",
         "mappings": [{"field_id": "1", "expression": "{{ form_var_essence }}"}, {"field_id": "2", "expression": "{{ form_var_lieu }}, {{ form_tracking_code }}"},
                      {"field_id": "3$m1", "expression": "3 m"}]},
        {"id": "2", "type": "create_formdata", "formdef_slug": "travaux", "varname": "travaux", "attach_to_history": True, "condition": "form_var_lieu == \"quai\"",
         "user_association_mode": "custom", "user_association_template": ADA, "map_fields_by_varname": True},
        {"id": "3", "type": "register-comment", "comment": "<p>Voir {{ form_links_arbre_form_identifier }}, {{ form_links_arbre_var_espece }} de {{ form_links_arbre_form_var_mesures_0_hauteur }} ({{ form_links_arbre_0_form_status }})"
                                                           "{% if form_links_travaux %}, {{ form_links_travaux_form_var_lieu }}{% endif %}.</p>"},
        {"id": "4", "type": "choice", "label": "Relire", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Relu", "actions": [
        {"id": "2", "type": "edit_carddata", "formdef_slug": "arbres", "target_mode": "all", "mappings": [{"field_id": "2", "expression": "{{ form_var_lieu|upper }}"}]},
        {"id": "3", "type": "edit_carddata", "formdef_slug": "arbres", "target_mode": "manual", "target_id": "{{ form_links_arbre_form_identifier }}, rien",
         "mappings": [{"field_id": "3$m1", "expression": "4 m"}]},
        {"id": "4", "type": "assign_carddata", "formdef_slug": "arbres", "target_mode": "manual", "target_id": "{{ form_links_arbre.form }}",
         "user_association_mode": "custom", "user_association_template": CLERK},
        {"id": "1", "type": "register-comment", "comment": "<p>L’arbre est {{ form_links_arbre_form_status|lower }}, {{ form_links_arbre_var_pied }}, {{ form_links_arbre_var_mesures_0_hauteur }}.</p>"}]}]}


# A request that prepares another for who filed it, and one that nobody has an account of; a card that others chose.
FOLLOWED = {"kind": "form", "slug": "suite", "name": "Suite", "workflow": "suite", "functions": {"_receiver": "accueil"}, "confirmation": False,
            "fields": [{"id": "1", "type": "string", "label": "Lieu", "varname": "lieu"},
                       {"id": "2", "type": "string", "label": "Avant", "varname": "avant", "required": "optional",
                        "prefill": {"type": "string", "value": "{{ form_parent_number }} {{ form_parent_var_lieu }}"}},
                       {"id": "3", "type": "item", "label": "Arbre", "varname": "quel_arbre", "required": "optional", "source": {"type": "card", "value": "arbres"}}]}
FOLLOWING = {"kind": "workflow", "slug": "suite", "name": "Suite", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [{"id": "1", "name": "Ouverte", "actions": []}]}
BEGINNING = {"kind": "form", "slug": "preparer", "name": "Préparer", "workflow": "preparer", "functions": {"_receiver": "accueil"}, "confirmation": False,
             "fields": [{"id": "1", "type": "string", "label": "Lieu", "varname": "lieu"}]}
BEGUN = {"kind": "workflow", "slug": "preparer", "name": "Préparer", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçue", "actions": [
        {"id": "1", "type": "create_formdata", "draft": True, "formdef_slug": "suite", "varname": "suite", "attach_to_history": True,
         "user_association_mode": "keep-user", "map_fields_by_varname": True},
        {"id": "2", "type": "register-comment", "to": ["_receiver"], "comment": "<p>À continuer : {{ form_links_suite_form_url }}, {{ form_links_suite_form_status }}, {{ form_links_suite_var_lieu }}.</p>"},
        {"id": "3", "type": "choice", "label": "Relire", "by": ["_receiver"], "status": "2"}]},
    {"id": "2", "name": "Relue", "actions": [
        {"id": "1", "type": "register-comment", "to": ["_receiver"], "comment": "<p>Suite : {{ form_links_suite_form_status|default:'rien' }}, {{ form_links_suite_form_var_lieu }}.</p>"}]}]}

# A draft of which one page is to be filled, or the pages from it on.
PAGES = {"kind": "form", "slug": "renouveler", "name": "Renouveler", "workflow": "suite", "functions": {"_receiver": "accueil"}, "fields": [
    {"id": "1", "type": "page", "label": "Vous"}, {"id": "2", "type": "string", "label": "Nom", "varname": "nom"},
    {"id": "3", "type": "page", "label": "Changement", "varname": "changement"}, {"id": "4", "type": "string", "label": "Ce qui change", "varname": "change"},
    {"id": "5", "type": "page", "label": "Suites"}, {"id": "6", "type": "string", "label": "À partir de", "varname": "depuis"}]}


def renewal(mode, page="changement"):
    """A form whose circuit prepares a renewal."""
    slug = f"renouveler-{mode}-{page}"
    return [{"kind": "form", "slug": slug, "name": slug, "workflow": slug, "functions": {"_receiver": "accueil"}, "confirmation": False,
             "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"}]},
            {"kind": "workflow", "slug": slug, "name": slug, "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [{"id": "1", "name": "Reçue", "actions": [
                {"id": "1", "type": "create_formdata", "draft": True, "formdef_slug": "renouveler", "attach_to_history": True, "user_association_mode": "keep-user",
                 "draft_edit_operation_mode": mode, "page_identifier": page, "mappings": [
                     {"field_id": "2", "expression": "{{ form_var_nom }}"}, *([{"field_id": "6", "expression": "{{ form_var_nom|length }}"}] if mode == "single" else [])]}]}]}]


class OtherDossiers(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "jardins", "voirie"])
        town.define("ville", TREES, CARE, WORKS, DIGGING, PLANTING, PLANTED, FOLLOWED, FOLLOWING, BEGINNING, BEGUN, PAGES,
                    *renewal("single"), *renewal("partial"), *renewal("full"), *renewal("single", "ailleurs"))
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(GARDENER, "Jade Jardin", "ville", ["jardins"])
        town.person(ROADS, "Rose Rue", "ville", ["voirie"])
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_a_request_makes_a_card_that_its_agents_see_and_both_name_the_other(self, town):
        clerk, gardener = town.visitor("ville", CLERK), town.visitor("ville", GARDENER)
        resident, code, own, url = file_own(town, "planter", ADA, Essence="Tilleul", Lieu="parc")
        page = clerk.get(url).page
        self.assertIn("Voir ATilleul, Tilleul de 3 m (Planté).", page.text)
        self.assertIn("Arbres, ATilleul", page.text)
        self.assertNotIn("Arbres, ATilleul", [text for _, text in page.links])  # another service's
        self.assertNotIn("ATilleul", [text for _, text in resident.get(own).page.links])
        cards = gardener.get("/agents/fiches/arbres/").page
        card = next(href for href, text in cards.links if "Tilleul" in text)
        page = gardener.get(card).page
        self.assertIn(f"parc, {code}", page.text)
        self.assertIn("Pour parc", page.text)
        self.assertIn("Créé par", page.text)
        press(gardener, card, "Abattre")
        press(clerk, url, "Relire")
        self.assertIn("L’arbre est abattu, PARC, 4 m.", clerk.get(url).page.text)
        page = gardener.get(card).page
        for words in ("PARC", "4 m", f"avant : parc, {code}", "Associée à Claude Clerc"):
            self.assertIn(words, page.text.replace("\xa0", " "))
        trace = gardener.get(next(href for href, text in page.links if text == "Ce que le circuit a fait"))
        self.assertIn("Arbres, fiche ", trace.page.text)
        self.assertIn("Bouton « Abattre »", trace.page.text.replace("\xa0", " "))
        self.assertEqual(clerk.get(trace.url).status, 404)

    @on_each_store
    def test_a_request_that_makes_itself_does_so_once_and_goes_to_whom_a_rule_names(self, town):
        clerk, roads = town.visitor("ville", CLERK), town.visitor("ville", ROADS)
        resident, code, own, url = file_own(town, "planter", ADA, Essence="Orme", Lieu="quai")
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM dossier WHERE form = 'travaux'")[0][0], "2")
        self.assertIn("Voir AOrme, Orme de 3 m (Planté), quai.", clerk.get(url).page.text)
        self.assertIn("Demande créée, « Travaux »", resident.get(own).page.text.replace("\xa0", " "))
        listed = roads.get("/agents/demandes/").page
        works = sorted({href for href, _ in listed.links if re.fullmatch("/agents/demandes/[0-9A-Z]{7}/", href)})
        self.assertEqual(len(works), 2, "both of the works and nothing else")
        self.assertEqual(buttons(roads.get(works[0]), works[0]), ["Finir"])
        self.assertEqual(clerk.get(works[0]).status, 404)
        press(roads, works[0], "Finir")
        self.assertEqual(status_of(roads.get(works[0])), "Fini")

    @on_each_store
    def test_a_card_whose_identifier_is_taken_is_not_made_and_the_request_goes_on(self, town):
        file_own(town, "planter", ADA, Essence="Chêne", Lieu="parc")
        _, _, _, url = file_own(town, "planter", ADA, Essence="Chêne", Lieu="rue")
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM dossier WHERE identifier = 'AChêne'")[0][0], "1")
        self.assertEqual(status_of(town.visitor("ville", CLERK).get(url)), "Reçu")

    @on_each_store
    def test_a_draft_is_of_who_filed_and_what_is_sent_of_it_is_linked_both_ways(self, town):
        clerk = town.visitor("ville", CLERK)
        resident, code, own, url = file_own(town, "preparer", ADA, Lieu="quai nord")
        before = {row[0] for row in town.sql("site-ville", "SELECT code FROM dossier WHERE form = 'suite'")}
        page = clerk.get(url).page
        address = re.search(r"À continuer : (\S+), Brouillon, quai nord", page.text.replace("\xa0", " ")).group(1)
        self.assertIn("brouillon, pas encore envoyé", page.text)
        self.assertFalse([href for href, _ in page.links if "/reprendre/" in href], "the agents don't open it")
        link = next(href for href, text in resident.get(own).page.links if "Compléter" in text)
        self.assertTrue(address.endswith(link), address)
        self.assertIn(link, [href for href, _ in resident.get("/mon-compte/brouillons/").page.links])
        self.assertIn("/connexion/", town.visitor("ville").get(link).url, "whose it is alone goes on with it")
        # It goes on from what was filled in, and knows what began it.
        number = "-".join(town.sql("site-ville", "SELECT form_number, sequence FROM dossier WHERE code = '" + code.replace("-", "") + "'")[0])
        form = next(form for form in resident.get(link).page.forms if "/demarches/suite/" in form.action)
        self.assertIn("quai nord", [control.value for control in form.controls])
        self.assertIn(f"{number} quai nord", [control.value for control in form.controls])
        walk(resident, link, {})
        sent = {row[0] for row in town.sql("site-ville", "SELECT code FROM dossier WHERE form = 'suite'")} - before
        self.assertEqual(len(sent), 1)
        sent_code = sent.pop()
        other = f"/agents/demandes/{sent_code}/"
        self.assertIn(other, [href for href, _ in clerk.get(url).page.links])
        self.assertIn(url, [href for href, _ in clerk.get(other).page.links])
        self.assertNotIn("Compléter", resident.get(own).page.text)
        press(clerk, url, "Relire")
        self.assertIn("Suite : Ouverte, quai nord.", clerk.get(url).page.text.replace("\xa0", " "))
        town.mailbox.wait_for(ADA, f"{sent_code[:3]}-{sent_code[3:6]}-{sent_code[6:]}")  # a person sent it: there is a receipt

    def draft_of(self, town, slug):
        """Where the resident goes on with what this circuit has prepared, opened."""
        resident, _, own, _ = file_own(town, slug, ADA, Nom="Durand")
        link = next(href for href, text in resident.get(own).page.links if "Compléter" in text)
        return resident, resident.get(link)

    def steps_of(self, page):
        return re.search(r"Étape (\d) sur (\d)", page.page.text.replace("\xa0", " ")).groups()

    def answers_sent(self, town):
        (answers,), = town.sql("site-ville", "SELECT answers FROM dossier WHERE form = 'renouveler' ORDER BY id DESC LIMIT 1")
        return json.loads(answers)

    @on_each_store
    def test_a_draft_may_be_filled_on_one_page_alone(self, town):
        resident, page = self.draft_of(town, "renouveler-single-changement")
        self.assertEqual(page.url.rsplit("/", 2)[1], "2")
        self.assertEqual(self.steps_of(page), ("1", "2"))
        for other in ("1", "3"):  # the others can't be opened, nor sent anything
            self.assertEqual(resident.get(f"/demarches/renouveler/{other}/").url, page.url)
        resident.get(page.url)
        check = resident.send(main_form(resident.last.page), {"f4": "La rue"})
        self.assertTrue(check.url.endswith("/verifier/"), check.url)
        self.assertEqual([href for href, text in check.page.links if "Modifier" in text], ["/demarches/renouveler/2/?retour=verifier#f4"])
        self.assertIn("Durand", check.page.text)
        resident.send(main_form(check.page))
        self.assertEqual(self.answers_sent(town), {"2": "Durand", "4": "La rue", "6": "6"})

    @on_each_store
    def test_a_draft_may_be_filled_from_a_page_on(self, town):
        resident, page = self.draft_of(town, "renouveler-partial-changement")
        self.assertEqual(page.url.rsplit("/", 2)[1], "2")
        self.assertEqual(self.steps_of(page), ("1", "3"))
        self.assertNotIn("/demarches/renouveler/1/", [href for href, _ in page.page.links])
        page = resident.send(main_form(page.page), {"f4": "La rue"})
        self.assertEqual((page.url.rsplit("/", 2)[1], self.steps_of(page)), ("3", ("2", "3")))
        check = resident.send(main_form(page.page), {"f6": "demain"})
        resident.send(main_form(check.page))
        self.assertEqual(self.answers_sent(town), {"2": "Durand", "4": "La rue", "6": "demain"})

    @on_each_store
    def test_a_draft_is_filled_in_whole_where_no_page_is_meant(self, town):
        for slug in ("renouveler-full-changement", "renouveler-single-ailleurs"):
            _, page = self.draft_of(town, slug)
            self.assertEqual((page.url.rsplit("/", 2)[1], self.steps_of(page)), ("1", ("1", "4")))

    @on_each_store
    def test_a_card_knows_the_requests_that_chose_it(self, town):
        gardener = town.visitor("ville", GARDENER)
        file_own(town, "planter", ADA, Essence="If", Lieu="parc")
        file_own(town, "suite", ADA, Lieu="square", Arbre="If")
        card = next(href for href, text in gardener.get("/agents/fiches/arbres/").page.links if text.strip() == "If")
        press(gardener, card, "Abattre")
        self.assertIn("Choisi 1 fois, pour square.", gardener.get(card).page.text.replace("\xa0", " "))


if __name__ == "__main__":
    unittest.main()
