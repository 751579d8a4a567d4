"""Benchmark files of others as entries of the history: pytest-benchmark's and AndroidX Macrobenchmark's."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from statistics import median
from typing import Any

from faults import UsageError
from gate.history.entry import Entry, Series

CONDITIONS = ("start", "network", "compile_mode", "system", "cached_rows", "database_rows")
UNITS = {"Ms": "ms", "Us": "µs", "Ns": "ns", "Kb": "KiB", "Count": "", "Uws": "µWs", "Uw": "µW", "Percent": "%"}


@dataclass(frozen=True, slots=True)
class Source:
    """What a file does not say of itself; None: as the file says, or "unknown"."""

    run: str
    build: str | None = None
    version: str = ""
    phone: str | None = None
    measured: datetime | None = None


def read_entries(path: Path, build: str | None, phone: str | None) -> tuple[Entry, ...]:
    """All results of a file in either format; raises UsageError where it is neither, or says no build."""
    try:
        content = path.read_bytes()
        told = json.loads(content)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        source = Source(hashlib.sha256(content).hexdigest()[:32], build, "", phone, changed)
        read = of_macrobenchmark if "context" in told else of_pytest_benchmark
        entries = tuple(read(told, source))
    except (OSError, UnicodeDecodeError) as trouble:
        raise UsageError(f"{path}: cannot be read: {trouble}") from trouble
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        msg = f"{path}: neither pytest-benchmark's JSON nor Macrobenchmark's ({type(trouble).__name__}: {trouble})"
        raise UsageError(msg) from trouble
    except UsageError as trouble:
        raise UsageError(f"{path}: {trouble}") from trouble
    if not entries:
        raise UsageError(f"{path}: holds no rounds; save them with --benchmark-save-data")
    return entries


def of_pytest_benchmark(told: Mapping[str, Any], source: Source) -> Iterator[Entry]:
    """One entry a benchmark with raw data (pytest_benchmark/session.py, `make_json`)."""
    build = source.build or (told.get("commit_info") or {}).get("id")
    if not build or build == "unknown":
        raise UsageError("it names no commit; say what was measured with --build")
    for row in told["benchmarks"]:
        extra = row.get("extra_info") or {}
        rounds = tuple(float(one) for one in row["stats"].get("data") or ())
        phone = str(source.phone or extra.get("phone") or "no phone")
        series = Series(str(row["name"]), phone, condition_of(extra), str(extra.get("unit", "s")))
        if rounds and all(map(isfinite, rounds)):
            yield Entry(source.run, _moment(told.get("datetime"), source), str(build), source.version, series, rounds)


def of_macrobenchmark(told: Mapping[str, Any], source: Source) -> Iterator[Entry]:
    """One entry a metric (androidx.benchmark.json.BenchmarkData); of sampled metrics each iteration's median.

    The file does not say which app it measured, nor when: the build has to be told, the time is the file's own.
    """
    if not source.build:
        raise UsageError("Macrobenchmark does not write which build it measured; say it with --build")
    context = told["context"]
    phone = str(source.phone or context["build"].get("model") or context["build"]["device"])
    system = f"API {context['build']['version']['sdk']}"
    for row in told["benchmarks"]:
        parameters = {**(row.get("params") or {}), "compile_mode": context.get("compilationMode"), "system": system}
        condition = "; ".join(f"{key}={value}" for key, value in sorted(parameters.items()) if value is not None)
        for metric, runs in _metrics(row):
            name = f"{row['className'].rpartition('.')[2]}.{row['name']}: {metric}"
            series = Series(name, phone, condition, _unit(metric))
            yield Entry(source.run, _moment(None, source), source.build, source.version, series, runs)


def condition_of(extra: Mapping[str, Any]) -> str:
    """What tells series of one benchmark apart; battery and temperature vary within one."""
    return "; ".join(f"{key}={extra[key]}" for key in CONDITIONS if extra.get(key) not in (None, ""))


def _metrics(row: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, ...]]]:
    for metric, told in (row.get("metrics") or {}).items():
        if told.get("runs"):
            yield metric, tuple(float(one) for one in told["runs"])
    for metric, told in (row.get("sampledMetrics") or {}).items():
        medians = tuple(median(map(float, samples)) for samples in told.get("runs") or () if samples)
        if medians:
            yield metric, medians


def _unit(metric: str) -> str:
    return next((unit for ending, unit in UNITS.items() if metric.endswith(ending)), "")


def _moment(text: str | None, source: Source) -> datetime:
    """Times without a zone are UTC, as pytest-benchmark writes them."""
    if text is None:
        return source.measured or datetime.now(UTC)
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
