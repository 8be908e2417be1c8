"""Templates and contexts made at random by the grammar of Django's language, over all its tags and filters.

A case is a dict as `guichet template --jsonl` reads it; one seed and one number always make the same case.
"""
import random
import re

TEXTS = ["", "a", "café crème", "L'été à Évian", "<b>gras</b> & \"cité\"", "it's \"quoted\"", "emoji 🎉 fin", "ÉCOLE",
         "un  deux\ttrois", "ligne une\nligne deux\n\nparagraphe\r\nfin", "  bords  ", "x" * 40, "straße fin İ",
         "1234567890123456", "-12", "3.14", "2,5", " 7 ", "1e3", "0", "007", "None", "True", "a,b,c", "a;b&amp;c",
         "http://exemple.fr/a?b=c&d=é", "voir www.exemple.org, et a@exemple.com.", "(https://exemple.fr/x)", "été-hiver_été",
         "<p class='x'>un <i>deux</i> trois</p><br/>quatre", "<script>alert(1)</script>", "2020-07-14", "M. O'Neill's 3rd 1st",
         "a\\b", "%d %s", "{{ a }}", "100 %", "é", "l’apostrophe « guillemets »", "\u00a0insécable\u00a0", "Ça va ? Oui !"]
INTEGERS = [0, 1, 2, 3, 5, 7, 10, 12, 21, 100, 1000, 1024, 12345, 1048576, 1234567, 987654321012, -1, -2, -7, -1000, -123456]
FLOATS = ["0.0", "0.5", "1.0", "1.5", "2.5", "0.05", "0.005", "3.14159", "-0.5", "-3.75", "1234.5678", "1e16", "1e-05", "123456.125",
          "-0.001", "99.995", "1e+17", "0.1", "2.675"]
DECIMALS = ["0", "0.00", "1", "1.50", "-2.5", "3.14159265358979", "1234567.891", "10.0", "0.015", "100", "-0.0"]
DATES = ["2020-07-14", "2021-01-01", "2024-02-29", "1999-12-31", "2023-03-26", "1970-01-01", "2026-11-23", "2026-11-22", "0987-06-05"]
TIMES = ["00:00:00", "12:00:00", "09:05:07", "23:59:59", "15:00:00", "00:30:00", "06:07:08.123456"]

WORDS = ["Bonjour", "<p>", "</p>", " ", "  ", "\n", "é", "&", "<br>", "« x »", "1", ".", "<ul>\n  <li> a </li>\n</ul>", "{ ", "}", "%}", "🎉"]

DATE_FORMATS = ["d/m/Y", "N j, Y", "j F Y", "l jS \\o\\f F Y", "D d M y", "H:i:s", "P", "c", "r", "U", "z W o t L", "f a A g G h H i s u", "b E n w",
                "SHORT_DATE_FORMAT", "DATETIME_FORMAT", "DATE_FORMAT", "TIME_FORMAT", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT",
                "SHORT_DATETIME_FORMAT", "", "Y-m-d\\TH:i", "é j", "I O T Z e", "jS", "%Y"]
STRING_FORMATS = ["s", "d", "5d", "05d", ".2f", "+d", "x", "X", "o", "e", "g", "10s", "-10s", ".3s", "r", "5.1f", "z", "", "%", "i", "#x", "c", "08.3f"]

# What each filter wants behind its colon; None where it takes nothing, a « ? » where it may do without.
FILTERS = {
    "add": "number", "addslashes": None, "capfirst": None, "center": "width", "cut": "text", "date": "?date", "default": "any",
    "default_if_none": "any", "dictsort": "key", "dictsortreversed": "key", "divisibleby": "divisor", "escape": None,
    "escapejs": None, "filesizeformat": None, "first": None, "floatformat": "?places", "force_escape": None, "get_digit": "width",
    "intcomma": None, "iriencode": None, "join": "text", "json_script": "text", "last": None, "length": None,
    "length_is": "width", "linebreaks": None, "linebreaksbr": None, "linenumbers": None, "ljust": "width", "lower": None,
    "make_list": None, "phone2numeric": None, "pluralize": "?plural", "rjust": "width", "safe": None,
    "safeseq": None, "slice": "slice", "slugify": None, "stringformat": "format", "striptags": None, "time": "?date",
    "timesince": "?moment", "timeuntil": "?moment", "title": None, "truncatechars": "width", "truncatechars_html": "width",
    "truncatewords": "width", "truncatewords_html": "width", "unordered_list": None, "upper": None, "urlencode": "?text",
    "urlize": None, "urlizetrunc": "width", "wordcount": None, "wordwrap": "width", "yesno": "?choices",
    "localize": None, "unlocalize": None, "ordinal": None, "apnumber": None, "intword": None, "naturalday": "?date",
    "language_name": None, "language_name_local": None, "language_name_translated": None, "language_bidi": None,
}

