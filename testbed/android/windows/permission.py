"""The dialog that asks the user for a permission (AOSP packages/modules/Permission, GrantPermissionsActivity)."""

import asyncio
from dataclasses import dataclass, field

from testbed.android.packages.installed import Installed
from testbed.android.windows.window import Window, Windows, button, column, label

NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
NOTIFICATIONS_SINCE = 33
ONE_TIME_SINCE = 30
OWN_MODULE_SINCE = 29
REFUSALS = 2
"""From Android 11 on, who has refused so often is asked no more (developer.android.com, permissions/requesting)."""

WHILE_USED = frozenset(
    f"android.permission.{name}"
    for name in ("CAMERA", "RECORD_AUDIO", "ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION")
)
"""Permissions that have "only while in use" answers."""
WORDS = {
    "CAMERA": "take pictures and record video",
    "RECORD_AUDIO": "record audio",
    "READ_CONTACTS": "access your contacts",
    "WRITE_CONTACTS": "access your contacts",
    "ACCESS_FINE_LOCATION": "access this device\u2019s location",
    "ACCESS_COARSE_LOCATION": "access this device\u2019s location",
    "POST_NOTIFICATIONS": "send you notifications",
    "READ_CALENDAR": "access your calendar",
    "WRITE_CALENDAR": "access your calendar",
}


@dataclass(slots=True)
class PermissionDesk:
    """Asks one question at a time, as the phone does."""

    windows: Windows
    api: int
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def request(self, package: Installed, permission: str) -> bool:
        """What Activity.requestPermissions answers: at once where it is decided, else when the user has decided."""
        if permission == NOTIFICATIONS and self.api < NOTIFICATIONS_SINCE:
            return True
        if package.holds(permission):
            return True
        if permission not in package.runtime_permissions() or self._is_fixed(package, permission):
            return False
        async with self._turn:
            return await self._asked(package, permission)

    def _is_fixed(self, package: Installed, permission: str) -> bool:
        return package.refusals.get(permission, 0) >= REFUSALS

    async def _asked(self, package: Installed, permission: str) -> bool:
        decided: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def decide(key: str) -> None:
            if key in _answers(permission, self.api) and not decided.done():
                decided.set_result(key)

        window = self._window(package, permission)
        window.click = decide
        self.windows.open(window)
        try:
            answer = await decided
        finally:
            self.windows.close(window)
        if answer == DENY:
            package.refusals[permission] = package.refusals.get(permission, 0) + 1
            return False
        package.granted.add(permission)
        if answer == ONCE:
            package.one_time.add(permission)
        return True

    def _window(self, package: Installed, permission: str) -> Window:
        owner = "com.android.permissioncontroller" if self.api >= OWN_MODULE_SINCE else "com.android.packageinstaller"
        activity = (
            "com.android.permissioncontroller.permission.ui.GrantPermissionsActivity"
            if self.api >= OWN_MODULE_SINCE
            else "com.android.packageinstaller.permission.ui.GrantPermissionsActivity"
        )
        what = WORDS.get(permission.rpartition(".")[2], permission)
        question = f"Allow {package.manifest.label} to {what}?"
        rows = [button(key, text, key) for key, text in _answers(permission, self.api).items()]
        root = column(
            "grant_dialog", label("permission_message", question, "permission_message"), *rows, name="grant_dialog"
        )
        return Window(owner, activity, "GrantPermissions", root, owner=package.name)


ALLOW, FOREGROUND, ONCE, DENY = (
    "permission_allow_button",
    "permission_allow_foreground_only_button",
    "permission_allow_one_time_button",
    "permission_deny_button",
)


def _answers(permission: str, api: int) -> dict[str, str]:
    """Button ids and texts (GrantPermissionsViewHandler, strings.xml of each level)."""
    deny = "Don\u2019t allow" if api >= ONE_TIME_SINCE else "Deny"
    if permission in WHILE_USED and api >= ONE_TIME_SINCE:
        return {FOREGROUND: "While using the app", ONCE: "Only this time", DENY: deny}
    return {ALLOW: "Allow", DENY: deny}
