"""guichet rehearse, of workflows: each status is reached by some form, else by one that is made for the rehearsal, or it is said why
nothing leads there."""
import json
import unittest

from support.counter import Counter, stores

FORM = {"kind": "form", "slug": "demande", "name": "Demande", "workflow": "circuit", "functions": {"_receiver": "agents"},
        "fields": [{"id": "1", "type": "string", "label": "Motif", "varname": "motif"}]}


def workflow(statuses, **more):
    return {"kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": statuses, **more}


def status(id, name, *actions, **more):
    return {"id": id, "name": name, "actions": [{"id": str(i + 1), **action} for i, action in enumerate(actions)], **more}


def jump(to, **more):
    return {"type": "jump", "status": to, **more}


def button(to, label="Aller", by="_receiver", **more):
    return {"type": "choice", "label": label, "by": [by], "status": to, **more}


def rehearse(counter, *more):
    done = counter.cli("rehearse", "--site", "ville", "--report", "json", *more, check=False)
    report = json.loads(done.stdout)
    found, = (w for w in report["workflows"] if w["workflow"] == "circuit")
    return done.returncode, found


def names(list_of):
    return [one["status"] for one in list_of]


def why(found, name):
    one, = (one for one in found["unreachable"] if one["status"] == name)
    return [way["because"] for way in one["ways"]]


class Reached(unittest.TestCase):
    def test_what_no_form_asks_is_asked_by_one_that_is_made(self):
        statuses = [
            status("1", "Reçue",
                   {"type": "set-backoffice-fields", "fields": [{"field_id": "bo1", "value": "{{ form_option_cout|add:form_var_supplement }}"}]},
                   jump("2", condition='form_var_delivrance_raw == "guichet" and form_var_total|decimal == 24 and raccordement'),
                   button("3", condition='form_var_urgent and form_var_urgent != "non"')),
            status("2", "Au guichet", button("4", by="_submitter", label="Retirer")),
            status("3", "Urgente", jump("4", mode="timeout", timeout="{{ form_option_delai }} jours")),
            status("4", "Close")]
        more = {"options": [{"id": "1", "type": "string", "label": "Coût", "varname": "cout"}, {"id": "2", "type": "string", "label": "Délai", "varname": "delai"}],
                "backoffice_fields": [{"id": "bo1", "type": "string", "label": "Total", "varname": "total"}]}
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                counter.define("ville", FORM, workflow(statuses, **more))
                code, found = rehearse(counter)
                self.assertEqual((code, found["missing"], found["unreachable"], found["errors"]), (0, [], [], []))
                self.assertEqual((found["forms"], found["has_made_form"]), (["demande"], True))
                self.assertEqual((found["reached"], found["total"]), (4, 4))
                self.assertEqual(set(found["only_made"]), {"Au guichet", "Urgente", "Close"})
                turn, = (turn for turn in found["turns"] if "Au guichet" in turn["reached"])
                self.assertEqual((turn["options"]["cout"], turn["answers"]["supplement"], turn["answers"]["delivrance"]), ("12", "12", "guichet"))
                self.assertIn("raccordement", turn["variables"])
                self.assertEqual(counter.cli("user", "list").stdout, "")

    def test_a_workflow_of_no_form_and_one_of_cards_are_played(self):
        statuses = [status("1", "Neuve", button("2", condition="form_var_etat == 'usé'")), status("2", "Réparée")]
        card = {"kind": "card", "slug": "outil", "name": "Outil", "workflow": "circuit",
                "fields": [{"id": "1", "type": "item", "label": "État", "varname": "etat", "items": ["neuf", "usé"]}]}
        other = {**FORM, "workflow": "autre"}
        for documents in ([other], [other, card]):
            with self.subTest(len(documents)), Counter() as counter:
                counter.define("ville", *documents, workflow(statuses), {**workflow(statuses[:1]), "slug": "autre"})
                _, found = rehearse(counter)
                self.assertEqual((found["forms"], found["reached"], found["total"], found["errors"]), ([], 2, 2, []))

    def test_only_workflows_of_the_named_forms_are_played(self):
        with Counter() as counter:
            counter.define("ville", FORM, workflow([status("1", "Reçue")]), {**workflow([status("1", "Autre")]), "slug": "autre"})
            done = counter.cli("rehearse", "--site", "ville", "--form", "demande", "--report", "json")
            self.assertEqual([w["workflow"] for w in json.loads(done.stdout)["workflows"]], ["circuit"])

    def test_what_follows_from_answers_of_several_kinds_is_reached(self):
        call = {"type": "webservice_call", "url": "https://etat.example/", "varname": "etat", "method": "GET", "response_type": "json"}
        read = "form_workflow_data_etat_response_code"
        statuses = [status("1", "Reçue", call, *(jump(str(i + 2), condition=f'{read} == "{code}"') for i, code in enumerate(["FAIT", "REFUS", "ATTENTE"])), jump("5")),
                    *(status(str(i + 2), name) for i, name in enumerate(["Faite", "Refusée", "En attente", "Inconnue"]))]
        with Counter() as counter:
            counter.define("ville", FORM, workflow(statuses))
            code, found = rehearse(counter)
            self.assertEqual((code, found["reached"], found["missing"], found["only_made"]), (0, 5, [], []))


    def test_each_choice_of_what_an_agent_is_asked_is_taken(self):
        words = ["Oui", "Plus tard", "Peut-être", "Non"]
        asked = {"type": "form", "by": ["_receiver"], "varname": "avis", "hide_submit_button": False,
                 "fields": [{"id": "1", "type": "item", "label": "Avis", "varname": "avis", "items": words}]}
        jumps = [jump(str(i + 3), condition=f'avis_var_avis == "{word}"') for i, word in enumerate(words)]
        statuses = [status("1", "Reçue", asked, {"type": "jumponsubmit", "status": "2"}), status("2", "Lue", *jumps),
                    *(status(str(i + 3), word) for i, word in enumerate(words))]
        with Counter() as counter:
            counter.define("ville", FORM, workflow(statuses))
            code, found = rehearse(counter)
            self.assertEqual((code, found["reached"], found["missing"], found["only_made"]), (0, 6, [], []))


    def test_what_another_program_brings_with_its_call_is_what_the_texts_compare_it_with(self):
        waits = [jump("2", mode="trigger", trigger="paid"), jump("3", mode="trigger", trigger="refund")]
        paid = [jump(str(i + 4), condition=f'form_workflow_data_etat == "{etat}"') for i, etat in enumerate(["partiel", "entier"])]
        statuses = [status("1", "Reçue", *waits), status("2", "Payée", *paid), status("3", "Rendue", jump("6", condition='form_trigger_refund_content_motif == "double"')),
                    *(status(str(i + 4), name) for i, name in enumerate(["En partie", "En entier", "Deux fois"]))]
        with Counter() as counter:
            counter.define("ville", FORM, workflow(statuses))
            code, found = rehearse(counter)
            self.assertEqual((code, found["reached"], found["missing"], found["only_made"]), (0, 6, [], []))


