from typing import Final

import pyaxml
from lxml import etree

PACKAGE: Final = "test.superoffice.pocket"
ACTIVITY: Final = f"{PACKAGE}.MainActivity"
VERSION: Final = "1.0"
SCHEMES: Final = ("superoffice", "soprotocol", PACKAGE)
PERMISSIONS: Final = ("INTERNET", "CAMERA", "POST_NOTIFICATIONS", "USE_BIOMETRIC")
ANDROID: Final = "http://schemas.android.com/apk/res/android"


def binary_manifest(entry: str) -> bytes:
    """Return AndroidManifest.xml in Android's binary form; `entry` is MODULE:FUNCTION of the app's code."""
    document = pyaxml.AXML()
    document.from_xml(manifest(entry))
    return bytes(document.pack())


def manifest(entry: str) -> etree._Element:
    root = etree.Element("manifest", {"package": PACKAGE}, nsmap={"android": ANDROID})
    _set(root, versionCode="1", versionName=VERSION)
    _add(root, "uses-sdk", minSdkVersion="28", targetSdkVersion="33")
    for permission in PERMISSIONS:
        _add(root, "uses-permission", name=f"android.permission.{permission}")
    # no networkSecurityConfig: like a store build, the app trusts the system's certificates only
    application = _add(root, "application", label="Mobile CRM", debuggable="true", allowBackup="false")
    _add(application, "meta-data", name="runtime.entry", value=entry)
    activity = _add(
        application, "activity", name=ACTIVITY, label="Mobile CRM", exported="true", launchMode="singleTask"
    )
    _intent_filter(activity, "MAIN", "LAUNCHER")
    for scheme in SCHEMES:
        _add(_intent_filter(activity, "VIEW", "DEFAULT", "BROWSABLE"), "data", scheme=scheme)
    return root


def _intent_filter(activity: etree._Element, action: str, *categories: str) -> etree._Element:
    found = _add(activity, "intent-filter")
    _add(found, "action", name=f"android.intent.action.{action}")
    for category in categories:
        _add(found, "category", name=f"android.intent.category.{category}")
    return found


def _add(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return _set(etree.SubElement(parent, tag), **attributes)


def _set(element: etree._Element, **attributes: str) -> etree._Element:
    for name, value in attributes.items():
        element.set(f"{{{ANDROID}}}{name}", value)
    return element
