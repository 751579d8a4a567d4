import base64
import datetime as dt
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.traffic.conftest import HOST, Recorder
from traffic.exchanges import Event
from traffic.recorder import forgery
from traffic.wire_faults import CERTIFICATES, WireFault

WHY = {
    WireFault.SELF_SIGNED: "self-signed certificate",
    WireFault.EXPIRED: "certificate has expired",
    WireFault.NOT_YET_VALID: "certificate is not yet valid",
    WireFault.WRONG_HOST: "Hostname mismatch",
    WireFault.UNKNOWN_CA: "self-signed certificate in certificate chain",
    WireFault.NAME_CONSTRAINED: "permitted subtree violation",
    WireFault.LEAF_AS_CA: "invalid CA certificate",
    WireFault.SHA1: "CA signature digest algorithm too weak",
    WireFault.RSA_1024: "EE certificate key too weak",
}


@pytest.fixture
def faulty(shared_recorder: Recorder) -> Iterator[Recorder]:
    yield shared_recorder
    for pattern in shared_recorder.control.health().faults:
        shared_recorder.control.serve_fault(pattern, None)


def kinds(events: tuple[Event, ...]) -> list[str]:
    return [event.kind for event in events]


@pytest.mark.parametrize("fault", CERTIFICATES)
def test_a_client_that_checks_refuses_each_bad_certificate_for_its_own_reason(
    faulty: Recorder, recording_since: int, fault: WireFault
) -> None:
    faulty.control.serve_fault("*.superoffice.test", fault)
    with faulty.client() as client, pytest.raises(httpx.ConnectError, match=WHY[fault]):
        client.get(f"https://{HOST}/")

    faulty.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    (refusal,) = faulty.recording.refusals(recording_since)
    assert (refusal.sni, refusal.fault) == (HOST, fault)
    assert "fault_accepted" not in kinds(faulty.recording.since(recording_since))


@pytest.mark.parametrize("fault", CERTIFICATES)
def test_a_client_that_does_not_check_is_recorded_as_accepting(
    faulty: Recorder, recording_since: int, fault: WireFault
) -> None:
    faulty.control.serve_fault(HOST, fault)
    with faulty.client(verify=False) as client:
        client.get(f"https://{HOST}/naive")

    accepted = faulty.recording.wait_for(lambda event: event.kind == "fault_accepted", recording_since)
    assert (accepted.fields["sni"], accepted.fields["fault"]) == (HOST, fault)
    assert faulty.recording.refusals(recording_since) == ()


def test_a_client_that_looks_at_the_name_only_after_the_handshake_has_refused_too(
    faulty: Recorder, recording_since: int
) -> None:
    faulty.control.serve_fault(HOST, WireFault.WRONG_HOST)
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
        closed = faulty.control.serve_fault("*.superoffice.test", WireFault.SELF_SIGNED)
        with pytest.raises(httpx.TransportError):
            client.get(f"https://{HOST}/after")

    assert closed == 1
    assert [seen.path for seen in faulty.recording.exchanges(recording_since)] == ["/before"]


def test_a_resumed_session_cannot_hide_the_bad_certificate(faulty: Recorder, recording_since: int) -> None:
    context = ssl.create_default_context(cafile=faulty.ready["ca"])
    with httpx.Client(proxy=faulty.proxy, verify=context, trust_env=False) as client:
        client.get(f"https://{HOST}/")
    faulty.control.serve_fault(HOST, WireFault.EXPIRED)
    with (
        httpx.Client(proxy=faulty.proxy, verify=context, trust_env=False) as client,
        pytest.raises(httpx.ConnectError, match="expired"),
    ):
        client.get(f"https://{HOST}/")

    assert "fault_served" in kinds(faulty.recording.since(recording_since))


def test_only_matching_hosts_get_the_bad_certificate(faulty: Recorder) -> None:
    faulty.control.serve_fault("id.superoffice.test", WireFault.SELF_SIGNED)
    with faulty.client() as client:
        assert client.get(f"https://{HOST}/").status_code == 200

    with faulty.client() as client, pytest.raises(httpx.ConnectError):
        client.get("https://id.superoffice.test/")


def test_the_fault_set_last_counts(faulty: Recorder) -> None:
    faulty.control.serve_fault(HOST, WireFault.SELF_SIGNED)
    faulty.control.serve_fault("*.superoffice.test", WireFault.EXPIRED)

    with faulty.client() as client, pytest.raises(httpx.ConnectError, match="expired"):
        client.get(f"https://{HOST}/")


