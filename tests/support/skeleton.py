"""What a page is made of, whatever is written in it: its elements and their attributes. A text that breaks out changes it."""
import re
from html.parser import HTMLParser

WRITTEN = {"value", "data-revision"}  # attributes that carry what people wrote, or how often it was kept
SCHEMES = re.compile(r"^\s*(javascript|data|vbscript)\s*:", re.IGNORECASE)


class _Skeleton(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, pairs):
        self.elements.append((tag, tuple((name, None if name in WRITTEN else value) for name, value in pairs)))
        for name, value in pairs:
            if name in ("href", "src", "action", "formaction", "xlink:href") and SCHEMES.match(value or ""):
                raise AssertionError(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag):
        self.elements.append(("/" + tag, ()))

    def handle_comment(self, data):
        self.elements.append(("!--", ()))

    def handle_decl(self, decl):
        self.elements.append(("!" + decl, ()))

    def handle_pi(self, data):
        self.elements.append(("?", ()))


def skeleton(html, *varying):
    """varying: words (a tracking code) that differ from page to page and mean nothing here."""
    for word in varying:
        html = html.replace(word, "…")
    return _Skeleton(html).elements


def harmless(text):
    """As long, on as many lines, of nothing but x."""
    return re.sub(r"[^\n]", "x", text)


class _Rows(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.rows, self._label, self._text = {}, None, None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, pairs):
        if tag == "dt":
            self._label = ""
        elif tag == "dd" and ("class", "change") not in pairs:
            self._text = ""
        elif tag == "br" and self._text is not None:
            self._text += "\n"

    def handle_endtag(self, tag):
        if tag == "dd" and self._text is not None:
            self.rows[self._label], self._text = self._text, None
        elif tag == "dt":
            self._label = (self._label or "").strip()

    def handle_data(self, data):
        if self._text is not None:
            self._text += data
        elif self._label is not None:
            self._label += data


def rows(html):
    """The answers that a page shows: label → text."""
    return _Rows(html).rows
