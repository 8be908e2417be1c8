"""What a store holds of the filings of support/residents.py, read from the database itself and not by our program.

    problems(counter.store, counter.folder, load.acknowledged, load.left)      a line for each, none: nothing is lost"""
import hashlib
import json
import re
import sqlite3
from collections import defaultdict
from pathlib import Path

from support.residents import FORM, SITE, address_of, file_of, text_of

DOSSIERS = f"""SELECT d.id, d.code, d.answers,
    (SELECT COUNT(*) FROM dossier_history h WHERE h.dossier = d.id),
    (SELECT COUNT(*) FROM dossier_listing l WHERE l.dossier = d.id),
    (SELECT COUNT(*) FROM dossier_value v WHERE v.dossier = d.id AND v.field = '1'),
    (SELECT COUNT(*) FROM dossier_blob b WHERE b.dossier = d.id),
    COALESCE(f.drafts, 0)
    FROM dossier d LEFT JOIN (SELECT filed, COUNT(*) AS drafts FROM draft GROUP BY filed) f ON f.filed = d.code
    WHERE d.form = '{FORM}'"""
STEM = 6  # letters of a word that FTS5 is given
SEARCH = {"sqlite": f"""WITH mark AS (SELECT up_to FROM dossier_words_mark), met AS (
    SELECT rowid AS dossier FROM dossier_words WHERE dossier_words MATCH substr(?1, 1, {STEM})
    UNION SELECT dossier FROM dossier_search, mark WHERE dossier > up_to)
    SELECT dossier FROM met JOIN dossier_search USING (dossier) WHERE instr(words, ?1) > 0""",
          "postgresql": "SELECT dossier FROM dossier_search WHERE words @@ plainto_tsquery('simple', %s)"}


class Database:
    """A site's database, for reading."""

    def __init__(self, url, name=f"site-{SITE}"):
        self.kind = url.split(":")[0]
        if self.kind == "sqlite":
            self.connection = sqlite3.connect(Path(url.removeprefix("sqlite:")) / f"{name}.db")
        else:
            import psycopg2  # only where there is a PostgreSQL to ask
            self.connection = psycopg2.connect(url)
            self.connection.autocommit = True
            self.ask(f"SET search_path TO {name.replace('-', '_')}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def ask(self, text, *parameters):
        cursor = self.connection.cursor()
        cursor.execute(text, parameters)
        return cursor.fetchall() if cursor.description else []


class Mails:
    """Which jobs there were for an address: those that wait, and those that left."""

    def __init__(self, database):
        self.jobs = defaultdict(set)
        for job, payload in database.ask("SELECT id, payload FROM job WHERE kind = 'mail.send'"):
            for address in json.loads(payload)["to"]:
                self.jobs[address].add(job)
        self.waiting = {address for address, jobs in self.jobs.items() if jobs}
        for job, address in database.ask("SELECT job, recipient FROM mail_sent"):
            self.jobs[address].add(job)


def file_is_whole(folder, answer, mark):
    blob = answer["blob"]
    path = Path(folder) / "blobs" / blob[:2] / blob[2:]
    content = path.read_bytes() if path.exists() else b""
    return content == file_of(mark) and hashlib.sha256(content).hexdigest() == blob


def missing_parts(database, mails, folder, row):
    """What one dossier lacks."""
    dossier, code, answers, entries, listings, values, blobs, drafts = row
    answers = json.loads(answers)
    mark, has_file = answers["1"], "4" in answers and bool(answers["4"])
    parts = {
        "answers": answers["2"] == address_of(mark) and answers["3"] == text_of(mark),
        "history": entries >= 1,
        "lists": listings >= 1,
        "index": values == 1,
        "search": database.ask(SEARCH[database.kind], mark) == [(dossier,)],
        "file": not has_file or (blobs == 1 and file_is_whole(folder, answers["4"], mark)),
        "draft": drafts == 1,
        "jobs": len(mails.jobs[address_of(mark)]) == 2,
    }
    return mark, has_file, [f"{code} ({mark}) lacks its {name}" for name, is_there in parts.items() if not is_there]


def index_differences(database):
    """Where FTS5's index, which keeps no text to be checked against, holds other words than the texts up to its mark."""
    database.ask("CREATE VIRTUAL TABLE temp.held USING fts5vocab(main, dossier_words, instance)")
    held = set(database.ask("SELECT term, doc FROM held"))
    texts = database.ask("SELECT dossier, words FROM dossier_search, dossier_words_mark WHERE dossier <= up_to")
    wanted = {(word if re.fullmatch("z[rf][0-9a-f]{16}", word) else word[:STEM], dossier) for dossier, words in texts for word in words.split()}
    return held ^ wanted


def integrity(url):
    """SQLite's own check of each of its files and of the search index, and the index against what it indexes."""
    lines = []
    for path in sorted(Path(url.removeprefix("sqlite:")).glob("*.db")) if url.startswith("sqlite:") else []:
        with Database(url, path.stem) as database:
            lines += [f"{path.name}: {line}" for (line,) in database.ask("PRAGMA integrity_check") if line != "ok"]
            if path.stem == f"site-{SITE}":
                try:
                    database.ask("INSERT INTO dossier_words (dossier_words, rank) VALUES ('integrity-check', 1)")
                    lines += [f"{path.name}: search index: {one}" for one in sorted(index_differences(database))]
                except sqlite3.DatabaseError as failure:
                    lines.append(f"{path.name}: search index: {failure}")
    return lines


def look(url, folder):
    """Every dossier: {mark: [(code, has a file)]}, and a line for each part that is not there."""
    found, lines = defaultdict(list), integrity(url)
    with Database(url) as database:
        mails = Mails(database)
        for row in database.ask(DOSSIERS):
            mark, has_file, missing = missing_parts(database, mails, folder, row)
            found[mark].append((row[1], has_file))
            lines += missing
    return found, lines


def problems(url, folder, acknowledged, left=()):
    found, lines = look(url, folder)
    for filing in acknowledged:
        if found[filing.mark] != [(filing.code, filing.has_file)]:
            lines.append(f"{filing.code} ({filing.mark}) was acknowledged, and the store has {found[filing.mark]}")
    for filing in left:
        if len(found[filing.mark]) > 1:
            lines.append(f"{filing.mark}, which was not acknowledged, is there {len(found[filing.mark])} times")
    strangers = set(found) - {filing.mark for filing in [*acknowledged, *left]} - {mark for mark in found if not found[mark]}
    return lines + [f"{mark} is there, and nobody filed it" for mark in strangers]
