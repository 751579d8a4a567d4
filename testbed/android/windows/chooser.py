"""The dialog that asks which app shall open a link (AOSP ResolverActivity)."""

from collections.abc import Awaitable, Callable
from functools import partial

from testbed.android.packages.installed import Installed
from testbed.android.windows.window import Window, Windows, button, column, label

INTENT_RESOLVER_SINCE = 34
"""From then on the chooser is an app of its own (packages/modules/IntentResolver)."""
ROW = "taker:"

type Taker = tuple[Installed, str]


def component(api: int) -> tuple[str, str]:
    if api >= INTENT_RESOLVER_SINCE:
        return "com.android.intentresolver", "com.android.intentresolver.ResolverActivity"
    return "android", "com.android.internal.app.ResolverActivity"


def ask(
    windows: Windows,
    api: int,
    takers: list[Taker],
    chosen: Callable[[Taker], Awaitable[None]],
    always: Callable[[Taker], None],
) -> Window:
    """Opens the dialog; `chosen` is called with the app that the user takes, `always` when the choice shall last."""
    package, activity = component(api)
    window = Window(package, activity, "Resolver", {})
    picked: list[Taker] = []

    async def click(key: str) -> None:
        if key.startswith(ROW):
            picked[:] = [takers[int(key.removeprefix(ROW))]]
            window.root = _root(takers, picked)
            windows.changed()
        elif key in ("button_once", "button_always") and picked:
            windows.close(window)
            if key == "button_always":
                always(picked[0])
            await chosen(picked[0])

    window.root = _root(takers, picked)
    window.click = click
    window.back = partial(_closed, windows, window)
    windows.open(window)
    return window


async def _closed(windows: Windows, window: Window) -> None:
    windows.close(window)


def _root(takers: list[Taker], picked: list[Taker]) -> dict[str, object]:
    rows = [
        {
            "key": f"{ROW}{n}",
            "kind": "item",
            "clickable": True,
            "checked": True if (package, activity) in picked else None,
            "children": [label(f"text {n}", package.manifest.label, "android:id/text1")],
        }
        for n, (package, activity) in enumerate(takers)
    ]
    usable = bool(picked)
    once = {**button("button_once", "Just once", "android:id/button_once"), "enabled": usable}
    always = {**button("button_always", "Always", "android:id/button_always"), "enabled": usable}
    choices = {"key": "resolver_list", "kind": "list", "id": "android:id/resolver_list", "children": rows}
    return column("resolver", label("title", "Open with", "android:id/title"), choices, once, always)
