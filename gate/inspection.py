"""What stands on the screen of one phone now, how each element is found again, which rows of a configuration it fills.

The phone is left as it was, and nothing is left running.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from drivers.android.attached import attached_android
from drivers.app_file import AppFile, read_app_file
from drivers.controls import Control, Where
from drivers.elements import Element, elements_of
from drivers.ios.attached import attached_ios
from drivers.locators import find_of
from drivers.session import PATIENCE, Session
from drivers.suggestions import Tried, tried
from faults import EvidenceMissing, UsageError
from gate.apps import apps_for
from gate.discretion import Discretion
from gate.lab import Order, lab_for
from gate.phones import Model, model_of
from gate.redaction import Redactor
from gate.rundir import Plan, RunDir, made, write_object
from scenarios.names import NAMES, is_named
from scenarios.recognition import likely, named, sort_of


class Attached(Protocol):
    """How a platform's driver is let at a phone; `installs` says whether the app may be put on it."""

    def __call__(
        self, described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, *, installs: bool
    ) -> AbstractContextManager[Session]: ...


CHANGE = 5.0  # seconds in which a tap has to show, if it does
QUESTION = Control("question", Where.SYSTEM)
"""What stands for the system's own question, which is said yes to."""
ATTACHED: Mapping[str, Attached] = {"android": attached_android, "ios": attached_ios}


@dataclass(frozen=True, slots=True)
class Seen:
    """One element as it may be shown; the last of `tried` is the one to take, unique where it has one match."""

    kind: str
    sort: str
    text: str
    typed: str
    tried: tuple[Tried, ...]

    @property
    def locator(self) -> str:
        return self.tried[-1].locator if self.tried else ""

    @property
    def is_unique(self) -> bool:
        return bool(self.tried) and self.tried[-1].matches == 1


@dataclass(frozen=True, slots=True)
class Row:
    """One of the configuration: `found` by what it says or leaves out now, else a guess by what the element says."""

    name: str
    locator: str
    found: bool
    element: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """`asks` is what the system asks over the screen, in one line; `elements` are in the order of the screen.

    `rows` point into them by number from 0; -1 where no element is listed.
    """

    phone: str
    platform: str
    package: str
    asks: str
    elements: tuple[Seen, ...]
    rows: tuple[Row, ...]
    screenshot: Path

    def as_json(self) -> dict[str, Any]:
        told = [asdict(one) | {"locator": one.locator, "unique": one.is_unique} for one in self.elements]
        return asdict(self) | {"elements": told, "screenshot": str(self.screenshot)}


def inspect(name: str, app: Path | None, taps: Sequence[str], out: Path) -> Inspection:
    """Raises UsageError for what was asked wrongly, BenchFault where the phone could not be looked at."""
    model = model_of(name)
    apps = apps_for([app] if app else [], [name])
    if apps and model.platform not in apps:
        msg = f"--app {app}: not an app for {model.platform}, which {name} runs; give one that is"
        raise UsageError(msg)
    if not apps and not _may_install(model):
        msg = f"inspect: which app? {name} is a real phone; give --app FILE, or [app.{model.platform}] in --config"
        raise UsageError(msg)
    controls = [_control(tap, model.platform) for tap in taps]
    made(out)
    with _sight(name, apps, taps) as sight:
        before = ""
        for control in controls:
            before = sight.session.source()
            _tap(sight.session, control)
        return _looked_at(sight, _elements(sight, before, CHANGE if taps else PATIENCE), out)


def _tap(session: Session, control: Control) -> None:
    session.accept() if control == QUESTION else session.tap(control)


def _may_install(model: Model) -> bool:
    """On phones that are made for the run; on others people install."""
    return model.real is None or model.real.avd is not None


@dataclass(frozen=True, slots=True)
class _Sight:
    """A phone that can be looked at; `controls` are those that it was told of."""

    name: str
    platform: str
    package: str
    controls: Mapping[str, str]
    session: Session
    discretion: Discretion


