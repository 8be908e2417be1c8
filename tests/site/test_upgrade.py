"""Open requests go over to the version of their circuit that is in service: by guichet workflow migrate, and by an administrator's
page, whose job goes on after the process died."""
import copy
import time
import unittest

from support.api import KEY, ORIG, Program
from support.filler import main_form
from support.town import ADA, OnEachStore, buttons, file_own, on_each_store, press, status_of

CLERK, ADMIN = "clerc@ville.example", "admin@ville.example"
FORM = {"kind": "form", "slug": "carte", "name": "Carte", "workflow": "circuit", "functions": {"_receiver": "accueil"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Famille", "varname": "nom"}]}
FIRST = {
    "kind": "workflow", "slug": "circuit", "name": "Circuit", "functions": [{"id": "_receiver", "name": "Agents"}],
    "statuses": [
        {"id": "recu", "name": "Reçu", "actions": [{"id": "1", "type": "choice", "label": "Lire", "by": ["_receiver"], "status": "lu"}]},
        {"id": "lu", "name": "Lu", "actions": [{"id": "1", "type": "choice", "label": "Clore", "by": ["_receiver"], "status": "clos"}]},
        {"id": "clos", "name": "Clos", "actions": []}]}
SECOND = copy.deepcopy(FIRST)
SECOND["statuses"][1] = {"id": "vu", "name": "Vu", "actions": [
    {"id": "1", "type": "choice", "label": "Archiver", "by": ["_receiver"], "status": "clos"}]}
SECOND["statuses"][0]["actions"][0]["status"] = "vu"


class Upgrade(OnEachStore):
    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, FIRST)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADA, "Ada Durand")

    def migrate(self, town, expect, *options):
        done = town.cli("workflow", "migrate", "circuit", *options, "--site", "ville", check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout

    @on_each_store
    def test_open_requests_go_over_and_go_on(self, town):
        agent = town.visitor("ville", CLERK)
        _, _, own, office = file_own(town, "carte", Famille="Durand")
        press(agent, office, "Lire")
        file_own(town, "carte", Famille="Durand")
        town.define("ville", SECOND)
        self.assertEqual(buttons(agent.get(office), office), ["Clore"])
        self.assertIn("→ à choisir : --map lu=…", self.migrate(town, 1))
        self.migrate(town, 1, "--apply")
        self.migrate(town, 1, "--map", "lu=rien")
        self.assertIn("(lu) : 1 → « Vu » (vu)", self.migrate(town, 0, "--map", "lu=vu"))
        self.assertEqual(status_of(agent.get(office)), "Lu")
        self.assertIn("passés à la version en service : 2, restent : 0", self.migrate(town, 0, "--map", "lu=vu", "--apply"))
        page = agent.get(office)
        self.assertEqual(status_of(page), "Vu")
        self.assertIn("« Lu » y devient « Vu »", page.html)
        self.assertEqual(buttons(page, office), ["Archiver"])
        press(agent, office, "Archiver")
        self.assertEqual(status_of(agent.get(office)), "Clos")
        self.assertIn("dossiers à faire passer : 0", self.migrate(town, 0))
        self.assertEqual(town.cli("verify").returncode, 0)


# The form has another circuit: what stands in « lu » goes on in « attente », by what came with the form; « clos » by its name.
OTHER = {"kind": "workflow", "slug": "autre", "name": "Autre circuit", "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
    {"id": "recu", "name": "Payé", "actions": []},
    {"id": "attente", "name": "En attente", "actions": [{"id": "1", "type": "choice", "label": "Revenir", "by": ["_receiver"], "status": "recu"}]},
    {"id": "fini", "name": "Clos", "actions": []}]}
MOVED = {**FORM, "workflow": "autre", "workflow_migrations": [{"old_workflow": "circuit", "new_workflow": "autre", "statuses": [{"old": "lu", "new": "attente"}]}]}