# What some filters raise without, or have no answer for.
WANTS = {
    "date": "day moment record.day hour", "time": "moment hour", "timesince": "day moment", "timeuntil": "day moment record.day",
    "naturalday": "day moment", "dictsort": "rows rows numbers words", "dictsortreversed": "rows words", "divisibleby": "number count 7 digits",
    "first": "numbers words pair text rows", "last": "numbers words pair text rows", "get_digit": "number count digits 1234",
    "phone2numeric": "text word '0800-ABC'", "safeseq": "words numbers mixed pair", "unordered_list": "tree words numbers mixed",
    "language_name": "'fr' 'pt-br'", "language_name_local": "'ar' 'en'", "language_name_translated": "'de' 'fr-ca'",
    "language_bidi": "'ar' 'fr'", "json_script": "text record numbers yes nothing price",
}
TAKES_AUTOESCAPE = {"join", "linebreaks", "linebreaksbr", "linenumbers", "unordered_list", "urlize", "urlizetrunc"}

# The names of a context: what each holds is drawn anew for each case.
NAMES = {
    "text": "text", "word": "text", "title": "text", "html": "safe", "number": "integer", "count": "integer", "price": "float",
    "rate": "decimal", "yes": "true", "no": "false", "nothing": "none", "day": "date", "moment": "datetime", "hour": "time",
    "numbers": "integers", "words": "texts", "mixed": "mixed", "pair": "tuple", "tree": "tree", "rows": "rows", "record": "record",
    "empty": "empties", "digits": "digits",
}
PATHS = ["record.name", "record.age", "record.none", "record.tags", "record.tags.0", "record.missing", "record.day.year",
         "numbers.0", "words.1", "words.9", "text.0", "rows.0.name", "rows.1.group", "pair.1", "record.name.0", "mixed.2",
         "nothing.x", "missing.x.y", "number.x", "day.month", "moment.hour", "moment.date", "record_name"]
KEYS = ["name", "age", "group", "0", "1", "missing", "tags.0", "day"]
LANGUAGES = ["fr", "en", "de", "pt-br", "ar", "xx", "fr-ca", "en-us", "zh-hans", "he"]


def context_value(rng, kind, depth=0):
    draw = {
        "text": lambda: rng.choice(TEXTS), "safe": lambda: {"$safe": rng.choice(TEXTS)}, "integer": lambda: rng.choice(INTEGERS),
        "float": lambda: {"$float": rng.choice(FLOATS)}, "decimal": lambda: {"$decimal": rng.choice(DECIMALS)},
        "true": lambda: True, "false": lambda: False, "none": lambda: None, "date": lambda: {"$date": rng.choice(DATES)},
        "datetime": lambda: {"$datetime": f"{rng.choice(DATES)}T{rng.choice(TIMES)}"}, "time": lambda: {"$time": rng.choice(TIMES)},
        "integers": lambda: [rng.choice(INTEGERS) for _ in range(rng.randint(0, 4))],
        "texts": lambda: [rng.choice(TEXTS) for _ in range(rng.randint(0, 4))],
        "mixed": lambda: [context_value(rng, any_kind(rng), 1) for _ in range(rng.randint(1, 4))],
        "tuple": lambda: {"$tuple": [context_value(rng, any_kind(rng), 1) for _ in range(rng.randint(0, 3))]},
        "tree": lambda: tree(rng), "rows": lambda: [record(rng) for _ in range(rng.randint(0, 4))], "record": lambda: record(rng),
        "empties": lambda: rng.choice(["", [], {}, 0, None, False, {"$float": "0.0"}, {"$decimal": "0"}, {"$tuple": []}, {"$safe": ""}]),
        "digits": lambda: rng.choice(["1", "12", "-3", "4.5", "0", "1234567", "1,5", "007"]),
    }
    return draw[kind]()


def any_kind(rng):
    return rng.choice(["text", "text", "safe", "integer", "float", "decimal", "true", "none", "date", "integers", "texts"])


