"""Certificates that are wrong in exactly one way each."""

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from traffic.certificates import CertificateFault

_DAY = dt.timedelta(days=1)
_YEAR = 365 * _DAY
_ELSEWHERE = "another-host.example"


@dataclass(frozen=True, slots=True)
class Issuer:
    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes


@dataclass(frozen=True, slots=True)
class Forgery:
    """A leaf, its key, and what else goes into the chain."""

    leaf: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...] = ()


def forge(fault: CertificateFault, host: str, trusted: Issuer) -> Forgery:
    """Right in all but the one respect, so that a client which refuses it has checked that very thing.

    `trusted` is the authority that the phone trusts; the dates are by this machine's clock.
    """
    now = dt.datetime.now(dt.UTC)
    valid = (now - 2 * _DAY, now + 90 * _DAY)
    key = ec.generate_private_key(ec.SECP256R1())
    match fault:
        case CertificateFault.SELF_SIGNED:
            return Forgery(_leaf(host, key, None, valid), key)
        case CertificateFault.EXPIRED:
            return Forgery(_leaf(host, key, trusted, (now - 3 * _YEAR, now - 2 * _YEAR)), key)
        case CertificateFault.NOT_YET_VALID:
            return Forgery(_leaf(host, key, trusted, (now + 20 * _YEAR, now + 21 * _YEAR)), key)
        case CertificateFault.WRONG_HOST:
            return Forgery(_leaf(_ELSEWHERE, key, trusted, valid), key)
        case CertificateFault.UNKNOWN_CA:
            stranger = _authority(valid)
            return Forgery(_leaf(host, key, stranger, valid), key, (stranger.certificate,))


type Validity = tuple[dt.datetime, dt.datetime]


def _leaf(host: str, key: ec.EllipticCurvePrivateKey, issuer: Issuer | None, valid: Validity) -> x509.Certificate:
    subject = _name(host)
    issued_by = issuer.certificate.subject if issuer else subject
    issuer_key = issuer.certificate.public_key() if issuer else key.public_key()
    builder = (
        _builder(subject, issued_by, key, valid)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)  # type: ignore[arg-type]
    )
    return builder.sign(issuer.key if issuer else key, hashes.SHA256())


def _authority(valid: Validity) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("an authority nobody trusts")
    builder = (
        _builder(name, name, key, valid)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Issuer(builder.sign(key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, valid: Validity
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=valid[0],
        not_valid_after=valid[1],
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])
