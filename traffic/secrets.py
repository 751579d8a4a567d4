"""Known secrets, where each may go, and finding them whatever they are wrapped in."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import override

import ahocorasick

from faults import UsageError
from traffic.encodings import forms_of, views_of

SHORTEST = 6  # characters: a shorter value turns up by chance
_PLAIN_PLACES = {"url", "cookie", "body", "any"}


class Side(StrEnum):
    """Who sent the secret."""

    APP = "app"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A place where a secret may be: a host pattern, and url, header:NAME, cookie, body or any.

    `path` (a pattern, without the query) and `side` narrow it.
    """

    host: str
    where: str
    path: str | None = None
    side: Side | None = None

    def __post_init__(self) -> None:
        name = self.where.removeprefix("header:")
        if not self.host or (self.where not in _PLAIN_PLACES and (name == self.where or not name)):
            raise UsageError(f"allowed {self.host!r} {self.where!r}: where is url, header:NAME, cookie, body or any")

    def covers_host(self, host: str) -> bool:
        """Host names compare without case (RFC 4343)."""
        return fnmatchcase(host.lower(), self.host.lower())

    def covers(self, host: str, path: str, side: Side, names: Iterable[str]) -> bool:
        """`names` are all the names that a place goes by, in lower case."""
        return (
            self.covers_host(host)
            and (self.path is None or fnmatchcase(path.partition("?")[0], self.path))
            and self.side in {None, side}
            and (self.where == "any" or self.where.lower() in names)
        )


@dataclass(frozen=True, slots=True)
class Secret:
    """No `allowed` means nowhere. Its value is kept out of every message."""

    kind: str
    value: str
    allowed: tuple[Allowed, ...] = ()

    @override
    def __repr__(self) -> str:
        return f"Secret({self.kind!r}, {len(self.value)} characters)"


@dataclass(frozen=True, slots=True)
class Sighting:
    """`index` is the secret's number among all, from 0; `encoding` names the layers from the outermost in."""

    index: int
    secret: Secret
    encoding: str

    @property
    def label(self) -> str:
        return f"{self.secret.kind} #{self.index}"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes start to end (exclusive) of the data hold the secret of that number."""

    start: int
    end: int
    index: int


class Secrets:
    """One Aho-Corasick automaton (pyahocorasick) over all secrets in all forms: one pass however many there are."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        """Raises UsageError for a value that is too short to be told from chance."""
        self._secrets = tuple(secrets)
        for index, secret in enumerate(self._secrets):
            if len(secret.value) < SHORTEST:
                raise UsageError(f"secret {index} ({secret.kind}): shorter than {SHORTEST} characters, found by chance")
        self._automaton = _automaton(self._secrets)

    def found_in(self, data: bytes | str) -> tuple[Sighting, ...]:
        """Each secret once for each encoding that it was found under, in the order of their numbers."""
        if not self._secrets or not data:
            return ()
        raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        found = {
            (index, "+".join((*layers, *(() if layers and form == "raw" else (form,)))))
            for layers, view in views_of(raw)
            for _, matches in self._automaton.iter(view.decode("latin-1"))
            for index, form, _ in matches
        }
        return tuple(Sighting(index, self._secrets[index], encoding) for index, encoding in sorted(found))

    def spans_in(self, data: bytes) -> tuple[Span, ...]:
        """Where secrets stand in the data as it is, without taking layers off."""
        if not self._secrets:
            return ()
        return tuple(
            Span(end + 1 - length, end + 1, index)
            for end, matches in self._automaton.iter(data.decode("latin-1"))
            for index, _, length in matches
        )

    def __len__(self) -> int:
        return len(self._secrets)

    def __iter__(self) -> Iterator[Secret]:
        return iter(self._secrets)

    def __getitem__(self, index: int) -> Secret:
        return self._secrets[index]


def _automaton(secrets: Sequence[Secret]) -> ahocorasick.Automaton:
    """Bytes are given as latin-1 text, for pyahocorasick is built for text."""
    words: defaultdict[bytes, dict[int, str]] = defaultdict(dict)
    for index, secret in enumerate(secrets):
        for name, form in forms_of(secret.value.encode()):
            words[form].setdefault(index, name)
    automaton = ahocorasick.Automaton()
    for word, owners in words.items():
        automaton.add_word(word.decode("latin-1"), tuple((index, name, len(word)) for index, name in owners.items()))
    automaton.make_automaton()
    return automaton


def read_secrets(path: Path) -> Secrets:
    """Reads a secrets file: `{"secrets": [{"kind", "value", "allowed": [{"host", "where"}]}]}`. Raises UsageError."""
    try:
        return Secrets(_secret(entry) for entry in json.loads(path.read_text("utf-8"))["secrets"])
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise UsageError(f"{path}: no secrets file ({type(trouble).__name__}: {trouble})") from None


def _secret(entry: Mapping[str, object]) -> Secret:
    kind, value, allowed = entry["kind"], entry["value"], entry.get("allowed", [])
    if not isinstance(kind, str) or not isinstance(value, str) or not isinstance(allowed, list):
        raise TypeError("a secret has a text as kind and as value, and a list of allowed places")
    if unknown := set(entry) - {"kind", "value", "allowed"}:
        raise TypeError(f"a secret has no {sorted(unknown)}")
    return Secret(kind, value, tuple(_allowed(place) for place in allowed))


def _allowed(place: Mapping[str, object]) -> Allowed:
    if unknown := set(place) - {"host", "where", "path", "side"}:
        raise TypeError(f"an allowed place has no {sorted(unknown)}")
    path, side = place.get("path"), place.get("side")
    return Allowed(
        str(place["host"]),
        str(place["where"]),
        None if path is None else str(path),
        None if side is None else Side(str(side)),
    )
