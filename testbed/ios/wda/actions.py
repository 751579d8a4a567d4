"""W3C actions read into what a finger and a keyboard do (FBW3CActionsSynthesizer.m, FBW3CActionsHelpers.m)."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.wda.ask import element_of
from testbed.ios.wda.phone import Point

type CentreOf = Callable[[str], Awaitable[Point]]

ITEMS = {"pointer": ("pointerMove", "pointerDown", "pointerUp", "pause"), "key": ("keyDown", "keyUp", "pause")}
KEYS = {
    "\ue003": "\b",
    "\ue004": "\t",
    "\ue006": "\r",
    "\ue007": "\n",
    "\ue00c": "\x1b",
    "\ue00d": " ",
    "\ue017": "\x7f",
    "\ue018": ";",
    "\ue019": "=",
    **{chr(0xE01A + digit): str(digit) for digit in range(10)},
}
PRIVATE = range(0xE000, 0xE05E)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A finger set down, moved and lifted: whose, and when, in milliseconds of its chain."""

    points: tuple[Point, ...]
    finger: str
    began: float
    ended: float

    def meets(self, other: "Stroke") -> bool:
        """Whether both are on the glass at once; one finger is in one place only."""
        return self.finger != other.finger and (self.began == other.began or self.began < other.ended)


@dataclass(frozen=True, slots=True)
class Together:
    """Fingers that are on the glass at the same time, in the order in which they came."""

    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """Characters struck in turn."""

    text: str


async def performed(actions: object, centre_of: CentreOf) -> list[Stroke | Together | Keys]:
    """What the input sources do: each finger in its turn, those that meet on the glass together, then the keys.

    :raises Refusal: unknown error, for a chain that WebDriverAgent does not take (FBResponseWithUnknownError).
    """
    if not isinstance(actions, list) or not actions:
        raise _wrong("Actions list cannot be empty")
    strokes: list[Stroke] = []
    keys: list[Keys] = []
    for source in _checked(actions):
        if source["type"] == "pointer":
            strokes.extend(await _strokes(source, centre_of))
        else:
            keys.append(Keys("".join(_key(item) for item in source["actions"] if item["type"] == "keyDown")))
    return [*_met(strokes), *keys]


def _met(strokes: list[Stroke]) -> Iterator[Stroke | Together]:
    """Every source has its own clock, which pauses and moves drive (FBW3CActionsSynthesizer.m, durationOffset)."""
    meeting: list[Stroke] = []
    for stroke in sorted(strokes, key=lambda one: one.began):
        if meeting and not (any(map(stroke.meets, meeting)) and stroke.finger not in {one.finger for one in meeting}):
            yield _one_or_all(meeting)
            meeting = []
        meeting.append(stroke)
    if meeting:
        yield _one_or_all(meeting)


def _one_or_all(strokes: list[Stroke]) -> Stroke | Together:
    return strokes[0] if len(strokes) == 1 else Together(tuple(strokes))


def _checked(actions: list[Any]) -> Iterator[Mapping[str, Any]]:
    ids: set[str] = set()
    for source in actions:
        if not isinstance(source, Mapping) or not source.get("id"):
            raise _wrong(f"Id must present for action {source}")
        if source["id"] in ids:
            raise _wrong(f"Id '{source['id']}' is not unique for action {source}")
        ids.add(source["id"])
        kind = source.get("type")
        if kind not in ITEMS:
            raise _wrong(f"Unknown action type '{kind}'. Supported types: {list(ITEMS)}")
        items = source.get("actions")
        if not isinstance(items, list) or not items:
            raise _wrong("Action items list cannot be empty")
        for item in items:
            if item.get("type") not in ITEMS[kind]:
                raise _wrong(f"Unknown action item type '{item.get('type')}' for '{kind}'")
        yield source


async def _strokes(source: Mapping[str, Any], centre_of: CentreOf) -> list[Stroke]:
    """The first move sets the finger down already where a pointerDown follows it (FBPointerDownItem)."""
    strokes: list[Stroke] = []
    at: Point | None = None
    touched: list[Point] | None = None
    now = began = 0.0
    for item in source["actions"]:
        now += _milliseconds(item)
        if item["type"] == "pointerMove":
            at = await _moved(item, at, centre_of)
            if touched is not None:
                touched.append(at)
        elif item["type"] == "pointerDown":
            if at is None:
                raise _wrong(f"The '{item}' action item must be preceded by pointerMove item")
            touched, began = [at], now
        elif item["type"] == "pointerUp":
            if touched is None:
                raise _wrong(f"Pointer Up must not be the first action in '{item}'")
            strokes.append(Stroke(tuple(touched), source["id"], began, now))
            touched = None
    return strokes


def _milliseconds(item: Mapping[str, Any]) -> float:
    """FBOptDuration (FBW3CActionsHelpers.m): of a move or a pause, none where it is not said."""
    given = item.get("duration", 0)
    if isinstance(given, bool) or not isinstance(given, int | float) or given < 0:
        raise _wrong(f"Duration must be a valid positive number for '{item}' action item")
    return float(given)


async def _moved(item: Mapping[str, Any], at: Point | None, centre_of: CentreOf) -> Point:
    origin, x, y = item.get("origin") or "viewport", item.get("x"), item.get("y")
    if (x is None) != (y is None) or (origin == "viewport" and x is None):
        raise _wrong(f"Both 'x' and 'y' options should be set for '{item}' action item")
    offset = (float(x or 0), float(y or 0))
    if origin == "viewport":
        return offset
    if origin == "pointer":
        if at is None:
            raise _wrong(f"There is no previous item for '{item}' action item, however origin is set to 'pointer'")
        return at[0] + offset[0], at[1] + offset[1]
    element = element_of(origin) or (origin if isinstance(origin, str) else None)
    if element is None:
        raise _wrong(f"Unsupported origin type '{origin}' is set for '{item}' action item")
    centre = await centre_of(element)
    return centre[0] + offset[0], centre[1] + offset[1]


def _key(item: Mapping[str, Any]) -> str:
    value = item.get("value")
    if not isinstance(value, str) or not value:
        raise _wrong(f"Key value must be present and should be a valid non-empty string for '{item}'")
    return KEYS.get(value, "" if ord(value[0]) in PRIVATE else value)


def _wrong(message: str) -> Refusal:
    return Refusal(Fault.UNKNOWN_ERROR, message)
