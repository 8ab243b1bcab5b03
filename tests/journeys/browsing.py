"""A page as somebody reads it who has no JavaScript: its words, line by line, and the forms that can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient

BLOCKS = frozenset(
    (
        *("p", "h1", "h2", "h3", "div", "section", "ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "details"),
        *("summary", "form", "fieldset", "legend", "label", "input", "button"),
    )
)
TYPED = ("text", "email", "tel", "password", "number", "search", "date")


@dataclass
class Button:
    """What a press sends beside the fields: its name and value, by its label."""

    label: str = ""
    name: str = ""
    value: str = ""


@dataclass
class Form:
    """One form: where it goes, what it carries hidden, what is typed, picked and pressed."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    picks: list[Button] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


@dataclass
class Page:
    """The words of <main> and its forms and links."""

    lines: list[str]
    forms: list[Form]
    links: dict[str, str]


def read_page(html: str) -> Page:
    """What stands on it; nothing of what is around <main>, but the ways to other languages."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return Page([line for line in reader.lines if line], reader.forms, reader.links)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._main = False
        self._form: Form | None = None
        self._button: Button | None = None
        self._pick: Button | None = None
        self._labels: dict[str, Button] = {}
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._main = True
        if tag == "form":
            self._form = Form(given.get("action", ""))
            self.forms.append(self._form)
        if tag == "a":
            self._link = given.get("href", "")
        if tag == "label":
            self._pick = self._labels.get(given.get("for", ""))
        if self._main and (tag in BLOCKS or tag == "br"):
            self._break()
        if self._form and tag in ("input", "button", "textarea"):
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        if tag == "button":
            self._button = Button("", name, value)
            self._form.buttons.append(self._button)
            self._write("[")
        elif kind == "hidden":
            self._form.hidden[name] = value
        elif kind in ("radio", "checkbox"):
            pick = Button("", name, value)
            self._form.picks.append(pick)
            self._labels[given.get("id", "")] = pick
            self._write("(•)" if "checked" in given else "( )")
        elif tag == "textarea" or kind in TYPED:
            self._form.typed[name] = value
            self._write(f"____{value}____")

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button:
            self._write("]")
            self._button.label = self._button.label.strip()
            self._button = None
        if tag == "label" and self._pick:
            self._pick.label = self._pick.label.strip()
            self._pick = None
        if tag == "a":
            self._link = ""
        if tag == "main":
            self._main = False
        if tag == "form":
            self._form = None
        if self._main and tag in BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        for index, part in enumerate(data.split("\n")):
            if index and self._main:
                self._break()
            self._take(" ".join(part.split()))

    def _take(self, words: str) -> None:
        if self._button:
            self._button.label += words
        if self._pick:
            self._pick.label += words
        if self._link and words:
            self.links.setdefault(words, self._link)
        self._write(words)

    def _write(self, words: str) -> None:
        if self._main and words:
            tight = words == "]" or self.lines[-1].endswith(("[", "____")) or not self.lines[-1]
            self.lines[-1] += words if tight else f" {words}"

    def _break(self) -> None:
        if self.lines[-1] not in ("", "( )", "(•)"):
            self.lines.append("")


class CannotDo(AssertionError):
    """What a recording wants there is not on the screen."""


class Browser:
    """One browser: where it stands, the page that it shows, and where it has been."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.page = Page([], [], {})
        self._place = "/"
        self._history: list[str] = []

    def goes(self, path: str) -> None:
        self._show(self._client.get(path, follow_redirects=True))

    def goes_back(self) -> None:
        """By its own button."""
        self._history.pop()
        self.goes(self._history.pop())

    def presses(self, label: str, *, times: int = 1) -> None:
        """A choice with its form's button, a button, or a link, by its label."""
        for form in self.page.forms:
            for button in form.buttons:
                if button.label == label:
                    self._send(form, {button.name: button.value} if button.name else {}, times=times)
                    return
            for pick in form.picks:
                if pick.label == label:
                    self._send(form, {pick.name: pick.value, **_usual(form)}, times=times)
                    return
        if label not in self.page.links:
            raise CannotDo(f"there is no {label} on the page: {self.page.lines}")
        self.goes(urljoin(self._place, self.page.links[label]))

    def types(self, words: str, *, times: int = 1) -> None:
        """Into the only field, or «2023/2/24» into the three boxes of a date."""
        form = next((form for form in self.page.forms if form.typed), None)
        if form is None:
            raise CannotDo(f"there is nothing to type into: {self.page.lines}")
        names = list(form.typed)
        typed = dict(zip(names, words.split("/"), strict=False)) if len(names) > 1 else {names[0]: words}
        self._send(form, {**form.typed, **typed, **_usual(form)}, times=times)

    def _show(self, answer: Any) -> None:
        self._place = answer.request.path
        query = answer.request.query_string.decode()
        self._history.append(f"{self._place}?{query}" if query else self._place)
        self.page = read_page(answer.get_data(as_text=True))

    def _send(self, form: Form, fields: Mapping[str, str], *, times: int) -> None:
        path = urljoin(self._place, form.action) if form.action else self._place
        for _ in range(times):
            self._show(self._client.post(path, data={**form.hidden, **fields}, follow_redirects=True))


def _usual(form: Form) -> dict[str, str]:
    """What the form's own button sends: the first one, as the Enter key does."""
    first = next(iter(form.buttons), Button())
    return {first.name: first.value} if first.name else {}
