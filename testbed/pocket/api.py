"""Calls on behalf of a session: a Bearer token (RFC 6750) or an onsite ticket, renewal, moving hosts, patience."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .configuration import trusted
from .entities import ENTITIES
from .network import Network
from .signin import CLIENT, TOKENS
from .tokens import Session
from .trouble import UNREADABLE, Busy, Refused, SignedOut

if TYPE_CHECKING:
    import httpx

PAGE: Final = 5000
MOST_PAGES: Final = 10_000
"""So that a server which never comes to an end is left at some time."""
UNAUTHORISED, NOT_MODIFIED, MISDIRECTED = 401, 304, 421
BUSY: Final = frozenset({429, 503})
PATIENCE: Final = 10.0
"""Seconds of Retry-After that the app waits out by itself; for longer it asks nothing and says so."""
REASON: Final = 200  # characters of it that are shown
GONE: Final = "You are no longer signed in."


class Api:
    """Calls on behalf of one session; `keep` is told when the session changed, so that it can be stored."""

    def __init__(self, network: Network, super_id: str, session: Session, keep: Callable[[Session], None]) -> None:
        self.network = network
        self._super_id = super_id
        self.session = session
        self._keep = keep
        self._renewing = threading.Lock()
        self._closed = threading.Event()
        self._not_before = 0.0

    def close(self) -> None:
        """Send nothing more, also not for work that is under way."""
        self._closed.set()

    def startup_data(self) -> Mapping[str, object]:
        """Return all that the app wants to know of tenant and user at a start; rights come in the order of tables."""
        return read(self.call("POST", "Agents/Pocket/GetPocketStartupData", json={"Tables": list(ENTITIES)}))

    def rows(self, archive: str, columns: tuple[str, ...], after: str) -> Iterator[tuple[Mapping[str, object], ...]]:
        """Yield the pages of an archive, only what changed after a date of the server if one is given."""
        query = {"$select": ",".join(columns), "$top": str(PAGE)}
        if after:
            query["$filter"] = f"updatedDate afterTime '{after}'"
        page = read(self.call("GET", archive, params=query))
        yield rows_of(page)
        for _ in range(MOST_PAGES):
            path = self._further(page)
            if not path:
                return
            page = read(self.call("GET", path))
            yield rows_of(page)
        raise Refused(UNREADABLE)

    def _further(self, page: Mapping[str, object]) -> str:
        """Return the path of the next page, "" where there is none; raises Refused for a link that leads elsewhere.

        The server knows where the page before ended, whatever came or went since; a count of rows does not.
        """
        link, base = page.get("odata.nextLink"), f"{self.session.webapi_url}v1/"
        if link is not None and not (isinstance(link, str) and link.startswith(base)):
            raise Refused("CRM Online named a next page that is not its own.")
        return link.removeprefix(base) if link else ""

    def call(self, method: str, path: str, **options: object) -> "httpx.Response":
        """Call the Web API; renews the token once on 401 and follows the tenant once on 421. Raises Trouble."""
        return self.ask(method, lambda session: f"{session.webapi_url}v1/{path}", **options)

    def ask(self, method: str, address: Callable[[Session], str], **options: object) -> "httpx.Response":
        """Call any service that takes the user's token; `address` makes the address of it. Raises Trouble."""
        used = self.session
        answer = self._send(method, address, used, options)
        if answer.status_code == UNAUTHORISED:
            used = self._renew(used)
            answer = self._send(method, address, used, options)
        if answer.status_code == MISDIRECTED:
            used = self._follow(used)
            answer = self._send(method, address, used, options)
        if answer.status_code == UNAUTHORISED:
            raise SignedOut(GONE)
        if not answer.is_success and answer.status_code != NOT_MODIFIED:
            raise Refused(f"CRM Online refused the request: {reason(answer)}", answer.status_code)
        return answer

    def _send(
        self, method: str, address: Callable[[Session], str], session: Session, options: Mapping[str, object]
    ) -> "httpx.Response":
        headers = {"Authorization": f"{session.scheme} {session.access_token}"}
        given = options.get("headers")
        headers |= given if isinstance(given, dict) else {}
        return self._patiently(lambda: self.network.send(method, address(session), **{**options, "headers": headers}))

    def _patiently(self, send: Callable[[], "httpx.Response"]) -> "httpx.Response":
        """Wait for as long as the server asks for, once; raises Busy where that is too long (RFC 9110, RFC 6585)."""
        self._keep_quiet()
        answer = send()
        if answer.status_code not in BUSY:
            return answer
        self._not_before = time.monotonic() + seconds_to_wait(answer.headers.get("Retry-After", ""))
        self._keep_quiet()
        answer = send()
        if answer.status_code in BUSY:
            self._not_before = time.monotonic() + seconds_to_wait(answer.headers.get("Retry-After", ""))
            raise Busy("CRM Online is busy. Please try again later.")
        return answer

    def _keep_quiet(self) -> None:
        left = self._not_before - time.monotonic()
        if left > PATIENCE:
            raise Busy(f"CRM Online is busy. Please try again in {left:.0f} seconds.")
        if self._closed.wait(max(0.0, left)):
            raise SignedOut(GONE)

    def _renew(self, used: Session) -> Session:
        # whoever waited for the lock finds the token already renewed
        with self._renewing:
            if self.session == used:
                self._change(self._renewed(used))
            return self.session

    def _renewed(self, session: Session) -> Session:
        """A refresh token may be replaced with each use (RFC 6749 section 6), and then the old one is void."""
        if not session.refresh_token:
            raise SignedOut(GONE)
        form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": session.refresh_token}
        answer = self._patiently(lambda: self.network.send("POST", f"{self._super_id}{TOKENS}", data=form))
        if answer.is_client_error:
            raise SignedOut(GONE)
        tokens = read(answer)
        access, rotated = tokens.get("access_token"), tokens.get("refresh_token", session.refresh_token)
        if not isinstance(access, str) or not isinstance(rotated, str):
            raise Refused(UNREADABLE)
        return replace(session, access_token=access, refresh_token=rotated)

    def _follow(self, session: Session) -> Session:
        state = read(self.network.send("GET", f"{self._super_id}/api/state/{session.identity.tenant}"))
        address = str(state.get("Api", ""))
        if not trusted(address):
            raise Refused("The tenant has moved to a host that is not trusted.")
        self._change(replace(session, webapi_url=address.rstrip("/") + "/"))
        return self.session

    def _change(self, session: Session) -> None:
        if self._closed.is_set():
            raise SignedOut(GONE)
        self.session = session
        self._keep(session)


def rows_of(page: Mapping[str, object]) -> tuple[Mapping[str, object], ...]:
    """Return the rows of a page; raises Refused where one has no number."""
    value = page.get("value")
    rows = tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else None
    if rows is None or not all(str(row.get("PrimaryKey")).isdecimal() for row in rows):
        raise Refused(UNREADABLE)
    return rows


def reason(answer: "httpx.Response") -> str:
    """Return the server's own words (the documented body of errors), else the status."""
    try:
        said = answer.json()["ErrorMessage"]
    except (ValueError, KeyError, TypeError):
        said = ""
    return f"{said[:REASON]} ({answer.status_code})" if isinstance(said, str) and said else str(answer.status_code)


def read(answer: "httpx.Response") -> Mapping[str, object]:
    """Return the object that an answer holds; raises Refused."""
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not answer.is_success or not isinstance(content, Mapping):
        raise Refused(UNREADABLE)
    return content


def seconds_to_wait(retry_after: str) -> float:
    """Seconds, also of a date (RFC 9110 section 10.2.3); what cannot be read counts as one second."""
    if retry_after.isdecimal():
        return float(retry_after)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 -- seldom needed, and slow to import

    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except ValueError:
        return 1.0
