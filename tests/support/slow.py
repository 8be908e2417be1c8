"""Uploads as slow lines bring them: many at once, piece by piece, some of them cut on their way."""
import http.client
import os
import secrets
import threading
import time
from pathlib import Path
from unittest import mock

from support.filler import main_form
from support.visitor import Visitor

PIECE = 64 << 10


class Upload:
    """One person who sends one file of random bytes, `seconds` long, from the form's first page."""

    def __init__(self, port, host, path, control, size, seconds):
        self.size, self.seconds, self.path = size, seconds, path
        self.visitor = Visitor(port, host)
        form = main_form(self.visitor.get(path).page)
        boundary = secrets.token_hex(12)
        fields = [(c.name, c.value) for c in form.controls if c.name and c.kind in ("hidden", "text") and not c.disabled]
        self.head = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields)
        self.head = (self.head + f'--{boundary}\r\nContent-Disposition: form-data; name="{control}"; filename="piece.bin"\r\n\r\n').encode()
        self.tail = f"\r\n--{boundary}--\r\n".encode()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.connection.putrequest("POST", path, skip_host=True)
        self.connection.putheader("Host", f"{host}:{port}")
        self.connection.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items()))
        self.connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
        self.connection.putheader("Content-Length", str(len(self.head) + size + len(self.tail)))
        self.connection.endheaders(self.head)

    def send(self, part=1.0):
        """Sends this part of the file at the line's pace."""
        piece, began, sent = os.urandom(PIECE), time.monotonic(), 0
        while sent < int(self.size * part):
            now = piece[: min(PIECE, self.size - sent)]
            self.connection.send(sent.to_bytes(8, "big") + now[8:] if len(now) > 8 else now)
            sent += len(now)
            time.sleep(max(0, began + self.seconds * sent / self.size - time.monotonic()))

    def finish(self):
        """The status of the answer."""
        self.connection.send(self.tail)
        response = self.connection.getresponse()
        response.read()
        self.connection.close()
        return response.status

    def cut(self):
        self.connection.close()


def run_all(work, items):
    """work(item) for all at once; their results, or the first error."""
    results = [None] * len(items)

    def one(index):
        try:
            results[index] = work(items[index])
        except BaseException as error:  # told by who waits
            results[index] = error
    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(items))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def memory_of(process):
    """What the process has in memory now and at the most, in bytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return tuple(int(lines[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM"))


def freed_at_once():
    """While it lasts, programs with sanitizers give back what they free: they would keep 256 MB of it."""
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    return mock.patch.dict(os.environ, {"ASAN_OPTIONS": options.strip(":")})


class Watch:
    """Asks for a page again and again while something else goes on: how long each took, in seconds."""

    def __init__(self, port, host, path):
        self.visitor, self.path, self.times = Visitor(port, host), path, []
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.done.wait(0.05):
            began = time.monotonic()
            answer = self.visitor.get(self.path)
            assert answer.status == 200, answer.status
            self.times.append(time.monotonic() - began)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def at(self, part):
        return sorted(self.times)[int(len(self.times) * part)]


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def wait_until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()
