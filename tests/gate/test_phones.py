"""Which phones a run has: those that were asked for, or those that its apps are for."""

from pathlib import Path

import pytest

from faults import UsageError
from gate.phones import DEFAULT, phones_for

APK, IPA = {"android": Path("my.apk")}, {"ios": Path("my.ipa")}


@pytest.mark.parametrize(
    ("asked", "apps", "phones"),
    [
        ((), {}, DEFAULT),
        ((), APK, ("virtual-android",)),
        ((), IPA, ("virtual-ios",)),
        ((), APK | IPA, DEFAULT),
        (DEFAULT, APK, DEFAULT),
        (("virtual-ios-2", "virtual-ios-2"), IPA, ("virtual-ios-2",)),
    ],
)
def test_the_phones_of_a_run_are_those_asked_for_or_those_that_its_apps_are_for(
    asked: tuple[str, ...], apps: dict[str, Path], phones: tuple[str, ...]
) -> None:
    assert phones_for(asked, apps) == phones


@pytest.mark.parametrize(
    ("asked", "apps"), [("virtual-android", IPA), ("virtual-ios", APK), ("virtual-ios", APK | IPA)]
)
def test_an_app_that_no_phone_of_the_run_would_run_is_wrong_usage(asked: str, apps: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match=r"^--app my\.(apk|ipa): an app for (android|ios), but the run has no such"):
        phones_for([asked], apps)
