"""Another program that talks to a town's API: signs URLs as Publik does (written from its description, with Python's hmac), or has
the key of an API access.

    program = Program(town, "ville", key="secret"); program.get("/api/roles"); program.post("/api/…", {"a": 1}, email="a@b.example")
    program = Program(town, "ville", access=("connecteur", key))"""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import secrets
from urllib.parse import quote, urlencode, urlsplit

ORIG, KEY = "connecteur.example", "la-clé-du-connecteur"


ADMIN, AGENT, OTHER, RESIDENT = "admin@ville.example", "agent@ville.example", "sport@ville.example", "ada@exemple.example"


def access(town, identifier, *roles, site="ville"):
    """A new API access with these roles: its identifier and its key."""
    options = [word for role in roles for word in ("--role", role)]
    line = town.cli("access", "create", "--site", site, "--identifier", identifier, *options).stdout
    return tuple(line.strip().split(":", 1))


def people_of_a_town(town, *definitions):
    """A town that lets programs ask, and who asks it: by their addresses, and the accesses « connecteur » and « sportif »."""
    town.site("ville", roles=["voirie", "sport"], api={"keys": {ORIG: KEY}})
    town.define("ville", *definitions)
    town.person(ADMIN, "Alex Admin", "ville", admin=True)
    town.person(AGENT, "Gil Agent", "ville", ["voirie"])
    town.person(OTHER, "Olive Sport", "ville", ["sport"])
    town.person(RESIDENT, "Ada Lovelace")
    town.connecteur, town.sportif = access(town, "connecteur", "voirie"), access(town, "sportif", "sport")


def sign(query, key=KEY, orig=ORIG, algo="sha256", at=None, nonce=None):
    """The query with Publik's signature behind it."""
    at = at or datetime.datetime.now(datetime.timezone.utc)
    pairs = [("orig", orig), ("algo", algo), ("timestamp", at.strftime("%Y-%m-%dT%H:%M:%SZ"))]
    pairs += [("nonce", secrets.token_hex(16) if nonce is None else nonce)] if nonce != "" else []
    query = "&".join(part for part in (query, urlencode(pairs)) if part)
    digest = hmac.new(key.encode(), query.encode(), getattr(hashlib, algo)).digest()
    return query + "&signature=" + quote(base64.b64encode(digest))


def is_signed(url, key, orig=None):
    """Whether a URL that came carries a good signature: the other direction."""
    query = urlsplit(url).query
    signed, signature = query.split("&signature=")
    values = dict(pair.split("=", 1) for pair in signed.split("&"))
    digest = hmac.new(key.encode(), signed.encode(), getattr(hashlib, values["algo"])).digest()
    return signature == quote(base64.b64encode(digest), safe="") and (orig is None or values["orig"] == orig)


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()
        self.type = (response.headers["Content-Type"] or "").split(";")[0]

    @property
    def json(self):
        return json.loads(self.body)


class Program:
    def __init__(self, town, site, key=KEY, orig=ORIG, access=None, email=None):
        self.town, self.host, self.key, self.orig, self.access, self.email = town, f"{site}.localhost", key, orig, access, email

    def send(self, method, path, body=None, headers=None):
        """As it is, without a word on who asks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.town.port, timeout=60)
        connection.request(method, path, body, {"Host": f"{self.host}:{self.town.port}", **(headers or {})})
        reply = Reply(connection.getresponse())
        connection.close()
        return reply

    def call(self, method, path, body=None, headers=None, **more):
        path, _, query = path.partition("?")
        more = ({"email": self.email} if self.email else {}) | more
        query = "&".join(part for part in (query, urlencode(more)) if part)
        headers = dict(headers or {})
        if self.access:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(self.access).encode()).decode()
        else:
            query = sign(query, self.key, self.orig)
        return self.send(method, path + ("?" + query if query else ""), body, headers)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, payload=None, **more):
        if payload is None:
            return self.call("POST", path, **more)
        return self.call("POST", path, json.dumps(payload).encode(), {"Content-Type": "application/json"}, **more)
