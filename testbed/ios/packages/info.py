import plistlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError

from testbed.ios.packages.refusal import InstallError

BUNDLE_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,155}")
ENTRY: Final = "RuntimeEntry"
"""The one key that is not Apple's: MODULE:FUNCTION of the code in the bundle, for the runtime in dyld's place."""
TURNS: Final = frozenset(f"UIInterfaceOrientation{name}" for name in ("Portrait", "LandscapeLeft", "LandscapeRight"))
"""UIInterfaceOrientationMaskAllButUpsideDown, UIViewController's default on an iPhone."""


@dataclass(frozen=True, slots=True)
class Info:
    """What a bundle's Info.plist says; `raw` is all of it."""

    raw: Mapping[str, Any]

    @property
    def bundle_id(self) -> str:
        return str(self.raw["CFBundleIdentifier"])

    @property
    def name(self) -> str:
        """The name under the icon."""
        return str(self.raw.get("CFBundleDisplayName") or self.raw.get("CFBundleName") or self.executable)

    @property
    def executable(self) -> str:
        return str(self.raw["CFBundleExecutable"])

    @property
    def version(self) -> str:
        return str(self.raw["CFBundleVersion"])

    @property
    def short_version(self) -> str:
        return str(self.raw.get("CFBundleShortVersionString", self.version))

    @property
    def minimum_os(self) -> str:
        return str(self.raw.get("MinimumOSVersion", "1.0"))

    @property
    def entry(self) -> str | None:
        found = self.raw.get(ENTRY)
        return None if found is None else str(found)

    @property
    def shares_files(self) -> bool:
        """Whether people see the app's Documents in Finder (UIFileSharingEnabled)."""
        return self.raw.get("UIFileSharingEnabled") is True

    @property
    def orientations(self) -> frozenset[str]:
        """UIInterfaceOrientation names that the app turns to on an iPhone; all but upside down where it names none."""
        general = self.raw.get("UISupportedInterfaceOrientations", TURNS)
        return frozenset(map(str, self.raw.get("UISupportedInterfaceOrientations~iphone", general)))

    def schemes(self) -> frozenset[str]:
        """The URL schemes that the app takes, in lower case."""
        types = self.raw.get("CFBundleURLTypes", ())
        return frozenset(str(scheme).lower() for one in types for scheme in one.get("CFBundleURLSchemes", ()))

    def uses(self, usage: str) -> str | None:
        """The sentence with which the app asks for a permission (NSCameraUsageDescription); None where it may not."""
        found = self.raw.get(usage)
        return None if found is None else str(found)


def read(bundle: Path) -> Info:
    """Read a bundle's Info.plist; raises InstallError with the name that installd gives."""
    try:
        raw = plistlib.loads((bundle / "Info.plist").read_bytes())
    except FileNotFoundError as error:
        text = f"Failed to load Info.plist from bundle at path {bundle.name}"
        raise InstallError("PackageInspectionFailed", text) from error
    except (plistlib.InvalidFileException, ExpatError, ValueError) as error:
        raise InstallError("PackageInspectionFailed", f"Info.plist of {bundle.name} cannot be read: {error}") from error
    return _checked(raw, bundle)


def _checked(raw: object, bundle: Path) -> Info:
    if not isinstance(raw, dict):
        raise InstallError("PackageInspectionFailed", f"Info.plist of {bundle.name} is no dictionary")
    for key, name in (
        ("CFBundleIdentifier", "MissingBundleIdentifier"),
        ("CFBundleExecutable", "MissingBundleExecutable"),
        ("CFBundleVersion", "MissingBundleVersion"),
    ):
        if not isinstance(raw.get(key), str) or not raw[key]:
            raise InstallError(name, f"Bundle at path {bundle.name} did not have a {key} in its Info.plist")
    executable = raw["CFBundleExecutable"]
    if not BUNDLE_ID.fullmatch(raw["CFBundleIdentifier"]) or Path(executable).name != executable:
        text = f"Bundle at path {bundle.name} has an identifier or an executable that cannot be one"
        raise InstallError("PackageInspectionFailed", text)
    if not (bundle / executable).is_file():
        text = f"Bundle at path {bundle.name} did not contain a {executable}"
        raise InstallError("MissingBundleExecutable", text)
    return Info(raw)


def not_older(version: str, minimum: str) -> bool:
    """Whether an iOS version is at least another, number by number."""
    return _numbers(version) >= _numbers(minimum)


def _numbers(version: str) -> tuple[int, ...]:
    parts = [int(part) if part.isdigit() else 0 for part in version.split(".")]
    return tuple(parts + [0] * (3 - len(parts)))
