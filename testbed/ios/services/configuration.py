"""com.apple.mobile.MCInstall: configuration profiles (pymobiledevice3, services/mobile_config.py)."""

from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.line import Line

DONE: Final = {"Status": "Acknowledged"}
NONE_INSTALLED: Final[dict[str, Any]] = {"OrderedIdentifiers": [], "ProfileManifest": {}, "ProfileMetadata": {}}
REFUSED: Final = {
    "Status": "Error",
    "ErrorChain": [{"ErrorCode": 4001, "ErrorDomain": "MCInstallationErrorDomain", "LocalizedDescription": "Refused"}],
}


async def serve(device: Device, line: Line) -> None:
    """No profile is installed and none can be: whoever must trust an authority puts it there on the lab's own ways."""
    async for request in line.requests():
        kind = request.get("RequestType")
        match kind:
            case "HelloHostIdentifier" | "Flush":
                await line.answer(DONE)
            case "GetProfileList":
                await line.answer({**DONE, **NONE_INSTALLED})
            case "GetCloudConfiguration":
                await line.answer({**DONE, "CloudConfiguration": {"IsSupervised": False}})
            case _:
                device.unmodelled.note("configuration", f"{kind}")
                await line.answer(REFUSED)
