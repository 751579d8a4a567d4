"""installd's rules: what goes in, what is refused and why, what stays and what goes."""

import asyncio
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from testbed.handset.clock import Clock
from testbed.ios.layout import Layout
from testbed.ios.packages.app import App
from testbed.ios.packages.apps import Apps
from testbed.ios.packages.refusal import InstallError
from tests.testbed.ios.packages.app_samples import BUNDLE_ID, NAME, Files, Sample, write

SAMPLE = Sample()
UDID = "00008110-000A1B2C3D4E5F60"
GROUP = "group.com.example"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where sample files are made; their signers last for the module."""
    return tmp_path_factory.mktemp("ipas")


@pytest.fixture
def apps(tmp_path: Path) -> Apps:
    return phone(tmp_path)


def phone(home: Path, version: str = "17.5") -> Apps:
    return Apps(Layout(home / "fs"), Clock(home / "clock"), UDID, version)


def install(apps: Apps, file: Path) -> App:
    return asyncio.run(apps.install(file))


def refusal(apps: Apps, file: Path) -> InstallError:
    with pytest.raises(InstallError) as refused:
        install(apps, file)
    return refused.value


def data_of(app: App) -> Path:
    assert app.data is not None
    return app.data


def test_an_app_gets_a_bundle_a_container_and_its_group(apps: Apps, shelf: Path) -> None:
    app = install(apps, write(SAMPLE, shelf))

    assert app.code is not None
    assert (app.code / "sample.py").read_bytes() == b"print('sample')\n"
    assert (data_of(app) / "Library/SplashBoard/Snapshots").is_dir()
    assert apps.group(GROUP) is not None
    assert apps.taking("SAMPLE://x") == app
    assert app.identifier.endswith(f".{BUNDLE_ID}")


def test_an_upgrade_keeps_the_data_in_a_container_of_another_name(apps: Apps, shelf: Path) -> None:
    file = write(SAMPLE, shelf)
    before = install(apps, file)
    (data_of(before) / "Documents/kept").write_text("kept")
    after = install(apps, file)

    assert (data_of(after) / "Documents/kept").read_text() == "kept"
    assert data_of(after) != data_of(before)
    assert before.bundle is not None
    assert not before.bundle.exists()


def test_what_is_removed_takes_its_containers_along_but_not_a_group_that_others_share(apps: Apps, shelf: Path) -> None:
    app = install(apps, write(SAMPLE, shelf))
    install(apps, write(Sample("com.example.other"), shelf))
    group = apps.group(GROUP)
    assert asyncio.run(apps.uninstall(BUNDLE_ID))

    assert not data_of(app).exists()
    assert apps.group(GROUP) == group is not None
    assert asyncio.run(apps.uninstall("com.example.other"))
    assert apps.group(GROUP) is None
    assert not asyncio.run(apps.uninstall(BUNDLE_ID))
    assert not asyncio.run(apps.uninstall("com.apple.mobilesafari"))


def test_a_phone_that_is_started_again_has_its_apps(apps: Apps, shelf: Path, tmp_path: Path) -> None:
    app = install(apps, write(SAMPLE, shelf))

    assert phone(tmp_path).get(BUNDLE_ID) == app


def test_a_phone_that_died_in_the_middle_of_an_install_has_no_half_an_app(
    apps: Apps, shelf: Path, tmp_path: Path
) -> None:
    app = install(apps, write(SAMPLE, shelf))
    assert app.bundle is not None
    shutil.rmtree(app.bundle)
    layout = Layout(tmp_path / "fs")
    (layout.staging / "temp.x/extracted").mkdir(parents=True)

    assert phone(tmp_path).get(BUNDLE_ID) is None
    assert list(layout.staging.iterdir()) == []
    assert not app.bundle.parent.exists()


def test_processes_end_before_files_go_and_others_hear_of_it_after(apps: Apps, shelf: Path) -> None:
    told: list[str] = []

    async def ending(bundle_id: str) -> None:
        told.append(f"ending {bundle_id} {apps.get(bundle_id) is not None}")

    def watcher(bundle_id: str, *, installed: bool) -> None:
        told.append(f"{bundle_id} {installed}")

    apps.ending = ending
    apps.watchers.append(watcher)
    install(apps, write(SAMPLE, shelf))
    asyncio.run(apps.uninstall(BUNDLE_ID))

    assert told == [
        f"ending {BUNDLE_ID} False",
        f"{BUNDLE_ID} True",
        f"ending {BUNDLE_ID} True",
        f"{BUNDLE_ID} False",
    ]


def changing(name: str, content: bytes) -> Callable[[Files], object]:
    return lambda files: files.update({name: content})


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (changing("assets/sample.py", b"print('other')\n"), "0xe8008017"),
        (changing("assets/added.py", b""), "0xe8008017"),
        (lambda files: files.pop("assets/sample.py"), "0xe8008017"),
        (changing("_CodeSignature/CodeResources", b"<plist><dict/></plist>"), "0xe8008017"),
        (changing(NAME, b"#!other"), "0xe8008014"),
        (changing("_CodeSignature/CodeSignature", b"none"), "0xe8008014"),
        (changing("_CodeSignature/CodeEntitlements", b"none"), "0xe8008014"),
        (changing("embedded.mobileprovision", b"none"), "0xe8008017"),
        (lambda files: files.pop("_CodeSignature/CodeSignature"), "0xe800801c"),
        (lambda files: files.update({"Info.plist": files["Info.plist"].replace(b"15.0", b"14.0")}), "0xe8008014"),
    ],
)
def test_a_file_that_was_touched_after_signing_is_refused(
    apps: Apps, shelf: Path, change: Callable[[Files], object], flaw: str
) -> None:
    error = refusal(apps, write(SAMPLE, shelf, change=change))

    assert error.name == "ApplicationVerificationFailed"
    assert flaw in error.description
    assert error.detail == int(flaw, 16) - (1 << 32)
    assert apps.get(BUNDLE_ID) is None
    assert list(Layout(apps._layout.root).staging.iterdir()) == []  # noqa: SLF001 -- nothing is left behind


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("sample", "flaw"),
    [
        (Sample(granted={"ExpirationDate": LONG_AGO}), "0xe8008011"),
        (Sample(granted={"ProvisionsAllDevices": False, "ProvisionedDevices": ["another"]}), "0xe8008012"),
        (Sample(granted={"DeveloperCertificates": []}), "0xe8008015"),
        (Sample(granted={"TeamIdentifier": ["ANOTHER123"]}), "0xe8008014"),
        (Sample(entitlements={"application-identifier": "X.com.example.other"}), "0xe8008016"),
        (Sample(granted={"Entitlements": {"application-identifier": "x"}}), "0xe8008016"),
    ],
)
def test_who_may_not_sign_this_is_refused(apps: Apps, shelf: Path, sample: Sample, flaw: str) -> None:
    assert flaw in refusal(apps, write(sample, shelf)).description


def test_a_profile_for_this_very_phone_is_enough(apps: Apps, shelf: Path) -> None:
    sample = Sample(granted={"ProvisionsAllDevices": False, "ProvisionedDevices": [UDID]})

    assert install(apps, write(sample, shelf)).bundle_id == BUNDLE_ID


def test_another_team_may_not_upgrade_and_the_old_app_stays(apps: Apps, shelf: Path) -> None:
    app = install(apps, write(SAMPLE, shelf))
    error = refusal(apps, write(SAMPLE, shelf, signer="two"))

    assert error.name == "MismatchedApplicationIdentifierEntitlement"
    assert "rejecting upgrade" in error.description
    assert apps.get(BUNDLE_ID) == app
    assert data_of(app).is_dir()


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ({"CFBundleExecutable": None}, "MissingBundleExecutable"),
        ({"CFBundleExecutable": "Another"}, "MissingBundleExecutable"),
        ({"CFBundleExecutable": "../../../x"}, "PackageInspectionFailed"),
        ({"CFBundleIdentifier": "../x"}, "PackageInspectionFailed"),
        ({"CFBundleVersion": None}, "MissingBundleVersion"),
        ({"CFBundleIdentifier": ""}, "MissingBundleIdentifier"),
        ({"MinimumOSVersion": "99.0"}, "DeviceOSVersionTooLow"),
        ({"UIDeviceFamily": [2]}, "DeviceFamilyNotSupported"),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused_by_name(
    apps: Apps, shelf: Path, info: dict[str, object], name: str
) -> None:
    assert refusal(apps, write(Sample(info=info), shelf)).name == name


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_what_is_no_package_is_refused(apps: Apps, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.ipa").write_bytes(content)

    assert refusal(apps, tmp_path / "x.ipa").name == "PackageExtractionFailed"


@pytest.mark.parametrize("entry", ["../../../escape", "/escape", "Payload/../../escape"])
def test_an_archive_that_leads_out_of_itself_is_refused(apps: Apps, tmp_path: Path, entry: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.ipa", "w") as archive:
        archive.writestr(entry, "x")

    assert refusal(apps, tmp_path / "x.ipa").name == "PackageExtractionFailed"


def test_a_package_without_an_app_is_refused(apps: Apps, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.ipa", "w") as archive:
        archive.writestr("Payload/readme", "x")

    assert refusal(apps, tmp_path / "x.ipa").name == "PackageInspectionFailed"


def test_a_bundle_goes_in_as_a_folder_as_well(apps: Apps, shelf: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(write(SAMPLE, shelf), tmp_path / "unpacked", "zip")

    assert install(apps, tmp_path / "unpacked/Payload" / f"{NAME}.app").bundle_id == BUNDLE_ID


def test_the_built_app_goes_in(apps: Apps, ipa: Path) -> None:
    app = install(apps, ipa)

    assert app.info.name == "Mobile CRM"
    assert app.info.entry == "pocket.main:main"
    assert app.app_groups == ("group.test.superoffice.pocket",)
    assert app.info.uses("NSCameraUsageDescription")
