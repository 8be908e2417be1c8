"""Files that people send: pictures made smaller and stripped of what the camera noted, PDFs that do not open, viruses, and what a
reader is given. The scanner is a real clamd with one signature of our own, for the test string of EICAR."""
import re
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.counter import stores
from support.filler import main_form
from support import village
from support.village import agent_of
from support.visitor import Visitor

HOST = "ville.localhost"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SERVICE = {"silence": "reject", "delay": 2, "delay_unit": "months", "appeal": "Tribunal administratif de Lyon, dans les deux mois.",
           "contact": {"name": "Mairie", "address": "1 place de la Mairie", "phone": "04 00 00 00 99", "email": "mairie@ville.example"}}
FORM = {
    "kind": "form", "slug": "essai", "name": "Essai", "workflow": "essai", "functions": {"_receiver": "agents"}, "confirmation": True,
    "service": SERVICE,
    "fields": [
        {"id": "1", "type": "file", "label": "Photo", "required": "optional", "automatic_image_resize": True,
         "document_type": {"id": "p", "label": "Photos", "mimetypes": ["image/*"]}},
        {"id": "2", "type": "file", "label": "Document", "required": "optional",
         "document_type": {"id": "d", "label": "PDF", "mimetypes": ["application/pdf", "image/jpeg"]}},
        {"id": "3", "type": "file", "label": "Photo sans lieu", "required": "optional", "remove_metadata": True},
    ],
}
WORKFLOW = {"kind": "workflow", "slug": "essai", "name": "Essai", "functions": [{"id": "_receiver", "name": "Agents"}],
            "statuses": [{"id": "1", "name": "Reçue", "actions": []}]}


def run(*words, **more):
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, **more)


def exif():
    """The notes of a camera held upright: turned a quarter (6), with a place."""
    def entry(tag, kind, count, value):
        return struct.pack(">HHI", tag, kind, count) + value
    gps = struct.pack(">H", 1) + entry(1, 2, 2, b"N\0\0\0") + struct.pack(">I", 0)
    at = 8 + 2 + 2 * 12 + 4
    first = struct.pack(">H", 2) + entry(0x112, 3, 1, struct.pack(">HH", 6, 0)) + entry(0x8825, 4, 1, struct.pack(">I", at)) + struct.pack(">I", 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">I", 8) + first + gps
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


