"""Runs the test suites and ends with « N passed, N failed ».

A suite is a function that yields cases (name, outcome, output); outcome is "ok", "failed" or "skipped". C programs speak
TAP (cmocka), Python files are unittest, browser scripts are node:test with TAP. ./test calls this."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "/usr/bin/python3"
BROWSER = ROOT / "tests/browser"
LONGEST = 8  # files of a suite that are named with their time


def environment():
    env = dict(os.environ)
    env.setdefault("GUICHET_CORPUS", str(ROOT.parent / "shared/corpus"))
    env["GUICHET"] = str(ROOT / "build/asan/src/cli/guichet")
    env["GUICHET_RELEASE"] = str(ROOT / "build/guichet")
    env["CMOCKA_MESSAGE_OUTPUT"] = "tap"
    env["TZ"] = "Europe/Paris"
    env["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=0:exitcode=99"
    env["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
    env["PYTHONPATH"] = str(ROOT / "tests")
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    return env


def run(command, timeout, **options):
    """The exit status and all that was printed."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout, **options)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as expired:
        output = expired.stdout or b""
        return 124, (output.decode(errors="replace") if isinstance(output, bytes) else output) + "\ntimed out"


# cmocka writes « not ok 4 # SKIP name » of a test that is skipped.
TAP_LINE = re.compile(r"^\s*(not ok|ok)\b(?:\s+\d+)?(?:\s+-)?\s*(.*?)(?:\s*#\s*(SKIP|TODO)\b\s*(.*))?$", re.IGNORECASE)


def tap_cases(status, output):
    """The cases of a TAP text; a program that fails without a failed case is one."""
    cases = []
    for line in output.splitlines():
        match = TAP_LINE.match(line)
        if match and not line.lstrip().startswith("# "):
            word, name, directive, skipped = match.groups()
            name = name or skipped
            outcome = "skipped" if directive else "ok" if word == "ok" else "failed"
            cases.append((name or "?", outcome, output if outcome == "failed" else ""))
    if status != 0 and not any(outcome == "failed" for _, outcome, _ in cases):
        cases.append((f"exit status {status}", "failed", output))
    return cases


UNITTEST_LINE = re.compile(r"^(\S+) \(([\w.]+)\)(?:\s*\n.*?)?\s\.\.\. (ok|FAIL|ERROR|skipped.*|expected failure)$", re.MULTILINE)


def unittest_cases(status, output):
    outcomes = {"ok": "ok", "FAIL": "failed", "ERROR": "failed", "expected failure": "ok"}
    cases = []
    for match in UNITTEST_LINE.finditer(output):
        outcome = outcomes.get(match.group(3), "skipped")
        cases.append((match.group(1), outcome, match.group(3) if outcome == "skipped" else ""))
    summary = re.search(r"^Ran (\d+) tests?", output, re.MULTILINE)
    known = len(cases)
    if status == 0 and summary and int(summary.group(1)) > known:  # a line that a program's own output broke
        cases += [("(unnamed)", "ok", "")] * (int(summary.group(1)) - known)
    if status != 0:
        if not any(outcome == "failed" for _, outcome, _ in cases):
            cases.append((f"exit status {status}", "failed", output))
        else:
            cases = [(n, o, output if o == "failed" else t) for n, o, t in cases]
    return cases


def checks(options):
    for tool in sorted((ROOT / "tools/checks").iterdir()):
        if not os.access(tool, os.X_OK) or not selected(options, tool.name):
            continue
        status, output = run([tool, "--all"] if options.all else [tool], 1800)
        yield f"check {tool.name}", "ok" if status == 0 else "failed", output


def unit(options):
    for program in sorted((ROOT / "build/asan/tests").glob("test_*")):
        if program.is_file() and os.access(program, os.X_OK) and selected(options, program.name):
            status, output = run([program], 600)
            for name, outcome, text in tap_cases(status, output):
                yield f"{program.name}: {name}", outcome, text


def run_each(files, command, timeout, at_once=2):
    """The files in their order, so many under way at a time: a test waits for its server half of the time. Tells which took longest."""
    seconds = {}

    def timed(file):
        started = time.monotonic()
        done = run([*command, file.relative_to(ROOT)], timeout)
        seconds[file] = time.monotonic() - started
        return done
    with ThreadPoolExecutor(at_once) as pool:
        yield from zip(files, pool.map(timed, files))
    longest = sorted(seconds, key=seconds.get, reverse=True)[:LONGEST] if len(files) > LONGEST else []
    if longest:
        print("   longest: " + ", ".join(f"{file.name} {seconds[file]:.0f} s" for file in longest), flush=True)


def python(options):
    for folders, at_once in ((["golden", "http", "site"], 2), (["long"] if options.all else [], 1)):  # the long ones measure
        files = [file for folder in folders for file in sorted((ROOT / "tests" / folder).glob("test_*.py")) if selected(options, file.name)]
        for file, (status, output) in run_each(files, [PYTHON, "-m", "unittest", "-v"], 3000, at_once):
            for name, outcome, text in unittest_cases(status, output):
                yield f"{file.parent.name}/{file.name}: {name}", outcome, text


