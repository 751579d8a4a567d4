"""An iPhone made ready for a run, and put back as it was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from drivers.app_file import AppFile
from drivers.ios.hand import ControlledHand, Hand, PersonsHand
from drivers.ios.phone import IosPhone, open_ios_phone
from drivers.ios.simctl import SERVICE, SimulatorHand, expect_macos
from faults import EvidenceMissing


@contextmanager
def provisioned_ios(
    described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, recorder: Mapping[str, Any]
) -> Iterator[IosPhone]:
    """Trusts the recorder, goes through it, and has the app installed; `described` is the phone's row in lab.json."""
    hand = hand_of(described)
    phone = open_ios_phone(
        described["name"],
        appium=lab["appium"],
        udid=described["udid"],
        wda=described.get("wda"),
        app=app,
        hand=hand,
        usbmuxd=None if described.get("simulator") else Path(lab["usbmuxd"]),
        controls=described.get("controls"),
    )
    try:
        phone.trust_authority(Path(recorder["ca"]))
        phone.use_proxy(recorder["proxy_port"])
        expect_a_living_screen(phone)
        yield phone
    finally:
        phone.put_back()
        phone.close()


def hand_of(described: Mapping[str, Any]) -> Hand:
    """Who does what no driver may on this phone: its own channel, a Mac's tools, or a person before the run."""
    if described.get("control"):
        return ControlledHand(described["control"], described["control_token"])
    if described.get("simulator"):
        expect_macos(described["udid"])
        hand = SimulatorHand(described["udid"], described.get("network_service", SERVICE))
        hand.boot()
        return hand
    return PersonsHand(str(described["name"]), cleared=bool(described.get("cleared")))


def channel_of(described: Mapping[str, Any]) -> str | None:
    """By what is done to a phone that no driver may do, for the report; None where the driver does it all."""
    if described["platform"] != "ios":
        return None
    if described.get("control"):
        return ControlledHand.channel
    return SimulatorHand.channel if described.get("simulator") else PersonsHand.channel


def expect_a_living_screen(phone: IosPhone) -> None:
    """Raises EvidenceMissing where pictures do not follow the screen: then none of them is evidence."""
    phone.launch()
    started = phone.screenshot()
    phone.go_home()
    if phone.screenshot() == started:
        msg = (
            f"{phone.name}: the screenshot of the home screen is that of the app; pictures of this phone prove nothing"
        )
        raise EvidenceMissing(msg)
