"""Captures by other programs and of other links: read, or said aloud that they cannot be."""

import struct
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.traffic.captures.packets import (
    ANSWER,
    FIRST,
    PHONE6,
    REQUEST,
    SERVER6,
    TOKEN,
    block,
    conversation,
    datagram,
    enhanced,
    ethernet,
    in_pieces,
    interface,
    obsolete,
    pcap,
    pcapng,
    pktap,
    reply,
    segment,
)
from traffic.audit import Audit, audit_capture
from traffic.captures.pcap import read_pcap
from traffic.secrets import Secret

V6 = (PHONE6, SERVER6)
COOKED = b"\0\0\0\1\0\6" + bytes(8)


def audit_of(path: Path) -> Audit:
    return audit_capture(path, [Secret("access_token", TOKEN)])


def leaks(path: Path) -> list[tuple[str, str]]:
    return [(one.host, one.where) for one in audit_of(path).findings if one.secret == 0]


LINKS: dict[str, tuple[int, Iterable[bytes]]] = {
    "Ethernet": (1, map(ethernet, conversation())),
    "Ethernet and IPv6": (1, (ethernet(one, 0x86DD) for one in conversation(ends=V6))),
    "VLAN": (1, (bytes(12) + b"\x81\0\0\5\x08\0" + one for one in conversation())),
    "PPPoE": (
        1,
        (ethernet(b"\x11\0\0\1" + struct.pack(">H", len(one) + 2) + b"\0\x21" + one, 0x8864) for one in conversation()),
    ),
    "Linux cooked": (113, (COOKED + b"\x08\0" + one for one in conversation())),
    "Linux cooked, version 2": (276, (b"\x08\0\0\0\0\0\0\1\0\1\0\6" + bytes(8) + one for one in conversation())),
    "bare IP": (101, conversation()),
    "bare IPv6": (229, conversation(ends=V6)),
    "loopback of BSD": (0, (struct.pack("<I", 2) + one for one in conversation())),
    "loopback of OpenBSD": (108, (struct.pack(">I", 2) + one for one in conversation())),
    "PPP": (9, (b"\xff\3\0\x21" + one for one in conversation())),
    "Apple's taps": (258, (pktap(one, "Mobile CRM", 213) for one in conversation())),
}


@pytest.mark.parametrize("link", LINKS)
def test_a_secret_in_clear_is_found_on_every_link(tmp_path: Path, link: str) -> None:
    number, frames = LINKS[link]

    assert leaks(pcap(tmp_path / "a.pcap", list(frames), number)) == [("api.example.test", "body")]


ORDERS: dict[str, Callable[[], list[bytes]]] = {
    "early and longer again": lambda: [
        segment(FIRST + 40, REQUEST[40:60]),
        segment(FIRST + 40, REQUEST[40:]),
        segment(FIRST, REQUEST[:40]),
    ],
    "early and overlapped": lambda: [segment(FIRST + 40, REQUEST[40:]), segment(FIRST, REQUEST[:45])],
    "overlapping": lambda: [
        segment(FIRST, REQUEST[:50]),
        segment(FIRST + 30, REQUEST[30:80]),
        segment(FIRST + 9, REQUEST[9:]),
    ],
    "again": lambda: [segment(FIRST, REQUEST), segment(FIRST, REQUEST)],
    "a keep-alive": lambda: [segment(FIRST - 1, b"\0"), segment(FIRST, REQUEST)],
    "pieces": lambda: in_pieces(segment(FIRST, REQUEST)),
    "pieces from the last on": lambda: in_pieces(segment(FIRST, REQUEST))[::-1],
}


@pytest.mark.parametrize("order", ORDERS)
def test_what_came_in_another_order_is_read_whole(tmp_path: Path, order: str) -> None:
    path = pcap(tmp_path / "a.pcap", conversation(*ORDERS[order]()), 101)

    assert leaks(path) == [("api.example.test", "body")]
    assert read_pcap(path).blind_spots == ()


INNOCENT = REQUEST.replace(TOKEN.encode(), b"x" * len(TOKEN))
UNREAD: dict[str, tuple[int, list[bytes], str]] = {
    "said twice and otherwise": (
        101,
        conversation(segment(FIRST, INNOCENT), segment(FIRST, REQUEST)),
        "say something else",
    ),
    "a piece is missing": (101, conversation(*in_pieces(segment(FIRST, REQUEST))[:-1]), "came in pieces"),
    "the end is missing": (101, conversation(segment(FIRST, REQUEST[:50])), "were not captured"),
    "an unknown link": (105, conversation(), "6 packets of link type 105 cannot be read"),
    "an unknown protocol of the link": (1, [ethernet(b"abc", 0x1234)], "of EtherType 0x1234 cannot be read"),
    "an unknown protocol of IP": (
        101,
        [datagram(b"x")[:9] + b"\x32" + datagram(b"x")[10:]],
        "of IP protocol 50 cannot be read",
    ),
}


