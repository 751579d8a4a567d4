import plistlib
from pathlib import Path
from zipfile import ZipFile

import pytest

from drivers.app_file import read_app_file
from faults import UsageError


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.apk: no such file; give the path"):
        read_app_file(tmp_path / "gone.apk")


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "text.apk"
    file.write_text("not a zip")

    with pytest.raises(UsageError, match=r"text\.apk: not an app file"):
        read_app_file(file)


def test_a_zip_with_another_ending_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("AndroidManifest.xml", b"")

    with pytest.raises(UsageError, match=r"an \.apk or an \.ipa is expected"):
        read_app_file(file)


def test_an_apk_without_a_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "empty.apk"
    with ZipFile(file, "w") as archive:
        archive.writestr("classes.dex", b"")

    with pytest.raises(UsageError, match="aapt2 finds no package"):
        read_app_file(file)


NAMED = {"CFBundleIdentifier": "test.superoffice.pocket", "CFBundleVersion": "7", "CFBundleShortVersionString": "1.2"}
DEBUG = b"signed" + plistlib.dumps({"Entitlements": {"get-task-allow": True}}) + b"\x00signature"


def an_ipa(folder: Path, info: bytes | None, profile: bytes | None = None) -> Path:
    file = folder / "app.ipa"
    with ZipFile(file, "w") as archive:
        for name, content in (("Info.plist", info), ("embedded.mobileprovision", profile)):
            if content is not None:
                archive.writestr(f"Payload/Pocket.app/{name}", content)
        archive.writestr("SwiftSupport/note", b"")
    return file


def test_an_ipa_says_its_bundle_and_version(tmp_path: Path) -> None:
    app = read_app_file(an_ipa(tmp_path, plistlib.dumps(NAMED, fmt=plistlib.FMT_BINARY)))

    assert (app.platform, app.package, app.version) == ("ios", "test.superoffice.pocket", "1.2")


@pytest.mark.parametrize(("profile", "readable"), [(DEBUG, True), (None, False)])
def test_an_ipa_is_debuggable_by_its_provisioning_profile(tmp_path: Path, profile: bytes, readable: bool) -> None:  # noqa: FBT001 -- a table's column
    assert read_app_file(an_ipa(tmp_path, plistlib.dumps(NAMED), profile)).debuggable is readable


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (None, r"no Payload/NAME\.app with an Info\.plist"),
        (b"garbage", r"Info\.plist is no property list"),
        (b"<?xml version='1.0'?><plist><dict>", r"Info\.plist is no property list"),
        (plistlib.dumps(["a list"]), r"Info\.plist is no property list"),
        (plistlib.dumps({"CFBundleVersion": "7"}), "has no CFBundleIdentifier"),
    ],
)
def test_an_ipa_that_does_not_say_what_it_is_is_refused(tmp_path: Path, info: bytes | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_app_file(an_ipa(tmp_path, info))
