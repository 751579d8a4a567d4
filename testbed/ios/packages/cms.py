"""Signed messages (RFC 5652) with one signer and no signed attributes, as app files carry them."""

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256


class UnsignedError(ValueError):
    """Not a signed message, or its signature does not hold."""


def signed_content(message: bytes) -> tuple[bytes, x509.Certificate]:
    """Return what the message carries and who signed it; raises UnsignedError."""
    content, signer = _opened(message)
    if content is None:
        raise UnsignedError("the message carries no content")
    return content, signer


def detached_signer(message: bytes, content: bytes) -> x509.Certificate:
    """Return who signed bytes that stand elsewhere; raises UnsignedError."""
    return _opened(message, content)[1]


def _opened(message: bytes, detached: bytes | None = None) -> tuple[bytes | None, x509.Certificate]:
    try:
        signed = cms.ContentInfo.load(message, strict=True)["content"]
        carried = signed["encap_content_info"]["content"].native
        (signer,) = signed["signer_infos"]
        certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
        serial = signer["sid"].chosen["serial_number"].native
        certificate = next(one for one in certificates if one.serial_number == serial)
        signature = signer["signature"].native
        has_attributes = len(signer["signed_attrs"]) > 0
    except (ValueError, TypeError, KeyError, StopIteration) as error:
        raise UnsignedError(f"not a signed message: {error}") from error
    covered = detached if detached is not None else carried
    if has_attributes or covered is None:
        raise UnsignedError("signed in a form that this phone does not know")
    _verify(certificate, signature, covered)
    return carried, certificate


def _verify(certificate: x509.Certificate, signature: bytes, content: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise UnsignedError("the signer's key is not RSA")
    try:
        key.verify(signature, content, padding.PKCS1v15(), SHA256())
    except InvalidSignature as error:
        raise UnsignedError("the signature does not verify") from error
