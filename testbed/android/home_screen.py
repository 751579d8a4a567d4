"""The launcher's one screen: a tappable row for each app that wants to be started."""

from testbed.android.packages.installed import Installed

PREFIX = "app:"


def root(packages: list[Installed]) -> dict[str, object]:
    rows = [
        {
            "key": f"{PREFIX}{one.name}",
            "kind": "button",
            "id": "icon",
            "text": one.manifest.label,
            "description": one.manifest.label,
        }
        for one in packages
        if one.manifest.launcher is not None
    ]
    return {"key": "workspace", "kind": "column", "id": "workspace", "children": rows}
