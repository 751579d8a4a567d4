"""`python -m gate.bars NAME`: one line for each bar; exit 0: met, 1: not."""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from faults import BenchFault
from gate.bars import deaths, fresh, history, proof, same, steady
from gate.bars.product import Place
from gate.bars.result import Result, machine_size

type Bar = Callable[[Place, argparse.Namespace], Result]

BARS: Mapping[str, Bar] = {
    "fresh": fresh.measure,
    "steady": steady.measure,
    "deaths": deaths.measure,
    "same": same.measure,
    "defects": proof.measure,
    "history": history.measure,
}


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="gate.bars", description=__doc__)
    parser.add_argument("name", choices=(*BARS, "all"), metavar="NAME", help=f"{', '.join(BARS)}, or all")
    parser.add_argument("--markdown", action="store_true", help="a row for docs/figures.md instead of JSON")
    parser.add_argument("--runs", type=int, default=10, metavar="N", help="of steady")
    parser.add_argument("--victim", action="append", choices=deaths.NAMES, help="of deaths; may be repeated")
    parser.add_argument("--defect", metavar="NAME", help="of same; the first one by default")
    options = parser.parse_args(words)
    if options.runs < 1:
        parser.error("--runs: at least 1")
    return options


def measured(name: str, options: argparse.Namespace) -> Result:
    """What kept us from measuring is a bar not met; its runs and logs stay then."""
    place = Place(Path(tempfile.mkdtemp(prefix=f"bar-{name}-")))
    try:
        result = BARS[name](place, options)
    except BenchFault as fault:
        result = Result(name, "", {"trouble": str(fault)}, str(fault), ok=False)
    if result.ok:
        shutil.rmtree(place.path, ignore_errors=True)
    else:
        sys.stderr.write(f"{name}: runs and logs are in {place.path}\n")
    return result


def main(words: Sequence[str]) -> int:
    options, met = arguments(words), True
    spoken = [word for word in words if word not in {options.name, "--markdown"}]
    for name in BARS if options.name == "all" else (options.name,):
        result = measured(name, options)
        row = result.as_row(spoken, datetime.now(UTC).date(), machine_size())
        sys.stdout.write((row if options.markdown else result.as_json()) + "\n")
        sys.stdout.flush()
        met = met and result.ok
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
