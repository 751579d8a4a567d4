"""A phone's own life and end: what it survives, what ends with it, and what is still there when it comes back."""

import time
from pathlib import Path

from tests.testbed.android.apk_samples import PACKAGE
from tests.testbed.android.phone_rig import Adb, adb_server, alive, free_port, phone, private, until


def test_a_phone_outlives_adb_servers_takes_its_apps_with_it_and_comes_back_as_it_was(
    tmp_path: Path, sample: Path
) -> None:
    """One phone, three lives: each boot is dear."""
    port = free_port()
    env, home = private(tmp_path / "adb", port), tmp_path / "phone"
    adb = Adb(port, env)
    with adb_server(port, env):
        first = phone(adb, home, "--fault", "wifi-stays-on")
        rig = first.__enter__()
    with adb_server(port, env):
        try:
            assert until(lambda: f"{rig.ready['serial']}\tdevice" in rig.adb.out("devices"), 20)

            rig.adb.shell("svc wifi disable")
            assert rig.adb.shell("settings get global wifi_on") == "1"

            rig.adb.run("install", "-g", str(sample))
            assert rig.ask("write/kept/3") == "ok"
            uid, pid = rig.adb.shell(f"pm list packages -U {PACKAGE}"), rig.pid(PACKAGE)
            assert pid is not None
            rig.process.kill()
            rig.process.wait()
            assert until(lambda: not alive(pid or 0))
        finally:
            first.__exit__(None, None, None)

        with phone(adb, home) as rig:
            assert rig.adb.shell(f"pm list packages -U {PACKAGE}") == uid
            assert rig.adb.shell(f"run-as {PACKAGE} cat kept") == "xxx"
            assert "CAMERA: granted=true" in rig.adb.shell(f"dumpsys package {PACKAGE}")
            assert rig.console("kill") == "OK: killing emulator, bye bye"
            assert rig.process.wait(timeout=10) == 0

        with phone(adb, home) as rig:
            rig.start()
            pid = rig.pid(PACKAGE)
            began = time.monotonic()
            rig.process.terminate()
            code = rig.process.wait(timeout=10)
            took = time.monotonic() - began

    assert pid is not None
    assert (code, alive(pid)) == (0, False)
    assert took < 5
