"""The guises under which a secret can travel, taken off without knowing any secret.

A *view* is the data with layers off. Each decoder works on all that could be its kind in one pass (`alphabets`,
`escapes`, `compression`), whatever the number of secrets; what comes out is looked into again, layer by layer. Only
what could hold a secret is followed, so that ordinary traffic costs few passes.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from traffic.alphabets import Alphabets
from traffic.compression import Effort, has_mark, marked_parts, unmarked
from traffic.derived import SIZES
from traffic.escapes import parts_of, unescaped, values_of

DEEPEST = 6  # layers: four encodings, and two of line breaks or parts around them
_MOST_VIEWS = 400  # of one exchange
_BETWEEN = b"\x01\n\x01"  # no alphabet has it, so nothing is decoded across two parts
_READABLE = re.compile(rb"[\x20-\x7e]{8}")
_UNREADABLE = re.compile(rb"[^\t\n\r\x20-\x7e]")
_SHORTEST_PIECE = 14  # characters of a run that may hold a compressed piece

type View = tuple[tuple[str, ...], bytes]


def views_of(
    parts: Sequence[bytes], alphabets: Alphabets, effort: Effort, known: Collection[bytes] = ()
) -> Iterator[View]:
    """The parts as they are, then with more and more layers off, each view once; `effort` says what stayed closed.

    What a run decodes to is a view too if it begins with one of the digests `known`.
    """
    root = _BETWEEN.join(parts)
    layer: list[tuple[View, Sequence[bytes]]] = [(((), root), parts)]
    seen, runs = {root}, set[bytes]()
    yield layer[0][0]
    for _ in range(DEEPEST):
        deeper: list[tuple[View, Sequence[bytes]]] = []
        for (names, outer), pieces in layer:
            noisy = ((view, False) for view in _decoded_runs(outer, runs, alphabets))
            whole = ((view, True) for view in _peeled(outer, pieces, runs, alphabets, effort, known))
            for (name, inner), is_whole in chain(noisy, whole):
                if inner in seen:
                    continue
                if len(seen) > _MOST_VIEWS:
                    effort.give_up(f"more than {_MOST_VIEWS} layers within each other")
                    return
                seen.add(inner)
                view = ((*names, *name), inner)
                yield view
                if is_whole or _is_worth_a_look(inner):
                    deeper.append((view, (inner,) if is_whole else ()))
        layer = deeper


def _decoded_runs(data: bytes, seen: set[bytes], alphabets: Alphabets) -> Iterator[View]:
    if runs := [run for run in dict.fromkeys(alphabets.runs(data)) if run not in seen]:
        yield from (((name,), inner) for name, inner in alphabets.decoded(runs))


def _peeled(  # noqa: PLR0913, PLR0917 -- what all decoders together need
    data: bytes,
    pieces: Sequence[bytes],
    seen: set[bytes],
    alphabets: Alphabets,
    effort: Effort,
    known: Collection[bytes],
) -> Iterator[View]:
    yield from _unescaped(pieces or (data,))
    if has_mark(data):
        yield from (((name,), inner) for name, inner in marked_parts(data, effort))
    yield from _opened((), pieces, effort)
    yield from _opened(("multipart",), parts_of(data), effort)
    for name, value in values_of(data):
        yield from _opened((name,), (value,), effort)
    for run in dict.fromkeys(alphabets.runs(data)):
        if run not in seen:
            seen.add(run)
            if len(run) >= _SHORTEST_PIECE:
                for name, piece in alphabets.pieces(run):
                    for part in {piece[:size] for size in SIZES} if known else ():
                        if part in known:
                            yield (name,), part
                    yield from _opened((name,), (piece,), effort)


def _unescaped(pieces: Sequence[bytes]) -> Iterator[View]:
    """Each kind of escape off the pieces that have it; the others need no second look."""
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    for piece in pieces:
        for name, inner in unescaped(piece):
            found[name].append(inner)
    yield from (((name,), _BETWEEN.join(inner)) for name, inner in found.items())


def _opened(names: tuple[str, ...], pieces: Iterable[bytes], effort: Effort) -> Iterator[View]:
    """Whole pieces that are no text may be compressed without a mark."""
    for piece in pieces:
        if piece and _UNREADABLE.search(piece):
            yield from (((*names, name), opened) for name, opened in unmarked(piece, effort))


def _is_worth_a_look(data: bytes) -> bool:
    """Whether there is readable text in it, also in UTF-16, or a mark; what decodes to noise ends here."""
    return _READABLE.search(data.replace(b"\0", b"")) is not None or has_mark(data)
