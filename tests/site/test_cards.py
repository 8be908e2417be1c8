"""Cards: models, the agents who see, enter and change them, and those who may not; identifiers; requests and cards apart."""
import csv
import io
import json
import re
import unittest

from support.filler import main_form
from support.town import OnEachStore, file_request, on_each_store, press

EDITOR, VIEWER, CLERK, ADMIN = "editeur@ville.example", "lecture@ville.example", "clerc@ville.example", "admin@ville.example"
LISTED = ["validation", "summary", "listings"]
CEMETERIES = {
    "kind": "card", "slug": "cimetieres", "name": "Cimetières", "digest_template": "{{ form_var_nom }} ({{ form_var_quartier }})",
    "id_template": "{{ form_var_code }}", "backoffice_submission_roles": ["etat-civil"],
    "functions": {"_viewer": "accueil", "_editor": "etat-civil"},
    "fields": [{"id": "1", "type": "string", "label": "Code", "varname": "code", "display_locations": LISTED},
               {"id": "2", "type": "string", "label": "Nom", "varname": "nom", "display_locations": LISTED},
               {"id": "3", "type": "item", "label": "Quartier", "varname": "quartier", "items": ["Nord", "Sud"], "display_locations": LISTED},
               {"id": "4", "type": "numeric", "label": "Prix", "varname": "prix", "restrict_to_integers": False, "required": "optional"},
               {"id": "5", "type": "string", "label": "Note interne", "varname": "note", "required": "optional"}]}
REASONS = {"kind": "card", "slug": "motifs", "name": "Motifs", "digest_template": "{{ form_var_text }}",
           "functions": {"_viewer": "accueil", "_editor": "accueil"}, "backoffice_submission_roles": ["accueil"],
           "fields": [{"id": "1", "type": "string", "label": "Libellé", "varname": "text"}]}
FOLLOWED = REASONS | {"slug": "suivie", "name": "Suivie", "digest_template": "{{ form_var_a }}",
                      "fields": [{"id": "1", "type": "string", "label": "A", "varname": "a"}]}
# A form of the same slug as a card model: neither is taken for the other.
FORM = {"kind": "form", "slug": "motifs", "name": "Demande de motifs", "confirmation": False, "functions": {"_receiver": "accueil"},
        "fields": [{"id": "1", "type": "string", "label": "Objet", "varname": "objet", "display_locations": LISTED}]}
LIST = "/agents/fiches/cimetieres/"
# Cards as choices: all of them, and those of a view that depends on another answer.
PRICES = {"kind": "card", "slug": "tarifs", "name": "Tarifs", "digest_template": "{{ form_var_nom }}", "id_template": "{{ form_var_code }}",
          "functions": {"_viewer": "accueil", "_editor": "accueil"}, "backoffice_submission_roles": ["accueil"],
          "digest_templates": {"custom-view:zone": "{{ form_var_nom }} en {{ form_var_zone }}"},
          "custom_views": [{"slug": "zone", "title": "Par zone", "visibility": "datasource", "order_by": "-f3",
                            "filters": {"filter-2": "on", "filter-2-value": "{{ form_var_zone }}", "filter-2-operator": "eq"}}],
          "fields": [{"id": "1", "type": "string", "label": "Nom", "varname": "nom"},
                     {"id": "2", "type": "string", "label": "Zone", "varname": "zone"},
                     {"id": "3", "type": "numeric", "label": "Prix", "varname": "prix", "restrict_to_integers": False},
                     {"id": "4", "type": "string", "label": "Secret", "varname": "secret", "required": "optional"},
                     {"id": "5", "type": "string", "label": "Code", "varname": "code"}]}
