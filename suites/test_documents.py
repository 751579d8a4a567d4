"""Documents are looked at and not kept."""

from dataclasses import dataclass

import pytest

from drivers.phone import Phone, StoredFile
from drivers.tenant import Marker
from faults import EvidenceMissing
from scenarios.browse import read_first_document
from scenarios.sign_in import arrive
from suites import claim
from suites.leaks import marks_in, told
from suites.watch import Watch

CONTENT = "/Content"
LEAST = 12  # characters: fewer may stand in a file by chance
FETCHED = 15.0  # seconds until a document that is opened again has been asked for


@dataclass(frozen=True, slots=True)
class Reading:
    """What was on the phone while a document was read, and after the next start."""

    said: tuple[Marker, ...]
    while_open: tuple[StoredFile, ...]
    afterwards: tuple[StoredFile, ...]


@pytest.fixture(scope="module")
def reading(at_work: Phone, whole_wire: Watch) -> Reading:
    """A document read once; the app was started again since."""
    wire = whole_wire.from_now()
    said = lines_of(read_first_document(at_work))
    wire.first(CONTENT, seconds=FETCHED)
    while_open = at_work.storage()
    at_work.launch_cold()
    arrive(at_work)
    return Reading(said, while_open, at_work.storage())


@claim("C06")
def test_what_a_document_says_does_not_stay_on_the_phone(reading: Reading) -> None:
    while_open = marks_in(reading.while_open, reading.said)

    assert while_open == [], told("a document is on the phone while it is read", while_open)
    kept = marks_in((file for file in reading.afterwards if file not in reading.while_open), reading.said)
    assert kept == [], told("a document is still on the phone after the next start", kept)


@claim("C06")
@pytest.mark.usefixtures("reading")
def test_a_document_is_fetched_each_time_it_is_opened(at_work: Phone, whole_wire: Watch) -> None:
    later = whole_wire.from_now()

    read_first_document(at_work)

    assert later.calls(CONTENT, within=FETCHED), "a document opened again was not fetched again: so it was kept"


def lines_of(text: str) -> tuple[Marker, ...]:
    """Each different line of a document as a marker; raises EvidenceMissing where none can be told from chance."""
    lines = {line.strip() for line in text.splitlines() if len(line.strip()) >= LEAST}
    if not lines:
        msg = f"the document shows {len(text)} characters and no line that could be looked for"
        raise EvidenceMissing(msg)
    return tuple(Marker("document line", number, line) for number, line in enumerate(sorted(lines)))
