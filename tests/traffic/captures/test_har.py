"""HAR files that are wrong in one place: what can be read is judged, and what is wrong is told where it stands."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.traffic.captures.clean import clean_exchanges, secrets_file, write_capture
from traffic.audit import Audit, audit_capture
from traffic.captures.growing import DamagedJsonError, GrowingJson
from traffic.secrets_file import read_secrets

BENT = 4
"""Number of the entry that is bent."""

type Entry = dict[str, Any]
type Bend = Callable[[Entry], object]


def bent(folder: Path, bend: Bend) -> Path:
    path = write_capture(folder / "a.har", clean_exchanges())
    whole = json.loads(path.read_text())
    bend(whole["log"]["entries"][BENT])
    path.write_text(json.dumps(whole))
    return path


def audit_of(path: Path) -> Audit:
    return audit_capture(path, read_secrets(secrets_file(path.parent)))


def content(**given: object) -> Bend:
    return lambda one: one["response"].update(content={"size": 4, "text": "abcd", **given})


SMALL: dict[str, tuple[Bend, str]] = {
    "base64 that is none": (content(encoding="base64", text="!!*"), "exchange 4: .* is not the base64"),
    "an unknown encoding": (content(encoding="rot13"), "exchange 4: .*encoding is not known"),
    "no response": (lambda one: one.pop("response"), "exchange 4: the response of .* is not in the file"),
    "no time": (lambda one: one.pop("startedDateTime"), "entry 4 without a readable startedDateTime"),
    "a time that is none": (lambda one: one.update(startedDateTime="9999-99-99T00:00"), "entry 4 without a readable"),
}
LARGE: dict[str, tuple[Bend, str]] = {
    "no request": (lambda one: one.pop("request"), r"byte \d+: entry 4 is no exchange \(request is missing\)"),
    "a number as URL": (lambda one: one["request"].update(url=5), r"\(url is no text\)"),
    "a URL that is none": (lambda one: one["request"].update(url="https://[::1"), r"\(url is none\)"),
    "a port that is none": (lambda one: one["request"].update(url="https://h.test:99999/"), r"\(url is none\)"),
    "headers that are no list": (lambda one: one["request"].update(headers={"a": 1}), r"\(headers is no list"),
    "a status beyond all": (lambda one: one["response"].update(status=10**40), r"\(status is none\)"),
}


@pytest.mark.parametrize("case", SMALL)
def test_what_an_entry_lacks_blocks_and_the_rest_of_it_is_judged(tmp_path: Path, case: str) -> None:
    bend, words = SMALL[case]

    found = audit_of(bent(tmp_path, bend))

    assert (found.exchanges, found.findings) == (6, ())
    (why,) = found.blocked
    assert re.search(words, why), why


@pytest.mark.parametrize("case", LARGE)
def test_an_entry_that_is_none_is_told_with_its_byte_and_the_others_are_judged(tmp_path: Path, case: str) -> None:
    bend, words = LARGE[case]

    found = audit_of(bent(tmp_path, bend))

    assert (found.exchanges, found.findings) == (5, ())
    (why,) = found.blocked
    assert re.search(words, why), why


TEXT: dict[str, tuple[Callable[[str], str], str]] = {
    "a name twice": (lambda text: text.replace('"method"', '"url": "https://x.test/", "method"', 1), "stands twice in"),
    "two logs": (lambda text: text[:-1] + ', "log": {"entries": []}}', "log stands there twice"),
    "two lists of entries": (lambda text: text[:-2] + ', "entries": []}}', "entries stands there twice"),
    "an endless number": (
        lambda text: text.replace('"time": 1', f'"time": {"9" * 5000}', 1),
        "a number in it is too long",
    ),
    "a second file behind it": (lambda text: text + text, "something stands after the end"),
    "a break far from the end": (lambda text: text.replace('"time": 1', '"time": x', 1), "byte 122: Expecting value"),
}


@pytest.mark.parametrize("case", TEXT)
def test_json_that_readers_differ_in_is_no_pass(tmp_path: Path, case: str) -> None:
    change, words = TEXT[case]
    path = write_capture(tmp_path / "a.har", clean_exchanges())
    path.write_text(change(path.read_text()))

    (why,) = audit_of(path).blocked

    assert words in why


def test_after_a_break_nothing_more_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traffic.captures.growing._CHUNK", 100)
    path = tmp_path / "a.json"
    path.write_text('{"log": [1, x, ' + "1, " * 10_000)

    with GrowingJson(path) as file:
        assert next(file.members()) == "log"
        with pytest.raises(DamagedJsonError, match="Expecting value") as broken:
            file.value()
        assert file._file.tell() < 500  # noqa: SLF001 -- how far it has read

    assert broken.value.offset == 12


def test_a_message_of_a_web_socket_needs_no_token_of_its_own(tmp_path: Path) -> None:
    said = {"type": "send", "opcode": 1, "data": "hello", "time": 1}

    assert audit_of(bent(tmp_path, lambda one: one.update(_webSocketMessages=[said]))).findings == ()


def test_many_entries_are_shared_by_processes_and_judged_as_in_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bent(tmp_path, lambda one: one["request"].update(url="https://sink.example/?t=access-one"))
    alone = audit_of(path)
    monkeypatch.setattr("traffic.sharing._BATCH", 500)
    monkeypatch.setattr("traffic.sharing._WORTH_SHARING", 2)

    assert audit_of(path) == alone
    assert {one.exchange for one in alone.findings if one.secret == 0} == {BENT}
