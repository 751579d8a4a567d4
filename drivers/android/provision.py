"""An Android phone made ready for a run, and put back as it was."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from drivers.adb import Adb
from drivers.android.phone import AndroidPhone, Locator, capabilities_for
from drivers.android.trust import distrust_authority, trust_authority
from drivers.app_file import AppFile
from drivers.phone import Capability
from drivers.session import Session
from drivers.tools import adb_path
from faults import BenchFault

BROWSER = "com.android.browser"


@contextmanager
def provisioned_android(
    described: Mapping[str, Any], lab: Mapping[str, Any], app: AppFile, recorder: Mapping[str, Any]
) -> Iterator[AndroidPhone]:
    """Trusts the recorder, goes through it, and has the app installed; `described` is the phone's row in lab.json."""
    server_port = lab["adb"]["server_port"]
    adb = Adb(adb_path(), server_port, described["serial"])
    adb.wait_until_there()
    place = trust_authority(adb, Path(recorder["ca"]))
    adb.install(app.path)
    session = Session(
        described["name"],
        lab["appium"],
        capabilities_for(described["serial"], server_port, app),
        Locator(app.package, BROWSER),
    )
    capabilities = frozenset(map(Capability, described["capabilities"]))
    phone = AndroidPhone(described["name"], adb, app, session, capabilities, BROWSER)
    phone.use_proxy(recorder["proxy_port"])
    yield phone
    phone.put_back()
    with suppress(BenchFault):  # a phone or an Appium that is gone needs no farewell
        session.close()
        distrust_authority(adb, place)
