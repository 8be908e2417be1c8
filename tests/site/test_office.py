"""The agents' office: the list with its filters and pages, one request, rights, two agents at once, the administrator; and two
sites that know nothing of each other."""
import re
import unittest
from urllib.parse import quote, urlencode

from support.filler import main_form
from support.town import ADA, OnEachStore, acting_form, buttons, file_request, on_each_store, press, status_of, track

CLERK, MATE, OTHER, ADMIN = "clerc@ville.example", "collegue@ville.example", "sport@ville.example", "admin@ville.example"


def form(slug, name, role, provider=None):
    return {"kind": "form", "slug": slug, "name": name, "category": role, "workflow": "suivi", "functions": {"_receiver": role},
            "confirmation": False, "keywords": ["piscine", "état civil"], "description": f"<p>Pour {name.lower()}.</p>",
            "service": {"who": "Tout le monde", "price": "Gratuit", "duration": "2 minutes", "documents": ["Une pièce d’identité"],
                        "silence": "accept", "delay": 3, "delay_unit": "weeks", **({"provider": provider} if provider else {})},
            "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom", "display_locations": ["summary", "listings"]},
                       {"id": "2", "type": "email", "label": "Courriel", "varname": "courriel", "required": "optional"},
                       {"id": "3", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Nord", "Sud"], "in_filters": True,
                        "display_mode": "radio", "display_locations": ["summary", "listings"]},
                       {"id": "4", "type": "file", "label": "Pièce", "varname": "piece", "required": "optional"}]}


WORKFLOW = {
    "kind": "workflow", "slug": "suivi", "name": "Suivi", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [
            {"id": "1", "type": "choice", "label": "Instruire", "by": ["_receiver"], "status": "instruit"},
            {"id": "2", "type": "choice", "label": "Rejeter", "by": ["_receiver"], "status": "rejete"}]},
        {"id": "instruit", "name": "Instruit", "visibility": ["_receiver"], "actions": [
            {"id": "1", "type": "form", "by": ["_receiver"], "varname": "suite", "fields": [
                {"id": "s1", "type": "string", "label": "Motif", "varname": "motif"}]},
            {"id": "2", "type": "commentable", "label": "Remarque", "by": ["_receiver"], "required": True},
            {"id": "3", "type": "jumponsubmit", "status": "fini"}]},
        {"id": "fini", "name": "Fini", "forced_endpoint": True, "actions": []},
        {"id": "rejete", "name": "Rejeté", "forced_endpoint": True, "actions": []}],
}
CATEGORIES = [{"kind": "category", "slug": slug, "name": name, "of": "form"} for slug, name in (("accueil", "Accueil"), ("sport", "Sport"))]
PERSON = {"Courriel": ADA, "Quartier": "Nord"}


def codes(answer):
    return re.findall(r'<th scope="row"><a href="[^"]*">([0-9A-Z-]+)</a>', answer.html)


