"""Looking for what must not be there, and first for what must: a search of nothing finds nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.phone import StoredFile
from drivers.tenant import IssuedSecret, Marker
from faults import EvidenceMissing
from traffic.compression import Effort
from traffic.findings import Finding
from traffic.secrets import Secret, Secrets, Sighting

LAYERS = 1  # of encoding that every file is searched under


@dataclass(frozen=True, slots=True)
class Left:
    """Lines for the report: the records as `sale 17 in databases/pocket.db`, the secrets by kind, never in clear."""

    records: list[str]
    secrets: list[str]


def left_in(files: Iterable[StoredFile], marks: Iterable[Marker], issued: Iterable[IssuedSecret]) -> Left:
    """What stands in the files under any encoding, found in one search, for opening each file is what takes long.

    Secrets that cannot be told from chance are left out; raises UsageError for such a marker, EvidenceMissing where
    nothing was found and a file could not be searched under each single encoding. Encodings within each other are
    followed as far as the search goes: a database has thousands of places that might be compressed, and are not.
    """
    wanted = tuple(marks)
    records = Secrets(Secret(kind=mark.entity, value=mark.text) for mark in wanted)
    sought = Secrets.searchable((*records, *(Secret(kind=each.kind, value=each.value) for each in issued)))
    found, closed = list[tuple[Sighting, str]](), list[str]()
    for file in files:
        effort = Effort()
        found += [(sighting, file.path) for sighting in sought.found_in(file.content, effort)]
        if effort.layers is not None and effort.layers < LAYERS:
            closed += [f"{file.path}: {why}" for why in effort.unopened]
    if closed and not found:
        raise EvidenceMissing(told("not all could be opened, so what is in it cannot be told", closed))
    kept = {(path, wanted[sighting.index]) for sighting, path in found if sighting.index < len(wanted)}
    return Left(
        sorted(f"{mark.entity} {mark.id} in {path}" for path, mark in kept),
        [
            f"{sighting.secret.kind} ({sighting.encoding}) in {path}"
            for sighting, path in found
            if sighting.index >= len(wanted)
        ],
    )


def marks_in(files: Iterable[StoredFile], marks: Iterable[Marker]) -> list[str]:
    return left_in(files, marks, ()).records


def secrets_in(files: Iterable[StoredFile], issued: Iterable[IssuedSecret]) -> list[str]:
    return left_in(files, (), issued).secrets


def expect_cached(files: tuple[StoredFile, ...], marks: tuple[Marker, ...]) -> None:
    """Raises EvidenceMissing when the sandbox holds no record at all, for then a leak could not be told."""
    records = Secrets(Secret(kind=mark.entity, value=mark.text) for mark in marks)
    in_clear = any(records.spans_in(file.content) for file in files)  # most apps: then nothing need be opened
    if not in_clear and not any(records.found_in(file.content) for file in files):
        msg = (
            f"none of {len(marks)} records stands in the {len(files)} files of the sandbox, so a leak could not be told"
        )
        raise EvidenceMissing(msg)


def only(first: tuple[Marker, ...], second: tuple[Marker, ...]) -> tuple[Marker, ...]:
    """Markers that the first may see and the second may not; raises EvidenceMissing when there are none."""
    others = {mark.text for mark in second}
    own = tuple(mark for mark in first if mark.text not in others)
    if not own:
        msg = "both accounts see the same records, so a leak from one to the other could not be told"
        raise EvidenceMissing(msg)
    return own


def texts(findings: Iterable[Finding]) -> list[str]:
    """What was found, and who sent it when."""
    return [finding.words for finding in findings]


def told(what: str, found: list[str]) -> str:
    """A line for the report: how many, and the first few."""
    return f"{what} ({len(found)}): {', '.join(found[:3])}{' …' if len(found) > 3 else ''}"
