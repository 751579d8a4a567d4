"""An app's code as the phone runs it: compiled once for each file that is installed, as ART's dexopt does.

Apps of iOS are compiled before they are signed. Without this every start would compile the whole app anew, which no
phone does (source.android.com, "Configure ART": an app is compiled at the latest when it has been used).
"""

import hashlib
import py_compile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from tempfile import mkdtemp

type Member = tuple[str, bytes]
"""Path below the code's folder, and contents."""


def compiled(code: Path, store: Path) -> Path:
    """The folder that runs as `code` does, a folder or a folder inside a zip; made below `store` where it is new.

    What cannot be compiled is left as it is, so that the app crashes where it did before.
    """
    members = list(_members(code))
    ready = store / _digest(members)
    if not ready.exists():
        store.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(dir=store))
        for name, content in members:
            _write(made / name, content, f"{code}/{name}")
        made.rename(ready)
    return ready


def _digest(members: list[Member]) -> str:
    found = hashlib.sha256()
    for name, content in members:
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()[:16]


def _members(code: Path) -> Iterator[Member]:
    archive = next((part for part in (code, *code.parents) if part.is_file()), None)
    if archive is None:
        files = sorted(path for path in code.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        yield from ((path.relative_to(code).as_posix(), path.read_bytes()) for path in files)
    else:
        yield from _zipped(archive, code.relative_to(archive))


def _zipped(archive: Path, inside: PurePath) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as file:
        for name in sorted(file.namelist()):
            if PurePosixPath(name).is_relative_to(inside) and not name.endswith("/"):
                yield PurePosixPath(name).relative_to(inside).as_posix(), file.read(name)


def _write(place: Path, content: bytes, shown: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    if place.suffix != ".py":
        return
    try:
        py_compile.compile(str(place), str(place.with_suffix(".pyc")), dfile=shown, doraise=True)
    except py_compile.PyCompileError:
        return
    place.unlink()