@contextmanager
def _sight(name: str, apps: Mapping[str, Path], taps: Sequence[str]) -> Iterator[_Sight]:
    with TemporaryDirectory() as folder:
        plan = Plan(("pocketgate", "inspect"), (name,), apps)
        run = RunDir.create(Path(folder), plan)
        with lab_for(Order(run, (name,), apps)) as lab:
            row = lab["lanes"][0]["phone"]
            controls: Mapping[str, str] = row.get("controls", {})
            described = {**row, "controls": {**{tap: tap for tap in taps if "=" in tap}, **controls}}
            app = read_app_file(Path(lab["apps"][described["platform"]]))
            attached = ATTACHED[described["platform"]]
            redactor = Redactor(run.lab)
            with attached(described, lab, app, installs=_may_install(model_of(name))) as session:
                redactor.learn()
                yield _Sight(name, row["platform"], app.package, controls, session, Discretion(redactor))


def _control(text: str, platform: str) -> Control:
    """A name of the configuration, a locator as one holds it, or the word for what the system asks."""
    if text == QUESTION.id:
        return QUESTION
    if is_named(text):
        return next((name.control for name in NAMES if name.control.id == text), Control(text))
    try:
        find_of(text, platform)
    except ValueError as error:
        msg = f"--tap {text}: neither {QUESTION.id} nor a name of the scenarios; {error}"
        raise UsageError(msg) from error
    return Control(text)


def _elements(sight: _Sight, before: str, seconds: float) -> tuple[Element, ...]:
    """Raises EvidenceMissing for a screen that stays empty: an app that shows nothing yet says nothing."""
    source = sight.session.settled(before, seconds)
    try:
        found = elements_of(source, sight.platform) or elements_of(sight.session.settled(source), sight.platform)
    except ValueError as error:
        raise EvidenceMissing(f"{sight.name}: {error}") from error
    if not found:
        msg = f"{sight.name}: nothing that can be read or touched is on the screen; is the app still starting?"
        raise EvidenceMissing(msg)
    return found


def _looked_at(sight: _Sight, elements: Sequence[Element], out: Path) -> Inspection:
    picture = out / f"{sight.name.replace(':', '-')}.png"
    picture.touch(mode=0o600)
    picture.write_bytes(sight.session.screenshot())
    seen = tuple(_seen(sight, one) for one in elements)
    asks = sight.discretion.shown(" ".join((sight.session.alert() or "").split()))
    rows = tuple(_rows(sight, elements, seen))
    inspection = Inspection(sight.name, sight.platform, sight.package, asks, seen, rows, picture)
    write_object(picture.with_suffix(".json"), inspection.as_json())
    return inspection


def _seen(sight: _Sight, one: Element) -> Seen:
    typed = f"\u2039{len(one.typed)} characters typed\u203a" if one.typed else ""
    found = tried(sight.session, one, sight.platform, sight.discretion.shown)
    return Seen(one.kind, sort_of(one).value, sight.discretion.shown(one.text), typed, found)


def _rows(sight: _Sight, elements: Sequence[Element], seen: Sequence[Seen]) -> Iterator[Row]:
    """What the session finds by its own means first, then guesses among the elements that are none of these."""
    there = [name for name in NAMES if sight.session.sees(name.control)]
    known = {place: name for place, one in enumerate(elements) if (name := named(one, there)) is not None}
    for name in there:
        place = next((place for place, one in known.items() if one == name), -1)
        told = sight.controls.get(name.control.id, seen[place].locator if place >= 0 else "")
        yield Row(name.control.id, told, found=True, element=place)
    rest = [one for place, one in enumerate(elements) if place not in known]
    for name in NAMES:
        guess = None if name in there else likely(name, rest)
        if guess is not None and seen[place := elements.index(guess)].tried:
            yield Row(name.control.id, seen[place].locator, found=False, element=place)