class AnotherCircuit(OnEachStore):
    PAGE = "/administration/circuits/autre/passage/"

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"])
        town.define("ville", FORM, FIRST, {**FORM, "slug": "livret"})
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    @on_each_store
    def test_requests_go_over_to_the_circuit_that_their_form_has_now(self, town):
        agent, admin = town.visitor("ville", CLERK), town.visitor("ville", ADMIN)
        read, fresh = file_own(town, "carte", Famille="Lu")[3], file_own(town, "carte", Famille="Reçu")[3]
        other = file_own(town, "livret", Famille="Autre")[3]
        press(agent, read, "Lire")
        town.define("ville", MOVED, OTHER)
        self.assertEqual(status_of(agent.get(read)), "Lu")  # publishing moves none
        plan = town.cli("workflow", "migrate", "autre", "--site", "ville", check=False)
        self.assertIn("carte, circuit « Circuit », version 1, statut « Lu » (lu) : 1 → « En attente » (attente)", plan.stdout)
        self.assertIn("statut « Reçu » (recu) : 1 → à choisir : --map circuit/recu=…", plan.stdout)
        self.assertNotIn("livret", plan.stdout)
        end = time.monotonic() + 20
        while "Circuit «\xa0Circuit\xa0»" not in admin.get(self.PAGE).html and time.monotonic() < end:
            time.sleep(0.1)
        form = main_form(admin.last.page)
        self.assertEqual([control.name for control in form.controls if control.name and control.name.startswith("statut:")], ["statut:circuit/recu"])
        self.assertEqual(admin.send(form, {}, button=form.buttons()[0].label).status, 422)
        form = main_form(admin.last.page)
        admin.send(form, {"statut:circuit/recu": "attente"}, button=form.buttons()[0].label)
        end = time.monotonic() + 30
        while "est terminé : 2 demandes ont suivi" not in admin.get(self.PAGE).page.text.replace("\xa0", " ") and time.monotonic() < end:
            time.sleep(0.1)
        for office in (read, fresh):
            page = agent.get(office)
            self.assertEqual(status_of(page), "En attente")
            self.assertNotIn("Payé", page.page.text)  # what « recu » is there, and never was here
            self.assertIn("Suit désormais le circuit «\xa0Autre circuit\xa0», version 1", page.html)
            self.assertEqual(buttons(page, office), ["Revenir"])
        trace = admin.get(f"{read}trace/").page.text.replace("\xa0", " ")
        self.assertIn("Bouton « Lire »", trace)  # what was done is read by the circuit of then
        self.assertEqual(status_of(agent.get(other)), "Reçu")
        press(agent, read, "Revenir")
        self.assertEqual(status_of(agent.get(read)), "Payé")
        self.assertEqual(town.cli("verify").returncode, 0)
        self.assertIn("dossiers à faire passer : 0", town.cli("workflow", "migrate", "autre", "--site", "ville").stdout)


class ByAnAdministrator(OnEachStore):
    PAGE = "/administration/circuits/circuit/passage/"
    MANY = 250

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"], api={"keys": {ORIG: KEY}})
        town.define("ville", FORM, FIRST)
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"])
        town.person(ADMIN, "Alex Admin", "ville", admin=True)
        town.person(ADA, "Ada Durand")

    def rows(self, town, what, where="1 = 1"):
        return int(town.sql("site-ville", f"SELECT {what} FROM dossier_upgrade WHERE {where}")[0][0] or 0)

    def wait_for(self, town, what, where="1 = 1"):
        end = time.monotonic() + 60
        while not self.rows(town, what, where) and time.monotonic() < end:
            time.sleep(0.005)
        self.assertTrue(self.rows(town, what, where))

    def wait_for_version(self, admin, version):
        end = time.monotonic() + 20
        while f"que la version {version}, en service" not in admin.get(self.PAGE).page.text and time.monotonic() < end:
            time.sleep(0.1)
        return admin.last

    def choose(self, admin, target):
        form = main_form(admin.get(self.PAGE).page)
        return admin.send(form, {"statut:lu": target}, button=form.buttons()[0].label)

    @on_each_store
    def test_each_goes_over_once_though_the_process_dies_midway(self, town):
        agent = town.visitor("ville", CLERK)
        self.assertEqual(agent.get(self.PAGE).status, 403)
        _, _, _, office = file_own(town, "carte", Famille="Durand")
        press(agent, office, "Lire")
        program = Program(town, "ville")
        for i in range(self.MANY):
            self.assertEqual(program.post("/api/formdefs/carte/submit", {"data": {"nom": f"N{i}"}}).status, 200)
        town.define("ville", SECOND)
        admin = town.visitor("ville", ADMIN)
        page = self.wait_for_version(admin, 2)
        self.assertRegex(page.page.text, r"Carte\s*1\s*Lu\s*1\s*À choisir")
        self.assertIn("Choisissez où continuent les demandes en « Lu »", self.choose(admin, "").page.text)
        self.assertEqual(self.rows(town, "COUNT(*)"), 0)
        self.choose(admin, "vu")
        self.wait_for(town, "COUNT(*)", "done >= 20")
        town.kill()
        self.assertLess(self.rows(town, "done"), self.MANY + 1)
        town.open()
        if not town.store.startswith("sqlite:"):  # another process might hold the lease: it ends by itself
            town.sql("site-ville", "UPDATE job SET look = 0 WHERE kind = 'dossiers.upgrade'")
        self.wait_for(town, "COUNT(*)", "ended > 0")
        self.assertEqual(self.rows(town, "done"), self.MANY + 1)
        upgrades = "SELECT COUNT(*), COUNT(DISTINCT dossier) FROM dossier_history WHERE CAST(parts AS TEXT) LIKE '%\"upgrade\"%'"
        self.assertEqual(town.sql("site-ville", upgrades), [[str(self.MANY + 1)] * 2])
        page = town.visitor("ville", ADMIN).get(self.PAGE)
        self.assertIn(f"Le passage à la version 2 est terminé : {self.MANY + 1} demandes ont suivi", page.page.text)
        self.assertIn("par Alex Admin", page.page.text)
        self.assertIn("Aucune demande en cours ne suit une version plus ancienne", page.page.text)
        page = town.visitor("ville", CLERK).get(office)
        self.assertEqual(status_of(page), "Vu")
        self.assertIn("Alex Admin", page.page.text)
        self.assertEqual(town.cli("verify").returncode, 0)


if __name__ == "__main__":
    unittest.main()
