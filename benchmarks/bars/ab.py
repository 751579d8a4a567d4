"""`python -m benchmarks.bars.ab`: builds that are 10 % slower are worse, in the right benchmark only; a twin is same.

Prints JSON: for each case how often it came out as it must, and what every run said. With `--busy N` so many processes
compute meanwhile. A run takes three to five minutes then; `--case` and `--times` make it fewer of them.
"""

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars.runs import build, busy, measured, verdict_of
from benchmarks.decision import Change

SHARE = 0.10
SETTINGS = ("--bench-settings", str(Path(__file__).with_suffix(".toml")))
CONCERNED = "cold or (first and sync) or newest"  # pytest's -k: each that is slowed down in one of the cases
VERDICTS = {change.value for change in Change}
COLD, FIRST_SYNC = "bench_first_display[cold start]", "bench_sync[first sync]"
INCLUDED = "bench_full_display[cold start]"  # a full display includes the first one


@dataclass(frozen=True, slots=True)
class Case:
    """`must` are beginnings of the benchmarks that have to be worse, `may` of those that then may be worse too."""

    name: str
    must: tuple[str, ...]
    may: tuple[str, ...] = ()

    def is_right(self, found: Mapping[str, str]) -> bool:
        worse = {name for name, verdict in found.items() if verdict == "worse"}
        due = {name for name in found if self._fits(name, self.must)}
        if not self.must:
            return all(verdict == "same" for verdict in found.values())
        return bool(due) and due <= worse and all(self._fits(name, (*self.must, *self.may)) for name in worse)

    @staticmethod
    def _fits(name: str, parts: tuple[str, ...]) -> bool:
        return any(part in name for part in parts)


CASES = {
    case.name: case
    for case in (
        Case("cold_start", (COLD,), (INCLUDED,)),
        Case("first_sync", (FIRST_SYNC,)),
        Case("dropped_index", ("newest change",)),
        Case("twin", ()),
    )
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.ab", description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--busy", type=int, default=0)
    parser.add_argument("--case", action="append", choices=tuple(CASES), help="only this one; may be repeated")
    parser.add_argument("-k", dest="only", default=CONCERNED, help="these benchmarks, as pytest's -k; '' for all")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = build(Path(folder))
        with busy(options.busy):
            slower = amounts(base)
        rows = [_judge(CASES[name], base, Path(folder), slower, options) for name in options.case or CASES]
    print(json.dumps({"busy": options.busy, "milliseconds": slower, "cases": rows}, indent=1))  # noqa: T201 -- the answer


def amounts(base: Path) -> dict[str, int]:
    """A tenth of what start and sync take on this phone as busy as it is, in whole milliseconds, upwards."""
    found = verdict_of(measured("--app", str(base), *SETTINGS, "-k", "cold or (first and sync)"))
    return {
        "cold_start": math.ceil(1000 * SHARE * found[COLD]["median"]),
        "first_sync": math.ceil(1000 * SHARE * found[FIRST_SYNC]["median"]),
        "dropped_index": 0,
    }


def _judge(
    case: Case, base: Path, folder: Path, slower: Mapping[str, int], options: argparse.Namespace
) -> dict[str, Any]:
    slow = ("--slow", f"{case.name}:{slower[case.name]}") if case.name in slower else ()
    (folder / case.name).mkdir()
    candidate = build(folder / case.name, *slow)
    only = ("-k", options.only) if options.only else ()
    runs = []
    with busy(options.busy):
        for _ in range(options.times):
            began = time.monotonic()
            found = verdict_of(measured("--app", str(candidate), "--base", str(base), *SETTINGS, *only))
            runs.append({name: row["verdict"] for name, row in found.items() if row["verdict"] in VERDICTS})
            took, load = time.monotonic() - began, os.getloadavg()[0]
            told = {"right": case.is_right(runs[-1]), "seconds": round(took), "load": load, **runs[-1]}
            sys.stderr.write(f"{case.name}: {json.dumps(told)}\n")
    return {"case": case.name, "right": sum(map(case.is_right, runs)), "of": len(runs), "runs": runs}


if __name__ == "__main__":
    main()
