"""The phones that can be asked for by name, and what each can do."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from faults import UsageError

VIRTUAL_ANDROID = "virtual-android"
VIRTUAL_IOS = "virtual-ios"


@dataclass(frozen=True, slots=True)
class Model:
    """`capabilities` by the names of drivers.phone.Capability; `most` of them run side by side on one machine."""

    name: str
    platform: str
    capabilities: tuple[str, ...]
    most: int = 8


MODELS = (
    Model(VIRTUAL_ANDROID, "android", ("root", "settable_clock", "camera")),
    Model(VIRTUAL_IOS, "ios", ("settable_clock", "camera")),
)
DEFAULT = (VIRTUAL_ANDROID, VIRTUAL_IOS)


def phones_of(names: Sequence[str]) -> tuple[str, ...]:
    """The phones that were asked for, each once; raises UsageError for a name that stands for none."""
    for name in names:
        model_of(name)
    return tuple(dict.fromkeys(names)) or DEFAULT


def model_of(name: str) -> Model:
    """The model that a phone is of: `virtual-android`, or `virtual-android-2` for the next of its kind."""
    for model in MODELS:
        number = re.fullmatch(rf"{re.escape(model.name)}(?:-([1-9]\d*))?", name)
        if number and int(number[1] or 1) <= model.most:
            return model
    some = " or ".join(model.name for model in MODELS)
    msg = f"--phone {name}: no such phone; {some} can be used, and -2 to -{MODELS[0].most} behind it name more of them"
    raise UsageError(msg)


def several(model: str, number: int) -> tuple[str, ...]:
    """So many phones of one model, by name."""
    return tuple(model if place == 1 else f"{model}-{place}" for place in range(1, number + 1))
