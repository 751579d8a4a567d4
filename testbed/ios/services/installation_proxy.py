"""com.apple.mobile.installation_proxy (libimobiledevice, src/installation_proxy.c)."""

import posixpath
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from testbed.ios.device import Device
from testbed.ios.line import Line
from testbed.ios.packages.app import App
from testbed.ios.packages.refusal import InstallError

PAGE: Final = 20
"""Apps in one answer to Browse."""

type Request = Mapping[str, Any]


async def serve(device: Device, line: Line) -> None:
    """Commands in turn; a failed one ends nothing but itself."""
    async for request in line.requests():
        name = request.get("Command")
        command = COMMANDS.get(name) if isinstance(name, str) else None
        if command is None:
            device.unmodelled.note("installation_proxy", f"{name}")
            await _refuse(line, InstallError("UnknownCommand", f"{name}"))
            continue
        try:
            await command(device, line, request)
        except InstallError as error:
            device.syslog.write("installd", f"{name} failed: {error}")
            await _refuse(line, error)


async def _refuse(line: Line, error: InstallError) -> None:
    answer: dict[str, Any] = {"Error": error.name, "ErrorDescription": error.description}
    await line.answer({**answer, "ErrorDetail": error.detail} if error.detail else answer)


async def _browse(device: Device, line: Line, request: Request) -> None:
    options = _options(request)
    found = [_shown(device, app, options) for app in device.apps.installed.values() if _wanted(app, options)]
    for at in range(0, len(found), PAGE):
        page = found[at : at + PAGE]
        numbers = {"CurrentAmount": len(page), "CurrentIndex": at, "Total": len(found)}
        await line.answer({**numbers, "CurrentList": page, "Status": "BrowsingApplications"})
    await line.answer({"Status": "Complete"})


async def _lookup(device: Device, line: Line, request: Request) -> None:
    options = _options(request)
    ids = options.get("BundleIDs")
    wanted = [ids] if isinstance(ids, str) else ids
    result = {
        app.bundle_id: _shown(device, app, options)
        for app in device.apps.installed.values()
        if _wanted(app, options) and (wanted is None or app.bundle_id in wanted)
    }
    await line.answer({"LookupResult": result, "Status": "Complete"})


async def _install(device: Device, line: Line, request: Request) -> None:
    """Install and Upgrade: what lies in the Media folder goes in, and is then gone from there."""
    path = request.get("PackagePath")
    if not isinstance(path, str):
        raise InstallError("MissingPackagePath", "the request has no PackagePath")

    async def progress(percent: int, step: str) -> None:
        await line.answer({"PercentComplete": percent, "Status": step})

    package = _in_media(device, path)
    try:
        await device.apps.install(package, progress)
    finally:
        if package.is_dir():
            shutil.rmtree(package)
        else:
            package.unlink(missing_ok=True)
    await line.answer({"Status": "Complete"})


async def _uninstall(device: Device, line: Line, request: Request) -> None:
    """An app that is not there is as good as removed."""
    bundle_id = request.get("ApplicationIdentifier")
    if not isinstance(bundle_id, str):
        raise InstallError("MissingApplicationIdentifier", "the request has no ApplicationIdentifier")
    app = device.apps.get(bundle_id)
    if app is not None and app.is_system:
        raise InstallError("UninstallProhibited", f"{bundle_id} belongs to the system")
    await line.answer({"PercentComplete": 50, "Status": "RemovingApplication"})
    await device.apps.uninstall(bundle_id)
    await line.answer({"PercentComplete": 90, "Status": "GeneratingApplicationMap"})
    await line.answer({"Status": "Complete"})


async def _check_capabilities(device: Device, line: Line, request: Request) -> None:
    """Only what an A15 has is known here; anything else is said to be missing, and noted."""
    wanted = request.get("Capabilities") or _options(request).get("Capabilities") or []
    unknown = [str(one) for one in wanted if one not in CAPABILITIES]
    if unknown:
        device.unmodelled.note("installation_proxy", f"capabilities {' '.join(unknown)}")
    result = {"CapabilitiesMatch": not unknown, **({"MismatchedCapabilities": unknown} if unknown else {})}
    await line.answer({"LookupResult": result, "Status": "Complete"})


