"""What the phone's capture holds, as readers that are not ours see it: tcpdump, and dpkt's own."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dpkt
import pytest
from dpkt import ethernet

from testbed.capture.capture import LARGEST_SEGMENT, PHONE, Capture
from testbed.capture.file import LONGEST

NOON = 1_700_000_000.25
QUESTION, ANSWER = b"GET / HTTP/1.1\r\nHost: online.superoffice.test\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3000


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    return Capture(tmp_path / "phone.pcap", lambda: NOON)


@pytest.fixture
def tcpdump() -> Callable[[Path], list[str]]:
    program = shutil.which("tcpdump") or shutil.which("tcpdump", path="/usr/sbin")
    if program is None:
        pytest.skip("tcpdump is not installed here: `apt-get install tcpdump` brings it")

    def told(path: Path) -> list[str]:
        command = (program, "-nn", "-vv", "-tt", "-S", "-r", str(path))
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return told


def talk(capture: Capture) -> None:
    conversation = capture.opened("online.superoffice.test", 80)
    conversation.sent(QUESTION)
    conversation.received(ANSWER)
    conversation.closed()
    conversation.closed()


def test_tcpdump_finds_every_checksum_right(capture: Capture, tcpdump: Callable[[Path], list[str]]) -> None:
    talk(capture)
    capture.refused("10.0.2.2", 99)
    capture.close()

    lines = tcpdump(capture.path)

    text = "\n".join(lines)
    assert "incorrect" not in text
    assert "bad" not in text
    assert text.count("(correct)") == 16
    assert text.count("udp sum ok") == 2


def test_tcpdump_reads_names_and_their_answers(capture: Capture, tcpdump: Callable[[Path], list[str]]) -> None:
    capture.resolved("online.superoffice.test")
    capture.resolved("gone.test", exists=False)
    capture.close()

    text = "\n".join(tcpdump(capture.path))

    assert "A? online.superoffice.test." in text
    assert re.search(r"online\.superoffice\.test\. A 198\.18\.0\.1", text)
    assert re.search(r"NXDomain.* A\? gone\.test\.", text)


def test_numbers_follow_each_other(capture: Capture) -> None:
    """RFC 9293 section 3.4: each number is the last one and the length of what it numbered."""
    talk(capture)
    capture.close()
    expected: dict[bytes, int] = {}

    for segment in segments(capture.path):
        side = segment.sport.to_bytes(2)
        assert segment.seq == expected.setdefault(side, segment.seq)
        expected[side] = segment.seq + len(segment.data) + bool(segment.flags & 3)  # SYN and FIN count as one
        other = segment.dport.to_bytes(2)
        assert not segment.flags & dpkt.tcp.TH_ACK or segment.ack == expected[other]


def test_what_was_said_is_there_piece_by_piece(capture: Capture) -> None:
    talk(capture)
    capture.close()

    pieces = [bytes(segment.data) for segment in segments(capture.path) if segment.data]

    assert pieces[0] == QUESTION
    assert b"".join(pieces[1:]) == ANSWER
    assert max(map(len, pieces)) == LARGEST_SEGMENT


def test_a_name_keeps_its_address_and_another_gets_its_own(capture: Capture) -> None:
    first, again, other = (capture.resolved(name) for name in ("a.test", "A.test", "b.test"))
    capture.close()

    assert first == again == "198.18.0.1"
    assert other == "198.18.0.2"


def test_a_refused_connection_is_reset(capture: Capture) -> None:
    capture.refused("10.0.2.2", 99)
    capture.close()

    opening, answer = segments(capture.path)

    assert (opening.flags, opening.dport) == (dpkt.tcp.TH_SYN, 99)
    assert answer.flags == dpkt.tcp.TH_RST | dpkt.tcp.TH_ACK
    assert answer.ack == opening.seq + 1


def test_it_can_be_read_while_it_grows_and_has_the_phones_time(capture: Capture) -> None:
    conversation = capture.opened("10.0.2.2", 8080)
    with capture.path.open("rb") as file:
        times = [at for at, _ in dpkt.pcap.Reader(file)]
    conversation.closed()
    capture.close()

    assert times == [NOON] * 3
    assert conversation.here.port in range(32_768, 61_000)


def test_packets_are_kept_up_to_the_length_that_the_file_announces(capture: Capture) -> None:
    capture.close()
    with capture.path.open("rb") as file:
        reader = dpkt.pcap.Reader(file)

        assert (reader.snaplen, reader.datalink()) == (LONGEST, dpkt.pcap.DLT_EN10MB)


def segments(path: Path) -> list[dpkt.tcp.TCP]:
    with path.open("rb") as file:
        frames = [ethernet.Ethernet(data) for _, data in dpkt.pcap.Reader(file)]
    addresses = {frame.data.src for frame in frames} | {frame.data.dst for frame in frames}
    assert not addresses or bytes(map(int, PHONE.split("."))) in addresses
    return [frame.data.data for frame in frames if isinstance(frame.data.data, dpkt.tcp.TCP)]
