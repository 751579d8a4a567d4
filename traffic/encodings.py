"""The guises under which a secret can travel, taken off without knowing any secret.

A *view* is the data with layers off. Each decoder works on all that could be its kind in one pass (`alphabets`,
`escapes`, `compression`), whatever the number of secrets; what comes out is looked into again, layer by layer. Only
what could hold a secret is followed, so that ordinary traffic costs few passes.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from traffic.alphabets import Alphabets
from traffic.compression import Effort, has_mark, marked_parts, unmarked
from traffic.derived import SIZES
from traffic.escapes import parts_of, unescaped, values_of

DEEPEST = 6  # layers: four encodings, and two of line breaks or parts around them
_DEEPEST_IN_A_NOTE = 8  # the same, each with line breaks or a part around it
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
_SHORTEST = 6  # bytes: no secret is shorter
_SHORTEST_PIECE = 14  # characters of a run that may hold a compressed piece

type Names = tuple[str, ...]
type View = tuple[Names, bytes]


def views_of(
    parts: Sequence[bytes], alphabets: Alphabets, effort: Effort, known: Collection[bytes] = ()
) -> Iterator[View]:
    """The parts as they are, then with more and more layers off, each view once; `effort` says what stayed closed.

    What a run decodes to is a view too if it begins with one of the digests `known`.
    """
    root = _BETWEEN.join(parts)
    layer: list[tuple[View, Sequence[bytes]]] = [(((), root), parts)]
    seen, runs = {_known_by(root)}, set[bytes]()
    room, views = _ROOM + _TIMES * len(root), 0
    yield layer[0][0]
    for depth in range(_DEEPEST_IN_A_NOTE if len(root) <= _NOTE else DEEPEST):
        deeper: list[tuple[View, Sequence[bytes]]] = []
        for (names, outer), pieces in layer:
            for name, inner, is_whole in _layers_off(outer, pieces, runs, alphabets, effort, known):
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


def _known_by(view: bytes) -> bytes:
    """Views are kept by this, for all of them together may be many times the data."""
    return hashlib.blake2b(view, digest_size=16).digest()


def _too_much(views: int, size: int) -> str:
    if views > _MOST_VIEWS:
        return f"more than {_MOST_VIEWS} layers within each other"
    return f"the layers of {size} bytes are more than {_TIMES} times as large"


def _layers_off(  # noqa: PLR0913, PLR0917 -- what all decoders together need
    data: bytes,
    pieces: Sequence[bytes],
    seen: set[bytes],
    alphabets: Alphabets,
    effort: Effort,
    known: Collection[bytes],
) -> Iterator[tuple[Names, bytes, bool]]:
    """What each decoder makes of the data, and whether that is a whole piece and no noise of several runs."""
    if pieces and _is_sealed(data):
        yield from _opened((), pieces, effort)
        return
    runs = [run for run in dict.fromkeys(alphabets.runs(data)) if run not in seen]
    seen.update(runs)
    if runs:
        yield from (((name,), inner, False) for name, inner in alphabets.decoded(runs))
    yield from (((name,), inner, True) for name, inner in _unescaped(pieces or (data,)))
    if has_mark(data):
        yield from (((name,), inner, True) for name, inner in marked_parts(data, effort))
    yield from _opened((), pieces, effort)
    yield from _opened(("multipart",), parts_of(data), effort)
    for name, value in values_of(data):
        yield from _opened((name,), (value,), effort)
    for run in runs:
        if len(run) >= _SHORTEST_PIECE:
            yield from _in_a_run(run, alphabets, effort, known)


def _in_a_run(
    run: bytes, alphabets: Alphabets, effort: Effort, known: Collection[bytes]
) -> Iterator[tuple[Names, bytes, bool]]:
    for name, piece in alphabets.pieces(run):
        if known:
            yield from (((name,), piece[:size], True) for size in SIZES if piece[:size] in known)
        yield from _opened((name,), (piece,), effort)


def _unescaped(pieces: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Each kind of escape off the pieces that have it; the others need no second look."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for piece in pieces:
        for name, inner in unescaped(piece):
            found[name].append(inner)
    yield from ((name, _BETWEEN.join(inner)) for name, inner in found.items())


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
