"""The conditions a figure was taken under, and which of them make it unfit for a promise about a person's phone."""

from collections.abc import Iterator

from drivers.phone import UNKNOWN, Phone, PhoneCondition

LOW_BATTERY = 25  # percent, as Macrobenchmark's own check (androidx.benchmark.Errors)
COOL = ("none", "nominal", UNKNOWN)  # as Android and iOS name it


def conditions_of(phone: Phone) -> dict[str, str]:
    """In words, for a benchmark's extra_info."""
    found = phone.condition()
    battery = UNKNOWN if found.battery_percent is None else f"{found.battery_percent} %"
    return {
        "phone": phone.name,
        "model": found.model,
        "system": found.system,
        "app": f"{phone.app.package} {phone.app.version}",
        "compile_mode": found.compile_mode,
        "battery": battery,
        "thermal": found.thermal,
        "unfit": ", ".join(unfitness(found)) or "no",
    }


def unfitness(found: PhoneCondition) -> Iterator[str]:
    """Information, no verdict: such a figure compares with its like, and says nothing of a phone in a pocket."""
    if found.emulator:
        yield "an emulator"
    if found.debuggable:
        yield "a debuggable build"
    if found.battery_percent is not None and found.battery_percent < LOW_BATTERY:
        yield f"battery at {found.battery_percent} %"
    if found.thermal not in COOL:
        yield f"thermal state {found.thermal}"
