"""The two that are compared: Django 3.2 in this process, `guichet template --jsonl` beside it."""
import datetime
import decimal
import json
import os
import re
import pathlib
import subprocess
import time
import types
import warnings

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GUICHET = os.environ.get("GUICHET", str(ROOT / "build" / "release" / "src" / "cli" / "guichet"))
ZONE = "Europe/Paris"
LIBRARIES = ["i18n", "l10n", "static", "cache"]
REFUSED = object()  # a template that is refused, or whose rendering raises
BOUNDED = object()  # a rendering that Guichet ends at one of its bounds


def python_value(json_value):
    """A value of the context with its tags ({"$date": …}) as Python has it."""
    if isinstance(json_value, list):
        return [python_value(item) for item in json_value]
    if not isinstance(json_value, dict):
        return json_value
    from django.utils.safestring import mark_safe
    for tag, inner in json_value.items():
        makers = {
            "$safe": mark_safe, "$float": float, "$decimal": decimal.Decimal, "$date": datetime.date.fromisoformat,
            "$datetime": datetime.datetime.fromisoformat, "$time": datetime.time.fromisoformat,
            "$tuple": lambda items: tuple(python_value(items)), "$set": lambda items: set(python_value(items)),
            "$range": lambda bounds: range(*bounds), "$seconds": lambda seconds: datetime.timedelta(seconds=seconds),
        }
        if tag in makers:
            return makers[tag](inner)
    return {key: python_value(item) for key, item in json_value.items()}


class AnyDatetime(type):
    def __instancecheck__(cls, value):
        return isinstance(value, datetime.datetime)


def stopped_clock(moment):
    class Stopped(datetime.datetime, metaclass=AnyDatetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.datetime.fromisoformat(moment)
    return Stopped


class Django:
    """Django as w.c.s. has it: builtins, i18n, l10n and humanize, localised formats."""

    def __init__(self, now):
        import django
        from django.conf import settings
        warnings.simplefilter("ignore", DeprecationWarning)  # of what Django uses, and of old tags
        os.environ["TZ"] = ZONE
        time.tzset()
        if not settings.configured:
            settings.configure(USE_I18N=True, USE_L10N=True, USE_TZ=False, TIME_ZONE=ZONE, LANGUAGE_CODE="en",
                               STATIC_URL="/static/", INSTALLED_APPS=["django.contrib.humanize"],
                               CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}})
            django.setup()
        from django.contrib.humanize.templatetags import humanize
        from django.template import defaulttags
        from django.utils import timesince
        stopped = stopped_clock(now)
        defaulttags.datetime = humanize.datetime = stopped
        timesince.datetime = types.SimpleNamespace(datetime=stopped, timedelta=datetime.timedelta, date=datetime.date)

    def engine(self, case):
        from django.template import Engine
        return Engine(loaders=[("django.template.loaders.locmem.Loader", case["others"])], autoescape=case["autoescape"],
                      builtins=[*(f"django.templatetags.{name}" for name in LIBRARIES), "django.contrib.humanize.templatetags.humanize"],
                      libraries={name: f"django.templatetags.{name}" for name in LIBRARIES} | {"humanize": "django.contrib.humanize.templatetags.humanize"})

    def render(self, case):
        from django.template import Context
        from django.utils import translation
        with translation.override(case["lang"]):
            try:
                return self.engine(case).from_string(case["template"]).render(Context(python_value(case["context"]), autoescape=case["autoescape"]))
            except Exception as raised:  # whatever the template's author would have met
                self.raised = raised
                return REFUSED

    def compiles_others(self, case):
        """Whether each text that may be included is one: Django would look at it only when it is."""
        from django.template import TemplateSyntaxError
        try:
            return all(self.engine(case).from_string(other) for other in case["others"].values())
        except TemplateSyntaxError:
            return False


def answer_of(line):
    answer = json.loads(line)
    if "error" not in answer:
        return answer["output"]
    return BOUNDED if re.match("Ce modèle (demande trop|fait un texte trop long)", answer["error"]["message"]) else REFUSED


class Guichet:
    def __init__(self):
        self.process = None

    def render_all(self, cases):
        text = "".join(json.dumps(case) + "\n" for case in cases)
        run = subprocess.run([GUICHET, "template", "--jsonl"], input=text.encode(), capture_output=True, check=False, env=self.env())
        lines = [line for line in run.stdout.decode(errors="replace").split("\n") if line]
        if run.returncode != 0 or len(lines) != len(cases):
            raise RuntimeError(f"guichet ended with {run.returncode} at {json.dumps(cases[len(lines) % len(cases)])}\n{run.stderr.decode()[-3000:]}")
        return [answer_of(line) for line in lines]

    def render(self, case):
        if self.process is None:
            self.process = subprocess.Popen([GUICHET, "template", "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env())
        self.process.stdin.write(json.dumps(case).encode() + b"\n")
        self.process.stdin.flush()
        return answer_of(self.process.stdout.readline().decode(errors="replace"))

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait()
            self.process.stdout.close()

    @staticmethod
    def env():
        return {**os.environ, "TZ": ZONE}
