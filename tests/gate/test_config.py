"""A lab's own phones by name: read, refused, and put into the lab without being started."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from faults import UsageError
from gate import lab
from gate.config import read_config, use_config
from gate.phones import model_of, phones_of
from gate.virtual_android import LEVELS, PIN
from testbed.android.image import RELEASES

GOOD = """
[[phone]]
name = "pixel"
platform = "android"
serial = "R58M42ABCDE"
pin = "1234"
capabilities = ["root"]

[[phone]]
name = "emulator"
platform = "android"
avd = "Pixel_8_API_34"
"""


IPHONE = """
[[phone]]
name = "shelf"
platform = "ios"
udid = "00008110-000A1D2E3F40401E"
wda = "http://127.0.0.1:8100"
proxy = "192.168.1.20:8080"
cleared = true
"""
SIMULATOR = """
[[phone]]
name = "sim"
platform = "ios"
udid = "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11"
simulator = true
network_service = "Ethernet"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POCKETGATE_CONFIG", "")  # so that it is taken back afterwards
    monkeypatch.delenv("POCKETGATE_CONFIG")
    return tmp_path / "lab.toml"


def test_a_phone_is_named_by_the_configuration_an_avd_or_a_serial(config: Path) -> None:
    config.write_text(GOOD)
    use_config(config)

    names = phones_of(["pixel", "avd:Pixel_8", "emulator-5554", "R58M42ABCDE", "virtual-android"])

    found = {name: model_of(name) for name in names}
    assert found["pixel"].capabilities == ("root",)
    assert found["avd:Pixel_8"].capabilities is None
    told = {name: (model.real.serial or model.real.avd) if model.real else None for name, model in found.items()}
    assert told == {
        "pixel": "R58M42ABCDE",
        "avd:Pixel_8": "Pixel_8",
        "emulator-5554": "emulator-5554",
        "R58M42ABCDE": "R58M42ABCDE",
        "virtual-android": None,
    }


def test_iphones_and_simulators_are_rows_too_and_a_simulators_udid_names_it(config: Path) -> None:
    config.write_text(IPHONE + SIMULATOR)
    use_config(config)
    udid = "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11"

    rows = {name: lab._phone(name, {}) for name in phones_of(["shelf", "sim", udid])}  # noqa: SLF001 -- what conftest gets

    assert (rows["shelf"]["wda"], rows["shelf"]["cleared"]) == ("http://127.0.0.1:8100", True)
    assert rows["shelf"]["gateway"] == "192.168.1.20"
    assert (rows["sim"]["simulator"], rows["sim"]["network_service"]) == (True, "Ethernet")
    assert (rows[udid]["udid"], rows[udid]["simulator"]) == (udid, True)
    with pytest.raises(UsageError, match=r"an iPhone is a row of the file for --config, with udid, wda and proxy"):
        model_of("00008110-000A1D2E3F40401E")


def test_appium_is_led_to_the_usbmuxd_that_has_the_phone_and_there_is_one(config: Path) -> None:
    config.write_text(IPHONE + SIMULATOR)
    use_config(config)

    assert lab.plugged_in(["shelf", "sim", "virtual-android"]) == Path("/var/run/usbmuxd")
    assert lab.plugged_in(["virtual-ios", "sim"]) is None
    with pytest.raises(UsageError, match="shelf and virtual-ios are reached through different usbmuxd"):
        lab.plugged_in(["shelf", "virtual-ios"])


def test_a_virtual_phone_is_named_with_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/chromedriver")
    old, web = model_of("virtual-android-2@28+su+pin"), model_of("virtual-android+chromium+locked")

    assert old.build.options == ("--api", "28", "--play-store", "--su", "--pin", PIN, "--browser")
    assert web.build.options == ("--chromium", "auto", "--pin", PIN)
    assert (old.pin, web.pin) == (PIN, None)
    assert (old.build.chromedriver, web.build.chromedriver) == (None, "/usr/bin/chromedriver")
    assert (old.capabilities, web.capabilities) == (None, None)
    assert list(LEVELS) == sorted(RELEASES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("virtual-android@27", "API levels are 28 to 36"),
        ("virtual-android+root", r"no phone can have \+root; there are \+play-store"),
        ("virtual-android+pin+locked", r"give one of \+locked, \+pin, \+swipe-lock"),
        ("virtual-ios@17", "no such phone"),
        ("virtual-android@", "no such phone"),
        ("virtual-android-9@28", "no such phone"),
    ],
)
def test_a_virtual_phone_that_nobody_can_make_is_refused(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=rf"^--phone {re.escape(name)}: {said}"):
        model_of(name)


