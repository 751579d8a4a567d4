import plistlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.parsers.expat import ExpatError

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from testbed.ios.packages import cms
from testbed.ios.packages.refusal import Flaw, UnverifiedError

FILE = "embedded.mobileprovision"


@dataclass(frozen=True, slots=True)
class Profile:
    """A provisioning profile: who may sign what for which phones until when; a plist in a signed message.

    The phone has no Apple root: whoever signed the profile is taken for Apple, and must have issued the developers'
    certificates in it.
    """

    message: bytes
    raw: Mapping[str, Any]
    authority: x509.Certificate

    @property
    def uuid(self) -> str:
        return str(self.raw["UUID"])

    @property
    def team(self) -> str:
        return str(self.raw["TeamIdentifier"][0])

    @property
    def entitlements(self) -> Mapping[str, Any]:
        return dict(self.raw["Entitlements"])

    @property
    def certificates(self) -> list[bytes]:
        """The developers' certificates, DER."""
        return list(self.raw["DeveloperCertificates"])

    def check(self, developer: x509.Certificate, udid: str, now: datetime) -> None:
        """Raises UnverifiedError where the profile does not let this developer run code on this phone now."""
        if now > self.raw["ExpirationDate"].replace(tzinfo=UTC):
            raise UnverifiedError(Flaw.PROFILE_EXPIRED, f"expired {self.raw['ExpirationDate']}")
        if not self.raw.get("ProvisionsAllDevices") and udid not in self.raw.get("ProvisionedDevices", ()):
            raise UnverifiedError(Flaw.OTHER_DEVICE, f"{udid} is not in the profile")
        if developer.public_bytes(Encoding.DER) not in self.certificates:
            raise UnverifiedError(Flaw.NO_PROFILE, "the signer's certificate is not in the profile")
        if not developer.not_valid_before_utc <= now <= developer.not_valid_after_utc:
            raise UnverifiedError(Flaw.IDENTITY_NO_LONGER_VALID, "the signer's certificate is out of its time")
        self._check_issuer(developer)

    def _check_issuer(self, developer: x509.Certificate) -> None:
        try:
            developer.verify_directly_issued_by(self.authority)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise UnverifiedError(Flaw.NO_PROFILE, "the signer's certificate is of another authority") from error

    def check_entitlements(self, claimed: Mapping[str, Any], bundle_id: str) -> None:
        """Raises UnverifiedError where an app claims more than the profile grants, or another app's identifier."""
        if claimed.get("application-identifier") != f"{self.team}.{bundle_id}":
            raise UnverifiedError(Flaw.INVALID_ENTITLEMENTS, "application-identifier is of another app")
        for key, value in claimed.items():
            if key not in self.entitlements or not granted(value, self.entitlements[key]):
                raise UnverifiedError(Flaw.INVALID_ENTITLEMENTS, f"{key} is not granted")


def granted(claimed: object, allowed: object) -> bool:
    """Whether an entitlement's value lies within the profile's, where `TEAM.*` stands for all that begin so."""
    if isinstance(claimed, list):
        options = allowed if isinstance(allowed, list) else [allowed]
        return all(any(granted(one, option) for option in options) for one in claimed)
    if isinstance(claimed, str) and isinstance(allowed, str) and allowed.endswith("*"):
        return claimed.startswith(allowed[:-1])
    return claimed == allowed and type(claimed) is type(allowed)


def read(message: bytes) -> Profile:
    """Open a profile and verify its signature; raises UnverifiedError."""
    try:
        content, authority = cms.signed_content(message)
        profile = Profile(message, plistlib.loads(content), authority)
        _ = profile.uuid, profile.team, profile.entitlements, profile.certificates, profile.raw["ExpirationDate"]
    except (ValueError, KeyError, IndexError, TypeError, ExpatError) as error:
        raise UnverifiedError(Flaw.NO_PROFILE, f"the profile cannot be read: {error}") from error
    return profile
