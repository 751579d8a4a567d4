"""The browser's session at the sign-in service: what makes the second sign-in silent."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from testbed.cloud.clock import Clock
from testbed.cloud.known_secrets import Kind, KnownSecrets
from testbed.cloud.settings import SettingsBook
from testbed.cloud.store import Store, digest
from testbed.cloud.superid.requests import AuthorizationRequest, Prompt

# cookie names as the vendor documents them: online/cookies.md
SESSION_COOKIE, FORM_COOKIE, TENANT_COOKIE = "SoOnlineAuth", "SoAuth.Xsrf", "SoContextHints"
MARK = re.compile(r"[A-Za-z0-9_-]{32}")
COOKIE_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Session:
    """`link` names the sign-in at an identity provider, or is None for a password of SuperID's own."""

    email: str
    signed_in_at: float
    link: str | None


def answers(session: Session, asked: AuthorizationRequest, now: float, chosen: str | None) -> bool:
    """Whether no new sign-in is needed; a sign-in made for the request always will do.

    `chosen` is the account that the person named on the pages. prompt and max_age: OpenID Connect Core 1.0 section
    3.1.2.1.
    """
    if session.signed_in_at >= asked.created:
        return True
    too_old = asked.max_age is not None and now - session.signed_in_at > asked.max_age
    other = asked.login_hint is not None and asked.login_hint.lower() != session.email
    unchosen = Prompt.SELECT_ACCOUNT in asked.prompt and chosen != session.email
    return Prompt.LOGIN not in asked.prompt and not too_old and not other and not unchosen


class Sessions:
    def __init__(self, store: Store, clock: Clock, known: KnownSecrets, settings: SettingsBook) -> None:
        self._store = store
        self._clock = clock
        self._known = known
        self._settings = settings

    def start(self, email: str, link: str | None = None) -> str:
        """The new cookie's value; a sign-in never continues a session that was there before."""
        cookie = secrets.token_urlsafe(32)
        self._store.change("INSERT INTO session VALUES (?, ?, ?, ?)", (digest(cookie), email, self._clock.now(), link))
        self._known.add(Kind.SESSION_COOKIE, cookie, email)
        return cookie

    def of(self, request: Request) -> Session | None:
        row = self._store.one("SELECT * FROM session WHERE digest = ?", (digest(_cookie(request)),))
        if row is None or row["signed_in_at"] + self._settings.read().browser_session_seconds <= self._clock.now():
            return None
        return Session(row["email"], row["signed_in_at"], row["link"])

    def end_all_of(self, email: str) -> None:
        self._store.change("DELETE FROM session WHERE email = ?", (email,))

    def end(self, request: Request) -> None:
        self._store.change("DELETE FROM session WHERE digest = ?", (digest(_cookie(request)),))


class FormGuard:
    """Ties each form to the browser it was sent to and to its request, so that no other site can post it."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def token(self, browser: str, number: str) -> str:
        return hmac.new(self._key, f"{browser} {number}".encode(), hashlib.sha256).hexdigest()

    def accepts(self, request: Request, number: str, token: str) -> bool:
        browser = request.cookies.get(FORM_COOKIE)
        return browser is not None and hmac.compare_digest(self.token(browser, number).encode(), token.encode())


def browser_mark(request: Request) -> str:
    """The browser's mark, a new one where it has none yet."""
    mark = request.cookies.get(FORM_COOKIE, "")
    return mark if MARK.fullmatch(mark) else secrets.token_urlsafe(24)


def set_cookie(response: Response, name: str, value: str) -> None:
    """SameSite=Lax: the app's link into the browser is a top-level navigation and must carry the session."""
    response.set_cookie(name, value, max_age=COOKIE_SECONDS, secure=True, httponly=True, samesite="lax")


def clear_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, secure=True, httponly=True, samesite="lax")


def _cookie(request: Request) -> str:
    return request.cookies.get(SESSION_COOKIE, "")
