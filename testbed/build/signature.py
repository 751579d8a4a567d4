"""APK Signature Scheme v2: https://source.android.com/docs/security/features/apksigning/v2."""

import hashlib
import struct
from collections.abc import Iterable
from typing import Final

from testbed.build.signer import Signer

MAGIC: Final = b"APK Sig Block 42"
SCHEME_V2: Final = 0x7109871A
RSA_PKCS1_SHA256: Final = 0x0103
CHUNK: Final = 1 << 20
END_OF_DIRECTORY: Final = b"PK\x05\x06"
END_SIZE: Final = 22
DIRECTORY_OFFSET: Final = 16


def signed(archive: bytes, signer: Signer) -> bytes:
    """Return a zip (without a comment) with its signing block between the entries and the central directory."""
    end = len(archive) - END_SIZE
    if archive[end : end + 4] != END_OF_DIRECTORY:
        raise ValueError("not a zip without a comment")
    start = int.from_bytes(archive[end + DIRECTORY_OFFSET :][:4], "little")
    # the digest is over the end record as it was before the block moved the directory
    digest = _digest((archive[:start], archive[start:end], archive[end:]))
    block = _block(_scheme(digest, signer))
    return archive[:start] + block + archive[start:end] + _moved(archive[end:], start + len(block))


def _digest(sections: Iterable[bytes]) -> bytes:
    chunks = [section[at : at + CHUNK] for section in sections for at in range(0, len(section), CHUNK)]
    digests = [hashlib.sha256(b"\xa5" + _uint32(len(chunk)) + chunk).digest() for chunk in chunks]
    return hashlib.sha256(b"\x5a" + _uint32(len(digests)) + b"".join(digests)).digest()


def _scheme(digest: bytes, signer: Signer) -> bytes:
    digests = _sized(_sized(_uint32(RSA_PKCS1_SHA256) + _sized(digest)))
    certificates = _sized(_sized(signer.certificate))
    signed_data = digests + certificates + _sized(b"")
    signatures = _sized(_sized(_uint32(RSA_PKCS1_SHA256) + _sized(signer.sign(signed_data))))
    return _sized(_sized(_sized(signed_data) + signatures + _sized(signer.public_key)))


def _block(value: bytes) -> bytes:
    pair = struct.pack("<QI", len(value) + 4, SCHEME_V2) + value
    size = struct.pack("<Q", len(pair) + 8 + len(MAGIC))
    return size + pair + size + MAGIC


def _moved(end: bytes, offset: int) -> bytes:
    return end[:DIRECTORY_OFFSET] + _uint32(offset) + end[DIRECTORY_OFFSET + 4 :]


def _sized(data: bytes) -> bytes:
    return _uint32(len(data)) + data


def _uint32(number: int) -> bytes:
    return struct.pack("<I", number)
