"""A recording as HAR 1.2 with every known secret taken out, fit to be kept with the report."""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qsl

from traffic.events import Exchange, Headers
from traffic.redaction import redacted, redacted_bytes
from traffic.secrets import Secrets

_UNKNOWN = -1  # HAR 1.2: a size or time that is not known


def write_har(path: Path, exchanges: Iterable[Exchange], secrets: Secrets) -> None:
    """Format: the W3C draft "HTTP Archive (HAR) format", version 1.2; times in milliseconds."""
    log = {
        "version": "1.2",
        "creator": {"name": "pocketgate", "version": "1"},
        "entries": [_entry(seen, secrets) for seen in exchanges],
    }
    path.write_text(json.dumps({"log": log}, indent=1, ensure_ascii=False), "utf-8")


def _entry(seen: Exchange, secrets: Secrets) -> dict[str, object]:
    elapsed = max(0.0, seen.at - seen.started) * 1000
    return {
        "startedDateTime": dt.datetime.fromtimestamp(seen.started, dt.UTC).isoformat(),
        "time": elapsed,
        "request": _request(seen, secrets),
        "response": _response(seen, secrets),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "_event": seen.n,
        "_phone": seen.phone,
        "_test": seen.test,
        "_program": redacted(seen.program, secrets),
        "_client": seen.client,
        "_phoneDateTime": dt.datetime.fromtimestamp(seen.phone_time, dt.UTC).isoformat(),
        "_error": None if seen.error is None else redacted(seen.error, secrets),
    }


def _request(seen: Exchange, secrets: Secrets) -> dict[str, object]:
    query = parse_qsl(seen.path.partition("?")[2], keep_blank_values=True)
    request: dict[str, object] = {
        "method": seen.method,
        "url": redacted(seen.url, secrets),
        "httpVersion": seen.http_version,
        "cookies": [],
        "headers": _pairs(seen.request_headers, secrets),
        "queryString": _pairs(tuple(query), secrets),
        "headersSize": _UNKNOWN,
        "bodySize": len(seen.request_body),
    }
    if seen.request_body:
        request["postData"] = {
            "mimeType": seen.header("content-type") or "",
            "text": _text(seen.request_body, secrets),
        }
    return request


def _response(seen: Exchange, secrets: Secrets) -> dict[str, object]:
    return {
        "status": seen.status or 0,
        "statusText": "",
        "httpVersion": seen.http_version,
        "cookies": [],
        "headers": _pairs(seen.response_headers, secrets),
        "content": {
            "size": len(seen.response_body),
            "mimeType": seen.response_header("content-type") or "",
            "text": _text(seen.response_body, secrets),
        },
        "redirectURL": redacted(seen.response_header("location") or "", secrets),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _pairs(pairs: Headers, secrets: Secrets) -> list[dict[str, str]]:
    return [{"name": redacted(name, secrets), "value": redacted(value, secrets)} for name, value in pairs]


def _text(body: bytes, secrets: Secrets) -> str:
    return redacted_bytes(body, secrets).decode("utf-8", "replace")
