"""A load that acknowledges, and the ledger of what it acknowledged, kept by another process.

A load program prints a line for each thing that it was told is kept. After a cut, a check program prints a line for each
thing that is there, and fails where one is there in part. Every line of the first must be a line of the second."""
import os
import signal
import subprocess
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STORE_LOAD = ROOT / "build/release/tests/store_load"


class Load:
    """A running load program and what it has acknowledged so far."""

    def __init__(self, command, env=None):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(env or {})})
        self.printed = bytearray()
        self.lock = threading.Lock()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        while chunk := os.read(self.process.stdout.fileno(), 1 << 16):
            with self.lock:
                self.printed += chunk

    def acknowledged(self):
        """The whole lines that have come."""
        with self.lock:
            lines = bytes(self.printed)
        return set(lines[:lines.rfind(b"\n") + 1].split())

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        self.end(signal.SIGKILL)

    def end(self, how):
        """With SIGTERM a load that has a server of its own ends it first."""
        self.process.send_signal(how)
        self.process.wait()
        self.reader.join()


def survivors(command):
    """What the check program finds, and why it failed (empty: it did not)."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    return set(done.stdout.split()), "" if done.returncode == 0 else done.stderr.decode(errors="replace")[-500:]
