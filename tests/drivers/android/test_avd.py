"""The emulator's command line, against a program that takes and refuses what the real one does."""

import json
import socket
import stat
import sys
from pathlib import Path

import pytest

from drivers.android import avd
from faults import SetupError, UsageError
from gate import programs
from gate.roster import Roster
from gate.supervise import Supervisor
from tests.testbed.android.phone_rig import until

EMULATOR = f"""#!{sys.executable}
import json, os, sys, time
from pathlib import Path

VALUED = ("-avd", "-ports", "-tcpdump", "-http-proxy", "-camera-back", "-gpu")
PLAIN = ("-no-snapshot", "-no-audio", "-no-window")
words = sys.argv[1:]
if words == ["-list-avds"]:
    print("INFO    | Storing crashdata in: /tmp/android-x/emu-crash.db, detection is enabled for process: 1")
    print("Pixel_8_API_34\\nlab.phone-2")
    sys.exit(0)
given = {{}}
while words:
    word = words.pop(0)
    if word in VALUED:
        given[word] = words.pop(0)
    elif word in PLAIN:
        given[word] = True
    else:
        sys.exit(f"unknown option: {{word}}\\nplease use -help for a list of valid options")
console, adb = map(int, given["-ports"].split(","))
if console % 2 or adb != console + 1:
    sys.exit("emulator: ERROR: invalid ports")
keys = ("HOME", "ANDROID_AVD_HOME", "ANDROID_ADB_SERVER_PORT")
print("INFO    | Android emulator version 35.2.10.0 (build_id 12414864) (CL:N/A)", flush=True)
Path(given["-tcpdump"]).write_text(json.dumps([given, {{key: os.environ[key] for key in keys}}]))
time.sleep(60)
"""


@pytest.fixture
def sdk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "sdk" / "emulator" / "emulator"
    program.parent.mkdir(parents=True)
    program.write_text(EMULATOR)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path / "sdk"))
    monkeypatch.setenv("ANDROID_AVD_HOME", str(tmp_path / "avds"))
    return tmp_path / "sdk"


def test_an_emulator_is_started_with_capture_proxy_and_ports_of_its_own(sdk: Path, tmp_path: Path) -> None:
    start = avd.Avd("Pixel_8_API_34", avd.free_ports(), tmp_path / "out" / "phone.pcap", 8080)
    program = programs.emulator("pixel", start, tmp_path / "home", 5038)

    with Supervisor(tmp_path, tmp_path / "deaths.jsonl", Roster.open("run", tmp_path)) as supervisor:
        answer = supervisor.ready(supervisor.start(program))
        given, environment = _told(start.capture)

    assert answer == {"serial": start.serial, "capture": str(start.capture), "gateway": "10.0.2.2"}
    assert given["-http-proxy"] == "http://127.0.0.1:8080"
    assert given["-avd"] == "Pixel_8_API_34"
    assert given["-no-window"]
    assert environment == {
        "HOME": str(tmp_path / "home"),
        "ANDROID_AVD_HOME": str(tmp_path / "avds"),
        "ANDROID_ADB_SERVER_PORT": "5038",
    }
    assert sdk.is_dir()


def _told(file: Path) -> list[dict[str, str]]:
    assert until(lambda: file.exists() and file.read_text())
    found: list[dict[str, str]] = json.loads(file.read_text())
    return found


@pytest.mark.usefixtures("sdk")
def test_a_device_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert avd.known_avds(avd.emulator_path()) == ("Pixel_8_API_34", "lab.phone-2")

    with pytest.raises(UsageError, match=r"^--phone avd:Nexus: no such AVD; there are: Pixel_8_API_34, lab\.phone-2$"):
        avd.expect_avd(avd.emulator_path(), "Nexus")


def test_a_machine_without_an_emulator_is_told_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_HOME", str(tmp_path))

    with pytest.raises(SetupError, match="has no emulator; run `sdkmanager emulator platform-tools`"):
        avd.sdk()


def test_ports_are_even_neighbours_that_nobody_has() -> None:
    first = avd.free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first[1]))

        second = avd.free_ports()

    assert first[0] % 2 == second[0] % 2 == 0
    assert second[0] > first[0]
