import base64
import random
import zlib
from collections.abc import Callable

import pytest

from faults import EvidenceMissing
from suites.leaks import Left, expect_cached, left_in, marks_in, only, secrets_in, told
from tests.suites.builders import file, mark, marks, secret
from traffic import encodings

type Wrap = Callable[[bytes], bytes | str]

TOKEN = "8A:Cust10001.AbCdEfGhIjKlMnOpQrStUvWx"


def test_a_record_is_found_by_its_marker_and_named_with_its_file() -> None:
    files = [file(b"nothing"), file(b"... mk-10001-sale-000017-x7f3 ...", "cache/page.json")]

    assert marks_in(files, marks(range(30))) == ["sale 17 in cache/page.json"]


def test_a_record_is_found_as_java_keeps_text() -> None:
    files = [file(mark(3).text.encode("utf-16-le"))]

    assert marks_in(files, marks(range(5))) == ["sale 3 in databases/pocket.db"]


def test_no_record_is_found_where_there_is_none() -> None:
    assert marks_in([file(b"mk-10001-sale-000017"), file(b"")], marks(range(30))) == []


@pytest.mark.parametrize("kept", [mark(1).text.encode(), base64.b64encode(b"x" + mark(1).text.encode() + b"y")])
def test_a_cache_is_told_by_one_of_its_records(kept: bytes) -> None:
    expect_cached((file(b"nothing"), file(kept)), marks((1, 2)))


def test_records_and_secrets_are_found_in_one_search() -> None:
    files = [file(f"{mark(1).text} {TOKEN}".encode()), file(mark(2).text.encode(), "cache/page.json")]

    found = left_in(files, marks((1, 2, 3)), [secret("8A:Cust10001.SomethingElseAltogether"), secret(TOKEN)])

    records = ["sale 1 in databases/pocket.db", "sale 2 in cache/page.json"]
    assert found == Left(records, ["access_token (raw) in databases/pocket.db"])


@pytest.mark.parametrize("files", [(), (file(b""),), (file(b"an encrypted database"), file(b"two"))])
def test_a_sandbox_without_any_record_proves_nothing(files: tuple) -> None:
    with pytest.raises(EvidenceMissing, match=rf"^none of 2 records stands in the {len(files)} files of the sandbox"):
        expect_cached(files, marks((1, 2)))


def test_a_cache_without_known_records_proves_nothing() -> None:
    with pytest.raises(EvidenceMissing, match=r"^none of 0 records"):
        expect_cached((file(b"anything"),), ())


def test_only_the_first_ones_own_records_tell_a_leak() -> None:
    assert only(marks((1, 2, 3)), marks((2, 4))) == marks((1, 3))


@pytest.mark.parametrize("first", [(), (1,), (1, 2)])
def test_two_who_see_the_same_prove_nothing(first: tuple[int, ...]) -> None:
    with pytest.raises(EvidenceMissing, match="both accounts see the same records"):
        only(marks(first), marks((1, 2)))


@pytest.mark.parametrize(
    "content",
    [
        TOKEN.encode(),
        TOKEN.encode("utf-16-le"),
        base64.b64encode(b"x" + TOKEN.encode() + b"y"),
        TOKEN.encode().hex().encode(),
        b"token=" + TOKEN.replace(":", "%3A").encode(),
    ],
    ids=["raw", "utf-16", "base64", "hex", "percent"],
)
def test_a_secret_is_found_under_any_encoding_and_never_told_in_clear(content: bytes) -> None:
    (found, *_) = secrets_in([file(b"nothing"), file(content, "shared_prefs/a.xml")], [secret(TOKEN)])

    assert found.startswith("access_token (")
    assert found.endswith(" in shared_prefs/a.xml")
    assert TOKEN not in found


def test_what_is_no_secret_is_not_found() -> None:
    files = [file(TOKEN[:-1].encode()), file(base64.b64encode(b"something else")), file(b"")]

    assert secrets_in(files, [secret(TOKEN)]) == []


def test_a_line_for_the_report_tells_how_many_and_the_first_few() -> None:
    few, many = told("records", ["a", "b", "c"]), told("records", list("abcdef"))

    assert (few, many) == ("records (3): a, b, c", "records (6): a, b, c …")


def noise(size: int) -> bytes:
    """With hundreds of places that look compressed, as a database has them."""
    chance = random.Random(5)  # noqa: S311 -- no secret
    return b" ".join(base64.b64encode(chance.randbytes(24)) for _ in range(size // 33))


def deflated(text: bytes) -> bytes:
    """As it stands in a cookie or a column: bare, so that nothing but its end tells it from noise."""
    return base64.b64encode(zlib.compress(text, wbits=-15))


@pytest.mark.parametrize("wrap", [base64.b64encode, zlib.compress, bytes.hex, deflated])
def test_behind_hundreds_of_places_that_look_compressed_each_single_encoding_is_taken_off(wrap: Wrap) -> None:
    wrapped = wrap(mark(1).text.encode())
    tail = wrapped.encode() if isinstance(wrapped, str) else wrapped

    assert marks_in([file(noise(40_000) + b" " + tail)], [mark(1)]) == ["sale 1 in databases/pocket.db"]
    assert marks_in([file(noise(40_000))], [mark(1)]) == []


def test_a_file_that_cannot_be_looked_through_is_no_clean_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "_ROOM", 1 << 20)
    bombs = zlib.compress(bytes(2 << 20))

    with pytest.raises(EvidenceMissing, match=r"not all could be opened, .* \(1\): databases/pocket.db: "):
        left_in([file(bombs)], [mark(1)], ())
    assert left_in([file(bombs + mark(1).text.encode())], [mark(1)], ()).records == ["sale 1 in databases/pocket.db"]
