import socket
from collections.abc import Callable

import httpx
import pytest

from faults import EvidenceMissing, UsageError
from tests.traffic.conftest import Recorder
from traffic.control import RecorderControl


def ask(recorder: Recorder, method: str, path: str, *, token: str | None = None, content: str = "") -> httpx.Response:
    token = recorder.ready["control_token"] if token is None else token
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.request(method, recorder.ready["control"] + path, headers=headers, content=content, trust_env=False)


@pytest.mark.parametrize("token", ["", "wrong", "\u00e5".encode("latin-1").decode("latin-1")])
def test_without_the_token_nothing_is_done(shared_recorder: Recorder, token: str) -> None:
    before = shared_recorder.recording.position()
    headers = {"authorization": f"Bearer {token}".encode("latin-1")} if token else {}
    answer = httpx.post(
        shared_recorder.ready["control"] + "/mark", headers=headers, json={"label": "x"}, trust_env=False
    )

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert shared_recorder.recording.position() == before


@pytest.mark.parametrize(
    ("method", "path", "content", "reason"),
    [
        ("PUT", "/fault", "", "expected the fields"),
        ("PUT", "/fault", "{", "not JSON"),
        ("PUT", "/fault", "[]", "not a JSON object"),
        ("PUT", "/fault", '{"host": "*", "fault": "rusty"}', "rusty"),
        ("PUT", "/fault", '{"host": "*", "fault": []}', "none of"),
        ("PUT", "/fault", '{"host": "https://x/", "fault": null}', "host pattern"),
        ("PUT", "/fault", '{"host": 1, "fault": null}', "host pattern"),
        ("PUT", "/fault", '{"host": "*", "fault": null, "more": 1}', "more"),
        ("POST", "/mark", '{"label": ""}', "label"),
        ("POST", "/mark", '{"label": 3}', "label"),
        ("POST", "/mark", "[" * 60000, "JSON"),
        ("POST", "/mark", " " * 70000, "larger"),
    ],
)
def test_bad_input_is_refused_with_a_reason(
    shared_recorder: Recorder, method: str, path: str, content: str, reason: str
) -> None:
    answer = ask(shared_recorder, method, path, content=content)

    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_an_unknown_path_is_404_and_a_wrong_method_405(shared_recorder: Recorder) -> None:
    statuses = [ask(shared_recorder, *what).status_code for what in (("GET", "/nothing"), ("GET", "/mark"))]

    assert statuses == [404, 405]


def test_what_is_no_http_is_answered_400(shared_recorder: Recorder) -> None:
    port = int(shared_recorder.ready["control"].rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        answer = raw.recv(4096)

    assert answer.startswith(b"HTTP/1.1 400")
    assert shared_recorder.control.health().in_flight == 0


def test_a_mark_is_an_event_with_its_number(shared_recorder: Recorder) -> None:
    number = shared_recorder.control.mark("sign in")
    (event, *_) = shared_recorder.recording.since(number)

    assert (event.n, event.kind, event.fields["label"]) == (number, "mark", "sign in")


def test_the_client_tells_a_wrong_word_from_a_lost_recorder(
    shared_recorder: Recorder, start_recorder: Callable[[], Recorder]
) -> None:
    with pytest.raises(UsageError, match="rusty"):
        shared_recorder.control.serve_fault("*", "rusty")
    running = start_recorder()
    running.process.kill()
    running.process.wait(10)

    with pytest.raises(EvidenceMissing, match="/health was not answered"):
        running.control.health()


def test_the_client_with_a_wrong_token_gets_no_evidence(shared_recorder: Recorder) -> None:
    wrong = {**shared_recorder.ready, "control_token": "wrong"}

    with RecorderControl(wrong) as stranger, pytest.raises(EvidenceMissing, match="401"):
        stranger.mark("x")
