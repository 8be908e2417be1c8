"""A counter under test: `guichet serve` on a temporary folder, on SQLite or on PostgreSQL.

    with Counter(store="sqlite") as counter: counter.cli("site", "create", …); counter.start(); counter.url("ville")
"""
import copy
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CORPUS = Path(os.environ.get("GUICHET_CORPUS", ROOT.parent / "shared/corpus"))
RELEASE = os.environ.get("GUICHET_RELEASE", str(ROOT / "build/guichet"))
BINARY = os.environ.get("GUICHET", str(ROOT / "build/asan/src/cli/guichet"))


def stores():
    """The stores that every test of stored behaviour runs on."""
    return ["sqlite"] + (["postgresql"] if os.environ.get("GUICHET_TEST_POSTGRES") else [])


def needs_corpus(part=""):
    return unittest.skipUnless((CORPUS / part).exists(), f"the corpus is not there: {CORPUS / part}")


class Counter:
    brakes = False  # a test sends faster than anybody: True where what holds programs up is tested

    def __init__(self, store="sqlite", binary=BINARY, arguments=(), folder=None):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="guichet-test-"))
        self.binary, self.arguments, self.process, self.port = binary, list(arguments), None, None
        self.database = None
        if store == "sqlite":
            self.store = f"sqlite:{self.folder}"
        else:  # a cluster's URL, or « postgresql »: the one of this test run
            self.server = os.environ["GUICHET_TEST_POSTGRES"] if store == "postgresql" else store
            self.store = self._new_database()

    def _new_database(self):
        """A database of its own in the cluster, by psql: the tests of one run do not see each other."""
        self.database = "guichet_" + secrets.token_hex(6)
        subprocess.run(["psql", "-q", self.server, "-c", f"CREATE DATABASE {self.database}"], check=True,
                       stdout=subprocess.DEVNULL)
        return re.sub(r"^(postgresql://[^/]*/)[^?]*", rf"\g<1>{self.database}", self.server)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        if self.database:
            subprocess.run(["psql", "-q", self.server, "-c",
                            f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)"], check=False, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def place(self):
        return ["--data", str(self.folder), "--store", self.store]

    def cli(self, *command, check=True, text_in=None):
        """Runs a sub-command on this counter's store; its output."""
        done = subprocess.run([self.binary, *map(str, command), *self.place], capture_output=True, text=True, input=text_in)
        if check and done.returncode != 0:
            raise AssertionError(f"guichet {' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def define(self, site, *documents):
        """Loads definitions, Python dicts, into the site; what the command said."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        for document in documents:
            (folder / f"{document['kind']}-{document['slug']}.json").write_text(json.dumps(document))
        return self.cli("import", "content", folder, "--site", site)

    def sql(self, database, statement):
        """One statement on the stored rows: what a test can't wait for, time above all. database: common, site-SLUG."""
        if not self.store.startswith("sqlite:"):
            schema = database.replace("-", "_")
            done = subprocess.run(["psql", "-qAt", self.store, "-c", f'SET search_path TO "{schema}"', "-c", statement],
                                  check=True, capture_output=True, text=True)
            return [line.split("|") for line in done.stdout.splitlines()]
        with sqlite3.connect(self.folder / f"{database}.db", timeout=30) as connection:
            return [[str(value) for value in row] for row in connection.execute(statement)]

    def identify(self, visitor, context):
        """Gives who has signed in a session as if by that way of identifying oneself: « franceconnect », « fedict »."""
        token, old = secrets.token_urlsafe(32), visitor.cookies["session"]
        known, new = (hashlib.sha256(one.encode()).hexdigest() for one in (old, token))
        self.sql("common", "INSERT INTO session (digest, account, created, seen, context)"
                           f" SELECT '{new}', account, created, seen, '{context}' FROM session WHERE digest = '{known}'")
        visitor.cookies["session"] = token

    def twin(self):
        """Another server on the same store and folder; who makes it stops it."""
        twin = copy.copy(self)
        twin.process, twin.port, twin.database = None, None, None
        return twin

    def start(self, *more, timeout=30, env=None):
        """Starts the server and waits for its first answer; seconds until then."""
        began = time.monotonic()
        command = [self.binary, "serve", "--port", str(self.port or 0), *self.place, *([] if self.brakes else ["--no-brake"]), *self.arguments, *more]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1,
                                            env={**os.environ, **(env or {})})
        for line in self.process.stdout:
            match = re.search(r"http://[^:/]+:(\d+)", line)
            if match:
                self.port = int(match.group(1))
                break
        else:
            raise AssertionError("the server ended: " + self.log_text()[-3000:])
        while True:
            try:
                urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{self.port}/"), timeout=5).read()
            except urllib.error.HTTPError:
                pass  # any answer is an answer
            except OSError:
                if time.monotonic() - began > timeout:
                    raise
                time.sleep(0.005)
                continue
            return time.monotonic() - began

    def log_text(self):
        return (self.folder / "server.log").read_text(errors="replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        """Stops gracefully; a sanitizer's finding fails the test."""
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server does not stop: " + self.log_text()[-2000:])
        self.process.stdout.close()
        self.process = None
        if status != 0:
            raise AssertionError(f"the server ended with {status}: {self.log_text()[-6000:]}")
