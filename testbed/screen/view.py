"""The view tree that an app sends with each frame, read strictly: a tree that is not one is refused, never repaired."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from testbed.screen.rect import Rect


class ViewError(ValueError):
    """The tree is malformed; the message says which node and why."""


class Kind(StrEnum):
    COLUMN = "column"
    ROW = "row"
    HEADING = "heading"
    LABEL = "label"
    BUTTON = "button"
    FIELD = "field"
    LIST = "list"
    ITEM = "item"
    SWITCH = "switch"
    IMAGE = "image"
    BROWSER_BAR = "browser_bar"


EDGES = ("left", "top", "right", "bottom")
HOLDERS = frozenset({Kind.COLUMN, Kind.ROW, Kind.LIST, Kind.ITEM})
CLICKABLE = frozenset({Kind.BUTTON, Kind.FIELD, Kind.SWITCH, Kind.BROWSER_BAR})


@dataclass(frozen=True, slots=True)
class View:
    """One node; `key` tells it from all others of its frame, `id` is the resource id without the package."""

    key: str
    kind: Kind
    id: str = ""
    text: str = ""
    description: str = ""
    hint: str = ""
    password: bool = False
    enabled: bool = True
    checked: bool | None = None
    clickable: bool = False
    web: bool = False
    picture: str = ""
    """PNG, base64: what an image shows; without it a placeholder with the description is drawn. A column with one is
    drawn from it, whatever stands in the column."""
    bounds: Rect | None = None
    """Its place, counted from the upper left corner of the column it stands in, where that column does not decide."""
    children: tuple["View", ...] = ()

    @classmethod
    def parse(cls, tree: object) -> "View":
        """Read the VIEW object of a frame.

        :raises ViewError: on an unknown field or kind, a wrong type, a missing or repeated key.
        """
        root = _view(tree, "root", web=False)
        seen: set[str] = set()
        for view in root.walk():
            if view.key in seen:
                raise ViewError(f"key {view.key!r} stands twice in one frame")
            seen.add(view.key)
        return root

    @property
    def is_page(self) -> bool:
        """Whether it is the column that holds a web page: the outermost one with web nodes in it."""
        return self.kind is Kind.COLUMN and any(child.web for child in self.children)

    def walk(self) -> Iterator["View"]:
        yield self
        for child in self.children:
            yield from child.walk()


_FIELDS = frozenset(field.name for field in fields(View))


def _view(tree: object, at: str, *, web: bool) -> View:
    given = _mapping(tree, at)
    key, kind = _key(given, at), _kind(given, at)
    web = _of(bool, given.get("web"), f"{at}.web", web)
    return View(
        key=key,
        kind=kind,
        web=web,
        checked=None if given.get("checked") is None else _of(bool, given["checked"], f"{at}.checked", default=False),
        id=_of(str, given.get("id"), f"{at}.id", ""),
        text=_of(str, given.get("text"), f"{at}.text", ""),
        description=_of(str, given.get("description"), f"{at}.description", ""),
        hint=_of(str, given.get("hint"), f"{at}.hint", ""),
        picture=_of(str, given.get("picture"), f"{at}.picture", ""),
        password=_of(bool, given.get("password"), f"{at}.password", default=False),
        enabled=_of(bool, given.get("enabled"), f"{at}.enabled", default=True),
        bounds=_bounds(given.get("bounds"), f"{at}.bounds"),
        clickable=_of(bool, given.get("clickable"), f"{at}.clickable", kind in CLICKABLE),
        children=_children(given, kind, at, web=web),
    )


def _mapping(tree: object, at: str) -> Mapping[str, Any]:
    if not isinstance(tree, Mapping):
        raise ViewError(f"{at} is a {type(tree).__name__}, not an object")
    if unknown := sorted(set(tree) - _FIELDS):
        raise ViewError(f"{at} has unknown fields: {', '.join(map(str, unknown))}")
    return tree


def _key(given: Mapping[str, Any], at: str) -> str:
    key = given.get("key")
    if not isinstance(key, str) or not key:
        raise ViewError(f"{at}.key must be a text that is not empty, not {key!r}")
    return key


def _kind(given: Mapping[str, Any], at: str) -> Kind:
    try:
        return Kind(given.get("kind", ""))
    except ValueError:
        raise ViewError(f"{at}.kind is {given.get('kind')!r}, not one of: {', '.join(Kind)}") from None


def _bounds(value: object, at: str) -> Rect | None:
    if value is None:
        return None
    if (
        not isinstance(value, list | tuple)
        or len(value) != len(EDGES)
        or not all(isinstance(one, int) for one in value)
    ):
        raise ViewError(f"{at} is {value!r}, not [{', '.join(EDGES)}] in pixels")
    return Rect(*value)


def _children(given: Mapping[str, Any], kind: Kind, at: str, *, web: bool) -> tuple[View, ...]:
    children = given.get("children") or ()
    if not isinstance(children, list | tuple):
        raise ViewError(f"{at}.children is a {type(children).__name__}, not a list")
    if children and kind not in HOLDERS:
        raise ViewError(f"{at} is a {kind}, which holds no children")
    return tuple(_view(child, f"{at}.children[{n}]", web=web) for n, child in enumerate(children))


def _of[T](kind: type[T], value: object, at: str, default: T) -> T:
    if value is None:
        return default
    if not isinstance(value, kind):
        raise ViewError(f"{at} is {value!r}, not a {kind.__name__}")
    return value
