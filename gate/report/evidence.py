"""What a verdict names as evidence, as the page shows it."""

import base64
from dataclasses import dataclass
from pathlib import Path

from gate.rundir import RunDir

LONGEST = 20_000  # characters of a text that are put into the page; the file itself is linked
TEXTS = frozenset({".txt", ".log", ".json", ".jsonl", ".xml"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: a note, or a file of the run with what the page shows of it.

    `picture` is the PNG in base64; `text` the file's words, `is_cut` where there are more of them.
    """

    label: str
    link: str | None = None
    picture: str | None = None
    text: str | None = None
    is_cut: bool = False

    @property
    def stem(self) -> str:
        return Path(self.label).stem


def read_piece(entry: str, run: RunDir) -> Piece:
    file = _file(entry, run)
    return Piece(entry) if file is None else _shown(entry, file, run)


def _file(entry: str, run: RunDir) -> Path | None:
    """The file that an entry names, if it is one of this run; any other entry is a note."""
    try:
        path = (run.path / entry).resolve()
        return path if path.is_file() and path.is_relative_to(run.path.resolve()) else None
    except (OSError, ValueError):  # too long or too odd for a file name
        return None


def _shown(entry: str, file: Path, run: RunDir) -> Piece:
    link = f"../{file.relative_to(run.path.resolve()).as_posix()}"
    if file.suffix == ".png":
        return Piece(entry, link, picture=base64.b64encode(file.read_bytes()).decode())
    if file.suffix in TEXTS:
        text = file.read_text(encoding="utf-8", errors="replace")
        return Piece(entry, link, text=text[:LONGEST], is_cut=len(text) > LONGEST)
    return Piece(entry, link)
