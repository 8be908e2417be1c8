"""Fills any form plausibly, as a careful resident would: by the kind of the control and by what its label says; where the page
comes back with an error, by what the error says."""
import re
import struct
import zlib

EXAMPLES = [  # (what a label or an error may say, what to type)
    (r"e-?mail|courriel", "jeanne.dupont@example.org"),
    (r"registre national|num[ée]ro national|nationalregister|niss", "85073003328"),
    (r"iban|compte bancaire", "BE68539007547034"),
    (r"code postal", "69120"),
    (r"num[ée]ro et rue", "12 rue de la République"),
    (r"t[ée]l[ée]phone|gsm|mobile", "0478123456"),
    (r"heure", "14:30"),
    (r"coordonn[ée]es", "45.7640;4.8357"),
    (r"https?|site internet|url\b|lien", "https://example.org/"),
    (r"montant|prix|revenu|surface|volume|capacit|litre|index|ann[ée]e|nombre|quantit|num[ée]ro|bo[iî]te|chiffre|consommation", "12"),
    (r"nom", "Dupont"),
]
LETTERS, DIGITS = "Texte d’essai", "12"


def png():
    """A picture of one pixel."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\x00\x10\x20\x30")) + chunk(b"IEND", b""))


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def example_for(words):
    return next((value for pattern, value in EXAMPLES if re.search(pattern, words, re.IGNORECASE)), LETTERS)


def fitting(name, attempt, count):
    """Where to choose in a list beside others: each item its own rank, an hour of end after that of the beginning."""
    rank = re.search(r"-place-(\d+)$", name)
    at = int(rank[1]) - 1 if rank else attempt if name.endswith("-fin") else 0
    return min(at, max(count - 1, 0))


def fill(form, overrides=None, attempt=0):
    """Values and files for one form. overrides: what to answer to labels; a file as (name, type, bytes). attempt: how many times the page came back: then other plausible texts are tried."""
    overrides, values, files, radios = overrides or {}, {}, {}, {}
    for control in form.controls:
        if not control.name or control.kind in ("hidden", "submit") or control.disabled or control.attributes.get("tabindex") == "-1":
            continue
        words = f"{control.legend} {control.label}"
        chosen = next((value for key, value in overrides.items() if re.search(key, words)), None)
        if control.kind == "file":
            files[control.name] = chosen if isinstance(chosen, tuple) else ("piece.png", "image/png", png()) if "image" in control.attributes.get("accept", "") else ("piece.pdf", "application/pdf", PDF)
        elif control.name.endswith("-cherche"):
            values[control.name] = ""  # what was found is chosen: see search_lists
        elif control.kind == "radio":
            options = radios.setdefault(control.name, [])
            options.append(control)
            wanted = [o for o in options if chosen is not None and (o.label == chosen or o.value == chosen)] or [o for o in options if o.checked] or options
            values[control.name] = wanted[0].value
        elif control.kind == "checkbox":
            values.setdefault(control.name, [])
            if chosen is None and (control.checked or not values[control.name]) or chosen and control.label in chosen:
                values[control.name].append(control.value)
        elif control.kind == "select":
            options = [o for o in control.options if o.value and "disabled" not in o.attributes]
            wanted = [o for o in options if chosen is not None and o.label.strip() == chosen] or options[fitting(control.name, attempt, len(options)):]
            values[control.name] = wanted[0].value if wanted else ""
        elif control.kind == "password":
            values[control.name] = "Un cheval 7 fois rose !"
        elif chosen is None and control.value and not control.is_wrong:
            values[control.name] = control.value
        elif re.search(r"\bjour\b", control.label, re.IGNORECASE) and len(control.label) < 8:
            values[control.name] = "12"
        elif re.search(r"\bmois\b", control.label, re.IGNORECASE) and len(control.label) < 8:
            values[control.name] = "3"
        elif re.search(r"\bann[ée]e\b", control.label, re.IGNORECASE) and len(control.label) < 8:
            values[control.name] = str(chosen or (1985, 2030, 2020)[attempt % 3])
        elif control.kind == "date":
            values[control.name] = ("1985-03-12", "2030-03-12", "2020-03-12")[attempt % 3]
        elif chosen is not None:
            values[control.name] = chosen
        elif control.kind == "email":
            values[control.name] = "jeanne.dupont@example.org"
        else:
            values[control.name] = [example_for(words), DIGITS, LETTERS, "0478123456", "1"][attempt % 5]
    return values, files


def main_form(page):
    """The form that asks: the last one that is posted and has something to send but a sign-out button."""
    forms = [f for f in page.forms if f.method == "post" and not re.search("deconnexion", f.action)]
    return forms[-1] if forms else None


def search_lists(visitor, answer, overrides=None):
    """Presses « Chercher » of each list that shows no choice yet, by what it is to be or by a letter, until it has some: the page as
    it is then."""
    for name in [b.value for b in main_form(answer.page).buttons() if b.name == "chercher"]:
        box = next(c for c in main_form(answer.page).controls if c.name == f"{name}-cherche")
        wanted = next((value for key, value in (overrides or {}).items() if re.search(key, f"{box.legend} {box.label}")), None)
        for word in [wanted] if isinstance(wanted, str) else ["", "a", "e", "1"]:
            form = main_form(answer.page)
            if any(c.value for c in form.named(name)):
                break
            values, files = fill(form, overrides)
            answer = visitor.send(form, values | {box.name: word}, button=name, files=files)
    return answer


class Stuck(AssertionError):
    pass


def walk(visitor, start, overrides=None, most=60, stop=None):
    """From a first page to the confirmation: fills and goes on until a page asks nothing more. The pages' titles, in order.
    stop(answer) may end it before."""
    answer, titles, attempts = visitor.get(start), [], 0
    for _ in range(most):
        page = answer.page
        titles.append(page.title.strip())
        if answer.status >= 400 and answer.status != 422:
            raise Stuck(f"{answer.status} at {answer.url}: {page.text[:600]}")
        if (stop and stop(answer)) or "/merci/" in answer.url:
            return titles
        form = main_form(page)
        if form is None:
            onward = next((href for href, text in page.links if re.search(r"commencer|sans compte|continuer", href + text, re.IGNORECASE)), None)
            if onward is None:
                raise Stuck(f"nothing to do at {answer.url}: {page.text[:600]}")
            answer = visitor.get(onward)
            continue
        attempts = attempts + 1 if page.title.strip().startswith("Erreur") else 0
        if attempts > 8:
            raise Stuck(f"the page at {answer.url} refuses what it gets: {page.text[:1500]}")
        form = main_form(search_lists(visitor, answer, overrides).page)
        values, files = fill(form, overrides, attempts)
        go = next((b for b in form.buttons() if re.search(r"continuer|envoyer|sans compte|commencer", b.label, re.IGNORECASE)), None)
        answer = visitor.send(form, values, button=go.label.strip() if go else None, files=files)
    raise Stuck(f"no end after {most} pages: {titles}")
