"""A session with an app that is on an Android phone, which is left as it was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from drivers.adb import Adb
from drivers.android.boot import BOOT_LIMIT, wait_until_booted
from drivers.android.front import focused_package
from drivers.android.install import install, place_of
from drivers.android.listed import listed_by
from drivers.android.phone import Locator, capabilities_for
from drivers.android.provision import browser_of, ending_with
from drivers.android.restoration import Restoration
from drivers.app_file import AppFile
from drivers.locators import told_to
from drivers.session import Session
from drivers.tools import adb_path
from faults import BenchFault, PhoneLost

LIMIT = 10.0  # seconds in which a phone that is up already is listed and answers


@contextmanager
def attached_android(
    described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, *, installs: bool
) -> Iterator[Session]:
    """What the phone shows is left as it is where that is the app or its sign-in page; else the app is started.

    Raises PhoneLost for a phone that adb does not list, CapabilityMissing for a locked one, BenchFault where the app is
    not there and is not to be installed.
    """
    adb = Adb(adb_path(), lab["adb"]["server_port"], described["serial"])
    if ":" in adb.serial:
        adb.connect()
    limit = BOOT_LIMIT if installs else LIMIT
    _expect_listed(adb, described["name"], limit)
    wait_until_booted(adb, limit, described.get("pin"))
    with TemporaryDirectory() as scratch:
        restoration = Restoration.of(adb, Path(described.get("kept") or scratch))
        restoration.begin()
        with ending_with(restoration):
            _expect_app(adb, described["name"], app, installs=installs)
            yield from _session(described, lab, app, adb)


def _session(described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, adb: Adb) -> Iterator[Session]:
    browser = browser_of(adb)
    capabilities = capabilities_for(adb.serial, adb.server_port, app, described.get("chromedriver"))
    find = told_to(Locator(app.package, browser), described.get("controls"), "android")
    session = Session(described["name"], lab["appium"], capabilities, find)
    try:
        _start_unless_shown(adb, str(described["name"]), app, browser)
        yield session
    finally:
        with suppress(BenchFault):  # a phone or an Appium that is gone needs no farewell
            session.close()


def _start_unless_shown(adb: Adb, name: str, app: AppFile, browser: str) -> None:
    if focused_package(adb) in {app.package, browser}:
        return
    adb.shell("am", "start", "-W", "-n", f"{app.package}/{app.activity}", seconds=60)
    if (shown := focused_package(adb)) not in {app.package, browser}:
        msg = f"{name}: {app.package} was started, and {shown} is in front; does it crash? `adb logcat` says why"
        raise BenchFault(msg)


def _expect_listed(adb: Adb, name: str, seconds: float) -> None:
    try:
        adb.wait_until_there(seconds)
    except PhoneLost as lost:
        there = ", ".join(f"{one.serial} ({one.state})" for one in listed_by(adb.program, adb.server_port))
        msg = f"{name}: adb lists no phone {adb.serial} that answers, but {there or 'none at all'}; see `adb devices`"
        raise PhoneLost(msg) from lost


def _expect_app(adb: Adb, name: str, app: AppFile, *, installs: bool) -> None:
    if installs:
        install(adb, app)
    elif place_of(adb, app.package) is None:
        msg = f"{name}: {app.package} is not installed; `adb -s {adb.serial} install {app.path}` first"
        raise BenchFault(msg)
