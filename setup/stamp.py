"""What each installed thing was made from, kept inside the thing itself, so that both vanish together."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from setup.project import Project


def content(files: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of each file that exists; one that does not is left out and so makes a difference, too."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.exists()}


def packages(project: Project) -> str:
    """A venv holds absolute paths, so one that was moved, copied or lost its interpreter is another one."""
    interpreter = {"path": sys.executable, "version": sys.version, "machine": os.uname().machine}
    return json.dumps({"root": str(project.root.resolve()), "python": interpreter} | content([project.requirements]))


def checkout(project: Project) -> str:
    return json.dumps(content([project.description]))


def appium(project: Project) -> str:
    """Some packages carry machine code, so the machine counts; where the checkout lies does not."""
    locks = [project.appium / name for name in ("package.json", "package-lock.json", ".npmrc")]
    return json.dumps({"machine": os.uname().machine, "system": sys.platform} | content(locks))


def matches(stamp: Path, wanted: str) -> bool:
    try:
        return stamp.read_text() == wanted
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return False


def write(stamp: Path, made_from: str) -> None:
    """Last step of what it stamps, at once or not at all: a half written stamp would be a lie."""
    draft = stamp.with_suffix(".draft")
    draft.write_text(made_from)
    draft.replace(stamp)
