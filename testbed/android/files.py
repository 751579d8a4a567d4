"""The phone's file system: a folder of the host, with Android's own rule who may read and write where."""

import errno
import os
import posixpath
import shutil
from dataclasses import dataclass
from pathlib import Path

from testbed.android.mounts import Mount, Mounts
from testbed.android.users import User

LINKS = (
    ("/storage/emulated/0", "/sdcard"),
    ("/storage/self/primary", "/sdcard"),
    ("/mnt/sdcard", "/sdcard"),
    ("/data/user/0", "/data/data"),
    ("/etc", "/system/etc"),
    ("/bin", "/system/bin"),
)
"""init.rc's symbolic links; resolved by name so that one file has one host path."""

FOLDERS = (
    "/apex",
    "/data/app",
    "/data/data",
    "/data/local/tmp",
    "/data/misc/user/0/cacerts-added",
    "/data/misc/user/0/cacerts-removed",
    "/data/system_ce/0/snapshots",
    "/sdcard/Android/data",
    "/sdcard/DCIM",
    "/sdcard/Download",
    "/sdcard/Pictures",
    "/system/etc/security/cacerts",
    "/system/bin",
    "/vendor",
    "/proc",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may read and write below a path: `all`, `shell` or `apps` (or root), `owner`, `root`, `remounted`."""

    path: str
    read: str
    write: str


RULES = (
    Rule("/data/data", "owner", "owner"),
    Rule("/data/local/tmp", "all", "shell"),
    Rule("/data/local", "shell", "root"),
    Rule("/data/app", "all", "root"),
    Rule("/data/misc/user/0/cacerts-added", "apps", "root"),
    Rule("/data", "root", "root"),
    Rule("/sdcard", "shell", "shell"),
    Rule("/proc", "all", "nobody"),
    Rule("/apex", "all", "nobody"),
    Rule("/", "all", "remounted"),
)
"""First match wins. From init.rc's modes and sepolicy: apps and the shell cannot list /data, apps only read
/data/local/tmp; an APEX is a mounted image that nothing makes writable."""


class FileSystem:
    def __init__(self, root: Path, scratch: Path | None = None) -> None:
        self.root = root
        self.remounted = False
        self.full = False
        """ENOSPC for every write below /data and /sdcard, which are one partition."""
        self.mounts = Mounts(scratch or root.parent / "tmpfs")
        shutil.rmtree(self.mounts.scratch, ignore_errors=True)
        for folder in FOLDERS:
            (root / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def absolute(self, path: str, cwd: str = "/") -> str:
        """The one name of a path on the phone, links resolved."""
        clean = posixpath.normpath(posixpath.join(cwd, path)).replace("//", "/")
        for link, target in LINKS:
            if clean == link or clean.startswith(link + "/"):
                return target + clean.removeprefix(link)
        return clean

    def host(self, path: str, space: str | None = None) -> Path:
        """The host file behind a phone path in a mount namespace, by default that of who asks.

        Nothing outside the phone is ever reachable (PermissionError).
        """
        clean = self.absolute(path)
        mount = self.mounts.over(clean, space)
        inside = self.root / clean.lstrip("/") if mount is None else mount.host(clean)
        top = (self.root if mount is None else mount.source).resolve()
        if inside not in (self.root, top) and not inside.parent.resolve().is_relative_to(top):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return inside

    def readable(self, path: str, user: User) -> Path:
        """The host file to read; PermissionError or FileNotFoundError as the phone would say."""
        self._check(path, user, self._rule(path).read)
        found = self.host(path)
        found.lstat()
        return found

    def writable(self, path: str, user: User) -> Path:
        """The host file to write; PermissionError, EROFS below a read-only mount, ENOSPC on a full one."""
        self._check(path, user, self._rule(path).write)
        if self.full and self.absolute(path).startswith(("/data", "/sdcard")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return self.host(path)

    def removable(self, path: str, user: User) -> Path:
        """As `writable`, but what is full can still be emptied."""
        self._check(path, user, self._rule(path).write)
        return self.host(path)

    def _rule(self, path: str) -> Rule:
        clean = self.absolute(path)
        mount = self.mounts.over(clean)
        if mount is not None and mount.kind == "tmpfs":
            return Rule(mount.target, "all", "root")
        return next(rule for rule in RULES if rule.path in ("/", clean) or clean.startswith(rule.path + "/"))

    def _check(self, path: str, user: User, needed: str) -> None:
        if needed == "remounted" and not (user.is_root and self.remounted):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        if needed == "nobody" and user.is_root:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        if not (user.is_root and needed != "nobody") and not self._granted(path, user, needed):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    def _granted(self, path: str, user: User, needed: str) -> bool:
        if needed == "owner":
            home = f"/data/data/{user.package}"
            clean = self.absolute(path)
            return user.package is not None and (clean == home or clean.startswith(home + "/"))
        if needed == "apps":  # sepolicy app.te: every app reads the certificates that the user has added
            return user.package is not None
        return needed in ("all", "remounted") or (needed == "shell" and user.package is None)

    def bind(self, source: str, target: str) -> Mount:
        """`mount --bind`: the folder that is seen at one place now is seen at the other too."""
        over = self.mounts.over(self.absolute(source))
        kind, device = ("ext4", "/dev/block/dm-5") if over is None else (over.kind, over.device)
        return Mount(self.absolute(target), self.host(source), device, kind)
