from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.load.strain import Strain, doubts_of, read_strains, write_strains
from benchmarks.load.summary import LoadSummary, Row
from faults import EvidenceMissing

CALM = Strain(thought=100.0, waited=2.0)
ROW = Row("tokens by code", 10, 0, 5.0, 9.0, 9.0, 1.0)


def looked(delay: float, share: float, times: int = 20) -> Strain:
    found = Strain(thought=100.0, waited=2.0)
    for _ in range(times):
        found.look(delay, share)
    return found


def test_a_generator_that_keeps_up_is_believed() -> None:
    assert looked(0.01, 0.5).doubts == ()


def test_a_full_processor_of_the_generator_is_told() -> None:
    (words,) = looked(0.01, 0.97).doubts

    assert words.startswith("the generator was the bottleneck: a process had its processor full 100 % of the time")
    assert "--workers" in words


def test_answers_that_lie_unread_are_told() -> None:
    (words,) = looked(0.6, 0.2).doubts

    assert "read its answers late 100 % of the time, up to 0.6 s" in words


def test_a_stumble_is_no_bottleneck() -> None:
    found = looked(0.01, 0.5, 40)
    found.look(2.0, 1.0)

    assert found.doubts == ()


def test_phones_that_wait_more_than_they_think_are_told() -> None:
    (words,) = replace(CALM, waited=300.0).doubts

    assert words.startswith("phones waited for answers 75 % of the time, so that they asked less")


def test_one_strained_process_of_several_is_enough() -> None:
    assert doubts_of([CALM, looked(0.01, 1.0)]) == looked(0.01, 1.0).doubts


@pytest.mark.parametrize(
    ("found", "ended"),
    [
        (LoadSummary((ROW,), ROW, (), 10, (CALM,)), 0),
        (LoadSummary((ROW,), ROW, (), 11, (CALM,)), 3),
        (LoadSummary((ROW,), ROW, (), 10, (looked(0.0, 1.0),)), 3),
        (LoadSummary((ROW,), replace(ROW, failures=1), (), 10, (looked(0.0, 1.0),)), 1),
    ],
)
def test_a_load_that_was_not_there_decides_nothing_but_failures_do(found: LoadSummary, ended: int) -> None:
    assert found.exit == ended


def test_how_each_process_fared_is_kept(tmp_path: Path) -> None:
    write_strains(tmp_path / "strain.json", [CALM, looked(0.6, 0.2)])

    assert read_strains(tmp_path / "strain.json") == (CALM, looked(0.6, 0.2))


@pytest.mark.parametrize(("text", "words"), [("[]", "workers have to join"), ("{", "did not say how it fared")])
def test_a_generator_that_says_nothing_is_no_evidence(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "strain.json").write_text(text)

    with pytest.raises(EvidenceMissing, match=words):
        read_strains(tmp_path / "strain.json")
