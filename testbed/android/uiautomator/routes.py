"""Every command that is answered, as AppiumServlet maps them; what is not in the table is an unknown command."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from testbed.android.uiautomator.ask import Ask
from testbed.android.uiautomator.commands import alerts, device, elements, gestures, schedule, sessions, windows
from testbed.android.uiautomator.desk import Desk

type Command = Callable[[Desk, Ask], Awaitable[object]]

_S = "/session/{session}"
_E = "/session/{session}/element/{element}"


@dataclass(frozen=True, slots=True)
class Mapped:
    method: str
    path: str
    command: Command


ROUTES = (
    Mapped("GET", "/status", sessions.status),
    Mapped("GET", "/sessions", sessions.sessions),
    Mapped("POST", "/session", sessions.create),
    Mapped("GET", _S, sessions.details),
    Mapped("DELETE", _S, sessions.delete),
    Mapped("GET", f"{_S}/appium/settings", sessions.read_settings),
    Mapped("POST", f"{_S}/appium/settings", sessions.update_settings),
    Mapped("GET", f"{_S}/source", elements.source),
    Mapped("POST", f"{_S}/element", elements.find_one),
    Mapped("POST", f"{_S}/elements", elements.find_all),
    Mapped("GET", f"{_S}/element/active", elements.active),
    Mapped("POST", f"{_S}/keys", elements.send_keys),
    Mapped("POST", f"{_E}/click", elements.click),
    Mapped("POST", f"{_E}/clear", elements.clear),
    Mapped("POST", f"{_E}/value", elements.send_keys),
    Mapped("GET", f"{_E}/text", elements.text),
    Mapped("GET", f"{_E}/name", elements.name),
    Mapped("GET", f"{_E}/rect", elements.rect),
    Mapped("GET", f"{_E}/size", elements.size),
    Mapped("GET", f"{_E}/location", elements.location),
    Mapped("GET", f"{_E}/screenshot", elements.screenshot),
    Mapped("GET", f"{_E}/attribute/{{name}}", elements.attribute),
    Mapped("GET", f"{_S}/screenshot/{{element}}", elements.screenshot),
    Mapped("GET", f"{_S}/appium/element/{{element}}/first_visible", elements.first_visible),
    Mapped("GET", f"{_S}/screenshot", device.screenshot),
    Mapped("POST", f"{_S}/back", device.back),
    Mapped("GET", f"{_S}/orientation", device.orientation),
    Mapped("POST", f"{_S}/orientation", device.set_orientation),
    Mapped("GET", f"{_S}/rotation", device.rotation),
    Mapped("POST", f"{_S}/rotation", device.set_rotation),
    Mapped("GET", f"{_S}/window/{{window}}/size", device.window_size),
    Mapped("GET", f"{_S}/appium/device/system_bars", device.system_bars),
    Mapped("GET", f"{_S}/appium/device/pixel_ratio", device.pixel_ratio),
    Mapped("GET", f"{_S}/appium/device/display_density", device.display_density),
    Mapped("GET", f"{_S}/appium/device/info", device.info),
    Mapped("GET", f"{_S}/appium/device/battery_info", device.battery),
    Mapped("POST", f"{_S}/appium/device/press_keycode", device.press_key),
    Mapped("POST", f"{_S}/appium/device/long_press_keycode", device.press_key),
    Mapped("POST", f"{_S}/appium/device/get_clipboard", device.read_clipboard),
    Mapped("POST", f"{_S}/appium/device/set_clipboard", device.write_clipboard),
    Mapped("POST", f"{_S}/appium/reset_ax_cache", device.reset_accessibility_cache),
    Mapped("GET", f"{_S}/alert/text", alerts.text),
    Mapped("POST", f"{_S}/alert/accept", alerts.accept),
    Mapped("POST", f"{_S}/alert/dismiss", alerts.dismiss),
    Mapped("POST", f"{_S}/actions", gestures.perform),
    Mapped("POST", f"{_S}/appium/gestures/click", gestures.click),
    Mapped("POST", f"{_S}/appium/gestures/long_click", gestures.long_click),
    Mapped("POST", f"{_S}/appium/gestures/double_click", gestures.double_click),
    Mapped("POST", f"{_S}/appium/gestures/swipe", gestures.swipe),
    Mapped("POST", f"{_S}/appium/gestures/scroll", gestures.scroll),
    Mapped("POST", f"{_S}/appium/gestures/fling", gestures.fling),
    Mapped("POST", f"{_S}/appium/gestures/drag", gestures.drag),
    Mapped("POST", f"{_S}/appium/gestures/pinch_close", gestures.pinch),
    Mapped("POST", f"{_S}/appium/gestures/pinch_open", gestures.pinch),
    Mapped("POST", f"{_S}/gestures/scroll_to", gestures.scroll_to),
    Mapped("POST", f"{_S}/appium/element/{{element}}/scroll_to/{{other}}", gestures.scroll_to_element),
    Mapped("POST", f"{_S}/appium/device/open_notifications", device.open_notifications),
    Mapped("GET", f"{_S}/appium/device/declared_orientation", device.declared_orientation),
    Mapped("POST", f"{_S}/appium/list_windows", windows.list_windows),
    Mapped("POST", f"{_S}/appium/list_displays", windows.list_displays),
    Mapped("POST", f"{_S}/appium/schedule_action", schedule.schedule),
    Mapped("POST", f"{_S}/appium/unschedule_action", schedule.unschedule),
    Mapped("POST", f"{_S}/appium/action_history", schedule.history),
)

LEFT_OUT = {
    "/appium/device/apps": "no command of the driver asks for it",
    "/network_connection": "the driver answers it itself, by adb",
}
"""What the server's own table has and this one has not, by path inside a session."""
