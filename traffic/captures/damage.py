"""Where a capture could not be read: never a reason to stop judging the rest, never a pass."""

from collections.abc import Iterator
from dataclasses import dataclass

from traffic.events import Exchange


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong at that byte of the file (None where no single one is meant); the rest was read."""

    offset: int | None
    what: str

    def __str__(self) -> str:
        return self.what if self.offset is None else f"byte {self.offset}: {self.what}"


type Items = Iterator[Exchange | Damage]