def record(rng):
    return {"name": rng.choice(TEXTS), "age": rng.choice(INTEGERS), "group": rng.choice(["a", "b", "é"]), "none": None,
            "tags": [rng.choice(TEXTS) for _ in range(rng.randint(0, 3))], "day": {"$date": rng.choice(DATES)}}


def tree(rng, depth=0):
    items = []
    for _ in range(rng.randint(1, 3)):
        items.append(rng.choice(TEXTS))
        if depth < 2 and rng.random() < 0.4:
            items.append(tree(rng, depth + 1))
    return items


class Grammar:
    """One template, drawn."""

    def __init__(self, rng):
        self.rng = rng
        self.locals = []
        self.cycles = []
        self.serial = 0
        self.others = {}
        self.in_loop = 0
        self.in_include = False

    def chance(self, odds):
        return self.rng.random() < odds

    # expressions

    def literal(self, translated=False):
        kind = self.rng.random()
        if kind < 0.5:
            text = self.rng.choice([text for text in TEXTS if "\n" not in text and "{" not in text and "%" not in text])
            quote = self.rng.choice("\"'")
            text = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
            return f"_({quote}{text}{quote})" if translated and self.chance(0.1) else f"{quote}{text}{quote}"
        if kind < 0.8:
            return str(self.rng.choice(INTEGERS))
        return self.rng.choice(["1.5", "-0.25", "3.0", "1e3", "+4", "0", "2.", "True", "False", "None", "1.5e2", "007"])

    def name(self):
        kind = self.rng.random()
        if self.locals and kind < 0.25:
            return self.rng.choice(self.locals)
        if kind < 0.75:
            return self.rng.choice(list(NAMES))
        if kind < 0.95:
            return self.rng.choice(PATHS)
        return self.rng.choice(["missing", "inconnu", "forloop.counter", "forloop.last"])

    def operand(self):
        return self.literal() if self.chance(0.2) else self.name()

    def argument(self, kind):
        rng = self.rng
        if kind != "format" and self.chance(0.05):
            return self.operand()
        quoted = {
            "width": lambda: str(rng.choice([1, 2, 3, 5, 8, 10, 15, 20, 4, 12, 7, 1, 2, 3, 5, 8, 0, -1, "\"4\"", "'6'", "\"x\""])),
            "text": lambda: rng.choice(["''", "\", \"", "'a'", "\"é\"", "\"<br>\"", "'&'", "\"/\"", "' '", "\";\"", "'id-x'"]),
            "number": lambda: rng.choice(["1", "-3", "1.5", "\"2\"", "'x'", "\"é\"", "numbers", "words", "pair", "rate", "price", "number", "text"]),
            "divisor": lambda: rng.choice(["2", "3", "-3", "\"7\"", "2", "3", "5", "1.5", "0", "'x'"]),
            "places": lambda: rng.choice(["0", "1", "2", "3", "-1", "-2", "\"2g\"", "\"g\"", "\"-3\"", "'x'", "5", "\"0g\"", "20"]),
            "slice": lambda: rng.choice(["\":2\"", "\"1:\"", "\"-1:\"", "\"::2\"", "\"::-1\"", "\"1\"", "\"2:1\"", "\":\"", "\"a:b\"", "2", "\"-3:-1\"",
                                         "\"::0\"", "\"1:2:3:4\"", "\" 1 : 2 \"", "\"\"", "\"-1::-1\""]),
            "date": lambda: "\"" + rng.choice(DATE_FORMATS) + "\"",
            "format": lambda: "\"" + rng.choice(STRING_FORMATS) + "\"",
            "plural": lambda: rng.choice(["\"es\"", "\"y,ies\"", "'al,aux'", "\"a,b,c\"", "\"\"", "','"]),
            "choices": lambda: rng.choice(["\"oui,non\"", "\"a,b,c\"", "\"x\"", "\"1,2,3,4\"", "\"<,>\"", "','", "\"\""]),
            "key": lambda: rng.choice([f"\"{key}\"" for key in KEYS] + ["0", "1"]),
            "moment": lambda: rng.choice(["day", "moment"] * 5 + ["nothing", "hour", "text"]),
            "any": self.operand,
        }
        return quoted[kind]()

    def filter(self, inner=True):
        name, kind = self.rng.choice(list(FILTERS.items()))
        while inner and name in WANTS and self.chance(0.9):
            name, kind = self.rng.choice(list(FILTERS.items()))
        if kind is None:
            return name if name in TAKES_AUTOESCAPE or self.in_include or not self.chance(0.01) else f"{name}:1"
        if kind.startswith("?"):
            return name if self.chance(0.4) else f"{name}:{self.argument(kind[1:])}"
        return f"{name}:{self.argument(kind)}" if self.in_include or not self.chance(0.01) else name

    def filters(self, least=0):
        count = max(least, self.rng.choice([0, 0, 0, 1, 1, 1, 2, 2]))
        return "".join(f"|{self.filter()}" for _ in range(count))

    def expression(self, translated=False):
        """Most often a filter is fed with what it wants."""
        if self.chance(0.35):
            return self.literal(translated) if self.chance(0.2) else self.name()
        first = self.filter(inner=False)
        wanted = WANTS.get(first.split(":")[0])
        operand = self.rng.choice(wanted.split()) if wanted and self.chance(0.9) else self.operand()
        return f"{operand}|{first}{self.filters() if self.chance(0.4) else ''}"

    def condition(self, depth=0):
        rng = self.rng
        kind = rng.random()
        if depth > 2 or kind < 0.3:
            return self.expression()
        if kind < 0.45:
            return f"not {self.condition(depth + 1)}"
        operator = rng.choice(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not", "and", "or", "and", "or"])
        if operator in ("is", "is not"):
            return f"{self.expression()} {operator} {rng.choice(['None', 'True', 'False', 'missing'])}"
        left = self.condition(depth + 1) if operator in ("and", "or") or self.chance(0.1) else self.expression()
        right = self.condition(depth + 1) if operator in ("and", "or") or self.chance(0.1) else self.expression()
        return f"{left} {operator} {right}"

    # nodes

    def fresh(self):
        self.serial += 1
        return f"v{self.serial}"

    def body(self, depth, names=()):
        before = len(self.locals)
        self.locals += names
        made = self.nodes(depth + 1)
        del self.locals[before:]
        return made

    def as_name(self):
        if self.chance(0.7):
            return ""
        name = self.fresh()
        self.locals.append(name)
        return f" as {name}"

    def nodes(self, depth=0):
        return "".join(self.node(depth) for _ in range(self.rng.randint(1, 4 if depth == 0 else 3)))

    def node(self, depth):
        kind = self.rng.random()
        if kind < 0.2:
            return "".join(self.rng.choice(WORDS) for _ in range(self.rng.randint(1, 3)))
        if kind < 0.6 or depth > 3:
            return "{{ " + self.expression(translated=True) + " }}"
        return getattr(self, "tag_" + self.rng.choice(TAGS))(depth)

    def tag_if(self, depth):
        out = "{% if " + self.condition() + " %}" + self.body(depth)
        while self.chance(0.2):
            out += "{% elif " + self.condition() + " %}" + self.body(depth)
        if self.chance(0.5):
            out += "{% else %}" + self.body(depth)
        return out + "{% endif %}"

    def tag_for(self, depth):
        rng = self.rng
        if self.chance(0.15):
            names, over = [self.fresh(), self.fresh()], rng.choice(["record.items", "pair", "rows", "record.items", "words"])
        else:
            names, over = [self.fresh()], rng.choice(["numbers", "words", "mixed", "rows", "record", "tree", "text", "pair", "empty", "missing",
                                                       self.expression()])
        head = f"{{% for {', '.join(names)} in {over}{' reversed' if self.chance(0.2) else ''} %}}"
        self.in_loop += 1
        body = self.body(depth, names) + (rng.choice(["{{ forloop.counter }}", "{{ forloop.revcounter0 }}", "{% if forloop.first %}1{% endif %}",
                                                     "{{ forloop.parentloop.counter }}", "{{ " + names[0] + " }},"]))
        self.in_loop -= 1
        empty = "{% empty %}" + self.body(depth) if self.chance(0.3) else ""
        return head + body + empty + "{% endfor %}"

    def tag_with(self, depth):
        name = self.fresh()
        if self.chance(0.2):
            return f"{{% with {self.expression()} as {name} %}}" + self.body(depth, [name]) + "{% endwith %}"
        second = self.fresh()
        return f"{{% with {name}={self.expression()} {second}={self.expression()} %}}" + self.body(depth, [name, second]) + "{% endwith %}"

    def tag_filter(self, depth):
        return "{% filter " + self.filters(1)[1:] + " %}" + self.body(depth) + "{% endfilter %}"

    def tag_ifchanged(self, depth):
        name = self.fresh()
        values = " ".join([""] + [self.rng.choice([name, f"{name}|length", f"{name}.group", self.expression()])
                                  for _ in range(self.rng.randint(0, 2))])
        head = f"{{% for {name} in {self.rng.choice(['numbers', 'words', 'rows', 'mixed', 'text'])} %}}"
        other = "{% else %}=" if self.chance(0.4) else ""
        return head + f"{{% ifchanged{values} %}}" + self.body(depth, [name]) + other + "{% endifchanged %}{% endfor %}"

    def tag_ifequal(self, depth):
        tag = self.rng.choice(["ifequal", "ifnotequal"])
        return f"{{% {tag} {self.expression()} {self.expression()} %}}" + self.body(depth) + "{% else %}" + self.body(depth) + f"{{% end{tag} %}}"

    def tag_cycle(self, depth):
        values = " ".join(self.expression() for _ in range(self.rng.randint(2, 3)))
        label = self.fresh()
        options = self.rng.choice(["", "", f" as {label}", f" as {label} silent"])
        again = ""
        if options:
            self.locals.append(label)
            again = self.rng.choice(["", f"{{% cycle {label} %}}", f"{{% resetcycle {label} %}}{{% cycle {label} %}}", f"{{{{ {label} }}}}"])
        elif self.chance(0.2):
            again = "{% resetcycle %}"
        return f"{{% for x in {self.rng.choice(['numbers', 'words', 'tree'])} %}}{{% cycle {values}{options} %}}{again},{{% endfor %}}"

    def tag_firstof(self, depth):
        return "{% firstof " + " ".join(self.expression() for _ in range(self.rng.randint(1, 3))) + self.as_name() + " %}"

    def tag_regroup(self, depth):
        group, key = self.fresh(), self.rng.choice(["group", "name", "age", "group|upper", "tags.0", "missing", "name|length", "day|date:\"Y\""])
        over = self.rng.choice(["rows", "rows", "rows|dictsort:\"group\"", "words", "missing", "record.items"])
        body = self.rng.choice(["{{ g.grouper }}:{% for r in g.list %}{{ r.name }},{% endfor %};", "{{ g }}", "{{ g.grouper }}{{ g.list|length }}",
                                "{{ g.0 }}={{ g.1|length }}"])
        return f"{{% regroup {over} by {key} as {group} %}}{{% for g in {group} %}}{body}{{% endfor %}}"

    def tag_widthratio(self, depth):
        return "{% widthratio " + " ".join(self.expression() for _ in range(2)) + " " + self.rng.choice(["100", "10", "number", "1.5", "text"]) + self.as_name() + " %}"

    def tag_autoescape(self, depth):
        return f"{{% autoescape {self.rng.choice(['on', 'off'])} %}}" + self.body(depth) + "{% endautoescape %}"

    def tag_verbatim(self, depth):
        name = self.rng.choice(["", " x"])
        return f"{{% verbatim{name} %}}{{{{ a }}}}{{% if %}}{self.rng.choice(WORDS)}{{% endverbatim{name} %}}"

    def tag_comment(self, depth):
        return self.rng.choice(["{# un #}", "{% comment %}{{ a|| }}{% if %}{% endcomment %}", "{% comment \"note\" %}x{% endcomment %}", "{# {{ a }} #}"])

    def tag_spaceless(self, depth):
        return "{% spaceless %}" + self.rng.choice([" <p>\n <b> x </b> </p> ", "", "a > b < c > <d"]) + self.body(depth) + "{% endspaceless %}"

    def tag_now(self, depth):
        return f"{{% now \"{self.rng.choice(DATE_FORMATS)}\"{self.as_name()} %}}"

    def tag_templatetag(self, depth):
        return "{% templatetag " + self.rng.choice(["openblock", "closeblock", "openvariable", "closevariable", "openbrace", "closebrace",
                                                    "opencomment", "closecomment"]) + " %}"

    def tag_trans(self, depth):
        tag = self.rng.choice(["trans", "translate"])
        what = self.rng.choice(["\"Bonjour <b>\"", "text", "'été 100 %'", "html", "words.0|upper", "missing", "number"])
        option = self.rng.choice(["", "", " noop", " context \"lieu\""])
        return f"{{% {tag} {what}{option}{self.as_name()} %}}"

    def tag_blocktrans(self, depth):
        rng, tag, name = self.rng, self.rng.choice(["blocktrans", "blocktranslate"]), self.fresh()
        options, inside = "", rng.choice(["Bonjour {{ text }} !", "{{ " + name + " }} fois <b>", "100 % {{ html }}", "\n  un\n  deux {{ word }}\n", "simple"])
        options += rng.choice(["", f" with {name}={self.expression()}", f" with {self.expression()} as {name}"])
        plural = ""
        if self.chance(0.3):
            counter = self.fresh()
            options += f" count {counter}={rng.choice(['count', 'numbers|length', 'number', 'price', '1'])}"
            plural = "{% plural %}" + f"{{{{ {counter} }}}} plusieurs {{{{ {name} }}}}"
        options += rng.choice(["", "", " trimmed"])
        if self.chance(0.15):
            options += f" asvar {name}b"
            self.locals.append(f"{name}b")
        return f"{{% {tag}{options} %}}{inside}{plural}{{% end{tag} %}}"

    def tag_include(self, depth):
        if self.in_include:
            return "·"
        other = f"inclus-{len(self.others)}.html"
        self.in_include = True
        self.others[other] = self.nodes(depth + 1)
        self.in_include = False
        options = self.rng.choice(["", "", " only", f" with text={self.expression()}", f" with w={self.expression()} only"])
        return f"{{% include \"{other}\"{options} %}}"

    def tag_load(self, depth):
        return self.rng.choice(["{% load i18n %}", "{% load humanize l10n %}", "{% load static from static %}"])

    def tag_languages(self, depth):
        language = f"\"{self.rng.choice(LANGUAGES)}\""
        return self.rng.choice([
            "{% get_current_language as l %}{{ l }}", "{% get_current_language_bidi as l %}{{ l }}",
            "{% get_available_languages as l %}{% for c, n in l %}{{ c }};{% endfor %}{{ l.0.1 }}",
            f"{{% get_language_info for {language} as l %}}{{{{ l.code }}}} {{{{ l.name }}}} {{{{ l.name_local }}}} {{{{ l.name_translated }}}} {{{{ l.bidi }}}}",
            f"{{{{ {language}|language_name }}}}{{{{ {language}|language_name_local }}}}{{{{ {language}|language_bidi }}}}",
            f"{{% get_language_info_list for {self.rng.choice(['words', 'missing', language])} as l %}}{{% for i in l %}}{{{{ i.name }}}}{{% endfor %}}",
            f"{{% language \"{self.rng.choice(['fr', 'en'])}\" %}}" + self.body(depth) + "{% endlanguage %}"])

    def tag_project(self, depth):
        return self.rng.choice([
            "{% load static %}{% static \"css/été & x.css\" %}", "{% load static %}{% static 'x.png' as f %}{{ f }}", "{% load static %}{% get_static_prefix %}",
            "{% load cache %}{% cache " + self.rng.choice(["60", "None", "'x'", "number"]) + " nom " + self.expression() + " %}" + self.body(depth)
            + "{% endcache %}"])

    def tag_localize(self, depth):
        return self.rng.choice(["{% localize on %}", "{% localize off %}", "{% localize %}"]) + self.body(depth) + "{% endlocalize %}"

    def whole(self):
        if not self.chance(0.08):
            return self.nodes()
        blocks = ["un", "deux", "trois"]
        self.others["parent.html"] = self.nodes(2) + "".join(f"{{% block {name} %}}" + self.body(2) + f"{{% endblock {name} %}}" for name in blocks)
        child = "{% extends \"parent.html\" %}" + self.rng.choice(["", "perdu"])
        for name in self.rng.sample(blocks + ["autre"], 2):
            child += f"{{% block {name} %}}" + self.rng.choice(["", "{{ block.super }}", "{{ block.super|upper }}"]) + self.body(1) + "{% endblock %}"
        return child


TAGS = ["if"] * 5 + ["for"] * 4 + ["with"] * 2 + ["filter"] * 2 + [
    name[4:] for name in vars(Grammar) if name.startswith("tag_") and name[4:] not in ("if", "for", "with", "filter")]


def case(seed, number):
    """The case of that number: template, context, language, the texts that it includes."""
    rng = random.Random(f"{seed}/{number}")
    grammar = Grammar(rng)
    template = grammar.whole()
    used = set(re.findall(r"[a-z]+", " ".join([template, *grammar.others.values()])))
    context = {name: context_value(rng, kind) for name, kind in NAMES.items() if name in used}
    return {"template": template, "context": context, "others": grammar.others, "lang": rng.choice(["fr", "en"]),
            "autoescape": True, "dialect": "django", "now": NOW}


NOW = "2026-11-23T12:34:56"
