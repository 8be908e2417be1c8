"""Levels of criticality: what raises them, where agents read them, lists that have the most urgent first, the API, Publik's files."""
import re

from support.api import ADMIN, AGENT, RESIDENT, Program, people_of_a_town
from support.town import OnEachStore, file_request, on_each_store, press

FORM = {"kind": "form", "slug": "trottoir", "name": "Trottoir abîmé", "workflow": "urgence", "functions": {"_receiver": "voirie"}, "confirmation": False,
        "fields": [{"id": "1", "type": "string", "label": "Rue", "varname": "rue", "display_locations": ["validation", "summary", "listings"]}]}
OTHER_FORM = {"kind": "form", "slug": "simple", "name": "Sans niveaux", "functions": {"_receiver": "voirie"}, "confirmation": False,
              "fields": FORM["fields"]}
WORKFLOW = {"kind": "workflow", "slug": "urgence", "name": "Urgence", "functions": [{"id": "_receiver", "name": "Agents"}],
            "criticality_levels": [{"id": "a", "name": "Normale", "colour": "#00AA00"}, {"id": "b", "name": "Élevée", "colour": "#FF8800"},
                                   {"id": "c", "name": "Danger <b>", "colour": "\"><script>"}],
            "statuses": [{"id": "recu", "name": "Reçu", "actions": [
                {"id": "1", "type": "choice", "label": "Signaler", "by": ["_receiver"], "status": "signale"},
                {"id": "2", "type": "choice", "label": "Alerter", "by": ["_receiver"], "status": "alerte"}]},
                {"id": "signale", "name": "Signalé", "actions": [{"id": "1", "type": "modify_criticality", "mode": "1"}, {"id": "2", "type": "jump", "status": "recu"}]},
                {"id": "alerte", "name": "Alerte", "actions": [
                    {"id": "1", "type": "modify_criticality", "mode": "3", "absolute_value": "2"},
                    {"id": "2", "type": "register-comment", "comment": "<p>Niveau {{ form_criticality_label }} ({{ form_criticality_level }})</p>"},
                    {"id": "3", "type": "choice", "label": "Calmer", "by": ["_receiver"], "status": "calme"}]},
                {"id": "calme", "name": "Calmé", "actions": [{"id": "1", "type": "modify_criticality", "mode": "2"}]}]}


def streets(answer):
    return [re.findall(r"<td>(.*?)</td>", row)[1] for row in re.findall(r"<tr><th scope=\"row\">(.*?)</tr>", answer.html)]


class Criticality(OnEachStore):
    @classmethod
    def build(cls, town):
        people_of_a_town(town, FORM, OTHER_FORM, WORKFLOW)

    def file_all(self, town):
        if hasattr(town, "codes"):
            return
        visitor, agent = town.visitor("ville"), town.visitor("ville", AGENT)
        town.codes = {name: file_request(visitor, "trottoir", Rue=name).replace("-", "") for name in ("A", "B", "C", "D")}
        file_request(visitor, "simple", Rue="Z")
        press(agent, f"/agents/demandes/{town.codes['B']}/", "Signaler")
        press(agent, f"/agents/demandes/{town.codes['A']}/", "Alerter")

    @on_each_store
    def test_agents_see_the_level_and_the_resident_does_not(self, town):
        self.file_all(town)
        agent = town.visitor("ville", AGENT)
        page = agent.get(f"/agents/demandes/{town.codes['B']}/")
        self.assertRegex(page.html, r'class="tag"><svg [^>]*><circle [^>]*fill="#FF8800"/></svg>Élevée</span>')
        self.assertIn("Niveau de criticité\u00a0: Élevée", page.html)
        page = agent.get(f"/agents/demandes/{town.codes['A']}/")
        self.assertIn("Danger &lt;b&gt;", page.html)
        self.assertNotIn("<script>\"", page.html)
        self.assertNotIn('fill="', page.html.split("Danger")[0].split('class="tag"')[-1])
        self.assertIn("Niveau Danger &lt;b&gt; (102)", page.html)
        resident = town.visitor("ville", RESIDENT)
        own = file_request(resident, "trottoir", Rue="Ada").replace("-", "")
        press(agent, f"/agents/demandes/{own}/", "Signaler")
        self.assertNotIn("Élevée", resident.get(f"/mon-compte/demandes/{own}/").html)
        press(agent, f"/agents/demandes/{own}/", "Alerter")
        calm = press(agent, f"/agents/demandes/{own}/", "Calmer")
        self.assertIn("Niveau de criticité\u00a0: Élevée", calm.html)

    @on_each_store
    def test_a_list_has_the_most_urgent_first_and_one_level_alone(self, town):
        self.file_all(town)
        for email in (AGENT, ADMIN):
            agent = town.visitor("ville", email)
            order = [name for name in streets(agent.get("/agents/demandes/?tri=urgentes")) if name in tuple("ABCDZ")]
            self.assertEqual(order, ["A", "B", "Z", "D", "C"])
            page = agent.get("/agents/demandes/?demarche=trottoir&niveau=1")
            self.assertIn("B", streets(page))
            self.assertFalse({"A", "C", "D"} & set(streets(page)))
            self.assertRegex(page.html, r'<option value="1" selected>Élevée</option>')
            self.assertNotIn('name="niveau"', agent.get("/agents/demandes/?demarche=simple").html)
            self.assertEqual(agent.get("/agents/demandes/?demarche=trottoir&niveau=x&tri=urgentes").status, 200)

    @on_each_store
    def test_programs_read_it_and_ask_by_it(self, town):
        self.file_all(town)
        program = Program(town, "ville", email=AGENT)
        levels = lambda **asked: [row["criticality_level"] for row in program.get("/api/forms/trottoir/list", full="on", **asked).json]
        self.assertEqual(levels(**{"filter-criticality-level": "2"}), [102])
        self.assertEqual(levels(**{"filter-criticality-level": "on", "filter-criticality-level-value": "0", "limit": "2"}), [0, 0])
        self.assertEqual(levels(order_by="-criticality_level", limit="3"), sorted(levels(), reverse=True)[:3])
        self.assertEqual(program.get("/api/forms/trottoir/1/").json["criticality_level"], 102)
        rows = program.get("/api/forms/", order_by="-criticality_level").json["data"]
        self.assertEqual(rows[0]["form_criticality_level"], 102)

    @on_each_store
    def test_publik_files_bring_levels_and_take_them(self, town):
        folder = town.folder / "wcs"
        town.cli("export", "publik", "--site", "ville", "--to", folder)
        file = next(path for path in folder.rglob("*.wcs") if "<criticality-level" in path.read_text())
        text = file.read_text()
        self.assertIn("<name>Élevée</name>", text)
        self.assertIn("<absolute_value>2</absolute_value>", text)
        report = town.cli("import", "publik", folder, "--site", "ville", "--dry-run", "--report", "json").stdout
        self.assertNotIn("criticality", report)
