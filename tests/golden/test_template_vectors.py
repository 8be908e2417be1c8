#!/usr/bin/python3
"""The template language against the corpora: the facts about w.c.s.'s dialect, and Django's own tests.

Each corpus goes through `guichet template --jsonl` in one process. What is known to differ stands, with its reason, in
template_differences.json beside this file, by the name of the test; a difference that is no longer one fails too. What
needs Python of Django's test project (its URLs, its own tags and filters) is counted apart; of the rest 3 % at the most
may differ. Vectors that ask the same and want different answers, as they were recorded under another language or after
another rendering, are one question: it holds where one of the answers is given.
"""
import html
import json
import os
import pathlib
import re
import subprocess
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORPUS = pathlib.Path(os.environ.get("GUICHET_CORPUS", ROOT.parent / "shared" / "corpus"))
GUICHET = os.environ.get("GUICHET", str(ROOT / "build" / "release" / "src" / "cli" / "guichet"))
DIFFERENCES = json.loads((HERE / "template_differences.json").read_text(encoding="utf-8"))


def lines_of(path):
    if not path.exists():
        raise unittest.SkipTest(f"no corpus at {path}")
    text = path.read_bytes().decode("utf-8")
    decoder, objects, at = json.JSONDecoder(strict=False), [], 0  # a recorded text may hold line ends as they are
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        objects.append(found)
        while at < len(text) and text[at] in "\r\n ":
            at += 1
    return objects


RECORDED = "2026-11-23T12:00:00"  # the day on which Django was asked: « {% now %} » shows it


def render_all(requests, zone="Europe/Paris"):
    stdin = "\n".join(json.dumps(request, ensure_ascii=True) for request in requests) + "\n"
    run = subprocess.run([GUICHET, "template", "--jsonl"], input=stdin, capture_output=True, text=True, check=True,
                         env={**os.environ, "TZ": zone}, timeout=300)
    answers = [json.loads(line) for line in run.stdout.split("\n") if line]
    assert len(answers) == len(requests), (len(answers), len(requests), run.stderr[-2000:])
    return answers


def same_value(got, expected):
    if isinstance(got, bool) or isinstance(expected, bool):
        return got is expected
    return got == expected


