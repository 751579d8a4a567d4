"""W3C actions read into what a finger and a keyboard do: io.appium.uiautomator2.utils.w3c."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from testbed.android.uiautomator.ask import element_of, invalid, read

type Point = tuple[float, float]
type CentreOf = Callable[[str], Awaitable[Point]]

_ITEMS = {
    "pointer": ("pointerMove", "pointerUp", "pointerDown", "pointerCancel", "pause"),
    "key": ("keyUp", "keyDown", "pause"),
    "none": ("pause",),
}


@dataclass(frozen=True, slots=True)
class Stroke:
    """A finger set down, moved and lifted."""

    points: tuple[Point, ...]
    down: float = 0
    up: float = 0
    """Milliseconds from the start of the chain."""

    def overlaps(self, other: "Stroke") -> bool:
        """Whether both fingers are down at one time."""
        return self.down == other.down or (self.down < other.up and other.down < self.up)

    def leads(self, others: "list[Stroke | Keys]") -> bool:
        """Whether it is the first of those that it overlaps."""
        return not any(isinstance(one, Stroke) and self.overlaps(one) and one.down < self.down for one in others)


@dataclass(frozen=True, slots=True)
class Keys:
    """Characters struck in turn."""

    text: str


async def performed(actions: list[Any], centre_of: CentreOf) -> list[Stroke | Keys]:
    """What the input sources do, in the order of the first touch.

    :raises Refusal: invalid argument, for a chain that the server does not take.
    """
    done: list[Stroke | Keys] = []
    for source in _checked(actions):
        if source["type"] == "pointer":
            done.extend(await _strokes(source, centre_of))
        elif source["type"] == "key":
            done.append(Keys("".join(item["value"] for item in source["actions"] if item["type"] == "keyDown")))
    return sorted(done, key=lambda each: each.down if isinstance(each, Stroke) else 0)


def _checked(actions: list[Any]) -> Iterator[Mapping[str, Any]]:
    ids: set[str] = set()
    for source in actions:
        if not isinstance(source, Mapping) or not isinstance(source.get("id"), str):
            raise invalid("All actions must have the id key set")
        name = source["id"]
        if name in ids:
            raise invalid(f"The action id '{name}' has one one or more duplicates")
        ids.add(name)
        _check_items(name, source)
        yield source


def _check_items(name: str, source: Mapping[str, Any]) -> None:
    kind = source.get("type")
    if kind not in _ITEMS:
        raise invalid(
            f"Only [{', '.join(_ITEMS)}] values are supported for type key. "
            f"'{kind}' is passed instead for action '{name}'"
        )
    if not isinstance(source.get("actions"), list):
        raise invalid(f"'{name}' action should contain at least one item")
    for item in source["actions"]:
        if item.get("type") not in _ITEMS[kind]:
            raise invalid(
                f"Only {list(_ITEMS[kind])} item type values are supported for action type '{kind}'. "
                f"'{item.get('type')}' is passed instead for action '{name}'"
            )
        if item["type"] == "pause" and item.get("duration") is None:
            raise invalid(f"Missing duration key for action item 'pause' of action with id '{name}'")
        if item["type"] == "keyDown" and not isinstance(item.get("value"), str):
            raise invalid(f"Missing value key for action item 'keyDown' of action with id '{name}'")


async def _strokes(source: Mapping[str, Any], centre_of: CentreOf) -> list[Stroke]:
    strokes: list[Stroke] = []
    at: Point | None = None
    touched: list[Point] | None = None
    now = down = 0.0
    for item in _not_cancelled(source["actions"]):
        if item["type"] == "pointerMove":
            at = await _moved(item, at, centre_of, source["id"])
            now += read(item, "duration", float) or 0
            if touched is not None:
                touched.append(at)
        elif item["type"] == "pointerDown":
            if at is None:
                raise invalid(f"The first item of the action '{source['id']}' must only use absolute coordinates")
            touched, down = [at], now
        elif item["type"] == "pause":
            now += read(item, "duration", float) or 0
        elif item["type"] == "pointerUp" and touched is not None:
            strokes.append(Stroke(tuple(touched), down, now))
            touched = None
    return strokes


def _not_cancelled(items: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A pointerCancel takes itself and the item before it away (ActionsPreprocessor)."""
    kept: list[Mapping[str, Any]] = []
    for item in items:
        if item["type"] != "pointerCancel":
            kept.append(item)
        elif kept:
            kept.pop()
    return kept


async def _moved(item: Mapping[str, Any], at: Point | None, centre_of: CentreOf, name: str) -> Point:
    origin = item.get("origin") or "viewport"
    x, y = read(item, "x", float), read(item, "y", float)
    if origin == "viewport":
        if x is None or y is None:
            raise invalid(f"Both coordinates must be be set for action item 'pointerMove' of action '{name}'")
        return x, y
    if origin == "pointer":
        if at is None:
            raise invalid(
                f"Action item 'pointerMove' of action '{name}' should be preceded with at least one item "
                "containing absolute coordinates"
            )
        return at[0] + (x or 0), at[1] + (y or 0)
    element = element_of(origin) if isinstance(origin, Mapping) else str(origin)
    if element is None:
        raise invalid(f"An unknown element '{origin}' is set for action item 'pointerMove' of action '{name}'")
    centre = await centre_of(element)
    return centre[0] + (x or 0), centre[1] + (y or 0)
