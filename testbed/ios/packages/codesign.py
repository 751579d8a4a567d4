"""The code signature of a bundle, verified: what is signed, by whom, and that nothing was touched since.

A bundle whose executable is no Mach-O file carries its signature as files in `_CodeSignature` (Apple's codesign,
Security/OSX/libsecurity_codesigning/lib/bundlediskrep.cpp); blobs and the CodeDirectory are those of cscdefs.h
(xnu, osfmk/kern/cs_blobs.h).
"""

import hashlib
import plistlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError

from cryptography import x509

from testbed.ios.packages import cms
from testbed.ios.packages.refusal import Flaw, UnverifiedError

FOLDER: Final = "_CodeSignature"
DIRECTORY, REQUIREMENTS, ENTITLEMENTS, WRAPPER = 0xFADE0C02, 0xFADE0C01, 0xFADE7171, 0xFADE0B01
HEAD: Final = struct.Struct(">9I4B4IQQQQ")
SHA256: Final = 2
SLOTS: Final = ("Info.plist", "CodeRequirements", "CodeResources", None, "CodeEntitlements")
"""Special slots -1 to -5: what the directory covers besides the executable."""
UNSEALED: Final = frozenset({"Info.plist", "PkgInfo"})
"""Not listed among the resources: the directory covers the one, nobody the other (codesign's default rules)."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a verified bundle was signed as."""

    identifier: str
    team: str
    signer: x509.Certificate
    entitlements: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Directory:
    """A CodeDirectory: hashes of the executable's pages and of the special slots."""

    identifier: str
    team: str
    page: int
    limit: int
    special: tuple[bytes, ...]
    code: tuple[bytes, ...]


def verify(bundle: Path, executable: str) -> Signature:
    """Check every byte of a bundle against its signature; raises UnverifiedError."""
    folder = bundle / FOLDER
    if not (folder / "CodeDirectory").is_file() or not (folder / "CodeSignature").is_file():
        raise UnverifiedError(Flaw.NOT_SIGNED, "no CodeDirectory or no CodeSignature")
    sealed = (folder / "CodeDirectory").read_bytes()
    signer = _signer(folder, sealed)
    try:
        directory = _directory(sealed)
        _check_code(directory, (bundle / executable).read_bytes())
        _check_slots(directory, bundle)
        _check_resources(bundle, executable)
        entitlements = plistlib.loads(_body((folder / "CodeEntitlements").read_bytes(), ENTITLEMENTS))
    except (struct.error, ValueError, KeyError, IndexError, TypeError, ExpatError, OSError) as error:
        raise UnverifiedError(Flaw.INVALID_SIGNATURE, f"malformed: {error}") from error
    return Signature(directory.identifier, directory.team, signer, entitlements)


def _signer(folder: Path, sealed: bytes) -> x509.Certificate:
    try:
        return cms.detached_signer(_body((folder / "CodeSignature").read_bytes(), WRAPPER), sealed)
    except (cms.UnsignedError, struct.error, ValueError) as error:
        raise UnverifiedError(Flaw.INVALID_SIGNATURE, str(error)) from error


def _body(blob: bytes, magic: int) -> bytes:
    found, size = struct.unpack_from(">2I", blob)
    if found != magic or size != len(blob):
        raise ValueError(f"not a blob of kind {magic:08x}")
    return blob[8:]


def _directory(blob: bytes) -> Directory:
    _body(blob, DIRECTORY)
    head = HEAD.unpack_from(blob)
    hashes, identifier, special, code, limit = head[4:9]
    size, kind, _, page = head[9:13]
    team = head[15]
    if kind != SHA256 or size != hashlib.sha256().digest_size:
        raise ValueError("hashes of another kind than SHA-256")
    slots = [blob[hashes + number * size :][:size] for number in range(-special, code)]
    return Directory(
        identifier=_text(blob, identifier),
        team=_text(blob, team),
        page=1 << page,
        limit=limit,
        special=tuple(reversed(slots[:special])),
        code=tuple(slots[special:]),
    )


def _text(blob: bytes, at: int) -> str:
    return blob[at : blob.index(b"\0", at)].decode()


def _check_code(directory: Directory, executable: bytes) -> None:
    pages = [executable[at : at + directory.page] for at in range(0, len(executable), directory.page)]
    hashes = tuple(hashlib.sha256(page).digest() for page in pages)
    if directory.limit != len(executable) or hashes != directory.code:
        raise UnverifiedError(Flaw.INVALID_SIGNATURE, "the executable was changed")


def _check_slots(directory: Directory, bundle: Path) -> None:
    for name, expected in zip(SLOTS, directory.special, strict=True):
        if name is None:
            continue
        file = bundle / name if name == "Info.plist" else bundle / FOLDER / name
        if hashlib.sha256(file.read_bytes()).digest() != expected:
            flaw = Flaw.RESOURCE_CHANGED if name == "CodeResources" else Flaw.INVALID_SIGNATURE
            raise UnverifiedError(flaw, f"{name} was changed")


def _check_resources(bundle: Path, executable: str) -> None:
    listed = plistlib.loads((bundle / FOLDER / "CodeResources").read_bytes())["files2"]
    present = {
        file.relative_to(bundle).as_posix(): file
        for file in bundle.rglob("*")
        if not file.is_dir() and file.relative_to(bundle).parts[0] != FOLDER
    }
    for name in UNSEALED | {executable}:
        present.pop(name, None)
    if set(present) != set(listed):
        changed = sorted(set(present) ^ set(listed))
        raise UnverifiedError(Flaw.RESOURCE_CHANGED, f"added or deleted: {changed[0]}")
    for name, file in present.items():
        if file.is_symlink() or hashlib.sha256(file.read_bytes()).digest() != listed[name]["hash2"]:
            raise UnverifiedError(Flaw.RESOURCE_CHANGED, f"modified: {name}")