def install_browser_tools():
    """npm packages, again only when the lock file has changed."""
    lock, stamp = BROWSER / "package-lock.json", BROWSER / "node_modules/.installed"
    if stamp.exists() and stamp.read_text() == lock.read_text():
        return None
    os.environ.update(PUPPETEER_SKIP_DOWNLOAD="1", PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD="1")
    status, output = run(["npm", "ci", "--no-audit", "--no-fund", "--prefix", BROWSER], 600)
    if status != 0:
        return output
    stamp.write_text(lock.read_text())
    return None


def browser(options):
    longest = BROWSER / "publik.test.mjs"  # first, beside the others
    files = [file for file in sorted(BROWSER.glob("*.test.mjs"), key=lambda file: (file != longest, file)) if selected(options, file.name)]
    failure = install_browser_tools() if files or options.all else None
    if failure:
        yield "browser: npm ci", "failed", failure
        return
    long = [file for file in sorted((ROOT / "tests/long").glob("*.test.mjs")) if options.all and selected(options, file.name)]
    for some, at_once in ((files, 2), (long, 1)):
        for file, (status, output) in run_each(some, ["node", "--test", "--test-reporter=tap"], 3600, at_once):
            for name, outcome, text in tap_cases(status, output):
                yield f"{file.name}: {name}", outcome, text


SUITES = {"checks": checks, "unit": unit, "python": python, "browser": browser}


def selected(options, name):
    return not options.names or any(wanted in name for wanted in options.names) or any(n in SUITES for n in options.names)


def fuzz(options):
    """Each target that is named, or all, for so many seconds, or runs, on its kept corpus; a crash leaves its input in build/fuzz."""
    seconds = 24 * 3600 if options.runs else options.fuzz
    subprocess.run([ROOT / "tools/build", "--fuzz"], check=True)
    failed = passed = 0
    for target in sorted((ROOT / "build/fuzz/tests/fuzz").glob("fuzz_*")):
        if not (target.is_file() and os.access(target, os.X_OK) and selected(options, target.name)):
            continue
        corpus = ROOT / "build/fuzz/corpus" / target.name
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = ROOT / "tests/fuzz/seeds" / target.name.removeprefix("fuzz_")
        folders = [corpus] + ([seeds] if seeds.is_dir() else [])
        status, output = run([target, f"-max_total_time={seconds}", f"-runs={options.runs or -1}", "-rss_limit_mb=2048", "-timeout=5",
                              f"-artifact_prefix={ROOT}/build/fuzz/", *folders], seconds + 120)
        print(("ok " if status == 0 else "FAILED ") + target.name, flush=True)
        if status != 0:
            print(output[-4000:])
        passed, failed = passed + (status == 0), failed + (status != 0)
    return passed, failed


def with_postgres(command):
    """The same command, inside a throw-away PostgreSQL cluster."""
    os.execv(ROOT / "tests/support/with-postgres", ["with-postgres", *command])


def report(cases):
    counts = {"ok": 0, "failed": 0, "skipped": 0}
    for name, outcome, output in cases:
        counts[outcome] += 1
        if outcome != "ok":
            print(f"{outcome.upper()} {name}", flush=True)
            if outcome == "failed":
                print("    " + "\n    ".join(output.strip().splitlines()[-60:]), flush=True)
    return counts


def main():
    parser = argparse.ArgumentParser(prog="./test")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--fuzz", nargs="?", type=int, const=60)
    parser.add_argument("--runs", type=int, help="of each fuzz target, instead of seconds")
    parser.add_argument("--screenshots", action="store_true")
    options = parser.parse_args()

    if options.fuzz or options.runs:
        passed, failed = fuzz(options)
        print(f"{passed} passed, {failed} failed")
        return 1 if failed else 0
    if "GUICHET_TEST_POSTGRES" not in os.environ and shutil.which("/usr/lib/postgresql/15/bin/initdb"):
        with_postgres([PYTHON, __file__, *sys.argv[1:]])
    subprocess.run([ROOT / "tools/build", "--asan"], check=True)
    if options.screenshots:
        failure = install_browser_tools()
        print(failure or "", end="")
        return subprocess.run(["node", BROWSER / "screenshots.mjs"], env=environment(), cwd=ROOT).returncode

    total = {"ok": 0, "failed": 0, "skipped": 0}
    for suite, cases in SUITES.items():
        if options.names and suite not in options.names and any(n in SUITES for n in options.names):
            continue
        started = time.monotonic()
        counts = report(cases(options))
        print(f"== {suite}: {counts['ok']} ok, {counts['failed']} failed, {counts['skipped']} skipped, "
              f"{time.monotonic() - started:.0f} s", flush=True)
        total = {key: total[key] + counts[key] for key in total}
    print(f"{total['ok']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
