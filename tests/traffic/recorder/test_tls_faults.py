import socket
import ssl
from collections.abc import Iterator

import httpx
import pytest

from tests.traffic.conftest import HOST, Recorder
from traffic.certificates import CertificateFault
from traffic.exchanges import Event

WHY = {
    CertificateFault.SELF_SIGNED: "self-signed certificate",
    CertificateFault.EXPIRED: "certificate has expired",
    CertificateFault.NOT_YET_VALID: "certificate is not yet valid",
    CertificateFault.WRONG_HOST: "Hostname mismatch",
    CertificateFault.UNKNOWN_CA: "self-signed certificate in certificate chain",
}


@pytest.fixture
def faulty(shared_recorder: Recorder) -> Iterator[Recorder]:
    yield shared_recorder
    for pattern in shared_recorder.control.health().faults:
        shared_recorder.control.serve_certificate(pattern, None)


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [event.kind for event in events]


@pytest.mark.parametrize("fault", CertificateFault)
def test_a_client_that_checks_refuses_each_bad_certificate_for_its_own_reason(
    faulty: Recorder, recording_since: int, fault: CertificateFault
) -> None:
    faulty.control.serve_certificate("*.superoffice.test", fault)
    with faulty.client() as client, pytest.raises(httpx.ConnectError, match=WHY[fault]):
        client.get(f"https://{HOST}/")

    faulty.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    (refusal,) = faulty.recording.refusals(recording_since)
    assert (refusal.sni, refusal.fault) == (HOST, fault)
    assert "fault_accepted" not in kinds(faulty.recording.since(recording_since))


@pytest.mark.parametrize("fault", CertificateFault)
def test_a_client_that_does_not_check_is_recorded_as_accepting(
    faulty: Recorder, recording_since: int, fault: CertificateFault
) -> None:
    faulty.control.serve_certificate(HOST, fault)
    with faulty.client(verify=False) as client:
        client.get(f"https://{HOST}/naive")

    accepted = faulty.recording.wait_for(lambda event: event.kind == "fault_accepted", recording_since)
    assert (accepted.fields["sni"], accepted.fields["fault"]) == (HOST, fault)
    assert faulty.recording.refusals(recording_since) == ()


def test_a_client_that_looks_at_the_name_only_after_the_handshake_has_refused_too(
    faulty: Recorder, recording_since: int
) -> None:
    faulty.control.serve_certificate(HOST, CertificateFault.WRONG_HOST)
    context = ssl.create_default_context(cafile=faulty.ready["ca"])
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", int(faulty.ready["proxy_port"]))) as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=HOST):
            pass

    faulty.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    assert "fault_accepted" not in kinds(faulty.recording.since(recording_since))


def test_an_open_connection_does_not_outlive_the_change(faulty: Recorder, recording_since: int) -> None:
    with faulty.client() as client:
        client.get(f"https://{HOST}/before")
        closed = faulty.control.serve_certificate("*.superoffice.test", CertificateFault.SELF_SIGNED)
        with pytest.raises(httpx.TransportError):
            client.get(f"https://{HOST}/after")

    assert closed == 1
    assert [seen.path for seen in faulty.recording.exchanges(recording_since)] == ["/before"]


def test_a_resumed_session_cannot_hide_the_bad_certificate(faulty: Recorder, recording_since: int) -> None:
    context = ssl.create_default_context(cafile=faulty.ready["ca"])
    with httpx.Client(proxy=faulty.proxy, verify=context, trust_env=False) as client:
        client.get(f"https://{HOST}/")
    faulty.control.serve_certificate(HOST, CertificateFault.EXPIRED)
    with (
        httpx.Client(proxy=faulty.proxy, verify=context, trust_env=False) as client,
        pytest.raises(httpx.ConnectError, match="expired"),
    ):
        client.get(f"https://{HOST}/")

    assert "fault_served" in kinds(faulty.recording.since(recording_since))


def test_only_matching_hosts_get_the_bad_certificate(faulty: Recorder) -> None:
    faulty.control.serve_certificate("id.superoffice.test", CertificateFault.SELF_SIGNED)
    with faulty.client() as client:
        assert client.get(f"https://{HOST}/").status_code == 200

    with faulty.client() as client, pytest.raises(httpx.ConnectError):
        client.get("https://id.superoffice.test/")


def test_the_fault_set_last_counts(faulty: Recorder) -> None:
    faulty.control.serve_certificate(HOST, CertificateFault.SELF_SIGNED)
    faulty.control.serve_certificate("*.superoffice.test", CertificateFault.EXPIRED)

    with faulty.client() as client, pytest.raises(httpx.ConnectError, match="expired"):
        client.get(f"https://{HOST}/")


def test_the_good_certificate_comes_back(faulty: Recorder) -> None:
    faulty.control.serve_certificate(HOST, CertificateFault.SELF_SIGNED)
    faulty.control.serve_certificate(HOST, None)

    with faulty.client() as client:
        assert client.get(f"https://{HOST}/").status_code == 200


def test_served_faults_are_counted(faulty: Recorder) -> None:
    before = faulty.control.health().faults_served
    faulty.control.serve_certificate(HOST, CertificateFault.UNKNOWN_CA)
    with faulty.client(verify=False) as client:
        client.get(f"https://{HOST}/")

    assert faulty.control.health().faults_served == before + 1


def test_a_connection_that_the_recorder_ends_says_nothing_about_the_client(
    faulty: Recorder, recording_since: int
) -> None:
    faulty.control.serve_certificate(HOST, CertificateFault.SELF_SIGNED)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", int(faulty.ready["proxy_port"]))) as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            faulty.control.serve_certificate(HOST, None)
            assert secure.recv(1) == b""

    assert faulty.recording.refusals(recording_since) == ()


def test_http_2_with_a_bad_certificate_is_judged_alike(faulty: Recorder, recording_since: int) -> None:
    faulty.control.serve_certificate(HOST, CertificateFault.SELF_SIGNED)
    with faulty.client(verify=False, http2=True) as client:
        answer = client.get(f"https://{HOST}/")

    assert answer.http_version == "HTTP/2"
    assert kinds(faulty.recording.since(recording_since)).count("fault_accepted") == 1
