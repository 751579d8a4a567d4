"""What the lab breaks on purpose, each seen by a client."""

import json
import socket
import ssl
import time
import warnings
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.testbed.cloud.cloud_visitor import API, Cloud, ToPort

HOST = "online2.superoffice.test"
JWKS = "https://online.superoffice.test/login/.well-known/jwks"


def order(cloud: Cloud, **fault: object) -> int:
    return cloud.admin.post("/faults", json={"host": HOST, **fault}).raise_for_status().json()["id"]


def test_an_answer_may_be_late(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="latency", seconds=0.3, times=1)
    started = time.perf_counter()
    assert ada.get(f"{API}/Contact/1").status_code == 200
    late = time.perf_counter() - started
    ada.get(f"{API}/Contact/1")

    assert late > 0.3
    assert [each["hits"] for each in cloud.admin.get("/faults").json()] == [1]


def test_a_connection_may_be_dropped_before_the_answer(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="loss", times=1)

    with pytest.raises(httpx.TransportError):
        ada.get(f"{API}/Contact/1")
    assert ada.get(f"{API}/Contact/1").status_code == 200


def test_a_connection_may_be_dropped_in_the_middle_of_the_answer(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="loss", after_bytes=100, times=1)

    with ada.stream("GET", f"{API}/Contact") as answer, pytest.raises(httpx.RemoteProtocolError):
        answer.read()
    assert answer.status_code == 200


def test_a_request_lost_is_evidence_all_the_same(cloud: Cloud, ada: httpx.Client) -> None:
    since = len(cloud.admin.get("/evidence").json())
    order(cloud, kind="loss", times=1)
    with pytest.raises(httpx.TransportError):
        ada.get(f"{API}/Contact/1")

    (seen,) = cloud.admin.get("/evidence", params={"since": since}).json()
    assert seen["path"] == "/Cust10001/api/v1/Contact/1"


@pytest.mark.parametrize("status", [401, 500, 502, 503])
def test_a_status_comes_as_often_as_ordered_with_the_documented_body(
    cloud: Cloud, ada: httpx.Client, status: int
) -> None:
    order(cloud, kind="status", status=status, times=1)

    first, second = (ada.get(f"{API}/Contact/1") for _ in range(2))

    assert (first.status_code, second.status_code) == (status, 200)
    assert set(first.json()) == {"Error", "ErrorType", "ErrorMessage", "ErrorSource"}
    assert ("www-authenticate" in first.headers) == (status == 401)


def test_misdirection_comes_in_its_own_words(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="status", status=421)

    assert ada.get(f"{API}/Contact/1").text == "Wrong subdomain used to access tenant"


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("when", ["7", "Wed, 21 Oct 2037 07:28:00 GMT"])
def test_a_refusal_may_say_when_to_come_back(cloud: Cloud, ada: httpx.Client, status: int, when: str) -> None:
    order(cloud, kind="status", status=status, retry_after=when)

    answer = ada.get(f"{API}/Contact/1")

    assert (answer.status_code, answer.headers["retry-after"]) == (status, when)


def test_json_may_break_off(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="truncate", bytes=200, times=1)

    answer = ada.get(f"{API}/Contact")

    assert (answer.status_code, len(answer.content), answer.headers["content-length"]) == (200, 200, "200")
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_redirect_to_cleartext_can_be_ordered(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="reply", status=302, headers={"Location": f"http://{HOST}/"})

    assert ada.get(f"{API}/Contact/1").headers["location"] == f"http://{HOST}/"


def test_a_fault_keeps_to_its_host_path_and_method(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="status", status=500, path="*/Contact/*", method="PATCH")

    assert ada.get(f"{API}/Contact/1").status_code == 200
    assert ada.get(JWKS).status_code == 200
    assert ada.patch(f"{API}/Sale/1", json={}).status_code == 200
    assert ada.patch(f"{API}/Contact/1", json={}).status_code == 500


def test_faults_are_counted_and_taken_back(cloud: Cloud, ada: httpx.Client) -> None:
    first, second = order(cloud, kind="status", status=500), order(cloud, kind="latency", seconds=0)
    ada.get(f"{API}/Contact/1")
    assert {each["id"]: each["hits"] for each in cloud.admin.get("/faults").json()} == {first: 1, second: 1}

    cloud.admin.delete(f"/faults/{first}").raise_for_status()
    assert ada.get(f"{API}/Contact/1").status_code == 200
    cloud.admin.delete("/faults").raise_for_status()

    assert cloud.admin.get("/faults").json() == []
    assert cloud.admin.delete(f"/faults/{first}").status_code == 404


def test_a_reset_takes_all_faults_back(cloud: Cloud) -> None:
    order(cloud, kind="status", status=500)
    cloud.admin.post("/reset")

    assert cloud.admin.get("/faults").json() == []


