"""Every command that is answered, as FB…Commands.m register them; what is not in the table is an unknown command."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from testbed.ios.wda.ask import Ask
from testbed.ios.wda.commands import alerts, device, elements, gestures, location, sessions, video, voice_over
from testbed.ios.wda.desk import Desk

type Command = Callable[[Desk, Ask], Awaitable[object]]

_E = "/element/{uuid}"
_W = "/wda/element/{uuid}"


@dataclass(frozen=True, slots=True)
class Mapped:
    """`bare` commands are also answered without a session in the path."""

    method: str
    path: str
    command: Command
    bare: bool = False
    in_session: bool = True


SLASHED = (Mapped("GET", "/", sessions.details), Mapped("DELETE", "/", sessions.delete))
"""Asked with a slash at the end by facebook-wda, as WebDriverAgent took it before it had a server of its own (16)."""
ROUTES = (
    Mapped("GET", "/status", sessions.status, bare=True, in_session=False),
    Mapped("POST", "/session", sessions.create, bare=True, in_session=False),
    Mapped("GET", "/wda/healthcheck", sessions.healthcheck, bare=True, in_session=False),
    Mapped("GET", "", sessions.details),
    Mapped("DELETE", "", sessions.delete),
    *SLASHED,
    Mapped("GET", "/appium/settings", sessions.read_settings),
    Mapped("POST", "/appium/settings", sessions.update_settings),
    Mapped("POST", "/url", sessions.open_url),
    Mapped("POST", "/wda/apps/launch", sessions.launch),
    Mapped("POST", "/wda/apps/activate", sessions.activate),
    Mapped("POST", "/wda/apps/terminate", sessions.terminate),
    Mapped("POST", "/wda/apps/state", sessions.state),
    Mapped("GET", "/wda/apps/list", sessions.app_list),
    Mapped("GET", "/alert/text", alerts.text, bare=True),
    Mapped("POST", "/alert/text", alerts.set_text),
    Mapped("POST", "/alert/accept", alerts.accept, bare=True),
    Mapped("POST", "/alert/dismiss", alerts.dismiss, bare=True),
    Mapped("GET", "/wda/alert/buttons", alerts.buttons),
    Mapped("GET", "/source", elements.page_source, bare=True),
    Mapped("GET", "/wda/accessibleSource", elements.accessible_source, bare=True),
    Mapped("POST", "/element", elements.find_one),
    Mapped("POST", "/elements", elements.find_all),
    Mapped("POST", f"{_E}/element", elements.find_one),
    Mapped("POST", f"{_E}/elements", elements.find_all),
    Mapped("GET", f"{_W}/getVisibleCells", elements.visible_cells),
    Mapped("GET", "/element/active", elements.active),
    Mapped("GET", f"{_E}/enabled", elements.enabled),
    Mapped("GET", f"{_E}/rect", elements.rect),
    Mapped("GET", f"{_E}/attribute/{{name}}", elements.attribute),
    Mapped("GET", f"{_E}/text", elements.text),
    Mapped("GET", f"{_E}/displayed", elements.displayed),
    Mapped("GET", f"{_E}/selected", elements.selected),
    Mapped("GET", f"{_E}/name", elements.type_name),
    Mapped("POST", f"{_E}/value", elements.send_keys),
    Mapped("POST", f"{_E}/click", elements.click),
    Mapped("POST", f"{_E}/clear", elements.clear),
    Mapped("GET", f"{_E}/screenshot", elements.screenshot),
    Mapped("GET", "/screenshot/{uuid}", elements.screenshot),
    Mapped("GET", f"{_W}/accessible", elements.accessible),
    Mapped("GET", f"{_W}/accessibilityContainer", elements.container),
    Mapped("POST", "/wda/keys", elements.keys),
    Mapped("POST", f"{_W}/keyboardInput", elements.hardware_keys),
    Mapped("POST", "/wda/pickerwheel/{uuid}/select", elements.wheel),
    *(
        Mapped("POST", f"{place}/{name}", command)
        for place in ("/wda", _W)
        for name, command in (
            ("tap", gestures.tap),
            ("doubleTap", gestures.double_tap),
            ("tapWithNumberOfTaps", gestures.tap_with),
            ("touchAndHold", gestures.hold),
            ("dragfromtoforduration", gestures.drag),
            ("swipe", gestures.swipe),
            ("scroll", gestures.scroll),
            ("pressAndDragWithVelocity", gestures.drag if place == "/wda" else gestures.drag_from_element),
            ("pinch", gestures.pinch),
            ("rotate", gestures.rotate),
            ("forceTouch", gestures.force_touch),
            ("twoFingerTap", gestures.two_finger_tap),
        )
    ),
    Mapped("POST", f"{_W}/scrollTo", gestures.scroll_to),
    Mapped("POST", "/actions", gestures.perform),
    Mapped("GET", "/screenshot", device.screenshot, bare=True),
    Mapped("POST", "/timeouts", device.timeouts),
    Mapped("POST", "/wda/homescreen", device.home, bare=True, in_session=False),
    Mapped("POST", "/wda/deactivateApp", device.deactivate),
    Mapped("POST", "/wda/keyboard/dismiss", device.dismiss_keyboard),
    Mapped("POST", "/wda/lock", device.lock, bare=True),
    Mapped("POST", "/wda/unlock", device.unlock, bare=True),
    Mapped("GET", "/wda/locked", device.locked, bare=True),
    Mapped("GET", "/wda/screen", device.screen, bare=True),
    Mapped("GET", "/wda/screens", device.screens, bare=True),
    Mapped("GET", "/window/size", device.window_size, bare=True),
    Mapped("GET", "/window/rect", device.window_rect),
    Mapped("GET", "/wda/activeAppInfo", device.active_app, bare=True),
    Mapped("POST", "/wda/setPasteboard", device.write_pasteboard, bare=True),
    Mapped("POST", "/wda/getPasteboard", device.read_pasteboard, bare=True),
    Mapped("GET", "/wda/batteryInfo", device.battery),
    Mapped("POST", "/wda/pressButton", device.press_button),
    Mapped("POST", "/wda/siri/activate", device.siri),
    Mapped("POST", "/wda/resetAppAuth", device.reset_permission),
    Mapped("POST", "/wda/touch_id", device.touch_id),
    Mapped("GET", "/wda/device/info", device.info, bare=True),
    Mapped("POST", "/wda/device/appearance", device.set_appearance, bare=True, in_session=False),
    Mapped("POST", "/wda/apps/launchUnattached", device.launch_unattached, bare=True, in_session=False),
    Mapped("POST", "/wda/expectNotification", device.expect_notification),
    Mapped("POST", "/wda/performIoHidEvent", device.hid_event),
    Mapped("POST", "/wda/performAccessibilityAudit", device.audit),
    Mapped("GET", "/wda/device/location", location.of_device, bare=True),
    Mapped("GET", "/wda/simulatedLocation", location.simulated, bare=True),
    Mapped("POST", "/wda/simulatedLocation", location.simulate, bare=True),
    Mapped("DELETE", "/wda/simulatedLocation", location.forget, bare=True),
    Mapped("POST", "/wda/video/start", video.start, bare=True),
    Mapped("POST", "/wda/video/stop", video.none_active, bare=True),
    Mapped("GET", "/wda/video", video.none_active, bare=True),
    Mapped("POST", "/wda/voiceOver/enable", voice_over.unsupported, bare=True),
    Mapped("POST", "/wda/voiceOver/disable", voice_over.unsupported, bare=True),
    Mapped("GET", "/wda/voiceOver/enabled", voice_over.unsupported, bare=True),
    Mapped("POST", "/wda/voiceOver/move", voice_over.move, bare=True),
    Mapped("GET", "/wda/voiceOver/currentSpeech", voice_over.unsupported, bare=True),
    Mapped("GET", "/orientation", device.orientation, bare=True),
    Mapped("POST", "/orientation", device.set_orientation, bare=True),
    Mapped("GET", "/rotation", device.rotation, bare=True),
    Mapped("POST", "/rotation", device.set_rotation, bare=True),
    Mapped("GET", "/wda/deviceOrientation", device.device_orientation, bare=True),
)

LEFT_OUT = {
    ("GET", "/element/{}/attribute/focused"): "of Apple TV; on an iPhone /attribute/{name} answers it",
    ("POST", "/wda/element/{}/focuse"): "of Apple TV",
    ("POST", "/wda/rotateDigitalCrown"): "of Apple Watch",
    ("POST", "/wda/performHandGesture"): "of Apple Watch",
}
"""What the sources register and an iPhone does not answer, by method and path."""


def paths(mapped: Mapped) -> Iterator[str]:
    """The paths under which a command is reached."""
    if mapped.in_session:
        yield f"/session/{{session}}{mapped.path}"
    if mapped.bare:
        yield mapped.path
