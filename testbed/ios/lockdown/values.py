"""What GetValue gives: the default domain, and those that clients ask for (libimobiledevice, tools/ideviceinfo.c)."""

import shutil
from collections.abc import Callable, Mapping
from typing import Any, Final

from testbed.ios.device import Device

UNPAIRED: Final = frozenset(
    {
        "BoardId",
        "BuildVersion",
        "CPUArchitecture",
        "ChipID",
        "DeviceClass",
        "DeviceColor",
        "DeviceName",
        "DevicePublicKey",
        "DieID",
        "HardwareModel",
        "HasSiDP",
        "PartitionType",
        "ProductName",
        "ProductType",
        "ProductVersion",
        "ProductionSOC",
        "ProtocolVersion",
        "SupportedDeviceFamilies",
        "TelephonyCapability",
        "UniqueChipID",
        "UniqueDeviceID",
        "WiFiAddress",
    }
)
"""What a host may ask without a session (`ideviceinfo -s`)."""
SETTABLE: Final = frozenset({"DeviceName"})


def values(device: Device, domain: str | None) -> Mapping[str, Any] | None:
    """All values of a domain; None for one that there is not."""
    found = DOMAINS.get(domain or "")
    return None if found is None else found(device)


def _default(device: Device) -> Mapping[str, Any]:
    model = device.model
    return {
        "ActivationState": "Activated",
        "ActivationStateAcknowledged": True,
        "BasebandStatus": "NoTelephonyCapability",
        "BluetoothAddress": model.wifi_address,
        "BoardId": model.board,
        "BrickState": False,
        "BuildVersion": model.build,
        "CPUArchitecture": "arm64e",
        "ChipID": model.chip,
        "DeviceClass": "iPhone",
        "DeviceColor": "1",
        "DeviceName": device.name,
        "DevicePublicKey": device.key.public,
        "DieID": model.ecid,
        "HardwareModel": model.hardware,
        "HardwarePlatform": f"t{model.chip:x}",
        "HasSiDP": True,
        "HostAttached": True,
        "ModelNumber": model.model_number,
        "PartitionType": "GUID_partition_scheme",
        "PasswordProtected": device.body.locked,
        "ProductName": "iPhone OS",
        "ProductType": model.product_type,
        "ProductVersion": model.version,
        "ProductionSOC": True,
        "ProtocolVersion": "2",
        "RegionInfo": "LL/A",
        "SerialNumber": model.serial,
        "SupportedDeviceFamilies": [1],
        "TelephonyCapability": False,
        "TimeIntervalSince1970": device.clock.now(),
        "TimeZone": "UTC",
        "TimeZoneOffsetFromUTC": 0.0,
        "TrustedHostAttached": True,
        "UniqueChipID": model.ecid,
        "UniqueDeviceID": model.udid,
        "Uses24HourClock": True,
        "WiFiAddress": model.wifi_address,
    }


def _battery(device: Device) -> Mapping[str, Any]:
    battery = device.body.battery
    full = battery.level >= 1
    return {
        "BatteryCurrentCapacity": round(battery.level * 100),
        "BatteryIsCharging": battery.charging and not full,
        "ExternalChargeCapable": battery.charging,
        "ExternalConnected": True,
        "FullyCharged": full,
        "GasGaugeCapability": True,
        "HasBattery": True,
    }


def _disk_usage(device: Device) -> Mapping[str, Any]:
    disk = shutil.disk_usage(device.layout.root)
    used = sum(file.stat().st_size for file in device.layout.data.rglob("*") if file.is_file())
    return {
        "AmountDataAvailable": disk.free,
        "AmountDataReserved": 0,
        "MobileApplicationUsage": used,
        "TotalDataAvailable": disk.free,
        "TotalDataCapacity": disk.total,
        "TotalDiskCapacity": disk.total,
        "TotalSystemAvailable": 0,
        "TotalSystemCapacity": 0,
    }


def _international(_: Device) -> Mapping[str, Any]:
    return {"Keyboard": "en_US", "Language": "en", "Locale": "en_US", "SupportedLanguages": ["en"]}


def _developer(device: Device) -> Mapping[str, Any]:
    return {"DeveloperStatus": "Development" if device.developer_mode else "None"}


def _developer_mode(device: Device) -> Mapping[str, Any]:
    return {"DeveloperModeStatus": device.developer_mode}


def _wireless(_: Device) -> Mapping[str, Any]:
    return {"EnableWifiConnections": False, "SupportsWifi": True, "SupportsWifiSyncing": True}


def _encryption(_: Device) -> Mapping[str, Any]:
    return {"WillEncrypt": False}


def _file_sharing(device: Device) -> Mapping[str, Any]:
    return {"Apps": [app.bundle_id for app in device.apps.of_user() if app.info.shares_files]}


DOMAINS: Final[dict[str, Callable[[Device], Mapping[str, Any]]]] = {
    "": _default,
    "com.apple.disk_usage": _disk_usage,
    "com.apple.disk_usage.factory": _disk_usage,
    "com.apple.international": _international,
    "com.apple.mobile.backup": _encryption,
    "com.apple.mobile.battery": _battery,
    "com.apple.mobile.debug": _developer,
    "com.apple.mobile.file_sharing": _file_sharing,
    "com.apple.mobile.wireless_lockdown": _wireless,
    "com.apple.security.mac.amfi": _developer_mode,
    "com.apple.xcode.developerdomain": _developer,
}
