"""The versions of a definition: who changed what, when and why; what differs, in French; and going back, from a terminal or the
administrator's pages."""
import json

from support.town import OnEachStore, on_each_store

FORM = {"kind": "form", "slug": "velo", "name": "Prime vélo", "fields": [
    {"id": "1", "type": "string", "label": "Nom", "required": "required"},
    {"id": "12", "type": "string", "label": "Adresse", "required": "required"},
    {"id": "3", "type": "item", "label": "Vélo", "items": ["Neuf", "Usagé"]}]}
CHANGED = {**FORM, "name": "Prime au vélo", "keywords": ["vélo"], "fields": [
    {"id": "12", "type": "string", "label": "Adresse", "required": "optional", "condition": "form_var_x"},
    {"id": "1", "type": "string", "label": "Nom", "required": "required"},
    {"id": "4", "type": "comment", "label": "<b>Merci</b>"}]}
EXPECTED = ["champ 12 (Adresse)\u00a0: obligatoire → facultatif", "champ 12 (Adresse)\u00a0: condition\u00a0: (rien) → form_var_x",
            "champ 3 (Vélo)\u00a0: retiré", "champ 4 (<b>Merci</b>)\u00a0: ajouté", "champ\u00a0: autre ordre",
            "mots-clés\u00a0: (rien) → vélo", "nom\u00a0: Prime vélo → Prime au vélo"]
WORKFLOW = {"kind": "workflow", "slug": "w", "name": "W", "statuses": [{"id": "1", "name": "Reçu", "actions": [
    {"id": "1", "type": "sendmail", "to": ["_submitter"], "subject": "Reçu", "body": "Bonjour, " + "mot " * 100 + "fin"}]}]}


class Versions(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", roles=["agents"])
        town.person("chef@ville.example", "Chef", "ville", admin=True)
        town.person("agent@ville.example", "Agent", "ville", ["agents"])

    def definition(self, town, *words, **options):
        return town.cli("definition", *words, "--site", "ville", **options)

    def versions(self, town, slug):
        return self.definition(town, "log", "form", slug).stdout.splitlines()

    def named(self, document, slug):
        return {**json.loads(json.dumps(document)), "slug": slug}

    @on_each_store
    def test_the_log_and_the_difference_are_readable(self, town):
        town.define("ville", self.named(FORM, "lisible"))
        town.define("ville", self.named(CHANGED, "lisible"))
        log = self.versions(town, "lisible")
        self.assertEqual([line.split()[0] for line in log], ["2", "1"])
        self.assertIn("guichet import", log[0])
        self.assertIn("Importé de ", log[0])
        said = self.definition(town, "diff", "form", "lisible").stdout.splitlines()
        self.assertEqual(said[0], "version 1 → version 2")
        self.assertEqual(sorted(line.strip() for line in said[1:]), sorted(EXPECTED))
        self.assertIn("aucune différence", self.definition(town, "diff", "form", "lisible", "2", "2").stdout)

    @on_each_store
    def test_a_long_text_is_cut_around_what_differs(self, town):
        town.define("ville", WORKFLOW)
        later = json.loads(json.dumps(WORKFLOW))
        later["statuses"][0]["actions"][0]["body"] = WORKFLOW["statuses"][0]["actions"][0]["body"][:-3] + "FIN"
        town.define("ville", later)
        said = self.definition(town, "diff", "workflow", "w").stdout.splitlines()
        self.assertEqual(len(said), 2)
        self.assertRegex(said[1], r"^  statut 1 \(Reçu\), action 1 \(sendmail\)\u00a0: texte\u00a0: ….{1,60}fin → ….{1,60}FIN$")

    @on_each_store
    def test_restoring_makes_a_new_version_with_its_reason(self, town):
        town.define("ville", self.named(FORM, "retour"))
        town.define("ville", self.named(CHANGED, "retour"))
        self.assertIn("version 3, comme la version 1", self.definition(town, "restore", "form", "retour", "1", "--comment", "On s’est trompé").stdout)
        self.assertIn("On s’est trompé", self.versions(town, "retour")[0])
        self.assertIn("aucune différence", self.definition(town, "diff", "form", "retour", "1", "3").stdout)
        self.assertIn("déjà comme", self.definition(town, "restore", "form", "retour", "1").stdout)
        self.assertEqual(len(self.versions(town, "retour")), 3)

    @on_each_store
    def test_what_does_not_exist_is_told(self, town):
        town.define("ville", self.named(FORM, "seul"))
        for words in (("log", "form", "inconnu"), ("diff", "form", "inconnu"), ("restore", "form", "seul", "7"), ("restore", "form", "seul", "sept")):
            done = self.definition(town, *words, check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("guichet definition", done.stderr)
        self.assertEqual(self.definition(town, "log", "form", check=False).returncode, 2)

    @on_each_store
    def test_an_administrator_sees_compares_and_goes_back(self, town):
        town.define("ville", self.named(FORM, "pages"))
        town.define("ville", self.named(CHANGED, "pages"))
        chef = town.visitor("ville", "chef@ville.example")
        self.assertIn("/administration/definitions/", chef.get("/administration/").html)
        self.assertIn("/administration/definitions/form/pages/", chef.get("/administration/definitions/").html)
        page = chef.get("/administration/definitions/form/pages/")
        for words in "De la version 1 à la version 2", "champ 12 (Adresse)", "obligatoire", "facultatif", "champ 4 (<b>Merci</b>)", "Importé de":
            self.assertIn(words, page.page.text)
        self.assertIn("Aucune différence", chef.get("/administration/definitions/form/pages/?de=1&a=1").page.text)
        asked = chef.get("/administration/definitions/form/pages/versions/1/")
        self.assertIn("Prime au vélo", asked.page.text)
        form = next(f for f in asked.page.forms if f.method == "post" and "versions/1" in f.action)
        done = chef.send(form, {"commentaire": "Erreur <de> saisie"})
        self.assertEqual(done.url, "/administration/definitions/form/pages/")
        self.assertIn("de nouveau en service", done.page.text)
        self.assertIn("Retour à la version 1 : Erreur <de> saisie", done.page.text)
        self.assertIn("chef@ville.example", done.page.text)
        self.assertIn("Prime vélo", chef.get("/demarches/pages/").page.text, "it is in service at once")

    @on_each_store
    def test_nobody_else_may(self, town):
        town.define("ville", self.named(FORM, "garde"))
        agent = town.visitor("ville", "agent@ville.example")
        for path in "", "form/garde/", "form/garde/versions/1/":
            self.assertEqual(agent.get(f"/administration/definitions/{path}").status, 403)
        chef = town.visitor("ville", "chef@ville.example")
        for path in "form/rien/", "rien/garde/", "form/garde/?de=9&a=9", "form/garde/versions/9/":
            self.assertEqual(chef.get(f"/administration/definitions/{path}").status, 404)
