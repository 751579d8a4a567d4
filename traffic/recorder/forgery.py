"""Certificates that are wrong in exactly one way each."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from traffic.wire_faults import WireFault

_DAY = dt.timedelta(days=1)
_YEAR = 365 * _DAY
_ELSEWHERE = "another-host.example"
_BITS = 2048
_BITS_TOO_FEW = 1024
_RSA_SHA256, _RSA_SHA1 = (bytes.fromhex("2a864886f70d0101" + last) for last in ("0b", "05"))
type Validity = tuple[dt.datetime, dt.datetime]
type Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs; `shown` says that its own certificate goes along in the chain."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Forgery:
    """A leaf, its key, and what else goes into the chain."""

    leaf: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()


def forge(fault: WireFault, host: str, trusted: Issuer) -> Forgery:
    """Right in all but the one respect, so that a client which refuses it has checked that very thing.

    `trusted` is the authority that the phone trusts; the dates are by this machine's clock. Where the fault is not in
    the certificate, a good one.
    """
    now = dt.datetime.now(dt.UTC)
    return _WRONG.get(fault, leaf)(host, trusted, (now - 2 * _DAY, now + 90 * _DAY))


def _self_signed(host: str, _: Issuer, valid: Validity) -> Forgery:
    return leaf(host, None, valid)


def _expired(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    return leaf(host, trusted, (valid[0] - 3 * _YEAR, valid[0] - _DAY))


def _not_yet_valid(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    return leaf(host, trusted, (valid[1] + 20 * _YEAR, valid[1] + 21 * _YEAR))


def _wrong_host(_: str, trusted: Issuer, valid: Validity) -> Forgery:
    return leaf(_ELSEWHERE, trusted, valid)


def _unknown_ca(host: str, _: Issuer, valid: Validity) -> Forgery:
    return leaf(host, authority("an authority nobody trusts", None, valid), valid)


def _name_constrained(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    return leaf(host, constrained(_ELSEWHERE, trusted, valid), valid)


def _leaf_as_ca(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    bystander = leaf(_ELSEWHERE, trusted, valid)
    return leaf(host, Issuer(bystander.leaf, bystander.key), valid)


def _sha1(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    forged = leaf(host, trusted, valid)
    return Forgery(_with_sha1(forged.leaf, trusted), forged.key)


def _rsa_1024(host: str, trusted: Issuer, valid: Validity) -> Forgery:
    return leaf(host, trusted, valid, rsa.generate_private_key(65537, _BITS_TOO_FEW))


_WRONG: dict[WireFault, Callable[[str, Issuer, Validity], Forgery]] = {
    WireFault.SELF_SIGNED: _self_signed,
    WireFault.EXPIRED: _expired,
    WireFault.NOT_YET_VALID: _not_yet_valid,
    WireFault.WRONG_HOST: _wrong_host,
    WireFault.UNKNOWN_CA: _unknown_ca,
    WireFault.SWAPPED: _unknown_ca,
    WireFault.NAME_CONSTRAINED: _name_constrained,
    WireFault.LEAF_AS_CA: _leaf_as_ca,
    WireFault.SHA1: _sha1,
    WireFault.RSA_1024: _rsa_1024,
}


def constrained(domain: str, trusted: Issuer, valid: Validity) -> Issuer:
    """An authority under the trusted one that may speak for hosts of this domain alone."""
    only = x509.NameConstraints(permitted_subtrees=[x509.DNSName(domain)], excluded_subtrees=None)
    return authority("an authority for another domain", trusted, valid, only)


def leaf(host: str, issuer: Issuer | None, valid: Validity, key: Key | None = None) -> Forgery:
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = _name(host)
    builder = (
        _builder(subject, issuer.certificate.subject if issuer else subject, key, valid)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(issuer, key), critical=False)
    )
    chain = (issuer.certificate,) if issuer and issuer.shown else ()
    return Forgery(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key, chain)


def authority(name: str, above: Issuer | None, valid: Validity, only: x509.NameConstraints | None = None) -> Issuer:
    key = rsa.generate_private_key(65537, _BITS)
    subject = _name(name)
    builder = (
        _builder(subject, above.certificate.subject if above else subject, key, valid)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if above else None), critical=True)
        .add_extension(_may_sign(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(above, key), critical=False)
    )
    if only:
        builder = builder.add_extension(only, critical=True)
    return Issuer(builder.sign(above.key if above else key, hashes.SHA256()), key)


def _with_sha1(leaf: x509.Certificate, trusted: Issuer) -> x509.Certificate:
    """The same certificate under SHA-1, which cryptography no longer signs with: its DER is changed (RFC 5280 §4.1).

    The identifiers of both algorithms (RFC 8017 appendix C) have one length, and so have the signatures, which end it.
    """
    if not isinstance(trusted.key, rsa.RSAPrivateKey):
        raise TypeError("the recorder's authority has no RSA key")
    body = leaf.tbs_certificate_bytes.replace(_RSA_SHA256, _RSA_SHA1)
    signature = trusted.key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 -- that it is weak is its purpose
    whole = leaf.public_bytes(Encoding.DER).replace(_RSA_SHA256, _RSA_SHA1)
    return x509.load_der_x509_certificate(whole[: -len(signature)] + signature)


def _authority_key(issuer: Issuer | None, own: Key) -> x509.AuthorityKeyIdentifier:
    public = issuer.certificate.public_key() if issuer else own.public_key()
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public)  # type: ignore[arg-type]


def _may_sign() -> x509.KeyUsage:
    named = {"key_cert_sign": True, "crl_sign": True}
    others = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**named, **dict.fromkeys(others, False))


def _builder(subject: x509.Name, issuer: x509.Name, key: Key, valid: Validity) -> x509.CertificateBuilder:
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
