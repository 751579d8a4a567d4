"""Every seeded defect turns the gate red, for its own claim alone, and the clean twin stays green."""

import argparse
import json
from collections.abc import Collection, Mapping
from typing import Any

from faults import BenchFault
from gate.bars.product import PATIENCE, POCKETGATE, Place, defects
from gate.bars.result import Result


def measure(place: Place, _options: argparse.Namespace) -> Result:
    known = defects(place)
    patience = PATIENCE * (1 + len(known))
    ended = place.call(POCKETGATE, "prove", "--out", str(place.path / "proof"), name="prove", patience=patience)
    file = place.path / "proof" / "proof.json"
    if not file.is_file():
        raise BenchFault(f"pocketgate prove ended with {ended.code} and left no proof.json; see {place.path}")
    return judged(json.loads(file.read_text(encoding="utf-8")), known, ended.code)


def judged(proof: Mapping[str, Any], known: Collection[str], code: int) -> Result:
    tried = {row["name"]: row for row in proof["defects"]}
    collateral = {name: row["collateral"] for name, row in tried.items() if row["collateral"]}
    missed = [name for name in known if name not in tried or tried[name]["status"] != "caught"]
    recall, false_alarms = proof["recall"], proof["false_alarms"]
    return Result(
        bar="defects",
        limit="recall 1, no false alarm, no collateral",
        measured={
            "recall": recall,
            "missed": missed,
            "false_alarms": false_alarms,
            "collateral": collateral,
            "exit": code,
            "seconds": {name: row["seconds"] for name, row in tried.items()},
        },
        words=f"recall {recall:g} of {len(known)}, {len(false_alarms)} false alarms, {len(collateral)} with collateral",
        ok=code == 0 and recall == 1 and not (missed or false_alarms or collateral),
    )
