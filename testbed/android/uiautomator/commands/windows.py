"""`mobile: listWindows`, `mobile: listDisplays` (ListWindows.java, ListDisplays.java)."""

from testbed.android.image import BUILT_IN_DISPLAY
from testbed.android.uiautomator.ask import Ask
from testbed.android.uiautomator.desk import Desk

_KINDS = {1: "TYPE_APPLICATION", 3: "TYPE_SYSTEM"}


async def list_windows(desk: Desk, ask: Ask) -> object:
    """The one window that accessibility sees, filtered as asked."""
    root = await desk.session.window()
    package = str(root.attributes["package"])
    wanted = ask.may("filters", dict) or {}
    if wanted.get("packageName") not in (None, package):
        return []
    kind = 3 if package.startswith(("com.android.systemui", "android")) else 1
    width, height = desk.phone.size
    return [
        {
            "windowId": 1,
            "displayId": 0,
            "packageName": package,
            "bounds": {"left": 0, "top": 0, "right": width, "bottom": height},
            "type": kind,
            "typeName": _KINDS[kind],
            "layer": 0,
            "focused": True,
            "active": True,
        }
    ]


async def list_displays(desk: Desk, _ask: Ask) -> object:
    width, height = desk.phone.size
    return [
        {
            "id": 0,
            "physicalId": f"{BUILT_IN_DISPLAY}",
            "name": "Built-in Screen",
            "isDefault": True,
            "metrics": {"widthPixels": width, "heightPixels": height, "densityDpi": desk.phone.density},
        }
    ]
