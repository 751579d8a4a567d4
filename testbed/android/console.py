"""The emulator's console (developer.android.com/studio/run/emulator-console; AOSP external/qemu android-console)."""

import asyncio
import os
import secrets
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from testbed.android.console_commands import COMMANDS, GROUPS

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
        if command is not None:
            return command(self._phone, words)
        if len(words) == 1 and words[0] in GROUPS:
            return "KO: missing sub-command"
        self._phone.unmodelled.note("console", " ".join(words))
        return "KO:  bad sub-command" if words[0] in GROUPS else "KO: unknown command, try 'help'"


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
