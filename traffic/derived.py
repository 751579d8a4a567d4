"""What anybody can compute from a password or token without a key, and what gives it away to whoever can guess."""

import hashlib
from collections.abc import Iterator

DERIVED = "derived"
_DIGESTS = ("md5", "sha1", "sha256")


def derivations_of(kind: str, value: str) -> Iterator[tuple[str, bytes]]:
    """Digests of passwords and tokens; not of verifiers, whose SHA-256 is sent openly (RFC 7636 section 4.2)."""
    if "password" in kind or "token" in kind:
        for name in _DIGESTS:
            digest = hashlib.new(name, value.encode(), usedforsecurity=False).digest()
            yield f"{DERIVED}:{name}", digest
