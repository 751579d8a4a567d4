"""The phones that can be asked for by name, and what each can do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faults import UsageError
from gate.config import PhoneEntry, configured_phones

VIRTUAL_ANDROID = "virtual-android"
VIRTUAL_IOS = "virtual-ios"


@dataclass(frozen=True, slots=True)
class Model:
    """`capabilities` by the names of drivers.phone.Capability, None for what the phone shows itself.

    `most` of them run side by side on one machine. `real` says where a phone is that the lab does not make.
    """

    name: str
    platform: str
    capabilities: tuple[str, ...] | None
    most: int = 8
    real: PhoneEntry | None = None


MODELS = (
    Model(VIRTUAL_ANDROID, "android", ("root", "settable_clock", "camera")),
    Model(VIRTUAL_IOS, "ios", ("settable_clock", "camera")),
)
DEFAULT = (VIRTUAL_ANDROID, VIRTUAL_IOS)
AVD = re.compile(r"avd:([A-Za-z0-9._-]+)")
SERIAL = re.compile(r"emulator-\d+|[\w.-]+:\d+|(?=\w*\d)[A-Za-z0-9]{6,24}")
"""As `adb devices` lists phones: emulators, phones on the network, phones on USB."""


def phones_of(names: Sequence[str]) -> tuple[str, ...]:
    """The phones that were asked for, each once; raises UsageError for a name that stands for none."""
    for name in names:
        model_of(name)
    return tuple(dict.fromkeys(names)) or DEFAULT


def model_of(name: str) -> Model:
    """The model that a phone is of: `virtual-android`, or `virtual-android-2` for the next of its kind.

    Else the phone of that name in the configuration, an AVD (`avd:NAME`), or the serial of a phone.
    """
    for model in MODELS:
        number = re.fullmatch(rf"{re.escape(model.name)}(?:-([1-9]\d*))?", name)
        if number and int(number[1] or 1) <= model.most:
            return model
    entry = next((one for one in configured_phones() if one.name == name), None) or _named_directly(name)
    if entry is not None:
        return Model(name, entry.platform, entry.capabilities, 1, entry)
    some = " or ".join(model.name for model in MODELS)
    msg = (
        f"--phone {name}: no such phone; {some} can be used, and -2 to -{MODELS[0].most} behind it name more of them;"
        " or a serial as `adb devices` lists it, avd:NAME, or a name from --config"
    )
    raise UsageError(msg)


def _named_directly(name: str) -> PhoneEntry | None:
    if avd := AVD.fullmatch(name):
        return PhoneEntry(name="avd", platform="android", avd=avd[1])
    if SERIAL.fullmatch(name):
        return PhoneEntry(name="serial", platform="android", serial=name)
    return None


def several(model: str, number: int) -> tuple[str, ...]:
    """So many phones of one model, by name."""
    return tuple(model if place == 1 else f"{model}-{place}" for place in range(1, number + 1))