def blanks(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def holds_wcs(vector, answer):
    """Whether an answer is what a fact about w.c.s. says."""
    if vector.get("error"):
        return "error" in answer
    if "expect_value" in vector:
        return "value" in answer and same_value(answer["value"], vector["expect_value"])
    if "output" not in answer:
        return False
    if "logged" in vector and len(answer.get("faults", [])) != vector["logged"]:
        return False
    output = html.unescape(answer["output"]) if vector.get("unescape") else answer["output"]
    if "expect_regex" in vector:
        return re.fullmatch(vector["expect_regex"], output, re.DOTALL) is not None
    if "expect_set" in vector:
        return set(output.split(",")) == set(vector["expect_set"])
    if vector.get("space") == "nbsp-assumed":
        return blanks(output) == blanks(vector["expect"])
    return output == vector["expect"]


def key_of(vector):
    """The test of Django's that a vector was recorded from."""
    return ".".join(vector["test"].split(".")[-2:])


def needs_python(vector):
    """Whether it uses what Django's test project defines in Python."""
    names = re.findall(r"\{%\s*(\w+)|\|(\w+)", vector["source"] + "".join((vector.get("others") or {}).values()))
    return any(name in DIFFERENCES["needs_python"] for pair in names for name in pair)


def is_timed(vector):
    """Whether Django's answer holds the moment of the recording."""
    return bool({"timesince", "timeuntil", "random", "lorem"} & (set(vector["filters"]) | set(vector["tags"])))


def django_request(vector):
    return {"template": vector["source"], "context": vector["context"] or {}, "others": vector.get("others") or {},
            "autoescape": vector.get("autoescape", True), "string_if_invalid": vector.get("string_if_invalid", ""),
            "dialect": "django", "lang": "en", "now": RECORDED}


def unwrapped(result):
    """A result without the mark of safe texts; a decimal as a number."""
    if isinstance(result, dict) and len(result) == 1:
        ((tag, inner),) = result.items()
        if tag in ("$safe", "$tuple", "$lazy"):
            return unwrapped(inner)
    if isinstance(result, list):
        return [unwrapped(item) for item in result]
    return result


def call_request(vector):
    """A call of a filter's function as a template: a text comes back as it is, any other kind as a value."""
    name, args = re.sub("_filter$", "", vector["filter"]), vector["args"]
    source = "{{ a|" + name + (":b" if len(args) > 1 else "")
    texts = isinstance(unwrapped(vector.get("result")), str)
    return {"template": source + ("|safe }}" if texts else " }}"), "complex": not texts,
            "context": {"a": args[0], **({"b": args[1]} if len(args) > 1 else {})},
            "autoescape": vector["kw"].get("autoescape", True), "dialect": "django", "lang": "en"}


class Vectors(unittest.TestCase):
    def check(self, name, requests, judged):
        """judged: (key, whether it holds, what was got, whether it needs Python) of each request. Fails on what differs
        without a reason given, on what is said to differ and does not, and where more than 3 % differ."""
        known = DIFFERENCES.get(name, {})
        questions = {}
        for request, answer in zip(requests, judged):
            asked = json.dumps(request, sort_keys=True)
            if asked not in questions or answer[1]:
                questions[asked] = answer
        counted = [(key, text) for key, holds, text, python in questions.values() if not holds and not python]
        total = sum(not python for _, _, _, python in questions.values())
        apart = [holds for _, holds, _, python in questions.values() if python]
        print(f"{name}: {total - len(counted)} of {total} hold, {len(counted)} differ"
              + (f"; {sum(apart)} of {len(apart)} that need Python hold" if apart else ""))
        fresh = {key: text for key, text in counted if key not in known}
        stale = set(known) - {key for key, _ in counted}
        if os.environ.get("VECTORS_SHOW"):
            for key, text in fresh.items():
                print("  ", key, text)
        if fresh:
            self.fail(f"{len(fresh)} differ, VECTORS_SHOW=1 shows all: " + "; ".join(list(fresh)[:5]))
        if stale:
            self.fail("no longer differ: " + "; ".join(stale))
        self.assertLessEqual(len(counted), 0.03 * total)

    def test_facts_about_wcs(self):
        vectors = lines_of(CORPUS / "template-vectors.jsonl")
        answers = render_all(vectors)
        self.check("wcs", vectors, [
            (f"{vector['group']}: {vector['template']} {json.dumps(vector['context'], ensure_ascii=False)}", holds_wcs(vector, answer),
             f"-> {answer}, not {vector.get('expect', vector.get('expect_value'))!r}", False)
            for vector, answer in zip(vectors, answers)])

    def test_renders_of_django(self):
        vectors = [vector for vector in lines_of(CORPUS / "django-template" / "render_vectors.jsonl")
                   if not vector["needs_callable_or_object"] and not is_timed(vector)]
        requests = [django_request(vector) for vector in vectors]
        answers = render_all(requests, "America/Chicago")
        self.check("django", requests, [
            (key_of(vector), "error" in answer if "raises" in vector else answer.get("output") == vector["output"],
             f"{vector['source']} {json.dumps(vector['context'])[:150]} -> {answer}, not {vector.get('output', 'an error')!r}",
             needs_python(vector))
            for vector, answer in zip(vectors, answers)])

    def test_filter_calls_of_django(self):
        vectors = [vector for vector in lines_of(CORPUS / "django-template" / "filter_call_vectors.jsonl")
                   if vector["filter"] != "random" and not (vector["filter"].startswith(("timesince", "timeuntil")) and len(vector["args"]) == 1)]
        requests = [call_request(vector) for vector in vectors]
        answers = render_all(requests, "America/Chicago")
        self.check("django-filters", requests, [
            (key_of(vector), "error" in answer if "raises" in vector
             else answer.get("output", answer.get("value", "an error")) == unwrapped(vector["result"]),
             f"{vector['filter']} {vector['args']} -> {answer}, not {vector.get('result', 'an error')!r}", False)
            for vector, answer in zip(vectors, answers)])

    def test_refusals_of_django(self):
        vectors = lines_of(CORPUS / "django-template" / "syntax_error_vectors.jsonl")
        requests = [django_request({**vector, "context": {}}) for vector in vectors]
        answers = render_all(requests, "America/Chicago")
        self.check("django-refusals", requests, [
            (key_of(vector), "error" in answer, f"{vector['source']} {vector['message']} -> {answer}", needs_python(vector))
            for vector, answer in zip(vectors, answers)])


if __name__ == "__main__":
    unittest.main()
