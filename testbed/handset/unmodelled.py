import json
import time
from pathlib import Path


class Unmodelled:
    """Every question the phone could not answer as a real one would: a suite that needs it must not pass unnoticed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.touch()

    def note(self, kind: str, what: str) -> None:
        """Appends one JSON line; `kind` is shell, service, console, broadcast or uiautomator."""
        with self.path.open("a") as file:
            file.write(json.dumps({"at": time.time(), "kind": kind, "what": what}) + "\n")
