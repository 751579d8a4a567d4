"""A running lab as scripts know it: what `pocketgate testbed up --json` prints."""

from typing import Any


def described_lab(lab: dict[str, Any]) -> dict[str, Any]:
    """Each phone with the tenant and the proxy that it has for itself; at the top those of the first phone."""
    first = lab["lanes"][0]
    return {
        "android": [_android(lane, lab) for lane in lab["lanes"] if lane["phone"]["platform"] == "android"],
        "ios": [_iphone(lane, lab) for lane in lab["lanes"] if lane["phone"]["platform"] == "ios"],
        "appium": lab["appium"],
        "proxy": _proxy(first),
        "cloud": _cloud(first),
        "apps": lab["apps"],
    }


def _android(lane: dict[str, Any], lab: dict[str, Any]) -> dict[str, Any]:
    serial, port = lane["phone"]["serial"], lab["adb"]["server_port"]
    return {"serial": serial, "adb_server_port": port, "proxy": _proxy(lane), "cloud": _cloud(lane)}


def _iphone(lane: dict[str, Any], lab: dict[str, Any]) -> dict[str, Any]:
    """`control` is the hand that does what a person does in Settings; no driver reaches it."""
    own = {key: lane["phone"][key] for key in ("udid", "wda", "control", "control_token")}
    return {**own, "usbmuxd": lab["usbmuxd"], "proxy": _proxy(lane), "cloud": _cloud(lane)}


def _proxy(lane: dict[str, Any]) -> str:
    return f"http://127.0.0.1:{lane['recorder']['proxy_port']}"


def _cloud(lane: dict[str, Any]) -> dict[str, Any]:
    return {key: lane["cloud"][key] for key in ("hosts", "ca", "admin", "admin_token")}
