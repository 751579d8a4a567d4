"""A tenant as its administrator knows it: accounts, preferences, what was issued to whom; and its public face."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from faults import EvidenceMissing, TenantFault

OUR_AGENT = f"pocketgate/{token_hex(8)}"  # what `call` calls itself; no app can guess it and hide behind it


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in; `tenants` are the customer ids the account is linked to."""

    name: str
    email: str
    password: str
    tenants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IssuedSecret:
    """A secret that the tenant knows because it issued or holds it."""

    kind: str
    value: str
    email: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Marker:
    """A text that stands in one record and nowhere else, so that a leak names its record."""

    entity: str
    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call from outside, past the app and the proxy, was answered."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """A request that one of the tenant's servers answered; `path` is without the query."""

    method: str
    host: str
    path: str


class Tenant(Protocol):
    """The administrator's side. One that cannot do something raises TenantFault, and the claim is blocked."""

    @property
    def domain(self) -> str:
        """The domain that all hosts of the vendor are under."""

    def reset(self) -> None: ...
    def account(self, name: str) -> Account: ...
    def set_preference(self, tenant: str, key: str, value: str) -> None: ...
    def touch(self, tenant: str, percent: float) -> int:
        """Change so many of each hundred records of a tenant, the same ones each time; returns how many."""

    def let_time_pass(self, seconds: float) -> None:
        """The servers' clock goes ahead by so many seconds, until the next reset."""

    def issued(self) -> tuple[IssuedSecret, ...]:
        """All secrets since the last reset, also none."""

    def secrets(self) -> tuple[IssuedSecret, ...]: ...
    def markers(self, who: Account, tenant: str) -> tuple[Marker, ...]: ...
    def configuration_link(self, tenant: str) -> str: ...
    def other_client(self) -> str:
        """The OAuth client id of another application than the app."""

    def served(self) -> tuple[ServedRequest, ...]:
        """What the servers answered by their own log, without what `call` asked; no proxy is needed to see it."""

    def crash_reports(self) -> tuple[bytes, ...]:
        """The bodies that the crash sink keeps, since the last reset; no proxy is needed to see them."""

    def call(self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> Answer:
        """Call the tenant's public side directly, without the app."""


class ReferenceTenant:
    """The reference cloud's administration API, and its public hosts behind one port."""

    def __init__(self, admin: str, admin_token: str, port: int, authority: Path, domain: str) -> None:
        self._admin = httpx.Client(
            base_url=admin, headers={"Authorization": f"Bearer {admin_token}"}, trust_env=False, timeout=20
        )
        trusted = ssl.create_default_context(cafile=str(authority))
        self._public = httpx.Client(verify=trusted, trust_env=False, timeout=20, headers={"User-Agent": OUR_AGENT})
        self._port = port
        self.domain = domain

    def close(self) -> None:
        self._admin.close()
        self._public.close()

    def reset(self) -> None:
        self._ask("POST", "/reset")

    def account(self, name: str) -> Account:
        for row in self._ask("GET", "/accounts"):
            if row["email"].split("@")[0] == name:
                return Account(row["name"], row["email"], row["password"], tuple(row["tenants"]))
        msg = f"the tenant has no account {name}@…"
        raise TenantFault(msg)

    def let_time_pass(self, seconds: float) -> None:
        self._ask("POST", "/clock", {"advance_seconds": seconds})

    def set_preference(self, tenant: str, key: str, value: str) -> None:
        self._ask("PUT", f"/tenants/{tenant}/preferences/PocketTasks/{key}", {"value": value})

    def touch(self, tenant: str, percent: float) -> int:
        return int(self._ask("POST", f"/tenants/{tenant}/touch", {"percent": percent})["changed"])

    def resize(self, tenant: str, rows: int) -> None:
        """Give a tenant so many records, those of the first day; a reset brings the usual number back."""
        self._ask("POST", f"/tenants/{tenant}/rows", {"rows": rows})

    def issued(self) -> tuple[IssuedSecret, ...]:
        rows = self._ask("GET", "/secrets")
        return tuple(IssuedSecret(row["kind"], row["value"], row["email"] or "", row["tenant"] or "") for row in rows)

    def secrets(self) -> tuple[IssuedSecret, ...]:
        """All that was issued since the last reset; raises EvidenceMissing when that is nothing."""
        found = self.issued()
        if not found:
            msg = "the tenant names no secrets, so nothing can be said about where they went"
            raise EvidenceMissing(msg)
        return found

    def markers(self, who: Account, tenant: str) -> tuple[Marker, ...]:
        """Markers of all records that the account may see; raises EvidenceMissing when there are none."""
        rows = self._ask("GET", f"/markers?email={who.email}&tenant={tenant}")
        if not rows:
            msg = f"no record of {tenant} is visible to {who.email}, so a leak could not be told"
            raise EvidenceMissing(msg)
        return tuple(Marker(row["entity"], int(row["id"]), row["marker"]) for row in rows)

    def configuration_link(self, tenant: str) -> str:
        return str(self._ask("GET", f"/tenants/{tenant}/configuration-link")["link"])

    def other_client(self) -> str:
        return "other-app"

    def served(self) -> tuple[ServedRequest, ...]:
        rows = self._ask("GET", "/evidence?since=0")
        return tuple(
            ServedRequest(str(row["method"]), str(row["host"]), str(row["path"]))
            for row in rows
            if row["user_agent"] != OUR_AGENT
        )

    def crash_reports(self) -> tuple[bytes, ...]:
        return tuple(json.dumps(row).encode() for row in self._ask("GET", "/crashes"))

    def call(self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None) -> Answer:
        parts = urlsplit(url)
        target = f"https://127.0.0.1:{self._port}{parts.path}{'?' + parts.query if parts.query else ''}"
        try:
            answer = self._public.request(
                method,
                target,
                headers={**headers, "Host": parts.hostname or ""},
                data=dict(form) if form else None,
                extensions={"sni_hostname": parts.hostname},
            )
        except httpx.HTTPError as trouble:
            msg = f"{method} {parts.hostname}{parts.path} could not be asked: {trouble or type(trouble).__name__}"
            raise TenantFault(msg) from trouble
        return Answer(answer.status_code, answer.content)

    def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        try:
            answer = self._admin.request(method, path, json=body)
        except httpx.HTTPError as trouble:
            msg = f"the tenant's administration does not answer {method} {path}: {trouble or type(trouble).__name__}"
            raise TenantFault(msg) from trouble
        if answer.is_error:
            msg = f"the tenant's administration refused {method} {path}: {answer.status_code} {answer.text[:200]}"
            raise TenantFault(msg)
        return answer.json() if answer.content else None
