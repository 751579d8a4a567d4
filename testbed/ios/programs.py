"""What runs as a process: an installed app, or one of the system's own that this phone plays with real code."""

from dataclasses import dataclass
from pathlib import Path

from testbed.ios.packages.app import App
from testbed.ios.packages.system import SAFARI

SHEET = "com.apple.SafariViewService"
"""The process that shows sign-in pages inside other apps, with Safari's cookies."""
BROWSER = "testbed.browser.main:main"


@dataclass(frozen=True, slots=True)
class Program:
    """An app as testbed.handset.processes runs it; `name` is the bundle identifier."""

    name: str
    title: str
    executable: str
    code: Path | None
    entry: str | None
    app: App | None = None


def program_of(app: App) -> Program:
    entry = BROWSER if app.bundle_id == SAFARI else app.info.entry
    return Program(app.bundle_id, app.info.name, app.info.executable, app.code, entry, app)


def sheet_program() -> Program:
    return Program(SHEET, "Safari", "SafariViewService", None, BROWSER)
