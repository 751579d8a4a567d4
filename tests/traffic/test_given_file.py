"""What is named on a command line and is no file: refused at once and in one line, whatever it is."""

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import UsageError
from traffic.captures.kinds import Kind, kind_of, why_none
from traffic.given_file import text_of
from traffic.policy import read_policy
from traffic.secrets_file import read_secrets


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


NO_FILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a folder": (lambda folder: folder, "a folder and no regular file"),
    "a pipe": (pipe, "a pipe and no regular file"),
    "a device without end": (lambda _: Path("/dev/zero"), "a device and no regular file"),
    "nothing": (lambda folder: folder / "none", "No such file or directory"),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", NO_FILES)
def test_a_capture_that_is_no_file_is_wrong_usage(tmp_path: Path, case: str) -> None:
    make, words = NO_FILES[case]

    with pytest.raises(UsageError, match=rf"{words}; give a \.har, \.mitm or \.pcap"):
        kind_of(make(tmp_path))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", NO_FILES)
@pytest.mark.parametrize(("read", "what"), [(read_secrets, "secrets file"), (read_policy, "policy")])
def test_a_text_that_is_no_file_is_wrong_usage(
    tmp_path: Path, case: str, read: Callable[[Path], object], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        read(NO_FILES[case][0](tmp_path))


@pytest.mark.timeout(60)
def test_a_pipe_that_somebody_writes_to_is_read_to_its_end() -> None:
    reading, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(b"kind,value\n" * 9000)

    writer = threading.Thread(target=write)
    writer.start()

    text = text_of(Path(f"/dev/fd/{reading}"), "secrets file")

    writer.join()
    os.close(reading)
    assert text == "kind,value\n" * 9000


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x1f\x8b\x08\0", "gzip: unpack it first"),
        (b"PK\x03\x04", "a zip file: unpack it first"),
        ("{}".encode("utf-16"), "UTF-16: save it as UTF-8"),
        (b"", "empty"),
    ],
)
def test_what_a_capture_was_put_into_is_named(tmp_path: Path, start: bytes, words: str) -> None:
    (tmp_path / "a.har").write_bytes(start)

    assert kind_of(tmp_path / "a.har") is Kind.NONE
    assert why_none(tmp_path / "a.har") == words


WRONG: dict[str, tuple[str, str]] = {
    "no list": ('{"tokens": []}', "it has no list of secrets; write"),
    "a list alone": ("[]", "it has no list of secrets; write"),
    "no value": ('{"secrets": [{"kind": "k"}]}', "secret 0 has no text as value; write"),
    "no kind": ('{"secrets": [{"value": "1234567"}]}', "secret 0 has no text as kind; write"),
    "a key that is none": (
        '{"secrets": [{"kind": "k", "value": "1234567", "alowed": []}]}',
        "secret 0 has no alowed, only",
    ),
    "a value as key": ('{"secrets": [{"12-34567": "k"}]}', "secret 0 has no such key, only"),
    "a place that is none": (
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": ["h"]}]}',
        "place 0 of secret 0 is no",
    ),
    "a place without host": (
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": [{}]}]}',
        "place 0 of secret 0 has no host",
    ),
    "a URL as host": (
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": [{"host": "https://h.test"}]}]}',
        "leave out scheme, port and path",
    ),
    "a side that is none": (
        '{"secrets": [{"kind": "k", "value": "1234567", "allowed": [{"host": "h", "side": "client"}]}]}',
        "side of allowed place 0 of secret 0 is neither app nor server",
    ),
    "a number without end": ('{"secrets": [%s]}' % ("9" * 5000), "a number in it is too long"),
    "nested without end": ('{"secrets": ' + "[" * 100_000, "nested too deeply"),
    "no value in a line": ("kind,value\nk,,h.test\n", "line 2 is not kind,value,allowed hosts"),
    "a comma in a value": ("k,12,34567!,h.test\n", "line 1: what stands behind the value is no host"),
    "UTF-16": ("\ud83d", "is not UTF-8; save it as UTF-8"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_secrets_file_is_told_in_one_line_without_the_value(tmp_path: Path, case: str) -> None:
    text, words = WRONG[case]
    (tmp_path / "s").write_bytes(text.encode("utf-8", "surrogatepass"))

    with pytest.raises(UsageError) as refused:
        read_secrets(tmp_path / "s")

    message = str(refused.value)
    assert re.search(f"no secrets file.*{re.escape(words)}", message), message
    assert "\n" not in message
    assert "34567" not in message


def test_a_secret_that_stands_there_twice_may_be_where_either_line_says(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b"\xef\xbb\xbfpassword,of ada 1815,a.test\r\npassword,of ada 1815,b.test\r\n")

    first, second = read_secrets(tmp_path / "s")

    assert first == second
    assert [place.host for place in first.allowed] == ["a.test", "b.test"]
