import json
import threading
import time
from pathlib import Path

import pytest

from faults import EvidenceMissing
from traffic.exchanges import Recording

EXCHANGE = {
    "scheme": "https",
    "method": "GET",
    "host": "a.test",
    "port": 443,
    "path": "/",
    "url": "https://a.test/",
    "http_version": "HTTP/1.1",
    "sni": "a.test",
    "tls_version": "TLSv1.3",
    "started": 1.0,
    "request_headers": [["User-Agent", "pocket/1.0"]],
    "request_body": "",
    "status": 200,
    "response_headers": [],
    "response_body": "",
    "error": None,
}


def line(number: int, kind: str = "mark", **fields: object) -> str:
    return json.dumps({"n": number, "at": 1.5, "kind": kind, **fields}) + "\n"


def recording_of(folder: Path, text: str) -> Recording:
    (folder / "events.jsonl").write_text(text, "utf-8")
    return Recording(folder / "events.jsonl")


def test_reading_starts_at_a_position_and_follows_the_file(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0) + line(1))
    position = recording.position()
    with recording.path.open("a") as file:
        file.write(line(2, label="new"))

    assert (position, recording.position()) == (2, 3)
    assert [(event.n, event.fields) for event in recording.since(position)] == [(2, {"label": "new"})]
    assert recording.since(3) == recording.since(99) == ()


def test_an_exchange_tells_its_user_agent(tmp_path: Path) -> None:
    (seen,) = recording_of(tmp_path, line(0, "exchange", **EXCHANGE)).exchanges()

    assert (seen.client_user_agent, seen.blind_spots) == ("pocket/1.0", ())


def test_a_torn_last_line_is_left_out_and_reported(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0) + line(1)[:-9])

    assert [event.n for event in recording.since()] == [0]
    assert "middle of a line" in recording.blind_spots()[0]


def test_a_line_that_is_still_being_written_is_not_torn(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0) + line(1)[:9])

    def finish() -> None:
        time.sleep(0.1)
        with recording.path.open("a") as file:
            file.write(line(1)[9:])

    writer = threading.Thread(target=finish)
    writer.start()
    spots = recording.blind_spots()
    writer.join()

    assert spots == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense\n" + line(1), "line 1 is damaged"),
        (line(0) + "[]\n", "line 2 is damaged"),
        (line(0) + line(2), "events are missing"),
        (line(0, "exchange", **{**EXCHANGE, "status": "200"}), "no exchange"),
        (line(0, "exchange", **{**EXCHANGE, "request_body": "#"}), "no exchange"),
        (line(0, "exchange"), "no exchange"),
    ],
)
def test_a_damaged_recording_is_no_evidence(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(EvidenceMissing, match=reason):
        recording_of(tmp_path, text).exchanges()


def test_a_missing_recording_is_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(EvidenceMissing, match="cannot be read"):
        Recording(tmp_path / "nowhere.jsonl").position()


def test_waiting_ends_with_what_was_waited_for(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0, label="old"))

    def write() -> None:
        time.sleep(0.1)
        with recording.path.open("a") as file:
            file.write(line(1, label="new"))

    writer = threading.Thread(target=write)
    writer.start()
    found = recording.wait_for(lambda event: event.kind == "mark", since=1, seconds=5)
    writer.join()

    assert (found.n, found.fields["label"]) == (1, "new")


def test_waiting_in_vain_is_no_evidence(tmp_path: Path) -> None:
    recording = recording_of(tmp_path, line(0, "exchange", **EXCHANGE))

    with pytest.raises(EvidenceMissing, match=r"nothing awaited came within 0\.05 s"):
        recording.wait_for_exchange(lambda seen: seen.host == "b.test", seconds=0.05)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"request_truncated": True}, "too large"),
        ({"response_truncated": True}, "too large"),
        ({"response_undecodable": True}, "content coding"),
        ({"request_partial": True, "request_headers": [["Content-Length", "9"]]}, "cut off"),
        ({"request_partial": True, "request_headers": [["Transfer-Encoding", "chunked"]]}, "cut off"),
    ],
)
def test_what_could_not_be_read_is_said_by_exchange_and_recording(
    tmp_path: Path, fields: dict[str, object], reason: str
) -> None:
    recording = recording_of(tmp_path, line(0, "exchange", **{**EXCHANGE, **fields}))

    assert reason in recording.blind_spots()[0]
    assert recording.exchanges()[0].blind_spots == recording.blind_spots()


@pytest.mark.parametrize("kind", ["unread_stream", "recorder_fault"])
def test_what_was_never_an_exchange_is_a_blind_spot_too(tmp_path: Path, kind: str) -> None:
    assert len(recording_of(tmp_path, line(0, kind, host="a.test", error="x")).blind_spots()) == 1


def test_a_whole_recording_has_no_blind_spots(tmp_path: Path) -> None:
    text = line(0, "exchange", **EXCHANGE) + line(1) + line(2, "tls_refused", sni="a.test", error="x", fault=None)

    assert recording_of(tmp_path, text).blind_spots() == ()


def test_a_phone_that_refuses_the_recorders_own_certificate_is_a_blind_spot(tmp_path: Path) -> None:
    refused = {"sni": "collector.test", "error": "bad certificate", "alert": True}
    pinned = recording_of(tmp_path, line(0, "tls_refused", fault=None, **refused)).blind_spots()
    on_demand = recording_of(tmp_path, line(0, "tls_refused", fault="expired", **refused)).blind_spots()

    assert ("collector.test" in pinned[0], on_demand) == (True, ())
