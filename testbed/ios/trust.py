"""Which certificates apps trust: the system's, and profiles that a person has installed *and* trusted in full.

Settings > General > About > Certificate Trust Settings: a root that a profile brought counts for nothing before.
"""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from testbed.ios.faults import Fault, Faults


@dataclass(slots=True)
class Profile:
    name: str
    fingerprint: str
    pem: bytes
    trusted: bool = False


class TrustStore:
    def __init__(self, home: Path, system: tuple[Path, ...], faults: Faults) -> None:
        self._faults = faults
        self._system, self._user = home / "trust" / "system", home / "trust" / "user"
        for folder in (self._system, self._user):
            folder.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(system):
            (self._system / f"{number}.pem").write_bytes(file.read_bytes())
        self._profiles: dict[str, Profile] = {}

    @property
    def folders(self) -> tuple[Path, ...]:
        return self._system, self._user

    @property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(self._profiles.values())

    def install(self, pem: bytes) -> Profile:
        """Take a profile with one root certificate; raises ValueError."""
        certificate = x509.load_pem_x509_certificate(pem)
        fingerprint = certificate.fingerprint(SHA256()).hex()
        plain = certificate.public_bytes(Encoding.PEM)
        profile = Profile(certificate.subject.rfc4514_string(), fingerprint, plain)
        self._profiles[fingerprint] = profile
        return profile

    def trust(self, fingerprint: str, *, on: bool) -> bool:
        """The switch behind a profile's name; False where no such profile is installed."""
        profile = self._profiles.get(fingerprint)
        if profile is None:
            return False
        profile.trusted = on
        file = self._user / f"{fingerprint}.pem"
        if on and Fault.CA_NOT_TRUSTED not in self._faults:
            file.write_bytes(profile.pem)
        else:
            file.unlink(missing_ok=True)
        return True

    def remove(self, fingerprint: str) -> bool:
        found = self.trust(fingerprint, on=False)
        self._profiles.pop(fingerprint, None)
        return found
