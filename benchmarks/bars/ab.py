"""`python -m benchmarks.bars.ab`: builds that are 10 % slower are worse, in the right benchmark only; a twin is same.

Prints JSON: for each case how often it came out as it must, and what was said wrongly. With `--busy N` so many
processes compute meanwhile.
"""

import argparse
import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars.runs import build, busy, measured, verdict_of

SHARE = 0.10
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
    parser.add_argument("-k", dest="only", default="", help="only these benchmarks, as pytest's -k")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        base = build(Path(folder))
        with busy(options.busy):
            slower = amounts(base)
        rows = [_judge(CASES[name], base, Path(folder), slower, options) for name in options.case or CASES]
    print(json.dumps({"busy": options.busy, "milliseconds": slower, "cases": rows}, indent=1))  # noqa: T201 -- the answer


def amounts(base: Path) -> dict[str, int]:
    """A tenth of what start and sync take on this phone as busy as it is, in whole milliseconds, upwards."""
    found = verdict_of(measured("--app", str(base), "-k", "cold or first"))
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
            found = verdict_of(measured("--app", str(candidate), "--base", str(base), *only))
            runs.append({name: row["verdict"] for name, row in found.items() if row["verdict"] != "not applicable"})
    wrong = [
        {name: verdict for name, verdict in run.items() if verdict != "same"} for run in runs if not case.is_right(run)
    ]
    return {"case": case.name, "right": sum(map(case.is_right, runs)), "of": len(runs), "wrong": wrong}


if __name__ == "__main__":
    main()