def handshake(cloud: Cloud, trust: ssl.SSLContext, name: str = HOST) -> tuple[str, bytes]:
    """The protocol and the certificate (DER) that a fresh connection gets; raises ssl.SSLError."""
    with (
        socket.create_connection(("127.0.0.1", cloud.ready["port"])) as plain,
        trust.wrap_socket(plain, server_hostname=name) as connection,
    ):
        return connection.version(), connection.getpeercert(binary_form=True)


def old_client(cloud: Cloud, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1) -> ssl.SSLContext:
    """One that takes whatever it is given, as a careless app might."""
    context = ssl.create_default_context(cafile=cloud.ready["ca"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = minimum
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


@pytest.mark.parametrize(
    ("limits", "version"),
    [
        ({"maximum": "1.0"}, "TLSv1"),
        ({"maximum": "1.1"}, "TLSv1.1"),
        ({"minimum": "1.2", "maximum": "1.2"}, "TLSv1.2"),
        ({"minimum": "1.3"}, "TLSv1.3"),
    ],
)
def test_a_host_may_speak_one_version_of_tls_alone(cloud: Cloud, limits: dict[str, str], version: str) -> None:
    order(cloud, kind="tls", **limits)

    assert handshake(cloud, old_client(cloud))[0] == version


def test_a_host_that_speaks_only_old_tls_is_refused_by_a_careful_client(cloud: Cloud) -> None:
    order(cloud, kind="tls", maximum="1.1")

    with pytest.raises(ssl.SSLError):
        handshake(cloud, cloud.trust)
    assert handshake(cloud, cloud.trust, "online.superoffice.test")[0] == "TLSv1.3"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("self_signed", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("not_yet_valid", "certificate is not yet valid"),
        ("wrong_host", "Hostname mismatch"),
        ("unknown_ca", "unable to get local issuer certificate"),
        ("sha1", "digest algorithm too weak"),
    ],
)
def test_a_careful_client_refuses_each_certificate_for_its_own_reason(
    cloud: Cloud, certificate: str, reason: str
) -> None:
    order(cloud, kind="certificate", certificate=certificate)

    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        handshake(cloud, cloud.trust)
    assert handshake(cloud, cloud.trust, "online.superoffice.test")
    cloud.admin.delete("/faults")
    assert handshake(cloud, cloud.trust)


def test_a_client_that_checks_nothing_falls_for_a_forgery(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="certificate", certificate="self_signed")
    careless = ssl.create_default_context()
    careless.check_hostname, careless.verify_mode = False, ssl.CERT_NONE

    with httpx.Client(transport=ToPort(cloud.ready["port"], careless), headers=ada.headers) as client:
        assert client.get(f"{API}/Contact/1").status_code == 200


def test_a_sha1_certificate_is_whole_but_for_its_digest(cloud: Cloud) -> None:
    order(cloud, kind="certificate", certificate="sha1")
    weak = old_client(cloud)
    _, der = handshake(cloud, weak)

    assert x509.load_der_x509_certificate(der).signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA1


def test_a_revoked_certificate_is_on_the_list_that_it_names(cloud: Cloud, client: httpx.Client, tmp_path: Path) -> None:
    order(cloud, kind="certificate", certificate="revoked")
    _, der = handshake(cloud, cloud.trust)
    certificate = x509.load_der_x509_certificate(der)
    point = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value
    crl = x509.load_der_x509_crl(client.get(point.replace("http:", "https:")).content)
    checking = ssl.create_default_context(cafile=cloud.ready["ca"])
    checking.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    pem = tmp_path / "crl.pem"
    pem.write_bytes(crl.public_bytes(encoding=Encoding.PEM))
    checking.load_verify_locations(pem)

    assert crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        handshake(cloud, checking)
    cloud.admin.delete("/faults")
    assert handshake(cloud, checking)


def test_the_authority_says_of_each_certificate_whether_it_was_revoked(cloud: Cloud, client: httpx.Client) -> None:
    authority = x509.load_pem_x509_certificate(Path(cloud.ready["ca"]).read_bytes())
    _, good = handshake(cloud, cloud.trust)
    order(cloud, kind="certificate", certificate="revoked")
    _, revoked = handshake(cloud, cloud.trust)
    listed = x509.load_der_x509_certificate(revoked)
    place = listed.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value[0].access_location.value

    told = []
    for der in (good, revoked):
        asked = ocsp.OCSPRequestBuilder().add_certificate(x509.load_der_x509_certificate(der), authority, SHA256())
        asked = asked.add_extension(x509.OCSPNonce(b"n" * 16), critical=False)
        answer = ocsp.load_der_ocsp_response(asked_about(client, place, asked.build().public_bytes(Encoding.DER)))
        key = authority.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(SHA256()))
        assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
        told.append(answer.certificate_status)

    assert told == [ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED]
    foreign = ocsp.OCSPRequestBuilder().add_certificate(listed, listed, SHA256()).build().public_bytes(Encoding.DER)
    refusals = [ocsp.load_der_ocsp_response(asked_about(client, place, each)) for each in (foreign, b"noise")]
    assert [each.response_status.name for each in refusals] == ["UNAUTHORIZED", "MALFORMED_REQUEST"]
    assert client.post(place.replace("http:", "https:"), json={}).status_code == 415


