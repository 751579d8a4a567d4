import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

BITS: Final = 2048
YEARS_30: Final = timedelta(days=30 * 365)


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """Who signs app files: builds of one home share the signer, so that one can update the other."""

    key: RSAPrivateKey
    certificate: bytes

    @property
    def public_key(self) -> bytes:
        """The SubjectPublicKeyInfo, DER."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, data: bytes) -> bytes:
        """Sign by RSASSA-PKCS1-v1_5 with SHA-256, which gives the same bytes every time."""
        return self.key.sign(data, PKCS1v15(), SHA256())


def signer_of(home: Path) -> Signer:
    """Return the signer of a build home, made at its first build."""
    file = home / "signer.pem"
    if not file.exists():
        _make(home, file)
    stored = file.read_bytes()
    key = load_pem_private_key(stored, password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(f"{file}: not an RSA key; delete the file to get a new one")  # noqa: TRY004 -- a wrong file
    return Signer(key, x509.load_pem_x509_certificate(stored).public_bytes(Encoding.DER))


def _make(home: Path, file: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = file.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(private + _certificate(key).public_bytes(Encoding.PEM))
    try:
        # two builds at once agree on one signer: the first one's
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _certificate(key: RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pocketgate test build")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + YEARS_30)
        .sign(key, SHA256())
    )
