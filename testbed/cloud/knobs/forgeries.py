"""Server certificates with one fault each, signed by the lab's own CA wherever the fault is not the CA itself."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from testbed.cloud.addresses import REVOCATION_LIST
from testbed.cloud.knobs import revocation
from testbed.cloud.knobs.rules import Forgery

BEGIN, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
LIST_PATH = "/ca.crl"
# DER of sha256WithRSAEncryption and sha1WithRSAEncryption (RFC 8017 appendix C): of one length, so that one can take
# the other's place; the library itself signs no certificate with SHA-1 any more
SHA256_RSA, SHA1_RSA = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")

SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)

Pair = tuple[x509.Certificate, CertificateIssuerPrivateKeyTypes]


class Forger:
    """Makes each forgery when it is first asked for; the revoked ones are on the CA's list from then on."""

    def __init__(self, ca: trustme.CA, folder: Path) -> None:
        certificate = x509.load_pem_x509_certificate(ca.cert_pem.bytes())
        key = serialization.load_pem_private_key(ca.private_key_pem.bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the CA's key is not what trustme makes")
        self._ca: Pair = (certificate, key)
        self._folder = folder
        self._revoked: list[int] = []
        self._made: dict[tuple[Forgery, str], Path] = {}

    def chain(self, forgery: Forgery, host: str) -> Path:
        """A PEM file with key and chain for `host`."""
        if (forgery, host) not in self._made:
            self._folder.mkdir(exist_ok=True)
            path = self._folder / f"{forgery}-{len(self._made)}.pem"
            path.touch(mode=0o600)
            path.write_bytes(self._forge(forgery, host))
            self._made[forgery, host] = path
        return self._made[forgery, host]

    def revocation_list(self) -> bytes:
        """The CA's list in DER (RFC 5280 section 5), valid as long as its certificates."""
        certificate, key = self._ca
        built = (
            x509.CertificateRevocationListBuilder().issuer_name(certificate.subject).last_update(BEGIN).next_update(END)
        )
        for serial in self._revoked:
            built = built.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(BEGIN).build()
            )
        return built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def status(self, asked: bytes) -> bytes:
        """What the CA answers about one certificate (revocation.py)."""
        return revocation.status(asked, *self._ca, self._revoked)

    def _forge(self, forgery: Forgery, host: str) -> bytes:  # noqa: PLR0911 -- one for each forgery
        key = ec.generate_private_key(ec.SECP256R1())
        match forgery:
            case Forgery.SELF_SIGNED:
                return _pem(key, _leaf(host, key, None))
            case Forgery.EXPIRED:
                return _pem(key, _leaf(host, key, self._ca, end=datetime(2020, 1, 1, tzinfo=UTC)))
            case Forgery.NOT_YET_VALID:
                return _pem(key, _leaf(host, key, self._ca, begin=datetime(2037, 1, 1, tzinfo=UTC)))
            case Forgery.WRONG_HOST:
                return _pem(key, _leaf("elsewhere.example", key, self._ca))
            case Forgery.UNKNOWN_CA:
                return _of_a_stranger(host)
            case Forgery.REVOKED:
                return self._listed(host, key)
            case Forgery.SHA1:
                return self._sha1(host, key)

    def _listed(self, host: str, key: ec.EllipticCurvePrivateKey) -> bytes:
        """On the CA's list, and with the addresses in it of the list and of whom to ask."""
        leaf = _leaf(host, key, self._ca, listed=True)
        self._revoked.append(leaf.serial_number)
        return _pem(key, leaf)

    def _sha1(self, host: str, key: ec.EllipticCurvePrivateKey) -> bytes:
        """By an RSA authority under the CA, as the exchange of algorithms needs one."""
        middle_key = rsa.generate_private_key(65_537, 2048)
        middle = _authority(middle_key.public_key(), self._ca)
        leaf = _leaf(host, key, (middle, middle_key)).public_bytes(serialization.Encoding.DER)
        parsed = x509.load_der_x509_certificate(leaf)
        body = parsed.tbs_certificate_bytes.replace(SHA256_RSA, SHA1_RSA)
        signature = middle_key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 -- the very fault that is ordered
        forged = leaf.replace(parsed.tbs_certificate_bytes, body).replace(SHA256_RSA, SHA1_RSA)
        forged = forged.replace(parsed.signature, signature)
        return _pem(key) + ssl.DER_cert_to_PEM_cert(forged).encode() + middle.public_bytes(serialization.Encoding.PEM)


def _of_a_stranger(host: str) -> bytes:
    """Faultless, by a CA that nobody trusts."""
    chain: bytes = trustme.CA(organization_name="Nobody's CA").issue_cert(host).private_key_and_cert_chain_pem.bytes()
    return chain


def _leaf(  # noqa: PLR0913 -- what tells one forgery from another
    host: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: Pair | None,
    *,
    begin: datetime = BEGIN,
    end: datetime = END,
    listed: bool = False,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "pocketgate reference cloud")])
    signer: CertificateIssuerPrivateKeyTypes = issuer[1] if issuer else key
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        built = built.add_extension(_issuer_id(issuer[0]), critical=False)
    if listed:
        place = x509.UniformResourceIdentifier(f"http://{REVOCATION_LIST}{LIST_PATH}")
        built = built.add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]), critical=False
        )
        asked = x509.UniformResourceIdentifier(f"http://{REVOCATION_LIST}{revocation.STATUS_PATH}")
        told = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, asked)
        built = built.add_extension(x509.AuthorityInformationAccess([told]), critical=False)
    return built.sign(signer, hashes.SHA256())


def _authority(public_key: rsa.RSAPublicKey, issuer: Pair) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "pocketgate old authority")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer[0].subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(END)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(SIGNS_CERTIFICATES, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_issuer_id(issuer[0]), critical=False)
        .sign(issuer[1], hashes.SHA256())
    )


def _issuer_id(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _pem(key: ec.EllipticCurvePrivateKey, *chain: x509.Certificate) -> bytes:
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return secret + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)
