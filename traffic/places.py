"""The places of an exchange where a secret can stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from traffic.events import Exchange
from traffic.secrets import Side

_COOKIES = {"cookie", "set-cookie"}
_URLS = {"referer", "location", "content-location"}


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
    yield Place(Side.APP, ("url",), seen.url.encode("utf-8", "surrogateescape"), is_url=True)
    yield from (_header(Side.APP, *pair) for pair in seen.request_headers)
    yield Place(Side.APP, ("body",), seen.request_body)
    yield from (_header(Side.SERVER, *pair) for pair in seen.response_headers)
    yield Place(Side.SERVER, ("body",), seen.response_body)


def _header(side: Side, name: str, value: str) -> Place:
    """The name is searched too: it can carry as much as the value."""
    lower = name.lower()
    own = f"header:{lower}"
    names = ("cookie", own) if lower in _COOKIES else (own,)
    return Place(side, names, f"{name}: {value}".encode("latin-1", "replace"), is_url=lower in _URLS)
