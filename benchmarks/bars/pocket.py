"""`python -m benchmarks.bars.pocket`: the first synchronisation, and cold starts with a large cache; prints JSON.

The bars: 2,000 rows a second for 10,000 rows, through the recorder; a median cold start of 600 ms with 100,000 rows.
"""

import json
from statistics import median

from benchmarks.bars.runs import measured

ROWS_PER_SECOND, SECONDS = 2_000, 0.6


def main() -> None:
    run = measured(where="benchmarks/bars/large_cache.py")
    (row,) = json.loads((run / "benchmarks.json").read_text(encoding="utf-8"))["benchmarks"]
    info = row["extra_info"]
    rates = [rows / seconds for rows, seconds in info["first_syncs"]]
    start = median(info["starts"])
    told = {
        "rows": info["first_syncs"][0][0],
        "rows_per_second": [round(rate) for rate in rates],
        "cached_rows": info["largest"][0],
        "cold_start_ms": round(1000 * start),
        "slowest_start_ms": round(1000 * max(info["starts"])),
        "held": median(rates) >= ROWS_PER_SECOND and start <= SECONDS,
    }
    print(json.dumps(told))  # noqa: T201 -- the answer


if __name__ == "__main__":
    main()
