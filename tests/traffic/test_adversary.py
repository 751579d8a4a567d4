"""Secrets hidden by means that neither the product nor the first corpus use; and bodies made to take long."""

import random
import time
import zlib
from collections.abc import Callable

import brotli
import pytest

from benchmarks.bars import hiding
from benchmarks.bars.adversary import complaint_about, complaints
from benchmarks.bars.hideouts import exchange
from traffic.compression import Effort
from traffic.secrets import Secrets
from traffic.sightings import sightings_in

KNOWN = Secrets(hiding.secrets())
TOKEN = hiding.VALUES[5][1]
LARGE = 150_000  # bytes


def test_a_sample_of_what_was_hidden_is_found_and_named() -> None:
    work = hiding.hidden(100, 80, random.Random(11))  # noqa: S311 -- repeatable, not secret

    assert [why for why in complaints(work, KNOWN) if why] == []


def test_an_empty_place_is_complained_of() -> None:
    empty = hiding.Hidden(0, (), "query", frozenset({"url"}), exchange("/nothing"))

    assert complaint_about(empty, KNOWN) == "missed ()"


@pytest.mark.parametrize(
    "hostile",
    [
        b" ",
        b"&#65",
        b"&#x",
        b"%41%",
        b"=41 ",
        b'"\\u0041',
        b"--a\r\n\r\n",
        b"\\",
        b"41 ",
        b"\xd8\0",
        b"<!",
        b"\n A",
        b"%u0041",
    ],
    ids=repr,
)
def test_no_body_takes_longer_than_its_length_explains(hostile: bytes) -> None:
    """What grows with the square of the length would take minutes."""
    body = hostile * (LARGE // len(hostile))
    began = time.process_time()

    found = KNOWN.found_in(body + b" " + TOKEN.encode(), Effort())

    assert ({one.index for one in found}, time.process_time() - began < 30) == ({5}, True)


def test_noise_is_looked_through_and_what_stands_in_it_is_found() -> None:
    noise = random.Random(3).randbytes(LARGE)  # noqa: S311 -- repeatable, not secret
    effort = Effort()

    found = KNOWN.found_in(noise + b"8%41:" + TOKEN[3:].encode() + noise, effort)

    assert ([one.encoding for one in found], effort.unopened) == (["percent"], [])


def test_two_values_with_an_equals_sign_inside_are_no_trouble() -> None:
    """What is no base64 once broke the search for halves."""
    seen = exchange("/a?p=abcd%3D%3D%3D%3Defgh&q=ijkl%3Dmnop%3D")

    assert sightings_in(seen, KNOWN).found == ()


@pytest.mark.parametrize("pack", [lambda data: zlib.compress(data)[2:-4], brotli.compress], ids=["deflate", "br"])
def test_what_grows_too_large_is_told_though_it_shows_nothing(pack: Callable[[bytes], bytes]) -> None:
    effort = Effort()

    KNOWN.found_in(pack(bytes(9 << 20) + TOKEN.encode()), effort)

    assert effort.unopened == ["a compressed part grows beyond 8 MB"]


def test_a_large_text_of_another_script_is_no_noise() -> None:
    letters = "\u0440\u0430\u0431\u043e\u0442\u0430 " * 2000
    password = hiding.VALUES[4][1]

    found = KNOWN.found_in(letters + password.replace("-", "&#45;") + letters)

    assert [one.encoding for one in found] == ["html"]
