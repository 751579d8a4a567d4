"""Who asks: root, the shell, or an installed package."""

from dataclasses import dataclass

FIRST_APP_UID = 10000
"""AOSP android_filesystem_config.h, AID_APP_START."""


@dataclass(frozen=True, slots=True)
class User:
    uid: int
    name: str
    package: str | None = None

    @property
    def is_root(self) -> bool:
        return self.uid == 0


ROOT = User(0, "root")
SHELL = User(2000, "shell")


def app_user(uid: int, package: str) -> User:
    return User(uid, f"u0_a{uid - FIRST_APP_UID}", package)
