"""A lab's own phones by name: read, refused, and put into the lab without being started."""

import json
from pathlib import Path
from typing import Any

import pytest

from faults import UsageError
from gate import lab
from gate.config import read_config, use_config
from gate.phones import model_of, phones_of

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


@pytest.mark.parametrize("name", ["virtual-andriod", "pixel", "my-phone", "virtual-android-9", "avd:", "phone"])
def test_a_name_that_stands_for_none_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=rf"^--phone {name}: no such phone; .*or a serial .*avd:NAME.*--config"):
        model_of(name)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[phone]", "no TOML"),
        ('[[phone]]\nname = "a"\nplatform = "android"', "phone.0: Value error, give serial or avd"),
        ('[[phone]]\nname = "a"\nplatform = "ios"\nserial = "x"', "phone.0: Value error, give udid"),
        ('[[phone]]\nname = "a"\nplatform = "windows"\nserial = "x"', "phone.0.platform: Input should be"),
        ('[[phone]]\nname = "a"\nplatform = "android"\nserail = "x"', "phone.0.serail: Extra inputs are not permitted"),
        (GOOD + GOOD, "two phones are named pixel"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_place(config: Path, text: str, words: str) -> None:
    config.write_text(text)

    with pytest.raises(UsageError, match=r"^--config .*lab\.toml: ") as refused:
        read_config(config)

    assert words in str(refused.value)


def test_a_file_that_is_not_there_is_refused(config: Path) -> None:
    with pytest.raises(UsageError, match=r"lab\.toml: No such file or directory; give a file with"):
        use_config(config)


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
        "pin": "1234",
        "kept": str(config.parent / "pocketgate" / "phones"),
    }
