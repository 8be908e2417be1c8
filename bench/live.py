"""While a large form is filled: 80 fields on 8 pages with 40 conditions, its last page typed in. What the server spends on the
answer that follows each pause (conditions, what is wrong, computed values), and what the page weighs."""
import gzip
import importlib.machinery
import json

from machine import ROOT
from report import Row, median
from support.filler import fill, main_form, walk
from town import SITE, Town

PAGES, FIELDS, SLUG = 8, 10, "grande-demande"
UPDATES, ROUNDS = 1_000, 5
UPDATE_MS, PAGE_KB, SCRIPTS_KB = 2, 14, 10
KINDS = ("string", "item", "text", "bool", "date", "email", "numeric", "items", "string", "item")


def field(page, place):
    """Every second one is asked where a choice of its page, or of the page before, was made."""
    kind, number = KINDS[place], page * FIELDS + place
    one = {"id": str(100 + number), "type": kind, "label": f"Question {number + 1}", "varname": f"q{number}", "required": "optional"}
    if kind in ("item", "items"):
        one |= {"items": [f"Choix {n}" for n in range(6)], "display_mode": "radio" if kind == "item" else "checkboxes"}
    if place % 2:
        asked = page * FIELDS + 1 if place > 1 else (page - 1) * FIELDS + 9
        one["condition"] = f'form_var_q{asked} != "Choix 5" and not form_var_q{number - 1} == "rien"' if asked >= 0 else 'form_var_q0 != "rien"'
    return one


def large_form():
    fields = []
    for page in range(PAGES):
        fields.append({"id": str(1 + page), "type": "page", "label": f"Page {page + 1}"})
        fields += [field(page, place) for place in range(FIELDS)]
    return {"kind": "form", "slug": SLUG, "name": "Grande demande", "functions": {"_receiver": "agents"}, "fields": fields}


def measure(_options):
    with Town() as town:
        town.define()
        (town.folder / "content" / "large-form.json").write_text(json.dumps(large_form()))
        town.cli("import", "content", town.folder / "content", "--site", SITE)
        town.start_pinned()
        visitor = town.visitor()
        walk(visitor, f"/demarches/{SLUG}/1/", stop=lambda answer: answer.url == f"/demarches/{SLUG}/{PAGES}/")
        page = visitor.last
        form = main_form(page.page)
        values, _ = fill(form)
        typed = [(name, one) for name, value in values.items() for one in (value if isinstance(value, list) else [value])]
        typed = [(c.name, c.value) for c in form.controls if c.kind == "hidden"] + typed + [("revision", "0")]
        update = town.post(f"/demarches/{SLUG}/{PAGES}/direct/", visitor.cookies, typed)
        spent = median(town.load([update] * UPDATES, connections=1).cpu_us for _ in range(ROUNDS)) / 1000
    embed = importlib.machinery.SourceFileLoader("embed", str(ROOT / "tools/embed")).load_module()
    scripts = sum(len(gzip.compress(embed.without_notes(file.read_text()).encode())) for file in (ROOT / "assets/js").glob("*.js") if file.name != "map.js") / 1000
    return [Row(f"live update, {PAGES * FIELDS} fields", spent, "ms", bar=UPDATE_MS, at_most=True),
            Row("its page, compressed", len(gzip.compress(page.html.encode())) / 1000, "KB", bar=PAGE_KB, at_most=True),
            Row("scripts, compressed, without the map", scripts, "KB", bar=SCRIPTS_KB, at_most=True)]
