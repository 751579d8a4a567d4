"""An Android phone made ready for a run, and put back as it was."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from drivers.adb import Adb
from drivers.android.boot import wait_until_booted
from drivers.android.front import package_in_front
from drivers.android.gateway import Gateway, gateway_of
from drivers.android.install import place_of
from drivers.android.phone import AndroidPhone, Locator, capabilities_for
from drivers.android.processes import stop
from drivers.android.restoration import Restoration
from drivers.android.root import Root, root_of
from drivers.android.trust import put_authority, way_to_trust
from drivers.app_file import AppFile
from drivers.locators import told_to
from drivers.phone import Capability
from drivers.session import Session
from drivers.tools import adb_path
from faults import BenchFault, CapabilityMissing, EvidenceMissing

BROWSER = "com.android.browser"
BROWSERS = (BROWSER, "com.android.chrome")
"""The system browsers we know; the first that is installed opens links."""
LOG_BUFFER = "16M"
"""A run's log must reach back to its start; phones keep 256 KB unless they are asked for more."""


@contextmanager
def provisioned_android(
    described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, recorder: Mapping[str, Any]
) -> Iterator[AndroidPhone]:
    """Trusts the recorder, goes through it, and has the app installed; `described` is the phone's row in lab.json.

    What a killed run has left on the phone is put back first. Raises BenchFault with what keeps the phone from it.
    """
    server_port = lab["adb"]["server_port"]
    adb = Adb(adb_path(), server_port, described["serial"])
    if ":" in adb.serial:
        adb.connect()
    wait_until_booted(adb, pin=described.get("pin"))
    with tempfile.TemporaryDirectory() as scratch:
        restoration = Restoration.of(adb, Path(described.get("kept") or scratch))
        restoration.begin()
        with ending_with(restoration):
            root = root_of(adb)
            _trust(adb, Path(recorder["ca"]), app, restoration)
            adb.shell("logcat", "-G", LOG_BUFFER)
            phone = _opened(described, lab, app, adb, root, restoration)
            try:
                phone.use_proxy(recorder["proxy_port"])
                expect_a_living_screen(phone)
                yield phone
            finally:
                with suppress(BenchFault):  # a phone or an Appium that is gone needs no farewell
                    phone.session.close()


@contextmanager
def ending_with(restoration: Restoration) -> Iterator[None]:
    """Whatever happens inside, the phone is put back afterwards."""
    try:
        yield
    finally:
        with suppress(BenchFault):  # the next run on this phone puts back what cannot be now
            restoration.put_back()


def _trust(adb: Adb, authority: Path, app: AppFile, restoration: Restoration) -> None:
    """Written down before it is done, so that a run that is killed in between leaves nothing unknown."""
    trusted = way_to_trust(adb, authority)
    restoration.note_trusted(trusted)
    put_authority(adb, authority, trusted, app)


def _opened(  # noqa: PLR0913, PLR0917 -- what a phone is made of
    described: Mapping[str, Any],
    lab: Mapping[str, Any],
    app: AppFile,
    adb: Adb,
    root: Root | None,
    restoration: Restoration,
) -> AndroidPhone:
    name, browser = described["name"], browser_of(adb)
    for package in (app.package, browser):  # what runs already goes on with what it trusted when it started
        stop(adb, package)
    session = Session(
        name,
        lab["appium"],
        capabilities_for(described["serial"], lab["adb"]["server_port"], app, described.get("chromedriver")),
        told_to(Locator(app.package, browser), described.get("controls"), "android"),
    )
    gateway = Gateway(described["gateway"]) if described.get("gateway") else gateway_of(described["serial"])
    phone = AndroidPhone(
        name, adb, app, session, capabilities_of(described, adb, root), browser, root, gateway, restoration
    )
    try:
        phone.install(app)
    except BenchFault:
        session.close()
        raise
    return phone


def browser_of(adb: Adb) -> str:
    """Raises CapabilityMissing on a phone without a browser that we know: nobody could sign in there."""
    found = next((name for name in BROWSERS if place_of(adb, name)), None)
    if found is None:
        msg = f"{adb.serial}: none of {', '.join(BROWSERS)} is installed, in which the app's sign-in would run"
        raise CapabilityMissing(msg)
    return found


def capabilities_of(described: Mapping[str, Any], adb: Adb, root: Root | None) -> frozenset[Capability]:
    """What is said of the phone; of one that nothing is said of, what it shows itself."""
    if described.get("capabilities") is not None:
        return frozenset(map(Capability, described["capabilities"]))
    by_root = {Capability.ROOT, Capability.SETTABLE_CLOCK} if root else set()
    return frozenset(by_root | ({Capability.CAMERA} if adb.serial.startswith("emulator-") else set()))


def expect_a_living_screen(phone: AndroidPhone) -> None:
    """Raises EvidenceMissing where pictures or trees do not follow the screen: then none of them is evidence."""
    phone.launch()
    if package_in_front(phone.adb, phone.session) != phone.app.package:
        msg = f"{phone.name}: {phone.app.package} was started, and something else is in front"
        raise EvidenceMissing(msg)
    started = phone.screenshot()
    phone.go_home()
    package_in_front(phone.adb, phone.session)  # raises where the tree is still that of the app
    if phone.screenshot() == started:
        msg = (
            f"{phone.name}: the screenshot of the home screen is that of the app; pictures of this phone prove nothing"
        )
        raise EvidenceMissing(msg)
