"""A geocoder that others ask over HTTP, as the Géoplateforme's: the same paths, parameters and GeoJSON, from a few addresses that were
recorded; slow, failing or lying on demand.

Run as a program (for tests of browsers) it writes its URL, and does what each line of its input says: up, slow 3, fail 503.

    with Geocoder() as geocoder:
        geocoder.settings        {"url": …} for the settings of a site, whose « outgoing » must allow geocoder.host
        geocoder.up(); geocoder.slow(3); geocoder.fail(503); geocoder.lie(b"…")
        geocoder.asked("/geocodage/search")"""
import math
import pathlib
import re
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from support.peer import Peer  # noqa: E402


def feature(id, number, street, postcode, city, citycode, lon, lat, kind="housenumber"):
    name = " ".join(part for part in (number, street) if part) or city
    label = f"{name} {postcode} {city}" if street else city
    properties = {"label": label, "score": 0.96, "id": id, "banId": None, "name": name, "postcode": postcode, "citycode": citycode, "x": 842000.1,
                  "y": 6519000.2, "city": city, "context": "69, Rhône, Auvergne-Rhône-Alpes", "type": kind, "importance": 0.6, "_type": "address"}
    if number:
        properties |= {"housenumber": number, "street": street}
    elif street:
        properties["street"] = street
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


ADDRESSES = [
    feature("69256_6050_00012", "12", "Rue de la République", "69120", "Vaulx-en-Velin", "69256", 4.9213, 45.7785),
    feature("69256_6050_00012_bis", "12 bis", "Rue de la République", "69120", "Vaulx-en-Velin", "69256", 4.9215, 45.7786),
    feature("69256_6050", "", "Rue de la République", "69120", "Vaulx-en-Velin", "69256", 4.9210, 45.7780, "street"),
    feature("69382_0530_00021", "21", "Place Bellecour", "69002", "Lyon", "69382", 4.8322, 45.7577),
    feature("69029_1000_00003", "3", "Avenue de l’Église", "69500", "Bron", "69029", 4.9112, 45.7386),
]
COMMUNES = [
    feature("69256", "", "", "69120", "Vaulx-en-Velin", "69256", 4.9186, 45.7791, "municipality"),
    feature("69029", "", "", "69500", "Bron", "69029", 4.9112, 45.7386, "municipality"),
    feature("69123", "", "", "69001", "Lyon", "69123", 4.8350, 45.7580, "municipality"),
]


def words(text):
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain)


def known_by(feature):
    return words(feature["properties"]["label"] + " " + feature["properties"]["postcode"])


def search(request):
    """All words but the last whole, the last by its beginning, as while one types."""
    asked, known = words(request.query["q"]), COMMUNES if request.query.get("type") == "municipality" else ADDRESSES
    found = [f for f in known if asked and all(w in known_by(f) for w in asked[:-1]) and any(w.startswith(asked[-1]) for w in known_by(f))]
    return {"type": "FeatureCollection", "features": found[:int(request.query.get("limit", 5))], "query": request.query["q"]}


def reverse(request):
    lon, lat = float(request.query["lon"]), float(request.query["lat"])
    near = sorted(ADDRESSES, key=lambda f: math.dist((lon, lat), f["geometry"]["coordinates"]))[:1]
    return {"type": "FeatureCollection", "features": [f for f in near if math.dist((lon, lat), f["geometry"]["coordinates"]) < 0.02]}


class Geocoder(Peer):
    def __init__(self):
        super().__init__()
        self.settings = {"url": f"{self.url}/geocodage/"}
        self.up()

    def up(self, **how):
        self.answer("/geocodage/search", search, **how)
        self.answer("/geocodage/reverse", reverse, **how)

    def slow(self, seconds):
        self.up(delay=seconds)

    def fail(self, status):
        for path in ("search", "reverse"):
            self.answer(f"/geocodage/{path}", {"error": "indisponible"}, status=status)

    def lie(self, content):
        for path in ("search", "reverse"):
            self.answer(f"/geocodage/{path}", content)


if __name__ == "__main__":
    with Geocoder() as geocoder:
        print(geocoder.settings["url"], flush=True)
        for line in sys.stdin:
            what, *numbers = line.split()
            getattr(geocoder, what)(*map(int, numbers))
            print("done", flush=True)