class OutOfReach(unittest.TestCase):
    def check(self, statuses, unreachable, **more):
        with Counter() as counter:
            counter.define("ville", FORM, workflow(statuses, **more))
            code, found = rehearse(counter)
            self.assertEqual((code, found["errors"], names(found["missing"]), names(found["unreachable"])), (0, [], [], unreachable))
            text = counter.cli("rehearse", "--site", "ville", check=False).stdout
            self.assertIn(f"traitement circuit : {found['reached']}/{found['total']} statuts atteints, {len(unreachable)} hors d’atteinte", text)
            for name in unreachable:
                self.assertIn(f"statut hors d’atteinte « {name} »", text.replace("\u00a0", " "))
            return found

    def test_nothing_leads_there_or_only_what_is_out_of_reach_too(self):
        found = self.check([status("1", "Reçue"), status("2", "Île", button("3")), status("3", "Île d’en face", button("2"))], ["Île", "Île d’en face"])
        self.assertEqual(why(found, "Île"), ["ce statut n’est jamais atteint non plus"])

    def test_a_condition_reads_what_nothing_gives(self):
        statuses = [status("1", "Reçue", jump("2", condition="form_option_abandonnee"), jump("3", condition='form_var_note == "oui" and form_var_motif'),
                           jump("4", condition="session_user|est_de_la_maison"), jump("5", condition='form_status == "Renommée"'), jump("6", condition="False"))]
        statuses += [status(str(i + 2), name) for i, name in enumerate(["Option", "Donnée", "Filtre", "Statut", "Faux"])]
        found = self.check(statuses, ["Option", "Donnée", "Filtre", "Statut", "Faux"],
                           backoffice_fields=[{"id": "bo-note", "type": "string", "label": "Note", "varname": "note"}])
        self.assertIn("form_option_abandonnee", why(found, "Option")[0])
        self.assertIn('form_var_note == "oui"', why(found, "Donnée")[0])
        self.assertIn("session_user|est_de_la_maison", why(found, "Filtre")[0])
        self.assertIn('form_status == "Renommée"', why(found, "Statut")[0])

    def test_what_stands_behind_a_jump_that_is_always_taken(self):
        found = self.check([status("1", "Reçue", jump("2"), jump("3")), status("2", "Passage", button("3"), jump("4", mode="timeout", timeout="2 days"), jump("5")),
                            status("3", "Derrière"), status("4", "Plus tard"), status("5", "Fin")], ["Derrière", "Plus tard"])
        self.assertEqual(why(found, "Derrière"), ["l’action 1 de «\u00a0Reçue\u00a0» mène toujours ailleurs avant elle",
                                                  "l’action 3 fait quitter «\u00a0Passage\u00a0» aussitôt"])

    def test_a_form_without_a_button_a_delay_that_is_none_and_a_global_action_that_nothing_starts(self):
        asked = {"type": "form", "by": ["_receiver"], "varname": "avis", "hide_submit_button": True,
                 "fields": [{"id": "1", "type": "string", "label": "Avis", "varname": "avis"}]}
        unstarted = {"id": "1", "name": "Oubliée", "triggers": [], "actions": [{"id": "1", **jump("4")}]}
        found = self.check([status("1", "Reçue", asked, {"type": "jumponsubmit", "status": "2"}, jump("3", mode="timeout", timeout="{{ form_option_delai }} jours")),
                            status("2", "Envoyée"), status("3", "Échue"), status("4", "Globale")], ["Envoyée", "Échue", "Globale"], global_actions=[unstarted])
        self.assertEqual([len(why(found, name)) for name in ("Envoyée", "Échue", "Globale")], [1, 1, 1])
        self.assertIn("aucun bouton", why(found, "Envoyée")[0])
        self.assertIn("durée", why(found, "Échue")[0])
        self.assertIn("déclencheur", why(found, "Globale")[0])

    def test_what_may_be_reached_in_a_way_that_was_not_found_is_told_as_such(self):
        statuses = [status("1", "Reçue", jump("2", condition='form_var_motif|length > 90 and form_var_motif|slice:":3" == "qzx"')), status("2", "Rare")]
        with Counter() as counter:
            counter.define("ville", FORM, workflow(statuses))
            code, found = rehearse(counter)
            self.assertEqual((code, names(found["missing"]), found["unreachable"]), (0, ["Rare"], []))
            self.assertIn("sa condition n’a pas été vraie", found["missing"][0]["ways"][0]["because"])


if __name__ == "__main__":
    unittest.main()
