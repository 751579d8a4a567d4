"""The on-screen keyboard: it lies over the lower part of the glass while a field has the focus."""

from testbed.ios.glass import Pane, Window
from testbed.screen import View, layout, theme

POINTS = 291
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
RETURN, DELETE, SPACE = "Return", "delete", "space"
KEY = "key:"
TYPED = {DELETE: "\b", SPACE: " ", RETURN: "\n"}


def _row(number: int, keys: tuple[str, ...]) -> dict[str, object]:
    children = [{"key": f"{KEY}{name}", "kind": "button", "id": name, "text": name} for name in keys]
    return {"key": f"keys {number}", "kind": "row", "children": children}


ROOT: dict[str, object] = {
    "key": "keyboard",
    "kind": "column",
    "children": [*(_row(n, tuple(keys)) for n, keys in enumerate(ROWS)), _row(len(ROWS), (DELETE, SPACE, RETURN))],
}


def pane(size: tuple[int, int], scale: int, owner: str) -> Pane:
    """The keyboard in the tree of the app that it types for; `size` in pixels."""
    height = POINTS * scale
    placed = layout(View.parse(ROOT), (size[0], height + theme.STATUS_BAR))
    return Pane(Window.KEYBOARD, owner, "keyboard", placed, (0, size[1] - height - theme.STATUS_BAR))


def struck(key: str) -> str:
    """The character that a key of the pane makes."""
    name = key.removeprefix(KEY)
    return TYPED.get(name, name)
