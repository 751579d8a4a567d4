from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from testbed.build.keyfile import kept

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
    key, certificate = kept(home / "signer.pem", _certificate)
    return Signer(key, certificate.public_bytes(Encoding.DER))


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
