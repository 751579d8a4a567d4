"""appium-ios-device, the XCUITest driver's own library for phones, against the phone."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.testbed.ios.mux_rig import BarePhone, Muxd

ROOT = Path(__file__).parents[4]
DRIVER = ROOT / "drivers/appium/node_modules/appium-xcuitest-driver"
NODE = Path(sys.executable).parent / "node"
BUNDLE_ID = "test.superoffice.pocket"


@pytest.mark.skipif(not DRIVER.is_dir() or not NODE.exists(), reason="Appium is not installed: make setup")
def test_the_drivers_library_installs_reads_and_removes(muxd: Muxd, bare: BarePhone, ipa: Path, tmp_path: Path) -> None:
    script = Path(__file__).with_name("appium_client.mjs")
    env = {**muxd.env(tmp_path), "USBMUXD_SOCKET_ADDRESS": str(muxd.socket)}
    words = [NODE, script, DRIVER, bare.udid, ipa, BUNDLE_ID]
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    assert told["devices"] == [bare.udid]
    assert [told["version"], told["info"]] == ["17.5", "Virtual iPhone"]
    # of a session's second answer it sees the first one again (its splitter is piped twice), so no time zone here
    assert abs(told["time"]["timestamp"] - time.time()) < 60
    assert told["steps"][-2:] == ["GeneratingApplicationMap", "Complete"]
    assert told["staged"] == [".", ".."]
    assert [told["listed"], told["found"], told["missing"], told["after"]] == [[BUNDLE_ID], "1", {}, []]
    assert told["image"] is False
    assert [told["read"], told["size"]] == ["hello", 5]
    assert [line.partition(": ")[2] for line in told["log"]] == [f"installed {BUNDLE_ID}", f"uninstalled {BUNDLE_ID}"]
