"""Whom the simulated phones call, and as whom; handed to Locust's processes as a file."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from faults import UsageError

FILE_VARIABLE = "POCKETGATE_LOAD"


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Target:
    """`super_id` and `central` are addresses without a path.

    `port` is where hosts of `domain` really listen, 0 for the public internet; `ca` is a file of the authority that
    signed for them, "" for the system's own.
    """

    super_id: str
    central: str
    client_id: str
    redirect_uri: str
    logins: tuple[Login, ...]
    domain: str = ""
    port: int = 0
    ca: str = ""

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises UsageError that says what the file lacks."""
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            logins = tuple(Login(**login) for login in told.pop("logins"))
            target = cls(**told, logins=logins)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as trouble:
            msg = (
                f"{file}: says not whom to load: {trouble}; it takes super_id, central, client_id, redirect_uri, logins"
            )
            raise UsageError(msg) from trouble
        if not logins or any(urlsplit(url).scheme != "https" for url in (target.super_id, target.central)):
            msg = f"{file}: needs at least one login, and https:// addresses as super_id and central"
            raise UsageError(msg)
        return target

    def write(self, file: Path) -> None:
        """Readable by its owner alone, for it holds passwords."""
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def address_of(self, host: str, port: int) -> tuple[str, int]:
        """Where a name is really to be found."""
        ours = self.port and (host == self.domain or host.endswith(f".{self.domain}"))
        return ("127.0.0.1", self.port) if ours else (host, port)