class Pictures:
    """Pictures made by libvips' own tools, once."""
    folder = None

    @classmethod
    def make(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="guichet-pictures-"))
        run("vips", "black", cls.folder / "large.v", 3000, 2000, "--bands", 3)
        run("vips", "copy", cls.folder / "large.v", cls.folder / "plain.jpg")
        run("vips", "copy", cls.folder / "large.v", cls.folder / "large.heic")
        run("vips", "copy", cls.folder / "large.v", cls.folder / "large.png")
        run("vips", "black", cls.folder / "small.v", 300, 200, "--bands", 3)
        run("vips", "copy", cls.folder / "small.v", cls.folder / "small.jpg")
        for name in ("plain", "small"):
            data = (cls.folder / f"{name}.jpg").read_bytes()
            (cls.folder / f"{name}-exif.jpg").write_bytes(data[:2] + exif() + data[2:])
        (cls.folder / "plain.pdf").write_bytes(
            b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
        for name, password in (("locked", "secret"), ("restricted", "")):
            subprocess.run(["qpdf", "--encrypt", password, "owner", "256", "--", cls.folder / "plain.pdf", cls.folder / f"{name}.pdf"],
                           capture_output=True, check=False)

    @classmethod
    def bytes(cls, name):
        return (cls.folder / name).read_bytes()


def setUpModule():
    Pictures.make()


def tearDownModule():
    shutil.rmtree(Pictures.folder, ignore_errors=True)


def town(store, *serve):
    return village.town(store, *serve, documents=(FORM, WORKFLOW))


def send(visitor, **files):
    """Sends files (f1=(name, bytes)) from the first page; the answer."""
    return visitor.send(main_form(visitor.get("/demarches/essai/1/").page), {}, button="Continuer",
                        files={name: (file[0], "application/octet-stream", file[1]) for name, file in files.items()})


def received(counter):
    """What is left of uploads: a request lets go of its own when its answer has left, some moments after it is read."""
    end = time.monotonic() + 5
    while (left := list((counter.folder / "uploads").iterdir())) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def blobs(counter):
    return [path for path in (counter.folder / "blobs").rglob("*") if path.is_file()]


def size_of(data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        words = run("vipsheader", file.name).stdout.decode().rsplit(": ", 1)[1].split()
        return tuple(int(side) for side in words[0].split("x"))


class Files(unittest.TestCase):
    def kept(self, counter, **files):
        """Files one file and gives what an agent opens: (content type, bytes, the page's text)."""
        visitor = Visitor(counter.port, HOST)
        answer = send(visitor, **files)
        self.assertEqual(answer.url, "/demarches/essai/verifier/", answer.page.text[:400])
        answer = visitor.send(main_form(answer.page), {}, button="Envoyer ma demande")
        code = re.search(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]", answer.page.text).group().replace("-", "")
        agent = agent_of(counter)
        page = agent.get(f"/agents/demandes/{code}/").page
        link = next(link for link, _ in page.links if "/fichiers/" in link)
        opened = agent.get(link)
        return opened, page.text

    def test_pictures(self):
        # name sent, field, size kept, type kept, name kept, whether it is another file then
        cases = [
            ("plain.jpg", "f1", (2000, 1333), "image/jpeg", "plain.jpg", True),
            ("plain-exif.jpg", "f1", (1333, 2000), "image/jpeg", "plain-exif.jpg", True),  # turned upright
            ("large.png", "f1", (2000, 1333), "image/png", "large.png", True),
            ("large.heic", "f1", (2000, 1333), "image/jpeg", "large.jpg", True),  # browsers do not show HEIC
            ("small.jpg", "f1", (300, 200), "image/jpeg", "small.jpg", False),
            ("small-exif.jpg", "f1", (300, 200), "image/jpeg", "small-exif.jpg", False),  # as it came: nobody asked
            ("small-exif.jpg", "f3", (200, 300), "image/jpeg", "small-exif.jpg", True),  # its notes must go
            ("plain.jpg", "f2", (3000, 2000), "image/jpeg", "plain.jpg", False),  # a field that keeps pictures as they are
        ]
        for store in stores():
            with town(store) as counter:
                for name, control, size, kind, kept_name, is_other in cases:
                    with self.subTest(f"{name} {control} {store}"):
                        opened, text = self.kept(counter, **{control: (name, Pictures.bytes(name))})
                        self.assertEqual(opened.headers["Content-Type"], kind)
                        self.assertEqual(size_of(opened.body), size)
                        self.assertEqual(opened.body != Pictures.bytes(name), is_other)
                        self.assertEqual(b"Exif" in opened.body, not is_other)  # libvips writes some of its own in what it makes here
                        self.assertIn(kept_name, text)
                self.assertEqual(received(counter), [])

    def test_what_is_no_picture_inside(self):
        """A picture cut short, or made to fill the memory, harms nobody: it stays as it came, or is refused where its notes must go."""
        bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0) + b"\0\0\0\0"
        cases = [("cut.jpg", Pictures.bytes("plain.jpg")[:400]), ("bomb.png", bomb)]
        with town("sqlite") as counter:
            for name, data in cases:
                with self.subTest(name):
                    opened, _ = self.kept(counter, f1=(name, data))
                    self.assertEqual(opened.body, data)
                    answer = send(Visitor(counter.port, HOST), f3=(name, data))
                    self.assertEqual(answer.status, 422)
                    self.assertIn(f"Le fichier « {name} » n’a pas pu être lu. Choisissez-en un autre.", answer.page.text)

    def test_what_a_field_takes(self):
        cases = [
            ("f2", "x.pdf", Pictures.bytes("locked.pdf"), "Le fichier « x.pdf » est protégé par un mot de passe. Envoyez-le sans mot de passe."),
            ("f2", "x.pdf", Pictures.bytes("restricted.pdf"), None),
            ("f2", "x.pdf", Pictures.bytes("plain.pdf"), None),
            ("f2", "x.pdf", Pictures.bytes("plain.pdf") + b"/Encrypt", None),
            ("f2", "x.pdf", b"GIF89a\1\0\1\0\0\0\0;", "Le fichier « x.pdf » n’est pas accepté. Choisissez un PDF ou un JPEG."),
            ("f1", "x.png", Pictures.bytes("plain.pdf"),
             "Le fichier « x.png » n’est pas accepté. Choisissez une photo au format JPEG, PNG, WEBP ou HEIC."),
            ("f1", "x.png", b"", "Le fichier « x.png » est vide. Choisissez-en un autre."),
        ]
        with town("sqlite") as counter:
            for control, name, data, message in cases:
                with self.subTest(f"{name} {message}"):
                    answer = send(Visitor(counter.port, HOST), **{control: (name, data)})
                    self.assertEqual(answer.url == "/demarches/essai/verifier/", message is None, answer.page.text[:300])
                    if message:
                        self.assertIn(message, answer.page.text)


class Clamd:
    """A real clamd on a socket in a folder of its own, which knows one signature."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-clamd-"))
        (self.folder / "db").mkdir()
        (self.folder / "db" / "eicar.ndb").write_text("Eicar-Test:0:*:" + EICAR.hex() + "\n")
        self.port = socket.create_server(("127.0.0.1", 0))
        port = self.port.getsockname()[1]
        self.port.close()
        self.tcp, self.unix = f"127.0.0.1:{port}", f"unix:{self.folder}/clamd.ctl"
        (self.folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {self.folder}/db\nLocalSocket {self.folder}/clamd.ctl\nTCPAddr 127.0.0.1\nTCPSocket {port}\n"
            f"TemporaryDirectory {self.folder}\nLogFile {self.folder}/log\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/clamd", "-c", self.folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            if (self.folder / "clamd.ctl").exists():
                return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait()
        (self.folder / "clamd.ctl").unlink(missing_ok=True)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@unittest.skipUnless(Path("/usr/sbin/clamd").exists(), "clamd is not installed")
class Scanned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.clamd = Clamd()
        cls.addClassCleanup(cls.clamd.close)

    def test_a_virus_is_refused_and_not_kept(self):
        for address in (self.clamd.unix, self.clamd.tcp):
            with self.subTest(address), town("sqlite", "--clamd", address) as counter:
                answer = send(Visitor(counter.port, HOST), f3=("x.com", EICAR))
                self.assertEqual(answer.status, 422)
                self.assertIn("Le fichier « x.com » contient un risque : envoyez un autre fichier.", answer.page.text)
                self.assertEqual(blobs(counter), [])
                self.assertEqual(received(counter), [])
                answer = send(Visitor(counter.port, HOST), f2=("x.pdf", Pictures.bytes("plain.pdf")))
                self.assertEqual(answer.url, "/demarches/essai/verifier/")

    def test_without_a_verdict_nothing_is_kept(self):
        with town("sqlite", "--clamd", "unix:/nonexistent/clamd.ctl") as counter:
            answer = send(Visitor(counter.port, HOST), f2=("x.pdf", Pictures.bytes("plain.pdf")))
            self.assertEqual(answer.status, 422)
            self.assertIn("Le fichier « x.pdf » n’a pas pu être contrôlé : réessayez.", answer.page.text)
            self.assertEqual(blobs(counter), [])

    def test_what_came_before_the_scanner_is_scanned_when_it_is_opened(self):
        with town("sqlite") as counter:
            visitor = Visitor(counter.port, HOST)
            answer = send(visitor, f2=("x.pdf", Pictures.bytes("plain.pdf") + EICAR))
            visitor.send(main_form(answer.page), {}, button="Envoyer ma demande")
            link = self.link_to_file(counter)
            self.assertEqual(agent_of(counter).get(link).status, 200)
            counter.stop()
            counter.start("--clamd", self.clamd.unix)
            answer = agent_of(counter).get(link)
            self.assertEqual(answer.status, 403)
            self.assertIn("Ce fichier contient un risque", answer.page.text)
            self.clamd.stop()
            try:
                answer = agent_of(counter).get(link)
                self.assertEqual(answer.status, 503)
                self.assertIn("n’a pas pu être contrôlé : réessayez", answer.page.text)
            finally:
                self.clamd.start()

    def link_to_file(self, counter):
        agent = agent_of(counter)
        page = agent.get("/agents/demandes/").page
        request = next(link for link, _ in page.links if re.fullmatch(r"/agents/demandes/[0-9A-Z]{7}/", link))
        return next(link for link, _ in agent.get(request).page.links if "/fichiers/" in link)


if __name__ == "__main__":
    unittest.main()
