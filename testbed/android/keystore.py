import os
import shutil
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


class KeystoreError(Exception):
    """What android.security.keystore would throw; the message carries the class."""


class Keystore:
    """Hardware-backed AES-GCM keys: a key never leaves, is nowhere in the phone's files, and dies with its package."""

    def __init__(self, home: Path) -> None:
        self._home = home
        home.mkdir(mode=0o700, exist_ok=True)

    def encrypt(self, package: str, alias: str, data: bytes) -> bytes:
        """Nonce and ciphertext under the package's key, made on first use."""
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key(package, alias, make=True)).encrypt(nonce, data, None)

    def decrypt(self, package: str, alias: str, data: bytes) -> bytes:
        try:
            return AESGCM(self._key(package, alias, make=False)).decrypt(data[:NONCE], data[NONCE:], None)
        except (InvalidTag, ValueError) as error:
            raise KeystoreError("javax.crypto.AEADBadTagException") from error

    def delete(self, package: str, alias: str) -> None:
        self._file(package, alias).unlink(missing_ok=True)

    def forget(self, package: str) -> None:
        """Uninstall and `pm clear` take the keys with them (KeyStore2 clearNamespace)."""
        shutil.rmtree(self._home / package, ignore_errors=True)

    def _file(self, package: str, alias: str) -> Path:
        return self._home / package / (alias.encode().hex() or "empty")

    def _key(self, package: str, alias: str, *, make: bool) -> bytes:
        file = self._file(package, alias)
        if not file.exists():
            if not make:
                raise KeystoreError("java.security.UnrecoverableKeyException: no key under this alias")
            file.parent.mkdir(mode=0o700, exist_ok=True)
            file.write_bytes(AESGCM.generate_key(256))
            file.chmod(0o600)
        return file.read_bytes()
