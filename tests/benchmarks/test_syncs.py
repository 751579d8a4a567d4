import json
from dataclasses import replace

import pytest

from benchmarks.syncs import BYTES, REPEATED, REQUESTS, ROWS, SECONDS, Mark, round_of, size_of, waterfall
from faults import EvidenceMissing
from traffic.exchanges import Exchange

API = "https://online2.example/Cust1/api/v1/"


def exchange(path: str, content: object = None, method: str = "GET", coded: int | None = None) -> Exchange:
    headers = (("content-length", str(coded)),) if coded is not None else ()
    return Exchange(
        n=1,
        at=0,
        started=0,
        scheme="https",
        method=method,
        host="online2.example",
        port=443,
        path=f"/Cust1/api/v1/{path}",
        url=API + path,
        status=200,
        response_headers=headers,
        response_body=json.dumps(content).encode(),
    )


def page(rows: int) -> dict[str, object]:
    return {"value": [{"PrimaryKey": str(number)} for number in range(rows)]}


def test_rows_requests_and_bytes_come_from_the_wire_and_the_seconds_from_the_phone() -> None:
    seen = [exchange("Agents/Pocket/GetPocketStartupData", {}, "POST"), exchange("Contact", page(500), coded=900)]

    found = round_of(Mark(500, 0.25), seen, set())

    assert (found[SECONDS], found[ROWS], found[REQUESTS], found[REPEATED]) == (0.25, 500, 2, 0)
    assert found[BYTES] == sum(map(size_of, seen))


def test_rows_that_the_recorder_did_not_see_are_no_figures() -> None:
    with pytest.raises(EvidenceMissing, match="the app logged 501 synchronised rows, the recorder saw 500"):
        round_of(Mark(501, 0.25), [exchange("Contact", page(500))], set())


def test_a_body_counts_as_it_was_coded_on_the_wire() -> None:
    whole, coded = exchange("Contact", page(500)), exchange("Contact", page(500), coded=900)

    header = len("content-length") + len("900") + 4
    assert size_of(whole) - size_of(coded) == len(whole.response_body) - 900 - header


def test_a_list_that_is_asked_for_again_is_counted_and_data_are_not() -> None:
    seen = [exchange("List/Category/Items"), exchange("Preference/PocketTasks/X"), exchange("Contact", page(1))]
    asked: set[str] = set()

    first, second = (round_of(Mark(1, 0.1), seen, asked) for _ in range(2))

    assert (first[REPEATED], second[REPEATED]) == (0, 2)


def test_a_census_of_numbers_brings_no_records() -> None:
    census = exchange("Contact?%24select=ContactId&%24top=500", page(500))

    found = round_of(Mark(500, 0.25), [exchange("Contact?%24select=name,updatedDate", page(500)), census], set())

    assert (found[ROWS], found[REQUESTS]) == (500, 2)


def test_the_requests_of_a_sync_are_drawn_in_their_order_with_their_kind_and_size() -> None:
    late = replace(exchange("Contact?%24select=name,updatedDate", page(2), coded=90), started=10.5, at=10.75)
    early = replace(exchange("Agents/Pocket/GetPocketStartupData", {}, "POST"), started=10.0, at=10.25)
    lost = replace(exchange("Person"), status=None)

    first, second = waterfall([late, lost, early])

    assert (first["label"], first["begun"], first["kind"]) == (
        "POST v1/Agents/Pocket/GetPocketStartupData",
        0.0,
        "settings and rights",
    )
    assert (second["begun"], second["seconds"], second["kind"]) == (0.5, 0.25, "records")
    assert second["size"] == size_of(late)
