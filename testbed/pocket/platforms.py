"""Everything that differs between the platforms, as one table; the rest of the app does not know which one it is on."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Platform:
    """`system` and `push` as the crash sink and RegisterDeviceForPushNotification spell them."""

    agent: str
    system: str
    push: str
    camera: str
    notifications: str
    finger: str


PLATFORMS: Final = {
    "android": Platform(
        agent="SuperOfficeMobileCRM/1.0 (Android)",
        system="Android",
        push="Google",
        camera="android.permission.CAMERA",
        notifications="android.permission.POST_NOTIFICATIONS",
        finger="fingerprint",
    ),
    "ios": Platform(
        agent="SuperOfficeMobileCRM/1.0 (iOS)",
        system="iOS",
        push="Apple",
        camera="camera",
        notifications="notifications",
        finger="Face ID",
    ),
}
