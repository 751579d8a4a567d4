"""Packages of the system image."""

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
ANDROID = _system("android", "Android System", ())
SHELL_APP = _system("com.android.shell", "Shell", ())


def image(*, browser: bool) -> tuple[Manifest, ...]:
    return (ANDROID, SHELL_APP, LAUNCHER_APP, *((BROWSER_APP,) if browser else ()))
