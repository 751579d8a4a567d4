import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from tests.traffic.conftest import HOST, Recorder
from traffic.exchanges import Event, Recording

WRITTEN = 10.0  # seconds in which an exchange that was answered stands in the file


def of_kind(kind: str) -> Callable[[Event], bool]:
    return lambda event: event.kind == kind


def test_an_exchange_is_recorded_with_both_bodies(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        client.post(f"https://{HOST}/orders?x=1", content=b"a\x00body", headers={"x-name": "value"})

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert (seen.method, seen.host, seen.port, seen.path, seen.status) == ("POST", HOST, 443, "/orders?x=1", 200)
    assert (seen.request_body, seen.response_body) == (b"a\x00body", b"got a\x00body")
    assert (seen.header("X-Name"), seen.response_header("x-seen")) == ("value", "6")
    assert (seen.url, seen.sni, seen.error, seen.blind_spots) == (f"https://{HOST}/orders?x=1", HOST, None, ())


def test_a_compressed_body_is_recorded_decoded(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        client.get(f"https://{HOST}/gzip", headers={"accept-encoding": "gzip"})

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert seen.response_header("content-encoding") == "gzip"
    assert seen.response_body == f"{HOST} /gzip".encode()


def test_http_2_is_recorded_alike(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client(http2=True) as client:
        answer = client.get(f"https://{HOST}/two")

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert answer.http_version == "HTTP/2"
    assert (seen.host, seen.path, seen.status, seen.http_version) == (HOST, "/two", 200, "HTTP/2.0")


def test_one_upstream_connection_serves_many_requests(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        ports = {client.get(f"https://{HOST}/peer").headers["x-peer"] for _ in range(5)}

    assert len(shared_recorder.recording.exchanges(recording_since)) == 5
    assert len(ports) == 1


def test_a_client_that_distrusts_the_authority_is_recorded_as_refusing(
    shared_recorder: Recorder, recording_since: int
) -> None:
    with shared_recorder.client(trusting=False) as client, pytest.raises(httpx.ConnectError, match="VERIFY_FAILED"):
        client.get(f"https://{HOST}/")

    shared_recorder.recording.wait_for(of_kind("tls_refused"), recording_since)
    (refusal,) = shared_recorder.recording.refusals(recording_since)
    assert (refusal.sni, refusal.fault, refusal.alert) == (HOST, None, True)


def test_a_client_that_speaks_too_old_a_tls_is_no_refusal(shared_recorder: Recorder, recording_since: int) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with tunnel(shared_recorder, HOST, 443) as plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain, server_hostname=HOST)

    shared_recorder.recording.wait_for(of_kind("tls_failed"), recording_since)
    assert shared_recorder.recording.refusals(recording_since) == ()


def tunnel(through: Recorder, host: str, port: int) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", int(through.ready["proxy_port"])), timeout=10)
    plain.sendall(f"CONNECT {host}:{port} HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n".encode())
    while not plain.recv(4096).endswith(b"\r\n\r\n"):
        continue
    return plain


@pytest.mark.parametrize("host", ["elsewhere.example", "superoffice.test", "127.0.0.1"])
def test_what_is_not_mapped_is_heard_out_and_refused(
    shared_recorder: Recorder, recording_since: int, host: str
) -> None:
    with shared_recorder.client(verify=False) as client:
        answer = client.post(f"https://{host}/collect", content=b"what would have leaked")

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert answer.status_code == 502
    assert (seen.status, seen.host, seen.request_body) == (None, host, b"what would have leaked")
    assert seen.error


def test_another_port_of_a_mapped_host_is_not_mapped(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        answer = client.get(f"https://{HOST}:8443/")

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert (answer.status_code, seen.error) == (502, f"{HOST}:8443 is not mapped")


def test_cleartext_is_recorded_and_not_forwarded(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        answer = client.post(f"http://{HOST}/login", content=b"password=x")

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert answer.status_code == 502
    assert (seen.scheme, seen.host, seen.port, seen.request_body) == ("http", HOST, 80, b"password=x")
    assert "cleartext" in str(seen.error)


def test_cleartext_inside_a_tunnel_is_recorded_as_cleartext(shared_recorder: Recorder, recording_since: int) -> None:
    with tunnel(shared_recorder, HOST, 80) as plain:
        plain.sendall(f"GET /sly HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        answer = plain.recv(4096)

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert answer.startswith(b"HTTP/1.1 502")
    assert (seen.scheme, seen.path) == ("http", "/sly")


def test_what_is_not_http_is_heard_out_and_not_forwarded_in_clear(
    shared_recorder: Recorder, recording_since: int
) -> None:
    with tunnel(shared_recorder, HOST, 443) as plain:
        plain.sendall(b"\x00\x01 binary protocol")
        rest = plain.recv(4096)

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert rest == b""
    assert (seen.scheme, seen.method, seen.host, seen.port) == ("tcp", "MESSAGE", HOST, 443)
    assert seen.request_body == b"\x00\x01 binary protocol"


def test_bytes_inside_tls_are_read_both_ways(shared_recorder: Recorder, recording_since: int) -> None:
    context = ssl.create_default_context(cafile=shared_recorder.ready["ca"])
    with tunnel(shared_recorder, HOST, 443) as plain, context.wrap_socket(plain, server_hostname=HOST) as secure:
        secure.sendall(b"\x00\x01 binary protocol\r\n")
        while secure.recv(4096):
            continue

    first, *rest = shared_recorder.recording.exchanges(recording_since)
    assert (first.scheme, first.sni, first.request_body) == ("tls", HOST, b"\x00\x01 binary protocol\r\n")
    assert {seen.scheme for seen in rest} == {"tls"}
    assert b"Bad request" in b"".join(seen.response_body for seen in rest)


def test_the_messages_of_a_websocket_are_read_both_ways(shared_recorder: Recorder, recording_since: int) -> None:
    upgrade = f"GET /socket HTTP/1.1\r\nhost: {HOST}\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    key = "sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    context = ssl.create_default_context(cafile=shared_recorder.ready["ca"])
    with tunnel(shared_recorder, HOST, 443) as plain, context.wrap_socket(plain, server_hostname=HOST) as secure:
        secure.sendall((upgrade + key).encode() + b"\x81\x83\x00\x00\x00\x00abc")
        while secure.recv(4096):
            continue

    exchanges = shared_recorder.recording.exchanges(recording_since)
    messages = [(s.url, s.request_body, s.response_body) for s in exchanges if s.scheme == "wss"]
    url = f"wss://{HOST}:443/socket"
    assert sorted(messages) == [(url, b"", b"hello"), (url, b"abc", b"")]
    assert [seen.status for seen in exchanges if seen.is_http] == [101]


def test_a_request_that_the_client_gives_up_is_recorded(shared_recorder: Recorder, recording_since: int) -> None:
    context = ssl.create_default_context(cafile=shared_recorder.ready["ca"])
    with tunnel(shared_recorder, HOST, 443) as plain, context.wrap_socket(plain, server_hostname=HOST) as secure:
        secure.sendall(f"GET /never HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        while shared_recorder.control.health().in_flight == 0:
            continue

    seen = shared_recorder.recording.wait_for_exchange(lambda seen: seen.path == "/never", recording_since)
    assert (seen.status, bool(seen.error)) == (None, True)
    assert shared_recorder.control.health().in_flight == 0


def test_a_body_in_an_unknown_coding_is_a_blind_spot(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        client.get(f"https://{HOST}/odd")

    (spot,) = shared_recorder.recording.blind_spots(recording_since)
    assert "content coding" in spot


@pytest.mark.parametrize("path", ["/large/9000000", "/chunked/9000000", "/chunked/500"])
def test_a_large_body_lies_beside_the_events_and_is_read_all_the_same(
    shared_recorder: Recorder, recording_since: int, path: str
) -> None:
    with shared_recorder.client() as client:
        body = client.get(f"https://{HOST}{path}").content

    seen = shared_recorder.recording.wait_for_exchange(lambda one: one.path == path, recording_since, WRITTEN)
    assert seen.response_body == body
    assert seen.blind_spots == ()


def test_a_large_upload_is_read(shared_recorder: Recorder, recording_since: int) -> None:
    body = os.urandom(3_000_000)
    with shared_recorder.client() as client:
        answer = client.post(f"https://{HOST}/up", content=body)

    seen = shared_recorder.recording.wait_for_exchange(lambda one: one.path == "/up", recording_since, WRITTEN)
    assert answer.content == b"got " + body
    assert (seen.request_body, seen.blind_spots) == (body, ())


def test_a_body_that_grows_without_end_is_cut_and_a_blind_spot(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client, client.stream("GET", f"https://{HOST}/bomb") as answer:
        for _ in answer.iter_raw():
            continue

    (spot,) = shared_recorder.recording.blind_spots(recording_since)
    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert "only its beginning was read" in spot
    assert not any(seen.response_body)


def test_an_upload_that_breaks_off_is_a_blind_spot(shared_recorder: Recorder, recording_since: int) -> None:
    with tunnel(shared_recorder, HOST, 443) as plain:
        context = ssl.create_default_context(cafile=shared_recorder.ready["ca"])
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            secure.sendall(f"POST /up HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: 100\r\n\r\nhalf".encode())

    shared_recorder.recording.wait_for(of_kind("exchange"), recording_since)
    (spot,) = shared_recorder.recording.blind_spots(recording_since)
    assert "cut off" in spot


def test_a_server_with_the_wrong_certificate_is_not_trusted(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        answer = client.get("https://unnamed.superoffice.test/")

    (seen,) = shared_recorder.recording.exchanges(recording_since)
    assert answer.status_code == 502
    assert "hostname mismatch" in str(seen.error).lower()
    assert [e.kind for e in shared_recorder.recording.since(recording_since)].count("connect_failed") == 1


def test_events_can_be_read_before_a_response_has_come(shared_recorder: Recorder, recording_since: int) -> None:
    with shared_recorder.client() as client:
        client.get(f"https://{HOST}/first")
        mark = shared_recorder.control.mark("between")
        client.get(f"https://{HOST}/second")
        paths = [seen.path for seen in shared_recorder.recording.exchanges(mark)]

    assert paths == ["/second"]
    assert [seen.path for seen in shared_recorder.recording.exchanges(recording_since)] == ["/first", "/second"]


def test_a_signal_ends_it_cleanly_with_what_was_still_open(start_recorder: Callable[[], Recorder]) -> None:
    running = start_recorder()
    with tunnel(running, HOST, 443) as plain:
        context = ssl.create_default_context(cafile=running.ready["ca"])
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            secure.sendall(f"GET /never HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
            while running.control.health().in_flight == 0:
                continue
            running.process.send_signal(signal.SIGTERM)
            status = running.process.wait(10)

    (seen,) = running.recording.exchanges()
    assert status == 0
    assert (seen.path, seen.status) == ("/never", None)
    assert "recorder ended" in str(seen.error)


def test_after_a_kill_what_happened_can_still_be_read(start_recorder: Callable[[], Recorder]) -> None:
    running = start_recorder()
    with running.client() as client:
        client.get(f"https://{HOST}/before")
        running.process.kill()
        running.process.wait(10)

    assert [seen.path for seen in running.recording.exchanges()] == ["/before"]
    assert running.recording.blind_spots() == ()


def test_traffic_mitm_holds_the_flows(start_recorder: Callable[[], Recorder]) -> None:
    running = start_recorder()
    with running.client() as client:
        client.get(f"https://{HOST}/kept")

    assert b"/kept" in Path(running.ready["flows"]).read_bytes()


def test_nobody_else_may_read_what_is_recorded(shared_recorder: Recorder) -> None:
    files = [shared_recorder.ready[name] for name in ("events", "flows")]

    assert [os.stat(file).st_mode & 0o077 for file in files] == [0, 0]  # noqa: PTH116 -- paths come as text


def test_memory_stays_flat_over_many_exchanges(start_recorder: Callable[[], Recorder]) -> None:
    running = start_recorder()
    process = psutil.Process(running.process.pid)
    body = os.urandom(16 * 1024)
    sizes = []
    with running.client() as client:
        for _ in range(3):
            for _ in range(170):
                client.post(f"https://{HOST}/bulk", content=body)
            sizes.append(process.memory_info().rss)

    assert len(running.recording.exchanges()) == 510
    assert sizes[-1] - sizes[0] < 3 * 1024 * 1024, sizes  # kept bodies would be 5 MB each way, and in base64


def test_many_clients_at_once_lose_nothing(shared_recorder: Recorder, recording_since: int) -> None:
    def visit(number: int) -> None:
        with shared_recorder.client() as client:
            for turn in range(5):
                client.get(f"https://{HOST}/{number}/{turn}")

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    paths = {seen.path for seen in shared_recorder.recording.exchanges(recording_since)}
    assert paths == {f"/{number}/{turn}" for number in range(8) for turn in range(5)}


def test_wrong_arguments_are_one_line_and_exit_2() -> None:
    command = [sys.executable, "-m", "traffic.recorder"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "--out" in run.stderr


def test_the_ready_line_is_all_that_stands_on_stdout(start_recorder: Callable[[], Recorder]) -> None:
    running = start_recorder()
    with running.client(trusting=False) as client, pytest.raises(httpx.ConnectError):
        client.get(f"https://{HOST}/")
    running.process.terminate()
    assert running.process.stdout

    assert running.process.stdout.read() == ""
    assert set(running.ready) == {"proxy_port", "control", "control_token", "ca", "events", "flows"}


def test_the_events_file_is_plain_json_lines(shared_recorder: Recorder) -> None:
    with shared_recorder.client() as client:
        client.post(f"https://{HOST}/plain", content=b"text")
    lines = Path(shared_recorder.ready["events"]).read_text("utf-8").splitlines()
    events = [json.loads(line) for line in lines]

    assert [event["n"] for event in events] == list(range(len(events)))
    assert base64.b64decode(events[-1]["request_body"]) == b"text"


def test_a_recording_starts_anew_for_each_reader(shared_recorder: Recorder) -> None:
    first, second = Recording(shared_recorder.ready["events"]), Recording(shared_recorder.ready["events"])

    assert first.position() == second.position() > 0
