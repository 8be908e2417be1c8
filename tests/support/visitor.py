"""A visitor without a browser: keeps cookies, follows redirections, reads forms out of pages and sends them back.

It knows nothing of our pages but HTML: labels, controls, buttons."""
import contextlib
import http.client
import re
import secrets
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit


class Control:
    def __init__(self, kind, attributes):
        self.kind, self.name, self.id = kind, attributes.get("name", ""), attributes.get("id", "")
        self.value = attributes.get("value", "on" if kind in ("checkbox", "radio") else "")
        self.checked, self.required = "checked" in attributes, "required" in attributes
        self.disabled = "disabled" in attributes
        self.options, self.label, self.legend, self.attributes = [], "", "", attributes

    def __repr__(self):
        return f"<{self.kind} {self.name}={self.value!r} {self.label!r}>"


class Form:
    def __init__(self, attributes):
        self.action, self.method = attributes.get("action", ""), attributes.get("method", "get").lower()
        self.encoding, self.id = attributes.get("enctype", ""), attributes.get("id", "")
        self.controls = []

    def named(self, name):
        return [c for c in self.controls if c.name == name]

    def buttons(self):
        return [c for c in self.controls if c.kind == "submit" and not c.disabled]


class Page(HTMLParser):
    """The forms, the links and the text of a page."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.title, self.words, self.headings = [], [], "", [], []
        self._form = self._select = self._option = self._label = self._textarea = self._button = self._link = None
        self._legends, self._wrong, self._in, self._labels, self._skip = [], [], [], {}, 0
        self.feed(html)
        for form in self.forms:
            for control in form.controls:
                control.label = control.label or self._labels.get(control.id, "")

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def handle_starttag(self, tag, pairs):
        attributes = {key: value if value is not None else "" for key, value in pairs}
        if tag == "form":
            self._form = Form(attributes)
            self.forms.append(self._form)
        elif tag in ("input", "button", "select", "textarea"):
            kind = {"input": attributes.get("type", "text"), "button": attributes.get("type", "submit")}.get(tag, tag)
            control = Control(kind, attributes)
            control.legend = " ".join(self._legends)
            control.is_wrong = "aria-invalid" in attributes or any(self._wrong[-1:])
            owner = self._form
            if attributes.get("form"):
                owner = next((f for f in self.forms if f.id == attributes["form"]), owner)
            if owner:
                owner.controls.append(control)
            if self._label is not None and tag != "button":
                self._label["control"] = control
            if tag == "select":
                self._select = control
            elif tag == "textarea":
                self._textarea = control
                control.value = ""
            elif tag == "button":
                self._button = control
        elif tag == "option" and self._select:
            self._option = Control("option", attributes)
            self._option.checked = "selected" in attributes
            self._option.has_value = "value" in attributes
            self._select.options.append(self._option)
        elif tag == "label":
            self._label = {"for": attributes.get("for"), "text": "", "control": None}
        elif tag == "fieldset":
            self._legends.append("")
            self._wrong.append("in-error" in attributes.get("class", ""))
        elif tag == "a":
            self._link = [attributes.get("href", ""), ""]
        elif tag in ("script", "style", "template"):
            self._skip += 1
        self._in.append(tag)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            chosen = [o for o in self._select.options if o.checked] or self._select.options[:1]
            self._select.value = chosen[0].value if chosen else ""
            self._select = None
        elif tag == "option" and self._option:
            if not self._option.has_value:
                self._option.value = self._option.label.strip()
            self._option = None
        elif tag == "textarea":
            if self._textarea and self._textarea.value.startswith("\n"):
                self._textarea.value = self._textarea.value[1:]
            self._textarea = None
        elif tag == "button":
            self._button = None
        elif tag == "label" and self._label is not None:
            text = re.sub(r"\s+", " ", self._label["text"]).strip()
            if self._label["control"] is not None:
                self._label["control"].label = text
            if self._label["for"]:
                self._labels[self._label["for"]] = text
            self._label = None
        elif tag == "fieldset" and self._legends:
            self._legends.pop()
            self._wrong.pop()
        elif tag == "a" and self._link:
            self.links.append((self._link[0], re.sub(r"\s+", " ", self._link[1]).strip()))
            self._link = None
        elif tag in ("script", "style", "template"):
            self._skip = max(0, self._skip - 1)
        while self._in and self._in.pop() != tag:
            pass

    def handle_data(self, data):
        if self._skip:
            return
        if "title" in self._in and "svg" not in self._in:
            self.title += data
        if "legend" in self._in and self._legends:
            self._legends[-1] += data
        if self._textarea is not None:
            self._textarea.value += data
            return
        if self._option is not None:
            self._option.label += data
            return
        if self._label is not None:
            self._label["text"] += data
        if self._button is not None:
            self._button.label += data
        if self._link is not None:
            self._link[1] += data
        if self._in and re.fullmatch(r"h[1-6]", self._in[-1]):
            self.headings.append(data.strip())
        self.words.append(data)


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url

    @property
    def html(self):
        return self.body.decode("utf-8", "replace")

    @property
    def page(self):
        if not hasattr(self, "_page"):
            self._page = Page(self.html)
        return self._page


class Visitor:
    """One person at one host (a site)."""

    def __init__(self, port, host):
        self.port, self.host, self.cookies, self.last = port, host, {}, None

    def request(self, method, path, body=None, headers=None, follow=True):
        path = urljoin(self.last.url if self.last else "/", path)
        parts = urlsplit(path)
        path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Host": f"{self.host}:{self.port}", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with contextlib.closing(connection):
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.msg, response.read(), path)
        for line in response.msg.get_all("Set-Cookie") or []:
            name, value = line.split(";", 1)[0].split("=", 1)
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        self.last = answer
        if follow and answer.status in (301, 302, 303, 307, 308):
            return self.request("GET", answer.headers["Location"])
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, fields, files=(), **options):
        """fields: pairs; files: (name, file name, type, bytes)."""
        if not files:
            body = urlencode(list(fields)).encode()
            return self.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"}, **options)
        boundary = secrets.token_hex(12)
        parts = []
        for name, value in fields:
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, file_name, kind, content in files:
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
                         f"Content-Type: {kind}\r\n\r\n".encode() + content + b"\r\n")
        parts.append(f"--{boundary}--\r\n".encode())
        return self.request("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={boundary}"}, **options)

    def send(self, form, values=None, button=None, files=None):
        """Sends a form as a browser would: its own values, but for those given by name; button: its label's beginning."""
        values, files, fields, sent_files = dict(values or {}), dict(files or {}), [], []
        for control in form.controls:
            if control.disabled or not control.name:
                continue
            given = values.get(control.name)
            if control.kind == "submit":
                continue
            if control.kind == "file":
                if control.name in files:
                    sent_files.append((control.name, *files[control.name]))
            elif control.kind in ("checkbox", "radio"):
                wanted = control.checked if given is None else control.value in (given if isinstance(given, (list, set, tuple)) else [given])
                if wanted:
                    fields.append((control.name, control.value))
            else:
                fields.append((control.name, control.value if given is None else given))
        if button is not None:
            pressed = next((b for b in form.buttons() if b.label.strip().startswith(button) or b.name == button or b.value == button), None)
            if pressed is None:
                raise AssertionError(f"no button « {button} » among {[b.label.strip() for b in form.buttons()]}")
            if pressed.name:
                fields.append((pressed.name, pressed.value))
        target = (pressed.attributes.get("formaction") if button is not None else None) or form.action or self.last.url
        if form.method == "get":
            return self.get(urlsplit(urljoin(self.last.url, target)).path + "?" + urlencode(fields))
        return self.post(target, fields, sent_files)
