"""The emulator's console (developer.android.com/studio/run/emulator-console; AOSP external/qemu android-console)."""

import asyncio
import os
import secrets
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from testbed.handset.camera import ImageError

if TYPE_CHECKING:
    from testbed.android.phone import Phone

TOKEN_FILE = ".emulator_console_auth_token"  # noqa: S105 -- a file's name


def token() -> str:
    """What a client must send; an empty file in the home folder switches the check off, a missing one is made."""
    file = Path(os.environ.get("HOME", "/")) / TOKEN_FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text().strip()


class Console:
    def __init__(self, phone: "Phone") -> None:
        self._phone = phone
        token()  # clients read the file before they connect

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it says quit or goes."""
        try:
            await self._serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wanted = token()
        trusted = not wanted
        writer.write(_greeting(trusted=trusted))
        while line := await reader.readline():
            words = _words(line.decode("utf-8", "replace"))
            if not words:
                continue
            if words[0] in ("quit", "exit"):
                return
            if words[0] == "auth":
                trusted = trusted or words[1:] == [wanted]
                writer.write(
                    b"Android Console: type 'help' for a list of commands\r\nOK\r\n"
                    if trusted
                    else b"KO: authentication token does not match\r\n"
                )
            elif not trusted:
                writer.write(b"KO: unknown command, try 'help'\r\n")
            else:
                writer.write(f"{self._answer(words)}\r\n".encode())
            await writer.drain()

    def _answer(self, words: list[str]) -> str:
        command = COMMANDS.get(" ".join(words[:2])) or COMMANDS.get(words[0])
        if command is None:
            self._phone.unmodelled.note("console", " ".join(words))
            known = any(name.split()[0] == words[0] for name in COMMANDS)
            return "KO:  bad sub-command" if known else "KO: unknown command, try 'help'"
        return command(self._phone, words)


def _greeting(*, trusted: bool) -> bytes:
    if trusted:
        return b"Android Console: type 'help' for a list of commands\r\nOK\r\n"
    ask = "Android Console: Authentication required\r\nAndroid Console: type 'auth <auth_token>' to authenticate\r\n"
    return f"{ask}Android Console: you can find your <auth_token> in\r\n'~/{TOKEN_FILE}'\r\nOK\r\n".encode()


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def _ping(_: "Phone", __: list[str]) -> str:
    return "I am alive!\r\nOK"


def _avd_name(phone: "Phone", _: list[str]) -> str:
    return f"{phone.model.replace(' ', '_')}\r\nOK"


def _avd_status(_: "Phone", __: list[str]) -> str:
    return "virtual device is running\r\nOK"


def _finger(phone: "Phone", words: list[str]) -> str:
    """Touches the sensor; nothing on this phone listens to it but the log."""
    if words[1:2] == ["touch"] and not (len(words) > 2 and words[2].isdigit()):  # noqa: PLR2004 -- finger touch ID
        return "KO: missing fingerprint id"
    phone.log.write("I", "FingerprintHal", " ".join(words[1:]), buffer="system")
    return "OK"


def _scene_image(phone: "Phone", words: list[str]) -> str:
    if len(words) < 3 or words[1] not in ("table", "wall"):  # noqa: PLR2004 -- virtualscene-image NAME FILE
        return "KO: Usage: virtualscene-image <poster> <filename>"
    if words[1] == "wall":
        phone.unmodelled.note("console", " ".join(words))
        return "KO: this camera sees the table only"
    try:
        phone.camera.look_at(Path(words[2]))
    except (OSError, ImageError):
        return "KO: Failed to load image"
    return "OK"


def _help(_: "Phone", __: list[str]) -> str:
    names = sorted({name.split()[0] for name in COMMANDS} | {"auth", "quit", "exit"})
    return "Android console commands:\r\n" + "".join(f"    {name}\r\n" for name in names) + "OK"


def _kill(phone: "Phone", _: list[str]) -> str:
    phone.power_off()
    return "OK: killing emulator, bye bye"


COMMANDS: dict[str, Callable[["Phone", list[str]], str]] = {
    "avd name": _avd_name,
    "avd status": _avd_status,
    "finger touch": _finger,
    "finger remove": _finger,
    "help": _help,
    "kill": _kill,
    "ping": _ping,
    "virtualscene-image": _scene_image,
}
