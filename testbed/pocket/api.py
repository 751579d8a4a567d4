"""The tenant's NetServer Web API, by Bearer token (RFC 6750), with silent renewal and moving hosts."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from .configuration import trusted
from .network import Network
from .signin import CLIENT
from .tokens import Session
from .trouble import Refused, SignedOut

if TYPE_CHECKING:
    import httpx

PAGE: Final = 500
UNAUTHORISED, MISDIRECTED = 401, 421


class Api:
    """Calls on behalf of one session; `keep` is told when the session changed, so that it can be stored."""

    def __init__(self, network: Network, super_id: str, session: Session, keep: Callable[[Session], None]) -> None:
        self.network = network
        self._super_id = super_id
        self.session = session
        self._keep = keep
        self._renewing = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Send nothing more, also not for work that is under way."""
        self._closed = True

    def startup_data(self) -> Mapping[str, object]:
        """Return all that the app wants to know of tenant and user at a start."""
        return _read(self.call("POST", "Agents/Pocket/GetPocketStartupData", json={}))

    def rows(self, archive: str, columns: tuple[str, ...], after: str) -> Iterator[tuple[Mapping[str, object], ...]]:
        """Yield the pages of an archive, only what changed after a date of the server if one is given."""
        query = {"$select": ",".join(columns), "$top": str(PAGE)}
        if after:
            query["$filter"] = f"updatedDate afterTime '{after}'"
        for skip in range(0, 1_000_000, PAGE):
            page = _read(self.call("GET", archive, params=query | {"$skip": str(skip)}))
            yield _rows(page.get("value"))
            if not page.get("odata.nextLink"):
                return

    def call(self, method: str, path: str, **options: object) -> "httpx.Response":
        """Call the Web API; renews the token once on 401 and follows the tenant once on 421. Raises Trouble."""
        used = self.session
        answer = self._send(method, path, used, **options)
        if answer.status_code == UNAUTHORISED:
            used = self._renew(used)
            answer = self._send(method, path, used, **options)
        if answer.status_code == MISDIRECTED:
            used = self._follow(used)
            answer = self._send(method, path, used, **options)
        if answer.status_code == UNAUTHORISED:
            raise SignedOut("You are no longer signed in.")
        if not answer.is_success:
            raise Refused(f"CRM Online refused the request ({answer.status_code}).")
        return answer

    def _send(self, method: str, path: str, session: Session, **options: object) -> "httpx.Response":
        if self._closed:
            raise SignedOut("You are no longer signed in.")
        headers = {"Authorization": f"Bearer {session.access_token}"}
        return self.network.send(method, f"{session.webapi_url}v1/{path}", headers=headers, **options)

    def _renew(self, used: Session) -> Session:
        # whoever waited for the lock finds the token already renewed
        with self._renewing:
            if self.session == used:
                self._change(replace(used, access_token=self._new_access_token(used)))
            return self.session

    def _new_access_token(self, session: Session) -> str:
        form = {"grant_type": "refresh_token", "client_id": CLIENT, "refresh_token": session.refresh_token}
        answer = self.network.send("POST", f"{self._super_id}/login/common/oauth/tokens", data=form)
        if answer.is_client_error:
            raise SignedOut("You are no longer signed in.")
        token = _read(answer).get("access_token")
        if not isinstance(token, str):
            raise Refused("CRM Online answered with something that cannot be read.")
        return token

    def _follow(self, session: Session) -> Session:
        state = _read(self.network.send("GET", f"{self._super_id}/api/state/{session.identity.tenant}"))
        address = str(state.get("Api", ""))
        if not trusted(address):
            raise Refused("The tenant has moved to a host that is not trusted.")
        self._change(replace(session, webapi_url=address.rstrip("/") + "/"))
        return self.session

    def _change(self, session: Session) -> None:
        if self._closed:
            raise SignedOut("You are no longer signed in.")
        self.session = session
        self._keep(session)


def _rows(value: object) -> tuple[Mapping[str, object], ...]:
    rows = tuple(row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else None
    if rows is None or not all(str(row.get("PrimaryKey")).isdecimal() for row in rows):
        raise Refused("CRM Online answered with something that cannot be read.")
    return rows


def _read(answer: "httpx.Response") -> Mapping[str, object]:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not answer.is_success or not isinstance(content, Mapping):
        raise Refused("CRM Online answered with something that cannot be read.")
    return content
