"""What apps may use, as the person said (TCC)."""

from dataclasses import dataclass
from enum import Enum


class Grant(Enum):
    """AVAuthorizationStatus and its like."""

    UNDECIDED = "notDetermined"
    DENIED = "denied"
    GRANTED = "authorized"


@dataclass(frozen=True, slots=True)
class Resource:
    """An app that asks without `usage` in its Info.plist is killed; `number` is XCUIProtectedResource, if it is one."""

    name: str
    number: int | None
    usage: str
    question: str


CAMERA = Resource("camera", 6, "NSCameraUsageDescription", "“{app}” Would Like to Access the Camera")
NOTIFICATIONS = Resource("notifications", None, "", "“{app}” Would Like to Send You Notifications")
FACE_ID = Resource("Face ID", None, "NSFaceIDUsageDescription", "Do you want to allow “{app}” to use Face ID?")
RESOURCES = (CAMERA, NOTIFICATIONS, FACE_ID)
NOTIFICATIONS_TEXT = "Notifications may include alerts, sounds, and icon badges. These can be configured in Settings."


class Permissions:
    def __init__(self) -> None:
        self._said: dict[tuple[str, str], Grant] = {}

    def of(self, bundle_id: str, resource: Resource) -> Grant:
        return self._said.get((bundle_id, resource.name), Grant.UNDECIDED)

    def decide(self, bundle_id: str, resource: Resource, *, allowed: bool) -> None:
        self._said[bundle_id, resource.name] = Grant.GRANTED if allowed else Grant.DENIED

    def reset(self, bundle_id: str, number: int) -> bool:
        """resetAuthorizationStatusForResource; False for a resource that no app of this phone can ask for."""
        found = next((one for one in RESOURCES if one.number == number), None)
        if found is not None:
            self._said.pop((bundle_id, found.name), None)
        return found is not None

    def forget(self, bundle_id: str) -> None:
        """An app that is removed is asked about again when it is back."""
        self._said = {key: value for key, value in self._said.items() if key[0] != bundle_id}
