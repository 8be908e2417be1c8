"""Addresses and positions: found by the geocoder where it answers, typed by hand where it is slow, down or lies; what follows the
position of the person; what is filed, and what left for it."""
import json
import tempfile
import time
import unittest
from pathlib import Path

from support.filler import main_form
from support.geocoder import Geocoder
from support.town import OnEachStore, file_request, on_each_store

HERE, BAN = "/demarches/adresse/1/", {"citycode": "69256", "id": "69256_6050_00012", "lat": 45.7785, "lon": 4.9213}
BY_HAND = {"f1-voie": "12 rue de la République", "f1-complement": "Bâtiment B", "f1-code-postal": "69120", "f1-commune": "Vaulx en Velin"}
TOLD = "{{ form_var_ici }}|{{ form_var_ici_number }}|{{ form_var_ici_street }}|{{ form_var_ici_postcode }}|{{ form_var_ici_city }}|" \
       "{{ form_var_ici_citycode }}|{{ form_var_ici_id }}|{{ form_var_ici_lat }}|{{ form_var_ici_lon }}"
LIES = {
    "page": b"<html><script>alert(1)</script>",
    "list": [],
    "no-features": {"type": "FeatureCollection"},
    "nulls": {"features": [None, 3, "x", [], {}, {"properties": None}, {"properties": {"city": None, "label": 3}}]},
    "html": {"features": [{"geometry": {"coordinates": [1e308, -1e308]}, "properties": {
        "label": "<script>alert(1)</script>", "city": "\"><img src=x onerror=alert(1)>", "street": "a\u0000\nb", "citycode": "'; DROP",
        "id": "../../etc/passwd", "postcode": "<b>"}}]},
    "deep": b'{"features":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "long": {"features": [{"properties": {"city": "x" * 100000}} for _ in range(30)]},
}


def form(slug, *fields, **more):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": "_default", "confirmation": True, "fields": list(fields), **more}


def address(id="1", varname="ici", **more):
    return {"id": id, "type": "address", "label": "Adresse du chantier", "varname": varname, **more}


def ask(visitor, path, page=HERE, to="", **values):
    """What a page's script asks, with the page's token."""
    token = main_form(visitor.get(page).page).named("jeton")[0].value
    answer = visitor.post(path + to, [("jeton", token), *values.items()])
    return answer.status, json.loads(answer.html) if answer.status == 200 else None


