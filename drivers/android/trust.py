"""Making an Android phone trust the recorder's certificate authority: where, by its version and by who may become root.

Android <= 13 reads /system/etc/security/cacerts (TrustedCertificateStore of conscrypt), Android 14 and later the
conscrypt APEX, which nothing makes writable: a copy with our authority in it is mounted over it, in the namespaces of
zygote, from which every app is forked (system/core/init/mount_namespace.cpp; the steps that HTTP Toolkit published).
Without root only a person can add one, to the user store, which apps trust where their network security config says so.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from drivers.adb import Adb, CommandFailed
from drivers.android.root import By, Root, root_of
from drivers.app_file import AppFile
from faults import CapabilityMissing, EvidenceMissing

SYSTEM_STORE = "/system/etc/security/cacerts"
APEX_STORE = "/apex/com.android.conscrypt/cacerts"
USER_STORE = "/data/misc/user/0/cacerts-added"
FIRST_APEX_LEVEL = 34
SCRATCH = "/data/local/tmp/pocketgate-ca"
BY_HAND = "/sdcard/Download/pocketgate-ca.crt"
ZYGOTES = ("zygote", "zygote64")


class Way(Enum):
    """How the authority got where apps look; `value` is what a report says."""

    SYSTEM = "written into the system store"
    OVERLAY = "mounted over the system store"
    APEX = "mounted over the conscrypt APEX, in zygote's namespace"
    USER = "put into the user store by hand"


@dataclass(frozen=True, slots=True)
class Trusted:
    """An authority that the phone has now; `name` is its file in the store."""

    way: Way
    name: str

    @property
    def place(self) -> str:
        return f"{STORES[self.way]}/{self.name}"


STORES = {
    Way.SYSTEM: SYSTEM_STORE,
    Way.OVERLAY: SYSTEM_STORE,
    Way.APEX: APEX_STORE,
    Way.USER: USER_STORE,
}


def trust_authority(adb: Adb, certificate: Path, app: AppFile | None = None) -> Trusted:
    """Have the phone's apps trust an authority from their next start on; whether they do is for a probe to say.

    Raises CapabilityMissing where nobody may add it, EvidenceMissing where the phone does not keep it.
    """
    trusted = way_to_trust(adb, certificate)
    put_authority(adb, certificate, trusted, app)
    return trusted


def way_to_trust(adb: Adb, certificate: Path) -> Trusted:
    """What will be done on this phone, before anything is."""
    name = f"{old_subject_hash(certificate)}.0"
    root = root_of(adb)
    if root is None:
        return Trusted(Way.USER, name)
    if int(adb.shell("getprop", "ro.build.version.sdk")) >= FIRST_APEX_LEVEL:
        return Trusted(Way.APEX, name)
    return Trusted(Way.SYSTEM if root.by is By.ADBD and _is_writable(adb) else Way.OVERLAY, name)


def put_authority(adb: Adb, certificate: Path, trusted: Trusted, app: AppFile | None = None) -> None:
    """Do it; raises as `trust_authority`."""
    pem = _pem(certificate)
    root = root_of(adb)
    if root is None:
        _expect_by_hand(adb, certificate, trusted, app)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ca.pem")
        file.write_bytes(pem)
        adb.push(file, f"{SCRATCH}.0")
    if trusted.way is Way.SYSTEM:
        root.shell(f"cp {SCRATCH}.0 {trusted.place} && chmod 644 {trusted.place}")
    else:
        _overlay(root, trusted)
    root.shell(f"rm -f {SCRATCH}.0")
    expect_authority(adb, pem, trusted, root)


def expect_authority(adb: Adb, pem: bytes, trusted: Trusted, root: Root) -> None:
    """Raises EvidenceMissing where a store that apps will read does not hold it."""
    for inside in _spaces(root, trusted.way):
        try:
            held = root.read(f"{inside}cat {trusted.place}")
        except CommandFailed:
            held = b""
        if held != pem:
            msg = f"{adb.serial}: {trusted.place} does not hold the CA that was {trusted.way.value}"
            raise EvidenceMissing(msg)


def is_trusted(adb: Adb, certificate: Path, trusted: Trusted) -> bool:
    """Whether the phone still has it, e.g. after a reboot, which takes every mount away."""
    root = root_of(adb)
    try:
        if root is None:
            return trusted.way is Way.USER
        expect_authority(adb, _pem(certificate), trusted, root)
    except EvidenceMissing:
        return False
    return True


def trust_after_reboot(adb: Adb, certificate: Path, trusted: Trusted) -> None:
    """What was mounted is mounted again; raises EvidenceMissing where what was written is gone."""
    if trusted.way in (Way.OVERLAY, Way.APEX):
        put_authority(adb, certificate, trusted)
    elif not is_trusted(adb, certificate, trusted):
        msg = f"{adb.serial}: {trusted.place}, {trusted.way.value}, is gone after a reboot"
        raise EvidenceMissing(msg)


def distrust_authority(adb: Adb, trusted: Trusted) -> None:
    """Take the CA out again: a lab phone goes back as it came; what a person installed, a person removes."""
    root = root_of(adb)
    if root is None or trusted.way is Way.USER:
        return
    if trusted.way is Way.SYSTEM:
        adb.make_system_writable()  # a reboot in between has made it read-only again
        root.shell(f"rm -f {trusted.place}")
        return
    for inside in reversed(_spaces(root, trusted.way)):
        if _is_mounted(root, inside, STORES[trusted.way]):
            root.shell(f"{inside}umount {STORES[trusted.way]}")
    root.shell(f"rm -rf {SCRATCH} {SCRATCH}.0")


def _overlay(root: Root, trusted: Trusted) -> None:
    """A copy of what the phone trusts, and our authority, mounted where apps look.

    The copy's own mount stays in the namespace of init; the rights and the label are those that apps need to read it.
    """
    store = STORES[trusted.way]
    root.shell(
        f"rm -rf {SCRATCH} && mkdir -m 755 {SCRATCH} && cp {store}/* {SCRATCH}/"
        f" && cp {SCRATCH}.0 {SCRATCH}/{trusted.name} && chown 0:0 {SCRATCH} {SCRATCH}/* && chmod 644 {SCRATCH}/*"
        f" && chcon u:object_r:system_file:s0 {SCRATCH} {SCRATCH}/*"
    )
    for inside in _spaces(root, trusted.way):
        root.shell(f"{inside}mount --bind {SCRATCH} {store}")


def _spaces(root: Root, way: Way) -> tuple[str, ...]:
    """What stands before a command to have it run where apps get their mounts from."""
    if way is not Way.APEX:
        return ("",)
    pids = [pid for name in ZYGOTES for pid in _pids(root, name)]
    if not pids:
        msg = f"{root.adb.serial}: no zygote runs, from which apps would be forked"
        raise EvidenceMissing(msg)
    return tuple(f"nsenter --mount=/proc/{pid}/ns/mnt -- " for pid in pids)


def _pids(root: Root, name: str) -> list[str]:
    try:
        return root.shell(f"pidof {name}").split()
    except CommandFailed:  # there is none
        return []


def _is_mounted(root: Root, inside: str, store: str) -> bool:
    return f" on {store} type" in root.shell(f"{inside}mount")


def _is_writable(adb: Adb) -> bool:
    """Where /system stays read-only (an emulator without -writable-system, verified boot) a mount goes over it."""
    try:
        said = adb.make_system_writable()
        adb.shell(f"touch {SYSTEM_STORE}/.pocketgate && rm {SYSTEM_STORE}/.pocketgate")
    except CommandFailed:
        return False
    return "reboot your device" not in said


def _expect_by_hand(adb: Adb, certificate: Path, trusted: Trusted, app: AppFile | None) -> None:
    """Look whether a person has installed it, through the app's own eyes; else lay it ready and say how."""
    if app is not None and app.debuggable:
        try:
            held = adb.read("run-as", app.package, "cat", trusted.place)
        except CommandFailed:
            held = b""
        if held and _same(held, certificate):
            return
    adb.push(certificate, BY_HAND)
    msg = (
        f"{adb.serial}: there is no root, so only a person can add the CA: it lies in Download as pocketgate-ca.crt;"
        " Settings > Security > Encryption & credentials > Install a certificate > CA certificate. Only builds whose"
        " network security config trusts user certificates will use it, and only for a debuggable build can it be seen"
    )
    raise CapabilityMissing(msg)


def _same(held: bytes, certificate: Path) -> bool:
    """The user store holds DER or PEM (KeyChain's TrustedCertificateStore.installCertificate writes DER)."""
    wanted = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        load = x509.load_der_x509_certificate if held[:1] == b"0" else x509.load_pem_x509_certificate
        return load(held) == wanted
    except ValueError:
        return False


def _pem(certificate: Path) -> bytes:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).public_bytes(Encoding.PEM)


def old_subject_hash(certificate: Path) -> str:
    """The file name Android looks for: `openssl x509 -subject_hash_old`, MD5 of the DER subject, little-endian."""
    subject = x509.load_pem_x509_certificate(certificate.read_bytes()).subject.public_bytes()
    digest = hashlib.md5(subject, usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"
