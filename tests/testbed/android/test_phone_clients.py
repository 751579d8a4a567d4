"""Clients that nobody here wrote drive the phone: two adb versions, adbutils, selenium, plain HTTP."""

import re
import shutil
import socket
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


def test_parts_of_an_app_come_in_a_session_and_count_only_when_it_is_committed(
    rig: Rig, sample: Path, tmp_path: Path
) -> None:
    adb, second = rig.adb, tmp_path / "second.apk"
    second.write_bytes(sample.read_bytes())
    one = adb.out("install-multiple", "-g", str(sample))
    adb.run("uninstall", PACKAGE)
    two = adb.out("install-multiple", str(sample), str(second))
    opened = adb.shell("pm install-create")
    number = opened.partition("[")[2].rstrip("]")
    adb.run("push", str(sample), "/data/local/tmp/part")
    streamed = adb.shell(f"pm install-write {number} base /data/local/tmp/part; pm install-abandon {number}")

    assert "Success" in one
    assert "INSTALL_FAILED_INVALID_APK: Split null was defined multiple times" in two
    assert streamed == f"Success: streamed {sample.stat().st_size} bytes\nSuccess"
    assert f"no access to session {number}" in adb.shell(f"pm install-commit {number}")
    assert PACKAGE not in adb.shell("pm list packages -3")
    empty = adb.shell("pm install-create").partition("[")[2].rstrip("]")
    assert "No packages staged" in adb.shell(f"pm install-commit {empty}")


def test_ports_of_the_phone_lead_to_the_host_and_are_seen_as_its_sockets(rig: Rig) -> None:
    adb = rig.adb
    adb.run("reverse", "tcp:9911", "tcp:9912")
    again = adb.out("reverse", "--no-rebind", "tcp:9911", "tcp:9913")
    picked = adb.out("reverse", "tcp:0", "tcp:9914").strip()
    listed = adb.out("reverse", "--list")
    table, shown, sockets = (adb.shell(line) for line in ("cat /proc/net/tcp", "netstat -tlne", "ss -tlH4"))
    unknown = adb.out("reverse", "--remove", "tcp:4")
    adb.run("reverse", "--remove-all")

    assert "cannot rebind existing socket" in again
    assert f"tcp:{picked} tcp:9914" in listed
    assert "listener 'tcp:4' not found" in unknown
    assert "0: 0100007F:26B7 00000000:0000 0A" in table
    assert re.search(r"^tcp +0 +0 127\.0\.0\.1:9911 +0\.0\.0\.0:\* +LISTEN +2000 ", shown, re.MULTILINE)
    assert sockets.split()[:5] == ["LISTEN", "0", "0", "127.0.0.1:9911", "0.0.0.0:*"]
    assert "9911" not in adb.shell("netstat -tln")


def test_what_an_app_has_open_is_in_the_kernels_table_and_gone_once_it_is_closed(installed: Rig) -> None:
    look = "su 0 netstat -tnpWa"
    installed.start()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert installed.ask(f"connect/10.0.2.2/{port}") == "ok"
        stream, _ = server.accept()
        peer = rf"::ffff:10\.0\.2\.2:{port} +ESTABLISHED +{installed.pid(PACKAGE)}/{re.escape(PACKAGE)}"
        assert re.search(rf"^tcp6 +0 +0 ::ffff:10\.0\.2\.16:\d+ +{peer}$", installed.adb.shell(look), re.MULTILINE)
        assert f"FFFF00000202000A:{port:04X} 01" in installed.adb.shell("cat /proc/net/tcp6")
        assert "Permission denied" in installed.adb.shell(f"run-as {PACKAGE} cat /proc/net/tcp6")
        stream.close()

        assert until(lambda: f":{port}" not in installed.adb.shell(look))


def test_the_daemon_starts_again_in_another_mode_and_names_what_may_be_debugged(running: Rig) -> None:
    before = running.unmodelled()
    said = [running.adb.out("tcpip", "5555"), running.adb.out("wait-for-device")]
    port = until(lambda: running.adb.shell("getprop service.adb.tcp.port"))
    said += [running.adb.out("usb"), running.adb.out("wait-for-device")]

    assert (said[0], port, said[2]) == ("restarting in TCP mode port: 5555\n", "5555", "restarting in USB mode\n")
    assert until(lambda: running.adb.out("jdwp").split()) == [str(running.pid(PACKAGE))]
    assert running.unmodelled() == before


def test_a_pushed_file_is_everybodys_as_it_is_its_owners_and_a_link_is_refused(rig: Rig, tmp_path: Path) -> None:
    before = len(rig.unmodelled())
    folder = tmp_path / "füll"
    (folder / "in it").mkdir(parents=True)
    (folder / "in it" / 'a "b" ä').write_bytes(b"x")
    (folder / "tool").write_bytes(b"")
    (folder / "tool").chmod(0o755)
    rig.adb.run("push", str(folder), "/data/local/tmp/")
    synced = rig.adb.out("push", "--sync", str(folder), "/data/local/tmp/")
    modes = rig.adb.shell("cd /data/local/tmp/füll; stat -c %a tool 'in it'/*")
    rig.adb.run("pull", "-a", "/data/local/tmp/füll", str(tmp_path / "back"))
    (folder / "link").symlink_to("tool")
    pushed = rig.adb.out("push", str(folder), "/data/local/tmp/")
    rig.adb.shell("rm -r /data/local/tmp/füll")

    assert "symlink failed: Operation not permitted" in pushed
    assert rig.unmodelled()[before:] == ["sync symlink /data/local/tmp/füll/link"]
    assert "0 files pushed, 2 skipped" in synced
    assert modes == "777\n666"
    assert (tmp_path / "back" / "in it" / 'a "b" ä').read_bytes() == b"x"


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
        installed.adb.shell("logcat -c; am start -d sample:animate/2.5")
        time.sleep(0.6)
        began = time.monotonic()
        client.get("/source")
        busy = time.monotonic() - began
        over_before = "animate done" in installed.adb.shell("logcat -d")
        client.post("/appium/settings", settings={"waitForIdleTimeout": 10000})
        client.get("/source")

    assert busy > 0.35
    assert (over_before, "animate done" in installed.adb.shell("logcat -d")) == (False, True)
