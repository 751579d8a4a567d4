"""The session's settings: FBSettingsHandler.m, with the defaults of FBConfiguration.m."""

from collections.abc import Callable, Mapping

from testbed.ios.wda.refusal import invalid

DEFAULTS: Mapping[str, object] = {
    "acceptAlertButtonSelector": "",
    "accessibilityDeadline": 0,
    "activeAppDetectionPoint": "64.00,64.00",
    "animationCoolOffTimeout": 2,
    "autoClickAlertSelector": "",
    "boundElementsByIndex": False,
    "defaultActiveApplication": "auto",
    "defaultAlertAction": "",
    "dismissAlertButtonSelector": "",
    "elementResponseAttributes": "type,label",
    "enforceCustomSnapshots": False,
    "includeCustomActionsInPageSource": False,
    "includeHittableInPageSource": False,
    "includeMinMaxValueInPageSource": False,
    "includeNativeAccessibilityElementInPageSource": False,
    "includeNativeFrameInPageSource": False,
    "keyboardAutocorrection": 0,
    "keyboardPrediction": 0,
    "limitXPathContextScope": True,
    "maxTypingFrequency": 60,
    "mjpegFixOrientation": False,
    "mjpegScalingFactor": 100,
    "mjpegServerFramerate": 10,
    "mjpegServerScreenshotQuality": 25,
    "reduceMotion": False,
    "respectSystemAlerts": False,
    "screenshotOrientation": "auto",
    "screenshotQuality": 3,
    "shouldUseCompactResponses": True,
    "snapshotMaxChildren": 2147483647,
    "snapshotMaxDepth": 50,
    "useClearTextShortcut": True,
    "useFirstMatch": False,
    "waitForIdleTimeout": 10,
}
HONOURED = frozenset(
    {
        *("acceptAlertButtonSelector", "defaultActiveApplication", "defaultAlertAction", "dismissAlertButtonSelector"),
        *("elementResponseAttributes", "limitXPathContextScope", "respectSystemAlerts", "shouldUseCompactResponses"),
        *("includeHittableInPageSource", "includeNativeFrameInPageSource", "includeMinMaxValueInPageSource"),
        *("includeNativeAccessibilityElementInPageSource", "includeCustomActionsInPageSource"),
        *("animationCoolOffTimeout", "waitForIdleTimeout", "accessibilityDeadline"),
        # what these change, this phone does not have or does anyway: typing speed, video, images, prediction
        *("maxTypingFrequency", "mjpegFixOrientation", "mjpegScalingFactor", "mjpegServerFramerate", "useFirstMatch"),
        *("mjpegServerScreenshotQuality", "screenshotQuality", "keyboardAutocorrection", "keyboardPrediction"),
        *("reduceMotion", "useClearTextShortcut", "snapshotMaxDepth", "snapshotMaxChildren", "enforceCustomSnapshots"),
        *("screenshotOrientation", "activeAppDetectionPoint"),
    }
)


class Settings:
    def __init__(self, on_unmodelled: Callable[[str, str], None]) -> None:
        self._values = dict(DEFAULTS)
        self._on_unmodelled = on_unmodelled

    def all(self) -> dict[str, object]:
        return dict(self._values)

    def update(self, given: Mapping[str, object]) -> None:
        """Unknown names are passed over, as FBSettingsHandler does; null changes nothing but a few."""
        for name, value in given.items():
            if name not in DEFAULTS or value is None:
                continue
            if name not in HONOURED and value != DEFAULTS[name]:
                self._on_unmodelled("setting", f"{name}={value}")
            self._values[name] = _checked(name, value)

    def flag(self, name: str) -> bool:
        return bool(self._values[name])

    def text(self, name: str) -> str:
        return str(self._values[name] or "")


def _checked(name: str, value: object) -> object:
    default = DEFAULTS[name]
    if isinstance(default, bool):
        return value in (True, 1, "1", "true", "YES", "yes")
    if isinstance(default, str) and not isinstance(value, str):
        raise invalid(f"'{name}' is expected to be a string")
    return value
