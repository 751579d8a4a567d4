from pathlib import Path
from typing import Any

import pytest

from drivers.ios.hand import ControlledHand
from drivers.ios.installed import places
from drivers.ios.phone import IosPhone
from faults import PhoneLost

NOBODY = "com.example.not-installed"


def test_the_cable_tells_the_place_that_the_driver_tells(
    phone: IosPhone, lab: dict[str, Any], lane: dict[str, Any]
) -> None:
    hand, udid = ControlledHand(lane["phone"]["control"], lane["phone"]["control_token"]), lane["phone"]["udid"]
    by_cable = places(phone.name, phone.session, hand, Path(lab["usbmuxd"]), udid)
    by_driver = places(phone.name, phone.session, hand, None, udid)

    told = by_cable(phone.app.package)

    assert told is not None
    assert (by_driver(phone.app.package), by_cable(NOBODY), by_driver(NOBODY)) == (told, None, None)


def test_without_the_phone_nothing_is_said_of_its_apps(phone: IosPhone, lab: dict[str, Any], tmp_path: Path) -> None:
    for usbmuxd, udid in ((tmp_path / "none", "00008110-0000000000000000"), (Path(lab["usbmuxd"]), "00008110-0")):
        with pytest.raises(PhoneLost, match=udid):
            places(phone.name, phone.session, phone.hand, usbmuxd, udid)(NOBODY)
