"""Where each view stands: columns downwards, rows sideways, lists that scroll inside the room that is left."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from testbed.screen import theme
from testbed.screen.lettering import wrap
from testbed.screen.rect import Rect
from testbed.screen.view import HOLDERS, Kind, View

_HEIGHTS = {
    Kind.HEADING: theme.HEADER,
    Kind.BROWSER_BAR: theme.HEADER,
    Kind.BUTTON: theme.CONTROL,
    Kind.SWITCH: theme.CONTROL,
    Kind.FIELD: theme.FIELD,
    Kind.IMAGE: theme.IMAGE,
}
_FULL_WIDTH = HOLDERS | {Kind.HEADING, Kind.BROWSER_BAR}


@dataclass(frozen=True, slots=True)
class Box:
    """A view and its place: `rect` is all of it, `seen` the part that no edge or scrolling list hides."""

    view: View
    rect: Rect
    seen: Rect
    children: tuple["Box", ...] = ()
    hidden: int = 0
    offset: int = 0

    @property
    def scrolls(self) -> bool:
        """Whether more content is there than is seen; `hidden` is how many pixels more."""
        return self.hidden > 0

    def walk(self) -> Iterator["Box"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Placed:
    """A laid-out frame: every view with its place, and which view has the focus."""

    root: Box
    size: tuple[int, int]
    focused: str | None = None
    keyboard: int = 0
    """Pixels at the lower edge that the keyboard has taken from the app."""

    @property
    def screen(self) -> Rect:
        return Rect(0, 0, *self.size)

    def at(self, x: float, y: float) -> Box | None:
        """The innermost view under a point, or None beside the app (status bar, outside the screen)."""
        trail = self.trail(x, y)
        return trail[-1] if trail else None

    def trail(self, x: float, y: float) -> tuple[Box, ...]:
        """The views under a point from the outermost to the innermost, as a touch travels."""
        trail: list[Box] = []
        level: tuple[Box, ...] = (self.root,)
        while under := [box for box in level if box.seen.holds(x, y)]:
            trail.append(under[-1])  # a later sibling lies above an earlier one
            level = under[-1].children
        return tuple(trail)


def layout(
    root: View,
    size: tuple[int, int],
    offsets: Mapping[str, int] | None = None,
    focused: str | None = None,
    keyboard: int = 0,
) -> Placed:
    """Place a frame on a screen of `size` pixels, lists moved up by their offset (key of the list -> pixels).

    A `keyboard` of so many pixels leaves the app less room.
    """
    place = _Placing(offsets or {})
    room = Rect(0, theme.STATUS_BAR, size[0], size[1] - keyboard)
    return Placed(place.box(root, room, room), size, focused, keyboard)


class _Placing:
    """One frame's heights, each worked out once, and the boxes made from them."""

    def __init__(self, offsets: Mapping[str, int]) -> None:
        self._offsets = offsets
        self._heights: dict[tuple[str, int], int] = {}

    def box(self, view: View, rect: Rect, clip: Rect) -> Box:
        seen = rect.cut(clip)
        if view.kind is Kind.ROW:
            return Box(view, rect, seen, self._side_by_side(view, rect, seen))
        if view.kind not in HOLDERS:
            return Box(view, rect, seen)
        return self._stack(view, rect, seen) if view.bounds is None else self._pane(view, view.bounds, rect, seen)

    def height(self, view: View, width: int) -> int:
        known = self._heights.get((view.key, width))
        if known is None:
            known = self._heights[view.key, width] = self._height(view, width)
        return known

    def _height(self, view: View, width: int) -> int:
        if view.bounds is not None:
            return view.bounds.height
        if view.kind is Kind.LABEL:
            lines = wrap(view.text, max(1, width - 2 * theme.MARGIN), theme.TEXT)
            return round(len(lines) * theme.TEXT * theme.LINE)
        if view.kind is Kind.ROW:
            slots = zip(view.children, _slots(view, width), strict=True)
            return max((self.height(child, right - left) for child, (left, right) in slots), default=0)
        if view.kind is Kind.ITEM:
            return max(theme.CONTROL, self._content(view, width))
        return self._content(view, width) if view.kind in HOLDERS else _HEIGHTS[view.kind]

    def _content(self, view: View, width: int) -> int:
        gap, padding = _spacing(view)
        heights = [self.height(child, width) for child in view.children]
        return sum(heights) + gap * max(0, len(heights) - 1) + 2 * padding

    def _stack(self, view: View, rect: Rect, seen: Rect) -> Box:
        heights = self._fitted(view, rect)
        gap, padding = _spacing(view)
        content = sum(heights) + gap * max(0, len(heights) - 1) + 2 * padding
        hidden = max(0, content - rect.height)
        offset = min(max(self._offsets.get(view.key, 0), 0), hidden)
        top = rect.top + padding - offset
        children = []
        for child, height in zip(view.children, heights, strict=True):
            room = Rect(rect.left, top, rect.right, top + height)
            children.append(self._child(child, room, seen))
            top += height + gap
        return Box(view, rect, seen, tuple(children), hidden, offset)

    def _pane(self, view: View, extent: Rect, rect: Rect, seen: Rect) -> Box:
        """A column of a given size, whose children say themselves where they stand."""
        hidden = max(0, extent.height - rect.height)
        offset = min(max(self._offsets.get(view.key, 0), 0), hidden)
        placed = [(child, child.bounds or extent) for child in view.children]
        children = [self.box(child, own.moved(rect.left, rect.top - offset), seen) for child, own in placed]
        return Box(view, rect, seen, tuple(children), hidden, offset)

    def _child(self, child: View, room: Rect, clip: Rect) -> Box:
        rect = room if child.kind in _FULL_WIDTH else room.inset(theme.MARGIN)
        if room.cut(clip).empty:
            return Box(child, rect, rect.cut(clip))  # what is scrolled out of sight needs no children
        return self.box(child, rect, clip)

    def _fitted(self, view: View, rect: Rect) -> list[int]:
        """Natural heights; where they are too much, the children that can scroll share what is left."""
        heights = [self.height(child, rect.width) for child in view.children]
        elastic = [n for n, child in enumerate(view.children) if _elastic(child)]
        gap, padding = _spacing(view)
        excess = sum(heights) + gap * max(0, len(heights) - 1) + 2 * padding - rect.height
        if view.kind is not Kind.COLUMN or excess <= 0 or not elastic:
            return heights
        for n in sorted(elastic, key=lambda n: -heights[n]):
            taken = min(excess, max(0, heights[n] - theme.CONTROL))
            heights[n] -= taken
            excess -= taken
        return heights

    def _side_by_side(self, view: View, rect: Rect, clip: Rect) -> tuple[Box, ...]:
        boxes = []
        for child, (left, right) in zip(view.children, _slots(view, rect.width), strict=True):
            height = min(rect.height, self.height(child, right - left))
            top = rect.top + (rect.height - height) // 2
            room = Rect(rect.left + left, top, rect.left + right, top + height)
            boxes.append(self.box(child, room, clip))
        return tuple(boxes)


def _elastic(view: View) -> bool:
    """Lists scroll, a web page scrolls, and a column gives way when something in it does."""
    if view.kind is Kind.LIST or view.is_page:
        return True
    return view.kind is Kind.COLUMN and any(map(_elastic, view.children))


def _spacing(view: View) -> tuple[int, int]:
    """Pixels between the children and above the first one."""
    return {Kind.LIST: (0, 0), Kind.ITEM: (8, theme.ITEM_PADDING)}.get(view.kind, (theme.GAP, 0))


def _slots(view: View, width: int) -> list[tuple[int, int]]:
    """A row's width in equal parts, left and right edge each; a heading at the start keeps its own margin."""
    count = len(view.children)
    if not count:
        return []
    start = 0 if view.children[0].kind is Kind.HEADING else theme.MARGIN
    share = (width - start - theme.MARGIN + theme.ROW_GAP) // count
    return [(start + n * share, start + (n + 1) * share - theme.ROW_GAP) for n in range(count)]