class Office(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "sport"])
        town.site("voisine", "Voisine", roles=["accueil", "sport"])
        forms = [form("carte", "Carte d’été", "accueil"), form("stade", "Réserver le stade", "sport", provider="Office des sports")]
        for site in ("ville", "voisine"):
            town.define(site, *forms, WORKFLOW, *CATEGORIES)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(MATE, "Maxime Mate", "ville", ["accueil"])
        town.person(OTHER, "Olive Sport", "ville", ["sport"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    def file(self, town, slug="carte", who=None, site="ville", **answers):
        code = file_request(town.visitor(site, who), slug, **(PERSON | {"Famille": "Martin"} | answers))
        return code, f"/agents/demandes/{code.replace('-', '')}/"

    @on_each_store
    def test_what_waits_for_an_agent_is_on_the_first_page_until_it_is_done(self, town):
        agent = town.visitor("ville", CLERK)
        code, url = self.file(town, Famille="Zola")
        page = agent.get("/agents/")
        self.assertIn("Zola", page.page.text)
        self.assertIn(code, codes(page))
        press(agent, url, "Rejeter")
        self.assertNotIn(code, codes(agent.get("/agents/")))
        self.assertNotIn(code, codes(agent.get("/agents/demandes/?etat=a-traiter")))
        self.assertIn(code, codes(agent.get("/agents/demandes/?etat=terminees")))
        self.assertNotIn(code, codes(agent.get("/agents/demandes/?etat=ouvertes")))

    @on_each_store
    def test_the_list_is_filtered_sorted_and_searched(self, town):
        admin = town.visitor("ville", ADMIN)
        (first, _), (second, _) = self.file(town, Famille="Éluard", Quartier="Sud"), self.file(town, "stade", Famille="Crémieux-Foa")
        old, _ = self.file(town, Famille="Eluard")
        town.sql("site-ville", f"UPDATE dossier SET received = 1577836800000000 WHERE code = '{old.replace('-', '')}'")
        town.sql("site-ville", f"UPDATE dossier_listing SET received = 1577836800000000 WHERE dossier = (SELECT id FROM dossier WHERE code = '{old.replace('-', '')}')")
        def found(**query):
            page = admin.get("/agents/demandes/?" + urlencode(query))
            self.assertEqual(page.status, 200)
            return codes(page)
        self.assertEqual(set(found(q="eluard")), {first, old}, "accents and case are forgiven")
        self.assertEqual(found(q="crem"), [second], "beginnings of words are found")
        self.assertEqual(found(q="eluard sud"), [first])
        self.assertEqual(found(q="introuvable"), [])
        self.assertIn("Aucune demande pour ces filtres", admin.last.page.text)
        self.assertEqual(found(q=first), [first])
        self.assertEqual(found(demarche="stade")[0], second)
        self.assertNotIn(first, found(demarche="stade"))
        self.assertIn(first, found(demarche="carte", statut="recu"))
        self.assertNotIn(first, found(demarche="carte", statut="fini"))
        self.assertEqual(found(au="01/02/2020"), [old])
        self.assertNotIn(old, found(du="01/02/2020"))
        self.assertEqual(found(tri="anciennes")[0], old)
        self.assertIn(first, found(q=ADA), "a person's address")
        self.assertEqual(found(demarche="carte", reponse="3:Sud"), [first])
        self.assertIn('<optgroup label="Quartier"><option value="3:Nord">Nord</option>', admin.get("/agents/demandes/?demarche=carte").html)

    @on_each_store
    def test_pages_of_the_list_show_each_request_once_there_and_back(self, town):
        filer = town.visitor("ville")
        for i in range(52):
            answer = filer.get("/demarches/stade/1/")
            sent = main_form(answer.page)
            values = {c.name: f"Rang {i:02d}" for c in sent.controls if c.label == "Famille"}
            self.assertIn("/merci/", filer.send(sent, values | {c.name: "Sud" for c in sent.controls if c.label == "Sud"}, button="Envoyer").url)
        agent = town.visitor("ville", OTHER)
        for start in ("/agents/demandes/", "/agents/demandes/?tri=anciennes", "/agents/demandes/?tri=modifiees", "/agents/demandes/?q=rang"):
            pages, page = [], agent.get(start)
            total = int(re.search(r'role="status">(\d+) demande', page.html).group(1))
            while True:
                pages.append(codes(page))
                onward = [href for href, text in page.page.links if text == "Les suivantes"]
                if not onward:
                    break
                page = agent.get(onward[0])
            self.assertEqual([len(p) for p in pages], [50, total - 50])
            self.assertEqual(len(set(sum(pages, []))), total)
            back = next(href for href, text in page.page.links if text == "Les précédentes")
            self.assertEqual(codes(agent.get(back)), pages[0])
            self.assertNotIn("Les précédentes", [text for _, text in agent.last.page.links])
        self.assertEqual(agent.get("/agents/demandes/?suite=ailleurs").status, 400)

    @on_each_store
    def test_the_request_page_has_answers_files_history_and_errors_beside_what_is_wrong(self, town):
        agent = town.visitor("ville", CLERK)
        code, url = self.file(town, Famille="Hugo")
        page = agent.get(url)
        for words in ("Hugo", "Nord", ADA, code, "Historique", "piece.pdf"):
            self.assertIn(words, page.page.text)
        file = next(href for href, text in page.page.links if text == "piece.pdf")
        self.assertEqual(agent.get(file).status, 200)
        press(agent, url, "Instruire")
        refused = press(agent, url, "Envoyer", {"Remarque": "Dossier complet"})
        self.assertEqual((refused.status, refused.page.title.startswith("Erreur")), (422, True))
        self.assertIn("Dossier complet", refused.html, "what was typed is kept")
        refused = press(agent, url, "Envoyer", {"Motif": "Conforme"})
        self.assertEqual((refused.status, "Écrivez un commentaire" in refused.page.text), (422, True))
        self.assertIn('value="Conforme"', refused.html)
        press(agent, url, "Envoyer", {"Motif": "Conforme", "Remarque": "Vu"})
        self.assertEqual(status_of(agent.get(url)), "Fini")
        for words in ("Conforme", "Vu", "Claude Clerc"):
            self.assertIn(words, agent.last.page.text)

    @on_each_store
    def test_a_note_between_agents_is_never_shown_to_the_person(self, town):
        agent, resident = town.visitor("ville", CLERK), town.visitor("ville", ADA)
        code, url = self.file(town, who=ADA)
        note = next(f for f in agent.get(url).page.forms if f.action == url + "note/")
        agent.send(note, {"note": "Voisin <b>pénible</b>"})
        self.assertIn("Voisin <b>pénible</b>", agent.get(url).page.text)
        self.assertIn("Claude Clerc", agent.last.page.text)
        press(agent, url, "Instruire")
        own = resident.get(f"/mon-compte/demandes/{code.replace('-', '')}/").page.text
        followed = track(town.visitor("ville"), code, ADA).page.text
        for page in (own, followed):
            for hidden in ("pénible", "Claude", "Instruit"):
                self.assertNotIn(hidden, page)
        other = town.visitor("ville", OTHER)
        key = main_form(other.get("/mon-compte/profil/").page).named("jeton")[0].value
        self.assertEqual(other.post(url + "note/", [("jeton", key), ("note", "De loin")]).status, 404)
        self.assertNotIn("De loin", agent.get(url).page.text)

    @on_each_store
    def test_what_is_anothers_is_as_if_it_were_not(self, town):
        code, url = self.file(town, Famille="Rousseau")
        clerk = town.visitor("ville", CLERK)
        file = next(href for href, text in clerk.get(url).page.links if text == "piece.pdf")
        other = town.visitor("ville", OTHER)
        self.assertIn(code, codes(clerk.get("/agents/demandes/")))
        for address in (url, file):
            self.assertEqual(other.get(address).status, 404)
        for query in ("", "?q=Rousseau", f"?q={code}", "?demarche=carte", "?etat=a-traiter", "?demarche=carte&reponse=3:Nord"):
            page = other.get("/agents/demandes/" + query)
            self.assertEqual((codes(page), "Rousseau" in page.page.text), ([c for c in codes(page) if c != code], False), query)
        token = acting_form(clerk.get(url), url).named("jeton")[0].value
        own = main_form(other.get("/mon-compte/profil/").page).named("jeton")[0].value
        for key, status in ((own, 404), (token, 403)):
            self.assertEqual(other.post(url, [("jeton", key), ("statut", "recu"), ("action", "choix:1")]).status, status)
        self.assertEqual(status_of(clerk.get(url)), "Reçu")

    @on_each_store
    def test_who_is_not_an_agent_is_refused_and_who_is_not_an_administrator_too(self, town):
        stranger, resident, clerk = town.visitor("ville"), town.visitor("ville", ADA), town.visitor("ville", CLERK)
        for address in ("/agents/", "/agents/demandes/", "/administration/"):
            self.assertTrue(stranger.get(address).url.startswith("/connexion/?suite="))
            self.assertEqual(resident.get(address).status, 403)
        self.assertEqual(clerk.get("/administration/").status, 403)

    @on_each_store
    def test_roles_are_given_and_taken_back_by_command(self, town):
        code, url = self.file(town)
        other = town.visitor("ville", OTHER)
        self.assertEqual(other.get(url).status, 404)
        town.person(OTHER, "Olive Sport", "ville", ["accueil"])
        other = town.visitor("ville", OTHER)
        self.assertEqual(other.get(url).status, 200)
        town.cli("user", "revoke", "--email", OTHER, "--site", "ville", "--role", "accueil")
        self.assertEqual(other.get(url).status, 404)
        self.assertRegex(town.cli("user", "list").stdout, rf"{OTHER}.*\n    ville : sport\n")
        unknown = town.cli("user", "create", "--email", OTHER, "--site", "ville", "--role", "inconnu", check=False)
        self.assertEqual((unknown.returncode, "pas de rôle « inconnu »" in unknown.stderr), (1, True))

    @on_each_store
    def test_the_second_of_two_agents_is_told_who_was_faster(self, town):
        first, second = town.visitor("ville", CLERK), town.visitor("ville", MATE)
        _, url = self.file(town)
        stale = acting_form(second.get(url), url)
        press(first, url, "Rejeter")
        answer = second.send(stale, button="Instruire")
        self.assertEqual(answer.status, 409)
        self.assertRegex(answer.page.text, r"Claude Clerc a modifié cette demande à \d+ h \d\d : elle est maintenant « Rejeté »")
        self.assertEqual((status_of(answer), buttons(answer, url)), ("Rejeté", []))
        self.assertEqual(status_of(first.get(url)), "Rejeté")

    @on_each_store
    def test_the_administrator_closes_and_opens_a_service(self, town):
        admin, resident = town.visitor("ville", ADMIN), town.visitor("ville")
        def switch(button):
            page = admin.get("/administration/").page
            row = next(f for f in page.forms if f.action == "/administration/" and f.named("demarche")[0].value == "stade")
            self.assertIn("enregistré", admin.send(row, button=button).page.text)
        switch("Fermer")
        self.assertNotIn("/demarches/stade/", resident.get("/demarches/").html)
        self.assertEqual(resident.get("/demarches/stade/1/").status, 410)
        self.assertIn("/demarches/stade/", admin.get("/administration/").html)
        switch("Ouvrir")
        self.assertEqual(resident.get("/demarches/stade/1/").status, 200)

    @on_each_store
    def test_a_service_without_what_its_receipts_owe_is_not_opened(self, town):
        town.site("nue", "Nue", contact={"name": "Nue", "email": "nue@nue.example"})
        told = town.define("nue", form("carte", "Carte", "accueil"), WORKFLOW).stderr
        self.assertIn("il manque le téléphone du service", told)
        town.person(ADMIN, "Alex Admin", "nue", admin=True)
        town.reopen()
        admin = town.visitor("nue", ADMIN)
        self.assertIn("Il manque : le téléphone du service.", admin.get("/administration/").page.text)
        def switch(button):
            return admin.send(next(f for f in admin.get("/administration/").page.forms if f.named("demarche")), button=button)
        switch("Fermer")
        refused = switch("Ouvrir")
        self.assertEqual((refused.status, "il manque, pour les accusés" in refused.page.text.lower()), (422, True))
        town.site("nue", "Nue")
        town.reopen()
        admin.port = town.port
        switch("Ouvrir")
        self.assertEqual(town.visitor("nue").get("/demarches/carte/1/").status, 200)

    @on_each_store
    def test_the_catalogue_is_by_theme_by_body_and_by_words(self, town):
        resident = town.visitor("ville")
        home = resident.get("/")
        self.assertIn("Carte d’été", home.page.text)
        theme = resident.get("/demarches/themes/sport/")
        self.assertIn("Réserver le stade", theme.page.text)
        self.assertNotIn("Carte d’été", theme.page.text)
        body = next(href for href, text in resident.get("/demarches/").page.links if text == "Office des sports")
        self.assertIn("Réserver le stade", resident.get(body).page.text)
        self.assertNotIn("Carte d’été", resident.last.page.text)
        for words, count in (("été", 1), ("ETE carte", 1), ("etat civil", 2), ("piscine stade", 1), ("patinoire", 0)):
            page = resident.get("/recherche/?q=" + quote(words)).page
            self.assertEqual(sum(href in ("/demarches/carte/", "/demarches/stade/") for href, _ in page.links), count, words)
        self.assertIn("04 00 00 00 99", page.text, "who finds nothing is told whom to call")
        sheet = resident.get("/demarches/stade/").page.text
        for words in ("Tout le monde", "Une pièce d’identité", "Gratuit", "2 minutes", "Après 3 semaines, votre demande complète est acceptée",
                      "Office des sports", "1 place de la Mairie", "04 00 00 00 99", "mairie@ville.example", "recours gracieux"):
            self.assertIn(words, sheet)
        self.assertEqual(resident.get("/demarches/inconnue/").status, 404)

    @on_each_store
    def test_a_person_sees_the_requests_of_every_site_and_what_is_to_be_done(self, town):
        here, _ = self.file(town, who=ADA)
        there, _ = self.file(town, who=ADA, site="voisine")
        page = town.visitor("ville", ADA).get("/mon-compte/demandes/")
        for words in (here, there, "Ville", "Voisine"):
            self.assertIn(words, page.page.text)
        self.assertTrue(any(href.startswith(f"http://voisine.localhost:{town.port}/mon-compte/demandes/") for href, _ in page.page.links))

    @on_each_store
    def test_a_site_knows_nothing_of_anothers_requests_rights_drafts_and_files(self, town):
        clerk = town.visitor("ville", CLERK)
        code, url = self.file(town, who=ADA)
        file = next(href for href, text in clerk.get(url).page.links if text == "piece.pdf")
        resident = town.visitor("ville", ADA)
        own = f"/mon-compte/demandes/{code.replace('-', '')}/"
        self.assertEqual(resident.get(own).status, 200)
        resident.host = clerk.host = "voisine.localhost"
        self.assertEqual(resident.get(own).status, 404)
        self.assertEqual(resident.get(file.replace("/agents", "/mon-compte")).status, 404)
        for address in ("/agents/", url, file):
            self.assertEqual(clerk.get(address).status, 403)
        self.assertIn("Nous ne trouvons pas", track(town.visitor("voisine"), code, ADA).page.text)
        filer = town.visitor("ville")
        saved = filer.send(main_form(filer.get("/demarches/carte/1/").page), button="Enregistrer")
        link = re.search(r"http://[^/]+(/reprendre/[\w-]+/)", saved.html).group(1)
        filer.host = "voisine.localhost"
        self.assertEqual(filer.get(link).status, 404)
        follower = town.visitor("ville")
        opened = track(follower, code, ADA).url
        self.assertEqual(opened, f"/suivre/{code.replace('-', '')}/")
        follower.host = "voisine.localhost"
        self.assertEqual(follower.get(opened).status, 404)


if __name__ == "__main__":
    unittest.main()
