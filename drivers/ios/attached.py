"""A session with an app that is on an iPhone, which is left as it was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from drivers.app_file import AppFile
from drivers.ios.phone import attach_ios_phone
from drivers.ios.provision import hand_of
from drivers.session import Session
from faults import BenchFault, CapabilityMissing


@contextmanager
def attached_ios(
    described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, *, installs: bool
) -> Iterator[Session]:
    """What the phone shows is left as it is where that is the app; else the app is brought to the front.

    Raises PhoneLost where no session comes about, CapabilityMissing for a locked phone, BenchFault where the app is not
    there and is not to be installed.
    """
    name = str(described["name"])
    phone = attach_ios_phone(
        name,
        appium=lab["appium"],
        udid=described["udid"],
        wda=described.get("wda"),
        app=app,
        hand=hand_of(described),
        usbmuxd=None if described.get("simulator") else Path(lab["usbmuxd"]),
        controls=described.get("controls"),
    )
    try:
        if phone.session.run("mobile: isLocked"):
            msg = f"{name}: the phone is locked; unlock it, and keep it unlocked (Settings > Display > Auto-Lock)"
            raise CapabilityMissing(msg)
        if installs:
            phone.install(app)
        elif not phone.is_installed():
            msg = f"{name}: {app.package} is not installed; install {app.path} with Xcode or `ideviceinstaller` first"
            raise BenchFault(msg)
        phone.bring_to_front()
        yield phone.session
    finally:
        phone.close()
