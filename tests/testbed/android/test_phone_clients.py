"""Clients that nobody here wrote drive the phone: two adb versions, adbutils, selenium, plain HTTP."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import adbutils
import pytest
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Adb, Rig, adb_server, free_port, phone, private, until
from tests.testbed.android.uiautomator_client import ELEMENT, served, uiautomator

SYSTEM_ADB = shutil.which("adb")


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Rig]:
    """A phone under the distribution's adb, client and server."""
    if SYSTEM_ADB is None:
        pytest.skip("no adb of the distribution here; `apt-get install adb` brings one")
    port = free_port()
    env = private(tmp_path / "adb", port)
    with (
        adb_server(port, env, SYSTEM_ADB),
        phone(Adb(port, env, program=SYSTEM_ADB), tmp_path / "phone") as rig,
    ):
        yield rig


def test_an_old_adb_installs_copies_forwards_and_reads_the_log(debian: Rig, sample: Path, tmp_path: Path) -> None:
    adb = debian.adb
    assert b"Success" in adb.run("install", "-g", str(sample)).stdout
    (tmp_path / "big").write_bytes(bytes(range(256)) * 2000)
    pushed = adb.out("push", str(tmp_path / "big"), "/sdcard/big")
    adb.run("pull", "/sdcard/big", str(tmp_path / "back"))

    assert "1 file pushed" in pushed
    assert (tmp_path / "back").read_bytes() == (tmp_path / "big").read_bytes()
    assert "LaunchState: COLD" in debian.start()
    assert "Displayed com.example.sample/.Main" in adb.out("logcat", "-d", "-s", "ActivityTaskManager:I")
    assert adb.run("exec-out", "screencap", "-p").stdout.startswith(b"\x89PNG")
    assert adb.out("forward", "tcp:0", "tcp:6790").strip().isdigit()
    assert adb.run("shell", "exit 3").returncode == 3
    assert not debian.unmodelled()


def test_adbutils_finds_the_phone_as_it_finds_a_real_one(installed: Rig, sample: Path, tmp_path: Path) -> None:
    before = len(installed.unmodelled())
    client = adbutils.AdbClient(host="127.0.0.1", port=installed.adb.port)
    device = client.device(installed.adb.serial)
    device.app_stop(PACKAGE)
    device.app_start(PACKAGE)
    here = tmp_path / "here"
    here.write_bytes(b"hello")
    device.sync.push(here, "/data/local/tmp/there")

    assert until(lambda: device.app_current().package == PACKAGE)
    assert device.prop.get("ro.build.version.sdk") == "33"
    assert device.shell2("ls /nowhere").returncode == 1
    assert device.sync.read_bytes("/data/local/tmp/there") == b"hello"
    assert device.sync.stat("/data/local/tmp/there").size == 5
    assert "there" in [entry.path for entry in device.sync.list("/data/local/tmp")]
    assert device.screenshot().size == (1080, 1920)
    assert device.window_size() == (1080, 1920)
    assert device.is_screen_on()
    assert device.app_info(PACKAGE).version_name == "1.0"
    assert PACKAGE in device.list_packages()
    assert device.dump_hierarchy().startswith("<?xml")
    device.click(540, 130)
    assert installed.told("clicked go")
    device.swipe(500, 900, 500, 500)
    device.keyevent("HOME")
    assert "launcher" in device.app_current().package
    device.uninstall(PACKAGE)
    assert PACKAGE not in device.list_packages()
    device.install(str(sample), nolaunch=True, silent=True)
    assert PACKAGE in device.list_packages()
    device.forward("tcp:0", "tcp:6790")
    assert device.forward_list()[-1].remote == "tcp:6790"
    asked = installed.unmodelled()[before:]
    assert not [what for what in asked if what.startswith(("wm", "dumpsys", "input", "cmd"))]


def test_selenium_speaks_to_the_server_and_its_fingers_are_felt(installed: Rig) -> None:
    installed.start()
    with served(installed) as port:
        options = ArgOptions()
        options.set_capability("platformName", "Android")
        options.set_capability("appium:appPackage", PACKAGE)
        server = RemoteConnection(client_config=ClientConfig(remote_server_addr=f"http://127.0.0.1:{port}"))
        driver = WebDriver(command_executor=server, options=options)
        assert "com.example.sample:id/go" in driver.page_source
        found = driver.execute("findElement", {"strategy": "id", "selector": "go"})
        finger = PointerInput(POINTER_TOUCH, "finger")
        actions = ActionBuilder(driver, mouse=finger)
        rect = driver.execute("getElementRect", {"id": found["value"].id})["value"]
        actions.pointer_action.move_to_location(rect["x"] + 20, rect["y"] + 20).pointer_down().pause(0.05).pointer_up()
        actions.perform()
        assert installed.told("clicked go")
        assert driver.get_screenshot_as_png().startswith(b"\x89PNG")
        driver.quit()


def test_the_server_answers_plain_http_with_dialogs_toasts_and_turns(installed: Rig) -> None:
    installed.adb.shell(f"pm clear {PACKAGE}")
    installed.start()
    with uiautomator(installed) as client:
        installed.ask("allow/CAMERA")
        assert until(lambda: "take pictures" in str(client.get("/alert/text")))
        client.post("/alert/accept")
        assert installed.told("allow done: True")
        installed.ask("toast/Saved")
        assert client.find("xpath", "//android.widget.Toast[@text='Saved']")[ELEMENT]
        assert client.get("/appium/device/declared_orientation") == "SCREEN_ORIENTATION_UNSPECIFIED"
        assert client.post("/orientation", orientation="LANDSCAPE") == "LANDSCAPE"
        assert client.get("/window/current/size") == {"height": 1080, "width": 1920}
        assert client.post("/orientation", orientation="PORTRAIT") == "PORTRAIT"
        client.post("/appium/device/open_notifications")
        assert "systemui" in client.get("/source")
        client.post("/back")
        assert client.post("/appium/list_windows")[0]["packageName"] == PACKAGE
        client.click("id", "name")
        active = client.get("/element/active")[ELEMENT]
        client.post(f"/element/{active}/value", text="typed")
        assert client.get(f"/element/{active}/text") == "typed"


def test_an_animated_screen_is_waited_for_no_longer_than_the_session_allows(installed: Rig) -> None:
    installed.start()
    with uiautomator(installed) as client:
        client.post("/appium/settings", settings={"waitForIdleTimeout": 400})
        installed.adb.shell("am start -d sample:animate/3")
        time.sleep(0.6)
        began = time.monotonic()
        client.get("/source")
        busy = time.monotonic() - began
        client.post("/appium/settings", settings={"waitForIdleTimeout": 10000})
        client.get("/source")
        still = time.monotonic() - began

    assert 0.35 < busy < 2
    assert still > 2
