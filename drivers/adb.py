"""One phone behind a running adb server, spoken to through the real adb program."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from faults import BenchFault, EvidenceMissing, PhoneLost

ROOT_LIMIT = 30.0  # seconds; adbd restarts as root and the emulator transport is retried once a second
LOST = ("device offline", "no devices/emulators found", "cannot connect to daemon", "error: closed", "not found")


class CommandFailed(BenchFault):
    """A command on the phone ended with an error; the message holds the command and its words."""


@dataclass(frozen=True, slots=True)
class Adb:
    """A phone by its serial.

    `-H` names the server's address, so that adb never starts a server of its own when ours is gone
    (packages/modules/adb/client/adb_client.cpp: "cannot start server on remote host").
    """

    program: Path
    server_port: int
    serial: str

    def shell(self, *words: str, seconds: float = 20.0) -> str:
        """Run a command on the phone; `words` are joined by blanks, as adb itself does.

        Raises CommandFailed for an exit code other than 0 and PhoneLost when the phone does not answer.
        """
        return self._run("shell", *words, seconds=seconds).decode(errors="replace")

    def read(self, *words: str, seconds: float = 60.0) -> bytes:
        """The raw bytes that a command on the phone writes; raises as `shell` does.

        Not by exec-out, which mixes errors into the bytes and always ends with 0 (adb/client/commandline.cpp).
        """
        return self._run("shell", "-T", *words, seconds=seconds)

    def install(self, file: Path) -> None:
        """Install an app file, replacing an older one of the same signer."""
        self._run("install", "-r", "-t", str(file), seconds=120)

    def uninstall(self, package: str) -> None:
        self._run("uninstall", package, seconds=60)

    def push(self, source: Path, target: str) -> None:
        """Copy a file to the phone; raises EvidenceMissing where less of it arrived than adb says."""
        self._run("push", str(source), target, seconds=60)
        there, here = int(self.shell("stat", "-c", "%s", shlex.quote(target))), source.stat().st_size
        if there != here:
            msg = f"{self.serial}: adb pushed {source.name} with {here} bytes, and {target} has {there}"
            raise EvidenceMissing(msg)

    def pull(self, source: str, target: Path) -> None:
        self._run("pull", source, str(target), seconds=120)

    def emulator_console(self, *words: str) -> None:
        """Say something to the console of an emulator; raises CommandFailed where there is none, or it says KO."""
        said = self._run("emu", *words, seconds=10).decode(errors="replace")
        if said.startswith("KO"):  # adb itself ends with 0 then
            msg = f"{self.serial}: `adb emu {' '.join(words)}`: {said.strip()}"
            raise CommandFailed(msg)

    def become_root(self) -> bool:
        """Restart adbd as root; False on a production image, which refuses (adb/daemon/restart_service.cpp).

        Raises EvidenceMissing where adbd says that it does, and comes back without.
        """
        if self.is_root():
            return True
        said = self._run("root", seconds=ROOT_LIMIT).decode(errors="replace")
        if "cannot run as root" in said:
            return False
        self.wait_until_there()
        if not self.is_root():
            msg = f"{self.serial}: `adb root` said {said.strip()!r}, and the shell is not root"
            raise EvidenceMissing(msg)
        return True

    def is_root(self) -> bool:
        return self.shell("id", "-u").strip() == "0"

    def make_system_writable(self) -> str:
        """What `adb remount` says; a verified image asks for a reboot first (fs_mgr_remount.cpp)."""
        return self._run("remount", seconds=ROOT_LIMIT).decode(errors="replace")

    def reboot(self) -> None:
        self._run("reboot", seconds=ROOT_LIMIT)

    def reverse(self, port: int) -> None:
        """The phone's own port leads to the same port of this machine, also over USB."""
        self._run("reverse", f"tcp:{port}", f"tcp:{port}", seconds=10)

    def forget_reverse(self, port: int) -> None:
        self._run("reverse", "--remove", f"tcp:{port}", seconds=10)

    def connect(self) -> None:
        """Have the server look for a phone on the network, by its `host:port`; whether it is there says `state`."""
        command = [str(self.program), "-H", "127.0.0.1", "-P", str(self.server_port), "connect", self.serial]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=ROOT_LIMIT, check=False)

    def state(self) -> str:
        """`device` once adbd answers; raises PhoneLost while nobody is there (adb/client/commandline.cpp)."""
        return self._run("get-state", seconds=10).decode(errors="replace").strip()

    def wait_until_there(self, seconds: float = ROOT_LIMIT) -> None:
        self._run("wait-for-device", seconds=seconds)

    def _run(self, *words: str, seconds: float) -> bytes:
        command = [str(self.program), "-H", "127.0.0.1", "-P", str(self.server_port), "-s", self.serial, *words]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            msg = f"{self.serial}: `adb {' '.join(words)}` did not end within {seconds:g} s"
            raise PhoneLost(msg) from late
        if done.returncode == 0:
            return done.stdout
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        msg = f"{self.serial}: `adb {' '.join(words)}` ended with {done.returncode}: {said}"
        raise (PhoneLost if _is_lost(said) else CommandFailed)(msg)


def _is_lost(said: str) -> bool:
    return any(word in said for word in LOST) and ("device" in said or "daemon" in said or "closed" in said)
