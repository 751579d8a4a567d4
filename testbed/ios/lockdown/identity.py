"""The phone's own key, by which hosts certify it; made at its first start."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

BITS: Final = 2048


class DeviceKey:
    def __init__(self, file: Path) -> None:
        self.file = file
        if not file.exists():
            key = generate_private_key(public_exponent=65537, key_size=BITS)
            draft = file.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
            draft.rename(file)
        found = load_pem_private_key(file.read_bytes(), password=None)
        if not isinstance(found, RSAPrivateKey):
            raise ValueError(f"{file}: not an RSA key; delete the file to get a new phone")  # noqa: TRY004 -- a wrong file
        self._key = found

    @property
    def public(self) -> bytes:
        """What GetValue gives as DevicePublicKey: PKCS#1, PEM."""
        return self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1)

    @property
    def info(self) -> bytes:
        """The same key as certificates carry it, DER."""
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def private(self) -> bytes:
        return self.file.read_bytes()
