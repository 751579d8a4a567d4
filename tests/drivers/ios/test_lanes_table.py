"""The table of docs/real-phones.md that says what is judged on iOS, beside what suites and benchmarks collect."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HEADING = "### Which claims and benchmarks a lane can prove"
ANSWER = re.compile(r"yes¹?(?: with .+)?|blocked|n/a")
COLLECT = """
import contextlib, io, json, sys
import pytest

class Lister:
    def pytest_collection_modifyitems(self, items):
        self.claims = sorted({each for item in items for mark in item.iter_markers("claim") for each in mark.args})
        self.benchmarks = sorted({item.name for item in items if item.name.startswith("bench_")})

lister, phone = Lister(), sys.argv[1]
words = ["suites", "benchmarks", "--collect-only", "-q", "--phone", phone, "-p", "no:cacheprovider"]
with contextlib.redirect_stdout(io.StringIO()):
    code = pytest.main(words, plugins=[lister])
assert code == 0, code
bare = [name.replace(f"-{phone}", "").replace(f"[{phone}]", "") for name in lister.benchmarks]
print(json.dumps([lister.claims, bare]))
"""


@dataclass(frozen=True)
class Row:
    claims: tuple[str, ...]
    benchmarks: tuple[str, ...]
    lanes: tuple[str, ...]
    why: str


def rows() -> Iterator[Row]:
    _, _, rest = (ROOT / "docs/real-phones.md").read_text(encoding="utf-8").partition(HEADING)
    table = [line for line in rest.partition("\n#")[0].splitlines() if line.startswith("|")]
    for line in table[2:]:
        what, *lanes, why = (cell.strip() for cell in line.strip("|").split("|"))
        named = re.findall(r"`(bench_[^`]+)`", what)
        yield Row(tuple(re.findall(r"\b[CO]\d+\b", what)), tuple(named), tuple(lanes), why)


def collected(phone: str) -> tuple[list[str], list[str]]:
    """Claims that a check is marked with, and benchmarks, as pytest finds them for a phone."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}  # as by itself
    command = [sys.executable, "-c", COLLECT, phone]
    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    claims, benchmarks = json.loads(done.stdout)
    return claims, benchmarks


def covers(name: str, benchmark: str) -> bool:
    """A name with its case means that one, a name alone all its cases."""
    return benchmark == name or benchmark.partition("[")[0] == name


def test_each_claim_and_benchmark_stands_in_the_table_once_and_android_has_no_others() -> None:
    table = list(rows())
    claims, benchmarks = collected("virtual-ios")

    assert sorted(claim for row in table for claim in row.claims) == claims
    for benchmark in benchmarks:
        assert sum(covers(name, benchmark) for row in table for name in row.benchmarks) == 1, benchmark
    for name in (name for row in table for name in row.benchmarks):
        assert any(covers(name, benchmark) for benchmark in benchmarks), name
    assert collected("virtual-android") == (claims, benchmarks)


@pytest.mark.parametrize("row", tuple(rows()), ids=lambda row: "-".join((*row.claims, *row.benchmarks))[:40])
def test_each_row_answers_for_every_lane_and_gives_the_reason_of_what_is_not_judged(row: Row) -> None:
    assert len(row.lanes) == 3
    assert all(ANSWER.fullmatch(lane) for lane in row.lanes), row.lanes
    assert row.why
