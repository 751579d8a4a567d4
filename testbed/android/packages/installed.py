from dataclasses import dataclass, field
from pathlib import Path

from testbed.android.packages.manifest import Manifest
from testbed.android.users import User, app_user

RUNTIME_PERMISSIONS = frozenset(
    f"android.permission.{name}"
    for name in (
        "ACCESS_COARSE_LOCATION",
        "ACCESS_FINE_LOCATION",
        "CALL_PHONE",
        "CAMERA",
        "POST_NOTIFICATIONS",
        "READ_CALENDAR",
        "READ_CONTACTS",
        "READ_EXTERNAL_STORAGE",
        "READ_PHONE_STATE",
        "RECORD_AUDIO",
        "WRITE_CALENDAR",
        "WRITE_CONTACTS",
        "WRITE_EXTERNAL_STORAGE",
    )
)
"""Permissions of protection level dangerous that matter here (AOSP core/res AndroidManifest.xml)."""


@dataclass(slots=True)
class Installed:
    """One package on the phone."""

    manifest: Manifest
    signer: str
    uid: int
    apk: Path | None
    """The host's file; None for a package of the system image."""
    path: str
    """The phone's path of the file."""
    first_install: float
    last_update: float
    trusts_user_store: bool = False
    granted: set[str] = field(default_factory=set)
    one_time: set[str] = field(default_factory=set)
    """Of those granted, the ones that go when the app is left (`Only this time`)."""
    refusals: dict[str, int] = field(default_factory=dict)
    """Permission to how often the user has refused it."""

    @property
    def name(self) -> str:
        return self.manifest.package

    @property
    def user(self) -> User:
        return app_user(self.uid, self.name)

    @property
    def code(self) -> Path | None:
        """Where the app's modules are inside the host's file."""
        return None if self.apk is None else self.apk / "assets"

    @property
    def entry(self) -> str | None:
        return self.manifest.entry

    @property
    def is_system(self) -> bool:
        return self.apk is None

    def runtime_permissions(self) -> tuple[str, ...]:
        return tuple(one for one in self.manifest.permissions if one in RUNTIME_PERMISSIONS)

    def rotates(self, activity: str) -> bool:
        """Whether an activity of it turns with the phone."""
        found = self.manifest.activity(activity)
        return found is None or not found.fixed_orientation

    def holds(self, permission: str) -> bool:
        """Declared, and granted where it is a permission the user is asked for."""
        declared = permission in self.manifest.permissions
        return declared and (permission not in RUNTIME_PERMISSIONS or permission in self.granted)
