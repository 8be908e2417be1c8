"""The published JSON Schemas of the definitions: every document that we hold or import is as they say, what they refuse is
refused for a reason that names the place, and they name no key that « guichet check » does not know."""
import json
import re
import tempfile
import unittest
from pathlib import Path

from support.counter import CORPUS, ROOT, Counter, needs_corpus

try:
    from jsonschema import Draft202012Validator, RefResolver
except ImportError:
    Draft202012Validator = None

FOLDER = ROOT / "docs/definitions/schema"
FORM = {"kind": "form", "slug": "velo", "name": "Vélo", "fields": [{"id": "1", "type": "string", "label": "Nom"}]}
WORKFLOW = {"kind": "workflow", "slug": "w", "name": "W", "statuses": [{"id": "1", "name": "Reçu", "actions": []}]}


def with_field(**field):
    return {**FORM, "fields": [{"id": "1", "type": "string", "label": "Nom", **field}]}


def with_action(**action):
    return {**WORKFLOW, "statuses": [{"id": "1", "name": "Reçu", "actions": [{"id": "1", **action}]}]}


# A document that is wrong, and where.
WRONG = [
    ({**FORM, "slug": "prime vélo"}, "slug"),
    ({**FORM, "name": ""}, "name"),
    ({"kind": "form", "slug": "a", "name": "A"}, ""),
    ({**FORM, "roles": "agents"}, "roles"),
    ({**FORM, "disabled": "oui"}, "disabled"),
    ({**FORM, "expiration_date": "demain"}, "expiration_date"),
    ({**FORM, "service": {"silence": "peut-être"}}, "service/silence"),
    ({**FORM, "fields": [{"type": "string"}]}, "fields/0"),
    (with_field(required="True"), "fields/0/required"),
    (with_field(varname="mon nom"), "fields/0/varname"),
    (with_field(display_locations=["partout"]), "fields/0/display_locations/0"),
    (with_field(validation={"value": "x"}), "fields/0/validation"),
    (with_field(type="item", items="a, b"), "fields/0/items"),
    (with_field(type="item", source={"type": "fixed", "value": [{"id": "1"}]}), "fields/0/source/value/0"),
    (with_field(type="block", fields=[{"id": "1"}]), "fields/0/fields/0"),
    ({**WORKFLOW, "statuses": [{"id": "1"}]}, "statuses/0"),
    ({**WORKFLOW, "statuses": [{"id": "1", "name": "A", "colour": "rouge"}]}, "statuses/0/colour"),
    (with_action(), "statuses/0/actions/0"),
    (with_action(type="jump"), "statuses/0/actions/0"),
    (with_action(type="sendmail", to="_submitter"), "statuses/0/actions/0/to"),
    (with_action(type="set-backoffice-fields", fields=[{"value": "x"}]), "statuses/0/actions/0/fields/0"),
    ({"kind": "source", "slug": "s", "name": "S", "source": {"type": "tableur"}}, "source/type"),
    ({"kind": "category", "slug": "c", "name": "C", "of": "tout"}, "of"),
    ({"kind": "wscall", "slug": "c", "name": "C"}, ""),
]


def schemas():
    return {path.name: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


@unittest.skipIf(Draft202012Validator is None, "python3-jsonschema is not there")
class Schemas(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schemas = schemas()
        cls.validators = {name[:-5]: Draft202012Validator(schema, resolver=RefResolver("", schema, store=cls.schemas)) for name, schema in cls.schemas.items()}

    def faults(self, document):
        return [("/".join(map(str, fault.absolute_path)), fault.message) for fault in self.validators[document["kind"]].iter_errors(document)]

    def test_each_is_a_schema_and_each_kind_has_one(self):
        kinds = re.search(r"kinds\[\] = \{(.*?)NULL", (ROOT / "src/definition/definition.c").read_text(), re.S).group(1)
        for kind in re.findall(r'"([a-z-]+)"', kinds):
            self.assertIn(kind, self.validators)
            self.assertEqual(self.schemas[f"{kind}.json"]["properties"]["kind"], {"const": kind})
        for name, schema in self.schemas.items():
            with self.subTest(name):
                Draft202012Validator.check_schema(schema)
                self.assertEqual(schema["$id"], name)
                self.assertIn(f"(schema/{name})", (FOLDER.parent / "README.md").read_text(), "the README leads to it")

    def test_our_own_content_is_as_they_say(self):
        found = 0
        for path in (ROOT / "content/services").rglob("*.json"):
            found += 1
            self.assertEqual(self.faults(json.loads(path.read_text())), [], path)
        self.assertGreater(found, 10)
        for path in (ROOT / "content/sites").glob("*.json"):
            for role in json.loads(path.read_text()).get("roles", []):
                self.validators["role"].validate(role)

    @needs_corpus("publik")
    def test_every_document_that_is_imported_is_as_they_say(self):
        with tempfile.TemporaryDirectory(prefix="guichet-schemas-") as folder, Counter() as counter:
            counter.cli("import", "publik", CORPUS / "publik", "--site", "ville")
            counter.cli("export", "content", "--site", "ville", "--to", folder)
            documents = list(Path(folder).rglob("*.json"))
            self.assertGreater(len(documents), 200)
            for path in documents:
                self.assertEqual(self.faults(json.loads(path.read_text())), [], path.name)

    def test_what_is_wrong_is_refused_where_it_is_wrong(self):
        self.assertEqual(self.faults(FORM) + self.faults(WORKFLOW), [])
        for document, place in WRONG:
            with self.subTest(json.dumps(document)):
                faults = self.faults(document)
                self.assertTrue(faults)
                self.assertIn(place, [fault[0] for fault in faults], faults)

    def test_they_name_no_key_that_the_check_does_not_know(self):
        table = (ROOT / "src/lint/keys.c").read_text()
        known = {of: set(" ".join(re.findall(r'"([^"]*)"', keys)).split()) for of, keys in re.findall(r'\{"([a-z:_-]+)",((?:\s*"[^"]*")+)\}', table)}
        self.assertIn("field:string", known)
        for kind in "form", "block", "workflow", "source", "category", "mail-template":
            self.assertLessEqual(set(self.schemas[f"{kind}.json"]["properties"]), known[kind], kind)
        for sort in "field", "action":
            schema = self.schemas[f"{sort}.json"]
            self.assertLessEqual(set(schema["properties"]), known[sort])
            for part in schema["allOf"]:
                of = f"{sort}:{part['if']['properties']['type']['const']}"
                if of in known:
                    self.assertLessEqual(set(part["then"]["properties"]), known[of] | known[sort], of)
