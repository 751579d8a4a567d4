"""Where an app's bundle lies on an iPhone: another place after each install, None where it is not installed.

Asked for over the cable (libimobiledevice, src/installation_proxy.c: instproxy_lookup), which takes a tenth of the time
that the driver takes, or of the driver where there is no cable.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from drivers.ios.hand import Hand
from drivers.ios.lockdown import ask, service
from drivers.ios.simctl import SimulatorHand
from drivers.session import Session
from faults import EvidenceMissing, PhoneLost

SERVICE = "com.apple.mobile.installation_proxy"
WANTED = ("CFBundleIdentifier", "Path")

type Places = Callable[[str], str | None]
"""From a bundle identifier to the bundle's place; raises PhoneLost or EvidenceMissing where the phone does not say."""


def places(name: str, session: Session, hand: Hand, usbmuxd: Path | None, udid: str) -> Places:
    if usbmuxd is not None:
        return partial(_by_cable, name, usbmuxd, udid)
    if isinstance(hand, SimulatorHand):  # the driver lists apps of phones only (requireRealDevice)
        return hand.bundle
    return partial(_by_driver, session)


def _by_cable(name: str, usbmuxd: Path, udid: str, package: str) -> str | None:
    with service(usbmuxd, udid, SERVICE) as line:
        try:
            told = ask(line, Command="Lookup", ClientOptions={"BundleIDs": [package], "ReturnAttributes": [*WANTED]})
        except (OSError, ValueError) as error:
            msg = f"{name}: where {package} is installed was not answered: {error!r}"
            raise PhoneLost(msg) from error
    if told.get("Status") != "Complete":
        msg = f"{name}: where {package} is installed is not told: {told.get('Error', told)}"
        raise EvidenceMissing(msg)
    found = told.get("LookupResult", {}).get(package)
    return None if found is None else str(found.get("Path"))


def _by_driver(session: Session, package: str) -> str | None:
    listed = session.run("mobile: listApps", applicationType="User", returnAttributes=[*WANTED])
    found = listed.get(package)
    return None if found is None else str(found.get("Path"))