def test_the_good_certificate_comes_back(faulty: Recorder) -> None:
    faulty.control.serve_fault(HOST, WireFault.SELF_SIGNED)
    faulty.control.serve_fault(HOST, None)

    with faulty.client() as client:
        assert client.get(f"https://{HOST}/").status_code == 200


def test_served_faults_are_counted(faulty: Recorder) -> None:
    before = faulty.control.health().faults_served
    faulty.control.serve_fault(HOST, WireFault.UNKNOWN_CA)
    with faulty.client(verify=False) as client:
        client.get(f"https://{HOST}/")

    assert faulty.control.health().faults_served == before + 1


def test_a_connection_that_the_recorder_ends_says_nothing_about_the_client(
    faulty: Recorder, recording_since: int
) -> None:
    faulty.control.serve_fault(HOST, WireFault.SELF_SIGNED)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", int(faulty.ready["proxy_port"]))) as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        plain.recv(4096)
        with context.wrap_socket(plain, server_hostname=HOST) as secure:
            faulty.control.serve_fault(HOST, None)
            assert secure.recv(1) == b""

    assert faulty.recording.refusals(recording_since) == ()


def test_http_2_with_a_bad_certificate_is_judged_alike(faulty: Recorder, recording_since: int) -> None:
    faulty.control.serve_fault(HOST, WireFault.SELF_SIGNED)
    with faulty.client(verify=False, http2=True) as client:
        answer = client.get(f"https://{HOST}/")

    assert answer.http_version == "HTTP/2"
    assert kinds(faulty.recording.since(recording_since)).count("fault_accepted") == 1


def old_client(recorder: Recorder) -> httpx.Client:
    """Speaks TLS 1.0 and whatever is weak, but trusts the recorder's authority alone."""
    context = ssl.create_default_context(cafile=recorder.ready["ca"])
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    return httpx.Client(proxy=recorder.proxy, verify=context, trust_env=False)


def test_a_client_that_wants_a_newer_tls_refuses_the_old_one(faulty: Recorder, recording_since: int) -> None:
    faulty.control.serve_fault(HOST, WireFault.OLD_TLS)
    with faulty.client() as client, pytest.raises(httpx.ConnectError, match="alert protocol version"):
        client.get(f"https://{HOST}/")

    faulty.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    (refusal,) = faulty.recording.refusals(recording_since)
    assert refusal.fault is WireFault.OLD_TLS


@pytest.mark.parametrize("fault", [WireFault.OLD_TLS, WireFault.SHA1, WireFault.RSA_1024])
def test_a_client_that_takes_what_is_weak_but_well_signed_is_recorded_as_accepting(
    faulty: Recorder, recording_since: int, fault: WireFault
) -> None:
    faulty.control.serve_fault(HOST, fault)
    with old_client(faulty) as client:
        client.get(f"https://{HOST}/weak")

    accepted = faulty.recording.wait_for(lambda event: event.kind == "fault_accepted", recording_since)
    (shaken,) = faulty.recording.handshakes(recording_since)
    assert accepted.fields["fault"] == fault
    assert shaken.fault is fault
    assert (shaken.tls_version < "TLSv1.2") is (fault is WireFault.OLD_TLS)


@pytest.mark.parametrize("http2", [False, True])
def test_a_swapped_certificate_comes_after_the_first_answer(
    faulty: Recorder, recording_since: int, *, http2: bool
) -> None:
    faulty.control.serve_fault(HOST, WireFault.SWAPPED)
    with faulty.client(http2=http2) as client:
        first = client.get(f"https://{HOST}/first")
        with pytest.raises(httpx.TransportError):
            client.get(f"https://{HOST}/second")
        with pytest.raises(httpx.ConnectError, match="self-signed certificate in certificate chain"):
            client.get(f"https://{HOST}/third")

    faulty.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    assert first.status_code == 200
    assert {refusal.fault for refusal in faulty.recording.refusals(recording_since)} == {WireFault.SWAPPED}
    assert "fault_accepted" not in kinds(faulty.recording.since(recording_since))


