from dataclasses import replace

from benchmarks.conditions import unfitness
from drivers.phone import UNKNOWN, PhoneCondition

POCKET = PhoneCondition("A phone", "Android 14, API 34", "speed-profile", 80, "none", debuggable=False, emulator=False)


def test_a_store_build_on_a_phone_with_its_battery_full_is_fit() -> None:
    assert list(unfitness(POCKET)) == []


def test_what_the_phone_does_not_tell_is_not_held_against_it() -> None:
    assert list(unfitness(replace(POCKET, battery_percent=None, thermal=UNKNOWN))) == []


def test_a_cool_iphone_is_fit_too() -> None:
    assert list(unfitness(replace(POCKET, thermal="nominal"))) == []


def test_every_unfit_condition_is_named() -> None:
    unfit = replace(POCKET, battery_percent=24, thermal="severe", debuggable=True, emulator=True)

    assert list(unfitness(unfit)) == ["an emulator", "a debuggable build", "battery at 24 %", "thermal state severe"]
