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


SHELL_GROUPS = (
    (2000, "shell"),
    (1004, "input"),
    (1007, "log"),
    (1011, "adb"),
    (1015, "sdcard_rw"),
    (1028, "sdcard_r"),
    (1078, "ext_data_rw"),
    (1079, "ext_obb_rw"),
    (3001, "net_bt_admin"),
    (3002, "net_bt"),
    (3003, "inet"),
    (3006, "net_bw_stats"),
    (3009, "readproc"),
    (3011, "uhid"),
)
"""AOSP packages/modules/adb/daemon/main.cpp, drop_privileges."""


def groups_of(user: User) -> tuple[tuple[int, str], ...]:
    """Number and name; an app behind run-as has inet and its two shared ones (AOSP run-as.cpp, Process.java)."""
    if user == SHELL:
        return SHELL_GROUPS
    if user.package is None:
        return ((user.uid, user.name),)
    number = user.uid - FIRST_APP_UID
    return (
        (user.uid, user.name),
        (3003, "inet"),
        (9997, "everybody"),
        (20000 + number, f"{user.name}_cache"),
        (50000 + number, f"all_a{number}"),
    )


def app_user(uid: int, package: str) -> User:
    return User(uid, f"u0_a{uid - FIRST_APP_UID}", package)