@pytest.mark.parametrize("case", UNREAD)
def test_what_could_not_be_read_is_said(tmp_path: Path, case: str) -> None:
    link, frames, words = UNREAD[case]

    blocked = audit_of(pcap(tmp_path / "a.pcap", frames, link)).blocked

    assert [why for why in blocked if words in why], blocked


@pytest.mark.parametrize("packet", [datagram(b"id=" + TOKEN.encode()), datagram(TOKEN.encode(), port=443)])
def test_a_secret_in_a_datagram_is_found_and_its_host_is_a_stranger(tmp_path: Path, packet: bytes) -> None:
    found = audit_of(pcap(tmp_path / "a.pcap", [packet], 101)).findings

    assert {one.promise for one in found} == {
        "all_traffic_is_tls",
        "tokens_go_only_where_they_belong",
        "every_host_is_known",
    }


@pytest.mark.parametrize(
    "packet",
    [
        datagram(b"M-SEARCH * HTTP/1.1", port=1900, target=b"\xef\xff\xff\xfa"),
        datagram(b"DHCP", port=67),
        datagram(b"\x17\xfe\xfd" + bytes(range(60)), port=5684),
        datagram(b"\x45" + bytes(range(180, 240)), port=443),
    ],
)
def test_a_phones_own_and_encrypted_datagrams_are_no_findings(tmp_path: Path, packet: bytes) -> None:
    assert audit_of(pcap(tmp_path / "a.pcap", [packet], 101)).findings == ()


def test_the_process_stands_in_a_finding_where_the_capture_names_it(tmp_path: Path) -> None:
    note = "PID: 88, ProcName: nsurlsessiond, EPID: 213, EProcName: Mobile CRM, SVC: 0"
    tapped = pcap(tmp_path / "a.pcap", (pktap(one, "Mobile CRM", 213) for one in conversation()), 258)
    told = pcapng(tmp_path / "a.pcapng", interface(), *(enhanced(ethernet(one), note) for one in conversation()))

    for path in (tapped, told):
        assert {one.sent for one in audit_of(path).findings if one.secret == 0} == {"Mobile CRM (213)"}
        assert [one.process for one in read_pcap(path).connections] == ["Mobile CRM (213)"]


def test_packets_of_old_programs_are_read(tmp_path: Path) -> None:
    path = pcapng(tmp_path / "a.pcapng", interface(), *(obsolete(ethernet(one)) for one in conversation()))

    assert leaks(path) == [("api.example.test", "body")]


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ((interface(), block(0x77, b"abcd")), "blocks of type 0x77 were not read"),
        ((block(1, b""),), "byte 28: a block is shorter than its type"),
        ((interface()[:-4] + b"\1\0\0\0",), "byte 28: a block of 20 bytes ends with another length"),
    ],
)
def test_blocks_that_make_no_sense_are_said(tmp_path: Path, blocks: tuple[bytes, ...], words: str) -> None:
    blocked = audit_of(pcapng(tmp_path / "a.pcapng", *blocks)).blocked

    assert [why for why in blocked if words in why], blocked


def test_an_answer_alone_is_judged_too(tmp_path: Path) -> None:
    frames = [reply(5001, ANSWER.replace(b"ok", TOKEN.encode()))]

    assert leaks(pcap(tmp_path / "a.pcap", frames, 101)) == [("10.0.0.2", "frame")]


def spoken_in_clear(folder: Path, request: bytes, answer: bytes) -> Path:
    ends = [segment(FIRST - 1, b"", 2), reply(5000, b"", 0x12)]
    return pcap(folder / "a.pcap", [*ends, segment(FIRST, request), reply(5001, answer)], 101)


def test_an_answer_before_the_answer_is_stepped_over(tmp_path: Path) -> None:
    path = spoken_in_clear(tmp_path, REQUEST, b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER)

    (seen,) = read_pcap(path).exchanges

    assert (seen.status, seen.response_body) == (200, b"ok")


def test_what_follows_the_last_request_is_searched_too(tmp_path: Path) -> None:
    path = spoken_in_clear(tmp_path, INNOCENT + b"\0\1" + TOKEN.encode(), ANSWER)

    assert leaks(path) == [("api.example.test", "frame")]


@pytest.mark.parametrize(
    ("request_", "answer", "words"),
    [
        (INNOCENT, b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\2ok", "another protocol"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(30), b"", "HTTP/2 in clear"),
    ],
)
def test_a_protocol_in_clear_that_is_not_read_is_said(
    tmp_path: Path, request_: bytes, answer: bytes, words: str
) -> None:
    blocked = audit_of(spoken_in_clear(tmp_path, request_, answer)).blocked

    assert [why for why in blocked if words in why], blocked


def test_the_same_ports_may_be_anothers_process_later(tmp_path: Path) -> None:
    frames = [pktap(one, "Mobile CRM", 213) for one in conversation()]
    frames += [pktap(one, "Mail", 99) for one in conversation()]

    connections = read_pcap(pcap(tmp_path / "a.pcap", frames, 258)).connections

    assert [one.process for one in connections] == ["Mobile CRM (213)", "Mail (99)"]
