"""The code signature of a bundle whose executable is no Mach-O file: files in `_CodeSignature`, as by codesign.

Blobs and the CodeDirectory are those of cs_blobs.h (xnu, osfmk/kern/cs_blobs.h), the rules for resources the usual.
"""

import hashlib
import plistlib
import struct
from collections.abc import Mapping
from typing import Any, Final

from testbed.build.developer import Developer

FOLDER: Final = "_CodeSignature"
DIRECTORY, REQUIREMENTS, ENTITLEMENTS, WRAPPER = 0xFADE0C02, 0xFADE0C01, 0xFADE7171, 0xFADE0B01
VERSION: Final = 0x20400
PAGE_BITS: Final = 12
HEAD: Final = struct.Struct(">9I4B4IQQQQ")
SHA256, HASH_SIZE = 2, 32
NO_HASH: Final = bytes(HASH_SIZE)
UNSEALED: Final = frozenset({"Info.plist", "PkgInfo"})
"""The directory covers the one, nobody the other."""
OMITTED: Final = {"omit": True, "weight": 20.0}
RULES: Final = {"^.*": True, "^Info\\.plist$": OMITTED, "^PkgInfo$": OMITTED}


def signed(
    bundle: Mapping[str, bytes], executable: str, identifier: str, entitlements: Mapping[str, Any], developer: Developer
) -> dict[str, bytes]:
    """Return a bundle's files, by their place in it, together with those of its signature."""
    resources = _resources(bundle, executable)
    requirements = _blob(REQUIREMENTS, struct.pack(">I", 0))
    granted = _blob(ENTITLEMENTS, plistlib.dumps(dict(entitlements)))
    special = (bundle["Info.plist"], requirements, resources, None, granted)
    directory = _directory(bundle[executable], special, identifier, developer.team)
    return {
        **bundle,
        f"{FOLDER}/CodeDirectory": directory,
        f"{FOLDER}/CodeEntitlements": granted,
        f"{FOLDER}/CodeRequirements": requirements,
        f"{FOLDER}/CodeResources": resources,
        f"{FOLDER}/CodeSignature": _blob(WRAPPER, developer.sign(directory)),
    }


def _resources(bundle: Mapping[str, bytes], executable: str) -> bytes:
    sealed = {name: data for name, data in sorted(bundle.items()) if name not in UNSEALED | {executable}}
    old = {name: hashlib.sha1(data, usedforsecurity=False).digest() for name, data in sealed.items()}
    new = {name: {"hash2": hashlib.sha256(data).digest()} for name, data in sealed.items()}
    return plistlib.dumps({"files": old, "files2": new, "rules": {"^.*": True}, "rules2": RULES})


def _directory(executable: bytes, special: tuple[bytes | None, ...], identifier: str, team: str) -> bytes:
    pages = [executable[at : at + (1 << PAGE_BITS)] for at in range(0, len(executable), 1 << PAGE_BITS)]
    # special slots stand before the pages, the last one first
    slots = [NO_HASH if part is None else hashlib.sha256(part).digest() for part in reversed(special)]
    hashes = b"".join(slots) + b"".join(hashlib.sha256(page).digest() for page in pages)
    names = identifier.encode() + b"\0" + team.encode() + b"\0"
    identifier_at, team_at = HEAD.size, HEAD.size + len(identifier) + 1
    pages_at = HEAD.size + len(names) + len(slots) * HASH_SIZE
    head = HEAD.pack(
        *(DIRECTORY, HEAD.size + len(names) + len(hashes), VERSION, 0),
        *(pages_at, identifier_at, len(special), len(pages), len(executable)),
        *(HASH_SIZE, SHA256, 0, PAGE_BITS),
        *(0, 0, team_at, 0),
        *(0, 0, len(executable), 0),
    )
    return head + names + hashes


def _blob(magic: int, content: bytes) -> bytes:
    return struct.pack(">2I", magic, 8 + len(content)) + content
