"""com.apple.mobile.house_arrest: an app's container over AFC (libimobiledevice, src/house_arrest.c; ifuse's manual)."""

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.packages.app import App
from testbed.ios.protection import default_of
from testbed.ios.services.afc.jail import Jail
from testbed.ios.services.afc.server import AfcServer

DOCUMENTS = "Documents"


async def serve(device: Device, line: Line) -> None:
    """One request; after a granted one, the connection is AFC."""
    request = await line.receive()
    command, bundle_id = request.get("Command"), request.get("Identifier")
    app = device.apps.get(bundle_id) if isinstance(bundle_id, str) else None
    if command not in ("VendContainer", "VendDocuments"):
        device.unmodelled.note("house_arrest", f"{command}")
        await line.answer({"Error": "UnknownCommand"})
    elif app is None or app.data is None:
        await line.answer({"Error": "ApplicationLookupFailed"})
    elif not (app.is_debuggable if command == "VendContainer" else app.info.shares_files):
        await line.answer({"Error": "InstallationLookupFailed"})
    else:
        await line.answer({"Status": "Complete"})
        await AfcServer(device, line, _jail(app, device, documents_only=command == "VendDocuments")).run()


def _jail(app: App, device: Device, *, documents_only: bool) -> Jail:
    if app.data is None:
        raise ValueError("an app of the system has no container")
    return Jail(
        app.data,
        only=DOCUMENTS if documents_only else None,
        default=default_of(app.entitlements),
        locked=lambda: device.body.locked,
    )
