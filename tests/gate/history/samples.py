"""Entries and files as other tools write them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gate.history.entry import Entry, Series

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
START = Series("bench_first_display[cold start]", "virtual-android", "start=COLD", "s")


def entry(number: int, seconds: float = 0.1, series: Series = START) -> Entry:
    """The number-th build's result, an hour after the one before."""
    rounds = (seconds, 1.01 * seconds, 0.99 * seconds)
    return Entry(f"run-{number}", NEW_YEAR + timedelta(hours=number), f"{number:064x}", f"1.{number}", series, rounds)


def stepped(number: int, at: int) -> list[Entry]:
    return [entry(one, (0.1 if one < at else 0.12) + 0.001 * (one % 3)) for one in range(number)]


def macrobenchmark(path: Path) -> Path:
    """androidx.benchmark's file, as the Android guide shows it."""
    told: dict[str, Any] = {
        "context": {
            "build": {"device": "blueline", "model": "Pixel 3", "version": {"sdk": 31}},
            "compilationMode": "speed-profile",
        },
        "benchmarks": [
            {
                "name": "startup",
                "params": {"mode": "COLD"},
                "className": "com.example.SampleStartupBenchmark",
                "metrics": {"timeToInitialDisplayMs": {"median": 48.0, "runs": [47.0, 48.0, 49.0]}},
                "sampledMetrics": {"frameDurationCpuMs": {"P50": 4.0, "runs": [[3.0, 4.0, 9.0], [5.0]]}},
            }
        ],
    }
    path.write_text(json.dumps(told))
    return path


def pytest_benchmark(path: Path, commit: str | None = "abc123") -> Path:
    row = {
        "name": "bench_query[a]",
        "fullname": "benchmarks/bench_queries.py::bench_query[a]",
        "extra_info": {"unit": "s", "phone": "virtual-android", "compile_mode": "speed"},
        "stats": {"data": [0.1, 0.2, 0.3]},
    }
    told = {"commit_info": {"id": commit}, "datetime": "2026-01-02T03:04:05+00:00", "benchmarks": [row]}
    path.write_text(json.dumps(told))
    return path
