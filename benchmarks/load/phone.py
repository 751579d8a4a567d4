"""A Locust file: a simulated phone signs in, synchronises, opens records, registers for push, and thinks in between."""

import os
import random
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import urlencode, urljoin, urlsplit

import gevent.socket  # type: ignore[import-untyped]
from locust import FastHttpUser, task
from locust.exception import StopUser

from benchmarks.load.answers import fault_of
from benchmarks.load.pages import attempt, complaint_in, filled, form_in
from benchmarks.load.target import FILE_VARIABLE, Target
from benchmarks.load.watch import OWN

TARGET: Final = Target.read(Path(os.environ[FILE_VARIABLE]))
AGENT: Final = "SuperOfficeMobileCRM/1.0 (load model)"
WEBAPI_CLAIM: Final = "http://schemes.superoffice.net/identity/webapi_url"
COLUMNS: Final = {
    "Contact": "name,department,category,orgnr,phone/formattedNumber,updatedDate",
    "Person": "firstName,lastName,fullName,title,contactId,email/emailAddress,updatedDate",
    "Appointment": "text,date,endDate,location,contactId,updatedDate",
    "Sale": "heading,amount,currency,stage,date,contactId,updatedDate",
}
PAGE, MOST_PAGES, HOPS = 500, 2000, 8
THINKING: Final = (5.0, 20.0)  # seconds
resolve = gevent.socket.getaddrinfo


def _resolve_ours(host: str, port: int, *rest: Any, **options: Any) -> Any:  # noqa: ANN401 -- as socket.getaddrinfo
    """A reference cloud serves all its names on one port of this machine."""
    return resolve(*TARGET.address_of(host, port), *rest, **options)


gevent.socket.getaddrinfo = _resolve_ours


