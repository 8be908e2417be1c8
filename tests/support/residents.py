"""Residents who file at a counter, and what each was told: the load of the tests that kill, cut and starve the server.

They use the form « depot » of support/depot. Each filing has a mark that no other has; its text and its file follow from the
mark, so that who looks at the store later can tell a whole one from a part (support/filings.py)."""
import hashlib
import http.client
import re
import secrets
import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

from support.counter import ROOT

SITE, HOST, FORM = "commune", "commune.localhost", "depot"


def set_up(counter):
    """The site and its form, on a counter that may run already."""
    counter.cli("site", "create", "--slug", SITE, "--name", "Commune")
    counter.cli("import", "content", ROOT / "tests/support/depot", "--site", SITE)


def text_of(mark):
    return " ".join(hashlib.sha256(f"{mark} {i}".encode()).hexdigest() for i in range(1 + int(mark[:2], 16) % 12))


def file_of(mark):
    return b"%PDF-1.4\n" + text_of(mark).encode() * 20


def address_of(mark):
    return f"{mark}@resident.example"


class Filing:
    """One filing. code: what its author was told, None: not told yet."""

    def __init__(self):
        self.mark = secrets.token_hex(6)
        self.has_file = int(self.mark[0], 16) % 4 == 0
        self.draft = self.code = None


class Unanswered(Exception):
    """The server did not answer: killed, stopped, or cut."""


class Refused(Exception):
    """The server answered that it can't: status and page."""

    def __init__(self, status, page):
        super().__init__(f"{status}: {re.sub('<[^>]*>', ' ', page)[-600:]}")
        self.status, self.page = status, page


class Resident:
    def __init__(self, port):
        self.port, self.connection, self.cookie, self.token = port, None, None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.leave()

    def _exchange(self, method, path, body, headers):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            page = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as failure:
            self.leave()
            raise Unanswered(repr(failure)) from failure
        if response.getheader("Connection", "").lower() == "close":
            self.leave()
        return response, page

    def leave(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None

    def ask(self, method, path, body=None, kind=None, draft=None):
        cookies = [f"visiteur={self.cookie}"] if self.cookie else []
        cookies += [f"brouillon-{FORM}={draft}"] if draft else []
        headers = {"Host": HOST, "Cookie": "; ".join(cookies)} | ({"Content-Type": kind} if kind else {})
        response, page = self._exchange(method, path, body, headers)
        if response.status not in (200, 303):
            raise Refused(response.status, page)
        given = dict(line.split(";")[0].split("=", 1) for line in response.msg.get_all("Set-Cookie") or [])
        self.cookie = given.get("visiteur", self.cookie)
        return page, response.getheader("Location", ""), given

    def _come_in(self):
        page, _, _ = self.ask("GET", f"/demarches/{FORM}/1/")
        self.token = re.search(r'name="jeton" value="([^"]+)"', page).group(1)

    def _answer(self, filing):
        boundary = "x" + secrets.token_hex(8)
        fields = {"jeton": self.token, "f1": filing.mark, "f2": address_of(filing.mark), "f3": text_of(filing.mark)}
        fields |= {f"f{number}-vu": "1" for number in (1, 2, 3, 4)}
        parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        if filing.has_file:
            parts.append(f'Content-Disposition: form-data; name="f4"; filename="{filing.mark}.pdf"\r\n'
                         "Content-Type: application/pdf\r\n\r\n".encode() + file_of(filing.mark) + b"\r\n")
        body = b"".join(b"--" + boundary.encode() + b"\r\n" + part for part in parts) + f"--{boundary}--\r\n".encode()
        page, onward, given = self.ask("POST", f"/demarches/{FORM}/1/", body, f"multipart/form-data; boundary={boundary}")
        if f"brouillon-{FORM}" not in given or not onward.endswith("/verifier/"):
            raise Refused(200, page)
        filing.draft = given[f"brouillon-{FORM}"]

    def _send(self, filing):
        page, onward, _ = self.ask("POST", f"/demarches/{FORM}/envoyer/", urlencode({"jeton": self.token}),
                                   "application/x-www-form-urlencoded", filing.draft)
        for _ in range(3):
            if "/merci/" in onward:
                filing.code = parse_qs(urlsplit(onward).query)["numero"][0]
                return
            if not onward:
                break
            page, onward, _ = self.ask("GET", onward, draft=filing.draft)
        raise Refused(200, page)

    def begin(self, filing):
        """Answers, and leaves it at the draft."""
        if self.token is None:
            self._come_in()
        if filing.draft is None:
            self._answer(filing)

    def file(self, filing):
        """Goes on with a filing from where it was left: the draft that was saved is sent again, not made anew."""
        self.begin(filing)
        self._send(filing)


class Load:
    """So many residents who file one after the other, each at its pace, until told to stop. Where the server does not
    answer they wait for it; then half of them send again, and half leave it at that."""

    def __init__(self, counter, residents=10, pause=0.1):
        self.counter, self.pause, self.lock = counter, pause, threading.Lock()
        self.acknowledged, self.left, self.refusals, self.surprises = [], [], [], []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(residents)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def count(self):
        with self.lock:
            return len(self.acknowledged)

    def wait_for(self, more, seconds=60):
        """Until so many more are acknowledged."""
        wanted, until = self.count() + more, time.monotonic() + seconds
        while self.count() < wanted:
            if time.monotonic() > until or self.surprises:
                raise AssertionError(f"{self.count()} of {wanted} acknowledged; {self.refusals[-1:]} {self.surprises[:1]}")
            time.sleep(0.01)

    def _note(self, where, what):
        with self.lock:
            where.append(what)

    def _file(self, resident):
        filing = Filing()
        while not filing.code:
            try:
                resident.file(filing)
            except Unanswered:
                if self.stopping.is_set() or int(filing.mark[-1], 16) % 2:
                    return self._note(self.left, filing)
                time.sleep(0.02)
            except Refused as refusal:
                self._note(self.refusals, refusal)
                if refusal.status != 503 or self.stopping.is_set():
                    return self._note(self.left, filing)
                time.sleep(0.05)
        return self._note(self.acknowledged, filing)

    def _work(self):
        with Resident(self.counter.port) as resident:
            try:
                while not self.stopping.is_set():
                    self._file(resident)
                    self.stopping.wait(self.pause)
            except Exception as surprise:  # noqa: BLE001: told by wait_for and by who looks
                self._note(self.surprises, repr(surprise))