CHOOSING = {"kind": "form", "slug": "choisir", "name": "Choisir", "confirmation": False, "functions": {"_receiver": "accueil"},
            "fields": [{"id": "p1", "type": "page", "label": "Où"},
                       {"id": "1", "type": "item", "label": "Zone", "varname": "zone", "items": ["ville", "campagne"]},
                       {"id": "2", "type": "item", "label": "Tous", "varname": "tous", "source": {"type": "card", "value": "tarifs"}},
                       {"id": "p2", "type": "page", "label": "Quoi"},
                       {"id": "3", "type": "item", "label": "Tarif", "varname": "tarif", "source": {"type": "card", "value": "tarifs:zone"}},
                       {"id": "4", "type": "comment", "label": "<p>Prix {{ form_var_tous_live_var_prix }}, {{ form_var_tous_structured_zone }}, "
                                                               "{{ cards|objects:'tarifs'|count }} en tout.</p>"}]}


def by_label(form, values):
    return {control.name: value for control in form.controls for label, value in values.items()
            if re.sub(r" \(facultatif\)$", "", control.label) == label}


def enter(agent, model="cimetieres", **values):
    """Enters a card; the answer."""
    form = main_form(agent.get(f"/agents/fiches/{model}/ajouter/").page)
    return agent.send(form, by_label(form, values))


def change(agent, url, **values):
    link = next(href for href, label in agent.get(url).page.links if label == "Modifier")
    form = main_form(agent.get(link).page)
    return agent.send(form, by_label(form, values))


