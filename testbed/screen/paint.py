"""Draws a laid-out frame, so that whoever looks at a screenshot knows the screen."""

import base64
import io

from PIL import Image, ImageDraw

from testbed.screen import theme
from testbed.screen.layout import Box, Placed
from testbed.screen.lettering import fit, font, wrap
from testbed.screen.rect import Rect
from testbed.screen.view import Kind, View

_RADIUS = 12
_DOT = 10  # radius; drawn, for the font has no bullet
_DOT_STEP = 32
_BAR_RADIUS = 40


def render(placed: Placed, clock: str = "") -> Image.Image:
    """The whole screen, status bar included; a password shows as dots, the focus as a coloured frame."""
    image = Image.new("RGB", placed.size, theme.PAPER)
    _Brush(image, placed).screen(clock)
    return image


class _Brush:
    def __init__(self, image: Image.Image, placed: Placed) -> None:
        self._draw = ImageDraw.Draw(image)
        self._image = image
        self._placed = placed
        self._faint: set[str] = set()  # keys of second lines in list rows
        self._strokes = {
            Kind.COLUMN: self._nothing,
            Kind.ROW: self._row,
            Kind.LIST: self._card,
            Kind.ITEM: self._item,
            Kind.HEADING: self._heading,
            Kind.LABEL: self._label,
            Kind.BUTTON: self._button,
            Kind.FIELD: self._field,
            Kind.SWITCH: self._switch,
            Kind.IMAGE: self._picture,
            Kind.BROWSER_BAR: self._browser_bar,
        }

    def screen(self, clock: str) -> None:
        self._box(self._placed.root)
        bar = Rect(0, 0, self._placed.size[0], theme.STATUS_BAR)
        self._fill(bar, theme.PRIMARY_DARK)
        self._line(clock, bar.inset(theme.MARGIN), theme.STATUS_TEXT, theme.ON_PRIMARY)
        battery = Rect(bar.right - theme.MARGIN - 22, 16, bar.right - theme.MARGIN, 50)
        self._fill(battery, theme.ON_PRIMARY)
        self._fill(Rect(battery.left + 6, 11, battery.right - 6, 16), theme.ON_PRIMARY)
        width, height = self._placed.size
        self._fill(Rect(0, height - self._placed.keyboard, width, height), theme.RULE)

    def _box(self, box: Box) -> None:
        if box.seen.empty:
            return
        self._strokes[box.view.kind](box)
        if box.view.kind is Kind.COLUMN and box.view.picture:
            self._pane(box)
            return
        if not box.scrolls:
            self._children(box)
            return
        layer = _Brush(self._image.copy(), self._placed)  # what scrolls may not draw over its neighbours
        layer._children(box)
        region = _corners(box.seen)
        self._image.paste(layer._image.crop(region), region)
        self._thumb(box)

    def _children(self, box: Box) -> None:
        for child in box.children:
            self._box(child)

    def _pane(self, box: Box) -> None:
        """A column that comes with its picture."""
        with Image.open(io.BytesIO(base64.b64decode(box.view.picture))) as picture:
            seen = box.seen.moved(-box.rect.left, box.offset - box.rect.top)
            self._image.paste(picture.convert("RGB").crop(_corners(seen)), _corners(box.seen)[:2])
        if box.scrolls:
            self._thumb(box)

    def _thumb(self, box: Box) -> None:
        room = box.rect.height
        length = max(60, room * room // (room + box.hidden))
        top = box.rect.top + (room - length) * box.offset // box.hidden
        self._draw.rounded_rectangle((box.rect.right - 12, top, box.rect.right - 5, top + length), 3, theme.FAINT)

    def _nothing(self, box: Box) -> None:
        pass

    def _row(self, box: Box) -> None:
        if _is_header(box, self._placed):
            self._fill(box.rect, theme.PRIMARY)

    def _card(self, box: Box) -> None:
        self._fill(box.seen, theme.CARD)

    def _item(self, box: Box) -> None:
        self._fill(box.rect, theme.CARD)
        self._rule(box)
        self._faint.update(child.view.key for child in box.children[1:])
        if not box.children:
            self._line(box.view.text, box.rect.inset(theme.MARGIN), theme.TEXT, _ink(box.view))

    def _rule(self, box: Box) -> None:
        line = (box.rect.left + theme.MARGIN, box.rect.bottom - 1, box.rect.right, box.rect.bottom - 1)
        self._draw.line(line, theme.RULE, 2)

    def _heading(self, box: Box) -> None:
        header = _in_header(box, self._placed)
        if header:
            self._fill(box.rect, theme.PRIMARY)
        colour = theme.ON_PRIMARY if header else theme.INK
        self._line(box.view.text, box.rect.inset(theme.MARGIN), theme.TITLE_TEXT, colour, bold=True)

    def _label(self, box: Box) -> None:
        step = round(theme.TEXT * theme.LINE)
        colour = theme.FAINT if box.view.key in self._faint else _ink(box.view)
        for n, line in enumerate(wrap(box.view.text, box.rect.width, theme.TEXT)):
            room = Rect(box.rect.left, box.rect.top + n * step, box.rect.right, box.rect.top + (n + 1) * step)
            self._line(line, room, theme.TEXT, colour)

    def _button(self, box: Box) -> None:
        bar = _in_header(box, self._placed)
        frame = box.rect.inset(0, 8)
        fill = theme.PRIMARY_DARK if bar else theme.PRIMARY
        self._draw.rounded_rectangle(
            _xy(frame), _RADIUS, fill if box.view.enabled else theme.DISABLED, theme.PRIMARY_DARK, 2
        )
        name, room = box.view.text or box.view.description, frame.width - theme.ROW_GAP
        sizes = (theme.TEXT, theme.SMALL_TEXT, theme.TINY_TEXT)
        size = next((size for size in sizes if font(size).getlength(name) <= room), theme.TINY_TEXT)
        self._draw.text(frame.centre, fit(name, room, size), theme.ON_PRIMARY, font(size), anchor="mm")

    def _field(self, box: Box) -> None:
        view, frame = box.view, box.rect.inset(0, 8)
        focused = view.key == self._placed.focused
        edge = theme.FOCUS if focused else theme.FAINT
        self._draw.rounded_rectangle(_xy(frame), _RADIUS, theme.CARD, edge, 6 if focused else 2)
        inner = frame.inset(theme.GAP)
        if view.password and view.text:
            end = self._dots(view, inner)
        else:
            self._line(view.text or view.hint, inner, theme.TEXT, _ink(view) if view.text else theme.FAINT)
            end = inner.left + min(inner.width, round(font(theme.TEXT).getlength(view.text)) + 6)
        if focused:
            self._draw.line((end, frame.top + 28, end, frame.bottom - 28), theme.FOCUS, 4)

    def _dots(self, view: View, room: Rect) -> int:
        count, middle = min(len(view.text), room.width // _DOT_STEP), room.centre[1]
        for n in range(count):
            x = room.left + _DOT + n * _DOT_STEP
            self._draw.ellipse((x - _DOT, middle - _DOT, x + _DOT, middle + _DOT), _ink(view))
        return room.left + count * _DOT_STEP

    def _switch(self, box: Box) -> None:
        room = box.rect
        self._line(box.view.text, Rect(room.left, room.top, room.right - 150, room.bottom), theme.TEXT, _ink(box.view))
        middle, on = room.centre[1], bool(box.view.checked)
        track = (room.right - 110, middle - 26, room.right - 6, middle + 26)
        self._draw.rounded_rectangle(track, 26, theme.PRIMARY if on else theme.DISABLED)
        knob = room.right - 32 if on else room.right - 84
        self._draw.ellipse((knob - 20, middle - 20, knob + 20, middle + 20), theme.CARD)

    def _picture(self, box: Box) -> None:
        frame = box.rect
        self._draw.rectangle(_xy(frame), theme.PLACEHOLDER, theme.FAINT, 2)
        if box.view.picture:
            with Image.open(io.BytesIO(base64.b64decode(box.view.picture))) as picture:
                fitted = picture.convert("RGB")
                fitted.thumbnail((max(1, frame.width), max(1, frame.height)))
                self._image.paste(fitted, (frame.centre[0] - fitted.width // 2, frame.top))
            return
        text = fit(box.view.description or box.view.text, frame.width - theme.GAP, theme.TEXT)
        self._draw.text(frame.centre, text, theme.FAINT, font(theme.TEXT), anchor="mm")

    def _browser_bar(self, box: Box) -> None:
        self._fill(box.rect, theme.RULE)
        pill = box.rect.inset(theme.MARGIN, 24)
        self._draw.rounded_rectangle(_xy(pill), _BAR_RADIUS, theme.CARD, theme.FAINT, 2)
        self._line(box.view.text, pill.inset(theme.MARGIN), theme.TEXT, theme.INK)

    def _line(self, text: str, room: Rect, size: int, colour: str, *, bold: bool = False) -> None:
        at = (room.left, (room.top + room.bottom) // 2)
        line = fit(text, max(1, room.width), size)
        self._draw.text(at, line, colour, font(size), anchor="lm", stroke_width=1 if bold else 0)

    def _fill(self, rect: Rect, colour: str) -> None:
        if not rect.empty:
            self._draw.rectangle(_xy(rect), colour)


def _corners(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.right, rect.bottom


def _xy(rect: Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.right - 1, rect.bottom - 1


def _ink(view: View) -> str:
    return theme.INK if view.enabled else theme.DISABLED


def _is_header(box: Box, placed: Placed) -> bool:
    """A row with a heading in it right under the status bar is the app's header bar."""
    return box.rect.top == placed.root.rect.top and any(child.view.kind is Kind.HEADING for child in box.children)


def _in_header(box: Box, placed: Placed) -> bool:
    return box.rect.bottom <= placed.root.rect.top + theme.HEADER
