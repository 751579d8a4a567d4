"""Documents are looked at and not kept."""

from drivers.phone import Phone
from drivers.tenant import Account, Marker
from faults import EvidenceMissing
from scenarios.browse import read_first_document
from scenarios.sign_in import arrive, sign_in
from suites import claim
from suites.leaks import marks_in, told
from suites.watch import Watch

CONTENT = "/Content"
LEAST = 12  # characters: fewer may stand in a file by chance
FETCHED = 15.0  # seconds until a document that is opened again has been asked for


@claim("C06")
def test_what_a_document_says_does_not_stay_on_the_phone(fresh: Phone, ada: Account, watch: Watch) -> None:
    sign_in(fresh, ada)
    said = lines_of(read_first_document(fresh))
    watch.first(CONTENT, seconds=FETCHED)
    looked_through = fresh.storage()
    while_open = marks_in(looked_through, said)

    fresh.launch_cold()
    arrive(fresh)

    assert while_open == [], told("a document is on the phone while it is read", while_open)
    kept = marks_in((file for file in fresh.storage() if file not in looked_through), said)
    assert kept == [], told("a document is still on the phone after the next start", kept)


@claim("C06")
def test_a_document_is_fetched_each_time_it_is_opened(fresh: Phone, ada: Account, watch: Watch) -> None:
    sign_in(fresh, ada)
    read_first_document(fresh)
    watch.first(CONTENT, seconds=FETCHED)
    fresh.launch_cold()
    arrive(fresh)
    later = watch.from_now()

    read_first_document(fresh)

    assert later.calls(CONTENT, within=FETCHED), "a document opened again was not fetched again: so it was kept"


def lines_of(text: str) -> tuple[Marker, ...]:
    """Each different line of a document as a marker; raises EvidenceMissing where none can be told from chance."""
    lines = {line.strip() for line in text.splitlines() if len(line.strip()) >= LEAST}
    if not lines:
        msg = f"the document shows {len(text)} characters and no line that could be looked for"
        raise EvidenceMissing(msg)
    return tuple(Marker("document line", number, line) for number, line in enumerate(sorted(lines)))
