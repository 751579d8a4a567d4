"""The system's certificate store, filled as a rooted tester fills it: `<subject hash>.0`, PEM."""

import hashlib
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

SYSTEM_STORE = "/system/etc/security/cacerts"
APEX_STORE = "/apex/com.android.conscrypt/cacerts"
USER_STORE = "/data/misc/user/0/cacerts-added"
APEX_SINCE = 34
"""From Android 14 on, apps trust the store of the Conscrypt module instead of /system's."""


def system_store(api: int) -> str:
    return APEX_STORE if api >= APEX_SINCE else SYSTEM_STORE


def add(pem: Path, folder: Path) -> None:
    """Raises ValueError where the file holds no certificate."""
    for certificate in x509.load_pem_x509_certificates(pem.read_bytes()):
        subject = certificate.subject.public_bytes()
        number = 0
        while (target := folder / f"{_old_hash(subject)}.{number}").exists():
            number += 1
        target.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _old_hash(subject: bytes) -> str:
    """OpenSSL's X509_NAME_hash_old: the first four bytes of the MD5, little end first."""
    return hashlib.md5(subject, usedforsecurity=False).digest()[3::-1].hex()
