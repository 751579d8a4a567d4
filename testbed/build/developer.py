"""Who signs apps for iPhones: a developer of a team, certified by an authority that stands in for Apple."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from cryptography.x509.oid import NameOID

from testbed.build.keyfile import kept
from testbed.build.signer import YEARS_30, Signer, signer_of

TEAM_LENGTH: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class Developer:
    """Builds of one home share the developer and the team, so that one can upgrade the other."""

    key: RSAPrivateKey
    certificate: x509.Certificate
    authority: Signer

    @property
    def team(self) -> str:
        """Ten letters and digits, as Apple's team identifiers."""
        digest = hashlib.sha256(self.authority.certificate).digest()
        return base64.b32encode(digest).decode()[:TEAM_LENGTH]

    def sign(self, data: bytes) -> bytes:
        """A detached signature, DER; the same bytes every time."""
        return _signed(data, self.certificate, self.key, PKCS7Options.DetachedSignature)

    def grant(self, profile: bytes) -> bytes:
        """A provisioning profile as the authority signs it: a message that carries its content, DER."""
        authority = x509.load_der_x509_certificate(self.authority.certificate)
        return _signed(profile, authority, self.authority.key)


def developer_of(home: Path) -> Developer:
    """Return the developer of a build home, made at its first build for iPhones."""
    authority = signer_of(home)
    return Developer(*kept(home / "developer.pem", lambda key: _certificate(key, authority)), authority)


def _certificate(key: RSAPrivateKey, authority: Signer) -> x509.Certificate:
    issuer = x509.load_der_x509_certificate(authority.certificate)
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Apple Development: pocketgate test build")]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + YEARS_30)
        .sign(authority.key, SHA256())
    )


def _signed(data: bytes, certificate: x509.Certificate, key: RSAPrivateKey, *options: PKCS7Options) -> bytes:
    """Without signed attributes, whose time would make each signature another."""
    plain = [PKCS7Options.Binary, PKCS7Options.NoAttributes, *options]
    return PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, SHA256()).sign(Encoding.DER, plain)
