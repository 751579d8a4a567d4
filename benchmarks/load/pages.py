"""The sign-in as a browser does it: PKCE (RFC 7636), forms with hidden fields, and the code in the last redirect."""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urlsplit

COMPLAINT = re.compile(r"""<[^<>]*\brole=["']alert["'][^<>]*>([^<]*)<""")


@dataclass(frozen=True, slots=True)
class Attempt:
    state: str
    verifier: str

    def query(self, client_id: str, redirect_uri: str) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": client_id,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": redirect_uri,
            "state": self.state,
            "nonce": secrets.token_urlsafe(16),
            "prompt": "login",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return urlencode(asked)

    def code_in(self, address: str) -> str | None:
        """None for a response that is not to this attempt, or without a code."""
        values = parse_qs(urlsplit(address).query)
        if values.get("state") != [self.state]:
            return None
        return values.get("code", [None])[0]


def attempt() -> Attempt:
    return Attempt(secrets.token_urlsafe(16), secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Form:
    """A page's form: where it goes, its hidden fields, the names of the fields to fill in, and its buttons' values."""

    action: str
    hidden: dict[str, str]
    fields: tuple[str, ...]
    buttons: tuple[tuple[str, str], ...]


def complaint_in(page: str) -> str:
    """What a page says is wrong (`role="alert"`), "" where it complains of nothing."""
    found = COMPLAINT.search(page)
    return html.unescape(found[1]).strip() if found else ""


def form_in(page: str) -> Form | None:
    """The first form; None where the page has none."""
    reader = _FormReader()
    reader.feed(page)
    if reader.action is None:
        return None
    return Form(reader.action, reader.hidden, tuple(reader.fields), tuple(reader.buttons))


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.hidden: dict[str, str] = {}
        self.fields: list[str] = []
        self.buttons: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag == "form" and self.action is None:
            self.action = named.get("action", "")
        elif tag == "input" and named.get("type") == "hidden":
            self.hidden[named.get("name", "")] = named.get("value", "")
        elif tag == "input":
            self.fields.append(named.get("name", ""))
        elif tag == "button" and "name" in named:
            self.buttons.append((named["name"], named.get("value", "")))


def filled(form: Form, answers: dict[str, str]) -> dict[str, str] | None:
    """What the form sends; a field or a button that nothing is known for means None."""
    wanted = {name: answers.get(name) for name in form.fields}
    pressed = [(name, value) for name, value in form.buttons if answers.get(name) == value][:1]
    if None in wanted.values() or (form.buttons and not pressed):
        return None
    return {**form.hidden, **{name: str(value) for name, value in wanted.items()}, **dict(pressed)}
