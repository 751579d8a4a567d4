"""Making an Android phone trust the recorder's certificate authority, as one does on an emulator with root.

Android <= 13 reads /system/etc/security/cacerts (TrustedCertificateStore of conscrypt). Android 14 and later read the
conscrypt APEX, which cannot be written: such a phone is refused.
"""

import hashlib
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.adb import Adb
from faults import CapabilityMissing, EvidenceMissing

SYSTEM_STORE = "/system/etc/security/cacerts"
FIRST_APEX_LEVEL = 34


def trust_authority(adb: Adb, certificate: Path) -> str:
    """Put a CA into the system store and return its path on the phone.

    Raises CapabilityMissing without root or from Android 14 on, EvidenceMissing when the phone does not keep it.
    """
    if int(adb.shell("getprop", "ro.build.version.sdk")) >= FIRST_APEX_LEVEL:
        msg = f"{adb.serial}: Android 14 and later keep their CAs in an APEX; use an image of Android 13 or older"
        raise CapabilityMissing(msg)
    if not adb.become_root():
        msg = f"{adb.serial}: `adb root` is refused, so no CA can be added; use an image without Play Store"
        raise CapabilityMissing(msg)
    adb.make_system_writable()
    place = f"{SYSTEM_STORE}/{old_subject_hash(certificate)}.0"
    pem = x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ca.pem")
        file.write_bytes(pem)
        adb.push(file, place)
    adb.shell("chmod", "644", place)
    if adb.read("cat", place) != pem:
        msg = f"{adb.serial}: {place} does not hold the CA that was pushed"
        raise EvidenceMissing(msg)
    return place


def distrust_authority(adb: Adb, place: str) -> None:
    """Take the CA out again: a lab phone goes back as it came."""
    adb.shell("rm", "-f", place)


def old_subject_hash(certificate: Path) -> str:
    """The file name Android looks for: `openssl x509 -subject_hash_old`, MD5 of the DER subject, little-endian."""
    subject = x509.load_pem_x509_certificate(certificate.read_bytes()).subject.public_bytes()
    digest = hashlib.md5(subject, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"
