from dataclasses import dataclass

from testbed.android.users import SHELL, User

RELEASES = {28: "9", 29: "10", 30: "11", 31: "12", 32: "12", 33: "13", 34: "14", 35: "15", 36: "16"}
"""API level to release; a phone of another level is refused at start."""

BUILT_IN_DISPLAY = 4619827259835644672
"""The physical id of an emulator's screen (SurfaceFlinger)."""


@dataclass(frozen=True, slots=True)
class SystemImage:
    """What the phone was built as: level, and what the shell of such a build may do.

    `play_store` is a production build with release keys, on which adbd never runs as root. `su` is a lab phone of that
    kind on which somebody has put a `su`. `sqlite3` is there on userdebug builds only (AOSP external/sqlite, dist).
    """

    api: int = 33
    play_store: bool = False
    su: bool = False
    with_sqlite3: bool | None = None

    @property
    def release(self) -> str:
        return RELEASES[self.api]

    @property
    def build_type(self) -> str:
        return "user" if self.play_store else "userdebug"

    @property
    def adbd_roots(self) -> bool:
        """Whether `adb root` is possible: ro.debuggable (AOSP adb/daemon/restart_service.cpp)."""
        return not self.play_store

    @property
    def has_sqlite3(self) -> bool:
        return not self.play_store if self.with_sqlite3 is None else self.with_sqlite3

    def lacks(self, tool: str) -> bool:
        """Tools that such an image does not carry."""
        return (tool == "sqlite3" and not self.has_sqlite3) or (tool == "su" and self.play_store and not self.su)

    def may_su(self, user: User) -> bool:
        """`su` of userdebug images lets root and shell in (AOSP system/extras/su)."""
        return user.is_root or user == SHELL
