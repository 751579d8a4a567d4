"""What an app file says of itself, read with the tools of its platform."""

import hashlib
import plistlib
import re
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from drivers.tools import aapt2_path
from faults import UsageError

PACKAGE = re.compile(r"^package: name='([^']+)' versionCode='([^']*)' versionName='([^']*)'", re.MULTILINE)
BUNDLE = re.compile(r"Payload/[^/]+\.app/Info\.plist$")
PLIST = re.compile(rb"<\?xml.*?</plist>", re.DOTALL)
ACTIVITY = re.compile(r"^launchable-activity: name='([^']+)'", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AppFile:
    """`activity` is the one that Android's launcher starts; `debuggable` decides whether the sandbox can be read."""

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
    """Read an .apk or an .ipa; raises UsageError for a file that is neither."""
    if not path.is_file():
        msg = f"{path}: no such file; give the path of an .apk or an .ipa"
        raise UsageError(msg)
    if path.suffix not in READERS or not zipfile.is_zipfile(path):
        msg = f"{path}: not an app file; an .apk or an .ipa is expected (a zip with AndroidManifest.xml or Payload)"
        raise UsageError(msg)
    return READERS[path.suffix](path)


def _read_apk(path: Path) -> AppFile:
    """With aapt2 (`dump badging`)."""
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


def _read_ipa(path: Path) -> AppFile:
    """By Info.plist, and by the entitlements that the provisioning profile inside grants (a signed plist)."""
    with zipfile.ZipFile(path) as files:
        bundles = {name.split("/")[1] for name in files.namelist() if BUNDLE.match(name)}
        if len(bundles) != 1:
            msg = f"{path}: no Payload/NAME.app with an Info.plist in it; give an app's own .ipa"
            raise UsageError(msg)
        bundle = f"Payload/{bundles.pop()}"
        profile = f"{bundle}/embedded.mobileprovision"
        signed = files.read(profile) if profile in files.namelist() else b""
        info = _plist(files.read(f"{bundle}/Info.plist"), f"{path}: {bundle}/Info.plist")
    granted = PLIST.search(signed)
    rights = _plist(granted[0], f"{path}: {profile}").get("Entitlements", {}) if granted else {}
    missing = [key for key in ("CFBundleIdentifier", "CFBundleVersion") if key not in info]
    if missing:
        msg = f"{path}: its Info.plist has no {' and no '.join(missing)}; build the .ipa again"
        raise UsageError(msg)
    return AppFile(
        path=path,
        platform="ios",
        package=str(info["CFBundleIdentifier"]),
        version=str(info.get("CFBundleShortVersionString", info["CFBundleVersion"])),
        activity="",
        debuggable=rights.get("get-task-allow") is True,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _plist(content: bytes, where: str) -> dict[str, Any]:
    try:
        return dict(plistlib.loads(content))
    except (plistlib.InvalidFileException, ExpatError, TypeError, ValueError) as error:
        msg = f"{where} is no property list ({error}); build the .ipa again"
        raise UsageError(msg) from error


READERS = {".apk": _read_apk, ".ipa": _read_ipa}
