import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from .handset import Keystore
from .state import Identity
from .trouble import Full

ALIAS: Final = "netserver"


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in user: the tokens, and the tenant's Web API they are for (`webapi_url` ends with `/`).

    An onsite installation gives a ticket (`scheme` SOTicket) and nothing to renew it with.
    """

    access_token: str
    refresh_token: str
    webapi_url: str
    identity: Identity
    scheme: str = "Bearer"

    def __repr__(self) -> str:
        return f"Session({self.identity.tenant})"


class Vault:
    """Keeps the session encrypted by a key of the phone's keystore, on top of what the phone encrypts itself."""

    def __init__(self, path: Path, keystore: Keystore) -> None:
        self._path = path
        self._keystore = keystore

    def holds_session(self) -> bool:
        return self._path.exists()

    def store(self, session: Session) -> None:
        """Replace the stored session as a whole; raises Full where the phone has no room."""
        sealed = self._keystore.encrypt(ALIAS, json.dumps(asdict(session)).encode())
        draft = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.touch(mode=0o600)
            draft.write_bytes(sealed)
            os.replace(draft, self._path)  # noqa: PTH105 -- atomic; pathlib's rename says nothing about that
        except OSError:
            raise Full from None

    def load(self) -> Session | None:
        """Return the stored session; None where there is none or the phone no longer has its key."""
        try:
            stored = json.loads(self._keystore.decrypt(ALIAS, self._path.read_bytes()))
            return Session(**{**stored, "identity": Identity(**stored["identity"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def clear(self) -> None:
        """Delete the session and the key that could open a copy of it."""
        self._path.unlink(missing_ok=True)
        self._path.with_suffix(".new").unlink(missing_ok=True)
        self._keystore.delete(ALIAS)
