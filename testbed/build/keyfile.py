"""A key and its certificate in one PEM file, which two builds at once agree on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

BITS: Final = 2048


def kept(file: Path, certify: Callable[[RSAPrivateKey], x509.Certificate]) -> tuple[RSAPrivateKey, x509.Certificate]:
    """What the file holds; made, and certified as told, where there is none yet. Raises ValueError for a wrong file."""
    if not file.exists():
        _make(file, certify)
    stored = file.read_bytes()
    key = load_pem_private_key(stored, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{file}: not an RSA key; delete the file to get a new one")  # noqa: TRY004 -- a wrong file
    return key, x509.load_pem_x509_certificate(stored)


def _make(file: Path, certify: Callable[[RSAPrivateKey], x509.Certificate]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(private + certify(key).public_bytes(Encoding.PEM))
    try:
        # two builds at once agree on one key: the first one's
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
