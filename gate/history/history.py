"""A history that loses nothing: what its database cannot take now is kept beside it and merged when it can."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from faults import UsageError
from gate.history.entry import Entry
from gate.history.kept import Kept, read_kept
from gate.history.store import open_store

KEPT = "history.kept"  # among the runs
MAGIC = b"SQLite format 3\0"
BROKEN_WORDS = ("not a database", "malformed", "disk image", "encrypted")  # sqlite3's SQLITE_NOTADB, SQLITE_CORRUPT


@dataclass(frozen=True, slots=True)
class Remembered:
    """How many results were `added` now, how many `merged` of earlier runs, and what stood in the way."""

    history: str
    added: int = 0
    merged: int = 0
    trouble: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Merged:
    """How many results came in from beside, and what is worth a word about it."""

    added: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class History:
    """`place` is a file or a URL; `beside`, where results are kept, is a file's own neighbour.

    `runs` is where they are kept when that folder cannot be written either.
    """

    place: str
    beside: Path
    runs: Path

    @classmethod
    def at(cls, place: str, runs: Path) -> "History":
        """Where somebody named one: a file, or a URL; what a database elsewhere cannot take is kept with the runs."""
        file = _file_of(place)
        return cls(place, file.with_name(f"{file.name}.kept") if file else runs / KEPT, runs)

    @property
    def url(self) -> str:
        return self.place if "://" in self.place else f"sqlite:///{self.place}"

    @property
    def file(self) -> Path | None:
        return _file_of(self.place)

    def remember(self, entries: Iterable[Entry]) -> Remembered:
        """Add results, and those that were kept; never raises for a database that does not take them."""
        new = tuple(entries)
        try:
            merged = self.merge()
            with open_store(self.url) as store:
                return Remembered(self.shown, store.add(new), merged.added, "; ".join(merged.notes) or None)
        except (sa.exc.SQLAlchemyError, OSError, UsageError) as trouble:
            return Remembered(self.shown, trouble=f"{_first_line(trouble)}; {self._kept(new)}")

    def _kept(self, new: tuple[Entry, ...]) -> str:
        """Beside the history, else among the runs; where neither takes them, the run itself still has its figures."""
        for folder in self._folders:
            try:
                return f"{len(new)} results are kept in {Kept(folder).keep(new)} and join it with the next run"
            except OSError as trouble:
                refused = f"{folder}: {trouble.strerror}"
        return f"{len(new)} results could not be kept beside it ({refused}): import the run's benchmarks.json later"

    @property
    def _folders(self) -> tuple[Path, ...]:
        return tuple(dict.fromkeys((self.beside, self.runs / KEPT)))

    def refuse_other_files(self) -> None:
        """Raises UsageError where somebody named what never was a history: a folder, or another kind of file.

        A file with results kept beside it was one, and is merged or set aside instead.
        """
        if self.file is None or self.has_kept:
            return
        if self.file.is_dir():
            raise UsageError(f"--history {self.place}: is a folder; name the file in it, such as history.sqlite")
        if self.file.is_file() and not _is_database(self.file):
            raise UsageError(
                f"--history {self.place}: is no SQLite database; name a history, or a file that is not there"
            )

    @property
    def has_kept(self) -> bool:
        return any(Kept(folder).files() for folder in self._folders)

    def merge(self) -> Merged:
        """Take in what was kept; a file that is still broken then is set aside, never thrown away."""
        kept = tuple(path for folder in self._folders for path in Kept(folder).files())
        if not kept:
            return Merged()
        try:
            return self._take_in(kept)
        except sa.exc.DatabaseError as trouble:
            if self.file is None or not any(words in str(trouble) for words in BROKEN_WORDS):
                raise
            aside = _set_aside(self.file)
            merged = self._take_in(kept)
            return Merged(merged.added, (*merged.notes, f"it was broken, and is set aside as {aside}"))

    def _take_in(self, kept: Iterable[Path]) -> Merged:
        added, notes = 0, []
        with open_store(self.url) as store:
            for path in kept:
                try:
                    entries = read_kept(path)
                except FileNotFoundError:  # another run took it in meanwhile
                    continue
                except (ValueError, KeyError, TypeError) as trouble:
                    notes.append(f"{path} cannot be read, and stays there: {trouble!r}")
                    continue
                added += store.add(entries)
                path.unlink(missing_ok=True)
        return Merged(added, tuple(notes))

    @property
    def shown(self) -> str:
        """Without the password."""
        try:
            return sa.make_url(self.place).render_as_string() if "://" in self.place else self.place
        except sa.exc.ArgumentError:
            return self.place


def _set_aside(file: Path) -> Path:
    """With its journal, which would be played back into the next file of that name."""
    aside = file.with_name(f"{file.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    for ending in ("", "-journal", "-wal", "-shm"):
        part = file.with_name(f"{file.name}{ending}")
        if part.exists():
            part.replace(aside.with_name(f"{aside.name}{ending}"))
    return aside


def _file_of(place: str) -> Path | None:
    """The file of an SQLite history, None for a database elsewhere, and for what is no URL at all."""
    if "://" not in place:
        return Path(place)
    try:
        address = sa.make_url(place)
    except sa.exc.ArgumentError:
        return None
    return Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None


def _is_database(file: Path) -> bool:
    """By its first bytes; SQLite takes an empty file for an empty database (sqlite.org/fileformat.html, 1.3)."""
    with file.open("rb") as read:
        return read.read(len(MAGIC)) in {b"", MAGIC}


def _first_line(trouble: Exception) -> str:
    return str(trouble).splitlines()[0]
