"""What an app left on an Android phone, read through root or run-as, with a fresh proof in it each time."""

import shlex
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from secrets import token_hex

from drivers.adb import Adb, CommandFailed
from drivers.android.root import By, Root, su_of
from drivers.app_file import AppFile
from drivers.phone import StoredFile
from faults import EvidenceMissing

PROOF = "pocketgate-proof"
"""A file with a new word in it: a sandbox in which it cannot be read back shows old or empty files."""

type Run = Callable[[str], str]
type Read = Callable[[], Iterable[StoredFile]]


def read_sandbox(adb: Adb, app: AppFile) -> tuple[StoredFile, ...]:
    """All files of the data directory; an app that was never started has an empty one.

    Raises EvidenceMissing where neither root nor run-as opens it, or what is read is not what is there now.
    """
    home = f"/data/data/{app.package}"
    if adb.is_root():
        return _proved(adb, home, Root(adb, By.ADBD).shell, lambda: _pulled(adb, home))
    if app.debuggable:
        run_as = f"run-as {app.package}"
        return _proved(
            adb,
            home,
            lambda line: adb.shell(f"{run_as} sh -c {shlex.quote(f'cd {home} && {line}')}"),
            lambda: _listed(adb.shell(f"{run_as} find . -type f"), lambda name: adb.read(f"{run_as} cat {name}")),
        )
    root = su_of(adb)
    if root is None:
        msg = f"{adb.serial}: {home} can be read neither by root nor by run-as (the build is not debuggable)"
        raise EvidenceMissing(msg)
    inside = f"cd {home} &&"
    return _proved(
        adb,
        home,
        root.shell,
        lambda: _listed(root.shell(f"{inside} find . -type f"), lambda name: root.read(f"{inside} cat {name}")),
    )


def names_in_sandbox(adb: Adb, app: AppFile, root: Root | None) -> tuple[str, ...]:
    """The files of the data directory, listed only; raises CommandFailed where nobody may look."""
    home = f"/data/data/{app.package}"
    if root is not None:
        listed = root.shell(f"find {home} -type f")
    else:
        listed = adb.shell(f"run-as {app.package} find {home} -type f")
    return tuple(sorted(name.removeprefix(f"{home}/") for name in listed.splitlines()))


def _proved(adb: Adb, home: str, run: Run, read: Read) -> tuple[StoredFile, ...]:
    """What is read together with a word that was written a moment ago, without that word."""
    word, place = token_hex(8), f"{home}/{PROOF}"
    try:
        run(f"echo {word} > {place}")
    except CommandFailed as refused:
        msg = f"{adb.serial}: {home} could not be pulled with a proof in it: {refused}"
        raise EvidenceMissing(msg) from refused
    try:
        found = tuple(read())
    finally:
        run(f"rm -f {place}")
    if not any(file.path == PROOF and file.content.decode(errors="replace").strip() == word for file in found):
        msg = f"{adb.serial}: what was just written into {home} cannot be read there; old or empty files are shown"
        raise EvidenceMissing(msg)
    return tuple(file for file in found if file.path != PROOF)


def _pulled(adb: Adb, home: str) -> Iterable[StoredFile]:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "sandbox")
        try:
            adb.pull(home, target)
        except CommandFailed as refused:
            msg = f"{adb.serial}: {home} could not be pulled: {refused}"
            raise EvidenceMissing(msg) from refused
        return [
            StoredFile(str(path.relative_to(target)), path.read_bytes())
            for path in sorted(target.rglob("*"))
            if path.is_file()
        ]


def _listed(names: str, read: Callable[[str], bytes]) -> Iterable[StoredFile]:
    return [StoredFile(name.removeprefix("./"), read(shlex.quote(name))) for name in sorted(names.splitlines())]