def asked_about(client: httpx.Client, place: str, asked: bytes) -> bytes:
    headers = {"Content-Type": "application/ocsp-request"}
    return client.post(place.replace("http:", "https:"), content=asked, headers=headers).raise_for_status().content


def test_the_name_asked_for_is_evidence_also_under_a_fault(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="tls", minimum="1.2", maximum="1.2")
    since = len(cloud.admin.get("/evidence").json())
    with cloud.client(headers=dict(ada.headers)) as client:
        client.get(f"{API}/Contact/1")

    (seen,) = cloud.admin.get("/evidence", params={"since": since}).json()
    assert (seen["sni"], seen["status"]) == (HOST, 200)


def test_what_is_no_hello_is_answered_as_ever_under_a_fault(cloud: Cloud) -> None:
    order(cloud, kind="tls", maximum="1.1")
    with socket.create_connection(("127.0.0.1", cloud.ready["port"]), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")

        assert not plain.recv(100).startswith(b"HTTP")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "earthquake"},
        {"kind": "latency"},
        {"kind": "latency", "seconds": -1},
        {"kind": "latency", "seconds": "1"},
        {"kind": "latency", "seconds": 1, "status": 500},
        {"kind": "status", "status": 99},
        {"kind": "status", "status": 600},
        {"kind": "status", "status": 500, "times": 0},
        {"kind": "status", "status": 500, "host": ""},
        {"kind": "status", "status": 500, "path": 1},
        {"kind": "truncate", "bytes": -1},
        {"kind": "truncate", "bytes": 1.5},
        {"kind": "reply", "headers": {"x": 1}},
        {"kind": "reply", "body_base64": "%"},
        {"kind": "tls", "maximum": "0.9"},
        {"kind": "tls", "maximum": "1.1", "path": "/x"},
        {"kind": "certificate", "certificate": "ugly"},
        {"kind": "certificate"},
    ],
)
def test_a_fault_that_is_none_is_refused(cloud: Cloud, fault: dict[str, object]) -> None:
    answer = cloud.admin.post("/faults", json={"host": HOST, **fault})

    assert (answer.status_code, "error" in answer.json()) == (400, True)
    assert cloud.admin.get("/faults").json() == []


def test_faults_strike_in_one_order_whatever_the_order_they_were_given_in(cloud: Cloud, ada: httpx.Client) -> None:
    for first, second in (("truncate", "status"), ("status", "truncate")):
        what = {"truncate": {"bytes": 9}, "status": {"status": 503}}
        for kind in (first, second):
            order(cloud, kind=kind, times=1, **what[kind])

        answer = ada.get(f"{API}/Contact/1")

        assert (answer.status_code, answer.content) == (503, b'{"Error":')
    order(cloud, kind="loss", times=1)
    order(cloud, kind="latency", seconds=0.3, times=1)
    started = time.perf_counter()
    with pytest.raises(httpx.TransportError):
        ada.get(f"{API}/Contact/1")
    assert time.perf_counter() - started > 0.3


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 204}, {"kind": "reply", "status": 304}])
def test_an_answer_without_a_body_leaves_the_connection_sound(
    cloud: Cloud, ada: httpx.Client, fault: dict[str, object]
) -> None:
    order(cloud, times=1, **fault)

    first, second = (ada.get(f"{API}/Contact/1") for _ in range(2))

    assert (first.status_code, first.content) == (fault["status"], b"")
    assert second.json()["ContactId"] == 1


def test_names_and_methods_are_read_however_they_are_written(cloud: Cloud, ada: httpx.Client) -> None:
    order(cloud, kind="status", status=503, host=HOST.upper(), method="get", times=1)

    assert ada.get(f"{API}/Contact/1").status_code == 503


@pytest.mark.parametrize(
    "fault", [{"kind": "loss", "times": 1.5}, {"kind": "reply", "status": 204, "body": "x"}], ids=["times", "body"]
)
def test_what_could_not_be_kept_is_not_ordered(cloud: Cloud, fault: dict[str, object]) -> None:
    answer = cloud.admin.post("/faults", json={"host": HOST, **fault})

    assert answer.status_code == 400
    assert cloud.admin.get("/faults").json() == []
