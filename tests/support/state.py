"""What a counter has kept, read from its store itself: to see that nothing changed, and to age what time would age."""
import glob
import hashlib
import os
import sqlite3
import subprocess
import time

# What a look may change: when a session was last seen, which drafts and jobs an hour has made.
PASSING = {"session", "job", "rate"}


def run_sql(counter, statement):
    """One statement on the site's store, whatever it stands in."""
    if counter.database is None:
        for file in glob.glob(f"{counter.folder}/**/*ville*", recursive=True):
            if os.path.isfile(file) and not file.endswith(("-wal", "-shm")):
                with sqlite3.connect(file, timeout=10) as connection:
                    connection.execute(statement)
        return
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", counter.store, "-c", 'SET search_path TO site_ville', "-c", statement],
                   check=True, capture_output=True)


def digest(counter):
    """Of all that is kept but what passes."""
    if counter.database is None:
        text = "".join(dump_of(file) for file in sorted(glob.glob(f"{counter.folder}/**/*", recursive=True)) if is_database(file))
    else:
        done = subprocess.run(["/usr/lib/postgresql/15/bin/pg_dump", "--data-only", "--inserts",
                               *[f"--exclude-table=*.{name}" for name in sorted(PASSING)], counter.store],
                              check=True, capture_output=True, text=True)
        text = "\n".join(line for line in done.stdout.splitlines() if line.startswith("INSERT"))
    return hashlib.sha256(text.encode()).hexdigest()


def settled(counter):
    """The digest, once what runs behind (mails) has come to rest."""
    last = None
    for _ in range(50):
        now = digest(counter)
        if now == last:
            return now
        last = now
        time.sleep(0.4)
    raise AssertionError("it never comes to rest")


def is_database(file):
    if not os.path.isfile(file):
        return False
    with open(file, "rb") as start:
        return start.read(15) == b"SQLite format 3"


def dump_of(file):
    """Every row but of virtual tables, which keep theirs in tables of their own."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as connection:
        names = [name for (name,) in connection.execute(tables) if name not in PASSING]
        return "\n".join(f"{name} {row!r}" for name in names for row in connection.execute(f'SELECT * FROM "{name}"'))
