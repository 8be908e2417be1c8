"""The server in front (ops/nginx.conf) and Guichet, as a pair."""
import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
import unittest
from pathlib import Path
from urllib.parse import urlencode

from support.counter import ROOT, Counter

CONFIG = ROOT / "ops/nginx.conf"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@unittest.skipUnless(shutil.which("nginx") or Path("/usr/sbin/nginx").exists(), "nginx is not installed")
class Nginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.counter = Counter()
        cls.counter.cli("site", "create", "--slug", "ville", "--name", "Ville", "--host", "ville.localhost")
        cls.counter.start("--behind-proxy", "--https")
        cls.folder, cls.clear, cls.tls = cls.counter.folder, free_port(), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=ville.localhost", "-keyout", cls.folder / "key.pem", "-out", cls.folder / "cert.pem"],
                       check=True, capture_output=True)
        (cls.folder / "nginx.conf").write_text(cls.configuration())
        cls.nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", cls.folder, "-c", cls.folder / "nginx.conf", "-g", "daemon off;"],
                                     stderr=subprocess.PIPE, text=True)
        cls.wait_for(cls.tls)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.terminate()
        cls.nginx.wait(10)
        cls.nginx.stderr.close()
        cls.counter.__exit__()

    @classmethod
    def configuration(cls):
        """The file as it is, but for ports and places."""
        text = CONFIG.read_text()
        for pattern, new in ((r"127\.0\.0\.1:8080", f"127.0.0.1:{cls.counter.port}"), (r"listen 80;", f"listen 127.0.0.1:{cls.clear};"),
                             (r"listen 443", f"listen 127.0.0.1:{cls.tls}"), (r"\S+fullchain\.pem", f"{cls.folder}/cert.pem"),
                             (r"\S+privkey\.pem", f"{cls.folder}/key.pem"), (r"client_header_timeout 15s", "client_header_timeout 1s")):
            text, count = re.subn(pattern, new, text)
            assert count == 1, pattern
        paths = "".join(f"{kind}_temp_path {cls.folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        return (f"pid {cls.folder}/nginx.pid; error_log {cls.folder}/nginx.log; events {{ }}\n"
                f"http {{ access_log off; {paths}\n{text}}}\n")

    @staticmethod
    def wait_for(port):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nginx does not listen")

    def connect(self):
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        plain = socket.create_connection(("127.0.0.1", self.tls), timeout=10)
        return context.wrap_socket(plain, server_hostname="ville.localhost")

    def ask(self, head, body=b""):
        with self.connect() as connection:
            connection.sendall(head + b"\r\n\r\n" + body)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.headers, answer.read()

    def test_a_page_comes_through_with_its_headers(self):
        status, headers, body = self.ask(b"GET /connexion/ HTTP/1.1\r\nHost: ville.localhost\r\nConnection: close")
        self.assertEqual(status, 200)
        self.assertIn("Se connecter", body.decode())
        self.assertIn("max-age", headers["Strict-Transport-Security"])
        self.assertRegex(headers["Set-Cookie"], r"(?i)secure.*httponly|httponly.*secure")

    def test_clear_http_leads_to_https(self):
        client = http.client.HTTPConnection("127.0.0.1", self.clear, timeout=10)
        client.request("GET", "/demarches/?a=1", headers={"Host": "ville.localhost"})
        answer = client.getresponse()
        self.assertEqual((answer.status, answer.headers["Location"]), (301, "https://ville.localhost/demarches/?a=1"))
        client.close()

    def test_two_lengths_are_never_two_requests(self):
        hidden = b"GET /hidden/ HTTP/1.1\r\nHost: ville.localhost\r\n\r\n"
        for lengths in (b"Content-Length: 0\r\nTransfer-Encoding: chunked", b"Content-Length: 3\r\nContent-Length: 0"):
            head = b"POST /connexion/ HTTP/1.1\r\nHost: ville.localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n" + lengths
            status, _, _ = self.ask(head, b"0\r\n\r\n" + hidden)
            self.assertEqual(status, 400, lengths)

    def test_a_head_that_trickles_is_cut_in_front(self):
        began = time.monotonic()
        with self.connect() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: ville.loc")
            self.assertEqual(connection.recv(100), b"")
        self.assertLess(time.monotonic() - began, 10)

    def test_who_asks_is_told_by_the_server_in_front_alone(self):
        _, headers, page = self.ask(b"GET /suivre/ HTTP/1.1\r\nHost: ville.localhost\r\nConnection: close")
        token = re.search(r'name="jeton" value="([^"]+)"', page.decode()).group(1)
        cookie = headers["Set-Cookie"].split(";")[0]
        body = urlencode({"jeton": token, "numero": "4K7-P92-M", "courriel": "a@b.example"}).encode()
        statuses = [self.ask((f"POST /suivre/ HTTP/1.1\r\nHost: ville.localhost\r\nCookie: {cookie}\r\nX-Forwarded-For: 203.0.113.{n}\r\n"
                              f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\nConnection: close").encode(),
                             body)[0] for n in range(40)]
        self.assertEqual(statuses[0], 422)
        self.assertEqual(statuses[-1], 429, "an address that the client made up counted as another one")


if __name__ == "__main__":
    unittest.main()
