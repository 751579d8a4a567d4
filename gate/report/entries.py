"""The rows of a verdict as the page tells them: what was promised, how it was checked, and what was seen."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gate.claims import Claim
from gate.ledger import LEDGER
from gate.outcomes import without_phone
from gate.report.evidence import Piece, read_piece
from gate.report.wording import case, lead, sentence
from gate.rundir import RunDir

CLAIMS = {claim.id: claim for claim in LEDGER}


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece of evidence and the cases that it stands for, counted from 1; the same screen is shown once."""

    piece: Piece
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a check: its parameter, if it has one, and why it ended as it did."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Check:
    """One test's say on a claim, or that of those of its cases that ended with the same status."""

    sentence: str
    status: str
    cases: tuple[Case, ...]
    shown: tuple[Shown, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(case.name for case in self.cases if case.name)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each once."""
        return tuple(dict.fromkeys(case.reason for case in self.cases if case.reason))


@dataclass(frozen=True, slots=True)
class Entry:
    """A claim on a phone. `shown` is the evidence that belongs to none of the checks."""

    claim: Claim
    phone: str
    status: str
    reason: str
    checks: tuple[Check, ...]
    shown: tuple[Shown, ...]

    @property
    def key(self) -> str:
        return f"{self.claim.id}-{self.phone}"

    @property
    def decisive(self) -> tuple[Check, ...]:
        """The checks that made the claim what it is."""
        return tuple(check for check in self.checks if check.status == self.status)

    @property
    def others(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.status != self.status)


@dataclass(frozen=True, slots=True)
class Row:
    """A claim and the phones on which its checks said the same; `entry` is that of the first."""

    entry: Entry
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for which claims, often many, could not be decided."""

    reason: str
    rest: str
    entries: tuple[Entry, ...]


def entries_of(verdict: dict[str, Any], run: RunDir) -> tuple[Entry, ...]:
    return tuple(_entry(row, run) for row in verdict["claims"])


def reasons_of(entries: Sequence[Entry]) -> tuple[Row, ...]:
    """Each claim once, with all the phones that decided so, whatever they saw."""
    phones: dict[str, list[Entry]] = {}
    for entry in entries:
        phones.setdefault(entry.claim.id, []).append(entry)
    return tuple(Row(alike[0], tuple(entry.phone for entry in alike)) for alike in phones.values())


def rows_of(entries: Iterable[Entry]) -> tuple[Row, ...]:
    """One row for what came out alike on several phones, in the order of the claims."""
    alike: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        checks = tuple((check.sentence, check.status, check.names, check.reasons) for check in entry.checks)
        alike.setdefault((entry.claim.id, entry.status, entry.reason, checks), []).append(entry)
    return tuple(Row(found[0], tuple(entry.phone for entry in found)) for found in alike.values())


def causes_of(entries: Iterable[Entry]) -> tuple[Cause, ...]:
    """The entries by their reasons, in the order in which the reasons first come."""
    by_reason: dict[str, list[Entry]] = {}
    for entry in entries:
        by_reason.setdefault(entry.reason, []).append(entry)
    return tuple(Cause(*lead(reason), tuple(found)) for reason, found in by_reason.items())


def _entry(row: dict[str, Any], run: RunDir) -> Entry:
    pieces = tuple(read_piece(one, run) for one in row["evidence"])
    stems = {_stem(attempt["test"]) for attempt in row["attempts"]}
    return Entry(
        claim=CLAIMS[row["id"]],
        phone=row["phone"],
        status=row["status"],
        reason=row["reason"],
        checks=tuple(_checks(row["attempts"], pieces, row["phone"])),
        shown=tuple(Shown(piece, ()) for piece in pieces if piece.stem not in stems),
    )


def _checks(attempts: Sequence[dict[str, Any]], pieces: Sequence[Piece], phone: str) -> Iterator[Check]:
    alike: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in attempts:
        alike.setdefault((sentence(one["test"]), one["status"]), []).append(one)
    for (words, status), found in alike.items():
        cases = tuple(Case(case(without_phone(one["test"], phone)), one["reason"]) for one in found)
        yield Check(words, status, cases, _shown([_stem(one["test"]) for one in found], pieces))


def _shown(stems: Sequence[str], pieces: Sequence[Piece]) -> tuple[Shown, ...]:
    by_content: dict[str, tuple[Piece, list[int]]] = {}
    for number, stem in enumerate(stems, 1):
        for piece in pieces:
            if piece.stem == stem:
                by_content.setdefault(piece.picture or piece.label, (piece, []))[1].append(number)
    return tuple(Shown(piece, tuple(cases)) for piece, cases in by_content.values())


def _stem(test: str) -> str:
    """The name that evidence of a test has."""
    return re.sub(r"[^A-Za-z0-9]+", "-", test).strip("-")
