"""Mount namespaces: what is mounted where, and which processes see it.

adbd's shell lives in init's namespace, apps inherit zygote's when they start. What init's namespace mounts reaches the
others (zygote is its slave), but not below /apex, which init makes private (AOSP system/core/init/mount_namespace.cpp).
That is why a CA put over the APEX must be mounted in zygote and in every app that already runs.
"""

import errno
import os
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

INIT, ZYGOTE = "init", "zygote"
CURRENT: ContextVar[str] = ContextVar("mount namespace", default=INIT)
"""The namespace of the command that runs; `nsenter` changes it."""
PRIVATE = "/apex"


@dataclass(frozen=True, slots=True)
class Mount:
    """`source` is the host folder that is seen at the phone path `target`."""

    target: str
    source: Path
    device: str
    kind: str
    options: str = "rw,seclabel,relatime"

    def covers(self, path: str) -> bool:
        return path == self.target or path.startswith(self.target.rstrip("/") + "/")

    def host(self, path: str) -> Path:
        return self.source / path[len(self.target) :].lstrip("/")

    def __str__(self) -> str:
        """A line of `mount`."""
        return f"{self.device} on {self.target} type {self.kind} ({self.options})"


@dataclass(slots=True)
class Mounts:
    """`scratch` is where tmpfs mounts have their files; they are gone after a reboot."""

    scratch: Path
    _spaces: dict[str, list[Mount]] = field(default_factory=lambda: {INIT: [], ZYGOTE: []})
    _count: int = 0

    def over(self, path: str, space: str | None = None) -> Mount | None:
        """The mount that a path lies in, the last one first; None for the image's own files."""
        rows = self._spaces.get(space or CURRENT.get(), self._spaces[INIT])
        return next((one for one in reversed(rows) if one.covers(path)), None)

    def add(self, mount: Mount) -> None:
        """In the current namespace, and where it propagates to."""
        current = CURRENT.get()
        shared = current == INIT and not (mount.target + "/").startswith(PRIVATE + "/")
        for space in list(self._spaces) if shared else [current]:
            self._spaces[space].append(mount)

    def tmpfs(self, target: str) -> Mount:
        self._count += 1
        folder = self.scratch / str(self._count)
        folder.mkdir(parents=True)
        return Mount(target, folder, "tmpfs", "tmpfs")

    def remove(self, target: str) -> None:
        """The topmost mount at this place; OSError (EINVAL) where there is none."""
        found = next((one for one in reversed(self._spaces[CURRENT.get()]) if one.target == target), None)
        if found is None:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), target)
        current = CURRENT.get()
        shared = current == INIT and not (target + "/").startswith(PRIVATE + "/")
        for space in self._spaces if shared else [current]:
            if found in self._spaces[space]:
                self._spaces[space].remove(found)

    def fork(self, package: str, *, inherit: bool = True) -> None:
        """An app starts: it has zygote's mounts from now on, and its own."""
        rows = self._spaces[ZYGOTE]
        self._spaces[package] = [one for one in rows if inherit or not one.target.startswith(PRIVATE)]

    def forget(self, package: str) -> None:
        self._spaces.pop(package, None)

    def rows(self) -> list[Mount]:
        return list(self._spaces.get(CURRENT.get(), ()))

    def unmount_all(self) -> None:
        """A reboot."""
        self._spaces = {INIT: [], ZYGOTE: []}
