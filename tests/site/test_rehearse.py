"""guichet rehearse: fills and follows the forms of a site in a copy of it, and says what is wrong with them."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.counter import ROOT, Counter, stores
from support.filler import main_form
from support.visitor import Visitor

NAMES = ["signalement-anomalie", "candidature-emploi"]


def field(id, kind, varname, **more):
    return {"id": id, "type": kind, "label": varname.capitalize(), "varname": varname, **more}


# A form with a turn at each condition: a field two conditions deep, a page for big families, a date that has to be far enough.
FORM = {"kind": "form", "slug": "cantine", "name": "Cantine", "workflow": "cantine", "functions": {"_receiver": "agents"}, "fields": [
    {"id": "1", "type": "page", "label": "Enfant", "post_conditions": [
        {"condition": "form_var_debut|age_in_days|abs > 20", "error_message": "Il faut vingt jours."}]},
    field("2", "item", "ecole", items=["Publique", "Privée", "Autre"]),
    field("3", "string", "laquelle", condition='form_var_ecole == "Autre"'),
    field("4", "bool", "loin", condition='form_var_laquelle == "Montessori"', required="optional"),
    field("5", "string", "code", validation={"type": "regex", "value": "[A-F]{2}-[0-9]{3}|X[0-9]+"}),
    field("6", "date", "debut", minimum_is_future=True),
    field("7", "numeric", "enfants", max_value=12),
    {"id": "8", "type": "page", "label": "Grande famille", "condition": "form_var_enfants > 3"},
    field("9", "file", "livret", document_type={"label": "Image", "mimetypes": ["image/*"]}),
    field("10", "email", "courriel")]}
WORKFLOW = {"kind": "workflow", "slug": "cantine", "name": "Cantine", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "1", "name": "Reçue", "actions": [
        {"id": "1", "type": "jump", "status": "5", "condition": "form_var_loin"},
        {"id": "2", "type": "choice", "label": "Étudier", "by": ["_receiver"], "status": "2"},
        {"id": "3", "type": "choice", "label": "Retirer", "by": ["_submitter"], "status": "4"}]},
    {"id": "2", "name": "À l’étude", "actions": [
        {"id": "1", "type": "form", "by": ["_receiver"], "varname": "avis", "hide_submit_button": True, "fields": [
            {"id": "1", "type": "item", "label": "Avis", "varname": "avis", "items": ["Oui", "Non"]}]},
        {"id": "2", "type": "choice", "label": "Décider", "by": ["_receiver"], "status": "3"},
        {"id": "3", "type": "jump", "mode": "timeout", "timeout": "30 days", "status": "4"}]},
    {"id": "3", "name": "Décidée", "actions": [
        {"id": "1", "type": "sendmail", "to": ["_submitter"], "subject": "Avis {{ avis_var_avis }}", "body": "Avis : {{ avis_var_avis }}"},
        {"id": "2", "type": "jump", "status": "6", "condition": 'avis_var_avis == "Oui"'},
        {"id": "3", "type": "jump", "status": "4"}]},
    {"id": "4", "name": "Close", "actions": []},
    {"id": "5", "name": "Trop loin", "actions": [{"id": "1", "type": "jump", "mode": "timeout", "timeout": "1 day", "status": "4"}]},
    {"id": "6", "name": "Inscrite", "actions": []}]}


def changed(document, **changes):
    return {**json.loads(json.dumps(document)), **changes}


def rehearse(counter, *more):
    done = counter.cli("rehearse", "--site", "ville", "--report", "json", *more, check=False)
    try:
        return done.returncode, json.loads(done.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f"{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def missing(form, key):
    return [one if isinstance(one, str) else one["label"] for one in form[key]["missing"]]


class Rehearse(unittest.TestCase):
    def test_everything_that_a_form_and_its_workflow_can_do_is_reached(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.define("ville", FORM, WORKFLOW)
                status, report = rehearse(counter)
                form, = report["forms"]
                self.assertEqual((status, form["state"], form["errors"]), (0, "filed", []), form)
                for key in ("pages", "fields", "statuses", "actions"):
                    self.assertEqual(missing(form, key), [], key)
                self.assertEqual(form["dead_ends"], [])
                self.assertEqual({m["subject"] for m in form["mails"] if "Avis" in m["subject"]}, {"Avis Oui", "Avis Non"})
                taken = {(t["from"], t["by"], to) for t in form["transitions"] for to in t["to"]}
                self.assertIn(("Reçue", "submitter", "Close"), taken)
                self.assertIn(("À l’étude", "time", "Close"), taken)
                self.assertIn(("À l’étude", "agent", "Inscrite"), taken)

    def test_the_services_of_the_demonstration_are_played_without_a_fault(self):
        with Counter() as counter:
            for name in [*NAMES, "categories"]:
                counter.cli("import", "content", ROOT / "content/services" / name, "--site", "ville")
            status, report = rehearse(counter)
            self.assertEqual(status, 0, report)
            for form in report["forms"]:
                self.assertEqual((form["errors"], form["journal"], form["faults"]), ([], [], []), form["form"])
                self.assertEqual(missing(form, "pages") + missing(form, "statuses") + missing(form, "actions"), [], form["form"])

    def test_the_site_is_only_read(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.define("ville", FORM, WORKFLOW)
                before = {path: path.read_bytes() for path in Path(counter.folder).rglob("*.db")} if store == "sqlite" else None
                with tempfile.TemporaryDirectory() as scratch:
                    os.environ["TMPDIR"] = scratch
                    try:
                        rehearse(counter)
                    finally:
                        del os.environ["TMPDIR"]
                    self.assertEqual(list(Path(scratch).iterdir()), [])
                self.assertEqual(counter.cli("user", "list").stdout, "")
                if before is not None:
                    self.assertEqual({path: path.read_bytes() for path in Path(counter.folder).rglob("*.db")}, before)
                else:
                    self.assertNotIn("essai", schemas(counter))

    def test_what_is_wrong_is_named(self):
        with Counter() as counter:
            counter.define(
                "ville",
                changed(FORM, fields=FORM["fields"] + [field("20", "string", "jamais", condition='form_var_ecole == "Lycée"'),
                                                       field("21", "comment", "vide", label="{{ form_var_laquelle_inconnue }}")]),
                changed(WORKFLOW, statuses=WORKFLOW["statuses"][:3] + [
                    {"id": "4", "name": "Close", "actions": [{"id": "1", "type": "choice", "label": "Jamais", "by": ["_receiver"], "status": "6",
                                                              "condition": "False"}]}, *WORKFLOW["statuses"][4:]]))
            status, report = rehearse(counter)
            form, = report["forms"]
            self.assertEqual((status, form["state"]), (0, "filed"))
            self.assertEqual(missing(form, "fields"), ["Jamais"])
            self.assertEqual(form["dead_ends"], ["Close"])
            self.assertTrue(any(place.startswith("champ 20") for place in form["texts"]["never_held"]), form["texts"])
            self.assertTrue(any(place.startswith("champ 21") for place in form["texts"]["empty"]), form["texts"])

    def test_a_form_that_lets_nobody_through_has_a_status_of_its_own(self):
        with Counter() as counter:
            shut = changed(FORM, slug="fini")
            shut["fields"][0]["post_conditions"] = [{"condition": "form_var_enfants > 40", "error_message": "Réservé aux tribus."}]
            counter.define("ville", FORM, shut, WORKFLOW)
            status, report = rehearse(counter, "--form", "fini")
            form, = report["forms"]
            self.assertEqual((status, form["state"], form["filed"]), (3, "refused", 0))
            self.assertIn("Réservé aux tribus.", form["refusals"][0]["message"])
            text = counter.cli("rehearse", "--site", "ville", "--form", "fini", check=False).stdout
            self.assertRegex(text, r"refusé fini : 0 dépôts[^\n]*\n    page « Enfant » : aucune réponse essayée ne passe")
            self.assertEqual(counter.cli("rehearse", "--site", "ville", "--form", "inconnu", check=False).returncode, 1)

    def test_an_option_that_a_list_reads_and_the_form_does_not_set_is_made_up(self):
        agenda = field("1", "item", "agenda")
        hour = field("1", "item", "heure", source={"type": "json", "value": "{{ form_option_agenda_structured_api_url }}"})
        full = [{"condition": "form_var_places < form_var_heure_places_left", "error_message": "Il n’y a plus de place."}]
        page = {"id": "2", "type": "page", "label": "Quand", "post_conditions": full}
        document = changed(FORM, fields=[page, hour, field("3", "numeric", "places")])
        with Counter() as counter:
            counter.define("ville", document, changed(WORKFLOW, options=[agenda]))
            _, report = rehearse(counter)
            form, = report["forms"]
            self.assertEqual((form["state"], form["options"], form["journal"]), ("filed", ["agenda"], []))
            self.assertEqual([call["url"] for call in form["calls"]], ["https://essai.invalid/agenda_structured_api_url"])
            counter.define("ville", {**document, "workflow_options": {"agenda": "7", "agenda_structured": {"api_url": "https://agenda.example/7"}}})
            _, report = rehearse(counter)
            form, = report["forms"]
            self.assertEqual((form["state"], form["options"]), ("filed", []))
            self.assertEqual([call["url"] for call in form["calls"]], ["https://agenda.example/7"])

    def test_options_that_decide_are_set_in_other_ways_and_the_form_has_its_own_again(self):
        options = [field("1", "bool", "payant"), field("2", "string", "code"), field("3", "item", "guichet", items=["Mairie", "Poste"])]
        statuses = [
            {"id": "1", "name": "Reçue", "actions": [
                {"id": "1", "type": "jump", "status": "2", "condition": "form_option_payant and form_option_code == '69120'"},
                {"id": "2", "type": "jump", "status": "3", "condition": 'form_option_guichet == "Poste"'}]},
            *({"id": number, "name": name, "actions": []} for number, name in [("2", "À payer"), ("3", "À la poste"), ("4", "Nulle part")])]
        form = changed(FORM, workflow_options={"guichet": "Mairie"})
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.define("ville", form, changed(WORKFLOW, options=options, statuses=statuses))
                status, report = rehearse(counter)
                found, = report["forms"]
                self.assertEqual((status, found["state"], found["statuses"]["missing"], found["errors"]), (0, "filed", ["Nulle part"], []))
                turns = found["option_turns"]
                self.assertEqual(sum(turn["reached"] for turn in turns), 2, turns)
                self.assertIn({"guichet": "Poste", "payant": True, "code": "69120"}, [turn["options"] for turn in turns])

    def test_an_option_that_decides_by_data_made_of_it_is_set_beside_others(self):
        options = [field("1", "string", "cout"), field("2", "bool", "interdit")]
        price = {"id": "1", "type": "set-backoffice-fields", "fields": [{"field_id": "bo1", "value": "{{ form_option_cout }}"}]}
        statuses = [
            {"id": "1", "name": "Reçue", "actions": [
                price, {"id": "2", "type": "jump", "status": "2", "condition": "form_var_prix|decimal > 0 and form_option_interdit"},
                {"id": "3", "type": "jump", "status": "3", "condition": "form_var_prix|decimal > 0"}]},
            {"id": "2", "name": "Payante", "actions": []}, {"id": "3", "name": "Remboursable", "actions": []}]
        workflow = changed(WORKFLOW, options=options, statuses=statuses, backoffice_fields=[{**field("bo1", "string", "prix"), "required": "optional"}])
        with Counter() as counter:
            counter.define("ville", changed(FORM, workflow_options={"cout": "0"}), workflow)
            form, = rehearse(counter)[1]["forms"]
            self.assertEqual((form["statuses"]["missing"], form["errors"]), ([], []))
            self.assertEqual([turn["options"] for turn in form["option_turns"]], [{"cout": "12", "interdit": True}, {"cout": "12"}])

    def test_rows_have_what_their_attributes_are_compared_with(self):
        where = field("1", "item", "ou", source={"type": "json", "value": "https://lieux.exemple.fr/"})
        statuses = [{"id": "1", "name": "Reçue", "actions": [{"id": "1", "type": "jump", "status": "2", "condition": 'form_var_ou_gratuit == "oui"'}]},
                    {"id": "2", "name": "Gratuite", "actions": []}]
        with Counter() as counter:
            counter.define("ville", changed(FORM, fields=[where]), changed(WORKFLOW, statuses=statuses))
            form, = rehearse(counter)[1]["forms"]
            self.assertEqual((form["statuses"]["missing"], form["errors"]), ([], []))

    def test_answers_that_may_be_changed_are(self):
        edit = {"id": "1", "type": "editable", "label": "Corriger", "by": ["_submitter", "_receiver"], "status": "2"}
        statuses = [{"id": "1", "name": "Reçue", "actions": [edit]}, {"id": "2", "name": "Corrigée", "actions": []}]
        with Counter() as counter:
            counter.define("ville", FORM, changed(WORKFLOW, statuses=statuses))
            status, report = rehearse(counter)
            form, = report["forms"]
            self.assertEqual((status, form["statuses"]["missing"], form["errors"]), (0, [], []))
            self.assertEqual({way["by"] for way in form["transitions"] if way["label"] == "Corriger" and way["to"] == ["Corrigée"]}, {"agent", "submitter"})

    def test_other_servers_answer_in_each_way_and_call_what_waits_for_them(self):
        url = "https://paiement.exemple.fr/{{ form_var_code }}"
        call = {"id": "1", "type": "webservice_call", "url": url, "varname": "panier", "method": "GET", "response_type": "json"}
        statuses = [
            {"id": "1", "name": "Reçue", "actions": [
                {**call, "action_on_app_error": "4", "action_on_4xx": "5", "action_on_5xx": "6", "action_on_network_errors": "7"},
                {"id": "2", "type": "jump", "status": "2", "condition": 'form_workflow_data_panier_response_etat == "ouvert"'},
                {"id": "3", "type": "jump", "status": "8"}]},
            {"id": "2", "name": "À payer", "actions": [{"id": "1", "type": "jump", "mode": "trigger", "trigger": "paid", "status": "3"}]},
            *({"id": number, "name": name, "actions": []} for number, name in [
                ("3", "Payée"), ("4", "Refusée"), ("5", "Inconnue"), ("6", "En panne"), ("7", "Injoignable"), ("8", "Fermée")]),
            {"id": "9", "name": "Annulée", "actions": []},
            {"id": "10", "name": "Oubliée", "actions": []}]
        annul = {"id": "1", "name": "Annuler", "triggers": [{"id": "1", "type": "webservice", "identifier": "annulation", "roles": ["_signed_calls"]}],
                 "actions": [{"id": "1", "type": "jump", "status": "9"}, {"id": "2", "type": "jump", "status": "10", "condition": "False"}]}
        with Counter() as counter:
            counter.define("ville", FORM, changed(WORKFLOW, statuses=statuses, global_actions=[annul]))
            status, report = rehearse(counter)
            reached = report["forms"][0]["statuses"]
            self.assertEqual((status, reached["missing"]), (0, ["Oubliée"]))
            self.assertEqual([(way["from"], way["action"]) for way in reached["why"]["Oubliée"]], [("Annuler", "jump")])
            self.assertIn("False", reached["why"]["Oubliée"][0]["because"])
            programs = {(way["action"], *way["to"]) for way in report["forms"][0]["transitions"] if way["by"] == "program" and way["from"] == "À payer"}
            self.assertEqual(programs & {("jump/trigger/paid", "Payée")}, {("jump/trigger/paid", "Payée")})

    def test_the_copy_is_open_to_another_browser_that_does_the_same_steps(self):
        with Counter() as counter:
            counter.define("ville", FORM, WORKFLOW)
            command = [counter.binary, "rehearse", "--site", "ville", "--open", *counter.place]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as opened:
                report, form = (json.loads(opened.stdout.readline()) for _ in range(2))
                self.assertEqual(report["forms"], ["cantine"])
                filing = form["filings"][0]
                self.assertEqual((form["form"], form["closed"], form["errors"], filing["filed"]), ("cantine", "", [], True))
                self.assertEqual({step["page"] for one in form["filings"] for step in one["steps"]},
                                 {f"/demarches/cantine/{name}/" for name in ("1", "2", "verifier")})
                given = {value["name"]: value.get("value") for value in filing["steps"][0]["values"]}
                visitor = Visitor(int(report["url"].rstrip("/").rpartition(":")[2]), "ville.localhost")
                visitor.cookies["session"] = filing["session"] or ""
                page = visitor.get("/demarches/cantine/1/").page
                answer = visitor.send(main_form(page), given)
                self.assertRegex(answer.url, r"/demarches/cantine/(2|verifier)/")
                self.assertNotIn("jeton", given)
                opened.stdin.close()
                self.assertEqual(opened.wait(60), 0)
            self.assertEqual(counter.cli("user", "list").stdout, "")

    def test_pages_that_end_on_purpose_and_quotas_are_no_errors(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                stopping = changed(FORM, slug="eligible", quotas=[{"most": 2}])
                stopping["fields"][0]["stops"] = [{"condition": 'form_var_ecole != "Autre"', "title": "Pas pour vous"}]
                counter.define("ville", stopping, WORKFLOW)
                status, report = rehearse(counter)
                form, = report["forms"]
                self.assertEqual((status, form["state"], form["filed"]), (0, "filed", 2), form)
                self.assertEqual(form["stops"], [{"page": "Enfant", "message": "Pas pour vous – Cantine – ville"}], form)

    def test_many_are_filed_into_a_copy_that_stays(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter, Counter(store) as copy:
                counter.define("ville", FORM, WORKFLOW)
                into = ["--into", copy.folder, "--into-store", copy.store]
                status, report = rehearse(counter, "--count", 60, *into)
                self.assertEqual((status, report["filed"], report["failed"]), (0, 60, 0), report)
                self.assertIn("Il y a déjà un site", counter.cli("rehearse", "--site", "ville", "--count", 1, *into, check=False).stderr)
                copy.start()
                self.assertEqual(filed(copy), 60)
                self.assertEqual(filed(counter), 0)


def filed(counter):
    if counter.database is None:
        import sqlite3
        with sqlite3.connect(f"file:{counter.folder}/site-ville.db?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM dossier").fetchone()[0]
    return int(psql(counter, "SELECT count(*) FROM site_ville.dossier"))


def schemas(counter):
    return psql(counter, "SELECT string_agg(nspname, ' ') FROM pg_namespace")


def psql(counter, statement):
    import subprocess
    return subprocess.run(["psql", "-qAt", counter.store, "-c", statement], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    unittest.main()
