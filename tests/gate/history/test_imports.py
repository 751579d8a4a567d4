import json
from pathlib import Path

import pytest

from benchmarks.comparison import read_saved
from faults import UsageError
from gate.history.exports import as_pytest_benchmark
from gate.history.imports import read_entries
from tests.gate.history.samples import entry, macrobenchmark, pytest_benchmark


def test_a_file_of_pytest_benchmark_brings_its_own_build_time_and_condition(tmp_path: Path) -> None:
    (found,) = read_entries(pytest_benchmark(tmp_path / "a.json"), None, None)

    assert (found.build, found.measured.isoformat()) == ("abc123", "2026-01-02T03:04:05+00:00")
    assert found.series.title == "bench_query[a], virtual-android, compile_mode=speed"
    assert (found.rounds, found.series.unit) == ((0.1, 0.2, 0.3), "s")


def test_a_file_of_macrobenchmark_becomes_a_series_for_each_metric(tmp_path: Path) -> None:
    display, frames = read_entries(macrobenchmark(tmp_path / "a.json"), "1.7", None)

    assert display.series.benchmark == "SampleStartupBenchmark.startup: timeToInitialDisplayMs"
    assert (display.series.phone, display.series.unit) == ("Pixel 3", "ms")
    assert display.series.condition == "compile_mode=speed-profile; mode=COLD; system=API 31"
    assert (display.build, display.rounds) == ("1.7", (47.0, 48.0, 49.0))
    assert frames.rounds == (4.0, 5.0)  # each iteration's median frame


def test_the_same_file_is_the_same_run(tmp_path: Path) -> None:
    path = macrobenchmark(tmp_path / "a.json")

    assert read_entries(path, "1.7", None) == read_entries(path, "1.7", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "neither pytest-benchmark's JSON nor Macrobenchmark's"),
        ('{"benchmarks": 7}', "it names no commit"),
        ('{"commit_info": {"id": "a"}, "benchmarks": 7}', "neither pytest-benchmark's"),
        ('{"commit_info": {"id": "a"}, "benchmarks": []}', "holds no rounds"),
        ('{"context": {}, "benchmarks": []}', "say it with --build"),
    ],
)
def test_what_cannot_be_imported_is_named_with_the_reason(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)

    with pytest.raises(UsageError) as trouble:
        read_entries(path, None, None)

    assert str(trouble.value).startswith(f"{path}: ")
    assert words in str(trouble.value)


def test_what_is_exported_can_be_compared_and_imported_again(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text(json.dumps(as_pytest_benchmark([entry(0), entry(0, 0.2)])))

    (found,) = read_entries(path, None, None)
    assert (found.series, found.rounds, found.build) == (entry(0).series, entry(0, 0.2).rounds, entry(0).build)
    assert list(read_saved(path).results) == [entry(0).series.benchmark]
