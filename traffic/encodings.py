"""The guises under which a secret can travel, taken off without knowing any secret.

A *view* is the data with layers off. Each decoder works on all that could be its kind in one pass (`alphabets`,
`escapes`, `compression`), whatever the number of secrets; what comes out is looked into again, layer by layer. Only
what could hold a secret is followed, so that ordinary traffic costs few passes.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from traffic.alphabets import Alphabets
from traffic.compression import Effort, has_mark, marked_parts, unmarked
from traffic.escapes import narrowed, parts_of, unescaped, values_of
from traffic.octets import spelled_out

DEEPEST = 6  # layers: four encodings, and two of line breaks or parts around them
_DEEPEST_IN_A_NOTE = 12  # the same, each with an escape and line breaks or a part around it
_NOTE = 8 << 10  # bytes: in larger data the views of so many layers would cost gigabytes
_MOST_VIEWS = 400  # of one exchange, below its outermost layer, which is always looked through
_ROOM, _TIMES = 64 << 20, 40  # bytes of views, and how often the size of the data they may come on top of that
_BETWEEN = b"\x01\n\x01"  # no alphabet has it, so nothing is decoded across two parts
_PRINTABLE = bytes(range(0x20, 0x7F))
_TEXT = _PRINTABLE + b"\t\n\r"
_SHAPE = bytes(ord("x") if one in _PRINTABLE else ord(" ") for one in range(256))
_READABLE = b"x" * 8
_ESCAPED = re.compile(rb"%[0-9A-Fa-f]{2}|&#?\w{2,8};|\\[ux][0-9A-Fa-f]{2}|=[0-9A-F]{2}")
"""Signs of an escape, which show that noise is none where few readable characters stand beside each other."""
_MAY_BE_WIDE = (b"\0", b"\xc2", b"\xc3")  # in UTF-16, and in UTF-8 made of bytes
_NOISY = 4  # the part of it that is no text, from which on data is noise
_LEGIBLE = re.compile(rb"[ -~\t\r\n]{8,}")
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"  # in lines (RFC 2045 section 6.8)
_SHORTEST = 6  # bytes: no secret is shorter
_SHORTEST_PIECE = 14  # characters of a run that may hold a compressed piece

type Names = tuple[str, ...]
type View = tuple[Names, bytes]


def views_of(parts: Sequence[bytes], alphabets: Alphabets, effort: Effort) -> Iterator[View]:
    """The parts as they are, then with more and more layers off, each view once; `effort` says what stayed closed."""
    root = _BETWEEN.join(parts)
    layer: list[tuple[View, Sequence[bytes]]] = [(((), root), parts)]
    seen, runs = {_known_by(root)}, set[bytes]()
    room, views = _ROOM + _TIMES * len(root), 0
    yield layer[0][0]
    for depth in range(_DEEPEST_IN_A_NOTE if len(root) <= _NOTE else DEEPEST):
        deeper: list[tuple[View, Sequence[bytes]]] = []
        for (names, outer), pieces in layer:
            for name, inner, is_whole in _layers_off(outer, pieces, runs, alphabets, effort):
                if (mark := _known_by(inner)) in seen:
                    continue
                room -= len(inner)
                views += depth > 0
                if views > _MOST_VIEWS or room < 0:
                    effort.give_up(_too_much(views, len(root)), depth)
                    return
                seen.add(mark)
                view = ((*names, *name), inner)
                yield view
                if is_whole or _is_worth_a_look(inner):
                    deeper.append((view, (inner,) if is_whole else ()))
        layer = deeper


def _legible(data: bytes) -> bytes:
    """Of much noise only what can be read, for escapes and alphabets stand in nothing else; of the rest everything."""
    if len(data) <= _NOTE or len(data.translate(None, _TEXT)) < len(data) // _NOISY:
        return data
    with suppress(UnicodeDecodeError):
        data.decode()
        return data  # text of another script
    return _BETWEEN.join(_LEGIBLE.findall(data))


def _known_by(view: bytes) -> bytes:
    """Views are kept by this, for all of them together may be many times the data."""
    return hashlib.blake2b(view, digest_size=16).digest()


def _too_much(views: int, size: int) -> str:
    if views > _MOST_VIEWS:
        return f"more than {_MOST_VIEWS} layers within each other"
    return f"the layers of {size} bytes are more than {_TIMES} times as large"


def _layers_off(
    data: bytes, pieces: Sequence[bytes], seen: set[bytes], alphabets: Alphabets, effort: Effort
) -> Iterator[tuple[Names, bytes, bool]]:
    """What each decoder makes of the data, and whether that is a whole piece and no noise of several runs."""
    if pieces and _is_sealed(data):
        yield from _opened((), pieces, effort)
        return
    text = _legible(data)
    runs = [run for run in dict.fromkeys(alphabets.runs(text)) if run not in seen]
    seen.update(runs)
    if runs:
        yield from (((name,), inner, False) for name, inner in alphabets.decoded(runs))
    if spelled := spelled_out(text):
        yield ("hex",), b"\0".join(spelled), len(spelled) == 1
        yield from _opened(("hex",), spelled, effort)
    yield from (((name,), inner, True) for name, inner in _unescaped(pieces or (data,)))
    if has_mark(data):
        yield from (((name,), inner, True) for name, inner in marked_parts(data, effort))
    yield from _opened((), pieces, effort)
    for part in parts_of(data):
        yield from _opened(("multipart",), (part,), effort)
        run = b"".join(part.split()).rstrip(b"=") if b"\n" in part and not part.translate(None, _BASE64) else b""
        if run and b"=" not in run:
            yield from _in_a_run(run, alphabets, effort)
    for name, value in values_of(text):
        yield from _opened((name,), (value,), effort)
    for run in runs:
        if len(run) >= _SHORTEST_PIECE:
            yield from _in_a_run(run, alphabets, effort)


def _in_a_run(run: bytes, alphabets: Alphabets, effort: Effort) -> Iterator[tuple[Names, bytes, bool]]:
    for name, piece in alphabets.pieces(run):
        yield from _opened((name,), (piece,), effort)


def _unescaped(pieces: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each kind of escape off the pieces that have it, each way to read it by itself, or views would grow and grow."""
    found: defaultdict[tuple[str, int], list[bytes]] = defaultdict(list)
    for piece in pieces:
        ways = Counter[str]()
        for name, inner in (*unescaped(_legible(piece)), *narrowed(piece)):
            found[name, ways[name]].append(inner)
            ways[name] += 1
    yield from ((name, _BETWEEN.join(inner)) for (name, _), inner in found.items())


def _opened(names: Names, pieces: Iterable[bytes], effort: Effort) -> Iterator[tuple[Names, bytes, bool]]:
    """Whole pieces that are no text may be compressed without a mark."""
    for piece in pieces:
        if piece.translate(None, _TEXT):
            for name, opened in unmarked(piece, effort):
                if len(opened) >= _SHORTEST:
                    yield (*names, name), opened, True


def _is_sealed(data: bytes) -> bool:
    """Whether a whole piece shows nothing of what is in it: only what needs no mark can open it."""
    return not (_is_worth_a_look(data) or any(one in data for one in _MAY_BE_WIDE))


def _is_worth_a_look(data: bytes) -> bool:
    """Whether there is readable text in it, also in UTF-16, or a mark; what decodes to noise ends here."""
    return _READABLE in data.translate(_SHAPE, b"\0") or has_mark(data) or _ESCAPED.search(data) is not None
