"""templates.py jinja|django CASES: the rate at which a reference renders each case; one JSON object."""
import json
import sys
import time

SECONDS = 0.4


def jinja(case):
    import jinja2

    environment = jinja2.Environment(autoescape=case["kind"] == "html")
    if case["kind"] == "condition":
        compiled = environment.compile_expression(case["jinja"])
        return lambda: compiled(**case["context"])
    template = environment.from_string(case["jinja"])
    return lambda: template.render(case["context"])


def django(case):
    import django
    from django.conf import settings
    from django.template import Context, Engine

    if not settings.configured:
        settings.configure(USE_I18N=False, USE_L10N=False)
        django.setup()
    source = case["django"] if case["kind"] != "condition" else "{% if " + case["django"] + " %}1{% endif %}"
    template = Engine(autoescape=case["kind"] == "html").from_string(source)
    return lambda: template.render(Context(case["context"], autoescape=case["kind"] == "html"))


def rate(render):
    render()
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        render()
        count += 1
    return count / (time.perf_counter() - began)


def main():
    make = {"jinja": jinja, "django": django}[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    print(json.dumps({case["name"]: rate(make(case)) for case in cases}))


if __name__ == "__main__":
    main()
