from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from testbed.browser.form import Field, Form, form_of

# not "head": a page that opens neither head nor body has all of it in the head, as libxml2 does not know <main>
UNSEEN: Final = frozenset({"script", "style", "template", "noscript", "title"})
HEADINGS: Final = frozenset({"h1", "h2", "h3"})
BUTTONS: Final = frozenset({"submit", "button", "image"})
TEXTS: Final = frozenset({"p", "label", "li", "span", "div", "td", "legend", "strong", "em", "a"})


@dataclass(frozen=True, slots=True)
class Node:
    """Something to see on a page; what a click does is its `form` (submitted with `extra`) or its `link`."""

    kind: str
    key: str
    id: str
    text: str
    hint: str = ""
    password: bool = False
    form: Form | None = None
    extra: tuple[str, str] | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is shown: its address and its nodes from top to bottom."""

    address: str
    nodes: tuple[Node, ...]

    @property
    def host(self) -> str:
        try:
            return urlsplit(self.address).hostname or ""
        except ValueError:
            return ""

    def node(self, key: str) -> Node | None:
        return next((node for node in self.nodes if node.key == key), None)


def message(address: str, name: str, text: str) -> Page:
    """Return a page of the browser's own, in place of one that could not be loaded."""
    return Page(address, (Node("heading", name, name, text),))


def parse(address: str, source: str) -> Page:
    """Read HTML as far as a phone shows it without scripts: headings, texts, links and forms."""
    if not source.strip():
        return Page(address, ())
    try:
        document = html.document_fromstring(source)
    except etree.ParserError:
        return Page(address, ())
    return Page(address, tuple(_Reader(address, document).nodes()))


class _Reader:
    def __init__(self, address: str, document: html.HtmlElement) -> None:
        self._address = address
        self._document = document
        self._keys = {element: f"web:{number}" for number, element in enumerate(document.iter())}
        self._forms = {form: self._form(form) for form in document.iter("form")}

    def nodes(self) -> Iterator[Node]:
        for element in self._document.iter():
            if isinstance(element.tag, str) and not self._unseen(element):
                yield from self._node(element)

    def _node(self, element: html.HtmlElement) -> Iterator[Node]:
        kind = _type(element)
        if element.tag in HEADINGS:
            yield self._plain("heading", element, _text(element))
        elif element.tag == "button" or (element.tag == "input" and kind in BUTTONS):
            yield self._button(element, kind)
        elif element.tag == "input" and kind not in {"hidden", "checkbox", "radio"}:
            yield self._field(element, kind)
        elif element.tag == "a" and element.get("href"):
            yield self._link(element)
        elif element.tag in TEXTS and (text := _own_text(element)):
            yield self._plain("label", element, text)

    def _plain(self, kind: str, element: html.HtmlElement, text: str) -> Node:
        return Node(kind, self._keys[element], element.get("id", ""), text)

    def _button(self, element: html.HtmlElement, kind: str) -> Node:
        form = self._owner(element) if kind in {"submit", "image"} else None
        name, value = element.get("name"), element.get("value", "")
        text = _text(element) or value or "Submit"
        extra = (name, value) if name else None
        return Node("button", self._keys[element], element.get("id", ""), text, form=form, extra=extra)

    def _field(self, element: html.HtmlElement, kind: str) -> Node:
        hint = element.get("placeholder", "") or self._label_of(element)
        secret = kind == "password"
        key, name = self._keys[element], element.get("id", "")
        return Node("field", key, name, element.get("value", ""), hint, secret, self._owner(element))

    def _link(self, element: html.HtmlElement) -> Node:
        link = urljoin(self._address, element.get("href", ""))
        return Node("button", self._keys[element], element.get("id", ""), _text(element), link=link)

    def _owner(self, element: html.HtmlElement) -> Form | None:
        form = next(element.iterancestors("form"), None)
        return self._forms[form] if form is not None else None

    def _form(self, form: html.HtmlElement) -> Form:
        fields = tuple(self._input(element) for element in form.iter("input") if _type(element) not in BUTTONS)
        return form_of({str(name): str(value) for name, value in form.attrib.items()}, self._address, fields)

    def _input(self, element: html.HtmlElement) -> Field:
        kind, name = _type(element), element.get("name", "")
        if kind == "hidden":
            return Field(name, element.get("value", ""))
        if kind in {"checkbox", "radio"}:
            return Field(name, element.get("value", "on"), sent=element.get("checked") is not None)
        required = element.get("required") is not None
        return Field(name, element.get("value", ""), self._keys[element], required)

    def _label_of(self, element: html.HtmlElement) -> str:
        name = element.get("id")
        return next((_text(each) for each in self._document.iter("label") if name and each.get("for") == name), "")

    def _unseen(self, element: html.HtmlElement) -> bool:
        line = (element, *element.iterancestors())
        return any(each.tag in UNSEEN or each.get("hidden") is not None for each in line) or _inside_control(element)


def _inside_control(element: html.HtmlElement) -> bool:
    return any(each.tag in {"button", "a", *HEADINGS} for each in element.iterancestors())


def _type(element: html.HtmlElement) -> str:
    usual = "submit" if element.tag == "button" else "text"
    return str(element.get("type", usual)).lower()


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _own_text(element: html.HtmlElement) -> str:
    parts = (element.text or "", *(child.tail or "" for child in element))
    return " ".join(" ".join(parts).split())
