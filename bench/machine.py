"""The machine that is measured: one core serves, the other loads; what a process has used of it."""
import contextlib
import json
import os
import platform
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOAD = ROOT / "build/release/bench/load"
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
CONNECTIONS = 64
TICKS = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def on_core(core):
    """What is started in it runs on that core alone, with all its threads and children."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processes_of(pid):
    """A process and those that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += processes_of(int(child))
    return found


def cpu_seconds(pid):
    """What a process and its children have used of a core so far, in user and in kernel mode."""
    total = 0
    for one in processes_of(pid):
        after_name = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(after_name[11]) + int(after_name[12])
    return total / TICKS


def resident_mb(pid, peak=False):
    key = "VmHWM:" if peak else "VmRSS:"
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"no {key} of {pid}")


def request(method, path, host, cookies=None, body=None):
    """A whole HTTP/1.1 request; body: a posted form, encoded."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


@dataclass
class Load:
    """What one load gave: requests a second, milliseconds at the client, microseconds of the server's core a request."""
    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float = 0
    answers: list = None


def parts_of(content):
    """The texts of a file of « LENGTH\\n » and LENGTH bytes."""
    parts, at = [], 0
    while at < len(content):
        end = content.index(b"\n", at)
        length = int(content[at:end])
        parts.append(content[end + 1:end + 1 + length])
        at = end + 1 + length
    return parts


def load(port, requests, connections=CONNECTIONS, status=200, server=None, keep=False):
    """Sends each request once from the loading core. server: the process whose time is counted. keep: the answers too."""
    with tempfile.TemporaryDirectory(prefix="guichet-load-") as folder, on_core(LOAD_CORE):
        sent, answers = Path(folder) / "requests", Path(folder) / "answers"
        sent.write_bytes(b"".join(b"%d\n%s" % (len(one), one) for one in requests))
        before = cpu_seconds(server) if server else 0
        done = subprocess.run([LOAD, str(port), str(min(connections, len(requests))), sent, str(status), *([answers] if keep else [])],
                              capture_output=True, text=True)
        used = cpu_seconds(server) - before if server else 0
        if done.returncode != 0:
            raise AssertionError(f"load: {done.stdout}{done.stderr[:2000]}")
        told = json.loads(done.stdout)
        return Load(told["requests"] / told["seconds"], told["p50_ms"], told["p99_ms"], used / len(requests) * 1e6,
                    parts_of(answers.read_bytes()) if keep else None)


def description():
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    return {"processor": model, "cores": len(CORES), "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
            "kernel": platform.release(), "load_average": round(os.getloadavg()[0], 1)}
