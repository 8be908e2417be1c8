"""The import of Publik's definitions: the traps of their formats, what is refused and why, versions, references by slug and
name, and a report that says of each file what does not run here."""
import json
import re
import tempfile
import unittest
from pathlib import Path

from support.counter import CORPUS, ROOT, Counter, needs_corpus, stores


def formdef(name, fields="", head="", attributes=""):
    return f"<formdef {attributes}><name>{name}</name>{head}<fields>{fields}</fields></formdef>"


def field(kind, inside="", label="Champ", id="1"):
    return f"<field><id>{id}</id><label>{label}</label><type>{kind}</type>{inside}</field>"


def workflow(name, items, rest="", head=""):
    return (f"<workflow><name>{name}</name>{head}<possible_status><status><id>1</id><name>Reçu</name><items>{items}</items>"
            f"</status></possible_status>{rest}</workflow>")


def trigger(kind, inside):
    return (f'<global_actions><action><id>1</id><name>G</name><items/><triggers><trigger type="{kind}" id="t">{inside}'
            "</trigger></triggers></action></global_actions>")


# What a definition asks that does not run: the file, what the report says of it.
UNSUPPORTED = [
    (formdef("a", field("block", "<block_slug>b</block_slug>")), []),
    (formdef("a", field("block:b")), []),
    (formdef("a", field("table", "<rows><row>x</row></rows><columns><column>y</column></columns>")), []),
    (formdef("a", field("table-select", "<rows><row>x</row></rows><columns><column>y</column></columns><items><item>z</item></items>")), []),
    (formdef("a", field("tablerows", "<columns><column>y</column></columns><total_row>True</total_row>")), []),
    (formdef("a", field("retina")), ["field:retina"]),
    (formdef("a", field("items", "<display_mode>autocomplete</display_mode><items><item>x</item></items>")), []),
    (formdef("a", field("file", "<allow_portfolio_picking>True</allow_portfolio_picking>")), ["file:portfolio"]),
    (formdef("a", field("item", "<in_filters>True</in_filters><items><item>x</item></items>")), []),
    (formdef("a", field("item", "<data_source><type>carddef:quartiers</type></data_source>")), []),
    (formdef("a", field("item", "<data_source><type>formula</type><value>[x for x in y]</value></data_source>")), ["ds:formula"]),
    (formdef("a", field("item", "<data_source><type>formula</type><value>['x', 'y']</value></data_source>")), []),
    (formdef("a", field("string", "<prefill><type>formula</type><value>1</value></prefill>")), ["prefill:formula"]),
    (formdef("a", field("string", "<condition><type>python</type><value>x[0]</value></condition>")), ["cond-lang:python"]),
    (formdef("a", field("page", "<post_conditions><post_condition><condition><type>python</type><value>x[0]</value></condition>"
                                "<error_message>m</error_message></post_condition></post_conditions>")), ["cond-lang:python"]),
    (formdef("a", field("comment", label="{{ cards|objects:&quot;x&quot;|count }}")), []),
    (formdef("a", field("comment", label="{% action_button &quot;x&quot; %}")), ["tag:action_button"]),
    (formdef("a", field("comment", label="{% if x %}")), ["template"]),
    (formdef("a", head="<has_captcha>true</has_captcha><geolocations><geolocation key='base'>x</geolocation></geolocations>"), []),
    (formdef("a", head="<digest_templates><template key='default'>d</template></digest_templates>"), []),
    (formdef("a", head="<digest_templates><template key='custom-view:v'>d</template></digest_templates>"), []),
    (formdef("a", head="<required_authentication_contexts><method>fedict</method></required_authentication_contexts>"), []),
    (workflow("w", '<item type="update_user_profile"/>'), ["action:update_user_profile"]),
    (workflow("w", '<item type="choice"><label>Oui</label><by><item>_receiver</item></by><status>1</status>'
                   "<allow_as_mass_action>True</allow_as_mass_action></item>"), []),
    (workflow("w", '<item type="form"><by><item>_receiver</item></by><formdef><fields>' + field("retina") + "</fields></formdef></item>"), ["field:retina"]),
    (workflow("w", '<item type="register-comment"><comment_template>c</comment_template></item>'), []),
    (workflow("w", "", trigger("timeout", "<anchor>python</anchor><timeout>1</timeout>")), ["trigger:anchor=python"]),
    (workflow("w", "", trigger("timeout", "<anchor>1st-arrival</anchor><anchor_status_first>wf-1</anchor_status_first><timeout>1</timeout>")), []),
    (workflow("w", "", trigger("webservice", "<identifier>x</identifier>")), []),
    (workflow("w", "", "<status-remapping><remap status='2' action='reassign-1' timestamp='2024-05-02T10:00:00'/></status-remapping>"), []),
    (workflow("w", "", "<criticality_levels><criticality-level><id>1</id><name>Rouge</name></criticality-level></criticality_levels>"),
     []),
    ("<datasource><name>s</name><data_source><type>geojson</type><value>http://x</value></data_source><id_attribute>k</id_attribute></datasource>",
     []),
    ("<datasource><name>s</name></datasource>", ["ds:empty"]),
    ("<wscall><name>s</name><request><url>{% if %}</url></request></wscall>", ["template"]),
]

