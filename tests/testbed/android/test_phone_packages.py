"""Installing, by the rules of the package manager."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.testbed.android.apk_samples import PACKAGE, Sample, contents, write
from tests.testbed.android.phone_rig import Rig
from tests.testbed.android.uiautomator_client import APKS

SAMPLE = Sample()


def install(rig: Rig, file: Path, *options: str) -> str:
    return rig.adb.out("install", *options, str(file))


@pytest.fixture(autouse=True)
def _empty(rig: Rig) -> Iterator[None]:
    yield
    rig.adb.run("uninstall", PACKAGE)


def test_an_app_is_listed_once_installed_and_gone_once_removed(rig: Rig, sample: Path) -> None:
    install(rig, sample)
    path = rig.adb.shell(f"pm path {PACKAGE}")
    listed = rig.adb.shell("pm list packages -3 --show-versioncode com.example")
    removed = rig.adb.out("uninstall", PACKAGE)

    assert path.startswith("package:/data/app/~~")
    assert listed == f"package:{PACKAGE} versionCode:1"
    assert removed == "Success\n"
    assert rig.adb.run("shell", f"pm path {PACKAGE}").returncode == 1
    assert "DELETE_FAILED_INTERNAL_ERROR" in rig.adb.out("uninstall", PACKAGE)


def test_an_update_keeps_the_data_and_the_uid(rig: Rig, sample: Path, shelf: Path) -> None:
    install(rig, sample)
    rig.adb.shell(f"run-as {PACKAGE} touch kept")
    before = rig.adb.shell(f"pm list packages -U {PACKAGE}")

    assert "Success" in install(rig, write(replace(SAMPLE, version=2), shelf))
    assert "versionCode=2" in rig.adb.shell(f"dumpsys package {PACKAGE}")
    assert rig.adb.shell(f"run-as {PACKAGE} ls kept") == "kept"
    assert rig.adb.shell(f"pm list packages -U {PACKAGE}") == before


def test_another_signer_may_not_update(rig: Rig, sample: Path, shelf: Path) -> None:
    install(rig, sample)

    assert "INSTALL_FAILED_UPDATE_INCOMPATIBLE" in install(rig, write(SAMPLE, shelf, signer="two"))


def test_an_older_version_goes_in_only_when_asked_for(rig: Rig, sample: Path, shelf: Path) -> None:
    install(rig, write(replace(SAMPLE, version=3), shelf))

    assert "INSTALL_FAILED_VERSION_DOWNGRADE" in install(rig, sample)
    assert "Success" in install(rig, sample, "-d")


@pytest.mark.parametrize(
    ("change", "status"),
    [({"min_sdk": 34}, "INSTALL_FAILED_OLDER_SDK"), ({"test_only": True}, "INSTALL_FAILED_TEST_ONLY")],
)
def test_an_app_the_phone_may_not_take_is_refused(rig: Rig, shelf: Path, change: dict[str, Any], status: str) -> None:
    assert status in install(rig, write(replace(SAMPLE, **change), shelf))


def test_a_file_without_a_signature_is_refused(rig: Rig, tmp_path: Path) -> None:
    unsigned = tmp_path / "unsigned.apk"
    unsigned.write_bytes(contents(SAMPLE))

    assert "INSTALL_PARSE_FAILED_NO_CERTIFICATES" in install(rig, unsigned)


def test_a_file_changed_after_signing_is_refused(rig: Rig, sample: Path, tmp_path: Path) -> None:
    data = bytearray(sample.read_bytes())
    at = data.index(b"BUTTON")
    data[at : at + 6] = b"BOTTOM"
    (tmp_path / "bad.apk").write_bytes(data)

    answer = install(rig, tmp_path / "bad.apk")

    assert "INSTALL_PARSE_FAILED_NO_CERTIFICATES" in answer
    assert "digest" in answer


def test_what_is_no_app_file_is_refused(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "no.apk").write_bytes(b"hello")

    assert "INSTALL_PARSE_FAILED_NOT_APK" in install(rig, tmp_path / "no.apk")


def test_appiums_own_files_are_signed_well_and_read_right(rig: Rig) -> None:
    file = APKS.parents[1] / "io.appium.settings/apks/settings_apk-debug.apk"
    if not file.exists():
        pytest.skip("Appium is not installed")

    assert "Success" in install(rig, file)
    assert "io.appium.settings/.Settings" in rig.adb.shell("cmd package resolve-activity --brief io.appium.settings")
    rig.adb.run("uninstall", "io.appium.settings")


def test_permissions_are_granted_one_by_one(rig: Rig, sample: Path) -> None:
    install(rig, sample)
    camera = "android.permission.CAMERA"
    before = rig.adb.shell(f"dumpsys package {PACKAGE}")
    rig.adb.shell(f"pm grant {PACKAGE} {camera}")

    assert f"{camera}: granted=false" in before
    assert f"{camera}: granted=true" in rig.adb.shell(f"dumpsys package {PACKAGE}")
    assert "has not requested" in rig.adb.shell(f"pm grant {PACKAGE} android.permission.RECORD_AUDIO")


def test_run_as_opens_debuggable_apps_only_and_only_their_own_data(rig: Rig, sample: Path, shelf: Path) -> None:
    install(rig, sample)
    outside = rig.adb.shell(f"run-as {PACKAGE} ls /data/data/com.android.shell")
    tmp = rig.adb.shell(f"run-as {PACKAGE} touch /data/local/tmp/x")
    rig.adb.run("uninstall", PACKAGE)
    install(rig, write(replace(SAMPLE, debuggable=False), shelf))

    assert "Permission denied" in outside
    assert "Permission denied" in tmp
    assert rig.adb.shell(f"run-as {PACKAGE} ls") == f"run-as: package not debuggable: {PACKAGE}"
    assert rig.adb.shell("run-as no.such ls") == "run-as: unknown package: no.such"