def test_a_client_that_looks_only_once_takes_the_swapped_certificate(faulty: Recorder, recording_since: int) -> None:
    faulty.control.serve_fault(HOST, WireFault.SWAPPED)
    with faulty.client(verify=False) as client:
        client.get(f"https://{HOST}/first")
        client.get(f"https://{HOST}/second")

    accepted = faulty.recording.wait_for(lambda event: event.kind == "fault_accepted", recording_since)
    assert accepted.fields["fault"] == WireFault.SWAPPED


@pytest.mark.parametrize("follows", [True, False])
def test_following_a_redirect_out_of_tls_is_accepting_it(
    faulty: Recorder, recording_since: int, *, follows: bool
) -> None:
    faulty.control.serve_fault(HOST, WireFault.HTTP_DOWNGRADE)
    with faulty.client() as client:
        answer = client.get(f"https://{HOST}/down?x=1", follow_redirects=follows)

    events = kinds(faulty.recording.since(recording_since))
    assert events.count("fault_served") == 1
    assert events.count("fault_accepted") == int(follows)
    assert follows or (answer.status_code, answer.headers["location"]) == (302, f"http://{HOST}/down?x=1")


@pytest.mark.parametrize("fault", [WireFault.FORGED_ID_TOKEN, WireFault.UNSIGNED_ID_TOKEN])
def test_an_id_token_is_forged_on_its_way(faulty: Recorder, recording_since: int, fault: WireFault) -> None:
    header, payload = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": "RS256"}, {"sub": "a"}))
    token = f"{header.decode().rstrip('=')}.{payload.decode().rstrip('=')}.c2ln"
    faulty.control.serve_fault(HOST, fault)
    with faulty.client() as client:
        answer = client.post(f"https://{HOST}/json", content=json.dumps({"id_token": token, "expires_in": 3600}))

    forged = [base64.urlsafe_b64decode(part + "==") for part in answer.json()["id_token"].split(".")]
    assert json.loads(forged[1]) == {"sub": "mallory@elsewhere.example"}
    assert json.loads(forged[0])["alg"] == ("RS256" if fault is WireFault.FORGED_ID_TOKEN else "none")
    assert (forged[2] == b"") is (fault is WireFault.UNSIGNED_ID_TOKEN)
    assert answer.json()["expires_in"] == 3600
    (seen,) = faulty.recording.exchanges(recording_since)
    assert seen.response_body == answer.content
    assert kinds(faulty.recording.since(recording_since)).count("fault_served") == 1


def test_an_answer_without_an_id_token_stays_as_it_is(faulty: Recorder, recording_since: int) -> None:
    faulty.control.serve_fault(HOST, WireFault.FORGED_ID_TOKEN)
    with faulty.client() as client:
        answer = client.post(f"https://{HOST}/json", content=b'{"access_token": "x"}')

    assert answer.json() == {"access_token": "x"}
    assert "fault_served" not in kinds(faulty.recording.since(recording_since))


def test_a_handshake_is_told_with_what_was_agreed(faulty: Recorder, recording_since: int) -> None:
    with faulty.client(http2=True) as client:
        client.get(f"https://{HOST}/")

    (shaken,) = faulty.recording.handshakes(recording_since)
    (seen,) = faulty.recording.exchanges(recording_since)
    assert (shaken.sni, shaken.tls_version, shaken.alpn, shaken.fault) == (HOST, "TLSv1.3", "h2", None)
    assert (seen.cipher, seen.alpn) == (shaken.cipher, "h2")


def test_what_the_name_constraint_permits_is_accepted(tmp_path: Path) -> None:
    """The control: it is the constraint that a client refuses, and nothing else of that chain."""
    now = dt.datetime.now(dt.UTC)
    valid = (now - dt.timedelta(days=1), now + dt.timedelta(days=1))
    root = forgery.authority("root", None, valid)
    chain = forgery.leaf(HOST, forgery.constrained("superoffice.test", root, valid), valid)
    pem = [c.public_bytes(Encoding.PEM) for c in (chain.leaf, *chain.chain)]
    key = chain.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "chain.pem").write_bytes(b"".join((*pem, key)))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "chain.pem")
    trusting = ssl.create_default_context(cadata=root.certificate.public_bytes(Encoding.PEM).decode())

    assert shake_hands(server, trusting) == "TLSv1.3"


def shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """In memory, without a socket; raises what the client thinks of the server."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=HOST)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (near, far, near, far):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    return near.version()
