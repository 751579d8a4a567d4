"""The places of an exchange where a secret can stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from traffic.events import Exchange
from traffic.secrets import Side

_COOKIES = {"cookie", "set-cookie"}
_URLS = {"referer", "location", "content-location"}
_MESSAGE, _QUESTION = "MESSAGE", "dns"


@dataclass(frozen=True, slots=True)
class Place:
    """`names` are all that a rule may call it, the first one the one that is reported."""

    side: Side
    names: tuple[str, ...]
    data: bytes
    is_url: bool = False

    @property
    def where(self) -> str:
        return self.names[0]


def places_of(seen: Exchange) -> Iterator[Place]:
    """All that was sent either way, each piece once; header values as the bytes they were."""
    if seen.sni:
        yield Place(Side.APP, ("sni",), _host(seen.sni))
    if seen.scheme == _QUESTION:
        yield Place(Side.APP, ("dns",), _host(seen.host))
        return
    if seen.method != _MESSAGE:
        url = seen.url.encode("utf-8", "surrogateescape")
        yield Place(Side.APP, ("url",), url, is_url=True)
        if seen.host.count(".") > 1 and seen.host != seen.sni:
            yield Place(Side.APP, ("url",), _host(seen.host), is_url=True)
    body = ("frame", "body", "inside") if seen.method == _MESSAGE else ("body", "inside")
    yield from (_header(Side.APP, *pair) for pair in seen.request_headers)
    yield Place(Side.APP, body, seen.request_body)
    yield from (_header(Side.SERVER, *pair) for pair in seen.response_headers)
    yield Place(Side.SERVER, body, seen.response_body)


def _host(name: str) -> bytes:
    """Also without its dots, for what is longer than the 63 characters of a label (RFC 1035 section 2.3.4)."""
    return f"{name} {name.replace('.', '')}".encode("utf-8", "surrogateescape")


def _header(side: Side, name: str, value: str) -> Place:
    """The name is searched too: it can carry as much as the value."""
    lower = name.lower()
    own = f"header:{lower}"
    is_url = lower in _URLS
    names = ("cookie", own) if lower in _COOKIES else (own,)
    data = f"{name}: {value}".encode("latin-1", "replace")
    return Place(side, names if is_url else (*names, "inside"), data, is_url=is_url)
