"""`python -m benchmarks.bars.start`: the reported cold start against the process's own first frame; prints JSON.

The bar: no error above 3 ms or 3 %, whichever is more.
"""

import json
import tempfile
from pathlib import Path

from benchmarks.bars.runs import build, measured

MOST, SHARE = 0.003, 0.03


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = build(Path(folder), "--slow", "first_frame_logged")
        run = measured("--app", str(app), where="benchmarks/bars/frames.py")
    rows = json.loads((run / "benchmarks.json").read_text(encoding="utf-8"))["benchmarks"]
    pairs = [tuple(pair) for row in rows for pair in row["extra_info"].get("pairs", ())]
    errors = [reported - own for reported, own in pairs]
    within = sum(abs(reported - own) <= max(MOST, SHARE * own) for reported, own in pairs)
    worst = max(errors, key=abs)
    print(json.dumps({"starts": len(pairs), "within": within, "worst_error_ms": round(1000 * worst, 2)}))  # noqa: T201 -- the answer


if __name__ == "__main__":
    main()
