"""`python -m benchmarks.bars.counts`: the exact costs of the app's queries, run after run; prints JSON."""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.bars.runs import measured


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.bars.counts", description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args()
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for _ in range(options.times):
        for name, counts in counts_of(measured("-k", "bench_query and not phone")).items():
            seen[name].add(json.dumps(counts, sort_keys=True))
    different = {name: sorted(found) for name, found in seen.items() if len(found) > 1}
    print(json.dumps({"runs": options.times, "queries": len(seen), "different": different}, indent=1))  # noqa: T201 -- the answer


def counts_of(run: Path) -> dict[str, Any]:
    told = json.loads((run / "benchmarks.json").read_text(encoding="utf-8"))
    return {row["name"]: row["extra_info"]["counts"] for row in told["benchmarks"]}


if __name__ == "__main__":
    main()
