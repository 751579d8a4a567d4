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
_ENDLESS = 1e12  # milliseconds
_STATUSES = range(1000)  # 0 where no server answered
_UNREADABLE = (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError, RecursionError)

type Json = Mapping[str, Any]


class _OddError(ValueError):
    """Says what an entry lacks, without quoting it."""


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
            yield from _once(file, name, found)
            found = True
            yield from _entries(file)
        else:
            file.value()
    file.expect_end()
    if not found:
        yield Damage(0, "JSON without a log: no HAR")


def _entries(file: GrowingJson) -> Items:
    number, found, untimed = 0, False, list[int]()
    for name in file.members():
        if name != "entries":
            file.value()
            continue
        yield from _once(file, name, found)
        found = True
        for _ in file.elements():
            place = file.place
            entry = file.value()
            if file.twice:
                words = f"entry {number}: a name stands twice in an object, and only the last was read"
                yield Damage(file.offset_of(place), words)
            try:
                yield from _exchanges(entry, number)
            except _UNREADABLE as trouble:
                yield Damage(file.offset_of(place), f"entry {number} is no exchange ({_words(trouble)})")
            if not _moment(entry):
                untimed.append(number)
            number += 1
    if not found:
        yield Damage(file.offset, "a log without entries")
    if untimed:
        first = f"entry {untimed[0]}" if len(untimed) == 1 else f"{len(untimed)} entries, the first is {untimed[0]},"
        yield Damage(None, f"{first} without a readable startedDateTime: what came before what could not be judged")


def _once(file: GrowingJson, name: str, found: bool) -> Items:  # noqa: FBT001 -- whether it was there before
    if found:
        yield Damage(
            file.offset, f"{name} stands there twice: readers differ in which of them counts; both were judged"
        )


def _words(trouble: Exception) -> str:
    """What Python says of a wrong value quotes it, and it may be a secret."""
    if isinstance(trouble, _OddError):
        return str(trouble)
    return (
        f"{trouble.args[0]} is missing" if isinstance(trouble, KeyError) and trouble.args else "a field of a wrong kind"
    )


def _exchanges(entry: Any, number: int) -> Iterator[Exchange]:  # noqa: ANN401 -- any JSON
    if not isinstance(entry, Mapping):
        raise _OddError("no object")
    request, response = entry["request"], entry.get("response") or {}
    target = _target(_text(request["url"], "url"))
    path = _path(target, request)
    host = target.hostname or ""
    spots: list[str] = [] if "response" in entry else [f"exchange {number}: the response of {host} is not in the file"]
    began = _moment(entry)
    status = _status(response)
    seen = Exchange(
        n=number,
        at=began + _seconds(entry.get("time")),
        started=began,
        scheme=target.scheme.lower(),
        method=_text(request["method"], "method"),
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
        http_version=_text(request.get("httpVersion") or "", "httpVersion"),
        blind_spots=tuple(spots),
    )
    yield seen
    yield from _messages(entry.get("_webSocketMessages") or (), seen)


def _target(url: str) -> SplitResult:
    try:
        target = urlsplit(url)
        _ = target.port  # which raises as well
    except ValueError:
        raise _OddError("url is none") from None
    return target


def _status(response: Json) -> int:
    status = int(response.get("status") or 0)
    if status not in _STATUSES:
        raise _OddError("status is none")
    return status


def _path(target: SplitResult, request: Json) -> str:
    query = target.query or urlencode(
        [(_text(one["name"], "name"), _text(one["value"], "value")) for one in request.get("queryString") or ()]
    )
    return f"{target.path or '/'}{'?' if query else ''}{query}"


def _headers(message: Json, cookie: str) -> Headers:
    """Cookies that stand only in their own list become a header, for the wire had one."""
    given = tuple((_latin(one["name"]), _latin(one["value"])) for one in _pairs(message, "headers"))
    if any(name.lower() == cookie for name, _ in given):
        return given
    return (
        *given,
        *((cookie, f"{_latin(one['name'])}={_latin(one['value'])}") for one in _pairs(message, "cookies")),
    )


def _pairs(message: Json, name: str) -> list[Json]:
    found = message.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise _OddError(f"{name} is no list of names and values")
    return found


def _sent(request: Json, what: str, spots: list[str]) -> bytes:
    data = request.get("postData") or {}
    if data.get("text"):
        return _content(data, what, spots)
    if data.get("params"):
        params = [
            (_text(one["name"], "name"), _text(one.get("value") or "", "value")) for one in _pairs(data, "params")
        ]
        return urlencode(params).encode()
    if int(request.get("bodySize") or 0) > 0:
        spots.append(f"{what} had a body that is not in the file")
    return b""


def _answered(response: Json, what: str, spots: list[str]) -> bytes:
    content = response.get("content") or {}
    if content.get("text"):
        return _content(content, what, spots)
    if int(content.get("size") or 0) > 0:
        spots.append(f"{what} had a body that is not in the file")
    return b""


def _content(part: Json, what: str, spots: list[str]) -> bytes:
    text, coding = _text(part["text"], "text"), part.get("encoding")
    if coding == "base64":
        return _unwrapped(text, what, spots)
    if coding:
        spots.append(f"{what}: its encoding is not known, and the body was read as it stands there")
    return text.encode("utf-8", "surrogateescape") if _is_clean(text) else text.encode("utf-8", "surrogatepass")


def _unwrapped(text: str, what: str, spots: list[str]) -> bytes:
    """Line breaks in it do no harm; of what else is no base64 the text itself is judged."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        spots.append(f"{what} is not the base64 that it is said to be")
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
    spots: list[str] = []
    for one in messages:
        data = _text(one["data"], "data")
        is_binary = one.get("opcode") == _BINARY
        what = f"exchange {base.n}: a message of the WebSocket to {base.host}"
        sent = _unwrapped(data, what, spots) if is_binary else data.encode("utf-8", "surrogatepass")
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
            blind_spots=tuple(spots),
        )


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _OddError(f"{name} is no text")
    return value


def _latin(value: object) -> str:
    """Header fields as the bytes they were, which a HAR writes as UTF-8 (RFC 9110 section 5.5)."""
    return _text(value, "a header or cookie").encode("utf-8", "surrogatepass").decode("latin-1")


def _moment(entry: Any) -> float:  # noqa: ANN401 -- any JSON
    """Unix time in seconds; 0 where it cannot be read."""
    with suppress(TypeError, ValueError, KeyError, OverflowError, IndexError):
        return dt.datetime.fromisoformat(str(entry["startedDateTime"])).timestamp()
    return 0.0


def _seconds(milliseconds: object) -> float:
    if not isinstance(milliseconds, int | float) or not 0 < milliseconds < _ENDLESS:
        return 0.0
    return milliseconds / 1000
