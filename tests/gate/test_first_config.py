"""`pocketgate init`: a configuration that is taken as it is written, and never one in place of another."""

import plistlib
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.android.listed import Listed
from drivers.app_file import AppFile, read_app_file
from drivers.ios.simctl import Simulator
from faults import UsageError
from gate import cli
from gate.apps import apps_for
from gate.config import read_config, use_config
from gate.first_config import first_config
from gate.nearby import Nearby
from gate.phones import phones_of
from gate.programs import app_build
from scenarios.names import NAMES

UDID, SIMULATOR = "00008110-000A1D2E3F40401E", "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11"
NOBODY = Nearby((), (), (), "127.0.0.1")
MANY = Nearby(
    (
        Listed("R58M42ABCDE", "device", "Pixel_8"),
        Listed("emulator-5554", "unauthorized", ""),
        Listed("192.168.1.7:5555", "device", "Pixel_8"),
    ),
    (UDID,),
    (Simulator(SIMULATOR, "iPhone 16 Pro", "Booted", "iOS-18-0"),),
    "192.168.1.20",
)
CHOICE = re.compile(r"^# (?=\w+ = |\[\[?\w)", re.MULTILINE)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The reference app as an APK and as an IPA."""
    folder = tmp_path_factory.mktemp("apps")
    for platform in ("android", "ios"):
        subprocess.run(app_build(platform, folder), check=True, capture_output=True)
    return {"android": folder / "pocket-1.0.apk", "ios": folder / "pocket-1.0.ipa"}


@pytest.fixture
def apps(files: dict[str, Path]) -> tuple[AppFile, ...]:
    return tuple(map(read_app_file, files.values()))


@pytest.fixture
def nobody_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with neither adb server nor phones, whatever else runs on it."""
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "1")
    monkeypatch.setenv("ADB_USB", "0")
    monkeypatch.setenv("ADB_MDNS", "0")
    monkeypatch.setenv("ADB_LOCAL_TRANSPORT_MAX_PORT", "5553")
    monkeypatch.setenv("USBMUXD_SOCKET_ADDRESS", f"UNIX:{tmp_path / 'nobody'}")
    monkeypatch.setattr("gate.nearby.LOOKING", 0.2)


@pytest.fixture
def usbmuxd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One with an iPhone on its cable, whose serial has no dash."""
    place = tmp_path / "mux"
    body = plistlib.dumps({"DeviceList": [{"Properties": {"SerialNumber": UDID.replace("-", "")}}]})
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        thread = threading.Thread(
            target=_answer_once, args=(listener, struct.pack("<4I", 16 + len(body), 1, 8, 1) + body)
        )
        thread.start()
        monkeypatch.setenv("USBMUXD_SOCKET_ADDRESS", f"UNIX:{place}")
        yield
        thread.join()


def _answer_once(listener: socket.socket, answer: bytes) -> None:
    asking, _ = listener.accept()
    with asking:
        asking.recv(4096)
        asking.sendall(answer)


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["pocketgate", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("near", [NOBODY, MANY], ids=["nobody", "many"])
def test_what_is_written_is_taken_as_it_is_and_with_each_choice_made(
    near: Nearby, apps: tuple[AppFile, ...], tmp_path: Path
) -> None:
    as_it_is, chosen = tmp_path / "lab.toml", tmp_path / "chosen.toml"
    text = first_config(apps, near, as_it_is)
    as_it_is.write_text(text)
    made = CHOICE.sub("", text.replace("tenant_CUSTOMER", "tenant_Cust1"))
    chosen.write_text(re.sub(r"^capture = .*$", "", made, flags=re.MULTILINE))

    read, all_of_it = read_config(as_it_is), read_config(chosen)

    assert len(read.phone) == len(near.android) + len(near.iphones) + len(near.simulators)
    assert (read.app.android.package, read.app.ios.package) == (apps[0].package, apps[1].package)  # type: ignore[union-attr]
    assert read.controls.android == {}
    assert {name.control.id for name in NAMES} | {"tenant_Cust1"} == set(all_of_it.controls.ios)
    assert set(all_of_it.controls.ios) - set(all_of_it.controls.android) == {"back"}


def test_phones_are_named_by_what_they_are_each_once(apps: tuple[AppFile, ...], tmp_path: Path) -> None:
    file = tmp_path / "lab.toml"
    file.write_text(text := first_config(apps, MANY, file))

    names = [phone.name for phone in read_config(file).phone]

    assert names == ["pixel-8", "android", "pixel-8-2", "iphone", "iphone-16-pro"]
    assert 'serial = "emulator-5554"    # unauthorized: accept' in text
    assert 'proxy = "192.168.1.20:8080"' in text


def test_a_store_build_and_a_version_are_told_as_the_file_has_them(apps: tuple[AppFile, ...], tmp_path: Path) -> None:
    text = first_config([replace(apps[0], debuggable=False, version='10 "beta"')], NOBODY, tmp_path / "lab.toml")

    assert 'This one is version 10 "beta",' in text
    assert "on a rooted phone only: it is a build for a store" in text
    assert "[controls.ios]" not in text


@pytest.mark.usefixtures("nobody_near", "usbmuxd")
def test_init_writes_what_a_run_takes_and_leaves_a_file_that_is_there(
    files: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("POCKETGATE_CONFIG", "")  # so that it is taken back afterwards
    monkeypatch.delenv("POCKETGATE_CONFIG")
    out = tmp_path / "lab.toml"

    assert typed(monkeypatch, "init", "--app", str(files["android"]), "--out", str(out)) == 0

    assert f"{out}: written (1 phone)" in capsys.readouterr().out
    written = out.read_text()
    use_config(out)
    assert phones_of(["iphone"]) == ("iphone",)
    assert apps_for([], ["virtual-android"]) == {"android": files["android"].resolve()}
    assert apps_for([], ["iphone"]) == {}
    assert typed(monkeypatch, "init", "--app", str(files["android"]), "--out", str(out)) == 2
    assert "is there already and is left as it is" in capsys.readouterr().err
    assert out.read_text() == written


def test_an_app_that_the_configuration_does_not_mean_is_refused(
    files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lab.toml").write_text('[app.ios]\npackage = "com.example.crm"\n')
    monkeypatch.setenv("POCKETGATE_CONFIG", str(tmp_path / "lab.toml"))

    assert set(apps_for([files["android"]], [])) == {"android"}
    with pytest.raises(UsageError, match=r"this is test\.superoffice\.pocket, and \[app\.ios\] .*com\.example\.crm"):
        apps_for([files["ios"]], [])


@pytest.mark.usefixtures("nobody_near")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "init: give the app to be judged: --app FILE.apk or --app FILE.ipa"),
        (("--app", "missing.apk"), "missing.apk: no such file"),
        (("--app", "{app}", "--app", "{app}"), "a second app for android"),
        (
            ("--app", "{app}", "--out", "{tmp}/no/lab.toml"),
            "lab.toml: No such file or directory; give a file in a folder",
        ),
        (("--app", "{app}", "--out", "{tmp}"), "is there already and is left as it is"),
    ],
)
def test_what_is_typed_wrong_gets_one_line_and_writes_nothing(  # noqa: PLR0913, PLR0917 -- fixtures
    words: tuple[str, ...],
    message: str,
    files: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = typed(monkeypatch, "init", *(word.format(app=files["android"], tmp=tmp_path) for word in words))

    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    assert message in said.err
    assert list(tmp_path.glob("**/*.toml")) == []
