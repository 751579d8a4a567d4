"""The wire through a real recorder in front of a real server: what is heard, and which silence is believed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from faults import EvidenceMissing
from suites.watch import Watch
from tests.traffic.conftest import HOST, Recorder, recorder, tls_server

API = "/api/v1/"
FEW = 0.2  # seconds


@pytest.fixture(scope="session")
def rec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    folder = tmp_path_factory.mktemp("watched")
    with (
        tls_server(HOST, "id.superoffice.test", folder=folder) as upstream,
        recorder(folder / "out", upstream) as running,
    ):
        yield running


@pytest.fixture
def watch(rec: Recorder) -> Watch:
    return Watch(rec.recording, rec.control, rec.control.mark("a test begins"))


@pytest.fixture
def client(rec: Recorder) -> Iterator[httpx.Client]:
    with rec.client() as client:
        yield client


@contextmanager
def unanswered_call(rec: Recorder, *, until: float) -> Iterator[None]:
    """A call that the server never answers is under way; the client gives up after so many seconds."""

    def call() -> None:
        with rec.client() as client, suppress(httpx.TimeoutException):
            client.get(f"https://{HOST}/never", timeout=until)

    caller = threading.Thread(target=call)
    caller.start()
    while rec.control.health().in_flight == 0:
        time.sleep(0.01)
    yield
    caller.join()


def test_calls_are_heard_since_the_watch_began(watch: Watch, client: httpx.Client) -> None:
    client.get(f"https://{HOST}/api/v1/Early")
    watch = watch.from_now()
    client.get(f"https://{HOST}/api/v1/Contact")
    client.get(f"https://{HOST}/login")

    assert watch.calls(API, within=5) == [f"https://{HOST}/api/v1/Contact"]


def test_a_call_that_comes_within_the_limit_is_heard(watch: Watch, client: httpx.Client) -> None:
    late = threading.Timer(0.2, lambda: client.get(f"https://{HOST}/api/v1/Late"))
    late.start()

    heard = watch.calls(API, within=5)
    late.join()

    assert heard == [f"https://{HOST}/api/v1/Late"]


def test_a_call_that_was_on_its_way_before_the_watch_is_no_matter(watch: Watch, rec: Recorder) -> None:
    with unanswered_call(rec, until=0.5):
        later = watch.from_now()

    assert (watch.calls("/never", within=5), later.calls("/never", within=0)) == ([f"https://{HOST}/never"], [])


def test_calls_to_a_domain_are_those_to_its_hosts(watch: Watch, client: httpx.Client) -> None:
    client.get(f"https://{HOST}/")

    assert watch.calls_to("superoffice.test", within=5) == watch.calls_to(HOST, within=5) == [f"https://{HOST}/"]
    assert watch.calls_to("office.test", within=0) == []


def test_the_first_call_of_a_method_is_waited_for(watch: Watch, client: httpx.Client) -> None:
    client.get(f"https://{HOST}/oauth/tokens")
    client.post(f"https://{HOST}/oauth/tokens", content=b"grant")

    assert watch.first("/oauth/tokens", seconds=5, method="POST").request_body == b"grant"
    with pytest.raises(EvidenceMissing, match=r"nothing awaited came within 0\.2 s"):
        watch.first("/oauth/tokens", seconds=FEW, method="PUT")


def test_silence_is_believed_while_the_recorder_lives(watch: Watch) -> None:
    assert watch.calls(API, within=FEW) == watch.calls_to("attacker.test", within=0) == []


def test_silence_is_not_believed_once_something_went_by_unread(watch: Watch, client: httpx.Client) -> None:
    client.get(f"https://{HOST}/odd")

    with pytest.raises(EvidenceMissing, match=r"^part of the traffic went by unread: event "):
        watch.calls(API, within=FEW)


def test_silence_is_not_believed_while_a_request_waits_for_its_answer(
    watch: Watch, rec: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suites.watch.SETTLED", FEW)

    with unanswered_call(rec, until=1.0), pytest.raises(EvidenceMissing, match="requests were still unanswered after"):
        watch.calls("/never", within=0)


def test_a_call_whose_answer_comes_late_is_heard(watch: Watch, rec: Recorder) -> None:
    with unanswered_call(rec, until=0.5):
        heard = watch.calls("/never", within=0)

    assert heard == [f"https://{HOST}/never"]


def test_what_went_by_unread_before_the_watch_is_no_matter(watch: Watch, client: httpx.Client) -> None:
    client.get(f"https://{HOST}/odd")

    assert watch.from_now().calls(API, within=0) == []


def test_silence_of_a_recorder_that_does_not_answer_is_not_believed(tmp_path: Path) -> None:
    with tls_server(HOST, folder=tmp_path) as upstream, recorder(tmp_path / "out", upstream) as dying:
        watch = Watch(dying.recording, dying.control, dying.control.mark("it lives"))
        dying.process.kill()
        dying.process.wait()

        with pytest.raises(EvidenceMissing, match="was not answered"):
            watch.calls(API, within=0)
        with pytest.raises(EvidenceMissing, match="POST /mark was not answered"):
            watch.from_now()


def test_silence_of_a_recording_that_is_gone_is_not_believed(rec: Recorder, tmp_path: Path) -> None:
    gone = type(rec.recording)(tmp_path / "events.jsonl")

    with pytest.raises(EvidenceMissing, match="cannot be read"):
        Watch(gone, rec.control, 0).calls(API, within=0)


def test_a_bad_certificate_is_shown_for_as_long_as_asked_and_no_longer(watch: Watch, rec: Recorder) -> None:
    with watch.fault("self_signed"), rec.client() as client, pytest.raises(httpx.ConnectError):
        client.get(f"https://{HOST}/")
    watch.expect_served("self_signed", within=5)

    with rec.client() as client:
        assert client.get(f"https://{HOST}/").status_code == 200


def test_a_client_that_falls_for_a_bad_certificate_is_named_by_the_host_it_asked(watch: Watch, rec: Recorder) -> None:
    with watch.fault("self_signed"), rec.client(verify=False) as client:
        client.get(f"https://{HOST}/")

    assert watch.fooled() == [HOST]
    assert watch.from_now().fooled() == []


def test_a_client_that_refuses_a_bad_certificate_is_not_fooled(watch: Watch, rec: Recorder) -> None:
    with watch.fault("self_signed"), rec.client() as client, pytest.raises(httpx.ConnectError):
        client.get(f"https://{HOST}/")
    watch.expect_served("self_signed", within=5)

    assert watch.fooled() == []


def test_a_bad_certificate_that_nobody_was_shown_proves_nothing(watch: Watch) -> None:
    with watch.fault("expired"), pytest.raises(EvidenceMissing, match="nothing awaited came"):
        watch.expect_served("expired", within=FEW)


def test_a_bad_certificate_is_taken_back_also_when_the_check_fails(watch: Watch, rec: Recorder) -> None:
    def check(fails: Callable[[], None]) -> None:
        with watch.fault("wrong_host"):
            fails()

    with pytest.raises(ZeroDivisionError):
        check(lambda: 1 / 0)

    assert rec.control.health().faults == {}
