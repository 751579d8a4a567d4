"""The phones that can be asked for by name, and what each can do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

from faults import UsageError
from gate.config import UDIDS, PhoneEntry, configured_phones
from gate.virtual_android import Build, build_of

VIRTUAL_ANDROID = "virtual-android"
VIRTUAL_IOS = "virtual-ios"


@dataclass(frozen=True, slots=True)
class Model:
    """`capabilities` by the names of drivers.phone.Capability, None for what the phone shows itself.

    `most` of them run side by side on one machine. `real` says where a phone is that the lab does not make, `build`
    what a virtual Android phone is made as.
    """

    name: str
    platform: str
    capabilities: tuple[str, ...] | None
    most: int = 8
    real: PhoneEntry | None = None
    build: Build = field(default_factory=Build)

    @property
    def pin(self) -> str | None:
        """What opens its screen; known to who drives it, and in no file of the run."""
        return self.real.pin if self.real else self.build.pin


MODELS = (
    Model(VIRTUAL_ANDROID, "android", ("root", "settable_clock", "camera")),
    Model(VIRTUAL_IOS, "ios", ("settable_clock", "camera")),
)
DEFAULT = (VIRTUAL_ANDROID, VIRTUAL_IOS)
AVD = re.compile(r"avd:([A-Za-z0-9._-]+)")
SERIAL = re.compile(r"emulator-\d+|[\w.-]+:\d+|(?=\w*\d)[A-Za-z0-9]{6,24}")
"""As `adb devices` lists phones: emulators, phones on the network, phones on USB."""
IPHONE, SIMULATOR = re.compile(UDIDS["iPhone"]), re.compile(UDIDS["simulator"])


def phones_of(names: Sequence[str]) -> tuple[str, ...]:
    """The phones that were asked for, each once; raises UsageError for a name that stands for none."""
    for name in names:
        model_of(name)
    return tuple(dict.fromkeys(names)) or DEFAULT


def phones_for(names: Sequence[str], apps: Mapping[str, Path]) -> tuple[str, ...]:
    """As `phones_of`; where none was asked for, those that the apps are for.

    Raises UsageError for an app that none of the phones runs: it would go unjudged, and the run look as if it were not.
    """
    phones = phones_of(names)
    if not names and apps:
        phones = tuple(name for name in DEFAULT if model_of(name).platform in apps)
    platforms = {model_of(name).platform for name in phones}
    for platform, app in apps.items():
        if platform not in platforms:
            msg = f"--app {app}: an app for {platform}, but the run has no such phone; add one by --phone"
            raise UsageError(msg)
    return phones


def model_of(name: str) -> Model:
    """The model that a phone is of: `virtual-android`, or `virtual-android-2` for the next of its kind.

    `virtual-android@28+play-store` is one of another build (gate/virtual_android.py). Else the phone of that name in
    the configuration, an AVD (`avd:NAME`), the serial of a phone, or a simulator's udid.
    """
    for model in MODELS:
        number = re.fullmatch(rf"{re.escape(model.name)}(?:-([1-9]\d*))?(?P<build>[@+].*)?", name)
        if number and int(number[1] or 1) <= model.most and (built := _built(model, name, number["build"] or "")):
            return built
    entry = next((one for one in configured_phones() if one.name == name), None) or _named_directly(name)
    if entry is not None:
        return Model(name, entry.platform, entry.capabilities, 1, entry)
    some = " or ".join(model.name for model in MODELS)
    known = (*(model.name for model in MODELS), *(one.name for one in configured_phones()))
    meant = "".join(f"did you mean {one}? " for one in get_close_matches(name, known, 1))
    msg = (
        f"--phone {name}: no such phone; {meant}{some} can be used, and -2 to -{MODELS[0].most} behind it name more of"
        " them, @28+play-store+chromium behind an Android phone what it is; or a serial as `adb devices` lists it,"
        " avd:NAME, or a name from --config"
    )
    raise UsageError(msg)


def _built(model: Model, name: str, text: str) -> Model | None:
    """Only Android phones differ; one of another build shows itself what it can."""
    if not text:
        return model
    build = build_of(name, text) if model.platform == "android" else None
    return replace(model, capabilities=None, build=build) if build else None


def _named_directly(name: str) -> PhoneEntry | None:
    if avd := AVD.fullmatch(name):
        return PhoneEntry(name="avd", platform="android", avd=avd[1])
    if SERIAL.fullmatch(name):
        return PhoneEntry(name="serial", platform="android", serial=name)
    if SIMULATOR.fullmatch(name):
        return PhoneEntry(name="simulator", platform="ios", udid=name, simulator=True)
    if IPHONE.fullmatch(name):
        msg = f"--phone {name}: an iPhone is a row of the file for --config, with udid, wda and proxy"
        raise UsageError(msg)
    return None


def several(model: str, number: int) -> tuple[str, ...]:
    """So many phones of one model, by name."""
    return tuple(model if place == 1 else f"{model}-{place}" for place in range(1, number + 1))
