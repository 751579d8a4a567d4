"""events.jsonl: what happened, one JSON object a line, on disk before the next thing happens."""

import json
import logging
import os
import time
from pathlib import Path

logger = logging.getLogger(__name__)


class Journal:
    """Appends numbered events; a disk that refuses them ends the process, since unrecorded traffic would look clean."""

    def __init__(self, path: Path) -> None:
        """Raises FileExistsError when the file is there: two recordings in one file would count twice."""
        self._file = path.open("xb", buffering=0)
        self._next = 0

    @property
    def events(self) -> int:
        return self._next

    def write(self, kind: str, **fields: object) -> int:
        """Returns the event's number, counted from 0; `at` is Unix time in seconds by this machine's clock."""
        number = self._next
        line = json.dumps({"n": number, "at": time.time(), "kind": kind, **fields}).encode() + b"\n"
        try:
            self._write_whole(line)
        except OSError:
            logger.critical("the events file cannot be written, so the recorder ends", exc_info=True)
            os._exit(1)
        self._next = number + 1
        return number

    def _write_whole(self, line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[self._file.write(rest) :]

    def close(self) -> None:
        self._file.close()
