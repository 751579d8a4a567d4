import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.comparison import compare, read_saved
from benchmarks.decision import Change, Decision
from faults import UsageError

type Save = Callable[..., Path]

RANDOM = np.random.default_rng(8)
MACHINE = {"node": "lab-1", "system": "Linux", "cpu": {"brand_raw": "a processor", "count": 2}}


def rounds(level: float = 0.1, number: int = 20) -> list[float]:
    return list(level * (1 + 0.02 * RANDOM.standard_normal(number)))


def row(name: str, data: list[float] | None, **extra: object) -> dict[str, Any]:
    stats = {"rounds": 20} if data is None else {"rounds": 20, "data": data}
    return {"name": name, "fullname": f"benchmarks/bench_a.py::{name}", "extra_info": extra, "stats": stats}


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(*rows: dict[str, Any], machine: dict[str, Any] | None = None) -> Path:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps({"machine_info": MACHINE if machine is None else machine, "benchmarks": rows}))
        return path

    return write


def compared(base: Path, candidate: Path, **options: Any) -> dict[str, Decision]:  # noqa: ANN401 -- compare's own
    return compare(read_saved(base), read_saved(candidate), **options)


def test_each_benchmark_gets_its_own_verdict(save: Save) -> None:
    base = save(row("slow", rounds()), row("steady", rounds()), row("fast", rounds()))
    candidate = save(row("slow", rounds(0.11)), row("steady", rounds()), row("fast", rounds(0.09)))

    found = compared(base, candidate)

    assert [one.verdict for one in found.values()] == [Change.WORSE, Change.SAME, Change.BETTER]


def test_a_moved_module_is_the_same_benchmark(save: Save) -> None:
    moved = row("slow", rounds(0.11)) | {"fullname": "benchmarks/bench_b.py::slow"}

    assert compared(save(row("slow", rounds())), save(moved))["slow"].verdict is Change.WORSE


def test_two_of_one_name_go_by_their_full_names(save: Save) -> None:
    twin = row("slow", rounds()) | {"fullname": "benchmarks/bench_b.py::slow"}
    path = save(row("slow", rounds()), twin)

    assert sorted(compared(path, path)) == ["benchmarks/bench_a.py::slow", "benchmarks/bench_b.py::slow"]


def test_what_only_one_side_has_is_no_pass(save: Save) -> None:
    found = compared(save(row("gone", rounds())), save(row("new", rounds())))

    assert {name: (one.verdict, one.reason) for name, one in found.items()} == {
        "new": (Change.INCONCLUSIVE, "only the candidate has it"),
        "gone": (Change.INCONCLUSIVE, "only the base has it"),
    }


def test_without_raw_data_nothing_is_decided(save: Save) -> None:
    found = compared(save(row("start", None)), save(row("start", rounds())))["start"]

    assert found.verdict is Change.INCONCLUSIVE
    assert found.reason == "no raw data of the base; save with --benchmark-save-data"


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({"phone": "another"}, "phone was a phone, then another"),
        ({"unit": "ms"}, "unit was not told, then ms"),
        ({"start": "WARM"}, "start was not told, then WARM"),
    ],
)
def test_other_conditions_are_not_comparable(then: dict[str, str], words: str, save: Save) -> None:
    base = save(row("start", rounds(), phone="a phone"))
    found = compared(base, save(row("start", rounds(0.2), **{"phone": "a phone", **then})))["start"]

    assert (found.verdict, found.reason) == (Change.INCONCLUSIVE, f"not comparable: {words}")


def test_another_machine_decides_nothing_unless_it_is_trusted(save: Save) -> None:
    base = save(row("query", rounds()))
    candidate = save(row("query", rounds(0.12)), machine=MACHINE | {"node": "lab-2"})

    found = compared(base, candidate)["query"]

    assert (found.verdict, found.reason) == (
        Change.INCONCLUSIVE,
        "not comparable: node was lab-1, then lab-2",
    )
    assert compared(base, candidate, across_machines=True)["query"].verdict is Change.WORSE


def test_what_the_phone_timed_does_not_care_for_the_machine(save: Save) -> None:
    base = save(row("start", rounds(), clock="phone"))
    candidate = save(row("start", rounds(0.12), clock="phone"), machine=MACHINE | {"node": "lab-2"})

    assert compared(base, candidate)["start"].verdict is Change.WORSE


def test_a_query_that_starts_to_scan_is_worse_by_counts_alone(save: Save) -> None:
    base = save(row("query", rounds(), counts={"full_scan_steps": 0, "vm_steps": 300}))
    candidate = save(row("query", rounds(0.05), counts={"full_scan_steps": 999, "vm_steps": 300}))

    found = compared(base, candidate)["query"]

    assert (found.verdict, found.reason) == (Change.WORSE, "full_scan_steps: 0 became 999")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no file of pytest-benchmark"),
        ("[]", "no file of pytest-benchmark"),
        ('{"benchmarks": [{"name": "a"}]}', "no file of pytest-benchmark"),
        ('{"benchmarks": [{"name": "a", "stats": {"data": [1, "2"]}}]}', "a: '2' among its data is no duration"),
        ('{"benchmarks": [{"name": "a", "stats": {"data": [1, NaN]}}]}', "a: nan among its data is no duration"),
        ('{"benchmarks": [{"name": "a", "stats": {"data": [0]}}]}', "a: 0 among its data is no duration"),
    ],
)
def test_a_file_that_is_none_is_named_with_the_reason(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)

    with pytest.raises(UsageError) as trouble:
        read_saved(path)

    assert str(trouble.value).startswith(f"{path}: {words}")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.json: cannot be read"):
        read_saved(tmp_path / "nowhere.json")
