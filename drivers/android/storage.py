"""What an app left on an Android phone, read through root or run-as."""

import shlex
import tempfile
from pathlib import Path

from drivers.adb import Adb, CommandFailed
from drivers.app_file import AppFile
from drivers.phone import StoredFile
from faults import EvidenceMissing


def read_sandbox(adb: Adb, app: AppFile) -> tuple[StoredFile, ...]:
    """All files of the data directory; an app that was never started has an empty one.

    Raises EvidenceMissing where neither root nor run-as opens it.
    """
    home = f"/data/data/{app.package}"
    if adb.is_root():
        return _pulled(adb, home)
    if app.debuggable:
        return _through_run_as(adb, app.package)
    msg = f"{adb.serial}: {home} can be read neither by root nor by run-as (the build is not debuggable)"
    raise EvidenceMissing(msg)


def _pulled(adb: Adb, home: str) -> tuple[StoredFile, ...]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "sandbox")
        try:
            adb.pull(home, target)
        except CommandFailed as refused:
            msg = f"{adb.serial}: {home} could not be pulled: {refused}"
            raise EvidenceMissing(msg) from refused
        return tuple(
            StoredFile(str(path.relative_to(target)), path.read_bytes())
            for path in sorted(target.rglob("*"))
            if path.is_file()
        )


def _through_run_as(adb: Adb, package: str) -> tuple[StoredFile, ...]:
    names = adb.shell("run-as", package, "find", ".", "-type", "f").splitlines()
    return tuple(
        StoredFile(name.removeprefix("./"), adb.read("run-as", package, "cat", shlex.quote(name)))
        for name in sorted(names)
    )
