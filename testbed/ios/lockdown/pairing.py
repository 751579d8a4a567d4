"""Which hosts the phone trusts, and the TLS that each of them is offered."""

import os
import plistlib
import re
import ssl
from collections.abc import Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final

from testbed.ios.lockdown.certificates import CertificateError, check_issued, public_key
from testbed.ios.lockdown.identity import DeviceKey

HOST_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
CERTIFICATES: Final = ("DeviceCertificate", "HostCertificate", "RootCertificate")
ESCROW: Final = 32


class Trust(Enum):
    """What becomes of the dialog "Trust This Computer?"."""

    GRANTED = "granted"
    ASKED = "asked"
    DENIED = "denied"


class PairingError(Exception):
    """The message is lockdownd's error name."""


class Pairing:
    """Hosts that were trusted, one file each; a host outlives restarts and every uninstall."""

    def __init__(self, folder: Path, key: DeviceKey) -> None:
        self._folder = folder
        self._key = key
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.trust = Trust.GRANTED
        """How the next host that pairs is answered; ASKED until somebody taps the dialog."""
        self.asking = False
        """Whether the dialog is on the screen."""
        self.show: Callable[[], None] = lambda: None
        """Puts it there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def pair(self, record: object) -> bytes:
        """Trust the host of a pair record and return its escrow bag; raises PairingError."""
        if not isinstance(record, Mapping):
            raise PairingError("MissingPairRecord")
        host = _host_id(record)
        self._check(record)
        if self.trust is Trust.DENIED:
            raise PairingError("UserDeniedPairing")
        if self.trust is Trust.ASKED:
            if not self.asking:
                self.asking = True
                self.show()
            raise PairingError("PairingDialogResponsePending")
        escrow = os.urandom(ESCROW)
        kept = {name: record[name] for name in CERTIFICATES} | {"EscrowBag": escrow}
        self._file(host).write_bytes(plistlib.dumps(kept))
        self._contexts.pop(host, None)
        return escrow

    def tap(self, *, trusted: bool) -> None:
        """Answer the dialog, for the host that asked and will ask again."""
        self.trust = Trust.GRANTED if trusted else Trust.DENIED
        self.asking = False

    def validate(self, record: object) -> None:
        """Raises PairingError where the record is not of a host that is trusted."""
        if not isinstance(record, Mapping):
            raise PairingError("MissingPairRecord")
        stored = self._stored(_host_id(record))
        if any(stored[name] != record.get(name) for name in CERTIFICATES):
            raise PairingError("InvalidPairRecord")

    def unpair(self, record: object) -> None:
        """Forget a host; raises PairingError where it was not known."""
        if not isinstance(record, Mapping):
            raise PairingError("MissingPairRecord")
        host = _host_id(record)
        self._stored(host)
        self._file(host).unlink()
        self._contexts.pop(host, None)

    def context(self, host: str) -> ssl.SSLContext:
        """Return the TLS of a host: the phone shows the certificate it got from it, and takes no other client than it.

        Raises PairingError where the host is not known.
        """
        stored = self._stored(host)
        if host not in self._contexts:
            self._contexts[host] = self._tls(host, stored)
        return self._contexts[host]

    def _tls(self, host: str, stored: Mapping[str, bytes]) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # hosts may still sign by SHA-1, as libimobiledevice does, which OpenSSL takes at this level only
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        # a host shows its own or its root's certificate; their names are empty, so that OpenSSL finds no chain in them
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
        for name in ("RootCertificate", "HostCertificate"):
            context.load_verify_locations(cadata=stored[name].decode())
        chain = self._file(host).with_suffix(".pem")
        chain.touch(mode=0o600)
        chain.write_bytes(self._key.private + stored["DeviceCertificate"])
        try:
            context.load_cert_chain(chain)
        finally:
            chain.unlink()
        return context

    def _check(self, record: Mapping[str, Any]) -> None:
        """The certificates must be of this phone's key and of one root; raises PairingError."""
        device, host, root = (record.get(name) for name in CERTIFICATES)
        if not (isinstance(device, bytes) and isinstance(host, bytes) and isinstance(root, bytes)):
            raise PairingError("InvalidPairRecord")
        try:
            check_issued(device, root)
            check_issued(host, root)
            own = public_key(device) == self._key.info
        except CertificateError as error:
            raise PairingError("InvalidPairRecord") from error
        if not own:
            raise PairingError("InvalidPairRecord")

    def _stored(self, host: str) -> Mapping[str, bytes]:
        file = self._file(host)
        if not HOST_ID.fullmatch(host) or not file.exists():
            raise PairingError("InvalidHostID")
        return dict(plistlib.loads(file.read_bytes()))

    def _file(self, host: str) -> Path:
        return self._folder / f"{host}.plist"


def _host_id(record: Mapping[str, Any]) -> str:
    host = record.get("HostID")
    if not isinstance(host, str):
        raise PairingError("MissingHostID")
    if not HOST_ID.fullmatch(host):
        raise PairingError("InvalidHostID")
    return host
