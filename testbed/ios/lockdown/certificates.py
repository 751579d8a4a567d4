"""Certificates of pair records, read leniently: libimobiledevice gives them serial number 0 and SHA-1 signatures."""

from asn1crypto import pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

HASHES: dict[str, type[HashAlgorithm]] = {"sha1": SHA1, "sha256": SHA256}


class CertificateError(ValueError):
    """Not a certificate, or not one of whom it should be."""


def public_key(certificate: bytes) -> bytes:
    """Return the key of a PEM certificate, DER; raises CertificateError."""
    return bytes(_load(certificate).public_key.dump())


def check_issued(certificate: bytes, root: bytes) -> None:
    """Raises CertificateError where another key than the root's signed the certificate."""
    signed = _load(certificate)
    try:
        key = load_der_public_key(public_key(root))
        if not isinstance(key, RSAPublicKey):
            raise CertificateError("the root's key is not RSA")
        digest = HASHES[signed.hash_algo]()
        key.verify(signed.signature, signed["tbs_certificate"].dump(), PKCS1v15(), digest)
    except (ValueError, KeyError, InvalidSignature) as error:
        raise CertificateError(f"not signed by the root: {error!r}") from error


def _load(certificate: bytes) -> x509.Certificate:
    try:
        found = x509.Certificate.load(pem.unarmor(certificate)[2], strict=True)
        _ = found.signature, found.hash_algo, found.public_key.dump()
    except (ValueError, TypeError, KeyError) as error:
        raise CertificateError(f"not a certificate: {error}") from error
    return found