class SimulatedPhone(FastHttpUser):
    """Think times are those of a person who looks something up between two meetings."""

    host = TARGET.super_id
    insecure = False
    max_redirects = 0
    default_headers: dict[str, str] | None = {"User-Agent": AGENT}  # noqa: RUF012 -- Locust's own attribute

    def ssl_context_factory(self, cafile: str | None = None) -> ssl.SSLContext:  # noqa: ARG002 -- geventhttpclient's
        """One for all; without its parameter geventhttpclient adds the public authorities to it at each connection."""
        return CONTEXT

    def on_start(self) -> None:
        """What the app does after a sign-in: everything is fetched, and the phone is registered."""
        self.login = random.choice(TARGET.logins)  # noqa: S311 -- no secret
        self.device = uuid.uuid4().hex
        self.newest = dict.fromkeys(COLUMNS, "")
        self.known: dict[str, list[str]] = {name: [] for name in COLUMNS}
        self._sign_in()
        self._start_up()
        self._synchronise("first")
        self._register()
        self.asking_since = time.monotonic()

    def wait_time(self) -> float:
        """Seconds to think, after each task; what that took before was waiting."""
        thinking = random.uniform(*THINKING)  # noqa: S311 -- no secret
        OWN.thought += thinking
        OWN.waited += time.monotonic() - self.asking_since
        self.asking_since = time.monotonic() + thinking
        return thinking

    @task(6)
    def open_record(self) -> None:
        kind = random.choice([name for name, ids in self.known.items() if ids] or ["Contact"])  # noqa: S311
        number = random.choice(self.known[kind] or ["1"])  # noqa: S311
        self._ask("GET", f"{kind}/{number}", f"open {kind}", needed=f"{kind}Id")

    @task(3)
    def come_back(self) -> None:
        """Each return to the app asks for startup data and for what changed."""
        self._start_up()
        self._synchronise("delta")

    @task(1)
    def register_again(self) -> None:
        self._register()

    # --- steps

    def _sign_in(self) -> None:
        trying = attempt()
        answers = {"email": self.login.email, "password": self.login.password, "tenant": self.login.tenant}
        answers |= {"answer": "approve"}
        url: str | None = (
            f"{TARGET.super_id}/login/common/oauth/authorize?{trying.query(TARGET.client_id, TARGET.redirect_uri)}"
        )
        method, form = "GET", None
        for _ in range(HOPS):
            answer = self._page(method, cast("str", url), form)
            location = answer.headers.get("location") if answer.headers else None
            if location and location.startswith(TARGET.redirect_uri):
                self._redeem(trying.code_in(location), trying.verifier)
                return
            if location:
                method, form, url = "GET", None, urljoin(cast("str", url), location)
                continue
            shown = form_in(answer.text or "")
            sent = filled(shown, answers) if shown else None
            complaint = complaint_in(answer.text or "")
            if shown is None or sent is None or complaint:
                self._fail("sign in", complaint or "a page that asks for something unknown")
                raise StopUser
            method, form, url = "POST", sent, urljoin(cast("str", url), shown.action)
        self._fail("sign in", f"no end after {HOPS} pages")
        raise StopUser

    def _page(self, method: str, url: str, form: dict[str, str] | None) -> Any:  # noqa: ANN401 -- Locust's answer
        body = urlencode(form) if form is not None else None
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        name = f"sign in: {method} {urlsplit(url).path}"
        with self.client.request(
            method, url, data=body, headers=headers, name=name, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code and answer.status_code < 400:
                answer.success()
            else:
                answer.failure(str(fault_of(answer.status_code or 0, None, error=getattr(answer, "error", None))))
            return answer

    def _redeem(self, code: str | None, verifier: str) -> None:
        form = {"grant_type": "authorization_code", "code": code or "", "code_verifier": verifier}
        self._tokens(form | {"redirect_uri": TARGET.redirect_uri}, "tokens by code")

    def _tokens(self, form: dict[str, str], name: str) -> None:
        url = f"{TARGET.super_id}/login/common/oauth/tokens"
        body = urlencode(form | {"client_id": TARGET.client_id})
        with self._checked("POST", url, name, "access_token", data=body, headers=FORM) as told:
            if told is None:
                raise StopUser
            self.access = told["access_token"]
            self.refresh = told.get("refresh_token", getattr(self, "refresh", ""))
            if "id_token" in told:
                self.base = str(_claims(told["id_token"])[WEBAPI_CLAIM]).rstrip("/") + "/v1/"

    def _start_up(self) -> None:
        self._ask("POST", "Agents/Pocket/GetPocketStartupData", "startup data", needed="PocketPreferences", json={})

    def _synchronise(self, what: str) -> None:
        for kind in COLUMNS:
            for page in range(MOST_PAGES):
                query = {"$select": COLUMNS[kind], "$top": PAGE, "$skip": page * PAGE}
                if self.newest[kind] and what == "delta":
                    query |= {"$filter": f"updatedDate afterTime '{self.newest[kind]}'"}
                told = self._ask("GET", f"{kind}?{urlencode(query)}", f"{what} sync {kind}", needed="value")
                if told is None or not self._keep(kind, told):
                    break

    def _keep(self, kind: str, page: dict[str, Any]) -> bool:
        """Whether there is another page."""
        for row in page["value"]:
            self.known[kind] = [*self.known[kind][-50:], str(row["PrimaryKey"])]
            self.newest[kind] = max(self.newest[kind], str(row.get("updatedDate", "")))
        return bool(page.get("odata.nextLink"))

    def _register(self) -> None:
        info = {"DeviceIdentifier": self.device, "Platform": "Google", "PNSHandle": f"{self.device}:load"}
        self._ask("POST", f"{TARGET.central}/v1/push/devices", "push registration", "DeviceInfo", {"DeviceInfo": info})

    # --- one request

    def _ask(
        self,
        method: str,
        path: str,
        name: str,
        needed: str = "",
        json: Any = None,  # noqa: ANN401 -- a body
    ) -> dict[str, Any] | None:
        """The Web API by Bearer token; a token that expired is renewed once, as the app does it."""
        for _ in range(2):
            headers = {"Authorization": f"Bearer {self.access}", "Accept": "application/json"}
            options: dict[str, Any] = {"headers": headers} | ({} if json is None else {"json": json})
            with self._checked(method, urljoin(self.base, path), name, needed, **options) as told:
                if told is not None or self.status != 401:
                    return told
            self._tokens({"grant_type": "refresh_token", "refresh_token": self.refresh}, "tokens by refresh")
        return None

    @contextmanager
    def _checked(
        self,
        method: str,
        url: str,
        name: str,
        needed: str,
        **options: Any,  # noqa: ANN401 -- Locust's own
    ) -> Iterator[dict[str, Any] | None]:
        """The JSON of a good answer, None for any other, which counts as a failure of its kind."""
        with self.client.request(method, url, name=name, catch_response=True, **options) as answer:
            self.status = answer.status_code
            fault = fault_of(answer.status_code or 0, answer.content, needed, getattr(answer, "error", None))
            if fault is None:
                answer.success()
            else:
                answer.failure(fault)
            told = answer.json() if fault is None else None
        yield told

    def _fail(self, name: str, words: str) -> None:
        self.environment.events.request.fire(
            request_type="", name=name, response_time=0, response_length=0, exception=RuntimeError(words), context={}
        )


FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
CONTEXT: Final = ssl.create_default_context(cafile=TARGET.ca or None)


def _claims(id_token: str) -> dict[str, Any]:
    """What the token says, unverified: this model loads a server, it does not judge it."""
    import base64  # noqa: PLC0415
    import json  # noqa: PLC0415

    part = id_token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
