"""Passwords: argon2id hashes, and new random ones for a new home."""

import secrets
import string

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError

LENGTH = 20
# letters and digits only: every way of typing on a phone can type them
ALPHABET = string.ascii_letters + string.digits
# OWASP's minimum for argon2id: 19 MiB, two passes, one lane
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)


def new_password() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def hash_of(password: str) -> str:
    return HASHER.hash(password)


def matches(hashed: str, password: str) -> bool:
    """Takes some 20 ms of computing on purpose; call it from a worker thread."""
    try:
        return HASHER.verify(hashed, password)
    except VerificationError:
        return False
