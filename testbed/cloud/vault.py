"""Secrets that the cloud must be able to read again: seeds of second factors, refresh tokens of identity providers."""

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.fernet import Fernet

KEY_FILE = "vault.key"


class Vault:
    """The database holds ciphertext; the key lies beside it, readable by its owner alone."""

    def __init__(self, home: Path) -> None:
        self._path = home / KEY_FILE
        self._fernet: Fernet | None = None

    def lock(self, secret: str) -> str:
        return self._key().encrypt(secret.encode()).decode()

    def unlock(self, locked: str) -> str:
        """Raises cryptography's InvalidToken where the home's key is not the one it was locked with."""
        return self._key().decrypt(locked.encode()).decode()

    def derived(self, purpose: str) -> bytes:
        """A key for another purpose, the same after a restart; says nothing of this one."""
        self._key()
        return hmac.new(self._path.read_bytes(), purpose.encode(), hashlib.sha256).digest()

    def _key(self) -> Fernet:
        if self._fernet is None:
            if not self._path.exists():
                with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(Fernet.generate_key())
            self._fernet = Fernet(self._path.read_bytes())
        return self._fernet
