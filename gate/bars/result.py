"""What a bar came to: a line of JSON for scripts, a row of docs/figures.md for people."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import psutil


@dataclass(frozen=True, slots=True)
class Result:
    """`measured` for scripts, `words` says the same in a line."""

    bar: str
    limit: str
    measured: Mapping[str, object]
    words: str
    ok: bool

    def as_json(self) -> str:
        """One line."""
        row = {"bar": self.bar, "limit": self.limit, "measured": self.measured, "ok": self.ok}
        return json.dumps(row, ensure_ascii=False)

    def as_row(self, options: Sequence[str], day: date, machine: str) -> str:
        """In the columns of docs/figures.md: what, bar, measured, machine, command."""
        command = " ".join(("python -m gate.bars", self.bar, *options))
        measured = self.words if self.ok else f"NOT MET: {self.words}"
        cells = (self.bar, self.limit, measured, f"{machine}, {day:%Y-%m-%d}", f"`{command}`")
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def machine_size() -> str:
    return f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB"
