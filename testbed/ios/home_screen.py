"""SpringBoard's own screens: a tappable icon for each app, and the screen of a locked phone."""

from collections.abc import Iterable

from testbed.ios.packages.app import App

PREFIX = "app:"
LOCKED: dict[str, object] = {
    "key": "lock",
    "kind": "column",
    "children": [{"key": "lock hint", "kind": "label", "id": "lockscreen-date-view", "text": "Swipe up to unlock"}],
}


def root(apps: Iterable[App]) -> dict[str, object]:
    icons = [
        {"key": f"{PREFIX}{app.bundle_id}", "kind": "button", "id": app.info.name, "text": app.info.name}
        for app in apps
    ]
    return {"key": "home", "kind": "column", "id": "Home screen icons", "children": icons}
