"""`Pocket.app`: what an .ipa carries below `Payload`."""

import hashlib
import plistlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding

from testbed.build.codesign import signed
from testbed.build.developer import Developer
from testbed.build.manifest import PACKAGE, SCHEMES, VERSION

NAME: Final = "Pocket"
GROUP: Final = f"group.{PACKAGE}"
MINIMUM_OS: Final = "15.0"
EXECUTABLE: Final = b"#!/usr/bin/env python3\n# A virtual iPhone runs the code in assets, see RuntimeEntry.\n"


def bundle(entry: str, code: Mapping[str, str], developer: Developer) -> dict[str, bytes]:
    """Return the signed bundle's files by their place; `entry` is MODULE:FUNCTION of the code."""
    files = {
        "Info.plist": plistlib.dumps(info(entry), fmt=plistlib.FMT_BINARY),
        "PkgInfo": b"APPL????",
        NAME: EXECUTABLE,
        "embedded.mobileprovision": developer.grant(profile(developer)),
        **{f"assets/{place}": source.encode() for place, source in sorted(code.items())},
    }
    return signed(files, NAME, PACKAGE, entitlements(developer.team), developer)


def info(entry: str) -> dict[str, Any]:
    return {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": "Mobile CRM",
        "CFBundleExecutable": NAME,
        "CFBundleIdentifier": PACKAGE,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": NAME,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": VERSION,
        "CFBundleSupportedPlatforms": ["iPhoneOS"],
        "CFBundleURLTypes": [{"CFBundleURLName": PACKAGE, "CFBundleURLSchemes": list(SCHEMES)}],
        "CFBundleVersion": "1",
        "DTPlatformName": "iphoneos",
        "LSRequiresIPhoneOS": True,
        "MinimumOSVersion": MINIMUM_OS,
        "NSCameraUsageDescription": "Mobile CRM reads the QR code of your web client.",
        "NSFaceIDUsageDescription": "Mobile CRM opens with Face ID.",
        "RuntimeEntry": entry,
        "UIDeviceFamily": [1],
        "UIRequiredDeviceCapabilities": ["arm64"],
    }


def entitlements(team: str) -> dict[str, Any]:
    """Signed for development, so that a host may look into the container; the class of files is said aloud."""
    return {
        "application-identifier": f"{team}.{PACKAGE}",
        "com.apple.developer.default-data-protection": "NSFileProtectionCompleteUntilFirstUserAuthentication",
        "com.apple.developer.team-identifier": team,
        "com.apple.security.application-groups": [GROUP],
        "get-task-allow": True,
        "keychain-access-groups": [f"{team}.{PACKAGE}"],
    }


def profile(developer: Developer) -> bytes:
    certificate = developer.certificate
    granted = {**entitlements(developer.team), "keychain-access-groups": [f"{developer.team}.*"]}
    said = {
        "AppIDName": "Mobile CRM",
        "ApplicationIdentifierPrefix": [developer.team],
        "CreationDate": _naive(certificate.not_valid_before_utc),
        "DeveloperCertificates": [_der(developer)],
        "Entitlements": granted,
        "ExpirationDate": _naive(certificate.not_valid_after_utc),
        "Name": f"Development of {PACKAGE}",
        "Platform": ["iOS"],
        "ProvisionsAllDevices": True,
        "TeamIdentifier": [developer.team],
        "TeamName": "pocketgate",
        "TimeToLive": 365,
        "UUID": str(uuid.UUID(bytes=hashlib.sha256(_der(developer)).digest()[:16], version=4)),
        "Version": 1,
    }
    return plistlib.dumps(said)


def _der(developer: Developer) -> bytes:
    return developer.certificate.public_bytes(Encoding.DER)


def _naive(moment: datetime) -> datetime:
    """A property list knows no time zone: its dates are UTC."""
    return moment.replace(tzinfo=None)
