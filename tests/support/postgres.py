"""A PostgreSQL of one test's own, to stop and start again: in a temporary folder, as an unprivileged user.

    with Cluster() as cluster: … cluster.stop(); cluster.start()"""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.smtp import free_port

BIN = Path("/usr/lib/postgresql/15/bin")
needs_postgres = unittest.skipUnless((BIN / "initdb").exists(), f"no PostgreSQL in {BIN}")


class Cluster:
    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-cluster-"))
        self.port = free_port()
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", self.folder / "data", "-U", "guichet", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self._run("createdb", "-h", self.folder, "-p", self.port, "-U", "guichet", "guichet")
        return self

    def __exit__(self, *_):
        self.stop("immediate", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"postgresql://guichet@/guichet?host={self.folder}&port={self.port}"

    def _run(self, program, *arguments, check=True):
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--reset-env"] if os.geteuid() == 0 else []
        subprocess.run([*as_user, BIN / program, *map(str, arguments)], check=check, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd="/")

    def start(self):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                  f"-p {self.port} -k {self.folder} -c listen_addresses= -c max_connections=100 -c shared_buffers=32MB", "start")

    def stop(self, mode="fast", check=True):
        self._run("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop", check=check)
