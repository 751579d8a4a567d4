"""Certificates by which a host makes itself known to phones (libimobiledevice, common/userpref.c)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

BITS: Final = 2048
TEN_YEARS: Final = timedelta(days=3650)
NOBODY: Final = x509.Name([])
SERIAL: Final = 1


@dataclass(frozen=True, slots=True, repr=False)
class HostIdentity:
    """A root that signs, for each phone, the host's certificate and the phone's own."""

    root_key: RSAPrivateKey
    host_key: RSAPrivateKey

    def root(self) -> bytes:
        return _certificate(self.root_key.public_key(), self.root_key, authority=True)

    def host(self) -> bytes:
        return _certificate(self.host_key.public_key(), self.root_key, authority=False)

    def device(self, public: bytes) -> bytes:
        """The phone's certificate for the key that it shows as DevicePublicKey; raises ValueError."""
        key = load_pem_public_key(public)
        if not isinstance(key, RSAPublicKey):
            raise ValueError("a phone's key is RSA")  # noqa: TRY004 -- a wrong answer of the phone
        return _certificate(key, self.root_key, authority=False)

    def keys(self) -> tuple[bytes, bytes]:
        """The root's and the host's private keys, PEM, which a pair record carries."""
        return _private(self.root_key), _private(self.host_key)


def identity_of(folder: Path) -> HostIdentity:
    """Return a host's identity, made at its first use."""
    return HostIdentity(_key(folder / "root.pem"), _key(folder / "host.pem"))


def _key(file: Path) -> RSAPrivateKey:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(_private(generate_private_key(public_exponent=65537, key_size=BITS)))
    key = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{file}: not an RSA key; delete the file to get a new one")  # noqa: TRY004 -- a wrong file
    return key


def _private(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def _certificate(public: RSAPublicKey, root: RSAPrivateKey, *, authority: bool) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(NOBODY)
        .issuer_name(NOBODY)
        .public_key(public)
        .serial_number(SERIAL)
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + TEN_YEARS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    return builder.sign(root, SHA256()).public_bytes(Encoding.PEM)
