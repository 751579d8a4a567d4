"""Results that the history could not take: JSON files beside it until it can."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from gate.history.entry import Entry


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of them, one file a run."""

    folder: Path

    def keep(self, entries: Iterable[Entry]) -> Path:
        """Written whole or not at all, under a name that no other run takes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{uuid4()}.json"
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps([one.as_json() for one in entries]), encoding="utf-8")
        draft.replace(path)
        return path

    def files(self) -> tuple[Path, ...]:
        return tuple(sorted(self.folder.glob("*.json")))


def read_kept(path: Path) -> tuple[Entry, ...]:
    """Raises ValueError, KeyError or TypeError where somebody has changed the file."""
    return tuple(Entry.from_json(row) for row in json.loads(path.read_text(encoding="utf-8")))