@pytest.mark.parametrize("name", ["virtual-andriod", "pixel", "my-phone", "virtual-android-9", "avd:", "phone"])
def test_a_name_that_stands_for_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=rf"^--phone {name}: no such phone; .*or a serial .*avd:NAME.*--config"):
        model_of(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[phone]", "no TOML"),
        ('[[phone]]\nname = "a"\nplatform = "android"', "phone.0: give serial or avd"),
        ('[[phone]]\nname = "a"\nplatform = "ios"\nserial = "x"', "phone.0: give udid"),
        ('[[phone]]\nname = "a"\nplatform = "windows"\nserial = "x"', "phone.0.platform: Input should be"),
        ('[[phone]]\nname = "a"\nplatform = "android"\nserail = "x"', "phone.0.serail: no such key; docs"),
        (GOOD + GOOD, "two phones are named pixel"),
        (
            GOOD.replace("serial", "wda"),
            "phone.0.wda: R58M42ABCDE is no address of WebDriverAgent",
        ),
        (GOOD + "cleared = true", "phone.1: cleared: nothing that is said of an Android phone"),
        (IPHONE.replace("wda", "#"), 'an iPhone needs wda = "http://127.0.0.1:8100", where WebDriverAgent answers (or'),
        (IPHONE.replace("proxy", "#"), 'an iPhone needs proxy = "ADDRESS:PORT", what is set in its Wi-Fi settings'),
        (IPHONE.replace("http://127.0.0.1:8100", "8100"), "phone.0.wda: 8100 is no address"),
        (IPHONE.replace("192.168.1.20:8080", "lab:80"), "phone.0.proxy: lab:80 is no address of this"),
        (IPHONE.replace(":8080", ":80800"), "is no address of this machine with a port; give one such as"),
        (IPHONE + 'capabilities = ["camera"]', "capabilities: nothing that is said of an iPhone; take it out"),
        (IPHONE.replace("00008110", "x"), "is none of an iPhone; `idevice_id -l` shows them"),
        (SIMULATOR.replace("true", "false"), "network_service: nothing that is said of an iPhone"),
        (SIMULATOR + 'proxy = "10.0.0.1:80"', "proxy: nothing that is said of a simulator"),
        (SIMULATOR.replace("7B1A2E64-", ""), "is none of a simulator; `xcrun simctl list devices` shows them"),
        ("[app.android]", "app.android.package: Field required"),
        ('[app.windows]\npackage = "a"', "app.windows: no such key"),
        (
            '[controls.android]\nlogin = "text=a"',
            "controls: android.login: no scenario uses such a control; the file that",
        ),
        (
            '[controls.ios]\nlog_in = "id=a"',
            "controls: ios.log_in: 'id=a' is no locator; write STRATEGY=VALUE, with acc",
        ),
        ("[controls.ios]\nlog_in = 1", "controls.ios.log_in: Input should be a valid string"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(config: Path, text: str, words: str) -> None:
    config.write_text(text)

    with pytest.raises(UsageError, match=r"^--config .*lab\.toml: ") as refused:
        read_config(config)

    assert words in str(refused.value)


def test_a_file_that_is_not_there_is_refused(config: Path) -> None:
    with pytest.raises(UsageError, match=r"lab\.toml: No such file or directory; `pocketgate init` writes"):
        use_config(config)


def test_a_pin_is_told_to_who_drives_the_phone_alone(config: Path) -> None:
    config.write_text(GOOD)
    use_config(config)
    told = {"lanes": [{"phone": lab._phone("pixel", {})}, {"phone": lab._phone("emulator", {})}]}  # noqa: SLF001 -- what lab.json gets

    driven = lab.with_pins(told)

    assert "1234" not in json.dumps(told)
    assert [lane["phone"]["pin"] for lane in driven["lanes"]] == ["1234", None]


def test_controls_of_another_name_are_told_to_whoever_drives_such_a_phone(config: Path) -> None:
    config.write_text(GOOD + '[controls.android]\nlog_in = "text=Go"\ntenant_Cust1 = "text=Nordlys"\n')
    use_config(config)

    rows = [lab._phone(name, {}) for name in ("pixel", "virtual-android", "virtual-ios")]  # noqa: SLF001 -- what conftest gets

    told = {"log_in": "text=Go", "tenant_Cust1": "text=Nordlys"}
    assert [row.get("controls") for row in rows] == [told, told, None]


def test_a_real_phone_is_a_row_of_the_lab_and_no_process(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config.write_text(GOOD)
    use_config(config)
    monkeypatch.setenv("XDG_STATE_HOME", str(config.parent))

    row: dict[str, Any] = lab._phone("pixel", {})  # noqa: SLF001 -- what conftest gets

    assert json.loads(json.dumps(row)) == {
        "name": "pixel",
        "platform": "android",
        "capabilities": ["root"],
        "serial": "R58M42ABCDE",
        "kept": str(config.parent / "pocketgate" / "phones"),
    }
