"""APK Signature Scheme v2 and v3, verified (source.android.com/docs/security/features/apksigning/v2, v3)."""

import hashlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

MAGIC = b"APK Sig Block 42"
END_OF_CENTRAL_DIRECTORY = b"PK\x05\x06"
EOCD_SIZE, EOCD_DIRECTORY_OFFSET = 22, 16
SCHEMES = (0xF05368C0, 0x7109871A)
"""v3 before v2: the newest scheme that the file carries decides."""
CHUNK = 1 << 20


class UnsignedError(ValueError):
    """The file carries no v2 or v3 signature."""


class SignatureError(ValueError):
    """The file carries a signature that does not match it."""


@dataclass(frozen=True, slots=True)
class Algorithm:
    digest: str
    verify: Callable[[object, bytes, bytes], None]


def _pkcs1(digest: hashes.HashAlgorithm) -> Callable[[object, bytes, bytes], None]:
    def verify(key: object, signature: bytes, data: bytes) -> None:
        if not isinstance(key, rsa.RSAPublicKey):
            raise SignatureError("the key is not RSA")
        key.verify(signature, data, padding.PKCS1v15(), digest)

    return verify


def _pss(digest: hashes.HashAlgorithm) -> Callable[[object, bytes, bytes], None]:
    def verify(key: object, signature: bytes, data: bytes) -> None:
        if not isinstance(key, rsa.RSAPublicKey):
            raise SignatureError("the key is not RSA")
        key.verify(signature, data, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)

    return verify


def _ecdsa(digest: hashes.HashAlgorithm) -> Callable[[object, bytes, bytes], None]:
    def verify(key: object, signature: bytes, data: bytes) -> None:
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise SignatureError("the key is not EC")
        key.verify(signature, data, ec.ECDSA(digest))

    return verify


ALGORITHMS = {
    0x0101: Algorithm("sha256", _pss(hashes.SHA256())),
    0x0102: Algorithm("sha512", _pss(hashes.SHA512())),
    0x0103: Algorithm("sha256", _pkcs1(hashes.SHA256())),
    0x0104: Algorithm("sha512", _pkcs1(hashes.SHA512())),
    0x0201: Algorithm("sha256", _ecdsa(hashes.SHA256())),
    0x0202: Algorithm("sha512", _ecdsa(hashes.SHA512())),
}


@dataclass(frozen=True, slots=True)
class Sections:
    """The four parts of a signed APK; the digest covers all but the signing block."""

    contents: bytes
    block: bytes
    directory: bytes
    end: bytes


class Reader:
    """Walks over the format's length-prefixed fields."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def number(self) -> int:
        (value,) = struct.unpack_from("<I", self.data, self.at)
        self.at += 4
        return int(value)

    def field(self) -> bytes:
        size = self.number()
        value = self.data[self.at : self.at + size]
        if len(value) != size:
            raise SignatureError("a field runs past its block")
        self.at += size
        return value

    def fields(self) -> Iterator["Reader"]:
        """The elements of a length-prefixed sequence."""
        inside = Reader(self.field())
        while inside.at < len(inside.data):
            yield Reader(inside.field())


def signer(apk: bytes) -> str:
    """SHA-256 of the signer's certificate, hex, once the file is verified; raises UnsignedError or SignatureError."""
    try:
        sections = _sections(apk)
        scheme, block = _newest(sections.block)
        signers = list(Reader(block).fields())
        if len(signers) != 1:
            raise SignatureError(f"{len(signers)} signers")
        return _verified(sections, signers[0], is_v3=scheme == SCHEMES[0])
    except (struct.error, IndexError) as error:
        raise SignatureError(f"malformed signing block: {error}") from error


def _sections(apk: bytes) -> Sections:
    end = apk.rfind(END_OF_CENTRAL_DIRECTORY)
    if end < 0:
        raise SignatureError("no end of central directory")
    (directory,) = struct.unpack_from("<I", apk, end + EOCD_DIRECTORY_OFFSET)
    if apk[directory - 16 : directory] != MAGIC:
        raise UnsignedError("no APK signing block")
    (size,) = struct.unpack_from("<Q", apk, directory - 24)
    start = directory - size - 8
    tail = bytearray(apk[end:])
    struct.pack_into("<I", tail, EOCD_DIRECTORY_OFFSET, start)
    return Sections(apk[:start], apk[start + 8 : directory - 24], apk[directory:end], bytes(tail))


def _newest(block: bytes) -> tuple[int, bytes]:
    """The newest scheme's id and value among the block's pairs."""
    pairs: dict[int, bytes] = {}
    at = 0
    while at < len(block):
        size, kind = struct.unpack_from("<QI", block, at)
        pairs[kind] = block[at + 12 : at + 8 + size]
        at += 8 + size
    found = next((scheme for scheme in SCHEMES if scheme in pairs), None)
    if found is None:
        raise UnsignedError("neither v2 nor v3")
    return found, pairs[found]


def _verified(sections: Sections, signer_block: Reader, *, is_v3: bool) -> str:
    signed = signer_block.field()
    if is_v3:
        signer_block.number(), signer_block.number()  # the SDK range it is meant for
    signatures = {one.number(): one.field() for one in signer_block.fields()}
    public = signer_block.field()
    facts = Reader(signed)
    digests = {one.number(): one.field() for one in facts.fields()}
    certificates = [one.data for one in facts.fields()]
    known = [number for number in signatures if number in ALGORITHMS]
    if not known or set(signatures) != set(digests) or not certificates:
        raise SignatureError("no signature of a known algorithm, or digests that do not belong to them")
    for number in known:
        _check(ALGORITHMS[number], public, signatures[number], signed)
        if _digest(ALGORITHMS[number].digest, sections) != digests[number]:
            raise SignatureError("the digest of contents did not verify")
    return _certificate(certificates[0], public)


def _check(algorithm: Algorithm, public: bytes, signature: bytes, signed: bytes) -> None:
    try:
        algorithm.verify(serialization.load_der_public_key(public), signature, signed)
    except InvalidSignature as error:
        raise SignatureError("the signature over the signed data does not verify") from error


def _certificate(der: bytes, public: bytes) -> str:
    key = x509.load_der_x509_certificate(der).public_key()
    der_key = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if der_key != public:
        raise SignatureError("the certificate is of another key")
    return hashlib.sha256(der).hexdigest()


def _digest(name: str, sections: Sections) -> bytes:
    """Digest over the digests of 1 MB chunks."""
    chunks = [
        hashlib.new(name, b"\xa5" + struct.pack("<I", len(part[at : at + CHUNK])) + part[at : at + CHUNK]).digest()
        for part in (sections.contents, sections.directory, sections.end)
        for at in range(0, len(part), CHUNK)
    ]
    return hashlib.new(name, b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(chunks)).digest()
