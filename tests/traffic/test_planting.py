"""Any secret under any chain of encodings in any place is found; ordinary traffic is left alone."""

import itertools
import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.bars import corpus, planting
from traffic.compression import Effort
from traffic.secrets import Secret, Secrets

KNOWN = planting.secrets()
TRACKED = Secrets(KNOWN)
ANY = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=10, max_size=60)


def test_a_sample_of_the_planted_corpus_is_found_with_kind_and_place() -> None:
    planted = random.Random(5).sample([*planting.cases(KNOWN)], 250)  # noqa: S311 -- repeatable, not secret

    assert [(case.kind, case.chain, case.where) for case in corpus.missed(planted, TRACKED)] == []


def test_ordinary_exchanges_are_left_alone() -> None:
    assert corpus.flagged(planting.benign(150), TRACKED) == 0


def test_a_case_that_nobody_planted_counts_as_missed() -> None:
    case = next(planting.cases(KNOWN))
    empty = planting.Case(case.secret, case.kind, case.chain, case.where, planting.exchange("/nothing"))

    assert corpus.missed([empty], TRACKED) == [empty]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(value=ANY, chain=st.lists(st.sampled_from(list(planting.ENCODINGS)), min_size=1, max_size=4).map(tuple))
def test_any_secret_under_any_chain_is_found(value: str, chain: tuple[str, ...]) -> None:
    secrets = Secrets.searchable([Secret("password", value)])
    assume(not secrets.unsearched)
    pairs = itertools.pairwise(chain)
    assume(not any(first in planting.BINARY and then in planting.OF_TEXT for first, then in pairs))
    assume(not planting.is_glued(chain))
    try:
        data = planting.encoded(value, chain)
    except UnicodeError:
        assume(False)  # noqa: FBT003 -- text made of what is none

    assert {one.index for one in secrets.found_in(data)} == {0}


@pytest.mark.parametrize("value", ["123456", "abc", "aaaaaa1", "1234567"])
def test_what_chance_makes_too_is_named_and_not_searched(value: str) -> None:
    weak = Secrets.searchable([Secret("totp_code", value)])

    if weak.unsearched:
        assert value not in weak.unsearched[0]
        assert weak.found_in(f"code={value}") == ()
    else:
        assert len(weak.found_in(f"code={value}&")) == 1


def test_a_weak_password_counts_only_as_a_word_of_its_own() -> None:
    weak = Secrets([Secret("password", "hunter2")])

    assert weak.found_in("the xhunter23 of old") == ()
    assert [one.encoding for one in weak.found_in("pw=hunter2&x=1")] == ["raw"]
    assert [one.encoding for one in weak.found_in(b"\x12\x07hunter22\x02id")] == ["raw"]


def test_what_cannot_be_opened_is_told() -> None:
    effort = Effort()
    archive = bytearray(planting.ENCODINGS["zip"](b"x" * 99))
    archive[6] |= 1  # the flag of encryption

    TRACKED.found_in_parts((bytes(archive),), effort)

    assert effort.unopened == ["a zip member is encrypted"]
