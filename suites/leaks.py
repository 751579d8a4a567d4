"""Looking for what must not be there, and first for what must: a search of nothing finds nothing."""

from collections.abc import Iterable

from drivers.phone import StoredFile
from drivers.tenant import IssuedSecret, Marker
from faults import EvidenceMissing
from traffic.findings import Finding
from traffic.secrets import Secret, Secrets


def marks_in(files: Iterable[StoredFile], marks: Iterable[Marker]) -> list[str]:
    """The records whose marker stands in a file under any encoding, as `sale 17 in databases/pocket.db`."""
    wanted = tuple(marks)
    secrets = Secrets(tuple(Secret(kind=mark.entity, value=mark.text) for mark in wanted))
    found = {(file.path, wanted[sighting.index]) for file in files for sighting in secrets.found_in(file.content)}
    return sorted(f"{mark.entity} {mark.id} in {path}" for path, mark in found)


def cached(files: tuple[StoredFile, ...], marks: tuple[Marker, ...]) -> list[str]:
    """As marks_in, where something must be found; raises EvidenceMissing when the sandbox holds no record at all."""
    found = marks_in(files, marks)
    if not found:
        msg = (
            f"none of {len(marks)} records stands in the {len(files)} files of the sandbox, so a leak could not be told"
        )
        raise EvidenceMissing(msg)
    return found


def only(first: tuple[Marker, ...], second: tuple[Marker, ...]) -> tuple[Marker, ...]:
    """Markers that the first may see and the second may not; raises EvidenceMissing when there are none."""
    others = {mark.text for mark in second}
    own = tuple(mark for mark in first if mark.text not in others)
    if not own:
        msg = "both accounts see the same records, so a leak from one to the other could not be told"
        raise EvidenceMissing(msg)
    return own


def texts(findings: Iterable[Finding]) -> list[str]:
    return [finding.text for finding in findings]


def told(what: str, found: list[str]) -> str:
    """A line for the report: how many, and the first few."""
    return f"{what} ({len(found)}): {', '.join(found[:3])}{' …' if len(found) > 3 else ''}"


def secrets_in(files: Iterable[StoredFile], issued: Iterable[IssuedSecret]) -> list[str]:
    """The secrets that stand in a file under any encoding, by kind and file, never in clear."""
    secrets = Secrets(tuple(Secret(kind=each.kind, value=each.value) for each in issued))
    return [
        f"{sighting.secret.kind} ({sighting.encoding}) in {file.path}"
        for file in files
        for sighting in secrets.found_in(file.content)
    ]
