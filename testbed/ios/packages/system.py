"""Apps of the system image: they show up in lists, and some take links."""

from testbed.ios.packages.app import App
from testbed.ios.packages.info import Info

SAFARI = "com.apple.mobilesafari"
SPRINGBOARD = "com.apple.springboard"
ROWS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("com.apple.Preferences", "Settings", ("prefs",)),
    (SAFARI, "Safari", ("http", "https")),
    ("com.apple.camera", "Camera", ()),
    ("com.apple.mobileslideshow", "Photos", ()),
    ("com.apple.DocumentsApp", "Files", ()),
)


def image(version: str) -> tuple[App, ...]:
    return tuple(_app(bundle_id, name, schemes, version) for bundle_id, name, schemes in ROWS)


def _app(bundle_id: str, name: str, schemes: tuple[str, ...], version: str) -> App:
    raw = {
        "CFBundleIdentifier": bundle_id,
        "CFBundleDisplayName": name,
        "CFBundleExecutable": name,
        "CFBundleName": name,
        "CFBundleVersion": version,
        "CFBundleShortVersionString": version,
        "CFBundleURLTypes": [{"CFBundleURLSchemes": list(schemes)}],
    }
    return App(Info(raw), bundle=None, data=None, entitlements={"application-identifier": bundle_id})