# What is no definition: bytes, and what is said of it.
REFUSED = [
    ("cassé.wcs", b"<formdef>\n  <name>a</nom>\n</formdef>", 2, "XML"),
    ("vide.wcs", b"", None, "XML"),
    ("racine.wcs", b"<?xml version='1.0'?>\n<!-- x -->\n<page><name>a</name></page>", 3, "<page>"),
    ("sans-nom.wcs", b"<formdef><fields/></formdef>", 1, "nom"),
    ("latin1.wcs", "<formdef>\n<name>é</name><fields/></formdef>".encode("latin-1"), 2, "XML"),
    ("nbsp.wcs", b"<formdef><name>a&nbsp;b</name><fields/></formdef>", 1, "XML"),
    ("bombe.wcs", b"<?xml version='1.0'?>\n<!DOCTYPE x [<!ENTITY a 'b'>]>\n<formdef><name>&a;</name></formdef>", 2, "entités"),
    ("reste.wcs", b"<formdef><name>a</name><fields/></formdef>\nreste", 2, "XML"),
]


class Imports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="guichet-import-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, files):
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def report(self, counter, *more, check=True):
        done = counter.cli("import", "publik", self.folder, "--site", "ville", "--report", "json", *more, check=check)
        return {str(Path(f["file"]).relative_to(self.folder)): f for f in json.loads(done.stdout)["files"]}

    def version_of(self, counter, *more):
        return re.search(r"(\d+) nouvelles? versions?", counter.cli("import", "publik", self.folder, "--site", "ville", *more).stdout).group(1)

    def test_what_does_not_run_is_reported_and_nothing_else(self):
        self.put({f"{i:02}.wcs": text for i, (text, _) in enumerate(UNSUPPORTED)})
        said = (ROOT / "docs/publik.md").read_text()
        with Counter() as counter:
            report = self.report(counter, "--dry-run")
            for i, (text, expected) in enumerate(UNSUPPORTED):
                file = report[f"{i:02}.wcs"]
                with self.subTest(text=text):
                    self.assertEqual(sorted(u["construct"] for u in file["unsupported"]), sorted(expected))
                    self.assertEqual(file["status"], "partial" if expected else "ok")
                    self.assertTrue(all(u["where"] for u in file["unsupported"]))
                    for construct in expected:
                        family = construct.split(":")[0]
                        self.assertTrue(f"`{construct}`" in said or re.search(rf"`{family}:[A-Z=]|`{family}:anchor=|`tag:|`action:", said), construct)

    def test_what_is_no_definition_is_refused_with_its_place_and_the_others_are_imported(self):
        self.put({name: data for name, data, *_ in REFUSED} | {"bon.wcs": formdef("Bon"), "LISEZMOI": "rien à voir"})
        with Counter() as counter:
            report = self.report(counter, check=False)
            self.assertEqual(len(report), len(REFUSED) + 1)
            for name, _, line, words in REFUSED:
                with self.subTest(name):
                    self.assertEqual(report[name]["status"], "refused")
                    self.assertIn(words, report[name]["error"])
                    if line:
                        self.assertEqual(report[name]["line"], line)
                        self.assertGreater(report[name]["column"], 0)
            self.assertEqual(report["bon.wcs"]["status"], "ok")

    def test_the_generations_of_the_format_are_one(self):
        """Words, booleans and lists as three generations wrote them, without a prolog, an extension or a slug."""
        old = field("string", "<required>True</required><display_locations><display_location>summary</display_location></display_locations>"
                              "<anonymise>True</anonymise>")
        new = field("string", "<required>required</required><display_locations type='list'><item type='str'>summary</item></display_locations>"
                              "<anonymise>final</anonymise>")
        with Counter() as counter:
            self.put({"formulaire sans extension": formdef("Même nom é", old, attributes='id="12"')})
            self.report(counter)
            self.put({"formulaire sans extension": formdef("Même nom é", new, attributes='id="99"')})
            self.assertEqual(self.version_of(counter), "0", "the same document, whatever its generation and number")

    def test_a_plural_root_and_other_old_exports_are_read(self):
        self.put({"pluriel": "<datasources><name>Langues</name><data_source><type>formula</type><value>['fr', 'de']</value></data_source></datasources>",
                  "bom.wcs": b"\xef\xbb\xbf<?xml version='1.0'?><category><name>Environnement &#233;</name></category>",
                  "espace copy.wcs": formdef("Avec espace")})
        with Counter() as counter:
            report = self.report(counter)
            self.assertEqual({name: (f["kind"], f["slug"], f["status"]) for name, f in report.items()},
                             {"pluriel": ("source", "langues", "ok"), "bom.wcs": ("category", "environnement-e", "ok"),
                              "espace copy.wcs": ("form", "avec-espace", "ok")})

    def test_references_go_by_slug_then_by_name(self):
        end = '<item type="displaymsg"><message>m</message></item>'
        self.put({"wf-slug.wcs": workflow("Autre nom", end, head="<slug>traitement</slug>"),
                  "wf-nom.wcs": workflow("Circuit de la ville", end, head="<slug>nomme</slug>"),
                  "categorie": "<category><name>Population</name><url_name>demande-population</url_name></category>",
                  "slug.wcs": formdef("Par slug", head='<workflow slug="traitement" workflow_id="7">Circuit de la ville</workflow>'),
                  "nom.wcs": formdef("Par nom", head='<workflow workflow_id="7">Circuit de la ville</workflow><category category_id="3">Population</category>'),
                  "absent.wcs": formdef("Absent", head='<workflow slug="ailleurs">Ailleurs</workflow><roles><role role_key="_receiver" slug="urbanisme">Urbanisme</role></roles>')})
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                report = self.report(counter)
                self.assertEqual(report["slug.wcs"]["missing"], [])
                self.assertEqual(report["nom.wcs"]["missing"], [])
                self.assertEqual(sorted(report["absent.wcs"]["missing"]), ["role:urbanisme", "workflow:ailleurs"])
                self.assertEqual(report["absent.wcs"]["status"], "ok", "what is missing alone leaves a file whole")
                found = {f["slug"]: f["message"] for f in json.loads(counter.cli("check", "--report", "json", check=False).stdout)["findings"]
                         if "circuit" in f["where"] or "catégorie" in f["where"]}
                self.assertEqual(list(found), ["absent"])

    def test_a_newer_file_makes_a_new_version_and_the_same_one_none(self):
        for store in stores():
            with self.subTest(store), Counter(store) as counter:
                self.put({"f.wcs": formdef("F", field("string"))})
                self.assertEqual([self.version_of(counter), self.version_of(counter)], ["1", "0"])
                self.put({"f.wcs": formdef("F", field("text"))})
                self.assertEqual(self.version_of(counter), "1")

    @needs_corpus("publik")
    def test_each_construct_of_the_real_files_is_in_the_doc(self):
        said = (ROOT / "docs/publik.md").read_text()
        with Counter() as counter:
            report = json.loads(counter.cli("import", "publik", CORPUS / "publik", "--site", "ville", "--dry-run", "--report", "json").stdout)
        constructs = {u["construct"] for f in report["files"] for u in f["unsupported"]}
        self.assertEqual([c for c in sorted(constructs) if f"`{c}`" not in said], [])


if __name__ == "__main__":
    unittest.main()
