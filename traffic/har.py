"""A recording as HAR 1.2 with every known secret taken out, fit to be kept with the report."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from traffic.events import Exchange, Headers
from traffic.redaction import redacted, redacted_bytes
from traffic.secrets import Secrets

_UNKNOWN = -1  # HAR 1.2: a size or time that is not known


def write_har(path: Path, exchanges: Iterable[Exchange], secrets: Secrets) -> None:
    """Format: the W3C draft "HTTP Archive (HAR) format", version 1.2; times in milliseconds."""
    clean = _Cleaner(secrets)
    log = {
        "version": "1.2",
        "creator": {"name": "pocketgate", "version": "1"},
        "entries": [_entry(seen, clean) for seen in exchanges],
    }
    path.write_text(json.dumps({"log": log}, indent=1, ensure_ascii=False), "utf-8")


@dataclass(frozen=True, slots=True)
class _Cleaner:
    """Looks at each text and body once: most of a recording is headers and answers that came before."""

    secrets: Secrets
    _texts: dict[str, str] = field(default_factory=dict)
    _bodies: dict[bytes, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        if text not in self._texts:
            self._texts[text] = redacted(text, self.secrets)
        return self._texts[text]

    def body(self, body: bytes) -> str:
        if body not in self._bodies:
            self._bodies[body] = redacted_bytes(body, self.secrets).decode("utf-8", "replace")
        return self._bodies[body]


def _entry(seen: Exchange, clean: _Cleaner) -> dict[str, object]:
    elapsed = max(0.0, seen.at - seen.started) * 1000
    return {
        "startedDateTime": dt.datetime.fromtimestamp(seen.started, dt.UTC).isoformat(),
        "time": elapsed,
        "request": _request(seen, clean),
        "response": _response(seen, clean),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "_event": seen.n,
        "_phone": seen.phone,
        "_test": seen.test,
        "_program": clean.text(seen.program),
        "_client": seen.client,
        "_phoneDateTime": dt.datetime.fromtimestamp(seen.phone_time, dt.UTC).isoformat(),
        "_error": None if seen.error is None else clean.text(seen.error),
    }


def _request(seen: Exchange, clean: _Cleaner) -> dict[str, object]:
    query = parse_qsl(seen.path.partition("?")[2], keep_blank_values=True)
    request: dict[str, object] = {
        "method": seen.method,
        "url": clean.text(seen.url),
        "httpVersion": seen.http_version,
        "cookies": [],
        "headers": _pairs(seen.request_headers, clean),
        "queryString": _pairs(tuple(query), clean),
        "headersSize": _UNKNOWN,
        "bodySize": len(seen.request_body),
    }
    if seen.request_body:
        request["postData"] = {
            "mimeType": seen.header("content-type") or "",
            "text": clean.body(seen.request_body),
        }
    return request


def _response(seen: Exchange, clean: _Cleaner) -> dict[str, object]:
    return {
        "status": seen.status or 0,
        "statusText": "",
        "httpVersion": seen.http_version,
        "cookies": [],
        "headers": _pairs(seen.response_headers, clean),
        "content": {
            "size": len(seen.response_body),
            "mimeType": seen.response_header("content-type") or "",
            "text": clean.body(seen.response_body),
        },
        "redirectURL": clean.text(seen.response_header("location") or ""),
        "headersSize": _UNKNOWN,
        "bodySize": _UNKNOWN,
    }


def _pairs(pairs: Headers, clean: _Cleaner) -> list[dict[str, str]]:
    return [{"name": clean.text(name), "value": clean.text(value)} for name, value in pairs]
