"""What the counter is measured beside, started on the same core: nginx, a bare form post on SQLite, Django on gunicorn."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import ROOT, SERVER_CORE, on_core


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Server:
    """A process that listens on a port of its own, in a folder of its own, on the serving core."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="guichet-bench-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        self.log = open(self.folder / "log", "wb")
        with on_core(SERVER_CORE):
            self.process = subprocess.Popen(self.command(), stdout=self.log, stderr=self.log, cwd=self.folder, env=self.environment())
        self._wait()
        return self

    def _wait(self):
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        self.__exit__()
        raise AssertionError(f"{type(self).__name__} does not start")

    def environment(self):
        return dict(os.environ)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        if self.process.returncode not in (0, -15):
            print((self.folder / "log").read_text(errors="replace")[-3000:], file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)


class Nginx(Server):
    """nginx as Debian sets it up, one worker, without a log, serving one file: « /page »."""

    def __init__(self, content):
        self.content = content

    def command(self):
        (self.folder / "www").mkdir()
        (self.folder / "www/page").write_bytes(self.content)
        (self.folder / "nginx.conf").write_text(f"""
            daemon off; worker_processes 1; pid {self.folder}/pid; error_log {self.folder}/error.log;
            events {{ worker_connections 768; }}
            http {{
                sendfile on; tcp_nopush on; access_log off; keepalive_requests 100000000; default_type text/html;
                client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy; fastcgi_temp_path {self.folder}/fastcgi;
                uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
                server {{ listen 127.0.0.1:{self.port} backlog=1024; root {self.folder}/www; }}
            }}""")
        (self.folder / "www").chmod(0o755)
        return ["nginx", "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf")]


class BarePost(Server):
    """One row of what is posted, in SQLite, on disk by group commit: nothing else (bench/reference/bare_post.c)."""

    def command(self):
        return [str(ROOT / "build/release/bench/bare_post"), str(self.port), str(self.folder / "bare.db")]


class Django(Server):
    """A Django form of twelve fields and a list, on gunicorn and PostgreSQL (bench/reference/django_form.py)."""

    ROWS = 100_000

    def environment(self):
        return {**os.environ, "DATABASE": os.environ["GUICHET_TEST_POSTGRES"], "PYTHONDONTWRITEBYTECODE": "1"}

    def command(self):
        reference = ROOT / "bench/reference"
        subprocess.run(["/usr/bin/python3", reference / "django_form.py", str(self.ROWS)], env=self.environment(), check=True)
        return ["gunicorn", "--chdir", str(reference), "-w", "3", "-b", f"127.0.0.1:{self.port}", "--worker-tmp-dir", "/dev/shm",
                "-k", "gthread", "--threads", "4", "django_form:application"]
