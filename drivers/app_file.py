"""What an app file says of itself, read with the tools of its platform."""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from drivers.tools import aapt2_path
from faults import UsageError

PACKAGE = re.compile(r"^package: name='([^']+)' versionCode='([^']*)' versionName='([^']*)'", re.MULTILINE)
ACTIVITY = re.compile(r"^launchable-activity: name='([^']+)'", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AppFile:
    """`activity` is the one that the launcher starts; `debuggable` decides whether run-as works."""

    path: Path
    platform: str
    package: str
    version: str
    activity: str
    debuggable: bool
    sha256: str


def apps_of(paths: Iterable[Path]) -> dict[str, Path]:
    """One file a platform; raises UsageError for a file that is no app, and for two of one platform."""
    apps: dict[str, Path] = {}
    for path in paths:
        platform = read_app_file(path).platform
        if platform in apps:
            msg = f"{path}: a second app for {platform} beside {apps[platform]}; give one a platform"
            raise UsageError(msg)
        apps[platform] = path.resolve()
    return apps


def read_app_file(path: Path) -> AppFile:
    """Read an APK with aapt2 (`dump badging`); raises UsageError for a file that is none."""
    _refuse_what_is_no_app(path)
    badging = subprocess.run(
        [str(aapt2_path()), "dump", "badging", str(path)], capture_output=True, text=True, check=False
    ).stdout
    package, activity = PACKAGE.search(badging), ACTIVITY.search(badging)
    if package is None or activity is None:
        msg = f"{path}: aapt2 finds no package or no launchable activity in it; give an app's own APK"
        raise UsageError(msg)
    return AppFile(
        path=path,
        platform="android",
        package=package[1],
        version=package[3],
        activity=activity[1],
        debuggable="application-debuggable" in badging,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _refuse_what_is_no_app(path: Path) -> None:
    if not path.is_file():
        msg = f"{path}: no such file; give the path of an .apk"
        raise UsageError(msg)
    if path.suffix != ".apk" or not zipfile.is_zipfile(path):
        msg = f"{path}: not an app file; an .apk is expected (a zip with an AndroidManifest.xml)"
        raise UsageError(msg)
