"""mitmproxy's flow files, read one flow at a time and any part of them alone, so that several processes can share one.

Flows of the current format are read here, in a fraction of the time that building mitmproxy's own objects takes;
those of older formats are brought up to date by mitmproxy (mitmproxy/io/compat.py).
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traffic.captures.damage import Damage, Items
from traffic.captures.tnetstrings import Bytes, DamagedError, Fields, Value, span_at
from traffic.compression import Effort, decoded
from traffic.events import Exchange, Headers

CURRENT = 21  # FLOW_FORMAT_VERSION of mitmproxy 12.2
_DICT = ord("}")
_PORTS = {"http": 80, "https": 443}
_LARGEST = 64 * 1024 * 1024  # bytes of a body that are read
_NO_CODING = ("", "identity")


@dataclass(frozen=True, slots=True)
class Record:
    """One flow: its number in the file from 0, and where it stands."""

    n: int
    start: int
    end: int


def records(data: Bytes) -> Iterator[Record | Damage]:
    """Steps over the flows without reading them; ends at the first byte that makes no sense."""
    at, n, size = 0, 0, len(data)
    while at < size:
        try:
            kind, _, last = span_at(data, at, size)
        except DamagedError as trouble:
            yield Damage(trouble.offset, str(trouble))
            return
        if kind != _DICT:
            yield Damage(at, "no flow")
            return
        yield Record(n, at, last + 1)
        at, n = last + 1, n + 1


def exchanges_of(data: Bytes, record: Record) -> Items:
    """The exchanges of one flow; a Damage where it is not what mitmproxy writes."""
    try:
        yield from _exchanges(data[record.start : record.end], record.n)
    except DamagedError as trouble:
        yield Damage(record.start + trouble.offset, f"flow {record.n}: {trouble}")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as trouble:
        yield Damage(record.start, f"flow {record.n} cannot be read ({type(trouble).__name__})")


def _exchanges(flow: bytes, n: int) -> Iterator[Exchange]:
    fields = Fields(flow, span_at(flow, 0, len(flow)))
    if fields.value("version") != CURRENT:
        flow = _brought_up_to_date(flow)
        fields = Fields(flow, span_at(flow, 0, len(flow)))
    kind = fields.text("type")
    if kind == "http":
        yield from _http(fields, n)
    elif kind == "dns":
        yield from _dns(fields, n)
    elif kind in {"tcp", "udp"}:
        yield from _stream(kind, fields, n)
    else:
        raise DamagedError(0, f"flows of type {kind[:20]!r} are not known")


def _brought_up_to_date(flow: bytes) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyparsing's, of names that mitmproxy uses
        from mitmproxy.io import compat, tnetstring  # noqa: PLC0415 -- slow to import, and rarely needed

    state = tnetstring.loads(flow)
    if not isinstance(state, dict):
        raise DamagedError(0, "no flow")
    try:
        return tnetstring.dumps(compat.migrate_flow(dict(state)))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        raise DamagedError(0, "its version is not one that mitmproxy can bring up to date") from None


def _http(fields: Fields, n: int) -> Iterator[Exchange]:
    request, response, client = fields.within("request"), fields.within("response"), fields.within("client_conn")
    if request is None:
        raise DamagedError(0, "it has no request")
    scheme, host, port, path = (
        request.text("scheme"),
        request.text("host"),
        int(request.number("port")),
        request.text("path"),
    )
    spots: list[str] = []
    asked, answered = _headers(request), _headers(response)
    error = fields.within("error")
    seen = Exchange(
        n=n,
        at=(response or request).number("timestamp_end") or request.number("timestamp_start"),
        started=request.number("timestamp_start"),
        scheme=scheme,
        method=request.text("method"),
        host=host,
        port=port,
        path=path,
        url=_url(scheme, host, port, path),
        request_headers=asked,
        request_body=_body(request, asked, f"exchange {n}: the request to {host}", spots),
        status=int(response.number("status_code")) if response else None,
        response_headers=answered,
        response_body=_body(response, answered, f"exchange {n}: the response of {host}", spots),
        error=error.text("msg") if error else None,
        sni=_said(client, "sni"),
        http_version=request.text("http_version"),
        tls_version=_said(client, "tls_version"),
        blind_spots=tuple(spots),
    )
    yield seen
    if websocket := fields.within("websocket"):
        messages = [websocket.list_of(span) for span in websocket.entries("messages")]
        frames = [(bool(one[1]), one[2]) for one in messages]
        yield _messages(seen, "wss" if scheme == "https" else "ws", frames, b"\n")


def _stream(protocol: str, fields: Fields, n: int) -> Iterator[Exchange]:
    """What each side sent in one piece: a secret may stand across two segments."""
    client, server = fields.within("client_conn"), fields.within("server_conn")
    host, port = _endpoint(server.value("address") if server else None)
    tls = _said(client, "tls_version")
    scheme = "tls" if tls else protocol
    base = Exchange(
        n=n,
        at=fields.number("timestamp_created"),
        started=fields.number("timestamp_created"),
        scheme=scheme,
        method="MESSAGE",
        host=host,
        port=port,
        path="",
        url=f"{scheme}://{host}:{port}",
        sni=_said(client, "sni"),
        http_version="",
        tls_version=tls,
    )
    messages = [fields.list_of(span) for span in fields.entries("messages")]
    yield _messages(base, scheme, [(bool(one[0]), one[1]) for one in messages], b"")


def _dns(fields: Fields, n: int) -> Iterator[Exchange]:
    request = fields.within("request")
    for span in request.entries("questions") if request else ():
        host = fields.fields_of(span).text("name")
        at = fields.number("timestamp_created")
        yield Exchange(n, at, at, "dns", "QUERY", host, 53, "", f"dns:{host}", http_version="")


def _messages(base: Exchange, scheme: str, frames: Sequence[tuple[bool, object]], between: bytes) -> Exchange:
    sides: dict[bool, list[bytes]] = {True: [], False: []}
    for from_client, content in frames:
        if isinstance(content, str):  # text frames in files of old versions
            content = content.encode("utf-8", "surrogateescape")  # noqa: PLW2901 -- the same in bytes
        if not isinstance(content, bytes):
            raise DamagedError(0, "a message without bytes")
        sides[from_client].append(content)
    return Exchange(
        n=base.n,
        at=base.at,
        started=base.started,
        scheme=scheme,
        method="MESSAGE",
        host=base.host,
        port=base.port,
        path=base.path,
        url=base.url,
        request_body=between.join(sides[True]),
        response_body=between.join(sides[False]),
        sni=base.sni,
        http_version="",
        tls_version=base.tls_version,
    )


def _endpoint(address: Value) -> tuple[str, int]:
    if not isinstance(address, list) or len(address) < 2 or not isinstance(address[1], int):  # noqa: PLR2004 -- host and port
        return "", 0
    host = address[0]
    return host.decode("latin-1") if isinstance(host, bytes) else str(host), address[1]


def _headers(message: Fields | None) -> Headers:
    return (*message.pairs("headers"), *message.pairs("trailers")) if message else ()


def _body(message: Fields | None, headers: Headers, what: str, spots: list[str]) -> bytes:
    """Without its content coding; what cannot be had is a blind spot."""
    if message is None:
        return b""
    raw = message.data("content")
    if raw is None:
        spots.append(f"{what} was streamed, and its body is not in the file")
        return b""
    if len(raw) > _LARGEST:
        spots.append(f"{what} is too large and only its beginning was read")
        raw = raw[:_LARGEST]
    named = [value for name, value in headers if name.lower() == "content-encoding"]
    codings = tuple(one for part in ",".join(named).lower().split(",") if (one := part.strip()) not in _NO_CODING)
    if not raw or not codings:
        return raw
    effort = Effort()
    body = decoded(raw, codings, effort)
    spots += [f"{what}: {why}" for why in effort.unopened]
    if body is None:
        spots.append(f"{what} has a content coding that cannot be taken off")
    return raw if body is None else body


def _said(fields: Fields | None, name: str) -> str | None:
    return (fields.text(name) or None) if fields else None


def _url(scheme: str, host: str, port: int, path: str) -> str:
    authority = f"[{host}]" if ":" in host else host
    return f"{scheme}://{authority}{path}" if _PORTS.get(scheme) == port else f"{scheme}://{authority}:{port}{path}"
