"""Where a request is: from an address that the geocoder knows or not, that is away; from a map; from a photograph, also one that is
made smaller; overwritten or not; told to templates and other programs, forgotten with the person."""
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.photo import taken_at
from support.geocoder import Geocoder
from support.town import OnEachStore, file_request, on_each_store, press

CLERK = "clerc@ville.example"
FIELDS = [{"id": "1", "type": "string", "label": "Adresse", "varname": "adresse", "required": "optional"},
          {"id": "2", "type": "string", "label": "Point", "varname": "point", "required": "optional"},
          {"id": "3", "type": "file", "label": "Photo", "varname": "photo", "required": "optional", "automatic_image_resize": True},
          {"id": "4", "type": "file", "label": "Photo discrète", "varname": "discrete", "required": "optional", "remove_metadata": True}]
PLACE = "<p>Ici ({{ form_geoloc_base_lat }};{{ form_geoloc_base_lon }})</p>"


def form(slug):
    return {"kind": "form", "slug": slug, "name": slug.capitalize(), "workflow": slug, "functions": {"_receiver": "accueil"}, "confirmation": False, "fields": FIELDS}


def circuit(slug, *actions):
    actions = [{"id": str(i), **action} for i, action in enumerate(actions, 1)]
    return {"kind": "workflow", "slug": slug, "name": slug.capitalize(), "functions": [{"id": "_receiver", "name": "Agents"}], "statuses": [
        {"id": "1", "name": "Reçue", "actions": [*actions, {"id": "90", "type": "register-comment", "comment": PLACE},
                                                 {"id": "91", "type": "choice", "label": "Oublier", "by": ["_receiver"], "status": "2"}]},
        {"id": "2", "name": "Oubliée", "actions": [{"id": "1", "type": "anonymise"}]}]}


ADDRESS = {"type": "geolocate", "method": "address_string", "address_string": "{{ form_var_adresse }}"}
POINT = {"type": "geolocate", "method": "map_variable", "map_variable": "{{ form_var_point }}"}
CIRCUITS = {"adresse": [ADDRESS], "point": [POINT], "garde": [POINT, {**ADDRESS, "overwrite": False}], "remplace": [POINT, ADDRESS],
            "photo": [{"type": "geolocate", "method": "photo_variable", "photo_variable": "{{ form_var_photo }}"}],
            "discrete": [{"type": "geolocate", "method": "photo_variable", "photo_variable": "{{ form_var_discrete }}"}]}


def photograph(size):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["vips", "black", f"{folder}/noir.jpg", str(size), str(size), "--bands", "3"], check=True)
        return taken_at(Path(f"{folder}/noir.jpg").read_bytes(), 45.764043, -4.835659)


class Geolocate(OnEachStore):
    beside = {"geocoder": Geocoder}

    @classmethod
    def build(cls, town):
        town.site("ville", "Ville", roles=["accueil"], outgoing={"allow": [cls.geocoder.host]}, geocoder=cls.geocoder.settings)
        town.define("ville", *(form(slug) for slug in CIRCUITS), *(circuit(slug, *actions) for slug, actions in CIRCUITS.items()))
        town.person(CLERK, "Claude Clerc", "ville", ["accueil"], admin=True)

    def setUp(self):
        self.geocoder.up()

    def shown(self, town, slug, seconds=20, **answers):
        """What the history says of the place, once the circuit has gone on."""
        clerk = town.visitor("ville", CLERK)
        self.url = f"/agents/demandes/{file_request(town.visitor('ville'), slug, **answers).replace('-', '')}/"
        until = time.monotonic() + seconds
        while "Ici (" not in (text := clerk.get(self.url).page.text) and time.monotonic() < until:
            time.sleep(0.05)
        self.page = text.replace("\u00a0", " ")
        return text.partition("Ici (")[2].partition(")")[0]

    def shown_while_away(self, town, change, seconds=40):
        """The request's page once the circuit has gone on; what failed of the search is changed meanwhile, not what is under way."""
        clerk = town.visitor("ville", CLERK)
        url = f"/agents/demandes/{file_request(town.visitor('ville'), 'adresse', Adresse='12 rue de la République').replace('-', '')}/"
        until = time.monotonic() + seconds
        while "Ici (" not in (text := clerk.get(url).page.text) and time.monotonic() < until:
            town.sql("site-ville", f"UPDATE job SET {change} WHERE kind = 'workflow.geocode' AND error IS NOT NULL")
            time.sleep(0.3)
        return text

    @on_each_store
    def test_an_address_is_found_by_the_geocoder_and_an_unknown_one_leaves_the_request_nowhere(self, town):
        self.assertEqual(self.shown(town, "adresse", Adresse="21 place Bellecour, Lyon"), "45.7577;4.8322")
        self.assertEqual(self.shown(town, "adresse", Adresse="rue qui n’existe pas"), ";")
        self.assertEqual(self.shown(town, "adresse"), ";")

    @on_each_store
    def test_a_geocoder_that_is_away_holds_nothing_up_for_ever(self, town):
        self.geocoder.fail(503)
        text = self.shown_while_away(town, "look = 1")
        self.assertIn("Ici (;)", text)
        self.assertIn("le géocodeur n’a pas répondu", text)

    @on_each_store
    def test_a_search_that_never_ends_is_told_and_holds_nothing_up(self, town):
        self.geocoder.fail(503)
        # As where the process died each time: it was begun as often as it may be.
        text = self.shown_while_away(town, "look = 1, attempts = 3")
        self.assertIn("Ici (;)", text)
        self.assertIn("commencée plusieurs fois sans jamais aboutir", text)
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM job WHERE kind = 'workflow.geocode'")[0][0], "0")

    @on_each_store
    def test_a_point_is_taken_and_kept_or_not(self, town):
        self.assertEqual(self.shown(town, "point", Point="45,75 ; 4,85"), "45.75;4.85")
        self.assertEqual(self.shown(town, "point", Point="là-bas"), ";")
        self.assertIn("« là-bas » n’est pas une position", self.page)
        self.assertEqual(self.shown(town, "garde", Point="45.75;4.85", Adresse="21 place Bellecour"), "45.75;4.85")
        self.assertEqual(self.shown(town, "garde", Adresse="21 place Bellecour"), "45.7577;4.8322")
        self.assertEqual(self.shown(town, "remplace", Point="45.75;4.85", Adresse="21 place Bellecour"), "45.7577;4.8322")

    @on_each_store
    def test_a_photograph_says_where_it_was_taken_unless_the_field_wants_it_not_known(self, town):
        large, small = photograph(2400), photograph(64)
        for photo in (large, small):
            self.assertEqual(self.shown(town, "photo", Photo=("photo.jpg", "image/jpeg", photo)), "45.764043;-4.835659")
        self.assertEqual(self.shown(town, "discrete", **{"Photo discrète": ("photo.jpg", "image/jpeg", small)}), ";")

    @on_each_store
    def test_the_place_is_forgotten_with_the_person(self, town):
        self.shown(town, "point", Point="45.75;4.85")
        press(town.visitor("ville", CLERK), self.url, "Oublier")
        self.assertEqual(town.sql("site-ville", "SELECT COUNT(*) FROM dossier WHERE is_anonymised = 1 AND marks LIKE '%45.75%'")[0][0], "0")


if __name__ == "__main__":
    unittest.main()
