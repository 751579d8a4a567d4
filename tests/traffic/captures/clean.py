"""A complete, clean capture: one sign-in with PKCE and some calls of the Web API, as a HAR and as flows."""

import json
import warnings
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mitmproxy.http import Headers, Request, Response
from mitmproxy.test.tflow import tflow

from tests.traffic.oauth.builders import APP, NOON, exchange, sign_in
from traffic.events import Exchange

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # pyparsing's, of names that mitmproxy uses
    from mitmproxy.io import FlowWriter

TENANT = "online2.superoffice.test"
TOKEN = "access-one"
LEAK = 4
"""Number of the exchange that a leak is put into."""


def clean_exchanges() -> list[Exchange]:
    calls = [exchange(n, "GET", TENANT, f"/Cust10001/api/v1/Contact/{n}", APP) for n in range(3, 6)]
    bearer = ("authorization", f"Bearer {TOKEN}")
    return [*sign_in(0, "one"), *(replace(one, request_headers=(*one.request_headers, bearer)) for one in calls)]


def with_token_in_url() -> list[Exchange]:
    """The same, but one call names its token in the URL."""
    seen = clean_exchanges()
    path = f"{seen[LEAK].path}?access_token={TOKEN}"
    seen[LEAK] = replace(seen[LEAK], path=path, url=f"https://{TENANT}{path}")
    return seen


def secrets_file(folder: Path) -> Path:
    """As a release engineer writes it: the token belongs to the Web API's Authorization header."""
    path = folder / "secrets.json"
    home = {"host": "*.superoffice.test", "where": "header:authorization"}
    path.write_text(json.dumps({"secrets": [{"kind": "access_token", "value": TOKEN, "allowed": [home]}]}))
    return path


def write_capture(path: Path, exchanges: Iterable[Exchange]) -> Path:
    """By the end of its name: .har or .mitm."""
    if path.suffix == ".har":
        entries = [_entry(seen) for seen in exchanges]
        path.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}))
        return path
    with path.open("wb") as file:
        writer = FlowWriter(file)
        for seen in exchanges:
            writer.add(_flow(seen))
    return path


def _entry(seen: Exchange) -> dict[str, Any]:
    request = {"method": seen.method, "url": seen.url, "headers": _named(seen.request_headers)}
    if seen.request_body:
        request["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": seen.request_body.decode()}
    text = seen.response_body.decode()
    answer = {"status": seen.status, "headers": _named(seen.response_headers), "content": {"size": len(text)}}
    answer["content"] |= {"text": text} if text else {}
    began = datetime.fromtimestamp(seen.started, UTC).isoformat()
    return {"startedDateTime": began, "time": 1, "request": request, "response": answer}


def _named(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _flow(seen: Exchange) -> Any:  # noqa: ANN401 -- mitmproxy's flow
    flow = tflow()
    flow.request = Request.make(seen.method, seen.url, seen.request_body, _raw(seen.request_headers))
    flow.request.timestamp_start = flow.request.timestamp_end = NOON + seen.n
    flow.response = Response.make(seen.status or 200, seen.response_body, _raw(seen.response_headers))
    flow.response.timestamp_start = flow.response.timestamp_end = NOON + seen.n
    return flow


def _raw(headers: Iterable[tuple[str, str]]) -> Headers:
    return Headers([(name.encode(), value.encode()) for name, value in headers])
