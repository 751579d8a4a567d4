"""Known secrets, where each may go, and finding them whatever they are wrapped in."""

import base64
import math
import string
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Self, override

import ahocorasick

from faults import UsageError
from traffic.alphabets import Alphabets
from traffic.compression import Effort
from traffic.derived import DERIVED, derivations_of
from traffic.encodings import views_of
from traffic.escapes import ESCAPES, unescaped

SHORTEST = 6  # characters: a shorter value turns up by chance
_GUESSABLE = 28.0  # bits: below, a value such as a six-digit code turns up by chance in any traffic
_WEAK = 40.0  # bits: below, a value counts only where it stands by itself and not inside a longer word
_USUAL = 8  # bytes that the shortest secret mostly has: what could hold fewer need not be decoded
_ENOUGH_FOR_A_LABEL = 12
_FEW = 32  # secrets: of more the digests are sought as they are written, and not as bytes
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_LABEL = frozenset(string.ascii_letters + string.digits + "-_.")
_CLASSES = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
_OTHERS = 33  # printable characters of ASCII that are in none of the classes
_STRING_MARK = 0xA0  # MessagePack's fixstr: this and the length
_PLAIN_PLACES = {"url", "cookie", "body", "frame", "sni", "dns", "any", "inside"}


class Side(StrEnum):
    """Who sent the secret."""

    APP = "app"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Allowed:
    """A place where a secret may be: a host pattern, and url, header:NAME, cookie, body, frame, inside or any.

    `inside` is all but what servers and proxies keep of a request: its URL and the headers that repeat one.
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
    """No `allowed` means nowhere; `claim` is what a leak breaks, None for what the shipped policy says of its kind.

    Its value is kept out of every message.
    """

    kind: str
    value: str
    allowed: tuple[Allowed, ...] = ()
    claim: str | None = None

    @property
    def bits(self) -> float:
        """What a guesser who knows the length and the kinds of characters would have to try, as a power of two."""
        used = set(self.value)
        size = sum(len(chars) for chars in _CLASSES if used & set(chars))
        size += _OTHERS if used - set("".join(_CLASSES)) else 0
        return len(self.value) * math.log2(size) if size else 0.0

    @property
    def why_unsearchable(self) -> str | None:
        """Why it cannot be told from chance, if so."""
        if len(self.value) < SHORTEST:
            return f"shorter than {SHORTEST} characters, found by chance"
        return "too easily guessed, found by chance" if self.bits < _GUESSABLE else None

    @override
    def __repr__(self) -> str:
        return f"Secret({self.kind!r}, {len(self.value)} characters)"


@dataclass(frozen=True, slots=True)
class Sighting:
    """`index` is the secret's number among all, from 0; `encoding` names the layers from the outermost in.

    `derived:sha256` as the last layer says that a digest of the secret was found, not the secret.
    """

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


@dataclass(frozen=True, slots=True)
class _Word:
    """One way in which a secret is written where no decoder changes it; `alone` = not inside a longer word."""

    index: int
    form: str
    length: int
    alone: bool

    @property
    def is_derived(self) -> bool:
        return self.form.startswith(DERIVED)


@dataclass(slots=True)
class Memory:
    """What was searched already: the last thing looked at with what came out, and lines that come again."""

    last: tuple[Any, Any] = (None, None)
    lines: dict[bytes, tuple[Sighting, ...]] = field(default_factory=dict)


class Secrets:
    """One Aho-Corasick automaton (pyahocorasick) over all secrets: one pass over each view, however many there are."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        """Raises UsageError for a value that cannot be told from chance."""
        self._secrets = tuple(secrets)
        if self.unsearched:
            raise UsageError("; ".join(self.unsearched))
        self._prepare()

    @classmethod
    def searchable(cls, secrets: Iterable[Secret]) -> Self:
        """As the constructor, but `unsearched` then names the values that cannot be told from chance."""
        made = cls.__new__(cls)
        made._secrets = tuple(secrets)  # noqa: SLF001 -- its own
        made._prepare()  # noqa: SLF001 -- its own
        return made

    @property
    def unsearched(self) -> tuple[str, ...]:
        return tuple(
            f"secret {index} ({secret.kind}): {why}"
            for index, secret in enumerate(self._secrets)
            if (why := secret.why_unsearchable)
        )

    def _prepare(self) -> None:
        known = [(index, each) for index, each in enumerate(self._secrets) if each.why_unsearchable is None]
        self._automaton = _automaton(known)
        self.memory = Memory()
        self._alphabets = Alphabets(min([_USUAL, *(len(each.value) for _, each in known)]))

    def found_in(self, data: bytes | str, effort: Effort | None = None) -> tuple[Sighting, ...]:
        """Each secret once for each encoding that it was found under, in the order of their numbers.

        `effort` then says what could not be opened: without it a search that finds nothing proves nothing.
        """
        raw = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        return self.found_in_parts((raw,), effort or Effort())

    def found_in_parts(self, parts: Sequence[bytes], effort: Effort) -> tuple[Sighting, ...]:
        """As found_in over several parts at once; `effort` then says what could not be opened."""
        if not len(self._automaton) or not any(parts):
            return ()
        found = {
            (word.index, layers, word.form)
            for layers, view in views_of(parts, self._alphabets, effort)
            for word, _ in self._matches(view)
        }
        kept = {
            (index, "+".join((*layers, *(() if layers and form == "raw" else (form,)))))
            for index, layers, form in found
            if not (layers and layers[-1] in ESCAPES and (index, layers[:-1], form) in found)
        }
        return tuple(Sighting(index, self._secrets[index], encoding) for index, encoding in sorted(kept))

    def spans_in(self, data: bytes) -> tuple[Span, ...]:
        """Where secrets stand in the data as it is, without taking layers off."""
        return tuple(
            Span(end - word.length, end, word.index) for word, end in self._matches(data) if not word.is_derived
        )

    def starts_with(self, beginning: bytes) -> bool:
        """Whether some secret begins with all of it."""
        text = beginning.decode("latin-1")
        return bool(text) and len(self._automaton) > 0 and self._automaton.longest_prefix(text) == len(text)

    def _matches(self, data: bytes) -> Iterator[tuple[_Word, int]]:
        """Each word with the end (exclusive) of its place."""
        if not len(self._automaton):
            return
        for last, words in self._automaton.iter(data.decode("latin-1")):
            for word in words:
                if not word.alone or _stands_alone(data, last + 1 - word.length, last + 1):
                    yield word, last + 1

    def __len__(self) -> int:
        return len(self._secrets)

    def __iter__(self) -> Iterator[Secret]:
        return iter(self._secrets)

    def __getitem__(self, index: int) -> Secret:
        return self._secrets[index]


def _automaton(secrets: Iterable[tuple[int, Secret]]) -> ahocorasick.Automaton:
    """Bytes are given as latin-1 text, for pyahocorasick is built for text."""
    words: defaultdict[bytes, dict[int, _Word]] = defaultdict(dict)
    known = tuple(secrets)
    for index, secret in known:
        for form, word in _forms_of(secret):
            words[word].setdefault(index, _Word(index, form, len(word), secret.bits < _WEAK))
        for form, digest in derivations_of(secret.kind, secret.value):
            for word in (digest,) if len(known) <= _FEW else _written(digest):
                words[word].setdefault(index, _Word(index, form, len(word), alone=False))
    automaton = ahocorasick.Automaton()
    for text, owners in words.items():
        automaton.add_word(text.decode("latin-1"), tuple(owners.values()))
    automaton.make_automaton()
    return automaton


def _forms_of(secret: Secret) -> Iterator[tuple[str, bytes]]:
    """What no decoder turns into the value itself, because it is written otherwise and not wrapped."""
    value = secret.value
    yield "raw", value.encode()
    if " " in value:
        yield "form", value.replace(" ", "+").encode()  # application/x-www-form-urlencoded
    if not value.isascii():
        yield from _beyond_ascii(value)
    for name, inner in unescaped(value.encode()):  # what looks escaped may be taken for it
        if Secret(secret.kind, inner.decode("latin-1")).why_unsearchable is None:
            yield name, inner
    lower = value.lower()
    if len(value) >= _ENOUGH_FOR_A_LABEL and set(value) <= _LABEL and lower != value:
        yield "lower case", lower.encode()  # as host names carry it
        yield "lower case", lower.replace(".", "").encode()  # places take the dots between labels out


def _written(digest: bytes) -> tuple[bytes, ...]:
    """In hex and base64: thousands of digests as bytes would make each step of the automaton slow."""
    plain = base64.b64encode(digest).rstrip(b"=")
    return (digest.hex().encode(), digest.hex().upper().encode(), plain, plain.translate(_URL_SAFE))


def _beyond_ascii(value: str) -> Iterator[tuple[str, bytes]]:
    """In other character sets and normal forms (Unicode annex 15), and as UTF-8 that was taken for Latin-1."""
    with suppress(UnicodeEncodeError):
        yield "latin-1", value.encode("latin-1")
    with suppress(UnicodeEncodeError):
        yield "windows-1252", value.encode("cp1252")
    for one in dict.fromkeys((value, *(unicodedata.normalize(form, value) for form in ("NFC", "NFD")))):
        yield "normal form", one.encode()
        yield "utf-16", one.encode("utf-16-le")
        yield "utf-16", one.encode("utf-16-be")
        yield "utf-8", one.encode().decode("latin-1").encode()


def _stands_alone(data: bytes, start: int, end: int) -> bool:
    """Between characters that are no letters or digits, or after its own length as binary formats write strings."""
    length = end - start
    before, after = data[start - 1 : start], data[end : end + 1]
    if before and before[0] in {length, length | _STRING_MARK}:
        return True
    return not before.isalnum() and not after.isalnum()
