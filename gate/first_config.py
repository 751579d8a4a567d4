"""The configuration that `pocketgate init` writes for a real app: what could be read, and what is left to fill in."""

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from drivers.app_file import AppFile, apps_of, read_app_file
from drivers.controls import BACK, Where
from drivers.locators import STRATEGIES
from faults import UsageError
from gate.config import PhoneEntry, read_config
from gate.nearby import Nearby, look_around
from scenarios.names import NAMES, Name

WIDTH = 120
STATES = {
    "unauthorized": "accept 'Allow USB debugging?' on its screen",
    "offline": "it does not answer; plug it in anew",
    "no permissions": "this user may not use it; see `adb devices`",
}


def write_first_config(paths: Sequence[Path], out: Path) -> str:
    """Write it, and say what is in it and what comes next; raises UsageError where it cannot be written."""
    if not paths:
        raise UsageError("init: give the app to be judged: --app FILE.apk or --app FILE.ipa, or both")
    apps = [read_app_file(path) for path in apps_of(paths).values()]
    _refuse_existing(out)
    near = look_around()
    _write_new(out, first_config(apps, near, out))
    return _told(out, read_config(out.resolve()).phone)


def _told(out: Path, phones: Sequence[PhoneEntry]) -> str:
    named = " ".join(f"--phone {phone.name}" for phone in phones)
    here = shlex.quote(str(out))
    seen = (
        f"{len(phones)} phone{'s' if len(phones) > 1 else ''}" if phones else "no phone was seen: virtual ones are used"
    )
    return (
        f"{out}: written ({seen}). Read its comments, then\n"
        f"  pocketgate inspect --config {here} {named.partition(' --phone')[0] or '--phone virtual-android'}\n"
        f"  pocketgate run --config {here} {named}".rstrip()
    )


def _refuse_existing(file: Path) -> None:
    if file.exists() or file.is_symlink():
        msg = f"--out {file}: is there already and is left as it is; give another name, or move it away"
        raise UsageError(msg)


@contextmanager
def _whole_or_not_at_all(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError:
        file.unlink()
        raise


def _write_new(file: Path, text: str) -> None:
    """Never over a file that is there; raises UsageError where one is, or where none can be written."""
    try:
        with file.open("x", encoding="utf-8") as new, _whole_or_not_at_all(file):
            new.write(text)
            new.flush()
    except OSError as error:
        msg = f"--out {file}: {error.strerror}; give a file in a folder that can be written"
        raise UsageError(msg) from error


def first_config(apps: Sequence[AppFile], near: Nearby, file: Path) -> str:
    """The text of the file, which `read_config` takes as it is; `file` is where it will lie."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701 -- TOML, whose strings `_text` writes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("first_config.toml.j2").render(
        name=file.name,
        apps=apps,
        near=near,
        states=STATES,
        strategies=STRATEGIES,
        names=_Names(),
        text=_text,
        rule=lambda title: f"# --- {title} ".ljust(WIDTH, "-"),
        beside=lambda app: _beside(app.path, file),
        rows=_rows,
    )


def _rows(app: AppFile) -> list[tuple[str, Name]]:
    """Each as it would have to be written to change nothing, all of one width."""
    names = [name for name in NAMES if app.platform == "ios" or name.control != BACK]
    rows = [f"# {name.control.id} = {_text(_usual(app, name))}" for name in names]
    width = max(map(len, rows))
    return [(row.ljust(width), name) for row, name in zip(rows, names, strict=True)]


def _usual(app: AppFile, name: Name) -> str:
    """How the control is looked for while nothing is said; of a page and of the browser it is no matter of the app."""
    if app.platform == "ios":
        return f"accessibility id={name.control.id}"
    inside = f"{app.package}:id/" if name.control.where is Where.APP else ""
    return f"resource-id={inside}{name.control.id}"


def _beside(app: Path, file: Path) -> str:
    """From the configuration's own folder on, where the app lies below it."""
    app, folder = app.resolve(), file.resolve().parent
    return str(app.relative_to(folder) if app.is_relative_to(folder) else app)


@dataclass(slots=True)
class _Names:
    """Names for --phone, each once."""

    taken: set[str] = field(default_factory=set)

    def new(self, like: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", like.lower()).strip("-") or "phone"
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
        name = next(one for one in numbered if one not in self.taken)
        self.taken.add(name)
        return name


def _text(value: str) -> str:
    """A basic string of TOML is escaped as one of JSON (TOML 1.0, String)."""
    return json.dumps(value, ensure_ascii=False)
