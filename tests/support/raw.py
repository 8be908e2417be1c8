"""Requests byte by byte, as no honest client would send them, to the small server of support/http_server.c or to a real counter."""
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class RawAnswer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def __repr__(self):
        return f"<{self.status} {len(self.body)} bytes>"


def parse_answers(received, is_head=False):
    """All answers in the bytes of one connection, to the one that closes it (libmicrohttpd says some of its own twice)."""
    answers = []
    while received:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if not separator:
            raise AssertionError(f"no answer: {received[:200]!r}")
        first, *lines = head.decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.[01] (\d{3}) .*", first)
        if not match:
            raise AssertionError(f"no status line: {first!r}")
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines]
        answer = RawAnswer(int(match.group(1)), headers, b"")
        length = 0 if is_head or answer.status in (100, 204, 304) else int(answer.header("Content-Length") or len(rest))
        answer.body, received = rest[:length], rest[length:]
        if answer.status != 100:
            answers.append(answer)
        if answer.header("Connection") == "close" and answer.status >= 400:
            break
    return answers


def send_raw(port, *pieces, pause=0, wait=10, is_head=False):
    """Sends the pieces, with a pause between them, and reads until the server closes, or says nothing for so many seconds:
    (answers, seconds)."""
    began, received = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=wait) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        except OSError:
            pass  # the server has closed: what it said is read below
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except (ConnectionResetError, TimeoutError):
            pass
    return parse_answers(received, is_head), time.monotonic() - began


def leave(port, request):
    """Sends it and goes away."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)


def chunked(body, size):
    """The body in chunks of so many bytes."""
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class HttpServer:
    """The server of support/http_server.c: echoes what it was sent; 2 s for a head, 3 s for a body."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="guichet-http-")
        self.process = subprocess.Popen([ROOT / "build/asan/tests/http_server", self.folder.name], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        _, errors = self.process.communicate(timeout=30)
        left = [path.name for path in Path(self.folder.name).iterdir()]
        self.folder.cleanup()
        if self.process.returncode != 0 or left:
            raise AssertionError(f"status {self.process.returncode}, left behind: {left}\n{errors[-6000:]}")
