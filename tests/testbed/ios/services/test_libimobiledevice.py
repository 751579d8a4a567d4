"""libimobiledevice's tools, which know nothing of us, against the phone."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.testbed.ios.mux_rig import UDID, BarePhone, Muxd
from tests.testbed.ios.packages.app_samples import Sample, write

PACKAGE = "test.superoffice.pocket"
TOOLS = ("idevice_id", "ideviceinfo", "ideviceinstaller", "idevicepair", "idevicesyslog", "idevicescreenshot")

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in TOOLS),
    reason="libimobiledevice is not installed (Debian: libimobiledevice-utils and ideviceinstaller)",
)

type Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def idevice(muxd: Muxd, bare: BarePhone, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    home = tmp_path_factory.mktemp("home")
    assert bare.udid == UDID

    def run(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [tool, *words], env=muxd.env(home), cwd=home, capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_idevice_id_and_ideviceinfo_see_the_phone(idevice: Tool) -> None:
    assert idevice("idevice_id", "-l").stdout == f"{UDID}\n"
    told = idevice("ideviceinfo").stdout
    assert "ProductVersion: 17.5\n" in told
    assert "SerialNumber: VP" in told
    assert "BatteryCurrentCapacity: 80" in idevice("ideviceinfo", "-q", "com.apple.mobile.battery").stdout
    assert "SerialNumber" not in idevice("ideviceinfo", "-s").stdout


def test_ideviceinstaller_installs_lists_and_removes(idevice: Tool, ipa: Path) -> None:
    installed = idevice("ideviceinstaller", "-i", str(ipa))
    listed = idevice("ideviceinstaller", "-l")
    removed = idevice("ideviceinstaller", "-U", PACKAGE)

    assert "VerifyingApplication (40%)" in installed.stdout
    assert installed.stdout.endswith("Install: Complete\n")
    assert f'{PACKAGE}, "1", "Mobile CRM"' in listed.stdout
    assert "Complete" in removed.stdout
    assert PACKAGE not in idevice("ideviceinstaller", "-l").stdout


def test_ideviceinstaller_is_told_why_an_upgrade_is_refused(idevice: Tool, tmp_path: Path) -> None:
    assert "Complete" in idevice("ideviceinstaller", "-i", str(write(Sample(), tmp_path))).stdout
    other_team = idevice("ideviceinstaller", "-g", str(write(Sample(), tmp_path, signer="two")))
    touched = write(Sample(), tmp_path, change=lambda files: files.update({"assets/sample.py": b"x"}))
    tampered = idevice("ideviceinstaller", "-g", str(touched))
    idevice("ideviceinstaller", "-U", Sample().bundle_id)

    assert "MismatchedApplicationIdentifierEntitlement" in other_team.stderr + other_team.stdout
    assert '"ApplicationVerificationFailed" with code 0xe8008017' in tampered.stderr + tampered.stdout


def test_idevicesyslog_follows_the_log(muxd: Muxd, bare: BarePhone, tmp_path: Path) -> None:
    follower = subprocess.Popen(["idevicesyslog"], env=muxd.env(tmp_path), stdout=subprocess.PIPE, text=True)
    assert follower.stdout is not None
    try:
        assert follower.stdout.readline() == "[connected]\n"
        bare.do("log", "hello", "wörld")
        line = follower.stdout.readline()
    finally:
        follower.terminate()
        follower.communicate(timeout=10)

    assert "Sample[4711] <Notice>: hello wörld" in line


def test_idevicepair_unpairs_and_pairs(idevice: Tool) -> None:
    steps = ("unpair", "pair", "validate")
    assert [idevice("idevicepair", step).stdout.split(":")[0] for step in steps] == ["SUCCESS"] * 3


def test_idevicescreenshot_and_diagnostics(idevice: Tool, tmp_path: Path) -> None:
    idevice("idevicescreenshot", str(tmp_path / "shot.png"))
    with Image.open(tmp_path / "shot.png") as shot:
        assert shot.size == (390, 844)
    assert "<key>CurrentCapacity</key>" in idevice("idevicediagnostics", "ioregentry", "AppleSmartBattery").stdout
    assert "ImagePresent: true" in idevice("ideviceimagemounter", "-l", "-t", "Personalized").stdout
    assert "ImagePresent: false" in idevice("ideviceimagemounter", "-l").stdout
