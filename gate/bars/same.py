"""`pytest suites` and `pocketgate run` are two doors to one gate: the same verdict for each claim."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults import BenchFault
from gate.bars.product import POCKETGATE, PYTHON, Place, defects, verdict_in
from gate.bars.result import Result

REPORT = re.compile(r"(/.+)/report/index\.html$", re.MULTILINE)

type Statuses = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """What both said of one build: a status for each claim on each phone."""

    build: str
    by_pytest: Statuses
    by_run: Statuses
    wanted: Mapping[str, str]  # statuses without which a comparison proves nothing

    @property
    def different(self) -> tuple[str, ...]:
        """In words."""
        claims = sorted({*self.by_pytest, *self.by_run})
        said = [(claim, self.by_pytest.get(claim, "absent"), self.by_run.get(claim, "absent")) for claim in claims]
        return tuple(f"{claim}: pytest {one}, run {other}" for claim, one, other in said if one != other)

    @property
    def missed(self) -> tuple[str, ...]:
        """Statuses that had to be there and are not: two gates that saw nothing agree as well."""
        claims = self.by_run if "*" in self.wanted else self.wanted
        wanted = {claim: self.wanted.get(claim, self.wanted.get("*")) for claim in claims}
        wrong = tuple(
            f"{one}: {self.by_run.get(one)}" for one, status in wanted.items() if self.by_run.get(one) != status
        )
        return wrong if self.by_run else ("no claim was judged",)


def measure(place: Place, options: argparse.Namespace) -> Result:
    known = defects(place)
    name = options.defect or next(iter(known))
    if name not in known:
        raise BenchFault(f"--defect {name}: no such defect; the defects are {', '.join(known)}")
    broken = {f"{known[name]} on virtual-android": "broken"}
    return judged(
        [_pair(place, "clean", (), {"*": "held"}), _pair(place, name, ("--app", _build(place, name)), broken)]
    )


def judged(pairs: list[Pair]) -> Result:
    different = {pair.build: list(pair.different + pair.missed) for pair in pairs}
    same = sum(len(pair.by_run) for pair in pairs)
    trouble = "; ".join(f"{build}: {', '.join(rows)}" for build, rows in different.items() if rows)
    return Result(
        bar="same",
        limit="the same verdict for each claim, a clean and a defective file",
        measured={"claims": {pair.build: len(pair.by_run) for pair in pairs}, "different": different},
        words=trouble or f"{same} of {same} verdicts ({', '.join(different)})",
        ok=not trouble,
    )


def statuses(verdict: Mapping[str, Any]) -> Statuses:
    return {f"{row['id']} on {row['phone']}": str(row["status"]) for row in verdict["claims"]}


def _pair(place: Place, build: str, app: tuple[str, ...], wanted: Mapping[str, str]) -> Pair:
    on = ("--phone", "virtual-android", *app)
    by_pytest = place.call(PYTHON, "-m", "pytest", "suites", *on, name=f"{build}-pytest")
    found = REPORT.findall(by_pytest.said)
    if not found:
        raise BenchFault(f"pytest suites ended with {by_pytest.code} and named no report; see {place.path}")
    place.call(POCKETGATE, "run", "--out", str(place.path / build), *on, name=f"{build}-run")
    folder = Path(found[-1].rpartition(": ")[2])
    return Pair(build, statuses(verdict_in(folder)), statuses(verdict_in(place.path / build / "latest")), wanted)


def _build(place: Place, defect: str) -> str:
    options = ("--platform", "android", "--defect", defect, "--out", str(place.path))
    built = place.call(POCKETGATE, "testbed", "build", *options, name="build")
    if built.code != 0:
        raise BenchFault(f"{defect} could not be built: {built.said.strip()}")
    return built.said.split()[-1]
