"""Bodies of other people's tests (python-multipart, and what real browsers sent to werkzeug): the exact parts, or a refusal; however
the body is cut on its way."""
import json
import re
import unittest

import yaml

from support.counter import CORPUS, needs_corpus
from support.raw import HttpServer, chunked, send_raw

BODIES = "security/multipart-python-multipart/tests/test_data/http"
BROWSERS = "security/multipart-werkzeug/tests/multipart"
CUTS = (1, 2, 3, 7, 61, 4096, 1 << 20)

# RFC 7578 §4.7 has no transfer encodings: a part that says it has one is refused, not kept as it stands.
ENCODED = re.compile(rb"^content-transfer-encoding: *(base64|quoted-printable)", re.IGNORECASE | re.MULTILINE)
# Its description is of another boundary than its body's.
BOUNDARIES = {"single_field_blocks": "boundary"}


def post(port, boundary, body, cut):
    head = (b"POST /form/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"
            b'Content-Type: multipart/form-data; boundary="' + boundary.encode() + b'"\r\n\r\n')
    answers, _ = send_raw(port, head + chunked(body, cut))
    assert len(answers) == 1, answers
    return answers[0]


def parts_of(answer):
    """Fields and files, each kind in its order."""
    said = json.loads(answer.body)
    return ([(name, value.encode()) for name, value in said["form"]],
            [(file["field"], file["name"], bytes.fromhex(file["hex"])) for file in said["files"]])


class Multipart(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = HttpServer().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def expect(self, boundary, body, fields, files):
        for cut in CUTS:
            answer = post(self.server.port, boundary, body, cut)
            self.assertEqual(answer.status, 200, cut)
            self.assertEqual(parts_of(answer), (fields, files), cut)

    def refuse(self, boundary, body):
        for cut in CUTS:
            self.assertEqual(post(self.server.port, boundary, body, cut).status, 400, cut)

    @needs_corpus(BODIES)
    def test_the_bodies_of_python_multipart(self):
        described = sorted((CORPUS / BODIES).glob("*.yaml"))
        self.assertGreater(len(described), 25)
        for file in described:
            case = yaml.safe_load(file.read_text())
            body = file.with_suffix(".http").read_bytes()
            with self.subTest(file.stem):
                boundary = BOUNDARIES.get(file.stem, case["boundary"])
                if "error" in case["expected"] or ENCODED.search(body):
                    self.refuse(boundary, body)
                    continue
                fields = [(p["name"], p["data"]) for p in case["expected"] if p["type"] == "field"]
                files = [(p["name"], p["file_name"], p["data"]) for p in case["expected"] if p["type"] == "file"]
                self.expect(boundary, body, fields, files)

    @needs_corpus(BROWSERS)
    def test_what_browsers_sent(self):
        folders = sorted(path for path in (CORPUS / BROWSERS).iterdir() if path.is_dir())
        self.assertGreater(len(folders), 4)
        for folder in folders:
            body = (folder / "request.http").read_bytes()
            boundary = body[2:body.index(b"\r\n")].decode()
            with self.subTest(folder.name):
                files = [("file1", None, (folder / "file1.png").read_bytes()), ("file2", None, (folder / "file2.png").read_bytes())]
                for cut in CUTS[2:]:
                    fields, received = parts_of(post(self.server.port, boundary, body, cut))
                    text = (folder / "text.txt").read_bytes().removesuffix(b"\n")  # an editor has ended its lines its own way
                    self.assertEqual([(name, value.replace(b"\r\n", b"\n")) for name, value in fields], [("text", text)])
                    self.assertEqual([(field, content) for field, _, content in received], [(f, c) for f, _, c in files])
                    self.assertTrue(all(name.endswith(".png") and "\\" not in name for _, name, _ in received), received)

    @needs_corpus(BROWSERS)
    def test_a_body_whose_line_ends_were_lost_is_refused(self):
        body = (CORPUS / BROWSERS / "ie7_full_path_request.http").read_bytes()
        self.refuse(body[2:body.index(b"\n")].decode(), body)

    def test_other_bodies(self):
        disposition = b'Content-Disposition: form-data; name="a"\r\n'
        fine = {
            "nothing at all": (b"--x--", []),
            "blank lines before, anything after": (b"\r\n\r\n--x\r\n" + disposition + b"\r\nv\r\n--x--\r\nafter", [("a", b"v")]),
            "blanks behind a boundary": (b"--x \t\r\n" + disposition + b"\r\nv\r\n--x--", [("a", b"v")]),
            "an empty value": (b"--x\r\n" + disposition + b"\r\n\r\n--x--\r\n", [("a", b"")]),
            "nearly the boundary": (b"--x\r\n" + disposition + b"\r\n\r\n--\r\n-x\r\n--\rx\r\n--x--", [("a", b"\r\n--\r\n-x\r\n--\rx")]),
            "a name in quotes": (b'--x\r\nContent-Disposition: form-data; name="a\\"b%22; name=c"\r\n\r\nv\r\n--x--', [('a"b"; name=c', b"v")]),
            "the first of two names": (b'--x\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\nv\r\n--x--', [("a", b"v")]),
        }
        for name, (body, fields) in fine.items():
            with self.subTest(name):
                self.expect("x", body, fields, [])
        wrong = {
            "no boundary at all": b"text",
            "a preamble": b"before\r\n--x\r\n" + disposition + b"\r\nv\r\n--x--",
            "no end": b"--x\r\n" + disposition + b"\r\nv",
            "an end inside a boundary": b"--x\r\n" + disposition + b"\r\nv\r\n--x-",
            "no name": b"--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n--x--",
            "no disposition": b"--x\r\n\r\nv\r\n--x--",
            "another disposition": b'--x\r\nContent-Disposition: attachment; name="a"\r\n\r\nv\r\n--x--',
            "a name that is no UTF-8": b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nv\r\n--x--',
            "a value that is no UTF-8": b"--x\r\n" + disposition + b"\r\n\xff\r\n--x--",
            "headers without an end": b"--x\r\nA: " + b"b" * 10000 + b"\r\n\r\nv\r\n--x--",
            "a header that is none": b"--x\r\n" + disposition + b"what is this\r\n\r\nv\r\n--x--",
        }
        for name, body in wrong.items():
            with self.subTest(name):
                self.refuse("x", body)


if __name__ == "__main__":
    unittest.main()
