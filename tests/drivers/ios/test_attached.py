"""A session with an app on an iPhone that is left as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.app_file import AppFile
from drivers.elements import elements_of
from drivers.ios.attached import attached_ios
from drivers.ios.locators import locate
from drivers.ios.phone import capabilities_for
from drivers.ios.usbmux import iphones
from drivers.session import Session
from drivers.suggestions import tried
from faults import BenchFault, CapabilityMissing


def test_usbmuxd_says_which_iphones_there_are_and_nobody_says_none(
    lab: dict[str, Any], lane: dict[str, Any], tmp_path: Path
) -> None:
    assert iphones(Path(lab["usbmuxd"])) == (lane["phone"]["udid"],)
    assert iphones(tmp_path / "nobody") == ()


def test_what_is_on_the_screen_is_found_as_suggested(lab: dict[str, Any], lane: dict[str, Any], app: AppFile) -> None:
    with attached_ios(lane["phone"], lab, app, installs=True) as session:
        button = next(one for one in elements_of(session.settled(), "ios") if one.name == "log_in")
        found = [tried(session, button, "ios", shown)[-1] for shown in (str, _without("log_in"), _without("og"))]

    assert [(one.locator, one.matches) for one in found] == [
        ("accessibility id=log_in", 1),
        ("text=Log in now", 1),
        (f"class chain=**/XCUIElementTypeButton[{button.place}]", 1),
    ]


def test_a_locked_phone_is_told(lab: dict[str, Any], lane: dict[str, Any], app: AppFile) -> None:
    _run_alone("mobile: lock", lab, lane)
    try:
        with (
            pytest.raises(CapabilityMissing, match="virtual-ios: the phone is locked; unlock it"),
            attached_ios(lane["phone"], lab, app, installs=False),
        ):
            pass
    finally:
        _run_alone("mobile: unlock", lab, lane)


def test_an_app_that_is_not_there_is_told_and_not_put_there(
    lab: dict[str, Any], lane: dict[str, Any], app: AppFile
) -> None:
    with attached_ios(lane["phone"], lab, app, installs=True) as session:
        session.run("mobile: removeApp", bundleId=app.package)

    with (
        pytest.raises(BenchFault, match=f"virtual-ios: {app.package} is not installed; install .* with Xcode"),
        attached_ios(lane["phone"], lab, app, installs=False),
    ):
        pass


def _without(word: str) -> Callable[[str], str]:
    return lambda text: text.replace(word, "[hidden]")


def _run_alone(command: str, lab: dict[str, Any], lane: dict[str, Any]) -> None:
    """In a session of its own: WebDriverAgent has one at a time."""
    row = lane["phone"]
    session = Session(row["name"], lab["appium"], capabilities_for(row["udid"], row["wda"]), locate)
    session.run(command)
    session.close()
