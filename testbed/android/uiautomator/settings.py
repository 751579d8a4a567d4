"""The session's settings: io.appium.uiautomator2.model.settings, names, types and defaults of server 10.6."""

from collections.abc import Callable, Mapping

from testbed.handset.refusal import Fault, Refusal

type Setting = bool | int | str

DEFAULTS: Mapping[str, Setting] = {
    "actionAcknowledgmentTimeout": 3000,
    "allowInvisibleElements": False,
    "alwaysTraversableViewClasses": "",
    "currentDisplayId": 0,
    "deferAccessibilityCacheReset": False,
    "disableIdLocatorAutocompletion": False,
    "elementResponseAttributes": "name,text",
    "enableMultiWindows": False,
    "enableNotificationListener": True,
    "enableTopmostWindowFromActivePackage": False,
    "enforceXPath1": False,
    "ignoreUnimportantViews": False,
    "includeA11yActionsInPageSource": False,
    "includeExtraRenderingInfo": False,
    "includeExtrasInPageSource": False,
    "keyInjectionDelay": 0,
    "limitXPathContextScope": True,
    "mapTestTagToResourceId": False,
    "mjpegBilinearFiltering": False,
    "mjpegScalingFactor": 50,
    "mjpegServerFramerate": 10,
    "mjpegServerPort": 7810,
    "mjpegServerScreenshotQuality": 50,
    "normalizeTagNames": False,
    "scrollAcknowledgmentTimeout": 200,
    "serverPort": 6790,
    "shouldUseCompactResponses": True,
    "shutdownOnPowerDisconnect": True,
    "simpleBoundsCalculation": False,
    "snapshotMaxDepth": 70,
    "trackScrollEvents": True,
    "useResourcesForOrientationDetection": False,
    "waitForIdleTimeout": 10_000,
    "waitForSelectorTimeout": 10_000,
    "wakeLockTimeout": 86_400_000,
}
# what these change here, or cannot change because the phone has nothing that they touch
_HONOURED = frozenset(
    {
        "actionAcknowledgmentTimeout",
        "disableIdLocatorAutocompletion",
        "elementResponseAttributes",
        "enableNotificationListener",
        "enforceXPath1",
        "limitXPathContextScope",
        "scrollAcknowledgmentTimeout",
        "shouldUseCompactResponses",
        "shutdownOnPowerDisconnect",
        "waitForIdleTimeout",
        "waitForSelectorTimeout",
        "wakeLockTimeout",
    }
)


class Settings:
    """Setting values of one session."""

    def __init__(self, on_unmodelled: Callable[[str, str], None]) -> None:
        self._values: dict[str, Setting] = dict(DEFAULTS)
        self._on_unmodelled = on_unmodelled

    def __getitem__(self, name: str) -> Setting:
        return self._values[name]

    def flag(self, name: str) -> bool:
        return self._values[name] is True

    def seconds(self, name: str) -> float:
        """A timeout, which the settings give in milliseconds."""
        return int(self._values[name]) / 1000

    def all(self) -> dict[str, Setting]:
        return dict(self._values)

    def update(self, given: Mapping[str, object]) -> None:
        """Take over new values; unknown names are skipped, as the server does.

        :raises Refusal: invalid argument, for a value of another type.
        """
        for name, value in given.items():
            if name in DEFAULTS:
                self._values[name] = _typed(name, value)
                if self._values[name] != DEFAULTS[name] and name not in _HONOURED:
                    self._on_unmodelled("setting", f"{name}={value}")


def _typed(name: str, value: object) -> Setting:
    wanted = type(DEFAULTS[name])
    if wanted is int and isinstance(value, float):
        return int(value)
    if not isinstance(value, bool | int | str) or type(value) is not wanted:
        raise Refusal(
            Fault.INVALID_ARGUMENT,
            f"Invalid '{name}' setting value type. Got: {type(value).__name__}. Expected: {wanted.__name__}.",
        )
    return value
