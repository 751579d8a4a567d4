"""Recent apps: the pictures that the phone keeps of what apps showed (AOSP TaskSnapshotController, Launcher3)."""

import base64
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from testbed.android.packages.system import HOME
from testbed.android.tasks import Task
from testbed.android.windows.window import Window, Windows, button
from testbed.screen import Placed, View, layout, render

ROW = "task:"
CLEAR = "clear_all"
SHARE = 2
"""A snapshot is kept at half the screen's size (config_lowResTaskSnapshotScale and below)."""


def snapshot(task: Task, size: tuple[int, int]) -> bytes:
    """What the app showed last, as PNG; a secure window leaves a blank one (FLAG_SECURE)."""
    root: Mapping[str, object] = {"key": "blank", "kind": "column"} if task.secure else task.root
    placed: Placed = layout(View.parse(root), size)
    image = render(placed)
    return _png(image.resize((size[0] // SHARE, size[1] // SHARE)))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    return out.getvalue()


@dataclass(slots=True)
class Recents:
    windows: Windows
    folder: Callable[[], Path]
    """Where the pictures are kept on the phone: root reads them there."""
    start: Callable[[str], Awaitable[None]]
    remove: Callable[[str], Awaitable[None]]
    _window: Window | None = None

    def open(self, tasks: list[Task], size: tuple[int, int]) -> None:
        """`tasks` from the front to the back, without home."""
        if self._window is not None:
            return
        pictures = {task.name: snapshot(task, size) for task in tasks}
        for task in tasks:
            (self.folder() / f"{task.number}.png").write_bytes(pictures[task.name])
        window = self._window = Window(
            HOME, "com.android.quickstep.RecentsActivity", "Recents", _root(tasks, pictures), self._click, self.close
        )
        self.windows.open(window)

    async def close(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            self.windows.close(window)

    async def _click(self, key: str) -> None:
        names = [str(row["key"]).removeprefix(ROW) for row in self._rows()]
        await self.close()
        if key == CLEAR:
            for name in names:
                await self.remove(name)
        elif key.startswith(ROW):
            await self.start(key.removeprefix(ROW))

    def _rows(self) -> list[Mapping[str, object]]:
        children = self._window.root.get("children") if self._window else None
        return [row for row in children if str(row["key"]).startswith(ROW)] if isinstance(children, list) else []


def _root(tasks: list[Task], pictures: Mapping[str, bytes]) -> dict[str, object]:
    rows: list[dict[str, object]] = [
        {
            "key": f"{ROW}{task.name}",
            "kind": "image",
            "id": "snapshot",
            "description": task.package.manifest.label,
            "clickable": True,
            "picture": base64.b64encode(pictures[task.name]).decode(),
        }
        for task in tasks
    ]
    tail = (
        [button(CLEAR, "Clear all", CLEAR)] if rows else [{"key": "empty", "kind": "label", "text": "No recent items"}]
    )
    return {"key": "overview", "kind": "column", "id": "overview_panel", "children": [*rows, *tail]}