async def _no_archives(device: Device, line: Line, request: Request) -> None:
    """Archives of apps went with iOS 7; what is left of the commands fails."""
    del line
    device.unmodelled.note("installation_proxy", f"{request['Command']}")
    raise InstallError("UnknownCommand", f"{request['Command']}")


CAPABILITIES: Final = frozenset(
    {"arm64", "armv7", "iphone-ipad-minimum-performance-a12", "metal", "still-camera", "wifi"}
)
COMMANDS: Final[dict[str, Callable[[Device, Line, Request], Awaitable[None]]]] = {
    "Archive": _no_archives,
    "Browse": _browse,
    "CheckCapabilitiesMatch": _check_capabilities,
    "Install": _install,
    "Lookup": _lookup,
    "LookupArchives": _no_archives,
    "RemoveArchive": _no_archives,
    "Restore": _no_archives,
    "Uninstall": _uninstall,
    "Upgrade": _install,
}


def _options(request: Request) -> Mapping[str, Any]:
    found = request.get("ClientOptions")
    return found if isinstance(found, dict) else {}


def _in_media(device: Device, path: str) -> Path:
    """The package's place on the host; raises InstallError where there is none."""
    clean = posixpath.normpath("/" + path.removeprefix("/private").removeprefix("/var/mobile/Media"))
    package = device.layout.media / clean.lstrip("/")
    inside = package.resolve().is_relative_to(device.layout.media.resolve())
    if not inside or clean == "/" or not package.exists():
        raise InstallError("PackageInspectionFailed", f"Could not inspect the package at {path}: no such file")
    return package


def _wanted(app: App, options: Mapping[str, Any]) -> bool:
    kind = options.get("ApplicationType", "Any")
    return kind in ("Any", "System" if app.is_system else "User")


def _shown(device: Device, app: App, options: Mapping[str, Any]) -> dict[str, Any]:
    """What installd says of an app: its Info.plist, and what it knows itself."""
    wanted = _attributes(options)
    known: dict[str, Any] = {
        **app.info.raw,
        "ApplicationType": "System" if app.is_system else "User",
        "Entitlements": dict(app.entitlements),
        "IsUpgradeable": not app.is_system,
        "SignerIdentity": app.signer,
        "SequenceNumber": list(device.apps.installed).index(app.bundle_id) + 1,
    }
    if app.bundle is not None and app.data is not None:
        known |= {
            "Container": device.layout.on_phone(app.data),
            "EnvironmentVariables": _environment(device.layout.on_phone(app.data)),
            "GroupContainers": _groups(device, app),
            "Path": device.layout.on_phone(app.bundle),
            "ProfileValidated": True,
        }
    else:
        known["Path"] = f"/Applications/{app.info.executable}.app"
    if wanted & {"StaticDiskUsage", "DynamicDiskUsage"}:
        known |= {"StaticDiskUsage": _size(app.bundle), "DynamicDiskUsage": _size(app.data)}
    return {key: value for key, value in known.items() if not wanted or key in wanted}


def _attributes(options: Mapping[str, Any]) -> frozenset[str]:
    """The attributes that were asked for; none means all, as "*" does (the XCUITest driver's listApps)."""
    found = options.get("ReturnAttributes")
    wanted = frozenset(found if isinstance(found, list) else [found] if isinstance(found, str) else [])
    return frozenset() if "*" in wanted else wanted


def _environment(container: str) -> dict[str, str]:
    return {"CFFIXED_USER_HOME": container, "HOME": container, "TMPDIR": f"{container}/tmp"}  # noqa: S108 -- of the phone


def _groups(device: Device, app: App) -> dict[str, str]:
    found = ((group, device.apps.group(group)) for group in app.app_groups)
    return {group: device.layout.on_phone(path) for group, path in found if path is not None}


def _size(folder: Path | None) -> int:
    return 0 if folder is None else sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
