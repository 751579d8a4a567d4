"""A client that lets exactly one fault pass is told for that one, and for none of the others."""

import socket
from collections.abc import Callable
from contextlib import closing

import pytest
from OpenSSL import SSL, crypto

from tests.traffic.conftest import HOST, Recorder
from traffic.wire_faults import CERTIFICATES, WireFault

IN_THE_CHAIN = tuple(fault for fault in CERTIFICATES if fault is not WireFault.WRONG_HOST)
"""What OpenSSL says of a chain by itself; names are compared by who uses it."""
type Verdict = Callable[[SSL.Connection, crypto.X509, int, int, int], bool]


def connect(recorder: Recorder, verdict: Verdict) -> bool:
    """Whether a request was sent: the handshake came about."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.load_verify_locations(recorder.ready["ca"])
    context.set_verify(SSL.VERIFY_PEER, verdict)
    with closing(socket.create_connection(("127.0.0.1", int(recorder.ready["proxy_port"])))) as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        plain.recv(4096)
        secure = SSL.Connection(context, plain)
        secure.set_tlsext_host_name(HOST.encode())
        secure.set_connect_state()
        try:
            secure.do_handshake()
        except SSL.Error:
            return False
        secure.sendall(f"GET /taken HTTP/1.1\r\nhost: {HOST}\r\n\r\n".encode())
        secure.recv(4096)
        return True


def objections(recorder: Recorder, fault: WireFault) -> frozenset[int]:
    """OpenSSL's numbers of all that is wrong with what the fault shows (x509_vfy.h)."""
    said: set[int] = set()

    def take_all(_: SSL.Connection, __: crypto.X509, number: int, ___: int, ____: int) -> bool:
        said.add(number)
        return True

    recorder.control.serve_fault(HOST, fault)
    connect(recorder, take_all)
    recorder.control.serve_fault(HOST, None)
    return frozenset(said - {0})


@pytest.fixture(scope="module")
def wrong(shared_recorder: Recorder) -> dict[WireFault, frozenset[int]]:
    return {fault: objections(shared_recorder, fault) for fault in IN_THE_CHAIN}


def test_each_fault_is_wrong_in_its_own_way(wrong: dict[WireFault, frozenset[int]]) -> None:
    """So that to let one pass is not to let another pass."""
    assert all(wrong.values())
    for one in IN_THE_CHAIN:
        assert [other for other in IN_THE_CHAIN if other is not one and wrong[other] <= wrong[one]] == []


@pytest.mark.parametrize("fault", IN_THE_CHAIN)
def test_who_lets_only_this_one_pass_is_told_for_it(
    shared_recorder: Recorder, recording_since: int, wrong: dict[WireFault, frozenset[int]], fault: WireFault
) -> None:
    def tolerant(_: SSL.Connection, __: crypto.X509, number: int, ___: int, good: int) -> bool:
        return bool(good) or number in wrong[fault]

    other = IN_THE_CHAIN[IN_THE_CHAIN.index(fault) - 1]
    taken = {}
    for served in (fault, other):
        shared_recorder.control.serve_fault(HOST, served)
        taken[served] = connect(shared_recorder, tolerant)
    shared_recorder.control.serve_fault(HOST, None)

    shared_recorder.recording.wait_for(lambda event: event.kind == "tls_refused", recording_since)
    events = shared_recorder.recording.since(recording_since)
    assert taken == {fault: True, other: False}
    assert [event.fields["fault"] for event in events if event.kind == "fault_accepted"] == [fault]
    assert {event.fields["fault"] for event in events if event.kind == "tls_refused"} == {other}


def test_who_takes_any_name_is_told_for_the_wrong_host_alone(shared_recorder: Recorder, recording_since: int) -> None:
    def honest(_: SSL.Connection, __: crypto.X509, ___: int, ____: int, good: int) -> bool:
        return bool(good)

    taken = {}
    for fault in CERTIFICATES:
        shared_recorder.control.serve_fault(HOST, fault)
        taken[fault] = connect(shared_recorder, honest)
    shared_recorder.control.serve_fault(HOST, None)

    events = shared_recorder.recording.since(recording_since)
    assert {fault for fault, went_on in taken.items() if went_on} == {WireFault.WRONG_HOST}
    assert [event.fields["fault"] for event in events if event.kind == "fault_accepted"] == [WireFault.WRONG_HOST]
