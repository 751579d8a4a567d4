"""HAR 1.2 (the W3C draft "HTTP Archive (HAR) format"), as browsers and proxies write it, entry by entry."""

import base64
import binascii
import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from traffic.captures.damage import Damage, Items
from traffic.captures.growing import DamagedJsonError, GrowingJson
from traffic.events import Exchange, Headers

_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_BINARY = 2  # WebSocket opcode, RFC 6455 section 5.2
_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)

type Json = Mapping[str, Any]


def read_har(path: Path) -> Items:
    """Each entry that can be read, and a Damage for each that cannot; what follows a break in the JSON is lost."""
    with GrowingJson(path) as file:
        try:
            yield from _log(file)
        except DamagedJsonError as trouble:
            yield Damage(trouble.offset, str(trouble))


def _log(file: GrowingJson) -> Items:
    found = False
    for name in file.members():
        if name == "log":
            found = True
            yield from _entries(file)
        else:
            file.value()
    file.expect_end()
    if not found:
        yield Damage(0, "JSON without a log: no HAR")


def _entries(file: GrowingJson) -> Items:
    number, found = 0, False
    for name in file.members():
        if name != "entries":
            file.value()
            continue
        found = True
        for _ in file.elements():
            offset = file.offset
            yield from _read(file.value(), number, offset)
            number += 1
    if not found:
        yield Damage(file.offset, "a log without entries")


def _read(entry: Any, number: int, offset: int) -> Items:  # noqa: ANN401 -- any JSON
    try:
        yield from _exchanges(entry, number)
    except _UNREADABLE as trouble:
        yield Damage(offset, f"entry {number} is no exchange ({type(trouble).__name__})")


def _exchanges(entry: Json, number: int) -> Iterator[Exchange]:
    request, response = entry["request"], entry.get("response") or {}
    target = urlsplit(_text(request["url"]))
    path = _path(target, request)
    host = target.hostname or ""
    spots: list[str] = []
    began = _moment(entry.get("startedDateTime"))
    status = int(response.get("status") or 0)
    seen = Exchange(
        n=number,
        at=began + _seconds(entry.get("time")),
        started=began,
        scheme=target.scheme.lower(),
        method=_text(request["method"]),
        host=host,
        port=target.port or _PORTS.get(target.scheme.lower(), 0),
        path=path,
        url=f"{target.scheme}://{target.netloc}{path}{'#' if target.fragment else ''}{target.fragment}",
        request_headers=_headers(request, "cookie"),
        request_body=_sent(request, f"exchange {number}: the request to {host}", spots),
        status=status or None,
        response_headers=_headers(response, "set-cookie"),
        response_body=_answered(response, f"exchange {number}: the response of {host}", spots),
        error=None if status else "no response is in the file",
        http_version=_text(request.get("httpVersion") or ""),
        blind_spots=tuple(spots),
    )
    yield seen
    yield from _messages(entry.get("_webSocketMessages") or (), seen)


def _path(target: SplitResult, request: Json) -> str:
    query = target.query or urlencode(
        [(_text(one["name"]), _text(one["value"])) for one in request.get("queryString") or ()]
    )
    return f"{target.path or '/'}{'?' if query else ''}{query}"


def _headers(message: Json, cookie: str) -> Headers:
    """Cookies that stand only in their own list become a header, for the wire had one."""
    given = tuple((_latin(one["name"]), _latin(one["value"])) for one in message.get("headers") or ())
    if any(name.lower() == cookie for name, _ in given):
        return given
    return (
        *given,
        *((cookie, f"{_latin(one['name'])}={_latin(one['value'])}") for one in message.get("cookies") or ()),
    )


def _sent(request: Json, what: str, spots: list[str]) -> bytes:
    data = request.get("postData") or {}
    if data.get("text"):
        return _content(data)
    if data.get("params"):
        return urlencode([(_text(one["name"]), _text(one.get("value") or "")) for one in data["params"]]).encode()
    if int(request.get("bodySize") or 0) > 0:
        spots.append(f"{what} had a body that is not in the file")
    return b""


def _answered(response: Json, what: str, spots: list[str]) -> bytes:
    content = response.get("content") or {}
    if content.get("text"):
        return _content(content)
    if int(content.get("size") or 0) > 0:
        spots.append(f"{what} had a body that is not in the file")
    return b""


def _content(part: Json) -> bytes:
    text = _text(part["text"])
    if part.get("encoding") != "base64":
        return text.encode("utf-8", "surrogateescape") if _is_clean(text) else text.encode("utf-8", "surrogatepass")
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(text, validate=False)
    return text.encode("utf-8", "replace")


def _is_clean(text: str) -> bool:
    """Whether its lone surrogates, if any, are bytes that were no UTF-8."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _messages(messages: Any, base: Exchange) -> Iterator[Exchange]:  # noqa: ANN401 -- any JSON
    """What a WebSocket carried, as Chrome writes it."""
    sides: dict[bool, list[bytes]] = {True: [], False: []}
    for one in messages:
        data = _text(one["data"])
        sent = base64.b64decode(data) if one.get("opcode") == _BINARY else data.encode("utf-8", "surrogatepass")
        sides[one["type"] == "send"].append(sent)
    if messages:
        yield Exchange(
            n=base.n,
            at=base.at,
            started=base.started,
            scheme="wss" if base.scheme in {"https", "wss"} else "ws",
            method="MESSAGE",
            host=base.host,
            port=base.port,
            path=base.path,
            url=base.url,
            request_body=b"\n".join(sides[True]),
            response_body=b"\n".join(sides[False]),
            http_version="",
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _latin(value: object) -> str:
    """Header fields as the bytes they were, which a HAR writes as UTF-8 (RFC 9110 section 5.5)."""
    return _text(value).encode("utf-8", "surrogatepass").decode("latin-1")


def _moment(text: object) -> float:
    with suppress(TypeError, ValueError, OverflowError):
        return dt.datetime.fromisoformat(str(text)).timestamp()
    return 0.0


def _seconds(milliseconds: object) -> float:
    return milliseconds / 1000 if isinstance(milliseconds, int | float) and milliseconds > 0 else 0.0
