import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import testbed.defects
from testbed.build.constants import constants

FOLDER: Final = Path(testbed.defects.__file__).parent
APP_IMPORT: Final = re.compile(r"^(from|import) testbed\.pocket\b", re.MULTILINE)
SHARED: Final = re.compile(r"^from testbed\.defects\.shared\b", re.MULTILINE)
ENTRY: Final = '''"""Starts the app with one seeded defect in it."""

from defect import {name}
from pocket.main import main as start


def main(phone):
    {name}.apply()
    start(phone)
'''


@dataclass(frozen=True, slots=True)
class Defect:
    """A module that replaces one function of the app, so that one claim is broken; `also` truly fall with it."""

    name: str
    claim: str
    what: str
    also: tuple[str, ...]
    source: str

    def described(self) -> dict[str, str | list[str]]:
        """Return what others may know of it without reading its source."""
        return {"name": self.name, "claim": self.claim, "also": list(self.also), "what": self.what}

    def files(self) -> dict[str, str]:
        """Return the files that the defect adds, by their place; inside an app file the app is `pocket`."""
        shared = _shared() if SHARED.search(self.source) else {}
        return {
            "defect/__init__.py": "",
            f"defect/{self.name}.py": _relocated(self.source),
            "defect/entry.py": ENTRY.format(name=self.name),
            **shared,
        }


def defects() -> tuple[Defect, ...]:
    """Return all seeded defects, read and not run."""
    return tuple(_read(file) for file in sorted(FOLDER.glob("*.py")) if file.stem != "__init__")


def _shared() -> dict[str, str]:
    return {f"defect/shared/{file.name}": _relocated(file.read_text()) for file in (FOLDER / "shared").glob("*.py")}


def _relocated(source: str) -> str:
    return SHARED.sub("from defect.shared", APP_IMPORT.sub(r"\1 pocket", source))


def _read(file: Path) -> Defect:
    source = file.read_text()
    found = constants(source, {"CLAIM", "WHAT", "ALSO"})
    return Defect(file.stem, found["CLAIM"], found["WHAT"], found.get("ALSO", ()), source)
