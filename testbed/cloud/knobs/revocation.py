"""What the CA answers whoever asks about one certificate (RFC 6960), beside the list of all that it revoked."""

from collections.abc import Collection
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

STATUS_PATH = "/ocsp"
REQUEST_TYPE, RESPONSE_TYPE = "application/ocsp-request", "application/ocsp-response"
SINCE, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)


def status(
    asked: bytes, authority: x509.Certificate, key: CertificateIssuerPrivateKeyTypes, revoked: Collection[int]
) -> bytes:
    """The answer in DER: good or revoked for a certificate of this CA, a refusal for anybody else's and for noise."""
    try:
        request = ocsp.load_der_ocsp_request(asked)
        ours = request.issuer_key_hash == _key_hash(authority, request.hash_algorithm)
    except (ValueError, NotImplementedError):
        return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not ours:
        return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    gone = request.serial_number in revoked
    built = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            request.issuer_name_hash,
            request.issuer_key_hash,
            request.serial_number,
            request.hash_algorithm,
            ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            SINCE,
            UNTIL,
            SINCE if gone else None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, authority)
    )
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            built = built.add_extension(extension.value, critical=False)
    return built.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def _key_hash(authority: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """Of the key's bits alone (section 4.1.1), which is what the library makes a request of."""
    built = ocsp.OCSPRequestBuilder().add_certificate(authority, authority, algorithm).build()
    return built.issuer_key_hash


def _refusal(why: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(why).public_bytes(Encoding.DER)
