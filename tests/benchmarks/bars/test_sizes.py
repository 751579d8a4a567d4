from pathlib import Path

import pytest

from benchmarks.bars.sizes import found_at, main
from benchmarks.decision import Change


def test_a_query_that_starts_scanning_is_worse_by_its_counts_at_any_size(tmp_path: Path) -> None:
    for rows in (1000, 20_000):
        said = {one.query: (one.twin, one.other) for one in found_at(tmp_path, rows)}

        assert said == {
            "by name": (Change.SAME, Change.WORSE),
            "first names": (Change.SAME, Change.WORSE),
            "one record": (Change.SAME, Change.SAME),
        }


def test_what_it_finds_is_printed_with_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rows", "1000"]) == 0
    assert "| worse | yes | SCAN contact |" in capsys.readouterr().out