class Cards(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil", "etat-civil", "agents"])
        town.define("ville", CEMETERIES, REASONS, FOLLOWED, FORM, PRICES, CHOOSING)
        town.person(EDITOR, "Édith Éditeur", "ville", ["etat-civil"])
        town.person(VIEWER, "Victor Voit", "ville", ["accueil"])
        town.person(CLERK, "Claude Clerc", "ville", ["agents"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)

    @on_each_store
    def test_a_card_is_entered_found_changed_and_deleted(self, town):
        agent = town.visitor("ville", EDITOR)
        page = enter(agent, Code="LOY", Nom="Loyasse", Quartier="Nord", Prix="12,50")
        self.assertEqual(page.status, 200)
        url = page.url
        self.assertIn("Loyasse (Nord)", page.page.headings)
        self.assertIn("12,50", page.page.text)
        self.assertIn("LOY", page.page.text)
        for words in ("loyasse", "LOY", "loy nord"):
            self.assertIn(url, agent.get(f"{LIST}?q={words.replace(' ', '+')}").html, words)
        self.assertNotIn(url, agent.get(f"{LIST}?q=guillotiere").html)
        page = change(agent, url, Nom="Vieux Loyasse")
        self.assertIn("Vieux Loyasse (Nord)", page.page.headings)
        self.assertIn("Édith Éditeur", page.page.text)  # in its history
        self.assertNotIn(url, agent.get(f"{LIST}?q=loyass+sud").html)
        press(agent, url, "Supprimer")
        self.assertEqual(agent.get(url).status, 404)
        self.assertNotIn(url, agent.get(LIST).html)
        self.assertIn("Vieux Loyasse", enter(agent, Code="LOY", Nom="Vieux Loyasse", Quartier="Sud").page.text)  # the identifier is free again

    @on_each_store
    def test_an_identifier_is_one_cards_own(self, town):
        agent = town.visitor("ville", EDITOR)
        url = enter(agent, Code="GUI", Nom="Guillotière", Quartier="Sud").url
        again = enter(agent, Code="GUI", Nom="Autre", Quartier="Sud")
        self.assertEqual(again.status, 422)
        self.assertIn("Une autre fiche a déjà l’identifiant « GUI »", again.page.text.replace("\xa0", " "))
        self.assertEqual(next(c.value for c in main_form(again.page).controls if c.label == "Nom"), "Autre")
        other = enter(agent, Code="GU2", Nom="Autre", Quartier="Sud").url
        self.assertEqual(change(agent, other, Code="GUI").status, 422)
        self.assertEqual(change(agent, url, Nom="Nouvelle Guillotière").status, 200)  # its own is no other's

    @on_each_store
    def test_what_is_wrong_is_told_and_nothing_is_kept(self, town):
        agent = town.visitor("ville", EDITOR)
        before = agent.get(LIST).page.text
        page = enter(agent, Code="X", Nom="", Quartier="Nord", Prix="cher")
        self.assertEqual(page.status, 422)
        self.assertEqual(page.html.count('class="error"'), 2)
        self.assertEqual(agent.get(LIST).page.text, before)

    @on_each_store
    def test_who_has_no_role_of_it_finds_nothing(self, town):
        url = enter(town.visitor("ville", EDITOR), Code="SEC", Nom="Secret", Quartier="Nord").url
        viewer = town.visitor("ville", VIEWER)
        self.assertIn("Secret", viewer.get(url).page.text)
        self.assertNotIn("Modifier", [label for _, label in viewer.get(url).page.links])
        self.assertEqual(viewer.get(f"{url}modifier/?action=_editable").status, 403)
        self.assertEqual(viewer.get(f"{LIST}ajouter/").status, 403)
        self.assertFalse(any(form.action == url for form in viewer.get(url).page.forms))
        clerk = town.visitor("ville", CLERK)
        for path in (LIST, url, f"{url}modifier/?action=_editable", f"{LIST}ajouter/", f"{url}fichiers/{'0' * 64}/"):
            self.assertEqual(clerk.get(path).status, 404, path)
        self.assertIn("Aucun modèle de fiche ne vous est ouvert", clerk.get("/agents/fiches/").page.text)
        resident = town.visitor("ville")
        self.assertIn("/connexion/", resident.get(LIST).url)
        self.assertEqual([label for _, label in viewer.get("/agents/fiches/").page.links if label in ("Cimetières", "Motifs")], ["Cimetières", "Motifs"])
        admin = town.visitor("ville", ADMIN)
        self.assertIn("Secret", admin.get(url).page.text)

    @on_each_store
    def test_an_agent_cannot_do_by_hand_what_is_not_offered(self, town):
        url = enter(town.visitor("ville", EDITOR), Code="MAIN", Nom="À la main", Quartier="Nord").url
        viewer = town.visitor("ville", VIEWER)
        viewer.get("/agents/demandes/")
        token = next(c.value for form in viewer.get("/agents/fiches/motifs/ajouter/").page.forms for c in form.controls if c.name == "jeton")
        for path, fields in ((url, [("action", "choix:_action_delete"), ("statut", "recorded"), ("revision", "1")]),
                             (f"{url}modifier/?action=_editable", [("f2", "Volé")]), (f"{LIST}ajouter/", [("f1", "V"), ("f2", "Volé")])):
            self.assertEqual(viewer.post(path, [("jeton", token), *fields]).status, 403, path)
        self.assertIn("À la main", viewer.get(url).page.text)

    @on_each_store
    def test_cards_and_requests_are_apart_whatever_their_slugs(self, town):
        agent = town.visitor("ville", VIEWER)
        card = enter(agent, "motifs", **{"Libellé": "Naissance xylophone"}).url
        code = file_request(town.visitor("ville"), "motifs", Objet="Demande xylophone")
        admin = town.visitor("ville", ADMIN)
        for who in (agent, admin):
            for path in ("/agents/demandes/", "/agents/demandes/?q=xylophone", "/agents/demandes/?q=x", "/agents/demandes/?demarche=motifs",
                         "/agents/demandes/?demarche=card:motifs", "/agents/demandes/?demarche=card:motifs&q=xylophone", "/agents/"):
                page = who.get(path)
                self.assertNotIn("Naissance", page.page.text, path)
                if "demandes" in path:
                    self.assertIn(code, page.page.text, path)
            for path in ("/agents/fiches/motifs/", "/agents/fiches/motifs/?q=xylophone", "/agents/fiches/motifs/?q=x"):
                page = who.get(path)
                self.assertIn("Naissance", page.page.text, path)
                self.assertNotIn(code, page.page.text, path)
        for path in ("/demarches/card:motifs/", "/demarches/card:motifs/commencer/", "/demarches/cimetieres/", "/demarches/cimetieres/1/"):
            self.assertEqual(town.visitor("ville").get(path).status, 404, path)
        self.assertNotIn("Cimetières", town.visitor("ville").get("/demarches/").page.text)
        self.assertEqual(agent.get(card).status, 200)

    @on_each_store
    def test_two_agents_who_change_the_same_card_are_told(self, town):
        one, two = town.visitor("ville", EDITOR), town.visitor("ville", EDITOR)
        url = enter(one, Code="DEUX", Nom="Ensemble", Quartier="Nord").url
        mine = main_form(one.get(f"{url}modifier/?action=_editable").page)
        change(two, url, Nom="Second")
        page = one.send(mine, by_label(mine, {"Nom": "Premier"}))
        self.assertEqual(page.status, 409)
        self.assertIn("Quelqu’un a modifié cette fiche entre-temps", page.page.text)
        self.assertIn("Second", two.get(url).page.text)
        page = one.send(main_form(page.page))
        self.assertIn("Premier", page.page.text)

    @on_each_store
    def test_a_long_list_is_paged(self, town):
        agent = town.visitor("ville", VIEWER)
        for number in range(55):
            enter(agent, "motifs", **{"Libellé": f"Numéro {number:03d}"})
        seen, page = [], agent.get("/agents/fiches/motifs/?q=numero")
        while True:
            seen += re.findall(r"Numéro (\d{3})", page.html)
            following = next((href for href, label in page.page.links if label == "Les suivantes"), None)
            if not following:
                break
            page = agent.get(following)
        self.assertEqual(seen, [f"{number:03d}" for number in reversed(range(55))])

    @on_each_store
    def test_a_card_follows_its_model(self, town):
        agent = town.visitor("ville", VIEWER)
        url = enter(agent, "suivie", A="un").url
        town.define("ville", FOLLOWED | {"digest_template": "{{ form_var_a }} {{ form_var_b }}", "fields": [
            *FOLLOWED["fields"], {"id": "2", "type": "string", "label": "B", "varname": "b"}]})
        town.reopen()
        agent = town.visitor("ville", VIEWER)
        page = change(agent, url, B="deux")
        self.assertIn("un deux", page.page.headings)

    # ---- As choices ----

    @on_each_store
    def test_cards_are_choices_and_what_they_say_is_read_of_them(self, town):
        agent = town.visitor("ville", VIEWER)
        urls = {code: enter(agent, "tarifs", Nom=name, Zone=zone, Prix=price, Code=code, Secret="cachette").url for code, name, zone, price in (
            ("z", "Zoo", "ville", "3"), ("e", "Église", "ville", "7,50"), ("b", "Bois", "campagne", "1"))}
        resident = town.visitor("ville")
        page = resident.get("/demarches/choisir/1/")
        form = main_form(page.page)
        tous = next(c for c in form.controls if c.label == "Tous")
        self.assertEqual([(o.value, o.label.strip()) for o in tous.options[1:]], [("b", "Bois"), ("e", "Église"), ("z", "Zoo")])
        self.assertNotIn("cachette", page.html)
        refused = resident.send(form, by_label(form, {"Zone": "ville"}) | {tous.name: "inconnue"})
        self.assertEqual(refused.status, 422)
        form = main_form(refused.page)
        page = resident.send(form, by_label(form, {"Zone": "ville", "Tous": "e"}))
        tarif = next(c for c in main_form(page.page).controls if c.label == "Tarif")
        self.assertEqual([(o.value, o.label.strip()) for o in tarif.options[1:]], [("e", "Église en ville"), ("z", "Zoo en ville")])
        self.assertIn("Prix 7,50, ville, 3 en tout.", page.page.text.replace("7.50", "7,50"))
        change(agent, urls["e"], Prix="8,50", Zone="campagne")
        page = resident.get(page.url)
        self.assertIn("Prix 8,50, ville, 3 en tout.", page.page.text.replace("8.50", "8,50"))  # live follows, structured is what was chosen
        self.assertEqual([o.value for c in main_form(page.page).controls if c.label == "Tarif" for o in c.options[1:]], ["z"])
        form = main_form(page.page)
        self.assertEqual(resident.send(form, {tarif.name: "b"}).status, 422)  # a card, but none of the view

    # ---- Files ----

    def import_file(self, agent, content, name="fiches.csv", model="cimetieres", skip=False):
        page = agent.get(f"/agents/fiches/{model}/importer/").page
        form = next(form for form in page.forms if form.action.endswith("/importer/"))
        return agent.send(form, {"passer": "oui"} if skip else {}, files={"fichier": (name, "text/csv", content)})

    @on_each_store
    def test_a_spreadsheet_is_imported_however_it_was_saved(self, town):
        agent = town.visitor("ville", EDITOR)
        rows = "Code{0}Nom{0}Quartier{0}Prix\r\n{1}{0}\"Cimetière{0} «{1}»\"{0}Nord{0}\"12,50\"\r\n"
        for separator, encoding, code in ((";", "utf-8", "A1"), (",", "utf-8-sig", "A2"), ("\t", "cp1252", "A3")):
            page = self.import_file(agent, rows.format(separator, code).encode(encoding))
            self.assertEqual(page.status, 200, page.page.text)
            self.assertIn("Lignes lues : 1. Fiches créées : 1", page.page.text.replace("\xa0", " "))
            self.assertEqual("Windows-1252" in page.page.text, encoding == "cp1252")
            self.assertIn(f"Cimetière{separator} «{code}» (Nord)".replace("\t ", " "), agent.get(f"{LIST}?q={code}").page.text)

    @on_each_store
    def test_one_wrong_line_keeps_all_from_being_written_unless_it_is_passed_over(self, town):
        agent = town.visitor("ville", EDITOR)
        wrong = "Code;Nom;Quartier;Prix\nB1;Un;Nord;1\nB2;;Nord;2\nB3;Trois;Est;3\nB4;Quatre;Sud;cher\nB1;Double;Sud;5\nB6;Six;Sud;6;7\n"
        page = self.import_file(agent, wrong.encode())
        self.assertEqual(page.status, 422)
        text = page.page.text.replace("\xa0", " ")
        self.assertIn("Rien n’est enregistré", text)
        for line in ("Ligne 3 : ", "Ligne 4 : « Est » ne convient pas à « Quartier »", "Ligne 5 : « cher » ne convient pas à « Prix »",
                     "Ligne 6 : l’identifiant « B1 » est déjà celui d’une autre ligne", "Ligne 7 : elle a 5 cellules pour 4 colonnes"):
            self.assertIn(line, text)
        self.assertNotIn("Un (Nord)", agent.get(f"{LIST}?q=B1").page.text)
        page = self.import_file(agent, wrong.encode(), skip=True)
        self.assertIn("Lignes à corriger : 5", page.page.text.replace("\xa0", " "))
        self.assertIn("Fiches créées : 1", page.page.text.replace("\xa0", " "))
        self.assertIn("Un (Nord)", agent.get(f"{LIST}?q=B1").page.text)

    @on_each_store
    def test_a_file_changes_the_cards_that_it_names_and_nothing_else_of_them(self, town):
        agent = town.visitor("ville", EDITOR)
        url = enter(agent, Code="C1", Nom="Croix", Quartier="Nord", Prix="3", **{"Note interne": "gardée"}).url
        page = self.import_file(agent, "Identifiant;Nom;Prix\nC1;Croix-Rousse;4,20\n".encode())
        self.assertIn("créées : 0, modifiées : 1", page.page.text.replace("\xa0", " "))
        page = agent.get(url)
        for words in ("Croix-Rousse (Nord)", "4,20", "gardée"):
            self.assertIn(words, page.page.text)
        self.assertIn("sans changement : 1", self.import_file(agent, "Identifiant;Nom\nC1;Croix-Rousse\n".encode()).page.text.replace("\xa0", " "))
        self.assertIn("modifiées : 1", self.import_file(agent, "Code;Nom;Quartier;Prix\nC1;Rousse;Sud;4,20\n".encode()).page.text.replace("\xa0", " "))  # by id_template

    @on_each_store
    def test_what_is_exported_is_imported_again_and_runs_in_no_spreadsheet(self, town):
        agent = town.visitor("ville", VIEWER)
        evil = ["=cmd|' /C calc'!A0", "+33 4 72", "-2+3", "@SUM(1)", "'=x", 'a "b"; c', "é€œ", "<script>alert(1)</script>"]
        for text in evil:
            enter(agent, "motifs", **{"Libellé": text})
        answer = agent.get("/agents/fiches/motifs/exporter/?format=csv")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
        self.assertEqual(rows[0], ["Identifiant", "Libellé"])
        for _, text in rows[1:]:
            self.assertNotRegex(text, r"^[=+@]|^-[^0-9]|^-2\+")
        page = self.import_file(agent, answer.body, model="motifs")
        self.assertIn(f"sans changement : {len(rows) - 1}", page.page.text.replace("\xa0", " "))
        exported = json.loads(agent.get("/agents/fiches/motifs/exporter/?format=json").body)
        self.assertLessEqual(set(evil), {card["fields"]["text"] for card in exported["data"]})
        page = self.import_file(agent, json.dumps(exported).encode(), "fiches.json", "motifs")
        self.assertIn(f"sans changement : {len(rows) - 1}", page.page.text.replace("\xa0", " "))
        page = self.import_file(agent, json.dumps({"data": [{"fields": {"text": "Du JSON"}}]}).encode(), "x.JSON", "motifs")
        self.assertIn("Fiches créées : 1", page.page.text.replace("\xa0", " "))

    @on_each_store
    def test_hostile_files_are_refused_with_a_reason(self, town):
        agent = town.visitor("ville", EDITOR)
        for content, name, words in (
                (b"", "v.csv", "Le fichier est vide"), ("Code;Nom".encode("utf-16"), "u.csv", "n’est pas un fichier CSV"),
                (b"PK\x03\x04\x00\x00", "t.xlsx", "n’est pas un fichier CSV"), (b"Code;Code\n", "d.csv", "est là deux fois"),
                (b"Code;Mot de passe\n1;2\n", "i.csv", "n’est pas un champ"), (b"Code;Nom;Quartier\nN\x00;a;Nord\n", "n.csv", "octet nul"),
                (b'Code;Nom;Quartier\n"N;a;Nord\n', "g.csv", "guillemet"), (b"Code;Nom;Quartier\n" + b"x" * (2 << 20) + b"\n", "l.csv", "trop longue"),
                (b"{", "a.json", ""), (b"[" * 100000, "b.json", ""), (b'{"data": 3}', "c.json", "ni une liste"),
                (b'[{"fields": {"inconnu": 1}}]', "e.json", "n’est pas un champ"), (b'[3]', "f.json", "fields")):
            page = self.import_file(agent, content, name)
            self.assertEqual(page.status, 422, (name, page.page.text[:200]))
            self.assertIn(words, page.page.text.replace("\xa0", " "), name)

    @on_each_store
    def test_files_are_for_those_who_may(self, town):
        enter(town.visitor("ville", EDITOR), Code="D1", Nom="Discret", Quartier="Nord")
        clerk, viewer = town.visitor("ville", CLERK), town.visitor("ville", VIEWER)
        for what in ("importer/", "exporter/?format=csv", "exporter/?format=json"):
            self.assertEqual(clerk.get(LIST + what).status, 404)
        self.assertEqual(viewer.get(LIST + "importer/").status, 403)
        self.assertIn("Discret", viewer.get(LIST + "exporter/?format=csv").html)
        self.assertNotIn(LIST + "importer/", [href for href, _ in viewer.get(LIST).page.links])

    @on_each_store
    def test_by_command_thousands_of_rows_in_and_out(self, town):
        count = 3000
        file, out = town.folder / "motifs.csv", town.folder / "sortie.csv"
        file.write_text("Libellé\n" + "".join(f"Motif de masse {number}\n" for number in range(count)), encoding="utf-8")
        done = town.cli("card", "import", "motifs", file, "--site", "ville")
        self.assertIn(f"créées : {count}", done.stdout.replace("\xa0", " "))
        town.cli("card", "export", "motifs", out, "--site", "ville")
        self.assertEqual(out.read_text(encoding="utf-8-sig").count("Motif de masse"), count)
        self.assertIn("Motif de masse 2999", town.visitor("ville", VIEWER).get("/agents/fiches/motifs/?q=masse+2999").page.text)


if __name__ == "__main__":
    unittest.main()
