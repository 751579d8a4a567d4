"""An app process and its phone: what the runtime gives an app, and what it takes away."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.testbed.runtime.handheld import LIMIT, App, Handheld

PROBE = """
import errno, socket, sys, threading, time

FRAME = {"key": "root", "kind": "column", "children": []}

def attempt(job):
    try:
        return str(job())
    except OSError as error:
        return f"{type(error).__name__}/{errno.errorcode.get(error.errno, error.errno)}"

def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stream:
        return stream.sendto(b"x", ("127.0.0.1", 9))

def direct(name):
    with socket.socket() as stream:
        return getattr(stream, name)(("127.0.0.1", 9))

def answer(stream):
    with stream:
        stream.sendall(b"ping")
        return stream.recv(4)

JOBS = {
    "direct": lambda: direct("connect"),
    "direct_ex": lambda: direct("connect_ex"),
    "udp": udp,
    "resolve": lambda: socket.getaddrinfo("localhost", 80),
    "here": lambda: answer(socket.create_connection(("here.test", 443), timeout=5)),
    "closed": lambda: socket.create_connection(("closed.test", 443)),
    "nowhere": lambda: socket.create_connection(("nowhere.test", 443)),
    "time": lambda: int(time.time()),
    "thread": lambda: threading.Thread(target=lambda: 1 / 0, name="side").start(),
    "crash": lambda: 1 / 0,
}

def main(phone):
    phone.show("Probe", FRAME)
    for event in phone.events():
        if event.kind == "text":
            phone.log("I", "probe", attempt(JOBS[event.text]))
        elif event.kind == "intent":
            phone.log("I", "probe", attempt(lambda: getattr(phone, event.intent.data)()))
"""


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Handheld]:
    with socket.create_server(("127.0.0.1", 0)) as echo, socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        ports = {"here.test": echo.getsockname()[1], "closed.test": unused.getsockname()[1]}
        phone = Handheld(tmp_path / "phone", ports, [])
        phone.picture = b"png"
        try:
            phone.echo = echo  # type: ignore[attr-defined]
            yield phone
        finally:
            phone.close()


@pytest.fixture
def app(phone: Handheld, tmp_path: Path) -> App:
    (tmp_path / "probe.py").write_text(PROBE)
    return phone.app("test.example.probe", str(tmp_path), "probe:main").start()


def outcome(app: App, job: str) -> str:
    count = len(app.logs)
    app.send({"event": "text", "key": "", "text": job})
    app.until(lambda: len(app.logs) > count, job)
    return app.logs[-1]["message"]


@pytest.mark.parametrize(
    ("job", "refusal"),
    [
        ("direct", "PermissionError/EPERM"),
        ("direct_ex", "PermissionError/EPERM"),
        ("udp", "PermissionError/EPERM"),
        ("resolve", f"gaierror/{socket.EAI_FAIL}"),
    ],
)
def test_no_way_leads_round_the_phone(app: App, job: str, refusal: str) -> None:
    assert outcome(app, job) == refusal
    assert app.phone.asked == []


def test_the_uplink_carries_a_stream_and_reports_what_a_kernel_would(app: App, phone: Handheld) -> None:
    app.send({"event": "text", "key": "", "text": "here"})
    there, _ = phone.echo.accept()  # type: ignore[attr-defined]
    with there:
        assert there.recv(4) == b"ping"
        there.sendall(b"pong")
    app.until(lambda: bool(app.logs))
    assert app.logs[-1]["message"] == "b'pong'"
    assert outcome(app, "closed") == "ConnectionRefusedError/ECONNREFUSED"
    assert outcome(app, "nowhere") == f"gaierror/{socket.EAI_NONAME}"
    phone.online = False
    assert outcome(app, "here") == "OSError/ENETUNREACH"
    assert phone.asked[0] == {"host": "here.test", "port": 443, "package": "test.example.probe"}


def test_the_phones_clock_is_the_apps_at_once(app: App, phone: Handheld) -> None:
    before = int(outcome(app, "time"))
    phone.advance(86_400)

    assert 86_400 <= int(outcome(app, "time")) - before < 86_400 + LIMIT


def test_calls_get_the_phones_answer_or_its_error(app: App) -> None:
    app.view("proxy")
    app.until(lambda: len(app.logs) == 1)
    app.view("capture_picture")
    app.until(lambda: len(app.logs) == 2)

    assert [log["message"] for log in app.logs] == ["None", "b'png'"]


def test_a_message_that_is_none_is_logged_and_survived(app: App) -> None:
    for wrong in ({"event": "explode"}, {"answer": 77}, {"event": "click", "key": 5}, ["?"]):
        app.send(wrong)

    assert outcome(app, "time").isdigit()
    assert app.errors.count("not understood") == 4


def test_an_app_dies_with_its_phone(app: App) -> None:
    assert app.process
    assert app._line  # noqa: SLF001 -- cutting the line is the test
    app._line.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 -- as above

    assert app.process.wait(LIMIT) == 0


def test_a_terminated_app_ends_cleanly(app: App) -> None:
    assert app.process
    app.process.terminate()

    assert app.process.wait(LIMIT) == 0


@pytest.mark.parametrize(("job", "thread"), [("crash", "main"), ("thread", "side")])
def test_an_exception_nobody_caught_is_androids_crash(app: App, job: str, thread: str) -> None:
    assert app.process
    app.send({"event": "text", "key": "", "text": job})
    app.until(lambda: any(log["tag"] == "AndroidRuntime" for log in app.logs))

    crash = next(log for log in app.logs if log["tag"] == "AndroidRuntime")
    assert crash["priority"] == "E"
    assert crash["message"].startswith(
        f"FATAL EXCEPTION: {thread}\nProcess: test.example.probe, PID: {app.process.pid}\n"
    )
    assert "ZeroDivisionError" in crash["message"]
    assert app.process.wait(LIMIT) == 1
