"""`python -m gate.bars.android_unmodelled [RUN]`: what a virtual Android phone was asked and does not model, as JSON.

The bar: nothing over the whole Android gate. Without RUN (the folder of a run) the gate is run first. Exit 1 where
there was something, or where a run kept no account of it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from gate.programs import ROOT

LIMIT = 3600.0  # seconds for a whole gate


def main() -> None:
    parser = argparse.ArgumentParser(prog="gate.bars.android_unmodelled", description=__doc__)
    parser.add_argument("run", nargs="?", type=Path)
    asked_for = parser.parse_args().run
    with tempfile.TemporaryDirectory() as folder:
        told = counted(asked_for or gate(Path(folder)))
    sys.stdout.write(json.dumps(told) + "\n")
    sys.exit(1 if told["unmodelled"] or not told["phones"] else 0)


def gate(out: Path) -> Path:
    """The folder of a whole gate on one Android phone."""
    command = (sys.executable, "-c", "from gate.cli import main; main()", "run", "--phone", "virtual-android")
    subprocess.run((*command, "--out", str(out)), cwd=ROOT, stdout=subprocess.DEVNULL, timeout=LIMIT, check=False)
    return out / "latest"


def counted(run: Path) -> dict[str, Any]:
    """Of each phone that kept an account."""
    logs = sorted((run / "logs").glob("virtual-android*-unmodelled.log"))
    rows = [json.loads(line)["what"] for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    return {"phones": len(logs), "unmodelled": len(rows), "what": dict(Counter(rows).most_common(20))}


if __name__ == "__main__":
    main()
