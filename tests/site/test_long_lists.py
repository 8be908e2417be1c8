"""Long lists through HTTP: searched without a script by a button, asked while one types, and never in the way where the server that
has them is down."""
import json
import time
import unittest

from support.filler import main_form, walk
from support.peer import Peer
from support.town import OnEachStore, on_each_store

COUNTRIES = [{"id": f"p{i}", "text": text} for i, text in enumerate(["Belgique", "Bénin", "Brésil", "Côte d’Ivoire", "État de Palestine"] + [f"Pays {i}" for i in range(60)])]
COMMUNES = [{"id": "69123", "text": "Lyon", "cp": "69001"}, {"id": "69266", "text": "Villeurbanne", "cp": "69100"}, {"id": "42218", "text": "Saint-Étienne", "cp": "42000"}]


def item(number, label, source, **more):
    return {"id": str(number), "type": "item", "label": label, "display_mode": "autocomplete", "source": source, **more}


def form(slug, *fields, **more):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "_default", "confirmation": True, "fields": list(fields), **more}


def named(slug):
    return {"type": "named", "value": slug}


class LongLists(OnEachStore):
    beside = {"peer": Peer}

    @classmethod
    def build(cls, town):
        town.site("ville", roles=["agents"], outgoing={"allow": [cls.peer.host]}, variables={"peer_url": cls.peer.url + "/"})
        town.person("admin@ville.example", "Alex Admin", "ville", admin=True)
        town.define(
            "ville",
            {"kind": "source", "slug": "pays", "name": "Pays", "source": {"type": "fixed", "value": COUNTRIES}},
            *({"kind": "source", "slug": slug, "name": slug.capitalize(), "source": {"type": "json", "value": f"{{{{ peer_url }}}}{slug}"}, "query_parameter": "q", **more}
              for slug, more in (("communes", {}), ("rues", {"id_parameter": "id"}), ("muette", {}))),
            form("pays", {"id": "9", "type": "string", "label": "Nom", "varname": "nom"}, item(1, "Pays de naissance", named("pays"), varname="pays"),
                 item(3, "Peu de choix", {"type": "fixed", "value": ["Un", "Deux"]}, required="optional"),
                 {**item(4, "Pays visités", named("pays"), required="optional", varname="visites"), "type": "items"}),
            form("commune", item(1, "Commune", named("communes"), varname="commune"), {"id": "2", "type": "comment", "label": "<p>CP {{ form_var_commune_structured_cp }}</p>"}),
            form("rue", item(1, "Rue", named("rues"), varname="rue")),
            form("muette", item(1, "Commune", named("muette")), {"id": "2", "type": "string", "label": "Nom", "varname": "nom"}),
            form("conseil", {"id": "1", "type": "string", "label": "Employeur", "source": named("communes"), "required": "optional"},
                 {"id": "2", "type": "string", "label": "Couleur", "source": {"type": "fixed", "value": ["Rouge", "Vert"]}, "required": "optional"},
                 {"id": "3", "type": "string", "label": "Sans", "required": "optional"}),
            form("foyer", {"id": "1", "type": "block", "label": "Personnes", "max_items": 3, "fields": [item(1, "Pays", named("pays"), varname="pays")]}))

    def setUp(self):
        def search(request):
            word = request.query.get("q", "").lower()
            return {"data": [one for one in COMMUNES if word and word in one["text"].lower()]}
        self.peer.answer("/communes", search)
        self.peer.answer("/rues", lambda request: {"data": [{"id": "r1", "text": "Rue Garibaldi"}] if request.query.get("id") == "r1" or "gari" in request.query.get("q", "").lower() else []})
        self.peer.answer("/muette", status=500)
        self.peer.forget()

    def page(self, visitor, slug):
        """The form is there within seconds of its definition."""
        for _ in range(100):
            answer = visitor.get(f"/demarches/{slug}/1/")
            if answer.status == 200:
                return main_form(answer.page)
            time.sleep(0.1)
        raise AssertionError(slug)

    def search(self, visitor, form, control, word, **values):
        answer = visitor.send(form, {f"{control}-cherche": word, **values}, button=control)
        self.assertEqual(answer.status, 200)
        return answer, main_form(answer.page)

    def ask(self, visitor, form, control, word, name=None):
        fields = [(c.name, c.value) for c in form.controls if c.kind in ("hidden", "text") and c.name and not c.disabled and c.name != (name or f"{control}-cherche")]
        answer = visitor.post(form.action + "direct/", fields + [(name or f"{control}-cherche", word), ("champ", control)])
        answer.said = json.loads(answer.html) if answer.status == 200 else None
        return answer

    def choices(self, form, control):
        return [c.label for c in form.named(control) if c.kind in ("radio", "checkbox") and c.value]

    @on_each_store
    def test_a_button_searches_keeps_what_was_typed_and_the_choice_is_its_id(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "pays")
        self.assertEqual([c.kind for c in form.named("f3")], ["select"], "a short list is a list")
        self.assertEqual(self.choices(form, "f1"), [])
        answer, form = self.search(visitor, form, "f1", "BE", f9="Élodie")
        self.assertEqual(self.choices(form, "f1"), ["Belgique", "Bénin"])
        self.assertIn("2 réponses.", answer.page.text)
        self.assertEqual([c.value for name in ("f9", "f1-cherche") for c in form.named(name)], ["Élodie", "BE"])
        answer, form = self.search(visitor, form, "f1", "etat", f9="Élodie")
        self.assertEqual(self.choices(form, "f1"), ["État de Palestine"])
        answer = visitor.send(form, {"f1": "p4"}, button="Continuer")
        self.assertIn("État de Palestine", answer.page.text)
        self.assertIn("/verifier/", answer.url)
        form = self.page(visitor, "pays")
        self.assertEqual([c.value for c in form.named("f1-cherche")], ["État de Palestine"], "it is shown again")
        self.assertEqual([c.value for c in form.named("f1") if c.checked], ["p4"])
        self.assertIn("/verifier/", visitor.send(form, {}, button="Continuer").url, "nothing was changed")

    @on_each_store
    def test_a_text_is_taken_where_it_is_a_choice_and_refused_where_it_is_none(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "pays")
        answer = visitor.send(form, {"f9": "A", "f1-cherche": "atlantide"}, button="Continuer")
        self.assertEqual(answer.status, 422)
        self.assertIn("« atlantide » n’est pas dans la liste. Choisissez une des réponses proposées.", answer.page.text)
        form = main_form(answer.page)
        answer = visitor.send(form, {"f1-cherche": "b"}, button="Continuer")
        self.assertEqual((answer.status, self.choices(main_form(answer.page), "f1")), (422, ["Belgique", "Bénin", "Brésil"]), "what it may be is shown")
        answer = visitor.send(main_form(answer.page), {"f1-cherche": "cote d'ivoire"}, button="Continuer")
        self.assertIn("Côte d’Ivoire", answer.page.text)
        form = self.page(visitor, "pays")
        answer = visitor.send(form, {"f1-cherche": "Bénin"}, button="Continuer")
        self.assertIn("Bénin", answer.page.text, "what is typed over a choice counts")
        form = self.page(visitor, "pays")
        answer = visitor.send(form, {"f1-cherche": "", "f1": ""}, button="Continuer")
        self.assertIn("Choisissez une réponse à « Pays de naissance ».", answer.page.text)
        fields = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name and not c.disabled] + [("f9", "A"), ("f1", "p9999")]
        self.assertIn("Ce choix n’est plus proposé.", visitor.post(form.action, fields).page.text)

    @on_each_store
    def test_several_are_chosen_one_search_after_the_other(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "pays")
        _, form = self.search(visitor, form, "f4", "bresil", f9="A", **{"f1-cherche": "belgique"})
        self.assertEqual(self.choices(form, "f4"), ["Brésil"])
        _, again = self.search(visitor, form, "f1", "pays 5", f4=["p2"])
        self.assertEqual([c.value for c in again.named("f4-cherche")], [""], "what a choice was found by has served")
        _, form = self.search(visitor, form, "f4", "benin", f4=["p2"])
        self.assertEqual(self.choices(form, "f4"), ["Brésil", "Bénin"])
        answer = visitor.send(form, {"f4": ["p2", "p1"], "f4-cherche": "benin"}, button="Continuer")
        self.assertIn("Brésil, Bénin", answer.page.text)
        self.assertIn("Belgique", answer.page.text, "what was typed in the other search box counted too")

    @on_each_store
    def test_what_is_proposed_while_one_types(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "pays")
        answer = self.ask(visitor, form, "f1", "bé")
        self.assertEqual(answer.said, {"choices": [{"id": "p0", "text": "Belgique"}, {"id": "p1", "text": "Bénin"}], "status": "2 réponses."})
        many = self.ask(visitor, form, "f1", "").said
        self.assertEqual((len(many["choices"]), many["status"]), (20, "Les 20 premières réponses. Écrivez la suite pour en voir d’autres."))
        self.assertIn("Aucune réponse pour « zz »", self.ask(visitor, form, "f1", "zz").said["status"])
        for control in ("f9", "f3x", "jeton", "", "f2", "f1-cherche"):
            self.assertIn(self.ask(visitor, form, control or "x", "b").status, (404,), control)
        for word in ("\0", "x" * 5000, "%", "\"'<b>", "{{ site_name }}", "\u202e"):
            self.assertEqual(self.ask(visitor, form, "f1", word).status, 200)
        self.assertEqual(visitor.post("/demarches/pays/1/direct/", [("champ", "f1"), ("f1-cherche", "b")]).status, 403, "a page of ours asks")

    @on_each_store
    def test_a_server_that_searches_is_asked_for_words_and_never_for_all(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "commune")
        self.peer.forget()
        _, form = self.search(visitor, form, "f1", "vill")
        self.assertEqual(self.choices(form, "f1"), ["Villeurbanne"])
        answer = visitor.send(form, {"f1": "69266"}, button="Continuer")
        self.assertIn("Villeurbanne", answer.page.text)
        self.assertTrue(all(request.query.get("q") for request in self.peer.asked("/communes")))
        answer = visitor.get("/demarches/commune/1/")
        self.assertIn("CP 69100", answer.page.text)
        form = self.page(visitor, "rue")
        self.assertEqual(self.ask(visitor, form, "f1", "gari").said["choices"], [{"id": "r1", "text": "Rue Garibaldi"}])
        fields = [(c.name, c.value) for c in form.controls if c.kind == "hidden" and c.name and not c.disabled]
        answer = visitor.post(form.action, fields + [("f1", "r1"), ("f1-cherche", "Rue Garibaldi"), ("f1-pour", "Rue Garibaldi")])
        self.assertIn("Rue Garibaldi", answer.page.text)
        self.assertIn({"id": "r1"}, [request.query for request in self.peer.asked("/rues")], "its server finds it by its id")
        self.assertEqual(visitor.post(form.action, fields + [("f1", "r2")]).status, 422)

    @on_each_store
    def test_a_server_that_is_down_is_said_to_be_and_stops_nobody(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "muette")
        self.assertIn("ne répond pas", self.ask(visitor, form, "f1", "lyon").said["status"])
        answer, form = self.search(visitor, form, "f1", "lyon", f2="Élodie")
        self.assertIn("Cette liste ne peut pas être affichée pour le moment.", answer.page.text)
        self.assertEqual([c.value for name in ("f2", "f1-cherche") for c in form.named(name)], ["Élodie", "lyon"])
        answer = visitor.send(form, {}, button="Continuer")
        self.assertIn("/verifier/", answer.url)
        answer = visitor.send(main_form(answer.page), {}, button="Envoyer")
        self.assertIn("/merci/", answer.url)
        other = town.visitor("ville")
        form = self.page(other, "muette")
        answer = other.send(form, {"f1-cherche": "lyon", "f2": "A"}, button="Continuer")
        self.assertEqual(answer.status, 422, "what is typed is not dropped in silence")
        self.assertIn("Cette liste ne peut pas être affichée pour le moment.", answer.page.text)
        self.assertIn("/verifier/", other.send(main_form(answer.page), {}, button="Continuer").url)

    @on_each_store
    def test_a_text_with_suggestions_stays_free(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "conseil")
        html = visitor.get("/demarches/conseil/1/").html
        self.assertIn('<datalist id="f2-liste"><option value="Rouge">', html)
        self.assertNotIn('id="f1-liste"', html)
        self.assertEqual(self.ask(visitor, form, "f1", "lyo", name="f1").said["choices"], [{"id": "69123", "text": "Lyon"}])
        self.assertEqual(self.ask(visitor, form, "f1", "zz", name="f1").said, {"choices": [], "status": ""})
        self.assertEqual(self.ask(visitor, form, "f3", "l", name="f3").status, 404)
        self.assertIn("Atelier Zut", visitor.send(form, {"f1": "Atelier Zut"}, button="Continuer").page.text)

    @on_each_store
    def test_rows_have_search_boxes_of_their_own(self, town):
        visitor = town.visitor("ville")
        form = self.page(visitor, "foyer")
        answer = visitor.send(form, {}, button="f1-ajouter")
        form = main_form(answer.page)
        self.assertEqual(self.ask(visitor, form, "f1-1-1", "bresil").said["choices"], [{"id": "p2", "text": "Brésil"}])
        answer, form = self.search(visitor, form, "f1-1-1", "ivoire", **{"f1-0-1-cherche": "Bénin"})
        self.assertEqual(self.choices(form, "f1-1-1"), ["Côte d’Ivoire"])
        answer = visitor.send(form, {"f1-1-1": "p3"}, button="Continuer")
        self.assertIn("/verifier/", answer.url)
        self.assertIn("Bénin", answer.page.text)
        self.assertIn("Côte d’Ivoire", answer.page.text)

    @on_each_store
    def test_they_are_filled_as_a_visitor_does(self, town):
        for slug in ("pays", "commune", "foyer"):
            visitor = town.visitor("ville")
            self.page(visitor, slug)
            walk(visitor, f"/demarches/{slug}/commencer/")
            self.assertIn("/merci/", visitor.last.url)


if __name__ == "__main__":
    unittest.main()
