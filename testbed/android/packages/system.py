"""Packages of the system image."""

from dataclasses import replace

from testbed.android.packages.manifest import (
    BROWSABLE,
    DEFAULT,
    LAUNCHER,
    MAIN,
    VIEW,
    Activity,
    IntentFilter,
    Manifest,
)

HOME = "com.android.launcher3"
BROWSER = "com.android.browser"
BROWSER_ENTRY = "testbed.browser.main:main"
"""The one system app with code of its own; the rest only shows up in lists."""


def _launchable(name: str, *more: IntentFilter) -> Activity:
    launcher = IntentFilter(frozenset({MAIN}), frozenset({LAUNCHER}), frozenset(), frozenset())
    return Activity(name, exported=True, filters=(launcher, *more))


def _system(package: str, label: str, activities: tuple[Activity, ...], entry: str | None = None) -> Manifest:
    permissions = ("android.permission.INTERNET",)
    return Manifest(package, 33, "13", 33, 33, False, False, label, permissions, activities, (), entry, False)  # noqa: FBT003 -- positional row


WEB = IntentFilter(frozenset({VIEW}), frozenset({BROWSABLE, DEFAULT}), frozenset({"http", "https"}), frozenset())
LAUNCHER_APP = _system(HOME, "Home", (Activity(f"{HOME}.Launcher", exported=True, filters=()),))
BROWSER_APP = _system(BROWSER, "Browser", (_launchable(f"{BROWSER}.BrowserActivity", WEB),), BROWSER_ENTRY)
CHROME = "com.android.chrome"
TRUSTING_THE_USER = frozenset({CHROME})
"""Chrome trusts what the user has installed (chromium chrome/android/java/res_base/xml/network_security_config.xml)."""
PORTRAIT = 1
CHROME_ENTRY = "testbed.chromium.main:main"
ANDROID = _system("android", "Android System", ())
SHELL_APP = _system("com.android.shell", "Shell", ())


def chrome(version: str) -> Manifest:
    """Chrome, as far as it is a Chromium of this version; unlike the real one it stays upright."""
    entrance = replace(_launchable("com.google.android.apps.chrome.Main", WEB), orientation=PORTRAIT)
    found = _system(CHROME, "Chrome", (entrance,), CHROME_ENTRY)
    return replace(found, version_name=version, version_code=chrome_code(version))


def chrome_code(version: str) -> int:
    """BUILD and PATCH, and two digits for the kind of package (chromium build/util/android_chrome_version.py)."""
    _, _, build, patch = (int(part) for part in version.split("."))
    return (build * 1000 + patch) * 100 + 33


def image(*, browser: bool, chromium: str = "") -> tuple[Manifest, ...]:
    """`chromium` is the version of the one that is the system browser, if one is."""
    rows = (ANDROID, SHELL_APP, LAUNCHER_APP, *((BROWSER_APP,) if browser else ()))
    return (*rows, chrome(chromium)) if chromium else rows