class Places(OnEachStore):
    beside = {"geocoder": Geocoder}

    @classmethod
    def build(cls, town):
        own = {"id": "2", "type": "comment", "label": f"<p>{TOLD}</p>"}
        for site in ("ville", "sourde", *(f"menteuse-{lie}" for lie in LIES), "lente", "morte"):
            more = {"outgoing": {"allow": [cls.geocoder.host]}, "geocoder": cls.geocoder.settings, "map": {"position": "45.7785;4.9213"}}
            town.site(site, **(more if site != "sourde" else {"geocoder": False}))
            town.define(
                site, form("adresse", address(), {"id": "p2", "type": "page", "label": "La suite"}, own),
                form("commune", address(precision="municipality")),
                form("compte", address(prefill={"type": "user", "value": "address"})),
                form("situee", address(required="optional"), {"id": "3", "type": "map", "label": "Lieu", "required": "optional"}, {"id": "p2", "type": "page", "label": "La suite"},
                     {"id": "2", "type": "comment", "label": "<p>Position ({{ form_geoloc_base_lat }};{{ form_geoloc_base_lon }})</p>"}, geolocations={"base": "Lieu"}),
                form("facultative", address(required="optional")),
                form("position", {"id": "1", "type": "string", "label": "Rue", "varname": "rue", "prefill": {"type": "geolocation", "value": "road", "locked": True}},
                     {"id": "2", "type": "item", "label": "Ville", "items": ["Bron", "Lyon"], "prefill": {"type": "geolocation", "value": "city"}}))
        town.person("ada@ville.example", "Ada Lovelace", "ville")

    def setUp(self):
        self.geocoder.up()
        self.geocoder.forget()

    def fill(self, visitor, values, page=HERE):
        return visitor.send(main_form(visitor.get(page).page), values, button="Continuer")

    # ---- What pages ask while one types ----

    @on_each_store
    def test_addresses_are_proposed(self, town):
        status, found = ask(town.visitor("ville"), "/adresses/", champ="f1-recherche", **{"f1-recherche": "12 rue de la rép"})
        self.assertEqual((status, found["status"]), (200, "2 adresses."))
        self.assertEqual(found["choices"][0]["text"], "12 Rue de la République 69120 Vaulx-en-Velin")
        for key, value in BAN.items():
            self.assertEqual(found["choices"][0]["address"][key], value)

    @on_each_store
    def test_communes_are_proposed(self, town):
        _, found = ask(town.visitor("ville"), "/adresses/", champ="f1-recherche", **{"f1-recherche": "vaul"}, to="?type=municipality")
        self.assertEqual([(c["text"], c["address"]["citycode"]) for c in found["choices"]], [("Vaulx-en-Velin", "69256")])

    @on_each_store
    def test_nothing_leaves_but_what_was_typed(self, town):
        ask(town.visitor("ville"), "/adresses/", champ="f1-recherche", **{"f1-recherche": f"  «12 bis rue Été {town.port}  "})
        request = self.geocoder.asked("/geocodage/search")[-1]
        self.assertEqual(request.query, {"q": f"«12 bis rue Été {town.port}", "limit": "6", "autocomplete": "1", "lat": "45.77850", "lon": "4.92130"})
        self.assertNotIn("Cookie", request.headers)
        self.assertNotIn("Referer", request.headers)
        self.assertNotIn("Été", town.log_text())

    @on_each_store
    def test_a_text_too_short_or_too_long_is_bounded(self, town):
        visitor = town.visitor("ville")
        self.geocoder.forget()
        self.assertEqual(ask(visitor, "/adresses/", champ="f1-recherche", **{"f1-recherche": "12"})[1]["choices"], [])
        self.assertEqual(self.geocoder.requests, [])
        ask(visitor, "/adresses/", champ="f1-recherche", **{"f1-recherche": "é" * 5000})
        self.assertEqual(len(self.geocoder.requests[-1].query["q"]), 200)

    @on_each_store
    def test_the_same_is_asked_once(self, town):
        self.geocoder.forget()
        for _ in range(3):
            ask(town.visitor("ville"), "/adresses/", champ="f1-recherche", **{"f1-recherche": f"3 avenue de l’église {town.port}"})
        self.assertEqual(len(self.geocoder.requests), 1)

    @on_each_store
    def test_a_position_is_an_address(self, town):
        visitor = town.visitor("ville")
        status, found = ask(visitor, "/adresses/position/", position="45.7578;4.8320")
        self.assertEqual((status, found["choices"][0]["address"]["street"], found["choices"][0]["address"]["country"]), (200, "Place Bellecour", "France"))
        self.assertEqual(ask(visitor, "/adresses/position/", position="48.85;2.35")[1]["choices"], [])
        for wrong in ("", "x", "91;0", "nan;nan", "45.7", "45;4;4"):
            with self.subTest(wrong):
                self.assertEqual(ask(visitor, "/adresses/position/", position=wrong)[0], 400)

    @on_each_store
    def test_a_geocoder_that_does_not_answer_is_told_and_holds_nobody(self, town):
        for site, how in (("lente", lambda: self.geocoder.slow(20)), ("morte", lambda: self.geocoder.fail(503)), ("sourde", lambda: None)):
            with self.subTest(site):
                how()
                began = time.monotonic()
                _, found = ask(town.visitor(site), "/adresses/", champ="f1-recherche", **{"f1-recherche": f"21 place {town.port}"})
                self.assertLess(time.monotonic() - began, 5)
                self.assertTrue(found["trouble"])
                self.assertIn("Saisissez l’adresse vous-même", found["status"])

    # ---- Filing ----

    @on_each_store
    def test_an_address_by_hand_is_found_when_the_page_is_left(self, town):
        visitor = town.visitor("ville")
        answer = self.fill(visitor, BY_HAND)
        self.assertEqual(answer.url, "/demarches/adresse/2/", answer.page.text[:400])
        self.assertIn("12 rue de la République, Bâtiment B, 69120 Vaulx en Velin|12|rue de la République|69120|Vaulx en Velin|69256|69256_6050_00012|45.7785|4.9213",
                      answer.page.text)
        answer = visitor.send(main_form(answer.page), {}, button="Continuer")
        self.assertEqual(answer.url, "/demarches/adresse/verifier/")
        self.assertIn("12 rue de la République, Bâtiment B, 69120 Vaulx en Velin", answer.page.text)
        self.assertNotIn("Nous ne trouvons pas cette adresse", answer.page.text)

    @on_each_store
    def test_one_that_is_not_found_is_taken_and_said(self, town):
        visitor = town.visitor("ville")
        answer = self.fill(visitor, BY_HAND | {"f1-voie": "999 rue Inconnue"})
        self.assertIn("|999|rue Inconnue|69120|Vaulx en Velin|", answer.page.text)
        answer = visitor.send(main_form(answer.page), {}, button="Continuer")
        self.assertIn("Nous ne trouvons pas cette adresse", answer.page.text)

    @on_each_store
    def test_what_was_chosen_counts_where_the_boxes_say_the_same(self, town):
        chosen = {"number": "12", "street": "Rue de la République", "postcode": "69120", "city": "Vaulx-en-Velin", "citycode": "69999", "id": "choisie", "lat": 1, "lon": 2}
        town_knows = self.geocoder
        for values, kept in ((BY_HAND, "69999|choisie|1.0|2.0"), (BY_HAND | {"f1-voie": "12 bis rue de la République"}, "69256|69256_6050_00012_bis|45.7786|4.9215")):
            town_knows.forget()
            answer = self.fill(town.visitor("ville"), values | {"f1-trouvee": json.dumps(chosen)})
            self.assertIn(kept, answer.page.text)

    @on_each_store
    def test_what_a_browser_says_was_found_is_checked(self, town):
        for lie in ("{", "[]", '"x"', "{" * 3000, json.dumps({"street": ["x"], "city": 3}), json.dumps(BAN | {"number": "12", "street": "rue de la République",
                    "postcode": "69120", "city": "Vaulx-en-Velin", "lat": 1e300, "lon": "x", "citycode": "<b>", "id": "<script>"})):
            with self.subTest(lie[:40]):
                answer = self.fill(town.visitor("ville"), BY_HAND | {"f1-trouvee": lie})
                self.assertEqual(answer.url, "/demarches/adresse/2/")
                self.assertNotIn("<script>alert", answer.html)
                self.assertNotIn("&lt;script&gt;", answer.html)

    @on_each_store
    def test_an_address_is_filed_whatever_the_geocoder_does(self, town):
        plain = "12 rue de la République, Bâtiment B, 69120 Vaulx en Velin|12|rue de la République|69120|Vaulx en Velin|"
        for site, how in (("lente", lambda: self.geocoder.slow(20)), ("morte", lambda: self.geocoder.fail(500)), ("sourde", lambda: None),
                          *((f"menteuse-{lie}", lambda content=content: self.geocoder.lie(content)) for lie, content in LIES.items())):
            with self.subTest(site):
                how()
                began = time.monotonic()
                answer = self.fill(town.visitor(site), BY_HAND)
                self.assertLess(time.monotonic() - began, 6)
                self.assertEqual(answer.url, "/demarches/adresse/2/", answer.page.text[:300])
                self.assertIn(plain, answer.page.text)
                _, found = ask(town.visitor(site), "/adresses/", champ="f1-recherche", **{"f1-recherche": "12 rue"})
                self.assertFalse(any("id" in c["address"] or "lat" in c["address"] or "citycode" in c["address"] for c in found["choices"]))

    @on_each_store
    def test_what_lacks_is_said(self, town):
        for values, message in (({}, "Saisissez une adresse."), ({"f1-voie": "12 rue Haute"}, "Il manque le code postal et la commune."),
                                ({"f1-recherche": "12 rue Haute"}, "Il manque le code postal et la commune."),
                                (BY_HAND | {"f1-commune": ""}, "Il manque la commune."), (BY_HAND | {"f1-code-postal": ""}, "Il manque le code postal."),
                                (BY_HAND | {"f1-voie": "12"}, "Il manque la rue."), (BY_HAND | {"f1-code-postal": "Vaulx"}, "Vérifiez le code postal"),
                                (BY_HAND | {"f1-code-postal": "69"}, "Vérifiez le code postal"), (BY_HAND | {"f1-voie": "a\0b"}, "signe qui n’est pas du texte")):
            with self.subTest(message=message, values=str(values)):
                answer = self.fill(town.visitor("ville"), values)
                self.assertEqual(answer.status, 422)
                self.assertIn(message, answer.page.text)
                for name, value in values.items():
                    if name != "f1-recherche" and "\0" not in values.get("f1-voie", ""):
                        self.assertEqual(main_form(answer.page).named(name)[0].value, value)

    @on_each_store
    def test_an_optional_one_may_be_left(self, town):
        self.assertEqual(self.fill(town.visitor("ville"), {}, "/demarches/facultative/1/").url, "/demarches/facultative/verifier/")

    @on_each_store
    def test_a_commune_is_known_by_its_code(self, town):
        visitor = town.visitor("ville")
        answer = self.fill(visitor, {"f1-commune": "bron", "f1-code-postal": "69500"}, "/demarches/commune/1/")
        self.assertEqual(answer.url, "/demarches/commune/verifier/", answer.page.text[:300])
        self.assertIn("69500 bron", answer.page.text)
        self.assertEqual(self.geocoder.asked("/geocodage/search")[-1].query["type"], "municipality")
        self.assertIn("&quot;citycode&quot;:&quot;69029&quot;", visitor.get("/demarches/commune/1/").html)

    @on_each_store
    def test_the_account_s_address_is_there(self, town):
        town.sql("common", "UPDATE account SET data = '{\"address_number\":\"7\",\"address_street\":\"rue Haute\",\"address_zipcode\":\"69500\",\"address_city\":\"Bron\"}'"
                 " WHERE email = 'ada@ville.example'")
        page = main_form(town.visitor("ville", "ada@ville.example").get("/demarches/compte/1/").page)
        self.assertEqual([page.named(f"f1-{name}")[0].value for name in ("voie", "code-postal", "commune")], ["7 rue Haute", "69500", "Bron"])

    @on_each_store
    def test_a_request_is_where_its_first_place_is(self, town):
        for values, position in (({}, "(;)"), ({"f3": "45.5;4.25"}, "(45.5;4.25)"), (BY_HAND, "(45.7785;4.9213)"), (BY_HAND | {"f3": "45.5;4.25"}, "(45.7785;4.9213)"),
                                 (BY_HAND | {"f1-voie": "999 rue Inconnue"}, "(;)")):
            with self.subTest(position=position, values=str(values)):
                self.assertIn(f"Position {position}", self.fill(town.visitor("ville"), values, "/demarches/situee/1/").page.text)
        self.assertNotIn("geoloc", town.cli("check", "--site", "ville").stdout)

    @on_each_store
    def test_definitions_go_to_publik_and_come_back_the_same(self, town):
        folder = Path(tempfile.mkdtemp(dir=town.folder))
        names = ("commune", "compte", "position", "situee")
        town.cli("export", "content", *names, "--site", "ville", "--to", folder / "before")
        town.cli("export", "publik", *names, "--site", "ville", "--to", folder / "wcs")
        town.cli("import", "publik", folder / "wcs", "--site", "copie", "--keep-disabled")
        town.cli("export", "content", *names, "--site", "copie", "--to", folder / "after")
        before, after = ({path.name: path.read_text() for path in (folder / side).rglob("*.json")} for side in ("before", "after"))
        self.assertEqual(len(before), len(names))
        self.assertEqual(before, after)

    @on_each_store
    def test_fields_that_follow_the_position_are_typed_all_the_same(self, town):
        visitor = town.visitor("ville")
        answer = visitor.get("/demarches/position/1/")
        self.assertIn('data-geolocation="road"', answer.html)
        self.assertIn('data-geolocation="city"', answer.html)
        answer = visitor.send(main_form(answer.page), {"f1": "rue Haute", "f2": "Bron"}, button="Continuer")
        self.assertIn("rue Haute", answer.page.text)

    @on_each_store
    def test_a_request_is_filed_with_its_address(self, town):
        self.assertRegex(file_request(town.visitor("ville"), "adresse"), "-")


if __name__ == "__main__":
    unittest.main()
