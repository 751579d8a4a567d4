"""A session with an app on a phone that is left as it was, and what can be found on its screen."""

from typing import Any

import pytest

from drivers.adb import Adb
from drivers.android.attached import attached_android
from drivers.android.install import place_of
from drivers.android.listed import listed_by
from drivers.app_file import AppFile
from drivers.elements import elements_of
from drivers.locators import find_of
from drivers.suggestions import tried
from drivers.tools import adb_path, free_port
from faults import BenchFault, PhoneLost
from gate.nearby import look_around


def test_the_phones_of_a_server_are_listed_and_no_server_is_said(lab: dict[str, Any]) -> None:
    port = lab["adb"]["server_port"]

    listed = {one.serial: one.state for one in listed_by(adb_path(), port)}

    assert listed == {lane["phone"]["serial"]: "device" for lane in lab["lanes"]}
    with pytest.raises(PhoneLost, match=r"no adb server on port .* cannot connect to daemon"):
        listed_by(adb_path(), free_port())


def test_a_configuration_is_told_the_phones_of_the_server_that_runs(
    lab: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(lab["adb"]["server_port"]))

    near = look_around()

    assert {one.serial for one in near.android} == {lane["phone"]["serial"] for lane in lab["lanes"]}


def test_a_serial_that_nobody_has_is_told_with_those_that_there_are(
    lab: dict[str, Any], app: AppFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.android.attached.LIMIT", 0.5)
    described = {"name": "shelf", "serial": "R58M42ABCDE"}

    with (
        pytest.raises(
            PhoneLost, match=r"shelf: adb lists no phone R58M42ABCDE that answers, but emulator-\d+ \(device\)"
        ),
        attached_android(described, lab, app, installs=False),
    ):
        pass


def test_an_app_is_found_as_suggested_and_one_that_is_not_there_is_said(
    lab: dict[str, Any], app: AppFile, second: Adb
) -> None:
    row = lab["lanes"][1]["phone"]
    with attached_android(row, lab, app, installs=False) as session:
        elements = elements_of(session.settled(), "android")
        log_in = next(one for one in elements if one.id.endswith("/log_in"))
        found = tried(session, log_in, "android", str)
        counts = [session.count(find_of(f"xpath={one.path}", "android")) for one in elements]
        hidden = tried(session, log_in, "android", lambda text: text.replace("log_in", "[hidden]"))

    assert [(one.locator, one.matches) for one in found] == [(f"resource-id={app.package}:id/log_in", 1)]
    assert [(one.locator, one.matches) for one in hidden] == [("text=Log in now", 1)]
    assert counts == [1] * len(elements)
    second.uninstall(app.package)
    try:
        with (
            pytest.raises(BenchFault, match=f"{app.package} is not installed; `adb -s emulator-"),
            attached_android(row, lab, app, installs=False),
        ):
            pass
        assert place_of(second, app.package) is None
    finally:
        second.install(app.path)
